//! One target for each kind of file that stands in a pack: the input takes its place in a pack that is good otherwise.
//!
//! A mark of its own line, `=== NAME`, begins a further file, so that one input can change several that belong together.

use super::holds;
use super::sample::{self, Files};
use xinting_content::Layer;

/// `pack.toml`.
pub fn pack_toml(input: &[u8]) {
    let mut files = sample::starter();
    files.put("pack.toml", input);
    judge(&files);
}

/// An instrument and a check-in, each for itself.
pub fn instrument(input: &[u8]) {
    run(
        "instruments = [\"phq-a\"]",
        &["instruments/phq-a.toml"],
        input,
    );
    run(
        "instruments = [\"mood\"]",
        &["instruments/mood.toml"],
        input,
    );
}

/// The bodies of an article in both languages, and its head.
pub fn article(input: &[u8]) {
    let listed = "articles = [\"waves\"]";
    run(
        listed,
        &["articles/waves.zh-CN.md", "articles/waves.en.md"],
        input,
    );
    run(listed, &["articles/waves.toml"], input);
}

/// The head of each kind of practice.
pub fn practice(input: &[u8]) {
    for id in ["breath", "walk", "lake"] {
        run(
            &format!("practices = [\"{id}\"]"),
            &[&format!("practices/{id}.toml")],
            input,
        );
    }
}

/// Captions, the same in both languages.
pub fn captions(input: &[u8]) {
    let names = ["practices/walk.zh-CN.vtt", "practices/walk.en.vtt"];
    run("practices = [\"walk\"]", &names, input);
}

/// A bed of sound.
pub fn bed(input: &[u8]) {
    run("beds = [\"rain\"]", &["beds/rain.toml"], input);
}

/// `hotlines.toml`.
pub fn hotlines(input: &[u8]) {
    run("", &["hotlines.toml"], input);
}

/// `support.toml`.
pub fn support(input: &[u8]) {
    run("", &["support.toml"], input);
}

/// `counsellor.toml`, of the starter pack and of a school.
pub fn counsellor(input: &[u8]) {
    run("", &["counsellor.toml"], input);
    let mut school = sample::school();
    school.put("counsellor.toml", input);
    judge(&school);
}

/// `calendar.toml`.
pub fn calendar(input: &[u8]) {
    run("", &["calendar.toml"], input);
}

/// Puts the input in the place of these files, the first of which is listed as this; in the pack of a district that holds
/// nothing else, so that little is read for each input. It lies over the starter pack.
fn run(listed: &str, names: &[&str], input: &[u8]) {
    let starter = sample::starter();
    let mut files = sample::Files::default();
    files.put("pack.toml", sample::district(listed));
    let id = names[0].split(['/', '.']).nth(1).unwrap_or_default();
    for (name, bytes) in &starter.0 {
        let (folder, file) = name.split_once('/').unwrap_or_default();
        let own = file.split('.').next() == Some(id) && !listed.is_empty();
        if own && (folder == "sounds" || listed.starts_with(folder)) {
            files.put(name, bytes);
        }
    }
    let mut parts = split(input).into_iter();
    if let Some((_, first)) = parts.next() {
        for name in names {
            files.put(name, first);
        }
    }
    for (name, bytes) in parts {
        files.put(&name, bytes);
    }
    judge(&files);
}

/// Reads the files as a pack's content; what is accepted must hold.
///
/// # Panics
/// Where it does not.
pub fn judge(files: &Files) {
    match Layer::read(files) {
        Ok(layer) => holds::of_layer(&layer, files),
        Err(faults) => {
            holds::of_faults(&faults);
            let again = Layer::read(files).err();
            assert_eq!(
                again.as_ref(),
                Some(&faults),
                "the same files have other faults"
            );
        }
    }
}

/// The parts of an input by name; the first has none.
pub fn split(input: &[u8]) -> Vec<(String, &[u8])> {
    const MARK: &[u8] = b"=== ";
    let mut parts = Vec::new();
    let (mut name, mut begins, mut at) = (String::new(), 0, 0);
    while at < input.len() {
        let line_ends = input[at..]
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(input.len(), |n| at + n);
        if input[at..].starts_with(MARK) && parts.len() < 16 {
            parts.push((std::mem::take(&mut name), &input[begins..at]));
            name = String::from_utf8_lossy(&input[at + MARK.len()..line_ends]).into_owned();
            begins = (line_ends + 1).min(input.len());
        }
        at = line_ends + 1;
    }
    parts.push((name, &input[begins..]));
    parts
}
