//! Which USB device a serial port belongs to, from the kernel's tree below `/sys`, and which port is the modem's now.
//!
//! A name such as `/dev/ttyUSB2` says in which order ports appeared, not whose they are: after a brown-out the same
//! module may come back as `ttyUSB3`, and another one as `ttyUSB2`. So the device behind an opened port is remembered
//! by what does not change: vendor, product, serial number, interface, and the socket it sits in where two are alike.
//!
//! It only reads files. Deliberately not here: opening ports, deciding when to look.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::choice::PortChoice;
use crate::modem::AbsentCause;

/// Where the kernel shows its devices. Anything but the default is for tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceTree {
    /// The tree of devices, `/sys`.
    pub sys: PathBuf,
    /// The device files, `/dev`.
    pub dev: PathBuf,
}

impl Default for DeviceTree {
    fn default() -> Self {
        Self {
            sys: "/sys".into(),
            dev: "/dev".into(),
        }
    }
}

/// What one port of one USB device is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbIdentity {
    /// `idVendor`.
    pub vendor: u16,
    /// `idProduct`.
    pub product: u16,
    /// The serial number, where the device has one. Makers give whole series the same one, so it proves nothing alone.
    pub serial: Option<String>,
    /// `bInterfaceNumber`: which of the device's ports.
    pub interface: Option<u8>,
    /// The socket, as the kernel names it, such as `1-1.4`.
    pub place: String,
}

impl UsbIdentity {
    /// True when `other` is the same port of the same device or of one that cannot be told from it but by its socket.
    fn is_like(&self, other: &Self) -> bool {
        (self.vendor, self.product, self.interface)
            == (other.vendor, other.product, other.interface)
            && self.serial == other.serial
    }

    fn fits(&self, choice: &PortChoice) -> bool {
        match choice {
            PortChoice::Path(_) => false,
            PortChoice::Usb {
                vendor,
                product,
                serial,
                interface,
            } => {
                self.vendor == *vendor
                    && self.product == *product
                    && (serial.is_none() || self.serial == *serial)
                    && (interface.is_none() || self.interface == *interface)
            }
        }
    }
}

impl fmt::Display for UsbIdentity {
    /// As a [`PortChoice`] would be written, and the socket.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let choice = PortChoice::Usb {
            vendor: self.vendor,
            product: self.product,
            serial: self.serial.clone(),
            interface: self.interface,
        };
        write!(f, "{choice} at {}", self.place)
    }
}

/// A serial port of a USB device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbPort {
    /// Its device file.
    pub path: PathBuf,
    /// What it is known by.
    pub identity: UsbIdentity,
}

impl DeviceTree {
    /// Every serial port of every USB device, in the order of their names.
    #[must_use]
    pub fn usb_ports(&self) -> Vec<UsbPort> {
        let Ok(entries) = fs::read_dir(self.sys.join("class/tty")) else {
            return Vec::new();
        };
        let mut ports: Vec<_> = entries
            .flatten()
            // A console or a pty has no device behind it.
            .filter(|entry| entry.path().join("device").exists())
            .filter_map(|entry| {
                Some(UsbPort {
                    path: self.dev.join(entry.file_name()),
                    identity: self.identity_at(&entry.path())?,
                })
            })
            .collect();
        ports.sort_by(|a, b| a.path.cmp(&b.path));
        ports
    }

    /// The USB device behind a device file, whatever links lead to it; `None` for a port of something else.
    #[must_use]
    pub fn identity_of(&self, path: &Path) -> Option<UsbIdentity> {
        let found = fs::metadata(path).ok()?;
        self.identity_of_number(std::os::unix::fs::MetadataExt::rdev(&found))
    }

    /// The USB device behind a device number.
    pub(super) fn identity_of_number(&self, number: u64) -> Option<UsbIdentity> {
        let name = format!(
            "dev/char/{}:{}",
            rustix::fs::major(number),
            rustix::fs::minor(number)
        );
        self.identity_at(&self.sys.join(name))
    }

    /// Walks from a device's folder upwards: an interface of a USB device first, then the device.
    fn identity_at(&self, entry: &Path) -> Option<UsbIdentity> {
        let root = fs::canonicalize(&self.sys).ok()?;
        let start = fs::canonicalize(entry).ok()?;
        let mut interface = None;
        for folder in start.ancestors().take_while(|folder| **folder != root) {
            if interface.is_none() {
                interface = hexadecimal(&folder.join("bInterfaceNumber"))
                    .and_then(|number| u8::try_from(number).ok());
            }
            if let (Some(vendor), Some(product)) = (
                hexadecimal(&folder.join("idVendor")),
                hexadecimal(&folder.join("idProduct")),
            ) {
                return Some(UsbIdentity {
                    vendor,
                    product,
                    serial: text(&folder.join("serial")),
                    interface,
                    place: folder.file_name()?.to_string_lossy().into_owned(),
                });
            }
        }
        None
    }
}

