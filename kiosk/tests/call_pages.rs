//! The pages of a call, in every size, language, letter size and reach: nothing is cut, nothing lies over
//! something else, nothing moves by itself, and a phone can read the number.

#[path = "support/content.rs"]
mod content;

#[path = "support/pages.rs"]
mod pages;

use pages::{Booth, Set, seen};
use xinting_content::{Lang, LineId};
use xinting_session::{
    CallEvent, CallOutcome, CanCall, Devices, Input, Screen, SoundState, TextSize,
};

impl Booth {
    /// A new visit on the lines page.
    fn open_lines(&mut self, set: Set) {
        self.begin(set);
        self.give(Input::Help);
    }

    fn first_line(&self) -> LineId {
        self.session.library().lines_at(self.now.civil)[0]
            .id
            .clone()
    }

    fn emergency(&self) -> LineId {
        self.session.library().emergency_lines()[0].id.clone()
    }

    fn can_call(&mut self, can_call: CanCall) {
        self.give(Input::Devices(Devices {
            can_call,
            sound: SoundState::Present,
        }));
    }

    fn dial(&mut self, line: LineId) {
        self.give(Input::Call(line));
        self.give(Input::ConfirmCall);
        self.pass(4);
        self.give(Input::CallEvent(CallEvent::Dialling));
    }
}

/// Nothing lies over something else, and beside a landscape sheet no words meet the pavilion.
fn clear(booth: &Booth, page: &str) {
    pages::clear(booth, page);
    if booth.size.0 < booth.size.1 {
        return;
    }
    let u = (booth.size.0 as f32 / 1280.0).min(booth.size.1 as f32 / 800.0);
    let (texts, _, _) = seen(booth);
    for text in texts {
        assert!(
            text.whole.0[0] > 400.0 * u || text.whole.0[3] < 452.0 * u,
            "{page} at {:?}, {}: “{}” meets the pavilion",
            booth.size,
            booth.how,
            text.what
        );
    }
}

fn whole_call(booth: &mut Booth, set: Set) {
    booth.open_lines(set);
    clear(booth, "lines");
    let (line, emergency) = (booth.first_line(), booth.emergency());
    booth.give(Input::Call(emergency.clone()));
    clear(booth, "confirm-emergency");
    booth.give(Input::CancelCall);
    for _ in 0..10 {
        booth.give(Input::Call(line.clone()));
        if matches!(booth.session.screen(booth.now), Screen::ConfirmCall { .. }) {
            break;
        }
        booth.pass(4);
        booth.give(Input::HangUp);
        booth.give(Input::CallEvent(CallEvent::Ended(CallOutcome::HungUpHere)));
    }
    assert!(matches!(
        booth.session.screen(booth.now),
        Screen::ConfirmCall { .. }
    ));
    clear(booth, "confirm-again");
    booth.give(Input::ConfirmCall);
    clear(booth, "countdown");
    booth.can_call(CanCall::Returning);
    booth.pass(4);
    clear(booth, "waiting");
    booth.can_call(CanCall::Yes);
    booth.pass(1);
    for (event, page) in [
        (CallEvent::Dialling, "dialling"),
        (CallEvent::DialAgain, "dial-again"),
        (CallEvent::Alerting, "ringing"),
        (CallEvent::LineOpen, "open"),
    ] {
        booth.give(Input::CallEvent(event));
        clear(booth, page);
    }
    booth.pass(58 * 60 + 5);
    clear(booth, "last-minutes");
    booth.give(Input::ToggleKeypad);
    clear(booth, "last-minutes-keypad");
    booth.give(Input::ToggleKeypad);
    booth.give(Input::HangUp);
    clear(booth, "ending");
    booth.give(Input::CallEvent(CallEvent::Ended(CallOutcome::HungUpHere)));
    clear(booth, "over");

    booth.open_lines(set);
    booth.give(Input::HookDown);
    booth.give(Input::Call(line.clone()));
    clear(booth, "countdown-handset");
    booth.pass(4);
    booth.give(Input::CallEvent(CallEvent::Dialling));
    clear(booth, "handset");
    booth.give(Input::CallEvent(CallEvent::LineOpen));
    clear(booth, "handset-open");
    booth.give(Input::ToggleKeypad);
    clear(booth, "handset-keypad");
    booth.give(Input::HookGone);

    booth.open_lines(set);
    booth.dial(line.clone());
    booth.give(Input::CallEvent(CallEvent::Ended(CallOutcome::Busy)));
    clear(booth, "next-line");
    for (outcome, page) in [
        (CallOutcome::Busy, "busy"),
        (CallOutcome::NoAnswer, "no-answer"),
        (CallOutcome::Failed, "failed"),
        (CallOutcome::Lost, "lost"),
    ] {
        booth.open_lines(set);
        booth.dial(line.clone());
        for _ in 0..10 {
            booth.give(Input::CallEvent(CallEvent::Ended(outcome)));
            booth.pass(4);
            booth.give(Input::CallEvent(CallEvent::Dialling));
        }
        assert!(
            matches!(booth.session.screen(booth.now), Screen::CallFailed { .. }),
            "{page}"
        );
        clear(booth, page);
    }
    for (why, page) in [
        (CanCall::NoModem, "no-modem"),
        (CanCall::NoSim, "no-sim"),
        (CanCall::NoNetwork, "no-network"),
    ] {
        booth.open_lines(set);
        booth.can_call(why);
        clear(booth, "lines-out-of-order");
        booth.give(Input::Call(line.clone()));
        clear(booth, page);
        booth.can_call(CanCall::Yes);
    }

    booth.open_lines(set);
    booth.dial(emergency.clone());
    booth.give(Input::CallEvent(CallEvent::LineOpen));
    clear(booth, "open-emergency");
    booth.open_lines(set);
    booth.dial(emergency);
    booth.give(Input::CallEvent(CallEvent::Ended(CallOutcome::Failed)));
    clear(booth, "failed-emergency");
}

