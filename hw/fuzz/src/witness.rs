//! What must hold between a core, whoever gives it commands, and the line, whatever the module says.

use xinting_hw::modem::{CallOutcome, CallState, Core, ModemEvent, RefusedReason};

use super::dialect::PIN;
use super::stage::NUMBERS;

/// The longest command line that makes sense; a dial has at most 19 bytes.
const LONGEST_COMMAND: usize = 64;

/// Watches one core from outside.
#[derive(Debug)]
pub struct Witness {
    /// How often each number may still go out: twice for every dial, because one that ends early is made once more.
    may_go_out: [u32; NUMBERS.len()],
    with_pin: bool,
    dials: usize,
    ends: usize,
    /// How far the call under way got.
    reached: Option<Reached>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Dialling,
    Redialling,
    Alerting,
    LineOpen,
}

impl Witness {
    /// Nothing was asked for yet.
    #[must_use]
    pub const fn new(with_pin: bool) -> Self {
        Self {
            may_go_out: [0; NUMBERS.len()],
            with_pin,
            dials: 0,
            ends: 0,
            reached: None,
        }
    }

    /// A dial of one of [`NUMBERS`] is about to be asked for.
    pub fn dialled(&mut self, index: usize) {
        self.dials += 1;
        self.may_go_out[index] += 2;
    }

    /// The end of the call is about to be asked for: nothing asked for before may go out any more.
    pub fn hung_up(&mut self) {
        self.may_go_out = [0; NUMBERS.len()];
    }

    /// The core wrote this.
    ///
    /// # Panics
    /// When it is not one whole command line, dials what nobody asked for, answers a call, or touches a PUK.
    pub fn wrote(&mut self, bytes: &[u8]) {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let line = text.strip_suffix('\r').unwrap_or_default();
        assert!(
            line.starts_with("AT") && line.bytes().all(|byte| matches!(byte, b' '..=b'~')),
            "not one command line"
        );
        assert!(line.len() <= LONGEST_COMMAND, "{} bytes", line.len());
        assert!(!line.starts_with("ATA"), "a call was answered");
        if let Some(rest) = line.strip_prefix("ATD") {
            let allowed = NUMBERS
                .iter()
                .position(|number| rest.strip_suffix(';') == Some(number))
                .and_then(|index| self.may_go_out.get_mut(index))
                .filter(|left| **left > 0);
            match allowed {
                Some(left) => *left -= 1,
                None => panic!("dialled what nobody asked for, or not any more: {self:?}"),
            }
        }
        if let Some(entered) = line.strip_prefix("AT+CPIN=") {
            assert!(self.with_pin, "a PIN was entered that nobody configured");
            assert_eq!(entered.trim_matches('"'), PIN, "not the PIN, or a PUK");
        }
    }

    /// The core reported this.
    ///
    /// # Panics
    /// When a call goes backwards, ends twice or without a dial, or a number is shown.
    pub fn saw(&mut self, event: &ModemEvent) {
        let ModemEvent::Call(state) = event else {
            return;
        };
        let next = match state {
            CallState::Dialling => {
                assert_eq!(self.reached, None, "two calls at once");
                Reached::Dialling
            }
            CallState::Redialling => Reached::Redialling,
            CallState::Alerting => Reached::Alerting,
            CallState::LineOpen => Reached::LineOpen,
            CallState::Ended(outcome) => return self.ended(*outcome),
        };
        if next != Reached::Dialling {
            let before = self.reached;
            assert!(
                before.is_some_and(|before| before < next),
                "{next:?} after {before:?}"
            );
        }
        self.reached = Some(next);
    }

    fn ended(&mut self, outcome: CallOutcome) {
        self.ends += 1;
        assert!(self.ends <= self.dials, "an end too many: {outcome:?}");
        // A second dial during a call ends at once and leaves the first alone.
        if outcome != CallOutcome::Refused(RefusedReason::AlreadyInCall) {
            self.reached = None;
        }
    }

    /// True when every dial has its end.
    #[must_use]
    pub const fn has_all_ended(&self) -> bool {
        self.ends == self.dials
    }

    /// Everything has come to rest.
    ///
    /// # Panics
    /// When a dial has no end.
    pub fn all_ended(&self) {
        assert_eq!(self.ends, self.dials, "dials without an end");
    }

    /// Whatever can be printed of the core shows no number, but where the module itself has said one as a name.
    ///
    /// # Panics
    /// When a number is shown.
    pub fn look_at(&self, core: &Core) {
        let shown = format!("{core:?}");
        let named = format!("{:?}", core.health());
        assert!(
            !shown.contains(NUMBERS[0]) || named.contains(NUMBERS[0]),
            "a number is shown"
        );
        assert!(
            !shown.contains(PIN) || named.contains(PIN),
            "the PIN is shown"
        );
    }
}
