//! Every word on a screen has its English.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn slint_files(dir: &Path, sources: &mut Vec<String>) {
    for entry in fs::read_dir(dir).expect("the folder of the screens") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            slint_files(&path, sources);
        } else if path.extension().is_some_and(|kind| kind == "slint") {
            sources.push(fs::read_to_string(&path).expect("a screen"));
        }
    }
}

/// A quoted string from just after its opening quote, escapes left as they are.
fn quoted(text: &str) -> &str {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return &text[..at],
            _ => escaped = false,
        }
    }
    panic!("a string without an end: {text:.40}");
}

/// Every string in `@tr("…")`, and how many `@tr(` there are.
fn marked(sources: &[String]) -> (BTreeSet<String>, usize) {
    let mut strings = BTreeSet::new();
    let mut count = 0;
    for source in sources {
        for (at, mark) in source.match_indices("@tr(") {
            count += 1;
            let rest = source[at + mark.len()..].trim_start();
            let rest = rest.strip_prefix('"').expect("@tr begins with its string");
            strings.insert(quoted(rest).to_owned());
        }
    }
    (strings, count)
}

fn entries(po: &str) -> Vec<(String, String)> {
    let field = |line: &str, name: &str| {
        line.strip_prefix(name)
            .map(|rest| quoted(rest.trim_start().strip_prefix('"').unwrap_or("\"")).to_owned())
    };
    let mut entries = Vec::new();
    let mut lines = po.lines();
    while let Some(line) = lines.next() {
        if let Some(id) = field(line, "msgid ")
            && let Some(text) = lines.next().and_then(|line| field(line, "msgstr "))
        {
            entries.push((id, text));
        }
    }
    entries
}

#[test]
fn every_word_has_its_english_and_none_is_left_over() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    slint_files(&root.join("ui"), &mut sources);
    let (strings, count) = marked(&sources);
    assert!(
        count > 200,
        "only {count} words found: has the folder moved?"
    );
    let po = fs::read_to_string(root.join("lang/en/LC_MESSAGES/xinting-kiosk.po"))
        .expect("the English words");
    let entries: Vec<_> = entries(&po)
        .into_iter()
        .filter(|(id, _)| !id.is_empty())
        .collect();
    let known: BTreeSet<_> = entries.iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(known.len(), entries.len(), "an entry is there twice");
    let missing: Vec<_> = strings.difference(&known).collect();
    assert!(missing.is_empty(), "without English: {missing:?}");
    let left: Vec<_> = known.difference(&strings).collect();
    assert!(left.is_empty(), "no screen says: {left:?}");
    for (id, text) in &entries {
        assert!(!text.trim().is_empty(), "{id} has a blank translation");
        for hole in ["{0}", "{1}", "{2}", "{3}"] {
            assert_eq!(
                id.contains(hole),
                text.contains(hole),
                "{id} and {text} differ in {hole}"
            );
        }
        assert!(
            !text.contains('!') && !id.contains('！'),
            "an exclamation mark in {id}"
        );
    }
}

#[test]
fn nothing_on_a_screen_promises_secrecy_or_names_a_grade() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    slint_files(&root.join("ui"), &mut sources);
    let (strings, _) = marked(&sources);
    for string in &strings {
        for word in [
            "保密",
            "没有人会知道",
            "重度",
            "中度",
            "轻度",
            "抑郁",
            "焦虑症",
            "号码是通的",
            // An open line is not a person (the modem cannot tell).
            "对方",
            "正在通话",
            "有人接了",
        ] {
            assert!(!string.contains(word), "{string} says {word}");
        }
    }
}

#[test]
fn the_english_promises_no_more_than_the_chinese() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let po = fs::read_to_string(root.join("lang/en/LC_MESSAGES/xinting-kiosk.po"))
        .expect("the English words");
    for (id, text) in entries(&po) {
        let text = text.to_lowercase();
        for word in [
            "secret",
            "confidential",
            "nobody will know",
            "no one will know",
            "error",
            "severe",
            "moderate",
            "depress",
            "anxiety",
            "talking to",
            "has answered",
        ] {
            assert!(!text.contains(word), "{id}: {text} says {word}");
        }
    }
}

#[test]
fn no_word_for_eyes_stands_outside_the_translations() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    slint_files(&root.join("ui"), &mut sources);
    let hanzi = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    for source in &sources {
        for line in source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            let mut rest = line;
            while let Some(open) = rest.find('"') {
                let (before, said) = (&rest[..open], quoted(&rest[open + 1..]));
                // The button that leads to the other language names it in that language.
                let translated = before.ends_with("@tr(") || said == "中文";
                assert!(
                    translated || !said.chars().any(hanzi),
                    "not translated: {line}"
                );
                rest = &rest[open + 1 + said.len() + 1..];
            }
        }
    }
}
