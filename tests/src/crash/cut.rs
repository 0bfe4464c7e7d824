//! What a power cut may leave of a recording: the model of persistence.
//!
//! What was synced is there. Everything else is there, partly there or not there, each change by itself and in any
//! order: a name without the bytes of its file, bytes without the name, a later write without an earlier one. A file
//! that grew may end in zeros or in rubbish instead of its bytes. A sector of 512 bytes is old or new. Not modelled: a
//! disk that lies about a flush, and one that spoils what it was not writing.

use super::disk::{Change, Disk, Node, Step};
use super::recorder::Recording;

/// Bytes that a disk writes whole or not at all.
const SECTOR: usize = 512;
/// What is in a place of the disk that nobody wrote yet.
const RUBBISH: u8 = 0xA5;

/// Which syncing is left out, to see that its absence is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// None: the program as it is.
    Honest,
    /// As if the program never synced anything.
    NoSync,
    /// As if the program never synced a folder.
    NoFolderSync,
}

/// How many images are made of each moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Cuts of a write that was under way, besides its sectors: how many sectors.
    pub sectors: usize,
    /// How many of the newest unsafe changes are left out, and kept, alone.
    pub singles: usize,
    /// Draws in which each unsafe change has a fate of its own.
    pub draws: u64,
}

impl Effort {
    /// For every change that lands.
    pub const SHORT: Self = Self {
        sectors: 3,
        singles: 4,
        draws: 2,
    };
    /// The same for a recording of few steps.
    pub const WIDE: Self = Self {
        sectors: 8,
        singles: 16,
        draws: 8,
    };
    /// For a night.
    pub const LONG: Self = Self {
        sectors: 8,
        singles: 64,
        draws: 48,
    };
}

/// What became of one change that was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Whole,
    Missing,
    /// Its first bytes.
    Torn(usize),
    /// Each sector of it is there or not, drawn from this.
    Sectors(u64),
    /// The file is long enough; where it grew there is this.
    Filled(u8),
}

/// An image: a disk after a cut, and what was promised before.
#[derive(Debug, Clone)]
pub struct Image {
    /// What is left.
    pub disk: Disk,
    /// How many promises had been made.
    pub promises: usize,
    /// Where and how it was cut, for messages.
    pub cut: String,
}

/// The disk between two steps.
struct Moment<'a> {
    safe: Disk,
    unsafe_changes: Vec<&'a Change>,
    promises: usize,
}

impl Moment<'_> {
    fn sync(&mut self, home: Node) {
        let safe = &mut self.safe;
        self.unsafe_changes.retain(|change| {
            let stays = change.home() != home;
            if !stays {
                safe.apply(change);
            }
            stays
        });
    }

    fn left(&self, fate: impl Fn(usize, &Change) -> Fate) -> Disk {
        let mut disk = self.safe.clone();
        for (place, change) in self.unsafe_changes.iter().enumerate() {
            befall(&mut disk, change, fate(place, change));
        }
        disk
    }
}

fn befall(disk: &mut Disk, change: &Change, fate: Fate) {
    let Change::Bytes {
        node,
        offset,
        bytes,
    } = change
    else {
        // Names and lengths change whole or not at all.
        if fate != Fate::Missing {
            disk.apply(change);
        }
        return;
    };
    match fate {
        Fate::Whole => disk.apply(change),
        Fate::Missing => {}
        Fate::Torn(length) => disk.write(*node, *offset, &bytes[..length.min(bytes.len())]),
        Fate::Sectors(seed) => {
            let mut draw = Draw(seed | 1);
            for (from, to) in sectors(*offset, bytes.len()) {
                if draw.next().is_multiple_of(2) {
                    disk.write(*node, offset + from, &bytes[from..to]);
                }
            }
        }
        Fate::Filled(with) => {
            // What was synced there before is not touched.
            let length = disk.file(*node).len();
            let grown = (offset + bytes.len()).saturating_sub(length.max(*offset));
            let filling = vec![with; grown];
            disk.write(*node, length.max(*offset), &filling);
        }
    }
}

