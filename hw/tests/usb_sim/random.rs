//! Any faults, any reads: what was read before the end is good, and the end is where it was said to be.

use super::*;
use proptest::prelude::*;

/// What a file of this length and these faults gives.
#[derive(Debug, Clone)]
struct Fault {
    yank: Option<u64>,
    bad: Option<u64>,
    dead: Option<u64>,
    grow: u64,
}

impl Fault {
    fn set(&self, desk: &Desk) {
        let says = |verb: &str, at: Option<u64>| {
            if let Some(at) = at {
                desk.says(&format!("{verb} {at}"));
            }
        };
        says("yank a", self.yank);
        says("bad a", self.bad);
        says("dead", self.dead);
        says("grow a", Some(self.grow));
    }

    /// Bytes that come, whether reading ends in an error, and whether the stick is out then.
    fn wanted(&self, length: u64) -> (u64, bool, bool) {
        let length = length + self.grow;
        let stops = [self.bad, self.dead.map(|sector| sector * 512)];
        let stop = stops.into_iter().flatten().min();
        // A fault right at the end is met by whoever asks whether it is the end.
        match (self.yank, stop) {
            (Some(yank), stop) if yank <= length && stop.is_none_or(|stop| yank <= stop) => {
                (yank, true, true)
            }
            (_, Some(stop)) if stop <= length => (stop, true, false),
            _ => (length, false, false),
        }
    }
}

fn fault() -> impl Strategy<Value = Fault> {
    let at = || proptest::option::of(0..4000_u64);
    let sector = proptest::option::of(0..8_u64);
    (at(), at(), sector, 0..600_u64).prop_map(|(yank, bad, dead, grow)| Fault {
        yank,
        bad,
        dead,
        grow,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading(
        length in 0..3000_usize,
        fault in fault(),
        steps in proptest::collection::vec(1..700_usize, 1..8),
    ) {
        let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let mut desk = Desk::with(&[("a", &bytes)]);
        let stick = desk.insert();
        fault.set(&desk);
        let mut file = stick.files.open("a").unwrap();
        let mut got = Vec::new();
        let mut failed = false;
        for step in steps.into_iter().cycle() {
            let mut chunk = vec![0; step];
            match file.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => got.extend_from_slice(&chunk[..read]),
                Err(_) => {
                    failed = true;
                    break;
                }
            }
        }
        let (wanted, error, out) = fault.wanted(length as u64);
        prop_assert_eq!((got.len() as u64, failed), (wanted, error));
        let real = got.len().min(length);
        prop_assert_eq!(&got[..real], &bytes[..real]);
        prop_assert!(got[real..].iter().all(|byte| *byte == 0));
        prop_assert_eq!(desk.port.is_present(&stick.id), !out);
        prop_assert_eq!(stick.files.list("").unwrap().is_empty(), out);
    }

    #[test]
    fn exporting(
        lengths in proptest::collection::vec(0..3000_u64, 1..5),
        full in proptest::option::of(0..6000_u64),
        yank in proptest::option::of((0..5_usize, 0..3000_u64)),
    ) {
        let mut desk = Desk::with(&[]);
        let stick = desk.insert();
        desk.port.make_writable().unwrap();
        if let Some(full) = full {
            desk.says(&format!("full {full}"));
        }
        if let Some((file, at)) = yank {
            desk.says(&format!("yank {file} {at}"));
        }
        for (number, length) in lengths.iter().enumerate() {
            let mut from = io::repeat(number as u8).take(*length);
            let written = stick.files.write(&number.to_string(), &mut from);
            let path = desk.folder.path().join(number.to_string());
            match written {
                Ok(bytes) => {
                    prop_assert_eq!(bytes, *length);
                    prop_assert_eq!(fs::read(path).unwrap(), vec![number as u8; *length as usize]);
                }
                Err(_) => prop_assert!(!path.exists(), "half a file has the whole one's name"),
            }
        }
    }

    #[test]
    fn words(line in "(yank|bad|lie|slow|size|grow|full|many|dead|relist|second|replug|[a-z]{0,6})( [ -~]{0,9}){0,4}") {
        let desk = Desk::with(&[]);
        // It is understood or it is not; nothing else happens.
        let _ = desk.sim.script_line(&line);
    }
}
