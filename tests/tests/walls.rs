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
