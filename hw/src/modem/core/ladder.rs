//! Hanging up, step by step, each step checked with `+CLCC`: what the maker wants first; `+CHUP`; `+CVHU=0` and `ATH`;
//! `+CHLD=0` and `+CHLD=1`; radio off and on.
//!
//! The steps exist because modules answer OK to a hang-up and keep the call. `+CHLD=1` alone would end our call and TAKE
//! the one that waits (27.007 section 7.13), which no list may have shown: whoever waits is turned away first. It decides what comes next and when it is
//! over; it sends nothing itself.

use crate::modem::CallOutcome;
use crate::modem::command::calls::{CallEntry, CallStatus};
use crate::modem::command::hold::Hold;
use crate::modem::command::makers::Tell;
use crate::modem::command::radio::Radio;

use super::request::Request;

/// One climb.
#[derive(Debug)]
pub(super) struct Ladder {
    rung: Rung,
    doing: Doing,
    checks: u8,
    empty: u8,
    /// `+CLCC` has listed a call, so an empty list proves something.
    listed: bool,
    /// The calls that a list has shown, a bit for each number: one that was taken meanwhile may look like a data connection.
    seen: u8,
    /// What the lists before `+CHLD=1` showed beside calls, a bit for each number: data connections. `None` before a list.
    data: Option<u8>,
    makers: &'static [&'static str],
    /// What to report at the end; `None` when clearing what nobody here asked for.
    pub(super) outcome: Option<CallOutcome>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rung {
    Makers(usize),
    HangUp,
    HangUpMode,
    Hook,
    Callers,
    Hold,
    RadioOff,
    RadioOn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Step,
    Check,
}

/// Where the climb stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Climb {
    /// There is a next request at once.
    Go,
    /// There is a next request after the usual pause.
    Pause,
    /// The module holds no call any more, as far as it says.
    Clear,
    /// Every step was tried and the call may still be up.
    Exhausted,
}

impl Ladder {
    /// Checks of one step before the next: a release takes a moment to show.
    const CHECKS: u8 = 3;

