//! Reading instruments and check-ins, and holding them to the rules their scoring depends on.

use super::fault::Page;
use super::known;
use super::raw::{RawBand, RawInstrument, RawItem, RawOption, RawReflection, Words};
use super::wording::Place;
use crate::id::{ArticleId, InstrumentId, PracticeId};
use crate::instrument::{
    Instrument, InstrumentKind, Item, Reflection, ResponseOption, Scoring, SeverityBand,
    Suggestion, Wording,
};
use toml::Spanned;

const SYMBOLS: &[&str] = &["wind", "rain", "moon", "hill", "friends", "sun"];
const WEATHERS: &[&str] = &["calm", "breeze", "wind", "rain", "storm"];

/// Far above any published instrument.
const MOST_ITEMS: usize = 200;

/// Most options of an item.
const MOST_OPTIONS: usize = 7;
const LARGEST_VALUE: i32 = 100_000_000;
const LARGEST_MULTIPLIER: i32 = 100;

/// Reads one instrument. `None` if it has any fault; all of them are noted on `page`.
pub(crate) fn read(page: &mut Page<'_>, id: InstrumentId) -> Option<Instrument> {
    let raw: RawInstrument = page.toml()?;
    let before = page.fault_count();
    let kind = page.one_of(
        &raw.kind,
        "kind",
        &[
            ("standard", InstrumentKind::Standard),
            ("check-in", InstrumentKind::CheckIn),
        ],
    );
    let wording = page.one_of(
        &raw.wording,
        "wording",
        &[
            ("adapted", Wording::Adapted),
            ("validated", Wording::Validated),
        ],
    );
    let audiences = page.audiences(&raw.audiences);
    let words =
        |page: &mut Page<'_>, words: &Words, key: &str| page.words(words, key, Place::Instrument);
    let feeling = words(page, &raw.feeling, "feeling");
    let line = words(page, &raw.line, "line");
    let about = words(page, &raw.about, "about");
    let notice = page.words(&raw.notice, "notice", Place::Notice);
    let symbol = page.name_of(&raw.symbol, "symbol", SYMBOLS);
    let minutes = page.within(&raw.minutes, "minutes", 1, 60);
    let scoring = scoring(page, &raw);
    let items = items(page, &raw);
    check_totals(page, &items, scoring);
    let bands: Vec<SeverityBand> = raw.bands.iter().filter_map(|b| band(page, b)).collect();
    let reflections: Vec<Reflection> = raw
        .reflections
        .iter()
        .filter_map(|r| reflection(page, r))
        .collect();
    if page.fault_count() != before {
        return None;
    }
    let instrument = Instrument {
        id,
        kind: kind?,
        wording: wording?,
        audiences,
        feeling: feeling?,
        line: line?,
        about: about?,
        symbol: symbol?,
        minutes: minutes?,
        items,
        scoring: scoring?,
        bands,
        reflections,
        notice: notice?,
    };
    check_endings(page, &raw, &instrument);
    known::check(page, &instrument);
    (page.fault_count() == before).then_some(instrument)
}

fn scoring(page: &mut Page<'_>, raw: &RawInstrument) -> Option<Scoring> {
    let Some(scoring) = &raw.scoring else {
        return Some(Scoring {
            multiplier: 1,
            higher_is_better: false,
        });
    };
    let multiplier = match &scoring.multiplier {
        Some(number) => page.within(number, "scoring.multiplier", 1, LARGEST_MULTIPLIER)?,
        None => 1,
    };
    Some(Scoring {
        multiplier,
        higher_is_better: scoring.higher_is_better,
    })
}

fn items(page: &mut Page<'_>, raw: &RawInstrument) -> Vec<Item> {
    if raw.items.is_empty() || raw.items.len() > MOST_ITEMS {
        let what = format!("there are {} items", raw.items.len());
        page.whole("items", what, &format!("give 1 to {MOST_ITEMS} [[items]]"));
    }
    let own = raw
        .items
        .iter()
        .filter(|item| !item.get_ref().options.is_empty());
    if !raw.options.is_empty() && own.count() == raw.items.len() {
        let at = raw.options.first().map_or(0, |option| option.span().start);
        let what = "every item has options of its own, so nothing uses these".to_owned();
        page.at(
            at,
            "options",
            what,
            "remove the shared [[options]] or the items' own",
        );
    }
    // Beyond these there is a fault anyway, and each item has a copy of the options.
    let shared = options(
        page,
        raw.options.get(..MOST_OPTIONS).unwrap_or(&raw.options),
    );
    raw.items
        .iter()
        .take(MOST_ITEMS)
        .filter_map(|item| one_item(page, item, &raw.options, &shared))
        .collect()
}

