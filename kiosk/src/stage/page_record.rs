//! What the player page showed during a flow, and when: for tests that lay it beside the sound that was captured.
//!
//! Looks at the page from outside, as an eye would, and asks neither the player nor the session. Deliberately not part
//! of a booth that visitors use: only a flow can be recorded.

use crate::ui::{BreathView, PlayerAdapter};
use slint::{ComponentHandle, Global, SharedString, Timer, TimerMode};
use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How often the page is looked at: eight times a frame.
const LOOK: Duration = Duration::from_millis(2);

/// A recording under way; dropping it ends it.
pub(super) struct PageRecord {
    _looking: Timer,
}

impl PageRecord {
    /// Writes a line to `out` whenever caption or breath change: microseconds since 1970 when the page was last seen
    /// as before, the same when it was seen changed, what the breath does, and the caption.
    pub(super) fn start(root: &crate::ui::App, mut out: impl Write + 'static) -> Self {
        let page = root.as_weak();
        let mut last: Option<(SharedString, BreathView)> = None;
        let mut looked = micros();
        let looking = Timer::default();
        looking.start(TimerMode::Repeated, LOOK, move || {
            let Some(root) = page.upgrade() else { return };
            let adapter = PlayerAdapter::get(&root);
            let seen = (adapter.get_caption(), adapter.get_breath());
            let now = micros();
            if last.as_ref() != Some(&seen) {
                let breath = match seen.1 {
                    BreathView::None => "none",
                    BreathView::Ready => "ready",
                    BreathView::Inhale => "inhale",
                    BreathView::Exhale => "exhale",
                };
                // A record that cannot be kept fails the test that reads it.
                let _ = writeln!(out, "{looked}\t{now}\t{breath}\t{}", seen.0);
                last = Some(seen);
            }
            looked = now;
        });
        Self { _looking: looking }
    }
}

fn micros() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_micros()
}
