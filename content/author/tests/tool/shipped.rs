//! The starter and the sample school as they lie in the repository: they pass every check, layer into
//! a library, and score as published.

use crate::desk::Desk;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use xinting_author::{check, parallel};
use xinting_content::text::{Audience, Lang};
use xinting_content::{InstrumentId, Layer, Library};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

fn layer(name: &str) -> Layer {
    let over = if name == "starter" {
        Vec::new()
    } else {
        vec![layer("starter")]
    };
    let options = check::Options {
        over: &over,
        cache: None,
        threads: parallel::cores(),
        today: None,
    };
    let checked = check::check(&folder(name), &options).unwrap();
    assert!(checked.faults.is_empty(), "{:#?}", checked.faults);
    checked.layer.unwrap()
}

fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        Library::from_layers(&[&layer("starter"), &layer("sample-school")]).unwrap()
    })
}

#[test]
fn the_starter_stands_alone_and_the_sample_is_marked() {
    let starter = Library::from_layers(&[&layer("starter")]).unwrap();
    assert!(!starter.is_sample());
    assert!(library().is_sample());
    for audience in Audience::ALL {
        assert!(
            starter.instruments_for(audience).count() > 0,
            "{audience:?}"
        );
        assert!(starter.articles_for(audience).count() > 0, "{audience:?}");
        assert!(starter.practices_for(audience).count() > 0, "{audience:?}");
    }
    let emergency = starter.emergency_lines();
    for number in ["110", "120"] {
        assert!(
            emergency.iter().any(|line| line.number == number),
            "{number}"
        );
    }
    assert!(
        starter
            .lines_at(None)
            .iter()
            .any(|line| line.number == "12356")
    );
}

#[test]
fn every_practice_of_the_starter_can_be_followed_with_ears_or_eyes_alone_and_left() {
    let starter = Library::from_layers(&[&layer("starter")]).unwrap();
    let practices: Vec<_> = starter.practices_for(Audience::Senior).collect();
    assert_eq!(practices.len(), 7);
    assert_eq!(starter.beds().len(), 5);
    for practice in practices {
        let id = &practice.id;
        let (zh, en) = (practice.ease.get(Lang::ZhCn), practice.ease.get(Lang::En));
        assert!(
            zh.contains("可以随时停下来") && zh.contains("大人"),
            "{id}: {zh}"
        );
        assert!(
            en.contains("stop at any time") && en.contains("adult"),
            "{id}: {en}"
        );
        for caption in &practice.captions {
            let (zh, en) = (caption.line.get(Lang::ZhCn), caption.line.get(Lang::En));
            assert!(zh.chars().count() <= 12, "{id}: {zh}");
            assert!(en.chars().count() <= 40, "{id}: {en}");
            assert!(caption.end_ms - caption.start_ms >= 4_000, "{id}: {zh}");
        }
        // A child who cannot read it in one go is not left with words alone for long.
        let first = practice
            .captions
            .first()
            .map_or(0, |caption| caption.start_ms);
        assert!(first <= 5_000, "{id} begins with words");
    }
    let breathing = starter
        .practices_for(Audience::Primary)
        .find(|practice| !practice.paces.is_empty())
        .unwrap();
    assert_eq!(breathing.first_pace(), Some(3), "4 and 6 s, of five paces");
    for pace in &breathing.paces {
        assert_eq!(
            2 * pace.exhale_ms,
            3 * pace.inhale_ms,
            "two parts in, three out"
        );
        assert!((6_500..=12_000).contains(&pace.breath_ms()));
    }
}

#[test]
fn nobody_sees_an_instrument_that_is_not_for_them() {
    let library = library();
    let standard = |audience| -> Vec<&str> {
        let ids = library.instruments_for(audience).map(|i| i.id.as_str());
        let mut ids: Vec<&str> = ids
            .filter(|id| ["phq-a", "gad-7", "who-5"].contains(id))
            .collect();
        ids.sort_unstable();
        ids
    };
    assert!(standard(Audience::Primary).is_empty());
    assert_eq!(standard(Audience::Junior), ["gad-7", "phq-a", "who-5"]);
    assert_eq!(standard(Audience::Senior), ["gad-7", "phq-a", "who-5"]);
    assert_eq!(standard(Audience::Parent), ["gad-7", "who-5"]);
}

