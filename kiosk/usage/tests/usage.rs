//! What one visit can add, when a period closes, and what leaves.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::time::Duration;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use xinting_usage::retry::{Answer, FIRST_DELAY, LONGEST_DELAY, Verdict, delay, judge};
use xinting_usage::*;
use xinting_wire::{
    CELL_LIMIT, CELLS_OF_VERSION_1, Domain, EnrolRequest, IdempotencyKey, Noise, Period, Receipt,
    Report, Signature,
};

fn facts() -> Vec<Fact> {
    let mut all = vec![Fact::VisitBegan, Fact::ArticleRead];
    all.extend(
        [
            Audience::Primary,
            Audience::Junior,
            Audience::Senior,
            Audience::Parent,
        ]
        .map(Fact::Audience),
    );
    all.extend(
        [
            Door::SelfCheck,
            Door::Learn,
            Door::Relax,
            Door::Talk,
            Door::Immersive,
            Door::Counsellor,
        ]
        .map(Fact::DoorOpened),
    );
    all.extend(
        [
            Check::PhqA,
            Check::Gad7,
            Check::Who5,
            Check::CheckIn,
            Check::Other,
        ]
        .map(Fact::CheckCompleted),
    );
    for kind in [
        Practice::Breathing,
        Practice::Muscle,
        Practice::Soundscape,
        Practice::Other,
    ] {
        all.extend([Fact::PracticeStarted(kind), Fact::PracticeFinished(kind)]);
    }
    all.extend(
        [
            CallOutcome::LineOpen,
            CallOutcome::Busy,
            CallOutcome::NoAnswer,
            CallOutcome::NoLine,
            CallOutcome::Cancelled,
            CallOutcome::Failed,
        ]
        .map(Fact::CallEnded),
    );
    all.extend([Felt::Calmer, Felt::Same, Felt::Not].map(Fact::Felt));
    all
}

fn visit(facts: &[Fact]) -> VisitFacts {
    let mut visit = VisitFacts::new();
    for fact in facts {
        visit.record(*fact);
    }
    visit
}

fn tally(facts: &[Fact]) -> Tally {
    let mut tally = Tally::ZERO;
    tally.add(&visit(facts));
    tally
}

fn key() -> BoothKey {
    BoothKey::from_seed(&[3; 32])
}

fn closed(tally: &Tally) -> SignedReport {
    let open = OpenPeriod::restore(9, 4, Some(date(2026, 5, 25))).unwrap();
    let Tick::Close { closed, .. } = open.tick(Some(date(2026, 5, 26)), false) else {
        panic!("does not close");
    };
    close(tally, &"b-1".parse().unwrap(), &closed, &key())
}

#[test]
fn every_fact_has_a_cell_of_its_own_and_every_cell_a_fact() {
    let mut cells: Vec<Cell> = facts().into_iter().map(Fact::cell).collect();
    cells.sort();
    assert_eq!(cells, Cell::ALL);
}

#[test]
fn a_fact_raises_its_cell_and_the_visit_by_one_and_nothing_else() {
    for fact in facts() {
        let counted = tally(&[fact, fact, fact]);
        for cell in Cell::ALL {
            let expected = i64::from(cell == fact.cell() || cell == Cell::Visits);
            assert_eq!(counted.get(cell), expected, "{fact:?} {cell}");
        }
    }
    assert_eq!(tally(&[]), Tally::ZERO);
}

#[test]
fn the_last_audience_counts() {
    let counted = tally(&[
        Fact::Audience(Audience::Junior),
        Fact::Audience(Audience::Parent),
    ]);
    assert_eq!(counted.get(Cell::VisitsJunior), 0);
    assert_eq!(counted.get(Cell::VisitsParent), 1);
}

#[test]
fn an_ordinary_long_visit_is_counted_whole() {
    let counted = tally(&[
        Fact::VisitBegan,
        Fact::Audience(Audience::Senior),
        Fact::DoorOpened(Door::SelfCheck),
        Fact::CheckCompleted(Check::Gad7),
        Fact::DoorOpened(Door::Learn),
        Fact::ArticleRead,
        Fact::DoorOpened(Door::Relax),
        Fact::PracticeStarted(Practice::Breathing),
        Fact::PracticeFinished(Practice::Breathing),
        Fact::DoorOpened(Door::Counsellor),
        Fact::CallEnded(CallOutcome::LineOpen),
    ]);
    assert_eq!(counted.to_cells().iter().sum::<i64>(), 11);
}

