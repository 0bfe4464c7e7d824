//! Looking for what must not be there: values that occur nowhere by chance, searched for in every
//! byte a booth left behind, in every encoding it might have slipped out in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::path::{Path, PathBuf};

/// One thing to look for.
#[derive(Debug, Clone)]
pub struct Canary {
    name: String,
    needles: Vec<(&'static str, Vec<u8>)>,
}

/// Where one was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// What was found and in which encoding.
    pub what: String,
    /// In which file or body.
    pub place: String,
    /// At which byte.
    pub offset: usize,
}

impl Canary {
    /// A text: as UTF-8, UTF-16 of both orders, JSON escapes and base64 at each of the three alignments.
    pub fn text(text: &str) -> Self {
        let utf16 =
            |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let escaped: String = text
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect();
        let mut needles = vec![
            ("UTF-8", text.as_bytes().to_vec()),
            ("UTF-16 LE", utf16(u16::to_le_bytes)),
            ("UTF-16 BE", utf16(u16::to_be_bytes)),
        ];
        if !text.is_ascii() {
            needles.push(("JSON escapes", escaped.into_bytes()));
        }
        needles.extend(base64_forms(text.as_bytes()).map(|form| ("base64", form)));
        Self {
            name: text.to_owned(),
            needles,
        }
    }

    /// A number: its decimal digits as text, and 8 bytes of both orders and 4 of both orders.
    pub fn number(value: i32) -> Self {
        let mut canary = Self::text(&value.to_string());
        let wide = i64::from(value);
        canary.needles.extend([
            ("4 bytes LE", value.to_le_bytes().to_vec()),
            ("4 bytes BE", value.to_be_bytes().to_vec()),
            ("8 bytes LE", wide.to_le_bytes().to_vec()),
            ("8 bytes BE", wide.to_be_bytes().to_vec()),
        ]);
        canary
    }

    /// Bytes exactly as they are.
    pub fn bytes(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            needles: vec![("raw", bytes.to_vec())],
        }
    }

    fn sightings(&self, place: &str, haystack: &[u8]) -> Vec<Sighting> {
        self.needles
            .iter()
            .filter_map(|(encoding, needle)| {
                find(haystack, needle).map(|offset| Sighting {
                    what: format!("{} ({encoding})", self.name),
                    place: place.to_owned(),
                    offset,
                })
            })
            .collect()
    }
}

/// What the canary pack's answers, values, totals, bands and results are.
pub fn canaries_of_the_fixture() -> Vec<Canary> {
    let values = [73_519_821, 73_519_847, 73_519_893];
    let totals = values
        .iter()
        .flat_map(|a| values.iter().map(move |b| a + b));
    let words = [
        "金丝雀停在北窗",
        "金丝雀停在南窗",
        "金丝雀停在西窗",
        "canary at the",
        "金丝雀结果",
        "canary result",
        "canary-low-band",
        "canary-high-band",
    ];
    let mut numbers: Vec<i32> = values.into_iter().chain(totals).collect();
    numbers.sort_unstable();
    numbers.dedup();
    words
        .iter()
        .map(|word| Canary::text(word))
        .chain(numbers.into_iter().map(Canary::number))
        .collect()
}

/// Looks for every canary in one body of bytes.
pub fn search_bytes(canaries: &[Canary], place: &str, haystack: &[u8]) -> Vec<Sighting> {
    canaries
        .iter()
        .flat_map(|canary| canary.sightings(place, haystack))
        .collect()
}

/// Looks for every canary in every file below `dir` but the packs themselves, which hold the
/// questions and were there before any visitor.
///
/// # Panics
/// If `dir` cannot be read: a search that saw nothing proves nothing.
pub fn search_dir(canaries: &[Canary], dir: &Path) -> Vec<Sighting> {
    files(dir)
        .into_iter()
        .filter(|path| {
            path.extension()
                .is_none_or(|extension| extension != "xpack")
        })
        .flat_map(|path| {
            // A file that a running booth removed between the listing and the reading left nothing.
            let bytes = std::fs::read(&path).unwrap_or_default();
            search_bytes(canaries, &path.display().to_string(), &bytes)
        })
        .collect()
}

/// Every regular file below `dir`.
///
/// # Panics
/// If `dir` cannot be read.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(next) = open.pop() {
        for entry in
            std::fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display()))
        {
            let Ok(entry) = entry else { continue };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found
}

fn base64_forms(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..3).filter_map(move |shift| {
        let mut padded = vec![0; shift];
        padded.extend_from_slice(bytes);
        let text = STANDARD_NO_PAD.encode(&padded).into_bytes();
        // The characters that depend on what stands before and after are cut off.
        let from = [0, 2, 3][shift];
        let to = text.len() - usize::from(padded.len() % 3 != 0);
        (to > from + 7).then(|| text[from..to].to_vec())
    })
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = haystack[from..].iter().position(|&byte| byte == first) {
        let start = from + at;
        if haystack[start..].starts_with(needle) {
            return Some(start);
        }
        from = start + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_is_seen() {
        let canary = [Canary::text("金丝雀唱歌"), Canary::number(735_198_264)];
        let mut base64 = b"xx".to_vec();
        base64.extend_from_slice("金丝雀唱歌".as_bytes());
        let encoded = base64::engine::general_purpose::STANDARD.encode(&base64);
        assert_eq!(search_bytes(&canary, "a", encoded.as_bytes()).len(), 1);
        assert_eq!(
            search_bytes(&canary, "b", "说：金丝雀唱歌。".as_bytes()).len(),
            1
        );
        let utf16: Vec<u8> = "金丝雀唱歌"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(search_bytes(&canary, "c", &utf16).len(), 1);
        assert_eq!(search_bytes(&canary, "d", b"{\"v\":735198264}").len(), 1);
        assert_eq!(
            search_bytes(&canary, "e", &735_198_264_i32.to_be_bytes()).len(),
            1
        );
        assert!(search_bytes(&canary, "f", b"nothing of the kind").is_empty());
    }
}
