//! A simulated tree of USB devices with serial ports: folders and links laid out as the kernel does below `/sys` and
//! `/dev`, each port leading to a pty.
//!
//! Deliberately not here: what answers behind the ports ([`ModemSim`](crate::modem::ModemSim)).

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

use super::identity::{DeviceTree, UsbIdentity};

/// A tree below one folder.
#[derive(Debug)]
pub struct SimUsb {
    tree: DeviceTree,
}

impl SimUsb {
    /// An empty tree in `folder`.
    ///
    /// # Errors
    /// When the folders cannot be made.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let tree = DeviceTree {
            sys: folder.join("sys"),
            dev: folder.join("dev"),
        };
        for made in ["class/tty", "dev/char", "devices/usb1"] {
            fs::create_dir_all(tree.sys.join(made))?;
        }
        fs::create_dir_all(&tree.dev)?;
        Ok(Self { tree })
    }

    /// For [`ModemConfig::devices`](super::ModemConfig::devices).
    #[must_use]
    pub fn tree(&self) -> DeviceTree {
        self.tree.clone()
    }

    /// The device file of a port.
    #[must_use]
    pub fn port(&self, name: &str) -> PathBuf {
        self.tree.dev.join(name)
    }

    /// A device shows a port called `name`, such as `ttyUSB2`, that leads to `pty`.
    ///
    /// # Errors
    /// When something cannot be written, or `name` is taken.
    pub fn add(&self, name: &str, pty: &Path, identity: &UsbIdentity) -> io::Result<()> {
        let interface = identity.interface.unwrap_or(0);
        let device = self.tree.sys.join("devices/usb1").join(&identity.place);
        let slot = device.join(format!("{}:1.{interface}", identity.place));
        let port = slot.join(name);
        let tty = port.join("tty").join(name);
        fs::create_dir_all(&tty)?;
        fs::write(
            device.join("idVendor"),
            format!("{:04x}\n", identity.vendor),
        )?;
        fs::write(
            device.join("idProduct"),
            format!("{:04x}\n", identity.product),
        )?;
        if let Some(serial) = &identity.serial {
            fs::write(device.join("serial"), format!("{serial}\n"))?;
        }
        if identity.interface.is_some() {
            fs::write(slot.join("bInterfaceNumber"), format!("{interface:02x}\n"))?;
        }
        symlink(&port, tty.join("device"))?;
        symlink(&tty, self.tree.sys.join("class/tty").join(name))?;
        let number = fs::metadata(pty)?.rdev();
        let number = format!(
            "{}:{}",
            rustix::fs::major(number),
            rustix::fs::minor(number)
        );
        symlink(&tty, self.tree.sys.join("dev/char").join(number))?;
        symlink(pty, self.tree.dev.join(name))
    }

    /// The port is gone, and its device with its last port.
    ///
    /// # Errors
    /// When it was not there.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.tree.dev.join(name))?;
        let class = self.tree.sys.join("class/tty").join(name);
        let tty = fs::read_link(&class)?;
        fs::remove_file(class)?;
        for number in fs::read_dir(self.tree.sys.join("dev/char"))? {
            let number = number?.path();
            if fs::read_link(&number)? == tty {
                fs::remove_file(number)?;
            }
        }
        // …/PLACE/PLACE:1.N/NAME/tty/NAME
        let mut above = tty.ancestors().skip(2);
        for _ in 0..2 {
            if let Some(folder) = above.next() {
                fs::remove_dir_all(folder)?;
            }
        }
        if let Some(device) = above.next()
            && !fs::read_dir(device)?
                .flatten()
                .any(|entry| entry.path().is_dir())
        {
            fs::remove_dir_all(device)?;
        }
        Ok(())
    }
}
