//! The last lines of the booth's own log, for an export: closed events only, in memory, with the day and no time.
//!
//! A queue that was full for a call would, with its time, tell when somebody called; with the day it says no more than
//! the day's report. For the same reason a full queue is told by its device. Older lines go, and the ring begins empty
//! with every start.

use crate::clock::EARLIEST;
use crate::log_event::LogEvent;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Most lines that are kept.
pub const MOST_LINES: usize = 500;
/// Longest line, in characters.
const LONGEST_LINE: usize = 300;

static RING: Mutex<VecDeque<LogLine>> = Mutex::new(VecDeque::new());

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// `YYYY-MM-DD`, or ten hyphens while the clock is not believed.
    day: String,
    text: String,
    /// How often in a row.
    times: u32,
}

impl std::fmt::Display for LogLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.day, self.text)?;
        match self.times {
            0 | 1 => Ok(()),
            times => write!(f, " (x{times})"),
        }
    }
}

/// Keeps a line of the log.
pub fn keep(event: &LogEvent<'_>) {
    let text = match event {
        LogEvent::QueueFull(whose) => format!("QueueFull({:?})", whose.device()),
        other => format!("{other:?}"),
    };
    let today = jiff::Zoned::now().date();
    let day = if today >= EARLIEST {
        today.to_string()
    } else {
        "----------".to_owned()
    };
    add(
        &mut RING.lock().unwrap_or_else(PoisonError::into_inner),
        day,
        &text,
    );
}

fn add(ring: &mut VecDeque<LogLine>, day: String, text: &str) {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let text: String = plain.take(LONGEST_LINE).collect();
    if let Some(last) = ring.back_mut().filter(|l| l.day == day && l.text == text) {
        last.times = last.times.saturating_add(1);
        return;
    }
    if ring.len() == MOST_LINES {
        ring.pop_front();
    }
    ring.push_back(LogLine {
        day,
        text,
        times: 1,
    });
}

/// The lines that are kept, oldest first.
#[must_use]
pub fn lines() -> Vec<LogLine> {
    let ring = RING.lock().unwrap_or_else(PoisonError::into_inner);
    ring.iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_is_bounded_and_says_the_same_once() {
        let mut ring = VecDeque::new();
        for line in 0..MOST_LINES + 20 {
            add(&mut ring, "2026-11-22".to_owned(), &format!("line {line}"));
            add(&mut ring, "2026-11-22".to_owned(), &format!("line {line}"));
        }
        assert_eq!(ring.len(), MOST_LINES);
        assert_eq!(ring[0].to_string(), "2026-11-22 line 20 (x2)");
        add(&mut ring, "2026-11-22".to_owned(), &"a\nb".repeat(500));
        let last = ring.back().unwrap().to_string();
        assert!(!last.contains('\n') && last.chars().count() < 320);
    }
}