/// Every total, and every step on the way to it, must fit an `i32`.
fn check_totals(page: &mut Page<'_>, items: &[Item], scoring: Option<Scoring>) {
    let largest = |item: &Item| {
        let (low, high) = item.range();
        i64::from(low).abs().max(i64::from(high).abs())
    };
    let sum: i64 = items.iter().map(largest).sum();
    let multiplier = scoring.map_or(1, |scoring| scoring.multiplier);
    if sum * i64::from(multiplier) > i64::from(i32::MAX) {
        let what = "the highest total is beyond what can be scored".to_owned();
        page.whole(
            "options.value",
            what,
            "choose smaller values or a smaller multiplier",
        );
    }
}

fn one_item(
    page: &mut Page<'_>,
    item: &Spanned<RawItem>,
    raw_shared: &[Spanned<RawOption>],
    shared: &[ResponseOption],
) -> Option<Item> {
    let at = item.span().start;
    let raw = item.get_ref();
    let text = page.words(&raw.text, "items.text", Place::Instrument);
    let (count, options) = if raw.options.is_empty() {
        (raw_shared.len(), shared.to_vec())
    } else {
        (raw.options.len(), self::options(page, &raw.options))
    };
    if !(2..=MOST_OPTIONS).contains(&count) {
        let what = format!("the item has {count} options");
        page.at(
            at,
            "items.options",
            what,
            "give 2 to 7, shared or the item's own",
        );
    }
    let mut values: Vec<i32> = options.iter().map(|option| option.value).collect();
    values.sort_unstable();
    if let (Some(risk_at), Some(low), Some(high)) = (raw.risk_at, values.first(), values.last())
        && !(*low + 1..=*high).contains(&risk_at)
    {
        let what = format!("risk_at = {risk_at} would open the support path always or never");
        let remedy = format!("choose a value from {} to {high}, or leave it out", low + 1);
        page.at(at, "items.risk_at", what, &remedy);
    }
    Some(Item {
        text: text?,
        options,
        reverse: raw.reverse,
        risk_at: raw.risk_at,
    })
}

fn options(page: &mut Page<'_>, raw: &[Spanned<RawOption>]) -> Vec<ResponseOption> {
    let mut values: Vec<i32> = Vec::new();
    raw.iter()
        .filter_map(|option| {
            let at = option.span().start;
            let raw = option.get_ref();
            if values.contains(&raw.value) {
                let what = "two options have the same value".to_owned();
                let remedy = "give each option a value of its own";
                page.at(at, "options.value", what, remedy);
            }
            values.push(raw.value);
            if raw.value.unsigned_abs() > LARGEST_VALUE.unsigned_abs() {
                let what = format!("{} is outside ±{LARGEST_VALUE}", raw.value);
                page.at(at, "options.value", what, "choose a smaller value");
                return None;
            }
            if raw.dots.is_some_and(|dots| dots > 14) {
                let what = "two weeks have only 14 dots".to_owned();
                page.at(at, "options.dots", what, "give 0 to 14, or leave it out");
            }
            Some(ResponseOption {
                value: raw.value,
                text: page.words(&raw.text, "options.text", Place::Instrument)?,
                dots: raw.dots,
            })
        })
        .collect()
}

fn band(page: &mut Page<'_>, band: &Spanned<RawBand>) -> Option<SeverityBand> {
    let raw = band.get_ref();
    if raw.from > raw.to {
        let what = format!("the band goes from {} down to {}", raw.from, raw.to);
        page.at(
            band.span().start,
            "bands.from",
            what,
            "put the lower total in `from`",
        );
    }
    let words = Ending {
        table: "bands",
        from_percent: 0,
        title: &raw.title,
        summary: &raw.summary,
        meaning: &raw.meaning,
        weather: &raw.weather,
        suggestions: &raw.suggestions,
        at: band.span().start,
    };
    Some(SeverityBand {
        id: raw.id.clone(),
        from: raw.from,
        to: raw.to,
        support: raw.support,
        words: words.read(page)?,
    })
}

fn reflection(page: &mut Page<'_>, reflection: &Spanned<RawReflection>) -> Option<Reflection> {
    let raw = reflection.get_ref();
    Ending {
        table: "reflections",
        from_percent: raw.from_percent,
        title: &raw.title,
        summary: &raw.summary,
        meaning: &raw.meaning,
        weather: &raw.weather,
        suggestions: &raw.suggestions,
        at: reflection.span().start,
    }
    .read(page)
}

