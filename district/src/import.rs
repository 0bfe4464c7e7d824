//! Reports and requests that came by stick: the folders that booths exported, taken in through the very checks of the
//! HTTP interface. What would have been answered is written beside them, for the booth.
//!
//! A stick is strangers' ground: only regular files are read, bounded, no link is followed, and no name is printed as it
//! is. Not here: what a booth believes of the answers.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use thiserror::Error;
use xinting_wire::letter::{
    ENROL_REQUEST_FILE, ENROLLED_FILE, EXPORT_FOLDER_PREFIX, MAX_LETTER_BYTES, MAX_RECEIPTS,
    RECEIPTS_FILE, REPORTS_FOLDER,
};
use xinting_wire::{
    Carried, EnrolRequest, Enrolled, Letter, Receipts, Refusal, RefusalReason, Report, RootKey,
    body_hash,
};

use crate::answer::Answer;
use crate::ingest::{self, Incoming};
use crate::store::Store;

/// Most exports of one stick, and most letters of one export, that are looked at. What else lies beside them does not
/// count.
const MOST_NAMES: usize = 10_000;

/// Longest idempotency key that is answered, in bytes: no real one comes near it.
const LONGEST_KEY: usize = 160;

/// Longest sentence of a refusal that is printed or given back, in characters.
const LONGEST_MESSAGE: usize = 200;

