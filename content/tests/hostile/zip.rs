//! A ZIP laid out from parts of which every field may be a lie.
//!
//! Nothing is corrected: what a field says is written, what it does not say follows from the parts. Untouched parts give
//! the canonical layout, which a test compares with what the library writes.

use xinting_content::pack::archive::{Member, Method};

/// The fields that a local header and a directory entry share.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub(crate) magic: [u8; 4],
    pub(crate) version: u16,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) time: u16,
    pub(crate) date: u16,
    pub(crate) crc32: u32,
    pub(crate) stored: u32,
    pub(crate) size: u32,
    /// What it says instead of the length of the name.
    pub(crate) name_length: Option<u16>,
    /// What it says instead of the length of the extra field.
    pub(crate) extra_length: Option<u16>,
    pub(crate) name: Vec<u8>,
    pub(crate) extra: Vec<u8>,
}

impl Header {
    fn of(member: &Member, magic: &[u8; 4]) -> Header {
        Header {
            magic: *magic,
            version: 20,
            flags: 0,
            method: match member.method {
                Method::Stored => 0,
                Method::Deflated => 8,
            },
            time: 0,
            date: 33,
            crc32: member.crc32,
            stored: member.stored_size,
            size: member.size,
            name_length: None,
            extra_length: None,
            name: member.name.clone().into_bytes(),
            extra: Vec::new(),
        }
    }

    fn shared(&self, out: &mut Vec<u8>) {
        for field in [self.version, self.flags, self.method, self.time, self.date] {
            out.extend(field.to_le_bytes());
        }
        for field in [self.crc32, self.stored, self.size] {
            out.extend(field.to_le_bytes());
        }
        for (said, real) in [
            (self.name_length, self.name.len()),
            (self.extra_length, self.extra.len()),
        ] {
            out.extend(said.unwrap_or(real as u16).to_le_bytes());
        }
    }
}

/// An entry of the directory.
#[derive(Debug, Clone)]
pub(crate) struct Central {
    pub(crate) header: Header,
    pub(crate) made_by: u16,
    pub(crate) comment_length: Option<u16>,
    pub(crate) disk: u16,
    pub(crate) internal: u16,
    pub(crate) external: u32,
    /// What it says instead of where its local header lies.
    pub(crate) offset: Option<u32>,
    pub(crate) comment: Vec<u8>,
}

/// One member, in the order it lies in the file.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// Whether header and data are there at all; if not, only the directory names it.
    pub(crate) lies_there: bool,
    pub(crate) local: Header,
    pub(crate) data: Vec<u8>,
    /// A data descriptor, or a gap.
    pub(crate) after: Vec<u8>,
    pub(crate) central: Option<Central>,
}

impl Part {
    pub(crate) fn of(member: &Member, data: &[u8]) -> Part {
        Part {
            lies_there: true,
            local: Header::of(member, b"PK\x03\x04"),
            data: data.to_vec(),
            after: Vec::new(),
            central: Some(Central {
                header: Header::of(member, b"PK\x01\x02"),
                made_by: 20,
                comment_length: None,
                disk: 0,
                internal: 0,
                external: 0,
                offset: None,
                comment: Vec::new(),
            }),
        }
    }

    pub(crate) fn stored(name: &str, data: &[u8]) -> Part {
        Part::of(&Member::stored(name, data).unwrap(), data)
    }

    pub(crate) fn directory_entry(&mut self) -> &mut Central {
        self.central.as_mut().unwrap()
    }

    /// Names it otherwise in both places.
    pub(crate) fn rename(&mut self, name: &[u8]) {
        self.local.name = name.to_vec();
        self.directory_entry().header.name = name.to_vec();
    }

    /// Does one thing to both headers.
    pub(crate) fn both(&mut self, change: impl Fn(&mut Header)) {
        change(&mut self.local);
        change(&mut self.directory_entry().header);
    }
}

