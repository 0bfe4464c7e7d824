//! The port a simulated modem sits on: a pty and a link to it. It knows nothing of AT commands.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, ioctl_tiocnxcl, tcgetattr, tcsetattr};

use super::SimError;

/// An open pty with a link to its far end. Dropping it removes the link and hangs up whoever has it open.
#[derive(Debug)]
pub struct Pty {
    master: OwnedFd,
    /// Held open so that the line stays alive while nobody else has it.
    slave: OwnedFd,
    link: PathBuf,
    target: PathBuf,
}

impl Pty {
    /// Makes a pty in raw mode and points `link` at its far end.
    ///
    /// # Errors
    /// [`SimError::Pty`] when the system gives no pty, [`SimError::Link`] when `link` cannot be made or is something
    /// other than a link.
    pub fn open(link: &Path) -> Result<Self, SimError> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
            .map_err(SimError::Pty)?;
        grantpt(&master).map_err(SimError::Pty)?;
        unlockpt(&master).map_err(SimError::Pty)?;
        let name = ptsname(&master, Vec::new()).map_err(SimError::Pty)?;
        let slave = open(
            name.as_c_str(),
            OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
            Mode::empty(),
        )
        .map_err(SimError::Pty)?;
        // A fresh pty echoes what is written to it, and the modem would hear its own greeting.
        let mut modes = tcgetattr(&slave).map_err(SimError::Pty)?;
        modes.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &modes).map_err(SimError::Pty)?;
        let flags = fcntl_getfl(&master).map_err(SimError::Pty)?;
        fcntl_setfl(&master, flags | OFlags::NONBLOCK).map_err(SimError::Pty)?;

        let target = PathBuf::from(std::ffi::OsStr::from_bytes(name.as_bytes()));
        point(link, &target).map_err(|source| SimError::Link {
            path: link.to_owned(),
            source,
        })?;
        Ok(Self {
            master,
            slave,
            link: link.to_owned(),
            target,
        })
    }

    /// The modem's end, for waiting on.
    #[must_use]
    pub fn master(&self) -> BorrowedFd<'_> {
        self.master.as_fd()
    }

    /// Reads what has come in; 0 when there is nothing.
    pub fn read(&self, buffer: &mut [u8]) -> usize {
        rustix::io::read(&self.master, buffer).unwrap_or(0)
    }

    /// Writes as much as the line takes. The rest is lost, as on a serial line that nobody reads.
    pub fn write(&self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match rustix::io::write(&self.master, bytes) {
                Ok(count) if count > 0 => bytes = &bytes[count..],
                _ => return,
            }
        }
    }

    /// Clears the exclusive mark. A program that was killed leaves it set, and because this end keeps the line alive
    /// the next program could not open it. Programs still keep each other out by file lock.
    pub fn tidy(&self) {
        // It cannot fail on a tty that is open here.
        let _ = ioctl_tiocnxcl(&self.slave);
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // Only our own link: another simulator may have taken the path over.
        if fs::read_link(&self.link).is_ok_and(|target| target == self.target) {
            let _ = fs::remove_file(&self.link);
        }
    }
}

fn point(link: &Path, target: &Path) -> io::Result<()> {
    match fs::symlink_metadata(link) {
        Ok(found) if found.is_symlink() => fs::remove_file(link)?,
        Ok(_) => return Err(io::Error::from(io::ErrorKind::AlreadyExists)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    std::os::unix::fs::symlink(target, link)
}
