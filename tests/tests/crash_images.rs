//! The claim: the plug may be pulled at any moment, and costs nothing.
//!
//! Every image that a cut may leave of what was recorded is judged by the real code. Two controls leave out the syncing
//! and must be caught: a harness that never finds anything proves nothing. `XINTING_CRASH=all` makes many more images.

use xinting_e2e::crash::bench::{self, Judge, Verdict};
use xinting_e2e::crash::cut::{Control, Effort};
use xinting_e2e::crash::outbox;
use xinting_e2e::crash::recorder::Recording;

fn effort() -> Effort {
    match std::env::var("XINTING_CRASH").as_deref() {
        Ok("all") => Effort::LONG,
        _ => Effort::SHORT,
    }
}

/// Insists that no image is bad and enough are made.
fn must_hold(what: &str, least: usize, recording: &Recording, judge: &Judge<'_>) -> Verdict {
    let verdict = bench::judge(recording, Control::Honest, effort(), judge);
    println!("{what}: {verdict} ({} steps)", recording.steps.len());
    assert_eq!(verdict.bad, 0, "{what}:\n{}", verdict.told.join("\n"));
    assert!(verdict.images >= least, "{what}: too few images: {verdict}");
    verdict
}

/// Insists that leaving out the syncing is noticed.
fn must_be_caught(what: &str, control: Control, recording: &Recording, judge: &Judge<'_>) {
    let verdict = bench::judge(recording, control, Effort::SHORT, judge);
    println!("{what}, {control:?}: {verdict}");
    assert!(verdict.bad > 0, "{what}: {control:?} was not noticed");
    println!("  such as: {}", verdict.told[0]);
}

#[test]
fn a_day_that_ends_is_closed_once_or_still_running() {
    let first = outbox::first_start().expect("the store's first start can be recorded");
    must_hold(
        "first start of the store",
        1,
        &first.recording,
        &|folder, closes| first.judge(folder, closes),
    );
    let days = outbox::days().expect("the ends of days can be recorded");
    let judge: &Judge<'_> = &|folder, closes| days.judge(folder, closes);
    must_hold("outbox", 1, &days.recording, judge);
    must_be_caught("outbox", Control::NoSync, &days.recording, judge);
    must_be_caught("outbox", Control::NoFolderSync, &days.recording, judge);
}
