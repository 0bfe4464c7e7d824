//! The tour's stops on the way of a call: whom to call, the question before some calls, the three
//! seconds, every stage, every way in which none comes about.

use crate::tour::{Tour, TourError};
use std::time::Duration;
use xinting_content::LineId;
use xinting_session::{
    CallEvent, CallFailure, CallOutcome, CallStage, CanCall, ConfirmWhy, Devices, Input, Screen,
    SoundState, TextSize,
};

const SECOND: Duration = Duration::from_secs(1);
/// After this long the booth has forgotten the calls it began.
const FORGOTTEN: Duration = Duration::from_secs(15 * 60);
/// From an open line to the last two minutes of the longest call there is.
const NEARLY_AN_HOUR: Duration = Duration::from_secs(58 * 60 + 5);

pub(super) fn all(tour: &mut Tour) -> Result<(), TourError> {
    let Some(line) = first_line(tour) else {
        return Ok(());
    };
    asking(tour, &line)?;
    calling(tour, &line)?;
    with_a_hook(tour, &line)?;
    not_calling(tour, &line)?;
    emergency_fails(tour)?;
    in_large_letters(tour, &line)
}

fn first_line(tour: &Tour) -> Option<LineId> {
    tour.session
        .library()
        .lines_at(tour.now.civil)
        .first()
        .map(|line| line.id.clone())
}

fn emergency_line(tour: &Tour) -> Option<LineId> {
    let library = tour.session.library();
    library
        .emergency_lines()
        .first()
        .map(|line| line.id.clone())
}

fn is_call(screen: &Screen) -> bool {
    matches!(screen, Screen::Call { .. })
}

fn is_stage(wanted: CallStage) -> impl Fn(&Screen) -> bool {
    move |screen| matches!(screen, Screen::Call { stage, .. } if *stage == wanted)
}

fn is_lines(screen: &Screen) -> bool {
    matches!(screen, Screen::Lines)
}

fn is_countdown(screen: &Screen) -> bool {
    matches!(screen, Screen::Countdown { .. })
}

fn is_confirm(wanted: ConfirmWhy) -> impl Fn(&Screen) -> bool {
    move |screen| matches!(screen, Screen::ConfirmCall { why, .. } if *why == wanted)
}

fn failed(wanted: CallFailure) -> impl Fn(&Screen) -> bool {
    move |screen| matches!(screen, Screen::CallFailed { why, .. } if *why == wanted)
}

/// A new visit on the lines page, in a booth that has made no call for a while.
fn afresh(tour: &mut Tour) {
    tour.give(Input::End);
    tour.pass(FORGOTTEN);
    tour.begin();
    tour.give(Input::Help);
}

fn can_call(tour: &mut Tour, can_call: CanCall) {
    tour.give(Input::Devices(Devices {
        can_call,
        sound: SoundState::Present,
    }));
}

/// Lets the three seconds pass and the number go out.
fn dial(tour: &mut Tour, line: &LineId) {
    tour.give(Input::Call(line.clone()));
    tour.give(Input::ConfirmCall);
    tour.pass(4 * SECOND);
    tour.give(Input::CallEvent(CallEvent::Dialling));
}

fn ended(tour: &mut Tour, outcome: CallOutcome) {
    tour.give(Input::CallEvent(CallEvent::Ended(outcome)));
}

fn asking(tour: &mut Tour, line: &LineId) -> Result<(), TourError> {
    afresh(tour);
    tour.shot("lines", is_lines)?;
    can_call(tour, CanCall::NoModem);
    tour.shot("lines-out-of-order", is_lines)?;
    can_call(tour, CanCall::Yes);
    if let Some(emergency) = emergency_line(tour) {
        tour.give(Input::Call(emergency));
        tour.shot("confirm-emergency", is_confirm(ConfirmWhy::Emergency))?;
        tour.give(Input::CancelCall);
    }
    // The booth has begun a few calls already: the next one asks.
    for _ in 0..10 {
        tour.give(Input::Call(line.clone()));
        if is_confirm(ConfirmWhy::Again)(&tour.session.screen(tour.now)) {
            break;
        }
        tour.pass(4 * SECOND);
        tour.give(Input::HangUp);
        ended(tour, CallOutcome::HungUpHere);
    }
    tour.shot("confirm-again", is_confirm(ConfirmWhy::Again))
}

