//! Calls whose modem is late, contradictory or slow.

use super::*;
use crate::timer;
use crate::{CallEvent, CallFailure, CallOutcome, CallStage, Fact};

fn stage(booth: &Booth) -> Option<CallStage> {
    match booth.screen() {
        Screen::Call { stage, .. } => Some(stage),
        _ => None,
    }
}

/// A visit is ended during its call, and the next visitor has counted down to one of their own
/// before the modem has confirmed the hang-up.
fn next_call_while_the_line_is_taken() -> (Booth, Vec<Effect>) {
    let mut booth = Booth::new();
    booth.call();
    booth.send(Input::End);
    booth.send(Input::Help);
    booth.send(Input::Call(line("daytime")));
    let effects = booth.wait(timer::COUNTDOWN);
    (booth, effects)
}

#[test]
fn a_stage_never_goes_backwards() {
    let mut booth = Booth::new();
    booth.call();
    let open = CallStage::LineOpen(Duration::ZERO);
    let steps = [
        (CallEvent::Dialling, CallStage::Dialling),
        (CallEvent::Alerting, CallStage::Alerting),
        (CallEvent::Dialling, CallStage::Alerting),
        (CallEvent::LineOpen, open),
        (CallEvent::Alerting, open),
        (CallEvent::Dialling, open),
        (CallEvent::LineOpen, open),
    ];
    for (event, after) in steps {
        assert_eq!(booth.send(Input::CallEvent(event)), [], "{event:?}");
        assert_eq!(stage(&booth), Some(after), "{event:?}");
    }
    booth.send(Input::HangUp);
    for event in [
        CallEvent::Dialling,
        CallEvent::Alerting,
        CallEvent::LineOpen,
    ] {
        booth.send(Input::CallEvent(event));
        assert_eq!(stage(&booth), Some(CallStage::Ending), "{event:?}");
    }
}

#[test]
fn events_without_a_call_are_not_believed() {
    let events = [
        CallEvent::Dialling,
        CallEvent::Alerting,
        CallEvent::LineOpen,
        CallEvent::Ended(CallOutcome::Busy),
    ];
    let mut booth = Booth::new();
    for event in events {
        assert_eq!(booth.send(Input::CallEvent(event)), []);
        assert_eq!(booth.screen(), Screen::Attract);
    }
    booth.send(Input::Help);
    for event in events {
        assert_eq!(booth.send(Input::CallEvent(event)), []);
        assert_eq!(booth.screen(), Screen::Lines);
    }
    booth.send(Input::Call(line("always")));
    for event in events {
        assert_eq!(booth.send(Input::CallEvent(event)), []);
        assert!(matches!(booth.screen(), Screen::Countdown { .. }));
    }
}

#[test]
fn how_a_call_ends_decides_what_comes_next() {
    use CallFailure as Why;
    use CallOutcome as Outcome;
    // Before the line was open, and after. `None`: the page that says the call is over.
    let cases = [
        (Outcome::HungUpHere, None, None),
        (Outcome::NoSim, Some(Why::NoSim), Some(Why::NoSim)),
        (
            Outcome::NoNetwork,
            Some(Why::NoNetwork),
            Some(Why::NoNetwork),
        ),
        (Outcome::Lost, Some(Why::Lost), Some(Why::Lost)),
    ];
    for (outcome, before, after) in cases {
        for (open, why) in [(false, before), (true, after)] {
            let mut booth = Booth::new();
            booth.call();
            booth.send(Input::CallEvent(CallEvent::Dialling));
            if open {
                booth.send(Input::CallEvent(CallEvent::LineOpen));
            }
            let effects = booth.send(Input::CallEvent(CallEvent::Ended(outcome)));
            let fact = Fact::CallEnded {
                reached: open,
                outcome: Some(outcome),
            };
            assert!(effects.contains(&Effect::Count(fact)), "{effects:?}");
            let line = line("always");
            let page = match why {
                Some(why) => Screen::CallFailed { line, why },
                None => Screen::CallOver { line },
            };
            assert_eq!(booth.screen(), page, "{outcome:?}, open: {open}");
        }
    }
}

#[test]
fn an_open_line_that_ends_is_over_and_one_that_breaks_is_said_so() {
    let line = line("always");
    for (outcome, page) in [
        (
            CallOutcome::RemoteEnded,
            Screen::CallOver { line: line.clone() },
        ),
        (
            CallOutcome::Failed,
            Screen::CallFailed {
                line: line.clone(),
                why: CallFailure::Failed,
            },
        ),
    ] {
        let mut booth = Booth::new();
        booth.call();
        booth.send(Input::CallEvent(CallEvent::LineOpen));
        booth.send(Input::CallEvent(CallEvent::Ended(outcome)));
        assert_eq!(booth.screen(), page);
    }
}

