//! A report: the counts of one booth for one closed period, and its canonical
//! bytes. Nothing here says how a count came about.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::cell::{Cell, Cells, Named, Written};
use crate::id::{BoothId, IdempotencyKey};
use crate::{MAX_BODY_BYTES, REPORT_VERSION};

/// Earliest and latest year a period can lie in. A date outside comes from a
/// broken clock.
const YEARS: std::ops::RangeInclusive<i16> = 2020..=2199;

/// Why bytes are not a report.
#[derive(Debug, Error)]
pub enum ReportError {
    /// Longer than [`MAX_BODY_BYTES`].
    #[error("the report is longer than {MAX_BODY_BYTES} bytes")]
    TooLong,
    /// Not JSON, a field missing, unknown, repeated or of the wrong type.
    #[error("the report does not follow the schema")]
    Schema(#[source] serde_json::Error),
    /// Written for a later version of the interface.
    #[error("the report has schema version {0}; versions 1 to {REPORT_VERSION} are understood")]
    Version(u64),
    /// Epoch or sequence zero, or a date outside 2020 to 2199.
    #[error("{0} is out of range")]
    Range(&'static str),
    /// A negative count where no noise is declared.
    #[error("{0} is negative although no noise is declared")]
    Negative(Cell),
    /// Same content, other bytes: spaces, another order of keys, an escape.
    #[error("the report is not in canonical form")]
    NotCanonical,
}

/// The stretch of local time a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Period {
    /// One local calendar day of the booth.
    Day {
        /// The day the period was opened on.
        date: Date,
    },
}

impl Period {
    /// The day the period begins.
    #[must_use]
    pub const fn date(&self) -> Date {
        match self {
            Self::Day { date } => *date,
        }
    }
}

/// What was added to the counts before they left the booth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    content = "parameters",
    rename_all = "snake_case",
    deny_unknown_fields
)]
pub enum Noise {
    /// Nothing: the counts are exact. While this is so, no severity band and no
    /// support path is counted at all.
    None {},
}

impl Noise {
    /// The name of the kind, as on the wire and in the export.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::None {} => "none",
        }
    }
}

/// The counts of one booth for one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The sending booth.
    pub booth: BoothId,
    /// The life of the booth's store, drawn at random when the store is made;
    /// at least 1. A booth set up afresh can never repeat an old key.
    pub epoch: u32,
    /// Number of the period within the epoch, from 1, closed once each.
    pub sequence: u32,
    /// What day the counts belong to.
    pub period: Period,
    /// What was added to them.
    pub noise: Noise,
    /// The counts.
    pub cells: Cells,
}

/// The body's layout: field order here is the order of the canonical bytes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a report, which is a JSON object")]
struct Body<C> {
    schema_version: u32,
    booth: BoothId,
    epoch: u32,
    sequence: u32,
    period: Period,
    noise: Noise,
    cells: C,
}

/// Read before [`Body`], so that another version is named as such rather than
/// as an unknown field.
#[derive(Deserialize)]
#[serde(expecting = "a report, which is a JSON object")]
struct Versioned {
    schema_version: u64,
}

impl Report {
    /// The canonical bytes in the latest version: JSON without spaces, fields in
    /// schema order.
    ///
    /// # Errors
    /// [`ReportError::Range`] or [`ReportError::Negative`] if the report could
    /// not be read back.
    pub fn encode(&self) -> Result<Vec<u8>, ReportError> {
        self.written(REPORT_VERSION, &Cell::ALL)
    }

    fn written(&self, version: u32, of: &'static [Cell]) -> Result<Vec<u8>, ReportError> {
        self.check()?;
        let body = Body {
            schema_version: version,
            booth: self.booth.clone(),
            epoch: self.epoch,
            sequence: self.sequence,
            period: self.period,
            noise: self.noise,
            cells: Written {
                cells: &self.cells,
                of,
            },
        };
        serde_json::to_vec(&body).map_err(ReportError::Schema)
    }

    /// Reads canonical bytes of any version up to the latest and nothing else. Cells
    /// that came after the report's version are zero.
    ///
    /// # Errors
    /// Every [`ReportError`]; its text is safe to show and quotes no more of
    /// the input than a field name.
    pub fn decode(bytes: &[u8]) -> Result<Self, ReportError> {
        if bytes.len() > MAX_BODY_BYTES {
            return Err(ReportError::TooLong);
        }
        let versioned: Versioned = serde_json::from_slice(bytes).map_err(ReportError::Schema)?;
        let Some(of) = Cell::of_version(versioned.schema_version) else {
            return Err(ReportError::Version(versioned.schema_version));
        };
        let body: Body<Named> = serde_json::from_slice(bytes).map_err(ReportError::Schema)?;
        let report = Self {
            booth: body.booth,
            epoch: body.epoch,
            sequence: body.sequence,
            period: body.period,
            noise: body.noise,
            cells: body.cells.all(of).map_err(ReportError::Schema)?,
        };
        if report.written(body.schema_version, of)? != bytes {
            return Err(ReportError::NotCanonical);
        }
        Ok(report)
    }

    /// The key under which this report is stored once.
    #[must_use]
    pub fn idempotency_key(&self) -> IdempotencyKey {
        IdempotencyKey {
            booth: self.booth.clone(),
            epoch: self.epoch,
            sequence: self.sequence,
        }
    }

    fn check(&self) -> Result<(), ReportError> {
        if self.epoch == 0 {
            return Err(ReportError::Range("epoch"));
        }
        if self.sequence == 0 {
            return Err(ReportError::Range("sequence"));
        }
        if !YEARS.contains(&self.period.date().year()) {
            return Err(ReportError::Range("period"));
        }
        match self.noise {
            Noise::None {} => match Cell::ALL.into_iter().find(|cell| self.cells.get(*cell) < 0) {
                Some(cell) => Err(ReportError::Negative(cell)),
                None => Ok(()),
            },
        }
    }
}