fn text(path: &Path) -> Option<String> {
    let text = fs::read(path).ok()?;
    let text = String::from_utf8_lossy(&text).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn hexadecimal(path: &Path) -> Option<u16> {
    u16::from_str_radix(&text(path)?, 16).ok()
}

/// The search for the modem's port, and what it remembers.
#[derive(Debug)]
pub(super) struct Search {
    tree: DeviceTree,
    choice: PortChoice,
    /// Whose port was opened last; `None` before the first, and for ports of no USB device.
    known: Option<UsbIdentity>,
    /// Sockets of devices that were there beside the known one and are like it: never the one that comes back.
    twins: Vec<String>,
}

impl Search {
    pub(super) const fn new(choice: PortChoice, tree: DeviceTree) -> Self {
        Self {
            tree,
            choice,
            known: None,
            twins: Vec::new(),
        }
    }

    pub(super) const fn choice(&self) -> &PortChoice {
        &self.choice
    }

    /// The one device file to open now.
    pub(super) fn find(&self) -> Result<PathBuf, AbsentCause> {
        if let Some(known) = &self.known {
            return self.find_again(known);
        }
        match &self.choice {
            PortChoice::Path(path) => Ok(path.clone()),
            choice @ PortChoice::Usb { .. } => only(
                self.tree
                    .usb_ports()
                    .into_iter()
                    .filter(|port| port.identity.fits(choice)),
            )
            .unwrap_or(Err(AbsentCause::NoSuchPort)),
        }
    }

    fn find_again(&self, known: &UsbIdentity) -> Result<PathBuf, AbsentCause> {
        let (here, elsewhere): (Vec<_>, Vec<_>) = self
            .tree
            .usb_ports()
            .into_iter()
            .filter(|port| port.identity.is_like(known))
            .partition(|port| port.identity.place == known.place);
        let moved = elsewhere
            .into_iter()
            .filter(|port| !self.twins.contains(&port.identity.place));
        only(here)
            .or_else(|| only(moved))
            .unwrap_or_else(|| Err(self.why_not_there()))
    }

    fn why_not_there(&self) -> AbsentCause {
        match &self.choice {
            PortChoice::Path(path) if path.exists() => AbsentCause::OtherDevice,
            PortChoice::Path(_) | PortChoice::Usb { .. } => AbsentCause::NoSuchPort,
        }
    }

    /// A port was opened, and this is the number of its device. Remembers whose it is.
    ///
    /// # Errors
    /// [`AbsentCause::OtherDevice`] when another device took the name between looking and opening.
    pub(super) fn opened(&mut self, number: u64) -> Result<(), AbsentCause> {
        let found = self.tree.identity_of_number(number);
        let wanted = match (&self.known, &found) {
            (Some(known), Some(found)) => found.is_like(known),
            (None, Some(found)) => {
                matches!(self.choice, PortChoice::Path(_)) || found.fits(&self.choice)
            }
            (Some(_), None) => false,
            (None, None) => matches!(self.choice, PortChoice::Path(_)),
        };
        if !wanted {
            return Err(AbsentCause::OtherDevice);
        }
        if let Some(found) = &found
            && self.known.as_ref() != Some(found)
        {
            tracing::info!(device = %found, "the modem is known by its USB device");
        }
        self.known = found;
        Ok(())
    }

    /// The port is gone or let go. Remembers which devices like it are there and are not it.
    pub(super) fn lost(&mut self) {
        let Some(known) = &self.known else { return };
        self.twins = self
            .tree
            .usb_ports()
            .into_iter()
            .filter(|port| port.identity.is_like(known) && port.identity.place != known.place)
            .map(|port| port.identity.place)
            .collect();
    }
}

/// The only port of several; `None` when there is none.
fn only(ports: impl IntoIterator<Item = UsbPort>) -> Option<Result<PathBuf, AbsentCause>> {
    let mut ports = ports.into_iter();
    let first = ports.next()?;
    Some(match ports.next() {
        None => Ok(first.path),
        Some(_) => Err(AbsentCause::Ambiguous),
    })
}

#[cfg(test)]
mod tests;
