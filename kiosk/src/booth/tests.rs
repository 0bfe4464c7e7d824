//! The booth without screen, threads and clock: what is counted and when it is written, what maintenance may do, what
//! a missing actor means.

mod keys;
mod packs;
mod phone;
mod sound;

use super::*;
use crate::admin::phone::{HookFacts, PhoneFacts};
use crate::admin::{AdminInput, HealthState, PinProblem};
use crate::store::{AdminLogEntry, StoreHealth};
use crate::upstream::Standing;
use jiff::civil::{DateTime, date};
use xinting_content::{Audience, Lang};
use xinting_hw::modem::{AbsentCause, ModemHealth};
use xinting_session::{CallStage, CanCall, Door, Settings, SoundState};
use xinting_usage::{Cell, OpenPeriod, Tally};

const MINUTE: Duration = Duration::from_secs(60);

fn at(minutes: u32, civil: Option<DateTime>) -> Now {
    Now {
        monotonic: MINUTE * minutes,
        civil,
    }
}

fn morning(minutes: u32) -> Now {
    at(minutes, Some(date(2026, 5, 25).at(10, 0, 0, 0)))
}

fn next_day(minutes: u32) -> Now {
    at(minutes, Some(date(2026, 5, 26).at(0, 0, 30, 0)))
}

fn facts() -> Facts {
    Facts {
        phone: PhoneFacts::new(Lang::ZhCn, None, HookFacts::NotConfigured),
        sound: None,
        silent: false,
        district: Way::NotConfigured,
        refused_reports: false,
        store: StoreHealth::Good,
        installed: Vec::new(),
        pack_faults: Vec::new(),
        stick: StickView::Empty,
        overrun: Vec::new(),
    }
}

fn booth_with(booth: Option<&str>, pin_hash: Option<&str>) -> Booth {
    booth_of(facts(), booth, pin_hash)
}

fn booth_of(facts: Facts, booth: Option<&str>, pin_hash: Option<&str>) -> Booth {
    let beginning = Beginning {
        settings: Settings {
            audience: Audience::Junior,
            lang: Lang::ZhCn,
            devices: Devices {
                can_call: CanCall::NoModem,
                sound: SoundState::Present,
            },
        },
        library: Arc::new(xinting_content::fixture::library()),
        running: Running {
            period: OpenPeriod::restore(7, 1, None).unwrap(),
            tally: Tally::ZERO,
        },
        booth: booth.map(|id| id.parse().unwrap()),
        key: Arc::new(BoothKey::from_seed(&[1; 32])),
        pin_hash: pin_hash.map(str::to_owned),
        pin_wrong: 0,
        facts,
        loudness: Loudness::default(),
    };
    Booth::new(morning(0), beginning)
}

fn visit(booth: &mut Booth, now: Now) -> Vec<Command> {
    let mut out = booth.handle(now, Event::Visitor(Input::Touch));
    out.extend(booth.handle(now, Event::Visitor(Input::OpenDoor(Door::Learn))));
    out.extend(booth.handle(now, Event::Visitor(Input::End)));
    out
}

fn saves(commands: &[Command]) -> Vec<&Running> {
    let saved = commands.iter().filter_map(|command| match command {
        Command::Save(running) => Some(running),
        _ => None,
    });
    saved.collect()
}

fn close_of(commands: &[Command]) -> Option<&Close> {
    commands.iter().find_map(|command| match command {
        Command::Close(close) => Some(close),
        _ => None,
    })
}

#[test]
fn the_tally_is_written_at_whole_ten_minutes_and_never_at_the_end_of_a_visit() {
    let mut booth = booth_with(Some("b-1"), None);
    booth.handle(morning(0), Event::Tick);
    assert_eq!(saves(&booth.handle(morning(10), Event::Tick)).len(), 1);
    for minute in [11, 12, 19] {
        assert_eq!(
            saves(&visit(&mut booth, morning(minute))),
            Vec::<&Running>::new()
        );
        assert_eq!(booth.next_deadline(), Some(SAVE_EVERY * 2));
    }
    let out = booth.handle(morning(20), Event::Tick);
    let saved = saves(&out);
    assert_eq!(saved.len(), 1);
    assert_eq!(saved[0].tally.get(Cell::Visits), 3);
    assert_eq!(
        saves(&booth.handle(morning(30), Event::Tick)),
        Vec::<&Running>::new()
    );
    assert_eq!(booth.next_deadline(), None);
}

