//! Everything but packs that goes in and out of a booth by stick.
//!
//! Inwards: the district's key list, a signed configuration, receipts for reports that went by stick, the answer to a
//! request to be enrolled. Outwards: reports as by network, the booth's own log, its configuration without secrets, how
//! it is. And the stick that opens maintenance. Each file is read once, whole and bounded, into memory; what is shown
//! and what is taken are those same bytes, since a stick can lie between two reads. Nothing of a visit can go out: no
//! type here could hold an answer, a score or a call.
//!
//! Not here: packs (the shelf), finding and mounting sticks, what an admin may do when.

mod about;
mod config_file;
mod export;
mod found;
pub mod key_stick;
pub mod log_ring;
pub(crate) mod place;
mod places;
mod secrets;
mod take;
mod words;

#[cfg(test)]
pub(crate) mod maker;
#[cfg(test)]
mod tests;

pub use about::About;
pub use config_file::{ConfigFault, ConfigNotice, InUse, PROVED_AFTER, Start, read_or_previous};
pub use export::{Exported, Outgoing, Writing, export};
pub use found::{Carried, CarriedKind, FoundHere, found};
pub use take::Taken;
pub use words::shown_name;

use crate::config::ConfigError;
use crate::store::{AdminLogEntry, Setting, StoreHandle};
use crate::trust::{TrustStore, TrustStoreError};
use crate::upstream::{SharedBooth, UpstreamEvent};
use jiff::civil::DateTime;
use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use xinting_content::Trust;
use xinting_content::document::DocumentError;
use xinting_hw::usb::StickFiles;
use xinting_usage::BoothKey;
use xinting_wire::{BoothId, LetterError};

