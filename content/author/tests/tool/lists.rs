//! Key lists and configurations: what their keeper writes wrongly is named, what is built is taken by a
//! booth, and stock minisign agrees.

use crate::desk::Desk;
use std::process::Command;
use xinting_author::keys::open_public;
use xinting_content::document::{CONFIG, Document, KEYS};
use xinting_content::trust::Trust;

const LIST: &str = r#"issuer = "our-district"
version = 1
issued = "2026-11-01"
until = "2028-11-01"
roots = ["root-a.pub", "root-b.pub"]
threshold = 1
[[publisher]]
id = "nobody"
name = { zh = "没有人", en = "Nobody" }
keys = ["one.pub", "two.pub"]
needs = 2
packs = ["school"]
content = ["practices", "sounds", "counsellor"]
"#;

fn office() -> Desk {
    let desk = Desk::new();
    for name in ["root-a", "root-b", "root-c", "one", "two"] {
        desk.good(&["keygen", name, "--no-password"]);
    }
    desk.put("keys.toml", LIST);
    desk
}

#[test]
fn a_list_asks_for_two_signatures_and_counts_them() {
    let desk = office();
    let told = desk.good(&[
        "keys",
        "build",
        "keys.toml",
        "-o",
        "d.xkeys",
        "--key",
        "root-a.key",
    ]);
    assert!(told.contains("a booth takes it"), "{told}");
    desk.good(&["build", "little", "-o", "a.xpack", "--key", "one.key"]);
    let trust = ["--trust", "root-a.pub", "--keys", "d.xkeys"];
    let verify = [&["verify", "a.xpack"][..], &trust].concat();
    let refused = desk.bad(1, &verify);
    assert!(refused.contains("1 of the 2"), "{refused}");
    let sign = [&["sign", "a.xpack", "--key", "two.key"][..], &trust].concat();
    let told = desk.good(&sign);
    assert!(
        told.contains("2 of the 2 signatures") && told.contains("enough"),
        "{told}"
    );
    desk.good(&verify);
    let shown = desk.good(&["keys", "show", "d.xkeys", "--trust", "root-a.pub"]);
    assert!(shown.contains("没有人 · Nobody; school packs"), "{shown}");
    let json = desk.good(&["keys", "show", "d.xkeys", "--json", "--trust", "root-a.pub"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["list"]["publishers"][0]["needs"], 2);
}

#[test]
fn roots_are_changed_by_those_in_force_and_a_list_never_goes_back() {
    let desk = office();
    desk.good(&[
        "keys",
        "build",
        "keys.toml",
        "-o",
        "1.xkeys",
        "--key",
        "root-a.key",
    ]);
    desk.edit("keys.toml", "version = 1", "version = 2");
    desk.edit("keys.toml", "\"root-a.pub\"", "\"root-c.pub\"");
    let after = ["--trust", "root-a.pub", "--keys", "1.xkeys"];
    let build = ["keys", "build", "keys.toml", "-o", "2.xkeys", "--key"];
    // A root that nobody knows yet cannot bring itself in.
    let refused = desk.bad(1, &[&build[..], &["root-c.key"], &after].concat());
    assert!(refused.contains("root"), "{refused}");
    assert!(!desk.path("2.xkeys").exists());
    desk.good(&[&build[..], &["root-b.key", "--key", "root-c.key"], &after].concat());
    desk.good(&[&["keys", "verify", "2.xkeys"][..], &after].concat());
    let back = [
        &["keys", "verify", "1.xkeys"][..],
        &after,
        &["--keys", "2.xkeys"],
    ]
    .concat();
    // Its signer is no root any more; and signed by one that is, it is older.
    let told = desk.bad(1, &back);
    assert!(told.contains("is no root here"), "{told}");
    let sign = ["keys", "sign", "1.xkeys", "--key", "root-b.key"];
    desk.good(&[&sign[..], &["--trust", "root-a.pub", "-o", "1b.xkeys"]].concat());
    let both = [&["keys", "verify", "1b.xkeys"][..], &after].concat();
    assert!(desk.bad(1, &both).contains("already in force"));
}

#[test]
fn what_the_keeper_writes_wrongly_is_named_with_its_place() {
    let desk = office();
    for (from, to, place, words) in [
        ("version = 1", "version = 0", "keys.toml:2:11", "no version"),
        (
            "version = 1",
            "verison = 1",
            "keys.toml:2:1",
            "write `version`",
        ),
        ("2028-11-01", "2028-13-01", "keys.toml:4:9", "no date"),
        (
            "2028-11-01",
            "2026-10-01",
            "keys.toml:4:9",
            "before it begins",
        ),
        (
            "root-b.pub",
            "root-x.pub",
            "keys.toml:5:24",
            "reading the key",
        ),
        ("root-b.pub", "root-a.pub", "keys.toml:5:24", "twice"),
        (
            "threshold = 1",
            "threshold = 3",
            "keys.toml:6:13",
            "there are 2 keys",
        ),
        (
            "needs = 2",
            "needs = 0",
            "keys.toml:11:9",
            "there are 2 keys",
        ),
        (
            "[\"school\"]",
            "[\"country\"]",
            "keys.toml:12:10",
            "starter, district, school",
        ),
        (
            "\"sounds\"",
            "\"noises\"",
            "keys.toml:13:25",
            "instruments, articles",
        ),
        ("one.pub", "root-a.pub", "keys.toml: ", "stands twice"),
    ] {
        desk.put("keys.toml", &LIST.replacen(from, to, 1));
        let told = desk.bad(1, &["keys", "check", "keys.toml"]);
        let named = told
            .lines()
            .any(|line| line.starts_with(place) && line.contains(words) && line.contains("; "));
        assert!(named, "{from} → {to}: {told}");
    }
    desk.put("keys.toml", LIST);
    assert!(
        desk.good(&["keys", "check", "keys.toml"])
            .contains("nothing to correct")
    );
}

#[test]
fn stock_minisign_verifies_lists_and_configurations() {
    let desk = office();
    desk.put("kiosk.toml", "audience = \"junior\"\n");
    desk.good(&[
        "keys",
        "build",
        "keys.toml",
        "-o",
        "d.xkeys",
        "--key",
        "root-a.key",
    ]);
    let config = [
        "config",
        "build",
        "kiosk.toml",
        "--booth",
        "b-1",
        "--version",
        "3",
    ];
    desk.good(&[&config[..], &["-o", "c.xconf", "--key", "root-a.key"]].concat());
    let trust = Trust::roots(vec![open_public(&desk.path("root-a.pub")).unwrap()]);
    for (file, name, comment) in [
        ("d.xkeys", KEYS, "keys our-district version 1"),
        ("c.xconf", CONFIG, "config b-1 version 3"),
    ] {
        let opened = std::fs::File::open(desk.path(file)).unwrap();
        let document = Document::open(opened, name, &trust).unwrap();
        assert_eq!(document.comment, comment);
        std::fs::write(desk.path(name), &document.bytes).unwrap();
        let signature = desk.path(&format!("{name}.minisig"));
        std::fs::write(signature, &document.signatures[0]).unwrap();
        let verified = Command::new("minisign")
            .args(["-Vm", name, "-p", "root-a.pub"])
            .current_dir(desk.path(""))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&verified.stdout).into_owned();
        assert!(
            verified.status.success() && told.contains(comment),
            "{told}"
        );
    }
    let shown = desk.good(&["config", "show", "c.xconf", "--trust", "root-a.pub"]);
    assert!(shown.contains("the booth b-1, version 3"), "{shown}");
    desk.put("kiosk.toml", "audience = \n");
    let told = desk.bad(
        1,
        &[&config[..], &["-o", "c.xconf", "--key", "root-a.key"]].concat(),
    );
    assert!(told.starts_with("kiosk.toml:1:"), "{told}");
}
