//! One POST and its answer. No retries, no meaning, no storage.

use crate::config::DistrictUrl;
use crate::error::chain;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use xinting_wire::{CONTENT_TYPE, IDEMPOTENCY_HEADER, MAX_BODY_BYTES, SIGNATURE_HEADER};

/// How long a connection may take to be made.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long a whole exchange may take. A report is a few packets, also over a slow mobile network.
const EXCHANGE: Duration = Duration::from_secs(30);

/// A signed body on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter<'a> {
    /// Path of the published interface, for instance `/v1/reports`.
    pub path: &'static str,
    /// The body, byte for byte.
    pub body: &'a [u8],
    /// Value of the signature header.
    pub signature: &'a str,
    /// Value of the idempotency header; an enrolment has none.
    pub idempotency_key: Option<&'a str>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, at most [`MAX_BODY_BYTES`] of it.
    pub body: Vec<u8>,
}

/// No answer: no network, no connection, a time-out, a broken answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Silence(pub String);

/// Something that posts. Waits for the answer.
pub trait Wire {
    /// Posts a letter.
    ///
    /// # Errors
    /// [`Silence`] where no whole answer came.
    fn post(&mut self, letter: &Letter<'_>) -> Result<Reply, Silence>;
}

/// The district's server over HTTP. Redirects are not followed: a report goes to the configured district only.
#[derive(Debug)]
pub struct HttpWire {
    agent: ureq::Agent,
    url: DistrictUrl,
}

impl HttpWire {
    /// A way to this district. Connects to nothing yet.
    #[must_use]
    pub fn new(url: DistrictUrl) -> Self {
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECTING))
            .timeout_global(Some(EXCHANGE))
            // Reports are hours apart; a kept connection would only be a stale one.
            .max_idle_connections(0)
            .user_agent(concat!("xinting-kiosk/", env!("CARGO_PKG_VERSION")));
        if url.as_str().starts_with("http://") {
            // Plain HTTP is to this very machine, where no proxy can be meant.
            config = config.proxy(None);
        }
        Self {
            agent: config.build().new_agent(),
            url,
        }
    }
}

impl Wire for HttpWire {
    fn post(&mut self, letter: &Letter<'_>) -> Result<Reply, Silence> {
        let mut request = self
            .agent
            .post(self.url.join(letter.path))
            .header("content-type", CONTENT_TYPE)
            .header(SIGNATURE_HEADER, letter.signature);
        if let Some(key) = letter.idempotency_key {
            request = request.header(IDEMPOTENCY_HEADER, key);
        }
        let mut response = request
            .send(letter.body)
            .map_err(|error| Silence(chain(&error)))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        // A longer answer is cut: nothing that a district says is longer.
        let most = u64::try_from(MAX_BODY_BYTES).unwrap_or(u64::MAX);
        response
            .body_mut()
            .as_reader()
            .take(most)
            .read_to_end(&mut body)
            .map_err(|error| Silence(format!("the answer broke off: {error}")))?;
        Ok(Reply { status, body })
    }
}

/// A wire that can be cut.
#[derive(Debug)]
pub struct Gated<W> {
    wire: W,
    online: Arc<AtomicBool>,
}

impl<W: Wire> Gated<W> {
    /// `wire`, while `online` is true.
    #[must_use]
    pub fn new(wire: W, online: Arc<AtomicBool>) -> Self {
        Self { wire, online }
    }
}

impl<W: Wire> Wire for Gated<W> {
    fn post(&mut self, letter: &Letter<'_>) -> Result<Reply, Silence> {
        if !self.online.load(Ordering::Acquire) {
            return Err(Silence("the network is down".to_owned()));
        }
        self.wire.post(letter)
    }
}