#[test]
fn an_endless_visit_keeps_the_call_and_loses_doors() {
    let counted = tally(&facts());
    assert_eq!(counted.to_cells().iter().sum::<i64>(), 12);
    assert_eq!(counted.get(Cell::CallLineOpen), 1);
    assert_eq!(counted.get(Cell::DoorSelfCheck), 0);
}

#[test]
fn instruments_of_a_pack_cannot_bring_names_of_their_own() {
    for (id, check_in, slot) in [
        ("phq-a", false, Check::PhqA),
        ("gad-7", false, Check::Gad7),
        ("who-5", false, Check::Who5),
        ("mood", true, Check::CheckIn),
        ("sleep", true, Check::CheckIn),
        ("scared-41", false, Check::Other),
        ("PHQ-A", false, Check::Other),
        ("", false, Check::Other),
    ] {
        assert_eq!(Check::of_instrument(id, check_in), slot, "{id}");
    }
}

#[test]
fn the_period_closes_once_and_only_outside_a_visit() {
    let day = |d| Some(date(2026, 5, d));
    let open = OpenPeriod::restore(9, 4, day(25)).unwrap();
    let at = |epoch, sequence, date| OpenPeriod::restore(epoch, sequence, date).unwrap();
    assert_eq!(open.tick(day(25), false), Tick::Continue);
    assert_eq!(open.tick(None, false), Tick::Continue, "unknown clock");
    assert_eq!(
        open.tick(day(24), false),
        Tick::Continue,
        "back over midnight"
    );
    assert_eq!(open.tick(day(26), true), Tick::Continue, "in a visit");
    assert_eq!(
        open.tick(day(23), false),
        Tick::Dated(at(9, 4, day(23))),
        "put right"
    );
    assert_eq!(open.tick(day(1), true), Tick::Continue, "in a visit");
    for later in [26, 27, 31] {
        let Tick::Close { closed, next } = open.tick(day(later), false) else {
            panic!("does not close");
        };
        assert_eq!((closed.sequence(), closed.date()), (4, date(2026, 5, 25)));
        assert_eq!(next, at(9, 5, day(later)));
        assert_eq!(next.tick(day(later), false), Tick::Continue, "closes once");
    }
    let undated = at(9, 4, None);
    assert_eq!(undated.tick(None, false), Tick::Continue);
    assert_eq!(undated.tick(day(25), false), Tick::Dated(open));
    for absurd in [date(1970, 1, 1), date(2019, 12, 31), date(2200, 1, 1)] {
        assert_eq!(open.tick(Some(absurd), false), Tick::Continue, "{absurd}");
        assert_eq!(OpenPeriod::restore(9, 4, Some(absurd)), None);
    }
    assert_eq!(OpenPeriod::restore(0, 4, None), None);
    assert_eq!(OpenPeriod::restore(9, 0, None), None);
    let last = at(9, u32::MAX, day(25));
    assert_eq!(last.tick(day(26), false), Tick::Continue);
}

#[test]
fn a_new_store_begins_a_new_epoch() {
    let (a, b) = (OpenPeriod::first().unwrap(), OpenPeriod::first().unwrap());
    assert_ne!(a.epoch(), b.epoch());
    assert_eq!((a.sequence(), a.date()), (1, None));
}

#[test]
fn the_report_says_what_was_counted_and_is_signed_by_the_booth() {
    let counted = tally(&[Fact::CallEnded(CallOutcome::Busy)]);
    let signed = closed(&counted);
    let report = Report::decode(&signed.body).unwrap();
    assert_eq!(*report.cells.values(), counted.to_cells());
    assert_eq!(
        report.period,
        Period::Day {
            date: date(2026, 5, 25)
        }
    );
    assert_eq!(report.noise, Noise::None {});
    assert_eq!(
        signed.idempotency_key.parse::<IdempotencyKey>().unwrap(),
        report.idempotency_key()
    );
    let signature = Signature::from_base64(&signed.signature).unwrap();
    key()
        .public()
        .verify(Domain::Report, &signed.body, &signature)
        .unwrap();
    assert_eq!(
        closed(&counted),
        signed,
        "the same period gives the same bytes"
    );
}

