//! A modem for flows: hears the session's effects, answers in its own time. It knows the verbs of
//! the whole simulated modem that a pure session can feel.

use std::collections::VecDeque;
use std::time::Duration;
use xinting_session::{CallEvent, CallOutcome, CanCall, Effect};

const RINGS_AFTER: Duration = Duration::from_secs(1);
const ENDS_AFTER: Duration = Duration::from_millis(200);
const USUALLY_ANSWERED_AFTER: Duration = Duration::from_secs(4);
const NOBODY_AFTER: Duration = Duration::from_secs(6);

enum Next {
    Answer(Duration),
    Ended(Duration, CallOutcome),
    RingForever,
    DropOnce,
}

/// The modem and what it is about to say.
#[derive(Default)]
pub(crate) struct Modem {
    next: Option<Next>,
    says: VecDeque<(Duration, CallEvent)>,
    in_call: bool,
    silent: bool,
}

impl Modem {
    /// When it next has something to say.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.says.front().map(|(at, _)| *at)
    }

    /// Says it.
    pub(crate) fn say(&mut self) -> Option<CallEvent> {
        let (_, event) = self.says.pop_front()?;
        if let CallEvent::Ended(_) = event {
            self.in_call = false;
        }
        Some(event)
    }

    /// Whether a call is up as far as the modem knows.
    pub(crate) fn in_call(&self) -> bool {
        self.in_call
    }

    pub(crate) fn hear(&mut self, effect: &Effect, now: Duration) {
        match effect {
            Effect::Dial(_) => self.dial(now),
            Effect::HangUp if self.in_call && !self.silent => {
                self.says.clear();
                let ended = CallEvent::Ended(CallOutcome::HungUpHere);
                self.says.push_back((now + ENDS_AFTER, ended));
            }
            _ => {}
        }
    }

    fn dial(&mut self, now: Duration) {
        assert!(
            !self.in_call,
            "a second call was dialled before the first had ended"
        );
        self.in_call = true;
        if self.silent {
            return;
        }
        self.says.push_back((now, CallEvent::Dialling));
        let ring = (now + RINGS_AFTER, CallEvent::Alerting);
        match self
            .next
            .take()
            .unwrap_or(Next::Answer(USUALLY_ANSWERED_AFTER))
        {
            Next::Answer(after) => {
                if after > RINGS_AFTER {
                    self.says.push_back(ring);
                }
                self.says.push_back((now + after, CallEvent::LineOpen));
            }
            Next::Ended(after, outcome) => {
                if after > RINGS_AFTER {
                    self.says.push_back(ring);
                }
                self.says
                    .push_back((now + after, CallEvent::Ended(outcome)));
            }
            Next::RingForever => self.says.push_back(ring),
            Next::DropOnce => {
                let again = now + RINGS_AFTER;
                self.says.push_back((again, CallEvent::DialAgain));
                let ring = again + RINGS_AFTER;
                self.says.push_back((ring, CallEvent::Alerting));
                let open = again + USUALLY_ANSWERED_AFTER;
                self.says.push_back((open, CallEvent::LineOpen));
            }
        }
    }

    /// A line of a flow after `sim modem`. Answers whether a call could be tried now, where that
    /// changed.
    pub(crate) fn script(&mut self, words: &str, now: Duration) -> Option<CanCall> {
        let soon = Duration::from_millis(500);
        let words: Vec<&str> = words.split_whitespace().collect();
        match words.as_slice() {
            ["answer"] => self.next = Some(Next::Answer(USUALLY_ANSWERED_AFTER)),
            ["answer", "after", seconds] => {
                let seconds = seconds.strip_suffix('s').and_then(|s| s.parse().ok());
                let after = Duration::from_secs(seconds.expect("answer after 2s"));
                self.next = Some(Next::Answer(after));
            }
            ["busy"] => self.next = Some(Next::Ended(soon, CallOutcome::Busy)),
            ["no-answer"] => self.next = Some(Next::Ended(NOBODY_AFTER, CallOutcome::NoAnswer)),
            ["refuse"] => self.next = Some(Next::Ended(soon, CallOutcome::Failed)),
            ["drop-once"] => self.next = Some(Next::DropOnce),
            ["ring-forever"] => self.next = Some(Next::RingForever),
            ["hang-up"] => {
                let ended = CallEvent::Ended(CallOutcome::RemoteEnded);
                self.says.push_back((now, ended));
            }
            ["fail-always", "silence"] => {
                self.silent = true;
                self.says.clear();
            }
            ["unplug"] => {
                self.says.clear();
                if self.in_call {
                    let ended = CallEvent::Ended(CallOutcome::Lost);
                    self.says.push_back((now, ended));
                }
                return Some(CanCall::Returning);
            }
            ["plug"] => return Some(CanCall::Starting),
            ["ready"] => return Some(CanCall::Yes),
            ["not-configured"] => return Some(CanCall::NoModem),
            ["sim-absent"] => return Some(CanCall::NoSim),
            ["network-lost"] => return Some(CanCall::NoNetwork),
            other => panic!("no such word for this modem: {other:?}"),
        }
        None
    }
}
