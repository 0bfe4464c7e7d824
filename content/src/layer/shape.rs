//! TOML read into the shape a file must have, with every departure from it noted and not only the
//! first.
//!
//! After each departure the parsed tree is mended (an unknown key is taken out, a missing or
//! mistyped value is put in for the moment) and read once more, until it has the shape. What was put in
//! lies beyond the end of the text, so that nothing is ever said about it. Not here: what the values
//! mean.

use serde::de::DeserializeOwned;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

/// Texts above this are read up to their first fault only: no author writes one, and mending reads
/// them again each time.
const LARGEST_MENDED_BYTES: usize = 64 << 10;

/// Most departures noted in one file.
const MOST_NOTED: usize = 40;

/// What is put in for a value that is missing or of another kind, in the order tried.
const STAND_INS: [&str; 6] = [
    "{ zh = \"x\", en = \"x\" }",
    "\"x\"",
    "1",
    "true",
    "[]",
    "{}",
];

/// One departure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Departure {
    /// Byte offset; `None` where the reader gives none.
    pub(crate) at: Option<usize>,
    /// What is wrong, in the words of the reader.
    pub(crate) what: String,
    /// For an unknown key, the missing one that it was probably meant to be.
    meant: Option<String>,
}

impl Departure {
    /// What is wrong as an author understands it, and what to do.
    pub(crate) fn in_words(&self) -> (String, String) {
        let what = &self.what;
        if what.starts_with(UNKNOWN) {
            let told = what
                .replace(", expected one of", "; there are")
                .replace(", expected", "; there is");
            // The names that there are stand after the one that there is not.
            let known = what.split('`').skip(3).step_by(2);
            let near = || known.into_iter().find(|name| alike(name, self.named()));
            let remedy = match self.meant.as_deref().or_else(near) {
                Some(meant) => format!("write `{meant}`"),
                None => "correct its spelling, or take it out".to_owned(),
            };
            (told, remedy)
        } else if what.starts_with(MISSING) {
            let remedy = "add it; FORMAT.md says what it holds";
            (what.clone(), remedy.to_owned())
        } else {
            let remedy = "correct it as FORMAT.md describes the key";
            (what.clone(), remedy.to_owned())
        }
    }

    /// The key that the reader names.
    fn named(&self) -> &str {
        self.what.split('`').nth(1).unwrap_or_default()
    }
}

/// How the reader begins to speak of a key that no such file has, and of one that should be there.
const UNKNOWN: &str = "unknown field";
const MISSING: &str = "missing field";

/// What was read, and how it departs from its shape.
pub(crate) struct Shaped<T> {
    /// The value; if anything departs, some of it was put in.
    pub(crate) value: Option<T>,
    /// Every departure, in the order of the text.
    pub(crate) departures: Vec<Departure>,
}

/// Reads `text` as TOML of the given shape.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Shaped<T> {
    let first = match toml::from_str(text) {
        Ok(value) => {
            return Shaped {
                value: Some(value),
                departures: Vec::new(),
            };
        }
        Err(error) => departure(&error),
    };
    let only = |departures| Shaped {
        value: None,
        departures,
    };
    if text.len() > LARGEST_MENDED_BYTES {
        return only(vec![first]);
    }
    let (tree, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return only(each_line_once(text, errors.iter().map(departure).collect()));
    }
    let mut mending = Mending {
        tree,
        end: text.len() + 1,
        put_in: Vec::new(),
        departures: Vec::new(),
    };
    let value = mending.value();
    let mut departures = matched(mending.departures);
    departures.sort_by_key(|departure| departure.at);
    Shaped { value, departures }
}

fn departure(error: &toml::de::Error) -> Departure {
    Departure {
        at: error.span().map(|span| span.start),
        what: error.message().replace('\n', " "),
        meant: None,
    }
}

/// A misspelt key is one departure and not two: a key too many and one that is missing.
fn matched(departures: Vec<Departure>) -> Vec<Departure> {
    let (mut unknown, mut others): (Vec<Departure>, Vec<Departure>) = departures
        .into_iter()
        .partition(|departure| departure.what.starts_with(UNKNOWN));
    for departure in &mut unknown {
        // The table that begins last before the key is the one it stands in.
        let meant = (0..others.len())
            .filter(|place| {
                let other = &others[*place];
                other.what.starts_with(MISSING)
                    && other.at <= departure.at
                    && alike(other.named(), departure.named())
            })
            .max_by_key(|place| others[*place].at);
        departure.meant = meant.map(|place| others.remove(place).named().to_owned());
    }
    unknown.append(&mut others);
    unknown
}

/// Whether at most two letters are added, left out or changed, and most are not.
fn alike(one: &str, other: &str) -> bool {
    let other: Vec<char> = other.chars().collect();
    // The row of Levenshtein's table for the letters of `one` so far.
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (place, beside) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *beside);
            diagonal = row[place + 1];
            row[place + 1] = changed.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row.last()
        .is_some_and(|distance| *distance <= 2 && 2 * distance < other.len())
}

