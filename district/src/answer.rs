//! What the district answers to a report or an enrolment: a status and a JSON body,
//! the same by network and by stick.

use serde::Serialize;
use xinting_wire::{EnrolResponse, IdempotencyKey, Receipt, Refusal, RefusalReason, RootKey};

use crate::ingest::{Joined, Refused};
use crate::store::Stored;

/// A status and its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    fn new<T: Serialize>(status: u16, value: &T) -> Self {
        let body = serde_json::to_string(value).expect("invariant: answers are plain text fields");
        Self { status, body }
    }

    /// 201 where it is new, 200 where the same bytes were there.
    pub(crate) fn to_report(outcome: &Result<(IdempotencyKey, Stored), Refused>) -> Self {
        match outcome {
            Ok((key, Stored::New)) => Self::new(201, &Receipt::from(key)),
            Ok((key, Stored::Same | Stored::Conflict)) => Self::new(200, &Receipt::from(key)),
            Err(refused) => Self::refused(refused),
        }
    }

    /// 201 where the booth is new, 200 where the same key had asked before; in the
    /// version of the question.
    pub(crate) fn to_enrolment(
        outcome: &Result<Joined, Refused>,
        root_key: Option<&RootKey>,
    ) -> Self {
        match outcome {
            Ok(joined) => {
                let status = if joined.new { 201 } else { 200 };
                let booth = joined.booth.clone();
                Self::new(
                    status,
                    &EnrolResponse::new(joined.version, booth, root_key.cloned()),
                )
            }
            Err(refused) => Self::refused(refused),
        }
    }

    pub(crate) fn refused(refused: &Refused) -> Self {
        Self::refusal(refused.reason(), &refused.message())
    }

    pub(crate) fn refusal(reason: RefusalReason, message: &str) -> Self {
        let refusal = Refusal {
            reason,
            message: message.to_owned(),
        };
        Self::new(reason.status(), &refusal)
    }

    /// Whether the district has what was asked of it.
    pub(crate) const fn is_yes(&self) -> bool {
        matches!(self.status, 200 | 201)
    }
}
