//! The player: what each press asks of it, and how a call and its own end change it.

use super::*;
use crate::{CallEvent, CallOutcome, Door, Fact, Felt, PlayerCommand, PlayerEvent};
use xinting_content::{BedId, PracticeId};

fn practice(name: &str) -> PracticeId {
    PracticeId::new(name).expect("well formed")
}

fn playing(name: &str) -> Booth {
    let mut booth = Booth::new();
    booth.send(Input::Touch);
    booth.send(Input::OpenDoor(Door::Relax));
    let effects = booth.send(Input::OpenPractice(practice(name)));
    assert_eq!(effects[0], start(name));
    booth
}

fn start(name: &str) -> Effect {
    let breathing = name == "slow-breathing";
    Effect::Player(PlayerCommand::Start {
        practice: practice(name),
        looped: name == "lakeside",
        volume: 5,
        lang: Lang::ZhCn,
        pace: breathing.then_some(1),
        beds: breathing.then(|| (bed("rain"), 8)).into_iter().collect(),
        end_bell: name != "lakeside",
    })
}

fn bed(name: &str) -> BedId {
    BedId::new(name).expect("well formed")
}

fn commands(effects: Vec<Effect>) -> Vec<PlayerCommand> {
    let command = |effect| match effect {
        Effect::Player(command) => Some(command),
        _ => None,
    };
    effects.into_iter().filter_map(command).collect()
}

#[test]
fn each_press_asks_one_thing_within_bounds() {
    // 180 000 ms long.
    let cases = [
        (Input::Seek(1_000), PlayerCommand::Seek(1_000)),
        (Input::Seek(u64::MAX), PlayerCommand::Seek(180_000)),
        (Input::SkipBy(-10_000), PlayerCommand::SkipBy(-10_000)),
        (Input::SkipBy(i64::MIN), PlayerCommand::SkipBy(-10_000)),
        (Input::SkipBy(i64::MAX), PlayerCommand::SkipBy(10_000)),
        (Input::SetVolume(0), PlayerCommand::Volume(0)),
        (Input::SetVolume(9), PlayerCommand::Volume(8)),
        (Input::PlayPause, PlayerCommand::Pause),
    ];
    for (input, command) in cases {
        let mut booth = playing("slow-breathing");
        assert_eq!(commands(booth.send(input.clone())), [command], "{input:?}");
    }
}

#[test]
fn a_practice_that_is_over_begins_again_where_it_is_asked_to() {
    let over = || {
        let mut booth = playing("slow-breathing");
        let effects = booth.send(Input::Player(PlayerEvent::Ended));
        let finished = Fact::PracticeFinished(practice("slow-breathing"));
        assert_eq!(effects, [Effect::Count(finished)]);
        assert!(matches!(
            booth.screen(),
            Screen::Player {
                playing: false,
                ended: true,
                ..
            }
        ));
        booth
    };
    let begins = |then: Option<u64>| {
        let mut effects = vec![start("slow-breathing")];
        effects.extend(then.map(|at| Effect::Player(PlayerCommand::Seek(at))));
        effects
    };
    let cases = [
        (Input::PlayPause, begins(None)),
        (Input::Seek(60_000), begins(Some(60_000))),
        (Input::SkipBy(-10_000), begins(Some(170_000))),
        (Input::SkipBy(10_000), vec![]),
        (Input::Player(PlayerEvent::Ended), vec![]),
    ];
    for (input, effects) in cases {
        assert_eq!(over().send(input.clone()), effects, "{input:?}");
    }
}

