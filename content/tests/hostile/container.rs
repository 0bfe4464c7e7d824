//! The ZIP itself: every field of every header as a lie, and bytes where none belong.
//!
//! A reader that believes the directory and one that believes the local headers would see two packs in one file; here
//! neither sees any.

mod between;
mod members;

use crate::desk::Case;
use crate::zip::{Header, Zip};

const SIGNATURE: &str = "manifest.json.minisig";

const COUNSELLOR: &str = "counsellor.toml";

const PACK: &str = "pack.toml";

pub(crate) fn cases() -> Vec<Case> {
    [
        local_headers(),
        directory(),
        both(),
        members::end_record(),
        between::bytes_between(),
        members::members(),
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
