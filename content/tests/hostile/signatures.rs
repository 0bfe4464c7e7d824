//! Signatures: by nobody, by strangers, of another kind, in another spelling, over another thing.
//!
//! Not here: what each publisher may publish, which has a table of its own.

use crate::desk::{Booth, Case, publisher};
use crate::keys::Key;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use xinting_content::pack::signature::UNTRUSTED_COMMENT;

const FAMILY: &str = "signature";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = strangers();
    cases.extend(spellings());
    cases.extend(over_something_else());
    cases.extend(counts());
    cases.extend(older());
    cases
}

fn case(name: &str, what: &str) -> Case {
    Case::new(FAMILY, name, what)
}

fn strangers() -> Vec<Case> {
    let stranger = || Key::named("stranger");
    vec![
        case("none", "there is no signature")
            .signed(|s| s.texts.clear())
            .refused("Unsigned", ""),
        case("stranger", "the only signature is a stranger's")
            .signed(move |s| s.by(&[&stranger()]))
            .refused("Stranger", "is not trusted here"),
        case("stranger second", "a stranger signed beside the publisher")
            .signed(move |s| s.by(&[&publisher(), &stranger()]))
            .refused("Stranger", "is not trusted here"),
        case("stranger first", "a stranger signed before the publisher")
            .signed(move |s| s.by(&[&stranger(), &publisher()]))
            .refused("Stranger", "is not trusted here"),
        case(
            "stranger under the publisher's id",
            "a stranger's key takes the id of the publisher's",
        )
        .signed(move |s| s.by(&[&stranger().under(publisher().id())]))
        .refused("Altered", "does not fit what it signs"),
        case(
            "publisher under another id",
            "the right key names itself otherwise",
        )
        .signed(move |s| s.by(&[&publisher().under(stranger().id())]))
        .refused("Stranger", "is not trusted here"),
        case("nobody trusted", "the booth trusts nobody")
            .booth(|booth| *booth = Booth::trusting(&[]))
            .refused("NoTrust", "no key is trusted"),
        case("somebody else trusted", "the booth trusts another key only")
            .booth(move |booth| *booth = Booth::trusting(&[stranger()]))
            .refused("Stranger", "is not trusted here"),
    ]
}

/// The signature is right, and written otherwise.
fn spellings() -> Vec<Case> {
    let malformed = "is not written as one";
    let edit = |name: &str, what: &str, from: &'static str, to: &'static str| {
        case(name, what)
            .signed(move |s| s.edit(from, to))
            .refused("Altered", malformed)
    };
    let text = |name: &str, what: &str, change: fn(&str) -> String| {
        case(name, what)
            .signed(move |s| {
                let text = String::from_utf8(s.texts[0].clone()).unwrap();
                s.texts[0] = change(&text).into_bytes();
            })
            .refused("Altered", malformed)
    };
    vec![
        edit(
            "other untrusted comment",
            "the first line, which nobody signed, says another thing",
            "signature of a",
            "Signature of a",
        ),
        edit(
            "no untrusted comment",
            "the first line is empty",
            UNTRUSTED_COMMENT,
            "",
        ),
        edit(
            "space before",
            "a space stands before the trusted comment",
            "\ntrusted",
            "\n trusted",
        ),
        edit(
            "comment without its colon",
            "the trusted comment lacks its colon",
            "trusted comment: pack",
            "trusted comment pack",
        ),
        edit(
            "padding left out",
            "the base64 lacks its padding",
            "==\n",
            "\n",
        ),
        edit(
            "padding doubled",
            "the base64 has too much padding",
            "==\n",
            "====\n",
        ),
        text("Windows line ends", "every line ends with CR and LF", |t| {
            t.replace('\n', "\r\n")
        }),
        text(
            "one Windows line end",
            "the last line ends with CR and LF",
            |t| format!("{}\r\n", t.trim_end()),
        ),
        text("no last line end", "the last line feed is missing", |t| {
            t.trim_end().to_owned()
        }),
        text("extra line behind", "an empty line follows", |t| {
            format!("{t}\n")
        }),
        text("extra text behind", "a fifth line follows", |t| {
            format!("{t}hello\n")
        }),
        text("extra line before", "an empty line comes first", |t| {
            format!("\n{t}")
        }),
        text("byte order mark", "a byte order mark comes first", |t| {
            format!("\u{feff}{t}")
        }),
        text(
            "space at a line's end",
            "a space ends the second line",
            |t| t.replacen("=\n", "= \n", 1),
        ),
        text("space in the base64", "a space stands in the base64", |t| {
            t.replacen("\nR", "\n R", 1)
        }),
        text("base64 for URLs", "the base64 is that for URLs", |t| {
            t.replace('+', "-").replace('/', "_")
        }),
        text(
            "lines swapped",
            "comment and first signature have changed places",
            |t| {
                let lines: Vec<&str> = t.lines().collect();
                format!("{}\n{}\n{}\n{}\n", lines[0], lines[2], lines[1], lines[3])
            },
        ),
        text("two in one", "one member holds the signature twice", |t| {
            format!("{t}{t}")
        }),
        text("empty", "the signature is empty", |_| String::new()),
        text(
            "only its first line",
            "there is nothing but the first line",
            |t| t.lines().next().unwrap().to_owned(),
        ),
        case("not UTF-8", "a byte of the signature is no UTF-8")
            .signed(|s| s.texts[0][5] = 0xff)
            .refused("Altered", malformed),
        case(
            "free bits",
            "the base64 ends in bits that carry nothing, and they are set",
        )
        .signed(|s| {
            let text = String::from_utf8(s.texts[0].clone()).unwrap();
            s.texts[0] = with_free_bits(&text).into_bytes();
        })
        .refused("Altered", malformed),
        case("too long", "the signature has more than a kilobyte")
            .signed(|s| s.texts[0].resize(1_025, b'\n'))
            .refused("Altered", "claims 1025 bytes"),
        case(
            "legacy",
            "the signature is of the older kind, over the bytes and not over their hash",
        )
        .signed(|s| {
            s.texts = vec![
                publisher()
                    .sign_legacy(&s.manifest, &s.comment)
                    .into_bytes(),
            ]
        })
        .refused("Altered", malformed),
        case(
            "unknown algorithm",
            "the signature names an algorithm that nobody knows",
        )
        .signed(|s| first_line(s, |bytes| bytes[1] = b'X'))
        .refused("Altered", malformed),
        case("short", "a byte of the signature is missing")
            .signed(|s| first_line(s, |bytes| bytes.truncate(73)))
            .refused("Altered", malformed),
        case("long", "the signature has a byte more")
            .signed(|s| first_line(s, |bytes| bytes.push(0)))
            .refused("Altered", malformed),
    ]
}