#[test]
fn a_day_closes_once_at_the_first_tick_after_midnight_outside_a_visit() {
    let mut booth = booth_with(Some("b-1"), None);
    visit(&mut booth, morning(1));
    booth.handle(morning(2), Event::Visitor(Input::Touch));
    assert_eq!(
        close_of(&booth.handle(next_day(3), Event::Visitor(Input::Touch))),
        None
    );
    assert!(!booth.has_closed_up_to(date(2026, 5, 26)));
    let out = booth.handle(next_day(3), Event::Visitor(Input::End));
    let close = close_of(&out).unwrap();
    assert_eq!(close.date, "2026-05-25");
    assert_eq!(close.next.tally, Tally::ZERO);
    let report = close.report.as_ref().unwrap();
    assert_eq!(report.idempotency_key, "b-1.7.1");
    let body = xinting_wire::Report::decode(&report.body).unwrap();
    // The visit that crossed midnight belongs to the day it began on.
    assert_eq!(body.cells.get(Cell::Visits), 2);
    assert_eq!(body.cells.get(Cell::DoorLearn), 1);
    assert_eq!(close_of(&booth.handle(next_day(4), Event::Tick)), None);
    assert!(
        !booth.has_closed_up_to(date(2026, 5, 26)),
        "the store has not said so yet"
    );
    let out = booth.handle(next_day(4), Event::Store(StoreEvent::Closed));
    assert!(out.contains(&Command::WakeUpstream));
    assert!(booth.has_closed_up_to(date(2026, 5, 26)));
}

#[test]
fn without_a_clock_no_day_ends_and_without_an_id_nothing_is_reported() {
    let mut booth = booth_with(None, None);
    visit(&mut booth, at(1, None));
    assert_eq!(close_of(&booth.handle(at(5000, None), Event::Tick)), None);
    booth.handle(morning(5001), Event::Tick);
    let out = booth.handle(next_day(5002), Event::Tick);
    let close = close_of(&out).unwrap();
    assert_eq!(close.report, None);
    assert_eq!(close.next.tally, Tally::ZERO);
}

#[test]
fn stopping_ends_the_visit_and_writes_what_was_counted() {
    let mut booth = booth_with(Some("b-1"), None);
    booth.handle(morning(0), Event::Tick);
    booth.handle(morning(1), Event::Visitor(Input::Touch));
    let out = booth.stop(morning(1));
    assert_eq!(saves(&out)[0].tally.get(Cell::Visits), 1);
    assert_eq!(booth.session().screen(morning(1)), Screen::Attract);
}

#[test]
fn an_enrolment_is_kept_and_counts_from_then_on() {
    let mut booth = booth_with(None, None);
    visit(&mut booth, morning(1));
    let out = booth.handle(
        morning(2),
        Event::Upstream(UpstreamEvent::Enrolled("b-9".parse().unwrap())),
    );
    let kept = Command::Keep(Setting::BoothId, "b-9".to_owned());
    assert_eq!(out, [kept, Command::WakeUpstream]);
    let out = booth.handle(next_day(3), Event::Tick);
    let close = close_of(&out).unwrap();
    assert_eq!(close.report.as_ref().unwrap().idempotency_key, "b-9.7.1");
}

#[test]
fn a_modem_that_does_not_take_the_call_ends_it_instead_of_ringing_for_ever() {
    let mut booth = booth_with(None, None);
    let ready = ModemHealth::Registered {
        roaming: false,
        operator: None,
        rssi_dbm: None,
    };
    booth.handle(morning(0), Event::Modem(ModemEvent::Health(ready)));
    let line = booth.session().library().lines_at(None)[0].id.clone();
    booth.handle(morning(1), Event::Visitor(Input::Help));
    booth.handle(morning(1), Event::Visitor(Input::Call(line.clone())));
    let out = booth.handle(morning(2), Event::Tick);
    assert!(out.contains(&Command::Dial(line)), "{out:?}");
    booth.handle(morning(2), Event::Undone(Whose::Dial));
    let screen = booth.session().screen(morning(2));
    assert!(
        matches!(screen, Screen::CallFailed { .. } | Screen::Countdown { .. }),
        "{screen:?}"
    );
}

#[test]
fn a_call_goes_the_way_the_modem_says() {
    let mut booth = booth_with(None, None);
    let ready = ModemHealth::Registered {
        roaming: false,
        operator: None,
        rssi_dbm: None,
    };
    booth.handle(morning(0), Event::Modem(ModemEvent::Health(ready)));
    let line = booth.session().library().lines_at(None)[0].id.clone();
    booth.handle(morning(1), Event::Visitor(Input::Help));
    booth.handle(morning(1), Event::Visitor(Input::Call(line)));
    booth.handle(morning(2), Event::Tick);
    booth.handle(
        morning(2),
        Event::Modem(ModemEvent::Call(CallState::Dialling)),
    );
    booth.handle(
        morning(2),
        Event::Modem(ModemEvent::Call(CallState::LineOpen)),
    );
    let Screen::Call { stage, .. } = booth.session().screen(morning(2)) else {
        panic!("no call on the screen")
    };
    assert!(matches!(stage, CallStage::LineOpen(_)));
    let out = booth.handle(morning(3), Event::Visitor(Input::End));
    assert!(out.contains(&Command::HangUp));
    booth.handle(
        next_day(4),
        Event::Upstream(UpstreamEvent::Enrolled("b-1".parse().unwrap())),
    );
}

