//! A visit from the first touch to the district's figures, through the real binaries: the booth's
//! application, a simulated modem behind its serial driver, a loopback district.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xinting_e2e::bins::{target_dir, workspace};
use xinting_e2e::booth::Booth;
use xinting_e2e::canary::{Canary, search_bytes, search_dir};
use xinting_e2e::csv;
use xinting_e2e::district::District;
use xinting_e2e::proxy::Proxy;

/// What stands beside the counts in the district's CSV.
const ABOUT: [&str; 6] = ["school", "booth", "epoch", "sequence", "period", "noise"];

fn flow(name: &str) -> String {
    std::fs::read_to_string(workspace().join("tests/flows").join(name)).expect("the flow is there")
}

fn shots(name: &str) -> PathBuf {
    target_dir().join("../journeys").join(name)
}

fn enrolled(dir: &Path, district: &District, proxy: &Proxy) -> Booth {
    let config = format!(
        "[audio]\nhost = \"none\"\n\n[district]\nurl = \"{}\"\ncode = \"{}\"\n",
        proxy.url(),
        district.enrol("sample-school")
    );
    Booth::new(dir, &config)
}

/// Nothing of these answers and results is in any file, in the log or on the wire.
fn nothing_is_left_of(words: &[&str], booth: &Booth, proxy: &Proxy) {
    let canaries: Vec<Canary> = words.iter().map(|word| Canary::text(word)).collect();
    assert_eq!(search_dir(&canaries, booth.root()), []);
    assert_eq!(search_bytes(&canaries, "the log", &booth.log()), []);
    assert_eq!(search_bytes(&canaries, "the wire", &proxy.heard()), []);
    assert!(!proxy.heard().is_empty(), "the wire was listened to");
}

/// The cells that are not zero, of the one row there is.
fn counted(text: &str) -> BTreeMap<String, i64> {
    let rows = csv::rows(text);
    assert_eq!(rows.len(), 1, "one booth, one day:\n{text}");
    let names: Vec<&str> = rows[0].keys().map(String::as_str).collect();
    for cell in xinting_wire::Cell::ALL {
        assert!(names.contains(&cell.name()), "{} is missing", cell.name());
    }
    for name in &names {
        let known = ABOUT.contains(name)
            || xinting_wire::Cell::ALL
                .iter()
                .any(|cell| cell.name() == *name);
        assert!(known, "{name} is outside the wire schema");
    }
    assert_eq!(rows[0]["noise"], "none");
    rows[0]
        .iter()
        .filter(|(name, _)| !ABOUT.contains(&name.as_str()))
        .map(|(name, count)| (name.clone(), count.parse().expect("a whole number")))
        .filter(|(_, count)| *count != 0)
        .collect()
}

fn cells(pairs: &[(&str, i64)]) -> BTreeMap<String, i64> {
    pairs
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}

#[test]
fn worry_is_answered_read_about_breathed_through_and_talked_over() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let district = District::start(dir.path());
    let proxy = Proxy::start(district.address());
    let booth = enrolled(dir.path(), &district, &proxy);
    booth.must("worry", &flow("worry.flow"), &shots("worry"));
    nothing_is_left_of(
        &["有几天", "湖面上，有一点微风", "心里发慌", "gad-7", "12356"],
        &booth,
        &proxy,
    );
    assert_eq!(
        counted(&district.csv()),
        cells(&[
            ("visits", 1),
            ("visits_junior", 1),
            ("door_self_check", 1),
            ("check_gad_7", 1),
            ("articles_read", 1),
            ("practice_breathing_started", 1),
            ("call_line_open", 1),
        ])
    );
}

#[test]
fn a_risk_answer_opens_support_at_once_and_the_call_is_one_touch_away() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let district = District::start(dir.path());
    let proxy = Proxy::start(district.address());
    let booth = enrolled(dir.path(), &district, &proxy);
    booth.must("support", &flow("support.flow"), &shots("support"));
    let words = [
        "有几天",
        "一天也没有",
        "谢谢你说出来",
        "提不起劲",
        "phq-a",
        "12356",
    ];
    nothing_is_left_of(&words, &booth, &proxy);
    // Neither the answer nor the support path is counted: only that the ninth question was the last, whatever was
    // answered, and that a line opened.
    assert_eq!(
        counted(&district.csv()),
        cells(&[
            ("visits", 1),
            ("visits_junior", 1),
            ("door_self_check", 1),
            ("check_phq_a", 1),
            ("call_line_open", 1)
        ])
    );
}

#[test]
fn a_modem_that_fails_in_every_way_leaves_a_way_onward() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let booth = Booth::new(dir.path(), "[audio]\nhost = \"none\"\n");
    booth.must("modem", &flow("modem.flow"), &shots("modem"));
}

/// One call through the real application, on a booth with a modem and a hook switch.
fn call(name: &str) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let booth = Booth::new(dir.path(), "[audio]\nhost = \"none\"\n");
    booth.must(name, &flow(&format!("{name}.flow")), &shots(name));
    let canaries = [Canary::text("12356"), Canary::text("962525")];
    assert_eq!(search_bytes(&canaries, "the log", &booth.log()), []);
}

#[test]
fn how_it_was_after_a_practice_is_asked_once_and_only_counted() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let district = District::start(dir.path());
    let proxy = Proxy::start(district.address());
    let booth = enrolled(dir.path(), &district, &proxy);
    let name = "practice-felt";
    booth.must(name, &flow("practice-felt.flow"), &shots(name));
    assert_eq!(
        counted(&district.csv()),
        cells(&[
            ("visits", 1),
            ("door_relax", 1),
            ("practice_breathing_started", 1),
            ("practice_felt_not", 1),
        ])
    );
}

#[test]
fn a_soundscape_is_mixed_through_a_device_that_comes_and_goes() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let config = "[audio]\nquiet_from = \"21:00\"\nquiet_to = \"07:00\"\nprofile = \"speaker\"\n";
    let name = "practice-mixer";
    Booth::new(dir.path(), config).must(name, &flow("practice-mixer.flow"), &shots(name));
}

#[test]
fn breathing_goes_slower_and_faster() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let name = "practice-pace";
    Booth::new(dir.path(), "").must(name, &flow("practice-pace.flow"), &shots(name));
}

#[test]
fn a_busy_line_gives_way_to_the_next_which_answers() {
    call("call-busy-next"); // call-busy-next.flow
}

#[test]
fn a_modem_unplugged_while_it_rings_and_plugged_back_calls_again() {
    call("call-unplug"); // call-unplug.flow
}

#[test]
fn a_handset_put_down_in_the_three_seconds_takes_the_call_back() {
    call("call-handset"); // call-handset.flow
}

#[test]
fn days_without_a_network_arrive_in_order_and_once() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let district = District::start(dir.path());
    let proxy = Proxy::start(district.address());
    let booth = enrolled(dir.path(), &district, &proxy);
    booth.must("network", &flow("network.flow"), &shots("network"));
    let rows = csv::rows(&district.csv());
    let column = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("period"), ["2026-05-25", "2026-05-26", "2026-05-27"]);
    assert_eq!(column("sequence"), ["1", "2", "3"]);
    assert_eq!(column("door_learn"), ["1", "0", "0"]);
    assert_eq!(column("door_relax"), ["0", "1", "0"]);
}
