//! What the district answers, and what each status means to a booth.
//!
//! | status | meaning | the booth |
//! |---|---|---|
//! | 201 | stored now | deletes the outbox row |
//! | 200, with a [`Receipt`] naming the key | had these bytes already | deletes the outbox row |
//! | 400 | malformed: schema, version, range, canonical form, headers | sets it aside, tells the admin |
//! | 401 | signature missing or wrong | sets it aside, tells the admin |
//! | 403 | booth unknown or revoked; code unknown, used or expired | sets it aside, tells the admin |
//! | 409 | the same key was stored with other bytes | sets it aside, tells the admin |
//! | 413 | body too big | sets it aside, tells the admin |
//! | 429, 5xx, silence, anything else | not now | sends the identical bytes again later |
//!
//! A 200 without a receipt is what the sign-in page of a school's network
//! answers to everything; it must not make a booth forget a report.

use serde::{Deserialize, Serialize};

use crate::id::IdempotencyKey;

/// The body of a 201 or 200 to a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The key of the report that is now stored.
    pub stored: String,
}

impl From<&IdempotencyKey> for Receipt {
    fn from(key: &IdempotencyKey) -> Self {
        Self {
            stored: key.to_string(),
        }
    }
}

/// The body of every refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// What kind of refusal; stable, for programs.
    pub reason: RefusalReason,
    /// One sentence for the person who looks after the booth.
    pub message: String,
}

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// 400: body or headers do not follow the interface.
    Malformed,
    /// 401: the signature is missing or does not fit.
    BadSignature,
    /// 401: a read token is missing or unknown.
    BadToken,
    /// 403: the booth is unknown or was revoked.
    UnknownBooth,
    /// 403: the code is unknown, used by another key, or expired.
    BadCode,
    /// 409: the same key is stored with other bytes, or the booth is enrolled
    /// at another school.
    Conflict,
    /// 413: the body is longer than is read.
    TooBig,
    /// 5xx: the district's own trouble; send the same bytes again later.
    Unavailable,
}

impl RefusalReason {
    /// The HTTP status that goes with it.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::BadSignature | Self::BadToken => 401,
            Self::UnknownBooth | Self::BadCode => 403,
            Self::Conflict => 409,
            Self::TooBig => 413,
            Self::Unavailable => 503,
        }
    }
}
