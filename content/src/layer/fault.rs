//! What is wrong in a pack's files, said so that the author can put it right.

use super::{MARK, shape, without_mark};
use std::fmt;
use toml::de::{DeTable, DeValue};

/// Most faults noted in one pack. Nobody mends more at a time, and noting each of a million costs a
/// booth hours.
pub(crate) const MOST_FAULTS: usize = 500;

/// One fault: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, as named in the pack.
    pub file: String,
    /// The line, counted from 1; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// The column in characters, counted from 1; `None` where the whole line or file is meant.
    pub column: Option<usize>,
    /// The key within the file, for instance `bands.from`; empty where there is none.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Fault {
    /// A fault of what stands under `key` (as `bed.id`) in a file of this text; where the key is not
    /// there, of the whole file.
    pub fn of_key(file: &str, text: &str, key: &str, what: String, remedy: &str) -> Fault {
        let mut faults = Vec::new();
        Page::new(file, without_mark(text), &mut faults).whole(key, what, remedy);
        faults.remove(0)
    }

    /// A fault at a byte offset of a file of this text.
    pub fn at_offset(
        file: &str,
        text: &str,
        offset: usize,
        key: &str,
        what: String,
        remedy: &str,
    ) -> Fault {
        let mut faults = Vec::new();
        let before = if text.starts_with(MARK) {
            MARK.len_utf8()
        } else {
            0
        };
        let offset = offset.min(text.len()).saturating_sub(before);
        Page::new(file, without_mark(text), &mut faults).at(offset, key, what, remedy);
        faults.remove(0)
    }

    /// Where it is, as compilers say it: `file`, `file:line` or `file:line:column`.
    pub fn place(&self) -> String {
        match (self.line, self.column) {
            (Some(line), Some(column)) => format!("{}:{line}:{column}", self.file),
            (Some(line), None) => format!("{}:{line}", self.file),
            _ => self.file.clone(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(": ")?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}; {}", self.what, self.remedy)
    }
}

impl std::error::Error for Fault {}

/// Reads a TOML file of the given shape, every departure from it noted with line and key. If there is
/// any, the value holds stand-ins (beyond the end of the text) and is for finding further faults only.
pub fn read_toml<T: serde::de::DeserializeOwned>(
    file: &str,
    text: &str,
) -> (Option<T>, Vec<Fault>) {
    let text = without_mark(text);
    // The parser would take another one away, and what reads the file on a booth would not.
    if text.starts_with(MARK) {
        return (None, vec![marked_twice(file)]);
    }
    let mut faults = Vec::new();
    let value = Page::new(file, text, &mut faults).toml();
    (value, faults)
}

/// Behind one byte order mark there is another.
pub(super) fn marked_twice(file: &str) -> Fault {
    Fault {
        file: file.to_owned(),
        line: None,
        column: None,
        key: String::new(),
        what: "the file begins with more than one byte order mark".to_owned(),
        remedy: "save it as UTF-8 without one".to_owned(),
    }
}

/// The file being read and what has been found wrong in it so far.
pub(crate) struct Page<'a> {
    pub(crate) file: &'a str,
    text: &'a str,
    faults: &'a mut Vec<Fault>,
    /// The keys at which the file departs from its shape. Values were put in to read on, and what
    /// follows from them is not said.
    mended: Vec<String>,
}

impl<'a> Page<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str, faults: &'a mut Vec<Fault>) -> Self {
        Self {
            file,
            text,
            faults,
            mended: Vec::new(),
        }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    pub(crate) fn fault_count(&self) -> usize {
        self.faults.len()
    }

    /// Whether no further fault is noted. What follows may then look sound; the pack is refused as it is.
    fn is_full(&self) -> bool {
        self.faults.len() >= MOST_FAULTS
    }

    /// Notes a fault at a byte offset. Beyond the end stands what `shape` put in: nothing is said of it.
    pub(crate) fn at(&mut self, offset: usize, key: &str, what: String, remedy: &str) {
        let follows = |departed: &String| {
            let within = departed.strip_prefix(key);
            !key.is_empty() && within.is_some_and(|rest| rest.starts_with('.'))
        };
        if self.is_full() || offset > self.text.len() || self.mended.iter().any(follows) {
            return;
        }
        let (line, column) = self.line_and_column_of(offset);
        self.push(Some(line), Some(column), key, what, remedy);
    }

