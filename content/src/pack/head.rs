//! The front of every signed file of ours: one stored document, then its signatures. A pack goes on
//! with its files, a key list or a configuration ends there.
//!
//! Read forwards once, bounded, into memory; nothing of it is believed yet. Not here: whose keys the
//! signatures must be by, and what the document says.

use super::archive::{Claim, LOCAL_HEADER_BYTES, Member};
use super::signature::{self, KeyId, LONGEST_SIGNATURE};
use super::{MOST_SIGNATURES, PackError};
use std::io::{self, Read};

/// What was read, every header of it canonical.
pub(crate) struct Head {
    /// The document, then its signatures.
    pub(crate) members: Vec<Member>,
    /// The document's bytes: what is signed.
    pub(crate) bytes: Vec<u8>,
    /// The texts of the signatures, in order; not verified.
    pub(crate) signatures: Vec<Vec<u8>>,
    /// What was read of whatever follows.
    pub(crate) ahead: Vec<u8>,
}

/// Why a front cannot be read or is not signed as it must be.
#[derive(Debug)]
pub(crate) enum HeadError {
    Io(io::Error),
    /// Something else; why.
    Foreign(&'static str),
    /// It ends after so many bytes.
    Truncated(u64),
    Altered(String),
    TooManySignatures,
    Unsigned,
    Stranger(KeyId),
    Revoked(KeyId),
}

impl From<HeadError> for PackError {
    fn from(error: HeadError) -> Self {
        match error {
            HeadError::Io(error) => PackError::Io(error),
            HeadError::Foreign(reason) => PackError::NotAPack { reason },
            HeadError::Truncated(found) => PackError::Truncated {
                found,
                expected: None,
            },
            HeadError::Altered(what) => PackError::Altered { what },
            HeadError::TooManySignatures => PackError::TooLarge {
                what: format!("more than {MOST_SIGNATURES} signatures"),
            },
            HeadError::Unsigned => PackError::Unsigned,
            HeadError::Stranger(key) => PackError::Stranger { key },
            HeadError::Revoked(key) => PackError::Revoked { key },
        }
    }
}

impl Head {
    /// Reads the document `name`, of at most `largest` bytes, and what signatures follow it.
    pub(crate) fn read(bytes: &mut dyn Read, name: &str, largest: u32) -> Result<Head, HeadError> {
        let mut front = Front { bytes, found: 0 };
        let mut header = [0; LOCAL_HEADER_BYTES];
        let got = front.fill(&mut header)?;
        if got == 0 {
            return Err(HeadError::Foreign("the file is empty"));
        }
        let begin = got.min(4);
        if header[..begin] != b"PK\x03\x04"[..begin] {
            return Err(HeadError::Foreign("it does not begin as one does"));
        }
        if got < header.len() {
            return Err(HeadError::Truncated(front.found));
        }
        let mut ahead = Vec::new();
        let (first, document) = front
            .stored(&header, name, largest, &mut ahead)?
            .ok_or_else(|| {
                altered(&format!(
                    "it does not begin with {name} as xinting-pack lays it out"
                ))
            })?;
        let mut head = Head {
            members: vec![first],
            bytes: document,
            signatures: Vec::new(),
            ahead,
        };
        for number in 1.. {
            let mut header = [0; LOCAL_HEADER_BYTES];
            front.take(&mut header)?;
            let name = signature::file_name_of(name, number);
            let found = front.stored(&header, &name, LONGEST_SIGNATURE, &mut head.ahead)?;
            let Some((member, text)) = found else {
                break;
            };
            if number > MOST_SIGNATURES {
                return Err(HeadError::TooManySignatures);
            }
            head.members.push(member);
            head.signatures.push(text);
        }
        if head.signatures.is_empty() {
            return Err(HeadError::Unsigned);
        }
        Ok(head)
    }

    /// Bytes from the first of the file to the last of the head.
    pub(crate) fn span(&self) -> u64 {
        self.members.iter().map(Member::span).sum()
    }
}

fn altered(what: &str) -> HeadError {
    HeadError::Altered(what.to_owned())
}

struct Front<'a> {
    bytes: &'a mut dyn Read,
    found: u64,
}

impl Front<'_> {
    /// Reads until the buffer is full or the file ends; how much there was.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, HeadError> {
        let mut got = 0;
        while got < buffer.len() {
            match self.bytes.read(&mut buffer[got..]) {
                Ok(0) => break,
                Ok(more) => got += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(HeadError::Io(error)),
            }
        }
        self.found += got as u64;
        Ok(got)
    }

    fn take(&mut self, buffer: &mut [u8]) -> Result<(), HeadError> {
        if self.fill(buffer)? < buffer.len() {
            return Err(HeadError::Truncated(self.found));
        }
        Ok(())
    }

    /// A stored member called `name`, whose header must be the canonical one. `None` if it is something
    /// else: then all that was read of it is in `ahead`.
    fn stored(
        &mut self,
        header: &[u8; LOCAL_HEADER_BYTES],
        name: &str,
        largest: u32,
        ahead: &mut Vec<u8>,
    ) -> Result<Option<(Member, Vec<u8>)>, HeadError> {
        let claim = Claim::read(header).filter(|claim| claim.name_length == name.len());
        let Some(claim) = claim else {
            *ahead = header.to_vec();
            return Ok(None);
        };
        let mut found = vec![0; name.len()];
        self.take(&mut found)?;
        if found != name.as_bytes() {
            *ahead = [header.as_slice(), &found].concat();
            return Ok(None);
        }
        if claim.stored_size > largest {
            return Err(altered(&format!(
                "{name} claims {} bytes",
                claim.stored_size
            )));
        }
        let mut data = vec![0; claim.stored_size as usize];
        self.take(&mut data)?;
        let member = Member::stored(name, &data).ok_or_else(|| altered(name))?;
        if member.local_header()[..LOCAL_HEADER_BYTES] != header[..] {
            return Err(altered(&format!("the header of {name}, or {name} itself")));
        }
        Ok(Some((member, data)))
    }
}
