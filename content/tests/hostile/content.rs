//! Packs that are sealed and signed properly and whose content is not fit to be shown, or leaves the booth without help.
//!
//! The author's own faults, each in its words, are tried with the reading of layers (`tests/packs/layering.rs`); here it
//! is what somebody would do who means ill and holds a publisher's key.

mod articles;
mod instruments;
mod large;
mod packs;
mod people;
mod practices;
mod whole;

use crate::desk::{Base, Case};

pub(crate) fn cases() -> Vec<Case> {
    [
        people::people(),
        whole::wholes(),
        instruments::instruments(),
        articles::articles(),
        practices::practices(),
        practices::captions(),
        packs::packs(),
        packs::any_text(),
        large::large(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A file of the starter pack, a piece of it, what stands there instead, and a piece of the sentence.
fn edited(
    family: &'static str,
    file: &'static str,
    table: &[(&str, &'static str, &str, &str)],
) -> Vec<Case> {
    table
        .iter()
        .map(|&(name, from, to, saying)| {
            let to = to.to_owned();
            Case::new(
                family,
                name,
                format!("{file}: {} becomes {}", shown(from), shown(&to)),
            )
            .on(Base::Starter)
            .files(move |files| files.edit(file, from, &to))
            .refused("Content", saying)
        })
        .collect()
}

fn shown(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.chars().take(60).collect()
}
