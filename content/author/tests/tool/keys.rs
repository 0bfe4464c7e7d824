//! Keys: protected by a password, never overwritten, and one with stock minisign both ways.

use crate::desk::Desk;
use std::process::Command;
use xinting_author::keys::{SigningPair, open_public};
use xinting_content::VerifiedPack;

#[test]
fn an_encrypted_key_signs_with_its_password_only() {
    let desk = Desk::new();
    desk.put("right", "a long sentence\n");
    desk.put("wrong", "another sentence\n");
    desk.good(&["keygen", "mine", "--password-file", "right"]);
    let build = |file| {
        vec![
            "build",
            "little",
            "-o",
            "a.xpack",
            "--key",
            "mine.key",
            "--password-file",
            file,
        ]
    };
    let text = desk.bad(1, &build("wrong"));
    assert!(text.contains("opening the secret key mine.key"), "{text}");
    assert!(!desk.path("a.xpack").exists());
    desk.good(&build("right"));
    desk.good(&["verify", "a.xpack", "--trust", "mine.pub"]);
}

#[test]
fn a_key_is_never_overwritten() {
    let desk = Desk::new();
    desk.good(&["keygen", "mine", "--no-password"]);
    let before = std::fs::read(desk.path("mine.key")).unwrap();
    assert!(
        desk.bad(1, &["keygen", "mine", "--no-password"])
            .contains("there already")
    );
    assert_eq!(std::fs::read(desk.path("mine.key")).unwrap(), before);
}

#[test]
fn stock_minisign_verifies_what_we_sign() {
    let desk = Desk::new().built();
    let key = open_public(&desk.path("mine.pub")).unwrap();
    let file = std::fs::File::open(desk.path("little.xpack")).unwrap();
    let pack = VerifiedPack::open(file, &xinting_content::Trust::roots(vec![key]), None).unwrap();
    std::fs::write(desk.path("manifest.json"), pack.manifest_bytes()).unwrap();
    std::fs::write(desk.path("manifest.json.minisig"), &pack.signatures()[0]).unwrap();
    let verify = || {
        Command::new("minisign")
            .current_dir(desk.path(""))
            .args(["-Vm", "manifest.json", "-p", "mine.pub"])
            .output()
            .expect("the package minisign is installed by scripts/setup")
    };
    let output = verify();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("pack little version 3"), "{said}");
    std::fs::write(desk.path("manifest.json"), b"{}").unwrap();
    assert!(!verify().status.success());
}

#[test]
fn a_key_made_by_stock_minisign_signs_here() {
    let desk = Desk::new();
    let made = Command::new("minisign")
        .current_dir(desk.path(""))
        .args(["-G", "-W", "-p", "stock.pub", "-s", "stock.key"])
        .output()
        .expect("the package minisign is installed by scripts/setup");
    assert!(made.status.success(), "{made:?}");
    desk.good(&["build", "little", "-o", "a.xpack", "--key", "stock.key"]);
    desk.good(&["verify", "a.xpack", "--trust", "stock.pub"]);
}

#[test]
fn signing_twice_gives_the_same_bytes() {
    let desk = Desk::new();
    desk.good(&["keygen", "mine", "--no-password"]);
    let pair = SigningPair::open(&desk.path("mine.key"), None).unwrap();
    let public = std::fs::read_to_string(desk.path("mine.pub")).unwrap();
    assert_eq!(pair.public_text(), public);
    assert_eq!(
        pair.sign(b"manifest", "a", 1),
        pair.sign(b"manifest", "a", 1)
    );
    assert_ne!(
        pair.sign(b"manifest", "a", 1),
        pair.sign(b"manifest", "a", 2)
    );
}

#[test]
fn encrypted_keys_open_in_stock_minisign_and_stock_ones_here() {
    use std::io::Write;
    use std::process::Stdio;
    let desk = Desk::new();
    desk.put("password", "a long sentence\n");
    desk.good(&["keygen", "mine", "--password-file", "password"]);
    desk.put("paper", "words");
    let stock = |arguments: &[&str], typed: &str| {
        let mut child = Command::new("minisign")
            .args(arguments)
            .current_dir(desk.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // What does not ask for a password may be gone already.
        let _unread = child.stdin.take().unwrap().write_all(typed.as_bytes());
        child.wait().unwrap().success()
    };
    assert!(stock(
        &["-Sm", "paper", "-s", "mine.key"],
        "a long sentence\n"
    ));
    assert!(stock(&["-Vm", "paper", "-p", "mine.pub"], ""));
    assert!(stock(
        &["-G", "-p", "stock.pub", "-s", "stock.key"],
        "a long sentence\na long sentence\n"
    ));
    let build = ["build", "little", "-o", "a.xpack", "--key", "stock.key"];
    desk.good(&[&build[..], &["--password-file", "password"]].concat());
    desk.good(&["verify", "a.xpack", "--trust", "stock.pub"]);
}
