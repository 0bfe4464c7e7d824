//! A real reader: looks at one configured device node twice a second and mounts it through the helper.
//!
//! The node is usually a link such as `/dev/xinting-stick` that a udev rule points at the first partition of
//! whatever is in the booth's one socket. The true state is read anew on every look, so no event can be missed.
//! It does not mount by itself (that takes privileges; see the program `xinting-mount`), and it never writes.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use super::files::{FolderFiles, Gate};
use super::{ReaderHealth, Stick, StickEvent, StickId, StickPort, UsbError};

/// How often the device node is looked at.
pub const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Where things are on this board.
#[derive(Debug, Clone)]
pub struct MountedStickConfig {
    /// The device node to watch; a link is followed.
    pub device: PathBuf,
    /// The privileged helper.
    pub helper: PathBuf,
    /// Where the helper mounts; fixed in the helper, repeated here.
    pub mount_point: PathBuf,
}

impl Default for MountedStickConfig {
    fn default() -> Self {
        Self {
            device: PathBuf::from("/dev/xinting-stick"),
            helper: PathBuf::from("/usr/lib/xinting/xinting-mount"),
            mount_point: PathBuf::from("/run/xinting/stick"),
        }
    }
}

/// The node as it is now; two looks that differ mean that the stick was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    real: PathBuf,
    rdev: u64,
    /// devtmpfs makes the node anew for each insertion, so its birth tells two sticks in one socket apart.
    made: Option<SystemTime>,
}

/// A reader for one device node.
#[derive(Debug)]
pub struct MountedStick {
    config: MountedStickConfig,
    find: fn(&Path) -> Option<Node>,
    seen: Option<Node>,
    stick: Option<Stick>,
    /// Of the files that were handed out with `stick`.
    gate: Arc<Gate>,
    health: ReaderHealth,
}

impl MountedStick {
    /// A reader for the configured node. Nothing is touched before the first wait.
    #[must_use]
    pub fn new(config: MountedStickConfig) -> Self {
        Self {
            config,
            find: find_block_device,
            seen: None,
            stick: None,
            gate: Arc::default(),
            health: ReaderHealth::Empty,
        }
    }

    fn look(&mut self) -> Result<Option<StickEvent>, UsbError> {
        let now = (self.find)(&self.config.device);
        if now == self.seen {
            return Ok(None);
        }
        if let Some(old) = self.seen.take() {
            self.health = ReaderHealth::Empty;
            self.close();
            // The mount entry outlives the device. Letting it go can only fail if it is gone already.
            if let Err(error) = self.helper("release", &old.real) {
                tracing::debug!(%error, "releasing a stick that was pulled out");
            }
            if self.stick.take().is_some() {
                return Ok(Some(StickEvent::Removed));
            }
            return Ok(None);
        }
        let Some(node) = now else { return Ok(None) };
        let label = label_of(&node.real);
        let id = StickId::new(format!("{:x}-{:?}", node.rdev, node.made));
        let real = node.real.clone();
        self.seen = Some(node);
        self.health = ReaderHealth::Unreadable;
        self.helper("read", &real)?;
        self.gate = Arc::default();
        let root = self.config.mount_point.clone();
        let files =
            FolderFiles::behind(root.clone(), Arc::clone(&self.gate)).map_err(|source| {
                UsbError::Opening {
                    path: root.clone(),
                    source,
                }
            })?;
        self.health = ReaderHealth::Ready;
        let stick = Stick {
            id,
            label,
            files: Arc::new(files),
            root,
        };
        self.stick = Some(stick.clone());
        Ok(Some(StickEvent::Inserted(stick)))
    }

    /// Files that were handed out give nothing more.
    fn close(&self) {
        self.gate.writable.store(false, Ordering::Release);
        self.gate.out.store(true, Ordering::Release);
    }

    /// Unmounts the stick and mounts it the other way.
    fn remount(&mut self, verb: &str) -> Result<(), UsbError> {
        let Some(node) = self.seen.clone().filter(|_| self.stick.is_some()) else {
            return Err(UsbError::Gone);
        };
        self.helper("release", &node.real)?;
        self.helper(verb, &node.real)
    }

    fn helper(&self, verb: &str, device: &Path) -> Result<(), UsbError> {
        let done = Command::new(&self.config.helper)
            .arg(verb)
            .arg(device)
            .stdin(Stdio::null())
            .output()
            .map_err(|source| UsbError::HelperMissing {
                program: self.config.helper.clone(),
                source,
            })?;
        if done.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&done.stderr);
        let reason = said
            .lines()
            .next()
            .unwrap_or("it gave no reason")
            .chars()
            .take(200)
            .collect();
        Err(UsbError::HelperRefused { reason })
    }
}

impl StickPort for MountedStick {
    fn wait_event(&mut self, timeout: Duration) -> Result<Option<StickEvent>, UsbError> {
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(event) = self.look()? {
                return Ok(Some(event));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            std::thread::sleep(left.min(LOOK_EVERY));
        }
    }

    fn current(&self) -> Option<Stick> {
        self.stick.clone()
    }

