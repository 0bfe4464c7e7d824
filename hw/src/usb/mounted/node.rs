//! Which sticks are in: the configured device nodes, and the disk that each belongs to.
//!
//! Deliberately not here: whether a node hangs on USB and holds a file system. The udev rule asks for both before it
//! makes a link, and the helper asks again.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{major, minor};

/// A node as it is now; two looks that differ mean that the stick was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// The device node itself, which the helper insists on.
    pub(super) real: PathBuf,
    pub(super) rdev: u64,
    /// devtmpfs makes the node anew for each insertion, so its birth tells two sticks in one socket apart.
    pub(super) made: Option<SystemTime>,
    /// The disk that the partition is on, or the disk itself.
    pub(super) disk: PathBuf,
    /// 0 for a whole disk.
    pub(super) partition: u32,
}

impl Node {
    /// Names this insertion of this stick.
    pub(super) fn insertion(&self) -> String {
        format!("{:x}-{:?}", self.rdev, self.made)
    }
}

/// The block devices behind these names: in this order, and of one disk the first partition first.
pub(super) fn find(devices: &[PathBuf]) -> Vec<Node> {
    let mut found: Vec<Node> = Vec::new();
    for node in devices.iter().flat_map(|name| named(name)) {
        let Some(node) = block_device(&node) else {
            continue;
        };
        if found.iter().any(|other| other.rdev == node.rdev) {
            continue;
        }
        // Behind the disk's earlier partitions, and otherwise at the end.
        let place = found
            .iter()
            .position(|other| other.disk == node.disk && other.partition > node.partition)
            .unwrap_or(found.len());
        found.insert(place, node);
    }
    found
}

/// The paths that a configured name stands for.
fn named(name: &Path) -> Vec<PathBuf> {
    let text = name.to_string_lossy();
    let Some(begins) = text.strip_suffix('*') else {
        return vec![name.to_owned()];
    };
    let (folder, begins) = begins.rsplit_once('/').unwrap_or((".", begins));
    let folder = if folder.is_empty() { "/" } else { folder };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(begins))
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}

fn block_device(path: &Path) -> Option<Node> {
    let real = fs::canonicalize(path).ok()?;
    let about = fs::metadata(&real).ok()?;
    if !about.file_type().is_block_device() {
        return None;
    }
    let rdev = about.rdev();
    let sys = format!("/sys/dev/block/{}:{}", major(rdev), minor(rdev));
    let place = fs::canonicalize(sys).unwrap_or_else(|_| real.clone());
    let partition = fs::read_to_string(place.join("partition"));
    let partition = partition.ok().and_then(|number| number.trim().parse().ok());
    let disk = match partition {
        Some(_) => place.parent().unwrap_or(&place).to_owned(),
        None => place,
    };
    Some(Node {
        real,
        rdev,
        made: about.modified().ok(),
        disk,
        partition: partition.unwrap_or(0),
    })
}

/// The volume label udev found, read backwards from its links; empty when there is none.
pub(super) fn label_of(real: &Path) -> String {
    let Ok(links) = fs::read_dir("/dev/disk/by-label") else {
        return String::new();
    };
    links
        .flatten()
        .find(|link| fs::canonicalize(link.path()).is_ok_and(|target| target == real))
        .map(|link| unescaped(&link.file_name().to_string_lossy()))
        .unwrap_or_default()
}

/// udev writes a byte that it does not like in a file name as `\x20`.
fn unescaped(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let code = rest
            .strip_prefix(br"\x")
            .and_then(|code| code.get(..2))
            .and_then(|code| std::str::from_utf8(code).ok())
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[4..];
            }
            None => {
                bytes.push(first);
                rest = behind;
            }
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    text.replace(char::is_control, " ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_patterns() {
        let place = tempfile::tempdir().unwrap();
        for name in ["stick-b", "stick", "stick-a", "other"] {
            fs::write(place.path().join(name), b"").unwrap();
        }
        let of = |name: &str| -> Vec<_> {
            let found = named(&place.path().join(name));
            let name = |path: PathBuf| path.file_name().map(|n| n.to_string_lossy().into_owned());
            found.into_iter().filter_map(name).collect()
        };
        assert_eq!(of("stick*"), ["stick", "stick-a", "stick-b"]);
        assert_eq!(of("stick-a"), ["stick-a"]);
        assert_eq!(of("none*"), [""; 0]);
        assert_eq!(of("none"), ["none"], "it may come later");
        assert_eq!(
            named(Path::new("/no/such/folder/x*")),
            [""; 0].map(PathBuf::from)
        );
    }

    #[test]
    fn what_is_no_block_device_is_no_stick() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("x"), b"").unwrap();
        for path in ["/dev/null", "/dev", "/dev/no-such-node"] {
            assert_eq!(find(&[path.into()]), []);
        }
        assert_eq!(find(&[place.path().join("x*")]), []);
    }

    #[test]
    fn labels() {
        for (link, label) in [
            ("XINTING", "XINTING"),
            (r"My\x20Stick", "My Stick"),
            (r"\xe5\xbf\x83\xe4\xba\xad", "心亭"),
            (r"a\x0ab", "a b"),
            (r"a\x", r"a\x"),
            (r"a\xzz", r"a\xzz"),
            (r"\xff", "\u{fffd}"),
        ] {
            assert_eq!(unescaped(link), label);
        }
    }
}