/// One slip of the pen makes several syntax errors in a row; the first of each line says enough.
fn each_line_once(text: &str, mut errors: Vec<Departure>) -> Vec<Departure> {
    errors.sort_by_key(|error| error.at);
    let (mut begins, mut once) = (0, Vec::<Departure>::new());
    for error in errors {
        let at = error.at.unwrap_or(0).min(text.len());
        let between = text.as_bytes().get(begins..at).unwrap_or_default();
        if once.is_empty() || between.contains(&b'\n') {
            once.push(error);
            begins = at;
        }
        if once.len() == MOST_NOTED {
            break;
        }
    }
    once
}

struct Mending<'i> {
    tree: Spanned<DeTable<'i>>,
    /// The first offset that no text has.
    end: usize,
    /// For each value put in, which of the stand-ins it is.
    put_in: Vec<usize>,
    departures: Vec<Departure>,
}

impl<'i> Mending<'i> {
    fn value<T: DeserializeOwned>(&mut self) -> Option<T> {
        // Each round either notes a departure or tries the next stand-in, so there is an end.
        for _ in 0..MOST_NOTED * STAND_INS.len() {
            match T::deserialize(Deserializer::from(self.tree.clone())) {
                Ok(value) => return Some(value),
                Err(error) => {
                    let mended = error.span().is_some_and(|span| self.mend(&error, &span));
                    if !mended || self.departures.len() >= MOST_NOTED {
                        if self.departures.is_empty() {
                            self.departures.push(departure(&error));
                        }
                        return None;
                    }
                }
            }
        }
        None
    }

    /// Whether the tree has been changed so that this error does not come again.
    fn mend(&mut self, error: &toml::de::Error, span: &Range<usize>) -> bool {
        if let Some(place) = span.start.checked_sub(self.end) {
            return self.next_stand_in(place);
        }
        let message = error.message();
        let named = message.split('`').nth(1).unwrap_or_default();
        let mended = if message.starts_with(UNKNOWN) {
            without(self.tree.get_mut(), span)
        } else if message.starts_with(MISSING) {
            let at = self.tree.span();
            let stand_in = self.stand_in(0);
            with(self.tree.get_mut(), &at, span, named, stand_in)
        } else {
            let stand_in = self.stand_in(0);
            replaced(self.tree.get_mut(), span, stand_in)
        };
        self.departures.push(departure(error));
        mended
    }

    /// A value that was put in did not do: the next one is tried.
    fn next_stand_in(&mut self, place: usize) -> bool {
        let Some(tried) = self.put_in.get_mut(place) else {
            return false;
        };
        *tried += 1;
        let next = *tried;
        let at = self.end + place;
        match parsed(next, at) {
            Some(value) => replaced(self.tree.get_mut(), &(at..at + 1), Some(value)),
            None => false,
        }
    }

    fn stand_in(&mut self, number: usize) -> Option<Spanned<DeValue<'i>>> {
        let at = self.end + self.put_in.len();
        self.put_in.push(number);
        parsed(number, at)
    }
}

/// Stand-in `number` with all of its spans at `at`.
fn parsed<'i>(number: usize, at: usize) -> Option<Spanned<DeValue<'i>>> {
    let value = DeValue::parse(STAND_INS.get(number)?).ok()?.into_inner();
    let value = match value {
        DeValue::Table(table) => {
            let moved = table.into_iter().map(|(key, value)| {
                (
                    Spanned::new(at..at + 1, key.into_inner()),
                    Spanned::new(at..at + 1, value.into_inner()),
                )
            });
            DeValue::Table(moved.collect())
        }
        other => other,
    };
    Some(Spanned::new(at..at + 1, value))
}

/// Takes out the key that stands at `span`.
fn without(table: &mut DeTable<'_>, span: &Range<usize>) -> bool {
    let found = table.keys().find(|key| key.span() == *span).cloned();
    match found {
        Some(key) => table.remove(&key).is_some(),
        None => below(table, &mut |table, _| without(table, span)),
    }
}

/// Puts `value` under `name` into the table at `span`, if it has no such key.
fn with<'i>(
    table: &mut DeTable<'i>,
    at: &Range<usize>,
    span: &Range<usize>,
    name: &str,
    value: Option<Spanned<DeValue<'i>>>,
) -> bool {
    let Some(value) = value else { return false };
    let key = Spanned::new(value.span(), name.to_owned().into());
    let mut value = Some(value);
    put(table, at, span, &key, &mut value)
}

