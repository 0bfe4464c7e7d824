//! Much out of little: decompression bombs, sizes that lie, very many members.
//!
//! What is refused by a claim is refused before anything is allocated or unpacked for it; what must be unpacked to be
//! judged is unpacked to its signed size and no further.

use crate::desk::{Base, Case, member};
use crate::zip::Part;
use sha2::{Digest, Sha256};
use xinting_content::pack::Entry;

/// A text that deflates to a thousandth.
fn flat(bytes: usize) -> Vec<u8> {
    vec![b'#'; bytes]
}

/// Puts other stored bytes into the entry of this name, hash and stored size being those of the bytes.
fn restore(entries: &mut [(Entry, Vec<u8>)], name: &str, stored: Vec<u8>) {
    let (entry, data) = entries
        .iter_mut()
        .find(|(entry, _)| entry.member.name == name)
        .unwrap();
    entry.member.stored_size = stored.len() as u32;
    entry.sha256 = Sha256::digest(&stored).into();
    *data = stored;
}

/// Puts further bytes behind the stored ones of this entry.
fn longer(entries: &mut [(Entry, Vec<u8>)], name: &str, more: &[u8]) {
    let found = entries.iter().find(|(entry, _)| entry.member.name == name);
    let stored = [&found.unwrap().1, more].concat();
    restore(entries, name, stored);
}

fn entry<'a>(entries: &'a mut [(Entry, Vec<u8>)], name: &str) -> &'a mut Entry {
    &mut entries
        .iter_mut()
        .find(|(entry, _)| entry.member.name == name)
        .unwrap()
        .0
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = bombs();
    cases.extend(lies());
    cases.extend(many());
    cases
}

fn bombs() -> Vec<Case> {
    let case = |name: &str, what: &str| Case::new("bombs", name, what);
    vec![
        case(
            "eight megabytes and one",
            "a text unpacks to a byte more than is taken",
        )
        .files(|files| files.put("counsellor.toml", flat((8 << 20) + 1)))
        .refused("BadlyMade", "the size of “counsellor.toml”"),
        case("a thousand to one", "a text of 64 MB deflates to 64 KB")
            .files(|files| files.put("counsellor.toml", flat(64 << 20)))
            .refused("BadlyMade", "the size of “counsellor.toml”"),
        case(
            "four gigabytes claimed",
            "a text claims to unpack to four gigabytes",
        )
        .entries(|entries| entry(entries, "counsellor.toml").member.size = u32::MAX)
        .refused("BadlyMade", "the size of “counsellor.toml”"),
        case(
            "more than its size",
            "64 MB come out of a text that claims 200 bytes",
        )
        .entries(|entries| {
            let stored = miniz_oxide::deflate::compress_to_vec(&flat(64 << 20), 9);
            restore(entries, "counsellor.toml", stored);
            entry(entries, "counsellor.toml").member.size = 200;
        })
        .refused("Content", "does not unpack to its size"),
        case(
            "eight megabytes of comment",
            "the largest text there may be, and nothing in it",
        )
        .files(|files| files.put("counsellor.toml", flat(8 << 20)))
        .refused("Content", "counsellor.toml"),
        case("deflated twice", "a text is deflated twice over")
            .entries(|entries| {
                let once = miniz_oxide::deflate::compress_to_vec(&flat(1 << 20), 9);
                let twice = miniz_oxide::deflate::compress_to_vec(&once, 9);
                restore(entries, "counsellor.toml", twice);
                entry(entries, "counsellor.toml").member.size = once.len() as u32;
                entry(entries, "counsellor.toml").member.crc32 = crc32fast::hash(&once);
            })
            .refused("Content", "not UTF-8"),
        case("never ends", "deflated bytes whose last block never comes")
            .entries(|entries| {
                restore(
                    entries,
                    "counsellor.toml",
                    [0u8, 0, 0, 0xff, 0xff].repeat(20_000),
                )
            })
            .refused("Content", "does not unpack to its size"),
        case(
            "points before the beginning",
            "deflated bytes that copy from before the first",
        )
        .entries(|entries| {
            restore(
                entries,
                "counsellor.toml",
                vec![0x4b, 0x04, 0x12, 0x00, 0x00],
            )
        })
        .refused("Content", "does not unpack to its size"),
        case(
            "a reserved block",
            "deflated bytes with a block of the reserved kind",
        )
        .entries(|entries| restore(entries, "counsellor.toml", vec![0x07, 0, 0]))
        .refused("Content", "does not unpack to its size"),
        case(
            "more behind the end",
            "600 bytes lie behind the end of the deflated text, hashed with it",
        )
        .entries(|entries| longer(entries, "counsellor.toml", &[0x5a; 600]))
        .refused("Content", "“counsellor.toml” has bytes after its end"),
        case(
            "one byte behind the end",
            "one zero byte lies behind the end of the deflated text",
        )
        .entries(|entries| longer(entries, "counsellor.toml", &[0]))
        .refused("Content", "“counsellor.toml” has bytes after its end"),
        case(
            "a second stream",
            "another deflated text lies behind the end of the first",
        )
        .entries(|entries| {
            let second = miniz_oxide::deflate::compress_to_vec(b"who = 1", 9);
            longer(entries, "counsellor.toml", &second);
        })
        .refused("Content", "“counsellor.toml” has bytes after its end"),
        case("zlib", "deflated bytes in zlib's wrapping")
            .entries(|entries| {
                let zlib = miniz_oxide::deflate::compress_to_vec_zlib(b"who = 1", 9);
                restore(entries, "counsellor.toml", zlib);
            })
            .refused("Content", "does not unpack to its size"),
    ]
}

