//! Names on the wire: booth, school, and the key that makes a report count once.
//! They identify machines and places, never a person.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdError {
    /// Empty, too long, or a character outside `a-z 0-9 -`.
    #[error("an id is 1 to 40 characters of a-z, 0-9 and -, not starting or ending with -")]
    Form,
    /// Not `<booth>.<epoch>.<sequence>`.
    #[error("an idempotency key is <booth>.<epoch>.<sequence> with plain decimal numbers")]
    Key,
}

const MAX_ID_LEN: usize = 40;

fn check(text: &str) -> Result<(), IdError> {
    let good = (1..=MAX_ID_LEN).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-');
    if good { Ok(()) } else { Err(IdError::Form) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                check(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A booth's id, given by the district at enrolment: 1 to 40 characters of
    /// `a-z`, `0-9` and `-`, neither starting nor ending with `-`.
    BoothId
}

id! {
    /// A school's id, chosen by the district; same form as [`BoothId`].
    SchoolId
}

/// What makes a report count once: booth, epoch and sequence, joined by dots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey {
    /// The sending booth.
    pub booth: BoothId,
    /// The life of the booth's store that closed the period.
    pub epoch: u32,
    /// The number of the period within the epoch, from 1.
    pub sequence: u32,
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.booth, self.epoch, self.sequence)
    }
}

impl FromStr for IdempotencyKey {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let mut parts = text.split('.');
        let (Some(booth), Some(epoch), Some(sequence), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(IdError::Key);
        };
        let key = Self {
            booth: booth.parse()?,
            epoch: epoch.parse().map_err(|_| IdError::Key)?,
            sequence: sequence.parse().map_err(|_| IdError::Key)?,
        };
        // One spelling each: `+1` and `007` parse as numbers but are not the key.
        if key.to_string() == text {
            Ok(key)
        } else {
            Err(IdError::Key)
        }
    }
}
