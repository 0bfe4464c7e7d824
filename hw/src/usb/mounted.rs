//! A real reader: looks at the configured device nodes twice a second and mounts the first stick through the helper.
//!
//! The nodes are usually links such as `/dev/xinting-stick-sda1` that a udev rule makes for every stick. The true
//! state is read anew on every look, so no event can be missed. It does not mount by itself (that takes privileges;
//! see the program `xinting-mount`), and a stick is read-only but for an export.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::files::{FolderFiles, Gate};
use super::{ReaderHealth, Stick, StickEvent, StickId, StickPort, UsbError};

mod helper;
mod node;

use self::node::{Node, label_of};

/// How often the device nodes are looked at.
pub const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The partitions of one stick appear one after the other: nothing is chosen before two looks this far apart agree.
const SETTLE: Duration = Duration::from_millis(150);
/// Looks at nodes that go on changing.
const SETTLING_LOOKS: usize = 20;

/// Where things are on this board.
#[derive(Debug, Clone)]
pub struct MountedStickConfig {
    /// The device nodes to watch, one for each socket, first come first; links are followed. A name that ends in `*`
    /// stands for every node that begins so. Of a stick with several partitions the first that is named serves.
    pub devices: Vec<PathBuf>,
    /// The privileged helper.
    pub helper: PathBuf,
    /// Where the helper mounts; fixed in the helper, repeated here.
    pub mount_point: PathBuf,
    /// How long the helper may take before it is given up.
    pub patience: Duration,
}

impl Default for MountedStickConfig {
    fn default() -> Self {
        Self {
            devices: vec![PathBuf::from("/dev/xinting-stick*")],
            helper: PathBuf::from("/usr/lib/xinting/xinting-mount"),
            mount_point: PathBuf::from("/run/xinting/stick"),
            patience: Duration::from_secs(20),
        }
    }
}

/// The device nodes of the sticks that are in, one for each stick, in the order in which they would serve.
#[must_use]
pub fn sticks_in(devices: &[PathBuf]) -> Vec<PathBuf> {
    first_of_each(&node::find(devices))
        .map(|node| node.real.clone())
        .collect()
}

/// Of the partitions of one disk, the first.
fn first_of_each(nodes: &[Node]) -> impl Iterator<Item = &Node> {
    let first = |node: &&Node| nodes.iter().find(|other| other.disk == node.disk) == Some(*node);
    nodes.iter().filter(first)
}

/// The stick that is in and was chosen.
#[derive(Debug)]
struct Seen {
    node: Node,
    id: StickId,
}

/// A reader for some sockets, one stick at a time.
#[derive(Debug)]
pub struct MountedStick {
    config: MountedStickConfig,
    find: fn(&[PathBuf]) -> Vec<Node>,
    /// Something may be mounted that nobody has released: nothing was mounted by this process yet, or the last release
    /// failed.
    fresh: bool,
    seen: Option<Seen>,
    stick: Option<Stick>,
    /// Of the files that were handed out with `stick`.
    gate: Arc<Gate>,
    /// The mount lets files be written, though the gate may not.
    mounted_writable: bool,
    health: ReaderHealth,
}

impl MountedStick {
    /// A reader for the configured nodes. Nothing is touched before the first wait.
    #[must_use]
    pub fn new(config: MountedStickConfig) -> Self {
        Self {
            config,
            find: node::find,
            fresh: true,
            seen: None,
            stick: None,
            gate: Arc::default(),
            mounted_writable: false,
            health: ReaderHealth::Empty,
        }
    }

    fn nodes(&self) -> Vec<Node> {
        (self.find)(&self.config.devices)
    }

    fn look(&mut self) -> Result<Option<StickEvent>, UsbError> {
        let nodes = self.nodes();
        match &self.seen {
            Some(seen) if nodes.contains(&seen.node) => {
                self.fall_back();
                Ok(None)
            }
            Some(_) => Ok(self.removed()),
            None if nodes.is_empty() => Ok(None),
            None => self.inserted(),
        }
    }

    fn removed(&mut self) -> Option<StickEvent> {
        let seen = self.seen.take()?;
        self.health = ReaderHealth::Empty;
        self.mounted_writable = false;
        self.close();
        // The mount entry outlives the device. Where letting it go hangs, it may still be there when the next stick comes.
        if let Err(error) = self.helper("release", &seen.node.real) {
            tracing::debug!(%error, "releasing a stick that was pulled out");
            self.fresh = true;
        }
        self.stick = None;
        // Told of a stick that was released or could not be read as well: it was told that it came.
        Some(StickEvent::Removed)
    }

