//! The one way from the actors to the booth: a bounded queue that wakes the event loop.
//!
//! What only says how something is now takes the place of an older word of the same kind, so that a device that
//! babbles cannot fill the queue.

use crate::actors::packs::PacksEvent;
use crate::event::Event;
use crate::log_event::{LogEvent, log};
use crate::store::StoreEvent;
use crate::upstream::UpstreamEvent;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use xinting_hw::audio::PlayerEvent;
use xinting_hw::modem::ModemEvent;

/// Events that may wait. The event loop drains them in milliseconds.
const CAPACITY: usize = 256;

/// The queue. Clones share it.
#[derive(Clone)]
pub struct Inbox(Arc<Shared>);

struct Shared {
    waiting: Mutex<VecDeque<Event>>,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inbox")
    }
}

impl Inbox {
    /// An empty inbox; `wake` is called when something has come into the empty queue, from any thread.
    #[must_use]
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(Shared {
            waiting: Mutex::default(),
            wake: Box::new(wake),
        }))
    }

    /// Puts something in. Never waits; an event that finds the queue full is lost, and that is logged.
    pub fn push(&self, event: Event) {
        let first = {
            let mut waiting = self.waiting();
            if let Some(kind) = state_of(&event) {
                waiting.retain(|other| state_of(other) != Some(kind));
            }
            if waiting.len() >= CAPACITY {
                log(LogEvent::InboxFull);
                return;
            }
            waiting.push_back(event);
            waiting.len() == 1
        };
        if first {
            (self.0.wake)();
        }
    }

    /// Takes out everything, in order.
    #[must_use]
    pub fn drain(&self) -> VecDeque<Event> {
        std::mem::take(&mut *self.waiting())
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Event>> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A kind of word of which only the latest matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Modem,
    Sound,
    Stick,
    Progress,
    Store,
    Outbox,
    District,
}

fn state_of(event: &Event) -> Option<State> {
    match event {
        Event::Modem(ModemEvent::Health(_)) => Some(State::Modem),
        Event::Player(PlayerEvent::Sound(_)) => Some(State::Sound),
        Event::Packs(PacksEvent::Stick { .. }) => Some(State::Stick),
        Event::Packs(PacksEvent::Progress(_)) => Some(State::Progress),
        Event::Store(StoreEvent::Health(_)) => Some(State::Store),
        Event::Store(StoreEvent::Outbox(_)) => Some(State::Outbox),
        Event::Upstream(UpstreamEvent::State(_)) => Some(State::District),
        Event::Tick
        | Event::Visitor(_)
        | Event::Touched
        | Event::Admin(_)
        | Event::Modem(
            ModemEvent::Call(_) | ModemEvent::Identified { .. } | ModemEvent::Volte(_),
        )
        | Event::Hook(_)
        | Event::Player(
            PlayerEvent::Loaded { .. } | PlayerEvent::Unplayable { .. } | PlayerEvent::Ended,
        )
        | Event::Packs(
            PacksEvent::Serving { .. }
            | PacksEvent::Notice(_)
            | PacksEvent::KeyStick(_)
            | PacksEvent::TrustChanged(_),
        )
        | Event::Store(StoreEvent::Closed)
        | Event::Upstream(
            UpstreamEvent::RootOffered(_)
            | UpstreamEvent::Enrolled(_)
            | UpstreamEvent::Sent(_)
            | UpstreamEvent::SetAside { .. },
        )
        | Event::PinHashed(_)
        | Event::PinCompared(_)
        | Event::PinUndone
        | Event::Undone(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use xinting_hw::modem::{CallState, ModemHealth};

    #[test]
    fn a_babbling_device_cannot_fill_it_and_a_call_keeps_its_order() {
        let woken = Arc::new(AtomicUsize::new(0));
        let counting = Arc::clone(&woken);
        let inbox = Inbox::new(move || {
            counting.fetch_add(1, Ordering::Relaxed);
        });
        inbox.push(Event::Modem(ModemEvent::Call(CallState::Dialling)));
        for rssi in 0..10_000 {
            let health = ModemHealth::Searching {
                rssi_dbm: Some(-113 + rssi % 60),
            };
            inbox.push(Event::Modem(ModemEvent::Health(health)));
        }
        inbox.push(Event::Modem(ModemEvent::Call(CallState::Alerting)));
        let drained = inbox.drain();
        assert_eq!(drained.len(), 3);
        assert!(matches!(
            drained[0],
            Event::Modem(ModemEvent::Call(CallState::Dialling))
        ));
        assert!(matches!(
            drained[2],
            Event::Modem(ModemEvent::Call(CallState::Alerting))
        ));
        assert_eq!(woken.load(Ordering::Relaxed), 1);
        inbox.push(Event::Tick);
        assert_eq!(woken.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn it_is_bounded() {
        let inbox = Inbox::new(|| {});
        for _ in 0..CAPACITY * 2 {
            inbox.push(Event::PinCompared(false));
        }
        assert_eq!(inbox.drain().len(), CAPACITY);
    }
}
