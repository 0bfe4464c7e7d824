//! What goes out by stick: one folder, each file written whole.
//!
//! Reports first: they are what a booth without network has the stick for. Nothing here could hold anything of a visit:
//! reports are the counts of a whole day, log and admin log are closed lists, the rest is how the booth is set up.

use super::log_ring::LogLine;
use super::{About, CarryError};
use crate::store::{AdminLogEntry, OutboxRow};
use jiff::civil::DateTime;
use std::io::Read;
use std::ops::ControlFlow;
use xinting_hw::usb::StickFiles;
use xinting_usage::SignedEnrolment;
use xinting_wire::letter::{ENROL_REQUEST_FILE, EXPORT_FOLDER_PREFIX, REPORTS_FOLDER};
use xinting_wire::{BoothId, Letter, PublicKey};

/// How many hexadecimal digits of a booth's key stand for a booth without an id.
const SERIAL_DIGITS: usize = 10;

/// Everything that may go out.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The booth's id.
    pub booth: Option<BoothId>,
    /// Its key, which names it as long as it has no id.
    pub public_key: PublicKey,
    /// Local time of the export; only its day is written.
    pub made_at: Option<DateTime>,
    /// Reports that wait.
    pub reports: Vec<OutboxRow>,
    /// A request for an id, where there is a code and no id.
    pub enrol_request: Option<SignedEnrolment>,
    /// The booth's own log.
    pub log: Vec<LogLine>,
    /// The admin's log: local time, and what was done.
    pub admin_log: Vec<(String, String)>,
    /// The configuration without secrets.
    pub config: Option<String>,
    /// How the booth is.
    pub about: About,
}

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writing<'a> {
    /// The file being written, by its path on the stick.
    pub file: &'a str,
    /// Which of `files`, from 1.
    pub file_number: usize,
    /// How many files in all.
    pub files: usize,
    /// Bytes written so far.
    pub done_bytes: u64,
    /// Bytes in all.
    pub total_bytes: u64,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The folder on the stick.
    pub folder: String,
    /// How many files.
    pub files: usize,
    /// How many of them are reports.
    pub reports: usize,
    /// Bytes in all.
    pub bytes: u64,
}

/// How the name of every export of this booth begins.
pub(super) fn of_booth(booth: &BoothId) -> String {
    format!("{EXPORT_FOLDER_PREFIX}{booth}-")
}

/// How the name of every export of a booth with this key begins that has no id yet.
pub(super) fn of_key(key: &PublicKey) -> String {
    let mut serial = super::key_stick::hex(key.as_bytes());
    serial.truncate(SERIAL_DIGITS);
    format!("{EXPORT_FOLDER_PREFIX}k{serial}-")
}

impl Outgoing {
    /// The folder's name: whose it is, and which day.
    #[must_use]
    pub fn folder(&self) -> String {
        let beginning = match &self.booth {
            Some(booth) => of_booth(booth),
            None => of_key(&self.public_key),
        };
        match self.made_at {
            Some(at) => format!("{beginning}{}", at.date()),
            None => format!("{beginning}undated"),
        }
    }

    /// Every file with its bytes, in the order of writing.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        for row in &self.reports {
            let report = &row.report;
            // A body that is no text was never made by a booth; it stays where it is.
            if let Ok(body) = String::from_utf8(report.body.clone()) {
                let letter = Letter {
                    idempotency_key: Some(report.idempotency_key.clone()),
                    signature: report.signature.clone(),
                    body,
                };
                let name = format!("{REPORTS_FOLDER}/{}.json", report.idempotency_key);
                files.push((name, letter.encode()));
            }
        }
        if let Some(request) = &self.enrol_request
            && let Ok(body) = String::from_utf8(request.body.clone())
        {
            let letter = Letter {
                idempotency_key: None,
                signature: request.signature.clone(),
                body,
            };
            files.push((ENROL_REQUEST_FILE.to_owned(), letter.encode()));
        }
        files.push((
            "about.json".to_owned(),
            self.about
                .to_json(self.booth.as_ref(), &self.public_key, self.made_at),
        ));
        files.push(("log.txt".to_owned(), lines(&self.log)));
        let locked = AdminLogEntry::Locked.to_string();
        let admin = self.admin_log.iter().map(|(at, what)| {
            let at = match (at.is_empty(), at.split_once(' ')) {
                (true, _) => "----------------",
                // Wrong PINs are what somebody who is no admin did: their minute stays here.
                (false, Some((day, _))) if *what == locked => day,
                (false, _) => at,
            };
            format!("{at} {what}")
        });
        files.push(("admin-log.txt".to_owned(), lines(admin)));
        if let Some(config) = &self.config {
            files.push(("kiosk.toml".to_owned(), config.clone().into_bytes()));
        }
        files
    }
}

fn lines(of: impl IntoIterator<Item = impl ToString>) -> Vec<u8> {
    let mut text = String::new();
    for line in of {
        text.push_str(&line.to_string());
        text.push('\n');
    }
    text.into_bytes()
}

/// Writes everything into a folder of the stick; `watch` is told before each file and while it is written, and can stop
/// it. A second export of the same day goes over the first, file by file.
///
/// # Errors
/// [`CarryError::Write`], [`CarryError::Stopped`].
pub fn export(
    files: &dyn StickFiles,
    what: &Outgoing,
    watch: &mut dyn FnMut(Writing<'_>) -> ControlFlow<()>,
) -> Result<Exported, CarryError> {
    let folder = what.folder();
    let all = what.files();
    let total_bytes = all.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    let mut done_bytes = 0;
    for (place, (name, bytes)) in all.iter().enumerate() {
        let file = format!("{folder}/{name}");
        let mut stopped = false;
        let mut source = Watched {
            bytes,
            watch: &mut |read| {
                let writing = Writing {
                    file: &file,
                    file_number: place + 1,
                    files: all.len(),
                    done_bytes: done_bytes + read,
                    total_bytes,
                };
                stopped = watch(writing).is_break();
                stopped
            },
            read: 0,
        };
        let written = files.write(&file, &mut source);
        match written {
            _ if stopped => return Err(CarryError::Stopped),
            Ok(_) => done_bytes += bytes.len() as u64,
            Err(source) => return Err(CarryError::Write { file, source }),
        }
    }
    Ok(Exported {
        folder,
        files: all.len(),
        reports: what.reports.len(),
        bytes: done_bytes,
    })
}

/// Hands bytes on and tells how many; stops with an error if it is told to.
struct Watched<'a> {
    bytes: &'a [u8],
    watch: &'a mut dyn FnMut(u64) -> bool,
    read: u64,
}

impl Read for Watched<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if (self.watch)(self.read) {
            return Err(std::io::Error::other("stopped"));
        }
        let count = self.bytes.read(out)?;
        self.read += count as u64;
        Ok(count)
    }
}
