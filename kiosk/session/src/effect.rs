//! What a visit asks of the world. A closed list.

use crate::input::{CallOutcome, Door, Felt};
use xinting_content::{Audience, BedId, InstrumentId, Lang, LineId, PracticeId};

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
        /// In which language its voice speaks, where it has one.
        lang: Lang,
        /// Breathing: which of its paces, as an index; `None`: it has none.
        pace: Option<u8>,
        /// The beds that are heard with it, each with its level, 1 to 8: four at most, and no others.
        /// The practice's own bed is among them unless it was turned down to nothing.
        beds: Vec<(BedId, u8)>,
        /// Whether a bell is struck at the end.
        end_bell: bool,
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
    /// Another of the practice's paces, as an index, once the breath under way is over.
    Pace(u8),
    /// Another level for a bed, 0 (taken away) to 8 (as loud as it was made); each step between is
    /// 3 dB.
    Bed {
        /// Which.
        bed: BedId,
        /// How much of it.
        level: u8,
    },
    /// A bell at the end, or none.
    EndBell(bool),
    /// The voice in this language, at the place reached.
    Voice(Lang),
    /// Comes to a soft end from where it is, and says [`PlayerEvent::Ended`] when it has faded.
    ///
    /// [`PlayerEvent::Ended`]: crate::PlayerEvent::Ended
    Finish {
        /// Whether a bell is struck.
        bell: bool,
    },
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
    /// How it was after a practice; at most once. Never told in a visit in which a self-check was
    /// answered, for after some answers it is not asked, and no count may follow from an answer.
    Felt(Felt),
    /// A call ended or was given up. `reached`: the line was open at some time.
    CallEnded {
        /// Whether the line was ever open.
        reached: bool,
        /// How it ended; `None`: cancelled within the three seconds.
        outcome: Option<CallOutcome>,
    },
}
