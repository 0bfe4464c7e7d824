//! Tables: every risk answer, every idle time, what attract takes and what maintenance does.

use super::*;
use crate::timer;
use crate::{Door, Fact, PlayerEvent};
use xinting_content::{ArticleId, PracticeId};

/// An answer without risk to every item before `index`.
fn answer_before(booth: &mut Booth, instrument: &Instrument, index: usize) {
    for item in &instrument.items[..index] {
        let calm = (0..item.options.len()).find(|option| !item.is_risk(*option));
        booth.send(Input::Answer(
            calm.expect("an item has an answer without risk"),
        ));
    }
}

#[test]
fn every_risk_answer_opens_support_at_once_and_no_other_does() {
    let library = fixture::library();
    let mut risks = 0;
    for instrument in instruments(&library) {
        // Beyond the last item the result may open support by its band: the next test's matter.
        for (index, item) in instrument.items.iter().enumerate() {
            for option in 0..item.options.len() {
                let mut booth = Booth::new();
                booth.begin(&instrument.id);
                answer_before(&mut booth, &instrument, index);
                booth.send(Input::Answer(option));
                let support = matches!(booth.screen(), Screen::Support { .. });
                let case = format!("{} item {index} option {option}", instrument.id);
                assert_eq!(support, item.is_risk(option), "{case}");
                risks += usize::from(support);
                booth.send(Input::End);
                assert_eq!(live::count(), 0);
            }
        }
    }
    assert_eq!(
        risks, 3,
        "the fixture has one risk item with three endorsing answers"
    );
}

#[test]
fn support_comes_before_a_result_exactly_in_a_support_band() {
    let library = fixture::library();
    for instrument in instruments(&library) {
        let options = instrument.items[0].options.len();
        // Every total there is: `high` items at the top, one in between, the others at the bottom.
        for high in 0..instrument.items.len() {
            for middle in 0..options {
                let mut booth = Booth::new();
                booth.begin(&instrument.id);
                let mut sheet = Vec::new();
                for index in 0..instrument.items.len() {
                    let option = match index.cmp(&high) {
                        std::cmp::Ordering::Less => options - 1,
                        std::cmp::Ordering::Equal => middle,
                        std::cmp::Ordering::Greater => 0,
                    };
                    sheet.push(Some(option));
                    booth.send(Input::Answer(option));
                }
                let support = matches!(booth.screen(), Screen::Support { .. });
                let score = instrument.score(&sheet).expect("a complete sheet");
                let band = score
                    .band
                    .is_some_and(|band| instrument.bands[band].support);
                assert_eq!(
                    support,
                    band || score.risk,
                    "{} {}",
                    instrument.id,
                    score.total
                );
                booth.send(Input::SupportContinue);
                let result = Screen::Result {
                    instrument: instrument.id.clone(),
                    score,
                    support_first: support,
                };
                assert_eq!(booth.screen(), result);
            }
        }
    }
}

#[test]
fn answers_are_kept_all_the_way_back_to_the_intro_and_dropped_beyond_it() {
    let gad_7 = InstrumentId::new("gad-7").expect("well formed");
    let mut booth = Booth::new();
    booth.begin(&gad_7);
    booth.send(Input::Answer(2));
    booth.send(Input::Answer(1));
    for _ in 0..3 {
        booth.send(Input::Back);
    }
    assert_eq!(booth.screen(), Screen::Intro(gad_7.clone()));
    booth.send(Input::Help);
    booth.send(Input::Back);
    booth.send(Input::BeginItems);
    let item = |index, chosen| Screen::Item {
        instrument: gad_7.clone(),
        index,
        of: 7,
        chosen,
    };
    assert_eq!(booth.screen(), item(0, Some(2)));
    booth.send(Input::PreviousItem);
    assert_eq!(booth.screen(), item(0, Some(2)));
    booth.send(Input::Answer(4));
    assert_eq!(
        booth.screen(),
        item(0, Some(2)),
        "there are only four options"
    );
    booth.send(Input::Answer(3));
    assert_eq!(booth.screen(), item(1, Some(1)));
    for leave in [Input::StopCheck, Input::Home] {
        booth.send(leave);
        assert_eq!((booth.screen(), live::count()), (Screen::Home, 0));
        booth.begin(&gad_7);
        assert_eq!(booth.screen(), item(0, None));
        booth.send(Input::Answer(1));
    }
    for _ in 0..3 {
        booth.send(Input::Back);
    }
    assert_eq!((booth.screen(), live::count()), (Screen::Choose, 0));
}

#[test]
fn home_forgets_the_way_back_and_the_answers_on_it() {
    let gad_7 = InstrumentId::new("gad-7").expect("well formed");
    let mut booth = Booth::new();
    booth.begin(&gad_7);
    booth.send(Input::Answer(1));
    booth.send(Input::Help);
    assert_eq!(live::count(), 1, "the answers wait behind the lines");
    booth.send(Input::Home);
    assert_eq!(live::count(), 0);
    booth.send(Input::Help);
    booth.send(Input::Back);
    assert_eq!(booth.screen(), Screen::Home);
}

