//! CommonMark to the few blocks a booth draws: headings, paragraphs, list entries, quotes.
//!
//! Links, pictures, HTML, code and tables are refused: a booth has nowhere to go to, and an author
//! should learn that here and not on the screen. Emphasis is read as plain words.

use super::fault::Page;
use super::wording::Place;
use crate::article::Block;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Where the words being read belong.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Heading,
    Paragraph,
    Bullet,
    Quote,
}

/// Reads a body; `None` if it is empty or holds anything a booth cannot draw.
pub(crate) fn read(page: &mut Page<'_>) -> Option<Vec<Block>> {
    let before = page.fault_count();
    let mut blocks = Vec::new();
    let mut words = String::new();
    let mut open: Vec<Kind> = Vec::new();
    let mut started_at = 0;
    for (event, range) in Parser::new_ext(page.text(), Options::empty()).into_offset_iter() {
        let mut flush = |page: &mut Page<'_>, words: &mut String, kind: Kind| {
            let text = std::mem::take(words);
            if !text.trim().is_empty() && page.prose(&text, started_at, "", Place::Anywhere) {
                blocks.push(block(kind, text.trim().to_owned()));
            }
        };
        match event {
            Event::Start(Tag::Heading { .. }) => {
                open.push(Kind::Heading);
                started_at = range.start;
            }
            Event::Start(Tag::Paragraph) => started_at = range.start,
            Event::Start(Tag::BlockQuote(_)) => open.push(Kind::Quote),
            Event::Start(Tag::List(None)) if open.contains(&Kind::Bullet) => {
                refuse(
                    page,
                    range.start,
                    "a list within a list",
                    "write one flat list",
                );
            }
            Event::Start(Tag::List(Some(_))) => {
                refuse(
                    page,
                    range.start,
                    "a numbered list",
                    "begin each entry with a hyphen",
                );
            }
            Event::Start(Tag::Item) => {
                open.push(Kind::Bullet);
                started_at = range.start;
            }
            Event::Start(Tag::List(None) | Tag::Emphasis | Tag::Strong) => {}
            Event::Start(Tag::Link { .. }) => {
                refuse(
                    page,
                    range.start,
                    "a link",
                    "write the words without it; a booth has no browser",
                );
            }
            Event::Start(Tag::Image { .. }) => {
                refuse(
                    page,
                    range.start,
                    "a picture",
                    "leave it out; the theme chooses the picture",
                );
            }
            Event::Start(tag) => {
                refuse(
                    page,
                    range.start,
                    &format!("{tag:?}"),
                    "use headings, paragraphs, - lists and > quotes",
                );
            }
            Event::End(TagEnd::Heading(_)) => {
                open.pop();
                flush(page, &mut words, Kind::Heading);
            }
            Event::End(TagEnd::Paragraph) => {
                let kind = open.last().copied().unwrap_or(Kind::Paragraph);
                flush(page, &mut words, kind);
            }
            Event::End(TagEnd::Item) => {
                open.pop();
                flush(page, &mut words, Kind::Bullet);
            }
            Event::End(TagEnd::BlockQuote(_)) => {
                open.pop();
                flush(page, &mut words, Kind::Quote);
            }
            Event::End(_) => {}
            Event::Text(text) => words.push_str(&text),
            Event::SoftBreak | Event::HardBreak => join(&mut words),
            Event::Html(_) | Event::InlineHtml(_) => {
                refuse(page, range.start, "HTML", "write plain CommonMark");
            }
            Event::Code(_) => refuse(page, range.start, "code", "write plain words"),
            Event::Rule => refuse(page, range.start, "a rule across the page", "use a heading"),
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {
                refuse(page, range.start, "an extension", "write plain CommonMark");
            }
        }
    }
    if blocks.is_empty() && page.fault_count() == before {
        page.whole(
            "",
            "the article has no text".to_owned(),
            "write it in this language too",
        );
    }
    (page.fault_count() == before).then_some(blocks)
}

fn block(kind: Kind, text: String) -> Block {
    match kind {
        Kind::Heading => Block::Heading(text),
        Kind::Paragraph => Block::Paragraph(text),
        Kind::Bullet => Block::Bullet(text),
        Kind::Quote => Block::Quote(text),
    }
}

fn refuse(page: &mut Page<'_>, offset: usize, what: &str, remedy: &str) {
    page.at(offset, "", format!("{what} cannot be shown"), remedy);
}

/// A line break within a paragraph is a space between words, and nothing after a Chinese character.
fn join(words: &mut String) {
    if words.chars().next_back().is_some_and(|c| c.is_ascii()) {
        words.push(' ');
    }
}
