//! What a visit asks of the world. A closed list.

use crate::input::{CallOutcome, Door};
use xinting_content::{Audience, InstrumentId, LineId, PracticeId};

/// Something to be done by an actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Dial this line; the call actor looks its number up in the library.
    Dial(LineId),
    /// End the call or take back a queued dial.
    HangUp,
    /// Send a tone: 0-9, * or #.
    Dtmf(char),
    /// Loudness of the handset, 0 to 8.
    CallVolume(u8),
    /// To the player.
    Player(PlayerCommand),
    /// A coarse fact for the tally. Says nothing about answers, scores or support.
    Count(Fact),
    /// The visit is over: everything it held has been dropped, its facts may be tallied.
    VisitEnded,
    /// Maintenance was entered; its pages are the app's.
    EnterMaintenance,
}

/// To the player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlayerCommand {
    /// Loads a practice and starts it.
    Start {
        /// Which.
        practice: PracticeId,
        /// Whether its sound loops.
        looped: bool,
        /// Loudness, 0 to 8.
        volume: u8,
    },
    /// Goes on.
    Resume,
    /// Pauses.
    Pause,
    /// Moves to this position in milliseconds.
    Seek(u64),
    /// Moves by this many milliseconds from where it is.
    SkipBy(i64),
    /// Loudness, 0 to 8.
    Volume(u8),
    /// Quieter for a call, or back.
    Duck(bool),
    /// Fades out and forgets the practice.
    Stop,
}

/// A coarse fact of a visit: the only thing about it that outlives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Somebody touched the attract screen.
    VisitBegan,
    /// Who they said they were when the visit ended. Emitted once, only where they chose.
    Audience(Audience),
    /// A door was opened.
    DoorOpened(Door),
    /// A self-check was answered to its end. Never how.
    CheckCompleted(InstrumentId),
    /// An article was opened.
    ArticleOpened,
    /// A practice was started.
    PracticeStarted(PracticeId),
    /// A practice ran to its end.
    PracticeFinished(PracticeId),
    /// A call ended or was given up. `reached`: the line was open at some time.
    CallEnded {
        /// Whether the line was ever open.
        reached: bool,
        /// How it ended; `None`: cancelled within the three seconds.
        outcome: Option<CallOutcome>,
    },
}
