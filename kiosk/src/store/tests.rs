use super::handle::Command;
use super::*;
use jiff::civil::date;
use std::path::Path;
use std::sync::{Arc, Mutex};
use xinting_usage::{BoothKey, CallOutcome, Door, Fact, OpenPeriod, Tally, Tick, VisitFacts};

fn running(sequence: u32, visits: u32) -> Running {
    let mut tally = Tally::ZERO;
    for _ in 0..visits {
        let mut visit = VisitFacts::new();
        visit.record(Fact::DoorOpened(Door::Learn));
        // The last cell too: a row of one small number among zeros is found by chance in SQLite's shared memory.
        visit.record(Fact::CallEnded(CallOutcome::Failed));
        tally.add(&visit);
    }
    let day = date(2026, 5, 24).saturating_add(jiff::Span::new().days(sequence));
    Running {
        period: OpenPeriod::restore(9, sequence, Some(day)).unwrap(),
        tally,
    }
}

fn close_of(open: &Running) -> Close {
    let tomorrow = open.period.date().unwrap().tomorrow().unwrap();
    let Tick::Close { closed, next } = open.period.tick(Some(tomorrow), false) else {
        panic!("a later day closes the period")
    };
    let booth = "b-1".parse().unwrap();
    let key = BoothKey::from_seed(&[7; 32]);
    Close {
        date: closed.date().to_string(),
        report: Some(xinting_usage::close(&open.tally, &booth, &closed, &key)),
        next: Running {
            period: next,
            tally: Tally::ZERO,
        },
    }
}

fn actor(path: &Path) -> (StoreActor, Arc<Mutex<Vec<StoreEvent>>>, Kept) {
    let (store, kept) = Store::open(path).unwrap();
    let said = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&said);
    let actor = StoreActor::start(store, move |event| ear.lock().unwrap().push(event)).unwrap();
    (actor, said, kept)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

/// Every byte of the store's files.
fn bytes_of(folder: &Path) -> Vec<u8> {
    std::fs::read_dir(folder)
        .unwrap()
        .flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect()
}

#[test]
fn what_was_kept_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/kiosk.db");
    let (store, _, kept) = actor(&path);
    assert_eq!(kept.running, None);
    assert_eq!(kept.health, StoreHealth::Good);
    store.handle().set(Setting::BoothId, "b-1".into()).unwrap();
    store.handle().save(running(1, 3)).unwrap();
    drop(store);
    let (_store, _, kept) = actor(&path);
    assert_eq!(kept.settings[&Setting::BoothId], "b-1");
    assert_eq!(kept.running, Some(running(1, 3)));
}

#[test]
fn a_close_is_one_row_however_often_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kiosk.db");
    let (store, said, _) = actor(&path);
    let close = close_of(&running(1, 3));
    store.handle().close(close.clone()).unwrap();
    store.handle().close(close.clone()).unwrap();
    let waiting = store.handle().next_waiting().unwrap();
    assert_eq!(Some(&waiting.report), close.report.as_ref());
    store.handle().acknowledged(waiting.id);
    assert_eq!(store.handle().next_waiting(), None);
    store.handle().close(close_of(&close.next)).unwrap();
    let next = store.handle().next_waiting().unwrap();
    assert_ne!(next.id, waiting.id, "an id is never used twice");
    drop(store);
    assert!(said.lock().unwrap().contains(&StoreEvent::Closed));
    let (_store, _, kept) = actor(&path);
    assert_eq!(kept.running, Some(close_of(&close.next).next));
}

#[test]
fn a_refused_report_stays_to_be_seen_and_does_not_block_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let (store, said, _) = actor(&folder.path().join("kiosk.db"));
    store.handle().close(close_of(&running(1, 1))).unwrap();
    store.handle().close(close_of(&running(2, 1))).unwrap();
    let first = store.handle().next_waiting().unwrap();
    store
        .handle()
        .set_aside(first.id, 409, "another body".into());
    let second = store.handle().next_waiting().unwrap();
    assert_ne!(first.id, second.id);
    drop(store);
    let said = said.lock().unwrap();
    let Some(StoreEvent::Outbox(rows)) = said.last() else {
        panic!("the outbox was shown")
    };
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].refused, Some((409, "another body".to_owned())));
    assert_eq!(rows[1].refused, None);
}