#[test]
fn the_enrolment_is_signed_by_the_key_it_brings() {
    let enrolment = key().enrol("aaaa-bbbb").unwrap();
    let request = EnrolRequest::decode(&enrolment.body).unwrap();
    let signature = Signature::from_base64(&enrolment.signature).unwrap();
    request
        .public_key
        .verify(Domain::Enrol, &enrolment.body, &signature)
        .unwrap();
    assert!(key().enrol("").is_err());
    assert!(!format!("{enrolment:?}").contains("aaaa"));
}

#[test]
fn a_key_does_not_print_itself() {
    let key = BoothKey::generate().unwrap();
    assert_eq!(format!("{key:?}"), "BoothKey(redacted)");
    assert_ne!(
        BoothKey::generate().unwrap().expose_seed(),
        key.expose_seed()
    );
    assert_eq!(
        BoothKey::from_seed(key.expose_seed()).public(),
        key.public()
    );
}

#[test]
fn each_answer_has_its_verdict() {
    let key = "b-1.9.4";
    let receipt = serde_json::to_vec(&Receipt { stored: key.into() }).unwrap();
    let other = serde_json::to_vec(&Receipt {
        stored: "b-1.9.5".into(),
    })
    .unwrap();
    let page = b"<html>Sign in to the school network</html>".as_slice();
    let reply = |status, body| judge(key, Answer::Reply { status, body });
    assert_eq!(reply(201, b""), Verdict::Done);
    assert_eq!(reply(200, &receipt), Verdict::Done);
    for body in [page, b"", &other] {
        assert_eq!(reply(200, body), Verdict::Retry);
    }
    for status in [400, 401, 403, 404, 409, 413, 499] {
        assert_eq!(reply(status, b""), Verdict::SetAside { status });
    }
    for status in [100, 204, 301, 302, 429, 500, 502, 503, 599, 999] {
        assert_eq!(reply(status, page), Verdict::Retry, "{status}");
    }
    assert_eq!(judge(key, Answer::Silence), Verdict::Retry);
}

#[test]
fn waiting_doubles_and_stays_bounded() {
    let middle: Vec<u64> = (1..=10).map(|n| delay(n, 127).as_secs()).collect();
    assert_eq!(middle, [29, 59, 119, 239, 479, 959, 1918, 3596, 3596, 3596]);
    for failures in [0, 1, 5, 100, u32::MAX] {
        for jitter in [0, 255] {
            let wait = delay(failures, jitter);
            assert!(
                wait >= FIRST_DELAY * 3 / 4 && wait <= LONGEST_DELAY * 5 / 4,
                "{wait:?}"
            );
        }
    }
    assert_eq!(delay(0, 9), delay(1, 9));
    assert!(delay(1, 0) < Duration::from_secs(30));
}

fn any_fact() -> impl Strategy<Value = Fact> {
    prop::sample::select(facts())
}

fn any_day() -> impl Strategy<Value = Option<Date>> {
    prop::option::of((2019_i16..2030, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| date(y, m, d)))
}

#[test]
fn a_visit_felt_one_way() {
    let cells: Vec<Cell> = visit(&[Fact::Felt(Felt::Same), Fact::Felt(Felt::Not)])
        .cells()
        .collect();
    assert_eq!(cells, [Cell::Visits, Cell::PracticeFeltNot]);
}

