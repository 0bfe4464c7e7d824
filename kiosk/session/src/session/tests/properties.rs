//! Any inputs, then silence. And: nothing that comes out depends on an answer.

use super::*;
use crate::{CallEvent, CallOutcome, Door, Fact, Felt, PlayerCommand, PlayerEvent, SOUNDING_BEDS};
use proptest::prelude::*;
use proptest::sample::select;
use xinting_content::{ArticleId, BedId, PracticeId};

/// Longer than any chain of deadlines of a visit that nobody touches: an hour of open line, the
/// modem's silence, the longest idle time, the ring.
const SILENCE: Duration = Duration::from_secs(3 * 60 * 60);

fn instrument_ids() -> impl Strategy<Value = InstrumentId> {
    let names = ["phq-a", "gad-7", "who-5", "exam-worry", "unknown"];
    select(names.to_vec()).prop_map(|name| InstrumentId::new(name).expect("well formed"))
}

fn line_ids() -> impl Strategy<Value = LineId> {
    select(vec![
        "always",
        "daytime",
        "tuesdays",
        "ambulance",
        "unknown",
    ])
    .prop_map(line)
}

fn outcomes() -> impl Strategy<Value = CallOutcome> {
    select(vec![
        CallOutcome::HungUpHere,
        CallOutcome::RemoteEnded,
        CallOutcome::Busy,
        CallOutcome::NoAnswer,
        CallOutcome::NoModem,
        CallOutcome::NoSim,
        CallOutcome::NoNetwork,
        CallOutcome::Lost,
        CallOutcome::Failed,
    ])
}

pub(super) fn phones() -> impl Strategy<Value = CanCall> {
    select(vec![
        CanCall::Yes,
        CanCall::Starting,
        CanCall::Returning,
        CanCall::NoModem,
        CanCall::NoSim,
        CanCall::NoNetwork,
    ])
}

fn sounds() -> impl Strategy<Value = SoundState> {
    select(vec![
        SoundState::Present,
        SoundState::Absent,
        SoundState::Lost,
    ])
}

fn around() -> impl Strategy<Value = Input> {
    let doors = [Door::SelfCheck, Door::Learn, Door::Relax, Door::Counsellor];
    let articles = ["worry-waves", "for-parents", "unknown"];
    let practices = ["slow-breathing", "muscle-relaxation", "lakeside", "unknown"];
    prop_oneof![
        4 => select(doors.to_vec()).prop_map(Input::OpenDoor),
        1 => Just(Input::OpenDoor(Door::SelfCheck)),
        2 => Just(Input::Touch),
        2 => Just(Input::Back),
        1 => Just(Input::Home),
        1 => Just(Input::End),
        2 => Just(Input::Help),
        1 => Just(Input::StillHere),
        1 => Just(Input::AdminGesture),
        1 => Just(Input::LeaveMaintenance),
        1 => any::<bool>().prop_map(Input::Working),
        1 => select(articles.to_vec())
            .prop_map(|name| Input::OpenArticle(ArticleId::new(name).expect("well formed"))),
        2 => select(practices.to_vec())
            .prop_map(|name| Input::OpenPractice(PracticeId::new(name).expect("well formed"))),
        1 => Just(Input::OpenCounsellor),
    ]
}

fn checking() -> impl Strategy<Value = Input> {
    prop_oneof![
        3 => instrument_ids().prop_map(Input::ChooseInstrument),
        3 => Just(Input::BeginItems),
        12 => (0_usize..6).prop_map(Input::Answer),
        1 => Just(Input::Answer(usize::MAX)),
        2 => Just(Input::PreviousItem),
        1 => Just(Input::StopCheck),
        3 => Just(Input::SupportContinue),
        1 => Just(Input::SupportStop),
    ]
}