/// Why an import ended early.
#[derive(Debug, Error)]
pub(crate) enum ImportError {
    #[error("cannot read {path}")]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("there is nothing to import in {0}")]
    Nothing(PathBuf),
    #[error("cannot write {path}")]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot print what was imported")]
    Print(#[source] io::Error),
    #[error("the database is in trouble: {0}")]
    Store(String),
    #[error("{place} holds more than {MOST_NAMES}, and the rest was not looked at")]
    Cut { place: PathBuf },
    #[error("{refused} of {all} were refused")]
    Refused { refused: usize, all: usize },
}

/// One line of the table.
struct Row {
    what: String,
    day: String,
    answer: Answer,
}

/// What the import could not do, though it went on.
#[derive(Default)]
struct Undone {
    /// Answers that could not be written onto the stick.
    unwritten: Vec<ImportError>,
    /// Folders of which not everything was looked at.
    cut: Vec<PathBuf>,
}

/// Takes in everything that lies in `dir`: one export, or the exports of several booths on one stick.
pub(crate) async fn run(
    store: &Store,
    root_key: Option<&RootKey>,
    dir: &Path,
    now: i64,
    out: &mut impl Write,
) -> Result<(), ImportError> {
    let (mut all, mut refused) = (0, 0);
    let mut undone = Undone::default();
    let folders = exports(dir, &mut undone)?;
    for folder in folders {
        writeln!(out, "{}", shown(&folder)).map_err(ImportError::Print)?;
        let mut rows = reports(store, &folder, now, &mut undone).await?;
        rows.extend(enrolment(store, root_key, &folder, now, &mut undone.unwritten).await?);
        for row in &rows {
            let words = words(&row.answer);
            writeln!(
                out,
                "  {:<40} {:<10} {} {words}",
                row.what, row.day, row.answer.status
            )
            .map_err(ImportError::Print)?;
        }
        all += rows.len();
        refused += rows.iter().filter(|row| !row.answer.is_yes()).count();
    }
    if all == 0 {
        return Err(ImportError::Nothing(dir.to_owned()));
    }
    // What was taken in is stored, and taken in once more does no harm.
    if let Some(error) = undone.unwritten.into_iter().next() {
        return Err(error);
    }
    if let Some(place) = undone.cut.into_iter().next() {
        return Err(ImportError::Cut { place });
    }
    if refused > 0 {
        return Err(ImportError::Refused { refused, all });
    }
    Ok(())
}

/// The exports in `dir`, or `dir` itself if it is one.
fn exports(dir: &Path, undone: &mut Undone) -> Result<Vec<PathBuf>, ImportError> {
    let kind = |folder: &Path, name: &str| {
        let found = fs::symlink_metadata(folder.join(name));
        found.map(|found| found.file_type())
    };
    // Whatever it is that goes by the name of a request is looked at, so that it is not passed over in silence.
    let has_request = |folder: &Path| kind(folder, ENROL_REQUEST_FILE).is_ok();
    let wanted = |name: &str| {
        let folder = dir.join(name);
        name.starts_with(EXPORT_FOLDER_PREFIX)
            && fs::symlink_metadata(&folder).is_ok_and(|found| found.is_dir())
            && (kind(&folder, REPORTS_FOLDER).is_ok() || has_request(&folder))
    };
    let folders: Vec<PathBuf> = names(dir, wanted, undone)?
        .into_iter()
        .map(|name| dir.join(name))
        .collect();
    let is_export = kind(dir, REPORTS_FOLDER).is_ok_and(|kind| kind.is_dir()) || has_request(dir);
    match (folders.is_empty(), is_export) {
        (false, _) => Ok(folders),
        // The stick itself is none, even where its owner keeps a folder called reports on it.
        (true, true) => Ok(vec![dir.to_owned()]),
        (true, false) => Err(ImportError::Nothing(dir.to_owned())),
    }
}

/// The names in a folder that are text and wanted, sorted. However many others lie there, each is looked at: a booth's
/// folder may be the last of a stick full of photographs.
fn names(
    folder: &Path,
    wanted: impl Fn(&str) -> bool,
    undone: &mut Undone,
) -> Result<Vec<String>, ImportError> {
    let failed = |source| ImportError::Read {
        path: folder.to_owned(),
        source,
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().into_string();
        let Some(name) = name.ok().filter(|name| wanted(name)) else {
            continue;
        };
        if names.len() == MOST_NAMES {
            undone.cut.push(folder.to_owned());
            break;
        }
        names.push(name);
    }
    names.sort();
    Ok(names)
}

/// Takes in the reports of one export and writes the receipts beside them.
async fn reports(
    store: &Store,
    folder: &Path,
    now: i64,
    undone: &mut Undone,
) -> Result<Vec<Row>, ImportError> {
    let place = folder.join(REPORTS_FOLDER);
    match fs::symlink_metadata(&place) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => {
            return Ok(vec![Row {
                what: REPORTS_FOLDER.to_owned(),
                day: String::new(),
                answer: Answer::refusal(RefusalReason::Malformed, "this is no folder"),
            }]);
        }
        Err(_) => return Ok(Vec::new()),
    }
    let mut rows = Vec::new();
    let mut receipts = Vec::new();
    let is_letter = |name: &str| name.ends_with(".json") && !name.starts_with('.');
    for name in names(&place, is_letter, undone)? {
        let path = place.join(&name);
        let letter = match letter(&path) {
            Ok(letter) => letter,
            Err(answer) => {
                rows.push(Row {
                    what: name.escape_debug().to_string(),
                    day: String::new(),
                    answer,
                });
                continue;
            }
        };
        let incoming = Incoming {
            idempotency_key: letter.idempotency_key.as_deref(),
            signature: Some(&letter.signature),
            body: letter.body.as_bytes(),
        };
        let outcome = ingest::report(store, incoming, now).await;
        let answer = Answer::to_report(&outcome);
        if answer.status >= 500 {
            return Err(ImportError::Store(words(&answer)));
        }
        if let Some(key) = letter.idempotency_key
            && key.len() <= LONGEST_KEY
            && receipts.len() < MAX_RECEIPTS
        {
            receipts.push(Carried {
                key,
                body_sha256: hex(&body_hash(letter.body.as_bytes())),
                status: answer.status,
                answer: brief(&answer),
            });
        }
        let report = Report::decode(letter.body.as_bytes()).ok();
        rows.push(Row {
            what: name.escape_debug().to_string(),
            day: report.map_or_else(String::new, |report| report.period.date().to_string()),
            answer,
        });
    }
    let receipts = Receipts::new(receipts).encode();
    let failed = put(folder, RECEIPTS_FILE, &receipts).err();
    undone.unwritten.extend(failed);
    Ok(rows)
}

