//! The claims: the booth never promises secrecy, never diagnoses, names no grade and no method, and
//! shows no exclamation mark, in any string of its own. (Packs are held to the same lists when read.)

use std::fs;
use std::path::{Path, PathBuf};
use xinting_content::layer::wording::{Place, refused};
use xinting_e2e::bins::workspace;
use xinting_e2e::canary::files;

/// Every quoted text of a file, with the line it begins on.
fn quoted(path: &Path) -> Vec<(usize, String)> {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//") && !line.starts_with('#'))
        .flat_map(|(line, text)| {
            text.split('"')
                .skip(1)
                .step_by(2)
                .map(move |part| (line + 1, part.to_owned()))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn with_extension(dir: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = files(&workspace().join(dir));
    found.retain(|path| path.extension().is_some_and(|it| it == extension));
    found
}

#[test]
fn no_string_promises_secrecy_diagnoses_or_shouts() {
    let mut read = 0;
    for path in with_extension("kiosk/ui", "slint")
        .into_iter()
        .chain(with_extension("kiosk/lang", "po"))
    {
        for (line, text) in quoted(&path) {
            read += 1;
            let place = format!("{}:{line}: {text:?}", path.display());
            assert_eq!(refused(&text, Place::Instrument), None, "{place}");
            assert!(!text.contains('！'), "{place}: no exclamation marks");
        }
    }
    assert!(
        read > 200,
        "only {read} strings were read: the search looks in the wrong place"
    );
}

#[test]
fn the_lists_refuse_what_they_should() {
    for text in ["这里绝对保密", "没有人会知道", "你得了抑郁症", "重度"] {
        assert!(refused(text, Place::Instrument).is_some(), "{text}");
    }
}
