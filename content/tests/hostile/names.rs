//! Names of files, signed by a trusted key: paths that leave the folder, that hide, that collide, that no disk takes.
//!
//! Nothing of a pack is ever unpacked to disk, so a name is only a key; it is held to plain ASCII all the same, or one
//! day somebody unpacks one.

use crate::desk::{Case, member};
use xinting_content::pack::Entry;

/// Signs a file of this name beside the pack's own, everything else being proper. Names are put in order, so that nothing
/// but the name is wrong.
fn named(name: &str, what: &str, path: &str) -> Case {
    let path = path.to_owned();
    Case::new("names", name, what).entries(move |entries| {
        let mut packed = Entry::pack("x.toml", b"", None).unwrap();
        packed.0.member.name = path.clone();
        entries.push(packed);
        entries.sort_by(|one, other| one.0.member.name.cmp(&other.0.member.name));
    })
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = paths();
    cases.extend(collisions());
    cases.extend(in_headers_only());
    cases
}

fn paths() -> Vec<Case> {
    let long_segment = format!("{}.toml", "a".repeat(200));
    let long_path = format!("{}x.toml", "ab/".repeat(60));
    let deep = format!("{}x.toml", "../".repeat(40));
    let table: &[(&str, &str, &str)] = &[
        ("up", "the path goes up", "../x.toml"),
        (
            "up inside",
            "the path goes up and down again",
            "articles/../x.toml",
        ),
        ("up many", "the path goes up forty times", &deep),
        ("up at the end", "the path ends going up", "articles/.."),
        (
            "two dots in front",
            "the name begins with two dots",
            "..x.toml",
        ),
        ("absolute", "the path is absolute", "/etc/passwd.toml"),
        (
            "network path",
            "the path names a server",
            "//server/share/x.toml",
        ),
        (
            "double slash",
            "the path has an empty segment",
            "articles//x.toml",
        ),
        ("here", "the path names its own folder", "./x.toml"),
        (
            "here inside",
            "the path names its own folder inside",
            "articles/./x.toml",
        ),
        ("folder", "the path ends with a slash", "articles/"),
        ("hidden", "the file is hidden", ".x.toml"),
        ("hidden folder", "the folder is hidden", ".git/x.toml"),
        (
            "backslash up",
            "the path goes up with backslashes",
            "..\\x.toml",
        ),
        ("backslash", "the path has a backslash", "articles\\x.toml"),
        ("drive", "the path names a drive", "C:x.toml"),
        (
            "drive and root",
            "the path names a drive's root",
            "C:\\x.toml",
        ),
        ("device prefix", "the path is a device's", "\\\\.\\x.toml"),
        (
            "stream",
            "the path names a stream of a file",
            "x.toml:hidden.toml",
        ),
        ("NUL", "the name holds a NUL", "x.toml\0.png"),
        (
            "NUL before the ending",
            "the name holds a NUL before its ending",
            "x\0.toml",
        ),
        ("line feed", "the name holds a line feed", "x\n.toml"),
        (
            "carriage return",
            "the name holds a carriage return",
            "x\r.toml",
        ),
        (
            "escape",
            "the name holds a terminal's escape",
            "x\u{1b}[2J.toml",
        ),
        ("bell", "the name holds a bell", "x\u{7}.toml"),
        ("delete", "the name holds a delete", "x\u{7f}.toml"),
        ("space", "the name holds a space", "x y.toml"),
        ("space at the end", "the name ends with a space", "x.toml "),
        ("tilde", "the name begins with a tilde", "~root.toml"),
        ("wildcard", "the name holds a wildcard", "*.toml"),
        ("shell", "the name holds a shell's words", "$(reboot).toml"),
        ("quote", "the name holds a quote", "x\".toml"),
        ("percent", "the name is percent-encoded", "%2e%2e%2fx.toml"),
        ("empty", "the name is empty", ""),
        ("dot", "the name is one dot", "."),
        (
            "long segment",
            "the name has more than 160 bytes",
            &long_segment,
        ),
        ("long path", "the path has more than 160 bytes", &long_path),
        (
            "right to left",
            "the name is turned round on the screen",
            "x\u{202e}lmot.toml",
        ),
        (
            "zero width",
            "the name holds a character of no width",
            "x\u{200b}.toml",
        ),
        (
            "full width",
            "the name is in full-width letters",
            "ｐａｃｋ.toml",
        ),
        (
            "full-width dots",
            "the path goes up in full-width dots",
            "．．/x.toml",
        ),
        (
            "division slash",
            "the path has a slash that is none",
            "articles\u{2215}x.toml",
        ),
        (
            "composed",
            "the name holds a composed letter",
            "caf\u{e9}.toml",
        ),
        (
            "decomposed",
            "the name holds a decomposed letter",
            "cafe\u{301}.toml",
        ),
        ("Turkish", "the name holds a dotless i", "p\u{131}ck.toml"),
        (
            "Kelvin",
            "the name holds a Kelvin sign, which folds to k",
            "pac\u{212a}.toml",
        ),
        ("Chinese", "the name is Chinese", "文章.toml"),
        (
            "byte order mark",
            "the name begins with a byte order mark",
            "\u{feff}x.toml",
        ),
        (
            "manifest",
            "a file takes the manifest's name",
            "manifest.json",
        ),
        (
            "signature",
            "a file takes a signature's name",
            "manifest.json.2.minisig",
        ),
        (
            "like the manifest",
            "a file's name begins as the manifest's",
            "manifest.json.toml",
        ),
    ];
    table
        .iter()
        .map(|&(name, what, path)| {
            // What does not end as a text must be stored: the path is judged before that.
            named(name, what, path).refused("BadlyMade", "the path of")
        })
        .collect()
}

