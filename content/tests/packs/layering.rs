//! Layers over each other, and the faults of each kind of file.

use crate::sample::{Files, full, tiny};
use xinting_content::text::{Audience, Lang};
use xinting_content::{InstrumentId, Layer, Library, LibraryError, LineId, PracticeId};

fn layer(files: &Files) -> Layer {
    files.layer().unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn school(files: Files) -> Layer {
    layer(&files.edit("pack.toml", "\"starter\"", "\"school\""))
}

#[test]
fn one_full_layer_is_a_library() {
    let library = Library::from_layers(&[&layer(&full())]).unwrap();
    let ids = |audience| -> Vec<&str> {
        library
            .instruments_for(audience)
            .map(|i| i.id.as_str())
            .collect()
    };
    assert_eq!(ids(Audience::Primary), ["mood"]);
    assert_eq!(ids(Audience::Junior), ["gad-7", "mood"]);
    assert_eq!(ids(Audience::Parent), ["gad-7"]);
    let article = library.articles_for(Audience::Junior).next().unwrap();
    assert_eq!(article.zh.len(), 5);
    let paragraph = |lang: Lang| format!("{:?}", article.body(lang)[1]);
    assert_eq!(paragraph(Lang::ZhCn), "Paragraph(\"一段两行\")");
    assert_eq!(
        paragraph(Lang::En),
        "Paragraph(\"A paragraph of two lines\")"
    );
    assert!(!library.is_sample());
}

#[test]
fn a_school_replaces_by_id_and_adds_the_rest() {
    let below = layer(&full());
    let line =
        |from: &str, to: &str| full().edit("hotlines.toml", from, to).0["hotlines.toml"].clone();
    let number = String::from_utf8(line("0000001", "0000077")).unwrap();
    let above = school(
        tiny()
            .put("hotlines.toml", &number)
            .edit("counsellor.toml", "学校心理老师", "一位老师")
            .put(
                "calendar.toml",
                "[[dated]]\nmonth = 2\nday = 29\ntext = { zh = \"本校\", en = \"Ours\" }\n",
            ),
    );
    let library = Library::from_layers(&[&below, &above]).unwrap();
    let day = library.line(&LineId::new("day").unwrap()).unwrap();
    assert_eq!(day.number, "0000077");
    assert_eq!(library.lines_at(None).len(), 1);
    assert_eq!(library.counsellor().who.get(Lang::ZhCn), "一位老师");
    assert_eq!(library.support().thanks.get(Lang::En), "Thank you");
    let leap = jiff::civil::date(2028, 2, 29);
    assert_eq!(
        library
            .calendar()
            .sentence(Some(leap))
            .unwrap()
            .get(Lang::En),
        "Ours"
    );
    assert_eq!(
        library.sound_layer(&PracticeId::new("lake").unwrap()),
        Some(0)
    );
    assert!(
        library
            .instrument(&InstrumentId::new("gad-7").unwrap())
            .is_some()
    );
}

#[test]
fn a_later_practice_is_read_from_the_later_pack() {
    let (below, above) = (layer(&full()), school(full()));
    let library = Library::from_layers(&[&below, &above]).unwrap();
    assert_eq!(
        library.sound_layer(&PracticeId::new("lake").unwrap()),
        Some(1)
    );
    assert!(matches!(
        Library::from_layers(&[&above, &below]),
        Err(LibraryError::Order { .. })
    ));
}

#[test]
fn what_must_hold_after_layering() {
    let from = |files: Files| Library::from_layers(&[&layer(&files)]);
    assert!(matches!(
        from(full().without("hotlines.toml")),
        Err(LibraryError::NoLine)
    ));
    assert!(matches!(
        from(full().edit("hotlines.toml", "emergency = false", "emergency = true")),
        Err(LibraryError::NoLine)
    ));
    assert!(matches!(
        from(full().without("support.toml")),
        Err(LibraryError::NoSupport)
    ));
    assert!(matches!(
        from(full().without("counsellor.toml")),
        Err(LibraryError::NoCounsellor)
    ));
    assert!(matches!(
        from(full().edit("instruments/gad-7.toml", "article:waves", "article:tides")),
        Err(LibraryError::Dangling { .. })
    ));
    assert!(matches!(
        Library::from_layers(&[]),
        Err(LibraryError::NoSupport)
    ));
}

/// An edit to the full sample, and how the only fault's line must begin and what it must hold.
fn fault(name: &str, from: &str, to: &str, begins: &str, holds: &str) {
    let faults = full().edit(name, from, to).layer().unwrap_err();
    let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(
        texts
            .iter()
            .any(|text| text.starts_with(begins) && text.contains(holds)),
        "{from} → {to}: {texts:#?}"
    );
    for text in &texts {
        assert!(text.contains("; "), "no remedy: {text}");
    }
}

#[test]
fn faults_name_file_line_key_and_remedy() {
    let gad = "instruments/gad-7.toml";
    fault(
        "pack.toml",
        "version = 7",
        "version = 0",
        "pack.toml:5: version: ",
        "outside",
    );
    fault(
        "pack.toml",
        "version = 7",
        "verzion = 7",
        "pack.toml:5: verzion: ",
        "unknown field",
    );
    fault(
        "pack.toml",
        "version = 7",
        "version = ",
        "pack.toml:5: ",
        "",
    );
    fault(
        "pack.toml",
        "\"little\"",
        "\"Little\"",
        "pack.toml:2: id: ",
        "not an id",
    );
    fault(
        "pack.toml",
        "\"waves\"",
        "\"waves\", \"tides\"",
        "articles/tides.toml: ",
        "missing",
    );
    fault(
        "pack.toml",
        "\"waves\"",
        "",
        "articles/waves.toml: ",
        "nothing in the pack refers",
    );
    fault(
        "pack.toml",
        "\"en\"]",
        "\"fr\"]",
        "pack.toml:8: languages: ",
        "English",
    );
    fault(
        "pack.toml",
        "[\"junior\"]",
        "[\"junior\", \"toddler\"]",
        "pack.toml:9: audiences: ",
        "toddler",
    );
    fault(
        gad,
        "zh = \"心里发慌\"",
        "zh = \"\"",
        "instruments/gad-7.toml:5: feeling.zh: ",
        "blank",
    );
    fault(gad, "from = 5", "from = 6", gad, "begin it at 5");
    fault(
        gad,
        "to = 21",
        "to = 22",
        gad,
        "let the last band end at 21",
    );
    fault(gad, "value = 3", "value = 2", gad, "same value");
    fault(
        gad,
        "support = true",
        "support = false",
        gad,
        "opens the support path",
    );
    fault(
        gad,
        "support = false",
        "support = true",
        gad,
        "opens the support path",
    );
    fault(gad, "\"junior\", ", "\"primary\", ", gad, "check-ins only");
    fault(
        gad,
        "[[items]]",
        "[[items]]\nreverse = true",
        gad,
        "no reversed item",
    );
    fault(
        gad,
        "[[items]]",
        "[[items]]\nrisk_at = 1",
        gad,
        "risk_at of item 1",
    );
    fault(
        gad,
        "[[items]]",
        "[[items]]\nrisk_at = 0",
        gad,
        "always or never",
    );
    fault(gad, "\"counsellor\"]", "\"teacher\"]", gad, "no suggestion");
    fault(gad, "起了一阵风", "重度的风", gad, "grades or diagnoses");
    fault(
        gad,
        "A breeze",
        "Depressive disorder",
        gad,
        "names an illness",
    );
    fault(
        "instruments/mood.toml",
        "from_percent = 0",
        "from_percent = 1",
        "instruments/mood.toml:19: reflections.from_percent: ",
        "no reflection",
    );
    fault(
        "articles/waves.toml",
        "\"worry\"",
        "\"war\"",
        "articles/waves.toml:3: theme: ",
        "worry, mood",
    );
    fault(
        "articles/waves.en.md",
        "A paragraph",
        "A [link](x)",
        "articles/waves.en.md:3: ",
        "link",
    );
    fault(
        "articles/waves.en.md",
        "A paragraph",
        "<b>A</b>",
        "articles/waves.en.md:3: ",
        "HTML",
    );
    fault(
        "articles/waves.en.md",
        "A paragraph",
        "![x](y)",
        "articles/waves.en.md:3: ",
        "picture",
    );
    fault(
        "articles/waves.en.md",
        "A paragraph",
        "Nobody will know",
        "articles/waves.en.md:3: ",
        "promises secrecy",
    );
    fault(
        "articles/waves.en.md",
        "- one",
        "1. one",
        "articles/waves.en.md:6: ",
        "numbered",
    );
    fault(
        "practices/breath.toml",
        "[breathing]",
        "[breathing]\npace = 1",
        "practices/breath.toml:",
        "unknown field",
    );
    fault(
        "practices/breath.toml",
        "\"breathing\"\n",
        "\"guided\"\n",
        "practices/breath.toml:",
        "only a breathing",
    );
    fault(
        "practices/breath.en.vtt",
        "00:05",
        "00:06",
        "practices/breath.en.vtt:3: ",
        "times differ",
    );
    fault(
        "practices/lake.toml",
        "lake.flac",
        "lake.aac",
        "practices/lake.toml:",
        "AAC",
    );
    fault(
        "practices/lake.toml",
        "lake.flac",
        "sea.flac",
        "practices/lake.toml:",
        "not there",
    );
    fault(
        "practices/lake.toml",
        "sounds/lake",
        "sounds/../lake",
        "practices/lake.toml:",
        "no sound file",
    );
    fault(
        "hotlines.toml",
        "0000001",
        "+8610",
        "hotlines.toml:4: line.number: ",
        "cannot be dialled",
    );
    fault(
        "hotlines.toml",
        "0000001",
        "12",
        "hotlines.toml:4: line.number: ",
        "cannot be dialled",
    );
    fault(
        "hotlines.toml",
        "02:00",
        "24:00",
        "hotlines.toml:9: line.hours.to: ",
        "no time of day",
    );
    fault(
        "hotlines.toml",
        "\"sun\"",
        "\"mon\"",
        "hotlines.toml:9: line.hours.days: ",
        "twice",
    );
    fault(
        "hotlines.toml",
        "2026-11-01",
        "2026-13-01",
        "hotlines.toml:12: line.verified: ",
        "no date",
    );
    fault(
        "support.toml",
        "谢谢你",
        "我们为你保密",
        "support.toml:2: thanks.zh: ",
        "promises secrecy",
    );
    fault(
        "support.toml",
        "call_say",
        "# call_say",
        "support.toml",
        "call_say",
    );
    fault(
        "counsellor.toml",
        "how =",
        "room = { zh = \"一楼\", en = \"1\" }\nhow =",
        "counsellor.toml:3: room: ",
        "one school only",
    );
    fault(
        "calendar.toml",
        "day = 29",
        "day = 30",
        "calendar.toml:",
        "no date",
    );
}

#[test]
fn totals_that_do_not_fit_are_refused() {
    let mood = |value: &str, multiplier: &str| {
        let scoring = format!("[scoring]\nmultiplier = {multiplier}\n[[items]]");
        let files = full().edit(
            "instruments/mood.toml",
            "value = 2",
            &format!("value = {value}"),
        );
        files
            .edit("instruments/mood.toml", "[[items]]", &scoring)
            .layer()
    };
    mood("73519821", "1").unwrap();
    mood("21474836", "100").unwrap();
    for (value, multiplier) in [("21474837", "100"), ("100000001", "1"), ("-100000001", "1")] {
        let faults = mood(value, multiplier).unwrap_err();
        assert!(faults[0].key == "options.value", "{faults:?}");
    }
}

#[test]
fn a_risk_item_is_part_of_what_phq_a_is() {
    let phq = full()
        .edit("pack.toml", "\"gad-7\"", "\"phq-a\"")
        .without("instruments/gad-7.toml");
    let text = String::from_utf8(full().0["instruments/gad-7.toml"].clone()).unwrap();
    let two_more = "[[items]]\ntext = { zh = \"八\", en = \"8\" }\n[[items]]\nrisk_at = 1\n\
                    text = { zh = \"九\", en = \"9\" }\n[[bands]]";
    let text = text
        .replacen("[[bands]]", two_more, 1)
        .replace("\"senior\", \"parent\"", "\"senior\"")
        .replace("from = 15", "from = 20")
        .replace("to = 21", "to = 27")
        .replace("to = 14", "to = 19");
    let files = phq.put("instruments/phq-a.toml", &text);
    layer(&files);
    let faults = files
        .edit("instruments/phq-a.toml", "risk_at = 1\n", "")
        .layer()
        .unwrap_err();
    assert!(
        faults[0].to_string().contains("set risk_at = 1"),
        "{}",
        faults[0]
    );
}
