//! What the way to the district does next, and how long it then rests. No clock and no thread: the caller waits.

use super::{Identity, Letter, Outbox, Reply, Silence, Standing, UpstreamEvent, Wire};
use crate::error::chain;
use std::time::Duration;
use xinting_usage::retry::{self, Answer, Verdict};
use xinting_wire::{ENROL_PATH, ENROL_VERSION, EnrolResponse, REPORTS_PATH, Refusal};

/// Most characters kept of a district's sentence.
pub const LONGEST_MESSAGE: usize = 200;
/// A 200 that no district gives.
const STRANGER: &str =
    "something answered that is not the district; does this network ask to sign in?";

/// How long to rest before the next [`Courier::step`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// Not at all: there may be more.
    None,
    /// This long, or until there is something new.
    For(Duration),
    /// Until there is something new.
    UntilWoken,
}

/// One booth's enrolment and outbox, one request at a time.
pub struct Courier<W, O> {
    wire: W,
    outbox: O,
    identity: Identity,
    tell: Box<dyn Fn(UpstreamEvent) + Send>,
    jitter: Box<dyn FnMut() -> u8 + Send>,
    standing: Option<Standing>,
    /// The code was refused: it will not get better by being repeated.
    code_spent: bool,
    /// The version in which it asks to be enrolled: the first, once a district has shown that it is older.
    enrol_version: u32,
    failures: u32,
    /// The row that was acknowledged or set aside last. If the outbox gives it again, its disk refuses to be written.
    settled: Option<i64>,
}

impl<W, O> std::fmt::Debug for Courier<W, O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Courier")
            .field("standing", &self.standing)
            .field("failures", &self.failures)
            .finish_non_exhaustive()
    }
}

impl<W: Wire, O: Outbox> Courier<W, O> {
    /// A courier that has done nothing yet. `jitter` gives any byte each time it is asked.
    pub fn new(
        wire: W,
        outbox: O,
        identity: Identity,
        tell: impl Fn(UpstreamEvent) + Send + 'static,
        jitter: impl FnMut() -> u8 + Send + 'static,
    ) -> Self {
        Self {
            wire,
            outbox,
            identity,
            tell: Box::new(tell),
            jitter: Box::new(jitter),
            standing: None,
            code_spent: false,
            enrol_version: ENROL_VERSION,
            failures: 0,
            settled: None,
        }
    }

    /// Makes one attempt, if there is anything to attempt.
    pub fn step(&mut self) -> Pause {
        match (
            self.identity.booth.get().is_some(),
            self.code_spent,
            self.identity.code.clone(),
        ) {
            (true, _, _) => self.send_one(),
            (false, true, _) => Pause::UntilWoken,
            (false, false, Some(code)) => self.enrol(&code),
            (false, false, None) => {
                self.stand(Standing::NotEnrolled);
                Pause::UntilWoken
            }
        }
    }

    fn enrol(&mut self, code: &str) -> Pause {
        let request = match self.identity.key.enrol_in(self.enrol_version, code) {
            Ok(request) => request,
            Err(error) => return self.refuse_code(0, chain(&error)),
        };
        let letter = Letter {
            path: ENROL_PATH,
            body: &request.body,
            signature: &request.signature,
            idempotency_key: None,
        };
        match self.wire.post(&letter) {
            Err(silence) => self.fail(silence.to_string()),
            Ok(Reply {
                status: 200 | 201,
                body,
            }) => match EnrolResponse::decode(&body) {
                Ok(response) => self.enrolled(response),
                // The sign-in page of a school's network answers 200 to everything.
                Err(_) => self.fail(STRANGER.to_owned()),
            },
            // An older district refuses what it cannot read before it looks at the code.
            Ok(Reply { status: 400, .. }) if self.enrol_version > 1 => {
                self.enrol_version = 1;
                Pause::None
            }
            Ok(
                reply @ Reply {
                    status: 400..=428 | 430..=499,
                    ..
                },
            ) => {
                let message = sentence(&reply);
                self.refuse_code(reply.status, message)
            }
            Ok(reply) => self.fail(not_now(&reply)),
        }
    }

    fn enrolled(&mut self, response: EnrolResponse) -> Pause {
        let booth = response.booth;
        if let Some(root) = response.root_key {
            (self.tell)(UpstreamEvent::RootOffered(root.as_str().to_owned()));
        }
        self.identity.booth.set(booth.clone());
        self.identity.code = None;
        self.failures = 0;
        (self.tell)(UpstreamEvent::Enrolled(booth));
        self.stand(Standing::Good);
        Pause::None
    }

    fn refuse_code(&mut self, status: u16, message: String) -> Pause {
        self.code_spent = true;
        self.stand(Standing::CodeRefused { status, message });
        Pause::UntilWoken
    }

    fn send_one(&mut self) -> Pause {
        let Some(row) = self.outbox.next() else {
            return Pause::UntilWoken;
        };
        if self.settled == Some(row.id) {
            // The store could not note the answer. Asking the district again at once would only repeat it.
            self.settled = None;
            return self.rest();
        }
        let letter = Letter {
            path: REPORTS_PATH,
            body: &row.report.body,
            signature: &row.report.signature,
            idempotency_key: Some(&row.report.idempotency_key),
        };
        let posted = self.wire.post(&letter);
        let answer = match &posted {
            Ok(reply) => Answer::Reply {
                status: reply.status,
                body: &reply.body,
            },
            Err(Silence(_)) => Answer::Silence,
        };
        match (retry::judge(&row.report.idempotency_key, answer), &posted) {
            (Verdict::Done, _) => {
                self.outbox.done(row.id);
                self.settle(row.id, UpstreamEvent::Sent(row.id))
            }
            (Verdict::SetAside { status }, posted) => {
                let message = posted.as_ref().map(sentence).unwrap_or_default();
                self.outbox.set_aside(row.id, status, &message);
                self.settle(
                    row.id,
                    UpstreamEvent::SetAside {
                        id: row.id,
                        status,
                        message,
                    },
                )
            }
            (Verdict::Retry, Ok(reply)) => self.fail(not_now(reply)),
            (Verdict::Retry, Err(silence)) => self.fail(silence.to_string()),
        }
    }

    fn settle(&mut self, id: i64, event: UpstreamEvent) -> Pause {
        self.settled = Some(id);
        self.failures = 0;
        (self.tell)(event);
        self.stand(Standing::Good);
        Pause::None
    }

    fn fail(&mut self, reason: String) -> Pause {
        self.stand(Standing::Unreachable { reason });
        self.rest()
    }

    fn rest(&mut self) -> Pause {
        self.failures = self.failures.saturating_add(1);
        Pause::For(retry::delay(self.failures, (self.jitter)()))
    }

    /// Tells of the standing if it is another than before.
    fn stand(&mut self, standing: Standing) {
        if self.standing.as_ref() != Some(&standing) {
            self.standing = Some(standing.clone());
            (self.tell)(UpstreamEvent::State(standing));
        }
    }
}

/// The sentence of a refusal, fit to be shown: one line, not long, nothing that is no text.
fn sentence(reply: &Reply) -> String {
    let Ok(refusal) = serde_json::from_slice::<Refusal>(&reply.body) else {
        return format!("no reason was given (HTTP {})", reply.status);
    };
    refusal
        .message
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_MESSAGE)
        .collect()
}

fn not_now(reply: &Reply) -> String {
    match reply.status {
        200 => STRANGER.to_owned(),
        status @ 300..=399 => {
            format!("something redirects (HTTP {status}); does this network ask to sign in?")
        }
        status => format!("the district cannot take reports now (HTTP {status})"),
    }
}
