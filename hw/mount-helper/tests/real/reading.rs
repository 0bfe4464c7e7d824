//! What can be done with a stick that was mounted to be read: read it, and nothing else.

use super::bench::{Bench, HELPER, Loop, NOBODY, POINT, Plain, mounted, offered, tool};
use super::{Case, Outcome};
use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
use rustix::mount::{MountFlags, mount_remount};
use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

pub(crate) const CASES: &[Case] = &[
    ("ext4 is read with every lock on", options),
    ("a setuid program on the stick gains nothing", setuid),
    ("a device node on the stick cannot be opened", device_node),
    ("a link on the stick is not followed", links),
    ("reading writes nothing to the stick", writes_nothing),
    ("nor does reading one whose journal is dirty", dirty_journal),
    (
        "the stick's wish for a kernel panic is overruled",
        panic_wish,
    ),
    ("a stick with a partition, and one without", partitions),
    (
        "ext4 without a journal, ext2 and a write-protected stick",
        other_kinds,
    ),
    (
        "the program as it is installed, for an ordinary user",
        installed,
    ),
    ("FAT32", fat32),
    ("exFAT", exfat),
];

const LOCKS: [&str; 4] = ["nosuid", "nodev", "noexec", "nosymfollow"];

fn at(path: &str) -> std::path::PathBuf {
    Path::new(POINT).join(path)
}

/// The mount has every lock, and is read-only unless an export is under way.
#[track_caller]
pub(crate) fn locked(writable: bool) -> Vec<String> {
    let (mount, file_system) = mounted().expect("it is not mounted");
    for lock in LOCKS {
        assert!(
            mount.iter().any(|option| option == lock),
            "{lock}: {mount:?}"
        );
    }
    let wanted = if writable { "rw" } else { "ro" };
    assert_eq!((&*mount[0], &*file_system[0]), (wanted, wanted));
    file_system
}

fn options(bench: &Bench) -> Outcome {
    let stick = bench.plug(&bench.stick());
    bench.helper("read", &stick.node).unwrap();
    let options = locked(false);
    assert_eq!(fs::read(at("a.xtpack")).unwrap(), vec![7; 300_000]);
    assert_eq!(fs::read(at("packs/b.xtpack")).unwrap(), b"another");
    let written = fs::write(at("new"), b"x").unwrap_err();
    assert_eq!(written.kind(), io::ErrorKind::ReadOnlyFilesystem);
    bench.helper("release", &stick.node).unwrap();
    assert_eq!(mounted(), None);
    Outcome::Seen(format!("{}; {}", LOCKS.join(","), options.join(",")))
}

fn setuid(bench: &Bench) -> Outcome {
    let image = bench.ext4(&[], |root| {
        fs::copy("/usr/bin/id", root.join("id")).unwrap();
        fs::set_permissions(root.join("id"), fs::Permissions::from_mode(0o4755)).unwrap();
    });
    let who = |program: &Path| -> io::Result<String> {
        let said = Command::new(program)
            .arg("-u")
            .uid(NOBODY)
            .gid(NOBODY)
            .output()?;
        Ok(String::from_utf8(said.stdout).unwrap().trim().to_owned())
    };
    let stick = bench.plug(&image);
    {
        let plain = Plain::mount(bench, &stick, "ext4", MountFlags::RDONLY);
        assert_eq!(
            who(&plain.0.join("id")).unwrap(),
            "0",
            "mounted plainly it gains root"
        );
    }
    bench.helper("read", &stick.node).unwrap();
    let refused = who(&at("id")).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied, "noexec");
    // One lock less, so that the other one is tried too.
    let flags = MountFlags::BIND | MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV;
    mount_remount(POINT, flags, "").unwrap();
    assert_eq!(who(&at("id")).unwrap(), NOBODY.to_string(), "nosuid");
    Outcome::Held
}

fn device_node(bench: &Bench) -> Outcome {
    let image = bench.ext4(&[], |root| {
        let mode = Mode::from_raw_mode(0o666);
        let kind = FileType::CharacterDevice;
        mknodat(CWD, root.join("null"), kind, mode, makedev(1, 3)).unwrap();
    });
    let stick = bench.plug(&image);
    {
        let plain = Plain::mount(bench, &stick, "ext4", MountFlags::RDONLY);
        assert!(fs::File::open(plain.0.join("null")).is_ok());
    }
    bench.helper("read", &stick.node).unwrap();
    let refused = fs::File::open(at("null")).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
    Outcome::Held
}

