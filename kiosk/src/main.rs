//! `xinting-kiosk`: the booth.
fn main() {}
