//! Every screen is drawn, in both languages and both orientations, with words on each.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xinting_content::layer::Layer;
use xinting_content::source::Source;
use xinting_content::{Audience, Lang, Library};
use xinting_kiosk::tour::{TourOptions, run};

/// The starter pack's folder as an author left it; its sounds are not needed here.
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

fn starter() -> Arc<Library> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/starter");
    let layer = Layer::read(&Folder(folder)).expect("the starter pack is sound");
    Arc::new(Library::from_layers(&[&layer]).expect("the starter pack is complete"))
}

fn tour(name: &str, size: (u32, u32), lang: Lang, audience: Audience) -> usize {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&dir);
    let options = TourOptions {
        dir: dir.clone(),
        size,
        lang,
        audience,
        at: None,
        library: starter(),
    };
    let taken = run(options).expect("every screen comes out");
    let written = fs::read_dir(&dir).expect("the folder was made").count();
    assert_eq!(taken, written);
    taken
}

#[test]
fn portrait_in_chinese() {
    assert!(tour("portrait-zh", (1080, 1920), Lang::ZhCn, Audience::Junior) >= 45);
}

#[test]
fn portrait_in_english() {
    assert!(tour("portrait-en", (1080, 1920), Lang::En, Audience::Junior) >= 45);
}

#[test]
fn landscape_in_chinese() {
    assert!(tour("landscape-zh", (1280, 800), Lang::ZhCn, Audience::Junior) >= 42);
}

#[test]
fn landscape_in_english() {
    assert!(tour("landscape-en", (1920, 1080), Lang::En, Audience::Senior) >= 42);
}

#[test]
fn a_primary_school_has_its_own_tour() {
    assert!(tour("primary-zh", (800, 1280), Lang::ZhCn, Audience::Primary) >= 35);
}
