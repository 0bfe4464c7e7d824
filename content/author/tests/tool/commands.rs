//! Check, build, verify, show, diff, score, sign: what they print and how they refuse.

use crate::desk::Desk;

#[test]
fn a_new_folder_is_good_as_it_stands_and_nothing_is_overwritten() {
    let desk = Desk::new();
    desk.good(&["keygen", "mine", "--no-password"]);
    for (arguments, heading) in [
        (
            &["new", "our-school"][..],
            "our-school 1 (version 1), a school pack",
        ),
        (
            &["new", "District", "--id", "d-1", "--kind", "district"],
            "d-1 1 (version 1), a district pack",
        ),
    ] {
        desk.good(arguments);
        assert!(desk.good(&["check", arguments[1]]).starts_with(heading));
        desk.good(&[
            "build",
            arguments[1],
            "-o",
            "new.xpack",
            "--key",
            "mine.key",
        ]);
        assert!(desk.bad(1, arguments).contains("there already"));
    }
    assert!(desk.bad(2, &["new", "Our School"]).contains("--id"));
    desk.bad(2, &["new", "x", "--kind", "starter"]);
}

#[test]
fn check_names_every_fault_with_file_line_and_remedy() {
    let desk = Desk::new();
    assert!(desk.good(&["check", "little"]).contains("1 practice"));
    desk.edit("little/counsellor.toml", "不用预约", "我们为你保密");
    desk.edit("little/practices/breath.en.vtt", "00:06", "00:07");
    let faults = desk.bad(1, &["check", "little"]);
    assert!(
        faults.contains("counsellor.toml:2:14: how.zh: "),
        "{faults}"
    );
    assert!(faults.contains("practices/breath.en.vtt:3: "), "{faults}");
}

#[test]
fn check_tries_the_sounds_too() {
    let desk = Desk::new();
    desk.edit(
        "little/practices/breath.toml",
        "\"breathing\"\nseed",
        "\"whale\"\nseed",
    );
    let fault = desk.bad(1, &["check", "little"]);
    let begins = "practices/breath.toml:13:1: sound.recipe: ";
    assert!(fault.starts_with(begins), "{fault}");
    assert!(fault.contains("whale"), "{fault}");
    desk.edit(
        "little/practices/breath.toml",
        "recipe = \"whale\"\nseed = 5",
        "file = \"sounds/a.flac\"",
    );
    desk.put("little/sounds/a.flac", "no sound at all");
    let fault = desk.bad(1, &["check", "little"]);
    assert!(fault.starts_with("sounds/a.flac: "), "{fault}");
}

#[test]
fn a_build_can_be_repeated_bit_for_bit_with_and_without_its_cache() {
    let desk = Desk::new().built();
    let first = std::fs::read(desk.path("little.xpack")).unwrap();
    let build = ["build", "little", "-o", "again.xpack", "--key", "mine.key"];
    desk.good(&build);
    assert_eq!(std::fs::read(desk.path("again.xpack")).unwrap(), first);
    std::fs::remove_dir_all(desk.path("cache")).unwrap();
    desk.good(&build);
    assert_eq!(std::fs::read(desk.path("again.xpack")).unwrap(), first);
}

#[test]
fn a_damaged_cache_costs_time_and_nothing_else() {
    let desk = Desk::new().built();
    let first = std::fs::read(desk.path("little.xpack")).unwrap();
    let mut damaged = 0;
    for entry in std::fs::read_dir(desk.path("cache/xinting-pack")).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(path, bytes).unwrap();
        damaged += 1;
    }
    assert_eq!(damaged, 1);
    desk.good(&["build", "little", "-o", "again.xpack", "--key", "mine.key"]);
    assert_eq!(std::fs::read(desk.path("again.xpack")).unwrap(), first);
}

