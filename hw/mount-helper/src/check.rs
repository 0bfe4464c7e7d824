//! What must hold before anything is mounted: the words, the device, the place. It changes nothing but making the mount
//! point.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, fstat, major, minor, openat2};
use rustix::io::Errno;

use super::{Error, Verb};

pub(super) fn parse(words: &[&str]) -> Result<(Verb, PathBuf), Error> {
    let [verb, node] = words else {
        return Err(Error::Misuse(
            "a verb and a device node are needed, nothing else",
        ));
    };
    let verb = match *verb {
        "read" => Verb::Read,
        "write" => Verb::Write,
        "release" => Verb::Release,
        _ => return Err(Error::Misuse("the verb must be read, write or release")),
    };
    let path = Path::new(node);
    let inside = path
        .strip_prefix("/dev")
        .ok()
        .filter(|rest| rest.components().next().is_some());
    let plain = inside.is_some_and(|rest| {
        rest.components()
            .all(|part| matches!(part, Component::Normal(_)))
    });
    // `components` folds dots and doubled slashes away, so the text itself is compared as well.
    let odd = node
        .split('/')
        .skip(1)
        .any(|part| matches!(part, "" | "." | ".."))
        || node.contains('\0');
    if !plain || odd {
        return Err(Error::Misuse(
            "the device node must be a plain path below /dev, such as /dev/sda1",
        ));
    }
    Ok((verb, path.to_owned()))
}

/// The device number of a block device that is reached without any link.
pub(super) fn device_number(node: &Path) -> Result<u64, Error> {
    let look = |errno: Errno| Error::Look(node.to_owned(), errno.into());
    let inside = node
        .strip_prefix("/dev")
        .map_err(|_| Error::NotABlockDevice(node.to_owned()))?;
    let dev = rustix::fs::open(
        "/dev",
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .map_err(look)?;
    let how = ResolveFlags::NO_SYMLINKS | ResolveFlags::BENEATH | ResolveFlags::NO_XDEV;
    let found = openat2(
        &dev,
        inside,
        OFlags::PATH | OFlags::CLOEXEC,
        Mode::empty(),
        how,
    )
    .map_err(look)?;
    let about = fstat(&found).map_err(look)?;
    if FileType::from_raw_mode(about.st_mode) != FileType::BlockDevice {
        return Err(Error::NotABlockDevice(node.to_owned()));
    }
    Ok(about.st_rdev)
}

fn entry(sys: &Path, device: u64) -> PathBuf {
    sys.join(format!("dev/block/{}:{}", major(device), minor(device)))
}

/// True while the kernel's tree (`sys`, normally /sys) knows the block device.
pub(super) fn is_there(sys: &Path, device: u64) -> bool {
    fs::symlink_metadata(entry(sys, device)).is_ok()
}

/// True when the kernel's tree shows the device below a USB port.
pub(super) fn hangs_on_usb(sys: &Path, device: u64) -> bool {
    let Ok(place) = fs::canonicalize(entry(sys, device)) else {
        return false;
    };
    place.components().any(|part| {
        let name = part.as_os_str().to_string_lossy();
        name.strip_prefix("usb")
            .is_some_and(|bus| !bus.is_empty() && bus.bytes().all(|digit| digit.is_ascii_digit()))
    })
}

/// Makes the mount point and sees to it that nobody can swap it.
pub(super) fn prepare(point: &Path, owner: u32) -> Result<(), Error> {
    let above = point
        .parent()
        .ok_or_else(|| Error::UnsafeFolder(point.to_owned()))?;
    for folder in [above, point] {
        let made = fs::DirBuilder::new().mode(0o755).create(folder);
        if let Err(error) = made.or_else(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                Ok(())
            } else {
                Err(error)
            }
        }) {
            return Err(Error::Look(folder.to_owned(), error));
        }
        let about =
            fs::symlink_metadata(folder).map_err(|error| Error::Look(folder.to_owned(), error))?;
        // A stick that is mounted shows its own rights; that case is told apart by the caller.
        let mounted = folder == point && is_mounted(point)?;
        if !about.is_dir() || (!mounted && (about.uid() != owner || about.mode() & 0o022 != 0)) {
            return Err(Error::UnsafeFolder(folder.to_owned()));
        }
    }
    Ok(())
}

pub(super) fn is_mounted(point: &Path) -> Result<bool, Error> {
    let look = |path: &Path| {
        fs::symlink_metadata(path).map_err(|error| Error::Look(path.to_owned(), error))
    };
    let above = point.parent().unwrap_or(point);
    Ok(look(point)?.dev() != look(above)?.dev())
}
