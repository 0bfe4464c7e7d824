//! `pack.toml`, files that are missing or no text at all, and what no text may hold.

use super::edited;
use crate::desk::{Base, Case};

/// `pack.toml`, the manifest's word being as it was.
pub(crate) fn packs() -> Vec<Case> {
    let mut cases = edited(
        "pack.toml",
        "pack.toml",
        &[
            (
                "id that goes up",
                "id = \"sample\"",
                "id = \"../sample\"",
                "not an id",
            ),
            ("version 0", "version = 7", "version = 0", "outside"),
            (
                "version huge",
                "version = 7",
                "version = 4294967296",
                "outside",
            ),
            (
                "version negative",
                "version = 7",
                "version = -7",
                "pack.toml",
            ),
            (
                "version a float",
                "version = 7",
                "version = 7.0",
                "pack.toml",
            ),
            (
                "release with an escape",
                "release = \"1.0\"",
                "release = \"\\u001b[2J\"",
                "no release name",
            ),
            (
                "release without end",
                "release = \"1.0\"",
                "release = \"1111111111111111111111111111111111\"",
                "no release name",
            ),
            (
                "title turned round",
                "小包",
                "小\\u202E包",
                "control character",
            ),
            (
                "title with a control character",
                "小包",
                "小\\u0007包",
                "control character",
            ),
            (
                "languages",
                "[\"zh-CN\", \"en\"]",
                "[\"en\"]",
                "Simplified Chinese and English",
            ),
            (
                "article twice",
                "[\"waves\"]",
                "[\"waves\", \"waves\"]",
                "listed twice",
            ),
            (
                "article not there",
                "[\"waves\"]",
                "[\"waves\", \"gone\"]",
                "missing",
            ),
            (
                "article that goes up",
                "[\"waves\"]",
                "[\"waves\", \"../pack\"]",
                "not an id",
            ),
            (
                "article left out",
                "articles = [\"waves\"]",
                "articles = []",
                "nothing in the pack refers",
            ),
            (
                "a key twice",
                "version = 7",
                "version = 7\nversion = 8",
                "pack.toml",
            ),
            (
                "unknown key",
                "version = 7",
                "version = 7\nroot = true",
                "pack.toml",
            ),
            (
                "a table in its place",
                "version = 7",
                "version = { major = 7 }",
                "pack.toml",
            ),
            (
                "no TOML",
                "id = \"sample\"",
                "{\"id\": \"sample\"}",
                "pack.toml",
            ),
            (
                "deep lists",
                "articles = [\"waves\"]",
                &format!("articles = {}{}", "[".repeat(10_000), "]".repeat(10_000)),
                "pack.toml",
            ),
            (
                "deep tables",
                "articles = [\"waves\"]",
                &format!("articles = {}1{}", "{a=".repeat(10_000), "}".repeat(10_000)),
                "pack.toml",
            ),
            (
                "a dotted key without end",
                "articles = [\"waves\"]",
                &format!("{}a = 1", "a.".repeat(10_000)),
                "pack.toml",
            ),
        ],
    );
    for file in [
        "pack.toml",
        "support.toml",
        "hotlines.toml",
        "practices/walk.zh-CN.vtt",
    ] {
        cases.push(
            Case::new(
                "any file",
                format!("{file} not UTF-8"),
                "a text is no UTF-8",
            )
            .on(Base::Starter)
            .files(move |files| files.put(file, b"\xff\xfe\0\xd8"))
            .refused("Content", "not UTF-8"),
        );
        cases.push(
            Case::new(
                "any file",
                format!("{file} all NUL"),
                "a text is nothing but NUL",
            )
            .on(Base::Starter)
            .files(move |files| files.put(file, [0; 4_096]))
            .refused("Content", file),
        );
    }
    for file in [
        "articles/waves.toml",
        "articles/waves.en.md",
        "practices/breath.zh-CN.vtt",
        "instruments/phq-a.toml",
        "beds/rain.toml",
    ] {
        cases.push(
            Case::new(
                "any file",
                format!("{file} left out"),
                "a file that pack.toml lists is not in the manifest",
            )
            .on(Base::Starter)
            .files(move |files| drop(files.0.remove(file)))
            .refused("Content", "missing"),
        );
    }
    cases.push(
        Case::new(
            "any file",
            "pack.toml left out",
            "a pack without a pack.toml",
        )
        .files(|files| drop(files.0.remove("pack.toml")))
        .refused("Content", "pack.toml: the file is missing"),
    );
    cases.push(
        Case::new("any file", "nothing at all", "a pack without files")
            .files(|files| files.0.clear())
            .refused("Content", "pack.toml: the file is missing"),
    );
    cases
}

/// What no text may hold, tried in one text of a school.
pub(crate) fn any_text() -> Vec<Case> {
    let mut table: Vec<(String, String, &str)> = vec![
        (
            "a thousand and one characters".to_owned(),
            "心".repeat(1_001),
            "more than 1000",
        ),
        (
            "a megabyte".to_owned(),
            "心".repeat(350_000),
            "more than 1000",
        ),
    ];
    for c in [
        '\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    ] {
        table.push((
            format!("U+{:04X}", u32::from(c)),
            format!("心理{c}老师"),
            "control character",
        ));
    }
    for c in ['\u{1}', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}'] {
        table.push((
            format!("U+{:04X}", u32::from(c)),
            format!("心理\\u{:04X}老师", u32::from(c)),
            "control character",
        ));
    }
    table
        .into_iter()
        .map(|(name, text, saying)| {
            Case::new("any text", name, "the name of the counsellor holds it")
                .files(move |files| files.edit("counsellor.toml", "心理老师", &text))
                .refused("Content", saying)
        })
        .collect()
}