#[test]
fn old_tallies_and_sent_reports_leave_no_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, _) = actor(&folder.path().join("kiosk.db"));
    for visits in 1..6 {
        store.handle().save(running(1, visits)).unwrap();
    }
    let close = close_of(&running(1, 5));
    store.handle().close(close.clone()).unwrap();
    let waiting = store.handle().next_waiting().unwrap();
    let body = waiting.report.body.clone();
    assert!(
        contains(&bytes_of(folder.path()), &body),
        "the search sees a body that is there"
    );
    store.handle().acknowledged(waiting.id);
    // An answer means that all before it was written.
    assert_eq!(store.handle().next_waiting(), None);
    let bytes = bytes_of(folder.path());
    for visits in 1..6 {
        assert!(
            !contains(&bytes, &running(1, visits).cells_row()),
            "the tally of {visits} visits can still be read"
        );
    }
    assert!(!contains(&bytes, &body), "a sent report can still be read");
}

#[test]
fn a_damaged_file_is_set_aside_and_the_booth_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kiosk.db");
    std::fs::write(
        &path,
        b"this is no database at all, but it is long enough to look at",
    )
    .unwrap();
    let (store, _, kept) = actor(&path);
    let StoreHealth::MadeAnew { aside } = kept.health else {
        panic!("{:?}", kept.health)
    };
    assert!(
        std::fs::read(aside)
            .unwrap()
            .starts_with(b"this is no database")
    );
    assert_eq!(kept.running, None);
    store.handle().save(running(1, 1)).unwrap();
    drop(store);
    let (_store, _, kept) = actor(&path);
    assert_eq!(kept.running, Some(running(1, 1)));
    assert_eq!(kept.health, StoreHealth::Good);
}

#[test]
fn a_truncated_file_is_damage_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kiosk.db");
    drop(actor(&path));
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2 + 100]).unwrap();
    let (_store, _, kept) = actor(&path);
    assert!(
        matches!(kept.health, StoreHealth::MadeAnew { .. }),
        "{:?}",
        kept.health
    );
}

#[test]
fn a_disk_that_cannot_be_used_gives_a_store_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    // A file where the folder should be: nothing can be made below it, not even by root.
    std::fs::write(folder.path().join("state"), b"").unwrap();
    let (store, _, kept) = actor(&folder.path().join("state/kiosk.db"));
    assert!(matches!(kept.health, StoreHealth::InMemory { .. }));
    let close = close_of(&running(1, 2));
    store.handle().close(close.clone()).unwrap();
    assert_eq!(
        Some(store.handle().next_waiting().unwrap().report),
        close.report
    );
}

#[test]
fn neither_a_damaged_page_nor_an_unusable_disk_takes_the_pin_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a store #1?.db");
    let (store, _, _) = actor(&path);
    store
        .handle()
        .set(Setting::PinHash, "a hash".into())
        .unwrap();
    store.handle().save(running(1, 1)).unwrap();
    drop(store);
    // The last page is not the settings'. A page of nonsense is damage that the check finds.
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 4096;
    bytes[last..].fill(0xa5);
    std::fs::write(&path, &bytes).unwrap();
    let (_store, _, kept) = actor(&path);
    assert!(
        matches!(kept.health, StoreHealth::MadeAnew { .. }),
        "{:?}",
        kept.health
    );
    assert_eq!(
        kept.settings.get(&Setting::PinHash).map(String::as_str),
        Some("a hash")
    );
}

#[test]
fn a_full_disk_is_told_and_what_is_owed_is_written_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, _) = Store::open(&folder.path().join("kiosk.db")).unwrap();
    let said = std::cell::RefCell::new(Vec::new());
    let tell = |event: StoreEvent| said.borrow_mut().push(event);
    store.db.room_for(0);
    let mut days = Vec::new();
    let mut open = running(1, 3);
    // Some days fit into pages that are there; then there is no room for another.
    while !matches!(store.health, StoreHealth::NotWritable { .. }) {
        let close = close_of(&open);
        open = close.next;
        store.obey(Command::Close(close.clone()), &tell);
        store.pay(&tell);
        days.push(close);
        assert!(days.len() < 100, "the disk is never full");
    }
    let closed = |said: &[StoreEvent]| {
        said.iter()
            .filter(|event| **event == StoreEvent::Closed)
            .count()
    };
    assert_eq!(closed(&said.borrow()), days.len() - 1);
    assert_eq!(store.owed.len(), 1);
    store.obey(Command::Save(open), &tell);
    store.pay(&tell);
    assert_eq!(
        store.owed.len(),
        1,
        "what is owed is not forgotten and nothing overtakes it"
    );
    store.db.room_for(10);
    store.pay(&tell);
    assert_eq!(closed(&said.borrow()), days.len());
    assert_eq!(store.health, StoreHealth::Good);
    let kept: Vec<_> = store
        .db
        .outbox()
        .unwrap()
        .into_iter()
        .map(|row| Some(row.report))
        .collect();
    let due: Vec<_> = days.into_iter().map(|day| day.report).collect();
    assert_eq!(kept, due);
}

