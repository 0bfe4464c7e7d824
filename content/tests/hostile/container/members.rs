//! Whole members more, fewer, or elsewhere; and the lies of the end record about them.

use super::COUNSELLOR;
use crate::desk::{Case, member};
use crate::zip::{Part, Zip};

pub(crate) fn end_record() -> Vec<Case> {
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

/// Whole members more, fewer, or elsewhere.
pub(crate) fn members() -> Vec<Case> {
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
