//! The one way a pack's ZIP is laid out. Given the members, every byte outside their data follows.
//!
//! No extra fields, comments, data descriptors, gaps, encryption or ZIP64; the time of every member is
//! the earliest a ZIP can say; attributes are zero; names are plain ASCII. There is no general ZIP
//! reader here: a reader that accepts more than one layout is a reader that can be fooled.

use std::io::{self, Write};

/// Bytes of a local header without the name.
pub const LOCAL_HEADER_BYTES: usize = 30;

/// Longest name of a member, in bytes.
pub const LONGEST_NAME: usize = 160;

const LOCAL_MAGIC: [u8; 4] = *b"PK\x03\x04";
const CENTRAL_MAGIC: [u8; 4] = *b"PK\x01\x02";
const END_MAGIC: [u8; 4] = *b"PK\x05\x06";

/// 2.0: folders and deflate. The lowest that describes every pack.
const VERSION: u16 = 20;

/// The first of January 1980, midnight.
const DOS_DATE: u16 = (1 << 5) | 1;
const DOS_TIME: u16 = 0;

/// How a member's data is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// As it is.
    Stored,
    /// Deflated (RFC 1951).
    Deflated,
}

impl Method {
    fn code(self) -> u16 {
        match self {
            Method::Stored => 0,
            Method::Deflated => 8,
        }
    }
}

/// What the ZIP says about one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name, at most [`LONGEST_NAME`] bytes.
    pub name: String,
    /// How its data is kept.
    pub method: Method,
    /// CRC-32 of the unpacked bytes.
    pub crc32: u32,
    /// Bytes in the file.
    pub stored_size: u32,
    /// Bytes unpacked.
    pub size: u32,
}

impl Member {
    /// A member kept as it is.
    pub fn stored(name: &str, bytes: &[u8]) -> Option<Member> {
        let size = u32::try_from(bytes.len()).ok()?;
        Some(Member {
            name: name.to_owned(),
            method: Method::Stored,
            crc32: crc32fast::hash(bytes),
            stored_size: size,
            size,
        })
    }

    /// The header before its data.
    pub fn local_header(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LOCAL_HEADER_BYTES + self.name.len());
        bytes.extend(LOCAL_MAGIC);
        self.common_fields(&mut bytes);
        bytes.extend(self.name.as_bytes());
        bytes
    }

    /// Its entry in the directory at the end, for data whose local header begins at `offset`.
    pub fn central_header(&self, offset: u32) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(46 + self.name.len());
        bytes.extend(CENTRAL_MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        self.common_fields(&mut bytes);
        // Comment length, first disk, internal and external attributes: all zero.
        bytes.extend([0; 10]);
        bytes.extend(offset.to_le_bytes());
        bytes.extend(self.name.as_bytes());
        bytes
    }

    /// The fields that both headers share, in their order.
    fn common_fields(&self, bytes: &mut Vec<u8>) {
        let name_length = u16::try_from(self.name.len()).unwrap_or(u16::MAX);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(0u16.to_le_bytes());
        bytes.extend(self.method.code().to_le_bytes());
        bytes.extend(DOS_TIME.to_le_bytes());
        bytes.extend(DOS_DATE.to_le_bytes());
        bytes.extend(self.crc32.to_le_bytes());
        bytes.extend(self.stored_size.to_le_bytes());
        bytes.extend(self.size.to_le_bytes());
        bytes.extend(name_length.to_le_bytes());
        bytes.extend(0u16.to_le_bytes());
    }

    /// Bytes it takes in the file with its local header.
    pub fn span(&self) -> u64 {
        (LOCAL_HEADER_BYTES + self.name.len()) as u64 + u64::from(self.stored_size)
    }
}

/// What a local header claims, before anything of it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) name_length: usize,
    pub(crate) stored_size: u32,
}

impl Claim {
    /// Reads the fixed part of a local header; `None` if it is something else.
    pub(crate) fn read(header: &[u8; LOCAL_HEADER_BYTES]) -> Option<Claim> {
        let (magic, rest) = header.split_first_chunk::<4>()?;
        let size = rest.get(14..18)?.first_chunk::<4>()?;
        let name = rest.get(22..24)?.first_chunk::<2>()?;
        (*magic == LOCAL_MAGIC).then(|| Claim {
            name_length: usize::from(u16::from_le_bytes(*name)),
            stored_size: u32::from_le_bytes(*size),
        })
    }
}

/// Everything after the last member's data: the directory and the end record. `None` if the members
/// are more than a ZIP without ZIP64 can hold.
pub fn ending(members: &[Member]) -> Option<Vec<u8>> {
    let mut directory = Vec::new();
    let mut offset = 0u64;
    for member in members {
        directory.extend(member.central_header(u32::try_from(offset).ok()?));
        offset += member.span();
    }
    let count = u16::try_from(members.len()).ok()?;
    let size = u32::try_from(directory.len()).ok()?;
    directory.extend(END_MAGIC);
    directory.extend([0; 4]);
    directory.extend(count.to_le_bytes());
    directory.extend(count.to_le_bytes());
    directory.extend(size.to_le_bytes());
    directory.extend(u32::try_from(offset).ok()?.to_le_bytes());
    directory.extend([0; 2]);
    Some(directory)
}

/// Writes members and their data in the order given.
///
/// # Errors
/// Whatever `out` gives; `InvalidInput` if a ZIP cannot hold them.
pub fn write(out: &mut impl Write, members: &[(Member, &[u8])]) -> io::Result<()> {
    for (member, data) in members {
        if data.len() != member.stored_size as usize || member.name.len() > LONGEST_NAME {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        out.write_all(&member.local_header())?;
        out.write_all(data)?;
    }
    let members: Vec<Member> = members.iter().map(|(member, _)| member.clone()).collect();
    let ending = ending(&members).ok_or(io::ErrorKind::InvalidInput)?;
    out.write_all(&ending)
}
