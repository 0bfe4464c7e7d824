//! Nobody is here. Holds nothing; there is nothing to hold.

use super::{Maintenance, State, Visit};
use crate::handset::Moved;
use crate::session::Shared;
use crate::{CallEvent, Effect, Input, Now, PlayerEvent};

/// The quiet scene.
pub(crate) struct Attract;

impl Attract {
    pub(super) fn handle(
        self,
        now: Now,
        input: Input,
        shared: &mut Shared,
    ) -> (State, Vec<Effect>) {
        match input {
            // Whatever a finger asks for here begins a visit and is then done in it.
            Input::Touch
            | Input::Help
            | Input::Call(_)
            | Input::OpenDoor(_)
            | Input::SetAudience(_)
            | Input::SetLang(_)
            | Input::SetTextSize(_)
            | Input::ToggleReach
            | Input::ToggleReducedMotion => Visit::begin(now, input, shared),
            Input::HookLifted => match shared.handset.says(false) {
                Some(Moved::Lifted) => Visit::begin(now, Input::Help, shared),
                Some(Moved::PutDown) | None => self.stay(),
            },
            Input::HookDown => {
                let _nobody_was_calling = shared.handset.says(true);
                self.stay()
            }
            Input::HookGone => {
                shared.handset.gone();
                self.stay()
            }
            Input::AdminGesture => Maintenance::enter(now, Vec::new()),
            Input::CallEvent(event) => {
                // A call that 结束 or a wipe hung up reports its end only now.
                match event {
                    CallEvent::Ended(_) => shared.hanging_up = None,
                    CallEvent::Dialling
                    | CallEvent::DialAgain
                    | CallEvent::Alerting
                    | CallEvent::LineOpen => {}
                }
                self.stay()
            }
            Input::Player(event) => {
                match event {
                    PlayerEvent::Sound(sound) => shared.devices.sound = sound,
                    PlayerEvent::Ended | PlayerEvent::Unreadable => {}
                }
                self.stay()
            }
            Input::Devices(devices) => {
                shared.devices = devices;
                self.stay()
            }
            Input::NewLibrary(library) => {
                shared.next_library = Some(library);
                shared.take_library();
                self.stay()
            }
            // Presses that were on their way when the visit ended.
            Input::Tick
            | Input::Back
            | Input::Home
            | Input::End
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
            | Input::ConfirmCall
            | Input::CancelCall
            | Input::HangUp
            | Input::ToggleKeypad
            | Input::Keypad(_)
            | Input::SetCallVolume(_)
            | Input::StillHere
            | Input::Working(_)
            | Input::LeaveMaintenance => self.stay(),
        }
    }

    fn stay(self) -> (State, Vec<Effect>) {
        (State::Attract(self), Vec::new())
    }
}
