//! Reading what many files share: texts, audiences, ids, one word out of a list.

use super::fault::Page;
use super::raw::{RawText, Words};
use super::wording::{self, Place};
use crate::text::{Audience, Text, is_blank, turns_order};
use toml::Spanned;

/// Longest text of one key, in characters; more than a screen holds at the smallest size.
const LONGEST_TEXT: usize = 1_000;

impl Page<'_> {
    /// A text in both languages, fit to be shown.
    pub(crate) fn words(&mut self, words: &Words, key: &str, place: Place) -> Option<Text> {
        let RawText { zh, en } = words.get_ref();
        let (at_zh, at_en) = (zh.span().start, en.span().start);
        let (zh, en) = (zh.get_ref(), en.get_ref());
        let fit_zh = self.prose(zh, at_zh, &format!("{key}.zh"), place);
        let fit_en = self.prose(en, at_en, &format!("{key}.en"), place);
        if fit_zh && fit_en {
            Text::new(zh.trim(), en.trim())
        } else {
            None
        }
    }

    /// Whether a piece of prose is fit to be shown; what is wrong with it is noted.
    pub(crate) fn prose(&mut self, text: &str, at: usize, key: &str, place: Place) -> bool {
        match unfit(text, place) {
            Some((what, remedy)) => {
                self.at(at, key, what, remedy);
                false
            }
            None => true,
        }
    }

    /// The same for what stands on a line of its own.
    pub(crate) fn prose_on_line(&mut self, text: &str, line: usize) {
        if let Some((what, remedy)) = unfit(text, Place::Anywhere) {
            self.on_line(line, what, remedy);
        }
    }

    pub(crate) fn maybe_words(
        &mut self,
        words: Option<&Words>,
        key: &str,
        place: Place,
    ) -> Option<Text> {
        words.and_then(|words| self.words(words, key, place))
    }

    /// A list of audiences, none twice.
    pub(crate) fn audiences(&mut self, names: &Spanned<Vec<String>>) -> Vec<Audience> {
        let at = names.span().start;
        let remedy = "name one or more of primary, junior, senior, parent, each once";
        let mut audiences = Vec::new();
        for name in names.get_ref() {
            match Audience::from_name(name) {
                Some(audience) if !audiences.contains(&audience) => audiences.push(audience),
                Some(_) => self.at(
                    at,
                    "audiences",
                    format!("“{name}” stands there twice"),
                    remedy,
                ),
                None => self.at(at, "audiences", format!("“{name}” is no audience"), remedy),
            }
        }
        if names.get_ref().is_empty() {
            self.at(at, "audiences", "nobody would see this".to_owned(), remedy);
        }
        audiences
    }

    /// An id made by `make`.
    pub(crate) fn id<T>(
        &mut self,
        name: &Spanned<String>,
        key: &str,
        make: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let id = make(name.get_ref());
        if id.is_none() {
            let what = format!("“{}” is not an id", name.get_ref());
            let remedy = "use lower-case letters, digits and hyphens, 1 to 64 of them, beginning and \
                          ending with a letter or digit";
            self.at(name.span().start, key, what, remedy);
        }
        id
    }

    /// One word out of a list.
    pub(crate) fn one_of<T: Copy>(
        &mut self,
        word: &Spanned<String>,
        key: &str,
        known: &[(&str, T)],
    ) -> Option<T> {
        let found = known.iter().find(|(name, _)| name == word.get_ref());
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            let what = format!("“{}” is not known here", word.get_ref());
            self.at(
                word.span().start,
                key,
                what,
                &format!("use one of {}", names.join(", ")),
            );
        }
        found.map(|(_, value)| *value)
    }

    /// One of several names, kept as written.
    pub(crate) fn name_of(
        &mut self,
        word: &Spanned<String>,
        key: &str,
        known: &[&str],
    ) -> Option<String> {
        let pairs: Vec<(&str, ())> = known.iter().map(|name| (*name, ())).collect();
        self.one_of(word, key, &pairs)
            .map(|()| word.get_ref().clone())
    }

    /// A number within limits.
    pub(crate) fn within<T>(&mut self, number: &Spanned<T>, key: &str, low: T, high: T) -> Option<T>
    where
        T: Copy + PartialOrd + std::fmt::Display,
    {
        let value = *number.get_ref();
        if (low..=high).contains(&value) {
            return Some(value);
        }
        let what = format!("{value} is outside {low} to {high}");
        self.at(number.span().start, key, what, "choose a number within");
        None
    }
}

/// The first thing that makes a piece of prose unfit to be shown, and what to do about it.
fn unfit(text: &str, place: Place) -> Option<(String, &'static str)> {
    if is_blank(text) {
        return Some((
            "the text is blank".to_owned(),
            "write it in this language too",
        ));
    }
    let length = text.chars().count();
    if length > LONGEST_TEXT {
        let what = format!("the text has {length} characters, more than {LONGEST_TEXT}");
        return Some((what, "shorten it or move it to an article"));
    }
    let control = |c: char| (c.is_control() && c != '\n') || turns_order(c);
    if text.chars().any(control) {
        let what = "the text holds a control character".to_owned();
        return Some((what, "remove it; a line break is the only one allowed"));
    }
    let hit = wording::refused(text, place)?;
    Some((format!("“{}” {}", hit.phrase, hit.why), hit.remedy))
}
