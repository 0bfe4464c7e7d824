//! The one door out of a booth: what may be counted of a visit, how much one
//! visit can add, when a period closes, and the signed report that leaves.
//!
//! Deliberately absent: network, SQL, clocks, threads, files. The caller brings
//! the local date, keeps the rows and moves the bytes. There is no way to count
//! an answer, a score, a severity band, the support path, a number, a duration
//! or a time of day: none of them is a [`Fact`].
//!
//! How the pieces are meant to be used:
//!
//! 1. A visit's facts go into one [`VisitFacts`], kept in memory only.
//! 2. When the visit ends, [`Tally::add`] takes it; the tally row is rewritten
//!    at a coarse interval ([`Tally::to_row`] is always [`Tally::ROW_LEN`] bytes).
//! 3. At every tick [`OpenPeriod::tick`] says whether the period closes. If so,
//!    [`close`] makes the [`SignedReport`]; report into the outbox,
//!    [`Tally::ZERO`] and the next period are written in one transaction.
//! 4. The outbox sends the report's exact bytes until [`retry::judge`] says
//!    [`retry::Verdict::Done`] or [`retry::Verdict::SetAside`].
//!
//! A booth that is not enrolled has no id to report under and counts nothing.

pub mod bounds;
pub mod fact;
pub mod key;
pub mod period;
pub mod report;
pub mod retry;
pub mod tally;

pub use bounds::{CONTRIBUTION_BOUND, VisitFacts};
pub use fact::{Audience, CallOutcome, Check, Door, Fact, Felt, Practice};
pub use key::{BoothKey, KeyError, SignedEnrolment};
pub use period::{ClosedPeriod, OpenPeriod, Tick};
pub use report::{SignedReport, close};
pub use tally::{Tally, TallyError};
pub use xinting_wire::{BoothId, CELL_COUNT, Cell};
