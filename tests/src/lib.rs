//! The rig of the end-to-end tests: the real binaries, each in a folder of its own, and what is
//! needed to watch them from outside.
//!
//! Deliberately not here: any code of the binaries. What cannot be seen from outside is not seen. The one exception is
//! [`crash`], which stops the booth's own code between two writes.

pub mod bins;
pub mod booth;
pub mod canary;
pub mod crash;
pub mod csv;
pub mod district;
pub mod proxy;
pub mod pulse;
pub mod pulse_compare;
pub mod pulse_pack;
pub mod pulse_ruler;
pub mod table;
pub mod tally;