/// The end record; `None` says what is true.
#[derive(Debug, Clone, Default)]
pub(crate) struct End {
    pub(crate) magic: Option<[u8; 4]>,
    pub(crate) disk: u16,
    pub(crate) directory_disk: u16,
    pub(crate) members_here: Option<u16>,
    pub(crate) members: Option<u16>,
    pub(crate) directory_size: Option<u32>,
    pub(crate) directory_offset: Option<u32>,
    pub(crate) comment_length: Option<u16>,
    pub(crate) comment: Vec<u8>,
}

/// The whole file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Zip {
    pub(crate) prefix: Vec<u8>,
    /// Whether offsets count the prefix, as tools do that make self-extracting archives.
    pub(crate) offsets_count_prefix: bool,
    pub(crate) parts: Vec<Part>,
    pub(crate) before_directory: Vec<u8>,
    /// The order of the directory, by place in `parts`; empty for the same order.
    pub(crate) directory_order: Vec<usize>,
    pub(crate) before_end: Vec<u8>,
    pub(crate) end: End,
    pub(crate) suffix: Vec<u8>,
}

/// Where the sections of a file lie.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    /// For each member: its header, its data, and the end of them.
    pub(crate) members: Vec<[usize; 3]>,
    /// The beginning of each directory entry.
    pub(crate) entries: Vec<usize>,
    pub(crate) end: usize,
}

impl Zip {
    /// The member with this name.
    pub(crate) fn part(&mut self, name: &str) -> &mut Part {
        let found = self
            .parts
            .iter_mut()
            .find(|part| part.local.name == name.as_bytes());
        found.unwrap_or_else(|| panic!("no member {name}"))
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.lay_out().0
    }

    pub(crate) fn lay_out(&self) -> (Vec<u8>, Places) {
        let mut out = self.prefix.clone();
        let mut places = Places::default();
        let base = if self.offsets_count_prefix {
            0
        } else {
            self.prefix.len()
        };
        for part in &self.parts {
            let begins = out.len();
            if part.lies_there {
                out.extend(part.local.magic);
                part.local.shared(&mut out);
                out.extend(&part.local.name);
                out.extend(&part.local.extra);
            }
            let data = out.len();
            if part.lies_there {
                out.extend(&part.data);
            }
            places.members.push([begins, data, out.len()]);
            out.extend(&part.after);
        }
        out.extend(&self.before_directory);
        let directory = out.len();
        let order: Vec<usize> = match self.directory_order.is_empty() {
            true => (0..self.parts.len()).collect(),
            false => self.directory_order.clone(),
        };
        let mut count = 0;
        for place in order {
            let Some(entry) = &self.parts[place].central else {
                continue;
            };
            count += 1;
            places.entries.push(out.len());
            out.extend(entry.header.magic);
            out.extend(entry.made_by.to_le_bytes());
            entry.header.shared(&mut out);
            out.extend(
                entry
                    .comment_length
                    .unwrap_or(entry.comment.len() as u16)
                    .to_le_bytes(),
            );
            out.extend(entry.disk.to_le_bytes());
            out.extend(entry.internal.to_le_bytes());
            out.extend(entry.external.to_le_bytes());
            let offset = (places.members[place][0] - base) as u32;
            out.extend(entry.offset.unwrap_or(offset).to_le_bytes());
            out.extend(&entry.header.name);
            out.extend(&entry.header.extra);
            out.extend(&entry.comment);
        }
        let size = (out.len() - directory) as u32;
        out.extend(&self.before_end);
        places.end = out.len();
        let end = &self.end;
        out.extend(end.magic.unwrap_or(*b"PK\x05\x06"));
        out.extend(end.disk.to_le_bytes());
        out.extend(end.directory_disk.to_le_bytes());
        out.extend(end.members_here.unwrap_or(count as u16).to_le_bytes());
        out.extend(end.members.unwrap_or(count as u16).to_le_bytes());
        out.extend(end.directory_size.unwrap_or(size).to_le_bytes());
        out.extend(
            end.directory_offset
                .unwrap_or((directory - base) as u32)
                .to_le_bytes(),
        );
        out.extend(
            end.comment_length
                .unwrap_or(end.comment.len() as u16)
                .to_le_bytes(),
        );
        out.extend(&end.comment);
        out.extend(&self.suffix);
        (out, places)
    }
}
