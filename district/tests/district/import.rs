//! Reports and enrolments by stick: the same answers as by network, once each, whatever lies on the stick.

mod sticks;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use jiff::civil::date;
use xinting_wire::{
    Cell, Domain, EnrolRequest, EnrolResponse, Enrolled, Letter, PublicKey, Receipts, body_hash,
    sign,
};

use crate::rig::{Booth, District, enrol};

const DAY: jiff::civil::Date = date(2026, 5, 25);
/// Any usable key in minisign's dress.
const ROOT: &str =
    "untrusted comment: a root\nRWQAAAAAAAAAAOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs\n";
const FINGERPRINT: &str = "fe81 2c12 f3ab 4ce6 ac5d b69a c352 f906";

/// What a booth writes onto a stick.
struct Export {
    folder: PathBuf,
}

impl Export {
    fn new(stick: &Path, name: &str) -> Self {
        let folder = stick.join(name);
        fs::create_dir_all(folder.join("reports")).unwrap();
        Self { folder }
    }

    fn report(&self, booth: &Booth, sequence: u32, body: &[u8]) {
        let key = format!("{}.77.{sequence}", booth.id);
        let signature = sign(&booth.key, Domain::Report, body).to_base64();
        self.letter(&key, &signature, body);
    }

    fn letter(&self, key: &str, signature: &str, body: &[u8]) {
        let letter = Letter {
            idempotency_key: Some(key.to_owned()),
            signature: signature.to_owned(),
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        let path = self.folder.join(format!("reports/{key}.json"));
        fs::write(path, letter.encode()).unwrap();
    }

    fn request(&self, code: &str, key: &SigningKey) {
        let body = EnrolRequest::new(code, PublicKey::from(key))
            .encode()
            .unwrap();
        let letter = Letter {
            idempotency_key: None,
            signature: sign(key, Domain::Enrol, &body).to_base64(),
            body: String::from_utf8(body).unwrap(),
        };
        fs::write(self.folder.join("enrol-request.json"), letter.encode()).unwrap();
    }

    fn receipts(&self) -> Vec<(String, u16)> {
        let bytes = fs::read(self.folder.join("receipts.json")).unwrap();
        let rows = Receipts::decode(&bytes).unwrap().receipts;
        rows.into_iter().map(|row| (row.key, row.status)).collect()
    }

    fn enrolled(&self) -> Enrolled {
        Enrolled::decode(&fs::read(self.folder.join("enrolled.json")).unwrap()).unwrap()
    }
}

/// Exit status, table, words.
fn import(district: &District, dir: &Path) -> (Option<i32>, String, String) {
    let output = district.run(&["import", dir.to_str().unwrap()]);
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// A booth that was enrolled by stick.
fn by_stick(district: &District, stick: &Path, seed: u8) -> Booth {
    let key = SigningKey::from_bytes(&[seed; 32]);
    let export = Export::new(stick, &format!("xinting-k{seed}-2026-05-24"));
    export.request(&district.code("no-1", "第一中学"), &key);
    assert_eq!(import(district, &export.folder).0, Some(0));
    let answer = export.enrolled();
    assert_eq!(answer.public_key, PublicKey::from(&key).to_base64());
    let id = EnrolResponse::decode(answer.answer.as_bytes())
        .unwrap()
        .booth;
    fs::remove_dir_all(&export.folder).unwrap();
    Booth { key, id }
}

#[test]
fn a_booth_without_network_joins_and_reports_and_nothing_counts_twice() {
    let district = District::new("");
    let stick = tempfile::tempdir().unwrap();
    let booth = by_stick(&district, stick.path(), 1);
    let export = Export::new(stick.path(), "xinting-b-2026-05-27");
    for (sequence, visits) in [(1, 12), (2, 7)] {
        let body = booth.report(sequence, DAY, &[(Cell::Visits, visits)]);
        export.report(&booth, sequence, &body);
    }
    // The stick as a whole, with a family's photographs on it.
    fs::create_dir(stick.path().join("holiday")).unwrap();
    fs::write(stick.path().join("holiday/reports"), "x").unwrap();
    let (status, table, _) = import(&district, stick.path());
    assert_eq!(status, Some(0), "{table}");
    assert_eq!(table.matches(" 201 stored").count(), 2, "{table}");
    assert!(table.contains("2026-05-25"), "{table}");
    let keys = [1, 2].map(|n| format!("{}.77.{n}", booth.id));
    assert_eq!(export.receipts(), keys.clone().map(|key| (key, 201)));
    let bytes = fs::read(export.folder.join("receipts.json")).unwrap();
    let first = &Receipts::decode(&bytes).unwrap().receipts[0];
    let body = booth.report(1, DAY, &[(Cell::Visits, 12)]);
    let hex: String = body_hash(&body)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(first.body_sha256, hex);
    assert_eq!(first.answer, format!("{{\"stored\":\"{}\"}}", keys[0]));
    // Again, and the one folder alone.
    for dir in [stick.path(), export.folder.as_path()] {
        assert_eq!(import(&district, dir).0, Some(0));
        assert_eq!(export.receipts(), keys.clone().map(|key| (key, 200)));
    }
    assert_eq!(district.csv().lines().count(), 3);
}

#[test]
fn by_network_and_by_stick_is_one_report() {
    let district = District::new("");
    let stick = tempfile::tempdir().unwrap();
    let booth = by_stick(&district, stick.path(), 1);
    let export = Export::new(stick.path(), "xinting-b-2026-05-27");
    let body = booth.report(1, DAY, &[(Cell::Visits, 12)]);
    export.report(&booth, 1, &body);
    let served = district.serve();
    assert_eq!(booth.send(&served.url, 1, &body).status, 201);
    assert_eq!(import(&district, &export.folder).0, Some(0));
    assert_eq!(export.receipts()[0].1, 200);
    // The other way round.
    let body = booth.report(2, DAY, &[(Cell::Visits, 3)]);
    export.report(&booth, 2, &body);
    assert_eq!(import(&district, &export.folder).0, Some(0));
    assert_eq!(booth.send(&served.url, 2, &body).status, 200);
    assert_eq!(district.csv().lines().count(), 3);
}

#[test]
fn every_refusal_is_the_networks_own() {
    let district = District::new("");
    let stick = tempfile::tempdir().unwrap();
    let (booth, other) = (
        by_stick(&district, stick.path(), 1),
        by_stick(&district, stick.path(), 2),
    );
    let served = district.serve();
    let body = booth.report(1, DAY, &[(Cell::Visits, 12)]);
    assert_eq!(booth.send(&served.url, 1, &body).status, 201);
    let revoked = by_stick(&district, stick.path(), 3);
    district.print(&["revoke", "--booth", revoked.id.as_str()]);
    let stranger = Booth {
        key: SigningKey::from_bytes(&[9; 32]),
        id: "b-stranger".parse().unwrap(),
    };
    let others = sign(&other.key, Domain::Report, &body).to_base64();
    let good = sign(&booth.key, Domain::Report, &body).to_base64();
    let key = format!("{}.77.1", booth.id);
    let second = booth.report(1, DAY, &[(Cell::Visits, 13)]);
    let cases: Vec<(&str, String, String, Vec<u8>, u16)> = vec![
        (
            "the same bytes",
            key.clone(),
            good.clone(),
            body.clone(),
            200,
        ),
        (
            "other bytes under the key",
            key.clone(),
            sign(&booth.key, Domain::Report, &second).to_base64(),
            second,
            409,
        ),
        (
            "another key",
            format!("{}.77.2", booth.id),
            good.clone(),
            body.clone(),
            400,
        ),
        (
            "no key",
            "rubbish".to_owned(),
            good.clone(),
            body.clone(),
            400,
        ),
        ("no report", key.clone(), good.clone(), b"{}".to_vec(), 400),
        (
            "another booth's signature",
            key.clone(),
            others,
            body.clone(),
            401,
        ),
        ("no signature", key, String::new(), body, 401),
        (
            "a stranger",
            "b-stranger.77.1".to_owned(),
            {
                let body = stranger.report(1, DAY, &[]);
                sign(&stranger.key, Domain::Report, &body).to_base64()
            },
            stranger.report(1, DAY, &[]),
            403,
        ),
        (
            "a revoked booth",
            format!("{}.77.1", revoked.id),
            {
                let body = revoked.report(1, DAY, &[]);
                sign(&revoked.key, Domain::Report, &body).to_base64()
            },
            revoked.report(1, DAY, &[]),
            403,
        ),
    ];
    let before = district.csv();
    for (name, key, signature, body, expected) in cases {
        let export = Export::new(stick.path(), "xinting-case");
        export.letter(&key, &signature, &body);
        let (status, table, words) = import(&district, &export.folder);
        assert_eq!(status, Some(i32::from(expected != 200)), "{name}: {words}");
        assert_eq!(export.receipts(), [(key.clone(), expected)], "{name}");
        assert!(table.contains(&format!(" {expected} ")), "{name}: {table}");
        // The very same by network.
        let headers = [
            ("idempotency-key", key.as_str()),
            ("xinting-signature", signature.as_str()),
        ];
        let answer = crate::rig::post(&format!("{}/v1/reports", served.url), &headers, &body);
        let bytes = fs::read(export.folder.join("receipts.json")).unwrap();
        let row = Receipts::decode(&bytes).unwrap().receipts.remove(0);
        assert_eq!(
            (row.status, row.answer),
            (answer.status, answer.body),
            "{name}"
        );
        fs::remove_dir_all(&export.folder).unwrap();
    }
    assert_eq!(
        district.csv(),
        before,
        "nothing of a refused report is kept"
    );
}

#[test]
fn what_is_no_letter_is_named_and_stops_nothing() {
    let district = District::new("");
    let stick = tempfile::tempdir().unwrap();
    let booth = by_stick(&district, stick.path(), 1);
    let export = Export::new(stick.path(), "xinting-b-2026-05-27");
    let body = booth.report(1, DAY, &[(Cell::Visits, 12)]);
    export.report(&booth, 1, &body);
    let reports = export.folder.join("reports");
    fs::write(reports.join("a.json"), "not JSON").unwrap();
    fs::write(reports.join("b.json"), vec![b' '; 200_000]).unwrap();
    fs::write(reports.join("c\u{1b}[31m.json"), [0xff, 0xfe]).unwrap();
    // The sentence of a refusal quotes a name that stands in the body.
    let escape = booth.report(2, DAY, &[]);
    let escape = String::from_utf8(escape)
        .unwrap()
        .replacen('{', "{\"\\u001b[2J\":1,", 1);
    export.letter("b-1.77.2", "AAAA", escape.as_bytes());
    fs::write(reports.join("notes.txt"), "of an admin").unwrap();
    fs::write(reports.join("._1.json"), "left by another system").unwrap();
    fs::create_dir(reports.join("d.json")).unwrap();
    symlink("/etc/passwd", reports.join("e.json")).unwrap();
    let outside = stick.path().join("outside");
    symlink(&outside, export.folder.join("receipts.json")).unwrap();
    let (status, table, words) = import(&district, stick.path());
    assert_eq!(status, Some(1));
    assert!(words.contains("6 of 7 were refused"), "{words}");
    assert!(
        !table.contains('\u{1b}') && !table.contains("root:"),
        "{table}"
    );
    assert_eq!(table.matches(" 400 ").count(), 5, "{table}");
    assert_eq!(table.matches(" 413 ").count(), 1, "{table}");
    let taken = format!("{}.77.1", booth.id);
    let receipts = [("b-1.77.2".to_owned(), 400), (taken, 201)];
    let mut found = export.receipts();
    found.sort();
    assert_eq!(found, receipts);
    assert!(!outside.exists(), "a link is replaced, never followed");
    assert_eq!(district.csv().lines().count(), 2);

    let empty = tempfile::tempdir().unwrap();
    let (status, _, words) = import(&district, empty.path());
    assert_eq!(status, Some(1));
    assert!(
        words.contains("nothing to import") && words.contains("hint:"),
        "{words}"
    );
    assert_eq!(import(&district, &empty.path().join("gone")).0, Some(1));
}

#[test]
fn a_request_is_answered_as_by_network_and_only_once() {
    let district = District::new("root_key = 'root.pub'\n");
    fs::write(district.folder.path().join("root.pub"), ROOT).unwrap();
    let stick = tempfile::tempdir().unwrap();
    let export = Export::new(stick.path(), "xinting-k1-2026-05-24");
    let key = SigningKey::from_bytes(&[1; 32]);
    let code = district.code("no-1", "第一中学");
    export.request(&code, &key);
    assert_eq!(import(&district, stick.path()).0, Some(0));
    let first = export.enrolled();
    assert_eq!(first.status, 201);
    let answer = EnrolResponse::decode(first.answer.as_bytes()).unwrap();
    let root = answer.root_key.unwrap();
    assert_eq!(root.fingerprint(), FINGERPRINT);
    // Once more, because the stick was lost; and by network.
    assert_eq!(import(&district, stick.path()).0, Some(0));
    let again = export.enrolled();
    assert_eq!((again.status, &again.answer), (200, &first.answer));
    let served = district.serve();
    assert_eq!(enrol(&served.url, &code, &key).body, first.answer);
    // The code is used: another booth does not come in with it.
    export.request(&code, &SigningKey::from_bytes(&[2; 32]));
    let (status, table, _) = import(&district, stick.path());
    assert_eq!(status, Some(1));
    assert!(table.contains(" 403 the code is unknown"), "{table}");
    assert_eq!(export.enrolled().status, 403);
}

#[test]
fn an_older_booth_gets_the_answer_it_understands() {
    let district = District::new("root_key = 'root.pub'\n");
    fs::write(district.folder.path().join("root.pub"), ROOT).unwrap();
    let served = district.serve();
    let key = SigningKey::from_bytes(&[1; 32]);
    let ask = |version| {
        let code = district.code("no-1", "第一中学");
        let body = EnrolRequest::in_version(version, &code, PublicKey::from(&key))
            .encode()
            .unwrap();
        let signature = sign(&key, Domain::Enrol, &body).to_base64();
        let url = format!("{}/v1/enrol", served.url);
        crate::rig::post(&url, &[("xinting-signature", &signature)], &body).body
    };
    let old = ask(1);
    assert!(
        old.starts_with("{\"schema_version\":1,\"booth\":\"b-"),
        "{old}"
    );
    assert!(!old.contains("root_key"), "{old}");
    assert!(ask(2).contains("\"root_key\":\"RWQ"));
}

#[test]
fn the_fingerprint_is_printed_where_somebody_is_asked_for_it() {
    let district = District::new("root_key = 'root.pub'\n");
    let path = district.folder.path().join("root.pub");
    let (status, _, words) = run(&district, &["fingerprint"]);
    assert_eq!(status, Some(1));
    assert!(words.contains("root.pub"), "{words}");
    fs::write(&path, "no key").unwrap();
    let (_, _, words) = run(&district, &["fingerprint"]);
    assert!(words.contains("is no public key"), "{words}");
    fs::write(&path, ROOT).unwrap();
    assert_eq!(run(&district, &["fingerprint"]).1.trim(), FINGERPRINT);
    let (_, code, words) = run(&district, &["enrol", "--school", "no-1"]);
    assert_eq!(code.trim().len(), 14, "the code stays alone on stdout");
    assert!(words.contains(FINGERPRINT), "{words}");
    let plain = District::new("");
    let (status, _, words) = run(&plain, &["fingerprint"]);
    assert_eq!(status, Some(1));
    assert!(words.contains("names no root key"), "{words}");
}

fn run(district: &District, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = district.run(arguments);
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}
