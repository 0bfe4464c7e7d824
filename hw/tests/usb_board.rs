//! The files of `scripts/board`: what they name is what the code expects, and udev understands the rule.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use xinting_hw::usb::MountedStickConfig;

const RULE: &str = include_str!("../../scripts/board/90-xinting-stick.rules");
const TMPFILES: &str = include_str!("../../scripts/board/xinting-tmpfiles.conf");
const README: &str = include_str!("../../scripts/board/README.md");
const HELPER: &str = include_str!("../mount-helper/src/main.rs");

fn rule() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/board/90-xinting-stick.rules")
}

/// One `KEY{attribute} OPERATOR "value"` of a rule.
fn token(text: &str) -> (&str, &str, &str) {
    let at = text.find(['=', '!', '+']).unwrap();
    let (key, rest) = text.split_at(at);
    let operator = rest.split('"').next().unwrap();
    let value = rest[operator.len()..]
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or_else(|| panic!("{text} has no value in quotes"));
    (key, operator, value)
}

#[test]
fn the_rule_is_one() {
    let (mut labels, mut jumps) = (BTreeSet::new(), BTreeSet::new());
    let mut links = 0;
    let lines = RULE.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        for text in line.split(", ") {
            let (key, operator, value) = token(text);
            let operators: &[_] = match key.split('{').next().unwrap() {
                "ACTION" | "SUBSYSTEM" | "SUBSYSTEMS" => &["==", "!="],
                "ENV" => &["==", "!=", "="],
                "SYMLINK" => &["+="],
                "LABEL" | "GOTO" => &["="],
                _ => panic!("udev does not know {key}"),
            };
            assert!(operators.contains(&operator), "{text}");
            assert!(!value.contains('"'), "{text}");
            match key {
                "LABEL" => assert!(labels.insert(value)),
                "GOTO" => {
                    jumps.insert(value);
                }
                "SYMLINK" => {
                    links += 1;
                    let name = format!("/dev/{}", value.replace("%k", "sda1"));
                    let watched = &MountedStickConfig::default().devices[0];
                    let begins = watched.to_str().unwrap().strip_suffix('*').unwrap();
                    assert!(name.starts_with(begins), "{name}");
                }
                _ => {}
            }
        }
    }
    assert_eq!(labels, jumps);
    assert_eq!(links, 2, "for whole disks and for partitions");
}

#[test]
fn udev_has_nothing_to_say_against_the_rule() {
    let verified = Command::new("udevadm").arg("verify").arg(rule()).output();
    match verified {
        Ok(done) if done.status.success() => {}
        Ok(done) if String::from_utf8_lossy(&done.stderr).contains("Unknown command") => {
            println!("udevadm verify: this udev is older than 254; our own check has run");
        }
        Ok(done) => panic!("{}", String::from_utf8_lossy(&done.stderr)),
        Err(error) => println!("udevadm verify: {error}; our own check has run"),
    }
}

#[test]
fn every_place_has_one_name() {
    let config = MountedStickConfig::default();
    let helper = config.helper.to_str().unwrap();
    let point = config.mount_point.to_str().unwrap();
    assert!(HELPER.contains(&format!("MOUNT_POINT: &str = \"{point}\"")));
    let above = config.mount_point.parent().unwrap().to_str().unwrap();
    assert!(TMPFILES.contains(&format!("\nd {above} 0755 root root -\n")));
    for part in [
        &format!("-m 4755 target/release/xinting-mount {helper}\n"),
        "90-xinting-stick.rules /etc/udev/rules.d/90-xinting-stick.rules\n",
        "xinting-tmpfiles.conf /etc/tmpfiles.d/xinting.conf\n",
        &format!("device = \"{}\"\n", config.devices[0].display()),
    ] {
        assert!(README.contains(part), "{part}");
    }
}
