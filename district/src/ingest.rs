//! From the bytes and headers of a request to a stored report or a booth id.
//! Every check comes before the first write; a refused body is neither stored
//! nor logged.

use std::error::Error as _;

use thiserror::Error;
use xinting_wire::{
    BoothId, Domain, EnrolError, EnrolRequest, IdError, IdempotencyKey, RefusalReason, Report,
    ReportError, Signature, SignatureError,
};

use crate::store::{Enrolled, Store, StoreError, Stored};

/// The parts of a request that matter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incoming<'a> {
    pub(crate) idempotency_key: Option<&'a str>,
    pub(crate) signature: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

/// Why a request was refused.
#[derive(Debug, Error)]
pub(crate) enum Refused {
    #[error("this is not a report")]
    Report(#[source] ReportError),
    #[error("this is not an enrolment request")]
    Enrolment(#[source] EnrolError),
    #[error("the Idempotency-Key header is missing")]
    NoKey,
    #[error("the Idempotency-Key header is not a key")]
    Key(#[source] IdError),
    #[error("the Idempotency-Key header is not the key of the body")]
    OtherKey,
    #[error("the Xinting-Signature header is missing")]
    NoSignature,
    #[error("the signature is not accepted")]
    Signature(#[source] SignatureError),
    #[error("booth {0} is not enrolled here; enrol it again with a new code")]
    UnknownBooth(BoothId),
    #[error("booth {0} was revoked; enrol it again with a new code")]
    RevokedBooth(BoothId),
    #[error("the code is unknown, used or expired; ask for a new one")]
    BadCode,
    #[error("this booth is enrolled already, at another school; revoke it there first")]
    KeyTaken,
    #[error("another report is stored under {0}")]
    Conflict(IdempotencyKey),
    #[error("the district's database is in trouble; the same report may be sent again later")]
    Store(#[source] StoreError),
}

impl Refused {
    /// The reason on the wire, which also decides the status.
    pub(crate) const fn reason(&self) -> RefusalReason {
        match self {
            Self::Report(ReportError::TooLong) | Self::Enrolment(EnrolError::TooLong) => {
                RefusalReason::TooBig
            }
            Self::Report(_) | Self::Enrolment(_) | Self::NoKey | Self::Key(_) | Self::OtherKey => {
                RefusalReason::Malformed
            }
            Self::NoSignature | Self::Signature(_) => RefusalReason::BadSignature,
            Self::UnknownBooth(_) | Self::RevokedBooth(_) => RefusalReason::UnknownBooth,
            Self::BadCode => RefusalReason::BadCode,
            Self::KeyTaken | Self::Conflict(_) => RefusalReason::Conflict,
            Self::Store(_) => RefusalReason::Unavailable,
        }
    }

    /// One sentence for whoever looks after the booth. The database's own
    /// words stay in the log.
    pub(crate) fn message(&self) -> String {
        let mut text = self.to_string();
        if let Self::Store(_) = self {
            return text;
        }
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

/// Checks and stores a report. `now` in seconds since 1970.
pub(crate) async fn report(
    store: &Store,
    incoming: Incoming<'_>,
    now: i64,
) -> Result<(IdempotencyKey, Stored), Refused> {
    let report = Report::decode(incoming.body).map_err(Refused::Report)?;
    let named: IdempotencyKey = incoming
        .idempotency_key
        .ok_or(Refused::NoKey)?
        .parse()
        .map_err(Refused::Key)?;
    let key = report.idempotency_key();
    if named != key {
        return Err(Refused::OtherKey);
    }
    let signature = signature(incoming)?;
    let booth = store.booth(&report.booth).await.map_err(Refused::Store)?;
    let Some(booth) = booth else {
        return Err(Refused::UnknownBooth(report.booth));
    };
    booth
        .key
        .verify(Domain::Report, incoming.body, &signature)
        .map_err(Refused::Signature)?;
    if booth.revoked {
        return Err(Refused::RevokedBooth(report.booth));
    }
    let stored = store
        .put_report(&report, incoming.body, &signature, now)
        .await
        .map_err(Refused::Store)?;
    match stored {
        Stored::New | Stored::Same => Ok((key, stored)),
        Stored::Conflict => Err(Refused::Conflict(key)),
    }
}

/// A booth that has its id.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) booth: BoothId,
    /// It had none before.
    pub(crate) new: bool,
    /// The version in which it asked, and in which it is answered.
    pub(crate) version: u32,
}

/// Checks an enrolment request and trades its code.
pub(crate) async fn enrol(
    store: &Store,
    incoming: Incoming<'_>,
    now: i64,
) -> Result<Joined, Refused> {
    let request = EnrolRequest::decode(incoming.body).map_err(Refused::Enrolment)?;
    let signature = signature(incoming)?;
    request
        .public_key
        .verify(Domain::Enrol, incoming.body, &signature)
        .map_err(Refused::Signature)?;
    let enrolled = store
        .enrol(&request.code, &request.public_key, now)
        .await
        .map_err(Refused::Store)?;
    let joined = |booth, new| Joined {
        booth,
        new,
        version: request.version(),
    };
    match enrolled {
        Enrolled::New(booth) => Ok(joined(booth, true)),
        Enrolled::Again(booth) => Ok(joined(booth, false)),
        Enrolled::BadCode => Err(Refused::BadCode),
        Enrolled::KeyTaken => Err(Refused::KeyTaken),
    }
}

fn signature(incoming: Incoming<'_>) -> Result<Signature, Refused> {
    Signature::from_base64(incoming.signature.ok_or(Refused::NoSignature)?)
        .map_err(Refused::Signature)
}
