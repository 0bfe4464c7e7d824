//! The hook switch: records from bytes, bounces, a pulled and returned switch, and a real input device where the system
//! lets one be made.
//!
//! Every wait ends on an event. No test opens an input device that it did not make itself.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use xinting_hw::hook::record::{EV_KEY, EV_SW, RECORD, Record, RecordReader};
use xinting_hw::hook::{
    DEBOUNCE, HookConfig, HookContact, HookCore, HookError, HookEvent, HookHandle, HookPort,
    HookSim, HookSimHandle,
};

/// Far above what anything here takes, for a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(20);

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

// ---- the pure part ----

fn told(core: &mut HookCore) -> Vec<HookEvent> {
    std::iter::from_fn(|| core.poll_event()).collect()
}

#[test]
fn the_first_word_is_where_the_handset_is() {
    for (lifted, event) in [(true, HookEvent::Lifted), (false, HookEvent::Down)] {
        let mut core = HookCore::new();
        core.present(lifted);
        assert_eq!(told(&mut core), [event]);
        assert_eq!(core.poll_timeout(), None);
    }
    let mut core = HookCore::new();
    core.gone();
    core.gone();
    assert_eq!(told(&mut core), [HookEvent::Gone]);
    core.contact(ms(0), true);
    assert_eq!(
        core.poll_timeout(),
        None,
        "a switch that is gone says nothing"
    );
    core.present(false);
    assert_eq!(told(&mut core), [HookEvent::Back, HookEvent::Down]);
}

#[test]
fn only_a_contact_that_keeps_still_is_believed() {
    let mut core = HookCore::new();
    core.present(false);
    told(&mut core);
    for (at, lifted) in [(0, true), (10, false), (20, true), (30, false), (50, true)] {
        core.contact(ms(at), lifted);
        core.handle_timeout(ms(at + 5));
        assert_eq!(told(&mut core), []);
    }
    assert_eq!(core.poll_timeout(), Some(ms(50) + DEBOUNCE));
    core.handle_timeout(ms(50) + DEBOUNCE - ms(1));
    assert_eq!(told(&mut core), []);
    core.handle_timeout(ms(50) + DEBOUNCE);
    assert_eq!(told(&mut core), [HookEvent::Lifted]);
    assert_eq!(core.poll_timeout(), None);
    // A word that comes late finds the one before it settled.
    core.contact(ms(200), false);
    core.contact(ms(400), true);
    assert_eq!(told(&mut core), [HookEvent::Down]);
    core.handle_timeout(ms(460));
    assert_eq!(told(&mut core), [HookEvent::Lifted]);
}

#[test]
fn a_contact_that_says_the_same_again_changes_nothing() {
    let mut core = HookCore::new();
    core.present(true);
    told(&mut core);
    core.contact(ms(0), true);
    assert_eq!(core.poll_timeout(), None);
    core.contact(ms(10), false);
    // Repeats do not put the moment off.
    core.contact(ms(40), false);
    assert_eq!(core.poll_timeout(), Some(ms(10) + DEBOUNCE));
    // A switch that is pulled while it bounces.
    core.gone();
    core.handle_timeout(ms(500));
    assert_eq!(told(&mut core), [HookEvent::Gone]);
}

#[derive(Debug, Clone, Copy)]
enum Happening {
    Contact(bool),
    Present(bool),
    Gone,
    Wait,
}

