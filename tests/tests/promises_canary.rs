//! The claim: what a visitor answers is never written, logged or sent, and no history of visits can
//! be read from what a booth leaves behind. Proof by search: a pack whose answers occur nowhere by
//! chance, and a build that leaks on purpose, which must be caught.

use std::path::{Path, PathBuf};
use std::time::Duration;
use xinting_e2e::bins::{control_booth, target_dir, workspace};
use xinting_e2e::booth::{Booth, build_pack};
use xinting_e2e::canary::{Sighting, canaries_of_the_fixture, search_bytes, search_dir};
use xinting_e2e::district::District;
use xinting_e2e::proxy::Proxy;
use xinting_e2e::tally;

/// Answers both questions, first without and then with the risk answer, and leaves by every way.
const VISITS: &str = "\
clock 2026-05-25T10:00
tap 轻触屏幕，歇一会儿
tap 测一测
tap 往下看
tap 示例的小调查
tap 开始
tap 金丝雀停在南窗
tap 金丝雀停在北窗
expect 金丝雀结果甲
tap 结束
expect 轻触屏幕，歇一会儿
tap 轻触屏幕，歇一会儿
tap 测一测
tap 往下看
tap 示例的小调查
tap 开始
tap 金丝雀停在西窗
tap 金丝雀停在西窗
expect 谢谢你说出来。你不是一个人。
tap 继续往下做
expect 金丝雀结果乙
tap 结束
expect 轻触屏幕，歇一会儿
day-end
";

fn install_canary(booth_dir: &Path) -> PathBuf {
    let packs = booth_dir.join("packs");
    std::fs::create_dir_all(&packs).expect("a folder for packs");
    build_pack(
        &workspace().join("content/starter"),
        &packs.join("starter.xpack"),
    );
    build_pack(
        &workspace().join("tests/fixtures/canary"),
        &packs.join("canary.xpack"),
    );
    packs
}

fn play(dir: &Path, app: Option<PathBuf>) -> Vec<Sighting> {
    let packs = install_canary(dir);
    let district = District::start(dir);
    let proxy = Proxy::start(district.address());
    let config = format!(
        "[audio]\nhost = \"none\"\n\n[packs]\nimage = \"{}\"\n\n[district]\nurl = \"{}\"\ncode = \"{}\"\n",
        packs.display(),
        proxy.url(),
        district.enrol("sample-school")
    );
    let booth = Booth::new(dir, &config);
    let booth = match app {
        Some(app) => booth.with_app(app),
        None => booth,
    };
    booth.must("canary", VISITS, &target_dir().join("../promises"));
    assert!(
        district.csv().lines().count() > 1,
        "the day's report arrived"
    );
    let canaries = canaries_of_the_fixture();
    let mut seen = search_dir(&canaries, booth.root());
    seen.extend(search_bytes(&canaries, "the log", &booth.log()));
    seen.extend(search_bytes(&canaries, "the wire", &proxy.heard()));
    assert!(!proxy.heard().is_empty(), "the wire was listened to");
    seen
}

#[test]
fn no_answer_is_left_anywhere() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(play(dir.path(), None), []);
}

#[test]
fn a_build_that_leaks_is_caught() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let seen = play(dir.path(), Some(control_booth()));
    assert!(
        !seen.is_empty(),
        "the control build leaks an answer and the search did not see it"
    );
}

#[test]
fn older_tallies_cannot_be_read_back() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let district = District::start(dir.path());
    let config = format!(
        "[audio]\nhost = \"none\"\n\n[district]\nurl = \"http://{}\"\ncode = \"{}\"\n",
        district.address(),
        district.enrol("sample-school")
    );
    let booth = Booth::new(dir.path(), &config);
    let shots = target_dir().join("../promises");
    let mut states = Vec::new();
    for visit in 0..6 {
        let flow = "clock 2026-05-25T10:00\nwait 1s\ntap 轻触屏幕，歇一会儿\ntap 学一学\ntap 结束\nexpect 轻触屏幕，歇一会儿\n";
        booth.must(&format!("tally-{visit}"), flow, &shots);
        let row = tally::row(booth.root());
        assert_ne!(
            Some(&row),
            states.last(),
            "a visit is counted by the time the booth has stopped"
        );
        states.push(row);
        std::thread::sleep(Duration::from_millis(10));
    }
    let newest = states.len() - 2;
    let old: Vec<_> = states[..newest]
        .iter()
        .enumerate()
        .map(|(age, row)| xinting_e2e::canary::Canary::bytes(&format!("tally {age}"), row))
        .collect();
    assert_eq!(search_dir(&old, booth.root()), []);
    let last = [xinting_e2e::canary::Canary::bytes(
        "the last tally",
        &states[newest + 1],
    )];
    assert!(
        !search_dir(&last, booth.root()).is_empty(),
        "the search can see a tally that is there"
    );
}
