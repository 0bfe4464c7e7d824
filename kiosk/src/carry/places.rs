//! Where on a stick the things lie that are meant for a booth and are no packs: by name alone, in the order in which
//! they are worth looking at. Not here: what is in them.
//!
//! A district's stick carries the configurations of all its booths. So a list of keys is never behind a configuration,
//! and what bears this booth's name is never behind another booth's; what lies in the root comes before what lies in
//! folders.

use std::path::Path;
use xinting_hw::usb::{Listed, ListedKind, StickFiles};
use xinting_wire::letter::{ENROLLED_FILE, EXPORT_FOLDER_PREFIX, RECEIPTS_FILE};

use super::CarriedKind;

/// Most exports of this booth, newest first, whose answers are looked at.
const MOST_EXPORTS: usize = 16;
/// Most folders that are looked into.
const MOST_FOLDERS: usize = 64;
/// Most names of one kind that are held on to.
const MOST_NAMES: usize = 4_096;

/// A file of the stick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Its path.
    pub(super) file: String,
    /// What it is by its name.
    pub(super) kind: CarriedKind,
    /// What the stick says of its length.
    pub(super) size_bytes: u64,
}

/// Everything there is, each kind in the order in which it is worth looking at.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) key_lists: Vec<Place>,
    pub(super) configs: Vec<Place>,
    /// Receipts and answers to requests, in this booth's own exports.
    pub(super) answers: Vec<Place>,
    /// How many names and folders were not looked at.
    pub(super) left_out: usize,
}

/// Searches the root and the folders in it. `own`: how the names of this booth's exports begin; `booth`: its id.
pub(super) fn places(files: &dyn StickFiles, own: &[String], booth: Option<&str>) -> Places {
    let mut places = Places::default();
    let mut folders = Vec::new();
    for entry in files.list("").unwrap_or_default() {
        match entry.kind {
            ListedKind::File => places.add("", entry),
            ListedKind::Folder if !entry.name.starts_with('.') => folders.push(entry.name),
            ListedKind::Folder | ListedKind::Other => {}
        }
    }
    // A stick may have carried many days of many booths: this booth's own matter, and of those the newest.
    let (mut exports, mut others): (Vec<String>, Vec<String>) = folders
        .into_iter()
        .partition(|folder| own.iter().any(|own| folder.starts_with(own.as_str())));
    exports.sort_by(|a, b| b.cmp(a));
    exports.truncate(MOST_EXPORTS);
    let of_others = |folder: &String| folder.starts_with(EXPORT_FOLDER_PREFIX);
    others.sort_by_key(of_others);
    // What other booths brought out holds nothing for this one.
    let beyond = others.iter().skip(MOST_FOLDERS);
    places.left_out += beyond.filter(|folder| !of_others(folder)).count();
    for folder in others.into_iter().take(MOST_FOLDERS) {
        // A folder that cannot be listed has nothing that could be taken.
        for entry in files.list(&folder).unwrap_or_default() {
            if entry.kind == ListedKind::File {
                places.add(&folder, entry);
            }
        }
    }
    for folder in exports {
        for entry in files.list(&folder).unwrap_or_default() {
            let kind = match entry.name.as_str() {
                RECEIPTS_FILE => CarriedKind::Receipts,
                ENROLLED_FILE => CarriedKind::Enrolled,
                _ => continue,
            };
            if entry.kind == ListedKind::File {
                places.answers.push(place(&folder, entry, kind));
            }
        }
    }
    if let Some(booth) = booth {
        places
            .configs
            .sort_by_key(|place| !names(&place.file, booth));
    }
    places
}

impl Places {
    fn add(&mut self, folder: &str, entry: Listed) {
        let Some(kind) = signed(&entry.name) else {
            return;
        };
        let these = match kind {
            CarriedKind::KeyList => &mut self.key_lists,
            _ => &mut self.configs,
        };
        match these.len() < MOST_NAMES {
            true => these.push(place(folder, entry, kind)),
            false => self.left_out += 1,
        }
    }
}

fn place(folder: &str, entry: Listed, kind: CarriedKind) -> Place {
    let file = match folder {
        "" => entry.name,
        folder => format!("{folder}/{}", entry.name),
    };
    Place {
        file,
        kind,
        size_bytes: entry.size_bytes,
    }
}

/// Whether the file's own name, without its ending, has this id in it as a word: `b-1` is in `2026-b-1.xconf` and not
/// in `b-12.xconf`.
fn names(file: &str, booth: &str) -> bool {
    let stem = Path::new(file).file_stem().and_then(|stem| stem.to_str());
    let stem = stem.unwrap_or_default().to_ascii_lowercase();
    let word = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_ascii_alphanumeric());
    stem.match_indices(booth).any(|(at, found)| {
        let (before, after) = (&stem[..at], &stem[at + found.len()..]);
        word(before.chars().next_back()) && word(after.chars().next())
    })
}

fn signed(name: &str) -> Option<CarriedKind> {
    // Other systems leave files such as `._keys.xkeys` beside those they copy.
    if name.starts_with('.') {
        return None;
    }
    match Path::new(name).extension()?.to_str()? {
        ending if ending.eq_ignore_ascii_case("xkeys") => Some(CarriedKind::KeyList),
        ending if ending.eq_ignore_ascii_case("xconf") => Some(CarriedKind::Config),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_booths_only_as_a_whole_word() {
        let cases = [
            ("b-1.xconf", true),
            ("d/B-1.XCONF", true),
            ("2026-b-1.xconf", true),
            ("配置b-1号.xconf", true),
            ("b-12.xconf", false),
            ("ab-1.xconf", false),
            ("b-1/all.xconf", false),
            ("ab-1 b-1.xconf", true),
            (".xconf", false),
        ];
        for (file, is) in cases {
            assert_eq!(names(file, "b-1"), is, "{file}");
        }
    }
}