fn put<'i>(
    table: &mut DeTable<'i>,
    at: &Range<usize>,
    span: &Range<usize>,
    key: &Spanned<toml::de::DeString<'i>>,
    value: &mut Option<Spanned<DeValue<'i>>>,
) -> bool {
    if at == span && !table.contains_key(key) {
        return match value.take() {
            Some(value) => table.insert(key.clone(), value).is_none(),
            None => false,
        };
    }
    below(table, &mut |table, at| put(table, &at, span, key, value))
}

/// Puts `value` in place of the one at `span`.
fn replaced<'i>(
    table: &mut DeTable<'i>,
    span: &Range<usize>,
    value: Option<Spanned<DeValue<'i>>>,
) -> bool {
    fn within<'i>(
        held: &mut Spanned<DeValue<'i>>,
        span: &Range<usize>,
        value: &mut Option<Spanned<DeValue<'i>>>,
    ) -> bool {
        if held.span() == *span {
            return match value.take() {
                Some(value) => {
                    *held = value;
                    true
                }
                None => false,
            };
        }
        match held.get_mut() {
            DeValue::Table(table) => table.iter_mut().any(|(_, held)| within(held, span, value)),
            DeValue::Array(array) => array.iter_mut().any(|held| within(held, span, value)),
            _ => false,
        }
    }
    let mut value = value;
    table
        .iter_mut()
        .any(|(_, held)| within(held, span, &mut value))
}

/// Whether `done` with any of the tables within this one, together with where that table stands.
fn below<'i>(
    table: &mut DeTable<'i>,
    done: &mut impl FnMut(&mut DeTable<'i>, Range<usize>) -> bool,
) -> bool {
    fn within<'i>(
        held: &mut Spanned<DeValue<'i>>,
        done: &mut impl FnMut(&mut DeTable<'i>, Range<usize>) -> bool,
    ) -> bool {
        let at = held.span();
        match held.get_mut() {
            DeValue::Table(table) => done(table, at),
            DeValue::Array(array) => array.iter_mut().any(|held| within(held, done)),
            _ => false,
        }
    }
    table.iter_mut().any(|(_, held)| within(held, done))
}

#[cfg(test)]
mod tests {
    use super::{MOST_NOTED, read};
    use crate::layer::raw::{RawArticle, RawLines};

    fn said<T: serde::de::DeserializeOwned>(text: &str) -> Vec<(usize, String)> {
        let shaped = read::<T>(text);
        let line = |at: usize| text[..at].matches('\n').count() + 1;
        let departures = shaped.departures.into_iter();
        departures
            .map(|one| (one.at.map_or(0, line), one.what))
            .collect()
    }

    #[test]
    fn every_departure_is_noted_and_not_only_the_first() {
        let text = "audience = [\"junior\"]\ntheme = 3\ntitle = { zh = \"a\" }\n\
                    summary = { zh = \"a\", en = \"b\", de = \"c\" }\nminutes = \"two\"\n";
        let said = said::<RawArticle>(text);
        let expected = [
            (1, "unknown field `audience`"),
            (2, "invalid type: integer"),
            (3, "missing field `en`"),
            (4, "unknown field `de`"),
            (5, "invalid type: string"),
        ];
        assert_eq!(said.len(), expected.len(), "{said:?}");
        for (line, words) in expected {
            assert!(
                said.iter()
                    .any(|(found, what)| *found == line && what.starts_with(words)),
                "{line} {words}: {said:?}"
            );
        }
    }

    #[test]
    fn tables_in_lists_are_told_apart() {
        let text = "[[line]]\nid = \"a\"\n\n[[line]]\nid = \"b\"\nnumbr = \"123\"\n";
        let said = said::<RawLines>(text);
        assert_eq!(
            read::<RawLines>(text)
                .departures
                .last()
                .unwrap()
                .in_words()
                .1,
            "write `number`"
        );
        let missing = |line| {
            said.iter()
                .filter(|(found, what)| *found == line && what.starts_with("missing"))
                .count()
        };
        assert_eq!((missing(1), missing(4)), (8, 7), "{said:?}");
        assert!(
            said.iter()
                .any(|(line, what)| *line == 6 && what.contains("numbr"))
        );
    }

    #[test]
    fn slips_of_the_pen_are_noted_once_a_line() {
        let text = "audiences = [\"junior\"\ntheme = \"sleep\"\ntitle = { zh = \"a\", en = \"b }\n";
        let said = said::<RawArticle>(text);
        assert!(!said.is_empty());
        let lines: Vec<usize> = said.iter().map(|(line, _)| *line).collect();
        let mut once = lines.clone();
        once.dedup();
        assert_eq!(lines, once);
    }

    #[test]
    fn there_is_an_end() {
        let many: String = (0..200).map(|n| format!("k{n} = 1\n")).collect();
        assert_eq!(said::<RawArticle>(&many).len(), MOST_NOTED);
        let deep = format!("theme = {}1{}", "[".repeat(70), "]".repeat(70));
        assert!(!said::<RawArticle>(&deep).is_empty());
    }
}
