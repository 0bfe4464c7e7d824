//! The ZIP itself: every field of every header as a lie, and bytes where none belong.
//!
//! A reader that believes the directory and one that believes the local headers would see two packs in one file; here
//! neither sees any.

use crate::desk::{Case, member};
use crate::zip::{Header, Part, Zip};

const SIGNATURE: &str = "manifest.json.minisig";
const COUNSELLOR: &str = "counsellor.toml";
const PACK: &str = "pack.toml";

pub(crate) fn cases() -> Vec<Case> {
    [
        local_headers(),
        directory(),
        both(),
        end_record(),
        bytes_between(),
        members(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

type Lie = (&'static str, &'static str, fn(&mut Header));

/// Lies that a local header and a directory entry can both tell.
const LIES: &[Lie] = &[
    ("magic", "has another magic number", |h| h.magic[3] ^= 1),
    ("version", "asks for ZIP 4.5", |h| h.version = 45),
    ("encrypted", "claims to be encrypted", |h| h.flags = 1),
    (
        "descriptor flag",
        "claims that a data descriptor follows",
        |h| h.flags = 8,
    ),
    ("strong encryption", "claims strong encryption", |h| {
        h.flags = 1 << 6
    }),
    ("utf-8 flag", "claims that its name is UTF-8", |h| {
        h.flags = 1 << 11
    }),
    ("masked", "claims that its header is masked", |h| {
        h.flags = 1 << 13
    }),
    ("method swapped", "claims the other method", |h| {
        h.method = if h.method == 8 { 0 } else { 8 }
    }),
    ("method unknown", "claims a method that nobody knows", |h| {
        h.method = 99
    }),
    ("time", "has a time of its own", |h| h.time = 0x6000),
    ("date", "has a date of its own", |h| h.date = 0x5d76),
    ("crc", "claims another CRC-32", |h| h.crc32 ^= 1),
    ("crc zero", "claims no CRC-32", |h| h.crc32 = 0),
    ("stored size up", "claims one stored byte more", |h| {
        h.stored += 1
    }),
    ("stored size down", "claims one stored byte less", |h| {
        h.stored -= 1
    }),
    ("stored size zero", "claims no stored bytes", |h| {
        h.stored = 0
    }),
    ("size up", "claims one byte more", |h| h.size += 1),
    ("size zero", "claims that nothing comes out", |h| h.size = 0),
    ("size huge", "claims four gigabytes", |h| h.size = u32::MAX),
    (
        "sizes for ZIP64",
        "leaves both sizes to a ZIP64 record",
        |h| {
            h.stored = u32::MAX;
            h.size = u32::MAX;
            h.extra = [&[1, 0, 16, 0][..], &[0; 16]].concat();
        },
    ),
    ("name shorter", "claims a shorter name", |h| {
        h.name_length = Some(h.name.len() as u16 - 1)
    }),
    ("name longer", "claims a longer name", |h| {
        h.name_length = Some(h.name.len() as u16 + 1)
    }),
    ("no name", "claims to have no name", |h| {
        h.name_length = Some(0)
    }),
    ("name of 65,535", "claims a name of 65,535 bytes", |h| {
        h.name_length = Some(u16::MAX)
    }),
    ("other name", "is called otherwise", |h| {
        *h.name.last_mut().unwrap() ^= 1
    }),
    ("extra field", "carries an extra field", |h| {
        h.extra = vec![0x75, 0x70, 1, 0, 0]
    }),
    ("extra length", "claims an extra field", |h| {
        h.extra_length = Some(4)
    }),
    (
        "unicode path",
        "carries a second name in an extra field",
        |h| {
            h.extra = [&[0x75, 0x70, 10, 0, 1, 0, 0, 0, 0][..], b"other"].concat();
        },
    ),
];

/// Every lie, in the local header of a file.
fn local_headers() -> Vec<Case> {
    let mut cases: Vec<Case> = LIES
        .iter()
        .map(|&(name, what, lie)| {
            // What moves the bytes behind it is seen by the length first.
            let case = Case::new(
                "local header",
                name,
                format!("the local header of a file {what}"),
            )
            .zip(move |zip| lie(&mut zip.part(COUNSELLOR).local));
            match name {
                "extra field" | "unicode path" | "sizes for ZIP64" => {
                    case.refused("Altered", "bytes have been added")
                }
                _ => case.refused("Altered", "the header of “counsellor.toml”"),
            }
        })
        .collect();
    // The first two members are read before anything is verified, so what they claim decides what is said.
    for &(name, what, lie) in LIES {
        let case = |member: &'static str| {
            Case::new(
                "local header",
                format!("{name}, {member}"),
                format!("the local header of {member} {what}"),
            )
            .zip(move |zip| lie(&mut zip.part(member).local))
        };
        let manifest = case("manifest.json");
        cases.push(match name {
            "magic" => manifest.refused("NotAPack", "it does not begin as one does"),
            "stored size up" | "stored size down" | "stored size zero" => {
                manifest.refused("Altered", "manifest.json")
            }
            "sizes for ZIP64" => manifest.refused("Altered", "claims 4294967295 bytes"),
            _ => manifest.refused("Altered", ""),
        });
        let signature = case(SIGNATURE);
        cases.push(match name {
            "magic" | "name shorter" | "name longer" | "no name" | "name of 65,535"
            | "other name" => signature.refused("Unsigned", "unsigned"),
            "sizes for ZIP64" => signature.refused("Altered", "claims 4294967295 bytes"),
            _ => signature.refused("Altered", SIGNATURE),
        });
    }
    cases
}

/// Every lie, in the directory entry of a file and of the manifest.
fn directory() -> Vec<Case> {
    let mut cases = Vec::new();
    for &(name, what, lie) in LIES {
        for member in [COUNSELLOR, "manifest.json"] {
            let moved = matches!(name, "extra field" | "unicode path" | "sizes for ZIP64");
            cases.push(
                Case::new(
                    "directory",
                    format!("{name}, {member}"),
                    format!("the directory entry of {member} {what}"),
                )
                .zip(move |zip| lie(&mut zip.part(member).directory_entry().header))
                .refused(
                    "Altered",
                    if moved {
                        "bytes have been added"
                    } else {
                        "its directory"
                    },
                ),
            );
        }
    }
    let case = |name: &str, what: &str, change: fn(&mut Zip)| {
        Case::new("directory", name, what)
            .zip(change)
            .refused("Altered", "its directory")
    };
    cases.extend([
        case(
            "offset of another",
            "two entries point to the same data",
            |zip| {
                zip.part(PACK).directory_entry().offset = Some(0);
            },
        ),
        case("offset beyond", "an entry points behind the end", |zip| {
            zip.part(PACK).directory_entry().offset = Some(0x7fff_ffff);
        }),
        case(
            "offset for ZIP64",
            "an entry leaves its offset to a ZIP64 record",
            |zip| {
                zip.part(PACK).directory_entry().offset = Some(u32::MAX);
            },
        ),
        case("offset by one", "an entry points one byte too far", |zip| {
            let at = zip.lay_out().1.members[2][0];
            zip.part(COUNSELLOR).directory_entry().offset = Some(at as u32 + 1);
        }),
        case(
            "overlapping",
            "an entry lies within the data of another",
            |zip| {
                let at = zip.lay_out().1.members[0][1];
                zip.part(COUNSELLOR).directory_entry().offset = Some(at as u32 + 5);
            },
        ),
        case("made by Unix", "an entry says it was made on Unix", |zip| {
            zip.part(PACK).directory_entry().made_by = 0x0314;
        }),
        case(
            "symlink",
            "the attributes say that it is a symbolic link",
            |zip| {
                let entry = zip.part(PACK).directory_entry();
                entry.made_by = 0x0314;
                entry.external = 0o120_777 << 16;
            },
        ),
        case(
            "device",
            "the attributes say that it is a block device",
            |zip| {
                let entry = zip.part(PACK).directory_entry();
                entry.made_by = 0x0314;
                entry.external = 0o060_666 << 16;
            },
        ),
        case(
            "set-user-id",
            "the attributes say that it runs as root",
            |zip| {
                let entry = zip.part(PACK).directory_entry();
                entry.made_by = 0x0314;
                entry.external = 0o104_755 << 16;
            },
        ),
        case(
            "folder attribute",
            "the attributes say that it is a folder",
            |zip| {
                zip.part(PACK).directory_entry().external = 0x10;
            },
        ),
        case(
            "text attribute",
            "the internal attributes say that it is text",
            |zip| {
                zip.part(PACK).directory_entry().internal = 1;
            },
        ),
        case(
            "second disk",
            "an entry says that its data lies on a second disk",
            |zip| {
                zip.part(PACK).directory_entry().disk = 1;
            },
        ),
        case("comment length", "an entry claims a comment", |zip| {
            zip.part(PACK).directory_entry().comment_length = Some(22);
        }),
        case(
            "other order",
            "the directory is in another order than the data",
            |zip| {
                zip.directory_order = vec![0, 1, 3, 2];
            },
        ),
        case(
            "one entry twice",
            "the directory names one file twice and another not",
            |zip| {
                zip.directory_order = vec![0, 1, 2, 2];
            },
        )
        .refused("Altered", "bytes have been added"),
    ]);
    cases.push(
        Case::new("directory", "comment", "an entry carries a comment")
            .zip(|zip| zip.part(PACK).directory_entry().comment = b"hello".to_vec())
            .refused("Altered", "bytes have been added"),
    );
    cases.push(
        Case::new(
            "directory",
            "hidden member",
            "a file lies there that the directory does not name",
        )
        .zip(|zip| zip.part(PACK).central = None)
        .refused("Truncated", "ends after"),
    );
    cases
}

/// The same lie in both places, so that the two agree: only the signed manifest knows better.
fn both() -> Vec<Case> {
    LIES.iter()
        .filter(|(name, ..)| *name != "magic")
        .map(|&(name, what, lie)| {
            Case::new(
                "both headers",
                name,
                format!("local header and directory entry agree: the file {what}"),
            )
            .zip(move |zip| zip.part(COUNSELLOR).both(lie))
            .refused("Altered", "")
        })
        .collect()
}

fn end_record() -> Vec<Case> {
    let case = |name: &str, what: &str, change: fn(&mut Zip)| {
        Case::new("end record", name, what)
            .zip(change)
            .refused("Altered", "its directory")
    };
    let longer = |name: &str, what: &str, change: fn(&mut Zip)| {
        Case::new("end record", name, what)
            .zip(change)
            .refused("Altered", "bytes have been added")
    };
    vec![
        case("magic", "the end record has another magic number", |zip| {
            zip.end.magic = Some(*b"PK\x05\x07")
        }),
        case("disk", "this is disk 1", |zip| zip.end.disk = 1),
        case(
            "disk for ZIP64",
            "the disk is left to a ZIP64 record",
            |zip| zip.end.disk = u16::MAX,
        ),
        case("directory's disk", "the directory lies on disk 1", |zip| {
            zip.end.directory_disk = 1
        }),
        case("fewer here", "one entry fewer on this disk", |zip| {
            zip.end.members_here = Some(3)
        }),
        case("fewer", "one entry fewer in all", |zip| {
            zip.end.members = Some(3)
        }),
        case("none", "no entries at all", |zip| {
            zip.end.members_here = Some(0);
            zip.end.members = Some(0);
        }),
        case("more", "one entry more", |zip| {
            zip.end.members_here = Some(5);
            zip.end.members = Some(5);
        }),
        case(
            "count for ZIP64",
            "the count is left to a ZIP64 record",
            |zip| {
                zip.end.members_here = Some(u16::MAX);
                zip.end.members = Some(u16::MAX);
            },
        ),
        case(
            "directory size up",
            "the directory is one byte longer",
            |zip| {
                let (bytes, places) = zip.lay_out();
                assert!(places.end < bytes.len());
                zip.end.directory_size = Some((places.end - places.entries[0]) as u32 + 1);
            },
        ),
        case("directory size zero", "the directory is empty", |zip| {
            zip.end.directory_size = Some(0)
        }),
        case(
            "directory size for ZIP64",
            "the size is left to a ZIP64 record",
            |zip| {
                zip.end.directory_size = Some(u32::MAX);
            },
        ),
        case(
            "offset zero",
            "the directory begins with the manifest",
            |zip| zip.end.directory_offset = Some(0),
        ),
        case(
            "offset beyond",
            "the directory lies behind the end",
            |zip| {
                zip.end.directory_offset = Some(0x7fff_ffff);
            },
        ),
        case(
            "offset for ZIP64",
            "the offset is left to a ZIP64 record",
            |zip| {
                zip.end.directory_offset = Some(u32::MAX);
            },
        ),
        case(
            "comment length",
            "a comment is claimed that is not there",
            |zip| zip.end.comment_length = Some(1),
        ),
        longer("comment", "the file ends with a comment", |zip| {
            zip.end.comment = b"hello".to_vec()
        }),
        longer(
            "comment unclaimed",
            "a comment is there that is not claimed",
            |zip| {
                zip.end.comment = b"hello".to_vec();
                zip.end.comment_length = Some(0);
            },
        ),
        longer(
            "comment that looks like an end",
            "the comment is a second end record",
            |zip| {
                zip.end.comment = [&b"PK\x05\x06"[..], &[0; 18]].concat();
            },
        ),
        longer(
            "two end records",
            "a second end record follows the first",
            |zip| {
                zip.suffix = [&b"PK\x05\x06"[..], &[0; 18]].concat();
            },
        ),
    ]
}

/// Bytes where there may be none.
fn bytes_between() -> Vec<Case> {
    let zip64_end = || {
        let mut record = b"PK\x06\x06".to_vec();
        record.extend(44u64.to_le_bytes());
        record.extend([45, 0, 45, 0]);
        record.extend([0; 40]);
        record.extend(b"PK\x06\x07");
        record.extend([0; 16]);
        record
    };
    let added = |name: &str, what: &str, change: Box<dyn Fn(&mut Zip)>| {
        Case::new("bytes between", name, what)
            .zip(change)
            .refused("Altered", "bytes have been added")
    };
    let mut cases = vec![
        added(
            "ZIP64 records",
            "a ZIP64 end record and its locator stand before the end",
            Box::new(move |zip| {
                zip.before_end = zip64_end();
            }),
        ),
        added(
            "one byte behind",
            "one byte follows the end",
            Box::new(|zip| zip.suffix = vec![0]),
        ),
        added(
            "a file behind",
            "another file follows the end",
            Box::new(|zip| zip.suffix = b"#!/bin/sh\n".to_vec()),
        ),
        added(
            "gap before the directory",
            "there is a gap before the directory",
            Box::new(|zip| {
                zip.before_directory = vec![0; 16];
            }),
        ),
        added(
            "archive decryption header",
            "an archive extra data record stands before the directory",
            Box::new(|zip| {
                zip.before_directory = b"PK\x06\x08\x04\0\0\0none".to_vec();
            }),
        ),
        added(
            "gap before the end",
            "there is a gap before the end record",
            Box::new(|zip| zip.before_end = vec![0]),
        ),
        added(
            "digital signature",
            "a ZIP's own digital signature stands before the end",
            Box::new(|zip| {
                zip.before_end = b"PK\x05\x05\x04\0none".to_vec();
            }),
        ),
        added(
            "data descriptor",
            "a data descriptor follows a file",
            Box::new(|zip| {
                let part = zip.part(COUNSELLOR);
                part.after =
                    [&b"PK\x07\x08"[..], &part.local.crc32.to_le_bytes(), &[0; 8]].concat();
            }),
        ),
        added(
            "descriptor without magic",
            "a data descriptor without its magic follows a file",
            Box::new(|zip| {
                zip.part(COUNSELLOR).after = vec![0; 12];
            }),
        ),
        added(
            "gap between files",
            "there is a gap between two files",
            Box::new(|zip| {
                zip.part(COUNSELLOR).after = vec![0];
            }),
        ),
        added(
            "the end twice",
            "directory and end stand there twice",
            Box::new(|zip| {
                let (bytes, places) = zip.lay_out();
                zip.suffix = bytes[places.entries[0]..].to_vec();
            }),
        ),
        added(
            "two packs in one file",
            "a second whole pack follows the first",
            Box::new(|zip| {
                zip.suffix = zip.bytes();
            }),
        ),
        Case::new(
            "bytes between",
            "gap after the manifest",
            "a byte lies between manifest and signature",
        )
        .zip(|zip| zip.part("manifest.json").after = vec![0])
        .refused("Unsigned", ""),
        Case::new(
            "bytes between",
            "gap after the signature",
            "a byte lies between signature and files",
        )
        .zip(|zip| zip.part(SIGNATURE).after = vec![0])
        .refused("Altered", "bytes have been added"),
    ];
    for (name, prefix, counted) in [
        ("a byte before", &b"\0"[..], false),
        ("a program before", b"#!/bin/sh\nexit\n", false),
        ("a program before, counted", b"#!/bin/sh\nexit\n", true),
        ("the mark of a split archive before", b"PK\x07\x08", false),
        ("a picture before", b"\x89PNG\r\n\x1a\n", false),
        ("a byte order mark before", b"\xef\xbb\xbf", false),
    ] {
        let case = Case::new(
            "bytes before",
            name,
            "the pack does not begin at the first byte",
        )
        .zip(move |zip| {
            zip.prefix = prefix.to_vec();
            zip.offsets_count_prefix = counted;
        });
        cases.push(case.refused("NotAPack", "it does not begin as one does"));
    }
    cases
}

/// Whole members more, fewer, or elsewhere.
fn members() -> Vec<Case> {
    let case =
        |name: &str, what: &str, change: fn(&mut Zip)| Case::new("members", name, what).zip(change);
    let extra = |zip: &mut Zip, name: &str, bytes: &[u8]| {
        zip.parts.push(Part::of(&member(name, bytes), bytes))
    };
    let mut cases = vec![
        case(
            "manifest second",
            "the manifest is not the first member",
            |zip| zip.parts.swap(0, 1),
        )
        .refused("Altered", "does not begin with manifest.json"),
        case("manifest last", "the manifest is the last member", |zip| {
            let manifest = zip.parts.remove(0);
            zip.parts.push(manifest);
        })
        .refused("Altered", "does not begin with manifest.json"),
        case("manifest twice", "the manifest stands there twice", |zip| {
            let manifest = zip.parts[0].clone();
            zip.parts.insert(1, manifest);
        })
        .refused("Unsigned", ""),
        case(
            "second manifest at the end",
            "another manifest is the last member",
            |zip| {
                zip.parts.push(Part::stored("manifest.json", b"{}"));
            },
        )
        .refused("Altered", "bytes have been added"),
        case(
            "second manifest by the directory",
            "the directory shows another manifest than lies in front",
            |zip| {
                let mut other = Part::stored("manifest.json", b"{}");
                zip.parts[0].central = None;
                other.lies_there = true;
                zip.parts.push(other);
            },
        )
        .refused("Altered", "bytes have been added"),
        case(
            "signature before manifest",
            "nothing but the signature stands first",
            |zip| {
                zip.parts.remove(0);
            },
        )
        .refused("Altered", "does not begin with manifest.json"),
        case(
            "signature at the end",
            "the signature is the last member",
            |zip| {
                let signature = zip.parts.remove(1);
                zip.parts.push(signature);
            },
        )
        .refused("Unsigned", ""),
        case(
            "signature number two alone",
            "the only signature is called the second",
            |zip| {
                zip.parts[1].rename(b"manifest.json.2.minisig");
            },
        )
        .refused("Unsigned", ""),
        case(
            "signature number one twice",
            "two members are called the first signature",
            |zip| {
                let signature = zip.parts[1].clone();
                zip.parts.insert(2, signature);
            },
        )
        .refused("Altered", "bytes have been added"),
        case("files swapped", "two files lie in the other order", |zip| {
            zip.parts.swap(2, 3)
        })
        .refused("Altered", "the header of"),
        case(
            "file missing",
            "a file of the manifest is not there",
            |zip| {
                zip.parts.pop();
            },
        )
        .refused("Truncated", "ends after"),
        case("file twice", "a file lies there twice", |zip| {
            let file = zip.parts[3].clone();
            zip.parts.push(file);
        })
        .refused("Altered", "bytes have been added"),
        case("file replaced", "a file has another file's data", |zip| {
            zip.parts[2].data = zip.parts[3].data.clone();
        })
        .refused("Truncated", "ends after"),
        case("one byte of a file", "a byte of a file is another", |zip| {
            zip.parts[2].data[5] ^= 0x20
        })
        .refused("Altered", "“counsellor.toml” is not what was signed"),
        case(
            "deflated again",
            "a file is deflated anew at another level",
            |zip| {
                let part = zip.part(COUNSELLOR);
                let plain = miniz_oxide::inflate::decompress_to_vec(&part.data).unwrap();
                part.data = miniz_oxide::deflate::compress_to_vec(&plain, 1);
                let stored = part.data.len() as u32;
                part.both(|header| header.stored = stored);
            },
        )
        .refused("Altered", ""),
        case(
            "stored instead",
            "a file is stored instead of deflated",
            |zip| {
                let part = zip.part(COUNSELLOR);
                part.data = miniz_oxide::inflate::decompress_to_vec(&part.data).unwrap();
                let stored = part.data.len() as u32;
                part.both(|header| {
                    header.stored = stored;
                    header.method = 0;
                });
            },
        )
        .refused("Altered", ""),
        case("no data at all", "headers without data", |zip| {
            for part in &mut zip.parts {
                part.data.clear();
            }
        })
        .refused("Truncated", "ends after"),
    ];
    for (name, bytes) in [
        ("extra.toml", &b"a file more"[..]),
        ("pack.toml", b"the same name again"),
        ("PACK.TOML", b"the same name in capitals"),
        ("folder/", b""),
        ("manifest.json.2.minisig", b"a signature that comes late"),
        (
            "../../etc/xinting/trust/key.pub",
            b"untrusted comment: a key",
        ),
        ("inner.xpack", b"PK\x03\x04"),
    ] {
        let case = Case::new(
            "members",
            format!("added: {name}"),
            "a member is added that the manifest does not name",
        );
        let case = case.zip(move |zip| extra(zip, name, bytes));
        cases.push(case.refused("Altered", "bytes have been added"));
    }
    cases
}
