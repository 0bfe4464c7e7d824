//! The one call: turns a verified line into a number that may be dialled, and tells the session how the call goes.
//!
//! This is the only place of the kiosk where a [`DialNumber`] is made, so that nothing but a line of a verified pack
//! can ever be dialled.

use xinting_content::{Library, LineId};
use xinting_hw::modem::{
    self, CallState, CommandError, DialNumber, ModemCommand, ModemConfig, ModemEvent, ModemHandle,
    RefusedReason,
};
use xinting_session::{CallEvent, CallOutcome};

/// Loudness steps of the handset on the screen.
const VOLUME_STEPS: u8 = 8;

/// Why a call did not reach the modem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The library has no such line any more, or no number that may be dialled.
    #[error("dialling a line that the library cannot dial")]
    NoNumber,
    /// The modem's queue is full or its driver has stopped.
    #[error("handing a call to the modem")]
    Modem(#[source] CommandError),
}

/// The modem of a booth. Dropping it hangs up and closes the port.
#[derive(Debug)]
pub struct CallActor {
    modem: ModemHandle,
}

impl CallActor {
    /// Starts the modem's driver. Without a configured port nothing is ever opened.
    ///
    /// # Errors
    /// The driver's, if the system refuses a thread.
    pub fn start(
        config: ModemConfig,
        tell: impl FnMut(ModemEvent) + Send + 'static,
    ) -> Result<Self, modem::serial::StartError> {
        Ok(Self {
            modem: ModemHandle::start(config, tell)?,
        })
    }

    /// Dials a line of the library; an emergency number also without SIM and network. Never waits.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn dial(&self, library: &Library, line: &LineId) -> Result<(), CallError> {
        let line = library.line(line).ok_or(CallError::NoNumber)?;
        let number = DialNumber::new(&line.number).map_err(|_| CallError::NoNumber)?;
        self.send(if line.emergency {
            ModemCommand::DialEmergency(number)
        } else {
            ModemCommand::Dial(number)
        })
    }

    /// Hangs up, or takes a dial back. Never waits.
    ///
    /// # Errors
    /// [`CallError::Modem`].
    pub fn hang_up(&self) -> Result<(), CallError> {
        self.send(ModemCommand::HangUp)
    }

    /// Sends a tone. Never waits.
    ///
    /// # Errors
    /// [`CallError::Modem`].
    pub fn tone(&self, tone: char) -> Result<(), CallError> {
        self.send(ModemCommand::Dtmf(tone))
    }

    /// Loudness of the handset, 0 to 8. Never waits.
    ///
    /// # Errors
    /// [`CallError::Modem`].
    pub fn volume(&self, steps: u8) -> Result<(), CallError> {
        self.send(ModemCommand::Volume(percent(steps)))
    }

    fn send(&self, command: ModemCommand) -> Result<(), CallError> {
        self.modem.try_command(command).map_err(CallError::Modem)
    }
}

fn percent(steps: u8) -> u8 {
    u8::try_from(u16::from(steps.min(VOLUME_STEPS)) * 100 / u16::from(VOLUME_STEPS)).unwrap_or(100)
}

/// A call's state in the session's words.
#[must_use]
pub fn progress(state: &CallState) -> CallEvent {
    match state {
        CallState::Dialling => CallEvent::Dialling,
        CallState::Redialling => CallEvent::DialAgain,
        CallState::Alerting => CallEvent::Alerting,
        CallState::LineOpen => CallEvent::LineOpen,
        CallState::Ended(outcome) => CallEvent::Ended(ended(*outcome)),
    }
}

fn ended(outcome: modem::CallOutcome) -> CallOutcome {
    match outcome {
        modem::CallOutcome::HungUpHere => CallOutcome::HungUpHere,
        modem::CallOutcome::RemoteEnded => CallOutcome::RemoteEnded,
        modem::CallOutcome::Busy => CallOutcome::Busy,
        modem::CallOutcome::NoAnswer => CallOutcome::NoAnswer,
        modem::CallOutcome::Refused(RefusedReason::NoModem | RefusedReason::NotResponding) => {
            CallOutcome::NoModem
        }
        modem::CallOutcome::Refused(RefusedReason::NoSim) => CallOutcome::NoSim,
        modem::CallOutcome::Refused(RefusedReason::NoNetwork) => CallOutcome::NoNetwork,
        modem::CallOutcome::ModemLost => CallOutcome::Lost,
        modem::CallOutcome::Refused(RefusedReason::AlreadyInCall | RefusedReason::ByModem(_))
        | modem::CallOutcome::NoCarrier
        | modem::CallOutcome::TimedOut => CallOutcome::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn volume_steps_fill_the_modems_scale() {
        assert_eq!([0, 1, 4, 8, 200].map(percent), [0, 12, 50, 100, 100]);
    }

    #[test]
    fn only_a_line_of_the_library_can_be_dialled() {
        let modem = CallActor::start(ModemConfig::default(), |_| {}).unwrap();
        let library = xinting_content::fixture::library();
        let stranger = LineId::new("nobody-knows-it").unwrap();
        assert_eq!(modem.dial(&library, &stranger), Err(CallError::NoNumber));
        let known = library.lines_at(None)[0].id.clone();
        assert_eq!(modem.dial(&library, &known), Ok(()));
    }

    /// Every Rust file of the kiosk, with its text.
    fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
    }

    #[test]
    fn the_kiosk_is_searched_where_its_sources_are() {
        let mut found = Vec::new();
        sources(Path::new(env!("CARGO_MANIFEST_DIR")), &mut found);
        for file in [
            "/src/booth.rs",
            "/session/src/session.rs",
            "/usage/src/lib.rs",
        ] {
            assert!(found.iter().any(|(path, _)| path.ends_with(file)), "{file}");
        }
    }

    #[test]
    fn a_number_to_dial_is_made_here_and_nowhere_else() {
        let mut found = Vec::new();
        sources(Path::new(env!("CARGO_MANIFEST_DIR")), &mut found);
        // The second also finds `ModemCommand::DialEmergency`; the last would be a way around it.
        let words = [
            "DialNumber",
            "ModemCommand::Dial",
            "ModemCommand::{",
            "DialEmergency(",
        ];
        let naming: Vec<&str> = found
            .iter()
            .filter(|(_, text)| words.iter().any(|word| text.contains(word)))
            .map(|(path, _)| path.as_str())
            .collect();
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/src/actors/call.rs");
        assert_eq!(naming, [here]);
    }
}
