//! Each status of the interface, and that nothing of a refused report is kept.

use ed25519_dalek::SigningKey;
use jiff::civil::date;
use xinting_wire::{
    Cell, Domain, ENROL_PATH, EnrolRequest, IDEMPOTENCY_HEADER, MAX_BODY_BYTES, PublicKey,
    REPORTS_PATH, SIGNATURE_HEADER, sign,
};

use crate::rig::{Booth, District, enrol, get, post};

const DAY: jiff::civil::Date = date(2026, 5, 25);

#[test]
fn a_report_is_stored_once_however_often_it_is_sent() {
    let district = District::new("");
    let served = district.serve();
    let booth = Booth::enrol(&served.url, &district.code("no-1", "第一中学"), 1);
    let body = booth.report(1, DAY, &[(Cell::Visits, 12), (Cell::DoorRelax, 7)]);
    let first = booth.send(&served.url, 1, &body);
    assert_eq!(first.status, 201);
    assert_eq!(first.body, format!("{{\"stored\":\"{}.77.1\"}}", booth.id));
    for _ in 0..3 {
        let again = booth.send(&served.url, 1, &body);
        assert_eq!((again.status, &again.body), (200, &first.body));
    }
    let csv = district.csv();
    assert_eq!(csv.lines().count(), 2);
    let line = csv.lines().nth(1).unwrap();
    assert!(line.starts_with(&format!(
        "no-1,{},77,1,2026-05-25,none,12,0,0,0,0,0,0,7,",
        booth.id
    )));
}

#[test]
fn a_report_of_version_1_is_stored_as_it_was_signed() {
    let district = District::new("");
    let served = district.serve();
    let booth = Booth::enrol(&served.url, &district.code("no-1", "第一中学"), 1);
    let newer = booth.report(1, DAY, &[(Cell::Visits, 12), (Cell::CallFailed, 2)]);
    let felt = ",\"practice_felt_calmer\":0,\"practice_felt_same\":0,\"practice_felt_not\":0";
    let text = String::from_utf8(newer).unwrap();
    assert!(text.contains(felt));
    let older = text
        .replace(felt, "")
        .replace("\"schema_version\":2", "\"schema_version\":1");
    assert_eq!(booth.send(&served.url, 1, older.as_bytes()).status, 201);
    assert_eq!(booth.send(&served.url, 1, older.as_bytes()).status, 200);
    // The same counts in other bytes are another report.
    assert_eq!(booth.send(&served.url, 1, text.as_bytes()).status, 409);
    let newer = booth.report(2, DAY, &[(Cell::Visits, 1), (Cell::PracticeFeltNot, 1)]);
    assert_eq!(booth.send(&served.url, 2, &newer).status, 201);
    let csv = district.csv();
    let line = |at: usize| csv.lines().nth(at).unwrap();
    assert!(
        line(0).ends_with(",call_failed,practice_felt_calmer,practice_felt_same,practice_felt_not")
    );
    assert!(line(1).ends_with(",2,0,0,0"), "{csv}");
    assert!(line(2).ends_with(",0,0,0,1"), "{csv}");
}

#[test]
fn many_at_once_are_stored_once() {
    let district = District::new("");
    let served = district.serve();
    let booth = Booth::enrol(&served.url, &district.code("no-1", "一"), 1);
    let body = booth.report(1, DAY, &[(Cell::Visits, 3)]);
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| booth.send(&served.url, 1, &body).status))
            .collect();
        senders
            .into_iter()
            .map(|sender| sender.join().unwrap())
            .collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    assert_eq!(district.csv().lines().count(), 2);
}

#[test]
fn an_altered_replay_is_a_conflict_and_the_first_stays() {
    let district = District::new("");
    let served = district.serve();
    let booth = Booth::enrol(&served.url, &district.code("no-1", "一"), 1);
    let body = booth.report(1, DAY, &[(Cell::Visits, 3)]);
    assert_eq!(booth.send(&served.url, 1, &body).status, 201);
    let other = booth.report(1, DAY, &[(Cell::Visits, 777_321)]);
    let answer = booth.send(&served.url, 1, &other);
    assert_eq!(answer.status, 409, "{}", answer.body);
    assert_eq!(booth.send(&served.url, 1, &body).status, 200);
    assert!(!district.csv().contains("777321"));
    assert!(!kept(&district, "777321"));
}

