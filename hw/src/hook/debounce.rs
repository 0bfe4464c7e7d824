//! What the contact says made into what happened, pure: a contact that bounces is heard once.
//!
//! Deliberately not here: devices, threads, clocks.

use std::collections::VecDeque;
use std::time::Duration;

use super::HookEvent;

/// How long a contact must keep still before it is believed. Handset cradles bounce for a few milliseconds and a hand
/// that fumbles for a few tens; two tenths of a second are felt as a delay.
pub const DEBOUNCE: Duration = Duration::from_millis(60);

/// The state of one hook switch. Time is any clock that never goes back, as the span since some fixed moment.
#[derive(Debug, Default)]
pub struct HookCore {
    /// What was last told; `None` before the first word.
    told: Option<Told>,
    /// What the contact said last and since when, while that is not believed yet.
    unsettled: Option<(bool, Duration)>,
    events: VecDeque<HookEvent>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Gone,
    Lifted(bool),
}

impl HookCore {
    /// A switch of which nothing is known.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            told: None,
            unsettled: None,
            events: VecDeque::new(),
        }
    }

    /// The device is there, and its contact was read. Told at once, without waiting for it to settle.
    pub fn present(&mut self, lifted: bool) {
        if self.told == Some(Told::Gone) {
            self.events.push_back(HookEvent::Back);
        }
        self.unsettled = None;
        self.tell(lifted);
    }

    /// The device is not there. Saying so again changes nothing.
    pub fn gone(&mut self) {
        self.unsettled = None;
        if self.told != Some(Told::Gone) {
            self.told = Some(Told::Gone);
            self.events.push_back(HookEvent::Gone);
        }
    }

    /// The contact says something. Only what it still says [`DEBOUNCE`] later is told.
    pub fn contact(&mut self, now: Duration, lifted: bool) {
        self.handle_timeout(now);
        match self.told {
            // Before the first word nothing is known that a bounce could disturb.
            None | Some(Told::Gone) => {}
            Some(Told::Lifted(told)) => {
                let said = self.unsettled.map_or(told, |(said, _)| said);
                if said != lifted {
                    self.unsettled = Some((lifted, now));
                }
            }
        }
    }

    /// The moment of [`HookCore::poll_timeout`] has come. Calling it early does nothing.
    pub fn handle_timeout(&mut self, now: Duration) {
        if let Some((lifted, since)) = self.unsettled
            && now >= since.saturating_add(DEBOUNCE)
        {
            self.unsettled = None;
            self.tell(lifted);
        }
    }

    /// When [`HookCore::handle_timeout`] wants to be called; `None` while the contact keeps still.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.unsettled
            .map(|(_, since)| since.saturating_add(DEBOUNCE))
    }

    /// The next thing to report.
    pub fn poll_event(&mut self) -> Option<HookEvent> {
        self.events.pop_front()
    }

    fn tell(&mut self, lifted: bool) {
        if self.told == Some(Told::Lifted(lifted)) {
            return;
        }
        self.told = Some(Told::Lifted(lifted));
        self.events.push_back(if lifted {
            HookEvent::Lifted
        } else {
            HookEvent::Down
        });
    }
}
