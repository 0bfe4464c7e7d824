//! The packs of a clone: built by `xinting-pack`, kept until their sources or the tool change.

use super::CloneError;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;
use xinting_content::{PublicKey, Trust, VerifiedPack};

/// Folders below `content/` that become packs.
const SOURCES: [&str; 2] = ["starter", "sample-school"];
const TOOL: &str = "xinting-pack";
/// Deepest folder of a source that is looked into. None is deeper than two.
const DEEPEST: usize = 8;

/// The public half of the clone's development key, made by the tool on first use.
pub(super) fn public_key(clone: &Path) -> PathBuf {
    clone.join(".dev/pack.pub")
}

/// The folder of up-to-date packs, after making what is missing or old.
pub(super) fn made(clone: &Path, exe_dir: &Path) -> Result<PathBuf, CloneError> {
    let folder = clone.join("target/packs");
    let tool = exe_dir.join(TOOL);
    let stale = || {
        SOURCES
            .into_iter()
            .filter(|source| !is_fresh(clone, &folder, source, &tool))
    };
    if stale().next().is_none() {
        return Ok(folder);
    }
    if !tool.is_file() {
        return Err(CloneError::NoTool { path: tool });
    }
    fs::create_dir_all(&folder).map_err(CloneError::disk(&folder))?;
    // Whoever comes first makes them; the others wait here and then find them fresh.
    let _held = lock(&folder.join(".lock"))?;
    for source in stale() {
        build(clone, &folder, source, &tool)?;
    }
    Ok(folder)
}

fn lock(path: &Path) -> Result<File, CloneError> {
    let opened = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path);
    let held = opened.and_then(|file| file.lock().map(|()| file));
    held.map_err(CloneError::disk(path))
}

fn pack(folder: &Path, source: &str) -> PathBuf {
    folder.join(format!("{source}.xpack"))
}

/// Whether a pack is there, younger than its sources and the tool, and signed by the clone's key as it is now.
fn is_fresh(clone: &Path, folder: &Path, source: &str, tool: &Path) -> bool {
    let pack = pack(folder, source);
    let made = || -> io::Result<bool> {
        let made = fs::metadata(&pack)?.modified()?;
        let tool = fs::metadata(tool).and_then(|tool| tool.modified()).ok();
        let changed = newest(&clone.join("content").join(source), DEEPEST)?;
        Ok(changed.max(tool.unwrap_or(changed)) <= made)
    };
    let signed = || {
        let key = PublicKey::parse(&fs::read_to_string(public_key(clone)).ok()?).ok()?;
        VerifiedPack::open_installed(File::open(&pack).ok()?, &Trust::roots(vec![key])).ok()
    };
    made().unwrap_or(false) && signed().is_some()
}

/// When anything in a folder last changed; a file that was removed changed its folder.
fn newest(folder: &Path, depth: usize) -> io::Result<SystemTime> {
    let mut newest = fs::metadata(folder)?.modified()?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let changed = if entry.file_type()?.is_dir() && depth > 0 {
            self::newest(&entry.path(), depth - 1)?
        } else {
            entry.metadata()?.modified()?
        };
        newest = newest.max(changed);
    }
    Ok(newest)
}

fn build(clone: &Path, folder: &Path, source: &str, tool: &Path) -> Result<(), CloneError> {
    let sources = clone.join("content").join(source);
    let new = folder.join(format!(".new-{source}.xpack"));
    // As old as its beginning, so that a source changed meanwhile is younger.
    let began = SystemTime::now();
    let mut child = Command::new(tool)
        .arg("build")
        .arg(&sources)
        .arg("-o")
        .arg(&new)
        .current_dir(clone)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(CloneError::disk(tool))?;
    let said = child.stderr.take().map(pass_on).unwrap_or_default();
    let status = child.wait().map_err(CloneError::disk(tool))?;
    if !status.success() {
        return Err(CloneError::Refused {
            folder: sources,
            said,
        });
    }
    let aged = File::options()
        .write(true)
        .open(&new)
        .and_then(|file| file.set_modified(began));
    let placed = aged.and_then(|()| fs::rename(&new, pack(folder, source)));
    placed.map_err(CloneError::disk(&new))
}

/// Shows what the tool says while it works, since sounds take a while to render; gives its last words.
fn pass_on(stderr: impl io::Read) -> String {
    let mut last = "it gave no reason".to_owned();
    for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        if !line.is_empty() {
            // Whoever started the booth may have closed its end.
            let _unread = writeln!(io::stderr().lock(), "{line}");
            last = line;
        }
    }
    last
}