    /// Notes a fault on a line counted from 1.
    pub(crate) fn on_line(&mut self, line: usize, what: String, remedy: &str) {
        self.push(Some(line), None, "", what, remedy);
    }

    /// Notes a fault of the whole file, or of all that stands under `key`: then the line is the first
    /// of it.
    pub(crate) fn whole(&mut self, key: &str, what: String, remedy: &str) {
        self.nth(key, 0, what, remedy);
    }

    /// Notes a fault of entry `number` of the list that `key` begins with, counted from 0; of the file
    /// where there is none.
    pub(crate) fn nth(&mut self, key: &str, number: usize, what: String, remedy: &str) {
        if self.is_full() || !self.mended.is_empty() {
            return;
        }
        match self.place_of(key, number) {
            Some(offset) => self.at(offset, key, what, remedy),
            None => self.push(None, None, key, what, remedy),
        }
    }

    fn push(
        &mut self,
        line: Option<usize>,
        column: Option<usize>,
        key: &str,
        what: String,
        remedy: &str,
    ) {
        if self.is_full() {
            return;
        }
        self.faults.push(Fault {
            file: self.file.to_owned(),
            line,
            column,
            key: key.to_owned(),
            what,
            remedy: remedy.to_owned(),
        });
    }

    /// Where `key` stands, for instance `bands.support`: as deep as it can be followed, lists by their
    /// entry `number`.
    fn place_of(&self, key: &str, number: usize) -> Option<usize> {
        let (tree, errors) = DeTable::parse_recoverable(self.text);
        if key.is_empty() || !errors.is_empty() {
            return None;
        }
        let mut table = tree.get_ref();
        let mut place = None;
        for part in key.split('.') {
            let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref() == part) else {
                break;
            };
            let mut value = value;
            place = Some(name.span().start);
            if let DeValue::Array(list) = value.get_ref()
                && let Some(entry) = list.get(number)
                && entry.get_ref().is_table()
            {
                place = Some(entry.span().start);
                value = entry;
            }
            match value.get_ref() {
                DeValue::Table(within) => table = within,
                _ => break,
            }
        }
        place
    }

    /// Where a byte offset stands, both counted from 1.
    pub(crate) fn line_and_column_of(&self, offset: usize) -> (usize, usize) {
        (self.line_of(offset), self.column_of(offset))
    }

    pub(crate) fn line_of(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().iter().take(offset);
        before.filter(|&&byte| byte == b'\n').count() + 1
    }

    fn column_of(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        line.chars().count() + 1
    }

    /// Reads the file as TOML of the given shape. Every departure is noted with line and key; the value
    /// then holds stand-ins, so that what else is wrong is found as well, and must not be used.
    pub(crate) fn toml<T: serde::de::DeserializeOwned>(&mut self) -> Option<T> {
        let shaped = shape::read(self.text);
        let mut departed = Vec::new();
        for departure in shaped.departures {
            let (what, remedy) = departure.in_words();
            match departure.at {
                Some(at) => {
                    let key = self.key_at(at);
                    self.at(at, &key, what, &remedy);
                    departed.push(key);
                }
                None => {
                    self.push(None, None, "", what, &remedy);
                    departed.push(String::new());
                }
            }
        }
        self.mended = departed;
        shaped.value
    }

    /// The key to the left of `=` on the line of `offset`, with the table it stands in.
    fn key_at(&self, offset: usize) -> String {
        let table = |line: &str| line.trim().trim_matches(['[', ']']).trim().to_owned();
        let number = self.line_of(offset);
        let mut lines: Vec<&str> = self.text.lines().take(number).collect();
        let Some(line) = lines.pop() else {
            return String::new();
        };
        if line.trim_start().starts_with('[') {
            return table(line);
        }
        let key = line.split('=').next().unwrap_or("").trim();
        match lines.iter().rev().find(|l| l.starts_with('[')) {
            Some(header) => format!("{}.{key}", table(header)),
            None => key.to_owned(),
        }
    }
}