fn every_way(size: (u32, u32), packs: &[&str]) {
    let mut booth = Booth::new(size, content::library(packs));
    for lang in [Lang::ZhCn, Lang::En] {
        for letters in [TextSize::Normal, TextSize::Largest] {
            for reach in [false, true] {
                let set = Set {
                    lang,
                    letters,
                    reach,
                    hour: 15,
                };
                whole_call(&mut booth, set);
            }
        }
    }
}

#[test]
fn nothing_lies_over_anything_in_portrait() {
    every_way((1080, 1920), &["starter", "sample-school"]);
}

#[test]
fn nothing_lies_over_anything_in_portrait_without_a_school() {
    every_way((800, 1280), &["starter"]);
}

#[test]
fn nothing_lies_over_anything_in_landscape() {
    every_way((1280, 800), &["starter", "sample-school"]);
}

#[test]
fn nothing_lies_over_anything_on_a_small_landscape_display() {
    every_way((1024, 600), &["starter"]);
}

/// Takes the picture of the page, finds the codes on it and reads them, as a phone would.
fn codes_on_the_screen(booth: &Booth) -> Vec<String> {
    booth.draw();
    let pixels = booth.screens.window().take_snapshot().expect("a picture");
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    let mut grey = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        let pixel = pixels.as_slice()[y * width + x];
        let light = u32::from(pixel.r) * 3 + u32::from(pixel.g) * 6 + u32::from(pixel.b);
        u8::try_from(light / 10).expect("a weighted mean of bytes")
    });
    grey.detect_grids()
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .collect()
}

fn a_phone_reads_the_number(size: (u32, u32)) {
    let mut booth = Booth::new(size, content::library(&["starter"]));
    for (lang, reach, hour) in [
        (Lang::ZhCn, false, 15),
        (Lang::En, true, 15),
        (Lang::ZhCn, true, 22),
    ] {
        booth.open_lines(Set {
            lang,
            letters: TextSize::Normal,
            reach,
            hour,
        });
        let line = booth.first_line();
        booth.can_call(CanCall::NoModem);
        booth.give(Input::Call(line));
        assert_eq!(
            codes_on_the_screen(&booth),
            ["tel:12356"],
            "{size:?} {}",
            booth.how
        );
        booth.can_call(CanCall::Yes);
        booth.open_lines(Set {
            lang,
            letters: TextSize::Normal,
            reach,
            hour,
        });
        let emergency = booth.emergency();
        booth.dial(emergency);
        booth.give(Input::CallEvent(CallEvent::Ended(CallOutcome::Failed)));
        assert_eq!(
            codes_on_the_screen(&booth),
            ["tel:120"],
            "{size:?} {}",
            booth.how
        );
    }
}

#[test]
fn a_phone_reads_the_number_in_portrait() {
    a_phone_reads_the_number((1080, 1920));
}

#[test]
fn a_phone_reads_the_number_in_landscape() {
    a_phone_reads_the_number((1280, 800));
}

#[test]
fn a_phone_reads_the_number_on_a_small_display() {
    a_phone_reads_the_number((1024, 600));
}
