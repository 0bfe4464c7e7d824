//! The report that leaves: made once from a closed period, then only bytes.

use xinting_wire::{BoothId, Noise, Period, Report};

use crate::key::BoothKey;
use crate::period::ClosedPeriod;
use crate::tally::Tally;

/// A report exactly as it is sent, every time it is sent. The fields are what
/// an outbox row holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedReport {
    /// Value of [`xinting_wire::IDEMPOTENCY_HEADER`].
    pub idempotency_key: String,
    /// Value of [`xinting_wire::SIGNATURE_HEADER`].
    pub signature: String,
    /// The body; also what the admin is shown under "reports waiting".
    pub body: Vec<u8>,
}

/// Makes the report of a closed period. Nothing is added to the counts yet, and
/// the report says so (`noise: none`).
#[must_use]
pub fn close(
    tally: &Tally,
    booth: &BoothId,
    period: &ClosedPeriod,
    key: &BoothKey,
) -> SignedReport {
    let report = Report {
        booth: booth.clone(),
        epoch: period.epoch,
        sequence: period.sequence,
        period: Period::Day { date: period.date },
        noise: Noise::None {},
        cells: tally.wire_cells(),
    };
    let body = report.encode().expect(
        "invariant: a closed period has plausible numbers and a tally has no negative count",
    );
    SignedReport {
        idempotency_key: report.idempotency_key().to_string(),
        signature: key.sign_report(&body).to_base64(),
        body,
    }
}