/// Sizes, hashes and sums, signed and wrong.
fn lies() -> Vec<Case> {
    let case = |name: &str, what: &str, change: fn(&mut Entry)| {
        Case::new("signed lies", name, what)
            .on(Base::Starter)
            .entries(move |entries| change(entry(entries, "support.toml")))
    };
    let sound = |name: &str, what: &str, change: fn(&mut Entry)| {
        Case::new("signed lies", name, what)
            .on(Base::Starter)
            .entries(move |entries| change(entry(entries, "sounds/walk.flac")))
    };
    vec![
        case(
            "size one less",
            "a text claims a byte less than comes out",
            |e| e.member.size -= 1,
        )
        .refused("Content", "does not unpack to its size"),
        case(
            "size one more",
            "a text claims a byte more than comes out",
            |e| e.member.size += 1,
        )
        .refused("Content", "does not unpack to its size"),
        case("size zero", "a text claims that nothing comes out", |e| {
            e.member.size = 0
        })
        .refused("Content", "does not unpack to its size"),
        case("crc", "a text has another CRC-32", |e| e.member.crc32 ^= 1)
            .refused("Content", "does not unpack to its size"),
        case("hash", "a text has another hash", |e| e.sha256[31] ^= 1)
            .refused("Altered", "“support.toml” is not what was signed"),
        case("hash of the plain text", "a text is hashed unpacked", |e| {
            let plain = &crate::sample::starter().0["support.toml"];
            e.sha256 = Sha256::digest(plain).into();
        })
        .refused("Altered", "“support.toml” is not what was signed"),
        sound("sound's crc", "a sound has another CRC-32", |e| {
            e.member.crc32 ^= 1
        })
        .refused("BadlyMade", "sounds/walk.flac"),
        sound("sound's hash", "a sound has another hash", |e| {
            e.sha256[0] ^= 1
        })
        .refused("Altered", "“sounds/walk.flac” is not what was signed"),
        sound(
            "sound's size",
            "a sound unpacks to more than is stored",
            |e| e.member.size += 1,
        )
        .refused("BadlyMade", "the size of “sounds/walk.flac”"),
        sound(
            "gain above",
            "a sound is to be played louder than it is",
            |e| e.gain_db = Some(0.5),
        )
        .refused("BadlyMade", "the gain_db of “sounds/walk.flac”"),
        sound(
            "no gain",
            "a sound does not say how loud it is to be played",
            |e| e.gain_db = None,
        )
        .refused("BadlyMade", "the gain_db of “sounds/walk.flac”"),
        case(
            "a text with a gain",
            "a text has the gain of a sound",
            |e| e.gain_db = Some(-3.0),
        )
        .refused("BadlyMade", "the gain_db of “support.toml”"),
        sound(
            "gain below",
            "a sound is to be played below −60 dB",
            |e| e.gain_db = Some(-61.0),
        )
        .refused("BadlyMade", "the gain_db of “sounds/walk.flac”"),
    ]
}