#[test]
fn only_what_is_offered_can_be_chosen() {
    let phq_a = InstrumentId::new("phq-a").expect("well formed");
    let mut booth = Booth::new();
    booth.send(Input::Touch);
    booth.send(Input::SetAudience(Audience::Primary));
    booth.send(Input::OpenDoor(Door::SelfCheck));
    booth.send(Input::ChooseInstrument(phq_a.clone()));
    assert_eq!(booth.screen(), Screen::Choose);
    booth.send(Input::SetAudience(Audience::Senior));
    booth.send(Input::ChooseInstrument(phq_a.clone()));
    assert_eq!(booth.screen(), Screen::Intro(phq_a));
}

#[test]
fn each_page_rings_after_its_own_time() {
    let gad_7 = InstrumentId::new("gad-7").expect("well formed");
    let article = ArticleId::new("worry-waves").expect("well formed");
    let practice = PracticeId::new("slow-breathing").expect("well formed");
    let items = |option| {
        let mut inputs = vec![
            Input::OpenDoor(Door::SelfCheck),
            Input::ChooseInstrument(gad_7.clone()),
            Input::BeginItems,
        ];
        inputs.extend(std::iter::repeat_n(Input::Answer(option), 7));
        inputs
    };
    let failed = vec![
        Input::Devices(Devices {
            can_call: CanCall::NoModem,
            ..DEVICES
        }),
        Input::Call(line("always")),
    ];
    let paused = vec![
        Input::OpenDoor(Door::Relax),
        Input::OpenPractice(practice),
        Input::PlayPause,
    ];
    let reading = vec![Input::OpenDoor(Door::Learn), Input::OpenArticle(article)];
    let cases = [
        (45, vec![]),
        (60, vec![Input::OpenDoor(Door::SelfCheck)]),
        (60, vec![Input::OpenDoor(Door::Learn)]),
        (60, vec![Input::OpenDoor(Door::Relax)]),
        (90, vec![Input::OpenDoor(Door::Counsellor)]),
        (90, vec![Input::Help]),
        (90, items(0)[..2].to_vec()),
        (90, items(0)[..4].to_vec()),
        (180, items(0)),
        (180, items(3)),
        (120, reading),
        (120, paused),
        (180, failed),
    ];
    for (seconds, inputs) in cases {
        let mut booth = Booth::new();
        booth.send(Input::Touch);
        for input in inputs {
            booth.send(input);
        }
        let page = booth.screen();
        booth.wait(Duration::from_millis(seconds * 1000 - 1));
        assert_eq!(booth.session.still_there(booth.now()), None, "{page:?}");
        booth.wait(Duration::from_millis(1));
        assert_eq!(booth.session.still_there(booth.now()), Some(20), "{page:?}");
        assert_eq!(booth.screen(), page, "the ring lies over the page");
        booth.wait(Duration::from_millis(19_999));
        assert_eq!(booth.session.still_there(booth.now()), Some(1), "{page:?}");
        let effects = booth.wait(Duration::from_millis(1));
        assert_eq!(booth.screen(), Screen::Attract, "{page:?}");
        assert_eq!(effects.last(), Some(&Effect::VisitEnded));
        assert_eq!(live::count(), 0);
    }
}

#[test]
fn a_late_tick_never_wipes_without_having_rung() {
    let mut booth = Booth::new();
    booth.send(Input::Touch);
    booth.at += Duration::from_secs(3600);
    booth.send(Input::Tick);
    assert_eq!(booth.session.still_there(booth.now()), Some(20));
    booth.at += timer::RING;
    // A press that comes a moment too late finds attract and begins anew.
    let effects = booth.send(Input::Touch);
    assert_eq!(booth.screen(), Screen::Home);
    assert_eq!(
        effects,
        [Effect::VisitEnded, Effect::Count(Fact::VisitBegan)]
    );
}

#[test]
fn whole_seconds_that_are_shown_are_deadlines() {
    let mut booth = Booth::new();
    booth.send(Input::Touch);
    booth.wait_s(45);
    let next = booth.session.next_deadline();
    assert_eq!(next, Some(booth.at + Duration::from_secs(1)));
    booth.send(Input::Help);
    booth.send(Input::Call(line("always")));
    booth.wait(Duration::from_millis(1500));
    assert!(matches!(
        booth.screen(),
        Screen::Countdown { seconds: 2, .. }
    ));
    let next = booth.session.next_deadline();
    assert_eq!(next, Some(booth.at + Duration::from_millis(500)));
}

#[test]
fn presses_left_over_from_a_visit_do_not_begin_one() {
    let gad_7 = InstrumentId::new("gad-7").expect("well formed");
    let left_over = [
        Input::End,
        Input::Back,
        Input::Home,
        Input::StillHere,
        Input::Answer(0),
        Input::ChooseInstrument(gad_7),
        Input::HangUp,
        Input::CancelCall,
        Input::PlayPause,
        Input::SupportContinue,
        Input::Player(PlayerEvent::Ended),
    ];
    let mut booth = Booth::new();
    for input in left_over {
        assert_eq!(booth.send(input.clone()), [], "{input:?}");
        assert!(!booth.session.in_visit(), "{input:?}");
    }
}

