//! The store through a power cut: its first start, and days that end and leave their reports in the outbox.
//!
//! Afterwards a day is either still running or closed with one report, which is the one that was signed; numbers have no
//! gap; what was said to be closed is closed; settings are there; and the next day closes as if nothing had been.

use super::recorder::{Promises, Recorder, Recording};
use jiff::civil::{Date, date};
use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use xinting_kiosk::store::{
    Close, Db, Kept, Running, Setting, Store, StoreActor, StoreEvent, StoreHealth,
};
use xinting_usage::{BoothKey, Door, Fact, OpenPeriod, SignedReport, Tally, Tick, VisitFacts};

const FILE: &str = "kiosk.db";
const BOOTH: &str = "b-1";
const PIN: &str = "the hash of a PIN";
const EPOCH: u32 = 9;
const FIRST_DAY: Date = date(2026, 5, 25);
/// Days that end while it is recorded.
const DAYS: u32 = 3;
/// How long a close may take before the test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// What was recorded, and what may be found afterwards.
#[derive(Debug)]
pub struct Recorded {
    /// The recording.
    pub recording: Recording,
    /// Whether the store existed before.
    started: bool,
    /// The report of each day, the first first.
    reports: Vec<SignedReport>,
    /// Every tally that was saved, of every day.
    saved: Vec<Running>,
    /// How many reports were acknowledged.
    acknowledged: u32,
}

fn running(sequence: u32, visits: u32) -> Running {
    let mut tally = Tally::ZERO;
    for _ in 0..visits {
        let mut visit = VisitFacts::new();
        visit.record(Fact::VisitBegan);
        visit.record(Fact::DoorOpened(Door::Learn));
        tally.add(&visit);
    }
    let day = FIRST_DAY.saturating_add(jiff::Span::new().days(sequence - 1));
    let period = OpenPeriod::restore(EPOCH, sequence, Some(day)).expect("a period of our time");
    Running { period, tally }
}

