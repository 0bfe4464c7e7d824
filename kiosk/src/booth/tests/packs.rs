//! The packs page without a shelf and a stick: what a finger may begin and when, what a stick does to a visitor (nothing),
//! and what the admin is told afterwards.

use super::*;
use crate::actors::packs::PacksEvent;
use crate::admin::{
    AdminInput, Doing, HealthState, InstalledPack, PackNotice, PacksInput, PacksStage, PacksView,
    Service, StickItem, StickItemKind, StickView, WorkView,
};

fn item(file: &str, refusal: Option<&str>) -> StickItem {
    StickItem {
        file: file.to_owned(),
        refusal: refusal.map(str::to_owned),
        ..StickItem::default()
    }
}

fn stick(state: StickView, found: Vec<StickItem>) -> Event {
    Event::Packs(PacksEvent::Stick {
        state,
        found,
        left_out: 0,
        others: 0,
        free_bytes: None,
    })
}

fn working(can_cancel: bool) -> Event {
    Event::Packs(PacksEvent::Progress(WorkView {
        doing: Doing::Copying,
        file: "school.xpack".to_owned(),
        done_bytes: 1,
        total_bytes: 2,
        file_number: 1,
        files: 1,
        can_cancel,
    }))
}

/// A copy that has come so far.
fn copied(done_bytes: u64) -> Event {
    match working(true) {
        Event::Packs(PacksEvent::Progress(work)) => {
            Event::Packs(PacksEvent::Progress(WorkView { done_bytes, ..work }))
        }
        other => other,
    }
}

fn notice(notice: PackNotice) -> Event {
    Event::Packs(PacksEvent::Notice(notice))
}

/// A booth with two packs, of which the school's can go back, and an admin on the packs page.
fn on_the_page() -> Booth {
    let pack = |id: &str, previous: Option<&str>| InstalledPack {
        id: id.to_owned(),
        title: id.to_owned(),
        publisher: String::new(),
        version: "3 (c)".to_owned(),
        sample: false,
        previous: previous.map(str::to_owned),
        service: Service::Serves,
    };
    let mut facts = facts();
    facts.installed = vec![pack("starter", None), pack("school", Some("2 (b)"))];
    let mut booth = booth_of(facts, None, Some("a hash"));
    booth.handle(morning(1), Event::Visitor(Input::AdminGesture));
    type_in(&mut booth, morning(1), "2580");
    booth.handle(morning(1), Event::PinCompared(true));
    let out = touch(&mut booth, AdminInput::OpenPage(AdminPage::Packs));
    assert_eq!(out, [Command::ShowPacks]);
    booth
}

fn touch(booth: &mut Booth, input: AdminInput) -> Vec<Command> {
    booth.handle(morning(1), Event::Admin(input))
}

fn press(booth: &mut Booth, input: PacksInput) -> Vec<Command> {
    touch(booth, AdminInput::Packs(input))
}

