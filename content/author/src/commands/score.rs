//! `score`: one sheet of answers through an instrument, for holding it beside what is published.

use super::{Failure, layer_of, note};
use crate::arguments::TrustArguments;
use serde::Serialize;
use std::path::Path;
use xinting_content::InstrumentId;
use xinting_content::instrument::{Instrument, InstrumentKind};

/// What `score` prints.
#[derive(Serialize)]
struct Scored<'a> {
    instrument: &'a str,
    total: i32,
    /// None of the instruments that can be packed so far has any.
    subscales: std::collections::BTreeMap<&'a str, i32>,
    band: Option<&'a str>,
    valid: bool,
    risk: bool,
}

pub(crate) fn score(
    pack: &Path,
    instrument: &str,
    answers: &[i32],
    trust: &TrustArguments,
) -> Result<String, Failure> {
    let layer = layer_of(pack, trust)?;
    let refused = |text: String| Failure::Refused(format!("error: {text}"));
    let found = layer
        .instruments
        .iter()
        .find(|known| Some(&known.id) == InstrumentId::new(instrument).as_ref());
    let Some(found) = found else {
        let ids: Vec<&str> = layer.instruments.iter().map(|i| i.id.as_str()).collect();
        let text = format!(
            "there is no instrument “{instrument}”; the pack has {}",
            ids.join(", ")
        );
        return Err(refused(text));
    };
    let options = options(found, answers).map_err(refused)?;
    let score = found
        .score(&options)
        .map_err(|error| refused(error.to_string()))?;
    let band = score.band.and_then(|band| found.bands.get(band));
    let scored = Scored {
        instrument,
        total: score.total,
        subscales: std::collections::BTreeMap::new(),
        band: band.map(|band| band.id.as_str()),
        valid: true,
        risk: score.risk,
    };
    if found.kind == InstrumentKind::CheckIn {
        note("a check-in has no bands; its total is never shown to a visitor");
    }
    let json = serde_json::to_string(&scored).map_err(|error| Failure::refused(&error))?;
    Ok(json + "\n")
}

/// Values to option indices.
fn options(instrument: &Instrument, answers: &[i32]) -> Result<Vec<Option<usize>>, String> {
    let items = instrument.items.len();
    if answers.len() != items {
        return Err(format!(
            "{} answers were given and {} has {items} items; give one value for each",
            answers.len(),
            instrument.id
        ));
    }
    let pairs = (1..).zip(instrument.items.iter().zip(answers));
    let chosen = pairs.map(|(number, (item, answer))| {
        let option = item
            .options
            .iter()
            .position(|option| option.value == *answer);
        let values =
            || -> Vec<String> { item.options.iter().map(|o| o.value.to_string()).collect() };
        match option {
            Some(option) => Ok(Some(option)),
            None => Err(format!(
                "item {number} of {} has no option of value {answer}; use one of {}",
                instrument.id,
                values().join(", ")
            )),
        }
    });
    chosen.collect()
}
