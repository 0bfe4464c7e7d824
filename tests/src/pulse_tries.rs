//! How often a capture is tried, and what a run may be excused by.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Most runs of one capture.
const MOST_CAPTURES: u32 = 4;

/// A thread that is woken this much too late shows a machine that stands still: less than a period of any route.
const STOOD_STILL: Duration = Duration::from_millis(10);

/// Runs a capture, and where it fails a second time, since a machine that is busy with something else can starve the
/// server or the recorder too. A run during which the machine itself stood still (threads that asked to be woken were
/// not) says nothing of the player and is not counted, four runs at most. Every failure is printed, with the
/// load and the longest standstill.
///
/// # Panics
/// As the last run does.
pub fn once_more(capture: impl Fn()) {
    let load = || std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let mut counted = 0;
    for run in 1..=MOST_CAPTURES {
        let before = load();
        let watch = Standstill::watch();
        // Whatever a run made ends with it; nothing is shared between two of them.
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(&capture));
        let longest = watch.longest();
        let Err(failure) = ended else { return };
        // Not through the harness, which would swallow it where a later run succeeds.
        let _unseen = writeln!(
            std::io::stderr(),
            "capture {run} failed as written above; load before it {}, after it {}; the machine stood still for {} ms",
            before.trim(),
            load().trim(),
            longest.as_millis(),
        );
        counted += u32::from(longest < STOOD_STILL);
        if counted == 2 || run == MOST_CAPTURES {
            std::panic::resume_unwind(failure);
        }
    }
}

/// Asks to be woken again and again, and keeps how late that was at the most.
struct Standstill {
    over: Arc<AtomicBool>,
    watcher: std::thread::JoinHandle<Duration>,
}

impl Standstill {
    fn watch() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let ending = Arc::clone(&over);
        let watcher = std::thread::spawn(move || {
            let nap = Duration::from_millis(2);
            let mut longest = Duration::ZERO;
            while !ending.load(Ordering::Relaxed) {
                let asleep = Instant::now();
                std::thread::sleep(nap);
                longest = longest.max(asleep.elapsed().saturating_sub(nap));
            }
            longest
        });
        Self { over, watcher }
    }

    fn longest(self) -> Duration {
        self.over.store(true, Ordering::Relaxed);
        self.watcher.join().expect("the watcher ends")
    }
}
