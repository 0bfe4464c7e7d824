//! What waits to be written, pure: commands go out whole, and half of one that a lost port took is taken back.
//!
//! Half a dial string that a module still holds would become the beginning of the next command, and the number of
//! something else. A carriage return in its place would be worse: it would dial the half.
//!
//! Deliberately not here: ports, and what the bytes mean.

/// Takes back the character before it (ITU-T V.250 section 6.2.3, S5).
const BACKSPACE: u8 = 0x08;
/// Bytes of the longest command line, far more than any dial string.
const LONGEST_LINE: usize = 64;
/// More bytes waiting than this means that nobody reads at the other end.
const MOST: usize = 1_024;

/// The bytes of one port.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: Vec<u8>,
    /// Bytes of commands that the port has taken since it last had nothing to do.
    taken: usize,
}

impl Outbox {
    /// What to write next; empty when a new command may be begun.
    pub(super) fn waiting(&self) -> &[u8] {
        &self.waiting
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// One more whole command.
    pub(super) fn push(&mut self, command: &[u8]) {
        self.waiting.extend_from_slice(command);
    }

    /// The port took so many bytes.
    pub(super) fn took(&mut self, count: usize) {
        self.waiting.drain(..count.min(self.waiting.len()));
        self.taken = if self.waiting.is_empty() {
            0
        } else {
            self.taken.saturating_add(count)
        };
    }

    /// True when so much waits that nobody can be reading.
    pub(super) const fn is_stuck(&self) -> bool {
        self.waiting.len() > MOST
    }

    /// The port is gone, and nothing of what waited will be written.
    pub(super) fn lose(&mut self) {
        self.waiting.clear();
    }

    /// There is a port again: what the module may still hold of a line is taken back first. A module that holds
    /// nothing ignores it.
    pub(super) fn open(&mut self) {
        // Not forgotten before all of it went out: a port may be lost in the middle of this too.
        self.waiting = vec![BACKSPACE; self.taken.min(LONGEST_LINE)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_commands_leave_nothing_behind() {
        let mut outbox = Outbox::default();
        outbox.push(b"AT\r");
        assert_eq!(outbox.waiting(), b"AT\r");
        outbox.took(3);
        assert!(outbox.is_empty());
        outbox.lose();
        outbox.open();
        assert_eq!(outbox.waiting(), b"");
    }

    #[test]
    fn the_rest_of_a_command_goes_before_the_next() {
        let mut outbox = Outbox::default();
        outbox.push(b"ATD10010;\r");
        outbox.took(5);
        outbox.push(b"AT+CHUP\r");
        assert_eq!(outbox.waiting(), b"010;\rAT+CHUP\r");
    }

    #[test]
    fn half_a_dial_string_is_taken_back_and_never_ended() {
        for cut in 1..10 {
            let mut outbox = Outbox::default();
            outbox.push(b"ATD10010;\r");
            outbox.took(cut);
            outbox.lose();
            assert!(outbox.is_empty());
            outbox.open();
            assert_eq!(outbox.waiting(), vec![BACKSPACE; cut]);
            outbox.push(b"AT\r");
            outbox.took(cut + 3);
            outbox.lose();
            outbox.open();
            assert!(outbox.is_empty(), "taken back once");
        }
    }

    #[test]
    fn a_port_lost_twice_in_the_middle_is_still_cleared() {
        let mut outbox = Outbox::default();
        outbox.push(b"ATD10010;\r");
        outbox.took(8);
        outbox.lose();
        outbox.open();
        outbox.took(2);
        outbox.lose();
        outbox.open();
        assert!(outbox.waiting().len() >= 8, "all of it once more");
        assert!(outbox.waiting().len() <= LONGEST_LINE);
    }

    #[test]
    fn a_heap_of_commands_is_a_port_that_is_stuck() {
        let mut outbox = Outbox::default();
        while !outbox.is_stuck() {
            assert!(outbox.waiting().len() <= MOST);
            outbox.push(b"AT+CHUP\r");
        }
    }
}
