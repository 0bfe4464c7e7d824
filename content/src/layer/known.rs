//! What must be true of published instruments, whoever's pack they come in: whose they are, how many
//! items, which totals, which item is the risk item.
//!
//! Figures: PHQ-A Johnson 2002 (J Adolesc Health 30:196); PHQ-9 Kroenke 2001 (J Gen Intern Med
//! 16:606); GAD-7 Spitzer 2006 (Arch Intern Med 166:1092); WHO-5 Topp 2015 (Psychother Psychosom
//! 84:167), raw sum times four.

use super::fault::Page;
use crate::instrument::{Instrument, InstrumentKind};
use crate::text::Audience::{self, Junior, Parent, Primary, Senior};

struct Known {
    id: &'static str,
    items: usize,
    totals: (i32, i32),
    higher_is_better: bool,
    audiences: &'static [Audience],
    /// The item, counted from 1, of which any answer above the lowest opens the support path.
    risk_item: Option<usize>,
    /// The lowest total that opens the support path.
    support_from: Option<i32>,
}

const KNOWN: &[Known] = &[
    Known {
        id: "phq-a",
        items: 9,
        totals: (0, 27),
        higher_is_better: false,
        audiences: &[Junior, Senior],
        risk_item: Some(9),
        support_from: Some(20),
    },
    Known {
        id: "phq-9",
        items: 9,
        totals: (0, 27),
        higher_is_better: false,
        audiences: &[Parent],
        risk_item: Some(9),
        support_from: Some(20),
    },
    Known {
        id: "gad-7",
        items: 7,
        totals: (0, 21),
        higher_is_better: false,
        audiences: &[Junior, Senior, Parent],
        risk_item: None,
        support_from: Some(15),
    },
    Known {
        id: "who-5",
        items: 5,
        totals: (0, 100),
        higher_is_better: true,
        audiences: &[Junior, Senior, Parent],
        risk_item: None,
        support_from: None,
    },
];

/// Notes every way in which `instrument` departs from what is published.
pub(crate) fn check(page: &mut Page<'_>, instrument: &Instrument) {
    if instrument.kind == InstrumentKind::Standard && instrument.audiences.contains(&Primary) {
        let what = "primary school is shown check-ins only".to_owned();
        page.whole("audiences", what, "take out primary");
    }
    let Some(known) = KNOWN.iter().find(|k| k.id == instrument.id.as_str()) else {
        return;
    };
    let mut nth = |key: &str, number: usize, what: String, remedy: &str| {
        page.nth(key, number, what, remedy);
    };
    let mut fault = |key: &str, what: String, remedy: &str| nth(key, 0, what, remedy);
    if instrument.kind != InstrumentKind::Standard {
        fault(
            "kind",
            format!("{} is a published instrument", known.id),
            "use kind = \"standard\"",
        );
    }
    for audience in &instrument.audiences {
        if !known.audiences.contains(audience) {
            let what = format!("{} is not for {}", known.id, audience.name());
            fault("audiences", what, "take that audience out");
        }
    }
    if instrument.items.len() != known.items || instrument.total_range() != known.totals {
        let (low, high) = instrument.total_range();
        let what = format!(
            "{} items give totals {low} to {high}",
            instrument.items.len()
        );
        let remedy = format!(
            "{} has {} items and totals {} to {}: correct items, option values or multiplier",
            known.id, known.items, known.totals.0, known.totals.1
        );
        fault("items", what, &remedy);
    }
    if instrument.scoring.higher_is_better != known.higher_is_better {
        let what = format!("{} is scored the other way round", known.id);
        let remedy = format!("set it to {}", known.higher_is_better);
        fault("scoring.higher_is_better", what, &remedy);
    }
    if let Some(number) = instrument.items.iter().position(|item| item.reverse) {
        let what = format!("{} has no reversed item", known.id);
        nth("items.reverse", number, what, "remove it");
    }
    for (number, item) in (1..).zip(&instrument.items) {
        let expected = (known.risk_item == Some(number)).then(|| item.range().0 + 1);
        if item.risk_at != expected {
            let what = format!("risk_at of item {number} is not what {} needs", known.id);
            let remedy = match expected {
                Some(value) => {
                    format!("set risk_at = {value}: any such answer opens the support path")
                }
                None => "remove it; the risk item is another one, or there is none".to_owned(),
            };
            nth("items.risk_at", number - 1, what, &remedy);
        }
    }
    for (place, band) in instrument.bands.iter().enumerate() {
        let needed = known.support_from.is_some_and(|from| band.to >= from);
        if band.support != needed {
            let what = format!("support = {} on the band “{}”", band.support, band.id);
            let remedy = match known.support_from {
                Some(from) => {
                    format!("a band that reaches {from} opens the support path, others do not")
                }
                None => "no band of it opens the support path".to_owned(),
            };
            nth("bands.support", place, what, &remedy);
        }
    }
}
