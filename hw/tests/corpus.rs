//! The committed corpus of the fuzz targets, replayed by an ordinary build: what a campaign once found interesting
//! stays tried with every change. The bodies of the targets are in `hw/fuzz/src`; no fuzzer is needed here.

use std::path::Path;

#[path = "../fuzz/src/lib.rs"]
pub mod targets;

/// All that is committed together may have this many bytes.
const MOST_BYTES: u64 = 1_000_000;

#[test]
fn every_target_holds_on_its_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut total = 0;
    for (name, run) in targets::TARGETS {
        let folder = corpus.join(name);
        let mut files = 0;
        let found = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("the corpus {} is missing: {error}", folder.display()));
        for entry in found {
            let path = entry.unwrap().path();
            let input = std::fs::read(&path).unwrap();
            total += input.len() as u64;
            files += 1;
            let held = std::panic::catch_unwind(|| run(&input));
            assert!(held.is_ok(), "{name} does not hold on {}", path.display());
        }
        println!("{name}: {files} inputs");
        assert!(files > 0, "{} is empty", folder.display());
    }
    assert!(total < MOST_BYTES, "the corpus has grown to {total} bytes");
}

/// The transcripts that a corpus begins with, made anew from the simulator as it is now.
#[test]
fn every_target_holds_on_fresh_transcripts() {
    for (name, run) in targets::TARGETS {
        let seeds = targets::seeds::of(name);
        assert!(seeds.len() > 20, "{name} has {} seeds", seeds.len());
        for seed in seeds {
            let held = std::panic::catch_unwind(|| run(&seed.bytes));
            assert!(held.is_ok(), "{name} does not hold on {}", seed.name);
        }
    }
}

/// The empty input and single bytes, which a minimised corpus may lack.
#[test]
fn every_target_holds_on_next_to_nothing() {
    for (_, run) in targets::TARGETS {
        run(&[]);
        for byte in 0..=u8::MAX {
            run(&[byte]);
            run(&[byte, b'\r']);
        }
    }
}
