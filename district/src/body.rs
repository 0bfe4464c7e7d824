//! Reading a request body that may be too long, too slow or broken off.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use xinting_wire::MAX_BODY_BYTES;

/// How much of a body that is too long is read and thrown away, so that its
/// sender gets to see the answer.
const DRAIN_BYTES: usize = 8 * 1024 * 1024;

/// How long a body may take. Reports are a few packets.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// Longer than [`MAX_BODY_BYTES`].
    TooBig,
    /// The sender stopped in the middle, or broke the protocol.
    Broken,
    /// It did not arrive in time.
    Slow,
}

/// Reads the whole body, keeping at most [`MAX_BODY_BYTES`].
pub(crate) async fn read(body: Body) -> Result<Vec<u8>, BodyError> {
    tokio::time::timeout(PATIENCE, collect(body))
        .await
        .unwrap_or(Err(BodyError::Slow))
}

async fn collect(mut body: Body) -> Result<Vec<u8>, BodyError> {
    let mut kept = Vec::new();
    let mut total = 0;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else {
            continue;
        };
        total += data.len();
        if total <= MAX_BODY_BYTES {
            kept.extend_from_slice(&data);
        } else if total > DRAIN_BYTES {
            break;
        }
    }
    if total > MAX_BODY_BYTES {
        Err(BodyError::TooBig)
    } else {
        Ok(kept)
    }
}
