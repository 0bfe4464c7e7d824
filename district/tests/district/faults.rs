//! What must hold when the program dies or is stopped at a bad moment.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use jiff::civil::date;
use rustix::process::Signal;
use xinting_wire::Cell;

use crate::rig::{Booth, District, PATIENCE, get};

#[test]
fn what_was_acknowledged_survives_kill_9_and_is_not_stored_twice() {
    let district = District::new("");
    let mut served = district.serve();
    let booth = Booth::enrol(&served.url, &district.code("no-1", "一"), 1);
    let bodies: Vec<Vec<u8>> = (1..=12)
        .map(|sequence| {
            booth.report(
                sequence,
                date(2026, 5, 25),
                &[(Cell::Visits, sequence.into())],
            )
        })
        .collect();
    for (sequence, body) in (1..).zip(&bodies) {
        assert_eq!(booth.send(&served.url, sequence, body).status, 201);
        served.kill();
        served = district.serve();
        assert_eq!(booth.send(&served.url, sequence, body).status, 200);
    }
    let csv = district.csv();
    let visits: Vec<u32> = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(6).unwrap().parse().unwrap())
        .collect();
    assert_eq!(visits, (1..=12).collect::<Vec<_>>());
}

#[test]
fn killed_in_the_middle_of_many_requests_every_report_ends_up_there_once() {
    let district = District::new("");
    let served = district.serve();
    let booth = Booth::enrol(&served.url, &district.code("no-1", "一"), 1);
    let bodies: Vec<Vec<u8>> = (1..=60)
        .map(|sequence| {
            booth.report(
                sequence,
                date(2026, 5, 25),
                &[(Cell::Visits, sequence.into())],
            )
        })
        .collect();
    // One thread sends as fast as it can; the program dies under it.
    let acknowledged = std::thread::scope(|scope| {
        let url = served.url.clone();
        let (booth, bodies) = (&booth, &bodies);
        let sender = scope.spawn(move || {
            let mut acknowledged = 0_usize;
            for (sequence, body) in (1..).zip(bodies) {
                let sent = std::panic::catch_unwind(|| booth.send(&url, sequence, body).status);
                match sent {
                    Ok(201) => acknowledged += 1,
                    Ok(other) => panic!("status {other}"),
                    Err(_) => break,
                }
            }
            acknowledged
        });
        while district.csv().lines().count() < 5 {}
        served.kill();
        sender.join().unwrap()
    });
    let kept = district.csv().lines().count() - 1;
    assert!(
        kept == acknowledged || kept == acknowledged + 1,
        "{kept} of {acknowledged}"
    );
    let served = district.serve();
    for (sequence, body) in (1..).zip(&bodies) {
        let status = booth.send(&served.url, sequence, body).status;
        assert!(status == 200 || status == 201, "{status}");
    }
    assert_eq!(district.csv().lines().count(), 61);
}

#[test]
fn it_stops_when_asked_and_folds_its_log_back() {
    for signal in [Signal::TERM, Signal::INT] {
        let district = District::new("");
        let served = district.serve();
        let booth = Booth::enrol(&served.url, &district.code("no-1", "一"), 1);
        let body = booth.report(1, date(2026, 5, 25), &[]);
        assert_eq!(booth.send(&served.url, 1, &body).status, 201);
        let (status, log) = served.stop(signal);
        assert_eq!(status, Some(0), "{log}");
        assert!(
            !district.folder.path().join("district.db-wal").exists(),
            "the log is folded back"
        );
        assert_eq!(district.csv().lines().count(), 2);
    }
}

#[test]
fn senders_that_break_off_or_babble_do_not_stop_it() {
    let district = District::new("");
    let served = district.serve();
    let address = served.url.strip_prefix("http://").unwrap();
    let connect = || {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    };
    let half = b"POST /v1/reports HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{\"schema";
    connect().write_all(half).unwrap();
    connect().write_all(&[0; 4000]).unwrap();
    let mut liar = connect();
    liar.write_all(b"POST /v1/reports HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n")
        .unwrap();
    liar.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    let _ = liar.read_to_string(&mut answer);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
        "{answer}"
    );
    let mut header = connect();
    let _ = header.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx: ");
    let _ = header.write_all(&b"y".repeat(600_000));
    assert_eq!(get(&format!("{}/health", served.url), &[]).status, 200);
}

#[test]
fn a_full_disk_refuses_for_now_and_loses_nothing_that_was_acknowledged() {
    let district = District::new("");
    let code = district.code("no-1", "一");
    // No file may grow beyond 600 blocks of 512 bytes; a write beyond fails as on a full disk.
    let served = district.serve_with_file_limit(600);
    let booth = Booth::enrol(&served.url, &code, 1);
    let body = |sequence: u32| {
        booth.report(
            sequence,
            date(2026, 5, 25),
            &[(Cell::Visits, sequence.into())],
        )
    };
    let mut acknowledged = 0;
    for sequence in 1..=400 {
        let answer = booth.send(&served.url, sequence, &body(sequence));
        if answer.status != 201 {
            assert_eq!(answer.status, 503, "{}", answer.body);
            assert!(!answer.body.contains("district.db"), "{}", answer.body);
            break;
        }
        acknowledged = sequence;
    }
    assert!(
        (1..400).contains(&acknowledged),
        "the disk did not fill: {acknowledged}"
    );
    assert_eq!(get(&served.url, &[]).status, 200, "the page is still there");
    served.kill();
    // Room again: what was acknowledged is there, and sending goes on.
    let served = district.serve();
    for sequence in 1..=acknowledged {
        assert_eq!(
            booth.send(&served.url, sequence, &body(sequence)).status,
            200
        );
    }
    let next = acknowledged + 1;
    assert_eq!(booth.send(&served.url, next, &body(next)).status, 201);
}
