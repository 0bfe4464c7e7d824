//! What holds for any visit whatever is pressed, and the tables: idle times, risk items, wandering
//! events. Journeys are in `tests/flows`.

mod call_properties;
mod calls;
mod player;
mod properties;
mod tables;

use super::*;
use crate::state::visit::live;
use crate::{CanCall, SoundState};
use xinting_content::instrument::Instrument;
use xinting_content::{InstrumentId, LineId, fixture};

const DEVICES: Devices = Devices {
    can_call: CanCall::Yes,
    sound: SoundState::Present,
};

/// A session with its clock.
struct Booth {
    session: Session,
    at: Duration,
}

impl Booth {
    fn new() -> Self {
        let settings = Settings {
            audience: Audience::Junior,
            lang: Lang::ZhCn,
            devices: DEVICES,
        };
        Self {
            session: Session::new(Arc::new(fixture::library()), settings),
            at: Duration::from_secs(50),
        }
    }

    fn now(&self) -> Now {
        Now {
            monotonic: self.at,
            civil: None,
        }
    }

    fn send(&mut self, input: Input) -> Vec<Effect> {
        self.session.handle(self.now(), input)
    }

    fn screen(&self) -> Screen {
        self.session.screen(self.now())
    }

    /// Lets time pass, with a tick at every deadline and one at the end, as the app does.
    fn wait(&mut self, time: Duration) -> Vec<Effect> {
        let until = self.at + time;
        let mut effects = Vec::new();
        while let Some(next) = self.session.next_deadline().filter(|next| *next <= until) {
            self.at = self.at.max(next);
            effects.extend(self.send(Input::Tick));
        }
        self.at = until;
        effects.extend(self.send(Input::Tick));
        effects
    }

    fn wait_s(&mut self, seconds: u64) -> Vec<Effect> {
        self.wait(Duration::from_secs(seconds))
    }

    /// From attract or home to the first item.
    fn begin(&mut self, instrument: &InstrumentId) {
        self.send(Input::Touch);
        self.send(Input::Home);
        self.send(Input::OpenDoor(crate::Door::SelfCheck));
        self.send(Input::ChooseInstrument(instrument.clone()));
        self.send(Input::BeginItems);
        assert!(matches!(self.screen(), Screen::Item { index: 0, .. }));
    }

    /// From attract to an open line.
    fn call(&mut self) {
        self.send(Input::Help);
        self.send(Input::Call(line("always")));
        let effects = self.wait(crate::timer::COUNTDOWN);
        assert!(
            effects.contains(&Effect::Dial(line("always"))),
            "{effects:?}"
        );
    }
}

fn line(name: &str) -> LineId {
    LineId::new(name).expect("well formed")
}

/// Every instrument of the library, whoever it is for.
fn instruments(library: &Library) -> Vec<Instrument> {
    let mut found: Vec<Instrument> = Vec::new();
    for audience in Audience::ALL {
        for instrument in library.instruments_for(audience) {
            if found.iter().all(|known| known.id != instrument.id) {
                found.push(instrument.clone());
            }
        }
    }
    found
}