#[test]
fn a_line_that_was_not_reached_leads_to_the_next() {
    // Some modules call a line open while it still rings, and only then say that it is busy.
    for (outcome, too_early, why) in [
        (CallOutcome::Busy, true, CallFailure::Busy),
        (CallOutcome::NoAnswer, true, CallFailure::NoAnswer),
        (CallOutcome::Busy, false, CallFailure::Busy),
        (CallOutcome::NoAnswer, false, CallFailure::NoAnswer),
        (CallOutcome::RemoteEnded, false, CallFailure::Failed),
        (CallOutcome::Failed, false, CallFailure::Failed),
    ] {
        let mut booth = Booth::new();
        booth.call();
        if too_early {
            booth.send(Input::CallEvent(CallEvent::LineOpen));
        }
        booth.send(Input::CallEvent(CallEvent::Ended(outcome)));
        let next = Screen::Countdown {
            line: line("daytime"),
            seconds: 3,
            after_failure: Some(why),
            handset_down: false,
        };
        assert_eq!(booth.screen(), next);
    }
}

#[test]
fn every_open_line_is_tried_once_and_no_emergency_number() {
    let mut booth = Booth::new();
    booth.call();
    let mut dialled = vec![line("always")];
    loop {
        booth.send(Input::CallEvent(CallEvent::Ended(CallOutcome::Busy)));
        if let Screen::CallFailed { why, .. } = booth.screen() {
            assert_eq!(why, CallFailure::Busy);
            break;
        }
        for effect in booth.wait(timer::COUNTDOWN) {
            if let Effect::Dial(line) = effect {
                dialled.push(line);
            }
        }
    }
    // The clock is not known, so that no line may be taken for closed.
    assert_eq!(dialled, [line("always"), line("daytime"), line("tuesdays")]);
}

#[test]
fn a_press_on_cancel_just_after_the_three_seconds_still_takes_the_call_back() {
    let mut booth = Booth::new();
    booth.call();
    assert_eq!(booth.send(Input::CancelCall), [Effect::HangUp]);
    assert_eq!(stage(&booth), Some(CallStage::Ending));
}

#[test]
fn a_call_waits_until_the_one_before_has_ended() {
    let (mut booth, effects) = next_call_while_the_line_is_taken();
    assert_eq!(effects, [], "nothing is dialled while the line is taken");
    assert_eq!(stage(&booth), Some(CallStage::Waiting));
    booth.send(Input::CallEvent(CallEvent::LineOpen));
    assert_eq!(
        stage(&booth),
        Some(CallStage::Waiting),
        "that was the call before"
    );
    let ended = CallEvent::Ended(CallOutcome::HungUpHere);
    let effects = booth.send(Input::CallEvent(ended));
    assert!(
        effects.contains(&Effect::Dial(line("daytime"))),
        "{effects:?}"
    );
    booth.send(Input::CallEvent(CallEvent::LineOpen));
    assert_eq!(stage(&booth), Some(CallStage::LineOpen(Duration::ZERO)));
}

#[test]
fn a_call_does_not_wait_for_ever_for_the_one_before() {
    let (mut booth, _) = next_call_while_the_line_is_taken();
    let effects = booth.wait(timer::CALL_ENDING);
    assert!(
        effects.contains(&Effect::Dial(line("daytime"))),
        "{effects:?}"
    );
    // The end of the call before comes far too late: nothing stays on the line unseen.
    let ended = CallEvent::Ended(CallOutcome::HungUpHere);
    let effects = booth.send(Input::CallEvent(ended));
    assert!(effects.contains(&Effect::HangUp), "{effects:?}");
}

#[test]
fn a_call_that_waits_can_be_given_up_without_a_word_to_the_modem() {
    let (mut booth, _) = next_call_while_the_line_is_taken();
    let fact = Fact::CallEnded {
        reached: false,
        outcome: Some(CallOutcome::HungUpHere),
    };
    assert_eq!(booth.send(Input::HangUp), [Effect::Count(fact)]);
    assert!(matches!(booth.screen(), Screen::CallOver { .. }));
}

#[test]
fn tones_need_an_open_line_and_a_key_that_exists() {
    let mut booth = Booth::new();
    assert_eq!(booth.send(Input::Keypad('1')), []);
    booth.call();
    assert_eq!(booth.send(Input::Keypad('1')), []);
    booth.send(Input::CallEvent(CallEvent::LineOpen));
    for key in "0123456789*#".chars() {
        assert_eq!(booth.send(Input::Keypad(key)), [Effect::Dtmf(key)]);
    }
    for key in ['A', '+', ';', '\r', '１'] {
        assert_eq!(booth.send(Input::Keypad(key)), [], "{key:?}");
    }
    let loudest = booth.send(Input::SetCallVolume(200));
    assert_eq!(loudest, [Effect::CallVolume(8)]);
}
