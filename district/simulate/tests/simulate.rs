//! The real program against a district of a few lines that keeps everything it
//! is sent, verifies it, and fails on purpose now and then.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use xinting_wire::{
    BoothId, Cell, Domain, ENROL_PATH, EnrolRequest, EnrolResponse, IDEMPOTENCY_HEADER, PublicKey,
    Receipt, Report, SIGNATURE_HEADER, Signature,
};

#[derive(Default)]
struct Kept {
    booths: BTreeMap<BoothId, PublicKey>,
    reports: BTreeMap<String, Vec<u8>>,
    requests: u32,
    repeated: u32,
}

/// Starts the district; it refuses every report if told so.
fn district(refuse: bool) -> (String, Arc<Mutex<Kept>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let kept = Arc::new(Mutex::new(Kept::default()));
    let shared = Arc::clone(&kept);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || while answer(stream.as_ref().unwrap(), &shared, refuse) {});
        }
    });
    (url, kept)
}

/// Answers one request; false once the connection is done.
fn answer(mut stream: &TcpStream, kept: &Mutex<Kept>, refuse: bool) -> bool {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return false;
    }
    let path = line.split(' ').nth(1).unwrap().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let signature = Signature::from_base64(&headers[SIGNATURE_HEADER]).unwrap();

    let mut kept = kept.lock().unwrap();
    let (status, reply) = if path == ENROL_PATH {
        let request = EnrolRequest::decode(&body).unwrap();
        request
            .public_key
            .verify(Domain::Enrol, &body, &signature)
            .unwrap();
        let booth: BoothId = format!("b-{}", request.normal_code().to_lowercase())
            .parse()
            .unwrap();
        kept.booths.insert(booth.clone(), request.public_key);
        let answer = EnrolResponse::new(request.version(), booth, None);
        (201, serde_json::to_vec(&answer).unwrap())
    } else {
        let report = Report::decode(&body).unwrap();
        let key = report.idempotency_key();
        assert_eq!(headers[IDEMPOTENCY_HEADER], key.to_string());
        kept.booths[&report.booth]
            .verify(Domain::Report, &body, &signature)
            .unwrap();
        kept.requests += 1;
        if refuse {
            (403, Vec::new())
        } else if kept.requests.is_multiple_of(7) {
            (503, Vec::new())
        } else if let Some(before) = kept.reports.get(&key.to_string()) {
            assert_eq!(*before, body, "retries are identical");
            kept.repeated += 1;
            (200, serde_json::to_vec(&Receipt::from(&key)).unwrap())
        } else {
            kept.reports.insert(key.to_string(), body);
            (201, serde_json::to_vec(&Receipt::from(&key)).unwrap())
        }
    };
    drop(kept);
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n",
        reply.len()
    );
    stream
        .write_all(&[head.as_bytes(), &reply].concat())
        .is_ok()
}

fn simulate(url: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xinting-simulate"))
        .args(["--url", url])
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn every_day_of_every_booth_arrives_once_whatever_the_network_does() {
    let (url, kept) = district(false);
    let arguments = [
        "--code",
        "AAA",
        "BBB",
        "CCC",
        "--days",
        "28",
        "--until",
        "2026-05-31",
        "--seed",
        "3",
    ];
    let output = simulate(&url, &arguments);
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{words}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(words.contains("84 reports; 84 stored"), "{words}");
    let kept = kept.lock().unwrap();
    assert_eq!((kept.booths.len(), kept.reports.len()), (3, 84));
    assert!(kept.repeated > 0, "some were sent again");
    let mut visits = 0;
    let mut days = BTreeMap::new();
    for body in kept.reports.values() {
        let report = Report::decode(body).unwrap();
        visits += report.cells.get(Cell::Visits);
        *days.entry(report.period.date().to_string()).or_insert(0) += 1;
    }
    assert!(words.contains(&format!("{visits} visits")), "{words}");
    assert_eq!(days.len(), 28);
    assert!(days.values().all(|booths| *booths == 3));
    assert_eq!(days.keys().next_back().unwrap(), "2026-05-31");
}

#[test]
fn a_refusal_and_misuse_are_said() {
    let (url, kept) = district(true);
    let output = simulate(&url, &["--code", "AAA", "--days", "3"]);
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("3 reports were refused"), "{words}");
    assert!(kept.lock().unwrap().reports.is_empty());
    assert_eq!(simulate(&url, &[]).status.code(), Some(2));
    assert_eq!(
        simulate(&url, &["--code", "A", "--booths", "2"])
            .status
            .code(),
        Some(1)
    );
    assert_eq!(
        simulate("http://192.0.2.1", &["--code", "A"]).status.code(),
        Some(1)
    );
    assert_eq!(
        simulate("http://127.0.0.1:1", &["--code", "A"])
            .status
            .code(),
        Some(1)
    );
}