proptest! {
    /// Whatever happens, events alternate as they must, and a switch that keeps still is told as it is.
    #[test]
    fn events_make_sense_and_end_in_the_truth(
        happenings in proptest::collection::vec(
            (prop_oneof![
                any::<bool>().prop_map(Happening::Contact),
                any::<bool>().prop_map(Happening::Present),
                Just(Happening::Gone),
                Just(Happening::Wait),
            ], 0_u64..150),
            0..60,
        )
    ) {
        let mut core = HookCore::new();
        let mut now = Duration::ZERO;
        // None while the switch is not there.
        let mut truth: Option<bool> = None;
        let mut events = Vec::new();
        for (happening, pause) in happenings {
            now += ms(pause);
            match happening {
                Happening::Contact(lifted) => {
                    core.contact(now, lifted);
                    truth = truth.map(|_| lifted);
                }
                Happening::Present(lifted) => {
                    core.present(lifted);
                    truth = Some(lifted);
                }
                Happening::Gone => {
                    core.gone();
                    truth = None;
                }
                Happening::Wait => core.handle_timeout(now),
            }
            events.extend(told(&mut core));
        }
        core.handle_timeout(now + DEBOUNCE);
        events.extend(told(&mut core));
        prop_assert_eq!(core.poll_timeout(), None);
        for pair in events.windows(2) {
            prop_assert_ne!(pair[0], pair[1]);
            prop_assert_eq!(pair[0] == HookEvent::Gone, pair[1] == HookEvent::Back);
        }
        match truth {
            Some(true) => prop_assert_eq!(events.last(), Some(&HookEvent::Lifted)),
            Some(false) => prop_assert_eq!(events.last(), Some(&HookEvent::Down)),
            None => prop_assert!(matches!(events.last(), None | Some(HookEvent::Gone))),
        }
    }

    /// Records come through whole however the bytes were split.
    #[test]
    fn records_survive_any_split(
        records in proptest::collection::vec((any::<u16>(), any::<u16>(), any::<i32>()), 0..40),
        cuts in proptest::collection::vec(1_usize..80, 1..60),
    ) {
        let records: Vec<_> = records
            .into_iter()
            .map(|(kind, code, value)| Record { kind, code, value })
            .collect();
        let bytes: Vec<u8> = records.iter().flat_map(|record| record.to_bytes()).collect();
        let mut reader = RecordReader::new();
        let mut read = Vec::new();
        let mut rest = &bytes[..];
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at((*cut).min(rest.len()));
            reader.push(now, |record| read.push(record));
            prop_assert!(reader.kept() < RECORD);
            rest = later;
        }
        prop_assert_eq!(read, records);
        prop_assert_eq!(reader.kept(), 0);
    }

    /// Any bytes at all: never a panic, never more kept than part of a record.
    #[test]
    fn any_bytes_are_some_records(chunks in proptest::collection::vec(
        proptest::collection::vec(any::<u8>(), 0..200), 0..20,
    )) {
        let mut reader = RecordReader::new();
        let mut count = 0;
        let mut bytes = 0;
        for chunk in &chunks {
            bytes += chunk.len();
            reader.push(chunk, |_| count += 1);
            prop_assert!(reader.kept() < RECORD);
        }
        prop_assert_eq!(count, bytes / RECORD);
    }
}

#[test]
fn a_record_is_what_the_kernel_sends() {
    // struct input_event of a 64-bit kernel: seconds, microseconds, type, code, value.
    #[cfg(target_pointer_width = "64")]
    assert_eq!(RECORD, 24);
    let record = Record {
        kind: EV_SW,
        code: 2,
        value: 1,
    };
    let bytes = record.to_bytes();
    assert_eq!(&bytes[..RECORD - 8], &[0; RECORD - 8]);
    assert_eq!(bytes[RECORD - 8..RECORD - 6], EV_SW.to_ne_bytes());
    assert_eq!(bytes[RECORD - 6..RECORD - 4], 2_u16.to_ne_bytes());
    assert_eq!(bytes[RECORD - 4..], 1_i32.to_ne_bytes());
    assert_eq!(EV_KEY, 1);
}

