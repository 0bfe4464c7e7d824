//! The first inputs of a corpus: the good pack and its parts, whole and with single changes.
//!
//! Nothing is copied from anybody: all of it is the sample's.

use super::content::split;
use super::holds::{below, pack, publisher};
use super::packs::small_manifest;
use super::sample::{self, Files};
use super::trust::{root, signed};
use xinting_content::Layer;

/// One input and what it is called.
#[derive(Debug)]
pub struct Seed {
    /// A file name.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

/// The seeds of the target with this name.
pub fn of(target: &str) -> Vec<Seed> {
    let starter = sample::starter();
    let files = |names: &[&str]| -> Vec<Seed> {
        let named = names.iter().map(|name| seed(name, &starter.0[*name]));
        named.flat_map(|seed| varied(&seed)).collect()
    };
    match target {
        "zip" => packs(),
        "pack_signed" => signed_packs(),
        "manifest" => varied(&seed("small", &small_manifest().0)),
        "signature" => {
            let (manifest, comment) = small_manifest();
            varied(&seed(
                "good",
                publisher().sign(&manifest, &comment).as_bytes(),
            ))
        }
        "key_list" => key_lists(),
        "document" => documents(),
        "pack_toml" => files(&["pack.toml"]),
        "instrument" => files(&["instruments/phq-a.toml", "instruments/mood.toml"]),
        "article" => files(&[
            "articles/waves.zh-CN.md",
            "articles/waves.en.md",
            "articles/waves.toml",
        ]),
        "practice" => files(&[
            "practices/breath.toml",
            "practices/walk.toml",
            "practices/lake.toml",
        ]),
        "captions" => files(&["practices/walk.zh-CN.vtt", "practices/walk.en.vtt"]),
        "bed" => files(&["beds/rain.toml"]),
        "hotlines" => files(&["hotlines.toml"]),
        "support" => files(&["support.toml"]),
        "counsellor" => {
            let own = sample::school().0["counsellor.toml"].clone();
            [files(&["counsellor.toml"]), varied(&seed("school", &own))].concat_seeds()
        }
        "calendar" => files(&["calendar.toml"]),
        _ => Vec::new(),
    }
}

trait Concat {
    fn concat_seeds(self) -> Vec<Seed>;
}

impl Concat for [Vec<Seed>; 2] {
    fn concat_seeds(self) -> Vec<Seed> {
        self.into_iter().flatten().collect()
    }
}

fn seed(name: &str, bytes: &[u8]) -> Seed {
    Seed {
        name: name.replace('/', "-"),
        bytes: bytes.to_vec(),
    }
}

/// The seed itself, and with each of its first lines left out, doubled, or changed by one digit.
fn varied(first: &Seed) -> Vec<Seed> {
    let mut seeds = vec![seed(&first.name, &first.bytes)];
    let lines: Vec<&[u8]> = first.bytes.split_inclusive(|&byte| byte == b'\n').collect();
    for number in 0..lines.len().min(12) {
        let (before, rest) = lines.split_at(number);
        let (line, after) = rest.split_at(1);
        let without = [before.concat(), after.concat()].concat();
        let twice = [
            before.concat(),
            line.concat(),
            line.concat(),
            after.concat(),
        ]
        .concat();
        seeds.push(seed(&format!("{}.without-{number}", first.name), &without));
        seeds.push(seed(&format!("{}.twice-{number}", first.name), &twice));
    }
    seeds
}

fn small() -> (Layer, Files) {
    let school = sample::school();
    let layer = Layer::read(&school).expect("the sample keeps the rules");
    (layer, school)
}

fn packs() -> Vec<Seed> {
    let (layer, files) = small();
    let good = pack(&layer, &files).expect("the sample fits");
    let mut seeds = vec![seed("good", &good)];
    for part in 1..8 {
        seeds.push(seed(&format!("cut-{part}"), &good[..good.len() * part / 8]));
        let mut changed = good.clone();
        changed[good.len() * part / 8] ^= 1 << part;
        seeds.push(seed(&format!("bit-{part}"), &changed));
    }
    seeds
}

/// Files as one input.
fn joined(files: &Files) -> Vec<u8> {
    let mut input = Vec::new();
    for (name, bytes) in &files.0 {
        input.extend(format!("=== {name}\n").bytes());
        input.extend(bytes);
        if bytes.last().is_none_or(|&byte| byte != b'\n') {
            input.push(b'\n');
        }
    }
    input
}

fn signed_packs() -> Vec<Seed> {
    let school = seed("school", &joined(&sample::school()));
    let mut with_manifest = small_manifest().0;
    with_manifest.splice(0..0, *b"=== !\n");
    with_manifest.extend(b"=== support.toml\n");
    let mut seeds = vec![
        seed("starter", &joined(&sample::starter())),
        seed("manifest", &with_manifest),
    ];
    assert!(split(&school.bytes).len() > 2);
    seeds.extend(varied(&school));
    seeds
}

fn key_lists() -> Vec<Seed> {
    let text = format!(
        "{{\n  \"domain\": \"xinting-key-list\",\n  \"format\": 1,\n  \"issuer\": \"district\",\n  \"version\": 5,\n  \
         \"issued\": \"2026-11-01\",\n  \"until\": \"2027-11-01\",\n  \"roots\": [\n    \"{}\"\n  ],\n  \"threshold\": 1,\n  \
         \"publishers\": [\n    {{\n      \"id\": \"our-school\",\n      \"name\": {{\n        \"zh-CN\": \"本校\",\n        \
         \"en\": \"Our school\"\n      }},\n      \"keys\": [\n        \"{}\"\n      ],\n      \"needs\": 1,\n      \
         \"packs\": [\n        \"school\"\n      ],\n      \"content\": [\n        \"counsellor\",\n        \"articles\"\n      \
         ]\n    }}\n  ],\n  \"revoked\": [\n    {{\n      \"key\": \"{}\",\n      \"reason\": \"lost\"\n    }}\n  ]\n}}\n",
        root().line(),
        publisher().line(),
        super::keys::Key::named("revoked").id(),
    );
    let file = signed(
        "keys.json",
        text.as_bytes(),
        "keys district version 5",
        &[root()],
    );
    let mut seeds = varied(&seed("list", text.as_bytes()));
    seeds.push(seed("file", &file.expect("a small list fits")));
    seeds
}

fn documents() -> Vec<Seed> {
    let comment = "config * version 3";
    let text = "# nothing\n[packs]\n";
    let file = signed("kiosk.toml", text.as_bytes(), comment, &[root()]);
    let mut seeds = vec![seed("file", &file.expect("a small document fits"))];
    for comment in [
        comment,
        "config booth-1 version 1",
        "config * version 03",
        "keys x version 1",
        "",
    ] {
        let name = format!("signed-{}", comment.replace([' ', '*'], "-"));
        seeds.push(seed(&name, format!("{comment}\n{text}").as_bytes()));
    }
    assert!(!below().lines.is_empty());
    seeds
}
