//! The admin's pages as plain values: what an admin can do, and what stands on the page.
//!
//! Words are drawn by the screens from these enums; only precise details (a path, a version, the sentence of a
//! refused pack) are text. Nothing here reads a clock, a file or a device.

pub mod desk;
pub mod health;
pub mod phone;
pub mod pin;

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
    /// Installs this pack of the stick: an index into [`PacksView::on_stick`].
    InstallFromStick(usize),
    /// Takes the notice away.
    DismissNotice,
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
    /// Packs.
    Packs(PacksView),
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

/// The packs page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PacksView {
    /// What is installed, in layer order.
    pub installed: Vec<InstalledPack>,
    /// Whether a stick is in.
    pub stick: StickView,
    /// What is on it.
    pub on_stick: Vec<StickPack>,
    /// What became of the last installation.
    pub notice: Option<PackNotice>,
}

/// The stick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StickView {
    /// The configuration names no reader.
    NotConfigured,
    /// None is in.
    #[default]
    Empty,
    /// One is in and is being read.
    Reading,
    /// One is in.
    Ready,
    /// One is in and cannot be read.
    Unreadable,
    /// It may be taken out.
    Released,
}

/// A pack that serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledPack {
    /// Its id.
    pub id: String,
    /// Its title in the booth's language.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Its version: number and release name.
    pub version: String,
    /// Marked 示例.
    pub sample: bool,
}

/// A pack file on the stick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StickPack {
    /// The file's name.
    pub file: String,
    /// Its title; the file's name where it could not be verified.
    pub title: String,
    /// Who published it; empty where it could not be verified.
    pub publisher: String,
    /// Its version; empty where it could not be verified.
    pub version: String,
    /// Why it cannot be installed, a sentence that says what to do; `None` where it can.
    pub refusal: Option<String>,
}

/// What became of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackNotice {
    /// Being copied and verified.
    Installing {
        /// The file's name.
        file: String,
    },
    /// Done: it serves from the next visit on.
    Installed {
        /// Title.
        title: String,
        /// Version.
        version: String,
    },
    /// Refused or failed; the booth keeps what it had.
    Refused {
        /// The file's name.
        file: String,
        /// Why and what to do.
        reason: String,
    },
}
