//! What is wrong in a pack's files, said so that the author can put it right.

use std::fmt;

/// One fault: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, as named in the pack.
    pub file: String,
    /// The line, counted from 1; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// The key within the file, for instance `bands.from`; empty where there is none.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
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

/// The file being read and what has been found wrong in it so far.
pub(crate) struct Page<'a> {
    pub(crate) file: &'a str,
    text: &'a str,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Page<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str, faults: &'a mut Vec<Fault>) -> Self {
        Self { file, text, faults }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    pub(crate) fn fault_count(&self) -> usize {
        self.faults.len()
    }

    /// Notes a fault at a byte offset.
    pub(crate) fn at(&mut self, offset: usize, key: &str, what: String, remedy: &str) {
        let line = self.line_of(offset);
        self.push(Some(line), key, what, remedy);
    }

    /// Notes a fault on a line counted from 1.
    pub(crate) fn on_line(&mut self, line: usize, what: String, remedy: &str) {
        self.push(Some(line), "", what, remedy);
    }

    /// Notes a fault of the whole file.
    pub(crate) fn whole(&mut self, key: &str, what: String, remedy: &str) {
        self.push(None, key, what, remedy);
    }

    fn push(&mut self, line: Option<usize>, key: &str, what: String, remedy: &str) {
        self.faults.push(Fault {
            file: self.file.to_owned(),
            line,
            key: key.to_owned(),
            what,
            remedy: remedy.to_owned(),
        });
    }

    pub(crate) fn line_of(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().iter().take(offset);
        before.filter(|&&byte| byte == b'\n').count() + 1
    }

    /// Reads the file as TOML of the given shape. A fault names line and key.
    pub(crate) fn toml<T: serde::de::DeserializeOwned>(&mut self) -> Option<T> {
        match toml::from_str(self.text) {
            Ok(value) => Some(value),
            Err(error) => {
                let what = error.message().replace('\n', " ");
                let remedy = "correct the key as FORMAT.md describes it";
                match error.span() {
                    Some(span) => {
                        let key = self.key_at(span.start);
                        self.at(span.start, &key, what, remedy);
                    }
                    None => self.whole("", what, remedy),
                }
                None
            }
        }
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
