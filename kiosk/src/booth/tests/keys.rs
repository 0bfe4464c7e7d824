//! The key stick: it opens maintenance after the gesture and at no other time, and that is written down.

use super::*;
use crate::actors::packs::PacksEvent;
use crate::admin::{Doing, PackNotice, PacksInput, PacksStage};
use crate::carry::maker::{Signer, xkeys};
use crate::carry::{ConfigFault, ConfigNotice};
use crate::trust::TrustNotice;
use xinting_content::Trust;

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
    // Behind a stick that hangs it may take a while: the page says that it is under way, and nothing else begins.
    assert_eq!(press(forget), []);
    assert_eq!(press(AdminInput::Packs(PacksInput::AskKeyStick)), []);
    let shown = |booth: &Booth| match booth.admin(morning(1)) {
        Some(AdminView::Packs(view, stage)) => (view, stage),
        other => panic!("{other:?}"),
    };
    let (view, stage) = shown(&booth);
    assert_eq!(view.work.unwrap().doing, Doing::Forgetting);
    assert_eq!((view.notice, stage), (None, PacksStage::Overview));
    // The packs' queue was full: they are not forgotten, and that is said.
    booth.handle(morning(1), Event::Undone(Whose::Packs));
    let (view, _) = shown(&booth);
    assert_eq!(view.work, None);
    assert!(
        matches!(&view.notice, Some(PackNotice::Refused { reason, .. }) if reason.contains("没有开始"))
    );
    let mut press = |input| booth.handle(morning(1), Event::Admin(input));
    press(AdminInput::Packs(PacksInput::AskForgetKeySticks));
    assert_eq!(press(forget), [Command::ForgetKeySticks(morning(1).civil)]);
    booth.handle(
        morning(1),
        Event::Packs(PacksEvent::Notice(PackNotice::KeySticksForgotten)),
    );
    let Some(AdminView::Packs(view, _)) = booth.admin(morning(1)) else {
        panic!("the page stands")
    };
    assert_eq!(view.notice, Some(PackNotice::KeySticksForgotten));
}

/// What the page warns of, after this list or root came into force.
fn warnings(booth: &mut Booth, trust: Trust) -> Vec<String> {
    booth.handle(morning(1), Event::Packs(PacksEvent::TrustChanged(trust)));
    let Some(AdminView::Packs(view, _)) = booth.admin(morning(1)) else {
        panic!("the page stands")
    };
    // What the list's own dates say is another matter.
    let mut warnings = view.trust.warnings;
    warnings.retain(|words| !words.contains("比今天还晚"));
    warnings
}

#[test]
fn what_is_wrong_with_configuration_and_keys_is_said_until_it_is_mended() {
    let root = Signer::new();
    let list = |version: u64, before: &Trust| {
        let file = xkeys(version, &[&root], &[&root]);
        before.accept(file.as_slice()).unwrap().0
    };
    let first = Trust::roots(vec![root.key()]);
    let third = list(3, &first);
    let config = ConfigNotice {
        fault: ConfigFault::NeverStayedUp,
        serves: "/etc/xinting/kiosk.toml.previous".into(),
    };
    let damaged = |file: &str| TrustNotice::Damaged {
        file: file.to_owned(),
        reason: "cut off".to_owned(),
    };
    let always = [
        TrustNotice::BadRoot {
            path: "/etc/xinting/trust/old.pub".into(),
        },
        damaged("root-1234-0.pub"),
    ];
    let gone_with_5 = [
        damaged("2.xkeys"),
        damaged("5.xkeys.copy"),
        TrustNotice::Behind {
            in_force: 3,
            was: 5,
        },
    ];
    let said = |notices: &[TrustNotice]| -> Vec<String> {
        let words = notices.iter().map(|notice| notice.sentence(Lang::ZhCn));
        [config.sentence(Lang::ZhCn)]
            .into_iter()
            .chain(words)
            .collect()
    };
    let mut booth = booth_with(None, Some("a hash"));
    let all = [&always[..], &gone_with_5[..]].concat();
    let notices = (Some(config.clone()), all.clone());
    booth.trusts(morning(1), &third, notices, Lang::ZhCn, None);
    booth.handle(morning(1), key(true));
    gesture(&mut booth);
    let page = AdminInput::OpenPage(AdminPage::Packs);
    booth.handle(morning(1), Event::Admin(page));
    let with_root = third.with_root(Signer::new().key());
    assert_eq!(
        warnings(&mut booth, with_root),
        said(&all),
        "a root mends nothing"
    );
    // The list before the one that was lost clears away what lies below it only.
    let fourth = list(4, &third);
    let left = [&always[..], &gone_with_5[1..]].concat();
    assert_eq!(warnings(&mut booth, fourth.clone()), said(&left));
    assert_eq!(warnings(&mut booth, list(5, &fourth)), said(&always));
}
