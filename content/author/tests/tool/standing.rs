//! Signing never spoils a good file: a key whose signature would not count is refused before the file is
//! touched, and only those that count are counted.

use crate::desk::Desk;

const LIST: &str = r#"issuer = "our-district"
version = 1
issued = "2026-11-01"
until = "2028-11-01"
roots = ["root-a.pub", "root-b.pub"]
threshold = 1
[[publisher]]
id = "nobody"
name = { zh = "没有人", en = "Nobody" }
keys = ["one.pub", "two.pub"]
needs = 2
packs = ["school"]
content = ["practices", "sounds", "counsellor"]
[[publisher]]
id = "somebody"
name = { zh = "另一个", en = "Somebody" }
keys = ["three.pub"]
needs = 1
packs = ["school"]
content = ["counsellor"]
[[revoked]]
key = "lost.pub"
reason = "lost with a bag"
"#;

/// A booth with the first list, and one with the second, in which root-a is dropped and two must sign.
const FIRST: [&str; 4] = ["--trust", "root-a.pub", "--keys", "1.xkeys"];
const SECOND: [&str; 6] = [
    "--trust",
    "root-a.pub",
    "--keys",
    "1.xkeys",
    "--keys",
    "2.xkeys",
];

fn office() -> Desk {
    let desk = Desk::new();
    for name in [
        "root-a", "root-b", "root-c", "one", "two", "three", "lost", "stranger",
    ] {
        desk.good(&["keygen", name, "--no-password"]);
    }
    desk.put("keys.toml", LIST);
    desk.good(&with(
        "keys build keys.toml -o 1.xkeys --key root-a.key",
        &[],
    ));
    desk.edit("keys.toml", "version = 1", "version = 2");
    desk.edit("keys.toml", "\"root-a.pub\"", "\"root-c.pub\"");
    desk.edit("keys.toml", "threshold = 1", "threshold = 2");
    let second = "keys build keys.toml -o 2.xkeys --key root-b.key --key root-c.key";
    desk.good(&with(second, &FIRST));
    desk
}

