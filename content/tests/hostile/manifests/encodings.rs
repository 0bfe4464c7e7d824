//! The manifest in other bytes, and something else in its place.

use super::one_line;
use crate::desk::Case;

/// The same words in other bytes. Whatever is not plain UTF-8 JSON is not read.
pub(crate) fn encodings() -> Vec<Case> {
    let case = |name: &str, what: &str, change: fn(&mut Vec<u8>)| {
        Case::new("manifest's bytes", name, what)
            .manifest(change)
            .refused("BadlyMade", "its manifest cannot be read")
    };
    vec![
        case(
            "byte order mark",
            "the manifest begins with a byte order mark",
            |m| {
                m.splice(0..0, *b"\xef\xbb\xbf");
            },
        ),
        case("UTF-16", "the manifest is UTF-16", |m| {
            let text = String::from_utf8(m.clone()).unwrap();
            *m = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        }),
        case(
            "UTF-16 with its mark",
            "the manifest is UTF-16, big end first, with its mark",
            |m| {
                let text = String::from_utf8(m.clone()).unwrap();
                *m = std::iter::once(0xfeff)
                    .chain(text.encode_utf16())
                    .flat_map(u16::to_be_bytes)
                    .collect();
            },
        ),
        case("not UTF-8", "a byte of the title is no UTF-8", |m| {
            replace(m, "Our school", b"Our \xff school")
        }),
        case(
            "overlong",
            "a letter is written in more bytes than it needs",
            |m| replace(m, "Our school", b"Our\xc1\xa1school"),
        ),
        case(
            "half a pair",
            "the title holds half a surrogate pair",
            |m| replace(m, "Our school", br"Our \ud800 school"),
        ),
        case(
            "line feed in a text",
            "the title holds a bare line feed",
            |m| replace(m, "Our school", b"Our\nschool"),
        ),
        case("NUL in a text", "the title holds a bare NUL", |m| {
            replace(m, "Our school", b"Our\0school")
        }),
        case("NUL behind", "a NUL follows the manifest", |m| m.push(0)),
        case("text behind", "text follows the manifest", |m| {
            m.extend(b"{}")
        }),
        case(
            "the manifest twice",
            "a second manifest follows the first",
            |m| m.extend(m.clone()),
        ),
        case(
            "comma at the end",
            "a comma stands before the last brace",
            |m| replace(m, "  ]\n}", b"  ],\n}"),
        ),
        case("comment", "the manifest holds a comment", |m| {
            replace(m, "\"sample\"", b"/* */ \"sample\"")
        }),
        case("single quotes", "a text stands in single quotes", |m| {
            replace(m, "\"our-school\"", b"'our-school'")
        }),
        case("cut", "the last brace is missing", |m| {
            let brace = m.iter().rposition(|&byte| byte == b'}').unwrap();
            m.truncate(brace);
        }),
    ]
}

fn replace(bytes: &mut Vec<u8>, from: &str, to: &[u8]) {
    let at = bytes
        .windows(from.len())
        .position(|window| window == from.as_bytes())
        .unwrap_or_else(|| panic!("no {from}"));
    bytes.splice(at..at + from.len(), to.iter().copied());
}

/// Something else in the manifest's place.
pub(crate) fn wholes() -> Vec<Case> {
    let case = |name: &str, what: &str, manifest: Vec<u8>| {
        Case::new("manifest's bytes", name, what).manifest(move |bytes| *bytes = manifest.clone())
    };
    let unreadable = "its manifest cannot be read";
    let mut cases = vec![];
    for (name, text) in [
        ("empty", ""),
        ("blank", "\n"),
        ("null", "null"),
        ("a list", "[]"),
        ("an empty object", "{}"),
        ("a text", "\"xinting-pack-manifest\""),
        ("a number", "7"),
        ("TOML", "domain = \"xinting-pack-manifest\"\nformat = 1\n"),
        ("HTML", "<!doctype html><title>domain</title>"),
        (
            "only a head",
            "{\"domain\": \"xinting-pack-manifest\", \"format\": 1}",
        ),
    ] {
        let what = format!("the manifest is {}", one_line(text));
        cases.push(case(name, &what, text.into()).refused("BadlyMade", unreadable));
    }
    for (name, open, close) in [
        ("ten thousand lists", "[", "]"),
        ("ten thousand objects", "{\"domain\":", "}"),
    ] {
        let deep = format!("{}{}", open.repeat(10_000), close.repeat(10_000));
        cases.push(
            case(name, "ten thousand deep, one within the other", deep.into())
                .refused("BadlyMade", unreadable),
        );
    }
    let unclosed = "[".repeat(1 << 20);
    cases.push(
        case(
            "a million lists",
            "a million brackets that nobody closes",
            unclosed.into(),
        )
        .refused("BadlyMade", unreadable),
    );
    let hidden = format!("\"sample\": {}0{}", "[".repeat(10_000), "]".repeat(10_000));
    cases.push(
        Case::new(
            "manifest's bytes",
            "deep inside",
            "ten thousand lists where a bool belongs",
        )
        .manifest_text("\"sample\": false", hidden)
        .refused("BadlyMade", unreadable),
    );
    let ignored = format!(
        "\"unheard\": {}0{}, \"format\": 1",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    cases.push(
        Case::new(
            "manifest's bytes",
            "deep where nobody looks",
            "ten thousand lists under a key that only a newer format knows",
        )
        .manifest_text("\"format\": 1", ignored)
        .refused("BadlyMade", unreadable),
    );
    cases.push(
        Case::new(
            "manifest's bytes",
            "a byte too large",
            "the manifest has a byte more than a megabyte",
        )
        .manifest(|bytes| bytes.resize((1 << 20) + 1, b' '))
        .refused("Altered", "manifest.json claims 1048577 bytes"),
    );
    cases.push(
        Case::new(
            "manifest's bytes",
            "one escape for all",
            "a text of a megabyte of escapes",
        )
        .manifest_text("Our school", "\\u0041".repeat(170_000))
        .refused("BadlyMade", "no proper `title`"),
    );
    cases
}
