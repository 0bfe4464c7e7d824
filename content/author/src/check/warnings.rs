//! What an author may want to look at. None of it is refused by a booth.
//!
//! The limits on sentences are ours: Chinese readers for the lower grades of primary school rarely have
//! sentences above 25 characters, and plain-language guides ask for 15 to 20 English words.

use super::Options;
use super::texts::{self, Said, at_words, chinese, length, sentences};
use crate::folder::Folder;
use xinting_content::article::Article;
use xinting_content::practice::Practice;
use xinting_content::{Audience, Fault, Lang, Layer};

/// Longest sentence for primary school: Chinese characters, English words.
const YOUNG: (usize, usize) = (30, 20);

/// Longest sentence for everybody else.
const GROWN: (usize, usize) = (60, 35);

/// Longest large line of a caption: Chinese characters, English characters.
const CAPTION: (usize, usize) = (12, 40);

/// Shortest time of a caption, in milliseconds.
const CAPTION_MS: u64 = 4_000;

/// Chinese characters a young reader reads in a minute.
const A_MINUTE: usize = 250;

/// After so many days a hotline should be rung again.
const CHECKED_DAYS: i32 = 366;

pub(super) fn look(folder: &Folder, layer: &Layer, options: &Options<'_>) -> Vec<Fault> {
    let mut found = Vec::new();
    for said in texts::all(layer) {
        same_in_both(folder, &said, &mut found);
        for lang in [Lang::ZhCn, Lang::En] {
            let words = said.text.get(lang);
            long_sentences(
                folder,
                &said.file,
                said.key,
                words,
                lang,
                said.audiences,
                &mut found,
            );
        }
    }
    for article in &layer.articles {
        self::article(folder, article, &mut found);
    }
    for practice in &layer.practices {
        captions(folder, practice, &mut found);
    }
    hotlines(folder, layer, options, &mut found);
    found
}

/// A text that was copied over and never translated.
fn same_in_both(folder: &Folder, said: &Said<'_>, found: &mut Vec<Fault>) {
    let (zh, en) = (said.text.get(Lang::ZhCn), said.text.get(Lang::En));
    let mut add = |words: &str, what: &str, remedy: &str| {
        found.push(at_words(
            folder,
            &said.file,
            said.key,
            words,
            what.to_owned(),
            remedy,
        ));
    };
    if chinese(en) > 0 && zh == en {
        let remedy = "translate it; a visitor who chose English sees it";
        add(en, "the English text is the Chinese one", remedy);
    } else if chinese(en) > en.chars().count() / 4 {
        add(en, "the English text is in Chinese", "translate it");
    } else if chinese(zh) == 0 && zh.split_whitespace().count() > 3 {
        add(zh, "the Chinese text is in English", "translate it");
    }
}

fn long_sentences(
    folder: &Folder,
    file: &str,
    key: &str,
    words: &str,
    lang: Lang,
    audiences: &[Audience],
    found: &mut Vec<Fault>,
) {
    let young = audiences.contains(&Audience::Primary);
    let limits = if young { YOUNG } else { GROWN };
    let (most, unit) = match lang {
        Lang::ZhCn => (limits.0, "characters"),
        Lang::En => (limits.1, "words"),
    };
    for sentence in sentences(words, lang) {
        let long = length(sentence, lang);
        if long > most {
            let who = if young { " for primary school" } else { "" };
            let what = format!("a sentence of {long} {unit} is long{who}");
            let remedy = format!("make two of it; {most} {unit} are easily read");
            found.push(at_words(folder, file, key, sentence, what, &remedy));
        }
    }
}