#[test]
fn hostile_bodies_are_refused_with_their_status_and_leave_nothing() {
    let district = District::new("");
    let served = district.serve();
    let booth = Booth::enrol(&served.url, &district.code("no-1", "一"), 1);
    let stranger = Booth {
        id: "b-stranger".parse().unwrap(),
        ..booth.clone()
    };
    let thief = Booth {
        key: SigningKey::from_bytes(&[9; 32]),
        ..booth.clone()
    };
    // A count that no other body has, to look for on the disk afterwards.
    let body = booth.report(1, DAY, &[(Cell::Visits, 424_242)]);
    let text = String::from_utf8(body.clone()).unwrap();
    let swap = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1).into_bytes()
    };
    let malformed = [
        ("empty", Vec::new()),
        ("noise", vec![0xFF; 424]),
        ("cut", body[..body.len() / 2].to_vec()),
        (
            "newer",
            swap("\"schema_version\":2", "\"schema_version\":3"),
        ),
        (
            "unknown field",
            swap("\"epoch\"", "\"name\":\"424242\",\"epoch\""),
        ),
        (
            "unknown cell",
            swap("\"visits\":424242", "\"visits\":424242,\"band\":1"),
        ),
        ("missing cell", swap("\"visits\":424242,", "")),
        ("negative", swap("424242", "-424242")),
        ("oversize number", swap("424242", "42424242424242424242")),
        ("spaces", swap(":424242", ": 424242")),
        ("a time", swap("2026-05-25", "2026-05-25T10:00")),
        ("nested", "[".repeat(10_000).into_bytes()),
        (
            "other sequence than the header",
            booth.report(2, DAY, &[(Cell::Visits, 424_242)]),
        ),
    ];
    for (case, body) in malformed {
        let answer = booth.send(&served.url, 1, &body);
        assert_eq!(answer.status, 400, "{case}: {}", answer.body);
        assert!(
            answer.body.starts_with("{\"reason\":\"malformed\""),
            "{case}: {}",
            answer.body
        );
    }

    let reports = format!("{}{REPORTS_PATH}", served.url);
    let key = format!("{}.77.1", booth.id);
    let signature = sign(&booth.key, Domain::Report, &body).to_base64();
    let for_enrolment = sign(&booth.key, Domain::Enrol, &body).to_base64();
    for (case, key, signature, status) in [
        ("no key", None, Some(&signature), 400),
        ("key of another shape", Some("1"), Some(&signature), 400),
        ("no signature", Some(&*key), None, 401),
        (
            "garbled signature",
            Some(&key),
            Some(&"####".to_owned()),
            401,
        ),
        (
            "signed for another purpose",
            Some(&key),
            Some(&for_enrolment),
            401,
        ),
    ] {
        let mut headers = Vec::new();
        headers.extend(key.map(|key| (IDEMPOTENCY_HEADER, key)));
        headers.extend(signature.map(|signature| (SIGNATURE_HEADER, signature.as_str())));
        let answer = post(&reports, &headers, &body);
        assert_eq!(answer.status, status, "{case}: {}", answer.body);
    }
    let altered = swap("424242", "424243");
    let headers = [(IDEMPOTENCY_HEADER, &*key), (SIGNATURE_HEADER, &*signature)];
    assert_eq!(
        post(&reports, &headers, &altered).status,
        401,
        "altered on the way"
    );
    assert_eq!(
        thief.send(&served.url, 1, &body).status,
        401,
        "signed by another key"
    );
    let unknown = stranger.report(1, DAY, &[(Cell::Visits, 424_242)]);
    assert_eq!(
        stranger.send(&served.url, 1, &unknown).status,
        403,
        "unknown booth"
    );

    for length in [MAX_BODY_BYTES + 1, 200_000, 3_000_000] {
        let answer = booth.send(&served.url, 1, &b"4".repeat(length));
        assert_eq!(answer.status, 413, "{length}: {}", answer.body);
    }

    assert_eq!(district.csv().lines().count(), 1);
    assert!(!kept(&district, "424242"));
    assert_eq!(
        booth.send(&served.url, 1, &body).status,
        201,
        "and it still works"
    );
    assert!(kept(&district, "424242"), "the search would have found it");
    let (_, log) = served.stop(rustix::process::Signal::TERM);
    assert!(
        !log.contains("424242") && !log.contains("visits"),
        "bodies are not logged: {log}"
    );
    assert!(log.contains("request refused"), "{log}");
}

#[test]
fn a_revoked_booth_is_refused_and_what_it_sent_stays() {
    let district = District::new("");
    let served = district.serve();
    let code = district.code("no-1", "一");
    let booth = Booth::enrol(&served.url, &code, 1);
    let body = booth.report(1, DAY, &[(Cell::Visits, 3)]);
    assert_eq!(booth.send(&served.url, 1, &body).status, 201);
    district.print(&["revoke", "--booth", booth.id.as_str()]);
    let next = booth.report(2, DAY, &[(Cell::Visits, 4)]);
    assert_eq!(booth.send(&served.url, 2, &next).status, 403);
    assert_eq!(booth.send(&served.url, 1, &body).status, 403);
    assert_eq!(enrol(&served.url, &code, &booth.key).status, 403);
    assert_eq!(district.csv().lines().count(), 2);

    let back = Booth::enrol(&served.url, &district.code("no-2", "二"), 1);
    assert_ne!(back.id, booth.id, "the same key comes back as a new booth");
    let body = back.report(1, DAY, &[(Cell::Visits, 5)]);
    assert_eq!(back.send(&served.url, 1, &body).status, 201);
    let csv = district.csv();
    assert!(csv.contains(&format!("no-1,{},77,1", booth.id)), "{csv}");
    assert!(csv.contains(&format!("no-2,{},77,1", back.id)), "{csv}");
}

