//! Modules without a family of their own: 27.007 and V.250 and nothing else.
//!
//! No maker's words are read here, because the same words mean different things from different makers, and no setting
//! of an unknown module is changed.

use super::{CallSign, Dialect, DialectId};

/// 27.007 alone.
#[derive(Debug, Clone, Copy)]
pub struct Generic;

impl Dialect for Generic {
    fn id(&self) -> DialectId {
        DialectId::Generic
    }

    fn read(&self, _line: &str) -> Option<CallSign> {
        None
    }
}
