//! The inside of the recording file system: the disk as it is, and what has happened to it.

use super::super::disk::{Change, Disk, Node, ROOT, Step, Tree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A disk, and every step so far.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) disk: Disk,
    pub(super) folders: BTreeSet<Node>,
    pub(super) modes: BTreeMap<Node, u32>,
    pub(super) steps: Vec<Step>,
    last: Node,
}

impl Live {
    /// A disk that holds this, with nothing done yet. The same tree always gets the same numbers.
    pub(super) fn new(tree: &Tree) -> Result<Self, String> {
        let mut live = Self {
            disk: Disk::default(),
            folders: BTreeSet::from([ROOT]),
            modes: BTreeMap::new(),
            steps: Vec::new(),
            last: ROOT,
        };
        let mut nodes = BTreeMap::from([(Path::new(""), ROOT)]);
        // A folder comes before what is in it: paths are sorted.
        for (path, content) in tree {
            let folder = content.is_none();
            let node = live.born(folder, if folder { 0o755 } else { 0o600 });
            nodes.insert(path, node);
            if let Some(content) = content {
                live.disk.files.insert(node, content.clone());
            }
            let above = path.parent().and_then(|above| nodes.get(above)).copied();
            let name = path.file_name().and_then(|name| name.to_str());
            let (Some(above), Some(name)) = (above, name) else {
                return Err(format!("{} has a name that is no text", path.display()));
            };
            live.name(above, name, Some(node));
        }
        live.steps.clear();
        Ok(live)
    }

    pub(super) fn change(&mut self, change: Change) {
        self.disk.apply(&change);
        self.steps.push(Step::Change(change));
    }

    pub(super) fn born(&mut self, folder: bool, mode: u32) -> Node {
        self.last += 1;
        if folder {
            self.folders.insert(self.last);
        }
        self.modes.insert(self.last, mode);
        self.last
    }

    pub(super) fn synced(&mut self, node: Node) {
        self.steps.push(Step::Sync(node));
    }

    pub(super) fn name(&mut self, folder: Node, name: &str, node: Option<Node>) {
        let names = vec![(name.to_owned(), node)];
        self.change(Change::Names { folder, names });
    }
}
