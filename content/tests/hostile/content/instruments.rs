//! Questionnaires that would count wrongly, or let an answer pass that must open the support path.

use super::edited;
use crate::desk::{Base, Case};

pub(crate) fn instruments() -> Vec<Case> {
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
