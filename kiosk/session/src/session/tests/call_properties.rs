//! Any order of touches, words of the modem, handset and time around a call: one call at most, one fact an attempt,
//! no page without a way on.

use super::properties::{calling, handset, phones};
use super::*;
use crate::{CallEvent, Fact, timer};
use proptest::prelude::*;

/// What can happen around a call, and the pause before it.
fn happenings() -> impl Strategy<Value = Vec<(Duration, Input)>> {
    let pauses = prop_oneof![
        6 => 0_u64..1_500,
        3 => Just(3_000_u64),
        1 => 3_000_u64..130_000,
        1 => Just(61 * 60 * 1000),
    ];
    let input = prop_oneof![
        8 => calling(),
        2 => handset(),
        1 => phones().prop_map(|can_call| {
            Input::Devices(Devices { can_call, sound: SoundState::Present })
        }),
        1 => Just(Input::Help),
        1 => Just(Input::Back),
        1 => Just(Input::Home),
        1 => Just(Input::Touch),
        1 => Just(Input::End),
    ];
    prop::collection::vec((pauses.prop_map(Duration::from_millis), input), 1..60)
}

/// What a page says of the call.
#[derive(Debug, Clone, PartialEq)]
enum Shown {
    None,
    Countdown { line: LineId, after_failure: bool },
    Call { line: LineId },
}

fn shown(booth: &Booth) -> Shown {
    match booth.screen() {
        Screen::Countdown {
            line,
            after_failure,
            ..
        } => Shown::Countdown {
            line,
            after_failure: after_failure.is_some(),
        },
        Screen::Call { line, .. } => Shown::Call { line },
        _ => match booth.session.strip(booth.now()) {
            Some(strip) => Shown::Call { line: strip.line },
            None => Shown::None,
        },
    }
}

/// The modem's side: at most one call, which ends when it says so or when it is asked to.
#[derive(Default)]
struct Line {
    taken: bool,
    lifted: Option<bool>,
}

impl Line {
    /// One input alone, with no deadline due: what came of it is compared with what was shown before.
    fn step(&mut self, booth: &mut Booth, input: Input) {
        let before = shown(booth);
        let effects = booth.send(input.clone());
        let after = shown(booth);
        if let Input::CallEvent(CallEvent::Ended(_)) = input {
            self.taken = false;
        }
        for effect in &effects {
            match effect {
                Effect::Dial(_) => {
                    assert!(!self.taken, "two calls at once");
                    self.taken = true;
                }
                Effect::HangUp => self.taken = false,
                _ => {}
            }
        }
        let told = |effect: &&Effect| matches!(effect, Effect::Count(Fact::CallEnded { .. }));
        let told = effects.iter().filter(told).count();
        let ended = match (&before, &after) {
            (Shown::None, Shown::None) => {
                // Refused at once, without the three seconds.
                let asked = matches!(input, Input::Call(_) | Input::ConfirmCall);
                let refused = asked && matches!(booth.screen(), Screen::CallFailed { .. });
                told.min(usize::from(refused))
            }
            (Shown::None, _) => 0,
            (_, Shown::None) => 1,
            (
                Shown::Countdown { .. } | Shown::Call { .. },
                Shown::Countdown {
                    after_failure: true,
                    ..
                },
            ) => usize::from(before != after),
            (_, Shown::Countdown { .. } | Shown::Call { .. }) => 0,
        };
        assert_eq!(
            told, ended,
            "{input:?}: {before:?} → {after:?}, {effects:?}"
        );
        let put_down = matches!(input, Input::HookDown) && self.lifted == Some(true);
        if put_down || matches!(input, Input::HangUp | Input::CancelCall | Input::End) {
            assert!(!self.taken, "{input:?} left a call up");
            assert!(
                !matches!(after, Shown::Countdown { .. }),
                "{input:?} left a call to come"
            );
        }
        match input {
            Input::HookLifted => self.lifted = Some(true),
            Input::HookDown => self.lifted = Some(false),
            _ => {}
        }
        if after == Shown::None {
            assert!(!self.taken, "{input:?} left a call that nobody sees");
        }
    }

    fn wait(&mut self, booth: &mut Booth, time: Duration) {
        let until = booth.at + time;
        while let Some(next) = booth.session.next_deadline().filter(|next| *next <= until) {
            booth.at = booth.at.max(next);
            self.step(booth, Input::Tick);
        }
        booth.at = until;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn one_call_at_most_one_fact_an_attempt_and_a_way_on(happenings in happenings()) {
        let mut booth = Booth::new();
        let mut line = Line::default();
        for (pause, input) in happenings {
            line.wait(&mut booth, pause);
            line.step(&mut booth, input);
        }
        // Wherever that led: a press on what stands there leads on, also with a modem that says nothing any more.
        match booth.screen() {
            Screen::ConfirmCall { .. } => {
                line.step(&mut booth, Input::ConfirmCall);
                let on = booth.screen();
                prop_assert!(
                    matches!(on, Screen::Countdown { .. } | Screen::CallFailed { .. }),
                    "{on:?}"
                );
            }
            Screen::Countdown { .. } => {
                line.step(&mut booth, Input::CancelCall);
                prop_assert_eq!(shown(&booth), Shown::None);
            }
            Screen::Call { .. } => {
                line.step(&mut booth, Input::HangUp);
                line.wait(&mut booth, timer::CALL_ENDING);
                let on = booth.screen();
                prop_assert!(matches!(on, Screen::CallOver { .. }), "{on:?}");
            }
            Screen::CallFailed { line: failed, .. } => {
                line.step(&mut booth, Input::Call(failed));
                let on = booth.screen();
                prop_assert!(
                    matches!(
                        on,
                        Screen::Countdown { .. }
                            | Screen::ConfirmCall { .. }
                            | Screen::CallFailed { .. }
                    ),
                    "{on:?}"
                );
            }
            _ => {}
        }
        // And without anybody: no page about a call stays for ever.
        let longest = timer::CALL_READY
            + timer::CALL_SETUP * 2
            + timer::CALL_LIMIT
            + timer::CALL_ENDING
            + timer::IDLE_SUPPORT
            + timer::RING
            + timer::COUNTDOWN;
        line.wait(&mut booth, longest);
        prop_assert_eq!(booth.screen(), Screen::Attract);
        prop_assert!(!line.taken);
    }
}
