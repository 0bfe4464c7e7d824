//! Manifests that a trusted key has signed and that are still not taken: a key may be stolen, or a tool of somebody's own.
//!
//! Names and sizes of files have their own tables beside this one.

use crate::desk::Case;

const FAMILY: &str = "manifest";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = edits();
    cases.extend(newer());
    cases.extend(encodings());
    cases.extend(wholes());
    cases.extend(other_than_pack_toml());
    cases
}

/// What is replaced, by what, and the piece of the sentence.
fn edits() -> Vec<Case> {
    let unreadable = "its manifest cannot be read";
    let table: &[(&str, &str, &str, &str)] = &[
        (
            "domain of a report",
            "\"xinting-pack-manifest\"",
            "\"xinting-report\"",
            "not the manifest of a pack",
        ),
        (
            "domain of a key list",
            "\"xinting-pack-manifest\"",
            "\"xinting-key-list\"",
            "not the manifest of a pack",
        ),
        (
            "domain in capitals",
            "\"xinting-pack-manifest\"",
            "\"Xinting-Pack-Manifest\"",
            "not the manifest of a pack",
        ),
        (
            "domain with a NUL",
            "\"xinting-pack-manifest\"",
            "\"xinting-pack-manifest\\u0000\"",
            "not the manifest of a pack",
        ),
        (
            "no domain",
            "\"domain\": \"xinting-pack-manifest\",",
            "",
            unreadable,
        ),
        (
            "domain null",
            "\"xinting-pack-manifest\"",
            "null",
            unreadable,
        ),
        (
            "format as text",
            "\"format\": 1",
            "\"format\": \"1\"",
            unreadable,
        ),
        (
            "format as a float",
            "\"format\": 1",
            "\"format\": 1.0",
            unreadable,
        ),
        (
            "format negative",
            "\"format\": 1",
            "\"format\": -1",
            unreadable,
        ),
        (
            "format huge",
            "\"format\": 1",
            "\"format\": 4294967297",
            unreadable,
        ),
        (
            "format twice",
            "\"format\": 1",
            "\"format\": 1, \"format\": 2",
            unreadable,
        ),
        (
            "domain not first",
            "{\n  \"domain\": \"xinting-pack-manifest\",\n  \"format\": 1,",
            "{\n  \"format\": 1,\n  \"domain\": \"xinting-pack-manifest\",",
            "does not begin with the domain",
        ),
        (
            "a key before the domain",
            "{\n  \"domain\"",
            "{\"also\": 0, \"domain\"",
            unreadable,
        ),
        (
            "domain under an escape",
            "\"domain\"",
            "\"\\u0064omain\"",
            "does not begin with the domain",
        ),
        (
            "unknown key",
            "\"sample\": false",
            "\"sample\": false, \"also\": 1",
            unreadable,
        ),
        (
            "unknown key that looks safe",
            "\"sample\": false",
            "\"sample\": false, \"comment\": \"hello\"",
            unreadable,
        ),
        (
            "prototype",
            "\"sample\": false",
            "\"sample\": false, \"__proto__\": {\"sample\": true}",
            unreadable,
        ),
        (
            "key in capitals",
            "\"sample\": false",
            "\"Sample\": false",
            unreadable,
        ),
        (
            "a key twice",
            "\"sample\": false",
            "\"sample\": false, \"sample\": false",
            unreadable,
        ),
        (
            "id twice",
            "\"id\": \"our-school\"",
            "\"id\": \"our-school\", \"id\": \"starter\"",
            unreadable,
        ),
        (
            "files twice",
            "\"files\": [",
            "\"files\": [], \"files\": [",
            unreadable,
        ),
        ("a key missing", "\"sample\": false,", "", unreadable),
        (
            "bool as text",
            "\"sample\": false",
            "\"sample\": \"false\"",
            unreadable,
        ),
        (
            "bool as a number",
            "\"sample\": false",
            "\"sample\": 0",
            unreadable,
        ),
        (
            "id empty",
            "\"id\": \"our-school\"",
            "\"id\": \"\"",
            "no proper `id`",
        ),
        (
            "id in capitals",
            "\"id\": \"our-school\"",
            "\"id\": \"Our-School\"",
            "no proper `id`",
        ),
        (
            "id that goes up",
            "\"id\": \"our-school\"",
            "\"id\": \"../../etc\"",
            "no proper `id`",
        ),
        (
            "id with a slash",
            "\"id\": \"our-school\"",
            "\"id\": \"our/school\"",
            "no proper `id`",
        ),
        (
            "id with a NUL",
            "\"id\": \"our-school\"",
            "\"id\": \"our-school\\u0000\"",
            "no proper `id`",
        ),
        (
            "id of another alphabet",
            "\"id\": \"our-school\"",
            "\"id\": \"оur-school\"",
            "no proper `id`",
        ),
        (
            "id as a list",
            "\"id\": \"our-school\"",
            "\"id\": [\"our-school\"]",
            unreadable,
        ),
        (
            "kind unknown",
            "\"kind\": \"school\"",
            "\"kind\": \"root\"",
            "no proper `kind`",
        ),
        (
            "kind empty",
            "\"kind\": \"school\"",
            "\"kind\": \"\"",
            "no proper `kind`",
        ),
        (
            "kind null",
            "\"kind\": \"school\"",
            "\"kind\": null",
            unreadable,
        ),
        (
            "release of control characters",
            "\"release\": \"3\"",
            "\"release\": \"\\u001b[2J\"",
            "no proper `release`",
        ),
        (
            "title of two lines",
            "Our school",
            "Our\\nschool",
            "no proper `title`",
        ),
        (
            "title turned round",
            "Our school",
            "Our \\u202e school",
            "no proper `title`",
        ),
        (
            "publisher no id",
            "\"publisher\": \"our-school\"",
            "\"publisher\": \"Our School\"",
            "no proper `publisher`",
        ),
        (
            "publisher empty",
            "\"publisher\": \"our-school\"",
            "\"publisher\": \"\"",
            "no proper `publisher`",
        ),
        (
            "version negative",
            "\"version\": 3",
            "\"version\": -3",
            unreadable,
        ),
        (
            "version as a float",
            "\"version\": 3",
            "\"version\": 3.5",
            unreadable,
        ),
        (
            "version with an exponent",
            "\"version\": 3",
            "\"version\": 3e0",
            unreadable,
        ),
        (
            "version as text",
            "\"version\": 3",
            "\"version\": \"3\"",
            unreadable,
        ),
        (
            "version beyond 64 bits",
            "\"version\": 3",
            "\"version\": 18446744073709551616",
            unreadable,
        ),
        (
            "version with a zero before",
            "\"version\": 3",
            "\"version\": 03",
            unreadable,
        ),
        (
            "version in hexadecimal",
            "\"version\": 3",
            "\"version\": 0x3",
            unreadable,
        ),
        (
            "version not a number",
            "\"version\": 3",
            "\"version\": NaN",
            unreadable,
        ),
        (
            "version infinite",
            "\"version\": 3",
            "\"version\": 1e400",
            unreadable,
        ),
        (
            "title blank",
            "\"zh-CN\": \"本校\"",
            "\"zh-CN\": \" \"",
            "no proper `title`",
        ),
        (
            "title in one language",
            "\"zh-CN\": \"本校\",",
            "",
            unreadable,
        ),
        (
            "title in a third language",
            "\"zh-CN\": \"本校\",",
            "\"zh-CN\": \"本校\", \"fr\": \"x\",",
            unreadable,
        ),
        (
            "title as text",
            "\"title\": {",
            "\"title\": \"本校\", \"more\": {",
            unreadable,
        ),
        (
            "language unknown",
            "\"zh-CN\",\n",
            "\"zh-TW\",\n",
            "no proper `languages`",
        ),
        (
            "audience unknown",
            "\"junior\"",
            "\"toddler\"",
            "no proper `audiences`",
        ),
        (
            "minimum app empty",
            "\"minimum_app\": \"0.1.0\"",
            "\"minimum_app\": \"\"",
            "no proper `minimum_app`",
        ),
        (
            "minimum app of two numbers",
            "\"minimum_app\": \"0.1.0\"",
            "\"minimum_app\": \"0.1\"",
            "no proper `minimum_app`",
        ),
        (
            "minimum app negative",
            "\"minimum_app\": \"0.1.0\"",
            "\"minimum_app\": \"0.-1.0\"",
            "no proper `minimum_app`",
        ),
        (
            "minimum app beyond 32 bits",
            "\"minimum_app\": \"0.1.0\"",
            "\"minimum_app\": \"0.1.4294967296\"",
            "no proper `minimum_app`",
        ),
        (
            "files null",
            "\"files\": [",
            "\"files\": null, \"rest\": [",
            unreadable,
        ),
        (
            "a file as text",
            "\"files\": [",
            "\"files\": [\"pack.toml\", ",
            unreadable,
        ),
        (
            "a file's path missing",
            "\"path\": \"counsellor.toml\",",
            "",
            unreadable,
        ),
        (
            "a file's unknown key",
            "\"path\": \"counsellor.toml\",",
            "\"path\": \"counsellor.toml\", \"mode\": 511,",
            unreadable,
        ),
        (
            "a file's path twice",
            "\"path\": \"counsellor.toml\",",
            "\"path\": \"counsellor.toml\", \"path\": \"x.toml\",",
            unreadable,
        ),
        (
            "method unknown",
            "\"method\": \"deflated\"",
            "\"method\": \"lzma\"",
            "the method of",
        ),
        (
            "method swapped",
            "\"method\": \"deflated\"",
            "\"method\": \"stored\"",
            "the method of",
        ),
        (
            "method as a number",
            "\"method\": \"deflated\"",
            "\"method\": 8",
            unreadable,
        ),
        (
            "stored size negative",
            "\"stored_size\": ",
            "\"stored_size\": -",
            unreadable,
        ),
        (
            "stored size as a float",
            "\"stored_size\": ",
            "\"stored_size\": 0.",
            unreadable,
        ),
        (
            "size beyond 32 bits",
            "\"size\": ",
            "\"size\": 4294967296",
            unreadable,
        ),
        (
            "crc short",
            "\"crc32\": \"",
            "\"crc32\": \"0\", \"x\": \"",
            unreadable,
        ),
        (
            "crc of nine digits",
            "\"crc32\": \"",
            "\"crc32\": \"0",
            "the crc32 of",
        ),
        (
            "hash of 65 digits",
            "\"sha256\": \"",
            "\"sha256\": \"0",
            "the sha256 of",
        ),
        (
            "hash with a sign",
            "\"sha256\": \"",
            "\"sha256\": \"+",
            "the sha256 of",
        ),
        (
            "hash null",
            "\"sha256\": \"",
            "\"sha256\": null, \"x\": \"",
            unreadable,
        ),
        (
            "gain not a number",
            "\"path\": \"counsellor.toml\",",
            "\"path\": \"counsellor.toml\", \"gain_db\": NaN,",
            unreadable,
        ),
        (
            "gain infinite",
            "\"path\": \"counsellor.toml\",",
            "\"path\": \"counsellor.toml\", \"gain_db\": -Infinity,",
            unreadable,
        ),
        (
            "gain beyond floats",
            "\"path\": \"counsellor.toml\",",
            "\"path\": \"counsellor.toml\", \"gain_db\": -1e300,",
            "the gain_db of",
        ),
        (
            "gain above zero",
            "\"path\": \"counsellor.toml\",",
            "\"path\": \"counsellor.toml\", \"gain_db\": 0.1,",
            "the gain_db of",
        ),
        (
            "gain as text",
            "\"path\": \"counsellor.toml\",",
            "\"path\": \"counsellor.toml\", \"gain_db\": \"-3\",",
            unreadable,
        ),
    ];
    table
        .iter()
        .map(|&(name, from, to, saying)| {
            Case::new(
                FAMILY,
                name,
                format!("{} becomes {}", one_line(from), one_line(to)),
            )
            .manifest_text(from, to)
            .refused("BadlyMade", saying)
        })
        .collect()
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join(" ")
    }
}

