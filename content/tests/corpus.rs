//! The committed corpus of the fuzz targets, replayed by an ordinary build: what a campaign once found interesting
//! stays tried with every change. The bodies of the targets are in `content/fuzz/src`; no fuzzer is needed here.

use std::io::Write;
use std::path::Path;

#[path = "../fuzz/src/lib.rs"]
pub mod targets;

/// All that is committed together may have this many bytes.
const MOST_BYTES: u64 = 300_000;

/// Runs one input; a panic names the target and the input.
fn held(name: &str, run: fn(&[u8]), input: &[u8], called: &str) {
    let held = std::panic::catch_unwind(|| run(input));
    assert!(held.is_ok(), "{name} does not hold on {called}");
}

#[test]
fn every_target_holds_on_its_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let (mut total, mut all) = (0, 0);
    let mut out = std::io::stdout().lock();
    for (name, run) in targets::TARGETS {
        let folder = corpus.join(name);
        let found = std::fs::read_dir(&folder);
        let found = found
            .unwrap_or_else(|error| panic!("the corpus {} is missing: {error}", folder.display()));
        let mut files = 0;
        for entry in found {
            let path = entry.expect("the corpus can be listed").path();
            let input = std::fs::read(&path).expect("an input can be read");
            total += input.len() as u64;
            files += 1;
            held(name, *run, &input, &path.display().to_string());
        }
        all += files;
        writeln!(out, "{name}: {files} inputs").expect("stdout takes a line");
        assert!(files > 0, "{} is empty", folder.display());
    }
    writeln!(
        out,
        "corpus of packs: {all} inputs, {total} bytes, all hold"
    )
    .expect("stdout takes a line");
    assert!(total < MOST_BYTES, "the corpus has grown to {total} bytes");
}

/// The inputs that a corpus begins with, made anew.
#[test]
fn every_target_holds_on_fresh_seeds() {
    for (name, run) in targets::TARGETS {
        let seeds = targets::seeds::of(name);
        assert!(seeds.len() > 3, "{name} has {} seeds", seeds.len());
        for seed in seeds {
            held(name, *run, &seed.bytes, &seed.name);
        }
    }
}

/// The empty input and single bytes, which a minimised corpus may lack.
#[test]
fn every_target_holds_on_next_to_nothing() {
    for (name, run) in targets::TARGETS {
        held(name, *run, &[], "nothing");
        for byte in (0..=u8::MAX).step_by(5) {
            held(name, *run, &[byte], "one byte");
        }
    }
}

/// The targets get past the signature: what they begin with is accepted, or they would try nothing behind it.
#[test]
fn what_the_targets_begin_with_is_accepted() {
    use targets::{holds, packs, sample, trust};
    let (manifest, comment) = packs::small_manifest();
    let signature = holds::publisher().sign(&manifest, &comment);
    packs::glance(&manifest, &[signature]).expect("the small manifest is accepted");
    for files in [sample::starter(), sample::school()] {
        let layer = xinting_content::Layer::read(&files).expect("the sample is accepted");
        holds::of_layer(&layer, &files);
    }
    let mut district = sample::Files::default();
    district.put("pack.toml", sample::district(""));
    xinting_content::Layer::read(&district).expect("a district's empty pack is accepted");
    let roots = xinting_content::trust::Trust::roots(vec![trust::root().public()]);
    let lists = targets::seeds::of("key_list");
    let file = lists
        .iter()
        .find(|seed| seed.name == "file")
        .expect("a whole list is among the seeds");
    let (found, _) = roots
        .accept(file.bytes.as_slice())
        .expect("the list is accepted");
    assert!(found.list().is_some());
    let documents = targets::seeds::of("document");
    let file = documents
        .iter()
        .find(|seed| seed.name == "file")
        .expect("a whole document is among the seeds");
    let document = xinting_content::document::Document::open(
        file.bytes.as_slice(),
        xinting_content::document::CONFIG,
        &roots,
    )
    .expect("the configuration is accepted");
    assert_eq!(
        document
            .config_for()
            .expect("it says whom it is for")
            .version,
        3
    );
}
