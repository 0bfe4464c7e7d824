//! The pages of a call, in every size, language, letter size and reach: nothing is cut, nothing lies over
//! something else, nothing moves by itself, and a phone can read the number.

#[path = "support/content.rs"]
mod content;

use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, TestingBackend, TestingBackendOptions,
    mock_elapsed_time,
};
use slint::PhysicalSize;
use std::ops::ControlFlow;
use std::time::Duration;
use xinting_content::{Audience, Lang, LineId};
use xinting_kiosk::adapters::Screens;
use xinting_session::{
    CallEvent, CallOutcome, CanCall, Devices, Input, Now, Screen, Session, Settings, SoundState,
    TextSize,
};

/// Boxes may share this much before they count as lying over each other: letters keep clear of their edges.
const SHARED: f32 = 3.0;

struct Booth {
    screens: Screens,
    session: Session,
    now: Now,
    size: (u32, u32),
    how: String,
}

/// How a visitor has set the booth.
#[derive(Clone, Copy)]
struct Set {
    lang: Lang,
    letters: TextSize,
    reach: bool,
    hour: i8,
}

impl Booth {
    fn new(size: (u32, u32), packs: &[&str]) -> Self {
        let backend = TestingBackend::new(TestingBackendOptions {
            mock_time: true,
            threading: false,
            renderer_name: Some("software".into()),
        });
        slint::platform::set_platform(Box::new(backend)).expect("a platform of this thread");
        let screens = Screens::new(|_| {}).expect("a window");
        screens.show().expect("shown");
        screens.window().set_size(PhysicalSize::new(size.0, size.1));
        let session = Session::new(
            content::library(packs),
            Settings {
                audience: Audience::Junior,
                lang: Lang::ZhCn,
                devices: Devices {
                    can_call: CanCall::Yes,
                    sound: SoundState::Present,
                },
            },
        );
        let now = Now {
            monotonic: Duration::from_secs(1000),
            civil: None,
        };
        Self {
            screens,
            session,
            now,
            size,
            how: String::new(),
        }
    }

    fn give(&mut self, input: Input) {
        drop(self.session.handle(self.now, input));
    }

    fn pass(&mut self, seconds: u64) {
        self.now.monotonic += Duration::from_secs(seconds);
        self.give(Input::Tick);
    }

    /// A new visit on the lines page, calls of before forgotten.
    fn begin(&mut self, set: Set) {
        self.give(Input::End);
        self.give(Input::CallEvent(CallEvent::Ended(CallOutcome::HungUpHere)));
        self.pass(1200);
        self.now.civil = Some(jiff::civil::date(2026, 11, 23).at(set.hour, 20, 0, 0));
        self.give(Input::Touch);
        self.give(Input::SetLang(set.lang));
        self.give(Input::SetTextSize(set.letters));
        if set.reach {
            self.give(Input::ToggleReach);
        }
        self.give(Input::Help);
        self.how = format!("{:?} {:?} reach {}", set.lang, set.letters, set.reach);
    }