#[test]
fn contacts_from_text() {
    for (text, contact) in [
        ("key:169", HookContact::PHONE),
        ("key:0", HookContact::Key(0)),
        ("key:767", HookContact::Key(767)),
        ("switch:2", HookContact::Switch(2)),
    ] {
        assert_eq!(text.parse(), Ok(contact));
        assert_eq!(contact.to_string(), text);
    }
    for text in [
        "",
        "key",
        "key:",
        "key:768",
        "key:-1",
        "key:+1",
        "switch:18",
        "lever:1",
        "169",
        "key:1 ",
    ] {
        assert!(text.parse::<HookContact>().is_err(), "{text}");
    }
}

// ---- the thread, on the simulated switch ----

struct Cradle {
    hand: HookSimHandle,
    events: Receiver<HookEvent>,
    _handle: HookHandle,
}

impl Cradle {
    fn new(prepare: impl FnOnce(&HookSimHandle)) -> Self {
        let (sim, hand) = HookSim::new();
        prepare(&hand);
        let (tell, events) = channel();
        let handle = HookHandle::start_with(sim, move |event| _ = tell.send(event)).unwrap();
        assert!(handle.is_configured());
        Self {
            hand,
            events,
            _handle: handle,
        }
    }

    fn expect(&self, wanted: HookEvent) {
        assert_eq!(self.events.recv_timeout(PATIENCE), Ok(wanted));
    }

    fn expect_quiet(&self) {
        let heard = self.events.recv_timeout(DEBOUNCE * 3);
        assert!(heard.is_err(), "{heard:?}");
    }
}

#[test]
fn lifting_and_putting_down() {
    let cradle = Cradle::new(|_| {});
    cradle.expect(HookEvent::Down);
    cradle.hand.lift();
    cradle.expect(HookEvent::Lifted);
    cradle.hand.down();
    cradle.expect(HookEvent::Down);
}

#[test]
fn a_handset_that_is_off_at_the_start_is_told() {
    let cradle = Cradle::new(HookSimHandle::lift);
    cradle.expect(HookEvent::Lifted);
}

#[test]
fn bounces_and_the_same_again_are_not_heard() {
    let cradle = Cradle::new(|_| {});
    cradle.expect(HookEvent::Down);
    cradle.hand.bounce(20);
    cradle.hand.down();
    cradle.expect_quiet();
    cradle.hand.lift();
    cradle.hand.bounce(20);
    cradle.expect(HookEvent::Lifted);
    cradle.expect_quiet();
}

#[test]
fn a_full_queue_of_the_kernel_loses_nothing_that_matters() {
    let cradle = Cradle::new(|_| {});
    cradle.expect(HookEvent::Down);
    cradle.hand.overrun(true);
    cradle.expect(HookEvent::Lifted);
    cradle.hand.overrun(false);
    cradle.expect(HookEvent::Down);
}

#[test]
fn a_pulled_switch_is_gone_and_comes_back_as_it_is_then() {
    let cradle = Cradle::new(|_| {});
    cradle.expect(HookEvent::Down);
    cradle.hand.unplug();
    cradle.expect(HookEvent::Gone);
    cradle.hand.lift();
    cradle.hand.plug();
    cradle.expect(HookEvent::Back);
    cradle.expect(HookEvent::Lifted);
    cradle.hand.down();
    cradle.expect(HookEvent::Down);
}

#[test]
fn a_switch_that_is_not_there_at_the_start_is_looked_for() {
    let cradle = Cradle::new(HookSimHandle::unplug);
    cradle.expect(HookEvent::Gone);
    cradle.expect_quiet();
    cradle.hand.plug();
    cradle.expect(HookEvent::Back);
    cradle.expect(HookEvent::Down);
}

#[test]
fn a_driver_gone_mad_leaves_the_switch_working() {
    let cradle = Cradle::new(|_| {});
    cradle.expect(HookEvent::Down);
    // Whole records of things that are no hook, so that the next true one is read as such.
    for code in [0_u16, 1, 168, 170, 0xffff] {
        for kind in [0_u16, 1, 2, 3, 4, 5, 0x15, 0xffff] {
            if (kind, code) != (0, 3) {
                let record = Record {
                    kind,
                    code,
                    value: 1,
                };
                cradle.hand.send_raw(&record.to_bytes());
            }
        }
    }
    cradle.hand.lift();
    cradle.expect(HookEvent::Lifted);
}