#[test]
fn verify_refuses_in_words_that_say_which() {
    let desk = Desk::new().built();
    let good = desk.good(&["verify", "little.xpack", "--trust", "mine.pub"]);
    assert!(good.contains("verified: signed by "), "{good}");
    desk.good(&["keygen", "other", "--no-password"]);
    let refuse = |name: &str, bytes: &[u8], words: &str| {
        std::fs::write(desk.path(name), bytes).unwrap();
        let text = desk.bad(1, &["verify", name, "--trust", "mine.pub"]);
        assert!(text.starts_with(&format!("error: {name}: ")), "{text}");
        assert!(text.contains(words), "{text}");
    };
    let pack = std::fs::read(desk.path("little.xpack")).unwrap();
    let mut altered = pack.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    refuse("altered.xpack", &altered, "has been altered");
    refuse("short.xpack", &pack[..pack.len() - 1], "is truncated");
    refuse("half.xpack", &pack[..pack.len() / 2], "is truncated");
    refuse("other.xpack", b"hello", "not a pack");
    let text = desk.bad(1, &["verify", "little.xpack", "--trust", "other.pub"]);
    assert!(text.contains("signed by a stranger"), "{text}");
    let older = [
        "verify",
        "little.xpack",
        "--trust",
        "mine.pub",
        "--at-least",
        "4",
    ];
    let text = desk.bad(1, &older);
    assert!(text.contains("older than the one installed"), "{text}");
}

#[test]
fn verify_decodes_the_sounds_that_a_booth_would_play() {
    use xinting_author::keys::{SigningPair, open_public};
    use xinting_content::pack::{Entry, Manifest};
    let desk = Desk::new().built();
    let public = open_public(&desk.path("mine.pub")).unwrap();
    let file = std::fs::File::open(desk.path("little.xpack")).unwrap();
    let trust = xinting_content::Trust::roots(vec![public]);
    let pack = xinting_content::VerifiedPack::open(file, &trust, None).unwrap();
    // Signed as it should be, by a tool that does not listen.
    let mut files = Vec::new();
    for entry in &pack.manifest().entries {
        let name = &entry.member.name;
        let mut bytes = pack.read(name).unwrap();
        if name.ends_with(".flac") {
            let end = bytes.len() - 100;
            bytes[200..end].fill(0x55);
        }
        let packed = Entry::pack(name, &bytes, entry.gain_db).unwrap();
        files.push(packed);
    }
    let info = pack.info().clone();
    let entries = files.iter().map(|(entry, _)| entry.clone()).collect();
    let manifest = Manifest { info, entries }.to_bytes();
    let pair = SigningPair::open(&desk.path("mine.key"), None).unwrap();
    let signature = pair.sign(&manifest, "little", 3);
    let mut bytes = Vec::new();
    xinting_content::pack::write(&mut bytes, &manifest, &[signature], &files).unwrap();
    std::fs::write(desk.path("deaf.xpack"), bytes).unwrap();
    desk.good(&["show", "deaf.xpack", "--trust", "mine.pub"]);
    let told = desk.bad(1, &["verify", "deaf.xpack", "--trust", "mine.pub"]);
    assert!(told.contains("sounds/breath.4000-6000.flac"), "{told}");
}

#[test]
fn misuse_is_status_two_with_a_hint() {
    let desk = Desk::new().built();
    for arguments in [
        &["verify", "little.xpack"][..],
        &["show", "little.xpack"],
        &["build", "little", "-o", "x.xpack"],
        &["build", "nowhere", "-o", "x.xpack", "--key", "mine.key"],
        &["check", "nowhere"],
        &["verify", "nowhere.xpack", "--trust", "mine.pub"],
        &["verify", "little", "--trust", "mine.pub"],
        &["verify", "little.xpack", "--trust", "nowhere.pub"],
        &["verify", "little.xpack", "--trust", "mine.key"],
        &["bild"],
        &[],
    ] {
        desk.bad(2, arguments);
    }
    let hint = desk.bad(2, &["verify", "little.xpack"]);
    assert!(hint.contains("--trust"), "{hint}");
}

#[test]
fn inside_a_clone_its_development_key_is_made_and_used() {
    let desk = Desk::new();
    desk.put(
        "clone/Cargo.toml",
        "[workspace]\nmembers = [\"content\", \"content/author\"]\n",
    );
    desk.put("clone/deep/inside/x", "");
    let folder = desk.path("clone/deep/inside");
    let pack = desk.path("a.xpack");
    let (little, pack) = (desk.path("little"), pack.to_str().unwrap());
    let build = ["build", little.to_str().unwrap(), "-o", pack];
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(desk.tool_in(&folder, &build).status.success()));
        }
    });
    assert!(desk.tool_in(&folder, &["verify", pack]).status.success());
    let public = desk.path("clone/.dev/pack.pub");
    desk.good(&["verify", pack, "--trust", public.to_str().unwrap()]);
    let secret = std::fs::metadata(desk.path("clone/.dev/pack.key")).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&secret) & 0o777, 0o600);
}

