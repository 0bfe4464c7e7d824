//! Whether a call can be made, from what the modem says of itself and for how long it has said so.
//!
//! A modem that starts, or that was there a moment ago, is worth waiting for: nobody is refused for being early. One
//! that stays away is not, and then it is said at once. Not here: what a visitor reads.

use std::time::Duration;
use xinting_hw::modem::{AbsentCause, ModemHealth};
use xinting_session::CanCall;

/// For how long after its start, or after it was last there, a modem that is gone is expected back. A module that
/// starts anew shows its port again after 10 to 20 s; a slow board takes its time too.
pub(super) const EXPECTED_BACK: Duration = Duration::from_secs(60);
/// For how long a modem that is there may look for its network before it counts as having none.
pub(super) const LOOKING: Duration = Duration::from_secs(60);

/// How the modem stands, and since when.
#[derive(Debug)]
pub(super) struct Phone {
    stands: Stands,
    since: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    NotConfigured,
    Gone,
    Starting,
    NoSim,
    Denied,
    Ready,
}

impl Phone {
    /// A booth starts at `now`; `configured`: it has a modem, which has not said anything yet.
    #[must_use]
    pub(super) fn new(configured: bool, now: Duration) -> Self {
        let stands = if configured {
            Stands::Gone
        } else {
            Stands::NotConfigured
        };
        Self { stands, since: now }
    }

    /// The modem said how it is.
    pub(super) fn hear(&mut self, health: &ModemHealth, now: Duration) {
        let stands = match health {
            ModemHealth::Absent(AbsentCause::NotConfigured) => Stands::NotConfigured,
            ModemHealth::Absent(
                AbsentCause::NoSuchPort
                | AbsentCause::PermissionDenied
                | AbsentCause::PortInUse
                | AbsentCause::OpenFailed
                | AbsentCause::Ambiguous
                | AbsentCause::OtherDevice,
            )
            | ModemHealth::NotResponding => Stands::Gone,
            ModemHealth::Starting | ModemHealth::Searching { .. } => Stands::Starting,
            ModemHealth::NoSim(_) => Stands::NoSim,
            ModemHealth::Denied => Stands::Denied,
            ModemHealth::Registered { .. } => Stands::Ready,
        };
        if stands != self.stands {
            (self.stands, self.since) = (stands, now);
        }
    }

    /// Whether a call can be made at `now`.
    #[must_use]
    pub(super) fn can_call(&self, now: Duration) -> CanCall {
        let for_long = self.changes_at().is_some_and(|at| at <= now);
        match (self.stands, for_long) {
            (Stands::NotConfigured, _) | (Stands::Gone, true) => CanCall::NoModem,
            (Stands::Gone, false) => CanCall::Returning,
            (Stands::Starting, false) => CanCall::Starting,
            (Stands::Starting, true) | (Stands::Denied, _) => CanCall::NoNetwork,
            (Stands::NoSim, _) => CanCall::NoSim,
            (Stands::Ready, _) => CanCall::Yes,
        }
    }

    /// When the answer changes by itself after `now`, where it does.
    #[must_use]
    pub(super) fn changes_after(&self, now: Duration) -> Option<Duration> {
        self.changes_at().filter(|at| *at > now)
    }

    fn changes_at(&self) -> Option<Duration> {
        match self.stands {
            Stands::Gone => Some(self.since.saturating_add(EXPECTED_BACK)),
            Stands::Starting => Some(self.since.saturating_add(LOOKING)),
            Stands::NotConfigured | Stands::NoSim | Stands::Denied | Stands::Ready => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xinting_hw::modem::SimProblem;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_modem_is_waited_for_and_not_for_ever() {
        use ModemHealth as Is;
        let searching = Is::Searching { rssi_dbm: None };
        let gone = Is::Absent(AbsentCause::NoSuchPort);
        let ready = Is::Registered {
            roaming: false,
            operator: None,
            rssi_dbm: None,
        };
        let steps = [
            (
                5,
                gone.clone(),
                CanCall::Returning,
                at(60),
                CanCall::NoModem,
            ),
            (
                70,
                Is::Starting,
                CanCall::Starting,
                at(129),
                CanCall::Starting,
            ),
            (
                75,
                searching.clone(),
                CanCall::Starting,
                at(130),
                CanCall::NoNetwork,
            ),
            (140, ready, CanCall::Yes, at(999), CanCall::Yes),
            (1000, gone, CanCall::Returning, at(1060), CanCall::NoModem),
            (
                1061,
                Is::NotResponding,
                CanCall::NoModem,
                at(1200),
                CanCall::NoModem,
            ),
            (
                1300,
                Is::NoSim(SimProblem::Absent),
                CanCall::NoSim,
                at(9999),
                CanCall::NoSim,
            ),
            (
                1400,
                Is::Denied,
                CanCall::NoNetwork,
                at(9999),
                CanCall::NoNetwork,
            ),
            (
                1500,
                searching,
                CanCall::Starting,
                at(1560),
                CanCall::NoNetwork,
            ),
        ];
        let mut phone = Phone::new(true, at(0));
        assert_eq!(phone.can_call(at(0)), CanCall::Returning);
        for (second, health, first, later, then) in steps {
            phone.hear(&health, at(second));
            assert_eq!(phone.can_call(at(second)), first, "{health:?}");
            assert_eq!(phone.can_call(later), then, "{health:?}");
        }
        let mut none = Phone::new(false, at(0));
        none.hear(&Is::Absent(AbsentCause::NotConfigured), at(1));
        assert_eq!(none.can_call(at(1)), CanCall::NoModem);
        assert_eq!(none.changes_after(at(1)), None);
    }
}
