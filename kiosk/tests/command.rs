//! What the command line refuses, and whether its sentences say what to do. No screen is drawn here.

use std::path::Path;
use std::process::{Command, Output};

fn kiosk(cwd: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xinting-kiosk"))
        .args(arguments)
        .current_dir(cwd)
        .output()
        .expect("the booth can be run")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A root outside any clone, with this configuration.
fn root(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let etc = folder.path().join("etc/xinting");
    std::fs::create_dir_all(&etc).expect("a folder can be made");
    std::fs::write(etc.join("kiosk.toml"), config).expect("a file can be written");
    folder
}

#[test]
fn help_teaches_and_the_version_is_told() {
    let here = tempfile::tempdir().unwrap();
    let help = kiosk(here.path(), &["--help"]);
    assert!(help.status.success());
    let text = String::from_utf8_lossy(&help.stdout).into_owned();
    for word in ["--root", "--tour", "--flow", "Examples:", "day-end"] {
        assert!(text.contains(word), "{word} is not in the help");
    }
    let version = kiosk(here.path(), &["--version"]);
    assert!(String::from_utf8_lossy(&version.stdout).starts_with("xinting-kiosk "));
}

#[test]
fn a_broken_configuration_names_file_line_and_key() {
    let root = root("[modem]\n\nprot = \"/dev/ttyUSB2\"\n");
    let output = kiosk(root.path(), &["--root", "."]);
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(
        said.contains("etc/xinting/kiosk.toml, line 3, key modem.prot:"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "one sentence: {said}");
}

#[test]
fn a_missing_configuration_is_named() {
    let here = tempfile::tempdir().unwrap();
    let output = kiosk(here.path(), &["--root", "."]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("reading the configuration ./etc/xinting/kiosk.toml"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_booth_in_a_school_plays_no_flow_and_takes_no_tour() {
    let root = root("production = true\n");
    std::fs::write(root.path().join("a.flow"), "expect 首页\n").unwrap();
    for asked in [["--flow", "a.flow"], ["--tour", "pictures"]] {
        let output = kiosk(root.path(), &["--root", ".", asked[0], asked[1]]);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            said(&output).contains("production = true"),
            "{}",
            said(&output)
        );
    }
    assert!(!root.path().join("pictures").exists());
}

#[test]
fn without_packs_the_booth_says_what_is_missing_and_what_to_do() {
    let root = root("");
    std::fs::write(root.path().join("a.flow"), "expect 首页\n").unwrap();
    let output = kiosk(root.path(), &["--root", ".", "--flow", "a.flow"]);
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert!(
        said.contains("nothing to show") && said.contains("install the starter pack"),
        "{said}"
    );
}

#[test]
fn a_flow_that_cannot_be_read_names_the_line() {
    let root = root("");
    std::fs::write(root.path().join("a.flow"), "expect 首页\njump 3\n").unwrap();
    let output = kiosk(root.path(), &["--root", ".", "--flow", "a.flow"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("line 2"), "{}", said(&output));
}

#[test]
fn a_key_that_is_none_and_a_size_that_is_none_are_refused() {
    let root = root("");
    std::fs::write(root.path().join("k.pub"), "hello\n").unwrap();
    let output = kiosk(root.path(), &["--root", ".", "--trust", "k.pub"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("k.pub is no public key"),
        "{}",
        said(&output)
    );
    let output = kiosk(root.path(), &["--root", ".", "--size", "big"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("1080x1920"), "{}", said(&output));
}
