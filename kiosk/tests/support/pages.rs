//! A booth whose pages are looked at: nothing is cut, nothing lies over something else, nothing moves by itself.

use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, TestingBackend, TestingBackendOptions,
    mock_elapsed_time,
};
use slint::PhysicalSize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use xinting_content::{Audience, Lang, Library};
use xinting_kiosk::adapters::Screens;
use xinting_session::{
    CallEvent, CallOutcome, CanCall, Devices, Input, Now, Session, Settings, SoundState, TextSize,
};

/// Boxes may share this much before they count as lying over each other: letters keep clear of their edges.
const SHARED: f32 = 3.0;

pub(crate) struct Booth {
    pub(crate) screens: Screens,
    pub(crate) session: Session,
    pub(crate) now: Now,
    pub(crate) size: (u32, u32),
    pub(crate) how: String,
}

/// How a visitor has set the booth.
#[derive(Clone, Copy)]
pub(crate) struct Set {
    pub(crate) lang: Lang,
    pub(crate) letters: TextSize,
    pub(crate) reach: bool,
    pub(crate) hour: i8,
}

impl Booth {
    pub(crate) fn new(size: (u32, u32), library: Arc<Library>) -> Self {
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
            library,
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

    pub(crate) fn give(&mut self, input: Input) {
        drop(self.session.handle(self.now, input));
    }

    pub(crate) fn pass(&mut self, seconds: u64) {
        self.now.monotonic += Duration::from_secs(seconds);
        self.give(Input::Tick);
    }

    /// A new visit on the home page, calls of before forgotten.
    pub(crate) fn begin(&mut self, set: Set) {
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
        self.how = format!("{:?} {:?} reach {}", set.lang, set.letters, set.reach);
    }

    pub(crate) fn draw(&self) {
        self.screens.render(&self.session, self.now, None);
        mock_elapsed_time(Duration::from_millis(500));
    }
}

/// Left, top, right, bottom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Box4(pub(crate) [f32; 4]);

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
pub(crate) struct Seen {
    pub(crate) what: String,
    pub(crate) whole: Box4,
    pub(crate) shows: Box4,
}

pub(crate) fn seen(booth: &Booth) -> (Vec<Seen>, Vec<Seen>, Vec<Seen>) {
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
pub(crate) fn clear(booth: &Booth, page: &str) {
    booth.draw();
    let (texts, buttons, labels) = seen(booth);
    let how = format!("{page} at {:?}, {}", booth.size, booth.how);
    // What moves on a page moves when the visit or the player says so.
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