/// The pieces of a write that lie in one sector each, as places in the write.
fn sectors(offset: usize, length: usize) -> Vec<(usize, usize)> {
    let mut pieces = Vec::new();
    let mut from = 0;
    while from < length {
        let to = (from + SECTOR - (offset + from) % SECTOR).min(length);
        pieces.push((from, to));
        from = to;
    }
    pieces
}

/// A small generator, the same on every machine.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    fn fate(&mut self) -> Fate {
        match self.next() % 8 {
            0..=2 => Fate::Whole,
            3 | 4 => Fate::Missing,
            5 => Fate::Sectors(self.next()),
            6 => Fate::Filled(0),
            _ => Fate::Filled(RUBBISH),
        }
    }
}

/// Hands every image of a recording to `take`, in the order of the steps: a cut before the first, after each, and in
/// the middle of each write.
pub fn every(recording: &Recording, control: Control, effort: Effort, take: &mut dyn FnMut(Image)) {
    let mut moment = Moment {
        safe: recording.before.clone(),
        unsafe_changes: Vec::new(),
        promises: 0,
    };
    cut(&moment, 0, effort, take);
    for (number, step) in recording.steps.iter().enumerate() {
        match step {
            Step::Change(change) => moment.unsafe_changes.push(change),
            Step::Sync(home) => {
                let folder = recording.folders.contains(home);
                match control {
                    Control::Honest => moment.sync(*home),
                    Control::NoFolderSync if !folder => moment.sync(*home),
                    Control::NoSync | Control::NoFolderSync => {}
                }
            }
            Step::Promise => moment.promises += 1,
        }
        cut(&moment, number + 1, effort, take);
    }
}