/// What a band and a reflection have in common.
struct Ending<'a> {
    table: &'static str,
    from_percent: u8,
    title: &'a Words,
    summary: &'a Words,
    meaning: &'a Words,
    weather: &'a Spanned<String>,
    suggestions: &'a [Spanned<String>],
    at: usize,
}

impl Ending<'_> {
    fn read(&self, page: &mut Page<'_>) -> Option<Reflection> {
        let key = |name: &str| format!("{}.{name}", self.table);
        let title = page.words(self.title, &key("title"), Place::Instrument);
        let summary = page.words(self.summary, &key("summary"), Place::Instrument);
        let meaning = page.words(self.meaning, &key("meaning"), Place::Instrument);
        let weather = page.name_of(self.weather, &key("weather"), WEATHERS);
        let suggestions: Vec<Suggestion> = self
            .suggestions
            .iter()
            .filter_map(|name| suggestion(page, name, &key("suggestions")))
            .collect();
        if !(1..=3).contains(&self.suggestions.len()) {
            let what = format!("there are {} suggestions", self.suggestions.len());
            page.at(self.at, &key("suggestions"), what, "give one to three");
        }
        Some(Reflection {
            from_percent: self.from_percent,
            title: title?,
            summary: summary?,
            meaning: meaning?,
            weather: weather?,
            suggestions,
        })
    }
}

fn suggestion(page: &mut Page<'_>, name: &Spanned<String>, key: &str) -> Option<Suggestion> {
    let read = match name.get_ref().split_once(':') {
        None if name.get_ref() == "counsellor" => Some(Suggestion::Counsellor),
        None if name.get_ref() == "call" => Some(Suggestion::Call),
        Some(("article", id)) => ArticleId::new(id).map(Suggestion::Article),
        Some(("practice", id)) => PracticeId::new(id).map(Suggestion::Practice),
        _ => None,
    };
    if read.is_none() {
        let what = format!("“{}” is no suggestion", name.get_ref());
        let remedy = "use counsellor, call, article:<id> or practice:<id>";
        page.at(name.span().start, key, what, remedy);
    }
    read
}

/// Bands of an instrument cover every possible total once; reflections of a check-in start at 0.
fn check_endings(page: &mut Page<'_>, raw: &RawInstrument, instrument: &Instrument) {
    match instrument.kind {
        InstrumentKind::Standard => {
            if !instrument.reflections.is_empty() {
                let what = "an instrument has bands, not reflections".to_owned();
                page.whole("reflections", what, "remove them, or make it a check-in");
            }
            check_bands(page, raw, instrument);
        }
        InstrumentKind::CheckIn => {
            if !instrument.bands.is_empty() {
                let what = "a check-in has no bands".to_owned();
                page.whole("bands", what, "write [[reflections]] instead");
            }
            let starts: Vec<u8> = instrument
                .reflections
                .iter()
                .map(|r| r.from_percent)
                .collect();
            // Where the first does not begin at 0, or one does not lie above the one before.
            let wrong = (0..starts.len().max(1)).find(|&place| match place {
                0 => starts.first() != Some(&0),
                _ => starts[place] <= starts[place - 1] || starts[place] > 100,
            });
            if let Some(place) = wrong {
                let what = "some mean answer would find no reflection, or two".to_owned();
                let remedy =
                    "begin with from_percent = 0 and let each further one be higher, to 100";
                page.nth("reflections.from_percent", place, what, remedy);
            }
        }
    }
}

fn check_bands(page: &mut Page<'_>, raw: &RawInstrument, instrument: &Instrument) {
    let (lowest, highest) = instrument.total_range();
    let mut expected = lowest;
    let mut seen: Vec<&str> = Vec::new();
    for (band, raw) in instrument.bands.iter().zip(&raw.bands) {
        let at = raw.span().start;
        if band.from != expected {
            let what = format!("the band “{}” begins at {}", band.id, band.from);
            let remedy = format!("begin it at {expected}, so that every total has one band");
            page.at(at, "bands.from", what, &remedy);
        }
        if band.id.is_empty() || seen.contains(&band.id.as_str()) {
            let what = format!("the band id “{}” is empty or used twice", band.id);
            page.at(at, "bands.id", what, "give each band a short id of its own");
        }
        seen.push(&band.id);
        expected = band.to.saturating_add(1);
    }
    if expected.saturating_sub(1) != highest || instrument.bands.is_empty() {
        let what = format!("totals run from {lowest} to {highest}, the bands end elsewhere");
        page.whole(
            "bands",
            what,
            &format!("let the last band end at {highest}"),
        );
    }
}
