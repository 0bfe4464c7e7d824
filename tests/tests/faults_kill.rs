//! The claim: killing the booth at any moment never loses a report that was due, sends none twice in
//! effect, and leaves no answer behind.
//!
//! Four booths are killed fifty times each, at moments drawn from the length of an undisturbed run.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use xinting_e2e::bins::{target_dir, workspace};
use xinting_e2e::booth::{Booth, build_pack};
use xinting_e2e::canary::{Canary, canaries_of_the_fixture, search_bytes, search_dir};
use xinting_e2e::csv;
use xinting_e2e::district::District;
use xinting_e2e::proxy::Proxy;
use xinting_e2e::tally;

const BOOTHS: usize = 4;
const KILLS_EACH: usize = 50;

/// Two days, each with a visit that answers the canary.
fn two_days(kill: usize) -> String {
    let start = first_of_a_month(kill);
    let visit = "\
tap 轻触屏幕，歇一会儿
tap 测一测
tap 往下看
tap 示例的小调查
tap 开始
tap 金丝雀停在南窗
tap 金丝雀停在北窗
tap 结束
expect 轻触屏幕，歇一会儿
day-end
";
    format!("clock {start}T10:00\n{visit}{visit}")
}

/// The two days of [`two_days`].
fn two_dates(kill: usize) -> [String; 2] {
    let first = first_of_a_month(kill);
    let second = format!("{}02", &first[..8]);
    [first, second]
}

/// The 1st of a month of its own for every kill, so that the clock only ever goes forward.
fn first_of_a_month(kill: usize) -> String {
    let (year, month) = (2027 + kill / 12, kill % 12 + 1);
    format!("{year}-{month:02}-01")
}

/// A small generator: the seed is printed, so that a failure can be played again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn new_booth(dir: &Path, packs: &Path, district: &District, proxy: &Proxy, school: &str) -> Booth {
    std::fs::create_dir_all(dir).expect("a folder for the booth");
    let config = format!(
        "[audio]\nhost = \"none\"\n\n[packs]\nimage = \"{}\"\n\n[district]\nurl = \"{}\"\ncode = \"{}\"\n",
        packs.display(),
        proxy.url(),
        district.enrol(school)
    );
    Booth::new(dir, &config)
}

/// Kills the booth at random moments; returns the days it said were closed before it died.
fn torment(booth: &Booth, length: Duration, random: &mut Random) -> Vec<String> {
    let shots = booth.root().join("../shots");
    let canaries = canaries_of_the_fixture();
    let mut closed = Vec::new();
    let mut tallies: Vec<Vec<u8>> = Vec::new();
    for kill in 0..KILLS_EACH {
        let mut child = booth
            .flow_command("kill", &two_days(kill), &shots)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the booth starts");
        let moment = Duration::from_millis(
            random.below(u64::try_from(length.as_millis()).unwrap_or(1).max(1)),
        );
        std::thread::sleep(moment);
        child.kill().expect("the booth can be killed");
        let mut said = String::new();
        let mut stdout = child.stdout.take().expect("stdout is piped");
        stdout.read_to_string(&mut said).expect("it prints text");
        child.wait().expect("it ends");
        let ends = said
            .lines()
            .filter(|line| line.contains("day-end") && line.contains("held"))
            .count();
        closed.extend(two_dates(kill).into_iter().take(ends));
        let seen = search_dir(&canaries, booth.root());
        assert_eq!(seen, [], "after kill {kill} at {moment:?}");
        let row = tally::row(booth.root());
        if tallies.last() != Some(&row) && row.iter().any(|byte| *byte != 0) {
            tallies.push(row);
        }
        let old: Vec<Canary> = tallies
            .iter()
            .rev()
            .skip(2)
            .map(|row| Canary::bytes("an older tally", row))
            .collect();
        assert_eq!(search_dir(&old, booth.root()), [], "after kill {kill}");
    }
    let seen = search_bytes(&canaries, "the log", &booth.log());
    assert_eq!(seen, []);
    closed
}

#[test]
fn two_hundred_kills_lose_nothing_and_leave_nothing() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let packs = dir.path().join("packs");
    std::fs::create_dir(&packs).expect("a folder for packs");
    build_pack(
        &workspace().join("content/starter"),
        &packs.join("starter.xpack"),
    );
    build_pack(
        &workspace().join("tests/fixtures/canary"),
        &packs.join("canary.xpack"),
    );
    let district = District::start(dir.path());
    let seed: u64 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(1, |since| since.subsec_nanos().into());
    println!("seed {seed}");

    let proxy = Proxy::start(district.address());
    let schools: Vec<String> = (0..BOOTHS).map(|n| format!("sample-{n}")).collect();
    let booths: Vec<Booth> = schools
        .iter()
        .map(|school| new_booth(&dir.path().join(school), &packs, &district, &proxy, school))
        .collect();

    // An undisturbed run enrols each booth and shows how long one takes.
    let began = Instant::now();
    booths[0].must(
        "calm",
        "clock 2026-11-01T10:00\nday-end\n",
        &target_dir().join("../faults"),
    );
    let enrolment = began.elapsed();
    let began = Instant::now();
    booths[0].must(
        "calm",
        &two_days(0).replace("2027-01-01", "2026-12-01"),
        &target_dir().join("../faults"),
    );
    let length = began.elapsed();
    for booth in &booths[1..] {
        booth.must(
            "calm",
            "clock 2026-11-01T10:00\nday-end\n",
            &target_dir().join("../faults"),
        );
    }
    println!("enrolment {enrolment:?}, an undisturbed run {length:?}");

    let due: Vec<Vec<String>> = std::thread::scope(|scope| {
        let running: Vec<_> = booths
            .iter()
            .enumerate()
            .map(|(n, booth)| {
                let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (n as u64 + 1));
                scope.spawn(move || torment(booth, length, &mut random))
            })
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("no canary, no fault"))
            .collect()
    });

    // A last undisturbed day lets every outbox run dry.
    for booth in &booths {
        booth.must(
            "last",
            "clock 2040-01-01T10:00\nday-end\n",
            &target_dir().join("../faults"),
        );
    }
    let rows = csv::rows(&district.csv());
    let mut stored = 0;
    for (school, due) in schools.iter().zip(&due) {
        let of_booth: Vec<_> = rows.iter().filter(|row| row["school"] == *school).collect();
        let mut numbers: Vec<u64> = of_booth
            .iter()
            .map(|row| row["sequence"].parse().expect("a number"))
            .collect();
        numbers.sort_unstable();
        let expected: Vec<u64> = (1..=numbers.len() as u64).collect();
        assert_eq!(
            numbers, expected,
            "{school}: a report is missing or was stored twice"
        );
        let mut dates: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &of_booth {
            *dates.entry(row["period"].as_str()).or_default() += 1;
        }
        for date in due {
            assert_eq!(
                dates.get(date.as_str()),
                Some(&1),
                "{school}: the report of {date}, which was closed"
            );
        }
        assert!(
            dates.values().all(|count| *count == 1),
            "{school}: a day was sent twice: {dates:?}"
        );
        assert!(
            !due.is_empty(),
            "no run lived long enough to close a day: the kills prove nothing"
        );
        stored += of_booth.len();
    }
    let seen = search_bytes(&canaries_of_the_fixture(), "the wire", &proxy.heard());
    assert_eq!(seen, []);
    println!(
        "{} kills, {} days seen closed before a kill, {stored} reports stored",
        BOOTHS * KILLS_EACH,
        due.iter().map(Vec::len).sum::<usize>(),
    );
}
