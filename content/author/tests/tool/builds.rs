//! Building: the same bytes whatever the machine is like, whole or not at all, and nothing left behind.

use crate::desk::Desk;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

/// The folder copied with its files written in another order, with other times and modes.
fn copied(desk: &Desk) {
    let mut files = vec![
        "practices/breath.en.vtt",
        "counsellor.toml",
        "practices/breath.toml",
        "pack.toml",
        "practices/breath.zh-CN.vtt",
    ];
    files.reverse();
    for (age, file) in (1_u64..).zip(files) {
        let text = std::fs::read_to_string(desk.path(&format!("little/{file}"))).unwrap();
        desk.put(&format!("other/little/{file}"), &text);
        let copy = std::fs::File::options()
            .write(true)
            .open(desk.path(&format!("other/little/{file}")))
            .unwrap();
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(age * 40_000_000);
        copy.set_modified(then).unwrap();
    }
}

#[test]
fn bytes_depend_on_content_key_and_tool_and_on_nothing_else() {
    let desk = Desk::new().built();
    let first = std::fs::read(desk.path("little.xpack")).unwrap();
    copied(&desk);
    for (jobs, locale, zone) in [
        ("1", "C", "UTC"),
        ("7", "zh_CN.UTF-8", "Asia/Shanghai"),
        ("64", "tr_TR.UTF-8", "America/St_Johns"),
    ] {
        let arguments = [
            "build",
            "other/little",
            "-o",
            "b.xpack",
            "--key",
            "mine.key",
        ];
        let output = Command::new(env!("CARGO_BIN_EXE_xinting-pack"))
            .args(arguments)
            .args(["--jobs", jobs])
            .current_dir(desk.path(""))
            .env("XDG_CACHE_HOME", desk.path(&format!("cache-{jobs}")))
            .env("LC_ALL", locale)
            .env("TZ", zone)
            .output()
            .unwrap();
        assert!(output.status.success());
        assert_eq!(
            std::fs::read(desk.path("b.xpack")).unwrap(),
            first,
            "{jobs} {locale}"
        );
    }
}

#[test]
fn a_build_goes_onto_a_stick_by_its_own_name_and_tells_a_line_a_step() {
    let desk = Desk::new();
    desk.good(&["keygen", "mine", "--no-password"]);
    std::fs::create_dir(desk.path("stick")).unwrap();
    let output = desk.tool(&["build", "little", "-o", "stick", "--key", "mine.key"]);
    assert!(output.status.success());
    assert!(desk.path("stick/little.xpack").is_file());
    let steps = String::from_utf8(output.stderr).unwrap();
    for step in [
        "checking the texts",
        "sound 1 of 1: rendering",
        "packing",
        "signing",
    ] {
        assert!(
            steps.lines().any(|line| line.contains(step)),
            "{step}: {steps}"
        );
    }
    assert!(!steps.contains('\r') && !steps.contains('\u{1b}'));
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains(" LUFS, true peak "), "{told}");
    // What was there stays whole where the new one cannot be written.
    let refused = desk.bad(
        1,
        &["build", "little", "-o", "gone/x.xpack", "--key", "mine.key"],
    );
    assert!(refused.contains("check the folder"), "{refused}");
}

#[test]
fn an_interrupt_ends_the_build_and_leaves_nothing() {
    let desk = Desk::new();
    desk.good(&["keygen", "mine", "--no-password"]);
    desk.edit(
        "little/practices/breath.toml",
        "kind = \"breathing\"",
        "kind = \"guided\"",
    );
    let breath = "[breathing]\nlead_in_ms = 2000\ninhale_ms = 4000\nexhale_ms = 6000\n";
    desk.edit("little/practices/breath.toml", breath, "");
    // Long enough to be still at it when the signal comes.
    desk.edit(
        "little/practices/breath.toml",
        "duration_ms = 12000",
        "duration_ms = 1200000",
    );
    desk.edit("little/practices/breath.toml", "\"breathing\"", "\"rain\"");
    std::fs::create_dir(desk.path("out")).unwrap();
    let mut build = Command::new(env!("CARGO_BIN_EXE_xinting-pack"))
        .args(["build", "little", "-o", "out/a.xpack", "--key", "mine.key"])
        .current_dir(desk.path(""))
        .env("XDG_CACHE_HOME", desk.path("cache"))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let steps = BufReader::new(build.stderr.take().unwrap()).lines();
    let rendering = steps
        .map_while(Result::ok)
        .any(|line| line.contains("rendering"));
    assert!(rendering);
    let killed = Command::new("kill")
        .args(["-INT", &build.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(build.wait().unwrap().code(), Some(130));
    assert_eq!(std::fs::read_dir(desk.path("out")).unwrap().count(), 0);
    let cache = std::fs::read_dir(desk.path("cache/xinting-pack"));
    assert_eq!(cache.map_or(0, Iterator::count), 0);
}