fn calling(tour: &mut Tour, line: &LineId) -> Result<(), TourError> {
    afresh(tour);
    tour.give(Input::Call(line.clone()));
    tour.pass(SECOND);
    tour.shot("countdown", is_countdown)?;
    can_call(tour, CanCall::Returning);
    tour.pass(3 * SECOND);
    tour.shot("call-waiting", is_stage(CallStage::Waiting))?;
    can_call(tour, CanCall::Yes);
    tour.pass(SECOND);
    tour.give(Input::CallEvent(CallEvent::Dialling));
    tour.shot("call-dialling", is_stage(CallStage::Dialling))?;
    tour.give(Input::CallEvent(CallEvent::DialAgain));
    tour.shot("call-dial-again", is_stage(CallStage::DialAgain))?;
    tour.give(Input::CallEvent(CallEvent::Alerting));
    tour.shot("call-ringing", is_stage(CallStage::Alerting))?;
    tour.give(Input::CallEvent(CallEvent::LineOpen));
    tour.pass(138 * SECOND);
    tour.shot("call-open", is_call)?;
    tour.give(Input::ToggleKeypad);
    tour.shot("call-keypad", is_call)?;
    tour.give(Input::Home);
    tour.shot("home-in-call", |screen| matches!(screen, Screen::Home))?;
    tour.give(Input::Help);
    tour.give(Input::ToggleKeypad);
    tour.pass(NEARLY_AN_HOUR.saturating_sub(138 * SECOND));
    tour.shot("call-last-minutes", |screen| {
        matches!(
            screen,
            Screen::Call {
                minutes_left: Some(_),
                ..
            }
        )
    })?;
    tour.give(Input::HangUp);
    tour.shot("call-ending", is_stage(CallStage::Ending))?;
    ended(tour, CallOutcome::HungUpHere);
    tour.shot("call-over", |screen| {
        matches!(screen, Screen::CallOver { .. })
    })
}

/// A booth with a switch under its handset, which lies there.
fn with_a_hook(tour: &mut Tour, line: &LineId) -> Result<(), TourError> {
    afresh(tour);
    tour.give(Input::HookDown);
    tour.give(Input::Call(line.clone()));
    tour.pass(SECOND);
    let lies = |screen: &Screen| {
        matches!(
            screen,
            Screen::Countdown {
                handset_down: true,
                ..
            } | Screen::Call {
                handset_down: true,
                ..
            }
        )
    };
    tour.shot("countdown-handset", lies)?;
    tour.pass(3 * SECOND);
    tour.give(Input::CallEvent(CallEvent::Dialling));
    tour.shot("call-handset", lies)?;
    tour.give(Input::CallEvent(CallEvent::LineOpen));
    tour.give(Input::ToggleKeypad);
    tour.shot("call-handset-keypad", lies)?;
    tour.give(Input::End);
    ended(tour, CallOutcome::HungUpHere);
    tour.give(Input::HookGone);
    Ok(())
}

fn not_calling(tour: &mut Tour, line: &LineId) -> Result<(), TourError> {
    afresh(tour);
    dial(tour, line);
    ended(tour, CallOutcome::Busy);
    if is_countdown(&tour.session.screen(tour.now)) {
        tour.shot("countdown-next-line", is_countdown)?;
        // Every further line is busy too, until none is left.
        for _ in 0..10 {
            tour.pass(4 * SECOND);
            tour.give(Input::CallEvent(CallEvent::Dialling));
            ended(tour, CallOutcome::Busy);
        }
    }
    tour.shot("call-busy", failed(CallFailure::Busy))?;
    for (name, outcome, why) in [
        (
            "call-no-answer",
            CallOutcome::NoAnswer,
            CallFailure::NoAnswer,
        ),
        ("call-failed", CallOutcome::Failed, CallFailure::Failed),
    ] {
        afresh(tour);
        dial(tour, line);
        for _ in 0..10 {
            ended(tour, outcome);
            tour.pass(4 * SECOND);
            tour.give(Input::CallEvent(CallEvent::Dialling));
        }
        tour.shot(name, failed(why))?;
    }
    afresh(tour);
    dial(tour, line);
    ended(tour, CallOutcome::Lost);
    tour.shot("call-lost", failed(CallFailure::Lost))?;
    for (name, why, failure) in [
        ("call-no-modem", CanCall::NoModem, CallFailure::NoModem),
        ("call-no-sim", CanCall::NoSim, CallFailure::NoSim),
        (
            "call-no-network",
            CanCall::NoNetwork,
            CallFailure::NoNetwork,
        ),
    ] {
        afresh(tour);
        can_call(tour, why);
        tour.give(Input::Call(line.clone()));
        tour.shot(name, failed(failure))?;
    }
    can_call(tour, CanCall::Yes);
    Ok(())
}

