//! Bytes where there may be none: before, between and behind what belongs there.

use super::{COUNSELLOR, SIGNATURE};
use crate::desk::Case;
use crate::zip::Zip;

/// Bytes where there may be none.
pub(crate) fn bytes_between() -> Vec<Case> {
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
