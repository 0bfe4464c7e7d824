//! Whatever looks touchable is large enough for a finger and does something, on every page.

use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, TestingBackend, TestingBackendOptions,
    mock_elapsed_time,
};
use slint::platform::{PointerEventButton, WindowEvent};
use slint::{LogicalPosition, PhysicalSize};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use xinting_content::{Audience, Lang, fixture};
use xinting_kiosk::adapters::{Screens, UiEvent};
use xinting_kiosk::admin::{
    AdminInput, AdminView, Doing, InstalledPack, PackNotice, PacksStage, PacksView, PinPurpose,
    Service, StickItem, StickView, WorkView,
};
use xinting_session::{
    CallEvent, CallOutcome, CanCall, Devices, Door, Felt, Input, Now, Screen, Session, Settings,
    SoundState,
};

struct Booth {
    screens: Screens,
    session: Session,
    now: Now,
    seen: Rc<RefCell<Vec<UiEvent>>>,
    size: (u32, u32),
}

impl Booth {
    fn new(size: (u32, u32)) -> Self {
        let backend = TestingBackend::new(TestingBackendOptions {
            mock_time: true,
            threading: false,
            renderer_name: Some("software".into()),
        });
        slint::platform::set_platform(Box::new(backend)).expect("a platform of this thread");
        let seen: Rc<RefCell<Vec<UiEvent>>> = Rc::default();
        let to = seen.clone();
        let screens = Screens::new(move |event| to.borrow_mut().push(event)).expect("a window");
        screens.show().expect("shown");
        screens.window().set_size(PhysicalSize::new(size.0, size.1));
        let session = Session::new(
            Arc::new(fixture::library()),
            Settings {
                audience: Audience::Junior,
                lang: Lang::ZhCn,
                devices: Devices {
                    can_call: CanCall::Yes,
                    sound: SoundState::Present,
                },
            },
        );
        let civil = jiff::civil::date(2026, 11, 23).at(15, 20, 0, 0);
        let now = Now {
            monotonic: Duration::from_secs(1000),
            civil: Some(civil),
        };
        Self {
            screens,
            session,
            now,
            seen,
            size,
        }
    }

    fn give(&mut self, input: Input) {
        drop(self.session.handle(self.now, input));
    }

    fn pass(&mut self, seconds: u64) {
        self.now.monotonic += Duration::from_secs(seconds);
        self.give(Input::Tick);
    }

    fn draw(&self, admin: Option<&AdminView>) {
        self.screens.render(&self.session, self.now, admin);
        mock_elapsed_time(Duration::from_millis(500));
    }

    fn buttons(&self) -> Vec<ElementHandle> {
        let all: Vec<ElementHandle> = ElementQuery::from_root(self.screens.root())
            .match_descendants()
            .match_accessible_role(AccessibleRole::Button)
            .find_all();
        all.into_iter()
            .filter(|button| button.accessible_enabled() != Some(false))
            .collect()
    }

    fn touch(&self, at: LogicalPosition) {
        let window = self.screens.window();
        window.dispatch_event(WindowEvent::PointerMoved { position: at });
        window.dispatch_event(WindowEvent::PointerPressed {
            position: at,
            button: PointerEventButton::Left,
        });
        // A scrolling column waits a tenth of a second before it hands a press on.
        mock_elapsed_time(Duration::from_millis(160));
        window.dispatch_event(WindowEvent::PointerReleased {
            position: at,
            button: PointerEventButton::Left,
        });
        mock_elapsed_time(Duration::from_millis(20));
    }

