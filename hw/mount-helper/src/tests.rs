//! What the helper refuses. Nothing here mounts anything or needs privileges.

use super::check::*;
use super::*;
use std::os::unix::fs::{PermissionsExt, symlink};

#[test]
fn arguments() {
    for (words, wanted) in [
        (vec!["read", "/dev/sda1"], Some(Verb::Read)),
        (vec!["write", "/dev/sdb"], Some(Verb::Write)),
        (vec!["release", "/dev/disk/by-id/x"], Some(Verb::Release)),
        (vec![], None),
        (vec!["read"], None),
        (vec!["read", "/dev/sda1", "-o", "suid"], None),
        (vec!["mount", "/dev/sda1"], None),
        (vec!["read", "sda1"], None),
        (vec!["read", ""], None),
        (vec!["read", "/dev"], None),
        (vec!["read", "/dev/"], None),
        (vec!["read", "/etc/passwd"], None),
        (vec!["read", "/devious/sda1"], None),
        (vec!["read", "/dev/../etc/passwd"], None),
        (vec!["read", "/dev/./sda1"], None),
        (vec!["read", "/dev//sda1"], None),
        (vec!["read", "/dev/sda1/"], None),
        (vec!["read", "//dev/sda1"], None),
        (vec!["read", "/dev/sda1\0x"], None),
    ] {
        assert_eq!(
            parse(&words).ok().map(|(verb, _)| verb),
            wanted,
            "{words:?}"
        );
    }
}

#[test]
fn only_block_devices_reached_without_a_link() {
    for node in [
        "/dev/null",
        "/dev/zero",
        "/dev/stdin",
        "/dev/fd/0",
        "/dev/pts",
        "/dev/no-such-node",
    ] {
        assert!(device_number(Path::new(node)).is_err(), "{node}");
    }
}

#[test]
fn only_devices_on_usb() {
    let sys = tempfile::tempdir().unwrap();
    let block = sys.path().join("dev/block");
    fs::create_dir_all(&block).unwrap();
    for (number, place) in [
        (
            "8:1",
            "devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/block/sda/sda1",
        ),
        (
            "8:17",
            "devices/pci0000:00/0000:00:17.0/ata1/host0/block/sdb/sdb1",
        ),
        ("8:33", "devices/platform/usbless/block/sdc/sdc1"),
    ] {
        let place = sys.path().join(place);
        fs::create_dir_all(&place).unwrap();
        symlink(&place, block.join(number)).unwrap();
    }
    let on_usb = |minor| hangs_on_usb(sys.path(), rustix::fs::makedev(8, minor));
    assert!(on_usb(1));
    assert!(!on_usb(17), "a built-in disk");
    assert!(!on_usb(33), "a name that only begins like a bus");
    assert!(!on_usb(49), "a device the kernel does not know");
    assert!(is_there(sys.path(), rustix::fs::makedev(8, 17)));
    assert!(!is_there(sys.path(), rustix::fs::makedev(8, 49)));
}

#[test]
fn the_mount_point_must_be_safe() {
    let place = tempfile::tempdir().unwrap();
    let me = rustix::process::getuid().as_raw();
    let point = place.path().join("xinting/stick");
    prepare(&point, me).unwrap();
    assert!(!is_mounted(&point).unwrap());
    assert!(
        prepare(&point, me.wrapping_add(1)).is_err(),
        "somebody else's folder"
    );

    fs::set_permissions(point.parent().unwrap(), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(prepare(&point, me).is_err(), "writable by everybody");
    fs::set_permissions(point.parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();

    fs::remove_dir(&point).unwrap();
    symlink("/etc", &point).unwrap();
    assert!(prepare(&point, me).is_err(), "a link in the way");
}
