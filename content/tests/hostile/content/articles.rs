//! Articles that would run, lead away, or say what a booth never says.

use super::edited;
use crate::desk::{Base, Case};

pub(crate) fn articles() -> Vec<Case> {
    let body = "articles/waves.en.md";
    let words = "A paragraph";
    let mut cases = edited(
        "articles",
        body,
        &[
            (
                "script",
                words,
                "<script>alert(1)</script>",
                "cannot be shown",
            ),
            ("inline HTML", words, "A <b>paragraph</b>", "HTML"),
            ("HTML comment", words, "A <!-- comment -->", "HTML"),
            ("a declaration", words, "<!DOCTYPE html>", "cannot be shown"),
            (
                "link",
                words,
                "A [paragraph](https://example.org)",
                "a link",
            ),
            ("bare link", words, "<https://example.org>", "a link"),
            (
                "link by reference",
                "# Waves",
                "[a]: https://example.org\n\n# [a]",
                "a link",
            ),
            ("picture", words, "![a](file:///etc/passwd)", "a picture"),
            ("code", words, "`rm`", "code"),
            ("fenced code", words, "```sh\nreboot\n```", "code"),
            (
                "nested list",
                "- two",
                "- two\n  - three",
                "a list within a list",
            ),
            ("numbered list", "- two", "\n1. two", "a numbered list"),
            ("rule", words, "a\n\n---\n\nb", "a rule"),
            (
                "control character",
                words,
                "A \u{8} paragraph",
                "control character",
            ),
            (
                "escaped control character",
                words,
                "A &#8; paragraph",
                "control character",
            ),
            (
                "turned round",
                words,
                "A \u{202e} paragraph",
                "control character",
            ),
            (
                "turned round by an entity",
                words,
                "A &#x202e; paragraph",
                "control character",
            ),
            ("secrecy", words, "Nobody will know", "promises secrecy"),
            (
                "secrecy under emphasis",
                words,
                "Nobody *will* know",
                "promises secrecy",
            ),
            (
                "secrecy by entities",
                words,
                "Nobody&nbsp;will&#32;know",
                "promises secrecy",
            ),
            (
                "a thousand and one characters",
                words,
                &"a".repeat(1_001),
                "more than 1000",
            ),
        ],
    );
    let replaced = |name: &str, what: &str, bytes: Vec<u8>, saying: &str| {
        Case::new("articles", name, what)
            .on(Base::Starter)
            .files(move |files| files.put(body, &bytes))
            .refused("Content", saying)
    };
    cases.extend([
        replaced("empty", "the article has no text", Vec::new(), "no text"),
        replaced(
            "nothing but marks",
            "there is nothing but marks",
            b"#\n\n>\n\n-\n".to_vec(),
            "no text",
        ),
        replaced(
            "not UTF-8",
            "the article is no UTF-8",
            b"# W\xe9ves\n".to_vec(),
            "not UTF-8",
        ),
        replaced(
            "UTF-16",
            "the article is UTF-16",
            b"\xff\xfe#\0 \0W\0".to_vec(),
            "not UTF-8",
        ),
        replaced(
            "ten thousand quotes",
            "quotes ten thousand deep",
            b"> ".repeat(10_000),
            "no text",
        ),
        replaced(
            "a byte order mark before a numbered list",
            "an editor's mark stands before a list that is numbered",
            "\u{feff}1. one\n2. two\n".into(),
            "a numbered list",
        ),
        replaced(
            "two byte order marks",
            "two marks stand before the text",
            "\u{feff}\u{feff}1. one\n".into(),
            "more than one byte order mark",
        ),
        replaced(
            "NUL",
            "the article holds a NUL",
            b"a \0 b".to_vec(),
            "control character",
        ),
    ]);
    cases.extend(edited(
        "articles",
        "articles/waves.toml",
        &[
            ("theme unknown", "\"worry\"", "\"war\"", "not known here"),
            ("title missing", "title =", "titel =", "waves.toml"),
            ("minutes 61", "minutes = 2", "minutes = 61", "outside"),
            (
                "audience twice",
                "[\"junior\"]",
                "[\"junior\", \"junior\"]",
                "twice",
            ),
        ],
    ));
    cases
}
