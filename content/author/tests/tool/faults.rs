//! Every slip of an author's hand is named where it is: file, line, column, and words that help.

mod slips;

use crate::desk::Desk;
use slips::SLIPS;

/// A full folder of every kind of content, good as it stands.
fn full() -> Desk {
    let desk = Desk::new();
    desk.good(&["new", "p", "--full"]);
    desk
}

/// `file:line:column` of the words in the edited text, or `file:line` where captions are meant; after an
/// arrow stands a whole file.
fn place_of(file: &str, text: &str, words: &str) -> String {
    if let Some(whole) = words.strip_prefix("→ ") {
        return format!("{whole}: ");
    }
    let offset = text
        .find(words)
        .unwrap_or_else(|| panic!("{file}: no {words}"));
    let before = &text[..offset];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    if file.ends_with(".vtt") {
        format!("{file}:{line}: ")
    } else {
        format!("{file}:{line}:{column}: ")
    }
}

#[test]
fn every_slip_is_named_with_its_place_and_a_remedy() {
    let desk = full();
    let mut wrong = Vec::new();
    for (file, from, to, place, words) in SLIPS {
        let path = format!("p/{file}");
        let before = std::fs::read_to_string(desk.path(&path)).ok();
        match (from.is_empty(), &before) {
            (false, _) => desk.edit(&path, from, to),
            (true, Some(text)) => desk.put(&path, &format!("{to}{text}")),
            (true, None) => desk.put(&path, to),
        }
        let place = place_of(
            file,
            &std::fs::read_to_string(desk.path(&path)).unwrap(),
            place,
        );
        let told = desk.bad(1, &["check", "p"]);
        let named = told
            .lines()
            .any(|line| line.starts_with(&place) && line.contains(words) && line.contains("; "));
        if !named {
            wrong.push(format!("{file}: {from} → {to}: {place} {words}\n{told}"));
        }
        match before {
            Some(text) => desk.put(&path, &text),
            None => std::fs::remove_file(desk.path(&path)).unwrap(),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(SLIPS.len() >= 40);
    println!("{} slips, each named with its place", SLIPS.len());
    desk.good(&["check", "p"]);
}

#[test]
fn all_of_them_are_named_at_once() {
    let desk = full();
    desk.edit("p/pack.toml", "version = 1", "version = 0");
    desk.edit("p/pack.toml", "release = \"1\"", "relaese = \"1\"");
    desk.edit("p/articles/finding-us.toml", "\"friends\"", "\"friend\"");
    desk.edit(
        "p/articles/finding-us.toml",
        "minutes = 1",
        "minuts = \"one\"",
    );
    desk.edit("p/practices/three-breaths.toml", "\"bells\"", "\"gong\"");
    desk.edit("p/support.toml", "thanks", "tanks");
    desk.put("p/名字.toml", "");
    std::os::unix::fs::symlink("/etc/passwd", desk.path("p/calendar2.toml")).unwrap();
    let told = desk.bad(1, &["check", "p"]);
    for words in [
        "pack.toml:6:11: version: ",
        "pack.toml:8:1: relaese: ",
        "articles/finding-us.toml:2:9: theme: ",
        "articles/finding-us.toml:5:1: minuts: ",
        "practices/three-breaths.toml:19:1: sound.recipe: ",
        "support.toml:3:1: tanks: ",
        "名字.toml: it has a name that cannot stand in a pack",
        "calendar2.toml: it is neither a file nor a folder",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
}

#[test]
fn references_are_checked_as_a_whole_where_the_packs_below_are_given() {
    let desk = full();
    desk.good(&["new", "d", "--id", "below", "--kind", "district"]);
    desk.edit(
        "p/instruments/week-check.toml",
        "article:finding-us",
        "article:nowhere",
    );
    let told = desk.tool(&["check", "p"]);
    let stderr = String::from_utf8(told.stderr).unwrap();
    assert!(told.status.success(), "{stderr}");
    let place = "warning: instruments/week-check.toml:58:30: ";
    assert!(
        stderr.contains(place) && stderr.contains("--over"),
        "{stderr}"
    );
    let told = desk.bad(1, &["check", "p", "--over", "d"]);
    let place = "instruments/week-check.toml:58:30: suggestions: no pack holds the article nowhere";
    assert!(told.contains(place), "{told}");
    // The district's article of the same id is replaced, and said to be.
    desk.edit(
        "p/instruments/week-check.toml",
        "article:nowhere",
        "article:finding-us",
    );
    desk.edit("p/practices/three-breaths.toml", "\"drizzle\"", "\"storm\"");
    let told = desk.bad(1, &["check", "p", "--over", "d"]);
    let place = "practices/three-breaths.toml:15:14: bed.id: no pack holds the bed storm";
    assert!(told.contains(place), "{told}");
    desk.edit("p/practices/three-breaths.toml", "\"storm\"", "\"drizzle\"");
    // Neither has a line that is not an emergency number.
    let told = desk.bad(1, &["check", "p", "--over", "d"]);
    assert!(told.contains("leaves no hotline"), "{told}");
    desk.put(
        "d/hotlines.toml",
        &"[[line]]\nid = \"a\"\nnumber = \"0000000\"\nname = {T}\nanswers = {T}\nnote = {T}\n\
          hours_words = {T}\nhours = \"always\"\npriority = 1\nverified = \"2026-11-01\"\n"
            .replace("{T}", "{ zh = \"一\", en = \"One\" }"),
    );
    let told = desk.good(&["check", "p", "--over", "d"]);
    assert!(
        told.contains("takes the place of article finding-us of Our district"),
        "{told}"
    );
}

#[test]
fn warnings_stand_beside_and_do_not_refuse() {
    let desk = full();
    desk.edit(
        "p/articles/finding-us.toml",
        "How to find us",
        "怎么找到我们",
    );
    desk.edit(
        "p/articles/finding-us.zh-CN.md",
        "心理老师的门，下课就能敲。",
        "心理老师的门在下课以后中午休息的时候还有下午放学以前的任何一个时间里你都可以自己走过去轻轻地敲一敲。",
    );
    desk.edit("p/articles/finding-us.toml", "minutes = 1", "minutes = 9");
    desk.edit(
        "p/practices/three-breaths.zh-CN.vtt",
        "慢慢吸一口气\n",
        "慢慢地慢慢地慢慢地吸一口气吧\n",
    );
    desk.put(
        "p/hotlines.toml",
        &"[[line]]\nid = \"a\"\nnumber = \"0000000\"\nname = {T}\nanswers = {T}\nnote = {T}\n\
          hours_words = {T}\nhours = \"always\"\npriority = 1\nverified = \"2001-11-01\"\n"
            .replace("{T}", "{ zh = \"一\", en = \"One\" }"),
    );
    let told = desk.tool(&["check", "p"]);
    let stderr = String::from_utf8(told.stderr).unwrap();
    assert!(told.status.success(), "{stderr}");
    for words in [
        "warning: articles/finding-us.toml:3:",
        "the English text is the Chinese one",
        "warning: articles/finding-us.zh-CN.md:1:1: a sentence of ",
        "is long for primary school",
        "warning: articles/finding-us.toml:5:1: minutes: it says 9 minutes and takes about 1",
        "warning: practices/three-breaths.zh-CN.vtt:10:1: the large line has 14 characters",
        "warning: hotlines.toml:10:12: line.verified: a was last checked ",
    ] {
        assert!(stderr.contains(words), "{words}\n{stderr}");
    }
    let stdout = String::from_utf8(told.stdout).unwrap();
    assert!(stdout.contains("nothing to correct, "), "{stdout}");
    assert!(!desk.good(&["check", "little"]).contains("warning"));
}
