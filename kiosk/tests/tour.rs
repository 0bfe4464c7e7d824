//! Every screen is drawn, in both languages and both orientations, with words on each.

#[path = "support/content.rs"]
mod content;

use std::fs;
use std::path::Path;
use xinting_content::{Audience, Lang};
use xinting_kiosk::tour::{TourOptions, run};

/// What a call can look like; every tour stops at each.
const CALL: &[&str] = &[
    "lines",
    "lines-out-of-order",
    "confirm-emergency",
    "confirm-again",
    "countdown",
    "countdown-handset",
    "countdown-next-line",
    "call-waiting",
    "call-dialling",
    "call-dial-again",
    "call-ringing",
    "call-open",
    "call-open-emergency",
    "call-keypad",
    "call-handset",
    "call-handset-keypad",
    "call-last-minutes",
    "call-ending",
    "call-over",
    "call-busy",
    "call-no-answer",
    "call-failed",
    "call-failed-emergency",
    "call-lost",
    "call-no-modem",
    "call-no-sim",
    "call-no-network",
    "call-night",
    "call-lost-night",
];

/// What the player can look like.
const PLAYER: &[&str] = &[
    "relax",
    "player-ready",
    "player-closed",
    "player-half",
    "player-open",
    "player-pace",
    "player-paused",
    "player-silent",
    "player-lost",
    "player-still",
    "player-still-out",
    "player-still-silent",
    "largest-player",
    "player-ended",
    "player-guided",
    "player-guided-silent",
    "player-guided-paused",
    "player-soundscape",
    "player-mixer",
    "player-mixer-paused",
    "player-mixer-silent",
    "felt",
    "felt-not",
    "felt-not-largest",
];

fn tour(name: &str, size: (u32, u32), lang: Lang, audience: Audience) -> usize {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&dir);
    let options = TourOptions {
        dir: dir.clone(),
        size,
        lang,
        audience,
        at: None,
        library: content::library(&["starter"]),
    };
    let taken = run(options).expect("every screen comes out");
    let written: Vec<String> = fs::read_dir(&dir)
        .expect("the folder was made")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    assert_eq!(taken, written.len());
    for stop in CALL.iter().chain(PLAYER) {
        let ending = format!("-{stop}.png");
        let there = |name: &String| {
            let number = name.strip_suffix(&ending);
            number.is_some_and(|number| number.chars().all(|digit| digit.is_ascii_digit()))
        };
        assert!(written.iter().any(there), "no picture of {stop}");
    }
    taken
}

#[test]
fn portrait_in_chinese() {
    assert!(tour("portrait-zh", (1080, 1920), Lang::ZhCn, Audience::Junior) >= 94);
}

#[test]
fn portrait_in_english() {
    assert!(tour("portrait-en", (1080, 1920), Lang::En, Audience::Junior) >= 94);
}

#[test]
fn landscape_in_chinese() {
    assert!(tour("landscape-zh", (1280, 800), Lang::ZhCn, Audience::Junior) >= 84);
}

#[test]
fn landscape_in_english() {
    assert!(tour("landscape-en", (1920, 1080), Lang::En, Audience::Senior) >= 84);
}

#[test]
fn a_primary_school_has_its_own_tour() {
    assert!(tour("primary-zh", (800, 1280), Lang::ZhCn, Audience::Primary) >= 74);
}
