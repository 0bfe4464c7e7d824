//! Differences in an author's words: titles, lines, and loudly what scores otherwise or dials elsewhere.

use crate::desk::Desk;

const LINE: &str = "[[line]]\nid = \"ours\"\nnumber = \"0000000\"\nname = { zh = \"区热线\", en = \"Line\" }\n\
    answers = { zh = \"一\", en = \"One\" }\nnote = { zh = \"一\", en = \"One\" }\n\
    hours_words = { zh = \"每天\", en = \"Daily\" }\nhours = \"always\"\npriority = 1\nverified = \"2026-11-01\"\n";

fn two(change: impl FnOnce(&Desk)) -> (Desk, String) {
    let desk = Desk::new();
    desk.good(&["keygen", "mine", "--no-password"]);
    desk.good(&["new", "p", "--full"]);
    desk.put("p/hotlines.toml", LINE);
    let build = |out: &str| desk.good(&["build", "p", "-o", out, "--key", "mine.key"]);
    build("old.xpack");
    change(&desk);
    build("new.xpack");
    let told = desk.good(&["diff", "old.xpack", "new.xpack", "--trust", "mine.pub"]);
    (desk, told)
}

#[test]
fn every_kind_of_change_is_told_by_its_title() {
    let (desk, told) = two(|desk| {
        desk.edit(
            "p/articles/finding-us.zh-CN.md",
            "- 可以叫一个",
            "- 也可以叫一个",
        );
        desk.edit(
            "p/articles/finding-us.en.md",
            "- You can bring",
            "- You may bring",
        );
        desk.edit("p/articles/finding-us.toml", ", \"parent\"]", "]");
        desk.edit("p/hotlines.toml", "0000000", "00000000");
        desk.edit("p/instruments/week-check.toml", "reverse = true\n", "");
        desk.edit(
            "p/instruments/week-check.toml",
            "from_percent = 60",
            "from_percent = 70",
        );
        desk.edit(
            "p/practices/three-breaths.toml",
            "duration_ms = 60000",
            "duration_ms = 70000",
        );
        desk.edit("p/beds/drizzle.toml", "小雨", "细雨");
        std::fs::remove_file(desk.path("p/support.toml")).unwrap();
    });
    for line in [
        "changed  article 怎么找到我们:\n           no longer for parent\n           2 lines changed \
         (Chinese 1, English 1)\n",
        "changed  ⚠ hotline 区热线: ⚠ number 0000000 → 00000000\n",
        "changed  ⚠ instrument 这一周:\n           week-check\n           ⚠ item 2 is counted the other way round\n",
        "⚠ cut-points from 0 %, from 60 % → from 0 %, from 70 %\n",
        "60 s → 70 s\n",
        "its sound: 60.0 s → 70.0 s\n",
        "changed  bed 细雨: title 小雨 → 细雨\n",
        "gone     ⚠ the support words\n",
        "⚠ look at these before you sign\n",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    let json = desk.good(&[
        "diff",
        "old.xpack",
        "new.xpack",
        "--json",
        "--trust",
        "mine.pub",
    ]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let loud = json["changes"].as_array().unwrap().iter();
    let loud: Vec<&str> = loud
        .filter(|change| change["loud"] == true)
        .map(|change| change["thing"].as_str().unwrap())
        .collect();
    assert_eq!(loud, ["instrument", "hotline", "the support words"]);
    let shown = desk.good(&["show", "new.xpack", "--json", "--trust", "mine.pub"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["manifest"]["domain"], "xinting-pack-manifest");
    assert_eq!(shown["signed_by"], "root");
    assert_eq!(shown["things"]["lines"][0]["number"], "00000000");
}

#[test]
fn what_says_nothing_new_is_not_told() {
    let (_, told) = two(|desk| desk.edit("p/pack.toml", "version = 1", "version = 2"));
    assert!(
        told.contains("nothing else differs") && !told.contains('⚠'),
        "{told}"
    );
}
