//! As much of it as fits: what would keep a booth busy for hours, or hide what matters in a crowd.

use crate::desk::{Base, Case};

/// As much of it as fits.
pub(crate) fn large() -> Vec<Case> {
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
