//! The interface as bytes: snapshots of every body, and what is refused.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use ed25519_dalek::SigningKey;
use expect_test::expect;
use jiff::civil::date;
use proptest::prelude::*;
use xinting_wire::*;

fn report() -> Report {
    let mut values = [0; CELL_COUNT];
    for (n, value) in values.iter_mut().enumerate() {
        *value = n as i64;
    }
    Report {
        booth: "b-7k2m9q".parse().unwrap(),
        epoch: 2_718_281_828,
        sequence: 12,
        period: Period::Day {
            date: date(2026, 5, 25),
        },
        noise: Noise::None {},
        cells: Cells::new(values).unwrap(),
    }
}

/// The test key of booths in the dress of a minisign key: any usable key will do.
const ROOT: &str =
    "untrusted comment: a root\nRWQAAAAAAAAAAOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs\n";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn text() -> String {
    String::from_utf8(report().encode().unwrap()).unwrap()
}

/// The whole error, causes included.
fn refusal(bytes: &[u8]) -> String {
    let error = Report::decode(bytes).unwrap_err();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[test]
fn a_report_is_exactly_these_bytes() {
    expect![[r#"{"schema_version":2,"booth":"b-7k2m9q","epoch":2718281828,"sequence":12,"period":{"kind":"day","date":"2026-05-25"},"noise":{"kind":"none","parameters":{}},"cells":{"visits":0,"visits_primary":1,"visits_junior":2,"visits_senior":3,"visits_parent":4,"door_self_check":5,"door_learn":6,"door_relax":7,"door_talk":8,"door_immersive":9,"door_counsellor":10,"check_phq_a":11,"check_gad_7":12,"check_who_5":13,"check_check_in":14,"check_other":15,"articles_read":16,"practice_breathing_started":17,"practice_breathing_finished":18,"practice_muscle_started":19,"practice_muscle_finished":20,"practice_soundscape_started":21,"practice_soundscape_finished":22,"practice_other_started":23,"practice_other_finished":24,"call_line_open":25,"call_busy":26,"call_no_answer":27,"call_no_line":28,"call_cancelled":29,"call_failed":30,"practice_felt_calmer":31,"practice_felt_same":32,"practice_felt_not":33}}"#]]
    .assert_eq(&text());
    assert!(text().len() < MAX_BODY_BYTES / 8);
}

/// The same report as version 1 wrote it, from before the cells that came later.
const VERSION_1: &str = r#"{"schema_version":1,"booth":"b-7k2m9q","epoch":2718281828,"sequence":12,"period":{"kind":"day","date":"2026-05-25"},"noise":{"kind":"none","parameters":{}},"cells":{"visits":0,"visits_primary":1,"visits_junior":2,"visits_senior":3,"visits_parent":4,"door_self_check":5,"door_learn":6,"door_relax":7,"door_talk":8,"door_immersive":9,"door_counsellor":10,"check_phq_a":11,"check_gad_7":12,"check_who_5":13,"check_check_in":14,"check_other":15,"articles_read":16,"practice_breathing_started":17,"practice_breathing_finished":18,"practice_muscle_started":19,"practice_muscle_finished":20,"practice_soundscape_started":21,"practice_soundscape_finished":22,"practice_other_started":23,"practice_other_finished":24,"call_line_open":25,"call_busy":26,"call_no_answer":27,"call_no_line":28,"call_cancelled":29,"call_failed":30}}"#;

#[test]
fn a_report_of_version_1_is_read_as_it_was_written() {
    let read = Report::decode(VERSION_1.as_bytes()).unwrap();
    for cell in Cell::ALL {
        let before = cell.index() < CELLS_OF_VERSION_1;
        let value = if before { cell.index() as i64 } else { 0 };
        assert_eq!(read.cells.get(cell), value, "{cell}");
    }
    assert_eq!(read.idempotency_key(), report().idempotency_key());
    // It stays what was signed: nothing of a later version is read into it.
    let later = [
        (
            "\"call_failed\":30",
            "\"call_failed\":30,\"practice_felt_not\":0",
        ),
        ("\"call_failed\":30", "\"call_failed\":30 "),
        (",\"call_failed\":30", ""),
        ("\"schema_version\":1", "\"schema_version\":2"),
        ("\"schema_version\":1", "\"schema_version\":3"),
        ("\"schema_version\":1", "\"schema_version\":0"),
    ];
    let table: String = later
        .iter()
        .map(|(from, to)| format!("{}\n", refusal(VERSION_1.replacen(from, to, 1).as_bytes())))
        .collect();
    expect![[r#"
        the report does not follow the schema: cells: a name outside the vocabulary
        the report is not in canonical form
        the report does not follow the schema: cells: call_failed is missing
        the report does not follow the schema: cells: practice_felt_calmer is missing
        the report has schema version 3; versions 1 to 2 are understood
        the report has schema version 0; versions 1 to 2 are understood
    "#]]
    .assert_eq(&table);
}

#[test]
fn the_signature_and_key_of_that_report() {
    let body = report().encode().unwrap();
    let signature = sign(&key(), Domain::Report, &body);
    expect!["b-7k2m9q.2718281828.12"].assert_eq(&report().idempotency_key().to_string());
    expect![
        "sgVtLUMkIouZzgnvP9nsaZKmtWsqhGGnOUz6AgTh3CnItw+6VbNRADlZWAkCk+nd8ojlGo/ZaX0pODpCUBhbCA=="
    ]
    .assert_eq(&signature.to_base64());
    expect!["6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw="]
        .assert_eq(&PublicKey::from(&key()).to_base64());
    PublicKey::from(&key())
        .verify(Domain::Report, &body, &signature)
        .unwrap();
}

#[test]
fn enrolment_and_answers_as_bytes() {
    let request = EnrolRequest::new(" k7pq-3mwx-9rtd ", PublicKey::from(&key()));
    expect![[r#"{"schema_version":2,"code":"k7pq-3mwx-9rtd","public_key":"6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw="}"#]].assert_eq(&String::from_utf8(request.encode().unwrap()).unwrap());
    assert_eq!(request.normal_code(), "K7PQ3MWX9RTD");
    let booth: BoothId = "b-7k2m9q".parse().unwrap();
    let root = RootKey::parse(ROOT).unwrap();
    let answers = [
        (1, None),
        (1, Some(root.clone())),
        (2, None),
        (2, Some(root)),
    ];
    let answers = answers.map(|(version, root)| {
        let answer = EnrolResponse::new(version, booth.clone(), root);
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(EnrolResponse::decode(text.as_bytes()).unwrap(), answer);
        text
    });
    expect![[r#"
        {"schema_version":1,"booth":"b-7k2m9q"}
        {"schema_version":1,"booth":"b-7k2m9q"}
        {"schema_version":2,"booth":"b-7k2m9q"}
        {"schema_version":2,"booth":"b-7k2m9q","root_key":"RWQAAAAAAAAAAOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"}"#]]
        .assert_eq(&answers.join("\n"));
    let receipt = Receipt::from(&report().idempotency_key());
    expect![[r#"{"stored":"b-7k2m9q.2718281828.12"}"#]]
        .assert_eq(&serde_json::to_string(&receipt).unwrap());
    let refusal = Refusal {
        reason: RefusalReason::BadSignature,
        message: "x".into(),
    };
    expect![[r#"{"reason":"bad_signature","message":"x"}"#]]
        .assert_eq(&serde_json::to_string(&refusal).unwrap());
}

#[test]
fn no_band_and_no_support_path_has_a_cell_while_noise_is_none() {
    // Whoever adds such a cell has to add noise first, and then change this.
    let telling = [
        "band", "support", "severe", "moderate", "mild", "minimal", "poor", "risk", "score",
        "total", "result", "concern", "answer", "number", "duration", "second", "minute", "hour",
    ];
    for cell in Cell::ALL {
        if cell == Cell::CallNoAnswer {
            continue;
        }
        for word in telling {
            assert!(!cell.name().contains(word), "{cell} says {word}");
        }
    }
    assert_eq!(report().noise.kind(), "none");
}

#[test]
fn names_are_unique_and_lead_back() {
    for cell in Cell::ALL {
        assert_eq!(Cell::from_name(cell.name()), Some(cell));
        assert_eq!(Cell::ALL[cell.index()], cell);
    }
    assert_eq!(Cell::from_name("visits_teacher"), None);
}

#[test]
fn what_is_refused_and_in_which_words() {
    let good = text();
    let swap = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let cases = [
        ("empty", String::new()),
        ("not json", "report".into()),
        ("an array", "[]".into()),
        ("cut", good[..good.len() - 1].into()),
        ("more after it", format!("{good}{good}")),
        (
            "other version",
            swap("\"schema_version\":2", "\"schema_version\":3"),
        ),
        (
            "huge version",
            swap(
                "\"schema_version\":2",
                "\"schema_version\":99999999999999999999",
            ),
        ),
        (
            "unknown field",
            swap("\"epoch\"", "\"name\":\"x\",\"epoch\""),
        ),
        ("missing field", swap("\"sequence\":12,", "")),
        (
            "twice",
            swap("\"sequence\":12", "\"sequence\":12,\"sequence\":12"),
        ),
        ("epoch 0", swap("2718281828", "0")),
        ("sequence 0", swap("\"sequence\":12", "\"sequence\":0")),
        (
            "negative sequence",
            swap("\"sequence\":12", "\"sequence\":-1"),
        ),
        ("large epoch", swap("2718281828", "4294967296")),
        ("bad booth", swap("b-7k2m9q", "B 7")),
        ("traversal", swap("b-7k2m9q", "../../etc")),
        ("unknown period", swap("\"day\"", "\"hour\"")),
        ("field in period", swap("\"date\"", "\"hour\":3,\"date\"")),
        ("no such date", swap("2026-05-25", "2026-02-30")),
        ("date and time", swap("2026-05-25", "2026-05-25T10:00")),
        ("old date", swap("2026-05-25", "1970-01-01")),
        ("unknown noise", swap("\"none\"", "\"some\"")),
        (
            "field in noise",
            swap("\"parameters\":{}", "\"parameters\":{\"scale\":1}"),
        ),
        (
            "unknown cell",
            swap("\"visits\":0", "\"visits\":0,\"band_severe\":1"),
        ),
        ("missing cell", swap("\"visits\":0,", "")),
        (
            "cell twice",
            swap("\"visits\":0", "\"visits\":0,\"visits\":0"),
        ),
        ("negative", swap("\"visits\":0", "\"visits\":-1")),
        ("over the limit", swap("\"visits\":0", "\"visits\":1000001")),
        (
            "oversize number",
            swap("\"visits\":0", "\"visits\":99999999999999999999"),
        ),
        ("fraction", swap("\"visits\":0", "\"visits\":0.5")),
        ("exponent", swap("\"visits\":0", "\"visits\":1e2")),
        ("text", swap("\"visits\":0", "\"visits\":\"0\"")),
        ("null", swap("\"visits\":0", "\"visits\":null")),
        ("minus zero", swap("\"visits\":0", "\"visits\":-0")),
        ("spaces", swap("\"epoch\":", "\"epoch\": ")),
        (
            "other order",
            swap(
                "\"epoch\":2718281828,\"sequence\":12",
                "\"sequence\":12,\"epoch\":2718281828",
            ),
        ),
        (
            "cells in other order",
            swap(
                "\"visits\":0,\"visits_primary\":1",
                "\"visits_primary\":1,\"visits\":0",
            ),
        ),
        ("escaped", swap("\"epoch\"", "\"epo\\u0063h\"")),
        ("too long", format!("{good}{}", " ".repeat(MAX_BODY_BYTES))),
        ("deep", "[".repeat(MAX_BODY_BYTES)),
    ];
    let table: String = cases
        .iter()
        .map(|(case, body)| format!("{case}: {}\n", refusal(body.as_bytes())))
        .collect();
    expect![[r#"
        empty: the report does not follow the schema: EOF while parsing a value at line 1 column 0
        not json: the report does not follow the schema: expected value at line 1 column 1
        an array: the report does not follow the schema: invalid length 0, expected a report, which is a JSON object at line 1 column 2
        cut: the report does not follow the schema: EOF while parsing an object at line 1 column 891
        more after it: the report does not follow the schema: trailing characters at line 1 column 893
        other version: the report has schema version 3; versions 1 to 2 are understood
        huge version: the report does not follow the schema: invalid type: floating point `1e+20`, expected u64 at line 1 column 38
        unknown field: the report does not follow the schema: unknown field `name`, expected one of `schema_version`, `booth`, `epoch`, `sequence`, `period`, `noise`, `cells` at line 1 column 45
        missing field: the report does not follow the schema: missing field `sequence` at line 1 column 878
        twice: the report does not follow the schema: duplicate field `sequence` at line 1 column 82
        epoch 0: epoch is out of range
        sequence 0: sequence is out of range
        negative sequence: the report does not follow the schema: invalid value: integer `-1`, expected u32 at line 1 column 71
        large epoch: the report does not follow the schema: invalid value: integer `4294967296`, expected u32 at line 1 column 57
        bad booth: the report does not follow the schema: an id is 1 to 40 characters of a-z, 0-9 and -, not starting or ending with - at line 1 column 33
        traversal: the report does not follow the schema: an id is 1 to 40 characters of a-z, 0-9 and -, not starting or ending with - at line 1 column 39
        unknown period: the report does not follow the schema: unknown variant `hour`, expected `day` at line 1 column 95
        field in period: the report does not follow the schema: unknown field `hour`, expected `date` at line 1 column 124
        no such date: the report does not follow the schema: parsed date is not valid: parameter 'day' for `2026-02` is invalid, must be in range `1..=28` at line 1 column 115
        date and time: the report is not in canonical form
        old date: period is out of range
        unknown noise: the report does not follow the schema: unknown variant `some`, expected `none` at line 1 column 138
        field in noise: the report does not follow the schema: unknown field `scale`, there are no fields at line 1 column 160
        unknown cell: the report does not follow the schema: cells: a name outside the vocabulary at line 1 column 189
        missing cell: the report does not follow the schema: cells: visits is missing
        cell twice: the report does not follow the schema: cells: visits is there twice at line 1 column 186
        negative: visits is negative although no noise is declared
        over the limit: the report does not follow the schema: cells: visits is beyond 1000000 in magnitude at line 1 column 181
        oversize number: the report does not follow the schema: invalid type: floating point `1e+20`, expected i64 at line 1 column 194
        fraction: the report does not follow the schema: invalid type: floating point `0.5`, expected i64 at line 1 column 177
        exponent: the report does not follow the schema: invalid type: floating point `100.0`, expected i64 at line 1 column 177
        text: the report does not follow the schema: invalid type: string "0", expected i64 at line 1 column 177
        null: the report does not follow the schema: invalid type: null, expected i64 at line 1 column 178
        minus zero: the report does not follow the schema: invalid type: floating point `-0.0`, expected i64 at line 1 column 176
        spaces: the report is not in canonical form
        other order: the report is not in canonical form
        cells in other order: the report is not in canonical form
        escaped: the report is not in canonical form
        too long: the report is longer than 16384 bytes
        deep: the report does not follow the schema: invalid type: sequence, expected u64 at line 1 column 1
    "#]].assert_eq(&table);
}

#[test]
fn a_signature_is_good_for_one_purpose_one_key_and_one_body() {
    let body = report().encode().unwrap();
    let signature = sign(&key(), Domain::Report, &body);
    let public = PublicKey::from(&key());
    let other = PublicKey::from(&SigningKey::from_bytes(&[8; 32]));
    assert_eq!(
        public.verify(Domain::Enrol, &body, &signature),
        Err(SignatureError::Mismatch)
    );
    assert_eq!(
        other.verify(Domain::Report, &body, &signature),
        Err(SignatureError::Mismatch)
    );
    for at in 0..body.len() {
        let mut altered = body.clone();
        altered[at] ^= 1;
        assert!(
            public.verify(Domain::Report, &altered, &signature).is_err(),
            "byte {at}"
        );
    }
    for at in 0..Signature::LEN {
        let mut altered = *signature.as_bytes();
        altered[at] ^= 1;
        let altered = Signature::from_bytes(altered);
        assert!(
            public.verify(Domain::Report, &body, &altered).is_err(),
            "byte {at}"
        );
    }
}

#[test]
fn weak_and_garbled_keys_are_refused() {
    // The identity point signs everything.
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(
        PublicKey::from_bytes(&identity),
        Err(SignatureError::WeakKey)
    );
    for text in ["", "AAAA", "not base64!", &"A".repeat(4000)] {
        assert_eq!(
            PublicKey::from_base64(text),
            Err(SignatureError::Encoding { expected: 32 })
        );
        assert_eq!(
            Signature::from_base64(text),
            Err(SignatureError::Encoding { expected: 64 })
        );
    }
}

#[test]
fn ids_have_one_spelling() {
    for good in ["a", "b-1", "school-12", &"a".repeat(40)] {
        good.parse::<BoothId>().unwrap();
        good.parse::<SchoolId>().unwrap();
    }
    for bad in [
        "",
        "-a",
        "a-",
        "A",
        "a b",
        "a.b",
        "a/b",
        "心",
        "a\n",
        &"a".repeat(41),
    ] {
        assert_eq!(bad.parse::<BoothId>(), Err(IdError::Form), "{bad:?}");
    }
    let key: IdempotencyKey = "b-1.5.6".parse().unwrap();
    assert_eq!((key.epoch, key.sequence), (5, 6));
    for bad in [
        "",
        "b-1",
        "b-1.5",
        "b-1.5.6.7",
        "b-1.+5.6",
        "b-1.05.6",
        "b-1.5.-6",
        "b-1.5.4294967296",
    ] {
        assert!(bad.parse::<IdempotencyKey>().is_err(), "{bad:?}");
    }
}

#[test]
fn enrolment_bodies_that_are_refused() {
    let good = EnrolRequest::new("AAAA-BBBB", PublicKey::from(&key()))
        .encode()
        .unwrap();
    let good = String::from_utf8(good).unwrap();
    EnrolRequest::decode(good.as_bytes()).unwrap();
    for (from, to) in [
        ("\"schema_version\":2", "\"schema_version\":0"),
        ("\"schema_version\":2", "\"schema_version\":3"),
        ("\"code\"", "\"name\":\"x\",\"code\""),
        ("AAAA-BBBB", ""),
        ("AAAA-BBBB", "--"),
        ("AAAA-BBBB", "AAAA'BBBB"),
        ("6kps", "AAAAA"),
    ] {
        assert!(good.contains(from), "{from}");
        assert!(
            EnrolRequest::decode(good.replacen(from, to, 1).as_bytes()).is_err(),
            "{from} {to}"
        );
    }
    assert!(
        EnrolRequest::new(&"A".repeat(65), PublicKey::from(&key()))
            .encode()
            .is_err()
    );
}

#[test]
fn an_older_side_and_a_newer_one_understand_each_other() {
    let key = PublicKey::from(&key());
    let old = EnrolRequest::in_version(1, "AAAA-BBBB", key);
    let read = EnrolRequest::decode(&old.encode().unwrap()).unwrap();
    assert_eq!(read.version(), 1);
    // An older booth denies fields and versions that it does not know; it gets neither.
    let root = RootKey::parse(ROOT).unwrap();
    let answer = EnrolResponse::new(read.version(), "b-1".parse().unwrap(), Some(root));
    assert_eq!(
        serde_json::to_string(&answer).unwrap(),
        r#"{"schema_version":1,"booth":"b-1"}"#
    );
    let line = ROOT.lines().nth(1).unwrap();
    for bad in [
        format!(r#"{{"schema_version":1,"booth":"b-1","root_key":"{line}"}}"#),
        format!(r#"{{"schema_version":3,"booth":"b-1","root_key":"{line}"}}"#),
        r#"{"schema_version":2,"booth":"b-1","root_key":"RWQ="}"#.to_owned(),
        r#"{"schema_version":2,"booth":"b-1","root_key":null,"more":1}"#.to_owned(),
    ] {
        assert!(EnrolResponse::decode(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn a_root_key_has_one_spelling_and_a_fingerprint_for_the_telephone() {
    let root = RootKey::parse(ROOT).unwrap();
    assert_eq!(RootKey::parse(root.as_str()).unwrap(), root);
    expect!["fe81 2c12 f3ab 4ce6 ac5d b69a c352 f906"].assert_eq(&root.fingerprint());
    let line = root.as_str();
    for bad in [
        String::new(),
        "untrusted comment: only".to_owned(),
        line[1..].to_owned(),
        format!("{line}A"),
        line.replacen("RWQ", "RUQ", 1),
        // Not a point of the curve, and a weak one.
        format!("RWQAAAAAAAAAA{}", "A".repeat(43)),
    ] {
        assert!(RootKey::parse(&bad).is_err(), "{bad}");
    }
}

#[test]
fn letters_and_answers_as_bytes() {
    let body = text();
    let letter = Letter {
        idempotency_key: Some("b-7k2m9q.2718281828.12".to_owned()),
        signature: "c2ln".to_owned(),
        body: body.clone(),
    };
    let bytes = letter.encode();
    assert!(bytes.starts_with(
        br#"{"idempotency_key":"b-7k2m9q.2718281828.12","signature":"c2ln","body":"{\"schema_version\":2,"#
    ));
    let read = Letter::decode(&bytes).unwrap();
    assert_eq!(read.body, body, "the body's bytes come out as they went in");
    let enrol = Letter {
        idempotency_key: None,
        signature: "s".to_owned(),
        body: "{}".to_owned(),
    };
    expect![[r#"
        {"signature":"s","body":"{}"}
    "#]]
    .assert_eq(&String::from_utf8(enrol.encode()).unwrap());
    let receipts = Receipts::new(vec![Carried {
        key: "b-1.1.1".to_owned(),
        body_sha256: "00".repeat(32),
        status: 201,
        answer: r#"{"stored":"b-1.1.1"}"#.to_owned(),
    }]);
    expect![[r#"
        {"version":1,"receipts":[{"key":"b-1.1.1","body_sha256":"0000000000000000000000000000000000000000000000000000000000000000","status":201,"answer":"{\"stored\":\"b-1.1.1\"}"}]}
    "#]]
    .assert_eq(&String::from_utf8(receipts.encode()).unwrap());
    assert_eq!(Receipts::decode(&receipts.encode()).unwrap(), receipts);
    let enrolled = Enrolled::new("k".to_owned(), 403, "{}".to_owned());
    assert_eq!(Enrolled::decode(&enrolled.encode()).unwrap(), enrolled);
}

#[test]
fn answers_that_are_refused() {
    let many = vec![
        Carried {
            key: "k".to_owned(),
            body_sha256: String::new(),
            status: 200,
            answer: String::new(),
        };
        letter::MAX_RECEIPTS + 1
    ];
    for bad in [
        b"".to_vec(),
        b"[]".to_vec(),
        br#"{"version":2,"receipts":[]}"#.to_vec(),
        br#"{"version":1,"receipts":[],"more":1}"#.to_vec(),
        br#"{"version":1,"receipts":[{"key":"k","status":70000,"body_sha256":"","answer":""}]}"#
            .to_vec(),
        Receipts::new(many).encode(),
        vec![b' '; letter::MAX_ANSWERS_BYTES + 1],
    ] {
        assert!(Receipts::decode(&bad).is_err());
        assert!(Letter::decode(&bad).is_err());
        assert!(Enrolled::decode(&bad).is_err());
    }
}

proptest! {
    #[test]
    fn every_report_reads_back(
        epoch in 1_u32..,
        sequence in 1_u32..,
        values in prop::collection::vec(0_i64..=CELL_LIMIT, CELL_COUNT),
        day in 1_i8..=28,
    ) {
        let report = Report {
            epoch,
            sequence,
            period: Period::Day { date: date(2030, 2, day) },
            cells: Cells::new(values.try_into().unwrap()).unwrap(),
            ..report()
        };
        let bytes = report.encode().unwrap();
        prop_assert_eq!(Report::decode(&bytes).unwrap(), report);
    }

    #[test]
    fn altered_bytes_never_read_as_the_same_report(at in 0_usize..600, bit in 0_u8..8) {
        let mut bytes = report().encode().unwrap();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(read) = Report::decode(&bytes) {
            prop_assert_ne!(read, report());
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Report::decode(&bytes);
        let _ = EnrolRequest::decode(&bytes);
        let _ = EnrolResponse::decode(&bytes);
    }

    #[test]
    fn no_key_text_makes_the_reader_panic(text in ".{0,80}") {
        if let Ok(key) = text.parse::<IdempotencyKey>() {
            prop_assert_eq!(key.to_string(), text);
        }
    }
}