#[test]
fn a_newer_store_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kiosk.db");
    let (store, _, _) = actor(&path);
    store
        .handle()
        .set(Setting::PinHash, "a hash".into())
        .unwrap();
    drop(store);
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let before = std::fs::read(&path).unwrap();
    let (_store, _, kept) = actor(&path);
    let StoreHealth::InMemory { reason } = kept.health else {
        panic!("{:?}", kept.health)
    };
    assert!(reason.contains("version 99"), "{reason}");
    assert_eq!(
        kept.settings.get(&Setting::PinHash).map(String::as_str),
        Some("a hash")
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_setting_that_cannot_be_written_is_owed_and_nothing_is_good_until_it_is_paid() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kiosk.db");
    let (mut store, _) = Store::open(&path).unwrap();
    let silent = |_: StoreEvent| {};
    store.db.room_for(0);
    let long = "a hash ".repeat(2000);
    store.obey(Command::Set(Setting::PinHash, long.clone()), &silent);
    store.pay(&silent);
    assert!(matches!(store.health, StoreHealth::NotWritable { .. }));
    // Something small fits; the store is not good for that.
    store.obey(Command::Log(String::new(), AdminLogEntry::Entered), &silent);
    store.pay(&silent);
    assert!(matches!(store.health, StoreHealth::NotWritable { .. }));
    store.db.room_for(20);
    store.pay(&silent);
    assert_eq!(store.health, StoreHealth::Good);
    drop(store);
    let (_, kept) = Store::open(&path).unwrap();
    assert_eq!(kept.settings.get(&Setting::PinHash), Some(&long));
}

#[test]
fn a_store_in_memory_goes_to_the_disk_once_it_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("state");
    let path = place.join("kiosk.db");
    // What is on the disk, which is then away.
    let (mut store, _) = Store::open(&path).unwrap();
    let said = std::cell::RefCell::new(Vec::new());
    let tell = |event: StoreEvent| said.borrow_mut().push(event);
    store.obey(Command::Set(Setting::PinHash, "of the disk".into()), &tell);
    store.obey(Command::Close(close_of(&running(1, 1))), &tell);
    store.pay(&tell);
    drop(store);
    let away = folder.path().join("away");
    std::fs::rename(&place, &away).unwrap();
    std::fs::write(&place, b"").unwrap();

    let (mut store, kept) = Store::open(&path).unwrap();
    assert!(matches!(kept.health, StoreHealth::InMemory { .. }));
    for (setting, value) in [
        (Setting::PinHash, "of the memory"),
        (Setting::BoothId, "b-1"),
    ] {
        store.obey(Command::Set(setting, value.into()), &tell);
    }
    let close = close_of(&running(2, 2));
    store.obey(Command::Close(close.clone()), &tell);
    store.obey(Command::Save(running(3, 3)), &tell);
    store.pay(&tell);
    let given = store.db.next_waiting().unwrap().unwrap();
    store.come_back(&tell);
    assert!(matches!(store.health, StoreHealth::InMemory { .. }));

    std::fs::remove_file(&place).unwrap();
    std::fs::rename(&away, &place).unwrap();
    store.come_back(&tell);
    assert_eq!(store.health, StoreHealth::Good);
    // What was given out of the memory is not mistaken for the row that has its id on the disk.
    store.obey(Command::Acknowledged(given.id), &tell);
    let waiting = store.db.outbox().unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].id, given.id);
    assert_eq!(waiting[0].date, close_of(&running(1, 1)).date);
    drop(store);
    let (_, kept) = Store::open(&path).unwrap();
    assert_eq!(kept.health, StoreHealth::Good);
    assert_eq!(kept.settings[&Setting::PinHash], "of the disk");
    assert_eq!(kept.settings[&Setting::BoothId], "b-1");
    assert_eq!(kept.running, Some(running(3, 3)));
}

#[test]
fn a_damaged_file_on_a_full_disk_does_not_stop_the_booth() {
    let folder = tempfile::tempdir().unwrap();
    let aside = folder.path().join("kiosk.db.damaged-1");
    let long = "a hash ".repeat(2000);
    let mut old = Db::open(&aside).unwrap();
    old.set(Setting::PinHash, &long).unwrap();
    drop(old);
    let path = folder.path().join("kiosk.db");
    let db = Db::open(&path).unwrap();
    db.room_for(0);
    let (store, kept) = Store::begin(&path, db, StoreHealth::MadeAnew { aside }).unwrap();
    assert!(matches!(kept.health, StoreHealth::NotWritable { .. }));
    assert_eq!(kept.settings[&Setting::PinHash], long);
    assert!(store.owes());
}

#[test]
fn the_store_is_its_users_own() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (_store, _) = Store::open(&folder.path().join("kiosk.db")).unwrap();
    let mut files = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
        files += 1;
    }
    assert_eq!(files, 3, "the database, its log and its index");
}
