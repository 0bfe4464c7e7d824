//! Every deadline of the protocol in one table, and every length of time in one struct.
//!
//! It does not know the time: callers pass it in.

use std::time::Duration;

/// How long the protocol waits for what. Tests shorten these; production uses the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timings {
    /// Between two asks for the state of a call (`+CLCC`).
    pub call_poll: Duration,
    /// Between two looks at registration and signal while nothing happens.
    pub watch: Duration,
    /// Between two tries of a step of the start that did not succeed.
    pub retry: Duration,
    /// For the final result of an ordinary command.
    pub command: Duration,
    /// For the final result of a command that moves the radio (`+CFUN`).
    pub radio: Duration,
    /// For a final result of `ATD`, after which polling starts without one.
    pub dial_final: Duration,
    /// For the missing final after a complete answer.
    pub settle: Duration,
    /// For the first sign of ringing or an open line.
    pub setup: Duration,
    /// For a network to take the SIM before a dial that waits for it goes out anyway.
    pub register_wait: Duration,
    /// For ringing.
    pub no_answer: Duration,
    /// For a call as a whole.
    pub call_cap: Duration,
    /// For a module that holds a call and answers nothing.
    pub silent_call: Duration,
    /// For the first sign of a call of any kind, from a module that is known to show its calls: ATD unanswered, nothing
    /// listed, nothing said. Then the command was lost.
    pub no_sign: Duration,
    /// The same from a module that has not shown a call yet, and may be one that never does; and for the first sign of a
    /// call that was taken by one that has shown others.
    pub no_sign_unknown: Duration,
    /// From ATD to an end without ringing, within which the call is made once more.
    pub early_end: Duration,
    /// Before that second attempt.
    pub redial: Duration,
    /// For the command on its way when a call is to be hung up. V.250 section 5.6 lets only ATD be broken off, and
    /// modules drop what comes while they answer; but nobody waits seconds for a hang-up.
    pub hang_up_wait: Duration,
    /// Between two checks of one step of hanging up.
    pub hang_up_check: Duration,
    /// For a silent module to come back by itself before anything is done about it, and after each remedy; doubled
    /// with every round of remedies.
    pub recover: Duration,
    /// The longest that pause becomes.
    pub recover_most: Duration,
    /// For the driver's power command and its answer.
    pub power_cycle: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            call_poll: Duration::from_millis(500),
            watch: Duration::from_secs(10),
            retry: Duration::from_secs(1),
            command: Duration::from_secs(3),
            radio: Duration::from_secs(12),
            dial_final: Duration::from_secs(2),
            settle: Duration::from_millis(500),
            setup: Duration::from_secs(75),
            register_wait: Duration::from_secs(15),
            no_answer: Duration::from_secs(60),
            call_cap: Duration::from_secs(60 * 60),
            silent_call: Duration::from_secs(30),
            no_sign: Duration::from_secs(8),
            no_sign_unknown: Duration::from_secs(30),
            early_end: Duration::from_secs(10),
            redial: Duration::from_secs(1),
            hang_up_wait: Duration::from_millis(300),
            hang_up_check: Duration::from_millis(250),
            recover: Duration::from_secs(30),
            recover_most: Duration::from_secs(60),
            power_cycle: Duration::from_secs(35),
        }
    }
}

impl Timings {
    /// About ten times as fast as in life, for tests against the fast simulator.
    #[must_use]
    pub const fn fast() -> Self {
        Self {
            call_poll: Duration::from_millis(25),
            watch: Duration::from_millis(200),
            retry: Duration::from_millis(50),
            command: Duration::from_millis(250),
            radio: Duration::from_millis(500),
            dial_final: Duration::from_millis(100),
            settle: Duration::from_millis(50),
            setup: Duration::from_secs(3),
            register_wait: Duration::from_secs(1),
            no_answer: Duration::from_secs(2),
            call_cap: Duration::from_secs(20),
            silent_call: Duration::from_secs(2),
            no_sign: Duration::from_millis(800),
            no_sign_unknown: Duration::from_millis(1_800),
            early_end: Duration::from_millis(1_000),
            redial: Duration::from_millis(100),
            hang_up_wait: Duration::from_millis(30),
            hang_up_check: Duration::from_millis(25),
            recover: Duration::from_millis(1_500),
            recover_most: Duration::from_secs(6),
            power_cycle: Duration::from_millis(3_500),
        }
    }
}

/// One deadline; its name says what has run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// The final result of the command on its way.
    Command,
    /// The pause before the next ask for the state of the call.
    Poll,
    /// The pause before the next step of the start or the watch.
    Step,
    /// The first sign of ringing.
    Setup,
    /// The other side taking the call.
    NoAnswer,
    /// The longest call.
    CallCap,
    /// A module that holds a call and is silent.
    SilentCall,
    /// The pause before the next step of hanging up.
    HangUpCheck,
    /// A dial that waits for the network.
    RegisterWait,
    /// A silent module coming back by itself.
    Recover,
    /// Any sign of a call after ATD.
    NoSign,
    /// The pause before a second attempt.
    Redial,
}

impl Timer {
    const ALL: [Self; 12] = [
        Self::Command,
        Self::Poll,
        Self::Step,
        Self::Setup,
        Self::NoAnswer,
        Self::CallCap,
        Self::SilentCall,
        Self::HangUpCheck,
        Self::RegisterWait,
        Self::Recover,
        Self::NoSign,
        Self::Redial,
    ];
}

/// All deadlines, each at most once.
#[derive(Debug, Default)]
pub struct TimerTable([Option<Duration>; Timer::ALL.len()]);

impl TimerTable {
    /// Sets or moves a deadline.
    pub fn set(&mut self, timer: Timer, at: Duration) {
        self.0[timer as usize] = Some(at);
    }

    /// Sets a deadline, or brings it forward; never moves it back.
    pub fn set_sooner(&mut self, timer: Timer, at: Duration) {
        let at = self.0[timer as usize].map_or(at, |set| set.min(at));
        self.set(timer, at);
    }

    /// Takes a deadline away.
    pub fn stop(&mut self, timer: Timer) {
        self.0[timer as usize] = None;
    }

    /// True while the deadline is ahead.
    #[must_use]
    pub fn is_set(&self, timer: Timer) -> bool {
        self.0[timer as usize].is_some()
    }

    /// The earliest deadline.
    #[must_use]
    pub fn next(&self) -> Option<Duration> {
        self.0.iter().flatten().min().copied()
    }

    /// Takes one deadline that has come, the earliest first.
    pub fn take_expired(&mut self, now: Duration) -> Option<Timer> {
        let timer = Timer::ALL
            .into_iter()
            .filter(|timer| self.0[*timer as usize].is_some_and(|at| at <= now))
            .min_by_key(|timer| self.0[*timer as usize])?;
        self.stop(timer);
        Some(timer)
    }

    /// Takes all deadlines away.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_come_in_order_and_once() {
        let mut table = TimerTable::default();
        table.set(Timer::Setup, Duration::from_secs(3));
        table.set(Timer::Poll, Duration::from_secs(1));
        table.set(Timer::Step, Duration::from_secs(9));
        assert_eq!(table.next(), Some(Duration::from_secs(1)));
        assert_eq!(
            table.take_expired(Duration::from_secs(5)),
            Some(Timer::Poll)
        );
        assert_eq!(
            table.take_expired(Duration::from_secs(5)),
            Some(Timer::Setup)
        );
        assert_eq!(table.take_expired(Duration::from_secs(5)), None);
        assert!(table.is_set(Timer::Step));
    }
}
