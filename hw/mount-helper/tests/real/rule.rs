//! The udev rule of `scripts/board`, as udev itself reads it.

use super::bench::{Bench, first_partition};
use super::{Case, Outcome};
use std::fs;
use std::path::Path;
use std::process::Command;

pub(crate) const CASES: &[Case] = &[("the udev rule names sticks and nothing else", rule)];

const RULE: &str = include_str!("../../../../scripts/board/90-xinting-stick.rules");

/// What udev would do with this loop device if these rules and properties were its own.
fn tried(node: &Path, rule: &str, properties: &str) -> Option<String> {
    let rules = Path::new("/run/udev/rules.d");
    fs::write(rules.join("89-bench.rules"), format!("{properties}\n")).unwrap();
    fs::write(rules.join("90-xinting-stick.rules"), rule).unwrap();
    let name = node.file_name().unwrap().to_string_lossy();
    let done = Command::new("udevadm")
        .args(["test", "--action=add"])
        .arg(format!("/sys/class/block/{name}"))
        .output()
        .ok()?;
    let said = [done.stdout, done.stderr].concat();
    Some(String::from_utf8_lossy(&said).into_owned())
}

fn rule(bench: &Bench) -> Outcome {
    let image = bench.stick();
    let whole = bench.attach(&image, &[]);
    let disk = bench.attach(&bench.partitioned(&image), &["-P"]);
    let (stick, partition) = (whole.node.clone(), first_partition(&disk.node));
    // Even a try makes links.
    bench.private_dev(&[&stick, &partition]);
    // A loop device hangs on no USB port for udev, which reads the real tree; without that line the rest is tried.
    let anywhere: String = RULE
        .lines()
        .filter(|line| !line.starts_with("SUBSYSTEMS!="))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_ne!(anywhere, RULE);
    let of = |kind: &str, more: &str| {
        format!("ENV{{ID_FS_USAGE}}=\"filesystem\", ENV{{ID_FS_TYPE}}=\"{kind}\"{more}")
    };
    let efi = ", ENV{ID_PART_ENTRY_TYPE}=\"c12a7328-f81f-11d2-ba4b-00a0c93ec93b\"";
    let table = ", ENV{ID_PART_TABLE_TYPE}=\"dos\"";
    let mut tries = 0;
    let any = anywhere.as_str();
    for (node, rule, properties, wanted) in [
        (&stick, any, of("vfat", ""), true),
        (&stick, any, of("exfat", ""), true),
        (&stick, any, of("ext4", ""), true),
        (&stick, any, of("ntfs", ""), false),
        (&stick, any, of("ext4", table), false),
        (&stick, any, "ENV{ID_FS_USAGE}=\"crypto\"".to_owned(), false),
        (&stick, RULE, of("ext4", ""), false),
        (&partition, any, of("ext4", table), true),
        (&partition, any, of("vfat", efi), false),
        (&partition, any, of("ntfs", table), false),
        (&partition, RULE, of("ext4", table), false),
    ] {
        let Some(said) = tried(node, rule, &properties) else {
            return Outcome::NotHere(
                "udev rule: udevadm is not here; its syntax is checked all the same".to_owned(),
            );
        };
        let complaint = said.lines().find(|line| {
            line.contains("xinting-stick.rules:") && !line.contains("LINK") && !line.contains("ENV")
        });
        assert_eq!(complaint, None, "{said}");
        let linked = said.contains("LINK 'xinting-stick-loop");
        assert_eq!(linked, wanted, "{properties}: {said}");
        tries += 1;
    }
    Outcome::Seen(format!("{tries} devices"))
}
