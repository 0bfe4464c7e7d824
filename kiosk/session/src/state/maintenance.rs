//! The admin is here. The pages are the app's; this only knows when they close.

use super::{Attract, State};
use crate::session::Shared;
use crate::timer::{self, Timer, Timers};
use crate::{CallEvent, Effect, Input, Now, PlayerEvent};
use std::time::Duration;

/// Maintenance. No visit exists meanwhile.
pub(crate) struct Maintenance {
    timers: Timers,
    /// Something that the admin has begun is under way: whoever waits for it does not touch.
    working: bool,
}

impl Maintenance {
    /// Enters, after `effects` of whatever was left for it.
    pub(super) fn enter(now: Now, mut effects: Vec<Effect>) -> (State, Vec<Effect>) {
        let mut entered = Self {
            timers: Timers::default(),
            working: false,
        };
        entered.stay(now);
        effects.push(Effect::EnterMaintenance);
        (State::Maintenance(entered), effects)
    }

    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        self.timers.next()
    }

    /// From now on, as long as nobody touches and nothing is heard.
    fn stay(&mut self, now: Now) {
        let quiet = match self.working {
            true => timer::MAINTENANCE_WORK,
            false => timer::MAINTENANCE,
        };
        let until = now.monotonic.saturating_add(quiet);
        self.timers.set(Timer::Maintenance, until);
    }

    pub(super) fn serve(mut self, now: Now) -> State {
        match self.timers.take_due(now.monotonic) {
            Some(_) => State::Attract(Attract),
            None => State::Maintenance(self),
        }
    }

    pub(super) fn handle(
        mut self,
        now: Now,
        input: Input,
        shared: &mut Shared,
    ) -> (State, Vec<Effect>) {
        if input.is_touch() {
            self.stay(now);
        }
        match input {
            Input::LeaveMaintenance | Input::End => return (State::Attract(Attract), Vec::new()),
            Input::HookLifted | Input::HookDown => {
                // A handset in an admin's hand is no call.
                let lies = matches!(input, Input::HookDown);
                let _tried_out = shared.handset.says(lies);
            }
            Input::Working(working) => {
                // Being told that nothing is under way is not news where nothing was.
                if working || self.working {
                    self.working = working;
                    self.stay(now);
                }
            }
            Input::HookGone => shared.handset.gone(),
            Input::CallEvent(event) => match event {
                CallEvent::Ended(_) => shared.hanging_up = None,
                CallEvent::Dialling
                | CallEvent::DialAgain
                | CallEvent::Alerting
                | CallEvent::LineOpen => {}
            },
            Input::Player(event) => match event {
                PlayerEvent::Sound(sound) => shared.devices.sound = sound,
                PlayerEvent::Ended | PlayerEvent::Unreadable => {}
            },
            Input::Devices(devices) => shared.devices = devices,
            Input::NewLibrary(library) => {
                shared.next_library = Some(library);
                shared.take_library();
            }
            // The visitor's pages are not there to be touched.
            Input::Tick
            | Input::Touch
            | Input::OpenDoor(_)
            | Input::Back
            | Input::Home
            | Input::Help
            | Input::SetAudience(_)
            | Input::SetLang(_)
            | Input::SetTextSize(_)
            | Input::ToggleReach
            | Input::ToggleReducedMotion
            | Input::ChooseInstrument(_)
            | Input::BeginItems
            | Input::Answer(_)
            | Input::PreviousItem
            | Input::StopCheck
            | Input::SupportContinue
            | Input::SupportStop
            | Input::OpenArticle(_)
            | Input::OpenPractice(_)
            | Input::OpenCounsellor
            | Input::PlayPause
            | Input::Seek(_)
            | Input::SkipBy(_)
            | Input::SetVolume(_)
            | Input::SetTimer(_)
            | Input::SetPace(_)
            | Input::SetBed(..)
            | Input::ToggleEndBell
            | Input::Felt(_)
            | Input::SkipFelt
            | Input::Call(_)
            | Input::ConfirmCall
            | Input::CancelCall
            | Input::HangUp
            | Input::ToggleKeypad
            | Input::Keypad(_)
            | Input::SetCallVolume(_)
            | Input::StillHere
            | Input::AdminGesture => {}
        }
        (State::Maintenance(self), Vec::new())
    }
}