fn cut(moment: &Moment<'_>, steps: usize, effort: Effort, take: &mut dyn FnMut(Image)) {
    let mut give = |how: &str, disk: Disk| {
        take(Image {
            disk,
            promises: moment.promises,
            cut: format!("after step {steps}, {how}"),
        });
    };
    let waiting = moment.unsafe_changes.len();
    let names_and = |otherwise: Fate| {
        moment.left(|_, change| {
            if change.is_names() {
                Fate::Whole
            } else {
                otherwise
            }
        })
    };
    give("everything is there", moment.left(|_, _| Fate::Whole));
    if waiting == 0 {
        return;
    }
    give("only what was synced", moment.safe.clone());
    give("names without bytes", names_and(Fate::Missing));
    give("names, and zeros for bytes", names_and(Fate::Filled(0)));
    give(
        "names, and rubbish for bytes",
        names_and(Fate::Filled(RUBBISH)),
    );
    let nameless = moment.left(|_, change| {
        if change.is_names() {
            Fate::Missing
        } else {
            Fate::Whole
        }
    });
    give("bytes without names", nameless);

    let last = waiting - 1;
    for length in tears(moment.unsafe_changes[last], effort.sectors) {
        for (others, word) in [(Fate::Whole, "with"), (Fate::Missing, "without")] {
            let torn = |place, _: &Change| {
                if place == last {
                    Fate::Torn(length)
                } else {
                    others
                }
            };
            let how = format!("the last write torn after {length} bytes, {word} the others");
            give(&how, moment.left(torn));
        }
    }
    for single in waiting.saturating_sub(effort.singles)..waiting {
        for (one, others, word) in [
            (Fate::Missing, Fate::Whole, "all but"),
            (Fate::Whole, Fate::Missing, "none but"),
        ] {
            let alone = |place, _: &Change| if place == single { one } else { others };
            let how = format!("{word} unsafe change {single}");
            give(&how, moment.left(alone));
        }
    }
    for number in 0..effort.draws {
        // The seed tells the moment and the draw, so that one image can be made again by itself.
        let seed = (steps as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (number << 32);
        let mut draw = Draw(seed | 1);
        let fates: Vec<Fate> = (0..waiting).map(|_| draw.fate()).collect();
        give(
            &format!("draw {number}"),
            moment.left(|place, _| fates[place]),
        );
    }
}

/// Where a write that is under way may end: after a byte, in the middle, before its last byte, and between sectors.
fn tears(change: &Change, most_sectors: usize) -> Vec<usize> {
    let Change::Bytes { offset, bytes, .. } = change else {
        return Vec::new();
    };
    let mut tears = vec![1, bytes.len() / 2, bytes.len().saturating_sub(1)];
    let inner: Vec<usize> = sectors(*offset, bytes.len())
        .iter()
        .map(|(from, _)| *from)
        .filter(|from| *from > 0)
        .collect();
    let stride = inner.len().div_ceil(most_sectors.max(1)).max(1);
    tears.extend(inner.iter().step_by(stride));
    tears.extend(inner.last());
    tears.retain(|length| (1..bytes.len()).contains(length));
    tears.sort_unstable();
    tears.dedup();
    tears
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crash::disk::ROOT;
    use std::collections::BTreeSet;

    const FILE: Node = 2;

    fn bytes(offset: usize, bytes: &[u8]) -> Step {
        Step::Change(Change::Bytes {
            node: FILE,
            offset,
            bytes: bytes.to_vec(),
        })
    }

    fn name() -> Step {
        Step::Change(Change::Names {
            folder: ROOT,
            names: vec![("file".to_owned(), Some(FILE))],
        })
    }

    /// Every content that `file` may have, `None` for no file.
    fn contents(steps: Vec<Step>, control: Control) -> BTreeSet<Option<Vec<u8>>> {
        let recording = Recording {
            before: Disk::default(),
            folders: BTreeSet::from([ROOT]),
            steps,
        };
        let mut found = BTreeSet::new();
        let last = recording.steps.len();
        every(&recording, control, Effort::LONG, &mut |image| {
            if image.cut.starts_with(&format!("after step {last},")) {
                let tree = image.disk.tree(&recording.folders);
                let file = tree.values().next().cloned().flatten();
                found.insert(file.map(|bytes| bytes.to_vec()));
            }
        });
        found
    }

    #[test]
    fn what_was_synced_is_there_and_only_that_is_sure() {
        let steps = vec![name(), bytes(0, b"new"), Step::Sync(FILE), Step::Sync(ROOT)];
        let sure = BTreeSet::from([Some(b"new".to_vec())]);
        assert_eq!(contents(steps.clone(), Control::Honest), sure);
        let found = contents(steps.clone(), Control::NoFolderSync);
        assert_eq!(found, BTreeSet::from([None, Some(b"new".to_vec())]));
        let found = contents(steps, Control::NoSync);
        for left in [
            None,
            Some(b"".to_vec()),
            Some(b"n".to_vec()),
            Some(b"new".to_vec()),
            Some(vec![0; 3]),
            Some(vec![RUBBISH; 3]),
        ] {
            assert!(found.contains(&left), "{left:?}");
        }
    }

    #[test]
    fn an_overwrite_is_old_or_new_in_each_sector_and_nothing_else() {
        let old = vec![b'o'; 3 * SECTOR];
        let new = vec![b'n'; 2 * SECTOR];
        let before = vec![name(), bytes(0, &old), Step::Sync(FILE), Step::Sync(ROOT)];
        let steps = [before, vec![bytes(SECTOR / 2, &new)]].concat();
        let found = contents(steps, Control::Honest);
        assert!(found.len() >= 8, "{}", found.len());
        for left in found {
            let left = left.expect("its name was synced");
            assert_eq!(left.len(), old.len());
            assert!(left.iter().all(|byte| b"on".contains(byte)));
            assert!(left[..SECTOR / 2].iter().all(|byte| *byte == b'o'));
        }
    }

    #[test]
    fn a_write_is_cut_at_its_sectors() {
        assert_eq!(sectors(500, 600), [(0, 12), (12, 524), (524, 600)]);
        let change = Change::Bytes {
            node: FILE,
            offset: 0,
            bytes: vec![0; 4096],
        };
        let all = [1, 512, 1024, 1536, 2048, 2560, 3072, 3584, 4095];
        assert_eq!(tears(&change, 8), all);
        assert_eq!(tears(&change, 2), [1, 512, 2048, 2560, 3584, 4095]);
    }
}
