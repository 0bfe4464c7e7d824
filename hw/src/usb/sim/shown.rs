//! What a faulty stick shows: names and lengths that are not in its folder, and where its files lie on the device.

use rustix::fs::FileType;

use super::StickFault;
use super::faults::Faults;
use crate::usb::files::{FolderFiles, Listed, ListedKind, MOST_LISTED, StickFiles, listed_as};

/// Bytes of a sector.
pub(super) const SECTOR_BYTES: u64 = 512;
/// Deepest folder whose files have sectors.
const DEEPEST: usize = 8;

/// What a fault makes of a folder's list.
pub(super) fn apply_to_list(fault: &StickFault, folder: &str, listed: &mut Vec<Listed>) {
    let above = |path: &str| {
        path.rsplit_once('/')
            .map_or("", |(above, _)| above)
            .to_owned()
    };
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    match fault {
        StickFault::Size { file, bytes } if above(file) == folder => {
            for entry in listed.iter_mut().filter(|entry| entry.name == name(file)) {
                entry.size_bytes = *bytes;
            }
        }
        StickFault::OddNames { file } if above(file) == folder => {
            let name = name(file);
            let found = listed.iter().find(|entry| entry.name == name);
            let Some(size) = found.map(|entry| entry.size_bytes) else {
                return;
            };
            let raw = [
                long_name(&name).into_bytes(),
                [b"\xff\xfe", name.as_bytes()].concat(),
                [b"two\nlines ", name.as_bytes()].concat(),
            ];
            listed.extend(
                raw.iter()
                    .map(|raw| listed_as(raw, Some((FileType::RegularFile, size)))),
            );
        }
        StickFault::Many { names } if folder.is_empty() => {
            let many = (1..=*names).take(MOST_LISTED).map(|number| Listed {
                name: one_of_many(number),
                kind: ListedKind::File,
                size_bytes: 0,
            });
            listed.splice(0..0, many);
        }
        _ => {}
    }
}

/// 300 bytes, as FAT and exFAT allow where the letters are Chinese; the ending is the file's.
fn long_name(name: &str) -> String {
    let ending = name.rfind('.').map_or("", |dot| &name[dot..]);
    let letters = (300_usize.saturating_sub(ending.len())) / '长'.len_utf8();
    format!("{}{ending}", "长".repeat(letters))
}

fn one_of_many(number: u32) -> String {
    format!("IMG_{number:07}.JPG")
}

/// Whether this is a file that the stick only shows.
pub(super) fn is_one_of_many(faults: &Faults, path: &str) -> bool {
    let number = path
        .strip_prefix("IMG_")
        .and_then(|rest| rest.strip_suffix(".JPG"))
        .and_then(|number| number.parse::<u32>().ok());
    number.is_some_and(|number| {
        let mut sets = faults.all().filter_map(|fault| match fault {
            StickFault::Many { names } => Some(*names),
            _ => None,
        });
        sets.any(|names| (1..=names).contains(&number))
    })
}

/// The file behind a name that the stick only shows.
pub(super) fn real_path(faults: &Faults, path: &str) -> String {
    for fault in faults.all() {
        if let StickFault::OddNames { file } = fault {
            let (above, name) = match file.rsplit_once('/') {
                Some((above, name)) => (format!("{above}/"), name),
                None => (String::new(), file.as_str()),
            };
            if path == format!("{above}{}", long_name(name)) {
                return file.clone();
            }
        }
    }
    path.to_owned()
}

/// The first sector of a file: all files of the stick lie one after the other, sorted, folders after their files.
pub(super) fn sector_of(files: &FolderFiles, path: &str) -> u64 {
    fn walk(files: &FolderFiles, folder: &str, deep: usize, path: &str, at: &mut u64) -> bool {
        let listed = files.list(folder).unwrap_or_default();
        let full = |name: &str| match folder {
            "" => name.to_owned(),
            folder => format!("{folder}/{name}"),
        };
        for entry in listed.iter().filter(|one| one.kind == ListedKind::File) {
            if full(&entry.name) == path {
                return true;
            }
            *at += entry.size_bytes.div_ceil(SECTOR_BYTES);
        }
        let mut folders = listed.iter().filter(|one| one.kind == ListedKind::Folder);
        deep < DEEPEST && folders.any(|one| walk(files, &full(&one.name), deep + 1, path, at))
    }
    let mut at = 0;
    walk(files, "", 0, path, &mut at);
    at
}