fn page(booth: &Booth) -> (PacksView, PacksStage) {
    match booth.admin(morning(1)) {
        Some(AdminView::Packs(view, stage)) => (view, stage),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_stick_during_a_visit_changes_nothing_a_visitor_could_see_and_asks_nothing_of_the_reader() {
    let mut booth = booth_with(None, Some("a hash"));
    booth.handle(morning(1), Event::Visitor(Input::Touch));
    booth.handle(morning(1), Event::Visitor(Input::OpenDoor(Door::Learn)));
    let before = booth.session().screen(morning(1));
    let deadline = booth.next_deadline();
    for event in [
        stick(StickView::Ready, Vec::new()),
        stick(StickView::Unreadable, Vec::new()),
        stick(StickView::Empty, Vec::new()),
        stick(StickView::Ready, Vec::new()),
        working(true),
    ] {
        assert_eq!(booth.handle(morning(1), event), []);
        assert_eq!(booth.session().screen(morning(1)), before);
        assert_eq!(booth.admin(morning(1)), None);
        assert_eq!(
            booth.next_deadline(),
            deadline,
            "nobody is kept awake by it"
        );
    }
}

#[test]
fn a_stick_is_offered_for_nothing_before_it_was_read() {
    let mut booth = on_the_page();
    let came = booth.handle(morning(1), stick(StickView::Ready, Vec::new()));
    assert_eq!(came, [Command::ShowPacks]);
    assert_eq!(page(&booth).0.stick, StickView::Reading);
    assert_eq!(press(&mut booth, PacksInput::Export), []);
    booth.handle(morning(1), stick(StickView::Ready, Vec::new()));
    assert_eq!(
        page(&booth).0.stick,
        StickView::Ready,
        "there is nothing on it"
    );
    // Whoever comes back to the page finds the same.
    touch(&mut booth, AdminInput::OpenPage(AdminPage::Health));
    touch(&mut booth, AdminInput::OpenPage(AdminPage::Packs));
    assert_eq!(page(&booth).0.stick, StickView::Reading);
    booth.handle(morning(1), Event::Undone(Whose::Packs));
    assert_eq!(page(&booth).0.stick, StickView::Ready, "nobody reads it");
}

#[test]
fn only_a_good_item_of_the_page_can_be_installed() {
    let mut booth = on_the_page();
    let out = booth.handle(morning(1), stick(StickView::Ready, Vec::new()));
    assert_eq!(
        out,
        [Command::ShowPacks],
        "a stick that comes while the admin looks is read"
    );
    let found = vec![item("a.xpack", Some("altered")), item("b.xpack", None)];
    booth.handle(morning(1), stick(StickView::Ready, found));
    assert_eq!(press(&mut booth, PacksInput::InstallFromStick(0)), []);
    assert_eq!(press(&mut booth, PacksInput::InstallFromStick(7)), []);
    assert_eq!(page(&booth).0.work, None);
    let out = press(&mut booth, PacksInput::InstallFromStick(1));
    assert_eq!(out, [Command::Install(1, morning(1).civil)]);
    assert_eq!(
        page(&booth).0.work.map(|work| work.file),
        Some("b.xpack".to_owned())
    );
    let out = touch(&mut booth, AdminInput::Leave);
    assert_eq!(out, [Command::ForgetPacks]);
    assert_eq!(booth.handle(morning(2), Event::Tick), []);
}

#[test]
fn the_only_thing_on_a_stick_is_opened_by_itself_once() {
    let mut booth = on_the_page();
    booth.handle(morning(1), stick(StickView::Ready, Vec::new()));
    let one = || stick(StickView::Ready, vec![item("b.xpack", None)]);
    booth.handle(morning(1), one());
    assert_eq!(page(&booth).1, PacksStage::Item(0));
    press(&mut booth, PacksInput::NotNow);
    booth.handle(morning(1), one());
    assert_eq!(page(&booth).1, PacksStage::Overview);
    press(&mut booth, PacksInput::Open(0));
    assert_eq!(page(&booth).1, PacksStage::Item(0));
    // What is looked at is known by its name, not by its place; gone, it is not looked at.
    let found = vec![item("a.xpack", None), item("b.xpack", None)];
    booth.handle(morning(1), stick(StickView::Ready, found));
    assert_eq!(page(&booth).1, PacksStage::Item(1));
    booth.handle(morning(1), stick(StickView::Empty, Vec::new()));
    assert_eq!(page(&booth).1, PacksStage::Overview);
}

#[test]
fn while_something_is_under_way_it_can_be_stopped_once_and_nothing_else_begins() {
    let mut booth = on_the_page();
    booth.handle(
        morning(1),
        stick(StickView::Ready, vec![item("b.xpack", None)]),
    );
    assert_eq!(
        press(&mut booth, PacksInput::Cancel),
        [],
        "nothing is under way"
    );
    press(&mut booth, PacksInput::InstallFromStick(0));
    for input in [
        PacksInput::InstallFromStick(0),
        PacksInput::Open(0),
        PacksInput::AskRollBack(1),
        PacksInput::RollBack(1),
        PacksInput::ReleaseStick,
        PacksInput::AskKeyStick,
    ] {
        assert_eq!(press(&mut booth, input), [], "{input:?}");
    }
    booth.handle(morning(1), working(true));
    assert_eq!(
        press(&mut booth, PacksInput::Cancel),
        [Command::CancelPacks]
    );
    assert_eq!(press(&mut booth, PacksInput::Cancel), []);
    let file = "b.xpack".to_owned();
    booth.handle(
        morning(1),
        notice(PackNotice::Cancelled {
            file,
            doing: Doing::Copying,
        }),
    );
    let (view, stage) = page(&booth);
    assert_eq!((view.work, stage), (None, PacksStage::Overview));
    assert!(matches!(view.notice, Some(PackNotice::Cancelled { .. })));
    press(&mut booth, PacksInput::InstallFromStick(0));
    booth.handle(morning(1), working(false));
    assert_eq!(press(&mut booth, PacksInput::Cancel), [], "it is too late");
}

#[test]
fn going_back_is_asked_about_first_and_written_down() {
    let mut booth = on_the_page();
    assert_eq!(
        press(&mut booth, PacksInput::RollBack(1)),
        [],
        "nobody was asked"
    );
    press(&mut booth, PacksInput::AskRollBack(0));
    assert_eq!(
        page(&booth).1,
        PacksStage::Overview,
        "nothing of it is kept"
    );
    press(&mut booth, PacksInput::AskRollBack(1));
    assert_eq!(page(&booth).1, PacksStage::RollBack(1));
    assert_eq!(
        press(&mut booth, PacksInput::RollBack(0)),
        [],
        "another one was asked about"
    );
    let out = press(&mut booth, PacksInput::RollBack(1));
    let id = xinting_content::PackId::new("school").unwrap();
    assert_eq!(out, [Command::RollBack(id)]);
    assert_eq!(
        page(&booth).0.work.map(|work| work.doing),
        Some(Doing::RollingBack)
    );
    let back = PackNotice::RolledBack {
        title: "school".to_owned(),
        version: "2 (b)".to_owned(),
    };
    let out = booth.handle(morning(1), notice(back.clone()));
    let stamp = "2026-05-25 10:00".to_owned();
    assert_eq!(out, [Command::Log(stamp, AdminLogEntry::PackRolledBack)]);
    assert_eq!(page(&booth).0.notice, Some(back));
}

#[test]
fn going_forward_again_is_told_as_a_version_that_is_installed() {
    let mut booth = on_the_page();
    let mut installed = page(&booth).0.installed;
    installed[1].previous = Some("10 (d)".to_owned());
    assert!(installed[1].goes_forward());
    let library = Arc::new(xinting_content::fixture::library());
    let serving = PacksEvent::Serving {
        library,
        installed,
        faults: Vec::new(),
    };
    booth.handle(morning(1), Event::Packs(serving));
    press(&mut booth, PacksInput::AskRollBack(1));
    press(&mut booth, PacksInput::RollBack(1));
    let told = PackNotice::RolledBack {
        title: "school".to_owned(),
        version: "10 (d)".to_owned(),
    };
    booth.handle(morning(1), notice(told));
    assert!(matches!(
        page(&booth).0.notice,
        Some(PackNotice::Installed { .. })
    ));
}

#[test]
fn help_leaves_maintenance_at_once_and_what_is_under_way_goes_on() {
    let mut booth = on_the_page();
    booth.handle(
        morning(1),
        stick(StickView::Ready, vec![item("b.xpack", None)]),
    );
    press(&mut booth, PacksInput::InstallFromStick(0));
    let out = booth.handle(morning(1), Event::Visitor(Input::Help));
    assert_eq!(booth.session().screen(morning(1)), Screen::Lines);
    assert!(!out.contains(&Command::CancelPacks), "{out:?}");
    booth.handle(morning(1), working(true));
    assert_eq!(booth.session().screen(morning(1)), Screen::Lines);
    let title = String::new();
    let version = String::new();
    booth.handle(morning(1), notice(PackNotice::Installed { title, version }));
    // The admin who comes back reads what became of it.
    booth.handle(morning(1), Event::Visitor(Input::End));
    booth.handle(morning(1), Event::Visitor(Input::AdminGesture));
    type_in(&mut booth, morning(1), "2580");
    booth.handle(morning(1), Event::PinCompared(true));
    touch(&mut booth, AdminInput::OpenPage(AdminPage::Packs));
    assert!(matches!(
        page(&booth).0.notice,
        Some(PackNotice::Installed { .. })
    ));
}

#[test]
fn a_command_that_was_not_taken_leaves_nothing_under_way() {
    let mut booth = on_the_page();
    booth.handle(
        morning(1),
        stick(StickView::Ready, vec![item("b.xpack", None)]),
    );
    press(&mut booth, PacksInput::InstallFromStick(0));
    booth.handle(morning(1), Event::Undone(Whose::Packs));
    assert_eq!(page(&booth).0.work, None);
    let lines = health::page(&booth.facts, booth.packs.view(), None);
    assert!(lines.iter().any(|line| line.state == HealthState::Fault));
}

#[test]
fn a_second_stick_is_said_on_the_health_page() {
    let mut booth = on_the_page();
    booth.handle(
        morning(1),
        Event::Packs(PacksEvent::Stick {
            state: StickView::Ready,
            found: vec![item("b.xpack", None)],
            left_out: 0,
            others: 1,
            free_bytes: Some(5),
        }),
    );
    let lines = health::page(&booth.facts, booth.packs.view(), None);
    assert!(
        lines
            .iter()
            .any(|line| line.state == HealthState::SeveralSticks)
    );
    assert_eq!(page(&booth).0.others, 1);
}

#[test]
fn an_export_takes_versions_and_health_along_and_a_key_stick_is_asked_about_first() {
    let mut booth = on_the_page();
    assert_eq!(
        press(&mut booth, PacksInput::Export),
        [],
        "there is no stick"
    );
    // It came, and then it was read.
    booth.handle(morning(1), stick(StickView::Ready, Vec::new()));
    booth.handle(morning(1), stick(StickView::Ready, Vec::new()));
    let out = press(&mut booth, PacksInput::Export);
    let [Command::Export(about, now)] = out.as_slice() else {
        panic!("{out:?}")
    };
    assert_eq!((about.health.len(), *now), (7, morning(1).civil));
    assert!(page(&booth).0.work.is_some());
    assert_eq!(press(&mut booth, PacksInput::Export), [], "one at a time");
    let done = PackNotice::Exported { files: 4, bytes: 9 };
    booth.handle(morning(1), notice(done));
    assert_eq!(
        press(&mut booth, PacksInput::MakeKeyStick),
        [],
        "only after the question"
    );
    press(&mut booth, PacksInput::AskKeyStick);
    assert_eq!(
        press(&mut booth, PacksInput::MakeKeyStick),
        [Command::MakeKeyStick(morning(1).civil)]
    );
}

#[test]
fn the_districts_root_is_asked_about_until_somebody_decides() {
    let line = "RWQAAAAAAAAAAOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
    for (input, decided) in [
        (PacksInput::AcceptRoot, Some(line.to_owned())),
        (PacksInput::DeclineRoot, None),
    ] {
        let mut booth = on_the_page();
        let offer = UpstreamEvent::RootOffered(line.to_owned());
        let out = booth.handle(morning(1), Event::Upstream(offer));
        assert_eq!(out, [Command::Keep(Setting::RootOffered, line.to_owned())]);
        let asked = page(&booth).0.trust.asked;
        assert_eq!(
            asked.as_deref(),
            Some("fe81 2c12 f3ab 4ce6 ac5d b69a c352 f906")
        );
        assert_eq!(
            press(&mut booth, input),
            [Command::DecideRoot(decided, morning(1).civil)]
        );
        assert_eq!(page(&booth).0.trust.asked, None);
        assert_eq!(press(&mut booth, PacksInput::AcceptRoot), []);
    }
}

/// What of a refusal stands in the admin's log after these touches.
fn logged(touches: &[PacksInput]) -> Vec<Command> {
    let mut booth = on_the_page();
    let kinds = [StickItemKind::Pack, StickItemKind::Config];
    let found = kinds.map(|kind| StickItem {
        kind,
        ..item(&format!("{kind:?}"), None)
    });
    booth.handle(morning(1), stick(StickView::Ready, found.to_vec()));
    for input in touches {
        press(&mut booth, *input);
    }
    let refused = || {
        notice(PackNotice::Refused {
            file: String::new(),
            reason: String::new(),
        })
    };
    let out = booth.handle(morning(1), refused());
    // A second one is about something else, such as the stick that is looked at again.
    assert_eq!(booth.handle(morning(1), refused()), []);
    out
}

#[test]
fn only_a_refused_pack_stands_as_one_in_the_log() {
    let stamp = "2026-05-25 10:00".to_owned();
    let pack = [Command::Log(stamp, AdminLogEntry::PackRefused)];
    let cases: [(&[PacksInput], &[Command]); 7] = [
        (&[], &[]),
        (&[PacksInput::InstallFromStick(0)], &pack),
        (&[PacksInput::InstallFromStick(1)], &[]),
        (
            &[PacksInput::AskRollBack(1), PacksInput::RollBack(1)],
            &pack,
        ),
        (&[PacksInput::Export], &[]),
        (&[PacksInput::AskKeyStick, PacksInput::MakeKeyStick], &[]),
        (
            &[PacksInput::AskForgetKeySticks, PacksInput::ForgetKeySticks],
            &[],
        ),
    ];
    for (touches, log) in cases {
        assert_eq!(logged(touches), log, "{touches:?}");
    }
}

/// So many seconds after the start, with a clock.
fn second(seconds: u64) -> Now {
    Now {
        monotonic: Duration::from_secs(60 + seconds),
        ..morning(1)
    }
}

#[test]
fn maintenance_stays_while_a_pack_is_copied_and_closes_three_minutes_after_that() {
    let mut booth = on_the_page();
    let found = vec![item("a.xpack", None)];
    booth.handle(second(0), stick(StickView::Ready, found));
    let install = Event::Admin(AdminInput::Packs(PacksInput::InstallFromStick(0)));
    booth.handle(second(0), install);
    let maintenance = |booth: &Booth, at| booth.session().screen(second(at));
    // A slow stick: a word every minute, for twenty; the booth ticks whenever it wants to.
    for minute in 1..=20_u64 {
        for at in [60 * minute - 30, 60 * minute] {
            booth.handle(second(at), Event::Tick);
        }
        booth.handle(second(60 * minute), copied(minute));
        assert_eq!(maintenance(&booth, 60 * minute), Screen::Maintenance);
    }
    assert!(
        page(&booth).0.work.is_some(),
        "the page says not to pull it out"
    );
    // A disk of which nothing is heard for as long as no touch would be waited for.
    booth.handle(second(1900), Event::Tick);
    assert_eq!(maintenance(&booth, 1900), Screen::Maintenance);
    let installed = PackNotice::Installed {
        title: "School".to_owned(),
        version: "4 (d)".to_owned(),
    };
    booth.handle(second(2000), notice(installed.clone()));
    assert_eq!(
        page(&booth).0.notice,
        Some(installed),
        "the admin is still there"
    );
    booth.handle(second(2179), Event::Tick);
    assert_eq!(maintenance(&booth, 2179), Screen::Maintenance);
    assert_eq!(
        booth.session().next_deadline(),
        Some(second(2180).monotonic)
    );
    booth.handle(second(2180), Event::Tick);
    assert_eq!(maintenance(&booth, 2180), Screen::Attract);
    assert_eq!(booth.admin(second(2180)), None);
}

#[test]
fn maintenance_closes_where_a_stick_hangs_however_often_that_is_told() {
    let mut booth = on_the_page();
    let found = vec![item("a.xpack", None)];
    booth.handle(second(0), stick(StickView::Ready, found));
    let install = Event::Admin(AdminInput::Packs(PacksInput::InstallFromStick(0)));
    booth.handle(second(0), install);
    let mut at = 0;
    while booth.session().screen(second(at)) == Screen::Maintenance {
        assert!(at < 3600, "nothing moves, and the pages stay open");
        at += 10;
        booth.handle(second(at), working(true));
        booth.handle(second(at), Event::Tick);
    }
    assert_eq!(booth.session().screen(second(at)), Screen::Attract);
    assert!(at > 180, "it may be a slow one");
}

#[test]
fn what_is_under_way_keeps_no_pad_open_and_no_way_to_help_shut() {
    let begun = || {
        let mut booth = on_the_page();
        booth.handle(
            second(0),
            stick(StickView::Ready, vec![item("a.xpack", None)]),
        );
        let install = Event::Admin(AdminInput::Packs(PacksInput::InstallFromStick(0)));
        booth.handle(second(0), install);
        booth
    };
    let mut booth = begun();
    booth.handle(second(10), Event::Visitor(Input::Help));
    assert_eq!(booth.session().screen(second(10)), Screen::Lines);
    booth.handle(second(11), working(true));
    assert_eq!(booth.session().screen(second(11)), Screen::Lines);
    // Somebody else makes the gesture meanwhile: the pad closes as ever.
    let mut booth = begun();
    booth.handle(second(10), Event::Admin(AdminInput::Leave));
    booth.handle(second(20), Event::Visitor(Input::AdminGesture));
    booth.handle(second(100), working(true));
    assert!(matches!(
        booth.admin(second(100)),
        Some(AdminView::Pin { .. })
    ));
    booth.handle(second(200), Event::Tick);
    assert_eq!(booth.session().screen(second(200)), Screen::Attract);
    // The admin who comes back finds it as it is, and is waited for.
    booth.handle(second(210), Event::Visitor(Input::AdminGesture));
    type_in(&mut booth, second(210), "2580");
    booth.handle(second(210), Event::PinCompared(true));
    booth.handle(second(800), Event::Tick);
    assert_eq!(booth.session().screen(second(800)), Screen::Maintenance);
    booth.handle(second(800), Event::Undone(Whose::Packs));
    booth.handle(second(980), Event::Tick);
    assert_eq!(booth.session().screen(second(980)), Screen::Attract);
}