/// Why something was not carried. What the booth had, it still has.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// A file of the stick cannot be read to its end.
    #[error("reading {file} from the stick")]
    Read {
        /// Its path on the stick.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file is longer than its kind can be.
    #[error("{file} is longer than {most} bytes")]
    TooLong {
        /// Its path on the stick.
        file: String,
        /// The limit.
        most: u64,
    },
    /// A key list or a root key.
    #[error(transparent)]
    Trust(#[from] TrustStoreError),
    /// A configuration that the roots in force did not sign as they must.
    #[error("taking in a configuration")]
    Document(#[from] DocumentError),
    /// A configuration for another booth.
    #[error("this configuration is for the booth {booth}")]
    ConfigElsewhere {
        /// Which.
        booth: String,
    },
    /// A configuration below one that was put in place before.
    #[error(
        "the configuration is older than the one in place: version {found}, and {in_place} is here"
    )]
    ConfigOlder {
        /// Its version.
        found: u64,
        /// The highest that was ever put in place.
        in_place: u64,
    },
    /// The configuration that was put in place last.
    #[error("this configuration, version {version}, is already in place")]
    ConfigAlready {
        /// Its version.
        version: u64,
    },
    /// A configuration that names no socket for sticks, on a booth that has one.
    #[error("the configuration leaves the booth without a reader for sticks")]
    ConfigNoStick,
    /// A configuration that the booth could not start with.
    #[error("the configuration cannot be used")]
    Config(#[source] ConfigError),
    /// It cannot be written where the booth reads it.
    #[error("putting the configuration at {path}")]
    ConfigPlace {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Receipts or an answer that are not written as they must be.
    #[error("reading what the district wrote")]
    Letter(#[from] LetterError),
    /// The district's answer is none.
    #[error("the district's answer cannot be understood")]
    Answer,
    /// The answer to another booth.
    #[error("this is for another booth")]
    OtherBooth,
    /// Receipts of which none is about a report that is still here.
    #[error("there is no report here that these receipts are about")]
    NothingLeft,
    /// Receipts about other bytes than those that are here.
    #[error("the receipts are about other reports than those that are here, under the same keys")]
    OtherBytes,
    /// The booth has an id.
    #[error("the booth is enrolled already, as {booth}")]
    EnrolledAlready {
        /// Its id.
        booth: BoothId,
    },
    /// The district refused the request.
    #[error("the district refused the request to be enrolled ({status}): {message}")]
    EnrolRefused {
        /// The HTTP status it would have answered with.
        status: u16,
        /// Its sentence.
        message: String,
    },
    /// The booth's own store could not be read or written.
    #[error("the booth's store cannot be used")]
    Store,
    /// A key stick was written, and the booth could not keep what it is known by.
    #[error("keeping the hash of a key stick: the booth's store cannot be used")]
    KeyStickStore,
    /// The key sticks are forgotten in memory only.
    #[error("forgetting the key sticks for good: the booth's store cannot be used")]
    KeySticksKept,
    /// The stick cannot be written.
    #[error("writing {file} to the stick")]
    Write {
        /// Its path on the stick.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// What was written does not read back.
    #[error("{file} does not read back from the stick as it was written")]
    NotAsWritten {
        /// Its path on the stick.
        file: String,
    },
    /// Stopped by the admin.
    #[error("stopped")]
    Stopped,
    /// There are as many key sticks as there may be.
    #[error("{} sticks open this booth already", key_stick::MOST)]
    KeySticksFull,
    /// There is no randomness.
    #[error("making a key")]
    Randomness(#[source] getrandom::Error),
}

/// What a carrier needs of its booth.
pub struct CarrierParts {
    /// Whom the booth trusts.
    pub trust: TrustStore,
    /// The store.
    pub store: StoreHandle,
    /// What was in it at the start.
    pub settings: BTreeMap<Setting, String>,
    /// The configuration that the booth was started with.
    pub config: PathBuf,
    /// The one-use code of that configuration.
    pub code: Option<String>,
    /// The booth's key.
    pub key: Arc<BoothKey>,
    /// Its id, shared with the way to the district.
    pub booth: SharedBooth,
    /// Hears of an enrolment by stick exactly what it would hear of one by network.
    pub tell: Box<dyn Fn(UpstreamEvent) + Send>,
}

/// Carries for one booth, on the thread that reads its sticks. Waits for disks and for the store.
pub struct Carrier {
    parts: CarrierParts,
    /// The highest version of a configuration that was put in place.
    config_version: u64,
    key_sticks: key_stick::Hashes,
}

impl std::fmt::Debug for CarrierParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CarrierParts")
            .field("config", &self.config)
            .field("trust", &self.trust)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Carrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Carrier")
            .field("parts", &self.parts)
            .finish_non_exhaustive()
    }
}

impl Carrier {
    /// How the names of this booth's own exports begin, from before it had an id and since.
    fn export_beginnings(&self) -> Vec<String> {
        let enrolled = self.parts.booth.get();
        let since = enrolled.iter().map(export::of_booth);
        since
            .chain([export::of_key(&self.parts.key.public())])
            .collect()
    }

    /// A carrier for this booth.
    #[must_use]
    pub fn new(parts: CarrierParts) -> Self {
        let mut carrier = Self {
            config_version: number_of(&parts.settings, Setting::ConfigVersion),
            key_sticks: key_stick::Hashes::read(
                parts
                    .settings
                    .get(&Setting::KeySticks)
                    .map_or("", String::as_str),
            ),
            parts,
        };
        // The files may know of a list that the store, made anew, does not.
        let highest = carrier.parts.trust.highest();
        if highest > number_of(&carrier.parts.settings, Setting::KeyListVersion) {
            let _owed = carrier
                .parts
                .store
                .set(Setting::KeyListVersion, highest.to_string());
        }
        carrier.parts.settings.clear();
        carrier
    }

    /// Whom the booth trusts now.
    #[must_use]
    pub fn trust(&self) -> Trust {
        self.parts.trust.trust()
    }

    /// What of a stick is meant for this booth and is no pack, each looked at. A stick that was pulled out gives
    /// nothing: ask whether it is still there.
    #[must_use]
    pub fn found(&self, files: &dyn StickFiles) -> FoundHere {
        found(files, self)
    }

    /// Takes in what was found: the very bytes that were looked at. `now`: local time for the admin's log.
    ///
    /// # Errors
    /// [`CarryError`]; the booth keeps what it had.
    pub fn take(&mut self, carried: &Carried, now: Option<DateTime>) -> Result<Taken, CarryError> {
        take::take(self, carried, now)
    }

    /// Writes everything that may go out onto a stick that can be written now. Reports stay in the booth until a
    /// receipt or the network acknowledges them.
    ///
    /// # Errors
    /// [`CarryError`]; files that are there already are whole.
    pub fn export(
        &self,
        files: &dyn StickFiles,
        about: About,
        now: Option<DateTime>,
        watch: &mut dyn FnMut(Writing<'_>) -> ControlFlow<()>,
    ) -> Result<Exported, CarryError> {
        let outgoing = self.outgoing(about, now)?;
        let exported = export(files, &outgoing, watch)?;
        self.note(now, AdminLogEntry::Exported(outgoing.reports.len()));
        Ok(exported)
    }

    fn outgoing(&self, about: About, now: Option<DateTime>) -> Result<Outgoing, CarryError> {
        let copy = self.parts.store.copy().ok_or(CarryError::Store)?;
        let booth = self.parts.booth.get();
        let code = self.parts.code.as_deref().filter(|_| booth.is_none());
        Ok(Outgoing {
            enrol_request: code.and_then(|code| self.parts.key.enrol(code).ok()),
            booth,
            public_key: self.parts.key.public(),
            made_at: now,
            reports: copy
                .outbox
                .into_iter()
                .filter(|row| row.refused.is_none())
                .collect(),
            log: log_ring::lines(),
            admin_log: copy.admin_log,
            config: secrets::without(&self.parts.config),
            about,
        })
    }

    /// Makes this stick open maintenance from now on. Only for whoever is in maintenance. One that was a key before
    /// counts once: what it was known by goes when its secret does.
    ///
    /// # Errors
    /// [`CarryError`]; then the stick opens what it did before, or nothing where its secret was replaced already.
    pub fn make_key_stick(
        &mut self,
        files: &dyn StickFiles,
        now: Option<DateTime>,
    ) -> Result<(), CarryError> {
        let mut hashes = self.key_sticks.clone();
        if let Some(before) = key_stick::hash_of(files) {
            hashes.remove(&before);
        }
        if hashes.is_full() {
            return Err(CarryError::KeySticksFull);
        }
        hashes.add(key_stick::make(files)?);
        self.keep(Setting::KeySticks, hashes.to_string())
            .map_err(|_| CarryError::KeyStickStore)?;
        self.key_sticks = hashes;
        self.note(now, AdminLogEntry::KeyStickMade);
        Ok(())
    }

    /// Whether this stick opens maintenance.
    #[must_use]
    pub fn opens(&self, files: &dyn StickFiles) -> bool {
        key_stick::opens(files, &self.key_sticks)
    }

    /// How many sticks open maintenance.
    #[must_use]
    pub fn key_sticks(&self) -> usize {
        self.key_sticks.len()
    }

    /// No stick opens maintenance any more.
    ///
    /// # Errors
    /// [`CarryError::KeySticksKept`]: until the next start none opens, and after it all do.
    pub fn forget_key_sticks(&mut self, now: Option<DateTime>) -> Result<(), CarryError> {
        self.key_sticks = key_stick::Hashes::default();
        self.keep(Setting::KeySticks, String::new())
            .map_err(|_| CarryError::KeySticksKept)?;
        self.note(now, AdminLogEntry::KeySticksForgotten);
        Ok(())
    }

    /// Trusts the district's root, whose fingerprint an admin has compared.
    ///
    /// # Errors
    /// [`CarryError::Trust`].
    pub fn accept_root(&mut self, line: &str, now: Option<DateTime>) -> Result<Trust, CarryError> {
        let key = self.parts.trust.accept_root(line, &stamp(now))?;
        self.note(now, AdminLogEntry::RootAccepted(key));
        // Offered once more after a power cut here, it is simply accepted again.
        let _owed = self
            .parts
            .store
            .set_now(Setting::RootOffered, String::new());
        Ok(self.trust())
    }

    /// Does not trust the district's root that was offered.
    pub fn decline_root(&mut self, now: Option<DateTime>) {
        let _owed = self
            .parts
            .store
            .set_now(Setting::RootOffered, String::new());
        self.note(now, AdminLogEntry::RootDeclined);
    }

    fn keep(&self, setting: Setting, value: String) -> Result<(), CarryError> {
        match self.parts.store.set_now(setting, value) {
            true => Ok(()),
            false => Err(CarryError::Store),
        }
    }

    fn note(&self, now: Option<DateTime>, entry: AdminLogEntry) {
        // A store that is too busy for a line of the log is said by the booth itself.
        let _busy = self.parts.store.log(stamp(now), entry);
    }
}

fn number_of(settings: &BTreeMap<Setting, String>, setting: Setting) -> u64 {
    settings
        .get(&setting)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

/// Local time as the admin's log has it; empty while it is unknown.
fn stamp(now: Option<DateTime>) -> String {
    now.map(|civil| civil.strftime("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}
