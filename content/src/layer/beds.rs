//! Reading beds of sound: `beds/<id>.toml`.
//!
//! Not here: how one sounds, and whether it loops without a seam; a recipe does, a file that an author
//! ships is the author's to make so.

use super::fault::{Fault, Page};
use super::file_text;
use super::raw::RawBed;
use super::sounds::{self, Origin, Planned, SoundPlan, Span};
use super::wording::Place;
use crate::id::BedId;
use crate::practice::Bed;
use crate::source::Source;

const SYMBOLS: &[&str] = &["lotus", "stone", "lake", "rain", "wind", "moon", "hill"];

/// Reads one bed and adds its sound to `plans`; `None` if anything is wrong with it.
pub(crate) fn read(
    source: &dyn Source,
    id: BedId,
    plans: &mut Vec<Planned>,
    faults: &mut Vec<Fault>,
) -> Option<Bed> {
    let before = faults.len();
    let name = format!("beds/{id}.toml");
    let text = file_text(source, &name, faults)?;
    let mut page = Page::new(&name, &text, faults);
    let raw: RawBed = page.toml()?;
    let title = page.words(&raw.title, "title", Place::Anywhere);
    let symbol = page.name_of(&raw.symbol, "symbol", SYMBOLS);
    let at = raw.sound.span().start;
    let (file, recipe) = match sounds::origin(&mut page, &raw.sound)? {
        Origin::Recipe(recipe) => {
            let file = format!("sounds/{id}.bed.flac");
            (sounds::rendered(&mut page, at, file, source), Some(recipe))
        }
        Origin::File(file) => (
            sounds::shipped(&mut page, at, "sound.file", &file, source),
            None,
        ),
    };
    let file = file?;
    // Planned although something else is wrong: its file is no stray.
    let key = if recipe.is_some() {
        "sound"
    } else {
        "sound.file"
    };
    let plan = SoundPlan {
        page: name.clone(),
        file: file.clone(),
        recipe,
        span: Span::Loop,
    };
    plans.push(Planned::new(&page, at, key, plan));
    if faults.len() != before {
        return None;
    }
    Some(Bed {
        id,
        title: title?,
        // Nothing is measured before the build; in a built pack every sound has it.
        gain_db: source.gain_db(&file).unwrap_or(0.0),
        sound: file,
        symbol: symbol?,
    })
}