#[test]
fn without_a_device_there_is_nothing_to_tell() {
    let (tell, events) = channel();
    let handle =
        HookHandle::start(HookConfig::default(), move |event| _ = tell.send(event)).unwrap();
    assert!(!handle.is_configured());
    assert!(events.recv().is_err(), "the teller is dropped unused");
}

#[test]
fn dropping_the_handle_ends_the_thread_at_once() {
    let (sim, _hand) = HookSim::new();
    let (tell, events) = channel();
    let handle = HookHandle::start_with(sim, move |event| _ = tell.send(event)).unwrap();
    assert_eq!(events.recv_timeout(PATIENCE), Ok(HookEvent::Down));
    drop(handle);
    assert!(
        events.recv().is_err(),
        "the thread is gone and its teller with it"
    );
}

// ---- the driver for a real device ----

#[test]
fn what_is_no_hook_switch_is_refused_with_its_reason() {
    let place = tempfile::tempdir().unwrap();
    let none = place.path().join("none");
    let file = place.path().join("file");
    std::fs::write(&file, [0_u8; 240]).unwrap();
    let open = |device: Option<std::path::PathBuf>| {
        let config = HookConfig {
            device,
            ..HookConfig::default()
        };
        xinting_hw::hook::EvdevHook::new(config).open()
    };
    assert!(matches!(open(None), Err(HookError::NotConfigured)));
    assert!(matches!(open(Some(none)), Err(HookError::Open { .. })));
    assert!(matches!(open(Some(file)), Err(HookError::NotInput { .. })));
    let null = open(Some("/dev/null".into()));
    assert!(matches!(null, Err(HookError::NotInput { .. })), "{null:?}");
}

#[test]
fn a_device_that_is_not_there_is_told_as_gone() {
    let place = tempfile::tempdir().unwrap();
    let config = HookConfig {
        device: Some(place.path().join("event7")),
        ..HookConfig::default()
    };
    let (tell, events) = channel();
    let _handle = HookHandle::start(config, move |event| _ = tell.send(event)).unwrap();
    assert_eq!(events.recv_timeout(PATIENCE), Ok(HookEvent::Gone));
}

/// A thread that waits must not spin: a switch that keeps still, or is gone, costs next to no time of the processor.
#[test]
fn waiting_costs_nothing() {
    let cradle = Cradle::new(|_| {});
    cradle.expect(HookEvent::Down);
    let began = Instant::now();
    let before = thread_time("hook");
    cradle.hand.unplug();
    cradle.expect(HookEvent::Gone);
    while began.elapsed() < ms(500) {
        cradle.expect_quiet();
    }
    let used = thread_time("hook").saturating_sub(before);
    // Other tests of this file have such threads too; together they stay far below one that spins.
    assert!(used < ms(400), "{used:?} of processor time");
}

/// Processor time of all threads of this program that bear the name.
fn thread_time(name: &str) -> Duration {
    let mut ticks = 0;
    for task in std::fs::read_dir("/proc/self/task").unwrap().flatten() {
        let Ok(stat) = std::fs::read_to_string(task.path().join("stat")) else {
            continue;
        };
        let Some((head, tail)) = stat.rsplit_once(')') else {
            continue;
        };
        if head.ends_with(&format!("({name}")) {
            let fields: Vec<u64> = tail
                .split_whitespace()
                .map(|field| field.parse().unwrap_or(0))
                .collect();
            ticks += fields[11] + fields[12];
        }
    }
    // Linux counts in hundredths of a second for programs, whatever its own rate is.
    ms(10) * u32::try_from(ticks).unwrap()
}