fn collisions() -> Vec<Case> {
    vec![
        named("capitals", "two names differ in capitals only", "PACK.toml")
            .refused("BadlyMade", "differ only in upper and lower case"),
        named(
            "one capital",
            "two names differ in one capital",
            "Counsellor.toml",
        )
        .refused("BadlyMade", "differ only in upper and lower case"),
        named("twice", "a name stands there twice", "pack.toml")
            .refused("BadlyMade", "names a file twice"),
        Case::new("names", "not in order", "the names are not in order")
            .entries(|entries| entries.reverse())
            .refused("BadlyMade", "not in order"),
        named(
            "a file and a folder",
            "one name is a file and a folder",
            "pack.toml/x.toml",
        )
        .refused("Content", "pack.toml/x.toml"),
        named(
            "nobody's",
            "a file that nothing in the pack refers to",
            "extra.toml",
        )
        .refused("Content", "extra.toml"),
        named(
            "nobody's article",
            "an article that pack.toml does not list",
            "articles/other.toml",
        )
        .refused("Content", "articles/other.toml"),
        named(
            "device name",
            "the name is a device's on another system",
            "con.toml",
        )
        .refused("Content", "con.toml"),
        Case::new(
            "names",
            "a pack within the pack",
            "another whole pack is a file of this one",
        )
        .entries(|entries| {
            let inner = crate::desk::good(crate::desk::Base::School);
            entries.push(Entry::pack("zz.xpack", &inner, None).unwrap());
        })
        .refused("Content", "zz.xpack"),
        Case::new(
            "names",
            "a ZIP as a sound",
            "a whole ZIP is called a sound, which nothing refers to",
        )
        .entries(|entries| {
            let inner = crate::desk::good(crate::desk::Base::School);
            entries.push(Entry::pack("sounds/zip.flac", &inner, Some(0.0)).unwrap());
        })
        .refused("Content", "sounds/zip.flac"),
    ]
}

/// Names that only the headers say: the manifest is good.
fn in_headers_only() -> Vec<Case> {
    let table: &[(&str, &[u8])] = &[
        ("up", b"../counsellor.t"),
        ("absolute", b"/ounsellor.toml"),
        ("backslash", b"..\\nsellor.toml"),
        ("NUL", b"counsellor.tom\0"),
        ("not UTF-8", b"counsellor\xff.toml"),
        ("capital", b"Counsellor.toml"),
        ("overlong slash", b"counse\xc0\xafor.toml"),
        ("folder", b"counsellor.tom/"),
    ];
    let mut cases = Vec::new();
    for &(name, other) in table {
        let mut other = other.to_vec();
        other.resize(15, b'l');
        let (local, both) = (other.clone(), other);
        cases.push(
            Case::new(
                "names",
                format!("{name}, local header only"),
                "the local header has another name of the same length",
            )
            .zip(move |zip| zip.part("counsellor.toml").local.name = local.clone())
            .refused("Altered", "the header of “counsellor.toml”"),
        );
        cases.push(
            Case::new(
                "names",
                format!("{name}, both headers"),
                "both headers have another name of the same length",
            )
            .zip(move |zip| zip.part("counsellor.toml").rename(&both))
            .refused("Altered", "the header of “counsellor.toml”"),
        );
    }
    cases.push(
        Case::new("names", "folder member", "a folder is a member of its own")
            .zip(|zip| {
                let folder = crate::zip::Part::of(&member("articles/", b""), b"");
                zip.parts.insert(2, folder);
            })
            .refused("Altered", "bytes have been added"),
    );
    cases
}
