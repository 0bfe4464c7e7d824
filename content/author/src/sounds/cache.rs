//! Sounds rendered or measured before, kept by what they are made from. A cache only saves time: what is
//! damaged in it is made again.

use super::Heard;
use crate::place;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use xinting_content::layer::SoundPlan;
use xinting_sound::synth;

/// One place in the cache.
pub(super) struct Slot {
    folder: PathBuf,
    /// What is cached, whichever build of the tool made it.
    what: String,
    /// Which build of the tool; another build may render otherwise.
    build: String,
}

impl Slot {
    pub(super) fn new(
        folder: &Path,
        plan: &SoundPlan,
        recipe: Option<&synth::Recipe>,
        shipped: &[u8],
    ) -> Option<Slot> {
        let what = match recipe {
            Some(recipe) => hex(&Sha256::digest(format!("{recipe:?}"))),
            None => hex(&Sha256::digest(
                [format!("{:?}", plan.span).as_bytes(), shipped].concat(),
            )),
        };
        Self::of(folder, what)
    }

    /// Where it is kept that this recipe could be followed so far.
    pub(super) fn tried(folder: &Path, recipe: &synth::Recipe) -> Option<Slot> {
        Self::of(folder, hex(&Sha256::digest(format!("tried {recipe:?}"))))
    }

    fn of(folder: &Path, what: String) -> Option<Slot> {
        let tool = std::fs::metadata(std::env::current_exe().ok()?).ok()?;
        let made = tool
            .modified()
            .ok()?
            .duration_since(std::time::UNIX_EPOCH)
            .ok()?;
        let build = format!("{}-{}", made.as_nanos(), tool.len());
        std::fs::create_dir_all(folder).ok()?;
        Some(Slot {
            folder: folder.to_owned(),
            what: what.get(..32)?.to_owned(),
            build,
        })
    }

    fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.{}", self.what, self.build))
    }

    /// The bytes of a rendered sound (none for one that the author ships) and what was measured, if
    /// they are there and whole: a line with hash and figures, then the sound.
    pub(super) fn read(&self) -> Option<(Vec<u8>, Heard)> {
        let file = std::fs::read(self.path()).ok()?;
        let end = file.iter().position(|&byte| byte == b'\n')?;
        let (head, bytes) = (std::str::from_utf8(&file[..end]).ok()?, &file[end + 1..]);
        let (hash, figures) = head.split_once(' ')?;
        let held = hex(&Sha256::digest([figures.as_bytes(), bytes].concat()));
        (hash == held).then_some(())?;
        Some((bytes.to_vec(), figured(figures)?))
    }

    /// A cache that cannot be written costs time at the next build and nothing else.
    pub(super) fn write(&self, bytes: &[u8], heard: &Heard) {
        let figures = figures(heard);
        let hash = hex(&Sha256::digest([figures.as_bytes(), bytes].concat()));
        let mut file = format!("{hash} {figures}\n").into_bytes();
        file.extend(bytes);
        if place::write_whole(&self.path(), &file).is_ok() {
            self.forget_other_builds();
        }
    }

    fn forget_other_builds(&self) {
        let own = self.path();
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten();
        for entry in entries.flatten() {
            let same = entry.file_name().to_string_lossy().starts_with(&self.what);
            if same && entry.path() != own {
                // Another build running now may have removed it first.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

fn figures(heard: &Heard) -> String {
    let lufs = heard
        .lufs
        .map_or("none".to_owned(), |lufs| lufs.to_string());
    format!(
        "{} {lufs} {} {} {} {}",
        heard.frames, heard.peak_dbtp, heard.offset, heard.clips, heard.gain_db
    )
}

fn figured(text: &str) -> Option<Heard> {
    let parts: Vec<&str> = text.split(' ').collect();
    let [frames, lufs, peak, offset, clips, gain] = parts[..] else {
        return None;
    };
    Some(Heard {
        frames: frames.parse().ok()?,
        lufs: match lufs {
            "none" => None,
            lufs => Some(lufs.parse().ok()?),
        },
        peak_dbtp: peak.parse().ok()?,
        offset: offset.parse().ok()?,
        clips: clips.parse().ok()?,
        gain_db: gain.parse().ok()?,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
