//! Who does what a booth decides: each a handle, a queue and a thread of its own, reaching the booth only through its
//! inbox.

pub mod call;
pub mod packs;
pub mod player;
pub mod watchdog;
