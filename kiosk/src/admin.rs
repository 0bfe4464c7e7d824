//! The admin's pages as plain values: what an admin can do, and what stands on the page.
//!
//! Words are drawn by the screens from these enums; only precise details (a path, a version, the sentence of a
//! refused pack) are text. Nothing here reads a clock, a file or a device.

pub mod desk;
pub mod health;
pub mod packs;
pub mod phone;
pub mod pin;

pub use packs::{
    Changes, Contents, Doing, InstalledPack, KeyListLine, PackNotice, PacksInput, PacksStage,
    PacksView, RootLine, Service, SignatureView, StickItem, StickItemKind, StickView, TrustView,
    WorkView,
};

/// What an admin does with a finger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminInput {
    /// A digit of the PIN pad, 0 to 9.
    Digit(u8),
    /// Takes the last digit back.
    Erase,
    /// Done with the PIN.
    Enter,
    /// Leaves maintenance.
    Leave,
    /// Another page.
    OpenPage(AdminPage),
    /// Something on the packs page.
    Packs(PacksInput),
}

/// A page of maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AdminPage {
    /// Every device in words.
    #[default]
    Health,
    /// What waits to be sent.
    Reports,
    /// What is installed and what is on the stick.
    Packs,
}

/// What stands on the screen in maintenance.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, made for one picture and dropped after it"
)]
pub enum AdminView {
    /// The PIN pad.
    Pin {
        /// What the PIN is asked for.
        purpose: PinPurpose,
        /// How many digits have been typed, 0 to 8. The digits themselves never leave the admin state.
        filled: usize,
        /// What was wrong with the last try.
        problem: Option<PinProblem>,
    },
    /// Every device in words.
    Health(Vec<DeviceHealth>),
    /// What waits to be sent, oldest first.
    Reports(Vec<WaitingReport>),
    /// Packs, and what of them is looked at.
    Packs(PacksView, PacksStage),
}

/// Why a PIN is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinPurpose {
    /// There is none yet: choose one.
    Set,
    /// The chosen one a second time.
    Confirm,
    /// To come in.
    Enter,
}

/// What was wrong with a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinProblem {
    /// The two new ones differ: start again.
    Mismatch,
    /// Wrong.
    Wrong {
        /// Tries left before the pad is locked.
        left: u8,
    },
    /// Too many wrong tries.
    LockedFor {
        /// Whole seconds until the next try.
        seconds: u64,
    },
    /// Fewer than four digits.
    TooShort,
}

/// One device and its condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceHealth {
    /// Which.
    pub device: Device,
    /// How it is.
    pub state: HealthState,
    /// A precise detail for the admin: a port, a signal strength, a path, a cause. May be empty.
    pub detail: String,
}

/// The devices with a line on the health page, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// The modem that calls.
    Modem,
    /// Sound output.
    Sound,
    /// The way to the district.
    District,
    /// The installed packs.
    Packs,
    /// The store on disk.
    Disk,
    /// Date and time.
    Clock,
    /// The reader for sticks.
    Stick,
}

/// The condition of a device, each with a sentence on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthState {
    /// Works.
    Good,
    /// The configuration names none: not a fault.
    NotConfigured,
    /// Being started or looked for.
    Starting,
    /// Not there: unplugged, or the name is wrong.
    Absent,
    /// There, and this program may not use it.
    Denied,
    /// There, and does not answer.
    NotResponding,
    /// The modem has no usable SIM.
    NoSim,
    /// The modem has no network yet.
    Searching,
    /// The network refuses the SIM.
    Refused,
    /// The district cannot be reached; reports wait.
    Unreachable,
    /// The booth is not enrolled with the district yet; what is counted before is not sent.
    NotEnrolled,
    /// The district has refused something; see the reports.
    Rejected,
    /// The clock is not plausible; hours are shown in words.
    ClockUnknown,
    /// The disk is full or cannot be written: counting goes on in memory only.
    NotWritable,
    /// The store was damaged, was set aside and begun anew.
    MadeAnew,
    /// A pack could not be used and an earlier one serves.
    EarlierServes,
    /// No stick is in.
    Empty,
    /// More than one stick is in; the first is read.
    SeveralSticks,
    /// The district offers its root key, and an admin is to say yes or no.
    RootOffered,
    /// Something else is wrong; the detail says what.
    Fault,
}

/// A closed period on its way to the district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingReport {
    /// The day it is about, `YYYY-MM-DD`.
    pub date: String,
    /// Its key: booth, epoch and sequence.
    pub key: String,
    /// The body exactly as it will be sent.
    pub body: String,
    /// How far it is.
    pub state: ReportState,
}

/// How far a waiting report is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportState {
    /// Waits for its turn or the network.
    Waiting,
    /// The district refused it; it is kept here and not sent again.
    SetAside {
        /// The HTTP status.
        status: u16,
        /// The district's sentence.
        message: String,
    },
}
