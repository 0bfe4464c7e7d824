//! The packs of this clone as their authors left them, for tests that look at real words. Their sounds are not needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xinting_content::Library;
use xinting_content::layer::Layer;
use xinting_content::source::Source;

/// A pack's folder.
struct Folder(PathBuf);

fn files(dir: &Path, under: &str, names: &mut Vec<String>) {
    for entry in fs::read_dir(dir).expect("the folder is readable") {
        let entry = entry.expect("an entry");
        let name = format!("{under}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files(&entry.path(), &format!("{name}/"), names);
        } else {
            names.push(name);
        }
    }
}

impl Source for Folder {
    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        files(&self.0, "", &mut names);
        names
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        match fs::read(self.0.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn gain_db(&self, _: &str) -> Option<f32> {
        None
    }

    fn is_built(&self) -> bool {
        false
    }
}

/// What these packs of `content/` hold together, the first one below the others.
pub(crate) fn library(packs: &[&str]) -> Arc<Library> {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let layers: Vec<Layer> = packs
        .iter()
        .map(|pack| Layer::read(&Folder(content.join(pack))).expect("the pack is sound"))
        .collect();
    let layers: Vec<&Layer> = layers.iter().collect();
    Arc::new(Library::from_layers(&layers).expect("the packs are complete"))
}
