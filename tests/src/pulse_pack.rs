//! A pack of practices made to be measured: their sounds are rulers, their captions change at whole seconds, and one of
//! them breathes.

use crate::booth::build_pack;
use crate::pulse_ruler::{noise, wav};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Frames of a second.
const SECOND: usize = 48_000;
/// Milliseconds from one caption to the next.
pub const CAPTION_MS: u64 = 3000;
/// Length of the guided ruler in milliseconds.
pub const RULER_MS: u64 = 45_000;
/// The breath of the breathing ruler in milliseconds: in, out.
pub const BREATH_MS: (u64, u64) = (2600, 3900);

/// Builds starter and rulers below `folder`, for a booth's `[packs] image`.
///
/// # Panics
/// If the authoring tool refuses them.
#[must_use]
pub fn packs(folder: &Path) -> PathBuf {
    let packs = folder.join("packs");
    std::fs::create_dir_all(&packs).expect("the test's folder can be written");
    build_pack(
        &crate::bins::workspace().join("content/starter"),
        &packs.join("starter.xpack"),
    );
    let source = folder.join("rulers");
    let write = |name: &str, bytes: &[u8]| {
        let path = source.join(name);
        let place = path.parent().expect("a file in a folder");
        std::fs::create_dir_all(place).expect("the test's folder can be written");
        std::fs::write(path, bytes).expect("the test's folder can be written");
    };
    write("pack.toml", PACK.as_bytes());
    write("sounds/ruler.wav", &wav(&ruler()));
    write("sounds/breath.wav", &wav(&breath()));
    let guided = practice("guided", "尺子", RULER_MS, "sounds/ruler.wav");
    write("practices/ruler.toml", guided.as_bytes());
    let (inhale, exhale) = BREATH_MS;
    let mut breathing = practice("breathing", "会呼吸的尺子", 30_000, "sounds/breath.wav");
    let _infallible = write!(
        breathing,
        "\n[breathing]\nlead_in_ms = 4000\ninhale_ms = {inhale}\nexhale_ms = {exhale}\n"
    );
    write("practices/breath.toml", breathing.as_bytes());
    for lang in ["zh-CN", "en"] {
        write(
            &format!("practices/ruler.{lang}.vtt"),
            captions(RULER_MS).as_bytes(),
        );
        write(
            &format!("practices/breath.{lang}.vtt"),
            captions(30_000).as_bytes(),
        );
    }
    build_pack(&source, &packs.join("rulers.xpack"));
    packs
}

/// The sound of the guided ruler.
#[must_use]
pub fn ruler() -> Vec<f32> {
    noise(RULER_MS as usize / 1000 * SECOND, 0.3, 21)
}

/// The sound of one breath.
#[must_use]
pub fn breath() -> Vec<f32> {
    let (inhale, exhale) = BREATH_MS;
    noise((inhale + exhale) as usize * SECOND / 1000, 0.3, 22)
}

const PACK: &str = r#"id = "rulers"
kind = "school"
publisher = "xinting-tests"
version = 1
release = "2026.11.1"
title = { zh = "示例：尺子", en = "Sample: rulers" }
languages = ["zh-CN", "en"]
audiences = ["primary", "junior", "senior", "parent"]
sample = true
instruments = []
articles = []
practices = ["ruler", "breath"]
"#;

fn practice(kind: &str, title: &str, length_ms: u64, sound: &str) -> String {
    format!(
        r#"audiences = ["primary", "junior", "senior", "parent"]
kind = "{kind}"
title = {{ zh = "{title}", en = "Ruler, {kind}" }}
summary = {{ zh = "给机器听的", en = "For machines to hear" }}
symbol = "lotus"
duration_ms = {length_ms}
evidence = {{ zh = "没有人研究过它。", en = "Nobody has studied it." }}
ease = {{ zh = "可以随时停下来。", en = "You can stop at any time." }}

[sound]
file = "{sound}"
"#
    )
}

fn captions(length_ms: u64) -> String {
    let mut text = "WEBVTT\n".to_owned();
    for from in (0..length_ms).step_by(CAPTION_MS as usize) {
        let seconds = from / 1000;
        let until = (from + CAPTION_MS).min(length_ms) / 1000;
        let _infallible = write!(
            text,
            "\n00:00:{seconds:02}.000 --> 00:00:{until:02}.000\n{seconds}\n"
        );
    }
    text
}

/// One change of the player page, from a flow's record.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// When the page was last seen as before, in seconds since 1970.
    pub before: f64,
    /// When it was seen changed.
    pub after: f64,
    /// What the breath does: none, ready, inhale or exhale.
    pub breath: String,
    /// The caption.
    pub caption: String,
}

/// Reads what a flow's `--record` wrote.
///
/// # Panics
/// If it is no record.
#[must_use]
pub fn record(path: &Path) -> Vec<Change> {
    let text = std::fs::read_to_string(path).expect("the flow kept a record");
    text.lines()
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [before, after, breath, caption] = fields.as_slice() else {
                panic!("no line of a record: {line}");
            };
            let time = |micros: &str| micros.parse::<f64>().expect("microseconds") / 1e6;
            Change {
                before: time(before),
                after: time(after),
                breath: (*breath).to_owned(),
                caption: (*caption).to_owned(),
            }
        })
        .collect()
}