    fn draw(&self) {
        self.screens.render(&self.session, self.now, None);
        mock_elapsed_time(Duration::from_millis(500));
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

/// Left, top, right, bottom.
#[derive(Clone, Copy, Debug)]
struct Box4([f32; 4]);

impl Box4 {
    fn of(element: &ElementHandle) -> Self {
        let (at, size) = (element.absolute_position(), element.size());
        Self([at.x, at.y, at.x + size.width, at.y + size.height])
    }

    fn meets(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([
            a[0].max(b[0]),
            a[1].max(b[1]),
            a[2].min(b[2]),
            a[3].min(b[3]),
        ])
    }

    /// Wider and higher than what boxes may share.
    fn stands(self) -> bool {
        self.0[2] - self.0[0] > SHARED && self.0[3] - self.0[1] > SHARED
    }

    fn within(self, other: Self) -> bool {
        let (a, b) = (self.0, other.0);
        a[0] > b[0] - SHARED && a[1] > b[1] - SHARED && a[2] < b[2] + SHARED && a[3] < b[3] + SHARED
    }
}

/// What can be read or touched, each with the part of it that shows.
struct Seen {
    what: String,
    whole: Box4,
    shows: Box4,
}

fn seen(booth: &Booth) -> (Vec<Seen>, Vec<Seen>, Vec<Seen>) {
    let root = booth.screens.root();
    let window = Box4([0.0, 0.0, booth.size.0 as f32, booth.size.1 as f32]);
    let mut columns = Vec::new();
    for column in ElementHandle::find_by_element_type_name(root, "Flickable") {
        let mut inside = Vec::new();
        column.visit_descendants(|element| {
            inside.push((Box4::of(&element).0, element.accessible_label()));
            ControlFlow::<()>::Continue(())
        });
        columns.push((Box4::of(&column), inside));
    }
    let look = |element: ElementHandle| {
        let whole = Box4::of(&element);
        let what = element.accessible_label().unwrap_or_default().to_string();
        let column = columns
            .iter()
            .find(|(_, inside)| inside.contains(&(whole.0, element.accessible_label())));
        let shows = column.map_or(whole, |(place, _)| whole.meets(*place));
        Seen { what, whole, shows }
    };
    let role = |role: AccessibleRole| {
        ElementQuery::from_root(root)
            .match_descendants()
            .match_accessible_role(role)
            .find_all()
    };
    let texts = role(AccessibleRole::Text)
        .into_iter()
        .map(look)
        .filter(|text| !text.what.trim().is_empty())
        .collect::<Vec<_>>();
    let buttons = role(AccessibleRole::Button)
        .into_iter()
        .map(look)
        .collect::<Vec<_>>();
    let labels = ElementHandle::find_by_element_type_name(root, "Label")
        .map(look)
        .collect::<Vec<_>>();
    for part in texts.iter().chain(&buttons) {
        assert!(
            part.shows.0[0] >= 0.0 && part.shows.within(window),
            "{}: {} leaves the window: {:?}",
            booth.how,
            part.what,
            part.shows
        );
    }
    (texts, buttons, labels)
}

/// Nothing lies over something else, and what is written on a button stays on it.
fn clear(booth: &Booth, page: &str) {
    booth.draw();
    let (texts, buttons, labels) = seen(booth);
    let how = format!("{page} at {:?}, {}", booth.size, booth.how);
    // What moves on a call's page moves once a second, when the visit says so.
    assert!(
        !booth.screens.window().has_active_animations(),
        "{how}: something keeps moving"
    );
    assert!(
        texts.len() >= 2 && buttons.len() >= 5,
        "{how}: hardly anything stands there"
    );
    for (index, text) in texts.iter().enumerate() {
        for other in &texts[index + 1..] {
            let shared = text.shows.meets(other.shows);
            assert!(
                !shared.stands() || text.whole.0 == other.whole.0,
                "{how}: “{}” {:?} and “{}” {:?} lie over each other",
                text.what,
                text.shows,
                other.what,
                other.shows
            );
        }
        for button in &buttons {
            assert!(
                !text.shows.meets(button.shows).stands(),
                "{how}: “{}” {:?} lies over the button “{}” {:?}",
                text.what,
                text.shows,
                button.what,
                button.shows
            );
        }
        // Beside a landscape sheet the pavilion's roof begins here.
        if booth.size.0 > booth.size.1 {
            let u = (booth.size.0 as f32 / 1280.0).min(booth.size.1 as f32 / 800.0);
            assert!(
                text.whole.0[0] > 400.0 * u || text.whole.0[3] < 452.0 * u,
                "{how}: “{}” meets the pavilion",
                text.what
            );
        }
    }
    for (index, button) in buttons.iter().enumerate() {
        for other in &buttons[index + 1..] {
            assert!(
                // A component and what it is made of may both answer for one button.
                button.whole.0 == other.whole.0 || !button.shows.meets(other.shows).stands(),
                "{how}: the buttons “{}” {:?} and “{}” {:?} lie over each other",
                button.what,
                button.shows,
                other.what,
                other.shows
            );
        }
    }
    for label in &labels {
        assert!(
            buttons
                .iter()
                .any(|button| label.whole.within(button.whole)),
            "{how}: what is written at {:?} leaves its button",
            label.whole
        );
    }
}

fn whole_call(booth: &mut Booth, set: Set) {
    booth.begin(set);
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

    booth.begin(set);
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

    booth.begin(set);
    booth.dial(line.clone());
    booth.give(Input::CallEvent(CallEvent::Ended(CallOutcome::Busy)));
    clear(booth, "next-line");
    for (outcome, page) in [
        (CallOutcome::Busy, "busy"),
        (CallOutcome::NoAnswer, "no-answer"),
        (CallOutcome::Failed, "failed"),
        (CallOutcome::Lost, "lost"),
    ] {
        booth.begin(set);
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
        booth.begin(set);
        booth.can_call(why);
        clear(booth, "lines-out-of-order");
        booth.give(Input::Call(line.clone()));
        clear(booth, page);
        booth.can_call(CanCall::Yes);
    }

    booth.begin(set);
    booth.dial(emergency.clone());
    booth.give(Input::CallEvent(CallEvent::LineOpen));
    clear(booth, "open-emergency");
    booth.begin(set);
    booth.dial(emergency);
    booth.give(Input::CallEvent(CallEvent::Ended(CallOutcome::Failed)));
    clear(booth, "failed-emergency");
}

fn every_way(size: (u32, u32), packs: &[&str]) {
    let mut booth = Booth::new(size, packs);
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
    let mut booth = Booth::new(size, &["starter"]);
    for (lang, reach, hour) in [
        (Lang::ZhCn, false, 15),
        (Lang::En, true, 15),
        (Lang::ZhCn, true, 22),
    ] {
        booth.begin(Set {
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
        booth.begin(Set {
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
