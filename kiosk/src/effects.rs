//! Brings a booth's commands to its actors. Nothing here waits: a queue that is full is said back, so that nobody
//! waits for what will not come.

use crate::actors::call::CallActor;
use crate::actors::packs::PacksActor;
use crate::actors::player::PlayerActor;
use crate::actors::watchdog::Watchdog;
use crate::admin::pin;
use crate::event::{Command, Event};
use crate::inbox::Inbox;
use crate::log_event::{LogEvent, log};
use crate::store::StoreActor;
use crate::upstream::Upstream;
use std::sync::Arc;
use xinting_content::Library;
use xinting_hw::hook::HookHandle;

/// The actors of a running booth. An actor that could not be started is missing, and what needs it is said back.
///
/// They are dropped in this order: the call hangs up first; the store goes last, when nobody can hand it anything.
#[derive(Debug)]
pub struct Hands {
    /// The switch below the handset; it only tells.
    pub hook: Option<HookHandle>,
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
    /// [`Undone`] if a queue was full, or its actor is missing.
    pub fn obey(
        &self,
        command: Command,
        library: &Arc<Library>,
        inbox: &Inbox,
    ) -> Result<(), Undone> {
        match command {
            Command::Dial(line) => ask(&self.call, |call| call.dial(library, &line)),
            Command::HangUp => ask(&self.call, CallActor::hang_up),
            Command::Dtmf(tone) => ask(&self.call, |call| call.tone(tone)),
            Command::CallVolume(steps) => ask(&self.call, |call| call.volume(steps)),
            Command::Player(command) => ask(&self.player, |player| {
                player.send(command, Arc::clone(library))
            }),
            Command::Ceiling(db) => ask(&self.player, |player| player.ceiling(db)),
            Command::Warm(somebody) => ask(&self.player, |player| player.warm(somebody)),
            Command::Save(running) => ask(&self.store, |store| store.handle().save(running)),
            Command::Close(close) => ask(&self.store, |store| store.handle().close(close)),
            Command::Keep(setting, value) => {
                ask(&self.store, |store| store.handle().set(setting, value))
            }
            Command::Log(at, entry) => ask(&self.store, |store| store.handle().log(at, entry)),
            Command::ShowOutbox => ask(&self.store, |store| store.handle().show_outbox()),
            Command::WakeUpstream => {
                if let Some(upstream) = &self.upstream {
                    upstream.wake();
                }
                Ok(())
            }
            Command::HashPin(digits) => {
                apart("pin-hash", inbox, move || {
                    match pin::hash(digits.expose()) {
                        Ok(hash) => Event::PinHashed(hash),
                        Err(error) => {
                            log(LogEvent::ActorFailed(&crate::error::chain(&error)));
                            Event::PinUndone
                        }
                    }
                });
                Ok(())
            }
            Command::ComparePin(digits, kept) => {
                apart("pin-compare", inbox, move || {
                    Event::PinCompared(pin::matches(digits.expose(), &kept))
                });
                Ok(())
            }
            Command::ForgetPacks => ask(&self.packs, PacksActor::forget),
            Command::ShowPacks => ask(&self.packs, PacksActor::look),
            Command::Install(index, now) => ask(&self.packs, |packs| packs.install(index, now)),
            Command::Export(about, now) => ask(&self.packs, |packs| packs.export(*about, now)),
            Command::MakeKeyStick(now) => ask(&self.packs, |packs| packs.make_key_stick(now)),
            Command::ForgetKeySticks(now) => ask(&self.packs, |packs| packs.forget_key_sticks(now)),
            Command::DecideRoot(Some(line), now) => {
                ask(&self.packs, |packs| packs.accept_root(line, now))
            }
            Command::DecideRoot(None, now) => ask(&self.packs, |packs| packs.decline_root(now)),
            Command::CancelPacks => {
                if let Some(packs) = &self.packs {
                    packs.cancel();
                }
                Ok(())
            }
            Command::RollBack(id) => ask(&self.packs, |packs| packs.roll_back(id)),
            Command::ReleaseStick => ask(&self.packs, PacksActor::release),
        }
    }
}

/// A queue was full, or its actor is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("handing a command to its actor")]
pub struct Undone;

fn ask<A, E>(actor: &Option<A>, ask: impl FnOnce(&A) -> Result<(), E>) -> Result<(), Undone> {
    let actor = actor.as_ref().ok_or(Undone)?;
    ask(actor).map_err(|_| Undone)
}

/// Does something slow on a thread of its own. Where there is no thread the pad is told, so that nobody waits.
fn apart(name: &str, inbox: &Inbox, work: impl FnOnce() -> Event + Send + 'static) {
    let answer = inbox.clone();
    let started = std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || answer.push(work()));
    if let Err(error) = started {
        log(LogEvent::ActorFailed(&error.to_string()));
        inbox.push(Event::PinUndone);
    }
}