fn many() -> Vec<Case> {
    let lies = |name: &str, what: &str, count: u32| {
        Case::new("many", name, what).zip(move |zip| {
            for number in 0..count {
                let name = format!("f/{number:06}.flac");
                zip.parts.push(Part::of(&member(&name, b""), b""));
            }
        })
    };
    let signed = |name: &str, what: &str, count: u32| {
        Case::new("many", name, what).manifest(move |manifest| {
            let text = String::from_utf8(manifest.clone()).unwrap();
            let head = text.split("\"files\"").next().unwrap();
            let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
            let mut files = String::new();
            for number in 0..count {
                let comma = if number == 0 { "" } else { "," };
                files += &format!(
                    "{comma}{{\"path\":\"f/{number:06}.flac\",\"method\":\"stored\",\"stored_size\":0,\"size\":0,\
                     \"crc32\":\"00000000\",\"sha256\":\"{empty}\"}}"
                );
            }
            *manifest = format!("{head}\"files\": [{files}]}}\n").into_bytes();
        })
    };
    vec![
        lies(
            "a hundred thousand members",
            "100,000 members that the manifest does not name",
            100_000,
        )
        .refused("Altered", "bytes have been added"),
        lies(
            "the count wraps",
            "65,536 members more: the count of the end record, modulo 65,536, is what it was",
            65_536,
        )
        .refused("Altered", "bytes have been added"),
        signed(
            "a hundred thousand files",
            "the signed manifest names 100,000 files",
            100_000,
        )
        .refused("Altered", "manifest.json claims"),
        signed(
            "a file more than are taken",
            "the signed manifest names 4,097 files",
            4_097,
        )
        .refused("TooLarge", "4097 files, and 4096 are the most"),
        Case::new(
            "many",
            "the largest file there may be",
            "the signed manifest claims a sound of 256 MiB, which is not there",
        )
        .on(Base::Starter)
        .entries(|entries| {
            let entry = entry(entries, "sounds/walk.flac");
            (entry.member.size, entry.member.stored_size) = (256 << 20, 256 << 20);
        })
        .refused("Truncated", "ends after"),
        Case::new(
            "many",
            "one file of a gigabyte",
            "the signed manifest claims a sound of a gigabyte",
        )
        .on(Base::Starter)
        .entries(|entries| {
            let entry = entry(entries, "sounds/walk.flac");
            (entry.member.size, entry.member.stored_size) = (1 << 30, 1 << 30);
        })
        .refused("BadlyMade", "the size of"),
        Case::new(
            "many",
            "72 megabytes of text",
            "nine texts, each as large as one may be",
        )
        .on(Base::Starter)
        .entries(|entries| {
            let texts = entries
                .iter_mut()
                .filter(|(entry, _)| entry.member.name.ends_with("l"));
            for (entry, _) in texts.take(9) {
                entry.member.size = 8 << 20;
            }
        })
        .refused("TooLarge", "bytes of text, and 67108864 are the most"),
        Case::new(
            "many",
            "more than two gigabytes together",
            "the signed manifest claims nine sounds more of 256 MiB each",
        )
        .on(Base::Starter)
        .entries(|entries| {
            let walk = entry(entries, "sounds/walk.flac").clone();
            entries.extend((1..=9).map(|number| {
                let mut more = walk.clone();
                more.member.name = format!("sounds/walk-{number}.flac");
                (more.member.size, more.member.stored_size) = (256 << 20, 256 << 20);
                (more, Vec::new())
            }));
            entries.sort_by(|a, b| a.0.member.name.cmp(&b.0.member.name));
        })
        .refused("TooLarge", "bytes in all"),
    ]
}