    /// `listed` as in [`super::call::Call`]; `makers` are the dialect's own first steps.
    pub(super) const fn new(
        outcome: Option<CallOutcome>,
        listed: bool,
        makers: &'static [&'static str],
    ) -> Self {
        Self {
            rung: if makers.is_empty() {
                Rung::HangUp
            } else {
                Rung::Makers(0)
            },
            makers,
            doing: Doing::Step,
            checks: 0,
            empty: 0,
            listed,
            seen: 0,
            data: None,
            outcome,
        }
    }

    pub(super) fn request(&self) -> Request {
        match (self.doing, self.rung) {
            (Doing::Check, _) => Request::ListCalls,
            (Doing::Step, Rung::Makers(index)) => match self.makers.get(index) {
                Some(line) => Request::Tell(Tell(line)),
                None => Request::HangUp,
            },
            (Doing::Step, Rung::HangUp) => Request::HangUp,
            (Doing::Step, Rung::HangUpMode) => Request::HangUpMode,
            (Doing::Step, Rung::Hook) => Request::Hook,
            (Doing::Step, Rung::Callers) => Request::Hold(Hold::RejectWaiting),
            (Doing::Step, Rung::Hold) => Request::Hold(Hold::ReleaseActive),
            (Doing::Step, Rung::RadioOff) => Request::Radio(Radio::Off),
            (Doing::Step, Rung::RadioOn) => Request::Radio(Radio::On),
        }
    }

    /// True once the radio was switched off: the start has to be gone through again.
    pub(super) fn touched_radio(&self) -> bool {
        matches!(self.rung, Rung::RadioOff | Rung::RadioOn)
    }

    /// The step was answered, in whatever way, or not at all.
    pub(super) fn on_step_done(&mut self) -> Climb {
        match self.rung {
            Rung::HangUpMode | Rung::Callers | Rung::RadioOff => self.up(),
            Rung::Makers(_) | Rung::HangUp | Rung::Hook | Rung::Hold | Rung::RadioOn => {
                self.doing = Doing::Check;
                self.checks = 0;
                self.empty = 0;
                Climb::Go
            }
        }
    }

    /// A whole list arrived. `owed` as in [`super::call::Call::on_list`].
    pub(super) fn on_list(&mut self, list: &[CallEntry], owed: u8) -> Climb {
        // 27.007 section 7.18 numbers calls from 1 to 7.
        let bit = |entry: &CallEntry| 1_u8.checked_shl(entry.id.into()).unwrap_or(0);
        let (up, rest): (Vec<&CallEntry>, Vec<&CallEntry>) = list
            .iter()
            .filter(|entry| entry.status != CallStatus::Over)
            .partition(|entry| entry.is_up());
        self.seen |= up.iter().fold(0, |bits, entry| bits | bit(entry));
        if self.rung == Rung::Hold {
            // +CHLD=1 opens no data connection: what appears only now is somebody it put through.
            let known = self.data.unwrap_or(u8::MAX);
            let put_through = rest.iter().map(|entry| bit(entry) & !known);
            self.seen |= put_through.fold(0, |bits, new| bits | new);
        } else {
            let bits = rest.iter().fold(0, |bits, entry| bits | bit(entry));
            self.data = Some(self.data.unwrap_or(0) | bits);
        }
        let is_seen =
            |entry: &CallEntry| entry.status != CallStatus::Over && bit(entry) & self.seen != 0;
        if list.iter().any(is_seen) || list.iter().any(CallEntry::is_up) {
            self.listed = true;
            self.empty = 0;
            return self.checked();
        }
        self.empty = self.empty.saturating_add(1);
        if self.empty <= owed {
            return Climb::Pause;
        }
        // Where the call was never listed an empty list proves little: go on through the harmless steps.
        if self.listed || matches!(self.rung, Rung::Hold | Rung::RadioOff | Rung::RadioOn) {
            return Climb::Clear;
        }
        self.up()
    }

    /// The list could not be had; `answered` when the module said so, rather than nothing.
    pub(super) fn on_list_failed(&mut self, answered: bool) -> Climb {
        if answered && !self.listed && self.rung == Rung::Hold {
            // A module that cannot list calls: the gentle steps are all that can be done for it.
            return Climb::Clear;
        }
        self.checked()
    }

    fn checked(&mut self) -> Climb {
        self.checks += 1;
        if self.checks >= Self::CHECKS {
            self.up()
        } else {
            Climb::Pause
        }
    }

    fn up(&mut self) -> Climb {
        self.doing = Doing::Step;
        self.rung = match self.rung {
            Rung::Makers(index) if index + 1 < self.makers.len() => Rung::Makers(index + 1),
            Rung::Makers(_) => Rung::HangUp,
            Rung::HangUp => Rung::HangUpMode,
            Rung::HangUpMode => Rung::Hook,
            Rung::Hook => Rung::Callers,
            Rung::Callers => Rung::Hold,
            Rung::Hold => Rung::RadioOff,
            Rung::RadioOff => Rung::RadioOn,
            Rung::RadioOn => return Climb::Exhausted,
        };
        Climb::Go
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up() -> Vec<CallEntry> {
        vec![CallEntry::parse("+CLCC: 1,0,0,0,0,\"10010\",129").unwrap()]
    }

    /// Climbs against a module that lets go after `deaf_steps` steps; gives the names of what was sent.
    fn climb(deaf_steps: usize, listed: bool, list_works: bool) -> (Vec<&'static str>, Climb) {
        let mut ladder = Ladder::new(None, listed, &[]);
        let mut sent = Vec::new();
        let mut steps = 0;
        loop {
            let request = ladder.request();
            let climb = if request == Request::ListCalls {
                if !list_works {
                    ladder.on_list_failed(false)
                } else if steps > deaf_steps {
                    ladder.on_list(&[], 0)
                } else {
                    ladder.on_list(&up(), 0)
                }
            } else {
                sent.push(request.command().name());
                let half = [
                    Request::HangUpMode,
                    Request::Hold(Hold::RejectWaiting),
                    Request::Radio(Radio::Off),
                ];
                steps += usize::from(!half.contains(&request));
                ladder.on_step_done()
            };
            match climb {
                Climb::Go | Climb::Pause => {}
                Climb::Clear | Climb::Exhausted => return (sent, climb),
            }
        }
    }

    #[test]
    fn it_climbs_only_as_far_as_it_must() {
        let gentle = vec!["+CHUP", "+CVHU", "ATH", "+CHLD", "+CHLD"];
        assert_eq!(climb(0, true, true), (vec!["+CHUP"], Climb::Clear));
        assert_eq!(
            climb(1, true, true),
            (vec!["+CHUP", "+CVHU", "ATH"], Climb::Clear)
        );
        assert_eq!(climb(2, true, true), (gentle.clone(), Climb::Clear));
        let all = [&gentle[..], &["+CFUN", "+CFUN"]].concat();
        assert_eq!(climb(3, true, true), (all.clone(), Climb::Clear));
        assert_eq!(climb(4, true, true), (all.clone(), Climb::Exhausted));
        assert_eq!(climb(0, true, false), (all, Climb::Exhausted));
        assert_eq!(climb(0, false, true), (gentle, Climb::Clear));
    }

    #[test]
    fn a_stranger_who_is_put_through_meanwhile_is_not_taken_for_a_data_connection() {
        let entry = |line| CallEntry::parse(line).unwrap();
        let data = entry("+CLCC: 1,1,0,1,0,\"\",128");
        let mut ladder = Ladder::new(None, false, &[]);
        ladder.on_step_done();
        let knocks = entry("+CLCC: 2,1,4,1,0,\"\",129");
        assert_eq!(ladder.on_list(&[data.clone(), knocks], 0), Climb::Pause);
        let taken = entry("+CLCC: 2,1,0,1,0,\"\",129");
        assert_eq!(ladder.on_list(&[data.clone(), taken], 0), Climb::Pause);
        let over = entry("+CLCC: 2,1,6,1,0,\"\",129");
        assert_eq!(ladder.on_list(&[data, over], 0), Climb::Clear);
    }

    #[test]
    fn whoever_appears_only_after_the_last_gentle_step_is_no_data_connection() {
        let entry = |line| CallEntry::parse(line).unwrap();
        let data = entry("+CLCC: 1,1,0,1,0,\"\",128");
        let stranger = entry("+CLCC: 2,1,0,1,0,\"\",129");
        let mut ladder = Ladder::new(None, true, &[]);
        ladder.on_step_done();
        let ours = entry("+CLCC: 3,0,0,0,0,\"10010\",129");
        while ladder.rung != Rung::Hold {
            match ladder.doing {
                Doing::Step => ladder.on_step_done(),
                Doing::Check => ladder.on_list(&[data.clone(), ours.clone()], 0),
            };
        }
        ladder.on_step_done();
        let gone = ladder.on_list(std::slice::from_ref(&data), 0);
        assert_eq!(gone, Climb::Clear, "the data connection alone is no call");
        let taken = ladder.on_list(&[data, stranger], 0);
        assert_eq!(taken, Climb::Pause, "the stranger is one");
    }

    #[test]
    fn a_late_final_is_not_taken_for_an_empty_list() {
        let mut ladder = Ladder::new(None, true, &[]);
        ladder.on_step_done();
        assert_eq!(ladder.on_list(&[], 1), Climb::Pause);
        assert_eq!(ladder.on_list(&up(), 1), Climb::Pause);
        assert_eq!(ladder.on_list(&[], 1), Climb::Pause);
        assert_eq!(ladder.on_list(&[], 1), Climb::Clear);
    }
}
