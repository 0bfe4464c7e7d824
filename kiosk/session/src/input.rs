//! Everything that can happen to a visit. A closed list.

use crate::screen::{CallFailure, SoundState, TextSize};
use std::sync::Arc;
use xinting_content::{
    ArticleId, Audience, BedId, InstrumentId, Lang, Library, LineId, PracticeId,
};

/// One thing that happened. Every input from a finger also counts as a sign that somebody is there.
#[derive(Debug, Clone)]
pub enum Input {
    /// Time passed; due deadlines are served. Never a sign of a person.
    Tick,
    /// A touch that hit nothing, or began a scroll. On the attract screen it opens home.
    Touch,
    /// One of the doors on the home screen.
    OpenDoor(Door),
    /// 返回: one page back. Keeps a call.
    Back,
    /// 首页: home. Keeps a call.
    Home,
    /// 结束: hangs up, wipes the visit, attract.
    End,
    /// 求助热线: the call page, from anywhere.
    Help,
    /// Who the visitor says they are.
    SetAudience(Audience),
    /// The language of everything.
    SetLang(Lang),
    /// The size of reading text.
    SetTextSize(TextSize),
    /// 低位模式: everything touchable in the lower half.
    ToggleReach,
    /// 减弱动效: motion off.
    ToggleReducedMotion,
    /// A choice on the self-check page.
    ChooseInstrument(InstrumentId),
    /// Start, on the page before the first item.
    BeginItems,
    /// An answer to the item on screen, as an index into its options.
    Answer(usize),
    /// 上一题: the item before, its answer kept.
    PreviousItem,
    /// 先不做了: leaves the self-check, its answers dropped.
    StopCheck,
    /// 继续往下做 on the support page.
    SupportContinue,
    /// 先停在这里 on the support page.
    SupportStop,
    /// Opens an article.
    OpenArticle(ArticleId),
    /// Opens the player.
    OpenPractice(PracticeId),
    /// Opens the counsellor page.
    OpenCounsellor,
    /// Play or pause.
    PlayPause,
    /// Moves the player to this position in milliseconds.
    Seek(u64),
    /// Ten seconds back or forward.
    SkipBy(i64),
    /// Loudness of the player, 0 (silent) to 8.
    SetVolume(u8),
    /// How long a soundscape plays, in minutes, 1 to 30.
    SetTimer(u8),
    /// Another pace of breathing, as an index into the practice's paces.
    SetPace(u8),
    /// How much of a bed is heard, 0 (nothing) to 8. One more than may sound at a time is not heard.
    SetBed(BedId, u8),
    /// A bell at the end, or none.
    ToggleEndBell,
    /// How it was, on the page that asks after a practice.
    Felt(Felt),
    /// 跳过 on that page, and on from the one behind it.
    SkipFelt,
    /// Calls this line: after the three seconds, or after [`Screen::ConfirmCall`] has been answered.
    ///
    /// [`Screen::ConfirmCall`]: crate::Screen::ConfirmCall
    Call(LineId),
    /// Yes, call, on the page that asks once more.
    ConfirmCall,
    /// 取消 during the three seconds, or no on the page that asks once more.
    CancelCall,
    /// 结束通话.
    HangUp,
    /// Opens or folds the keypad during a call.
    ToggleKeypad,
    /// A key during a call: 0-9, * or #.
    Keypad(char),
    /// Loudness of the handset, 0 to 8.
    SetCallVolume(u8),
    /// 我还在 on the still-there page.
    StillHere,
    /// The admin's corner gesture was completed.
    AdminGesture,
    /// The admin left maintenance.
    LeaveMaintenance,
    /// The admin has begun something that takes its time and it goes on (true), said again as often as it is seen to; or
    /// it has come to its end. Means something in maintenance only, and is never a sign of a person.
    Working(bool),
    /// The handset is off its hook. Where it was known to lie there before, somebody lifted it: the
    /// call page.
    HookLifted,
    /// The handset lies on its hook. Where it was known to be lifted before, somebody put it down:
    /// the call ends.
    HookDown,
    /// The hook switch cannot be read any more; nothing is said about the handset until it can.
    HookGone,
    /// What the modem says about the call.
    CallEvent(CallEvent),
    /// What the player says.
    Player(PlayerEvent),
    /// A device appeared or vanished.
    Devices(Devices),
    /// New content, taken between visits.
    NewLibrary(Arc<Library>),
}

impl Input {
    /// Whether a finger did this: a sign that somebody is there. What the hook switch says is looked
    /// at by the states, for only a change of it is somebody's doing.
    pub fn is_touch(&self) -> bool {
        match self {
            Input::Tick
            | Input::Working(_)
            | Input::HookLifted
            | Input::HookDown
            | Input::HookGone
            | Input::CallEvent(_)
            | Input::Player(_)
            | Input::Devices(_)
            | Input::NewLibrary(_) => false,
            Input::Touch
            | Input::OpenDoor(_)
            | Input::Back
            | Input::Home
            | Input::End
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
            | Input::AdminGesture
            | Input::LeaveMaintenance => true,
        }
    }
}

/// A door on the home screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Door {
    /// 测一测.
    SelfCheck,
    /// 学一学.
    Learn,
    /// 静一静.
    Relax,
    /// 找老师.
    Counsellor,
}

/// How it was after a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Felt {
    /// 好一些.
    Calmer,
    /// 差不多.
    Same,
    /// 没有好.
    Not,
}

/// Progress of the one call, as the call actor reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEvent {
    /// The number has been handed to the network.
    Dialling,
    /// The network dropped the first try at once; the number goes out a second time by itself.
    DialAgain,
    /// It rings at the other end.
    Alerting,
    /// The line is open. Never proof of a person.
    LineOpen,
    /// The call is over or never came about.
    Ended(CallOutcome),
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOutcome {
    /// Hung up here.
    HungUpHere,
    /// The other end hung up, or the network released an open line.
    RemoteEnded,
    /// Busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// There is no modem, or it does not answer.
    NoModem,
    /// Its SIM is missing or locked.
    NoSim,
    /// It has no network.
    NoNetwork,
    /// The modem vanished or fell silent during the call.
    Lost,
    /// Anything else.
    Failed,
}

/// What the player reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayerEvent {
    /// The practice played to its end.
    Ended,
    /// Sound came, went, or is missing; the practice runs on.
    Sound(SoundState),
    /// The sound file cannot be read; captions run on.
    Unreadable,
}

/// Which devices are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Devices {
    /// Whether a call can be made, and why not.
    pub can_call: CanCall,
    /// Whether sound would be heard.
    pub sound: SoundState,
}

/// Whether a call can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanCall {
    /// At once.
    Yes,
    /// The modem is there and getting ready: a call waits in it, then goes out.
    Starting,
    /// The modem was there a moment ago and may be back any second: a call is held until it is.
    Returning,
    /// There is none, or it has not answered for a while.
    NoModem,
    /// It answers, but its SIM is missing or locked.
    NoSim,
    /// It answers, but finds no network, or the network refuses it.
    NoNetwork,
}

impl CanCall {
    /// Why a call cannot be made; `None`: it can, at once or after waiting a little.
    pub fn failure(self) -> Option<CallFailure> {
        match self {
            CanCall::Yes | CanCall::Starting | CanCall::Returning => None,
            CanCall::NoModem => Some(CallFailure::NoModem),
            CanCall::NoSim => Some(CallFailure::NoSim),
            CanCall::NoNetwork => Some(CallFailure::NoNetwork),
        }
    }
}