fn type_in(booth: &mut Booth, now: Now, pin: &str) -> Vec<Command> {
    for digit in pin.bytes() {
        booth.handle(now, Event::Admin(AdminInput::Digit(digit - b'0')));
    }
    booth.handle(now, Event::Admin(AdminInput::Enter))
}

#[test]
fn maintenance_asks_for_a_pin_and_leaving_it_ends_the_stay() {
    let mut booth = booth_with(None, None);
    booth.handle(morning(1), Event::Visitor(Input::AdminGesture));
    type_in(&mut booth, morning(1), "2580");
    let out = type_in(&mut booth, morning(1), "2580");
    assert!(matches!(out.as_slice(), [Command::HashPin(_)]), "{out:?}");
    let out = booth.handle(morning(1), Event::PinHashed("a hash".to_owned()));
    assert_eq!(
        out,
        [
            Command::Keep(Setting::PinHash, "a hash".to_owned()),
            Command::Log("2026-05-25 10:00".to_owned(), AdminLogEntry::PinSet),
        ]
    );
    let Some(AdminView::Health(devices)) = booth.admin(morning(1)) else {
        panic!("not inside")
    };
    assert_eq!(devices.len(), 7);
    assert_eq!(devices[0].state, HealthState::NotConfigured);
    booth.handle(morning(1), Event::Admin(AdminInput::Leave));
    assert_eq!(booth.admin(morning(1)), None);
    booth.handle(morning(2), Event::Visitor(Input::AdminGesture));
    let out = type_in(&mut booth, morning(2), "0000");
    assert!(matches!(out.as_slice(), [Command::ComparePin(_, hash)] if hash == "a hash"));
    let out = booth.handle(morning(2), Event::PinCompared(false));
    assert_eq!(out, [Command::Keep(Setting::PinWrong, "1".to_owned())]);
    let Some(AdminView::Pin { problem, .. }) = booth.admin(morning(2)) else {
        panic!("inside with a wrong pin")
    };
    assert_eq!(problem, Some(PinProblem::Wrong { left: 4 }));
}

#[test]
fn help_is_one_touch_away_even_from_maintenance_and_the_admin_is_out_then() {
    let mut booth = booth_with(None, Some("a hash"));
    booth.handle(morning(1), Event::Visitor(Input::AdminGesture));
    booth.handle(morning(1), Event::Visitor(Input::Help));
    assert_eq!(booth.session().screen(morning(1)), Screen::Lines);
    assert_eq!(booth.admin(morning(1)), None);
}

#[test]
fn an_admin_who_walks_away_is_out() {
    let mut booth = booth_with(None, Some("a hash"));
    booth.handle(morning(1), Event::Visitor(Input::AdminGesture));
    type_in(&mut booth, morning(1), "2580");
    booth.handle(morning(1), Event::PinCompared(true));
    assert!(matches!(
        booth.admin(morning(1)),
        Some(AdminView::Health(_))
    ));
    booth.handle(morning(10), Event::Tick);
    assert_eq!(booth.admin(morning(10)), None);
    // A comparison that ends after the admin has gone lets nobody in.
    booth.handle(morning(10), Event::PinCompared(true));
    assert_eq!(booth.admin(morning(10)), None);
}

#[test]
fn the_health_page_says_what_each_device_last_said() {
    let mut facts = facts();
    facts.district = Way::Is(Standing::Good);
    facts.refused_reports = true;
    facts.store = StoreHealth::NotWritable {
        reason: "disk full".to_owned(),
    };
    facts.silent = true;
    let page = health::page(&facts, &PacksView::default(), None);
    let states: Vec<HealthState> = page.iter().map(|line| line.state).collect();
    assert_eq!(
        states,
        [
            HealthState::NotConfigured,
            HealthState::NotConfigured,
            HealthState::Rejected,
            HealthState::Good,
            HealthState::NotWritable,
            HealthState::ClockUnknown,
            HealthState::Empty,
        ]
    );
    assert_eq!(page[4].detail, "disk full");
}

