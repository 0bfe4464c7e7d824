//! A booth, its store and its stick, with a restart wherever one may be.

use super::maker::{Signer, xconf, xkeys};
use super::*;
use crate::admin::{DeviceHealth, HealthState};
use crate::log_event::{LogEvent, log};
use crate::store::{Close, OutboxRow, Running, Store, StoreActor};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use tempfile::TempDir;
use xinting_content::Lang;
use xinting_hw::usb::sim::StickFault;
use xinting_hw::usb::{FolderFiles, StickPort as _, UsbSim};
use xinting_usage::{Door, Fact, OpenPeriod, Tally, Tick, VisitFacts};
use xinting_wire::{
    Carried as Row, EnrolResponse, Enrolled, IdempotencyKey, Letter, Receipt, Receipts, Refusal,
    RefusalReason, RootKey, body_hash,
};

const CONFIG: &str = "[modem]\nport = \"/dev/ttyUSB2\"\npin = \"7391\" # 7391\n[district]\ncode = \"K7PQ-3MWX-9RTD\"\n";
const AT: jiff::civil::DateTime = jiff::civil::datetime(2026, 11, 22, 13, 57, 0, 0);
const NOW: Option<jiff::civil::DateTime> = Some(AT);

struct Rig {
    place: TempDir,
    root: Signer,
    told: Arc<Mutex<Vec<UpstreamEvent>>>,
    running: Option<(StoreActor, Carrier)>,
}

impl Rig {
    /// A booth with this id, or none.
    fn new(booth: Option<&str>) -> Self {
        let mut rig = Self {
            place: tempfile::tempdir().unwrap(),
            root: Signer::new(),
            told: Arc::default(),
            running: None,
        };
        for folder in ["etc/trust", "var", "stick"] {
            fs::create_dir_all(rig.at(folder)).unwrap();
        }
        fs::write(rig.at("etc/trust/root.pub"), rig.root.file()).unwrap();
        fs::write(rig.at("etc/kiosk.toml"), CONFIG).unwrap();
        rig.start();
        if let Some(booth) = booth {
            assert!(rig.store().set_now(Setting::BoothId, booth.to_owned()));
            rig.restart();
        }
        rig
    }

    fn at(&self, path: &str) -> PathBuf {
        self.place.path().join(path)
    }

    fn start(&mut self) {
        let (store, kept) = Store::open(&self.at("var/kiosk.db")).unwrap();
        let actor = StoreActor::start(store, |_| {}).unwrap();
        let (trust, _) = TrustStore::open(&self.at("etc/trust"), &self.at("var/keys"));
        let told = Arc::clone(&self.told);
        let booth = kept.settings.get(&Setting::BoothId);
        let carrier = Carrier::new(CarrierParts {
            trust,
            store: actor.handle(),
            booth: SharedBooth::new(booth.map(|id| id.parse().unwrap())),
            settings: kept.settings,
            config: self.at("etc/kiosk.toml"),
            code: Some("K7PQ-3MWX-9RTD".to_owned()),
            key: Arc::new(key()),
            tell: Box::new(move |event| told.lock().unwrap().push(event)),
        });
        self.running = Some((actor, carrier));
    }

    /// The power fails and comes back.
    fn restart(&mut self) {
        self.running = None;
        self.start();
    }

    fn store(&self) -> StoreHandle {
        self.running.as_ref().unwrap().0.handle()
    }

    fn carrier(&mut self) -> &mut Carrier {
        &mut self.running.as_mut().unwrap().1
    }

    fn outbox(&self) -> Vec<OutboxRow> {
        self.store().copy().unwrap().outbox
    }

    /// Ends so many days with somebody in each.
    fn days(&self, booth: &str, count: u32) {
        let mut period = OpenPeriod::restore(77, 1, Some(jiff::civil::date(2026, 11, 20))).unwrap();
        for day in 0..count {
            let mut tally = Tally::ZERO;
            for _ in 0..=day {
                let mut visit = VisitFacts::new();
                visit.record(Fact::DoorOpened(Door::Learn));
                tally.add(&visit);
            }
            let tomorrow = period.date().unwrap().tomorrow().unwrap();
            let Tick::Close { closed, next } = period.tick(Some(tomorrow), false) else {
                panic!("a later day closes the period")
            };
            period = next;
            let close = Close {
                date: closed.date().to_string(),
                report: Some(xinting_usage::close(
                    &tally,
                    &booth.parse().unwrap(),
                    &closed,
                    &key(),
                )),
                next: Running {
                    period: next,
                    tally: Tally::ZERO,
                },
            };
            self.store().close(close).unwrap();
        }
        assert_eq!(self.outbox().len(), count as usize);
    }

