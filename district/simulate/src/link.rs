//! The way to the district: one blocking request at a time.

use std::net::IpAddr;
use std::time::Duration;

use thiserror::Error;
use ureq::http::Uri;
use xinting_usage::{SignedEnrolment, SignedReport};
use xinting_wire::{
    CONTENT_TYPE, ENROL_PATH, IDEMPOTENCY_HEADER, MAX_BODY_BYTES, REPORTS_PATH, SIGNATURE_HEADER,
};

/// Why there is no way.
#[derive(Debug, Error)]
pub(crate) enum LinkError {
    #[error("`{0}` is not an http or https address")]
    NotAnAddress(String),
    #[error("`{0}` would send plain HTTP over a network")]
    Plain(String),
}

/// Status and the beginning of the body; `None` for silence.
pub(crate) type Answer = Option<(u16, Vec<u8>)>;

pub(crate) struct Link {
    agent: ureq::Agent,
    base: String,
}

impl Link {
    pub(crate) fn new(url: &str) -> Result<Self, LinkError> {
        let wrong = || LinkError::NotAnAddress(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let host = uri.host().ok_or_else(wrong)?.trim_matches(['[', ']']);
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") => {
                let local =
                    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
                if !local {
                    return Err(LinkError::Plain(url.to_owned()));
                }
            }
            _ => return Err(wrong()),
        }
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .into();
        Ok(Self {
            agent,
            base: url.trim_end_matches('/').to_owned(),
        })
    }

    pub(crate) fn enrol(&self, enrolment: &SignedEnrolment) -> Answer {
        let request = self
            .agent
            .post(format!("{}{ENROL_PATH}", self.base))
            .header(SIGNATURE_HEADER, &enrolment.signature);
        send(request, &enrolment.body)
    }

    pub(crate) fn report(&self, report: &SignedReport) -> Answer {
        let request = self
            .agent
            .post(format!("{}{REPORTS_PATH}", self.base))
            .header(SIGNATURE_HEADER, &report.signature)
            .header(IDEMPOTENCY_HEADER, &report.idempotency_key);
        send(request, &report.body)
    }
}

fn send(request: ureq::RequestBuilder<ureq::typestate::WithBody>, body: &[u8]) -> Answer {
    let mut response = request.content_type(CONTENT_TYPE).send(body).ok()?;
    let status = response.status().as_u16();
    let limit = u64::try_from(MAX_BODY_BYTES).unwrap_or(u64::MAX);
    let body = response
        .body_mut()
        .with_config()
        .limit(limit)
        .read_to_vec()
        .ok()?;
    Some((status, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_loopback_only() {
        for good in [
            "http://127.0.0.1:8620",
            "http://localhost:1/",
            "http://[::1]:8",
            "https://x.example",
        ] {
            assert!(Link::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "x",
            "ftp://127.0.0.1",
            "http://192.0.2.1",
            "http://localhost.example",
            "http://0.0.0.0:1",
        ] {
            assert!(Link::new(bad).is_err(), "{bad}");
        }
    }
}