    /// Every button that stands on the page.
    fn check(&self, page: &str, admin: Option<&AdminView>) {
        self.draw(admin);
        let unit = if self.size.0 > self.size.1 {
            (self.size.0 as f32 / 1280.0).min(self.size.1 as f32 / 800.0)
        } else {
            (self.size.0 as f32 / 1080.0).min(self.size.1 as f32 / 1920.0)
        };
        let mut found = 0;
        for button in self.buttons() {
            let (at, size) = (button.absolute_position(), button.size());
            let label = button.accessible_label().unwrap_or_default();
            assert!(!label.is_empty(), "{page}: a button without a label");
            if size.width == 0.0 || at.y + size.height > self.size.1 as f32 || at.y < 0.0 {
                // Further down a column.
                continue;
            }
            assert!(
                size.width >= 87.0 * unit && size.height >= 87.0 * unit,
                "{page}: {label} is only {} by {}",
                size.width,
                size.height
            );
            self.seen.borrow_mut().clear();
            self.touch(LogicalPosition::new(
                at.x + size.width / 2.0,
                at.y + size.height / 2.0,
            ));
            assert!(
                !self.seen.borrow().is_empty(),
                "{page}: nothing happens at {label}"
            );
            self.seen.borrow_mut().clear();
            if button.accessible_enabled() == Some(false) {
                // It has scrolled to the end and rests.
                continue;
            }
            button.invoke_accessible_default_action();
            assert!(
                !self.seen.borrow().is_empty(),
                "{page}: {label} does nothing without a finger"
            );
            found += 1;
            // Scrolling moves what comes after; begin from the top again.
            self.draw(admin);
        }
        assert!(found >= 2, "{page}: only {found} buttons");
    }
}

fn every_page(size: (u32, u32)) {
    let mut booth = Booth::new(size);
    booth.check("attract", None);
    booth.give(Input::Touch);
    booth.check("home", None);
    booth.give(Input::OpenDoor(Door::SelfCheck));
    booth.check("choose", None);
    let library = booth.session.library().clone();
    let instrument = library
        .instruments_for(Audience::Junior)
        .next()
        .expect("an instrument")
        .id
        .clone();
    booth.give(Input::ChooseInstrument(instrument));
    booth.check("intro", None);
    booth.give(Input::BeginItems);
    booth.give(Input::Answer(1));
    booth.pass(1);
    booth.check("item", None);
    for _ in 0..7 {
        booth.give(Input::Answer(0));
        booth.pass(1);
    }
    booth.give(Input::Answer(1));
    booth.pass(1);
    booth.check("support", None);
    booth.give(Input::Home);
    booth.give(Input::OpenDoor(Door::Learn));
    booth.check("learn", None);
    booth.give(Input::Home);
    booth.give(Input::OpenDoor(Door::Relax));
    booth.check("relax", None);
    for practice in library.practices_for(Audience::Junior) {
        booth.give(Input::OpenPractice(practice.id.clone()));
        booth.check("player", None);
        booth.give(Input::PlayPause);
        booth.check("player-paused", None);
        booth.give(Input::Back);
    }
    let practice = library.practices_for(Audience::Junior).next();
    booth.give(Input::End);
    booth.give(Input::Touch);
    booth.give(Input::OpenDoor(Door::Relax));
    booth.give(Input::OpenPractice(practice.expect("one").id.clone()));
    booth.pass(90);
    booth.give(Input::Back);
    assert!(matches!(
        booth.session.screen(booth.now),
        Screen::Felt { .. }
    ));
    booth.check("felt", None);
    booth.give(Input::Felt(Felt::Not));
    booth.check("felt-not", None);
    booth.give(Input::Help);
    booth.check("lines", None);
    let line = library.lines_at(booth.now.civil)[0].id.clone();
    let emergency = library.emergency_lines()[0].id.clone();
    booth.give(Input::Call(emergency));
    assert!(matches!(
        booth.session.screen(booth.now),
        Screen::ConfirmCall { .. }
    ));
    booth.check("confirm", None);
    booth.give(Input::CancelCall);
    booth.give(Input::Call(line.clone()));
    booth.check("countdown", None);
    booth.pass(4);
    booth.give(Input::CallEvent(CallEvent::Dialling));
    booth.check("dialling", None);
    booth.give(Input::CallEvent(CallEvent::LineOpen));
    booth.check("call", None);
    booth.give(Input::ToggleKeypad);
    booth.check("keypad", None);
    booth.give(Input::HangUp);
    booth.give(Input::CallEvent(CallEvent::Ended(CallOutcome::HungUpHere)));
    booth.check("over", None);
    booth.give(Input::Call(line));
    booth.pass(4);
    booth.give(Input::CallEvent(CallEvent::Dialling));
    booth.give(Input::CallEvent(CallEvent::Ended(CallOutcome::Lost)));
    assert!(matches!(
        booth.session.screen(booth.now),
        Screen::CallFailed { .. }
    ));
    booth.check("failed", None);
    booth.give(Input::End);
    booth.give(Input::AdminGesture);
    booth.check(
        "pin",
        Some(&AdminView::Pin {
            purpose: PinPurpose::Enter,
            filled: 2,
            problem: None,
        }),
    );
    booth.check("health", Some(&AdminView::Health(Vec::new())));
    packs_pages(&booth);
}