fn newer() -> Vec<Case> {
    let case = |name: &str, what: &str, from: &'static str, to: &str, saying: &str| {
        Case::new(FAMILY, name, what)
            .manifest_text(from, to)
            .refused("Newer", saying)
    };
    vec![
        case(
            "format 2",
            "a format that does not exist yet",
            "\"format\": 1",
            "\"format\": 2",
            "format 2",
        ),
        case(
            "format 0",
            "a format that never was",
            "\"format\": 1",
            "\"format\": 0",
            "format 0",
        ),
        case(
            "format 2 with new keys",
            "a format with keys that nobody knows",
            "\"format\": 1",
            "\"format\": 2, \"x\": []",
            "format 2",
        ),
        case(
            "newer app",
            "an app that does not exist yet",
            "\"minimum_app\": \"0.1.0\"",
            "\"minimum_app\": \"99.0.0\"",
            "99.0.0",
        ),
        case(
            "newer by one",
            "a version that follows this one",
            "\"minimum_app\": \"0.1.0\"",
            "\"minimum_app\": \"4294967295.0.0\"",
            "4294967295.0.0",
        ),
    ]
}

/// The same words in other bytes. Whatever is not plain UTF-8 JSON is not read.
fn encodings() -> Vec<Case> {
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
fn wholes() -> Vec<Case> {
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

/// The manifest is in order, and says another thing than the `pack.toml` beside it.
fn other_than_pack_toml() -> Vec<Case> {
    let table: &[(&str, &str, &str)] = &[
        (
            "another release",
            "\"release\": \"3\"",
            "\"release\": \"4\"",
        ),
        ("another title", "Our school", "The district"),
        (
            "another publisher",
            "\"publisher\": \"our-school\"",
            "\"publisher\": \"district\"",
        ),
        (
            "a lower kind",
            "\"kind\": \"school\"",
            "\"kind\": \"starter\"",
        ),
        (
            "another kind",
            "\"kind\": \"school\"",
            "\"kind\": \"district\"",
        ),
        ("not a sample", "\"sample\": false", "\"sample\": true"),
        ("other audiences", "\"junior\"", "\"senior\""),
        (
            "an older app",
            "\"minimum_app\": \"0.1.0\"",
            "\"minimum_app\": \"0.0.1\"",
        ),
        (
            "no languages",
            "\"languages\": [\n    \"zh-CN\",\n    \"en\"\n  ]",
            "\"languages\": []",
        ),
    ];
    let mut cases: Vec<Case> = table
        .iter()
        .map(|&(name, from, to)| {
            Case::new(
                "manifest against pack.toml",
                name,
                format!("{} becomes {}", one_line(from), one_line(to)),
            )
            .manifest_text(from, to)
            .refused(
                "BadlyMade",
                "its pack.toml says another thing than its manifest",
            )
        })
        .collect();
    cases.push(
        Case::new(
            "manifest against pack.toml",
            "another version",
            "the manifest and its signature name version 4",
        )
        .info(|info| info.version = 4)
        .refused(
            "BadlyMade",
            "its pack.toml says another thing than its manifest",
        ),
    );
    cases.push(
        Case::new(
            "manifest against pack.toml",
            "version zero",
            "the manifest and its signature name version 0",
        )
        .info(|info| info.version = 0)
        .refused(
            "BadlyMade",
            "its pack.toml says another thing than its manifest",
        ),
    );
    cases.push(
        Case::new(
            "manifest against pack.toml",
            "the largest version",
            "a version after which none would ever be taken",
        )
        .info(|info| info.version = u64::MAX)
        .refused(
            "BadlyMade",
            "its pack.toml says another thing than its manifest",
        ),
    );
    cases
}