/// Changes the bytes that the second line is the base64 of.
fn first_line(signed: &mut crate::desk::Signed, change: impl Fn(&mut Vec<u8>)) {
    let text = String::from_utf8(signed.texts[0].clone()).unwrap();
    let line = text.lines().nth(1).unwrap().to_owned();
    let mut bytes = STANDARD.decode(&line).unwrap();
    change(&mut bytes);
    signed.texts[0] = text
        .replacen(&line, &STANDARD.encode(bytes), 1)
        .into_bytes();
}

/// The same bytes in base64 that is not canonical: the last letter before the padding carries four bits that say nothing.
fn with_free_bits(text: &str) -> String {
    let line = text.lines().nth(3).unwrap();
    let mut front = line.trim_end_matches('=').to_owned();
    front.pop();
    let mut spellings = ('A'..='Z')
        .chain('a'..='z')
        .map(|letter| format!("{front}{letter}=="));
    let other = spellings
        .find(|other| other != line && lenient(other) == lenient(line))
        .unwrap();
    text.replacen(line, &other, 1)
}

/// Base64 as a reader takes it that does not look at the free bits.
fn lenient(text: &str) -> Vec<u8> {
    use base64::alphabet::STANDARD as LETTERS;
    use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
    let config = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&LETTERS, config).decode(text).unwrap()
}

