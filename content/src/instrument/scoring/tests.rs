//! Golden tables: every cut-point and one either side, the traps known from print and public code.

use super::ScoreError;
use crate::fixture;
use crate::instrument::{Instrument, Score};

/// A sheet whose item values sum to `raw`, filled from the front.
fn sheet(instrument: &Instrument, raw: i32) -> Vec<Option<usize>> {
    let mut left = usize::try_from(raw).unwrap();
    let sheet = instrument
        .items
        .iter()
        .map(|item| {
            let option = left.min(item.options.len() - 1);
            left -= option;
            Some(option)
        })
        .collect();
    assert_eq!(left, 0, "{raw} does not fit on the sheet");
    sheet
}

fn scored(instrument: &Instrument, raw: i32) -> Score {
    instrument.score(&sheet(instrument, raw)).unwrap()
}

fn check_bands(instrument: &Instrument, table: &[(i32, i32, &str, bool)]) {
    for &(raw, total, band, support) in table {
        let score = scored(instrument, raw);
        let found = &instrument.bands[score.band.unwrap()];
        assert_eq!(
            (score.total, found.id.as_str(), found.support),
            (total, band, support),
            "{} with raw {raw}",
            instrument.id
        );
        assert_eq!(score.reflection, None);
    }
}

#[test]
fn phq_a_bands_at_every_cut_point() {
    check_bands(
        &fixture::phq_a(),
        &[
            (0, 0, "minimal", false),
            (4, 4, "minimal", false),
            (5, 5, "some", false),
            (9, 9, "some", false),
            (10, 10, "raised", false),
            (14, 14, "raised", false),
            (15, 15, "high", false),
            (19, 19, "high", false),
            (20, 20, "highest", true),
            (27, 27, "highest", true),
        ],
    );
}

#[test]
fn gad_7_bands_at_every_cut_point() {
    check_bands(
        &fixture::gad_7(),
        &[
            (0, 0, "minimal", false),
            (4, 4, "minimal", false),
            (5, 5, "some", false),
            (9, 9, "some", false),
            (10, 10, "raised", false),
            (14, 14, "raised", false),
            (15, 15, "highest", true),
            (21, 21, "highest", true),
        ],
    );
}

#[test]
fn who_5_is_raw_times_four_and_nothing_else() {
    // In print one finds (raw - 5) × 4, which belongs to items coded from 1.
    check_bands(
        &fixture::who_5(),
        &[
            (0, 0, "low", false),
            (1, 4, "low", false),
            (5, 20, "low", false),
            (12, 48, "low", false),
            (13, 52, "fair", false),
            (25, 100, "fair", false),
        ],
    );
    assert_eq!(fixture::who_5().total_range(), (0, 100));
}

#[test]
fn only_item_nine_of_phq_a_is_a_risk_item() {
    let phq_a = fixture::phq_a();
    for (index, item) in phq_a.items.iter().enumerate() {
        for option in 0..item.options.len() {
            assert_eq!(item.is_risk(option), index == 8 && option > 0);
            let mut sheet = vec![Some(0); 9];
            sheet[index] = Some(option);
            assert_eq!(
                phq_a.score(&sheet).unwrap().risk,
                index == 8 && option > 0,
                "item {} answered {option}",
                index + 1
            );
        }
        assert!(!item.is_risk(item.options.len()), "there is no such option");
    }
}

#[test]
fn a_band_never_sets_risk() {
    let phq_a = fixture::phq_a();
    let mut sheet = vec![Some(3); 9];
    sheet[8] = Some(0);
    let score = phq_a.score(&sheet).unwrap();
    assert!(phq_a.bands[score.band.unwrap()].support);
    assert!(!score.risk);
    assert!(!scored(&fixture::gad_7(), 21).risk);
}

#[test]
fn a_reversed_item_counts_backwards_within_its_own_range() {
    let mut instrument = fixture::gad_7();
    instrument.items[2].reverse = true;
    // Options of 1 to 4 instead of 0 to 3: reversal is 5 - value.
    for (option, value) in instrument.items[2].options.iter_mut().zip(1..) {
        option.value = value;
    }
    for (chosen, counts) in [(0, 4), (1, 3), (2, 2), (3, 1)] {
        let mut sheet = vec![Some(0); 7];
        sheet[2] = Some(chosen);
        assert_eq!(instrument.score(&sheet).unwrap().total, counts);
    }
    assert_eq!(instrument.total_range(), (1, 22));
}

#[test]
fn a_reversed_risk_item_is_judged_by_the_answer_given() {
    let mut instrument = fixture::phq_a();
    instrument.items[8].reverse = true;
    assert!(!instrument.items[8].is_risk(0));
    assert!(instrument.items[8].is_risk(1));
}

#[test]
fn a_check_in_reflects_the_mean_of_its_answers() {
    // Three items of 0 to 3: raw n is n / 9; thresholds 0, 34 and 67 per cent.
    let check_in = fixture::exam_worry();
    for (raw, reflection) in [(0, 0), (3, 0), (4, 1), (6, 1), (7, 2), (9, 2)] {
        let score = scored(&check_in, raw);
        assert_eq!(score.reflection, Some(reflection), "raw {raw}");
        assert_eq!(score.band, None);
    }
    let mut exact = check_in.clone();
    exact.reflections[1].from_percent = 33;
    exact.reflections[2].from_percent = 100;
    assert_eq!(scored(&exact, 3).reflection, Some(1));
    assert_eq!(scored(&exact, 8).reflection, Some(1));
    assert_eq!(scored(&exact, 9).reflection, Some(2));
}

#[test]
fn an_incomplete_sheet_is_never_scored() {
    let gad_7 = fixture::gad_7();
    assert_eq!(
        gad_7.score(&[Some(0); 6]),
        Err(ScoreError::WrongLength {
            given: 6,
            expected: 7
        })
    );
    let mut sheet = vec![Some(1); 7];
    sheet[4] = None;
    assert_eq!(gad_7.score(&sheet), Err(ScoreError::Unanswered { item: 5 }));
    sheet[4] = Some(4);
    assert_eq!(
        gad_7.score(&sheet),
        Err(ScoreError::NoSuchOption {
            item: 5,
            options: 4
        })
    );
}
