//! The simulated modem itself: bytes and time in, bytes out. No port, no thread, no clock.
//!
//! It follows 27.007 and V.250 for the commands a voice call needs, has the habits of its profile, and the faults that
//! real modules have. It carries no sound, no messages, no data calls.
//!
//! This file holds what it knows and what can be done to it. `commands` answers AT lines, `calls` moves calls, `wire` is
//! how its bytes get out, `steer` does the words of a script.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use super::SimOptions;
use super::card::{Card, CardState};
use super::habits::{DialStyle, Fault, LineEnds, ListForm, Network, NextCall, SimTiming};
use super::profile::{Maker, Profile, Switches};

mod calls;
mod commands;
mod steer;
#[cfg(test)]
mod tests;
mod wire;

use self::calls::{Call, Step};

#[derive(Debug)]
enum Later {
    Call { id: u8, step: Step },
    Say(&'static str),
    Boot(&'static str),
    NetworkBack,
    Registered,
    CardReady,
}

/// A whole modem without a port. `Debug` shows no number.
pub struct Machine {
    timing: SimTiming,
    profile: Profile,
    switches: Switches,
    once: VecDeque<Fault>,
    always: Vec<Fault>,
    next_calls: VecDeque<NextCall>,
    dial_style: Option<DialStyle>,
    list_form: ListForm,
    ends: LineEnds,
    signal: u8,
    now: Duration,
    /// It hears nothing before this.
    hears_from: Duration,
    radio: u8,
    radio_on_since: Option<Duration>,
    network: Network,
    card: Card,
    card_busy_until: Duration,
    echo: bool,
    error_form: u8,
    /// `+CREG=` and `+CEREG=`.
    registration_reports: [u8; 2],
    typed: Vec<u8>,
    out: Vec<u8>,
    hold_until: Option<Duration>,
    calls: Vec<Call>,
    next_id: u8,
    /// The dial style's final is still owed for this call.
    owed_final: Option<u8>,
    later: Vec<(Duration, Later)>,
    babble_at: Duration,
    seed: u32,
    dialled: Vec<String>,
    tones: String,
    volume: u8,
    restarts: u32,
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("profile", &self.profile)
            .field("calls_up", &self.calls.len())
            .field("faults", &self.always)
            .finish_non_exhaustive()
    }
}

impl Machine {
    const BABBLE_EVERY: Duration = Duration::from_millis(20);
    const FLOOD_EVERY: Duration = Duration::from_millis(5);

    /// A modem by the letter of the standards that is switched on at time zero.
    #[must_use]
    pub fn new(timing: SimTiming) -> Self {
        Self::with(&SimOptions {
            timing,
            ..SimOptions::default()
        })
    }

    /// A modem with the pace and the profile given, on since before time zero: it says nothing of its own.
    #[must_use]
    pub fn with(options: &SimOptions) -> Self {
        let maker = options.profile.maker();
        Self {
            timing: options.timing.clone(),
            profile: options.profile,
            switches: maker.switches(),
            once: VecDeque::new(),
            always: Vec::new(),
            next_calls: VecDeque::new(),
            dial_style: None,
            list_form: ListForm::Own,
            ends: LineEnds::CrLf,
            signal: 23,
            now: Duration::ZERO,
            hears_from: Duration::ZERO,
            radio: 1,
            radio_on_since: Some(Duration::ZERO),
            network: Network::Home,
            card: Card::new(),
            card_busy_until: Duration::ZERO,
            echo: true,
            error_form: 0,
            registration_reports: [0; 2],
            typed: Vec::new(),
            out: Vec::new(),
            hold_until: None,
            calls: Vec::new(),
            next_id: maker.first_call(),
            owed_final: None,
            later: Vec::new(),
            babble_at: Duration::ZERO,
            seed: 0x2545_f491,
            dialled: Vec::new(),
            tones: String::new(),
            volume: maker.loudest() / 2,
            restarts: 0,
        }
    }

