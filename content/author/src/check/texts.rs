//! Every text of a layer with the file it stands in, and where in that file.

use crate::folder::Folder;
use xinting_content::article::Block;
use xinting_content::{Audience, Fault, Lang, Layer, Text};

/// One text in both languages.
pub(super) struct Said<'a> {
    /// Its file.
    pub(super) file: String,
    /// Its key there.
    pub(super) key: &'static str,
    /// The words.
    pub(super) text: &'a Text,
    /// Who reads it.
    pub(super) audiences: &'a [Audience],
}

/// All of them, but for the bodies of articles and the captions.
pub(super) fn all(layer: &Layer) -> Vec<Said<'_>> {
    let mut all = Vec::new();
    let everybody = layer.info.audiences.as_slice();
    let mut add = |file: &str, key, text, audiences| {
        all.push(Said {
            file: file.to_owned(),
            key,
            text,
            audiences,
        });
    };
    add("pack.toml", "title", &layer.info.title, everybody);
    for instrument in &layer.instruments {
        let file = format!("instruments/{}.toml", instrument.id);
        let who = instrument.audiences.as_slice();
        add(&file, "feeling", &instrument.feeling, who);
        add(&file, "line", &instrument.line, who);
        add(&file, "about", &instrument.about, who);
        for item in &instrument.items {
            add(&file, "items.text", &item.text, who);
        }
        let bands = instrument.bands.iter().map(|band| &band.words);
        for words in bands.chain(&instrument.reflections) {
            add(&file, "title", &words.title, who);
            add(&file, "summary", &words.summary, who);
            add(&file, "meaning", &words.meaning, who);
        }
    }
    for article in &layer.articles {
        let file = format!("articles/{}.toml", article.id);
        add(&file, "title", &article.title, &article.audiences);
        add(&file, "summary", &article.summary, &article.audiences);
    }
    for practice in &layer.practices {
        let file = format!("practices/{}.toml", practice.id);
        let who = practice.audiences.as_slice();
        add(&file, "title", &practice.title, who);
        add(&file, "summary", &practice.summary, who);
        add(&file, "ease", &practice.ease, who);
    }
    for bed in &layer.beds {
        add(
            &format!("beds/{}.toml", bed.id),
            "title",
            &bed.title,
            everybody,
        );
    }
    for line in &layer.lines {
        for (key, text) in [
            ("line.name", &line.name),
            ("line.answers", &line.answers),
            ("line.note", &line.note),
            ("line.hours_words", &line.hours_words),
        ] {
            add("hotlines.toml", key, text, everybody);
        }
    }
    if let Some(support) = &layer.support {
        for (key, text) in [
            ("thanks", &support.thanks),
            ("beside_you", &support.beside_you),
            ("adult_title", &support.adult_title),
            ("adult_who", &support.adult_who),
            ("adult_say", &support.adult_say),
            ("call_say", &support.call_say),
        ] {
            add("support.toml", key, text, everybody);
        }
    }
    if let Some(counsellor) = &layer.counsellor {
        add("counsellor.toml", "who", &counsellor.who, everybody);
        add("counsellor.toml", "how", &counsellor.how, everybody);
        for text in &counsellor.about {
            add("counsellor.toml", "about", text, everybody);
        }
    }
    for (_, _, text) in &layer.calendar.dated {
        add("calendar.toml", "dated.text", text, everybody);
    }
    for text in &layer.calendar.rotating {
        add("calendar.toml", "rotating", text, everybody);
    }
    all
}

/// The words of a piece of an article.
pub(super) fn words(block: &Block) -> &str {
    match block {
        Block::Heading(words)
        | Block::Paragraph(words)
        | Block::Bullet(words)
        | Block::Quote(words) => words,
    }
}

/// A fault or warning at the place where `words` stand in a file: at the longest beginning of them that
/// is found there, since a paragraph may be broken into lines.
pub(super) fn at_words(
    folder: &Folder,
    file: &str,
    key: &str,
    words: &str,
    what: String,
    remedy: &str,
) -> Fault {
    let text = String::from_utf8_lossy(folder.get(file).unwrap_or_default()).into_owned();
    let place = beginning(&text, words);
    let (line, column) = match place {
        Some(offset) => {
            let before = &text[..offset];
            let column = before.rsplit('\n').next().unwrap_or_default();
            (
                Some(before.matches('\n').count() + 1),
                Some(column.chars().count() + 1),
            )
        }
        None => (None, None),
    };
    Fault {
        file: file.to_owned(),
        line,
        column,
        key: key.to_owned(),
        what,
        remedy: remedy.to_owned(),
    }
}

/// Where the words begin, found by as many of their first characters as stand on one line.
fn beginning(text: &str, words: &str) -> Option<usize> {
    let mut ends: Vec<usize> = words.char_indices().map(|(at, _)| at).skip(1).collect();
    ends.push(words.len());
    let longest = ends.iter().rev().map(|end| &words[..*end]);
    longest
        .filter(|begin| begin.chars().count() >= 4 || begin.len() == words.len())
        .find_map(|begin| text.find(begin))
}

/// Chinese characters in a text.
pub(super) fn chinese(text: &str) -> usize {
    text.chars()
        .filter(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'))
        .count()
}

/// The sentences of a text in either language.
pub(super) fn sentences(text: &str, lang: Lang) -> Vec<&str> {
    let ends: &[char] = match lang {
        Lang::ZhCn => &['。', '！', '？', '；', '…', '!', '?', ';', '\n'],
        Lang::En => &['.', '!', '?', ';', ':', '\n'],
    };
    text.split(ends)
        .map(str::trim)
        .filter(|sentence| !sentence.is_empty())
        .collect()
}

/// How long a sentence is: characters in Chinese, words in English.
pub(super) fn length(sentence: &str, lang: Lang) -> usize {
    match lang {
        Lang::ZhCn => sentence.chars().filter(|c| c.is_alphanumeric()).count(),
        Lang::En => sentence.split_whitespace().count(),
    }
}