#[test]
fn a_soundscape_is_timed_and_not_moved() {
    let mut booth = playing("lakeside");
    assert_eq!(booth.send(Input::Seek(5)), []);
    assert_eq!(booth.send(Input::SkipBy(10_000)), []);
    for (asked, minutes) in [(0, 1), (20, 20), (31, 30), (u8::MAX, 30)] {
        booth.send(Input::SetTimer(asked));
        let Screen::Player { timer_min, .. } = booth.screen() else {
            panic!("the player is open");
        };
        assert_eq!(timer_min, Some(minutes), "asked for {asked}");
    }
    booth.wait_s(30 * 60 - 1);
    assert!(matches!(
        booth.screen(),
        Screen::Player { playing: true, .. }
    ));
    let finish = PlayerCommand::Finish { bell: false };
    assert_eq!(commands(booth.wait_s(1)), [finish]);
    booth.send(Input::Player(PlayerEvent::Ended));
    assert_eq!(
        booth.screen(),
        Screen::Felt {
            practice: practice("lakeside")
        }
    );
    booth.send(Input::SkipFelt);
    assert!(matches!(
        booth.screen(),
        Screen::Player {
            playing: false,
            ended: true,
            ..
        }
    ));
}

#[test]
fn a_soundscape_that_never_says_it_faded_is_stopped() {
    let mut booth = playing("lakeside");
    booth.send(Input::SetTimer(1));
    let finish = PlayerCommand::Finish { bell: false };
    assert_eq!(commands(booth.wait_s(60)), [finish]);
    // A pause while it fades holds what is left of the fade.
    booth.wait_s(20);
    assert_eq!(
        commands(booth.send(Input::PlayPause)),
        [PlayerCommand::Pause]
    );
    booth.wait_s(60);
    assert_eq!(
        commands(booth.send(Input::PlayPause)),
        [PlayerCommand::Resume]
    );
    assert_eq!(commands(booth.wait_s(9)), []);
    assert_eq!(commands(booth.wait_s(1)), [PlayerCommand::Stop]);
    assert!(matches!(booth.screen(), Screen::Felt { .. }));
    // What was on its way is no second end.
    assert_eq!(booth.send(Input::Player(PlayerEvent::Ended)), []);
}

#[test]
fn more_minutes_while_it_fades_begin_anew() {
    let mut booth = playing("lakeside");
    booth.send(Input::SetTimer(1));
    booth.wait_s(61);
    assert_eq!(booth.send(Input::SetTimer(2)), [start("lakeside")]);
    assert_eq!(commands(booth.wait_s(119)), []);
    let finish = PlayerCommand::Finish { bell: false };
    assert_eq!(commands(booth.wait_s(1)), [finish]);
}

#[test]
fn what_is_over_keeps_its_settings_for_the_next_start() {
    let mut booth = playing("slow-breathing");
    booth.send(Input::Player(PlayerEvent::Ended));
    for input in [
        Input::SetPace(0),
        Input::SetBed(bed("rain"), 0),
        Input::ToggleEndBell,
    ] {
        assert_eq!(booth.send(input.clone()), [], "{input:?}");
    }
    let again = commands(booth.send(Input::PlayPause));
    let [
        PlayerCommand::Start {
            pace,
            beds,
            end_bell,
            ..
        },
    ] = &again[..]
    else {
        panic!("{again:?}");
    };
    assert_eq!((*pace, &beds[..], *end_bell), (Some(0), &[][..], false));
}

#[test]
fn what_there_is_not_cannot_be_set() {
    let cases = [
        ("slow-breathing", Input::SetPace(1)),
        ("slow-breathing", Input::SetPace(3)),
        ("slow-breathing", Input::SetPace(u8::MAX)),
        ("slow-breathing", Input::SetBed(bed("sea"), 3)),
        ("slow-breathing", Input::SetBed(bed("rain"), u8::MAX)),
        ("muscle-relaxation", Input::SetPace(0)),
        ("muscle-relaxation", Input::SetBed(bed("rain"), 3)),
        ("lakeside", Input::SetPace(0)),
        ("lakeside", Input::SetBed(bed("unknown"), 3)),
        ("lakeside", Input::SetBed(bed("sea"), 0)),
        ("lakeside", Input::Felt(Felt::Calmer)),
        ("lakeside", Input::SkipFelt),
    ];
    for (name, input) in cases {
        let mut booth = playing(name);
        let before = booth.screen();
        assert_eq!(booth.send(input.clone()), [], "{name} {input:?}");
        assert_eq!(booth.screen(), before, "{name} {input:?}");
    }
}

