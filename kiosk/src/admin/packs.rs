//! The packs page as plain values: what serves, what is on the stick, what is being done, and whom the booth trusts.
//!
//! The shelf's actor fills them, the screens draw them. Nothing here decides whether a pack is good.

use xinting_content::Audience;

/// What an admin does on the packs page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PacksInput {
    /// Looks at this item of the stick more closely: an index into [`PacksView::on_stick`].
    Open(usize),
    /// Back from an item, a question or a notice to the whole page; nothing is done.
    NotNow,
    /// Installs or takes in this item of the stick, of whatever kind: an index into [`PacksView::on_stick`].
    InstallFromStick(usize),
    /// Stops what is being done; the booth keeps what it had.
    Cancel,
    /// Asks whether to go back to the version before: an index into [`PacksView::installed`].
    AskRollBack(usize),
    /// Goes back to the version before: an index into [`PacksView::installed`].
    RollBack(usize),
    /// Lets the stick go, so that it may be taken out.
    ReleaseStick,
    /// Writes reports and logs onto the stick.
    Export,
    /// Asks whether the stick is to become a key to maintenance.
    AskKeyStick,
    /// Makes the stick a key to maintenance.
    MakeKeyStick,
    /// Asks whether no stick is to open maintenance any more.
    AskForgetKeySticks,
    /// No stick opens maintenance any more.
    ForgetKeySticks,
    /// The district's root key, whose fingerprint was shown, is to be trusted.
    AcceptRoot,
    /// The district's root key is not to be trusted.
    DeclineRoot,
}

/// What of the packs page is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PacksStage {
    /// Everything.
    #[default]
    Overview,
    /// One item of the stick: an index into [`PacksView::on_stick`].
    Item(usize),
    /// Whether to go back with one pack: an index into [`PacksView::installed`].
    RollBack(usize),
    /// Whether the stick is to become a key to maintenance.
    KeyStick,
    /// Whether no stick is to open maintenance any more.
    ForgetKeySticks,
}

/// The packs page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PacksView {
    /// What is installed, in layer order.
    pub installed: Vec<InstalledPack>,
    /// Whether a stick is in.
    pub stick: StickView,
    /// The stick opens maintenance.
    pub key_stick: bool,
    /// Further sticks that are in and are not read.
    pub others: usize,
    /// How many files of the stick are left out of what stands here.
    pub left_out: usize,
    /// What is on the stick.
    pub on_stick: Vec<StickItem>,
    /// What is being done; `None` while nothing is.
    pub work: Option<WorkView>,
    /// What became of the last thing that was done.
    pub notice: Option<PackNotice>,
    /// Room on the booth's own disk; `None` where it is not known.
    pub free_bytes: Option<u64>,
    /// Whom the booth trusts.
    pub trust: TrustView,
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
    /// The other version that is kept, to which one can go back, or forward again after that; `None` where none is.
    pub previous: Option<String>,
    /// Whether it serves, and whether going back takes it out of service.
    pub service: Service,
}

/// Whether a pack that is here serves. A pack that was new here has no version before it: going back from it is doing
/// without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Service {
    /// It serves.
    #[default]
    Serves,
    /// It serves, there was nothing of its id before it, and it can be taken out of service.
    ServesAlone,
    /// It was taken out of service and can be put into service again.
    Out,
}

impl InstalledPack {
    /// Whether one step back or forward can be made.
    #[must_use]
    pub fn can_change(&self) -> bool {
        self.previous.is_some() || self.service != Service::Serves
    }

    /// Whether it serves now.
    #[must_use]
    pub fn serves(&self) -> bool {
        self.service != Service::Out
    }

    /// Whether the step leads forward: the other version that is kept is newer, or the pack was taken out of service.
    /// Versions begin with their number.
    #[must_use]
    pub fn goes_forward(&self) -> bool {
        if self.service == Service::Out {
            return true;
        }
        let number = |version: &str| -> Option<u64> {
            let digits = version.split(|letter: char| !letter.is_ascii_digit());
            digits.into_iter().next()?.parse().ok()
        };
        let previous = self.previous.as_deref().and_then(number);
        previous > number(&self.version)
    }
}

/// Something on the stick that is meant for a booth.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StickItem {
    /// The file's path on the stick.
    pub file: String,
    /// What it is.
    pub kind: StickItemKind,
    /// Its title; the file's name where it could not be verified.
    pub title: String,
    /// Who published it; empty where it could not be verified.
    pub publisher: String,
    /// Whose signature it carries.
    pub signature: SignatureView,
    /// Its version; empty where it could not be verified.
    pub version: String,
    /// The version that serves now; `None` where there is none of its id.
    pub installed_version: Option<String>,
    /// What would be different afterwards.
    pub changes: Changes,
    /// How much of what it holds.
    pub contents: Contents,
    /// For whom it is.
    pub audiences: Vec<Audience>,
    /// Size of the file.
    pub size_bytes: u64,
    /// Why it cannot be taken, a sentence that says what to do; `None` where it can.
    pub refusal: Option<String>,
    /// Something to know before it is taken; never a reason not to.
    pub warning: Option<String>,
}

