//! The thin driver for a hook switch on an input device of Linux (`/dev/input/event…`).
//!
//! It opens the device for reading and does not grab it: another reader loses nothing. Requests are those of
//! `<linux/input.h>`, documented in the kernel's `Documentation/input/event-codes.rst` and `uinput.rst`.
//!
//! Deliberately not here: debouncing, looking for the device again.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{Mode, OFlags, open};
use rustix::ioctl::opcode::from_components;
use rustix::ioctl::{Direction, Updater, ioctl};

use super::record::{EV_KEY, EV_SW, EV_SYN, Record, RecordReader, SYN_DROPPED};
use super::{HookConfig, HookContact, HookError, HookPort};

/// Bytes of a bit set that holds every key (`KEY_CNT` is 768).
const KEY_BYTES: usize = 96;
/// Bytes of a bit set that holds every switch (`SW_CNT` is 18), rounded up to a word.
const SWITCH_BYTES: usize = 8;

/// A hook switch on an input device.
#[derive(Debug)]
pub struct EvdevHook {
    config: HookConfig,
    stream: Option<RecordStream>,
}

impl EvdevHook {
    /// A switch that is not open yet.
    #[must_use]
    pub const fn new(config: HookConfig) -> Self {
        Self {
            config,
            stream: None,
        }
    }

    fn lifted(&self, pressed: bool) -> bool {
        pressed == self.config.lifted_when_pressed
    }
}

impl HookPort for EvdevHook {
    fn open(&mut self) -> Result<bool, HookError> {
        self.stream = None;
        let path = self.config.device.as_deref();
        let path = path.ok_or(HookError::NotConfigured)?;
        let contact = self.config.contact;
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let fd = open(path, flags, Mode::empty()).map_err(|errno| HookError::Open {
            path: path.to_owned(),
            source: errno.into(),
        })?;
        let pressed = first_state(fd.as_fd(), path, contact)?;
        self.stream = Some(RecordStream::new(fd, contact));
        Ok(self.lifted(pressed))
    }

    fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.stream.as_ref().map(RecordStream::fd)
    }

    fn read(&mut self, on_contact: &mut dyn FnMut(bool)) -> Result<(), HookError> {
        let pressed_is_lifted = self.config.lifted_when_pressed;
        let contact = self.config.contact;
        let Some(stream) = &mut self.stream else {
            return Ok(());
        };
        let read = stream
            .read(&mut |pressed| on_contact(pressed == pressed_is_lifted))
            .and_then(|heard| match heard {
                Heard::All => Ok(()),
                Heard::NotAll => {
                    let pressed = state(stream.fd(), contact)?;
                    on_contact(pressed == pressed_is_lifted);
                    Ok(())
                }
            });
        read.map_err(|error| {
            self.stream = None;
            HookError::Lost(error)
        })
    }
}

/// Whether the reading missed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// Everything that happened was read.
    All,
    /// The kernel threw records away: ask for the state.
    NotAll,
}

/// An open stream of records, and the one contact in it that matters.
#[derive(Debug)]
pub(super) struct RecordStream {
    fd: OwnedFd,
    contact: HookContact,
    reader: RecordReader,
}

impl RecordStream {
    /// `fd` must not block when read.
    pub(super) const fn new(fd: OwnedFd, contact: HookContact) -> Self {
        Self {
            fd,
            contact,
            reader: RecordReader::new(),
        }
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// Reads once, at most 64 records or so; what is left makes the next wait short. Gives each word of the contact:
    /// true for pressed.
    pub(super) fn read(&mut self, on_pressed: &mut dyn FnMut(bool)) -> io::Result<Heard> {
        let mut buffer = [0_u8; 1_536];
        let count = match rustix::io::read(&self.fd, &mut buffer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => count,
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => return Ok(Heard::All),
            Err(errno) => return Err(errno.into()),
        };
        let mut heard = Heard::All;
        let contact = self.contact;
        self.reader.push(&buffer[..count], |record| {
            if record.kind == EV_SYN && record.code == SYN_DROPPED {
                heard = Heard::NotAll;
            } else if let Some(pressed) = pressed(record, contact) {
                on_pressed(pressed);
            }
        });
        Ok(heard)
    }
}

/// What a record says about the contact; `None` when it is about something else.
fn pressed(record: Record, contact: HookContact) -> Option<bool> {
    let (kind, code) = match contact {
        HookContact::Key(code) => (EV_KEY, code),
        HookContact::Switch(code) => (EV_SW, code),
    };
    // A key that repeats (value 2) is still pressed.
    (record.kind == kind && record.code == code).then_some(record.value != 0)
}

/// Checks that the device is one and has the contact, and reads it.
fn first_state(fd: BorrowedFd<'_>, path: &Path, contact: HookContact) -> Result<bool, HookError> {
    let not_input = |source| HookError::NotInput {
        path: path.to_owned(),
        source,
    };
    let has = match contact {
        HookContact::Key(code) => {
            bits::<{ ask(0x20 + 0x01, KEY_BYTES) }, KEY_BYTES>(fd).map(|bits| bit(&bits, code))
        }
        HookContact::Switch(code) => bits::<{ ask(0x20 + 0x05, SWITCH_BYTES) }, SWITCH_BYTES>(fd)
            .map(|bits| bit(&bits, code)),
    };
    if !has.map_err(not_input)? {
        return Err(HookError::NoSuchContact {
            path: path.to_owned(),
            contact,
        });
    }
    state(fd, contact).map_err(not_input)
}

/// Whether the contact is pressed now: `EVIOCGKEY` or `EVIOCGSW`.
fn state(fd: BorrowedFd<'_>, contact: HookContact) -> io::Result<bool> {
    match contact {
        HookContact::Key(code) => {
            bits::<{ ask(0x18, KEY_BYTES) }, KEY_BYTES>(fd).map(|bits| bit(&bits, code))
        }
        HookContact::Switch(code) => {
            bits::<{ ask(0x1b, SWITCH_BYTES) }, SWITCH_BYTES>(fd).map(|bits| bit(&bits, code))
        }
    }
}

/// The opcode that reads `size` bytes from request `number` of the input subsystem (group `E`).
const fn ask(number: u8, size: usize) -> rustix::ioctl::Opcode {
    from_components(Direction::Read, b'E', number, size)
}

/// A bit set of the device.
fn bits<const OPCODE: rustix::ioctl::Opcode, const SIZE: usize>(
    fd: BorrowedFd<'_>,
) -> io::Result<[u8; SIZE]> {
    let mut bits = [0_u8; SIZE];
    // SAFETY: every opcode used here is made by `ask` with this very SIZE, so it says that the kernel may write SIZE
    // bytes, and `bits` has them. Any byte is a valid u8. A file that is no input device refuses the request or, where
    // its driver knew the same number, still holds to the size in the opcode.
    unsafe { ioctl(fd, Updater::<OPCODE, [u8; SIZE]>::new(&mut bits)) }?;
    Ok(bits)
}

/// Bit `code` of a set; false beyond its end. The kernel's sets are arrays of words, which on a little-endian machine
/// are arrays of bytes.
fn bit(bits: &[u8], code: u16) -> bool {
    bits.get(usize::from(code / 8))
        .is_some_and(|byte| byte & (1 << (code % 8)) != 0)
}
