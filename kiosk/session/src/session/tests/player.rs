//! The player: what each press asks of it, and how a call and its own end change it.

use super::*;
use crate::{CallEvent, CallOutcome, Door, Fact, PlayerCommand, PlayerEvent};
use xinting_content::PracticeId;

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
    Effect::Player(PlayerCommand::Start {
        practice: practice(name),
        looped: name == "lakeside",
        volume: 5,
    })
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
    assert_eq!(commands(booth.wait_s(1)), [PlayerCommand::Stop]);
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