fn settings() -> impl Strategy<Value = Input> {
    prop_oneof![
        select(Audience::ALL.to_vec()).prop_map(Input::SetAudience),
        select(vec![Lang::ZhCn, Lang::En]).prop_map(Input::SetLang),
        select(vec![TextSize::Normal, TextSize::Largest]).prop_map(Input::SetTextSize),
        Just(Input::ToggleReach),
        Just(Input::ToggleReducedMotion),
        Just(()).prop_map(|()| Input::NewLibrary(Arc::new(fixture::library()))),
        (phones(), sounds())
            .prop_map(|(can_call, sound)| Input::Devices(Devices { can_call, sound })),
    ]
}

fn beds() -> impl Strategy<Value = BedId> {
    select(vec!["rain", "sea", "bamboo", "stream", "brown", "unknown"])
        .prop_map(|name| BedId::new(name).expect("well formed"))
}

fn playing() -> impl Strategy<Value = Input> {
    prop_oneof![
        Just(Input::PlayPause),
        any::<u64>().prop_map(Input::Seek),
        any::<i64>().prop_map(Input::SkipBy),
        any::<u8>().prop_map(Input::SetVolume),
        any::<u8>().prop_map(Input::SetTimer),
        (0_u8..5).prop_map(Input::SetPace),
        (beds(), 0_u8..10).prop_map(|(bed, level)| Input::SetBed(bed, level)),
        Just(Input::ToggleEndBell),
        select(vec![Felt::Calmer, Felt::Same, Felt::Not]).prop_map(Input::Felt),
        Just(Input::SkipFelt),
        Just(Input::Player(PlayerEvent::Ended)),
        Just(Input::Player(PlayerEvent::Unreadable)),
        sounds().prop_map(|sound| Input::Player(PlayerEvent::Sound(sound))),
    ]
}

pub(super) fn calling() -> impl Strategy<Value = Input> {
    prop_oneof![
        4 => line_ids().prop_map(Input::Call),
        3 => Just(Input::ConfirmCall),
        1 => Just(Input::CancelCall),
        1 => Just(Input::HangUp),
        1 => Just(Input::ToggleKeypad),
        1 => any::<char>().prop_map(Input::Keypad),
        1 => any::<u8>().prop_map(Input::SetCallVolume),
        2 => Just(Input::CallEvent(CallEvent::Dialling)),
        1 => Just(Input::CallEvent(CallEvent::DialAgain)),
        2 => Just(Input::CallEvent(CallEvent::Alerting)),
        2 => Just(Input::CallEvent(CallEvent::LineOpen)),
        3 => outcomes().prop_map(|outcome| Input::CallEvent(CallEvent::Ended(outcome))),
    ]
}

pub(super) fn handset() -> impl Strategy<Value = Input> {
    prop_oneof![
        3 => Just(Input::HookLifted),
        3 => Just(Input::HookDown),
        1 => Just(Input::HookGone),
    ]
}

/// Every input there is; those that lead somewhere more often.
fn inputs() -> impl Strategy<Value = Input> {
    prop_oneof![
        5 => around(),
        6 => checking(),
        1 => settings(),
        2 => playing(),
        4 => calling(),
        1 => handset(),
        1 => Just(Input::Tick),
    ]
}

/// Inputs with the time before each, in milliseconds, and whether the deadlines meanwhile were kept.
fn visits() -> impl Strategy<Value = Vec<(u64, bool, Input)>> {
    let pauses = prop_oneof![
        6 => 0_u64..2_000,
        2 => 2_000_u64..5_000,
        1 => 5_000_u64..400_000,
    ];
    prop::collection::vec((pauses, prop::bool::weighted(0.9), inputs()), 0..80)
}

/// What must hold after every step, whatever it was.
#[derive(Default)]
struct Watch {
    /// A line was dialled and neither hung up here nor reported as ended.
    on_the_line: bool,
    in_visit: bool,
    facts: Vec<Fact>,
    /// The beds that the player has been told to let sound.
    sounding: Vec<BedId>,
    /// The support page has been seen in this visit.
    supported: bool,
    /// The question after a practice has been seen in this visit.
    asked: bool,
}

