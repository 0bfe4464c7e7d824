//! Manifests that a trusted key has signed and that are still not taken: a key may be stolen, or a tool of somebody's own.
//!
//! Names and sizes of files have their own tables beside this one.

mod edits;
mod encodings;
mod files;

use crate::desk::Case;

const FAMILY: &str = "manifest";

/// How it is said of what is no manifest by its shape.
const UNREADABLE: &str = "its manifest cannot be read";

/// A name, what is replaced, by what, and the piece of the sentence.
type Edit = (&'static str, &'static str, &'static str, &'static str);

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = edits();
    cases.extend(newer());
    cases.extend(encodings::encodings());
    cases.extend(encodings::wholes());
    cases.extend(other_than_pack_toml());
    cases
}

/// The edits of both tables.
fn edits() -> Vec<Case> {
    let tables = edits::EDITS.iter().chain(files::EDITS);
    tables
        .map(|&(name, from, to, saying)| {
            Case::new(
                FAMILY,
                name,
                format!("{} becomes {}", one_line(from), one_line(to)),
            )
            .manifest_text(from, to)
            .refused("BadlyMade", saying)
        })
        .collect()
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join(" ")
    }
}

fn newer() -> Vec<Case> {
    let case = |name: &str, what: &str, from: &'static str, to: &str, saying: &str| {
        Case::new(FAMILY, name, what)
            .manifest_text(from, to)
            .refused("Newer", saying)
    };
    vec![
        case(
            "format 2",
            "a format that does not exist yet",
            "\"format\": 1",
            "\"format\": 2",
            "format 2",
        ),
        case(
            "format 0",
            "a format that never was",
            "\"format\": 1",
            "\"format\": 0",
            "format 0",
        ),
        case(
            "format 2 with new keys",
            "a format with keys that nobody knows",
            "\"format\": 1",
            "\"format\": 2, \"x\": []",
            "format 2",
        ),
        case(
            "newer app",
            "an app that does not exist yet",
            "\"minimum_app\": \"0.1.0\"",
            "\"minimum_app\": \"99.0.0\"",
            "99.0.0",
        ),
        case(
            "newer by one",
            "a version that follows this one",
            "\"minimum_app\": \"0.1.0\"",
            "\"minimum_app\": \"4294967295.0.0\"",
            "4294967295.0.0",
        ),
    ]
}

/// The manifest is in order, and says another thing than the `pack.toml` beside it.
fn other_than_pack_toml() -> Vec<Case> {
    let table: &[(&str, &str, &str)] = &[
        (
            "another release",
            "\"release\": \"3\"",
            "\"release\": \"4\"",
        ),
        ("another title", "Our school", "The district"),
        (
            "another publisher",
            "\"publisher\": \"our-school\"",
            "\"publisher\": \"district\"",
        ),
        (
            "a lower kind",
            "\"kind\": \"school\"",
            "\"kind\": \"starter\"",
        ),
        (
            "another kind",
            "\"kind\": \"school\"",
            "\"kind\": \"district\"",
        ),
        ("not a sample", "\"sample\": false", "\"sample\": true"),
        ("other audiences", "\"junior\"", "\"senior\""),
        (
            "an older app",
            "\"minimum_app\": \"0.1.0\"",
            "\"minimum_app\": \"0.0.1\"",
        ),
        (
            "no languages",
            "\"languages\": [\n    \"zh-CN\",\n    \"en\"\n  ]",
            "\"languages\": []",
        ),
    ];
    let mut cases: Vec<Case> = table
        .iter()
        .map(|&(name, from, to)| {
            Case::new(
                "manifest against pack.toml",
                name,
                format!("{} becomes {}", one_line(from), one_line(to)),
            )
            .manifest_text(from, to)
            .refused(
                "BadlyMade",
                "its pack.toml says another thing than its manifest",
            )
        })
        .collect();
    cases.push(
        Case::new(
            "manifest against pack.toml",
            "another version",
            "the manifest and its signature name version 4",
        )
        .info(|info| info.version = 4)
        .refused(
            "BadlyMade",
            "its pack.toml says another thing than its manifest",
        ),
    );
    cases.push(
        Case::new(
            "manifest against pack.toml",
            "version zero",
            "the manifest and its signature name version 0",
        )
        .info(|info| info.version = 0)
        .refused(
            "BadlyMade",
            "its pack.toml says another thing than its manifest",
        ),
    );
    cases.push(
        Case::new(
            "manifest against pack.toml",
            "the largest version",
            "a version after which none would ever be taken",
        )
        .info(|info| info.version = u64::MAX)
        .refused(
            "BadlyMade",
            "its pack.toml says another thing than its manifest",
        ),
    );
    cases
}
