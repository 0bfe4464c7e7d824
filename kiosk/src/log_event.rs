//! Everything a booth ever writes to its log: one closed list. No answer, score, number or length of a call has a
//! place in it.

use crate::event::Whose;
use crate::store::StoreHealth;
use crate::upstream::Standing;
use std::path::Path;

/// One line of the log.
#[derive(Debug, Clone, Copy)]
pub enum LogEvent<'a> {
    /// The booth stands on its first screen.
    Started,
    /// The booth stops in good order.
    Stopped,
    /// A pack cannot be used, and why.
    PackFault(&'a str),
    /// Something of this pack could not be read, and then every byte of it was right.
    PackReadAgain(&'a str),
    /// The store's health changed.
    StoreHealth(&'a StoreHealth),
    /// The district gave the booth its id.
    Enrolled,
    /// The way to the district changed.
    District(&'a Standing),
    /// A period ended while the booth had no id: its counts are dropped.
    PeriodWithoutBooth,
    /// The district refused a report for good, with this HTTP status.
    ReportRefused(u16),
    /// An actor's queue was full.
    QueueFull(Whose),
    /// The event loop's inbox was full: an event was lost.
    InboxFull,
    /// An actor could not be started, and why.
    ActorFailed(&'a str),
    /// A key in the folder of trust cannot be read.
    BadKey(&'a Path),
    /// Something is wrong with the kept keys.
    KeysFault(&'a str),
    /// The configuration cannot be used, and the one before it serves.
    ConfigFault(&'a str),
    /// The configuration holds the SIM's PIN and everybody on this machine can read it.
    SecretInTheOpen(&'a Path),
    /// The stick reader said no, and why.
    StickFault(&'a str),
    /// The event loop did not answer the watchdog's probe in time.
    ProbeUnanswered,
}

/// Writes one line.
pub fn log(event: LogEvent<'_>) {
    crate::carry::log_ring::keep(&event);
    match event {
        LogEvent::Started => tracing::info!("the booth stands on its first screen"),
        LogEvent::Stopped => tracing::info!("stopped in good order"),
        LogEvent::PackFault(reason) => tracing::warn!(reason, "a pack cannot be used"),
        LogEvent::PackReadAgain(pack) => {
            tracing::warn!(
                pack,
                "a pack could not be read and is whole; the disk may be failing"
            );
        }
        LogEvent::StoreHealth(health) => tracing::warn!(?health, "the store's health changed"),
        LogEvent::Enrolled => tracing::info!("enrolled with the district"),
        LogEvent::District(standing) => {
            tracing::info!(?standing, "the way to the district changed");
        }
        LogEvent::PeriodWithoutBooth => {
            tracing::warn!("a day ended before the booth was enrolled; its counts are dropped");
        }
        LogEvent::ReportRefused(status) => tracing::warn!(status, "a report was refused for good"),
        LogEvent::QueueFull(whose) => tracing::error!(?whose, "a queue was full"),
        LogEvent::InboxFull => tracing::error!("the inbox was full; an event was lost"),
        LogEvent::ActorFailed(reason) => tracing::error!(reason, "an actor could not be started"),
        LogEvent::BadKey(path) => {
            tracing::warn!(path = %path.display(), "a trusted key cannot be read");
        }
        LogEvent::SecretInTheOpen(path) => tracing::warn!(
            path = %path.display(),
            "the configuration holds the SIM's PIN and everybody on this machine can read it; \
             let only the booth read it: chmod 600"
        ),
        LogEvent::KeysFault(reason) => tracing::warn!(reason, "the kept keys"),
        LogEvent::ConfigFault(reason) => {
            tracing::warn!(reason, "the configuration before this one serves");
        }
        LogEvent::StickFault(reason) => tracing::warn!(reason, "the stick cannot be read"),
        LogEvent::ProbeUnanswered => tracing::error!("the event loop does not answer"),
    }
}