    fn inserted(&mut self) -> Result<Option<StickEvent>, UsbError> {
        let nodes = self.settled();
        let Some(node) = nodes.first().cloned() else {
            return Ok(None);
        };
        if std::mem::take(&mut self.fresh) {
            // A booth that was killed, or a release that hung, may have left a stick mounted. Only the one that is can be released.
            for node in &nodes {
                if let Err(error) = self.helper("release", &node.real) {
                    tracing::debug!(%error, "releasing what an earlier start may have left");
                }
            }
        }
        let label = label_of(&node.real);
        let id = StickId::new(node.insertion());
        let real = node.real.clone();
        self.seen = Some(Seen {
            node,
            id: id.clone(),
        });
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

    /// The nodes, once they have stopped changing.
    fn settled(&self) -> Vec<Node> {
        let mut nodes = self.nodes();
        for _ in 0..SETTLING_LOOKS {
            std::thread::sleep(SETTLE);
            let now = self.nodes();
            if now == nodes {
                break;
            }
            nodes = now;
        }
        nodes
    }

    /// Files that were handed out give nothing more.
    fn close(&self) {
        self.gate.writable.store(false, Ordering::Release);
        self.gate.out.store(true, Ordering::Release);
    }

    /// An export whose end was refused, because something still read the stick, is ended as soon as nothing does.
    fn fall_back(&mut self) {
        let exporting = self.gate.writable.load(Ordering::Acquire);
        if self.mounted_writable
            && !exporting
            && let Err(error) = self.make_read_only()
        {
            tracing::debug!(%error, "making a stick read-only again");
        }
    }

    /// Unmounts the stick and mounts it the other way. Where that is not possible it is mounted to be read, and where
    /// that is not possible either it is not offered any more.
    fn remount(&mut self, verb: &str) -> Result<(), UsbError> {
        let node = match (&self.seen, &self.stick) {
            (Some(seen), Some(_)) => seen.node.real.clone(),
            _ => return Err(UsbError::Gone),
        };
        self.helper("release", &node)?;
        self.mounted_writable = false;
        let Err(error) = self.helper(verb, &node) else {
            self.mounted_writable = verb == "write";
            return Ok(());
        };
        if verb == "read" || self.helper("read", &node).is_err() {
            self.close();
            self.stick = None;
            self.health = ReaderHealth::Unreadable;
        }
        Err(error)
    }

    fn helper(&self, verb: &str, device: &Path) -> Result<(), UsbError> {
        helper::run(&self.config.helper, verb, device, self.config.patience)
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
        let seen = self.seen.as_ref().filter(|seen| seen.id == *id);
        seen.is_some_and(|seen| self.nodes().contains(&seen.node))
    }

    fn release(&mut self) -> Result<(), UsbError> {
        let seen = self.seen.as_ref().ok_or(UsbError::Gone)?;
        self.helper("release", &seen.node.real)?;
        self.close();
        self.mounted_writable = false;
        self.stick = None;
        self.health = ReaderHealth::Released;
        Ok(())
    }

    fn make_writable(&mut self) -> Result<(), UsbError> {
        if !self.mounted_writable {
            self.remount("write")?;
        }
        self.gate.writable.store(true, Ordering::Release);
        Ok(())
    }

    fn make_read_only(&mut self) -> Result<(), UsbError> {
        // Not even a stick that cannot be unmounted takes another file of ours.
        self.gate.writable.store(false, Ordering::Release);
        if self.mounted_writable {
            self.remount("read")?;
        }
        Ok(())
    }

    fn others(&self) -> usize {
        let nodes = self.nodes();
        let sticks = first_of_each(&nodes);
        match &self.seen {
            Some(seen) => sticks.filter(|node| node.disk != seen.node.disk).count(),
            // The first is about to serve.
            None => sticks.skip(1).count(),
        }
    }

    fn health(&self) -> ReaderHealth {
        self.health
    }
}

impl Drop for MountedStick {
    /// A booth that ends in order leaves no stick mounted.
    fn drop(&mut self) {
        if self.stick.is_some()
            && let Err(error) = self.release()
        {
            tracing::debug!(%error, "releasing the stick at the end");
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
