//! What the core is told at the start, and what it asks of its driver beyond moving bytes.

use crate::modem::pin::Pin;
use crate::modem::timer::Timings;

/// What [`super::Core::new`] is told.
#[derive(Debug, Clone, Default)]
pub struct CoreOptions {
    /// How long to wait for what.
    pub timings: Timings,
    /// The SIM's PIN, entered at most once for a card that asks for it; `None` enters nothing.
    pub pin: Option<Pin>,
}

impl From<Timings> for CoreOptions {
    /// Without a PIN.
    fn from(timings: Timings) -> Self {
        Self { timings, pin: None }
    }
}

/// What the core asks of its driver when a module has stopped answering and a soft reset did not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriverRequest {
    /// Run the configured power command, if there is one, and tell [`super::Core::power_cycled`] how it went. Bytes
    /// may go on moving meanwhile.
    PowerCycle,
    /// Close the port and open it again; then [`super::Core::port_opened`], or [`super::Core::port_absent`] when it
    /// cannot be opened.
    Reopen,
}

/// Why the power was not cycled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PowerCycleError {
    /// The configuration names no power command.
    #[error("no power command is configured for the modem")]
    NotConfigured,
    /// The command could not be run, failed, or took too long.
    #[error("running the modem's power command")]
    Failed,
}
