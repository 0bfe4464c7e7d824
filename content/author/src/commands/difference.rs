//! What a newer pack changes, as its author would tell it: titles rather than paths, and loudly whatever
//! changes how an instrument scores or where a call goes.

mod apart;
mod files;

use super::describe::{audiences, heading};
use apart::{reaches, renamed, scores};
use serde::Serialize;
use std::fmt::Write;
use xinting_content::{Lang, Layer, Text, VerifiedPack};

/// What may go without anybody missing it at a bad moment.
const DAILY: &str = "the daily sentences";

/// One thing that differs.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    kind: Kind,
    /// Something that must be looked at before it is signed.
    loud: bool,
    /// What it is, as `article`.
    thing: &'static str,
    /// Its id; empty for what a pack has once.
    id: String,
    /// What it is called.
    title: String,
    /// What about it differs, a sentence each.
    words: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    New,
    Changed,
    Gone,
}

/// The changes of one pair of packs while they are found.
struct Differ<'a> {
    old: (&'a VerifiedPack, &'a Layer),
    new: (&'a VerifiedPack, &'a Layer),
    changes: Vec<Change>,
}

pub(super) fn between(old: (&VerifiedPack, &Layer), new: (&VerifiedPack, &Layer)) -> Vec<Change> {
    let mut differ = Differ {
        old,
        new,
        changes: Vec::new(),
    };
    differ.pack();
    differ.instruments();
    differ.articles();
    differ.practices();
    differ.beds();
    differ.lines();
    differ.people();
    differ.changes
}

pub(super) fn told(old: &VerifiedPack, new: &VerifiedPack, changes: &[Change]) -> String {
    let mut text = format!("- {}\n+ {}\n", heading(old.info()), heading(new.info()));
    if changes.is_empty() {
        text.push_str("nothing else differs\n");
    }
    for change in changes {
        let kind = match change.kind {
            Kind::New => "new     ",
            Kind::Changed => "changed ",
            Kind::Gone => "gone    ",
        };
        let loud = if change.loud { "⚠ " } else { "" };
        let name = match change.title.as_str() {
            "" => String::new(),
            title => format!(" {title}"),
        };
        let _ = write!(text, "{kind} {loud}{}{name}", change.thing);
        match &change.words[..] {
            [] => text.push('\n'),
            [one] => {
                let _ = writeln!(text, ": {one}");
            }
            many => {
                text.push_str(":\n");
                for words in many {
                    let _ = writeln!(text, "           {words}");
                }
            }
        }
    }
    if changes.iter().any(|change| change.loud) {
        text.push_str("⚠ look at these before you sign\n");
    }
    text
}

/// What is told of everything that has an id.
struct Thing<'a> {
    name: &'static str,
    id: &'a str,
    title: &'a Text,
}

