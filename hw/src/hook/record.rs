//! The records of a Linux input device, from bytes: `struct input_event` of `<linux/input.h>`.
//!
//! The bytes are foreign: any length, any content, and never a panic. Deliberately not here: which key is the hook,
//! what a press means.

/// Bytes of one record: two words of the machine for the time, then type, code and value.
pub const RECORD: usize = 2 * size_of::<usize>() + 8;

/// `EV_SYN`: marks between records.
pub const EV_SYN: u16 = 0x00;
/// `EV_KEY`: keys and buttons.
pub const EV_KEY: u16 = 0x01;
/// `EV_SW`: switches, which have a place rather than a press.
pub const EV_SW: u16 = 0x05;
/// `SYN_DROPPED`: the kernel threw records away; the state must be asked for again.
pub const SYN_DROPPED: u16 = 3;

/// One record. The time is left out: the driver's own clock is used, which never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// What kind of thing it is about, such as [`EV_KEY`].
    pub kind: u16,
    /// Which one of them.
    pub code: u16,
    /// For a key 0 released, 1 pressed, 2 repeated; for a switch 0 or 1.
    pub value: i32,
}

impl Record {
    /// The bytes that the kernel would send, with a time of zero.
    #[must_use]
    pub fn to_bytes(self) -> [u8; RECORD] {
        let mut bytes = [0; RECORD];
        let body = &mut bytes[RECORD - 8..];
        body[..2].copy_from_slice(&self.kind.to_ne_bytes());
        body[2..4].copy_from_slice(&self.code.to_ne_bytes());
        body[4..].copy_from_slice(&self.value.to_ne_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8; RECORD]) -> Self {
        let body: [u8; 8] = std::array::from_fn(|at| bytes[RECORD - 8 + at]);
        Self {
            kind: u16::from_ne_bytes([body[0], body[1]]),
            code: u16::from_ne_bytes([body[2], body[3]]),
            value: i32::from_ne_bytes([body[4], body[5], body[6], body[7]]),
        }
    }
}

/// Cuts a stream of bytes into records, however it was split on its way.
#[derive(Debug, Default)]
pub struct RecordReader {
    partial: Vec<u8>,
}

impl RecordReader {
    /// A reader at the beginning of a record.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            partial: Vec::new(),
        }
    }

    /// Takes what was read and gives every record that is whole now. Less than one record is kept.
    pub fn push(&mut self, bytes: &[u8], mut on_record: impl FnMut(Record)) {
        self.partial.extend_from_slice(bytes);
        let (whole, rest) = self.partial.as_chunks::<RECORD>();
        for record in whole {
            on_record(Record::from_bytes(record));
        }
        let rest = rest.to_vec();
        self.partial = rest;
    }

    /// Bytes kept for the next record, always fewer than [`RECORD`].
    #[must_use]
    pub const fn kept(&self) -> usize {
        self.partial.len()
    }
}