    fn is_present(&self, id: &StickId) -> bool {
        self.stick.as_ref().is_some_and(|stick| stick.id == *id)
            && (self.find)(&self.config.device) == self.seen
    }

    fn release(&mut self) -> Result<(), UsbError> {
        let Some(node) = self.seen.clone() else {
            return Err(UsbError::Gone);
        };
        self.helper("release", &node.real)?;
        self.close();
        self.stick = None;
        self.health = ReaderHealth::Released;
        Ok(())
    }

    fn make_writable(&mut self) -> Result<(), UsbError> {
        self.remount("write")?;
        self.gate.writable.store(true, Ordering::Release);
        Ok(())
    }

    fn make_read_only(&mut self) -> Result<(), UsbError> {
        if !self.gate.writable.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
        self.remount("read")
    }

    fn others(&self) -> usize {
        0
    }

    fn health(&self) -> ReaderHealth {
        self.health
    }
}

fn find_block_device(path: &Path) -> Option<Node> {
    let real = fs::canonicalize(path).ok()?;
    let found = fs::metadata(&real).ok()?;
    found.file_type().is_block_device().then(|| Node {
        real,
        rdev: found.rdev(),
        made: found.modified().ok(),
    })
}

/// The volume label udev found, read backwards from its links; empty when there is none.
fn label_of(real: &Path) -> String {
    let Ok(links) = fs::read_dir("/dev/disk/by-label") else {
        return String::new();
    };
    links
        .flatten()
        .find(|link| fs::canonicalize(link.path()).is_ok_and(|target| target == real))
        .map(|link| link.file_name().to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// A file plays the device node, a shell script the helper; each call is written down by the script.
    fn board(helper_body: &str) -> (tempfile::TempDir, MountedStick) {
        let place = tempfile::tempdir().unwrap();
        let helper = place.path().join("helper");
        let log = place.path().join("log");
        fs::write(
            &helper,
            format!(
                "#!/bin/sh\necho \"$1\" >> {}\n{helper_body}\n",
                log.display()
            ),
        )
        .unwrap();
        fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(place.path().join("mnt")).unwrap();
        let mut reader = MountedStick::new(MountedStickConfig {
            device: place.path().join("node"),
            helper,
            mount_point: place.path().join("mnt"),
        });
        reader.find = |path| {
            let real = fs::canonicalize(path).ok()?;
            let made = fs::metadata(&real).ok()?.modified().ok();
            Some(Node {
                real,
                rdev: 1,
                made,
            })
        };
        (place, reader)
    }

    fn said(place: &tempfile::TempDir) -> String {
        fs::read_to_string(place.path().join("log")).unwrap_or_default()
    }

    #[test]
    fn a_node_that_comes_is_mounted_and_one_that_goes_is_released() {
        let (place, mut reader) = board("exit 0");
        assert_eq!(reader.wait_event(Duration::ZERO).unwrap(), None);
        fs::write(place.path().join("node"), b"").unwrap();
        let Some(StickEvent::Inserted(stick)) = reader.wait_event(Duration::ZERO).unwrap() else {
            panic!("no stick was reported")
        };
        assert!(reader.is_present(&stick.id));
        fs::remove_file(place.path().join("node")).unwrap();
        assert!(
            !reader.is_present(&stick.id),
            "asked before any event, the device itself answers"
        );
        assert_eq!(
            reader.wait_event(Duration::ZERO).unwrap(),
            Some(StickEvent::Removed)
        );
        assert_eq!(said(&place), "read\nrelease\n");
    }

    #[test]
    fn a_refusal_is_told_once_with_the_helpers_words() {
        let (place, mut reader) = board("echo 'no file system here' >&2; exit 1");
        fs::write(place.path().join("node"), b"").unwrap();
        let error = reader.wait_event(Duration::ZERO).unwrap_err();
        assert!(error.to_string().contains("no file system here"), "{error}");
        assert_eq!(reader.health(), ReaderHealth::Unreadable);
        assert_eq!(reader.wait_event(Duration::ZERO).unwrap(), None);
        fs::remove_file(place.path().join("node")).unwrap();
        assert_eq!(reader.wait_event(Duration::ZERO).unwrap(), None);
        assert_eq!(reader.health(), ReaderHealth::Empty);
    }

    #[test]
    fn a_released_stick_is_not_mounted_again_while_it_stays_in() {
        let (place, mut reader) = board("exit 0");
        fs::write(place.path().join("node"), b"").unwrap();
        reader.wait_event(Duration::ZERO).unwrap();
        reader.release().unwrap();
        assert_eq!(reader.wait_event(Duration::ZERO).unwrap(), None);
        assert_eq!(reader.health(), ReaderHealth::Released);
        assert_eq!(said(&place), "read\nrelease\n");
    }

    #[test]
    fn a_missing_helper_is_named() {
        let (place, mut reader) = board("exit 0");
        reader.config.helper = place.path().join("not-there");
        fs::write(place.path().join("node"), b"").unwrap();
        assert!(
            reader
                .wait_event(Duration::ZERO)
                .unwrap_err()
                .to_string()
                .contains("not-there")
        );
    }
}
