//! Words that help: another kind of file, a key named wrongly, nobody to ask, names that would steer a
//! terminal; and files that are never replaced.

use crate::desk::Desk;
use std::process::{Command, Output};

/// Runs the tool where there is no terminal.
fn alone(desk: &Desk, arguments: &[&str]) -> Output {
    Command::new("setsid")
        .arg("-w")
        .arg(env!("CARGO_BIN_EXE_xinting-pack"))
        .args(arguments)
        .current_dir(desk.path(""))
        .stdin(std::process::Stdio::null())
        .output()
        .expect("setsid comes with every Debian")
}

/// A pack, a key list and a configuration, all by `mine`.
fn three() -> Desk {
    let desk = Desk::new().built();
    let new = "keys new keys.toml --issuer us --root mine.pub";
    desk.good(&new.split(' ').collect::<Vec<_>>());
    let build = "keys build keys.toml -o a.xkeys --key mine.key";
    desk.good(&build.split(' ').collect::<Vec<_>>());
    desk.put("kiosk.toml", "audience = \"junior\"\n");
    let build = "config build kiosk.toml --booth b-1 --version 1 -o a.xconf --key mine.key";
    desk.good(&build.split(' ').collect::<Vec<_>>());
    desk
}

#[test]
fn another_kind_of_file_is_named_with_the_command_for_it() {
    let desk = three();
    for (command, file, is, instead) in [
        (
            "verify",
            "a.xkeys",
            "this is a key list, not a pack",
            "keys verify",
        ),
        (
            "show",
            "a.xconf",
            "a signed configuration, not a pack",
            "config show",
        ),
        (
            "score",
            "a.xkeys",
            "this is a key list, not a pack",
            "keys show",
        ),
        (
            "keys verify",
            "little.xpack",
            "this is a pack, not a key list",
            "pack verify",
        ),
        (
            "keys show",
            "a.xconf",
            "a signed configuration, not a key",
            "config show",
        ),
        (
            "config show",
            "a.xkeys",
            "this is a key list, not a signed",
            "keys verify",
        ),
        (
            "config verify",
            "little.xpack",
            "this is a pack, not a signed",
            "pack show",
        ),
    ] {
        let further = if command == "score" {
            "who-5 --answers 1 "
        } else {
            ""
        };
        let line = format!("{command} {file} {further}--trust mine.pub");
        let told = desk.bad(1, &line.split(' ').collect::<Vec<_>>());
        let named = told.contains(is) && told.contains(instead) && !told.contains("altered");
        assert!(named, "{line}: {told}");
    }
    let line = "verify little.xpack --trust mine.pub --keys little.xpack";
    let told = desk.bad(1, &line.split(' ').collect::<Vec<_>>());
    assert!(told.contains("this is a pack, not a key list"), "{told}");
}

#[test]
fn where_nobody_can_be_asked_the_password_file_is_named() {
    let desk = Desk::new();
    desk.put("password", "four words\n");
    desk.good(&["keygen", "mine", "--password-file", "password"]);
    for arguments in [
        &["keygen", "y"][..],
        &["build", "little", "-o", "a.xpack", "--key", "mine.key"],
    ] {
        let output = alone(&desk, arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("--password-file"), "{told}");
        assert!(!told.contains("os error"), "{told}");
    }
    assert!(!desk.path("y.key").exists() && !desk.path("a.xpack").exists());
}

#[test]
fn a_key_named_wrongly_is_told_apart_from_a_bad_one() {
    let desk = three();
    let build = |key| ["build", "little", "-o", "x.xpack", "--key", key];
    let told = desk.bad(2, &build("mine.pub"));
    assert!(told.contains("public half"), "{told}");
    let told = desk.bad(2, &build("nowhere.key"));
    assert!(
        told.contains("reading the key nowhere.key: No such"),
        "{told}"
    );
    desk.put("short.key", "untrusted comment: x\nRWQ=\n");
    assert!(desk.bad(1, &build("short.key")).contains("damaged"));
    for line in [
        "keys build keys.toml -o x.xkeys --key nowhere.key",
        "config build kiosk.toml --booth b --version 2 -o x.xconf --key nowhere.key",
        "sign little.xpack --key nowhere.key --trust mine.pub",
        "build little -o x.xpack --key mine.key --password-file nowhere",
    ] {
        desk.bad(2, &line.split(' ').collect::<Vec<_>>());
    }
}

#[test]
fn a_pair_is_named_by_what_stands_before_its_endings() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("out")).unwrap();
    for name in ["out/", "out/.", "out/..", ".key", "out/.pub", "/"] {
        let told = desk.bad(2, &["keygen", name, "--no-password"]);
        assert!(told.contains("names no key"), "{name}: {told}");
    }
    assert_eq!(std::fs::read_dir(desk.path("out")).unwrap().count(), 0);
    for (name, stem) in [("out/x.key", "x"), ("out/y.pub", "y"), ("out/z.1", "z.1")] {
        desk.good(&["keygen", name, "--no-password"]);
        for end in ["key", "pub"] {
            assert!(desk.path(&format!("out/{stem}.{end}")).is_file(), "{name}");
        }
    }
    assert_eq!(std::fs::read_dir(desk.path("out")).unwrap().count(), 6);
}

