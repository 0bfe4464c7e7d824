//! A booth, its store and its stick, with a restart wherever one may be.

mod config;
mod export;
mod inward;

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
        self.carrier().found(&stick).carried
    }

    /// How much of the stick was not looked at.
    fn left_out(&mut self) -> usize {
        let stick = self.stick();
        self.carrier().found(&stick).left_out
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
