//! Packs that are sealed and signed properly and whose content is not fit to be shown, or leaves the booth without help.
//!
//! The author's own faults, each in its words, are tried with the reading of layers (`tests/packs/layering.rs`); here it
//! is what somebody would do who means ill and holds a publisher's key.

use crate::desk::{Base, Case};
use crate::sample::Files;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = people();
    cases.extend(instruments());
    cases.extend(articles());
    cases.extend(practices());
    cases.extend(packs());
    cases.extend(any_text());
    cases.extend(large());
    cases
}

/// A file of the starter pack, a piece of it, what stands there instead, and a piece of the sentence.
fn edited(
    family: &'static str,
    file: &'static str,
    table: &[(&str, &'static str, &str, &str)],
) -> Vec<Case> {
    table
        .iter()
        .map(|&(name, from, to, saying)| {
            let to = to.to_owned();
            Case::new(
                family,
                name,
                format!("{file}: {} becomes {}", shown(from), shown(&to)),
            )
            .on(Base::Starter)
            .files(move |files| files.edit(file, from, &to))
            .refused("Content", saying)
        })
        .collect()
}

fn shown(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.chars().take(60).collect()
}

/// A pack without something that the whole must have.
fn whole(
    name: &str,
    what: &str,
    change: impl Fn(&mut Files) + 'static,
    variant: &'static str,
    saying: &str,
) -> Case {
    Case::new("whole library", name, what)
        .on(Base::Starter)
        .files(change)
        .refused(variant, saying)
}

fn people() -> Vec<Case> {
    let number =
        |name: &'static str, to: &'static str| (name, "\"0000001\"", to, "cannot be dialled");
    let mut cases = edited(
        "hotlines",
        "hotlines.toml",
        &[
            number("letters", "\"0800HELP\""),
            number("plus", "\"+86100001\""),
            number("pause and tones", "\"0000001,,9\""),
            number("semicolon", "\"0000001;\""),
            number("a command behind", "\"0000001\\r\\nATD900\""),
            number("star and hash", "\"*21*0000001#\""),
            number("two digits", "\"00\""),
            number("sixteen digits", "\"0000000000000001\""),
            number("empty", "\"\""),
            number("full-width digits", "\"００００００１\""),
            number("Arabic digits", "\"٠٠٠٠٠٠١\""),
            number("space", "\"000 0001\""),
            number("hyphen", "\"000-0001\""),
            ("a number as a number", "\"0000001\"", "1", "hotlines.toml"),
            ("id twice", "id = \"help\"", "id = \"day\"", "used twice"),
            ("no date", "\"2026-11-01\"", "\"2026-02-30\"", "is no date"),
            ("no day", "[\"mon\", \"sun\"]", "[]", "no day"),
            ("unknown day", "\"mon\"", "\"monday\"", "is no day"),
            ("day twice", "\"sun\"", "\"mon\"", "is no day"),
            ("hour 24", "\"08:00\"", "\"24:00\"", "no time of day"),
            ("minute 60", "\"08:00\"", "\"08:60\"", "no time of day"),
            ("negative hour", "\"08:00\"", "\"-8:00\"", "no time of day"),
            (
                "hours never",
                "hours = \"always\"",
                "hours = \"never\"",
                "the hours cannot be read",
            ),
            (
                "hours empty",
                "hours = \"always\"",
                "hours = []",
                "the hours cannot be read",
            ),
            (
                "priority negative",
                "priority = 1",
                "priority = -1",
                "hotlines.toml",
            ),
            (
                "priority huge",
                "priority = 1",
                "priority = 65536",
                "hotlines.toml",
            ),
            ("name blank", "zh = \"日间\"", "zh = \"\"", "blank"),
            (
                "unknown key",
                "priority = 1",
                "priority = 1\ndial = \"110\"",
                "hotlines.toml",
            ),
        ],
    );
    cases.extend(edited(
        "support words",
        "support.toml",
        &[
            ("blank thanks", "\"谢谢你\"", "\" \"", "blank"),
            ("blank in English", "\"You are not alone\"", "\"\"", "blank"),
            (
                "wide blanks",
                "\"告诉大人\"",
                "\"\u{3000}\u{3000}\"",
                "blank",
            ),
            (
                "no-break blanks",
                "\"Tell an adult\"",
                "\"\u{a0}\"",
                "blank",
            ),
            (
                "nothing to be seen",
                "\"你不是一个人\"",
                "\"\u{200b}\u{200b}\"",
                "blank",
            ),
            ("a line missing", "thanks = ", "thank = ", "support.toml"),
            ("one language", ", en = \"Hello\"", "", "support.toml"),
            (
                "a school's words",
                "call_say",
                "phone_places = { zh = \"一楼\", en = \"Hall\" }\ncall_say",
                "one school only",
            ),
            ("secrecy", "\"谢谢你\"", "\"绝对保密\"", "promises secrecy"),
            (
                "secrecy hidden",
                "\"谢谢你\"",
                "\"绝\u{200d}对 保\u{200b}密\"",
                "promises secrecy",
            ),
            (
                "a method",
                "\"我很难受\"",
                "\"overdose\"",
                "mentions a method",
            ),
        ],
    ));
    cases.extend(edited(
        "counsellor",
        "counsellor.toml",
        &[
            ("nobody", "\"学校心理老师\"", "\"\"", "blank"),
            (
                "no lines",
                "[{ zh = \"什么都可以聊\", en = \"Anything\" }]",
                "[]",
                "0 lines",
            ),
            (
                "not a list",
                "[{ zh = \"什么都可以聊\", en = \"Anything\" }]",
                "7",
                "counsellor.toml",
            ),
            (
                "a school's room",
                "how =",
                "room = { zh = \"一\", en = \"1\" }\nhow =",
                "one school only",
            ),
        ],
    ));
    cases.extend(edited(
        "calendar",
        "calendar.toml",
        &[
            ("month 13", "month = 2", "month = 13", "is no date"),
            ("month 0", "month = 2", "month = 0", "is no date"),
            ("day 30", "day = 29", "day = 30", "is no date"),
            ("day -128", "day = 29", "day = -128", "is no date"),
            ("day 128", "day = 29", "day = 128", "calendar.toml"),
            ("blank sentence", "\"一句\"", "\"\"", "blank"),
            (
                "a sentence as a number",
                "{ zh = \"一句\", en = \"One\" }",
                "7",
                "calendar.toml",
            ),
        ],
    ));
    let no_line =
        |files: &mut Files| files.edit("hotlines.toml", "emergency = false", "emergency = true");
    let gone = |name: &'static str| move |files: &mut Files| drop(files.0.remove(name));
    cases.extend([
        whole(
            "no lines",
            "a starter pack without lines",
            gone("hotlines.toml"),
            "NoLine",
            "no hotline",
        ),
        whole(
            "empty lines",
            "hotlines.toml is empty",
            |f| f.put("hotlines.toml", ""),
            "NoLine",
            "no hotline",
        ),
        whole(
            "emergency lines only",
            "every line is an emergency number",
            no_line,
            "NoLine",
            "no hotline",
        ),
        whole(
            "no support",
            "a starter pack without support words",
            gone("support.toml"),
            "NoSupport",
            "no support words",
        ),
        whole(
            "no counsellor",
            "a starter pack without a counsellor",
            gone("counsellor.toml"),
            "NoCounsellor",
            "no counsellor",
        ),
        whole(
            "no bed",
            "the bed of a practice is gone",
            |f| {
                f.edit("pack.toml", "beds = [\"rain\"]\n", "");
                f.0.remove("beds/rain.toml");
                f.0.remove("sounds/rain.bed.flac");
            },
            "NoBed",
            "asks for the bed rain",
        ),
        whole(
            "dangling article",
            "a result suggests an article that nobody holds",
            |f| {
                f.edit("instruments/phq-a.toml", "article:waves", "article:gone");
            },
            "Dangling",
            "suggests article:gone",
        ),
        whole(
            "dangling practice",
            "a result suggests a practice that nobody holds",
            |f| {
                f.edit("instruments/phq-a.toml", "practice:breath", "practice:gone");
            },
            "Dangling",
            "suggests practice:gone",
        ),
    ]);
    // A school's pack cannot take the last line away: it only adds and replaces.
    cases.push(
        Case::new(
            "whole library",
            "the only line replaced by an emergency number",
            "a school's line takes the id of the only one there is",
        )
        .files(|files| {
            let lines = crate::sample::starter().0["hotlines.toml"].clone();
            files.put("hotlines.toml", lines);
            files.edit("hotlines.toml", "emergency = false", "emergency = true");
        })
        .refused("NoLine", "no hotline"),
    );
    cases
}

fn instruments() -> Vec<Case> {
    let mut cases = edited(
        "instruments",
        "instruments/phq-a.toml",
        &[
            (
                "risk item without risk_at",
                "risk_at = 1\n",
                "",
                "risk_at of item 9",
            ),
            (
                "risk at the highest only",
                "risk_at = 1",
                "risk_at = 3",
                "risk_at of item 9",
            ),
            (
                "risk never",
                "risk_at = 1",
                "risk_at = 4",
                "always or never",
            ),
            (
                "risk always",
                "risk_at = 1",
                "risk_at = 0",
                "always or never",
            ),
            (
                "risk negative",
                "risk_at = 1",
                "risk_at = -2147483648",
                "always or never",
            ),
            (
                "risk on another item",
                "Item 8\" }\n",
                "Item 8\" }\nrisk_at = 1\n",
                "risk_at of item 8",
            ),
            (
                "no support band",
                "support = true",
                "support = false",
                "opens the support path",
            ),
            (
                "a band too early",
                "support = false",
                "support = true",
                "opens the support path",
            ),
            (
                "a gap between bands",
                "from = 10",
                "from = 11",
                "begin it at 10",
            ),
            (
                "bands that overlap",
                "from = 10",
                "from = 9",
                "begin it at 10",
            ),
            (
                "the highest total without a band",
                "to = 27",
                "to = 26",
                "let the last band end at 27",
            ),
            (
                "a band upside down",
                "from = 10\nto = 19",
                "from = 19\nto = 10",
                "from 19 down to 10",
            ),
            (
                "a band beyond 32 bits",
                "to = 27",
                "to = 2147483648",
                "phq-a.toml",
            ),
            (
                "band id twice",
                "id = \"second\"",
                "id = \"first\"",
                "used twice",
            ),
            (
                "multiplied",
                "[[options]]",
                "[scoring]\nmultiplier = 2\n\n[[options]]",
                "totals",
            ),
            (
                "multiplied beyond all",
                "[[options]]",
                "[scoring]\nmultiplier = 2147483647\n\n[[options]]",
                "outside",
            ),
            (
                "the other way round",
                "[[options]]",
                "[scoring]\nhigher_is_better = true\n\n[[options]]",
                "the other way round",
            ),
            (
                "reversed item",
                "Item 9\" }",
                "Item 9\" }\nreverse = true",
                "no reversed item",
            ),
            (
                "an item less",
                "[[items]]\ntext = { zh = \"第1题\", en = \"Item 1\" }\n",
                "",
                "let the last band end at 24",
            ),
            (
                "an option's value huge",
                "value = 3",
                "value = 2147483647",
                "outside",
            ),
            (
                "an option's value lowest",
                "value = 3",
                "value = -2147483648",
                "outside",
            ),
            ("one value twice", "value = 3", "value = 2", "same value"),
            (
                "primary school",
                "[\"junior\", \"senior\"]",
                "[\"primary\"]",
                "check-ins only",
            ),
            (
                "everybody",
                "[\"junior\", \"senior\"]",
                "[\"parent\"]",
                "not for parent",
            ),
            (
                "nobody",
                "[\"junior\", \"senior\"]",
                "[]",
                "nobody would see this",
            ),
            (
                "a check-in in its name",
                "\"standard\"",
                "\"check-in\"",
                "phq-a.toml",
            ),
            ("a grade", "A breeze", "Severe", "grades or diagnoses"),
            ("an illness", "起了一阵风", "抑郁症", "names an illness"),
            (
                "no suggestion",
                "[\"practice:breath\", \"article:waves\", \"counsellor\"]",
                "[]",
                "0 suggestions",
            ),
            (
                "a suggestion of a page",
                "\"counsellor\"]",
                "\"https://example.org\"]",
                "no suggestion",
            ),
            (
                "a suggestion that goes up",
                "\"counsellor\"]",
                "\"article:../../x\"]",
                "no suggestion",
            ),
            (
                "a picture that is none",
                "symbol = \"rain\"",
                "symbol = \"../rain\"",
                "not known here",
            ),
            (
                "fifteen dots",
                "value = 3\n",
                "value = 3\ndots = 15\n",
                "14 dots",
            ),
            ("minutes 0", "minutes = 3", "minutes = 0", "outside"),
            ("minutes 256", "minutes = 3", "minutes = 256", "phq-a.toml"),
        ],
    );
    cases.extend(edited(
        "check-ins",
        "instruments/mood.toml",
        &[
            (
                "no reflection for the lowest",
                "from_percent = 0",
                "from_percent = 1",
                "no reflection",
            ),
            (
                "a reflection beyond all",
                "from_percent = 0",
                "from_percent = 101",
                "no reflection",
            ),
            ("no reflection", "[[reflections]]", "[[bands]]", "mood.toml"),
            (
                "one option",
                "  { value = 2, text = { zh = \"好\", en = \"Good\" } },\n",
                "",
                "1 options",
            ),
            (
                "sums beyond 32 bits",
                "value = 2",
                "value = 100000001",
                "outside",
            ),
            (
                "shared options that nobody uses",
                "[[items]]",
                "[[options]]\nvalue = 0\ntext = { zh = \"一\", en = \"1\" }\n\n[[items]]",
                "nothing uses these",
            ),
        ],
    ));
    cases.push(
        Case::new("instruments", "two hundred and one items", "a check-in with more items than a visit lasts")
            .on(Base::Starter)
            .files(|files| {
                let item = "[[items]]\ntext = { zh = \"一\", en = \"1\" }\noptions = [\n  { value = 0, text = { zh = \"一\", \
                            en = \"1\" } },\n  { value = 1, text = { zh = \"二\", en = \"2\" } },\n]\n";
                files.edit("instruments/mood.toml", "[[items]]", &(item.repeat(200) + "[[items]]"));
            })
            .refused("Content", "201 items"),
    );
    cases
}

fn articles() -> Vec<Case> {
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

fn practices() -> Vec<Case> {
    let mut cases = edited(
        "practices",
        "practices/breath.toml",
        &[
            (
                "breath of nothing",
                "inhale_ms = 4000",
                "inhale_ms = 0",
                "no comfortable breath",
            ),
            (
                "breath of a minute",
                "exhale_ms = 6000",
                "exhale_ms = 60000",
                "no comfortable breath",
            ),
            (
                "breath beyond 64 bits",
                "exhale_ms = 6000",
                "exhale_ms = 18446744073709551616",
                "breath.toml",
            ),
            (
                "breath of the largest number",
                "inhale_ms = 4000",
                "inhale_ms = 9223372036854775807",
                "no comfortable breath",
            ),
            (
                "two largest numbers",
                "[sound]",
                "[[pace]]\ninhale_ms = 9223372036854775807\nexhale_ms = 9223372036854775807\n\n[sound]",
                "no comfortable breath",
            ),
            (
                "lead-in of an hour",
                "lead_in_ms = 0",
                "lead_in_ms = 3600000",
                "longer than a minute",
            ),
            (
                "two hours and more",
                "duration_ms = 60000",
                "duration_ms = 7200001",
                "outside",
            ),
            (
                "no time",
                "duration_ms = 60000",
                "duration_ms = 0",
                "outside",
            ),
            (
                "a negative time",
                "duration_ms = 60000",
                "duration_ms = -1",
                "breath.toml",
            ),
            (
                "kind unknown",
                "\"breathing\"\ntitle",
                "\"hypnosis\"\ntitle",
                "not known here",
            ),
            (
                "ends before its captions",
                "duration_ms = 60000",
                "duration_ms = 1000",
                "after the practice",
            ),
            (
                "a pace without a sound",
                "[sound]",
                "[[pace]]\ninhale_ms = 4000\nexhale_ms = 6000\n\n[[pace]]\ninhale_ms = 5000\nexhale_ms = 7000\n\n[sound]",
                "not there",
            ),
        ],
    );
    cases.extend(edited(
        "practices",
        "practices/walk.toml",
        &[
            (
                "sound that goes up",
                "sounds/walk.flac",
                "sounds/../walk.flac",
                "no sound file",
            ),
            (
                "absolute sound",
                "sounds/walk.flac",
                "/dev/random.flac",
                "no sound file",
            ),
            (
                "sound of the network",
                "sounds/walk.flac",
                "https://example.org/a.flac",
                "no sound file",
            ),
            (
                "a text as a sound",
                "sounds/walk.flac",
                "hotlines.toml",
                "no sound file",
            ),
            ("AAC", "sounds/walk.flac", "sounds/walk.m4a", "AAC"),
            (
                "a program as a sound",
                "sounds/walk.flac",
                "sounds/walk.exe",
                "no sound file",
            ),
            (
                "neither sound nor recipe",
                "file = \"sounds/walk.flac\"",
                "seed = 1",
                "exactly one of recipe and file",
            ),
            (
                "sound and recipe",
                "file = \"sounds/walk.flac\"",
                "file = \"sounds/walk.flac\"\nrecipe = \"rain\"",
                "exactly one of recipe and file",
            ),
            (
                "bed gain not a number",
                "gain_db = -8.0",
                "gain_db = nan",
                "outside",
            ),
            (
                "bed gain infinite",
                "gain_db = -8.0",
                "gain_db = -inf",
                "outside",
            ),
            (
                "bed louder than it is",
                "gain_db = -8.0",
                "gain_db = 12.0",
                "outside",
            ),
            (
                "bed that goes up",
                "id = \"rain\"",
                "id = \"../rain\"",
                "not an id",
            ),
        ],
    ));
    let cue = "00:05.000 --> 00:10.000";
    cases.extend(edited(
        "captions",
        "practices/walk.en.vtt",
        &[
            ("no head", "WEBVTT", "SUBRIP", "does not begin with WEBVTT"),
            (
                "style",
                "NOTE nothing",
                "STYLE\n::cue { color: red }",
                "neither a cue nor a NOTE",
            ),
            (
                "region",
                "NOTE nothing",
                "REGION\nid:a",
                "neither a cue nor a NOTE",
            ),
            ("tag", "slowly", "<b>slowly</b>", "markup"),
            ("voice tag", "slowly", "<v Somebody>slowly", "markup"),
            ("entity", "slowly", "slowly&lrm;", "markup"),
            (
                "settings",
                cue,
                "00:05.000 --> 00:10.000 line:0",
                "no span of time",
            ),
            (
                "backwards",
                cue,
                "00:10.000 --> 00:05.000",
                "no span of time",
            ),
            (
                "overlap",
                cue,
                "00:04.999 --> 00:10.000",
                "before the one above has ended",
            ),
            (
                "nine thousand hours",
                cue,
                "00:05.000 --> 9999:59:59.999",
                "walk.en.vtt",
            ),
            (
                "too many digits",
                cue,
                "00:05.000 --> 99999:59:59.999",
                "no span of time",
            ),
            (
                "negative",
                cue,
                "00:05.000 --> -0:10.000",
                "no span of time",
            ),
            (
                "other times",
                cue,
                "00:05.000 --> 00:11.000",
                "times differ",
            ),
            ("three lines", "slowly", "slowly\nand\nmore", "has 4 lines"),
            (
                "a line less",
                "\nslowly",
                "",
                "only one language has a second line",
            ),
            ("secrecy", "slowly", "nobody will know", "promises secrecy"),
            (
                "control character",
                "slowly",
                "slow\u{7}ly",
                "control character",
            ),
            (
                "turned round",
                "slowly",
                "slow\u{202e}ly",
                "control character",
            ),
            ("nothing to be seen", "slowly", "\u{200b}", "blank"),
            (
                "a thousand and one characters",
                "slowly",
                &"a".repeat(1_001),
                "more than 1000",
            ),
        ],
    ));
    cases.extend(edited(
        "beds",
        "beds/rain.toml",
        &[
            (
                "symbol unknown",
                "symbol = \"rain\"",
                "symbol = \"skull\"",
                "not known here",
            ),
            ("title blank", "\"雨\"", "\"\"", "blank"),
            (
                "sound that goes up",
                "recipe = \"rain\"\nseed = 5",
                "file = \"../rain.flac\"",
                "no sound file",
            ),
            ("seed negative", "seed = 5", "seed = -5", "rain.toml"),
        ],
    ));
    cases
}

/// `pack.toml`, the manifest's word being as it was.
fn packs() -> Vec<Case> {
    let mut cases = edited(
        "pack.toml",
        "pack.toml",
        &[
            (
                "id that goes up",
                "id = \"sample\"",
                "id = \"../sample\"",
                "not an id",
            ),
            ("version 0", "version = 7", "version = 0", "outside"),
            (
                "version huge",
                "version = 7",
                "version = 4294967296",
                "outside",
            ),
            (
                "version negative",
                "version = 7",
                "version = -7",
                "pack.toml",
            ),
            (
                "version a float",
                "version = 7",
                "version = 7.0",
                "pack.toml",
            ),
            (
                "release with an escape",
                "release = \"1.0\"",
                "release = \"\\u001b[2J\"",
                "no release name",
            ),
            (
                "release without end",
                "release = \"1.0\"",
                "release = \"1111111111111111111111111111111111\"",
                "no release name",
            ),
            (
                "title turned round",
                "小包",
                "小\\u202E包",
                "control character",
            ),
            (
                "title with a control character",
                "小包",
                "小\\u0007包",
                "control character",
            ),
            (
                "languages",
                "[\"zh-CN\", \"en\"]",
                "[\"en\"]",
                "Simplified Chinese and English",
            ),
            (
                "article twice",
                "[\"waves\"]",
                "[\"waves\", \"waves\"]",
                "listed twice",
            ),
            (
                "article not there",
                "[\"waves\"]",
                "[\"waves\", \"gone\"]",
                "missing",
            ),
            (
                "article that goes up",
                "[\"waves\"]",
                "[\"waves\", \"../pack\"]",
                "not an id",
            ),
            (
                "article left out",
                "articles = [\"waves\"]",
                "articles = []",
                "nothing in the pack refers",
            ),
            (
                "a key twice",
                "version = 7",
                "version = 7\nversion = 8",
                "pack.toml",
            ),
            (
                "unknown key",
                "version = 7",
                "version = 7\nroot = true",
                "pack.toml",
            ),
            (
                "a table in its place",
                "version = 7",
                "version = { major = 7 }",
                "pack.toml",
            ),
            (
                "no TOML",
                "id = \"sample\"",
                "{\"id\": \"sample\"}",
                "pack.toml",
            ),
            (
                "deep lists",
                "articles = [\"waves\"]",
                &format!("articles = {}{}", "[".repeat(10_000), "]".repeat(10_000)),
                "pack.toml",
            ),
            (
                "deep tables",
                "articles = [\"waves\"]",
                &format!("articles = {}1{}", "{a=".repeat(10_000), "}".repeat(10_000)),
                "pack.toml",
            ),
            (
                "a dotted key without end",
                "articles = [\"waves\"]",
                &format!("{}a = 1", "a.".repeat(10_000)),
                "pack.toml",
            ),
        ],
    );
    for file in [
        "pack.toml",
        "support.toml",
        "hotlines.toml",
        "practices/walk.zh-CN.vtt",
    ] {
        cases.push(
            Case::new(
                "any file",
                format!("{file} not UTF-8"),
                "a text is no UTF-8",
            )
            .on(Base::Starter)
            .files(move |files| files.put(file, b"\xff\xfe\0\xd8"))
            .refused("Content", "not UTF-8"),
        );
        cases.push(
            Case::new(
                "any file",
                format!("{file} all NUL"),
                "a text is nothing but NUL",
            )
            .on(Base::Starter)
            .files(move |files| files.put(file, [0; 4_096]))
            .refused("Content", file),
        );
    }
    for file in [
        "articles/waves.toml",
        "articles/waves.en.md",
        "practices/breath.zh-CN.vtt",
        "instruments/phq-a.toml",
        "beds/rain.toml",
    ] {
        cases.push(
            Case::new(
                "any file",
                format!("{file} left out"),
                "a file that pack.toml lists is not in the manifest",
            )
            .on(Base::Starter)
            .files(move |files| drop(files.0.remove(file)))
            .refused("Content", "missing"),
        );
    }
    cases.push(
        Case::new(
            "any file",
            "pack.toml left out",
            "a pack without a pack.toml",
        )
        .files(|files| drop(files.0.remove("pack.toml")))
        .refused("Content", "pack.toml: the file is missing"),
    );
    cases.push(
        Case::new("any file", "nothing at all", "a pack without files")
            .files(|files| files.0.clear())
            .refused("Content", "pack.toml: the file is missing"),
    );
    cases
}

/// What no text may hold, tried in one text of a school.
fn any_text() -> Vec<Case> {
    let mut table: Vec<(String, String, &str)> = vec![
        (
            "a thousand and one characters".to_owned(),
            "心".repeat(1_001),
            "more than 1000",
        ),
        (
            "a megabyte".to_owned(),
            "心".repeat(350_000),
            "more than 1000",
        ),
    ];
    for c in [
        '\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    ] {
        table.push((
            format!("U+{:04X}", u32::from(c)),
            format!("心理{c}老师"),
            "control character",
        ));
    }
    for c in ['\u{1}', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}'] {
        table.push((
            format!("U+{:04X}", u32::from(c)),
            format!("心理\\u{:04X}老师", u32::from(c)),
            "control character",
        ));
    }
    table
        .into_iter()
        .map(|(name, text, saying)| {
            Case::new("any text", name, "the name of the counsellor holds it")
                .files(move |files| files.edit("counsellor.toml", "心理老师", &text))
                .refused("Content", saying)
        })
        .collect()
}

/// As much of it as fits.
fn large() -> Vec<Case> {
    let blank = "{ zh = \"\", en = \"\" },";
    let line =
        "[[line]]\nid = \"a\"\nnumber = \"x\"\npriority = 1\nhours = \"\"\nverified = \"\"\n";
    vec![
        Case::new(
            "much of it",
            "faults without end",
            "eight megabytes of blank sentences, each of them a fault",
        )
        .files(move |files| {
            let text = format!(
                "rotating = [\n{}]\n",
                blank.repeat((8 << 20) / blank.len() - 1)
            );
            files.put("calendar.toml", text);
        })
        .refused("Content", "blank"),
        Case::new(
            "much of it",
            "syntax errors without end",
            "a text of sixty kilobytes in which every line is an error",
        )
        .files(move |files| files.put("counsellor.toml", "=\n".repeat(30_000)))
        .refused("Content", "counsellor.toml"),
        Case::new(
            "much of it",
            "syntax errors on one line",
            "a text of sixty kilobytes, all on one line and all wrong",
        )
        .files(move |files| files.put("counsellor.toml", "= ]".repeat(20_000)))
        .refused("Content", "counsellor.toml"),
        Case::new(
            "much of it",
            "departures without end",
            "a text of sixty kilobytes in which every table has keys that nobody knows",
        )
        .files(move |files| files.put("calendar.toml", "[[dated]]\nx = 1\n".repeat(3_800)))
        .refused("Content", "calendar.toml"),
        Case::new(
            "much of it",
            "lines that hide the others",
            "some thousand proper lines, among which nobody finds the one that answers",
        )
        .on(Base::Starter)
        .files(|files| {
            let text = String::from_utf8(files.0["hotlines.toml"].clone()).unwrap();
            let line = text.split("\n\n").next().unwrap();
            let many: Vec<String> = (0..20_000)
                .map(|n| line.replacen("\"day\"", &format!("\"day-{n}\""), 1))
                .collect();
            files.put("hotlines.toml", many.join("\n\n"));
        })
        .refused("Content", "there are 20000 lines"),
        Case::new(
            "much of it",
            "lines without end",
            "six megabytes of lines that cannot be dialled",
        )
        .files(move |files| files.put("hotlines.toml", line.repeat((6 << 20) / line.len())))
        .refused("Content", "hotlines.toml"),
        Case::new(
            "much of it",
            "ids without end",
            "a pack.toml that lists some hundred thousand articles",
        )
        .files(|files| {
            let ids: Vec<String> = (0..400_000).map(|n| format!("\"a{n}\"")).collect();
            files.edit(
                "pack.toml",
                "minimum_app",
                &format!("articles = [{}]\nminimum_app", ids.join(",")),
            );
        })
        .refused("Content", ""),
        Case::new(
            "much of it",
            "one id without end",
            "a pack.toml that lists one article a million times",
        )
        .files(|files| {
            let ids = "\"a\",".repeat(1_000_000);
            files.edit(
                "pack.toml",
                "minimum_app",
                &format!("articles = [{ids}]\nminimum_app"),
            );
        })
        .refused("Content", "1000000 ids are listed"),
        Case::new(
            "much of it",
            "brackets without end",
            "an article of eight megabytes of opening brackets",
        )
        .on(Base::Starter)
        .files(|files| files.put("articles/waves.en.md", "[".repeat(8 << 20)))
        .refused("Content", "waves.en.md"),
        Case::new(
            "much of it",
            "quotes without end",
            "an article of eight megabytes of quotes in quotes",
        )
        .on(Base::Starter)
        .files(|files| files.put("articles/waves.en.md", "> ".repeat(4 << 20)))
        .refused("Content", "waves.en.md"),
        Case::new(
            "much of it",
            "emphasis without end",
            "an article of eight megabytes of emphasis that never ends",
        )
        .on(Base::Starter)
        .files(|files| files.put("articles/waves.en.md", "*a _b ".repeat((8 << 20) / 6)))
        .refused("Content", "waves.en.md"),
        Case::new(
            "much of it",
            "lists without end",
            "an article of lists in lists, a megabyte deep",
        )
        .on(Base::Starter)
        .files(|files| files.put("articles/waves.en.md", "- ".repeat(1 << 19)))
        .refused("Content", "waves.en.md"),
        Case::new(
            "much of it",
            "cues without end",
            "captions of eight megabytes that are no cues",
        )
        .on(Base::Starter)
        .files(|files| {
            files.put(
                "practices/walk.en.vtt",
                format!("WEBVTT\n\n{}", "x\n\n".repeat((8 << 20) / 3 - 8)),
            )
        })
        .refused("Content", "neither a cue nor a NOTE"),
    ]
}