/// The end of a running day, as the booth makes it.
fn close_of(open: &Running) -> Close {
    let tomorrow = open.period.date().and_then(|day| day.tomorrow().ok());
    let Tick::Close { closed, next } = open.period.tick(tomorrow, false) else {
        panic!("the next day closes a period");
    };
    let booth = BOOTH.parse().expect("a booth's id");
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

/// The store on its thread, and the closes it tells of.
struct Started {
    actor: StoreActor,
    closed: Receiver<()>,
}

fn start(path: &Path, promises: Option<Promises>) -> Result<(Started, Kept), String> {
    let (store, kept) = Store::open(path).map_err(|error| format!("opening the store: {error}"))?;
    let (tell, closed) = channel();
    let ear = move |event| {
        if event == StoreEvent::Closed {
            if let Some(promises) = &promises {
                promises.made();
            }
            let _nobody_waits = tell.send(());
        }
    };
    let actor = StoreActor::start(store, ear).map_err(|error| error.to_string())?;
    Ok((Started { actor, closed }, kept))
}

impl Started {
    fn close(&self, close: Close) -> Result<(), String> {
        self.actor
            .handle()
            .close(close)
            .map_err(|error| error.to_string())?;
        self.closed
            .recv_timeout(PATIENCE)
            .map_err(|_| "the day was not closed within a minute".to_owned())
    }
}

/// A store's first start: the file is made, the booth gets its id and its PIN and begins to count.
///
/// # Errors
/// Why it could not be recorded.
pub fn first_start() -> Result<Recorded, String> {
    let empty = tempfile::tempdir().map_err(|error| error.to_string())?;
    let recorder = Recorder::start(empty.path())?;
    let (store, _) = start(&recorder.path().join(FILE), None)?;
    let saved = vec![running(1, 0), running(1, 2)];
    settle(&store, &saved)?;
    drop(store);
    Ok(Recorded {
        recording: recorder.finish()?,
        started: false,
        reports: Vec::new(),
        saved,
        acknowledged: 0,
    })
}

fn settle(store: &Started, saved: &[Running]) -> Result<(), String> {
    let handle = store.actor.handle();
    let busy = |error| format!("the store: {error}");
    handle
        .set(Setting::BoothId, BOOTH.to_owned())
        .map_err(busy)?;
    handle.set(Setting::PinHash, PIN.to_owned()).map_err(busy)?;
    for running in saved {
        handle.save(*running).map_err(busy)?;
        // Waits until it is written: two saves that wait are one.
        let _none = handle.next_waiting();
    }
    Ok(())
}

/// Three days of a booth that has been running: counts are saved, days close, a report is acknowledged, and before the
/// last day the booth is started anew.
///
/// # Errors
/// Why it could not be recorded.
pub fn days() -> Result<Recorded, String> {
    let before = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (store, _) = start(&before.path().join(FILE), None)?;
    let mut saved = vec![running(1, 2)];
    settle(&store, &saved)?;
    drop(store);

    let recorder = Recorder::start(before.path())?;
    let path = recorder.path().join(FILE);
    let mut reports = Vec::new();
    let (mut store, _) = start(&path, Some(recorder.promises()))?;
    for day in 1..=DAYS {
        if day == DAYS {
            drop(store);
            (store, _) = start(&path, Some(recorder.promises()))?;
        }
        let counted = running(day, day + 3);
        let handle = store.actor.handle();
        handle.save(counted).map_err(|error| error.to_string())?;
        let _none = handle.next_waiting();
        let close = close_of(&counted);
        reports.extend(close.report.clone());
        saved.extend([counted, close.next]);
        store.close(close)?;
        if day == 1 {
            let row = handle.next_waiting().ok_or("the first report waits")?;
            handle.acknowledged(row.id);
        }
    }
    drop(store);
    Ok(Recorded {
        recording: recorder.finish()?,
        started: true,
        reports,
        saved,
        acknowledged: 1,
    })
}

impl Recorded {
    /// Judges what a cut left in `folder` after so many closes that the store told of.
    ///
    /// # Errors
    /// What is wrong.
    pub fn judge(&self, folder: &Path, closes: usize) -> Result<(), String> {
        let path = folder.join(FILE);
        let (store, kept) = start(&path, None)?;
        if kept.health != StoreHealth::Good {
            return Err(format!("it opened like this: {:?}", kept.health));
        }
        if self.started {
            for (setting, value) in [(Setting::BoothId, BOOTH), (Setting::PinHash, PIN)] {
                if kept.settings.get(&setting).map(String::as_str) != Some(value) {
                    return Err(format!("{} is lost", setting.name()));
                }
            }
        }
        let open = match kept.running {
            Some(running) if self.saved.contains(&running) => running,
            Some(running) => return Err(format!("nobody saved this tally: {running:?}")),
            None if self.started => return Err("the tally is lost".to_owned()),
            None => running(1, 0),
        };
        let open_day = open.period.sequence();
        if (open_day as usize) <= closes {
            return Err(format!(
                "day {open_day} runs, and {closes} were told closed"
            ));
        }
        drop(store);
        let there = self.rows(&path, open_day)?;

        // The booth goes on: this day closes too, once, and is there when it is started again.
        let (store, _) = start(&path, None)?;
        let close = close_of(&open);
        let report = close.report.clone();
        store.close(close.clone())?;
        drop(store);
        let (store, kept) = start(&path, None)?;
        drop(store);
        if kept.running != Some(close.next) || kept.health != StoreHealth::Good {
            return Err(format!("the next day closed and left {kept:?}"));
        }
        let rows = read(&path)?;
        if rows.len() != there + 1 || rows.last() != report.as_ref() {
            return Err(format!("{} reports after {there} and the next", rows.len()));
        }
        nothing_else(folder)
    }

    /// How many reports wait: those of the days before the open one, in order, but the first ones if they were
    /// acknowledged.
    fn rows(&self, path: &Path, open_day: u32) -> Result<usize, String> {
        let rows = read(path)?;
        let closed = open_day as usize - 1;
        let due = self.reports.get(..closed).unwrap_or_default();
        let gone = closed.checked_sub(rows.len());
        let gone = gone.filter(|gone| *gone <= self.acknowledged as usize);
        match gone {
            Some(gone) if rows == due[gone..] => Ok(rows.len()),
            _ => Err(format!(
                "{} reports wait while day {open_day} runs, or not those that were signed",
                rows.len()
            )),
        }
    }
}

fn read(path: &Path) -> Result<Vec<SignedReport>, String> {
    let db = Db::open(path).map_err(|error| format!("opening the store's tables: {error}"))?;
    let rows = db.outbox().map_err(|error| error.to_string())?;
    Ok(rows.into_iter().map(|row| row.report).collect())
}

/// A damaged file put aside would be here.
fn nothing_else(folder: &Path) -> Result<(), String> {
    let known = [FILE, "kiosk.db-wal", "kiosk.db-shm"];
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
        let name = entry.map_err(|error| error.to_string())?.file_name();
        if !known.iter().any(|known| name == *known) {
            return Err(format!("{} was left behind", name.display()));
        }
    }
    Ok(())
}
