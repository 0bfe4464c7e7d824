//! The published interface between a booth and its district: the report's
//! schema and encoding, signatures, enrolment, and the meaning of each answer.
//!
//! It deliberately holds no logic: nothing is counted, stored, sent or retried
//! here, and there is no clock, network, file or database. `README.md` beside
//! this crate is the same interface for readers who do not write Rust.

pub mod answer;
pub mod cell;
pub mod enrol;
pub mod id;
pub mod letter;
pub mod report;
pub mod root;
pub mod signature;

pub use answer::{Receipt, Refusal, RefusalReason};
pub use cell::{CELL_COUNT, CELL_LIMIT, CELLS_OF_VERSION_1, Cell, Cells};
pub use enrol::{EnrolError, EnrolRequest, EnrolResponse};
pub use id::{BoothId, IdError, IdempotencyKey, SchoolId};
pub use letter::{Carried, Enrolled, Letter, LetterError, Receipts};
pub use report::{Noise, Period, Report, ReportError};
pub use root::RootKey;
pub use signature::{Domain, PublicKey, Signature, SignatureError, body_hash, sign};

/// Version of the reports that are written. Those of every version before are
/// read as well; a later one is refused by name, so that an old district says so
/// instead of misreading a new booth.
pub const REPORT_VERSION: u32 = 2;

/// Latest version of the bodies of enrolment. A later one is refused by name.
pub const ENROL_VERSION: u32 = 2;

/// Largest request body the district reads, in bytes. A report is about 1.2 KiB.
pub const MAX_BODY_BYTES: usize = 16 * 1024;

/// Where a signed report is posted.
pub const REPORTS_PATH: &str = "/v1/reports";

/// Where a one-use code is traded for a booth id.
pub const ENROL_PATH: &str = "/v1/enrol";

/// Header with the Ed25519 signature of the raw body, in padded base64.
pub const SIGNATURE_HEADER: &str = "xinting-signature";

/// Header with `<booth>.<epoch>.<sequence>`; must agree with the body.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// Media type of every body in both directions.
pub const CONTENT_TYPE: &str = "application/json";
