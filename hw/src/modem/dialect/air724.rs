//! AirM2M (Luat) Air724 and its kin Air720, Air722.

use super::{CallSign, Dialect, DialectId, Volte, answer, number};

/// The Air724's habits.
#[derive(Debug, Clone, Copy)]
pub struct Air724;

impl Dialect for Air724 {
    fn id(&self) -> DialectId {
        DialectId::Air724
    }

    fn read(&self, _line: &str) -> Option<CallSign> {
        None
    }

    fn volte(&self) -> Option<&'static Volte> {
        Some(&VOLTE)
    }
}

static VOLTE: Volte = Volte {
    query: "AT+SETVOLTE?",
    is_on: |lines| Some(number::<u8>(&answer(lines, "+SETVOLTE")?, 0)? == 1),
    enable: &["AT+SETVOLTE=1"],
    needs_reset: false,
    verify: None,
};
