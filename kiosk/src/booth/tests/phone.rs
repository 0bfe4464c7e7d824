//! The phone of a booth: a modem that starts, goes and comes back, an emergency number without a card, the handset.

use super::*;
use xinting_content::LineId;
use xinting_hw::hook::HookEvent;
use xinting_session::CallFailure;

fn health(booth: &mut Booth, seconds: u64, health: ModemHealth) -> Vec<Command> {
    booth.handle(second(seconds), Event::Modem(ModemEvent::Health(health)))
}

fn second(seconds: u64) -> Now {
    Now {
        monotonic: Duration::from_secs(seconds),
        civil: None,
    }
}

fn ready() -> ModemHealth {
    ModemHealth::Registered {
        roaming: false,
        operator: None,
        rssi_dbm: None,
    }
}

fn gone() -> ModemHealth {
    ModemHealth::Absent(AbsentCause::NoSuchPort)
}

fn with_modem() -> Booth {
    let mut facts = facts();
    facts.phone = PhoneFacts::new(
        Lang::ZhCn,
        Some("/dev/ttyUSB2".to_owned()),
        HookFacts::Silent,
    );
    booth_of(facts, None, None)
}

fn call(booth: &mut Booth, seconds: u64, line: &LineId) {
    booth.handle(second(seconds), Event::Visitor(Input::Help));
    let call = Input::Call(line.clone());
    booth.handle(second(seconds), Event::Visitor(call));
    booth.handle(second(seconds), Event::Visitor(Input::ConfirmCall));
}

fn crisis(booth: &Booth) -> LineId {
    booth.session().library().lines_at(None)[0].id.clone()
}

fn emergency(booth: &Booth) -> LineId {
    booth.session().library().emergency_lines()[0].id.clone()
}

fn why(booth: &Booth, seconds: u64) -> Option<CallFailure> {
    match booth.session().screen(second(seconds)) {
        Screen::CallFailed { why, .. } => Some(why),
        _ => None,
    }
}

#[test]
fn a_modem_that_is_pulled_out_and_plugged_back_takes_the_next_call_by_itself() {
    let mut booth = with_modem();
    let line = crisis(&booth);
    health(&mut booth, 1, ready());
    call(&mut booth, 10, &line);
    let dialled = booth.handle(second(13), Event::Tick);
    assert!(dialled.contains(&Command::Dial(line.clone())));
    let lost = CallState::Ended(xinting_hw::modem::CallOutcome::ModemLost);
    booth.handle(second(20), Event::Modem(ModemEvent::Call(lost)));
    health(&mut booth, 20, gone());
    assert_eq!(why(&booth, 20), Some(CallFailure::Lost));
    call(&mut booth, 21, &line);
    assert_eq!(
        booth.handle(second(24), Event::Tick),
        [],
        "it is waited for"
    );
    let out = health(&mut booth, 40, ModemHealth::Starting);
    assert!(out.contains(&Command::Dial(line)), "{out:?}");
}

#[test]
fn a_modem_that_stays_away_is_said_so_in_time() {
    let mut booth = with_modem();
    let line = crisis(&booth);
    health(&mut booth, 1, ready());
    health(&mut booth, 100, gone());
    call(&mut booth, 130, &line);
    booth.handle(second(133), Event::Tick);
    assert_eq!(why(&booth, 133), None);
    // Nothing happens any more but time: the booth wakes by itself to say so.
    let due = booth.next_deadline().expect("the modem is waited for");
    assert!(due <= Duration::from_secs(160), "{due:?}");
    booth.handle(second(160), Event::Tick);
    assert_eq!(why(&booth, 160), Some(CallFailure::NoModem));
    call(&mut booth, 161, &line);
    assert_eq!(why(&booth, 161), Some(CallFailure::NoModem), "at once now");
    let due = booth.next_deadline().expect("the page is waited for");
    assert!(due > Duration::from_secs(161), "nothing is due for ever");
}

#[test]
fn an_emergency_number_is_dialled_without_a_card_and_a_hotline_is_not() {
    let mut booth = with_modem();
    let (hotline, ambulance) = (crisis(&booth), emergency(&booth));
    let no_card = ModemHealth::NoSim(xinting_hw::modem::SimProblem::Absent);
    health(&mut booth, 1, no_card);
    call(&mut booth, 2, &hotline);
    assert_eq!(why(&booth, 2), Some(CallFailure::NoSim));
    call(&mut booth, 10, &ambulance);
    let out = booth.handle(second(13), Event::Tick);
    assert!(out.contains(&Command::Dial(ambulance)), "{out:?}");
}

#[test]
fn the_handset_is_heard() {
    let mut booth = with_modem();
    let line = crisis(&booth);
    health(&mut booth, 1, ready());
    booth.handle(second(2), Event::Hook(HookEvent::Down));
    assert_eq!(booth.session().screen(second(2)), Screen::Attract);
    booth.handle(second(3), Event::Hook(HookEvent::Lifted));
    assert_eq!(booth.session().screen(second(3)), Screen::Lines);
    call(&mut booth, 4, &line);
    booth.handle(second(7), Event::Tick);
    booth.handle(second(8), Event::Hook(HookEvent::Gone));
    booth.handle(second(9), Event::Hook(HookEvent::Back));
    let out = booth.handle(second(9), Event::Hook(HookEvent::Lifted));
    assert_eq!(out, [], "it has not moved");
    let out = booth.handle(second(10), Event::Hook(HookEvent::Down));
    assert!(out.contains(&Command::HangUp), "{out:?}");
}