#[test]
fn what_cannot_be_written_comes_with_what_to_do() {
    let desk = Desk::new();
    desk.put("file", "");
    let told = desk.bad(1, &["keygen", "gone/x", "--no-password"]);
    assert!(told.contains("check that its folder is there"), "{told}");
    let told = desk.bad(1, &["new", "file/deeper"]);
    assert!(told.contains("; check the folder"), "{told}");
    let told = desk.bad(1, &["new", "file"]);
    assert!(told.contains("there already"), "{told}");
    std::os::unix::fs::symlink("nowhere/x", desk.path("link")).unwrap();
    let told = desk.bad(1, &["new", "link", "--id", "a"]);
    assert!(told.contains("; check the folder"), "{told}");
}

#[test]
fn faults_of_a_configuration_do_not_send_people_to_the_format_of_packs() {
    let desk = three();
    for text in ["audience = \n", "a = 1\na = 2\n", "= 3"] {
        desk.put("kiosk.toml", text);
        let line = "config build kiosk.toml --booth b --version 2 -o x.xconf --key mine.key";
        let told = desk.bad(1, &line.split(' ').collect::<Vec<_>>());
        assert!(told.starts_with("kiosk.toml:"), "{told}");
        assert!(
            !told.contains("FORMAT") && told.contains("README.md"),
            "{told}"
        );
    }
}

#[test]
fn nothing_that_others_wrote_steers_the_terminal() {
    let desk = Desk::new().built();
    desk.put("little/\u{1b}[2J\u{1b}]0;owned\u{7}.toml", "");
    desk.edit(
        "little/pack.toml",
        "[\"junior\"]",
        "[\"\\u001b[31mjunior\"]",
    );
    let told = desk.bad(1, &["check", "little"]);
    assert!(!told.contains(['\u{1b}', '\u{7}']), "{told:?}");
    assert!(told.contains("\\u001b[2J"), "{told}");
    let told = desk.bad(2, &["verify", "\u{1b}[2J.xpack", "--trust", "mine.pub"]);
    assert!(
        told.contains("\\u001b[2J.xpack") && !told.contains('\u{1b}'),
        "{told:?}"
    );
    let told = desk.bad(2, &["verify", "a", "\u{1b}[2Jb"]);
    assert!(!told.contains('\u{1b}'), "{told:?}");
    // What is shown of a good file, too.
    desk.put("kiosk.toml", "# \u{9b}31m \u{202e}\nname = \"x\"\n");
    let line = "config build kiosk.toml --booth b --version 2 -o x.xconf --key mine.key";
    desk.good(&line.split(' ').collect::<Vec<_>>());
    let shown = desk.good(&["config", "show", "x.xconf", "--trust", "mine.pub"]);
    assert!(shown.contains("# \\u009b31m \\u202e\nname"), "{shown:?}");
}

#[test]
fn pipes_folders_and_dead_links_are_never_replaced_and_links_are_written_through() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let desk = three();
    let made = Command::new("mkfifo")
        .arg(desk.path("pipe"))
        .status()
        .unwrap();
    assert!(made.success());
    std::fs::create_dir(desk.path("folder")).unwrap();
    symlink("pipe", desk.path("to-pipe")).unwrap();
    symlink("nowhere", desk.path("dead")).unwrap();
    desk.put("elsewhere/kept", "before");
    symlink("elsewhere/kept", desk.path("link")).unwrap();
    for (out, words) in [
        ("pipe", "a device or a pipe is there"),
        ("to-pipe", "a device or a pipe is there"),
        ("dead", "leads to no file"),
        ("folder", "a folder is there"),
    ] {
        for line in [
            "keys build keys.toml --key mine.key -o",
            "config build kiosk.toml --booth b --version 2 --key mine.key -o",
            "build little --key mine.key -o",
        ] {
            if out == "folder" && line.starts_with("build") {
                continue;
            }
            let command = line.split(' ').chain([out]).collect::<Vec<_>>();
            let told = desk.bad(1, &command);
            assert!(told.contains(words), "{command:?}: {told}");
        }
    }
    let kind = |name: &str| {
        std::fs::symlink_metadata(desk.path(name))
            .unwrap()
            .file_type()
    };
    assert!(kind("pipe").is_fifo() && kind("to-pipe").is_symlink() && kind("dead").is_symlink());
    assert!(!desk.path("nowhere").exists());
    desk.good(&["build", "little", "-o", "link", "--key", "mine.key"]);
    assert!(kind("link").is_symlink());
    let (through, built) = (desk.path("elsewhere/kept"), desk.path("little.xpack"));
    assert_eq!(
        std::fs::read(through).unwrap(),
        std::fs::read(built).unwrap()
    );
}
