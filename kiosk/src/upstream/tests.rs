//! The courier against a small HTTP server on loopback, step by step, and the thread around it.

use super::*;
use crate::config::DistrictUrl;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use xinting_usage::{SignedReport, retry};

/// What a request was.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    line: String,
    headers: Vec<String>,
    body: Vec<u8>,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .filter_map(|header| header.split_once(": "))
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// A district that gives these answers, one a connection, and then closes its port.
struct District {
    url: DistrictUrl,
    seen: Receiver<Seen>,
}

impl District {
    fn answering<const N: usize>(answers: [(u16, String); N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, seen) = channel();
        std::thread::spawn(move || {
            for (status, answer) in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut lines = Vec::new();
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    if line.trim().is_empty() {
                        break;
                    }
                    lines.push(line.trim().to_owned());
                }
                let mut request = Seen {
                    line: lines.remove(0),
                    headers: lines,
                    body: Vec::new(),
                };
                let length = request.header("content-length").unwrap().parse().unwrap();
                request.body = vec![0; length];
                reader.read_exact(&mut request.body).unwrap();
                let length = answer.len();
                // Whoever reads only the beginning of an answer may close before its end.
                let _cut_short = write!(
                    stream,
                    "HTTP/1.1 {status} X\r\nlocation: /elsewhere\r\ncontent-length: {length}\r\n\r\n{answer}"
                );
                tell.send(request).unwrap();
            }
        });
        Self {
            url: DistrictUrl::try_from(url).unwrap(),
            seen,
        }
    }

    fn wire(&self) -> HttpWire {
        HttpWire::new(self.url.clone())
    }
}

/// An outbox in memory that outlives couriers, as the store outlives the process.
#[derive(Clone, Default)]
struct Rows(Arc<Mutex<Vec<OutboxRow>>>);

impl Rows {
    fn of(ids: &[i64]) -> Self {
        let row = |&id| OutboxRow {
            id,
            date: "2026-05-25".to_owned(),
            report: SignedReport {
                idempotency_key: key(id),
                signature: format!("signature-{id}"),
                body: format!("{{\"body\":{id}}}").into_bytes(),
            },
            refused: None,
        };
        Self(Arc::new(Mutex::new(ids.iter().map(row).collect())))
    }

    fn waiting(&self) -> Vec<i64> {
        let rows = self.0.lock().unwrap();
        rows.iter()
            .filter(|row| row.refused.is_none())
            .map(|row| row.id)
            .collect()
    }
}

impl Outbox for Rows {
    fn next(&mut self) -> Option<OutboxRow> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .find(|row| row.refused.is_none())
            .cloned()
    }

    fn done(&mut self, id: i64) {
        self.0.lock().unwrap().retain(|row| row.id != id);
    }

    fn set_aside(&mut self, id: i64, status: u16, message: &str) {
        let mut rows = self.0.lock().unwrap();
        let row = rows.iter_mut().find(|row| row.id == id).unwrap();
        row.refused = Some((status, message.to_owned()));
    }
}

fn key(id: i64) -> String {
    format!("booth-1.7.{id}")
}

fn receipt(id: i64) -> String {
    format!("{{\"stored\":\"{}\"}}", key(id))
}

fn refusal(reason: &str) -> String {
    format!("{{\"reason\":\"{reason}\",\"message\":\"say\\u0007 why\"}}")
}

fn enrolled() -> Identity {
    Identity {
        booth: SharedBooth::new(Some("booth-1".parse().unwrap())),
        code: None,
        key: Arc::new(BoothKey::from_seed(&[7; 32])),
    }
}

fn with_code(code: Option<&str>) -> Identity {
    Identity {
        booth: SharedBooth::default(),
        code: code.map(str::to_owned),
        ..enrolled()
    }
}

type Told = Arc<Mutex<Vec<UpstreamEvent>>>;

fn courier<W: Wire>(wire: W, outbox: &Rows, identity: Identity) -> (Courier<W, Rows>, Told) {
    let told = Told::default();
    let ear = Arc::clone(&told);
    let tell = move |event| ear.lock().unwrap().push(event);
    (
        Courier::new(wire, outbox.clone(), identity, tell, || 0),
        told,
    )
}

fn take(told: &Told) -> Vec<UpstreamEvent> {
    std::mem::take(&mut told.lock().unwrap())
}

fn rest(failures: u32) -> Pause {
    Pause::For(retry::delay(failures, 0))
}

fn is_unreachable(event: &UpstreamEvent) -> bool {
    matches!(event, UpstreamEvent::State(Standing::Unreachable { .. }))
}

