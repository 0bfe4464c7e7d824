//! The pages of the player and the question after it, in every size, language, letter size and reach: nothing is cut,
//! nothing lies over something else, nothing moves by itself, and the caption's box stays where it is.

#[path = "support/content.rs"]
mod content;
#[path = "support/pages.rs"]
mod pages;

use pages::{Booth, Set, clear, seen};
use xinting_content::Lang;
use xinting_content::practice::{Practice, PracticeKind};
use xinting_kiosk::adapters::PlayerFrame;
use xinting_session::{
    CanCall, Devices, Door, Felt, Input, PlayerEvent, Screen, SoundState, TextSize,
};

fn frame(practice: &Practice, position_ms: u64) -> PlayerFrame {
    PlayerFrame {
        position_ms,
        duration_ms: practice.duration_ms,
        heard: true,
        cue: 0,
        cue_from_ms: 0,
    }
}

fn sound(booth: &mut Booth, sound: SoundState) {
    booth.give(Input::Devices(Devices {
        can_call: CanCall::Yes,
        sound,
    }));
}

fn open(booth: &mut Booth, set: Set, practice: &Practice) {
    booth.begin(set);
    sound(booth, SoundState::Present);
    booth.give(Input::OpenDoor(Door::Relax));
    booth.give(Input::OpenPractice(practice.id.clone()));
    assert!(matches!(
        booth.session.screen(booth.now),
        Screen::Player { .. }
    ));
}

/// The page with the player at this place.
fn clear_at(booth: &Booth, page: &str, at: PlayerFrame) {
    booth.draw();
    booth.screens.player(at);
    clear(booth, page);
}

/// Every sentence a practice says, and every state of its sound.
fn whole_practice(booth: &mut Booth, set: Set, practice: &Practice) {
    open(booth, set, practice);
    let id = practice.id.to_string();
    clear_at(booth, &id, frame(practice, 0));
    for caption in &practice.captions {
        clear_at(booth, &id, frame(practice, caption.start_ms + 1));
    }
    booth.give(Input::PlayPause);
    clear_at(booth, &format!("{id} paused"), frame(practice, 30_000));
    for (state, name) in [(SoundState::Absent, "absent"), (SoundState::Lost, "lost")] {
        sound(booth, state);
        clear_at(
            booth,
            &format!("{id} {name} paused"),
            frame(practice, 30_000),
        );
        booth.give(Input::PlayPause);
        clear_at(booth, &format!("{id} {name}"), frame(practice, 30_000));
        booth.give(Input::PlayPause);
    }
    sound(booth, SoundState::Present);
    booth.give(Input::PlayPause);
    let Screen::Player { pace, beds, .. } = booth.session.screen(booth.now) else {
        panic!("left {id}");
    };
    for step in 0..pace.map_or(0, |(_, of)| of) {
        booth.give(Input::SetPace(step));
        clear_at(booth, &format!("{id} pace {step}"), frame(practice, 45_000));
    }
    for (bed, _) in beds {
        booth.give(Input::SetBed(bed, 8));
        clear_at(booth, &format!("{id} bed"), frame(practice, 45_000));
    }
    if matches!(practice.kind, PracticeKind::Breathing { .. }) {
        booth.give(Input::ToggleReducedMotion);
        for position in [0, 12_000, 21_000] {
            clear_at(booth, &format!("{id} still"), frame(practice, position));
        }
    }
}

fn question(booth: &mut Booth, set: Set, practice: &Practice) {
    open(booth, set, practice);
    booth.pass(90);
    booth.give(Input::Player(PlayerEvent::Ended));
    assert!(matches!(
        booth.session.screen(booth.now),
        Screen::Felt { .. }
    ));
    clear(booth, "felt");
    booth.give(Input::Felt(Felt::Not));
    assert!(matches!(
        booth.session.screen(booth.now),
        Screen::FeltNot { .. }
    ));
    clear(booth, &format!("felt not after {}", practice.id));
    booth.give(Input::SkipFelt);
    booth.give(Input::OpenPractice(practice.id.clone()));
    booth.give(Input::Player(PlayerEvent::Ended));
    clear_at(booth, "ended", frame(practice, practice.duration_ms));
}

fn every_way(size: (u32, u32)) {
    let mut booth = Booth::new(size, content::library(&["starter"]));
    let library = booth.session.library().clone();
    for lang in [Lang::ZhCn, Lang::En] {
        for letters in [TextSize::Normal, TextSize::Largest] {
            for reach in [false, true] {
                let set = Set {
                    lang,
                    letters,
                    reach,
                    hour: 15,
                };
                for practice in library.practices_for(xinting_content::Audience::Junior) {
                    whole_practice(&mut booth, set, practice);
                    if practice.kind != PracticeKind::Soundscape {
                        question(&mut booth, set, practice);
                    }
                }
            }
        }
    }
}

#[test]
fn nothing_lies_over_anything_in_portrait() {
    every_way((1080, 1920));
}

#[test]
fn nothing_lies_over_anything_on_a_small_portrait_display() {
    every_way((800, 1280));
}

#[test]
fn nothing_lies_over_anything_in_landscape() {
    every_way((1280, 800));
}

#[test]
fn nothing_lies_over_anything_on_a_small_landscape_display() {
    every_way((1024, 600));
}

#[test]
fn in_reach_mode_all_that_can_be_touched_lies_in_the_lower_half() {
    let mut booth = Booth::new((1080, 1920), content::library(&["starter"]));
    let library = booth.session.library().clone();
    let set = Set {
        lang: Lang::ZhCn,
        letters: TextSize::Normal,
        reach: true,
        hour: 15,
    };
    for practice in library.practices_for(xinting_content::Audience::Junior) {
        open(&mut booth, set, practice);
        booth.draw();
        for button in seen(&booth).1 {
            assert!(
                button.shows.0[1] >= 959.0,
                "{}: {} at {:?}",
                practice.id,
                button.what,
                button.shows
            );
        }
    }
}

#[test]
fn every_control_is_found_by_its_name() {
    let mut booth = Booth::new((1080, 1920), content::library(&["starter"]));
    let library = booth.session.library().clone();
    let set = Set {
        lang: Lang::ZhCn,
        letters: TextSize::Normal,
        reach: false,
        hour: 15,
    };
    for practice in library.practices_for(xinting_content::Audience::Junior) {
        open(&mut booth, set, practice);
        booth.draw();
        let Screen::Player { pace, beds, .. } = booth.session.screen(booth.now) else {
            panic!("left {}", practice.id);
        };
        let mut names = vec![
            "暂停".to_owned(),
            "结束铃".to_owned(),
            "声音大一点".to_owned(),
        ];
        if pace.is_some() {
            names.extend(["慢一点", "快一点", "减弱动效"].map(str::to_owned));
        }
        for (bed, _) in &beds {
            let bed = library.bed(bed).expect("a bed of the library");
            let title = bed.title.get(Lang::ZhCn);
            names.extend([format!("{title}小一点"), format!("{title}大一点")]);
        }
        let buttons = seen(&booth).1;
        for name in names {
            assert!(
                buttons.iter().any(|button| button.what == name),
                "{}: {name}",
                practice.id
            );
        }
    }
}