#[test]
fn new_content_is_taken_at_once_between_visits_and_after_one_otherwise() {
    let library = || Arc::new(fixture::library());
    let mut booth = Booth::new();
    let between = library();
    booth.send(Input::NewLibrary(between.clone()));
    assert!(Arc::ptr_eq(booth.session.library(), &between));

    booth.send(Input::Touch);
    let during = library();
    booth.send(Input::NewLibrary(library()));
    booth.send(Input::NewLibrary(during.clone()));
    assert!(Arc::ptr_eq(booth.session.library(), &between));
    booth.send(Input::End);
    assert!(Arc::ptr_eq(booth.session.library(), &during));

    booth.send(Input::AdminGesture);
    let in_maintenance = library();
    booth.send(Input::NewLibrary(in_maintenance.clone()));
    assert!(Arc::ptr_eq(booth.session.library(), &in_maintenance));
}

#[test]
fn preferences_are_the_visitors_and_end_with_the_visit() {
    let mut booth = Booth::new();
    let own = booth.session.preferences();
    booth.send(Input::SetLang(Lang::En));
    booth.send(Input::SetTextSize(TextSize::Largest));
    booth.send(Input::ToggleReach);
    booth.send(Input::ToggleReducedMotion);
    booth.send(Input::SetAudience(Audience::Parent));
    let set = Preferences {
        lang: Lang::En,
        audience: Audience::Parent,
        text_size: TextSize::Largest,
        reach: true,
        reduced_motion: true,
    };
    assert_eq!(booth.session.preferences(), set);
    booth.send(Input::End);
    assert_eq!(booth.session.preferences(), own);
}

#[test]
fn back_goes_a_bounded_way_and_ends_at_home() {
    let article = ArticleId::new("worry-waves").expect("well formed");
    let mut booth = Booth::new();
    booth.send(Input::Touch);
    for _ in 0..50 {
        booth.send(Input::OpenDoor(Door::Learn));
        booth.send(Input::OpenArticle(article.clone()));
    }
    let mut steps = 0;
    while booth.session.can_go_back() {
        booth.send(Input::Back);
        steps += 1;
    }
    assert_eq!((steps, booth.screen()), (17, Screen::Home));
}

#[test]
fn maintenance_stays_while_something_is_under_way_and_closes_when_nothing_is() {
    let minutes = |count: u64| Duration::from_secs(60 * count);
    let work = |working: &[(u64, bool)]| {
        let mut booth = Booth::new();
        booth.send(Input::AdminGesture);
        for (after_s, working) in working {
            booth.wait_s(*after_s);
            booth.send(Input::Working(*working));
        }
        booth
    };
    // So many seconds after the last thing that happened it is still there, and a moment later it is not.
    type Case = (&'static str, &'static [(u64, bool)], u64);
    let cases: [Case; 6] = [
        ("nothing", &[], 180),
        ("nothing, said in words", &[(100, false)], 80),
        ("under way and never heard of again", &[(100, true)], 1800),
        (
            "heard of again and again",
            &[(10, true), (1700, true)],
            1800,
        ),
        ("over", &[(10, true), (600, false)], 180),
        (
            "over, and the next",
            &[(10, true), (600, false), (100, true)],
            1800,
        ),
    ];
    for (name, working, stays_s) in cases {
        let mut booth = work(working);
        booth.wait_s(stays_s - 1);
        assert_eq!(booth.screen(), Screen::Maintenance, "{name}");
        booth.wait_s(1);
        assert_eq!(booth.screen(), Screen::Attract, "{name}");
    }
    // A touch never shortens the stay, and after the work it counts as ever.
    let mut booth = work(&[(10, true)]);
    booth.wait(minutes(5));
    booth.send(Input::Touch);
    booth.wait(minutes(29));
    assert_eq!(booth.screen(), Screen::Maintenance);
    booth.send(Input::Working(false));
    booth.wait_s(100);
    booth.send(Input::Touch);
    booth.wait_s(179);
    assert_eq!(booth.screen(), Screen::Maintenance);
    booth.wait_s(1);
    assert_eq!(booth.screen(), Screen::Attract);
    // Whoever comes in next begins without it, and elsewhere it means nothing.
    booth.send(Input::AdminGesture);
    booth.send(Input::Working(true));
    booth.send(Input::LeaveMaintenance);
    booth.send(Input::AdminGesture);
    booth.wait_s(180);
    assert_eq!(booth.screen(), Screen::Attract);
    booth.send(Input::Working(true));
    assert_eq!(booth.screen(), Screen::Attract);
    assert_eq!(booth.session.next_deadline(), None);
    booth.send(Input::Touch);
    let deadline = booth.session.next_deadline();
    booth.wait_s(1);
    booth.send(Input::Working(true));
    assert_eq!(
        booth.session.next_deadline(),
        deadline,
        "nobody is kept awake by it"
    );
}
