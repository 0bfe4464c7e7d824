//! What a disk holds: files and folders by number, and the single changes that a program makes to them.
//!
//! A name is a thing of its own here, apart from the file it names: on a real disk the two survive a power cut
//! independently. Knows nothing of when something is synced.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The number of a file or folder.
pub type Node = u64;

/// The folder everything is below.
pub const ROOT: Node = 1;

/// One thing that reaches the disk whole, in part or not at all.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Change {
    /// Bytes of a file.
    Bytes {
        /// The file.
        node: Node,
        /// Where in it.
        offset: usize,
        /// What.
        bytes: Vec<u8>,
    },
    /// A file's length: cut off, or filled with zeros.
    Size {
        /// The file.
        node: Node,
        /// Its length in bytes.
        size: usize,
    },
    /// Names of one folder that change together: making, deleting, renaming within the folder.
    Names {
        /// The folder.
        folder: Node,
        /// Each name, and what it names from now on.
        names: Vec<(String, Option<Node>)>,
    },
}

impl Change {
    /// The file or folder whose syncing makes this change safe.
    #[must_use]
    pub fn home(&self) -> Node {
        match self {
            Self::Bytes { node, .. } | Self::Size { node, .. } => *node,
            Self::Names { folder, .. } => *folder,
        }
    }

    /// Whether names change, not content.
    #[must_use]
    pub fn is_names(&self) -> bool {
        matches!(self, Self::Names { .. })
    }
}

/// One step of a recording.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Step {
    /// Something changed, and is on disk at some time.
    Change(Change),
    /// This file or folder was synced: what was changed in it is on disk.
    Sync(Node),
    /// The program told somebody that something is done. What was promised must survive.
    Promise,
}

/// Everything on a disk.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    /// Content of files; one that is missing is empty.
    pub files: BTreeMap<Node, Arc<Vec<u8>>>,
    /// Names in folders; one that is missing is empty.
    pub names: BTreeMap<Node, BTreeMap<String, Node>>,
}

impl Disk {
    /// A file's content.
    #[must_use]
    pub fn file(&self, node: Node) -> &[u8] {
        self.files.get(&node).map_or(&[], |bytes| bytes)
    }

    /// What a name in a folder names.
    #[must_use]
    pub fn named(&self, folder: Node, name: &str) -> Option<Node> {
        self.names.get(&folder)?.get(name).copied()
    }

    /// The whole of a change.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Bytes {
                node,
                offset,
                bytes,
            } => self.write(*node, *offset, bytes),
            Change::Size { node, size } => {
                Arc::make_mut(self.files.entry(*node).or_default()).resize(*size, 0);
            }
            Change::Names { folder, names } => {
                let folder = self.names.entry(*folder).or_default();
                for (name, node) in names {
                    match node {
                        Some(node) => folder.insert(name.clone(), *node),
                        None => folder.remove(name),
                    };
                }
            }
        }
    }

    /// Bytes into a file, which grows where they end behind it.
    pub fn write(&mut self, node: Node, offset: usize, bytes: &[u8]) {
        let file = Arc::make_mut(self.files.entry(node).or_default());
        let end = offset + bytes.len();
        if file.len() < end {
            file.resize(end, 0);
        }
        file[offset..end].copy_from_slice(bytes);
    }

    /// What can be reached by name, as it would be laid out in a real folder.
    #[must_use]
    pub fn tree(&self, folders: &BTreeSet<Node>) -> Tree {
        let mut tree = Tree::new();
        let mut open = vec![(PathBuf::new(), ROOT)];
        while let Some((path, folder)) = open.pop() {
            for (name, node) in self.names.get(&folder).into_iter().flatten() {
                let path = path.join(name);
                // A folder that lost its old name only by half is met twice; one inside itself cannot be.
                if folders.contains(node) {
                    tree.insert(path.clone(), None);
                    open.push((path, *node));
                } else {
                    let content = self.files.get(node).cloned().unwrap_or_default();
                    tree.insert(path, Some(content));
                }
            }
        }
        tree
    }
}

/// Files and folders by path; a folder has no content.
pub type Tree = BTreeMap<PathBuf, Option<Arc<Vec<u8>>>>;

/// Reads a real folder.
///
/// # Errors
/// The system's.
pub fn read(folder: &Path) -> std::io::Result<Tree> {
    let mut tree = Tree::new();
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        for entry in std::fs::read_dir(folder.join(&below))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                tree.insert(path.clone(), None);
                open.push(path);
            } else {
                tree.insert(path, Some(Arc::new(std::fs::read(entry.path())?)));
            }
        }
    }
    Ok(tree)
}