impl Watch {
    fn look(&mut self, booth: &Booth, input: &Input, effects: &[Effect]) {
        if let Input::CallEvent(CallEvent::Ended(_)) = input {
            self.on_the_line = false;
        }
        for effect in effects {
            self.hear(effect);
        }
        let session = &booth.session;
        assert_eq!(session.in_visit(), self.in_visit);
        assert!(
            live::count() == 0 || self.in_visit,
            "answers outside a visit"
        );
        assert!(
            !self.on_the_line || self.in_visit,
            "a line open outside a visit"
        );
        let screen = booth.screen();
        if self.in_visit {
            self.supported |= matches!(screen, Screen::Support { .. });
        } else {
            (self.supported, self.asked) = (false, false);
            assert_eq!(self.sounding, [], "a bed sounds for nobody");
        }
        if matches!(screen, Screen::Felt { .. }) && !self.asked {
            assert!(!self.supported, "asked after support");
            self.asked = true;
        }
        let call_page = matches!(screen, Screen::Call { .. } | Screen::Countdown { .. });
        let strip = session.strip(booth.now()).is_some();
        assert!(!(call_page && strip), "the call is shown twice");
        assert!(
            !self.on_the_line || call_page || strip,
            "a call nobody sees"
        );
        let ring = session.still_there(booth.now()).is_some();
        assert!(!(ring && (call_page || strip)), "it rang during a call");
        match session.next_deadline() {
            Some(next) => assert!(next > booth.at, "a deadline was left unserved"),
            None => assert_eq!(screen, Screen::Attract, "a page that waits for ever"),
        }
    }

    fn hear(&mut self, effect: &Effect) {
        match effect {
            Effect::Dial(_) => {
                assert!(!self.on_the_line, "two calls at once");
                self.on_the_line = true;
            }
            Effect::HangUp => self.on_the_line = false,
            Effect::Count(Fact::VisitBegan) => {
                assert!(!self.in_visit, "a visit began within a visit");
                self.in_visit = true;
                self.facts.clear();
            }
            Effect::Count(fact) => {
                assert!(self.in_visit, "{fact:?} outside a visit");
                let felt = |fact: &Fact| matches!(fact, Fact::Felt(_));
                assert!(!felt(fact) || !self.facts.iter().any(felt), "felt twice");
                let once = !matches!(fact, Fact::CallEnded { .. } | Fact::ArticleOpened);
                assert!(!once || !self.facts.contains(fact), "{fact:?} twice");
                self.facts.push(fact.clone());
            }
            Effect::VisitEnded => {
                assert!(self.in_visit, "a visit ended that never began");
                self.in_visit = false;
            }
            Effect::Player(command) => self.hear_player(command),
            Effect::Dtmf(_) | Effect::CallVolume(_) | Effect::EnterMaintenance => {}
        }
    }

    fn hear_player(&mut self, command: &PlayerCommand) {
        match command {
            PlayerCommand::Start { beds, .. } => {
                self.sounding = beds.iter().map(|(bed, _)| bed.clone()).collect();
                assert!(beds.iter().all(|(_, level)| (1..=8).contains(level)));
            }
            PlayerCommand::Bed { bed, level } => {
                assert!(*level <= 8);
                self.sounding.retain(|known| known != bed);
                self.sounding.extend((*level > 0).then(|| bed.clone()));
            }
            PlayerCommand::Stop => self.sounding.clear(),
            PlayerCommand::Resume
            | PlayerCommand::Pause
            | PlayerCommand::Seek(_)
            | PlayerCommand::SkipBy(_)
            | PlayerCommand::Volume(_)
            | PlayerCommand::Duck(_)
            | PlayerCommand::Pace(_)
            | PlayerCommand::EndBell(_)
            | PlayerCommand::Voice(_)
            | PlayerCommand::Finish { .. } => {}
        }
        assert!(self.sounding.len() <= SOUNDING_BEDS, "{:?}", self.sounding);
    }
}