    /// Bytes from the line.
    pub fn feed(&mut self, now: Duration, bytes: &[u8]) {
        self.now = self.now.max(now);
        for &byte in bytes {
            if self.now < self.hears_from {
                continue;
            }
            let byte = self.garbled(byte);
            if self.echoes() && !self.deaf() {
                self.put(&[byte]);
            }
            match byte {
                b'\r' => {
                    let line = String::from_utf8_lossy(&std::mem::take(&mut self.typed))
                        .trim()
                        .to_owned();
                    self.command(&line);
                }
                b'\n' => {}
                _ if self.typed.len() < Self::LONGEST_LINE => self.typed.push(byte),
                _ => self.typed.clear(),
            }
        }
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Duration) {
        self.now = self.now.max(now);
        self.later.sort_by_key(|(at, _)| *at);
        while self.later.first().is_some_and(|(at, _)| *at <= self.now) {
            match self.later.remove(0).1 {
                Later::Call { id, step } => self.step(id, step),
                Later::Say(line) => self.say(line),
                Later::Boot(line) => self.say_unasked(line),
                Later::NetworkBack => self.set_network(Network::Home),
                Later::Registered => self.report_registration(),
                Later::CardReady => {
                    for word in self.maker().card_words(true) {
                        self.say_unasked(word);
                    }
                }
            }
        }
        if self.babbles() && self.babble_at <= self.now {
            if self.always.contains(&Fault::Babble) {
                self.babble_at = self.now + Self::BABBLE_EVERY;
                self.garbage(256);
            } else {
                self.babble_at = self.now + Self::FLOOD_EVERY;
                self.flood();
            }
        }
    }

    /// When [`Machine::tick`] or [`Machine::take_output`] has something to do next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Duration> {
        let babble = self.babbles().then_some(self.babble_at);
        let held = self.hold_until.filter(|_| !self.out.is_empty());
        self.later
            .iter()
            .map(|(at, _)| *at)
            .chain(babble)
            .chain(held)
            .min()
    }

    /// What becomes of the next call that has no fate yet.
    pub fn set_next_call(&mut self, next: NextCall) {
        self.next_calls.push_back(next);
    }

    /// `fault` strikes once. A fault that is a state rather than a blow stays until cleared.
    pub fn fail_next(&mut self, fault: Fault) {
        if fault.is_state() {
            self.fail_repeatedly(fault);
        } else {
            self.once.push_back(fault);
        }
    }

    /// `fault` stays.
    pub fn fail_repeatedly(&mut self, fault: Fault) {
        if !self.always.contains(&fault) {
            self.always.push(fault);
        }
    }

    /// `fault` is over.
    pub fn clear(&mut self, fault: Fault) {
        self.once.retain(|other| *other != fault);
        self.always.retain(|other| *other != fault);
    }

    /// All faults are over, and the network is back.
    pub fn clear_all(&mut self) {
        self.once.clear();
        self.always.clear();
        if self.network != Network::Home {
            self.set_network(Network::Home);
        }
    }

    /// What `+CSQ` says.
    pub fn set_signal(&mut self, csq: u8) {
        self.signal = csq;
    }

    /// The radio is off until it is switched on.
    pub fn radio_off(&mut self) {
        self.set_radio(0);
    }

    fn set_radio(&mut self, level: u8) {
        self.radio = level;
        if level == 1 {
            if self.radio_on_since.is_none() {
                self.radio_on_since = Some(self.now);
                self.later
                    .push((self.now + self.timing.to_registered, Later::Registered));
            }
        } else {
            self.radio_on_since = None;
            self.calls.clear();
            self.later
                .retain(|(_, later)| !matches!(later, Later::Call { .. }));
            self.owed_final = None;
        }
    }

    /// What `ATD` answers and when, instead of the maker's own.
    pub fn set_dial_style(&mut self, style: DialStyle) {
        self.dial_style = Some(style);
    }

    /// How the list is written.
    pub fn set_list_form(&mut self, form: ListForm) {
        self.list_form = form;
    }

    /// How lines end.
    pub fn set_line_ends(&mut self, ends: LineEnds) {
        self.ends = ends;
    }

    /// What the network makes of the card. Losing it ends the calls.
    pub fn set_network(&mut self, network: Network) {
        self.network = network;
        self.later
            .retain(|(_, later)| !matches!(later, Later::NetworkBack));
        match network {
            Network::Lost { for_ms } => {
                if let Some(ms) = for_ms {
                    let back = self.now + Duration::from_millis(ms.into());
                    self.later.push((back, Later::NetworkBack));
                }
                self.remote_hang_up();
            }
            Network::Denied => self.remote_hang_up(),
            Network::Home | Network::Roaming => {}
        }
        self.report_registration();
    }

    /// The card is pulled, or put in again. Without it the calls end.
    pub fn set_card_inserted(&mut self, inserted: bool) {
        self.card.set_inserted(inserted);
        if inserted {
            self.card_busy_until = self.now + self.timing.to_registered;
            self.later.push((self.card_busy_until, Later::CardReady));
            self.later.push((
                self.card_busy_until + self.timing.to_registered,
                Later::Registered,
            ));
        } else {
            self.remote_hang_up();
            for word in self.maker().card_words(false) {
                self.say_unasked(word);
            }
            self.report_registration();
        }
    }

