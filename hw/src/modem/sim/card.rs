//! The SIM card in a simulated modem: its PIN, and how many tries are left.
//!
//! A card counts wrong PINs itself and keeps the count through every restart (3GPP TS 31.101 section 9.5.1): three
//! tries, then only the PUK helps, with ten of its own. It holds no contacts, messages or subscriber identity.

/// What the card wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardState {
    /// No card in the holder.
    Absent,
    /// It waits for its PIN.
    Pin,
    /// It waits for its PUK.
    Puk,
    /// It can be used.
    Ready,
}

/// What the card said to a PIN or PUK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    Wrong,
    /// Wrong, and that was the last try.
    Blocked,
    /// It did not ask.
    NotAsked,
}

/// A card. Its digits are not in `Debug`.
#[derive(Clone)]
pub(super) struct Card {
    inserted: bool,
    pin: Option<String>,
    unlocked: bool,
    pin_tries: u8,
    puk_tries: u8,
    /// PINs and PUKs that were tried since the card was made, right or wrong.
    entries: u32,
}

impl Card {
    const PIN_TRIES: u8 = 3;
    const PUK_TRIES: u8 = 10;
    /// The PUK of every simulated card.
    const PUK: &'static str = "12345678";

    pub(super) const fn new() -> Self {
        Self {
            inserted: true,
            pin: None,
            unlocked: false,
            pin_tries: Self::PIN_TRIES,
            puk_tries: Self::PUK_TRIES,
            entries: 0,
        }
    }

    pub(super) const fn state(&self) -> CardState {
        if !self.inserted {
            CardState::Absent
        } else if self.pin_tries == 0 {
            CardState::Puk
        } else if self.pin.is_some() && !self.unlocked {
            CardState::Pin
        } else {
            CardState::Ready
        }
    }

    /// The card asks for `pin` from now on; `None` for a card that asks for nothing. All tries are new.
    pub(super) fn set_pin(&mut self, pin: Option<String>) {
        let entries = self.entries;
        *self = Self::new();
        self.entries = entries;
        self.pin = pin;
    }

    /// The tries are used up.
    pub(super) fn block(&mut self) {
        self.pin_tries = 0;
        self.unlocked = false;
    }

    pub(super) fn set_inserted(&mut self, inserted: bool) {
        self.inserted = inserted;
        self.unlocked = false;
    }

    /// The modem restarts: the PIN is asked for again.
    pub(super) fn power_up(&mut self) {
        self.unlocked = false;
    }

    pub(super) const fn pin_tries(&self) -> u8 {
        self.pin_tries
    }

    pub(super) const fn puk_tries(&self) -> u8 {
        self.puk_tries
    }

    pub(super) const fn entries(&self) -> u32 {
        self.entries
    }

    pub(super) fn enter_pin(&mut self, pin: &str) -> Verdict {
        if self.state() != CardState::Pin {
            return Verdict::NotAsked;
        }
        self.entries += 1;
        if self.pin.as_deref() == Some(pin) {
            self.unlocked = true;
            self.pin_tries = Self::PIN_TRIES;
            return Verdict::Right;
        }
        self.pin_tries -= 1;
        if self.pin_tries == 0 {
            Verdict::Blocked
        } else {
            Verdict::Wrong
        }
    }

    pub(super) fn enter_puk(&mut self, puk: &str, new_pin: &str) -> Verdict {
        if self.state() != CardState::Puk || self.puk_tries == 0 {
            return Verdict::NotAsked;
        }
        self.entries += 1;
        if puk == Self::PUK {
            self.pin = Some(new_pin.to_owned());
            self.unlocked = true;
            self.pin_tries = Self::PIN_TRIES;
            self.puk_tries = Self::PUK_TRIES;
            return Verdict::Right;
        }
        self.puk_tries -= 1;
        if self.puk_tries == 0 {
            Verdict::Blocked
        } else {
            Verdict::Wrong
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_wrong_pins_and_only_the_puk_helps() {
        let mut card = Card::new();
        assert_eq!(card.state(), CardState::Ready);
        card.set_pin(Some("1234".to_owned()));
        assert_eq!(card.state(), CardState::Pin);
        assert_eq!(card.enter_pin("0000"), Verdict::Wrong);
        card.power_up();
        assert_eq!(card.pin_tries(), 2, "a restart gives no try back");
        assert_eq!(card.enter_pin("0000"), Verdict::Wrong);
        assert_eq!(card.enter_pin("0000"), Verdict::Blocked);
        assert_eq!(card.state(), CardState::Puk);
        assert_eq!(card.enter_pin("1234"), Verdict::NotAsked);
        assert_eq!(card.enter_puk("00000000", "1111"), Verdict::Wrong);
        assert_eq!(card.enter_puk("12345678", "1111"), Verdict::Right);
        assert_eq!(card.state(), CardState::Ready);
        assert_eq!(card.entries(), 5);
        card.power_up();
        assert_eq!(card.enter_pin("1111"), Verdict::Right);
        assert_eq!(card.pin_tries(), 3);
    }
}