proptest! {
    #[test]
    fn no_visit_adds_more_than_the_bound(
        facts in prop::collection::vec(any_fact(), 0..200),
        before in prop::collection::vec(0_i64..CELL_LIMIT, CELL_COUNT),
    ) {
        let before = Tally::from_cells(before.try_into().unwrap()).unwrap();
        let mut after = before;
        after.add(&visit(&facts));
        let mut touched = 0;
        for cell in Cell::ALL {
            let added = after.get(cell) - before.get(cell);
            prop_assert!((0..=1).contains(&added));
            touched += added;
        }
        prop_assert!(touched <= CONTRIBUTION_BOUND as i64);
        prop_assert_eq!(after.get(Cell::Visits) - before.get(Cell::Visits), i64::from(!facts.is_empty()));
        let audiences = [Cell::VisitsPrimary, Cell::VisitsJunior, Cell::VisitsSenior, Cell::VisitsParent];
        let chosen: i64 = audiences.iter().map(|c| after.get(*c) - before.get(*c)).sum();
        prop_assert!(chosen <= 1);
    }

    #[test]
    fn order_and_repetition_leave_no_trace(
        mut facts in prop::collection::vec(any_fact(), 0..40),
    ) {
        facts.retain(|fact| !matches!(fact, Fact::Audience(_)));
        let once = tally(&facts);
        facts.reverse();
        facts.extend(facts.clone());
        prop_assert_eq!(tally(&facts), once);
    }

    #[test]
    fn rows_read_back_and_never_change_size(counts in prop::collection::vec(0_i64..=CELL_LIMIT, CELL_COUNT)) {
        let tally = Tally::from_cells(counts.try_into().unwrap()).unwrap();
        prop_assert_eq!(Tally::from_row(&tally.to_row()).unwrap(), tally);
        prop_assert_eq!(tally.to_row().len(), Tally::ZERO.to_row().len());
    }

    /// A booth that was brought up to date goes on counting where it was.
    #[test]
    fn a_row_of_the_version_before_is_read(counts in prop::collection::vec(0_i64..=CELL_LIMIT, CELL_COUNT)) {
        let mut counts: [i64; CELL_COUNT] = counts.try_into().unwrap();
        counts[CELLS_OF_VERSION_1..].fill(0);
        let tally = Tally::from_cells(counts).unwrap();
        prop_assert_eq!(Tally::from_row(&tally.to_row()[..CELLS_OF_VERSION_1 * 8]).unwrap(), tally);
        for cut in [0, 8, CELLS_OF_VERSION_1 * 8 - 8, CELLS_OF_VERSION_1 * 8 + 8] {
            prop_assert!(Tally::from_row(&tally.to_row()[..cut]).is_err());
        }
    }

    #[test]
    fn damaged_rows_are_refused_or_possible(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(tally) = Tally::from_row(&bytes) {
            prop_assert!(tally.to_cells().iter().all(|c| (0..=CELL_LIMIT).contains(c)));
        }
    }

    #[test]
    fn a_full_cell_stays_full(facts in prop::collection::vec(any_fact(), 1..40)) {
        let mut tally = Tally::from_cells([CELL_LIMIT; CELL_COUNT]).unwrap();
        tally.add(&visit(&facts));
        prop_assert_eq!(tally.to_cells(), [CELL_LIMIT; CELL_COUNT]);
    }

    #[test]
    fn whatever_the_clock_does_each_sequence_closes_once_and_counts_nothing_twice(
        ticks in prop::collection::vec((any_day(), any::<bool>()), 0..200),
    ) {
        let mut open = OpenPeriod::restore(9, 1, None).unwrap();
        let mut tally = Tally::ZERO;
        let (mut visits, mut reported) = (0, 0);
        for (today, in_visit) in ticks {
            if !in_visit {
                tally.add(&visit(&[Fact::VisitBegan]));
                visits += 1;
            }
            match open.tick(today, in_visit) {
                Tick::Continue => {}
                Tick::Dated(period) => {
                    prop_assert_eq!(period.sequence(), open.sequence());
                    open = period;
                }
                Tick::Close { closed, next } => {
                    prop_assert!(!in_visit);
                    prop_assert_eq!(closed.sequence(), open.sequence());
                    prop_assert_eq!(next.sequence(), open.sequence() + 1);
                    let signed = close(&tally, &"b-1".parse().unwrap(), &closed, &key());
                    reported += Report::decode(&signed.body).unwrap().cells.get(Cell::Visits);
                    tally = Tally::ZERO;
                    open = next;
                }
            }
        }
        prop_assert_eq!(visits, reported + tally.get(Cell::Visits));
    }
}
