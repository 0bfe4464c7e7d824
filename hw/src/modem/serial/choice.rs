//! Which port a booth's modem is on: by path, or by the USB device behind it.
//!
//! Deliberately not here: looking for it ([`super::identity`]) and opening it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The port that the configuration names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortChoice {
    /// A device file or a link to one, such as `/dev/ttyUSB2` or a name below `/dev/serial/by-id`. The USB device
    /// behind it, where there is one, is remembered while the program runs and followed to another name.
    Path(PathBuf),
    /// Whichever port belongs to this USB device.
    Usb {
        /// Vendor number, `idVendor` of the device.
        vendor: u16,
        /// Product number, `idProduct` of the device.
        product: u16,
        /// Serial number as the device gives it; `None` takes a device with any or none.
        serial: Option<String>,
        /// `bInterfaceNumber` of the port; needed where the device has several ports, as most modules do. `None` takes
        /// the only one.
        interface: Option<u8>,
    },
}

/// Why a text names no port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PortChoiceError {
    /// Neither a path nor `usb:…`.
    #[error(
        "a port is an absolute path such as /dev/ttyUSB2, or usb:VVVV:PPPP[:serial][#interface]"
    )]
    NotAPort,
    /// A number is not one.
    #[error(
        "the numbers after usb: are four hexadecimal digits for the vendor and four for the product, such as usb:2c7c:0125"
    )]
    UsbNumber,
    /// What follows `#` is no interface number.
    #[error("the interface after # is a decimal number from 0 to 255, such as usb:2c7c:0125#2")]
    Interface,
    /// A serial number is announced and not given.
    #[error("the serial number after the second colon is empty; leave the colon out to take any")]
    EmptySerial,
}

impl FromStr for PortChoice {
    type Err = PortChoiceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(rest) = text.strip_prefix("usb:") else {
            let path = Path::new(text);
            return if path.is_absolute() {
                Ok(Self::Path(path.to_owned()))
            } else {
                Err(PortChoiceError::NotAPort)
            };
        };
        let (rest, interface) = match rest.rsplit_once('#') {
            None => (rest, None),
            Some((rest, number)) => (rest, Some(decimal(number)?)),
        };
        let mut parts = rest.splitn(3, ':');
        let vendor = hexadecimal(parts.next())?;
        let product = hexadecimal(parts.next())?;
        let serial = parts.next().map(str::to_owned);
        if serial.as_deref() == Some("") {
            return Err(PortChoiceError::EmptySerial);
        }
        Ok(Self::Usb {
            vendor,
            product,
            serial,
            interface,
        })
    }
}

fn hexadecimal(text: Option<&str>) -> Result<u16, PortChoiceError> {
    text.filter(|text| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .and_then(|text| u16::from_str_radix(text, 16).ok())
        .ok_or(PortChoiceError::UsbNumber)
}

fn decimal(text: &str) -> Result<u8, PortChoiceError> {
    // `parse` alone would take a sign.
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PortChoiceError::Interface);
    }
    text.parse().map_err(|_| PortChoiceError::Interface)
}

impl fmt::Display for PortChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Usb {
                vendor,
                product,
                serial,
                interface,
            } => {
                write!(f, "usb:{vendor:04x}:{product:04x}")?;
                if let Some(serial) = serial {
                    write!(f, ":{serial}")?;
                }
                if let Some(interface) = interface {
                    write!(f, "#{interface}")?;
                }
                Ok(())
            }
        }
    }
}

impl From<PathBuf> for PortChoice {
    fn from(path: PathBuf) -> Self {
        Self::Path(path)
    }
}

impl From<&Path> for PortChoice {
    fn from(path: &Path) -> Self {
        Self::Path(path.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_name_a_port() {
        let usb = |vendor, product, serial: Option<&str>, interface| PortChoice::Usb {
            vendor,
            product,
            serial: serial.map(str::to_owned),
            interface,
        };
        let table = [
            ("/dev/ttyUSB2", PortChoice::Path("/dev/ttyUSB2".into())),
            ("usb:2c7c:0125", usb(0x2c7c, 0x0125, None, None)),
            ("usb:2c7c:0125#2", usb(0x2c7c, 0x0125, None, Some(2))),
            (
                "usb:1e0e:9001:0123ABC",
                usb(0x1e0e, 0x9001, Some("0123ABC"), None),
            ),
            (
                "usb:1e0e:9001:a:b#10",
                usb(0x1e0e, 0x9001, Some("a:b"), Some(10)),
            ),
        ];
        for (text, choice) in table {
            assert_eq!(text.parse::<PortChoice>().unwrap(), choice, "{text}");
            assert_eq!(choice.to_string(), text);
        }
        assert_eq!(
            "usb:1E0E:9001".parse::<PortChoice>().unwrap().to_string(),
            "usb:1e0e:9001"
        );
    }

    #[test]
    fn texts_that_name_none() {
        let table = [
            ("", PortChoiceError::NotAPort),
            ("ttyUSB2", PortChoiceError::NotAPort),
            ("usb", PortChoiceError::NotAPort),
            ("usb:", PortChoiceError::UsbNumber),
            ("usb:2c7c", PortChoiceError::UsbNumber),
            ("usb:2c7c:", PortChoiceError::UsbNumber),
            ("usb:2c7:0125", PortChoiceError::UsbNumber),
            ("usb:+c7c:0125", PortChoiceError::UsbNumber),
            ("usb:2c7c:01250", PortChoiceError::UsbNumber),
            ("usb:2c7c:0125:", PortChoiceError::EmptySerial),
            ("usb:2c7c:0125#", PortChoiceError::Interface),
            ("usb:2c7c:0125#+2", PortChoiceError::Interface),
            ("usb:2c7c:0125#256", PortChoiceError::Interface),
            ("usb:2c7c:0125#two", PortChoiceError::Interface),
        ];
        for (text, error) in table {
            assert_eq!(text.parse::<PortChoice>(), Err(error), "{text}");
        }
    }
}
