//! The coarse facts of a visit, and which cell each one is. A fact says that
//! something happened at all, never when, for how long or how often.

use xinting_wire::Cell;

/// Who the visitor says they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// 小学
    Primary,
    /// 初中
    Junior,
    /// 高中
    Senior,
    /// 家长
    Parent,
}

/// A door on the home page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Door {
    /// 测一测
    SelfCheck,
    /// 学一学
    Learn,
    /// 静一静
    Relax,
    /// 聊一聊
    Talk,
    /// 看一看
    Immersive,
    /// 找老师
    Counsellor,
}

/// Which kind of self-check was answered to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Check {
    /// PHQ-A
    PhqA,
    /// GAD-7
    Gad7,
    /// WHO-5
    Who5,
    /// One of our own check-ins (非标准化小调查), whichever it is.
    CheckIn,
    /// Any other instrument of a pack.
    Other,
}

impl Check {
    /// The slot of an instrument by its pack id (`phq-a`, `gad-7`, `who-5`).
    /// `check_in` is the pack's word that the instrument is one of the
    /// non-standardised check-ins. Whatever is not known by name is `Other`, so
    /// that a pack cannot put a name of its own on the wire.
    #[must_use]
    pub fn of_instrument(id: &str, check_in: bool) -> Self {
        match id {
            "phq-a" => Self::PhqA,
            "gad-7" => Self::Gad7,
            "who-5" => Self::Who5,
            _ if check_in => Self::CheckIn,
            _ => Self::Other,
        }
    }
}

/// Which kind of practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Practice {
    /// Paced breathing of any pattern.
    Breathing,
    /// Muscle relaxation.
    Muscle,
    /// A soundscape to sit with.
    Soundscape,
    /// Anything else.
    Other,
}

/// How it was after a practice. Not which practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Felt {
    /// 好一些
    Calmer,
    /// 差不多
    Same,
    /// 没有好
    Not,
}

/// How a call ended. Not whom it went to, and not how long it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallOutcome {
    /// The line was open (线路已接通) before it ended.
    LineOpen,
    /// The line was busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// It could not be tried: no modem, SIM or network.
    NoLine,
    /// The visitor cancelled before the line opened.
    Cancelled,
    /// Any other end before the line opened.
    Failed,
}

/// All that may be said about a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fact {
    /// The attract screen was touched.
    VisitBegan,
    /// An audience was chosen; the last one of a visit counts.
    Audience(Audience),
    /// A door was opened.
    DoorOpened(Door),
    /// A self-check was answered to its last item. A check that was left, for
    /// support or for anything else, is no fact at all.
    CheckCompleted(Check),
    /// An article was opened.
    ArticleRead,
    /// A practice began to play.
    PracticeStarted(Practice),
    /// A practice played to its end.
    PracticeFinished(Practice),
    /// How it was after a practice; of several the least calm counts.
    Felt(Felt),
    /// A call came to its end.
    CallEnded(CallOutcome),
}

impl Fact {
    /// The cell this fact belongs to.
    #[must_use]
    pub const fn cell(self) -> Cell {
        match self {
            Self::VisitBegan => Cell::Visits,
            Self::Audience(Audience::Primary) => Cell::VisitsPrimary,
            Self::Audience(Audience::Junior) => Cell::VisitsJunior,
            Self::Audience(Audience::Senior) => Cell::VisitsSenior,
            Self::Audience(Audience::Parent) => Cell::VisitsParent,
            Self::DoorOpened(Door::SelfCheck) => Cell::DoorSelfCheck,
            Self::DoorOpened(Door::Learn) => Cell::DoorLearn,
            Self::DoorOpened(Door::Relax) => Cell::DoorRelax,
            Self::DoorOpened(Door::Talk) => Cell::DoorTalk,
            Self::DoorOpened(Door::Immersive) => Cell::DoorImmersive,
            Self::DoorOpened(Door::Counsellor) => Cell::DoorCounsellor,
            Self::CheckCompleted(Check::PhqA) => Cell::CheckPhqA,
            Self::CheckCompleted(Check::Gad7) => Cell::CheckGad7,
            Self::CheckCompleted(Check::Who5) => Cell::CheckWho5,
            Self::CheckCompleted(Check::CheckIn) => Cell::CheckCheckIn,
            Self::CheckCompleted(Check::Other) => Cell::CheckOther,
            Self::ArticleRead => Cell::ArticlesRead,
            Self::PracticeStarted(Practice::Breathing) => Cell::PracticeBreathingStarted,
            Self::PracticeStarted(Practice::Muscle) => Cell::PracticeMuscleStarted,
            Self::PracticeStarted(Practice::Soundscape) => Cell::PracticeSoundscapeStarted,
            Self::PracticeStarted(Practice::Other) => Cell::PracticeOtherStarted,
            Self::PracticeFinished(Practice::Breathing) => Cell::PracticeBreathingFinished,
            Self::PracticeFinished(Practice::Muscle) => Cell::PracticeMuscleFinished,
            Self::PracticeFinished(Practice::Soundscape) => Cell::PracticeSoundscapeFinished,
            Self::PracticeFinished(Practice::Other) => Cell::PracticeOtherFinished,
            Self::Felt(Felt::Calmer) => Cell::PracticeFeltCalmer,
            Self::Felt(Felt::Same) => Cell::PracticeFeltSame,
            Self::Felt(Felt::Not) => Cell::PracticeFeltNot,
            Self::CallEnded(CallOutcome::LineOpen) => Cell::CallLineOpen,
            Self::CallEnded(CallOutcome::Busy) => Cell::CallBusy,
            Self::CallEnded(CallOutcome::NoAnswer) => Cell::CallNoAnswer,
            Self::CallEnded(CallOutcome::NoLine) => Cell::CallNoLine,
            Self::CallEnded(CallOutcome::Cancelled) => Cell::CallCancelled,
            Self::CallEnded(CallOutcome::Failed) => Cell::CallFailed,
        }
    }
}
