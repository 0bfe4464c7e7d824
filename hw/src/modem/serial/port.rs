//! An open serial port, set up the way modules want it, that never blocks.
//!
//! Deliberately not here: which port, when to open it, what the bytes mean.

use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::path::Path;
use std::time::Duration;

use serialport::{ClearBuffer, SerialPort, TTYPort};

use crate::modem::AbsentCause;

/// Line speed; modules on USB ignore it.
pub const BAUD_RATE: u32 = 115_200;
/// Bytes the kernel may hold for a module that takes none, before it counts as lost. A command is begun only while far
/// fewer wait than a driver's buffer holds (4,096), so none is ever cut in two.
const MOST_HELD: u32 = 512;

/// An open port. Dropping it throws away what has not gone out and lets other programs have it.
#[derive(Debug)]
pub(super) struct Port(TTYPort);

/// What became of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// This many went.
    Bytes(usize),
    /// None can go now.
    Later,
}

impl Port {
    /// Opens a port: 115200 8N1, no flow control, for this program alone.
    ///
    /// # Errors
    /// The [`AbsentCause`] that fits.
    pub(super) fn open(path: &Path) -> Result<Self, AbsentCause> {
        let builder = serialport::new(path.to_string_lossy(), BAUD_RATE)
            .data_bits(serialport::DataBits::Eight)
            .parity(serialport::Parity::None)
            .stop_bits(serialport::StopBits::One)
            .flow_control(serialport::FlowControl::None)
            .timeout(Duration::ZERO);
        let mut port = TTYPort::open(&builder).map_err(|error| cause_of(path, &error))?;
        // Some modules stay silent without it; a pty has no such line and refuses.
        let _ = port.write_data_terminal_ready(true);
        let port = Self(port);
        let not_blocking = rustix::fs::fcntl_getfl(port.fd()).and_then(|flags| {
            rustix::fs::fcntl_setfl(port.fd(), flags | rustix::fs::OFlags::NONBLOCK)
        });
        not_blocking.map_err(|_| AbsentCause::OpenFailed)?;
        Ok(port)
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        // SAFETY: the descriptor is open for as long as the port that owns it, which is borrowed for that time.
        unsafe { BorrowedFd::borrow_raw(self.0.as_raw_fd()) }
    }

    /// The number of the device behind it; 0 when it cannot be had.
    pub(super) fn number(&self) -> u64 {
        rustix::fs::fstat(self.fd()).map_or(0, |found| found.st_rdev)
    }

    /// Reads without waiting. After an unplug every read fails at once, for ever: the port must be dropped then.
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<Moved> {
        moved(rustix::io::read(self.fd(), buffer))
    }

    /// Writes without waiting.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<Moved> {
        moved(rustix::io::write(self.fd(), bytes))
    }

    /// True while the kernel holds so much for the module that a command must not be begun.
    pub(super) fn is_stuck(&self) -> bool {
        // A port that cannot say is taken at its word when it is written to.
        self.0.bytes_to_write().is_ok_and(|held| held > MOST_HELD)
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        // Closing waits up to half a minute for a module to take what is left, and then throws it away all the same.
        let _ = self.0.clear(ClearBuffer::All);
    }
}

fn moved(result: rustix::io::Result<usize>) -> io::Result<Moved> {
    match result {
        Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
        Ok(count) => Ok(Moved::Bytes(count)),
        Err(errno) => {
            let error = io::Error::from(errno);
            match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::TimedOut => {
                    Ok(Moved::Later)
                }
                _ => Err(error),
            }
        }
    }
}

fn cause_of(path: &Path, error: &serialport::Error) -> AbsentCause {
    // The crate folds several reasons into one kind, so the file itself is asked.
    let Ok(found) = std::fs::metadata(path) else {
        return AbsentCause::NoSuchPort;
    };
    match error.kind() {
        serialport::ErrorKind::Io(ErrorKind::PermissionDenied) => AbsentCause::PermissionDenied,
        serialport::ErrorKind::Io(ErrorKind::NotFound) => AbsentCause::NoSuchPort,
        _ if rustix::fs::access(
            path,
            rustix::fs::Access::READ_OK | rustix::fs::Access::WRITE_OK,
        )
        .is_err() =>
        {
            AbsentCause::PermissionDenied
        }
        serialport::ErrorKind::NoDevice
        | serialport::ErrorKind::Io(ErrorKind::ResourceBusy | ErrorKind::WouldBlock)
            if std::os::unix::fs::FileTypeExt::is_char_device(&found.file_type()) =>
        {
            AbsentCause::PortInUse
        }
        _ => AbsentCause::OpenFailed,
    }
}
