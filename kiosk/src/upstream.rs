//! The way to the district: trades the one-use code for a booth id, then sends closed reports, oldest first, until
//! each is acknowledged or refused for good.
//!
//! Reports are bytes here: they are neither made nor read nor logged. What an answer means is for
//! [`xinting_usage::retry`] to say, where reports are kept for the store.

use xinting_usage::BoothId;

/// How the way to the district is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The district answered last time, or nothing had to be sent yet.
    Good,
    /// The booth has no id and no code: reports are not made until an installer enters one.
    NotEnrolled,
    /// The district refused the code; another is needed.
    CodeRefused {
        /// The HTTP status; 0 where the code could not even be sent.
        status: u16,
        /// The district's sentence.
        message: String,
    },
    /// No answer, or one that means "not now"; tried again by itself.
    Unreachable {
        /// What happened, for the admin.
        reason: String,
    },
}

/// What the way to the district says by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpstreamEvent {
    /// The district gave this booth its id: to be kept before anything else.
    Enrolled(BoothId),
    /// The standing changed.
    State(Standing),
    /// The district has the report of this outbox row; the row is deleted.
    Sent(i64),
    /// The district refused the report of this outbox row for good.
    SetAside {
        /// The row.
        id: i64,
        /// The HTTP status, 400 to 499.
        status: u16,
        /// The district's sentence.
        message: String,
    },
}
