//! The files of a pack exactly as an author writes them. Unknown keys are refused everywhere, so
//! that a misspelt key is never silently ignored.
//!
//! Nothing is judged here beyond shape; the modules beside this one turn these into domain types.

use serde::Deserialize;
use toml::Spanned;

/// A text with its place in the file.
pub(crate) type Words = Spanned<RawText>;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawText {
    pub(crate) zh: Spanned<String>,
    pub(crate) en: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPack {
    pub(crate) id: Spanned<String>,
    pub(crate) kind: Spanned<String>,
    pub(crate) publisher: Spanned<String>,
    pub(crate) version: Spanned<u64>,
    pub(crate) release: Spanned<String>,
    pub(crate) title: Words,
    pub(crate) languages: Spanned<Vec<String>>,
    pub(crate) audiences: Spanned<Vec<String>>,
    #[serde(default)]
    pub(crate) sample: bool,
    #[serde(default)]
    pub(crate) minimum_app: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) instruments: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) articles: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) practices: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) beds: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawInstrument {
    pub(crate) kind: Spanned<String>,
    pub(crate) wording: Spanned<String>,
    pub(crate) audiences: Spanned<Vec<String>>,
    pub(crate) feeling: Words,
    pub(crate) line: Words,
    pub(crate) about: Words,
    pub(crate) symbol: Spanned<String>,
    pub(crate) minutes: Spanned<u8>,
    pub(crate) notice: Words,
    #[serde(default)]
    pub(crate) scoring: Option<RawScoring>,
    #[serde(default)]
    pub(crate) options: Vec<Spanned<RawOption>>,
    #[serde(default)]
    pub(crate) items: Vec<Spanned<RawItem>>,
    #[serde(default)]
    pub(crate) bands: Vec<Spanned<RawBand>>,
    #[serde(default)]
    pub(crate) reflections: Vec<Spanned<RawReflection>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawScoring {
    #[serde(default)]
    pub(crate) multiplier: Option<Spanned<i32>>,
    #[serde(default)]
    pub(crate) higher_is_better: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawOption {
    pub(crate) value: i32,
    pub(crate) text: Words,
    #[serde(default)]
    pub(crate) dots: Option<u8>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawItem {
    pub(crate) text: Words,
    #[serde(default)]
    pub(crate) reverse: bool,
    #[serde(default)]
    pub(crate) risk_at: Option<i32>,
    #[serde(default)]
    pub(crate) options: Vec<Spanned<RawOption>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawBand {
    pub(crate) id: String,
    pub(crate) from: i32,
    pub(crate) to: i32,
    #[serde(default)]
    pub(crate) support: bool,
    pub(crate) title: Words,
    pub(crate) summary: Words,
    pub(crate) meaning: Words,
    pub(crate) weather: Spanned<String>,
    pub(crate) suggestions: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawReflection {
    pub(crate) from_percent: u8,
    pub(crate) title: Words,
    pub(crate) summary: Words,
    pub(crate) meaning: Words,
    pub(crate) weather: Spanned<String>,
    pub(crate) suggestions: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawArticle {
    pub(crate) audiences: Spanned<Vec<String>>,
    pub(crate) theme: Spanned<String>,
    pub(crate) title: Words,
    pub(crate) summary: Words,
    pub(crate) minutes: Spanned<u8>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPractice {
    pub(crate) audiences: Spanned<Vec<String>>,
    pub(crate) kind: Spanned<String>,
    pub(crate) title: Words,
    pub(crate) summary: Words,
    pub(crate) symbol: Spanned<String>,
    pub(crate) duration_ms: Spanned<u64>,
    pub(crate) evidence: Words,
    #[serde(default)]
    pub(crate) breathing: Option<Spanned<RawBreathing>>,
    pub(crate) sound: Spanned<RawSound>,
    #[serde(default)]
    pub(crate) pace: Vec<Spanned<RawPace>>,
    #[serde(default)]
    pub(crate) bed: Option<Spanned<RawBedUnder>>,
    #[serde(default)]
    pub(crate) voice: Option<Spanned<RawVoice>>,
    #[serde(default)]
    pub(crate) end_bell: Option<bool>,
    #[serde(default)]
    pub(crate) ease: Option<Words>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPace {
    pub(crate) inhale_ms: u64,
    pub(crate) exhale_ms: u64,
    #[serde(default)]
    pub(crate) file: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawBedUnder {
    pub(crate) id: Spanned<String>,
    #[serde(default)]
    pub(crate) gain_db: Option<Spanned<f32>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawVoice {
    #[serde(default)]
    pub(crate) zh: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) en: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawBed {
    pub(crate) title: Words,
    pub(crate) symbol: Spanned<String>,
    pub(crate) sound: Spanned<RawSound>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawBreathing {
    pub(crate) lead_in_ms: u64,
    pub(crate) inhale_ms: u64,
    pub(crate) exhale_ms: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSound {
    #[serde(default)]
    pub(crate) recipe: Option<String>,
    #[serde(default)]
    pub(crate) seed: Option<u64>,
    #[serde(default)]
    pub(crate) bells_ms: Option<Vec<u64>>,
    #[serde(default)]
    pub(crate) file: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawLines {
    #[serde(default)]
    pub(crate) line: Vec<Spanned<RawLine>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawLine {
    pub(crate) id: Spanned<String>,
    pub(crate) number: Spanned<String>,
    pub(crate) name: Words,
    pub(crate) answers: Words,
    pub(crate) note: Words,
    pub(crate) hours_words: Words,
    pub(crate) hours: Spanned<toml::Value>,
    pub(crate) priority: u16,
    #[serde(default)]
    pub(crate) emergency: bool,
    pub(crate) verified: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSpan {
    pub(crate) days: Vec<String>,
    pub(crate) from: String,
    pub(crate) to: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSupport {
    pub(crate) thanks: Words,
    pub(crate) beside_you: Words,
    pub(crate) adult_title: Words,
    pub(crate) adult_who: Words,
    pub(crate) adult_say: Words,
    pub(crate) call_say: Words,
    #[serde(default)]
    pub(crate) phone_places: Option<Words>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCounsellor {
    pub(crate) who: Words,
    #[serde(default)]
    pub(crate) room: Option<Words>,
    #[serde(default)]
    pub(crate) hours: Option<Words>,
    pub(crate) how: Words,
    pub(crate) about: Vec<Words>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCalendar {
    #[serde(default)]
    pub(crate) dated: Vec<Spanned<RawDated>>,
    #[serde(default)]
    pub(crate) rotating: Vec<Words>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDated {
    pub(crate) month: i8,
    pub(crate) day: i8,
    pub(crate) text: Words,
}