impl Differ<'_> {
    fn add(&mut self, kind: Kind, loud: bool, thing: &Thing<'_>, words: Vec<String>) {
        self.changes.push(Change {
            kind,
            loud,
            thing: thing.name,
            id: thing.id.to_owned(),
            title: thing.title.get(Lang::ZhCn).to_owned(),
            words,
        });
    }

    /// Something a pack has once.
    fn once(&mut self, thing: &'static str, there: (bool, bool), words: Vec<String>) {
        let kind = match there {
            (true, false) => Kind::Gone,
            (false, true) => Kind::New,
            (true, true) if !words.is_empty() => Kind::Changed,
            _ => return,
        };
        self.changes.push(Change {
            kind,
            loud: kind == Kind::Gone && thing != DAILY,
            thing,
            id: String::new(),
            title: String::new(),
            words: if kind == Kind::Changed {
                words
            } else {
                Vec::new()
            },
        });
    }

    fn pack(&mut self) {
        let (old, new) = (self.old.0.info(), self.new.0.info());
        let mut words = Vec::new();
        if old.version > new.version {
            words.push(format!(
                "version {} → {}: lower, so that no booth with the first takes it",
                old.version, new.version
            ));
        }
        renamed(&mut words, "title", &old.title, &new.title);
        if old.publisher != new.publisher {
            words.push(format!("publisher {} → {}", old.publisher, new.publisher));
        }
        if old.kind != new.kind {
            words.push(format!("kind {} → {}", old.kind.name(), new.kind.name()));
        }
        reaches(&mut words, &old.audiences, &new.audiences);
        if old.sample != new.sample {
            words.push(if new.sample {
                "is a sample now (示例): no booth in production takes it".to_owned()
            } else {
                "is no sample any more".to_owned()
            });
        }
        if old.minimum_app != new.minimum_app {
            let (old, new) = (&old.minimum_app, &new.minimum_app);
            words.push(format!("needs app {old} → {new}"));
        }
        let loud = old.version > new.version
            || old.publisher != new.publisher
            || old.kind != new.kind
            || old.id != new.id;
        if !words.is_empty() {
            self.changes.push(Change {
                kind: Kind::Changed,
                loud,
                thing: "the pack itself",
                id: new.id.as_str().to_owned(),
                title: String::new(),
                words,
            });
        }
    }

    fn instruments(&mut self) {
        let (old, new) = (&self.old.1.instruments, &self.new.1.instruments);
        for one in new {
            let thing = Thing {
                name: "instrument",
                id: one.id.as_str(),
                title: &one.feeling,
            };
            match old.iter().find(|other| other.id == one.id) {
                None => self.add(Kind::New, true, &thing, vec![one.id.to_string()]),
                Some(other) => {
                    let scoring = scores(other, one);
                    let mut words: Vec<String> =
                        scoring.iter().map(|what| format!("⚠ {what}")).collect();
                    reaches(&mut words, &other.audiences, &one.audiences);
                    let texts = self.lines_changed(&[format!("instruments/{}.toml", one.id)]);
                    if words.is_empty() && texts > 0 {
                        words.push(lines(texts));
                    }
                    if !words.is_empty() {
                        words.insert(0, one.id.to_string());
                        self.add(Kind::Changed, !scoring.is_empty(), &thing, words);
                    }
                }
            }
        }
        for gone in old {
            if !new.iter().any(|one| one.id == gone.id) {
                let thing = Thing {
                    name: "instrument",
                    id: gone.id.as_str(),
                    title: &gone.feeling,
                };
                self.add(Kind::Gone, true, &thing, vec![gone.id.to_string()]);
            }
        }
    }

    fn articles(&mut self) {
        let (old, new) = (&self.old.1.articles, &self.new.1.articles);
        for one in new {
            let thing = Thing {
                name: "article",
                id: one.id.as_str(),
                title: &one.title,
            };
            let Some(other) = old.iter().find(|other| other.id == one.id) else {
                let who = format!("for {}", audiences(&one.audiences));
                self.add(Kind::New, false, &thing, vec![who]);
                continue;
            };
            let mut words = Vec::new();
            renamed(&mut words, "title", &other.title, &one.title);
            renamed(&mut words, "summary", &other.summary, &one.summary);
            if other.theme != one.theme {
                words.push(format!("theme {} → {}", other.theme, one.theme));
            }
            if other.minutes != one.minutes {
                words.push(format!("minutes {} → {}", other.minutes, one.minutes));
            }
            reaches(&mut words, &other.audiences, &one.audiences);
            let file = |end: &str| format!("articles/{}.{end}", one.id);
            let (zh, en) = (
                self.lines_changed(&[file("zh-CN.md")]),
                self.lines_changed(&[file("en.md")]),
            );
            if zh + en > 0 {
                let apart = match (zh, en) {
                    (0, _) => " (English)".to_owned(),
                    (_, 0) => " (Chinese)".to_owned(),
                    _ => format!(" (Chinese {zh}, English {en})"),
                };
                words.push(format!("{}{apart}", lines(zh + en)));
            }
            if !words.is_empty() {
                self.add(Kind::Changed, false, &thing, words);
            }
        }
        for gone in old {
            if !new.iter().any(|one| one.id == gone.id) {
                let thing = Thing {
                    name: "article",
                    id: gone.id.as_str(),
                    title: &gone.title,
                };
                self.add(Kind::Gone, false, &thing, Vec::new());
            }
        }
    }

    fn practices(&mut self) {
        let (old, new) = (&self.old.1.practices, &self.new.1.practices);
        for one in new {
            let thing = Thing {
                name: "practice",
                id: one.id.as_str(),
                title: &one.title,
            };
            let Some(other) = old.iter().find(|other| other.id == one.id) else {
                let who = format!(
                    "{} s, for {}",
                    one.duration_ms / 1_000,
                    audiences(&one.audiences)
                );
                self.add(Kind::New, false, &thing, vec![who]);
                continue;
            };
            let mut words = Vec::new();
            renamed(&mut words, "title", &other.title, &one.title);
            renamed(&mut words, "summary", &other.summary, &one.summary);
            renamed(&mut words, "ease", &other.ease, &one.ease);
            if other.duration_ms != one.duration_ms {
                let (from, to) = (other.duration_ms / 1_000, one.duration_ms / 1_000);
                words.push(format!("{from} s → {to} s"));
            }
            if other.kind != one.kind {
                words.push("the breath or the kind of practice".to_owned());
            }
            reaches(&mut words, &other.audiences, &one.audiences);
            let captions = self.lines_changed(&[
                format!("practices/{}.zh-CN.vtt", one.id),
                format!("practices/{}.en.vtt", one.id),
            ]);
            if captions > 0 {
                words.push(format!("captions: {}", lines(captions)));
            }
            self.sound(&mut words, "its sound", (&other.sound, &one.sound));
            for (name, lang) in [
                ("the Chinese voice", Lang::ZhCn),
                ("the English voice", Lang::En),
            ] {
                match (other.voice.get(lang), one.voice.get(lang)) {
                    (None, Some(_)) => words.push(format!("{name} is new")),
                    (Some(_), None) => words.push(format!("{name} is gone")),
                    (Some(from), Some(to)) => {
                        self.sound(&mut words, name, (&from.sound, &to.sound));
                    }
                    (None, None) => {}
                }
            }
            let head = self.lines_changed(&[format!("practices/{}.toml", one.id)]);
            if words.is_empty() && head > 0 {
                words.push(lines(head));
            }
            if !words.is_empty() {
                self.add(Kind::Changed, false, &thing, words);
            }
        }
        for gone in old {
            if !new.iter().any(|one| one.id == gone.id) {
                let thing = Thing {
                    name: "practice",
                    id: gone.id.as_str(),
                    title: &gone.title,
                };
                self.add(Kind::Gone, false, &thing, Vec::new());
            }
        }
    }

    fn beds(&mut self) {
        let (old, new) = (&self.old.1.beds, &self.new.1.beds);
        for one in new {
            let thing = Thing {
                name: "bed",
                id: one.id.as_str(),
                title: &one.title,
            };
            let Some(other) = old.iter().find(|other| other.id == one.id) else {
                self.add(Kind::New, false, &thing, Vec::new());
                continue;
            };
            let mut words = Vec::new();
            renamed(&mut words, "title", &other.title, &one.title);
            self.sound(&mut words, "its sound", (&other.sound, &one.sound));
            if !words.is_empty() {
                self.add(Kind::Changed, false, &thing, words);
            }
        }
        for gone in old {
            if !new.iter().any(|one| one.id == gone.id) {
                let thing = Thing {
                    name: "bed",
                    id: gone.id.as_str(),
                    title: &gone.title,
                };
                self.add(Kind::Gone, false, &thing, Vec::new());
            }
        }
    }

    fn lines(&mut self) {
        let (old, new) = (&self.old.1.lines, &self.new.1.lines);
        for one in new {
            let thing = Thing {
                name: "hotline",
                id: one.id.as_str(),
                title: &one.name,
            };
            let Some(other) = old.iter().find(|other| other.id == one.id) else {
                self.add(Kind::New, true, &thing, vec![one.number.clone()]);
                continue;
            };
            let mut words = Vec::new();
            let called = other.number != one.number || other.emergency != one.emergency;
            if other.number != one.number {
                words.push(format!("⚠ number {} → {}", other.number, one.number));
            }
            if other.emergency != one.emergency {
                words.push(if one.emergency {
                    "⚠ is an emergency number now".to_owned()
                } else {
                    "⚠ is no emergency number any more".to_owned()
                });
            }
            renamed(&mut words, "name", &other.name, &one.name);
            renamed(&mut words, "hours", &other.hours_words, &one.hours_words);
            if other.hours != one.hours && other.hours_words == one.hours_words {
                words.push("the hours, though not their words".to_owned());
            }
            renamed(&mut words, "who answers", &other.answers, &one.answers);
            renamed(&mut words, "note", &other.note, &one.note);
            if other.priority != one.priority {
                words.push(format!("priority {} → {}", other.priority, one.priority));
            }
            if other.verified != one.verified {
                words.push(format!("checked {} → {}", other.verified, one.verified));
            }
            if !words.is_empty() {
                self.add(Kind::Changed, called, &thing, words);
            }
        }
        for gone in old {
            if !new.iter().any(|one| one.id == gone.id) {
                let thing = Thing {
                    name: "hotline",
                    id: gone.id.as_str(),
                    title: &gone.name,
                };
                self.add(Kind::Gone, true, &thing, vec![gone.number.clone()]);
            }
        }
    }

    /// Support words, the counsellor, the daily sentences.
    fn people(&mut self) {
        let (old, new) = (self.old.1, self.new.1);
        for (thing, file, there) in [
            (
                "the support words",
                "support.toml",
                (old.support.is_some(), new.support.is_some()),
            ),
            (
                "the counsellor",
                "counsellor.toml",
                (old.counsellor.is_some(), new.counsellor.is_some()),
            ),
            ("the daily sentences", "calendar.toml", (has(old), has(new))),
        ] {
            let changed = self.lines_changed(&[file.to_owned()]);
            let words = (changed > 0).then(|| lines(changed));
            self.once(thing, there, words.into_iter().collect());
        }
    }
}

fn has(layer: &Layer) -> bool {
    !layer.calendar.dated.is_empty() || !layer.calendar.rotating.is_empty()
}

fn lines(number: usize) -> String {
    format!("{} changed", super::counted(number, "line", "lines"))
}
