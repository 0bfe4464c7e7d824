//! `[stick]`: the sockets for sticks. Whether anything is in them is the reader's.

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::path::PathBuf;

/// `[stick]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StickSection {
    /// The device nodes of the booth's sockets; none by default.
    pub device: Option<StickDevices>,
    /// A folder shown as if it were a stick, for a desk. Refused in production.
    pub folder: Option<PathBuf>,
}

/// Device nodes, one or a list; a name that ends in `*` stands for every node that begins so. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StickDevices(pub Vec<PathBuf>);

impl<'de> Deserialize<'de> for StickDevices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DevicesVisitor)
    }
}

struct DevicesVisitor;

impl<'de> Visitor<'de> for DevicesVisitor {
    type Value = StickDevices;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a device node such as \"/dev/xinting-stick*\", or a list of them")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(StickDevices(vec![node(text)?]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut nodes = Vec::new();
        while let Some(text) = list.next_element::<String>()? {
            nodes.push(node(&text)?);
        }
        if nodes.is_empty() {
            return Err(A::Error::custom(
                "an empty list of sockets; leave the key out where the booth has none",
            ));
        }
        Ok(StickDevices(nodes))
    }
}

fn node<E: Error>(text: &str) -> Result<PathBuf, E> {
    if text.starts_with("/dev/") {
        return Ok(text.into());
    }
    Err(E::custom(format!(
        "\"{text}\" is no device node; write one below /dev, such as \"/dev/xinting-stick*\""
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_or_several() {
        let of = |text: &str| -> Result<Vec<String>, String> {
            let section: StickSection = toml::from_str(text).map_err(|e| e.message().to_owned())?;
            let nodes = section.device.map(|devices| devices.0).unwrap_or_default();
            Ok(nodes
                .iter()
                .map(|node| node.display().to_string())
                .collect())
        };
        for (text, wanted) in [
            ("", Ok(vec![])),
            ("device = \"/dev/sda1\"", Ok(vec!["/dev/sda1"])),
            (
                "device = [\"/dev/xinting-stick-left\", \"/dev/xinting-stick*\"]",
                Ok(vec!["/dev/xinting-stick-left", "/dev/xinting-stick*"]),
            ),
            ("device = []", Err("an empty list")),
            ("device = 1", Err("a device node such as")),
            ("device = [1]", Err("a string")),
            ("device = \"sda1\"", Err("\"sda1\" is no device node")),
            (
                "device = [\"/dev/sda1\", \"\"]",
                Err("\"\" is no device node"),
            ),
        ] {
            match (of(text), wanted) {
                (Ok(nodes), Ok(wanted)) => assert_eq!(nodes, wanted, "{text}"),
                (Err(said), Err(part)) => assert!(said.contains(part), "{text}: {said}"),
                (got, wanted) => panic!("{text}: {got:?}, wanted {wanted:?}"),
            }
        }
    }
}