#[test]
fn reports_leave_oldest_first_with_the_published_headers_and_are_deleted() {
    let district = District::answering([(201, receipt(1)), (200, receipt(2))]);
    let rows = Rows::of(&[1, 2]);
    let (mut courier, told) = courier(district.wire(), &rows, enrolled());
    assert_eq!(courier.step(), Pause::None);
    assert_eq!(rows.waiting(), [2]);
    assert_eq!(courier.step(), Pause::None);
    assert_eq!(courier.step(), Pause::UntilWoken);
    assert!(rows.waiting().is_empty());
    let good = UpstreamEvent::State(Standing::Good);
    assert_eq!(
        take(&told),
        [UpstreamEvent::Sent(1), good, UpstreamEvent::Sent(2)]
    );
    let first = district.seen.recv().unwrap();
    assert_eq!(first.line, "POST /v1/reports HTTP/1.1");
    assert_eq!(first.header("idempotency-key"), Some("booth-1.7.1"));
    assert_eq!(first.header("xinting-signature"), Some("signature-1"));
    assert_eq!(first.header("content-type"), Some("application/json"));
    assert_eq!(first.body, b"{\"body\":1}");
    assert_eq!(district.seen.recv().unwrap().body, b"{\"body\":2}");
}

#[test]
fn a_refused_report_is_set_aside_with_its_sentence_and_the_next_one_goes() {
    let district = District::answering([(409, refusal("conflict")), (201, receipt(2))]);
    let rows = Rows::of(&[1, 2]);
    let (mut courier, told) = courier(district.wire(), &rows, enrolled());
    assert_eq!(courier.step(), Pause::None);
    assert_eq!(courier.step(), Pause::None);
    let message = "say why".to_owned();
    assert_eq!(
        rows.0.lock().unwrap()[0].refused,
        Some((409, message.clone()))
    );
    assert_eq!(
        take(&told)[0],
        UpstreamEvent::SetAside {
            id: 1,
            status: 409,
            message
        }
    );
    assert!(rows.waiting().is_empty());
}

#[test]
fn a_refusal_without_a_reason_still_has_a_sentence() {
    let district = District::answering([(400, "<html>".to_owned())]);
    let rows = Rows::of(&[1]);
    let (mut courier, _) = courier(district.wire(), &rows, enrolled());
    courier.step();
    assert_eq!(
        rows.0.lock().unwrap()[0].refused,
        Some((400, "no reason was given (HTTP 400)".to_owned()))
    );
}

#[test]
fn what_means_not_now_is_tried_again_with_the_same_bytes() {
    let page = || "<html>please sign in</html>".to_owned();
    let district = District::answering([
        (503, refusal("unavailable")),
        (429, String::new()),
        (302, String::new()),
        (200, page()),
        (201, receipt(1)),
    ]);
    let rows = Rows::of(&[1]);
    let (mut courier, told) = courier(district.wire(), &rows, enrolled());
    for failures in 1..=4 {
        assert_eq!(courier.step(), rest(failures));
        assert_eq!(rows.waiting(), [1]);
    }
    assert_eq!(courier.step(), Pause::None);
    assert!(rows.waiting().is_empty());
    let events = take(&told);
    assert!(events[..4].iter().all(is_unreachable), "{events:?}");
    assert_eq!(
        events[4..],
        [UpstreamEvent::Sent(1), UpstreamEvent::State(Standing::Good)]
    );
    let seen: Vec<Seen> = district.seen.iter().collect();
    assert!(
        seen.iter().all(|request| *request == seen[0]),
        "the redirect was not followed, the bytes are the same"
    );
}

#[test]
fn silence_keeps_the_report_and_backs_off_until_the_district_is_there() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let wire = HttpWire::new(DistrictUrl::try_from(format!("http://{nobody}")).unwrap());
    let rows = Rows::of(&[1]);
    let (mut courier, told) = courier(wire, &rows, enrolled());
    let pauses: Vec<Pause> = (0..9).map(|_| courier.step()).collect();
    assert_eq!(pauses, (1..=9).map(rest).collect::<Vec<_>>());
    assert_eq!(rows.waiting(), [1]);
    let events = take(&told);
    assert_eq!(events.len(), 1, "the standing is told once: {events:?}");
    assert!(is_unreachable(&events[0]));
}

#[test]
fn after_a_restart_the_same_bytes_go_again() {
    let district = District::answering([(503, String::new()), (201, receipt(1))]);
    let rows = Rows::of(&[1]);
    let (mut before, _) = courier(district.wire(), &rows, enrolled());
    assert_eq!(before.step(), rest(1));
    drop(before);
    let (mut after, _) = courier(district.wire(), &rows, enrolled());
    assert_eq!(after.step(), Pause::None);
    assert_eq!(district.seen.recv().unwrap(), district.seen.recv().unwrap());
    assert!(rows.waiting().is_empty());
}

/// Answers from memory; silence when there are no more.
struct Script(VecDeque<Reply>);