/// Scores the shipped instrument with a sheet of this raw sum; gives total, whether the band supports,
/// and where the band begins.
fn scored(id: &str, raw: usize) -> (i32, bool, i32) {
    let library = library();
    let instrument = library.instrument(&InstrumentId::new(id).unwrap()).unwrap();
    let mut left = raw;
    let sheet: Vec<Option<usize>> = instrument
        .items
        .iter()
        .map(|item| {
            // The option of value v, wherever it stands on the screen.
            let value = left.min(item.options.len() - 1);
            left -= value;
            item.options
                .iter()
                .position(|o| usize::try_from(o.value) == Ok(value))
        })
        .collect();
    assert_eq!(left, 0);
    let score = instrument.score(&sheet).unwrap();
    let band = &instrument.bands[score.band.unwrap()];
    (score.total, band.support, band.from)
}

#[test]
fn shipped_instruments_score_as_published() {
    for (id, cuts, highest) in [
        ("phq-a", &[0, 5, 10, 15, 20][..], 27),
        ("gad-7", &[0, 5, 10, 15], 21),
    ] {
        for (place, &cut) in cuts.iter().enumerate() {
            let last = place + 1 == cuts.len();
            let end = cuts.get(place + 1).map_or(highest, |next| next - 1);
            for total in [cut, end] {
                let raw = usize::try_from(total).unwrap();
                assert_eq!(scored(id, raw), (total, last, cut), "{id} {total}");
            }
        }
    }
    assert_eq!(scored("who-5", 0).0, 0);
    assert_eq!(scored("who-5", 25).0, 100);
    let (low, above) = (scored("who-5", 12), scored("who-5", 13));
    assert_eq!((low.0, above.0), (48, 52));
    assert_ne!(low.2, above.2, "50 and below is a band of its own");
    assert!(!low.1 && !above.1);
}

#[test]
fn phq_a_keeps_its_own_order() {
    let library = library();
    let phq_a = library
        .instrument(&InstrumentId::new("phq-a").unwrap())
        .unwrap();
    let english = |item: usize| {
        phq_a.items[item]
            .text
            .get(xinting_content::Lang::En)
            .to_lowercase()
    };
    assert!(
        english(0).contains("irritable") || english(0).contains("annoyed"),
        "{}",
        english(0)
    );
    assert!(
        english(1).contains("interest") || english(1).contains("enjoy"),
        "{}",
        english(1)
    );
    assert_eq!(phq_a.items[8].risk_at, Some(1));
}

#[test]
fn score_prints_json_from_the_command_line() {
    let desk = Desk::new();
    let starter = folder("starter");
    let starter = starter.to_str().unwrap();
    let score = |id, answers| desk.good(&["score", starter, id, "--answers", answers]);
    let text = score("phq-a", "0,0,0,0,0,0,0,0,1");
    assert!(
        text.contains("\"total\":1,\"subscales\":{},") && text.contains("\"risk\":true"),
        "{text}"
    );
    let text = score("phq-a", "3,3,3,3,3,3,3,3,0");
    assert!(
        text.contains("\"total\":24,") && text.contains("\"risk\":false"),
        "{text}"
    );
    let text = score("who-5", "5,4,3,2,1");
    assert!(
        text.contains("\"total\":60,") && text.contains("\"valid\":true"),
        "{text}"
    );
    let refuse = |id, answers| desk.bad(1, &["score", starter, id, "--answers", answers]);
    assert!(refuse("phq-9", "0").contains("there is no instrument"));
    assert!(refuse("gad-7", "0,0,0").contains("one value for each"));
    assert!(refuse("gad-7", "0,0,0,0,0,0,4").contains("item 7"));
    assert!(refuse("gad-7", "0,0,0,0,0,0,-1").contains("item 7"));
    desk.bad(2, &["score", starter, "gad-7", "--answers", "0,x"]);
}
