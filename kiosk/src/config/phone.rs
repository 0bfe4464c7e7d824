//! `[modem]` and `[hook]`: the module that calls and the switch below the handset.
//!
//! The SIM's PIN is a secret. Nothing here prints it: not `Debug`, and no error, whatever stands in its place.

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use std::fmt;
use std::path::{Path, PathBuf};
use xinting_hw::hook::{HookConfig, HookContact};
use xinting_hw::modem::Pin;
use xinting_hw::modem::serial::PortChoice;

/// `[modem]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModemSection {
    /// The serial port, or the USB device it belongs to; none by default, and then no port is ever opened.
    pub port: Option<Port>,
    /// The SIM's PIN, tried once where the card asks for it.
    pub pin: Option<SimPin>,
    /// What takes the modem's power away and gives it back: a program with its whole path, and its arguments.
    pub power_command: Option<PowerCommand>,
}

/// `[hook]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HookSection {
    /// The input device below the handset; none by default, and then the screen alone begins and ends a call.
    pub device: Option<InputDevice>,
    /// Which contact of it; `KEY_PHONE` by default.
    pub key: Contact,
    /// The handset's weight opens the contact instead of closing it.
    pub lifted_when_pressed: bool,
}

impl HookSection {
    /// The same, as the driver takes it.
    #[must_use]
    pub fn config(&self) -> HookConfig {
        HookConfig {
            device: self.device.as_ref().map(|device| device.0.clone()),
            contact: self.key.0,
            lifted_when_pressed: self.lifted_when_pressed,
        }
    }
}

/// The modem's port.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Port(pub PortChoice);

impl TryFrom<String> for Port {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|error| format!("{text:?} names no port: {error}"))
    }
}

/// The SIM's PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimPin(pub Pin);

impl<'de> Deserialize<'de> for SimPin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PinVisitor)
    }
}

/// Takes a text, and refuses anything else without repeating it: serde's own words would.
struct PinVisitor;

const IN_QUOTES: &str =
    "a SIM PIN is written in quotes, such as \"1234\", so that a zero at its beginning stays";

impl<'de> Visitor<'de> for PinVisitor {
    type Value = SimPin;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a SIM PIN in quotes")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<SimPin, E> {
        Pin::new(text)
            .map(SimPin)
            .map_err(|error| E::custom(format!("{error}; write the card's PIN, such as \"1234\"")))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<SimPin, E> {
        Err(E::custom(IN_QUOTES))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<SimPin, E> {
        Err(E::custom(IN_QUOTES))
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<SimPin, E> {
        Err(E::custom(IN_QUOTES))
    }

    fn visit_i128<E: de::Error>(self, _: i128) -> Result<SimPin, E> {
        Err(E::custom(IN_QUOTES))
    }

    fn visit_u128<E: de::Error>(self, _: u128) -> Result<SimPin, E> {
        Err(E::custom(IN_QUOTES))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<SimPin, E> {
        Err(E::custom(IN_QUOTES))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, _: A) -> Result<SimPin, A::Error> {
        Err(de::Error::custom(IN_QUOTES))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, _: A) -> Result<SimPin, A::Error> {
        Err(de::Error::custom(IN_QUOTES))
    }
}

/// A program with its whole path, and its arguments; run without a shell.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct PowerCommand(pub Vec<String>);

impl TryFrom<Vec<String>> for PowerCommand {
    type Error = String;

    fn try_from(words: Vec<String>) -> Result<Self, String> {
        let program = words.first().map_or("", String::as_str);
        if !Path::new(program).is_absolute() {
            return Err(format!(
                "{program:?} is no whole path; write the program and its arguments apart, such as \
                 [\"/usr/local/bin/modem-power\", \"cycle\"]"
            ));
        }
        Ok(Self(words))
    }
}

/// An input device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct InputDevice(pub PathBuf);

impl TryFrom<String> for InputDevice {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let path = PathBuf::from(&text);
        if !path.is_absolute() {
            return Err(format!(
                "{text:?} is no whole path; write one that stays, such as \
                 \"/dev/input/by-path/platform-gpio-keys-event\""
            ));
        }
        Ok(Self(path))
    }
}

/// A contact of an input device: a key's number, or a text such as `switch:2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact(pub HookContact);

impl Default for Contact {
    fn default() -> Self {
        Self(HookContact::PHONE)
    }
}

impl<'de> Deserialize<'de> for Contact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContactVisitor)
    }
}

struct ContactVisitor;

impl Visitor<'_> for ContactVisitor {
    type Value = Contact;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the number of a key, such as 169, or a text such as \"switch:2\"")
    }

    fn visit_i64<E: de::Error>(self, code: i64) -> Result<Contact, E> {
        u16::try_from(code)
            .ok()
            .filter(|code| *code <= HookContact::LAST_KEY)
            .map(|code| Contact(HookContact::Key(code)))
            .ok_or_else(|| {
                E::custom(format!(
                    "there is no key {code}; write a number up to {}, such as 169",
                    HookContact::LAST_KEY
                ))
            })
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Contact, E> {
        text.parse()
            .map(Contact)
            .map_err(|error| E::custom(format!("{text:?} is no contact: {error}")))
    }
}