#[test]
fn a_day_that_the_store_did_not_take_is_handed_over_again_and_nothing_is_written_over_it() {
    let mut booth = booth_with(Some("b-1"), None);
    visit(&mut booth, morning(1));
    let out = booth.handle(next_day(3), Event::Tick);
    let close = close_of(&out).unwrap().clone();
    assert_eq!(booth.handle(next_day(3), Event::Undone(Whose::Close)), []);
    assert_eq!(booth.next_deadline(), Some(MINUTE * 3 + CLOSE_AGAIN));
    let again = visit(&mut booth, next_day(4));
    assert_eq!(close_of(&again), Some(&close));
    booth.handle(next_day(4), Event::Undone(Whose::Close));
    visit(&mut booth, next_day(4));
    assert!(!booth.has_closed_up_to(date(2026, 5, 26)));
    let stopped = booth.stop(next_day(4));
    assert!(
        matches!(stopped.as_slice(), [Command::Close(first), Command::Save(_)] if *first == close),
        "{stopped:?}"
    );
    let out = booth.handle(next_day(10), Event::Tick);
    assert_eq!(close_of(&out), Some(&close));
    assert_eq!(saves(&out), Vec::<&Running>::new());
    let out = booth.handle(next_day(10), Event::Store(StoreEvent::Closed));
    assert_eq!(close_of(&out), None);
    assert!(booth.has_closed_up_to(date(2026, 5, 26)));
    let out = booth.handle(next_day(20), Event::Tick);
    assert_eq!(saves(&out)[0].tally.get(Cell::Visits), 2);
    booth.handle(at(21, Some(date(2026, 5, 27).at(0, 1, 0, 0))), Event::Tick);
    assert!(!booth.has_closed_up_to(date(2026, 5, 27)));
}

/// A booth in a call whose line is open.
fn in_a_call() -> Booth {
    let mut booth = booth_with(None, None);
    let ready = ModemHealth::Registered {
        roaming: false,
        operator: None,
        rssi_dbm: None,
    };
    booth.handle(morning(0), Event::Modem(ModemEvent::Health(ready)));
    let line = booth.session().library().lines_at(None)[0].id.clone();
    booth.handle(morning(1), Event::Visitor(Input::Help));
    booth.handle(morning(1), Event::Visitor(Input::Call(line)));
    booth.handle(morning(2), Event::Tick);
    let open = ModemEvent::Call(CallState::LineOpen);
    booth.handle(morning(2), Event::Modem(open));
    booth
}

#[test]
fn a_tone_that_is_not_taken_does_not_end_the_call() {
    let mut booth = in_a_call();
    let before = booth.session().screen(morning(2));
    assert_eq!(booth.handle(morning(2), Event::Undone(Whose::Call)), []);
    assert_eq!(booth.session().screen(morning(2)), before);
    assert_eq!(booth.facts.overrun, [crate::admin::Device::Modem]);
    booth.done(Whose::Dial);
    assert!(booth.facts.overrun.is_empty());
}

#[test]
fn a_call_that_could_not_be_ended_is_ended_again_until_it_is() {
    let mut booth = in_a_call();
    let out = booth.handle(morning(3), Event::Visitor(Input::End));
    assert!(out.contains(&Command::HangUp));
    assert_eq!(booth.handle(morning(3), Event::Undone(Whose::HangUp)), []);
    let due = booth.next_deadline().unwrap();
    assert!(due <= MINUTE * 3 + HANG_UP_AGAIN, "{due:?}");
    assert_eq!(booth.handle(morning(4), Event::Tick), [Command::HangUp]);
    assert_eq!(booth.handle(morning(5), Event::Tick), []);
    booth.handle(morning(5), Event::Undone(Whose::HangUp));
    // The next call waits for this one's end, and is not ended in its place.
    let line = booth.session().library().lines_at(None)[0].id.clone();
    let mut now = morning(5);
    booth.handle(now, Event::Visitor(Input::Help));
    booth.handle(now, Event::Visitor(Input::Call(line.clone())));
    now.monotonic += Duration::from_millis(500);
    assert!(!booth.handle(now, Event::Tick).contains(&Command::HangUp));
    booth.hang_up_at = Some(MINUTE * 60);
    let out = booth.handle(morning(6), Event::Tick);
    assert_eq!(out[..2], [Command::HangUp, Command::Dial(line)]);
    assert_eq!(booth.hang_up_at, None);
}

#[test]
fn a_full_queue_shows_at_its_own_device() {
    let mut facts = facts();
    facts.overrun = vec![Whose::Player.device()];
    let page = health::page(&facts, &PacksView::default(), None);
    assert_eq!(page[1].state, HealthState::Fault);
    assert_eq!(page[4].state, HealthState::Good);
}