/// The right key, over another thing than this pack.
fn over_something_else() -> Vec<Case> {
    let mut cases = vec![
        case(
            "another manifest",
            "the signature is over another pack of the same publisher",
        )
        .signed(|s| {
            let other = String::from_utf8(s.manifest.clone())
                .unwrap()
                .replace("本校", "别校");
            s.texts = vec![publisher().sign(other.as_bytes(), &s.comment).into_bytes()];
        })
        .refused("Altered", "does not fit what it signs"),
        case(
            "the manifest changed since",
            "a byte of the manifest has been changed after signing",
        )
        .zip(|zip| {
            let part = zip.part("manifest.json");
            let at = part
                .data
                .windows(6)
                .position(|window| window == b"school")
                .unwrap();
            part.data[at] = b'S';
            let crc32 = crc32fast::hash(&part.data);
            part.both(|header| header.crc32 = crc32);
        })
        .refused("Altered", "does not fit what it signs"),
        case(
            "the file list emptied since",
            "the files have been taken out after signing",
        )
        .zip(|zip| {
            let part = zip.part("manifest.json");
            let text = String::from_utf8(part.data.clone()).unwrap();
            let data =
                format!("{}\"files\": []}}", text.split("\"files\"").next().unwrap()).into_bytes();
            let (crc32, length) = (crc32fast::hash(&data), data.len() as u32);
            part.data = data;
            part.both(|header| {
                (header.crc32, header.stored, header.size) = (crc32, length, length)
            });
        })
        .refused("Altered", "does not fit what it signs"),
        case(
            "first of one, second of another",
            "the two halves of the signature are of two signatures",
        )
        .signed(|s| {
            let other = publisher().sign(&s.manifest, "pack our-school version 4");
            let line = other.lines().nth(3).unwrap().to_owned();
            let text = String::from_utf8(s.texts[0].clone()).unwrap();
            let own = text.lines().nth(3).unwrap().to_owned();
            s.texts[0] = text.replacen(&own, &line, 1).into_bytes();
        })
        .refused("Altered", "does not fit what it signs"),
        case(
            "comment changed since",
            "the trusted comment has been changed after signing",
        )
        .signed(|s| s.edit("version 3", "version 4"))
        .refused("Altered", "does not fit what it signs"),
        case("NUL in the comment", "a NUL ends the trusted comment")
            .signed(|s| s.edit("version 3\n", "version 3\0\n"))
            .refused("Altered", "does not fit what it signs"),
        case("zeros", "the signature is nothing but zeros")
            .signed(|s| first_line(s, |bytes| bytes[10..].fill(0)))
            .refused("Altered", "does not fit what it signs"),
        case("ones", "the signature is nothing but ones")
            .signed(|s| first_line(s, |bytes| bytes[10..].fill(0xff)))
            .refused("Altered", "does not fit what it signs"),
        case(
            "scalar beyond the order",
            "the signature's scalar has the group's order added to it",
        )
        .signed(|s| first_line(s, |bytes| add_order(bytes)))
        .refused("Altered", "does not fit what it signs"),
        case(
            "file signed instead",
            "the signature is over the hash of the manifest and not over the manifest",
        )
        .signed(|s| {
            use sha2::Digest;
            let hash = sha2::Sha256::digest(&s.manifest);
            s.texts = vec![publisher().sign(&hash, &s.comment).into_bytes()];
        })
        .refused("Altered", "does not fit what it signs"),
    ];
    for (name, comment) in [
        ("of another version", "pack our-school version 4"),
        ("of another pack", "pack starter version 3"),
        (
            "of a version with a zero before",
            "pack our-school version 03",
        ),
        ("of a key list", "keys our-school version 3"),
        ("of a configuration", "config our-school version 3"),
        ("with a space behind", "pack our-school version 3 "),
        ("with two spaces", "pack  our-school version 3"),
        ("in capitals", "Pack our-school version 3"),
        ("with more behind", "pack our-school version 3 reason none"),
        ("empty", ""),
    ] {
        cases.push(
            case(
                &format!("comment {name}"),
                &format!("the trusted comment is “{comment}”, properly signed"),
            )
            .signed(move |s| s.texts = vec![publisher().sign(&s.manifest, comment).into_bytes()])
            .refused("Altered", "a signature names another pack or version"),
        );
    }
    cases
}

/// Adds the order of Ed25519's group to the scalar of a signature: the same point, another spelling.
fn add_order(bytes: &mut [u8]) {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0u16;
    for (byte, order) in bytes[42..74].iter_mut().zip(ORDER) {
        carry += u16::from(*byte) + u16::from(order);
        *byte = carry as u8;
        carry >>= 8;
    }
}

/// How many there are.
fn counts() -> Vec<Case> {
    let keys = |count: usize| -> Vec<Key> {
        (0..count)
            .map(|n| Key::named(&format!("signer {n}")))
            .collect()
    };
    let trusted = move |name: &str, what: &str, count: usize| {
        case(name, what)
            .signed(move |s| s.by(&keys(count).iter().collect::<Vec<&Key>>()))
            .booth(move |booth| *booth = Booth::trusting(&keys(count)))
    };
    vec![
        trusted(
            "seventeen",
            "seventeen trusted keys have signed, and sixteen are the most",
            17,
        )
        .refused("TooLarge", "more than 16 signatures"),
        trusted("a hundred", "a hundred trusted keys have signed", 100)
            .refused("TooLarge", "more than 16 signatures"),
        case(
            "second one spoilt",
            "the second signature is over another thing",
        )
        .signed(|s| {
            let good = s.texts[0].clone();
            s.texts = vec![
                good,
                publisher().sign(b"another thing", &s.comment).into_bytes(),
            ];
        })
        .refused("Altered", "does not fit what it signs"),
        case("second one empty", "the second signature is empty")
            .signed(|s| s.texts.push(Vec::new()))
            .refused("Altered", "is not written as one"),
        case(
            "a gap in the numbers",
            "the third signature is there and the second is not",
        )
        .signed(|s| s.texts.push(s.texts[0].clone()))
        .zip(|zip| zip.parts[2].rename(b"manifest.json.3.minisig"))
        .refused("Altered", ""),
        case(
            "number with a zero before",
            "the second signature is called 02",
        )
        .signed(|s| s.texts.push(s.texts[0].clone()))
        .zip(|zip| zip.parts[2].rename(b"manifest.json.02.minisig"))
        .refused("Altered", ""),
    ]
}

/// Good packs that are older than what is there.
fn older() -> Vec<Case> {
    [4, 5, u64::from(u32::MAX), u64::MAX]
        .into_iter()
        .map(|lowest| {
            Case::new(
                "replay",
                format!("version 3 after {lowest}"),
                "an older pack, properly signed, is brought again",
            )
            .booth(move |booth| booth.lowest = Some(lowest))
            .refused("Older", format!("version 3, and {lowest} is here"))
        })
        .collect()
}
