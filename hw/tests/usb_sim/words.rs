//! The words of a flow's `sim stick …`.

use super::*;
use xinting_hw::usb::StickFault;

#[test]
fn words_that_are_understood() {
    let file = || "packs/a.xtpack".to_owned();
    for (words, wanted) in [
        (
            "slow 100000",
            StickFault::Slow {
                bytes_per_s: 100_000,
            },
        ),
        (
            "yank packs/a.xtpack 0",
            StickFault::Yank {
                file: file(),
                at: 0,
            },
        ),
        (
            " bad  packs/a.xtpack   7 ",
            StickFault::Bad {
                file: file(),
                at: 7,
            },
        ),
        ("dead 12", StickFault::Dead { sector: 12 }),
        (
            "lie packs/a.xtpack 2 /some where/b",
            StickFault::Lie {
                file: file(),
                opening: 2,
                other: "/some where/b".into(),
            },
        ),
        (
            "relist 2 other folder",
            StickFault::Relist {
                listing: 2,
                folder: "other folder".into(),
            },
        ),
        (
            "size packs/a.xtpack 9",
            StickFault::Size {
                file: file(),
                bytes: 9,
            },
        ),
        (
            "grow packs/a.xtpack 9",
            StickFault::Grow {
                file: file(),
                bytes: 9,
            },
        ),
        ("full 4096", StickFault::Full { at: 4096 }),
        ("protected", StickFault::Protected),
        ("busy", StickFault::Busy),
        (
            "odd-names packs/a.xtpack",
            StickFault::OddNames { file: file() },
        ),
        ("many 100000", StickFault::Many { names: 100_000 }),
        ("unmountable", StickFault::Unmountable),
    ] {
        assert_eq!(words.parse::<StickFault>().unwrap(), wanted, "{words}");
    }
}

#[test]
fn words_that_are_not() {
    for words in [
        "",
        "slow",
        "slow 0",
        "slow -1",
        "slow fast",
        "yank",
        "yank a",
        "yank a b",
        "yank 7",
        "bad a",
        "dead",
        "dead end",
        "lie a 2",
        "lie a 0 b",
        "lie a b c",
        "relist 0 d",
        "relist 1",
        "size a",
        "grow a x",
        "full",
        "protected now",
        "busy now",
        "odd-names",
        "many some",
        "unmountable twice",
        "explode",
    ] {
        assert!(words.parse::<StickFault>().is_err(), "{words:?}");
    }
    let desk = Desk::with(&[]);
    for (words, part) in [
        ("explode", "“explode”"),
        ("yank a", "a file and a byte"),
        ("insert /no/such/folder", "/no/such/folder"),
        ("second /no/such/folder", "No such file"),
        ("replug", "taken out"),
    ] {
        let said = desk.sim.script_line(words).unwrap_err();
        assert!(said.contains(part), "{words}: {said}");
    }
}

#[test]
fn a_script_puts_in_swaps_and_pulls() {
    let mut desk = Desk::with(&[("a", b"1")]);
    let folder = desk.folder.path().display().to_string();
    desk.says(&format!("insert {folder}"));
    desk.inserted();
    desk.says(&format!("second {folder}"));
    assert_eq!(desk.port.others(), 1);
    desk.says("second pull");
    assert_eq!(desk.port.others(), 0);
    desk.says("replug");
    desk.inserted();
    desk.says("pull");
    assert_eq!(
        desk.port.wait_event(SOON).unwrap(),
        Some(StickEvent::Removed)
    );
}
