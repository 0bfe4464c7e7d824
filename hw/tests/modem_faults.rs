//! One test for every fault of the modem, its port, its SIM and its network: each ends the call it strikes in a
//! truthful state, leaves nothing up in the module, and the next call gets through once the cause is gone.
//!
//! `docs/call-faults.md` has one row for each, with what visitor and admin see. No test opens a port that it did not
//! make itself.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

#[path = "faults/booth.rs"]
mod booth;
#[path = "faults/calls.rs"]
mod calls;
#[path = "faults/network.rs"]
mod network;
#[path = "faults/port.rs"]
mod port;
