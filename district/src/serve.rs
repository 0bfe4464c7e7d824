//! Listening and stopping. What is answered is in `api`.

use std::io::{self, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::api;
use crate::config::Config;
use crate::store::Store;

/// How long requests that are being answered may take once a stop is asked for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the service does not run.
#[derive(Debug, Error)]
pub(crate) enum ServeError {
    #[error("{0} is not a loopback address, and reports must not cross a network as plain HTTP")]
    NotLoopback(SocketAddr),
    #[error("cannot listen on {address}")]
    Bind {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("cannot wait for signals")]
    Signals(#[source] io::Error),
    #[error("cannot say where it listens")]
    Announce(#[source] io::Error),
    #[error("the listener failed")]
    Listener(#[source] io::Error),
}

/// Serves until SIGTERM or SIGINT, then finishes what is being answered.
pub(crate) async fn run(
    config: &Config,
    listen: SocketAddr,
    store: Store,
) -> Result<(), ServeError> {
    if !is_loopback(listen.ip()) {
        return Err(ServeError::NotLoopback(listen));
    }
    // Before the announcement, so that whoever reads it may send a signal at once.
    let mut term = signal(SignalKind::terminate()).map_err(ServeError::Signals)?;
    let mut int = signal(SignalKind::interrupt()).map_err(ServeError::Signals)?;
    let bind = |source| ServeError::Bind {
        address: listen,
        source,
    };
    let listener = TcpListener::bind(listen).await.map_err(bind)?;
    let address = listener.local_addr().map_err(bind)?;
    announce(address).map_err(ServeError::Announce)?;

    let (stop, stopped) = watch::channel(false);
    let mut asked = stopped.clone();
    let server = axum::serve(listener, api::router(config, store.clone())).with_graceful_shutdown(
        async move {
            // An error means that the sender is gone, which is a stop as well.
            let _ = asked.wait_for(|stop| *stop).await;
        },
    );
    let server = tokio::spawn(server.into_future());
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    tracing::info!("stopping");
    stop.send_replace(true);
    let outcome = match tokio::time::timeout(PATIENCE, server).await {
        Ok(Ok(served)) => served.map_err(ServeError::Listener),
        Ok(Err(broken)) => Err(ServeError::Listener(io::Error::other(broken))),
        Err(_) => {
            tracing::warn!("stopped with connections still open");
            Ok(())
        }
    };
    store.close().await;
    outcome
}

/// The one line on stdout; scripts read the address from it.
fn announce(address: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "listening on http://{address}")?;
    out.flush()
}

fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_loopback_only() {
        for (address, loopback) in [
            ("127.0.0.1", true),
            ("127.9.9.9", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("0.0.0.0", false),
            ("::", false),
            ("192.168.1.5", false),
            ("::ffff:192.168.1.5", false),
        ] {
            assert_eq!(is_loopback(address.parse().unwrap()), loopback, "{address}");
        }
    }
}
