//! The claim: the plug may be pulled at any moment, and costs nothing.
//!
//! Every image that a cut may leave of what was recorded is judged by the real code. Two controls leave out the syncing
//! and must be caught: a harness that never finds anything proves nothing. `XINTING_CRASH=all` makes many more images.

#![expect(clippy::print_stdout, reason = "the counts are what a run is read for")]

use xinting_e2e::crash::bench::{self, Judge};
use xinting_e2e::crash::cut::{Control, Effort};
use xinting_e2e::crash::install::Booth;
use xinting_e2e::crash::outbox;
use xinting_e2e::crash::recorder::Recording;

/// What is made where not everything is asked for.
fn effort(short: Effort) -> Effort {
    match std::env::var("XINTING_CRASH").as_deref() {
        Ok("all") => Effort::LONG,
        _ => short,
    }
}

/// Insists that no image is bad, and that there are enough.
fn must_hold(what: &str, short: Effort, least: usize, recording: &Recording, judge: &Judge<'_>) {
    let verdict = bench::judge(recording, Control::Honest, effort(short), judge);
    println!("{what}: {verdict}; {} steps", recording.steps.len());
    assert_eq!(verdict.bad, 0, "{what}:\n{}", verdict.told.join("\n"));
    assert!(verdict.images >= least, "{what}: too few images: {verdict}");
}

/// Insists that leaving out the syncing is noticed, all of it and that of folders alone.
fn controls_must_be_caught(what: &str, short: Effort, recording: &Recording, judge: &Judge<'_>) {
    for (control, without) in [
        (Control::NoSync, "without any fsync"),
        (Control::NoFolderSync, "without fsync of folders"),
    ] {
        let verdict = bench::judge(recording, control, effort(short), judge);
        println!("{what} {without}: {verdict}");
        assert!(verdict.bad > 0, "{what} {without} was not noticed");
        println!("    such as: {}", verdict.told[0]);
    }
}

#[test]
fn a_day_that_ends_is_closed_once_or_still_running() {
    let first = outbox::first_start().expect("the store's first start can be recorded");
    let judge: &Judge<'_> = &|folder, closes| first.judge(folder, closes);
    must_hold("first start", Effort::SHORT, 500, &first.recording, judge);
    let days = outbox::days().expect("the ends of days can be recorded");
    let judge: &Judge<'_> = &|folder, closes| days.judge(folder, closes);
    must_hold("outbox", Effort::SHORT, 500, &days.recording, judge);
    controls_must_be_caught("outbox", Effort::SHORT, &days.recording, judge);
}

#[test]
fn a_pack_is_the_old_or_the_new_and_whole() {
    let booth = Booth::new().expect("packs can be made");
    let over = booth.over_older().expect("an installation can be recorded");
    let judge: &Judge<'_> = &|folder, promises| booth.judge_over_older(folder, promises);
    must_hold("install", Effort::WIDE, 100, &over, judge);
    controls_must_be_caught("install", Effort::WIDE, &over, judge);

    let first = booth.first().expect("an installation can be recorded");
    let judge: &Judge<'_> = &|folder, promises| booth.judge_first(folder, promises);
    must_hold("first install", Effort::WIDE, 100, &first, judge);
    controls_must_be_caught("first install", Effort::WIDE, &first, judge);

    let back = booth.back().expect("going back can be recorded");
    let judge: &Judge<'_> = &|folder, promises| booth.judge_back(folder, promises);
    must_hold("roll back", Effort::WIDE, 5, &back, judge);
    controls_must_be_caught("roll back", Effort::WIDE, &back, judge);

    let out = booth.out().expect("taking out can be recorded");
    let judge: &Judge<'_> = &|folder, promises| booth.judge_out(folder, promises);
    must_hold("out of service", Effort::WIDE, 5, &out, judge);
    controls_must_be_caught("out of service", Effort::WIDE, &out, judge);

    let again = booth.in_again().expect("putting back can be recorded");
    let judge: &Judge<'_> = &|folder, promises| booth.judge_in_again(folder, promises);
    must_hold("into service", Effort::WIDE, 5, &again, judge);
    controls_must_be_caught("into service", Effort::WIDE, &again, judge);
}
