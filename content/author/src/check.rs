//! Everything that can be said of an author's folder at a desk: faults, which a booth would refuse, and
//! warnings, which an author may want to look at. All of it at once, each with its place.
//!
//! Not here: rendering; a sound with a recipe is tried by its first seconds.

mod texts;
mod warnings;
mod whole;

use crate::folder::{Folder, FolderError};
use crate::sounds::Bench;
use jiff::civil::Date;
use std::path::Path;
use xinting_content::{Fault, Layer};

/// How to check.
pub struct Options<'a> {
    /// Layers below, lowest first: with them every reference is checked.
    pub over: &'a [Layer],
    /// Where rendered and measured sounds are kept.
    pub cache: Option<&'a Path>,
    /// How many sounds are tried at once.
    pub threads: usize,
    /// Today, for dates that should be looked at; `None`: not known.
    pub today: Option<Date>,
}

/// What was found.
#[derive(Debug)]
pub struct Checked {
    /// What the folder holds, if enough of it could be read to say so.
    pub layer: Option<Layer>,
    /// What a booth would refuse. Empty: the folder can be built.
    pub faults: Vec<Fault>,
    /// What may want bettering.
    pub warnings: Vec<Fault>,
    /// A line on each sound: its file and what it measures.
    pub sounds: Vec<(String, String)>,
    /// What of the layers below is replaced, in words.
    pub replaced: Vec<String>,
}

/// Checks a folder.
///
/// # Errors
/// [`FolderError`] if it cannot be read at all.
pub fn check(dir: &Path, options: &Options<'_>) -> Result<Checked, FolderError> {
    let folder = Folder::open(dir)?;
    let (layer, texts) = Layer::read_in_part(&folder);
    let mut checked = Checked {
        layer,
        faults: folder.faults.clone(),
        warnings: Vec::new(),
        sounds: Vec::new(),
        replaced: Vec::new(),
    };
    checked.faults.extend(texts);
    if let Some(layer) = checked.layer.take() {
        checked.hear(&folder, &layer, options);
        let whole = whole::look(&folder, &layer, options.over);
        checked.faults.extend(whole.faults);
        checked.warnings.extend(whole.warnings);
        checked.replaced = whole.replaced;
        let found = warnings::look(&folder, &layer, options);
        checked.warnings.extend(found);
        checked.layer = Some(layer);
    }
    sort(&mut checked.faults);
    sort(&mut checked.warnings);
    Ok(checked)
}

impl Checked {
    fn hear(&mut self, folder: &Folder, layer: &Layer, options: &Options<'_>) {
        let bench = Bench {
            source: folder,
            cache: options.cache,
            threads: options.threads,
        };
        match bench.try_out(&layer.sounds) {
            Err(faults) => self.faults.extend(faults),
            Ok(tried) => {
                for sound in tried {
                    let words = sound.heard.map_or_else(
                        || "to be rendered; its loudness is measured by build".to_owned(),
                        |heard| heard.words(),
                    );
                    self.sounds.push((sound.file, words));
                    self.warnings.extend(sound.warnings);
                }
            }
        }
    }
}

/// By file and line, so that an author can go through them from top to bottom; nothing twice.
fn sort(faults: &mut Vec<Fault>) {
    faults.sort_by(|a, b| {
        let place = |fault: &Fault| (fault.file.clone(), fault.line, fault.column);
        place(a).cmp(&place(b))
    });
    faults.dedup();
}
