//! The one closed list of what can happen to a booth, and of what a booth does about it.

use crate::actors::packs::PacksEvent;
use crate::admin::desk::Digits;
use crate::admin::{AdminInput, Device};
use crate::carry::About;
use crate::store::{AdminLogEntry, Close, Running, Setting, StoreEvent};
use crate::upstream::UpstreamEvent;
use jiff::civil::DateTime;
use xinting_content::{LineId, PackId};
use xinting_hw::audio;
use xinting_hw::hook::HookEvent;
use xinting_hw::modem::ModemEvent;
use xinting_session::{Input, PlayerCommand};

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A deadline may have come due, or a minute has passed.
    Tick,
    /// A visitor's finger.
    Visitor(Input),
    /// Any press anywhere: somebody is there.
    Touched,
    /// An admin's finger.
    Admin(AdminInput),
    /// The modem.
    Modem(ModemEvent),
    /// The switch below the handset.
    Hook(HookEvent),
    /// The player.
    Player(audio::PlayerEvent),
    /// The packs and the stick.
    Packs(PacksEvent),
    /// The store.
    Store(StoreEvent),
    /// The way to the district.
    Upstream(UpstreamEvent),
    /// A new PIN has been hashed.
    PinHashed(String),
    /// A PIN has been compared with the kept hash.
    PinCompared(bool),
    /// The thread for a PIN could not be had, or the PIN not be hashed.
    PinUndone,
    /// A command found its actor's queue full or its actor gone.
    Undone(Whose),
}

/// Whose queue was full, and for what where that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The call's, for a line to be dialled.
    Dial,
    /// The call's, for a call to be ended.
    HangUp,
    /// The call's, for a tone or the loudness.
    Call,
    /// The player's.
    Player,
    /// The player's, for what the sound device is told apart from any practice.
    Sound,
    /// The store's, for the end of a period.
    Close,
    /// The store's, for anything else.
    Store,
    /// The packs'.
    Packs,
}

impl Whose {
    /// The line of the health page that tells of it.
    #[must_use]
    pub const fn device(self) -> Device {
        match self {
            Self::Dial | Self::HangUp | Self::Call => Device::Modem,
            Self::Player | Self::Sound => Device::Sound,
            Self::Close | Self::Store => Device::Disk,
            Self::Packs => Device::Packs,
        }
    }
}

/// Something to be done by an actor.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Dial this line.
    Dial(LineId),
    /// End the call or take a dial back.
    HangUp,
    /// Send a tone.
    Dtmf(char),
    /// Loudness of the handset, 0 to 8.
    CallVolume(u8),
    /// To the player.
    Player(PlayerCommand),
    /// Gain at the highest volume from now on, in dB, -60 to 0.
    Ceiling(f32),
    /// Whether somebody is there: sound is kept ready for them.
    Warm(bool),
    /// Rewrite the running tally.
    Save(Running),
    /// Close a period.
    Close(Close),
    /// Keep a setting.
    Keep(Setting, String),
    /// Write the admin's log: local time or nothing, and what was done.
    Log(String, AdminLogEntry),
    /// Show the outbox.
    ShowOutbox,
    /// There is something to send.
    WakeUpstream,
    /// Hash a new PIN.
    HashPin(Digits),
    /// Compare a PIN with this hash.
    ComparePin(Digits, String),
    /// Look at the stick and the installed packs again.
    ShowPacks,
    /// Install or take in this item of the stick; local time for the admin's log.
    Install(usize, Option<DateTime>),
    /// Write reports, logs and how the booth is onto the stick.
    Export(Box<About>, Option<DateTime>),
    /// Make the stick a key to maintenance.
    MakeKeyStick(Option<DateTime>),
    /// No stick is to open maintenance any more.
    ForgetKeySticks(Option<DateTime>),
    /// Trust the root key that the district offered, or, without one, do not.
    DecideRoot(Option<String>, Option<DateTime>),
    /// Stop what the packs' actor is doing.
    CancelPacks,
    /// Go back to the kept version of this pack.
    RollBack(PackId),
    /// Let the stick go.
    ReleaseStick,
    /// Nobody looks at the packs any more: let go of what was read of the stick.
    ForgetPacks,
}

impl Command {
    /// Who does it; `None` where nobody's queue can be full.
    #[must_use]
    pub const fn whose(&self) -> Option<Whose> {
        match self {
            Self::Dial(_) => Some(Whose::Dial),
            Self::HangUp => Some(Whose::HangUp),
            Self::Dtmf(_) | Self::CallVolume(_) => Some(Whose::Call),
            Self::Player(_) => Some(Whose::Player),
            Self::Ceiling(_) | Self::Warm(_) => Some(Whose::Sound),
            Self::Close(_) => Some(Whose::Close),
            Self::Save(_) | Self::Keep(..) | Self::Log(..) | Self::ShowOutbox => Some(Whose::Store),
            Self::ShowPacks
            | Self::Install(..)
            | Self::Export(..)
            | Self::MakeKeyStick(_)
            | Self::ForgetKeySticks(_)
            | Self::DecideRoot(..)
            | Self::RollBack(_)
            | Self::ReleaseStick
            | Self::ForgetPacks => Some(Whose::Packs),
            // It goes round the queue.
            Self::CancelPacks => None,
            Self::WakeUpstream | Self::HashPin(_) | Self::ComparePin(..) => None,
        }
    }
}