#[test]
fn a_code_is_good_for_one_booth() {
    let district = District::new("");
    let served = district.serve();
    let code = district.code("no-1", "一");
    let (first, second) = (
        SigningKey::from_bytes(&[1; 32]),
        SigningKey::from_bytes(&[2; 32]),
    );
    let answer = enrol(&served.url, &code.to_lowercase().replace('-', " "), &first);
    assert_eq!(answer.status, 201);
    let again = enrol(&served.url, &code, &first);
    let first_body = answer.body;
    assert_eq!(
        (again.status, &again.body),
        (200, &first_body),
        "a lost answer is asked for again"
    );
    assert_eq!(enrol(&served.url, &code, &second).status, 403, "used");
    assert_eq!(
        enrol(&served.url, "AAAA-BBBB-CCCC", &second).status,
        403,
        "unknown"
    );
    let fresh = district.code("no-1", "一");
    let another = enrol(&served.url, &fresh, &first);
    assert_eq!(
        (another.status, another.body),
        (200, first_body),
        "and with a fresh code too"
    );
    assert_eq!(
        enrol(&served.url, &fresh, &second).status,
        403,
        "which is used up then"
    );
    let other = district.code("no-2", "二");
    assert_eq!(
        enrol(&served.url, &other, &first).status,
        409,
        "the key has a booth"
    );
    assert!(!kept(&district, &code), "only the hash is kept");

    let url = format!("{}{ENROL_PATH}", served.url);
    let body = EnrolRequest::new(&other, PublicKey::from(&second))
        .encode()
        .unwrap();
    let by_another = sign(&first, Domain::Enrol, &body).to_base64();
    assert_eq!(
        post(&url, &[(SIGNATURE_HEADER, &by_another)], &body).status,
        401
    );
    assert_eq!(post(&url, &[], &body).status, 401);
    assert_eq!(post(&url, &[], b"{}").status, 400);
    assert_eq!(
        post(&url, &[], &b"x".repeat(MAX_BODY_BYTES + 1)).status,
        413
    );
    assert_eq!(
        enrol(&served.url, &other, &second).status,
        201,
        "and the code was not used up"
    );
}

#[test]
fn the_export_needs_a_token_and_takes_a_range() {
    let district = District::new("");
    let served = district.serve();
    let booth = Booth::enrol(&served.url, &district.code("no-1", "一"), 1);
    for (sequence, day) in [(1, 24), (2, 25), (3, 26)] {
        let body = booth.report(sequence, date(2026, 5, day), &[(Cell::Visits, day.into())]);
        assert_eq!(booth.send(&served.url, sequence, &body).status, 201);
    }
    let token = district.print(&["token"]).trim().to_owned();
    let bearer = format!("Bearer {token}");
    let url = format!("{}/v1/export.csv", served.url);
    assert_eq!(get(&url, &[]).status, 401);
    assert_eq!(
        get(&url, &[("authorization", "Bearer nonsense")]).status,
        401
    );
    let all = get(&url, &[("authorization", &bearer)]);
    assert_eq!((all.status, &all.body), (200, &district.csv()));
    let part = get(
        &format!("{url}?from=2026-05-25&to=2026-05-25"),
        &[("authorization", &bearer)],
    );
    assert_eq!(part.body.lines().count(), 2);
    let from = [
        "export",
        "--format",
        "csv",
        "--from",
        "2026-05-25",
        "--to",
        "2026-05-25",
    ];
    assert_eq!(part.body, district.print(&from));
    assert_eq!(
        get(&format!("{url}?from=may"), &[("authorization", &bearer)]).status,
        400
    );
    assert!(!kept(&district, &token), "only the hash is kept");
    district.print(&["token", "--remove", &token]);
    assert_eq!(get(&url, &[("authorization", &bearer)]).status, 401);
}

#[test]
fn the_page_is_not_shown_under_other_names() {
    let district = District::new("");
    let served = district.serve();
    assert_eq!(get(&served.url, &[]).status, 200);
    assert_eq!(
        get(&served.url, &[("host", "figures.example.org")]).status,
        403
    );
    assert_eq!(
        get(&served.url, &[("x-forwarded-for", "192.168.1.9")]).status,
        403
    );
    assert_eq!(get(&format!("{}/?days=x", served.url), &[]).status, 400);
    assert_eq!(
        get(&format!("{}/?days=366&to=0001-01-01", served.url), &[]).status,
        200
    );
    assert_eq!(get(&format!("{}/nowhere", served.url), &[]).status, 404);
    assert_eq!(get(&format!("{}/health", served.url), &[]).body, "ok\n");
}

fn kept(district: &District, text: &str) -> bool {
    district
        .kept()
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}