/// Feeds a visit; the booth is left as the last input left it.
fn feed(visit: Vec<(u64, bool, Input)>) -> (Booth, Watch) {
    let mut booth = Booth::new();
    let mut watch = Watch::default();
    for (pause_ms, punctual, input) in visit {
        let until = booth.at + Duration::from_millis(pause_ms);
        if punctual {
            tick_until(&mut booth, &mut watch, until);
        }
        booth.at = until;
        let effects = booth.send(input.clone());
        watch.look(&booth, &input, &effects);
    }
    (booth, watch)
}

fn tick_until(booth: &mut Booth, watch: &mut Watch, until: Duration) {
    while let Some(next) = booth.session.next_deadline().filter(|next| *next <= until) {
        booth.at = next;
        let effects = booth.send(Input::Tick);
        watch.look(booth, &Input::Tick, &effects);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    /// The promise that leaving leaves nothing behind: whatever was done, silence ends in attract
    /// with no answer held and no line open.
    #[test]
    fn any_inputs_then_silence_end_in_attract_holding_nothing(visit in visits()) {
        let (mut booth, mut watch) = feed(visit);
        let until = booth.at + SILENCE;
        tick_until(&mut booth, &mut watch, until);
        booth.at = until;
        prop_assert_eq!(booth.screen(), Screen::Attract);
        prop_assert!(!booth.session.in_visit());
        prop_assert_eq!(live::count(), 0);
        prop_assert!(!watch.on_the_line);
        prop_assert_eq!(booth.session.next_deadline(), None);
        let own = Booth::new().session.preferences();
        prop_assert_eq!(booth.session.preferences(), own);
    }

    /// 结束 does the same at once, from anywhere.
    #[test]
    fn ending_holds_nothing_at_once(visit in visits()) {
        let (mut booth, mut watch) = feed(visit);
        let effects = booth.send(Input::End);
        watch.look(&booth, &Input::End, &effects);
        prop_assert_eq!(booth.screen(), Screen::Attract);
        prop_assert_eq!(live::count(), 0);
        prop_assert!(!watch.on_the_line);
    }

    /// 求助热线 leads to the lines or to the call, from every page of every visit.
    #[test]
    fn help_is_one_touch_away(visit in visits()) {
        let (mut booth, mut watch) = feed(visit);
        if booth.screen() != Screen::Maintenance {
            let effects = booth.send(Input::Help);
            watch.look(&booth, &Input::Help, &effects);
            let there = matches!(
                booth.screen(),
                Screen::Lines | Screen::Countdown { .. } | Screen::Call { .. }
            );
            prop_assert!(there, "{:?}", booth.screen());
        }
    }

    /// Two visits that differ in nothing but their answers ask exactly the same of the world.
    #[test]
    fn no_effect_depends_on_an_answer(
        instrument in select(vec!["phq-a", "gad-7", "who-5", "exam-worry"]),
        one in prop::collection::vec(0_usize..4, 9),
        other in prop::collection::vec(0_usize..4, 9),
    ) {
        prop_assert_eq!(told(instrument, &one), told(instrument, &other));
    }
}

/// What a whole self-check with these answers makes the booth do, to the end of the visit.
fn told(instrument: &str, answers: &[usize]) -> Vec<Effect> {
    let mut booth = Booth::new();
    booth.send(Input::Touch);
    booth.send(Input::OpenDoor(Door::SelfCheck));
    let id = InstrumentId::new(instrument).expect("well formed");
    booth.send(Input::ChooseInstrument(id));
    booth.send(Input::BeginItems);
    let mut effects = Vec::new();
    for answer in answers {
        effects.extend(booth.send(Input::Answer(*answer)));
        effects.extend(booth.send(Input::SupportContinue));
    }
    assert!(matches!(booth.screen(), Screen::Result { .. }));
    // A practice afterwards: what was answered decides whether it is asked how that was, and is not told by it.
    let practice = PracticeId::new("slow-breathing").expect("well formed");
    effects.extend(booth.send(Input::OpenPractice(practice)));
    effects.extend(booth.wait(Duration::from_secs(90)));
    effects.extend(booth.send(Input::Back));
    effects.extend(booth.send(Input::Felt(Felt::Calmer)));
    effects.extend(booth.wait(SILENCE));
    effects
}
