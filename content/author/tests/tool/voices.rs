//! What an author records or brings along: every format a booth decodes, and what is wrong with the rest.

use crate::desk::Desk;
use std::path::Path;

/// A small sound that stands with the tests of the decoder.
fn recording(name: &str) -> Vec<u8> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../hw/sound/tests/data");
    std::fs::read(data.join(name)).unwrap()
}

/// 48 kHz, 16 bit, one channel: a tone of `frames` frames.
fn wav(frames: u32) -> Vec<u8> {
    made(frames, |n| (f64::from(n) * 0.05).sin() * 8_000.0)
}

/// 48 kHz, 16 bit, one channel, each frame as `sample` says; beyond the range it is cut off.
fn made(frames: u32, sample: impl Fn(u32) -> f64) -> Vec<u8> {
    let bytes = frames * 2;
    let mut out = b"RIFF".to_vec();
    out.extend((36 + bytes).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend(48_000_u32.to_le_bytes());
    out.extend(96_000_u32.to_le_bytes());
    out.extend(b"\x02\0\x10\0data");
    out.extend(bytes.to_le_bytes());
    for n in 0..frames {
        out.extend((sample(n) as i16).to_le_bytes());
    }
    out
}

fn with_voice(name: &str, bytes: &[u8]) -> Desk {
    let desk = Desk::new();
    desk.edit(
        "little/practices/breath.toml",
        "[sound]",
        &format!("[voice]\nzh = \"sounds/{name}\"\n[sound]"),
    );
    std::fs::create_dir_all(desk.path("little/sounds")).unwrap();
    std::fs::write(desk.path(&format!("little/sounds/{name}")), bytes).unwrap();
    desk
}

#[test]
fn a_voice_may_come_in_every_format_a_booth_decodes() {
    let mut all = vec![("words.wav", wav(96_000))];
    for name in ["tone.mp3", "tone.ogg", "tone.opus"] {
        all.push((name, recording(name)));
    }
    for (name, bytes) in all {
        let desk = with_voice(name, &bytes).built();
        let shown = desk.good(&["show", "little.xpack", "--trust", "mine.pub"]);
        assert!(shown.contains(&format!("sounds/{name}")), "{shown}");
    }
}

#[test]
fn a_voice_that_is_aac_damaged_or_too_long_is_refused_with_the_reason() {
    let aac = with_voice("words.m4a", b"\0\0\0\x20ftypM4A ");
    let fault = aac.bad(1, &["check", "little"]);
    assert!(
        fault.contains("breath.toml:13:6: voice.zh: ") && fault.contains("AAC"),
        "{fault}"
    );
    // AAC under another name is known by what it is.
    let hidden = with_voice("words.wav", b"\0\0\0\x20ftypM4A \0\0\0\0isomM4A mp42");
    let fault = hidden.bad(1, &["check", "little"]);
    assert!(
        fault.starts_with("sounds/words.wav: ") && fault.contains("AAC"),
        "{fault}"
    );
    let broken = with_voice("words.flac", b"fLaC and nothing more");
    let fault = broken.bad(1, &["check", "little"]);
    assert!(fault.starts_with("sounds/words.flac: "), "{fault}");
    let long = with_voice("words.wav", &wav(48_000 * 13));
    let fault = long.bad(1, &["check", "little"]);
    assert!(
        fault.contains("13000 ms") && fault.contains("12000 ms"),
        "{fault}"
    );
}

#[test]
fn a_shipped_breath_is_one_breath_to_the_frame() {
    let desk = Desk::new();
    desk.edit(
        "little/practices/breath.toml",
        "recipe = \"breathing\"\nseed = 5",
        "file = \"sounds/in-out.wav\"",
    );
    std::fs::create_dir_all(desk.path("little/sounds")).unwrap();
    let put = |frames| std::fs::write(desk.path("little/sounds/in-out.wav"), wav(frames)).unwrap();
    put(480_001);
    let fault = desk.bad(1, &["check", "little"]);
    assert!(
        fault.contains("480001 frames") && fault.contains("480000"),
        "{fault}"
    );
    put(480_000);
    desk.good(&["check", "little"]);
}

#[test]
fn a_recipe_is_used_for_what_it_makes() {
    let desk = Desk::new();
    desk.edit(
        "little/practices/breath.toml",
        "\"breathing\"\nseed",
        "\"rain\"\nseed",
    );
    let fault = desk.bad(1, &["check", "little"]);
    assert!(
        fault.contains("not one breath long; use 'breathing'"),
        "{fault}"
    );
    let desk = Desk::new();
    desk.edit(
        "little/pack.toml",
        "practices",
        "beds = [\"hum\"]\npractices",
    );
    let bed = |recipe: &str| {
        let text = format!(
            "title = {{ zh = \"声\", en = \"Hum\" }}\nsymbol = \"moon\"\n[sound]\nrecipe = \"{recipe}\"\n"
        );
        desk.put("little/beds/hum.toml", &text);
    };
    for (recipe, holds) in [("bells", "does not loop"), ("breathing", "needs a pace")] {
        bed(recipe);
        let fault = desk.bad(1, &["check", "little"]);
        assert!(
            fault.starts_with("beds/hum.toml:4:1: ") && fault.contains(holds),
            "{fault}"
        );
    }
    bed("brown");
    assert!(desk.good(&["check", "little"]).contains("1 bed"));
}

#[test]
fn a_recording_that_went_wrong_is_refused_with_what_to_do() {
    let tone = |n: u32, loud: f64| (f64::from(n) * 0.05).sin() * loud;
    let cases: [(&str, Vec<u8>, &str); 4] = [
        ("silent", made(96_000, |_| 0.0), "it is silent"),
        (
            "clipped",
            made(96_000, |n| tone(n, 90_000.0)),
            "it is clipped in ",
        ),
        (
            "shifted",
            made(96_000, |n| tone(n, 6_000.0) + 900.0),
            "its zero line is off by 2.7 %",
        ),
        (
            "faint",
            made(96_000, |n| tone(n, 60.0)),
            "the voice is too faint: -",
        ),
    ];
    for (name, bytes, words) in cases {
        let desk = with_voice("words.wav", &bytes);
        let told = desk.bad(1, &["check", "little"]);
        let begins = format!("sounds/words.wav: {words}");
        let named = told
            .lines()
            .any(|line| line.contains(&begins) && line.contains("; "));
        assert!(named, "{name}: {told}");
    }
    let desk = with_voice("words.wav", &made(96_000, |n| tone(n, 500.0)));
    let told = desk.tool(&["check", "little"]);
    let warned = String::from_utf8(told.stderr).unwrap();
    assert!(
        told.status.success() && warned.contains("quieter than everything else"),
        "{warned}"
    );
    let stdout = String::from_utf8(told.stdout).unwrap();
    assert!(
        stdout.contains("sounds/words.wav: -") && stdout.contains(" LUFS, true peak"),
        "{stdout}"
    );
}