fn article(folder: &Folder, article: &Article, found: &mut Vec<Fault>) {
    let name = |lang: Lang| format!("articles/{}.{}.md", article.id, lang.tag());
    for lang in [Lang::ZhCn, Lang::En] {
        for block in article.body(lang) {
            let words = texts::words(block);
            let who = &article.audiences;
            long_sentences(folder, &name(lang), "", words, lang, who, found);
        }
    }
    let all = |lang| -> String { article.body(lang).iter().map(texts::words).collect() };
    let (zh, en) = (all(Lang::ZhCn), all(Lang::En));
    let whole = |file: &str, what: String, remedy: &str| Fault {
        file: file.to_owned(),
        line: Some(1),
        column: None,
        key: String::new(),
        what,
        remedy: remedy.to_owned(),
    };
    let english = name(Lang::En);
    if zh == en {
        let what = "the English text is the Chinese one".to_owned();
        found.push(whole(&english, what, "translate it"));
    } else if chinese(&en) > en.chars().count() / 4 {
        let what = "the English text is in Chinese".to_owned();
        found.push(whole(&english, what, "translate it"));
    } else if article.zh.len().abs_diff(article.en.len()) > 2 {
        let (zh, en) = (article.zh.len(), article.en.len());
        let what = format!("it has {en} paragraphs and the Chinese text {zh}");
        found.push(whole(&english, what, "see whether something was left out"));
    }
    let minutes = chinese(&zh).div_ceil(A_MINUTE).max(1);
    let said = usize::from(article.minutes);
    if minutes > said * 2 || said > minutes + 3 {
        let file = format!("articles/{}.toml", article.id);
        let text = String::from_utf8_lossy(folder.get(&file).unwrap_or_default()).into_owned();
        let what = format!("it says {said} minutes and takes about {minutes}");
        let remedy = format!("write minutes = {minutes}");
        found.push(Fault::of_key(&file, &text, "minutes", what, &remedy));
    }
}

fn captions(folder: &Folder, practice: &Practice, found: &mut Vec<Fault>) {
    for caption in &practice.captions {
        for (lang, most) in [(Lang::ZhCn, CAPTION.0), (Lang::En, CAPTION.1)] {
            let file = format!("practices/{}.{}.vtt", practice.id, lang.tag());
            let line = caption.line.get(lang);
            let long = line.chars().count();
            if long > most {
                let what = format!("the large line has {long} characters");
                let remedy =
                    format!("keep it within {most}, or put some of it on the smaller line");
                found.push(at_words(folder, &file, "", line, what, &remedy));
            }
            let ms = caption.end_ms - caption.start_ms;
            if lang == Lang::ZhCn && ms < CAPTION_MS {
                let what = format!("it stands for {ms} ms");
                let remedy = "give it four seconds: some children read slowly, and are to be calm";
                found.push(at_words(folder, &file, "", line, what, remedy));
            }
        }
    }
}

fn hotlines(folder: &Folder, layer: &Layer, options: &Options<'_>, found: &mut Vec<Fault>) {
    for line in &layer.lines {
        let age = options
            .today
            .and_then(|today| line.verified.until(today).ok())
            .map(|span| span.get_days());
        let verified = format!("\"{}\"", line.verified);
        let mut add = |what: String, remedy: &str| {
            let fault = at_words(
                folder,
                "hotlines.toml",
                "line.verified",
                &verified,
                what,
                remedy,
            );
            found.push(fault);
        };
        match age {
            Some(days) if days > CHECKED_DAYS => add(
                format!("{} was last checked {days} days ago", line.id),
                "ring it, see that the hours are still right, and write today's date",
            ),
            Some(days) if days < 0 => add(
                format!("{} is said to be checked on a day to come", line.id),
                "write the day on which somebody rang it",
            ),
            _ => {}
        }
    }
    let mut seen: Vec<(&str, &str)> = Vec::new();
    let own = layer.lines.iter();
    let others = options.over.iter().flat_map(|layer| &layer.lines);
    // Those below come first, so that a double one is named where it can be put right.
    for line in others.chain(own.clone()) {
        let id = line.id.as_str();
        let known = seen
            .iter()
            .find(|(number, other)| *number == line.number && *other != id);
        let mine = own.clone().any(|one| one.id == line.id);
        if let (Some((_, other)), true) = (known, mine) {
            let what = format!("{id} has the number of {other}, so that a visitor sees it twice");
            let remedy = format!("call it {other}: then it takes that one's place");
            let number = format!("\"{}\"", line.number);
            let key = "line.number";
            found.push(at_words(
                folder,
                "hotlines.toml",
                key,
                &number,
                what,
                &remedy,
            ));
        }
        seen.push((&line.number, id));
    }
}