#[test]
fn show_and_diff_speak_of_things_rather_than_files() {
    let desk = Desk::new().built();
    let shown = desk.good(&["show", "little.xpack", "--trust", "mine.pub"]);
    assert!(shown.contains("practice breath: 12 s, gain"), "{shown}");
    desk.edit("little/pack.toml", "version = 3", "version = 4");
    desk.edit("little/practices/breath.en.vtt", "In", "Breathe in");
    desk.put(
        "little/calendar.toml",
        "rotating = [{ zh = \"一\", en = \"One\" }]\n",
    );
    desk.good(&["build", "little", "-o", "next.xpack", "--key", "mine.key"]);
    let said = desk.good(&["diff", "little.xpack", "next.xpack", "--trust", "mine.pub"]);
    for line in [
        "new      the daily sentences\n",
        "changed  practice 呼吸: captions: 1 line changed\n",
        "+ little 1.0 (version 4)",
    ] {
        assert!(said.contains(line), "{said}");
    }
    assert!(!said.contains("counsellor"), "{said}");
    let back = desk.good(&["diff", "next.xpack", "little.xpack", "--trust", "mine.pub"]);
    assert!(back.contains("gone     the daily sentences\n"), "{back}");
    let same = desk.good(&["diff", "next.xpack", "next.xpack", "--trust", "mine.pub"]);
    assert!(same.contains("nothing else differs"), "{same}");
}

#[test]
fn a_second_signature_is_added_and_both_are_needed() {
    let desk = Desk::new().built();
    desk.good(&["keygen", "other", "--no-password"]);
    let before = std::fs::read(desk.path("little.xpack")).unwrap();
    let alone = ["sign", "little.xpack", "--key", "other.key", "--trust"];
    let alone = [&alone[..], &["mine.pub"]].concat();
    // Whoever trusts the first alone would refuse it with the second.
    let refused = desk.bad(1, &alone);
    let words = ["left as it was", "--keys", "--trust"];
    assert!(words.iter().all(|w| refused.contains(w)), "{refused}");
    assert_eq!(std::fs::read(desk.path("little.xpack")).unwrap(), before);
    desk.good(&[&alone[..], &["--trust", "other.pub", "-o", "two.xpack"]].concat());
    desk.good(&[
        "verify",
        "two.xpack",
        "--trust",
        "mine.pub",
        "--trust",
        "other.pub",
    ]);
    for key in ["mine.pub", "other.pub"] {
        let text = desk.bad(1, &["verify", "two.xpack", "--trust", key]);
        assert!(text.contains("stranger"), "{text}");
    }
    let again = [
        "sign",
        "little.xpack",
        "--key",
        "mine.key",
        "--trust",
        "mine.pub",
    ];
    assert!(desk.bad(1, &again).contains("already"));
}

#[test]
fn what_cannot_stand_in_a_pack_is_refused_in_the_folder() {
    let desk = Desk::new();
    std::os::unix::fs::symlink("/etc/passwd", desk.path("little/hotlines.toml")).unwrap();
    assert!(desk.bad(1, &["check", "little"]).contains("hotlines.toml"));
    std::fs::remove_file(desk.path("little/hotlines.toml")).unwrap();
    desk.put("little/名字.toml", "");
    assert!(desk.bad(1, &["check", "little"]).contains("名字.toml"));
    std::fs::remove_file(desk.path("little/名字.toml")).unwrap();
    desk.put("little/hotline.toml", "");
    assert!(
        desk.bad(1, &["check", "little"])
            .contains("nothing in the pack refers")
    );
    std::fs::remove_file(desk.path("little/hotline.toml")).unwrap();
    desk.put("little/README.md", "for people");
    desk.put("little/.swp", "");
    desk.good(&["check", "little"]);
}