/// What something on the stick is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StickItemKind {
    /// A content pack.
    #[default]
    Pack,
    /// A list of publishers' keys.
    KeyList,
    /// A configuration.
    Config,
    /// The district's receipts for reports that went by stick.
    Receipts,
    /// The district's answer to a request to be enrolled.
    Enrolled,
}

/// Whose signature something carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignatureView {
    /// A root key's.
    Root,
    /// Its publisher's, as the key list has it.
    Publisher,
    /// None that the booth accepts.
    #[default]
    None,
}

/// What a pack changes, beside the version that serves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Files that are new.
    pub added: usize,
    /// Files that differ.
    pub changed: usize,
    /// Files that are gone.
    pub removed: usize,
    /// A few of them in words, such as 新文章：…
    pub words: Vec<String>,
}

/// How much of what a pack holds, as its manifest says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contents {
    /// Instruments and check-ins.
    pub instruments: usize,
    /// Articles.
    pub articles: usize,
    /// Practices.
    pub practices: usize,
    /// Soundscapes.
    pub beds: usize,
    /// It has hotlines.
    pub hotlines: bool,
    /// It has words for the support path.
    pub support: bool,
    /// It says who there is to go to.
    pub counsellor: bool,
    /// It has sentences for days.
    pub calendar: bool,
}

/// Something under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkView {
    /// What.
    pub doing: Doing,
    /// The file's path on the stick, or a pack's title; may be empty.
    pub file: String,
    /// Bytes that are done.
    pub done_bytes: u64,
    /// Bytes in all; 0 where that is not known.
    pub total_bytes: u64,
    /// Which file of [`WorkView::files`], from 1.
    pub file_number: usize,
    /// How many files in all.
    pub files: usize,
    /// Whether it can still be stopped.
    pub can_cancel: bool,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Copying from the stick.
    Copying,
    /// Verifying the copy.
    Verifying,
    /// Putting it in place.
    Installing,
    /// Writing onto the stick.
    WritingOut,
    /// Going back to the version before.
    RollingBack,
    /// Forgetting every key stick.
    Forgetting,
}

/// What became of what was done. Everything that is begun ends in one of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackNotice {
    /// A pack serves from the next visit on.
    Installed {
        /// Title.
        title: String,
        /// Version.
        version: String,
    },
    /// The version before serves again from the next visit on.
    RolledBack {
        /// Title.
        title: String,
        /// The version that serves again.
        version: String,
    },
    /// Refused or failed; the booth keeps what it had.
    Refused {
        /// The file's path on the stick, or a pack's title; may be empty.
        file: String,
        /// Why and what to do.
        reason: String,
    },
    /// A pack that was new here has been taken out of service from the next visit on, and can be put back.
    TakenOut {
        /// Title.
        title: String,
    },
    /// Stopped by the admin; the booth keeps what it had.
    Cancelled {
        /// The file's path on the stick; may be empty.
        file: String,
        /// What was stopped. What an export had written whole stays on the stick.
        doing: Doing,
    },
    /// Something that is no pack was taken in.
    Taken {
        /// What it was.
        kind: StickItemKind,
        /// What it is called.
        title: String,
        /// What that means, a sentence; may be empty.
        detail: String,
    },
    /// Reports and logs are on the stick.
    Exported {
        /// How many files.
        files: usize,
        /// How many bytes in all.
        bytes: u64,
    },
    /// The stick is a key to maintenance now.
    KeyStickMade,
    /// No stick opens maintenance any more.
    KeySticksForgotten,
}

/// Whom the booth trusts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrustView {
    /// The root keys in force.
    pub roots: Vec<RootLine>,
    /// The key list in force.
    pub list: Option<KeyListLine>,
    /// What is to be known about them, each a sentence; nothing here locks anybody out.
    pub warnings: Vec<String>,
    /// The district offers its root key: its fingerprint, to be compared before it is accepted.
    pub asked: Option<String>,
}

/// A root key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootLine {
    /// Its id, as minisign writes it.
    pub key: String,
    /// Its fingerprint for people.
    pub fingerprint: String,
}

/// The key list in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyListLine {
    /// Who issued it.
    pub issuer: String,
    /// Its version, which only rises.
    pub version: u64,
    /// The day after which it asks to be renewed, `YYYY-MM-DD`.
    pub until: String,
    /// How many publishers it names.
    pub publishers: usize,
}
