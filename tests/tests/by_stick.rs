//! A booth without network and its district, by one stick that goes to and fro: the booth's own carrier and store, the
//! real `xinting-district`. Power fails between any two steps, and some reports go by network as well.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use xinting_e2e::district::District;
use xinting_hw::usb::FolderFiles;
use xinting_kiosk::carry::{About, Carrier, CarrierParts, Taken};
use xinting_kiosk::store::{Close, Running, Setting, Store, StoreActor};
use xinting_kiosk::trust::TrustStore;
use xinting_kiosk::upstream::{Courier, HttpWire, Identity, Pause, SharedBooth};
use xinting_usage::{BoothKey, Door, Fact, OpenPeriod, Tally, Tick, VisitFacts};

const NOW: Option<jiff::civil::DateTime> = Some(jiff::civil::datetime(2026, 11, 25, 13, 5, 0, 0));

/// A booth between two power cuts.
struct Booth {
    place: PathBuf,
    code: String,
    seed: [u8; 32],
    store: StoreActor,
    carrier: Carrier,
    shared: SharedBooth,
}

impl Booth {
    fn start(place: &Path, code: &str, seed: u8) -> Self {
        let (store, kept) = Store::open(&place.join("kiosk.db")).expect("a store");
        let store = StoreActor::start(store, |_| {}).expect("a thread");
        let (trust, _) = TrustStore::open(&place.join("trust"), &place.join("keys"));
        let id = kept.settings.get(&Setting::BoothId);
        let shared = SharedBooth::new(id.map(|id| id.parse().expect("an id")));
        let seed = [seed; 32];
        let carrier = Carrier::new(CarrierParts {
            trust,
            store: store.handle(),
            settings: kept.settings,
            config: place.join("kiosk.toml"),
            code: Some(code.to_owned()),
            key: BoothKey::from_seed(&seed).into(),
            booth: shared.clone(),
            tell: Box::new(|_| {}),
        });
        Self {
            place: place.to_owned(),
            code: code.to_owned(),
            seed,
            store,
            carrier,
            shared,
        }
    }

    /// The power fails and comes back.
    fn restart(self) -> Self {
        let Self {
            place,
            code,
            seed,
            store,
            carrier,
            ..
        } = self;
        drop((store, carrier));
        Self::start(&place, &code, seed[0])
    }

    /// Ends these days, each with more visits than the one before.
    fn days(&self, from: u32, count: u32) {
        let id = self.shared.get().expect("the booth is enrolled");
        let key = BoothKey::from_seed(&self.seed);
        for number in from..from + count {
            let day = jiff::civil::date(2026, 11, 1);
            let day = day.saturating_add(jiff::Span::new().days(number));
            let open = OpenPeriod::restore(77, number, Some(day)).expect("a period");
            let tomorrow = day.tomorrow().expect("a day");
            let Tick::Close { closed, next } = open.tick(Some(tomorrow), false) else {
                panic!("a later day closes the period")
            };
            let mut tally = Tally::ZERO;
            for _ in 0..number {
                let mut visit = VisitFacts::new();
                visit.record(Fact::DoorOpened(Door::Relax));
                tally.add(&visit);
            }
            let close = Close {
                date: day.to_string(),
                report: Some(xinting_usage::close(&tally, &id, &closed, &key)),
                next: Running {
                    period: next,
                    tally: Tally::ZERO,
                },
            };
            self.store.handle().close(close).expect("room");
        }
    }

    fn waiting(&self) -> usize {
        let copy = self.store.handle().copy().expect("the store can be read");
        copy.outbox.len()
    }

    fn export(&mut self, stick: &Path) -> String {
        let files = FolderFiles::writable(stick).expect("a stick");
        let mut go_on = |_: xinting_kiosk::carry::Writing<'_>| ControlFlow::Continue(());
        let exported = self
            .carrier
            .export(&files, About::default(), NOW, &mut go_on);
        exported.expect("an export").folder
    }

    /// Takes in everything that can be, and says how much that was.
    fn take_all(&mut self, stick: &Path) -> usize {
        let files = FolderFiles::read_only(stick).expect("a stick");
        let found = self.carrier.found(&files).carried;
        let good = found.iter().filter(|carried| carried.seen.is_ok());
        let taken: Vec<Taken> = good
            .map(|carried| self.carrier.take(carried, NOW).expect("it was looked at"))
            .collect();
        taken.len()
    }

