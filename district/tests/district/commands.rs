//! The commands as a person meets them: what they print, and how they refuse.

use std::fs;
use std::process::Command;

use crate::rig::District;

fn words(district: &District, arguments: &[&str]) -> (Option<i32>, String) {
    let output = district.run(arguments);
    assert!(
        output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn plain_http_off_loopback_is_refused_with_a_reason_and_a_hint() {
    let district = District::new("");
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8620"] {
        let (status, words) = words(&district, &["serve", "--listen", address]);
        assert_eq!(status, Some(1));
        assert!(words.contains("is not a loopback address"), "{words}");
        assert!(words.contains("hint: listen on 127.0.0.1"), "{words}");
    }
}

#[test]
fn a_port_in_use_is_named() {
    let district = District::new("");
    let served = district.serve();
    let address = served.url.strip_prefix("http://").unwrap();
    let (status, words) = words(&district, &["serve", "--listen", address]);
    assert_eq!(status, Some(1));
    assert!(
        words.contains(&format!("cannot listen on {address}")),
        "{words}"
    );
}

#[test]
fn a_broken_configuration_names_file_line_and_key() {
    let district = District::new("colour = 'red'\n");
    let (status, words) = words(&district, &["serve"]);
    assert_eq!(status, Some(1));
    assert!(
        words.contains("district.toml, line 3 (`colour = 'red'`): unknown field"),
        "{words}"
    );
    fs::remove_file(district.config()).unwrap();
    let (status, words) = self::words(&district, &["token"]);
    assert_eq!(status, Some(1));
    assert!(words.contains("cannot read the configuration"), "{words}");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let district = District::new("");
    let path = district.folder.path().join("district.db");
    fs::write(&path, "a letter, not a database. ".repeat(400)).unwrap();
    let before = fs::read(&path).unwrap();
    let (status, words) = words(&district, &["export", "--format", "csv"]);
    assert_eq!(status, Some(1));
    assert!(words.contains("district.db"), "{words}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn schools_are_listed_or_free() {
    let free = District::new("");
    assert_eq!(
        free.print(&["enrol", "--school", "any-school"])
            .trim()
            .len(),
        14
    );
    let listed = District::new("[[school]]\nid = 'no-1'\nname = '第一中学'\n");
    assert_eq!(
        listed.print(&["enrol", "--school", "no-1"]).trim().len(),
        14
    );
    let (status, words) = words(&listed, &["enrol", "--school", "no-2"]);
    assert_eq!(status, Some(1));
    assert!(words.contains("no school `no-2`"), "{words}");
    let (status, _) = self::words(&listed, &["revoke", "--booth", "b-none"]);
    assert_eq!(status, Some(1));
    let (status, _) = self::words(&listed, &["token", "--remove", "xtd-none"]);
    assert_eq!(status, Some(1));
}

#[test]
fn misuse_is_2_and_help_teaches() {
    let district = District::new("");
    for misuse in [
        &["serve", "--listen", "everywhere"][..],
        &["enrol"],
        &["enrol", "--school", "No 1"],
        &["enrol", "--school", "no-1", "--days", "0"],
        &["export", "--format", "xls"],
        &["export", "--format", "csv", "--from", "yesterday"],
        &["nonsense"],
    ] {
        assert_eq!(district.run(misuse).status.code(), Some(2), "{misuse:?}");
    }
    let range = [
        "export",
        "--format",
        "csv",
        "--from",
        "2026-05-02",
        "--to",
        "2026-05-01",
    ];
    assert_eq!(words(&district, &range).0, Some(1));
    let help = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_xinting-district"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(help(&["--help"]).contains("A district in five minutes"));
    assert!(help(&["--version"]).starts_with("xinting-district 0."));
    for command in [
        "serve",
        "enrol",
        "fingerprint",
        "import",
        "revoke",
        "token",
        "export",
    ] {
        assert!(help(&[command, "--help"]).contains("--config"), "{command}");
    }
}

#[test]
fn the_database_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let district = District::new("");
    district.csv();
    let mode = fs::metadata(district.folder.path().join("district.db"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}
