//! What becomes of a command that its actor did not take. Not here: who said so.

use super::{Booth, CLOSE_AGAIN, HANG_UP_AGAIN};
use crate::event::{Command, Whose};
use crate::log_event::{LogEvent, log};
use xinting_session::{CallEvent, CallOutcome, CallStage, Input, Now, PlayerEvent, Screen};

impl Booth {
    /// A command found its actor's queue full, or no actor: nobody waits for what will not come.
    pub(super) fn undone(&mut self, now: Now, whose: Whose, out: &mut Vec<Command>) {
        if !self.facts.overrun.contains(&whose.device()) {
            log(LogEvent::QueueFull(whose));
            self.facts.overrun.push(whose.device());
        }
        match whose {
            // Whoever waits for the line hears that there is none, instead of waiting for ever.
            Whose::Dial => {
                let ended = CallEvent::Ended(CallOutcome::Lost);
                self.visit(now, Input::CallEvent(ended), out);
            }
            Whose::HangUp => self.hang_up_at = Some(now.monotonic + HANG_UP_AGAIN),
            Whose::Player => {
                let unreadable = PlayerEvent::Unreadable;
                self.visit(now, Input::Player(unreadable), out);
            }
            Whose::Sound => self.sound.again(now),
            Whose::Close => {
                self.handed = false;
                self.close_at = Some(now.monotonic + CLOSE_AGAIN);
            }
            // It may have been the tally.
            Whose::Store => self.counted(now),
            Whose::Packs => self.packs.undone(self.facts.stick),
            // The call goes on without the tone.
            Whose::Call => {}
        }
    }

    /// Ends a call again whose end the queue did not take.
    pub(super) fn hang_up_if_due(&mut self, now: Now, out: &mut Vec<Command>) {
        if self.hang_up_at.is_none_or(|at| now.monotonic < at) {
            return;
        }
        let stage = match self.session.screen(now) {
            Screen::Call { stage, .. } => Some(stage),
            _ => self.session.strip(now).map(|strip| strip.stage),
        };
        match stage {
            // A call that has begun since is not the one to be ended.
            Some(
                CallStage::Dialling
                | CallStage::DialAgain
                | CallStage::Alerting
                | CallStage::LineOpen(_),
            ) => self.hang_up_at = Some(now.monotonic + HANG_UP_AGAIN),
            Some(CallStage::Ending | CallStage::Waiting) | None => {
                self.hang_up_at = None;
                out.push(Command::HangUp);
            }
        }
    }
}
