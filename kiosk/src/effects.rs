//! Brings a booth's commands to its actors. Nothing here waits: a queue that is full is said back, so that nobody
//! waits for what will not come.

use crate::actors::call::CallActor;
use crate::actors::packs::PacksActor;
use crate::actors::player::PlayerActor;
use crate::actors::watchdog::Watchdog;
use crate::admin::pin;
use crate::event::{Command, Event, Whose};
use crate::inbox::Inbox;
use crate::log_event::{LogEvent, log};
use crate::store::StoreActor;
use crate::upstream::Upstream;
use std::sync::Arc;
use xinting_content::Library;
use xinting_session::PlayerCommand;

/// The actors of a running booth. An actor that could not be started is missing, and what needs it is said back.
///
/// They are dropped in this order: the call hangs up first; the store goes last, when nobody can hand it anything.
#[derive(Debug)]
pub struct Hands {
    /// The modem.
    pub call: Option<CallActor>,
    /// The player.
    pub player: Option<PlayerActor>,
    /// The packs and the stick.
    pub packs: Option<PacksActor>,
    /// The way to the district; `None` also where the configuration names none.
    pub upstream: Option<Upstream>,
    /// The service manager's watchdog; `None` also where nobody waits for it.
    pub watchdog: Option<Watchdog>,
    /// The store.
    pub store: Option<StoreActor>,
}

impl Hands {
    /// Does what a booth asked; `library` is the one on the screen.
    ///
    /// # Errors
    /// Whose queue was full, or who is missing.
    pub fn obey(
        &self,
        command: Command,
        library: &Arc<Library>,
        inbox: &Inbox,
    ) -> Result<(), Whose> {
        match command {
            Command::Dial(line) => self.call(|call| call.dial(library, &line)),
            Command::HangUp => self.call(CallActor::hang_up),
            Command::Dtmf(tone) => self.call(|call| call.tone(tone)),
            Command::CallVolume(steps) => self.call(|call| call.volume(steps)),
            Command::Player(command) => self.play(command, library),
            Command::Save(running) => self.store(|store| store.save(running)),
            Command::Close(close) => self.store(|store| store.close(close)),
            Command::Keep(setting, value) => self.store(|store| store.set(setting, value)),
            Command::Log(at, entry) => self.store(|store| store.log(at, entry)),
            Command::ShowOutbox => self.store(crate::store::StoreHandle::show_outbox),
            Command::WakeUpstream => {
                if let Some(upstream) = &self.upstream {
                    upstream.wake();
                }
                Ok(())
            }
            Command::HashPin(digits) => {
                let inbox = inbox.clone();
                apart("pin-hash", move || match pin::hash(digits.expose()) {
                    Ok(hash) => inbox.push(Event::PinHashed(hash)),
                    Err(error) => log(LogEvent::ActorFailed(&crate::error::chain(&error))),
                });
                Ok(())
            }
            Command::ComparePin(digits, kept) => {
                let inbox = inbox.clone();
                apart("pin-compare", move || {
                    inbox.push(Event::PinCompared(pin::matches(digits.expose(), &kept)));
                });
                Ok(())
            }
            Command::ShowPacks => self.packs(PacksActor::look),
            Command::Install(index) => self.packs(|packs| packs.install(index)),
        }
    }

    fn call<E>(&self, ask: impl FnOnce(&CallActor) -> Result<(), E>) -> Result<(), Whose> {
        let call = self.call.as_ref().ok_or(Whose::Call)?;
        ask(call).map_err(|_| Whose::Call)
    }

    fn play(&self, command: PlayerCommand, library: &Arc<Library>) -> Result<(), Whose> {
        let player = self.player.as_ref().ok_or(Whose::Player)?;
        player
            .send(command, Arc::clone(library))
            .map_err(|_| Whose::Player)
    }

    fn store<E>(
        &self,
        ask: impl FnOnce(&crate::store::StoreHandle) -> Result<(), E>,
    ) -> Result<(), Whose> {
        let store = self.store.as_ref().ok_or(Whose::Store)?;
        ask(&store.handle()).map_err(|_| Whose::Store)
    }

    fn packs<E>(&self, ask: impl FnOnce(&PacksActor) -> Result<(), E>) -> Result<(), Whose> {
        let packs = self.packs.as_ref().ok_or(Whose::Packs)?;
        ask(packs).map_err(|_| Whose::Packs)
    }
}

/// Does something slow on a thread of its own.
fn apart(name: &str, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
    {
        log(LogEvent::ActorFailed(&error.to_string()));
    }
}
