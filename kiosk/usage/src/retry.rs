//! What to do after an answer, and how long to wait before the next attempt.
//! Decides only; sending and waiting are the caller's.

use std::time::Duration;

use xinting_wire::Receipt;

/// Wait after the first failed attempt, before jitter.
pub const FIRST_DELAY: Duration = Duration::from_secs(30);

/// Longest wait, before jitter. A booth whose network comes back is heard of
/// within about an hour.
pub const LONGEST_DELAY: Duration = Duration::from_secs(3600);

/// What came back from posting a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// An HTTP answer. Redirects are answers too and are not followed.
    Reply {
        /// The status code.
        status: u16,
        /// The body, or as much as was read of it.
        body: &'a [u8],
    },
    /// No answer: no network, no connection, a time-out, a broken answer.
    Silence,
}

/// What becomes of an outbox row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The district has it: delete the row.
    Done,
    /// Send the identical bytes again after [`delay`].
    Retry,
    /// It will never be taken as it is: keep it, send it no more, show the
    /// admin this status.
    SetAside {
        /// The refusing status, 400 to 499.
        status: u16,
    },
}

/// Judges the answer to the report with this idempotency key.
///
/// 201 is done. 200 is done only with a receipt naming the key: the sign-in
/// page of a school's network also answers 200, to everything.
#[must_use]
pub fn judge(idempotency_key: &str, answer: Answer<'_>) -> Verdict {
    let Answer::Reply { status, body } = answer else {
        return Verdict::Retry;
    };
    match status {
        201 => Verdict::Done,
        200 => match serde_json::from_slice::<Receipt>(body) {
            Ok(receipt) if receipt.stored == idempotency_key => Verdict::Done,
            Ok(_) | Err(_) => Verdict::Retry,
        },
        429 => Verdict::Retry,
        400..=499 => Verdict::SetAside { status },
        _ => Verdict::Retry,
    }
}

/// How long to wait after `failures` failed attempts in a row (1 after the
/// first): doubling from [`FIRST_DELAY`] to [`LONGEST_DELAY`], then shifted by
/// up to a quarter either way. `jitter` is any random byte; it keeps the booths
/// of a district from knocking all at once after an outage.
#[must_use]
pub fn delay(failures: u32, jitter: u8) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let base = FIRST_DELAY
        .saturating_mul(1 << doublings)
        .min(LONGEST_DELAY);
    let three_quarters = base * 3 / 4;
    three_quarters + (base / 2) * u32::from(jitter) / 255
}
