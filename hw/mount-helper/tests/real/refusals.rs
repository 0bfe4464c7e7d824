//! What the helper refuses, and that nothing is mounted then.

use super::bench::{Bench, NOBODY, POINT, mounted};
use super::{Case, Outcome};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

pub(crate) const CASES: &[Case] = &[
    ("a device that is not on USB", not_usb),
    ("a link to the device, and other nodes", link),
    ("no file system, and one that is broken", no_file_system),
    ("an unsafe folder above the mount point", unsafe_folder),
    ("a second stick while one is mounted", occupied),
    (
        "releasing another device than the one that is mounted",
        another,
    ),
    ("anybody, when the program is not setuid root", not_root),
];

/// The kernel's own tree says where a loop device is.
fn not_usb(bench: &Bench) -> Outcome {
    let stick = bench.attach(&bench.stick(), &[]);
    for verb in ["read", "write"] {
        bench.refused(verb, &stick.node, "does not hang on USB");
    }
    assert_eq!(mounted(), None);
    Outcome::Held
}

fn link(bench: &Bench) -> Outcome {
    let stick = bench.plug(&bench.stick());
    bench.private_dev(&[&stick.node]);
    symlink(&stick.node, "/dev/stick").unwrap();
    fs::create_dir("/dev/folder").unwrap();
    symlink("/dev", "/dev/folder/up").unwrap();
    let name = stick.node.file_name().unwrap();
    bench.refused("read", Path::new("/dev/stick"), "/dev/stick");
    bench.refused(
        "read",
        &Path::new("/dev/folder/up").join(name),
        "looking at",
    );
    bench.refused("read", Path::new("/dev/null"), "not a block device");
    bench.refused("read", Path::new("/dev/folder"), "not a block device");
    bench.refused("read", Path::new("/dev/none"), "looking at /dev/none");
    assert_eq!(mounted(), None);
    bench.helper("read", &stick.node).unwrap();
    Outcome::Held
}

fn no_file_system(bench: &Bench) -> Outcome {
    let empty = bench.folder().join("empty");
    fs::write(&empty, vec![0; 1 << 20]).unwrap();
    let stick = bench.plug(&empty);
    bench.refused(
        "read",
        &stick.node,
        "no file system that this board can read",
    );

    let broken = bench.stick();
    let mut bytes = fs::read(&broken).unwrap();
    // The number of inodes, which the superblock's checksum covers.
    bytes[1024] ^= 1;
    fs::write(&broken, bytes).unwrap();
    let stick = bench.plug(&broken);
    assert!(bench.helper("read", &stick.node).is_err());
    assert_eq!(mounted(), None);
    Outcome::Held
}

fn unsafe_folder(bench: &Bench) -> Outcome {
    let stick = bench.plug(&bench.stick());
    let above = Path::new(POINT).parent().unwrap();
    let refused = || {
        bench.refused("read", &stick.node, "must be a folder that belongs to root");
        assert_eq!(mounted(), None);
    };
    fs::create_dir(above).unwrap();
    chown(above, Some(NOBODY), None).unwrap();
    refused();
    chown(above, Some(0), None).unwrap();
    fs::set_permissions(above, fs::Permissions::from_mode(0o777)).unwrap();
    refused();
    fs::set_permissions(above, fs::Permissions::from_mode(0o755)).unwrap();
    symlink("/etc", POINT).unwrap();
    refused();
    fs::remove_file(POINT).unwrap();
    bench.helper("read", &stick.node).unwrap();
    Outcome::Held
}

fn occupied(bench: &Bench) -> Outcome {
    let (one, two) = (bench.plug(&bench.stick()), bench.plug(&bench.stick()));
    bench.helper("read", &one.node).unwrap();
    for stick in [&one, &two] {
        bench.refused("read", &stick.node, "mounted at /run/xinting/stick already");
    }
    bench.helper("release", &one.node).unwrap();
    bench.helper("read", &two.node).unwrap();
    Outcome::Held
}

fn another(bench: &Bench) -> Outcome {
    let (one, two) = (bench.plug(&bench.stick()), bench.plug(&bench.stick()));
    bench.helper("read", &one.node).unwrap();
    bench.refused("release", &two.node, "another device than");
    assert!(mounted().is_some());
    bench.helper("release", &one.node).unwrap();
    assert_eq!(mounted(), None);
    bench.helper("release", &one.node).unwrap();
    Outcome::Held
}

fn not_root(bench: &Bench) -> Outcome {
    let stick = bench.plug(&bench.stick());
    let program = bench.installed(false);
    for verb in ["read", "write", "release"] {
        let said = bench.helper_as(&program, NOBODY, verb, &stick.node);
        let said = said.expect_err("it gained root from nowhere");
        assert!(said.contains("mounting needs root"), "{said}");
    }
    assert_eq!(mounted(), None);
    Outcome::Held
}