impl Script {
    fn of<const N: usize>(answers: [(u16, String); N]) -> Self {
        Self(
            answers
                .map(|(status, body)| Reply {
                    status,
                    body: body.into_bytes(),
                })
                .into(),
        )
    }
}

impl Wire for Script {
    fn post(&mut self, _letter: &Letter<'_>) -> Result<Reply, Silence> {
        self.0.pop_front().ok_or(Silence("nobody".to_owned()))
    }
}

#[test]
fn a_store_that_cannot_forget_does_not_make_the_booth_knock_without_end() {
    struct Stuck(Rows);
    impl Outbox for Stuck {
        fn next(&mut self) -> Option<OutboxRow> {
            self.0.next()
        }
        fn done(&mut self, _id: i64) {}
        fn set_aside(&mut self, _id: i64, _status: u16, _message: &str) {}
    }
    let wire = Script::of([(201, receipt(1)), (200, receipt(1))]);
    let mut courier = Courier::new(wire, Stuck(Rows::of(&[1])), enrolled(), |_| {}, || 0);
    assert_eq!(courier.step(), Pause::None);
    assert_eq!(courier.step(), rest(1));
    assert_eq!(courier.step(), Pause::None);
    assert_eq!(courier.step(), rest(1));
}

#[test]
fn a_code_becomes_a_booth_id_and_then_reports_go() {
    let response = "{\"schema_version\":1,\"booth\":\"booth-1\"}".to_owned();
    let district = District::answering([
        (503, String::new()),
        (200, "<html>".to_owned()),
        (201, response),
        (201, receipt(1)),
    ]);
    let rows = Rows::of(&[1]);
    let (mut courier, told) = courier(district.wire(), &rows, with_code(Some("abcd efgh")));
    assert_eq!(courier.step(), rest(1));
    assert_eq!(courier.step(), rest(2));
    assert_eq!(courier.step(), Pause::None);
    assert_eq!(courier.step(), Pause::None);
    let events = take(&told);
    assert_eq!(
        events[2],
        UpstreamEvent::Enrolled("booth-1".parse().unwrap())
    );
    assert_eq!(events[4], UpstreamEvent::Sent(1));
    let requests: Vec<Seen> = district.seen.iter().collect();
    assert_eq!(requests[0].line, "POST /v1/enrol HTTP/1.1");
    assert_eq!(requests[0].header("idempotency-key"), None);
    assert_eq!(requests[0], requests[2]);
    let request = xinting_wire::EnrolRequest::decode(&requests[0].body).unwrap();
    let signature = requests[0].header("xinting-signature").unwrap();
    let signature = xinting_wire::Signature::from_base64(signature).unwrap();
    request
        .public_key
        .verify(xinting_wire::Domain::Enrol, &requests[0].body, &signature)
        .unwrap();
    assert_eq!(request.normal_code(), "ABCDEFGH");
}

#[test]
fn a_refused_code_is_said_once_and_not_repeated() {
    let wire = Script::of([(403, refusal("bad_code")), (201, "never asked".to_owned())]);
    let (mut courier, told) = courier(wire, &Rows::default(), with_code(Some("ABCD")));
    assert_eq!(courier.step(), Pause::UntilWoken);
    assert_eq!(courier.step(), Pause::UntilWoken);
    let refused = Standing::CodeRefused {
        status: 403,
        message: "say why".to_owned(),
    };
    assert_eq!(take(&told), [UpstreamEvent::State(refused)]);
}

#[test]
fn a_code_that_cannot_be_one_is_not_sent() {
    let (mut courier, told) = courier(Script::of([]), &Rows::default(), with_code(Some("密码")));
    assert_eq!(courier.step(), Pause::UntilWoken);
    let events = take(&told);
    assert!(
        matches!(
            &events[..],
            [UpstreamEvent::State(Standing::CodeRefused {
                status: 0,
                ..
            })]
        ),
        "{events:?}"
    );
}

#[test]
fn without_id_and_code_the_booth_waits_for_an_installer() {
    let (mut courier, told) = courier(Script::of([]), &Rows::of(&[1]), with_code(None));
    assert_eq!(courier.step(), Pause::UntilWoken);
    assert_eq!(take(&told), [UpstreamEvent::State(Standing::NotEnrolled)]);
}

#[test]
fn a_hostile_answer_is_cut_and_never_shown_whole() {
    let long = format!(
        "{{\"reason\":\"malformed\",\"message\":\"{}\"}}",
        "x".repeat(8000)
    );
    let endless = "x".repeat(5_000_000);
    let district = District::answering([(400, long), (403, endless)]);
    let rows = Rows::of(&[1, 2]);
    let (mut courier, _) = courier(district.wire(), &rows, enrolled());
    courier.step();
    courier.step();
    let kept = rows.0.lock().unwrap();
    assert_eq!(kept[0].refused, Some((400, "x".repeat(200))));
    assert_eq!(
        kept[1].refused,
        Some((403, "no reason was given (HTTP 403)".to_owned()))
    );
}

