//! Hashing a pack file while it streams past, against the head that was shown. It only says early what the complete
//! verification of the copy would say late; nothing is trusted because of it. A checksum over everything tells, where
//! that verification fails, whether the stick or the booth's own disk is to blame.

use crate::shelf::{Offer, ShelfError};
use sha2::{Digest, Sha256};
use xinting_content::pack::{Entry, PackError, archive};

/// The hashes of what is still to come.
pub(crate) struct Sums<'a> {
    /// What is hashed one after the other: where it ends, and its hash; headers between are of no file.
    parts: Vec<Part<'a>>,
    place: usize,
    at: u64,
    hasher: Sha256,
    all: crc32fast::Hasher,
}

struct Part<'a> {
    begin: u64,
    end: u64,
    sha256: [u8; 32],
    /// `None` for the head itself.
    entry: Option<&'a Entry>,
}

impl<'a> Sums<'a> {
    pub(crate) fn new(offer: &'a Offer) -> Self {
        let begin = offer.head.files_begin();
        let mut parts = vec![Part {
            begin: 0,
            end: begin,
            sha256: offer.head_sha256,
            entry: None,
        }];
        let mut at = begin;
        for entry in &offer.head.manifest().entries {
            let header = (archive::LOCAL_HEADER_BYTES + entry.member.name.len()) as u64;
            let end = at + entry.member.span();
            parts.push(Part {
                begin: at + header,
                end,
                sha256: entry.sha256,
                entry: Some(entry),
            });
            at = end;
        }
        Self {
            parts,
            place: 0,
            at: 0,
            hasher: Sha256::new(),
            all: crc32fast::Hasher::new(),
        }
    }

    /// The next bytes of the file.
    pub(crate) fn take(&mut self, mut bytes: &[u8]) -> Result<(), ShelfError> {
        self.all.update(bytes);
        loop {
            self.close_ended()?;
            let Some(part) = self.parts.get(self.place) else {
                self.at += bytes.len() as u64;
                return Ok(());
            };
            if bytes.is_empty() {
                return Ok(());
            }
            let until = if self.at < part.begin {
                part.begin
            } else {
                part.end
            };
            let count =
                usize::try_from(until - self.at).map_or(bytes.len(), |left| left.min(bytes.len()));
            let (these, rest) = bytes.split_at(count);
            if self.at >= part.begin {
                self.hasher.update(these);
            }
            self.at += count as u64;
            bytes = rest;
        }
    }

    /// The checksum of everything that passed.
    pub(crate) fn crc32(self) -> u32 {
        self.all.finalize()
    }

    /// Compares what has been hashed to its end; files of no bytes end where they begin.
    fn close_ended(&mut self) -> Result<(), ShelfError> {
        while let Some(part) = self
            .parts
            .get(self.place)
            .filter(|part| self.at == part.end)
        {
            let sha256: [u8; 32] = self.hasher.finalize_reset().into();
            if sha256 != part.sha256 {
                return Err(match part.entry {
                    None => ShelfError::Changed,
                    Some(entry) => {
                        let what = format!("“{}” is not what was signed", entry.member.name);
                        PackError::Altered { what }.into()
                    }
                });
            }
            self.place += 1;
        }
        Ok(())
    }
}

/// In which file of the pack, counted from 1, this byte lies; the head counts to the first.
pub(crate) fn file_at(offer: &Offer, byte: u64) -> usize {
    let mut end = offer.head.files_begin();
    let entries = &offer.head.manifest().entries;
    for (place, entry) in entries.iter().enumerate() {
        end += entry.member.span();
        if byte < end {
            return place + 1;
        }
    }
    entries.len()
}
