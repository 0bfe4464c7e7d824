//! The devices of a booth: modem, sound output, USB sticks, hook switch.
//!
//! Every device has the same shape: a trait and plain types, a pure protocol that takes bytes and time as
//! arguments, a thin driver that moves the bytes, and a whole simulator that passes the same tests as the driver.
//! A missing device is a normal state with its own words, never an error that stops the caller.
//!
//! Deliberately not here: screens, packs and directories of lines, counting, anything that remembers a number.

pub mod audio;
#[cfg(test)]
mod counting;
pub mod hook;
pub mod modem;
pub mod usb;
