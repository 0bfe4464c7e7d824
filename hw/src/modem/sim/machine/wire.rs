//! How the modem's bytes get out: line ends, letters, echo, and the faults of the line itself.

use super::Machine;
use crate::modem::sim::habits::{Fault, LineEnds};

impl Machine {
    /// The longest command line it takes; longer ones are forgotten.
    pub(super) const LONGEST_LINE: usize = 512;
    /// Most bytes that wait to go out. What comes on top is lost, as in the buffer of a real port.
    const LONGEST_QUEUE: usize = 256 * 1024;

    /// Takes what goes out on the line now.
    pub fn take_output(&mut self) -> Vec<u8> {
        if self.out.is_empty() {
            self.hold_until = None;
            return Vec::new();
        }
        if self.has(Fault::SplitReads) {
            if self.hold_until.is_some_and(|until| self.now < until) {
                return Vec::new();
            }
            self.hold_until = Some(self.now + self.timing.byte_gap);
            return vec![self.out.remove(0)];
        }
        if self.has(Fault::Merged) {
            let until = *self.hold_until.get_or_insert(self.now + self.timing.merge);
            if self.now < until {
                return Vec::new();
            }
        }
        self.hold_until = None;
        std::mem::take(&mut self.out)
    }

    /// A byte from the line, as the modem hears it.
    pub(super) fn garbled(&self, byte: u8) -> u8 {
        if self.has(Fault::WrongBaud) {
            Self::at_wrong_speed(byte)
        } else {
            byte
        }
    }

    /// What a byte looks like at another speed: always above ASCII, so never a line end.
    const fn at_wrong_speed(byte: u8) -> u8 {
        byte.rotate_left(3) | 0x80
    }

    pub(super) fn echoes(&self) -> bool {
        self.echo || self.has(Fault::EchoOn)
    }

    pub(super) fn put(&mut self, bytes: &[u8]) {
        let room = Self::LONGEST_QUEUE.saturating_sub(self.out.len());
        let bytes = &bytes[..bytes.len().min(room)];
        if self.has(Fault::WrongBaud) {
            self.out
                .extend(bytes.iter().map(|byte| Self::at_wrong_speed(*byte)));
        } else {
            self.out.extend_from_slice(bytes);
        }
    }

    pub(super) fn say(&mut self, line: &str) {
        let line = if self.has(Fault::LowerCase) {
            line.to_ascii_lowercase()
        } else {
            line.to_owned()
        };
        match self.ends {
            LineEnds::CrLf => self.put(format!("\r\n{line}\r\n").as_bytes()),
            LineEnds::Cr => self.put(format!("{line}\r").as_bytes()),
        }
    }

    /// What it says by itself, unless it says nothing at all.
    pub(super) fn say_unasked(&mut self, line: &str) {
        if !self.deaf() {
            self.say(line);
        }
    }

    /// Bytes without sense, the same ones in every run (Marsaglia's xorshift).
    pub(super) fn garbage(&mut self, count: usize) {
        let mut bytes = Vec::with_capacity(count);
        for _ in 0..count {
            self.seed ^= self.seed << 13;
            self.seed ^= self.seed >> 17;
            self.seed ^= self.seed << 5;
            bytes.push(self.seed.to_le_bytes()[0]);
        }
        self.put(&bytes);
    }

    /// 32 KiB of lines that look like something.
    pub(super) fn flood(&mut self) {
        const LINE: &[u8] =
            b"\r\n+FLOOD: 0123456789,\"abcdefghijklmnopqrstuvwxyz\",0123456789,0,0\r\n";
        for _ in 0..512 {
            self.put(LINE);
        }
    }
}
