//! What the modem's driver costs and how soon it obeys, each figure beside its reference from the same run. Prints
//! rows of a table; `scripts/bench modem` puts them together.
//!
//! Every line is a pty of its own with the simulated modem at its end. No other port is opened.

#![expect(clippy::print_stdout, reason = "the rows are what this program is for")]

use std::path::Path;

mod bare;
mod far_end;
mod figures;
mod idle;
mod latency;
mod lines;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["watch", port] => println!("{}", idle::watch(Path::new(port))),
        ["bare", port] => println!("{}", idle::bare(Path::new(port))),
        _ => measure(),
    }
}

fn measure() {
    let place = tempfile::tempdir().expect("a folder for links");
    let link = place.path().join("modem");

    println!("| measured | booth | bare thread or loop | ratio (of medians) | aim |");
    println!("|---|---|---|---|---|");

    let writes = latency::bare_writes(&link);
    let calls = latency::idle_calls(&link);
    let against = |ours: &figures::Samples| {
        let ratio = ours.p50().as_secs_f64() / writes.p50().as_secs_f64();
        format!("{} | {} | {ratio:.1} | ≤ 20", ours.three(), writes.three())
    };
    println!(
        "| dial accepted → `ATD` at the far end, nothing under way, ms (p50 / p99 / max) | {} |",
        against(&calls.dial)
    );
    println!(
        "| hang-up → its first command at the far end, ms | {} |",
        against(&calls.hang_up)
    );
    let busy = latency::busy_calls(&link);
    let think = latency::THINK.as_millis();
    println!(
        "| dial during a watch command whose answer takes {think} ms, ms | {} | | | ≤ 20 |",
        busy.dial.three()
    );
    println!(
        "| the same, from the end of that answer, ms | {} |",
        against(&busy.dial_after_answer)
    );
    println!(
        "| hang-up during a list of calls whose answer takes {think} ms, ms | {} | | | ≤ 20 |",
        busy.hang_up.three()
    );
    println!(
        "| the same, from the end of that answer, ms | {} |",
        against(&busy.hang_up_after_answer)
    );

    let bare = latency::bare_unplugs(&link);
    let (gone, back) = latency::replugs(&link);
    println!(
        "| port gone → reported, ms | {} | {} | {:.1} | ≤ 1000 |",
        gone.three(),
        bare.three(),
        gone.p50().as_secs_f64() / bare.p50().as_secs_f64()
    );
    println!("| port back → registered, ms | {} | | | |", back.three());

    let (ours, theirs, commands) = idle::measure(place.path());
    let percent = |time: std::time::Duration| time.as_secs_f64() / idle::TIME.as_secs_f64() * 100.0;
    println!(
        "| idle watch, {} s, {commands} commands, CPU % of a core | {:.4} | {:.4} | {:.2} | ≤ 0.1 |",
        idle::TIME.as_secs(),
        percent(ours),
        percent(theirs),
        ours.as_secs_f64() / theirs.as_secs_f64()
    );

    let (ours, theirs) = lines::measure(&idle::idle_hour());
    println!(
        "| line engine, MB/s | {:.0} | {:.0} | {:.2} | |",
        ours / 1e6,
        theirs / 1e6,
        ours / theirs
    );
}