fn links(bench: &Bench) -> Outcome {
    let image = bench.ext4(&[], |root| {
        symlink("/etc/passwd", root.join("out")).unwrap();
        fs::write(root.join("a"), b"1").unwrap();
        symlink("a", root.join("inside")).unwrap();
        symlink("/", root.join("up")).unwrap();
    });
    let stick = bench.plug(&image);
    {
        let plain = Plain::mount(bench, &stick, "ext4", MountFlags::RDONLY);
        assert!(fs::read(plain.0.join("out")).is_ok());
    }
    bench.helper("read", &stick.node).unwrap();
    for path in ["out", "inside", "up/etc/passwd"] {
        let refused = fs::read(at(path)).unwrap_err();
        assert_eq!(
            refused.raw_os_error(),
            Some(rustix::io::Errno::LOOP.raw_os_error())
        );
    }
    Outcome::Held
}

/// Mounts, reads everything, and releases.
fn read_all(bench: &Bench, stick: &Loop) {
    bench.helper("read", &stick.node).unwrap();
    locked(false);
    fs::read(at("a.xtpack")).unwrap();
    fs::read_dir(at("packs")).unwrap().for_each(drop);
    bench.helper("release", &stick.node).unwrap();
}

fn writes_nothing(bench: &Bench) -> Outcome {
    let image = bench.stick();
    let before = fs::read(&image).unwrap();
    let stick = bench.plug(&image);
    read_all(bench, &stick);
    assert!(
        fs::read(&image).unwrap() == before,
        "the stick was written to"
    );
    // And it could have been seen: an export changes the image, if only its time of mounting.
    bench.helper("write", &stick.node).unwrap();
    bench.helper("release", &stick.node).unwrap();
    assert!(fs::read(&image).unwrap() != before);
    Outcome::Seen(format!("{} bytes compared", before.len()))
}

fn dirty_journal(bench: &Bench) -> Outcome {
    let dirty = bench.folder().join("dirty");
    {
        let stick = bench.plug(&bench.stick());
        let plain = Plain::mount(bench, &stick, "ext4", MountFlags::empty());
        fs::write(plain.0.join("late"), b"in the journal").unwrap();
        let folder = fs::File::open(&plain.0).unwrap();
        rustix::fs::syncfs(&folder).unwrap();
        // As it would be if the plug were pulled now.
        fs::copy(&stick.image, &dirty).unwrap();
    }
    let before = fs::read(&dirty).unwrap();
    // Bit 2 of the incompatible features: the journal needs recovery.
    assert_ne!(before[1024 + 96] & 4, 0, "it is not dirty");
    let stick = bench.plug(&dirty);
    read_all(bench, &stick);
    assert!(
        fs::read(&dirty).unwrap() == before,
        "the journal was replayed"
    );
    bench.helper("write", &stick.node).unwrap();
    assert_eq!(fs::read(at("late")).unwrap(), b"in the journal");
    bench.helper("release", &stick.node).unwrap();
    assert_eq!(
        fs::read(&dirty).unwrap()[1024 + 96] & 4,
        0,
        "an export repairs it"
    );
    Outcome::Held
}

fn panic_wish(bench: &Bench) -> Outcome {
    let image = bench.ext4(&["-e", "panic"], |_| {});
    let stick = bench.plug(&image);
    for verb in ["read", "write"] {
        bench.helper(verb, &stick.node).unwrap();
        let options = locked(verb == "write");
        let has = |wanted: &str| options.iter().any(|option| option == wanted);
        assert!(
            has("errors=remount-ro") && !has("errors=panic"),
            "{options:?}"
        );
        bench.helper("release", &stick.node).unwrap();
    }
    Outcome::Held
}

