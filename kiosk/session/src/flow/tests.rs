//! The grammar, a line at a time.

use super::*;
use jiff::civil::date;
use proptest::prelude::*;

#[test]
fn every_verb_is_read() {
    let text = |words: &str| words.to_owned();
    let cases = [
        ("tap 我还在", Step::Tap(text("我还在"))),
        ("tap  心里 发慌   # why", Step::Tap(text("心里 发慌"))),
        ("tap 线路#1", Step::Tap(text("线路#1"))),
        ("tap \"#\"  # the key", Step::Tap(text("#"))),
        ("type 1234", Step::Type(text("1234"))),
        ("type \" a \"", Step::Type(text(" a "))),
        ("wait 3s", Step::Wait(Duration::from_secs(3))),
        ("wait 250ms", Step::Wait(Duration::from_millis(250))),
        ("wait 2m", Step::Wait(Duration::from_secs(120))),
        ("expect 湖面上", Step::Expect(text("湖面上"))),
        ("expect-not 结束通话", Step::ExpectNot(text("结束通话"))),
        ("shot 03-item_a", Step::Shot(text("03-item_a"))),
        ("sim modem busy next", Step::SimModem(text("busy next"))),
        ("sim audio remove", Step::SimAudio(text("remove"))),
        (
            "sim stick yank a.xpack 900",
            Step::SimStick(text("yank a.xpack 900")),
        ),
        ("sim hook lift", Step::HookLift),
        ("sim hook down", Step::HookDown),
        ("sim network up", Step::NetworkUp),
        ("sim network down", Step::NetworkDown),
        ("gesture admin", Step::GestureAdmin),
        (
            "stick insert packs/a b",
            Step::StickInsert(text("packs/a b")),
        ),
        ("stick pull", Step::StickPull),
        (
            "clock 2026-05-25T10:00",
            Step::Clock(date(2026, 5, 25).at(10, 0, 0, 0)),
        ),
        ("day-end", Step::DayEnd),
        ("restart # once", Step::Restart),
    ];
    for (line, step) in cases {
        assert_eq!(parse(line), Ok(vec![(1, step)]), "{line}");
    }
}

#[test]
fn lines_keep_their_numbers_across_comments_and_blank_lines() {
    let flow = "\u{feff}# a flow\n\n  tap 一\r\n# between\n\texpect 二\n";
    let steps = vec![
        (3, Step::Tap("一".to_owned())),
        (5, Step::Expect("二".to_owned())),
    ];
    assert_eq!(parse(flow), Ok(steps));
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_a_remedy() {
    let cases = [
        (
            "tap 一\npress 二",
            "reading line 2: no verb is called \"press\"; use tap, ",
        ),
        (
            "tap",
            "reading line 1: \"tap\" cannot use \"\"; write tap LABEL",
        ),
        (
            "tap # 一",
            "reading line 1: \"tap\" cannot use \"\"; write tap LABEL",
        ),
        (
            "wait 3",
            "cannot use \"3\"; write wait 3s, wait 500ms or wait 2m",
        ),
        ("wait s", "cannot use \"s\"; write wait 3s"),
        ("wait 99999999999999999999s", "write wait 3s"),
        ("shot ../a", "write shot NAME"),
        ("sim modem", "write sim modem …"),
        ("sim stick", "sim stick …"),
        ("sim hook up", "sim hook lift"),
        ("gesture", "write gesture admin"),
        ("stick insert", "write stick insert DIR or stick pull"),
        ("stick pull now", "write stick insert DIR or stick pull"),
        ("clock noon", "write clock 2026-05-25T10:00"),
        ("day-end now", "write day-end alone"),
        ("tap \"一", "begins and ends with \""),
        ("tap \"一\" 二", "nothing follows it"),
    ];
    for (flow, says) in cases {
        let error = parse(flow).expect_err(flow).to_string();
        assert!(error.contains(says), "{flow}: {error}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*(\n\\PC*){0,4}") {
        let _ = parse(&text);
    }

    #[test]
    fn a_label_in_quotes_comes_back_as_it_was(label in "[^\"\\r\\n]{1,20}") {
        let steps = parse(&format!("tap \"{label}\"")).expect("a quoted label is read");
        prop_assert_eq!(steps, vec![(1, Step::Tap(label))]);
    }
}
