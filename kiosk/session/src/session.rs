//! The session: one booth's screen from the visitor's side. It routes inputs to the state in front
//! and answers what to draw. Not here: what any state does.

use crate::begun::Begun;
use crate::handset::Handset;
use crate::state::{Attract, State};
use crate::{Devices, Effect, Input, Now, Preferences, Screen, Strip, TextSize};
use std::mem;
use std::sync::Arc;
use std::time::Duration;
use xinting_content::{Audience, Lang, Library};

/// What a booth starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Who most visitors of this booth are; stands until a visitor chooses.
    pub audience: Audience,
    /// The language every visit starts in.
    pub lang: Lang,
    /// Which devices are there.
    pub devices: Devices,
}

/// What outlives a visit. Nothing in it is about a visitor.
pub(crate) struct Shared {
    /// What can be shown.
    pub(crate) library: Arc<Library>,
    /// What will be shown once the visit is over.
    pub(crate) next_library: Option<Arc<Library>>,
    /// Which devices are there.
    pub(crate) devices: Devices,
    /// The booth's own settings, at the start of every visit.
    pub(crate) preferences: Preferences,
    /// What the hook switch said last.
    pub(crate) handset: Handset,
    /// When calls that were asked for went out, the newest last and never more than decide whether
    /// the next one asks once more. In memory only; says nothing of whom.
    pub(crate) begun: Begun,
    /// A hang-up was sent and the modem has not confirmed it; after this moment it is no longer
    /// waited for. Until then events about a call belong to the one before.
    pub(crate) hanging_up: Option<Duration>,
}

impl Shared {
    /// Takes new content. Only ever called where no visit is under way.
    pub(crate) fn take_library(&mut self) {
        if let Some(library) = self.next_library.take() {
            self.library = library;
        }
    }

    /// Until when the line is still taken by a call that is being hung up.
    pub(crate) fn line_taken(&mut self, now: Now) -> Option<Duration> {
        self.hanging_up = self.hanging_up.filter(|until| *until > now.monotonic);
        self.hanging_up
    }
}

/// One booth's screen from the visitor's side: give it everything that happens, do what it asks,
/// draw what it shows.
///
/// It holds answers while a visit lasts and has no `Debug` for that reason.
pub struct Session {
    shared: Shared,
    state: State,
}

impl Session {
    /// Starts on attract.
    pub fn new(library: Arc<Library>, settings: Settings) -> Self {
        let preferences = Preferences {
            lang: settings.lang,
            audience: settings.audience,
            text_size: TextSize::Normal,
            reach: false,
            reduced_motion: false,
        };
        let shared = Shared {
            library,
            next_library: None,
            devices: settings.devices,
            preferences,
            handset: Handset::default(),
            begun: Begun::default(),
            hanging_up: None,
        };
        Self {
            shared,
            state: State::Attract(Attract),
        }
    }

    /// Takes one thing that happened and says what to do about it, in order.
    ///
    /// Deadlines that have come due are served with it, whatever the input: before a touch, for the
    /// page may have changed under the finger; after anything a device says, for it said so without
    /// knowing what the deadline is about to ask of it.
    pub fn handle(&mut self, now: Now, input: Input) -> Vec<Effect> {
        let touch = input.is_touch();
        let mut effects = Vec::new();
        if touch {
            effects.extend(self.step(|state, shared| state.serve(now, shared)));
        }
        effects.extend(self.step(|state, shared| state.handle(now, input, shared)));
        if !touch {
            effects.extend(self.step(|state, shared| state.serve(now, shared)));
        }
        effects
    }

    fn step(
        &mut self,
        step: impl FnOnce(State, &mut Shared) -> (State, Vec<Effect>),
    ) -> Vec<Effect> {
        let state = mem::replace(&mut self.state, State::Attract(Attract));
        let (state, effects) = step(state, &mut self.shared);
        self.state = state;
        effects
    }

    /// What to draw.
    pub fn screen(&self, now: Now) -> Screen {
        match &self.state {
            State::Attract(_) => Screen::Attract,
            State::Visit(visit) => visit.screen(now, self.shared.handset.lies()),
            State::Maintenance(_) => Screen::Maintenance,
        }
    }

    /// The overlay 还在吗: whole seconds left of 20; `None` while it does not show.
    pub fn still_there(&self, now: Now) -> Option<u8> {
        match &self.state {
            State::Visit(visit) => visit.still_there(now),
            State::Attract(_) | State::Maintenance(_) => None,
        }
    }

    /// A call that goes on while another page is open.
    pub fn strip(&self, now: Now) -> Option<Strip> {
        match &self.state {
            State::Visit(visit) => visit.strip(now),
            State::Attract(_) | State::Maintenance(_) => None,
        }
    }

    /// What the visitor has set; outside a visit the booth's own settings.
    pub fn preferences(&self) -> Preferences {
        match &self.state {
            State::Visit(visit) => visit.preferences(),
            State::Attract(_) | State::Maintenance(_) => self.shared.preferences,
        }
    }

    /// Which devices are there, as last reported.
    pub fn devices(&self) -> Devices {
        self.shared.devices
    }

    /// What the ids in a [`Screen`] belong to.
    pub fn library(&self) -> &Arc<Library> {
        &self.shared.library
    }

    /// When to send [`Input::Tick`], on the clock of [`Now::monotonic`]; `None`: nothing is waited
    /// for.
    pub fn next_deadline(&self) -> Option<Duration> {
        match &self.state {
            State::Attract(_) => None,
            State::Visit(visit) => visit.next_deadline(),
            State::Maintenance(maintenance) => maintenance.next_deadline(),
        }
    }

    /// Whether 返回 leads anywhere.
    pub fn can_go_back(&self) -> bool {
        match &self.state {
            State::Visit(visit) => visit.can_go_back(),
            State::Attract(_) | State::Maintenance(_) => false,
        }
    }

    /// Whether a visit is under way. On attract and in maintenance nothing of any visit exists.
    pub fn in_visit(&self) -> bool {
        matches!(self.state, State::Visit(_))
    }
}

#[cfg(test)]
mod tests;