    fn stick(&self) -> FolderFiles {
        FolderFiles::writable(self.at("stick")).unwrap()
    }

    fn put(&self, file: &str, bytes: &[u8]) {
        let path = self.at("stick").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn found(&mut self) -> Vec<Carried> {
        let stick = self.stick();
        self.carrier().found(&stick)
    }

    /// The one thing on the stick.
    fn only(&mut self) -> Carried {
        let mut found = self.found();
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    fn take(&mut self) -> Result<Taken, CarryError> {
        let only = self.only();
        self.carrier().take(&only, NOW)
    }

    fn export(&mut self) -> Exported {
        let stick = self.stick();
        let mut last = 0;
        self.carrier()
            .export(&stick, about(), NOW, &mut |writing| {
                assert!(writing.done_bytes >= last && writing.done_bytes <= writing.total_bytes);
                assert!((1..=writing.files).contains(&writing.file_number));
                last = writing.done_bytes;
                ControlFlow::Continue(())
            })
            .unwrap()
    }

    fn written(&self, file: &str) -> Vec<u8> {
        fs::read(self.at("stick").join(file)).unwrap()
    }

    fn told(&self) -> Vec<UpstreamEvent> {
        std::mem::take(&mut self.told.lock().unwrap())
    }
}

fn key() -> BoothKey {
    BoothKey::from_seed(&[7; 32])
}

fn about() -> About {
    About {
        packs: Vec::new(),
        health: vec![DeviceHealth {
            device: crate::admin::Device::Disk,
            state: HealthState::Good,
            detail: "last trouble 2026-11-21 10:03".to_owned(),
        }],
    }
}

fn in_chinese(error: &CarryError) -> String {
    let zh = error.sentence(Lang::ZhCn);
    assert!(zh.chars().any(|c| c > '\u{3000}'), "{zh}");
    assert!(
        !error
            .sentence(Lang::En)
            .chars()
            .any(|c| ('\u{4e00}'..'\u{a000}').contains(&c))
    );
    zh
}

fn every_file(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(every_file(&path));
        } else {
            files.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}

#[test]
fn an_export_holds_the_very_bytes_of_the_network_and_the_booth_keeps_them() {
    let mut rig = Rig::new(Some("b-1"));
    rig.days("b-1", 3);
    let exported = rig.export();
    assert_eq!(
        (exported.reports, exported.folder.as_str()),
        (3, "xinting-b-1-2026-11-22")
    );
    for row in rig.outbox() {
        let file = format!(
            "{}/reports/{}.json",
            exported.folder, row.report.idempotency_key
        );
        let letter = Letter::decode(&rig.written(&file)).unwrap();
        assert_eq!(letter.body.as_bytes(), row.report.body);
        assert_eq!(letter.signature, row.report.signature);
        assert_eq!(letter.idempotency_key, Some(row.report.idempotency_key));
    }
    for file in ["about.json", "log.txt", "admin-log.txt", "kiosk.toml"] {
        rig.written(&format!("{}/{file}", exported.folder));
    }
    let total: usize = every_file(&rig.at("stick"))
        .iter()
        .map(|(_, bytes)| bytes.len())
        .sum();
    assert_eq!((exported.files, exported.bytes), (7, total as u64));
    assert_eq!(
        rig.outbox().len(),
        3,
        "only a receipt or the network takes them away"
    );
    // The same day again, after a restart, goes over the same files.
    rig.restart();
    rig.export();
    assert_eq!(every_file(&rig.at("stick")).len(), 7);
    let admin = String::from_utf8(rig.written("xinting-b-1-2026-11-22/admin-log.txt")).unwrap();
    assert!(admin.contains("2026-11-22 13:57 exported 3"), "{admin}");
}

#[test]
fn nothing_secret_and_no_time_of_a_visit_goes_out() {
    let mut rig = Rig::new(Some("b-1"));
    rig.days("b-1", 1);
    log(LogEvent::QueueFull(crate::event::Whose::Dial));
    log(LogEvent::QueueFull(crate::event::Whose::HangUp));
    let stick = rig.stick();
    rig.carrier().make_key_stick(&stick, NOW).unwrap();
    let secret = rig.written(key_stick::FILE);
    fs::remove_file(rig.at("stick").join(key_stick::FILE)).unwrap();
    rig.export();
    let hashes = rig.carrier().key_sticks.to_string();
    let seed = [7_u8; 32];
    let canaries: [(&str, Vec<u8>); 8] = [
        ("the SIM's PIN", b"7391".to_vec()),
        ("the enrolment code", b"K7PQ".to_vec()),
        ("the booth's seed", seed.to_vec()),
        (
            "the booth's seed in digits",
            key_stick::hex(&seed).into_bytes(),
        ),
        ("a key stick's secret", secret[..40].to_vec()),
        ("its hash", hashes.into_bytes()),
        ("that somebody dialled", b"Dial".to_vec()),
        ("that somebody hung up", b"HangUp".to_vec()),
    ];
    let files = every_file(&rig.at("stick"));
    for (path, bytes) in &files {
        for (what, canary) in &canaries {
            let found = bytes.windows(canary.len()).any(|window| window == canary);
            assert!(!found, "{what} in {}", path.display());
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        // Of all files the admin's log alone tells times: what admins did.
        if name != "admin-log.txt" {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let colon = |at: usize| {
                let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
                at >= 2 && digit(at - 1) && digit(at - 2) && digit(at + 1) && digit(at + 2)
            };
            let time = text.match_indices(':').find(|(at, _)| colon(*at));
            assert_eq!(time, None, "{name}: {text}");
        }
    }
    let log = files
        .iter()
        .find(|(path, _)| path.ends_with("log.txt"))
        .unwrap();
    assert!(
        String::from_utf8_lossy(&log.1).contains("QueueFull(Modem)"),
        "the log was searched"
    );
}

#[test]
fn a_stick_that_fails_at_any_byte_leaves_whole_files_and_every_report_in_the_booth() {
    let mut rig = Rig::new(Some("b-1"));
    rig.days("b-1", 2);
    let whole = rig.export();
    let good: Vec<_> = every_file(&rig.at("stick"));
    let named = |path: &Path| path.file_name().unwrap().to_owned();
    let is_whole = |file: &(PathBuf, Vec<u8>)| {
        let same = good
            .iter()
            .find(|(path, _)| named(path) == named(&file.0))
            .unwrap();
        // The logs have gone on.
        named(&file.0).to_str().unwrap().ends_with(".txt") || same.1 == file.1
    };
    let first = format!("{}/reports/b-1.77.1.json", whole.folder);
    let mut faults: Vec<StickFault> = vec![StickFault::Protected];
    for at in [0, 1, 700, 1400, 2000, whole.bytes - 1] {
        faults.push(StickFault::Full { at });
    }
    let length = rig.written(&first).len() as u64;
    for at in [0, 1, length / 2, length - 1] {
        faults.push(StickFault::Yank {
            file: first.clone(),
            at,
        });
    }
    for fault in faults {
        let folder = tempfile::tempdir().unwrap();
        let sim = UsbSim::new();
        sim.insert(folder.path()).unwrap();
        let mut port = sim.port();
        let _inserted = port.wait_event(std::time::Duration::ZERO).unwrap();
        let stick = port.current().unwrap();
        sim.fault(fault.clone());
        let exported = match port.make_writable() {
            Ok(()) => rig.carrier().export(&*stick.files, about(), NOW, &mut |_| {
                ControlFlow::Continue(())
            }),
            Err(error) => Err(CarryError::not_writable(&error)),
        };
        let error = exported.unwrap_err();
        let zh = in_chinese(&error);
        match fault {
            StickFault::Protected => assert!(zh.contains("写保护"), "{zh}"),
            StickFault::Full { .. } => assert!(zh.contains("满了"), "{fault:?} {zh}"),
            _ => assert!(zh.contains("报告都还在亭里"), "{fault:?} {zh}"),
        }
        for file in every_file(folder.path()) {
            let part = file.0.to_str().unwrap().ends_with(".part");
            assert!(part || is_whole(&file), "{fault:?}: {}", file.0.display());
        }
        assert_eq!(rig.outbox().len(), 2);
    }
    fs::remove_dir_all(rig.at("stick").join(whole.folder)).unwrap();
    assert_eq!(
        rig.export().files,
        whole.files,
        "another stick takes all of it"
    );
}

#[test]
fn an_export_can_be_stopped_between_any_two_chunks() {
    let mut rig = Rig::new(Some("b-1"));
    rig.days("b-1", 1);
    for stop_after in 0..8 {
        let stick = rig.stick();
        let mut told = 0;
        let stopped = rig.carrier().export(&stick, about(), NOW, &mut |_| {
            told += 1;
            if told > stop_after {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert!(matches!(stopped, Err(CarryError::Stopped)), "{stopped:?}");
        assert_eq!(rig.outbox().len(), 1);
    }
}

/// One row of the district's answers.
fn row(key: &str, body: &[u8], status: u16) -> Row {
    let answer = match status {
        200 | 201 => {
            let key: IdempotencyKey = key.parse().unwrap();
            serde_json::to_string(&Receipt::from(&key)).unwrap()
        }
        _ => serde_json::to_string(&Refusal {
            reason: RefusalReason::Conflict,
            message: "another report\u{7} is stored".to_owned(),
        })
        .unwrap(),
    };
    Row {
        key: key.to_owned(),
        body_sha256: key_stick::hex(&body_hash(body)),
        status,
        answer,
    }
}

const RECEIPTS: &str = "xinting-b-1-2026-11-22/receipts.json";

#[test]
fn receipts_are_taken_for_the_booths_own_bytes_only_and_once() {
    let mut rig = Rig::new(Some("b-1"));
    rig.days("b-1", 4);
    let rows = rig.outbox();
    let (keys, bodies): (Vec<_>, Vec<_>) = rows
        .iter()
        .map(|row| (row.report.idempotency_key.clone(), row.report.body.clone()))
        .unzip();
    let mut lying = row(&keys[0], &bodies[0], 200);
    lying.answer = "{\"stored\":\"b-1.77.9\"}".to_owned();
    type Is = fn(&CarryError) -> bool;
    let refused: [(&str, Vec<u8>, Is); 8] = [
        (
            "other bytes under our key",
            Receipts::new(vec![row(&keys[0], b"other", 201)]).encode(),
            |e| matches!(e, CarryError::OtherBytes),
        ),
        (
            "another booth's",
            Receipts::new(vec![row("b-2.77.1", &bodies[0], 201)]).encode(),
            |e| matches!(e, CarryError::OtherBooth),
        ),
        (
            "a report that is gone",
            Receipts::new(vec![row("b-1.77.99", &bodies[0], 201)]).encode(),
            |e| matches!(e, CarryError::NothingLeft),
        ),
        (
            "a 200 that names another report",
            Receipts::new(vec![lying]).encode(),
            |e| matches!(e, CarryError::NothingLeft),
        ),
        (
            "not now",
            Receipts::new(vec![row(&keys[0], &bodies[0], 503)]).encode(),
            |e| matches!(e, CarryError::NothingLeft),
        ),
        ("rubbish", b"rubbish".to_vec(), |e| {
            matches!(e, CarryError::Letter(_))
        }),
        ("huge", vec![b' '; 3 << 20], |e| {
            matches!(e, CarryError::TooLong { .. })
        }),
        ("nothing", Receipts::new(Vec::new()).encode(), |e| {
            matches!(e, CarryError::NothingLeft)
        }),
    ];
    for (name, bytes, is) in refused {
        rig.put(RECEIPTS, &bytes);
        let only = rig.only();
        let error = only.seen.as_ref().unwrap_err();
        assert!(is(error), "{name}: {error:?}");
        in_chinese(error);
        assert!(rig.carrier().take(&only, NOW).is_err());
        assert_eq!(rig.outbox().len(), 4, "{name}");
    }
    // One stored, one had already, one refused for good, one for later; and another booth's beside them.
    let statuses = [201, 200, 409, 503];
    let mut mixed: Vec<Row> = (0..4)
        .map(|n| row(&keys[n], &bodies[n], statuses[n]))
        .collect();
    mixed.push(row("b-2.77.1", b"x", 201));
    rig.put(RECEIPTS, &Receipts::new(mixed).encode());
    let seen = rig.only();
    // Between looking and taking the network brings the first home.
    rig.store().acknowledged(rows[0].id);
    let Ok(Taken::Receipts(settled)) = rig.carrier().take(&seen, NOW) else {
        panic!("they are good")
    };
    assert_eq!(
        (settled.acknowledged, settled.set_aside, settled.unknown),
        (1, 1, 1)
    );
    rig.restart();
    let left = rig.outbox();
    assert_eq!(left.len(), 2);
    assert_eq!(
        left[0].refused,
        Some((409, "another report is stored".to_owned()))
    );
    assert_eq!(left[1].refused, None);
    // The answer of the network that was on its way finds nothing left to do.
    rig.store().acknowledged(rows[1].id);
    assert_eq!(rig.outbox().len(), 2);
    let only = rig.only();
    assert!(
        matches!(only.seen, Err(CarryError::NothingLeft)),
        "{:?}",
        only.seen
    );
    // What was refused for good does not go out again.
    assert_eq!(rig.export().reports, 1);
}

#[test]
fn a_stick_that_lies_between_two_reads_is_taken_as_it_was_seen() {
    let mut rig = Rig::new(Some("b-1"));
    let good = xconf("lang = \"en\"\n", "config * version 3", &[&rig.root]);
    rig.put("booth.xconf", &good);
    let seen = rig.only();
    rig.put("booth.xconf", b"something else");
    assert!(matches!(
        rig.carrier().take(&seen, NOW),
        Ok(Taken::Config { version: 3 })
    ));
    let text = fs::read_to_string(rig.at("etc/kiosk.toml")).unwrap();
    assert_eq!(text, "lang = \"en\"\n");
}

#[test]
fn a_configuration_is_put_in_place_only_if_the_booth_could_start_with_it() {
    let mut rig = Rig::new(Some("b-1"));
    let stranger = Signer::new();
    let (own, good) = ("config b-1 version 5", "lang = \"en\"\n");
    assert!(matches!(
        {
            rig.put("a.xconf", &xconf(good, own, &[&rig.root]));
            rig.take()
        },
        Ok(Taken::Config { version: 5 })
    ));
    rig.restart();
    type Is = fn(&CarryError) -> bool;
    let cases: [(&str, Vec<u8>, Is); 11] = [
        ("the same", xconf(good, own, &[&rig.root]), |e| {
            matches!(e, CarryError::ConfigAlready { version: 5 })
        }),
        (
            "an older",
            xconf(good, "config b-1 version 4", &[&rig.root]),
            |e| {
                matches!(
                    e,
                    CarryError::ConfigOlder {
                        found: 4,
                        in_place: 5
                    }
                )
            },
        ),
        (
            "another booth's",
            xconf(good, "config b-2 version 9", &[&rig.root]),
            |e| matches!(e, CarryError::ConfigElsewhere { .. }),
        ),
        (
            "a stranger's",
            xconf(good, "config * version 9", &[&stranger]),
            |e| matches!(e, CarryError::Document(_)),
        ),
        ("unsigned", xconf(good, "config * version 9", &[]), |e| {
            matches!(e, CarryError::Document(_))
        }),
        ("a key list", xkeys(9, &[&rig.root], &[&rig.root]), |e| {
            matches!(e, CarryError::Document(_))
        }),
        (
            "signed as something else",
            xconf(good, "pack a version 9", &[&rig.root]),
            |e| matches!(e, CarryError::Document(_)),
        ),
        (
            "an unknown key",
            xconf("lamp = 1\n", "config * version 9", &[&rig.root]),
            |e| matches!(e, CarryError::Config(_)),
        ),
        (
            "a folder as stick in production",
            xconf(
                "production = true\n[stick]\nfolder = \"/x\"\n",
                "config * version 9",
                &[&rig.root],
            ),
            |e| matches!(e, CarryError::Config(_)),
        ),
        ("rubbish", b"rubbish".to_vec(), |e| {
            matches!(e, CarryError::Document(_))
        }),
        ("huge", vec![b'P'; 2 << 20], |e| {
            matches!(e, CarryError::TooLong { .. })
        }),
    ];
    for (name, bytes, is) in cases {
        rig.put("a.xconf", &bytes);
        let only = rig.only();
        let error = only.seen.as_ref().unwrap_err();
        assert!(is(error), "{name}: {error:?}");
        in_chinese(error);
        assert_eq!(
            only.item(Lang::ZhCn).refusal,
            Some(error.sentence(Lang::ZhCn))
        );
        assert_eq!(
            fs::read_to_string(rig.at("etc/kiosk.toml")).unwrap(),
            good,
            "{name}"
        );
    }
}

#[test]
fn the_configuration_before_is_kept_and_serves_where_the_new_one_fails() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut rig = Rig::new(None);
    let path = rig.at("etc/kiosk.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    rig.put(
        "a.xconf",
        &xconf("lang = \"en\"\n", "config * version 1", &[&rig.root]),
    );
    rig.take().unwrap();
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
    let kept = rig.at("etc/kiosk.toml.previous");
    assert_eq!(fs::read_to_string(&kept).unwrap(), CONFIG);
    assert_eq!(
        (mode(&kept), mode(&path)),
        (0o600, 0o600),
        "a secret stays the booth's own"
    );
    let (config, notice) = read_or_previous(&path).unwrap();
    assert_eq!((config.lang.0, notice), (Lang::En, None));
    // The board's disk loses the end of it; or a program that is older does not know a key of it.
    for broken in ["lang = \"e", "lamp = 1\n", ""] {
        fs::write(&path, broken).unwrap();
        let (config, notice) = read_or_previous(&path).unwrap();
        if broken.is_empty() {
            assert_eq!(notice, None, "an empty file is a whole configuration");
            continue;
        }
        assert!(config.modem.pin.is_some(), "the one before serves");
        let notice = notice.unwrap();
        assert!(notice.sentence(Lang::ZhCn).contains("kiosk.toml.previous"));
        assert!(notice.sentence(Lang::En).contains("line 1"), "{notice:?}");
    }
    // One that is broken never becomes the one before.
    fs::write(&path, "lamp = 1\n").unwrap();
    rig.put(
        "a.xconf",
        &xconf("lang = \"zh-CN\"\n", "config * version 2", &[&rig.root]),
    );
    rig.take().unwrap();
    assert_eq!(fs::read_to_string(&kept).unwrap(), CONFIG);
    fs::remove_file(&kept).unwrap();
    fs::write(&path, "lamp = 1\n").unwrap();
    assert!(read_or_previous(&path).is_err(), "a booth does not guess");
}

#[test]
fn a_folder_that_cannot_be_written_is_told_and_nothing_changes() {
    let mut rig = Rig::new(None);
    // As root nothing is forbidden, so the folder is not one.
    fs::remove_dir_all(rig.at("etc")).unwrap();
    fs::write(rig.at("etc"), "").unwrap();
    rig.put(
        "a.xconf",
        &xconf("lang = \"en\"\n", "config * version 1", &[&rig.root]),
    );
    let error = rig.take().unwrap_err();
    assert!(matches!(error, CarryError::ConfigPlace { .. }), "{error:?}");
    in_chinese(&error);
    assert!(rig.only().seen.is_ok(), "it can be tried again");
    for kind in [
        io::ErrorKind::ReadOnlyFilesystem,
        io::ErrorKind::PermissionDenied,
    ] {
        let error = CarryError::ConfigPlace {
            path: "/etc/xinting/kiosk.toml".into(),
            source: kind.into(),
        };
        assert!(in_chinese(&error).contains("不能写"));
    }
}

#[test]
fn a_key_list_comes_into_force_and_is_not_replayed() {
    let mut rig = Rig::new(None);
    let next = Signer::new();
    let first = xkeys(1, &[&rig.root], &[&rig.root]);
    let second = xkeys(2, &[&next], &[&rig.root, &next]);
    rig.put("keys/district.xkeys", &first);
    rig.put("keys/._district.xkeys", b"left by another system");
    rig.put("keys/deeper/district.xkeys", &first);
    let item = rig.only().item(Lang::ZhCn);
    assert_eq!(
        (item.version.as_str(), item.installed_version, item.refusal),
        ("1", None, None)
    );
    assert!(matches!(rig.take(), Ok(Taken::KeyList { version: 1, .. })));
    assert!(matches!(
        rig.only().seen,
        Err(CarryError::Trust(TrustStoreError::List(_)))
    ));
    rig.put("keys/district.xkeys", &second);
    let Ok(Taken::KeyList { trust, version: 2 }) = rig.take() else {
        panic!("it is the next")
    };
    assert_eq!(trust.root_keys(), [next.key()]);
    rig.restart();
    assert_eq!(rig.carrier().trust().root_keys(), [next.key()]);
    rig.put("keys/district.xkeys", &first);
    assert!(rig.take().is_err());
    // What a root that was replaced signs is nothing any more.
    rig.put("keys/district.xkeys", &xkeys(3, &[&rig.root], &[&rig.root]));
    in_chinese(rig.only().seen.as_ref().unwrap_err());
    assert_eq!(rig.carrier().trust().list().unwrap().version, 2);
}

const ENROLLED: &str = "xinting-k0-2026-11-22/enrolled.json";

#[test]
fn a_booth_without_network_is_enrolled_by_stick_once() {
    let mut rig = Rig::new(None);
    let exported = rig.export();
    assert!(exported.folder.starts_with("xinting-k"), "{exported:?}");
    let request = rig.written(&format!("{}/enrol-request.json", exported.folder));
    let letter = Letter::decode(&request).unwrap();
    let asked = xinting_wire::EnrolRequest::decode(letter.body.as_bytes()).unwrap();
    assert_eq!(
        (asked.normal_code().as_str(), asked.public_key),
        ("K7PQ3MWX9RTD", key().public())
    );
    fs::remove_dir_all(rig.at("stick").join(exported.folder)).unwrap();

    let offered = RootKey::parse(&Signer::new().file()).unwrap();
    let answer = EnrolResponse::new(2, "b-7".parse().unwrap(), Some(offered.clone()));
    let answer = serde_json::to_string(&answer).unwrap();
    let own = key().public().to_base64();
    let other = BoothKey::from_seed(&[8; 32]).public().to_base64();
    type Is = fn(&CarryError) -> bool;
    let refused: [(&str, Enrolled, Is); 3] = [
        (
            "another booth's",
            Enrolled::new(other, 201, answer.clone()),
            |e| matches!(e, CarryError::OtherBooth),
        ),
        (
            "a refusal",
            Enrolled::new(own.clone(), 403, "{}".to_owned()),
            |e| matches!(e, CarryError::EnrolRefused { status: 403, .. }),
        ),
        (
            "no answer",
            Enrolled::new(own.clone(), 201, "{}".to_owned()),
            |e| matches!(e, CarryError::Answer),
        ),
    ];
    for (name, file, is) in refused {
        rig.put(ENROLLED, &file.encode());
        let error = rig.only().seen.unwrap_err();
        assert!(is(&error), "{name}: {error:?}");
        in_chinese(&error);
    }
    rig.put(ENROLLED, &Enrolled::new(own, 201, answer).encode());
    assert!(matches!(
        rig.take(),
        Ok(Taken::Enrolled {
            root_offered: true,
            ..
        })
    ));
    let line = offered.as_str().to_owned();
    assert_eq!(
        rig.told(),
        [
            UpstreamEvent::RootOffered(line.clone()),
            UpstreamEvent::Enrolled("b-7".parse().unwrap())
        ]
    );
    assert_eq!(
        rig.carrier().trust().root_keys().len(),
        1,
        "nothing is trusted by being offered"
    );
    rig.restart();
    assert_eq!(
        rig.carrier().parts.booth.get(),
        Some("b-7".parse().unwrap())
    );
    assert!(matches!(
        rig.only().seen,
        Err(CarryError::EnrolledAlready { .. })
    ));
    assert_eq!(rig.export().folder, "xinting-b-7-2026-11-22");
    assert!(
        !rig.at("stick/xinting-b-7-2026-11-22/enrol-request.json")
            .exists()
    );
    // Declined, nothing is trusted; accepted, it is a root, and the log has it.
    rig.carrier().decline_root(NOW);
    assert_eq!(rig.carrier().trust().root_keys().len(), 1);
    rig.carrier().accept_root(&line, NOW).unwrap();
    rig.restart();
    assert_eq!(rig.carrier().trust().root_keys().len(), 2);
    let log = rig.store().copy().unwrap().admin_log;
    let accepted = log
        .iter()
        .find(|(_, what)| what.starts_with("root-accepted "));
    assert_eq!(accepted.unwrap().0, "2026-11-22 13:57");
}

#[test]
fn a_key_stick_opens_as_long_as_it_is_not_forgotten() {
    let mut rig = Rig::new(None);
    let stick = rig.stick();
    assert!(!rig.carrier().opens(&stick));
    rig.carrier().make_key_stick(&stick, NOW).unwrap();
    let first = rig.written(key_stick::FILE);
    rig.restart();
    assert!(rig.carrier().opens(&stick));
    for bad in [
        &b""[..],
        b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        b"not base64",
        &[0xff; 44],
        &[b'A'; 4096],
        &first[..43],
    ] {
        rig.put(key_stick::FILE, bad);
        assert!(!rig.carrier().opens(&stick), "{bad:?}");
    }
    // Three more; the fifth is refused, and all four open.
    let mut secrets = vec![first];
    for _ in 1..key_stick::MOST {
        rig.carrier().make_key_stick(&stick, NOW).unwrap();
        secrets.push(rig.written(key_stick::FILE));
    }
    assert!(matches!(
        rig.carrier().make_key_stick(&stick, NOW),
        Err(CarryError::KeySticksFull)
    ));
    rig.restart();
    for secret in &secrets {
        rig.put(key_stick::FILE, secret);
        assert!(rig.carrier().opens(&stick));
    }
    // The booth keeps no secret.
    let database = fs::read(rig.at("var/kiosk.db")).unwrap();
    for secret in &secrets {
        assert!(!database.windows(40).any(|window| window == &secret[..40]));
    }
    rig.carrier().forget_key_sticks(NOW).unwrap();
    rig.restart();
    for secret in &secrets {
        rig.put(key_stick::FILE, secret);
        assert!(!rig.carrier().opens(&stick));
    }
    let protected = FolderFiles::read_only(rig.at("stick")).unwrap();
    let error = rig.carrier().make_key_stick(&protected, NOW).unwrap_err();
    assert!(in_chinese(&error).contains("写保护"));
    assert_eq!(rig.carrier().key_sticks(), 0);
}

#[test]
fn a_stick_full_of_names_costs_little_and_hides_nothing_in_the_root() {
    let mut rig = Rig::new(None);
    rig.put("z.xkeys", &xkeys(1, &[&rig.root], &[&rig.root]));
    for folder in 0..100 {
        rig.put(&format!("f{folder}/huge.xkeys"), &vec![0; 100_000]);
    }
    let found = rig.found();
    assert!(found.len() <= 24, "{}", found.len());
    assert!(
        found
            .iter()
            .any(|carried| carried.file == "z.xkeys" && carried.seen.is_ok())
    );
    let read: u64 = found.iter().map(|carried| carried.size_bytes).sum();
    assert!(read <= 6 << 20);
}

#[test]
fn a_store_that_lost_the_ratchet_learns_it_from_the_folder_of_keys() {
    let mut rig = Rig::new(None);
    rig.put("a.xkeys", &xkeys(4, &[&rig.root], &[&rig.root]));
    rig.take().unwrap();
    rig.running = None;
    for file in fs::read_dir(rig.at("var")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            fs::remove_file(path).unwrap();
        }
    }
    rig.start();
    rig.restart();
    let (_, kept) = Store::open(&rig.at("var/kiosk.db")).unwrap();
    assert_eq!(kept.settings[&Setting::KeyListVersion], "4");
}
