//! The only privileged program of a booth: mounts one USB stick at one place, or lets it go again.
//!
//! Installed setuid root. Its only input is a verb and a device node: no options, no environment, no configuration.
//! It mounts only block devices that hang on USB, never through a link, always nosuid, nodev, noexec and nosymfollow,
//! read-only unless the verb is `write`. It does not look at what is on the stick.
//!
//! The folder above the mount point must belong to root and be writable by nobody else, or somebody could put a link
//! in the way: make it with a tmpfiles rule, not as the kiosk's own runtime directory.

use std::ffi::CString;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rustix::fs::{Mode, syncfs};
use rustix::io::Errno;
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

mod check;

use check::{device_number, hangs_on_usb, is_mounted, is_there, parse, prepare};

/// Where a stick appears. Fixed, so that no caller can choose.
const MOUNT_POINT: &str = "/run/xinting/stick";

const USAGE: &str = "\
usage: xinting-mount read|write|release DEVICE

  read     mount the stick read-only at /run/xinting/stick
  write    mount it writable, for an export the admin has asked for
  release  write everything out and unmount it

DEVICE is a block device of a USB stick, such as /dev/sda1; links are refused.";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Read,
    Write,
    Release,
}

/// One sentence each, without a final full stop.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{0}\n{USAGE}")]
    Misuse(&'static str),
    #[error("looking at {0}")]
    Look(PathBuf, #[source] io::Error),
    #[error("{0} is not a block device")]
    NotABlockDevice(PathBuf),
    #[error("{0} does not hang on USB, and nothing else is mounted here")]
    NotUsb(PathBuf),
    #[error("{0} must be a folder that belongs to root and that nobody else may write to")]
    UnsafeFolder(PathBuf),
    #[error("something is mounted at {MOUNT_POINT} already; release it first")]
    Occupied,
    #[error("another device than {0} is mounted at {MOUNT_POINT}")]
    NotThisOne(PathBuf),
    #[error("the stick holds no file system that this board can read (FAT32, exFAT or ext4)")]
    NoFileSystem,
    #[error("the stick is write-protected")]
    WriteProtected,
    #[error("mounting needs root: chown root and chmod 4755 this program")]
    NotRoot,
    #[error("mounting {0}")]
    Mount(PathBuf, #[source] io::Error),
    #[error("a program is still using the stick")]
    InUse,
    #[error("unmounting {MOUNT_POINT}")]
    Unmount(#[source] io::Error),
}

fn main() -> ExitCode {
    // The caller's mask must not decide who may read what is made here.
    rustix::process::umask(Mode::from_raw_mode(0o022));
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    if let [word] = words.as_slice()
        && (word == "--help" || word == "--version")
    {
        let text = if word == "--help" {
            USAGE
        } else {
            concat!("xinting-mount ", env!("CARGO_PKG_VERSION"))
        };
        return if writeln!(io::stdout(), "{text}").is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        };
    }
    let words: Vec<_> = words
        .iter()
        .map(|word| word.to_str().unwrap_or_default())
        .collect();
    let done = parse(&words).and_then(|(verb, node)| match verb {
        _ if !rustix::process::geteuid().is_root() => Err(Error::NotRoot),
        Verb::Read | Verb::Write => attach(verb, &node),
        Verb::Release => release(&node),
    });
    let Err(error) = done else {
        return ExitCode::SUCCESS;
    };
    let cause = std::error::Error::source(&error)
        .map(|cause| format!(": {cause}"))
        .unwrap_or_default();
    // Where the error output is gone there is nobody left to tell.
    let _ = writeln!(io::stderr(), "xinting-mount: {error}{cause}");
    ExitCode::from(if matches!(error, Error::Misuse(_)) {
        2
    } else {
        1
    })
}

fn attach(verb: Verb, node: &Path) -> Result<(), Error> {
    let device = device_number(node)?;
    if !hangs_on_usb(Path::new("/sys"), device) {
        return Err(Error::NotUsb(node.to_owned()));
    }
    let point = Path::new(MOUNT_POINT);
    prepare(point, 0)?;
    if is_mounted(point)? {
        return Err(Error::Occupied);
    }
    let mut flags =
        MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::NOSYMFOLLOW;
    if verb == Verb::Read {
        flags |= MountFlags::RDONLY;
    }
    let (uid, gid) = (
        rustix::process::getuid().as_raw(),
        rustix::process::getgid().as_raw(),
    );
    let owner = format!("uid={uid},gid={gid},fmask=0133,dmask=0022");
    for (kind, options) in [
        ("vfat", format!("utf8=1,{owner}")),
        ("exfat", format!("iocharset=utf8,{owner}")),
        // Without noload even a read-only mount replays the journal, which writes to the stick. The stick itself may
        // ask for a kernel panic at its next error, which remount-ro overrules; FAT and exFAT cannot ask for it.
        (
            "ext4",
            if verb == Verb::Read {
                "noload,errors=remount-ro".to_owned()
            } else {
                "errors=remount-ro".to_owned()
            },
        ),
    ] {
        let options =
            CString::new(options).map_err(|error| Error::Mount(node.to_owned(), error.into()))?;
        match mount(node, point, kind, flags, options.as_c_str()) {
            Ok(()) => return Ok(()),
            // Not this one (EINVAL), or the kernel does not know it (ENODEV).
            Err(Errno::INVAL | Errno::NODEV) => {}
            Err(Errno::PERM) => return Err(Error::NotRoot),
            Err(Errno::ACCESS | Errno::ROFS) => return Err(Error::WriteProtected),
            Err(errno) => return Err(Error::Mount(node.to_owned(), errno.into())),
        }
    }
    Err(Error::NoFileSystem)
}

fn release(node: &Path) -> Result<(), Error> {
    let point = Path::new(MOUNT_POINT);
    if !point.exists() || !is_mounted(point)? {
        return Ok(());
    }
    let still_in = device_number(node).ok();
    let mounted = fs::symlink_metadata(point)
        .map_err(|error| Error::Look(point.to_owned(), error))?
        .dev();
    // Of a stick that was pulled out only its mount is left, and nobody else will let go of that.
    if still_in.is_some_and(|device| device != mounted) && is_there(Path::new("/sys"), mounted) {
        return Err(Error::NotThisOne(node.to_owned()));
    }
    if let Ok(root) = fs::File::open(point) {
        // A stick that was pulled out cannot take anything any more, and unmounting it matters all the same.
        let _ = syncfs(&root);
    }
    match unmount(point, UnmountFlags::NOFOLLOW) {
        Ok(()) => Ok(()),
        Err(Errno::BUSY) if still_in == Some(mounted) || is_there(Path::new("/sys"), mounted) => {
            Err(Error::InUse)
        }
        // The stick is gone: let go of the place now, and of the rest when the last file is closed.
        Err(Errno::BUSY) => unmount(point, UnmountFlags::NOFOLLOW | UnmountFlags::DETACH)
            .map_err(|errno| Error::Unmount(errno.into())),
        Err(Errno::PERM) => Err(Error::NotRoot),
        Err(errno) => Err(Error::Unmount(errno.into())),
    }
}

#[cfg(test)]
mod tests;