    /// Sends one report by network, if one waits.
    fn send_one(&self, district: &District) -> Pause {
        let url = format!("http://{}", district.address());
        let wire = HttpWire::new(url.try_into().expect("an address"));
        let identity = Identity {
            booth: self.shared.clone(),
            code: None,
            key: BoothKey::from_seed(&self.seed).into(),
        };
        let mut courier = Courier::new(wire, self.store.handle(), identity, |_| {}, || 0);
        courier.step()
    }
}

fn rows(district: &District) -> Vec<String> {
    let csv = district.csv();
    let mut rows: Vec<String> = csv.lines().skip(1).map(str::to_owned).collect();
    rows.sort();
    rows
}

#[test]
fn one_stick_carries_an_enrolment_and_every_day_exactly_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let stick = dir.path().join("stick");
    for folder in ["booth", "stick"] {
        std::fs::create_dir(dir.path().join(folder)).expect("a folder");
    }
    let district = District::start(dir.path());
    let code = district.enrol("sample-school");
    let mut booth = Booth::start(&dir.path().join("booth"), &code, 7);

    // Out with the request, back with the id.
    let folder = booth.export(&stick);
    booth = booth.restart();
    assert!(district.import(&stick).0);
    assert_eq!(booth.take_all(&stick), 1);
    booth = booth.restart();
    let id = booth.shared.get().expect("the booth is enrolled");
    std::fs::remove_dir_all(stick.join(folder)).expect("the first errand is done");

    // Three days by stick, the power failing between any two steps.
    booth.days(1, 3);
    booth = booth.restart();
    booth.export(&stick);
    booth = booth.restart();
    assert_eq!(booth.waiting(), 3, "taken out is not acknowledged");
    let (whole, table) = district.import(&stick);
    assert!(whole && table.matches(" 201 ").count() == 3, "{table}");
    assert_eq!(booth.take_all(&stick), 1);
    booth = booth.restart();
    assert_eq!(booth.waiting(), 0);
    assert_eq!(
        booth.take_all(&stick),
        0,
        "the same stick again does nothing"
    );

    // The stick is on its way while the network comes for an hour: both carry the same days.
    booth.days(4, 4);
    booth.export(&stick);
    assert_eq!(booth.send_one(&district), Pause::None);
    let (whole, table) = district.import(&stick);
    assert!(whole, "{table}");
    assert_eq!(table.matches(" 201 ").count(), 3, "{table}");
    assert_eq!(booth.send_one(&district), Pause::None);
    assert_eq!(booth.waiting(), 2);
    assert_eq!(booth.take_all(&stick), 1);
    assert_eq!(booth.waiting(), 0);
    assert_eq!(booth.send_one(&district), Pause::UntilWoken);

    let rows = rows(&district);
    assert_eq!(rows.len(), 7, "{rows:#?}");
    for (number, row) in (1..).zip(&rows) {
        let begins = format!(
            "sample-school,{id},77,{number},2026-11-{:02},none,{number},",
            number + 1
        );
        assert!(row.starts_with(&begins), "{row}");
    }
}

#[test]
fn two_booths_share_a_stick_and_neither_takes_the_others_receipts() {
    let dir = tempfile::tempdir().expect("a folder");
    let stick = dir.path().join("stick");
    for folder in ["a", "b", "stick"] {
        std::fs::create_dir(dir.path().join(folder)).expect("a folder");
    }
    let district = District::start(dir.path());
    let mut booths = [("a", 1), ("b", 2)].map(|(place, seed)| {
        let code = district.enrol("sample-school");
        Booth::start(&dir.path().join(place), &code, seed)
    });
    for booth in &mut booths {
        booth.export(&stick);
    }
    assert!(district.import(&stick).0);
    for booth in &mut booths {
        assert_eq!(booth.take_all(&stick), 1, "its own answer and no other");
    }
    for booth in &mut booths {
        booth.days(1, 2);
        booth.export(&stick);
    }
    let (_, table) = district.import(&stick);
    assert_eq!(table.matches(" 201 stored").count(), 4, "{table}");
    for booth in &mut booths {
        assert_eq!(booth.take_all(&stick), 1);
        assert_eq!(booth.waiting(), 0);
    }
    assert_eq!(rows(&district).len(), 4);
}
