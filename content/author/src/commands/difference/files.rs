//! How two packs' files differ that are told by their lines or their length: texts and sounds.

use super::Differ;
use super::apart::differing;
use std::sync::Arc;
use xinting_content::VerifiedPack;
use xinting_sound::{Decoder, frames_to_ms};

impl Differ<'_> {
    /// How many lines of these files differ.
    pub(super) fn lines_changed(&self, files: &[String]) -> usize {
        let text = |pack: &VerifiedPack, file: &String| {
            let bytes = pack.read(file).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let changed = |file: &String| {
            let (old, new) = (text(self.old.0, file), text(self.new.0, file));
            if old == new {
                0
            } else {
                differing(&old, &new).max(1)
            }
        };
        files.iter().map(changed).sum()
    }

    /// Whether a sound is another one: how much longer, and how much louder it was made.
    pub(super) fn sound(&self, words: &mut Vec<String>, name: &str, files: (&str, &str)) {
        let hash = |pack: &VerifiedPack, file: &str| {
            let mut entries = pack.manifest().entries.iter();
            let entry = entries.find(|entry| entry.member.name == file)?;
            Some((entry.sha256, entry.gain_db.unwrap_or(0.0)))
        };
        let (Some(old), Some(new)) = (hash(self.old.0, files.0), hash(self.new.0, files.1)) else {
            return;
        };
        if old.0 == new.0 {
            return;
        }
        let mut parts = Vec::new();
        let (from, to) = (seconds(self.old.0, files.0), seconds(self.new.0, files.1));
        if let (Some(from), Some(to)) = (from, to)
            && (from - to).abs() >= 0.1
        {
            parts.push(format!("{from:.1} s → {to:.1} s"));
        }
        let louder = old.1 - new.1;
        if louder.abs() >= 0.5 {
            let how = if louder > 0.0 { "louder" } else { "quieter" };
            parts.push(format!(
                "made {:.1} dB {how} (played at the common loudness)",
                louder.abs()
            ));
        }
        if parts.is_empty() {
            parts.push("another recording".to_owned());
        }
        words.push(format!("{name}: {}", parts.join(", ")));
    }
}

fn seconds(pack: &VerifiedPack, file: &str) -> Option<f64> {
    let mut decoder = Decoder::open(Arc::from(pack.read(file).ok()?)).ok()?;
    let mut chunk = vec![0.0; 96_000];
    let mut frames = 0;
    loop {
        match decoder.read(&mut chunk).ok()? {
            0 => break,
            read => frames += read as u64,
        }
    }
    Some(frames_to_ms(frames) as f64 / 1e3)
}
