//! `new`, `check` and `build`: from an empty desk to a pack.

use super::speak::{complain, plain};
use super::{
    Failure, building, counted, describe, folder, free, here, layer_of, listed, signing_key, write,
};
use crate::arguments::{Signing, TrustArguments};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;
use xinting_author::template::Scope;
use xinting_author::{build as making, check as checking, parallel, place, template};
use xinting_content::{PackId, PackKind};

pub(crate) fn new(dir: &Path, id: Option<&str>, kind: &str, full: bool) -> Result<String, Failure> {
    let name = dir.file_name().and_then(|name| name.to_str());
    let id = id.or(name).unwrap_or_default();
    let hint = "is no id; name one with --id: lower-case letters, digits and hyphens";
    let id = PackId::new(id).ok_or_else(|| Failure::misuse(format!("“{id}” {hint}")))?;
    let kind = PackKind::from_name(kind).ok_or_else(|| Failure::misuse("there is no such kind"))?;
    let scope = if full { Scope::Full } else { Scope::Small };
    template::write(dir, &id, kind, scope).map_err(|error| Failure::refused(&error))?;
    let dir = dir.display();
    Ok(format!(
        "{dir} is made; change its files, then: xinting-pack check {dir}\n"
    ))
}

pub(crate) fn check(
    dir: &Path,
    over: &[PathBuf],
    trust: &TrustArguments,
) -> Result<String, Failure> {
    let layers = over.iter().map(|path| layer_of(path, trust));
    let mut layers = layers.collect::<Result<Vec<_>, Failure>>()?;
    layers.sort_by_key(|layer| layer.info.kind);
    let clone = here().or_else(|| place::clone_around(dir));
    let cache = place::sound_cache(clone.as_deref());
    let options = checking::Options {
        over: &layers,
        cache: cache.as_deref(),
        threads: parallel::cores(),
        today: Some(jiff::Zoned::now().date()),
    };
    let checked = checking::check(dir, &options).map_err(|error| folder(&error))?;
    let mut told = String::new();
    for warning in &checked.warnings {
        told.push_str(&format!("warning: {}\n", making::line(warning)));
    }
    let warnings = counted(checked.warnings.len(), "warning", "warnings");
    if !checked.faults.is_empty() {
        let faults = counted(checked.faults.len(), "fault", "faults");
        let listed = listed(&checked.faults);
        return Err(Failure::Refused(format!(
            "{told}{listed}\n{faults}, {warnings}"
        )));
    }
    complain(&told);
    let mut text = String::new();
    if let Some(layer) = &checked.layer {
        text.push_str(&describe::layer(layer));
        text.push('\n');
    }
    for (file, words) in &checked.sounds {
        text.push_str(&format!("{file}: {words}\n"));
    }
    for replaced in &checked.replaced {
        text.push_str(&format!("takes the place of {replaced}\n"));
    }
    text.push_str("nothing to correct");
    if !checked.warnings.is_empty() {
        text.push_str(&format!(", {warnings}"));
    }
    text.push('\n');
    Ok(text)
}

/// Steps on standard error: one line that changes where somebody looks at it, else a line a step.
pub(super) struct Progress {
    started: Instant,
    terminal: bool,
    /// Threads speak one at a time.
    line: Mutex<()>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Progress {
            started: Instant::now(),
            terminal: std::io::stderr().is_terminal(),
            line: Mutex::new(()),
        }
    }

    pub(super) fn tell(&self, text: &str) {
        let _held = self.line.lock();
        let text = &plain(text);
        let seconds = self.started.elapsed().as_secs_f32();
        let mut stderr = std::io::stderr().lock();
        // Back to the beginning of the line, and away with what stood there.
        let _ = if self.terminal {
            write!(stderr, "\r\x1b[K[{seconds:5.1} s] {text}")
        } else {
            writeln!(stderr, "[{seconds:5.1} s] {text}")
        };
    }

    /// Leaves the line to whatever comes next.
    pub(super) fn end(&self) {
        if self.terminal {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
        }
    }
}

pub(crate) fn build(
    dir: &Path,
    out: &Path,
    signing: &Signing,
    jobs: Option<usize>,
) -> Result<String, Failure> {
    let key = signing_key(signing, dir)?;
    let clone = here().or_else(|| place::clone_around(dir));
    let cache = place::sound_cache(clone.as_deref());
    let out = &named(out, dir);
    free(out)?;
    let progress = Progress::new();
    let options = making::Options {
        cache: cache.as_deref(),
        threads: jobs.unwrap_or_else(parallel::cores),
    };
    let built = making::build(dir, &key, options, |text| progress.tell(text));
    progress.end();
    let built = built.map_err(|error| building(&error))?;
    write(out, &built.bytes)?;
    let mut text = String::new();
    for (file, words) in &built.sounds {
        text.push_str(&format!("{file}: {words}\n"));
    }
    let size = built.bytes.len() as u64;
    text.push_str(&describe::file(&built.pack, size));
    text.push_str(&format!("{}\n", out.display()));
    Ok(text)
}

/// A folder (a stick's, say) is given the pack under the name of its source.
fn named(out: &Path, dir: &Path) -> PathBuf {
    if !out.is_dir() {
        return out.to_owned();
    }
    let source = std::path::absolute(dir).unwrap_or_default();
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    out.join(format!("{name}.xpack"))
}