/// Whether it is asked after `seconds` of a practice that `leave` ends.
fn asked(seconds: u64, leave: Input) -> bool {
    let mut booth = playing("slow-breathing");
    booth.wait_s(seconds);
    booth.send(leave);
    matches!(booth.screen(), Screen::Felt { .. })
}

#[test]
fn it_is_asked_after_a_minute_where_nobody_looks_for_help() {
    let ended = Input::Player(PlayerEvent::Ended);
    for leave in [Input::Back, Input::Home, ended] {
        assert!(!asked(59, leave.clone()), "{leave:?} after 59 s");
        assert!(asked(60, leave.clone()), "{leave:?} after 60 s");
    }
    for leave in [Input::Help, Input::End, Input::PlayPause, Input::HookLifted] {
        assert!(!asked(90, leave.clone()), "{leave:?}");
    }
}

#[test]
fn it_is_not_asked_beside_a_call() {
    let mut booth = Booth::new();
    booth.call();
    booth.send(Input::Home);
    booth.send(Input::OpenDoor(Door::Relax));
    booth.send(Input::OpenPractice(practice("slow-breathing")));
    booth.send(Input::CallEvent(CallEvent::LineOpen));
    booth.send(Input::Back);
    booth.send(Input::Back);
    booth.wait_s(90);
    booth.send(Input::Back);
    assert!(!matches!(booth.screen(), Screen::Felt { .. }));
}

#[test]
fn nobody_is_held_by_the_question() {
    for (felt, rings_after) in [(None, 120), (Some(Felt::Not), 180)] {
        let mut booth = playing("slow-breathing");
        booth.wait_s(60);
        booth.send(Input::Back);
        if let Some(felt) = felt {
            booth.send(Input::Felt(felt));
        }
        booth.wait_s(rings_after - 1);
        assert_eq!(booth.session.still_there(booth.now()), None);
        booth.wait_s(1);
        assert_eq!(booth.session.still_there(booth.now()), Some(20));
        booth.wait_s(20);
        assert_eq!(booth.screen(), Screen::Attract);
    }
}

#[test]
fn a_call_makes_what_is_loaded_quieter_until_it_ends() {
    for outcome in [CallOutcome::RemoteEnded, CallOutcome::Lost] {
        let mut booth = playing("slow-breathing");
        assert_eq!(commands(booth.send(Input::Help)), [PlayerCommand::Pause]);
        let ducks = commands(booth.send(Input::Call(line("always"))));
        assert_eq!(ducks, [PlayerCommand::Duck(true)]);
        booth.wait(crate::timer::COUNTDOWN);
        booth.send(Input::CallEvent(CallEvent::LineOpen));
        booth.send(Input::Back);
        booth.send(Input::Back);
        assert_eq!(
            commands(booth.send(Input::PlayPause)),
            [PlayerCommand::Resume]
        );
        let ended = CallEvent::Ended(outcome);
        let commands = commands(booth.send(Input::CallEvent(ended)));
        assert_eq!(commands, [PlayerCommand::Pause, PlayerCommand::Duck(false)]);
    }
}

#[test]
fn a_practice_that_begins_during_a_call_is_quiet_from_the_start() {
    let mut booth = Booth::new();
    booth.call();
    booth.send(Input::Home);
    booth.send(Input::OpenDoor(Door::Relax));
    let open = Input::OpenPractice(practice("slow-breathing"));
    let quiet = vec![
        start("slow-breathing"),
        Effect::Player(PlayerCommand::Duck(true)),
    ];
    let effects = booth.send(open);
    assert!(
        quiet.iter().all(|effect| effects.contains(effect)),
        "{effects:?}"
    );
    booth.send(Input::Player(PlayerEvent::Ended));
    assert_eq!(booth.send(Input::PlayPause), quiet);
}
