//! CommonMark to the few blocks a booth draws: headings, paragraphs, list entries, quotes.
//!
//! Links, pictures, HTML, code and tables are refused: a booth has nowhere to go to, and an author
//! should learn that here and not on the screen. Emphasis is read as plain words.

use super::fault::Page;
use super::wording::Place;
use crate::article::Block;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Reads a body; `None` if it is empty or holds anything a booth cannot draw.
pub(crate) fn read(page: &mut Page<'_>) -> Option<Vec<Block>> {
    let before = page.fault_count();
    let text = page.text();
    let mut body = Body {
        page,
        blocks: Vec::new(),
        words: String::new(),
        open: Vec::new(),
        started_at: 0,
    };
    for (event, range) in Parser::new_ext(text, Options::empty()).into_offset_iter() {
        body.take(event, range.start);
    }
    let Body { page, blocks, .. } = body;
    if blocks.is_empty() && page.fault_count() == before {
        let what = "the article has no text".to_owned();
        page.whole("", what, "write it in this language too");
    }
    (page.fault_count() == before).then_some(blocks)
}

/// Where the words being read belong.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Heading,
    Paragraph,
    Bullet,
    Quote,
}

struct Body<'p, 'f> {
    page: &'p mut Page<'f>,
    blocks: Vec<Block>,
    /// Words of the block being read.
    words: String,
    /// Headings, list entries and quotes around it.
    open: Vec<Kind>,
    started_at: usize,
}

impl Body<'_, '_> {
    fn take(&mut self, event: Event<'_>, at: usize) {
        match event {
            Event::Start(tag) => self.start(tag, at),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.words.push_str(&text),
            Event::SoftBreak | Event::HardBreak => self.join(),
            Event::Html(_) | Event::InlineHtml(_) => {
                self.refuse(at, "HTML", "write plain CommonMark");
            }
            Event::Code(_) => self.refuse(at, "code", "write plain words"),
            Event::Rule => self.refuse(at, "a rule across the page", "use a heading"),
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {
                self.refuse(at, "an extension", "write plain CommonMark");
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, at: usize) {
        match tag {
            Tag::Heading { .. } => self.enter(Kind::Heading, at),
            Tag::Item => self.enter(Kind::Bullet, at),
            Tag::BlockQuote(_) => self.enter(Kind::Quote, at),
            Tag::Paragraph => self.started_at = at,
            Tag::List(None) if self.open.contains(&Kind::Bullet) => {
                self.refuse(at, "a list within a list", "write one flat list");
            }
            Tag::List(Some(_)) => {
                self.refuse(at, "a numbered list", "begin each entry with a hyphen");
            }
            Tag::List(None) | Tag::Emphasis | Tag::Strong => {}
            Tag::Link { .. } => {
                let remedy = "write the words without it; a booth has no browser";
                self.refuse(at, "a link", remedy);
            }
            Tag::Image { .. } => {
                let remedy = "leave it out; the theme chooses the picture";
                self.refuse(at, "a picture", remedy);
            }
            Tag::CodeBlock(_) => {
                self.refuse(
                    at,
                    "code",
                    "do not indent by four spaces; write plain words",
                );
            }
            _ => {
                let remedy = "use headings, paragraphs, - lists and > quotes";
                self.refuse(at, "this", remedy);
            }
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => {
                let kind = self.open.last().copied().unwrap_or(Kind::Paragraph);
                self.finish(kind);
            }
            TagEnd::Heading(_) | TagEnd::Item | TagEnd::BlockQuote(_) => {
                if let Some(kind) = self.open.pop() {
                    self.finish(kind);
                }
            }
            _ => {}
        }
    }

    fn enter(&mut self, kind: Kind, at: usize) {
        self.open.push(kind);
        self.started_at = at;
    }

    /// Makes a block of the words read so far, if there are any.
    fn finish(&mut self, kind: Kind) {
        let words = std::mem::take(&mut self.words);
        let text = words.trim();
        if text.is_empty() || !self.page.prose(text, self.started_at, "", Place::Anywhere) {
            return;
        }
        let text = text.to_owned();
        self.blocks.push(match kind {
            Kind::Heading => Block::Heading(text),
            Kind::Paragraph => Block::Paragraph(text),
            Kind::Bullet => Block::Bullet(text),
            Kind::Quote => Block::Quote(text),
        });
    }

    fn refuse(&mut self, at: usize, what: &str, remedy: &str) {
        self.page
            .at(at, "", format!("{what} cannot be shown"), remedy);
    }

    /// A line break within a paragraph is a space between words, and nothing after a Chinese character.
    fn join(&mut self) {
        if self.words.chars().next_back().is_some_and(|c| c.is_ascii()) {
            self.words.push(' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, read};
    use crate::article::Block::{self, Bullet, Heading, Paragraph, Quote};

    fn blocks(text: &str) -> Result<Vec<Block>, String> {
        let mut faults = Vec::new();
        let blocks = read(&mut Page::new("a.md", text, &mut faults));
        match faults.first() {
            None => Ok(blocks.unwrap()),
            Some(fault) => Err(fault.to_string()),
        }
    }

    #[test]
    fn the_four_blocks() {
        let text = "# One\n\nTwo **strong** and *soft*\nlines\n\n- three\n- four\n\n> five\n\n\
                    - loose\n\n- list\n\n中文\n换行\n";
        let expected = [
            Heading("One".to_owned()),
            Paragraph("Two strong and soft lines".to_owned()),
            Bullet("three".to_owned()),
            Bullet("four".to_owned()),
            Quote("five".to_owned()),
            Bullet("loose".to_owned()),
            Bullet("list".to_owned()),
            Paragraph("中文换行".to_owned()),
        ];
        assert_eq!(blocks(text).unwrap(), expected);
    }

    #[test]
    fn what_cannot_be_drawn_is_refused_with_its_line() {
        for (text, begins) in [
            ("", "a.md: "),
            ("a\n\n[b](c)", "a.md:3: a link"),
            ("<https://x.y>", "a.md:1: a link"),
            ("![b](c)", "a.md:1: a picture"),
            ("a <i>b</i>", "a.md:1: HTML"),
            ("<div>\nb\n</div>", "a.md:1: "),
            ("a\n\n    b", "a.md:3: code"),
            ("`b`", "a.md:1: code"),
            ("a\n\n---\n\nb", "a.md:3: a rule"),
            ("- a\n  - b", "a.md:2: a list within"),
            ("1. a", "a.md:1: a numbered"),
            (
                "a\n\n> 没有人\n> 会知道",
                "a.md:3: “没有人会知道” promises secrecy",
            ),
        ] {
            let fault = blocks(text).unwrap_err();
            assert!(fault.starts_with(begins), "{text:?}: {fault}");
        }
    }
}
