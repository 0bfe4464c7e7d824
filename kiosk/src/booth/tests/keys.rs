//! The key stick: it opens maintenance after the gesture and at no other time, and that is written down.

use super::*;
use crate::actors::packs::PacksEvent;
use crate::admin::{PackNotice, PacksInput};

fn key(is_in: bool) -> Event {
    Event::Packs(PacksEvent::KeyStick(is_in))
}

fn gesture(booth: &mut Booth) -> Vec<Command> {
    booth.handle(morning(1), Event::Visitor(Input::AdminGesture))
}

#[test]
fn a_key_stick_opens_after_the_gesture_without_a_pin_and_is_written_down() {
    for pin in [None, Some("a hash")] {
        let mut booth = booth_with(None, pin);
        booth.handle(morning(1), key(true));
        let stamp = "2026-05-25 10:00".to_owned();
        assert_eq!(
            gesture(&mut booth),
            [Command::Log(stamp, AdminLogEntry::EnteredByKeyStick)]
        );
        assert!(matches!(
            booth.admin(morning(1)),
            Some(AdminView::Health(_))
        ));
    }
}

#[test]
fn without_the_gesture_it_opens_nothing_and_neither_does_one_that_was_pulled_out() {
    let mut booth = booth_with(None, Some("a hash"));
    assert_eq!(booth.handle(morning(1), key(true)), []);
    assert_eq!(booth.admin(morning(1)), None);
    booth.handle(morning(1), Event::Visitor(Input::Touch));
    assert_eq!(booth.handle(morning(1), key(true)), []);
    assert_eq!(booth.session().screen(morning(1)), Screen::Home);
    booth.handle(morning(1), key(false));
    // The visit is over, so its sound need not be ready any more; nobody came in.
    assert_eq!(gesture(&mut booth), [Command::Warm(false)]);
    assert!(matches!(
        booth.admin(morning(1)),
        Some(AdminView::Pin { .. })
    ));
    // One that comes while the pad stands does not open it either: the gesture comes after the stick.
    booth.handle(morning(1), key(true));
    assert!(matches!(
        booth.admin(morning(1)),
        Some(AdminView::Pin { .. })
    ));
}

#[test]
fn all_key_sticks_are_voided_only_after_the_question() {
    let mut booth = booth_with(None, Some("a hash"));
    booth.handle(morning(1), key(true));
    gesture(&mut booth);
    let mut press = |input| booth.handle(morning(1), Event::Admin(input));
    press(AdminInput::OpenPage(AdminPage::Packs));
    let forget = AdminInput::Packs(PacksInput::ForgetKeySticks);
    assert_eq!(press(forget), []);
    press(AdminInput::Packs(PacksInput::AskForgetKeySticks));
    assert_eq!(press(forget), [Command::ForgetKeySticks(morning(1).civil)]);
    assert_eq!(press(forget), []);
    booth.handle(
        morning(1),
        Event::Packs(PacksEvent::Notice(PackNotice::KeySticksForgotten)),
    );
    let Some(AdminView::Packs(view, _)) = booth.admin(morning(1)) else {
        panic!("the page stands")
    };
    assert_eq!(view.notice, Some(PackNotice::KeySticksForgotten));
}
