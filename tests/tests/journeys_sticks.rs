//! Sticks, through the real application with its simulated reader: a visit that is not disturbed, an installation with
//! progress, a way back, and everything that a stick and a hand can do wrong. Each keeps its pictures.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use xinting_e2e::bins::{bin, printed, run, target_dir, workspace};
use xinting_e2e::booth::{Booth, build_pack};

/// A rate at which the school's pack, a few thousand bytes, takes some seconds.
const SLOW: &str = "600";

/// A booth without sound, and a stick for it.
struct Desk {
    dir: TempDir,
    booth: Booth,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let booth = Booth::new(dir.path(), "[audio]\nhost = \"none\"\n");
        let desk = Self { dir, booth };
        desk.folder("stick");
        desk
    }

    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.dir.path().join(name);
        fs::create_dir_all(&folder).expect("a folder for a stick");
        folder
    }

    fn stick(&self) -> PathBuf {
        self.dir.path().join("stick")
    }

    /// Plays a flow, its words in capitals replaced, and keeps its pictures.
    fn play(&self, name: &str, words: &[(&str, &str)]) -> PathBuf {
        let text = fs::read_to_string(workspace().join(format!("tests/flows/{name}.flow")))
            .expect("the flow is there");
        let text = text.replace("STICK", &self.stick().display().to_string());
        let text = words
            .iter()
            .fold(text, |text, (word, with)| text.replace(word, with));
        let shots = target_dir().join("../journeys").join(name);
        self.booth.must(name, &text, &shots);
        shots
    }
}

fn school() -> PathBuf {
    workspace().join("tests/fixtures/school")
}

/// The school's next version: other hours, and a title of its own where one is given.
fn next_school(dir: &Path) -> PathBuf {
    let source = dir.join("school-next");
    fs::create_dir(&source).expect("a folder for the pack's source");
    for (file, changes) in [
        (
            "pack.toml",
            [("version = 2", "version = 3"), ("2026.11.2", "2026.12.1")],
        ),
        (
            "counsellor.toml",
            [
                ("周二、周四 12:30 到 16:00", "周一、周三 12:00 到 13:30"),
                ("Tue and Thu, 12:30 to 16:00", "Mon and Wed, 12:00 to 13:30"),
            ],
        ),
    ] {
        let mut text = fs::read_to_string(school().join(file)).expect("the fixture");
        for (from, to) in changes {
            assert!(text.contains(from), "{file} says {from}");
            text = text.replace(from, to);
        }
        fs::write(source.join(file), text).expect("the pack's source can be written");
    }
    source
}

/// Puts a pack in place before the flow, as an installation would have left it.
fn installed(desk: &Desk, source: &Path, id: &str, version: u32) {
    let folder = desk.booth.root().join("var/lib/xinting/packs").join(id);
    fs::create_dir_all(&folder).expect("the booth's folder can be written");
    build_pack(source, &folder.join(format!("{version}.xpack")));
    fs::write(folder.join("current"), format!("{version}\n")).expect("the booth's folder");
}

#[test]
fn a_stick_during_a_visit_disturbs_nobody_and_brings_a_new_home_and_back() {
    let desk = Desk::new();
    installed(&desk, &school(), "stick-school", 2);
    build_pack(
        &next_school(desk.dir.path()),
        &desk.stick().join("school.xpack"),
    );
    let shots = desk.play("stick-visit", &[("SLOW", SLOW)]);
    let picture = |name: &str| fs::read(shots.join(name)).expect("the picture was taken");
    assert!(
        picture("01-visit.png") == picture("02-visit-with-a-stick.png"),
        "something moved on the visitor's screen when the stick came"
    );
}

#[test]
fn an_installation_can_be_cancelled_and_never_stands_before_help() {
    let desk = Desk::new();
    build_pack(&school(), &desk.stick().join("school.xpack"));
    desk.play("stick-cancel", &[("SLOW", SLOW)]);
}

#[test]
fn a_stick_pulled_out_while_it_is_copied_is_put_in_again() {
    let desk = Desk::new();
    let pack = desk.stick().join("school.xpack");
    build_pack(&school(), &pack);
    let half = fs::metadata(&pack).expect("the pack").len() / 2;
    desk.play("stick-yank", &[("HALF", &half.to_string())]);
}

#[test]
fn a_pack_that_is_altered_is_refused_in_words_and_nothing_changes() {
    let desk = Desk::new();
    let pack = desk.stick().join("school.xpack");
    build_pack(&school(), &pack);
    let mut bytes = fs::read(&pack).expect("the pack");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&pack, bytes).expect("the stick can be written");
    let refused = "expect 内容包被改动过，和签名对不上；请向发布者重新索取";
    desk.play("stick-altered", &[("REFUSED", refused)]);
}

#[test]
fn reports_and_logs_go_out_onto_a_stick_and_a_stick_becomes_a_key() {
    let desk = Desk::new();
    fs::write(desk.stick().join("holiday.jpg"), b"somebody else's").expect("the stick");
    desk.play("stick-export", &[]);
    let mut written = Vec::new();
    let mut folders = vec![desk.stick()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the stick") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => written.push(path),
            }
        }
    }
    let named = |name: &str| written.iter().any(|path| path.ends_with(name));
    assert!(named("about.json"), "{written:?}");
    assert!(named("xinting-admin.key"), "{written:?}");
    let kept = fs::read(desk.stick().join("holiday.jpg")).expect("it is still there");
    assert_eq!(kept, b"somebody else's");
}

#[test]
fn a_key_list_is_looked_at_taken_and_kept_over_a_start() {
    let desk = Desk::new();
    // Building anything makes the clone's key.
    build_pack(&school(), &desk.dir.path().join("school.xpack"));
    let key = workspace().join(".dev/pack.pub");
    let text = fs::read_to_string(key).expect("the clone's public key");
    let line = text.lines().nth(1).expect("a public key has two lines");
    let list = desk.dir.path().join("keys.toml");
    let said = format!(
        "issuer = \"sample-district\"\nversion = 1\nissued = \"2026-11-22\"\nuntil = \"2028-11-22\"\n\
         roots = [\"{line}\"]\nthreshold = 1\n"
    );
    fs::write(&list, said).expect("the list's source can be written");
    let output = run(Command::new(bin("xinting-pack"))
        .current_dir(workspace())
        .args(["keys", "build"])
        .arg(&list)
        .arg("-o")
        .arg(desk.stick().join("district.xkeys"))
        .args(["--key", ".dev/pack.key"]));
    assert!(output.status.success(), "keys build: {}", printed(&output));
    desk.play("stick-keys", &[]);
}

#[test]
fn one_of_several_things_is_chosen_and_one_stick_is_asked_for() {
    let desk = Desk::new();
    build_pack(&school(), &desk.stick().join("school.xpack"));
    let folder = desk.folder("stick/packs");
    build_pack(
        &workspace().join("content/sample-school"),
        &folder.join("sample.xpack"),
    );
    fs::write(desk.stick().join("broken.xpack"), b"not a pack").expect("the stick");
    fs::write(desk.stick().join("holiday.jpg"), b"somebody else's").expect("the stick");
    let other = desk.folder("other").display().to_string();
    desk.play("stick-two", &[("OTHER", &other)]);
}