fn emergency_fails(tour: &mut Tour) -> Result<(), TourError> {
    let Some(emergency) = emergency_line(tour) else {
        return Ok(());
    };
    afresh(tour);
    dial(tour, &emergency);
    tour.give(Input::CallEvent(CallEvent::LineOpen));
    tour.shot("call-open-emergency", is_call)?;
    tour.give(Input::End);
    ended(tour, CallOutcome::HungUpHere);
    afresh(tour);
    dial(tour, &emergency);
    ended(tour, CallOutcome::Failed);
    tour.shot("call-failed-emergency", failed(CallFailure::Failed))
}

/// The pages with the most words, in the largest letters.
fn in_large_letters(tour: &mut Tour, line: &LineId) -> Result<(), TourError> {
    afresh(tour);
    tour.give(Input::SetTextSize(TextSize::Largest));
    tour.shot("largest-lines", is_lines)?;
    tour.give(Input::Call(line.clone()));
    tour.shot("largest-countdown", is_countdown)?;
    tour.pass(4 * SECOND);
    tour.give(Input::CallEvent(CallEvent::DialAgain));
    tour.shot("largest-call", is_call)?;
    tour.give(Input::CallEvent(CallEvent::LineOpen));
    tour.shot("largest-open", is_call)?;
    ended(tour, CallOutcome::Lost);
    tour.shot("largest-failed", failed(CallFailure::Lost))
}

/// Everything touchable in the lower half.
pub(super) fn reaching(tour: &mut Tour) -> Result<(), TourError> {
    let Some(line) = first_line(tour) else {
        return Ok(());
    };
    afresh(tour);
    tour.give(Input::ToggleReach);
    tour.shot("reach-lines", is_lines)?;
    if let Some(emergency) = emergency_line(tour) {
        tour.give(Input::Call(emergency));
        tour.shot("reach-confirm", is_confirm(ConfirmWhy::Emergency))?;
        tour.give(Input::CancelCall);
    }
    tour.give(Input::HookDown);
    tour.give(Input::Call(line));
    tour.pass(SECOND);
    tour.shot("reach-countdown", is_countdown)?;
    tour.pass(3 * SECOND);
    tour.give(Input::CallEvent(CallEvent::Dialling));
    tour.shot("reach-handset", is_call)?;
    tour.give(Input::HookGone);
    tour.shot("reach-dialling", is_call)?;
    tour.give(Input::CallEvent(CallEvent::LineOpen));
    tour.shot("reach-open", is_call)?;
    tour.give(Input::ToggleKeypad);
    tour.shot("reach-keypad", is_call)?;
    ended(tour, CallOutcome::Lost);
    tour.shot("reach-failed", failed(CallFailure::Lost))
}

pub(super) fn by_night(tour: &mut Tour) -> Result<(), TourError> {
    let Some(line) = first_line(tour) else {
        return Ok(());
    };
    tour.give(Input::Call(line));
    tour.give(Input::ConfirmCall);
    tour.pass(4 * SECOND);
    tour.give(Input::CallEvent(CallEvent::LineOpen));
    tour.shot("call-night", is_call)?;
    ended(tour, CallOutcome::Lost);
    tour.shot("call-lost-night", failed(CallFailure::Lost))
}