/// The packs page in each of its ways.
fn packs_pages(booth: &Booth) {
    let mut view = PacksView {
        stick: StickView::Ready,
        installed: vec![InstalledPack {
            id: "school".to_owned(),
            title: "学校".to_owned(),
            publisher: "学校".to_owned(),
            version: "3 (c)".to_owned(),
            sample: false,
            previous: Some("2 (b)".to_owned()),
            service: Service::Serves,
        }],
        on_stick: vec![StickItem {
            file: "school.xpack".to_owned(),
            title: "学校".to_owned(),
            version: "4 (d)".to_owned(),
            ..StickItem::default()
        }],
        ..PacksView::default()
    };
    view.trust.asked = Some("7c1e 09ab 52d4 e6f0 8831 2b9d 44c7 a05e".to_owned());
    for (name, stage) in [
        ("packs", PacksStage::Overview),
        ("pack", PacksStage::Item(0)),
        ("going back", PacksStage::RollBack(0)),
        ("key stick", PacksStage::KeyStick),
        ("void", PacksStage::ForgetKeySticks),
    ] {
        booth.check(name, Some(&AdminView::Packs(view.clone(), stage)));
    }
    view.work = Some(WorkView {
        doing: Doing::Copying,
        file: "school.xpack".to_owned(),
        done_bytes: 1,
        total_bytes: 2,
        file_number: 1,
        files: 1,
        can_cancel: true,
    });
    let at = PacksStage::Overview;
    booth.check("copying", Some(&AdminView::Packs(view.clone(), at)));
    view.work = None;
    view.notice = Some(PackNotice::KeyStickMade);
    booth.check("done", Some(&AdminView::Packs(view, at)));
}

#[test]
fn portrait() {
    every_page((1080, 1920));
}

#[test]
fn landscape() {
    every_page((1280, 800));
}

#[test]
fn five_touches_in_the_corner_open_maintenance_and_four_do_not() {
    let booth = Booth::new((1080, 1920));
    booth.draw(None);
    let gestures = |booth: &Booth| {
        booth
            .seen
            .borrow()
            .iter()
            .filter(|event| matches!(event, UiEvent::Visitor(Input::AdminGesture)))
            .count()
    };
    for _ in 0..4 {
        booth.touch(LogicalPosition::new(20.0, 20.0));
    }
    assert_eq!(gestures(&booth), 0);
    booth.touch(LogicalPosition::new(20.0, 20.0));
    assert_eq!(gestures(&booth), 1);
}

#[test]
fn help_leaves_maintenance_first() {
    let mut booth = Booth::new((1080, 1920));
    booth.give(Input::AdminGesture);
    booth.draw(Some(&AdminView::Health(Vec::new())));
    let help = ElementHandle::find_by_accessible_label(booth.screens.root(), "求助热线")
        .next()
        .expect("the help pill");
    booth.seen.borrow_mut().clear();
    help.invoke_accessible_default_action();
    let seen = booth.seen.borrow();
    assert!(matches!(
        seen.as_slice(),
        [
            UiEvent::Admin(AdminInput::Leave),
            UiEvent::Visitor(Input::Help)
        ]
    ));
}