/// Takes in a request to be enrolled and writes the answer beside it.
async fn enrolment(
    store: &Store,
    root_key: Option<&RootKey>,
    folder: &Path,
    now: i64,
    unwritten: &mut Vec<ImportError>,
) -> Result<Option<Row>, ImportError> {
    let path = folder.join(ENROL_REQUEST_FILE);
    if fs::symlink_metadata(&path).is_err() {
        return Ok(None);
    }
    let row = |answer| Row {
        what: ENROL_REQUEST_FILE.to_owned(),
        day: String::new(),
        answer,
    };
    let letter = match letter(&path) {
        Ok(letter) => letter,
        Err(answer) => return Ok(Some(row(answer))),
    };
    let incoming = Incoming {
        idempotency_key: None,
        signature: Some(&letter.signature),
        body: letter.body.as_bytes(),
    };
    let outcome = ingest::enrol(store, incoming, now).await;
    let answer = Answer::to_enrolment(&outcome, root_key);
    if answer.status >= 500 {
        return Err(ImportError::Store(words(&answer)));
    }
    if let Ok(request) = EnrolRequest::decode(letter.body.as_bytes()) {
        let key = request.public_key.to_base64();
        let enrolled = Enrolled::new(key, answer.status, answer.body.clone());
        unwritten.extend(put(folder, ENROLLED_FILE, &enrolled.encode()).err());
    }
    Ok(Some(row(answer)))
}

/// The letter in a file, or the answer to what is none.
fn letter(path: &Path) -> Result<Letter, Answer> {
    // One bad sector must not keep the rest of the stick waiting.
    let failed = |error: io::Error| {
        Answer::refusal(
            RefusalReason::Malformed,
            &format!("the file cannot be read: {error}"),
        )
    };
    let refused = |reason, message: &str| Err(Answer::refusal(reason, message));
    if !fs::symlink_metadata(path).map_err(failed)?.is_file() {
        return refused(RefusalReason::Malformed, "this is no regular file");
    }
    // A stick may show another thing the second time: it is not followed, and not waited for.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::empty());
    let file = File::from(file.map_err(|error| failed(error.into()))?);
    if !file.metadata().map_err(failed)?.is_file() {
        return refused(RefusalReason::Malformed, "this is no regular file");
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_LETTER_BYTES).unwrap_or(u64::MAX);
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    match Letter::decode(&bytes) {
        Ok(letter) => Ok(letter),
        Err(xinting_wire::LetterError::TooLong(_)) => refused(
            RefusalReason::TooBig,
            "the file is longer than a report can be",
        ),
        Err(error) => refused(RefusalReason::Malformed, &error.to_string()),
    }
}

/// Writes a whole file, or leaves the one that is there.
fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), ImportError> {
    let path = folder.join(name);
    let new = folder.join(format!("{name}.new"));
    let written = || -> io::Result<()> {
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o644)
            .open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        File::open(folder)?.sync_all()
    };
    written().map_err(|source| {
        let _gone = fs::remove_file(&new);
        ImportError::Write { path, source }
    })
}

fn words(answer: &Answer) -> String {
    match answer.status {
        201 => "stored".to_owned(),
        200 => "had it already".to_owned(),
        _ => refusal(answer).map_or_else(String::new, |refusal| {
            // Some of it may come from the stick: a name in the body that nobody knows.
            refusal.message.escape_debug().to_string()
        }),
    }
}

/// A refusal, its sentence no longer than a line or two.
fn refusal(answer: &Answer) -> Option<Refusal> {
    let mut refusal: Refusal = serde_json::from_str(&answer.body).ok()?;
    refusal.message = refusal.message.chars().take(LONGEST_MESSAGE).collect();
    Some(refusal)
}

/// An answer as it stands in a receipt.
fn brief(answer: &Answer) -> String {
    let brief = refusal(answer).and_then(|refusal| serde_json::to_string(&refusal).ok());
    brief.unwrap_or_else(|| answer.body.clone())
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
