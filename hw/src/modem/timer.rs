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
    /// For ringing.
    pub no_answer: Duration,
    /// For a call as a whole.
    pub call_cap: Duration,
    /// For a module that holds a call and answers nothing.
    pub silent_call: Duration,
    /// Between two checks of one step of hanging up.
    pub hang_up_check: Duration,
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
            no_answer: Duration::from_secs(60),
            call_cap: Duration::from_secs(60 * 60),
            silent_call: Duration::from_secs(30),
            hang_up_check: Duration::from_millis(250),
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
            no_answer: Duration::from_secs(2),
            call_cap: Duration::from_secs(20),
            silent_call: Duration::from_secs(2),
            hang_up_check: Duration::from_millis(25),
        }
    }
}