#[test]
fn the_thread_sends_when_woken_waits_while_the_network_is_cut_and_ends_when_dropped() {
    let rows = Rows::default();
    let (tell, events) = channel();
    let wire = Script::of([(201, receipt(1)), (201, receipt(2))]);
    let upstream = Upstream::start(wire, rows.clone(), enrolled(), true, move |event| {
        let _gone = tell.send(event);
    })
    .unwrap();
    rows.0
        .lock()
        .unwrap()
        .extend(Rows::of(&[1]).0.lock().unwrap().clone());
    upstream.wake();
    assert_eq!(events.recv().unwrap(), UpstreamEvent::Sent(1));
    assert_eq!(events.recv().unwrap(), UpstreamEvent::State(Standing::Good));
    upstream.set_online(false);
    rows.0
        .lock()
        .unwrap()
        .extend(Rows::of(&[2]).0.lock().unwrap().clone());
    upstream.wake();
    let down = Standing::Unreachable {
        reason: "the network is down".to_owned(),
    };
    assert_eq!(events.recv().unwrap(), UpstreamEvent::State(down));
    assert_eq!(rows.waiting(), [2]);
    upstream.set_online(true);
    assert_eq!(events.recv().unwrap(), UpstreamEvent::Sent(2));
    assert_eq!(events.recv().unwrap(), UpstreamEvent::State(Standing::Good));
    drop(upstream);
    assert!(events.recv().is_err(), "the thread has ended");
}

/// The answer of a district to an enrolment, in this version.
fn joined(version: u32, root: Option<&str>) -> String {
    let root = root.map(|line| xinting_wire::RootKey::parse(line).unwrap());
    let answer = xinting_wire::EnrolResponse::new(version, "booth-1".parse().unwrap(), root);
    serde_json::to_string(&answer).unwrap()
}

fn version_of(request: &Seen) -> u32 {
    let asked = xinting_wire::EnrolRequest::decode(&request.body).unwrap();
    asked.version()
}

#[test]
fn an_older_district_is_asked_again_in_its_own_version() {
    let malformed = || (400, refusal("malformed"));
    let district = District::answering([malformed(), (201, joined(1, None))]);
    let (mut courier, told) = courier(district.wire(), &Rows::of(&[]), with_code(Some("ABCD")));
    assert_eq!(courier.step(), Pause::None);
    assert_eq!(take(&told), [], "the code has not even been looked at");
    assert_eq!(courier.step(), Pause::None);
    assert_eq!(
        take(&told),
        [
            UpstreamEvent::Enrolled("booth-1".parse().unwrap()),
            UpstreamEvent::State(Standing::Good)
        ]
    );
    let versions: Vec<u32> = district.seen.iter().map(|seen| version_of(&seen)).collect();
    assert_eq!(versions, [2, 1]);

    // One that does not understand the first either refuses the code for good.
    let district = District::answering([malformed(), malformed()]);
    let (mut courier, told) = self::courier(district.wire(), &Rows::of(&[]), with_code(Some("A")));
    assert_eq!(
        (courier.step(), courier.step()),
        (Pause::None, Pause::UntilWoken)
    );
    assert!(matches!(
        take(&told).as_slice(),
        [UpstreamEvent::State(Standing::CodeRefused {
            status: 400,
            ..
        })]
    ));
    assert_eq!(courier.step(), Pause::UntilWoken);
}

#[test]
fn a_root_that_is_offered_is_told_before_the_id_that_came_with_it() {
    let line = "RWQAAAAAAAAAAOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
    let district = District::answering([(201, joined(2, Some(line)))]);
    let (mut courier, told) = courier(district.wire(), &Rows::of(&[]), with_code(Some("ABCD")));
    assert_eq!(courier.step(), Pause::None);
    assert_eq!(
        take(&told),
        [
            UpstreamEvent::RootOffered(line.to_owned()),
            UpstreamEvent::Enrolled("booth-1".parse().unwrap()),
            UpstreamEvent::State(Standing::Good)
        ]
    );
}

#[test]
fn an_id_that_came_by_stick_is_good_for_the_network_at_once() {
    let district = District::answering([(201, receipt(1))]);
    let identity = with_code(None);
    let shared = identity.booth.clone();
    let rows = Rows::of(&[1]);
    let (mut courier, told) = courier(district.wire(), &rows, identity);
    assert_eq!(courier.step(), Pause::UntilWoken);
    assert_eq!(take(&told), [UpstreamEvent::State(Standing::NotEnrolled)]);
    shared.set("booth-1".parse().unwrap());
    assert_eq!(courier.step(), Pause::None);
    assert!(rows.waiting().is_empty());
}