fn partitions(bench: &Bench) -> Outcome {
    let image = bench.stick();
    let whole = bench.plug(&image);
    read_all(bench, &whole);
    let disk = bench.attach(&bench.partitioned(&image), &["-P"]);
    bench.show_on_usb(&disk.node);
    let partition = bench.partition(&disk);
    bench.helper("read", &partition).unwrap();
    locked(false);
    assert_eq!(fs::read(at("packs/b.xtpack")).unwrap(), b"another");
    bench.refused("release", &disk.node, "another device than");
    bench.helper("release", &partition).unwrap();
    bench.refused(
        "read",
        &disk.node,
        "no file system that this board can read",
    );
    Outcome::Held
}

fn other_kinds(bench: &Bench) -> Outcome {
    for kind in ["^has_journal", "^has_journal,^extent,^64bit,^metadata_csum"] {
        let image = bench.ext4(&["-O", kind], |root| {
            fs::write(root.join("a.xtpack"), b"1").unwrap();
            fs::create_dir(root.join("packs")).unwrap();
        });
        let stick = bench.plug(&image);
        read_all(bench, &stick);
        bench.helper("write", &stick.node).unwrap();
        fs::write(at("r"), b"report").unwrap();
        bench.helper("release", &stick.node).unwrap();
    }
    let protected = bench.attach(&bench.stick(), &["-r"]);
    bench.show_on_usb(&protected.node);
    read_all(bench, &protected);
    bench.refused("write", &protected.node, "the stick is write-protected");
    assert_eq!(mounted(), None);
    Outcome::Held
}

fn installed(bench: &Bench) -> Outcome {
    let stick = bench.plug(&bench.stick());
    let program = bench.installed(true);
    let run = |verb| bench.helper_as(&program, NOBODY, verb, &stick.node);
    run("read").unwrap();
    locked(false);
    run("release").unwrap();
    run("write").unwrap();
    locked(true);
    run("release").unwrap();
    assert_eq!(mounted(), None);
    assert_ne!(program, Path::new(HELPER));
    Outcome::Held
}

fn fat32(bench: &Bench) -> Outcome {
    on_foreign(
        bench,
        "FAT32",
        "vfat",
        "mkfs.vfat",
        &["-F", "32", "-n", "STICK"],
    )
}

fn exfat(bench: &Bench) -> Outcome {
    on_foreign(bench, "exFAT", "exfat", "mkfs.exfat", &["-L", "STICK"])
}

/// A file system that knows no owners: an ordinary user exports to it and reads it back, through the setuid program.
fn on_foreign(bench: &Bench, name: &str, kind: &str, mkfs: &str, words: &[&str]) -> Outcome {
    if !offered(kind) {
        return Outcome::NotHere(format!(
            "{name}: this kernel does not offer it; covered in the simulator"
        ));
    }
    let image = bench.folder().join("image");
    fs::File::create(&image).unwrap().set_len(64 << 20).unwrap();
    tool(mkfs, words, &[], &image);
    let stick = bench.plug(&image);
    let program = bench.installed(true);
    let run = |verb| bench.helper_as(&program, NOBODY, verb, &stick.node);
    run("write").unwrap();
    locked(true);
    let wrote = Command::new("sh")
        .args(["-c", "mkdir 报告 && printf 一 > 报告/心亭.txt && sync"])
        .current_dir(POINT)
        .uid(NOBODY)
        .gid(NOBODY)
        .status();
    assert!(wrote.unwrap().success());
    run("release").unwrap();
    let before = fs::read(&image).unwrap();
    run("read").unwrap();
    locked(false);
    assert_eq!(fs::read(at("报告/心亭.txt")).unwrap(), "一".as_bytes());
    run("release").unwrap();
    assert!(
        fs::read(&image).unwrap() == before,
        "the stick was written to"
    );
    // A stick that was pulled out while it was written to says so in its first sectors, and is read all the same.
    let mut dirty = before.clone();
    match kind {
        "vfat" => dirty[0x41] |= 1,
        _ => dirty[0x6a] |= 2,
    }
    fs::write(&image, dirty).unwrap();
    let stick = bench.plug(&image);
    bench.helper("read", &stick.node).unwrap();
    assert_eq!(fs::read(at("报告/心亭.txt")).unwrap(), "一".as_bytes());
    bench.helper("release", &stick.node).unwrap();
    Outcome::Seen(format!("{name} mounted for real"))
}
