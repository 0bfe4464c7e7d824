//! The service manager's watchdog: pinged only after the event loop has answered a probe since the last ping, because
//! a live thread is not a live booth.
//!
//! It speaks `sd_notify` (a datagram to `$NOTIFY_SOCKET`). Without that variable nothing is started. It restarts
//! nothing by itself: the service manager does.

use crate::log_event::{LogEvent, log};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often to ping where the service manager does not say.
const EVERY: Duration = Duration::from_secs(10);

/// A probe on its way to the event loop and back.
#[derive(Debug, Clone, Default)]
pub struct Probe(Arc<AtomicBool>);

impl Probe {
    /// The event loop is alive.
    pub fn answer(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// The watchdog's thread. Dropping it says that the booth stops.
#[derive(Debug)]
pub struct Watchdog {
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The service manager cannot be told.
#[derive(Debug, thiserror::Error)]
#[error("telling the service manager")]
pub struct NotifyError(#[from] std::io::Error);

impl Watchdog {
    /// Starts it where a service manager waits for it. `ask` brings a probe to the event loop; it is called from the
    /// watchdog's thread and must not wait.
    ///
    /// # Errors
    /// [`NotifyError`] if the socket cannot be used.
    pub fn start(ask: impl Fn(Probe) + Send + 'static) -> Result<Option<Self>, NotifyError> {
        let Some(name) = std::env::var_os("NOTIFY_SOCKET") else {
            return Ok(None);
        };
        let every = std::env::var("WATCHDOG_USEC")
            .ok()
            .and_then(|text| text.parse().ok())
            .map_or(EVERY, |micros| Duration::from_micros(micros) / 2);
        Self::start_with(Manager::at(Path::new(&name))?, every, ask).map(Some)
    }

    fn start_with(
        manager: Manager,
        every: Duration,
        ask: impl Fn(Probe) + Send + 'static,
    ) -> Result<Self, NotifyError> {
        manager.say("READY=1")?;
        let (stop, stopped) = sync_channel(0);
        let thread = std::thread::Builder::new()
            .name("watchdog".to_owned())
            .spawn(move || {
                loop {
                    let probe = Probe::default();
                    ask(probe.clone());
                    match stopped.recv_timeout(every) {
                        Err(RecvTimeoutError::Timeout) => {}
                        Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                    }
                    if !probe.0.load(Ordering::Acquire) {
                        log(LogEvent::ProbeUnanswered);
                    } else if let Err(error) = manager.say("WATCHDOG=1") {
                        log(LogEvent::ActorFailed(&crate::error::chain(&error)));
                    }
                }
                let _gone = manager.say("STOPPING=1");
            })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// The service manager's end of the socket.
#[derive(Debug)]
struct Manager {
    socket: UnixDatagram,
    address: SocketAddr,
}

impl Manager {
    fn at(name: &Path) -> Result<Self, NotifyError> {
        let bytes = name.as_os_str().as_bytes();
        let address = match bytes.strip_prefix(b"@") {
            Some(hidden) => SocketAddr::from_abstract_name(hidden)?,
            None => SocketAddr::from_pathname(name)?,
        };
        Ok(Self {
            socket: UnixDatagram::unbound()?,
            address,
        })
    }

    fn say(&self, what: &str) -> Result<(), NotifyError> {
        self.socket.send_to_addr(what.as_bytes(), &self.address)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(socket: &UnixDatagram) -> String {
        let mut bytes = [0; 64];
        let length = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }

    #[test]
    fn it_pings_only_after_an_answer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let alive = Arc::new(AtomicBool::new(true));
        let answering = Arc::clone(&alive);
        let asked = Arc::new(AtomicBool::new(false));
        let asking = Arc::clone(&asked);
        let watchdog = Watchdog::start_with(
            Manager::at(&path).unwrap(),
            Duration::from_millis(5),
            move |probe| {
                if answering.load(Ordering::Acquire) {
                    probe.answer();
                } else {
                    asking.store(true, Ordering::Release);
                }
            },
        )
        .unwrap();
        assert_eq!(next(&socket), "READY=1");
        assert_eq!(next(&socket), "WATCHDOG=1");
        alive.store(false, Ordering::Release);
        while !asked.load(Ordering::Acquire) {
            std::thread::yield_now();
        }
        drop(watchdog);
        let mut rest = Vec::new();
        loop {
            rest.push(next(&socket));
            if rest.last().is_some_and(|said| said == "STOPPING=1") {
                break;
            }
        }
        let pings = rest.iter().filter(|said| *said == "WATCHDOG=1").count();
        assert!(pings <= 2, "an unanswered probe brings no ping: {rest:?}");
    }
}