    /// The card asks for this PIN from now on, with all its tries; `None` for a card that asks for nothing.
    pub fn set_pin(&mut self, pin: Option<String>) {
        self.card.set_pin(pin);
    }

    /// The card's PIN tries are used up: it asks for its PUK (12345678).
    pub fn block_card(&mut self) {
        self.card.block();
    }

    /// The module's `VoLTE` switch, as if set before it came here. In force at once.
    pub fn set_volte(&mut self, on: bool) {
        self.switches.volte_wanted = on;
        self.switches.volte = on;
    }

    /// Its power is taken away and given back. Whatever was frozen runs again.
    pub fn power_cycle(&mut self, now: Duration) {
        self.clear(Fault::Freeze);
        self.clear(Fault::FreezeHard);
        self.restart(now);
    }

    /// It is another maker's module from now on, fresh from the factory and just started.
    pub fn become_profile(&mut self, now: Duration, profile: Profile) {
        self.profile = profile;
        self.dial_style = None;
        self.switches = self.maker().switches();
        self.volume = self.maker().loudest() / 2;
        self.restart(now);
    }

    /// The modem starts again: no call, echo on, nothing typed, and the card wants its PIN again. Faults, fates and
    /// what is kept in the module stay.
    pub fn restart(&mut self, now: Duration) {
        self.now = self.now.max(now);
        self.restarts = self.restarts.saturating_add(1);
        self.calls.clear();
        self.next_id = self.maker().first_call();
        self.later.retain(|(_, later)| {
            // What the network does goes on without the module.
            matches!(later, Later::NetworkBack)
        });
        self.typed.clear();
        self.out.clear();
        self.hold_until = None;
        self.owed_final = None;
        self.echo = true;
        self.error_form = 0;
        self.registration_reports = [0; 2];
        self.switches = Switches {
            volte_wanted: self.switches.volte_wanted,
            volte: self.switches.volte_wanted,
            ..self.maker().switches()
        };
        self.card.power_up();
        self.card_busy_until = self.now;
        self.radio = 1;
        let up = self.now + self.timing.to_boot;
        self.hears_from = up;
        self.radio_on_since = Some(up);
        for (number, word) in (0..).zip(self.maker().boot_words(self.card_state())) {
            self.later
                .push((up + self.timing.boot_step * number, Later::Boot(word)));
        }
        self.later
            .push((up + self.timing.to_registered, Later::Registered));
    }

    /// Whose module it is.
    #[must_use]
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// Digits of every call that went out.
    #[must_use]
    pub fn calls_made(&self) -> &[String] {
        &self.dialled
    }

    /// Tones received on open lines.
    #[must_use]
    pub fn tones(&self) -> &str {
        &self.tones
    }

    /// How many calls are held.
    #[must_use]
    pub fn calls_up(&self) -> usize {
        self.calls.len()
    }

    /// How often it started again, for whatever reason.
    #[must_use]
    pub const fn restarts(&self) -> u32 {
        self.restarts
    }

    /// PINs and PUKs that were given to the card, right or wrong.
    #[must_use]
    pub const fn pin_entries(&self) -> u32 {
        self.card.entries()
    }

    /// PIN tries the card has left.
    #[must_use]
    pub const fn pin_tries_left(&self) -> u8 {
        self.card.pin_tries()
    }

    fn maker(&self) -> &'static dyn Maker {
        self.profile.maker()
    }

    fn card_state(&self) -> CardState {
        if self.always.contains(&Fault::NoSim) {
            CardState::Absent
        } else {
            self.card.state()
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.always.contains(&fault)
    }

    fn babbles(&self) -> bool {
        self.has(Fault::Babble) || self.has(Fault::Flood)
    }

    fn deaf(&self) -> bool {
        self.always.iter().any(|fault| {
            matches!(
                fault,
                Fault::Silence | Fault::Babble | Fault::Mute | Fault::Freeze | Fault::FreezeHard
            )
        })
    }

    /// True when the fault is there; one that strikes once is used up by this.
    fn struck(&mut self, fault: Fault) -> bool {
        if self.always.contains(&fault) {
            return true;
        }
        let found = self.once.iter().position(|other| *other == fault);
        if let Some(index) = found {
            self.once.remove(index);
        }
        found.is_some()
    }

    fn cme_fault(&mut self) -> Option<u16> {
        let code = |fault: &Fault| {
            if let Fault::CmeError(code) = fault {
                Some(*code)
            } else {
                None
            }
        };
        if let Some(code) = self.always.iter().find_map(code) {
            return Some(code);
        }
        let index = self.once.iter().position(|fault| code(fault).is_some())?;
        self.once.remove(index).as_ref().and_then(code)
    }
}
