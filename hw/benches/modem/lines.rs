//! The line engine beside a bare `memchr` loop that cuts the same bytes and understands nothing.

use std::hint::black_box;
use std::time::{Duration, Instant};

use xinting_hw::modem::line::LineEngine;

/// Measurements of each, alternating.
const ROUNDS: usize = 9;
const SIZE: usize = 16 << 20;

/// Bytes a second of the engine and of the loop, medians.
pub(crate) fn measure(said: &[u8]) -> (f64, f64) {
    let data: Vec<u8> = said.iter().copied().cycle().take(SIZE).collect();
    assert_eq!(engine(&data), bare(&data), "both find the same lines");
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for _ in 0..ROUNDS {
        ours.push(time(|| engine(black_box(&data))));
        theirs.push(time(|| bare(black_box(&data))));
    }
    (rate(&mut ours), rate(&mut theirs))
}

fn time(work: impl Fn() -> (usize, usize)) -> Duration {
    let started = Instant::now();
    black_box(work());
    started.elapsed()
}

fn rate(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    SIZE as f64 / times[times.len() / 2].as_secs_f64()
}

/// Lines and their bytes.
fn engine(data: &[u8]) -> (usize, usize) {
    let mut engine = LineEngine::new();
    data.iter()
        .filter_map(|byte| engine.push(*byte))
        .fold((0, 0), |(lines, bytes), line| {
            (lines + 1, bytes + line.len())
        })
}

fn bare(data: &[u8]) -> (usize, usize) {
    let mut found = (0, 0);
    let mut begin = 0;
    for end in memchr::memchr2_iter(b'\r', b'\n', data) {
        let line = data[begin..end].trim_ascii();
        begin = end + 1;
        if !line.is_empty() {
            found = (found.0 + 1, found.1 + line.len());
        }
    }
    found
}
