//! The imports of ARCHITECTURE.md, read off `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use xinting_e2e::bins::{printed, run, workspace};

/// Who may import whom among our own crates, in shipped code.
const ALLOWED: &[(&str, &[&str])] = &[
    ("xinting-content", &[]),
    ("xinting-sound", &[]),
    ("xinting-wire", &[]),
    ("xinting-mount", &[]),
    ("xinting-author", &["xinting-content", "xinting-sound"]),
    ("xinting-hw", &["xinting-sound"]),
    ("xinting-session", &["xinting-content"]),
    ("xinting-usage", &["xinting-wire"]),
    (
        "xinting-kiosk",
        &[
            "xinting-session",
            "xinting-usage",
            "xinting-content",
            "xinting-hw",
            "xinting-wire",
        ],
    ),
    ("xinting-district", &["xinting-wire"]),
    ("xinting-simulate", &["xinting-usage", "xinting-wire"]),
];

/// What a pure room may never pull in, directly.
const PURE: &[(&str, &[&str])] = &[
    (
        "xinting-session",
        &[
            "tokio",
            "slint",
            "rusqlite",
            "ureq",
            "cpal",
            "serialport",
            "serde",
        ],
    ),
    (
        "xinting-content",
        &[
            "tokio",
            "slint",
            "rusqlite",
            "ureq",
            "cpal",
            "serialport",
            "symphonia",
        ],
    ),
    ("xinting-usage", &["tokio", "slint", "rusqlite", "ureq"]),
    ("xinting-sound", &["tokio", "cpal"]),
    ("xinting-wire", &["tokio", "ureq", "axum", "sqlx"]),
];

fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let output = run(Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(workspace()));
    assert!(
        output.status.success(),
        "cargo metadata: {}",
        printed(&output)
    );
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let list = |value: &serde_json::Value| value.as_array().expect("a list").clone();
    list(&metadata["packages"])
        .into_iter()
        .map(|package| {
            let shipped = list(&package["dependencies"])
                .into_iter()
                .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
                .map(|dependency| dependency["name"].as_str().expect("a name").to_owned())
                .collect();
            (
                package["name"].as_str().expect("a name").to_owned(),
                shipped,
            )
        })
        .collect()
}

#[test]
fn rooms_import_only_through_their_doors() {
    let imports = imports();
    for (room, shipped) in &imports {
        if room == "xinting-e2e" {
            continue;
        }
        let (_, allowed) = ALLOWED
            .iter()
            .find(|(name, _)| name == room)
            .unwrap_or_else(|| {
                panic!("{room} is a new room: give it a line here and in ARCHITECTURE.md")
            });
        for import in shipped.iter().filter(|name| name.starts_with("xinting-")) {
            assert!(
                allowed.contains(&import.as_str()),
                "{room} may not import {import}"
            );
        }
    }
    assert_eq!(
        imports.len(),
        ALLOWED.len() + 1,
        "a room has gone: take its line away"
    );
}

#[test]
fn pure_rooms_stay_pure() {
    let imports = imports();
    for (room, forbidden) in PURE {
        for import in *forbidden {
            assert!(
                !imports[*room].contains(*import),
                "{room} may not import {import}"
            );
        }
    }
}

/// Every Rust file below `folder`.
fn sources(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn what_a_call_does_is_logged_nowhere() {
    let mut found = Vec::new();
    for room in ["core", "command", "dialect"] {
        sources(
            &xinting_e2e::bins::workspace()
                .join("hw/src/modem")
                .join(room),
            &mut found,
        );
    }
    assert!(found.len() > 30, "the search looks where the sources are");
    for path in found {
        let text = std::fs::read_to_string(&path).expect("a source");
        assert!(!text.contains("tracing::"), "{} logs", path.display());
    }
}
