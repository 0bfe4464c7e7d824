//! Whom there is to turn to: hotlines, support words, the counsellor; and the calendar.
//!
//! Not here: what the layers leave of them together (`whole`).

use super::edited;
use crate::desk::Case;

pub(crate) fn people() -> Vec<Case> {
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
    cases
}