fn with<'a>(words: &'a str, further: &[&'a str]) -> Vec<&'a str> {
    words.split(' ').chain(further.iter().copied()).collect()
}

/// Signing is refused with these words, and neither the file nor anything beside it is touched.
fn refused(desk: &Desk, command: &[&str], file: &str, words: &[&str]) {
    let read = || std::fs::read(desk.path(file)).unwrap();
    let beside = || std::fs::read_dir(desk.path("")).unwrap().count();
    let (before, files) = (read(), beside());
    let told = desk.bad(1, command);
    for word in words {
        assert!(told.contains(word), "{command:?}: {word}: {told}");
    }
    assert_eq!(read(), before, "{command:?}");
    assert_eq!(beside(), files, "{command:?}");
}

#[test]
fn a_pack_is_signed_only_by_keys_that_count_for_it() {
    let desk = office();
    desk.good(&with("build little -o a.xpack --key one.key", &[]));
    desk.good(&with("build little -o r.xpack --key root-a.key", &[]));
    for file in ["a.xpack", "r.xpack"] {
        for (key, words) in [
            ("stranger.key", "neither a root in force nor a key of"),
            ("three.key", "neither a root in force nor a key of"),
            ("lost.key", "is revoked (lost with a bag)"),
        ] {
            let sign = [&["sign", file, "--key", key][..], &FIRST].concat();
            refused(&desk, &sign, file, &["left as it was", words]);
        }
    }
    // Without a list, the keys named are all that is known.
    let alone = with("sign r.xpack --key stranger.key --trust root-a.pub", &[]);
    refused(&desk, &alone, "r.xpack", &["--keys", "--trust"]);
    // What a dropped root signed is refused by a booth, and a further signature would not change it.
    let late = [&["sign", "r.xpack", "--key", "two.key"][..], &SECOND].concat();
    refused(&desk, &late, "r.xpack", &["stranger"]);
    // A dropped root counts no more than anybody else.
    let dropped = [&["sign", "a.xpack", "--key", "root-a.key"][..], &SECOND].concat();
    refused(&desk, &dropped, "a.xpack", &["neither a root in force"]);
    // The second key of the publisher, in place; then a root beside them.
    let told = desk.good(&[&["sign", "a.xpack", "--key", "two.key"][..], &FIRST].concat());
    assert!(told.contains("2 of the 2 signatures"), "{told}");
    desk.good(&[&["verify", "a.xpack"][..], &SECOND].concat());
    let told = desk.good(&[&["sign", "a.xpack", "--key", "root-b.key"][..], &SECOND].concat());
    assert!(told.contains("signed by a root key: enough"), "{told}");
    desk.good(&[&["verify", "a.xpack"][..], &SECOND].concat());
}

#[test]
fn one_of_three_signatures_is_counted_as_one() {
    let desk = office();
    desk.put("keys.toml", LIST);
    desk.edit("keys.toml", "version = 1", "version = 2");
    desk.edit(
        "keys.toml",
        "\"two.pub\"]",
        "\"two.pub\", \"stranger.pub\"]",
    );
    desk.edit("keys.toml", "needs = 2", "needs = 3");
    let built = "keys build keys.toml -o 2.xkeys --key root-a.key";
    desk.good(&with(built, &FIRST));
    desk.good(&with("build little -o a.xpack --key one.key", &[]));
    let told = desk.good(&[&["sign", "a.xpack", "--key", "two.key"][..], &SECOND].concat());
    assert!(told.contains("2 of the 3"), "{told}");
    let told = desk.good(&[&["sign", "a.xpack", "--key", "stranger.key"][..], &SECOND].concat());
    assert!(told.contains("3 of the 3"), "{told}");
    desk.good(&[&["verify", "a.xpack"][..], &SECOND].concat());
}

#[test]
fn a_publisher_that_may_not_publish_it_signs_in_vain_and_is_told() {
    let desk = office();
    desk.edit("little/pack.toml", "\"nobody\"", "\"somebody\"");
    desk.good(&with("build little -o r.xpack --key root-b.key", &[]));
    desk.good(&with("build little -o s.xpack --key three.key", &[]));
    let sign = |file, key| [&["sign", file, "--key", key][..], &FIRST].concat();
    // Beside a root it is harmless; alone no second key of theirs would help, a root does.
    desk.good(&sign("r.xpack", "three.key"));
    desk.good(&[&["verify", "r.xpack"][..], &FIRST].concat());
    let told = desk.bad(1, &[&["verify", "s.xpack"][..], &FIRST].concat());
    assert!(told.contains("may not publish"), "{told}");
    desk.good(&sign("s.xpack", "root-b.key"));
    desk.good(&[&["verify", "s.xpack"][..], &FIRST].concat());
}

#[test]
fn a_list_is_signed_only_by_roots_in_force_and_by_roots_it_names() {
    let desk = office();
    for trust in [&FIRST[..2], &FIRST] {
        for key in ["two.key", "stranger.key", "root-c.key", "lost.key"] {
            let sign = [&["keys", "sign", "1.xkeys", "--key", key][..], trust].concat();
            refused(&desk, &sign, "1.xkeys", &["left as it was"]);
        }
    }
    desk.good(
        &[
            &["keys", "sign", "1.xkeys", "--key", "root-b.key"][..],
            &FIRST[..2],
        ]
        .concat(),
    );
    desk.good(&[&["keys", "verify", "1.xkeys"][..], &FIRST[..2]].concat());
    // A list that these booths can never take is not signed for them: it is older.
    let late = [
        &["keys", "sign", "1.xkeys", "--key", "root-c.key"][..],
        &SECOND,
    ]
    .concat();
    refused(&desk, &late, "1.xkeys", &["1.xkeys"]);
}

#[test]
fn a_list_that_changes_roots_is_signed_by_old_and_new_in_either_order() {
    let desk = office();
    let build = "keys build keys.toml -o n.xkeys --key";
    let sign = |key| with("keys sign n.xkeys --key", &[key]);
    let verify = [&["keys", "verify", "n.xkeys"][..], &FIRST].concat();
    // The old one first.
    let told = desk.good(&[&with(build, &["root-b.key"])[..], &FIRST].concat());
    assert!(told.contains("not complete yet"), "{told}");
    desk.bad(1, &verify);
    let told = desk.good(&[&sign("root-c.key")[..], &FIRST].concat());
    assert!(told.contains("a booth takes it"), "{told}");
    desk.good(&verify);
    // The new one first, at a desk that knows no old list; whoever holds the old one knows the new key.
    let told = desk.good(&with(build, &["root-c.key"]));
    assert!(told.contains("not complete yet"), "{told}");
    let strange = [&sign("root-b.key")[..], &FIRST].concat();
    refused(&desk, &strange, "n.xkeys", &["no root here", "--trust"]);
    let vouched = [&strange[..], &["--trust", "root-c.pub"]].concat();
    let told = desk.good(&vouched);
    assert!(told.contains("a booth takes it"), "{told}");
    desk.good(&verify);
    // The dropped one signs as well, as a root of before.
    desk.good(&[&sign("root-a.key")[..], &FIRST].concat());
    desk.good(&verify);
    let shown = desk.good(&[&["keys", "show", "n.xkeys"][..], &FIRST].concat());
    assert!(shown.contains("version 2"), "{shown}");
}

#[test]
fn a_configuration_counts_roots_in_force_and_nobody_else() {
    let desk = office();
    desk.put("kiosk.toml", "audience = \"junior\"\n");
    let build = "config build kiosk.toml --booth * --version 1 -o c.xconf --key";
    let verify = |trust: &[&'static str]| [&["config", "verify", "c.xconf"][..], trust].concat();
    let show = [&["config", "show", "c.xconf"][..], &SECOND].concat();
    // By a root that was dropped: good for the booths of before only.
    desk.good(&with(build, &["root-a.key"]));
    let told = desk.good(&verify(&FIRST));
    assert!(told.contains("1 of the 1 roots in force"), "{told}");
    assert!(desk.bad(1, &verify(&SECOND)).contains("no root here"));
    assert!(desk.bad(1, &show).contains("no root here"));
    let more = [&["sign", "c.xconf", "--key", "root-b.key"][..], &SECOND].concat();
    refused(&desk, &more, "c.xconf", &["no root here"]);
    // By one of two: nobody but the other can complete it.
    desk.good(&with(build, &["root-b.key"]));
    assert!(desk.bad(1, &verify(&SECOND)).contains("1 of the 2"));
    let told = desk.good(&show);
    assert!(
        told.contains("not complete yet: signed by 1 of the 2"),
        "{told}"
    );
    for key in ["root-a.key", "two.key", "lost.key", "stranger.key"] {
        let sign = [&["sign", "c.xconf", "--key", key][..], &SECOND].concat();
        refused(&desk, &sign, "c.xconf", &["left as it was"]);
    }
    let told = desk.good(&[&["sign", "c.xconf", "--key", "root-c.key"][..], &SECOND].concat());
    assert!(told.contains("2 of the 2 roots in force"), "{told}");
    assert!(
        desk.good(&verify(&SECOND))
            .contains("verified: signed by 2 of the 2")
    );
    let told = desk.good(&show);
    assert!(
        told.contains("a booth takes it") && told.contains("junior"),
        "{told}"
    );
}

#[test]
fn a_first_list_is_built_by_a_root_that_it_names() {
    let desk = office();
    desk.put("keys.toml", LIST);
    let build = "keys build keys.toml -o n.xkeys --key";
    for keys in [&["one.key"][..], &["root-a.key", "--key", "stranger.key"]] {
        let told = desk.bad(1, &with(build, keys));
        assert!(told.contains("does not name the key"), "{told}");
        assert!(told.contains("--trust"), "{told}");
        assert!(!desk.path("n.xkeys").exists());
    }
    // Nor beside a root where the booths are known, though it is not complete yet.
    desk.edit("keys.toml", "version = 1", "version = 3");
    let beside = with(build, &["root-b.key", "--key", "stranger.key"]);
    let told = desk.bad(1, &[&beside[..], &SECOND].concat());
    assert!(told.contains("does not name the key"), "{told}");
    // A root in force that this list drops signs it where the list before it names it.
    desk.edit("keys.toml", "\"root-a.pub\"", "\"root-c.pub\"");
    let drops = with(build, &["root-a.key", "--key", "root-b.key"]);
    assert!(desk.bad(1, &drops).contains("does not name the key"));
    let told = desk.good(&[&drops[..], &["--keys", "1.xkeys"]].concat());
    assert!(told.contains("a booth takes it"), "{told}");
    desk.good(&[&["keys", "verify", "n.xkeys"][..], &FIRST].concat());
}

#[test]
fn a_revocation_is_carried_on_until_its_keeper_lets_it_go() {
    let desk = office();
    let id = desk.good(&["keys", "show", "1.xkeys", "--trust", "root-a.pub"]);
    let id = id.split("revoked: ").nth(1).unwrap();
    let id = id.split(' ').next().unwrap().to_owned();
    let (kept, _) = LIST.split_once("[[revoked]]").unwrap();
    desk.put("keys.toml", &kept.replace("version = 1", "version = 2"));
    let build = "keys build keys.toml -o n.xkeys --key root-b.key";
    let told = desk.bad(1, &with(build, &FIRST));
    let lines = format!("[[revoked]]\nkey = \"{id}\"\nreason = \"lost with a bag\"\n");
    assert!(
        told.contains(&lines) && told.contains("--drop-revocation"),
        "{told}"
    );
    assert!(!desk.path("n.xkeys").exists());
    // Where the list before is not named, it is said that nobody looked.
    let blind = desk.tool(&with(
        "keys build keys.toml -o b.xkeys --key root-b.key",
        &[],
    ));
    let said = String::from_utf8(blind.stderr).unwrap();
    assert!(blind.status.success() && said.contains("--keys"), "{said}");
    // Another key's id, and no id at all, let nothing go.
    let let_go = |id| with("--drop-revocation", &[id]);
    let other = [&with(build, &FIRST)[..], &let_go("0123456789ABCDEF")].concat();
    desk.bad(1, &other);
    desk.bad(2, &[&with(build, &FIRST)[..], &let_go("lost")].concat());
    desk.good(&[&with(build, &FIRST)[..], &let_go(&id)].concat());
    // Whoever verifies or signs it is told.
    for command in [
        with("keys verify n.xkeys", &FIRST),
        with("keys sign n.xkeys --key root-a.key", &FIRST),
    ] {
        let output = desk.tool(&command);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && said.contains(&id), "{said}");
    }
    // What the remedy says is what is needed.
    desk.put(
        "keys.toml",
        &format!("{}{lines}", kept.replace("version = 1", "version = 2")),
    );
    desk.good(&with(build, &FIRST));
}

#[test]
fn where_nobody_is_named_to_trust_a_clone_signs_and_says_that_nobody_knows() {
    let desk = office();
    let members = "[workspace]\nmembers = [\"content\", \"content/author\"]\n";
    desk.put("clone/Cargo.toml", members);
    let folder = desk.path("clone");
    let tool = |words: &str| desk.tool_in(&folder, &with(words, &[]));
    assert!(tool("build ../little -o ../a.xpack").status.success());
    let signed = tool("sign ../a.xpack --key ../one.key");
    let said = String::from_utf8(signed.stderr).unwrap();
    assert!(signed.status.success(), "{said}");
    assert!(said.contains("neither --trust nor --keys"), "{said}");
    assert!(!String::from_utf8(signed.stdout).unwrap().contains("enough"));
    let both = "verify ../a.xpack --trust .dev/pack.pub --trust ../one.pub";
    assert!(tool(both).status.success());
    // Named, it is judged.
    let named = tool("sign ../a.xpack --key ../two.key --trust .dev/pack.pub --trust ../one.pub");
    assert_eq!(named.status.code(), Some(1));
}
