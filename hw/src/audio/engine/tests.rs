//! The callback's state on a bench: feeds of one constant sample, and a clock that goes on by periods.

use super::*;

const PERIOD: usize = 480;
const PERIOD_NS: u64 = 10_000_000;

struct Bench {
    controls: Arc<Controls>,
    engine: Engine,
    feeds: Producer<Feed>,
    spent: Consumer<Feed>,
    now_ns: u64,
    heard: Vec<f32>,
}

impl Bench {
    fn new() -> Self {
        let controls = Arc::new(Controls::default());
        let (engine, feeds, spent) = Engine::new(Arc::clone(&controls));
        Self {
            controls,
            engine,
            feeds,
            spent,
            now_ns: 0,
            heard: Vec::new(),
        }
    }

    /// A feed with `count` frames of 0.5 in its ring.
    fn feed(&mut self, id: u64, start: u64, count: usize, fade_in: u32) -> Arc<FeedState> {
        self.feed_due(0, id, start, count, fade_in)
    }

    fn feed_due(
        &mut self,
        due_ns: u64,
        id: u64,
        start: u64,
        count: usize,
        fade_in: u32,
    ) -> Arc<FeedState> {
        let (mut ring, consumer) = rtrb::RingBuffer::new(count.max(1) * 2);
        for _ in 0..count * 2 {
            ring.push(0.5).unwrap();
        }
        let state = Arc::new(FeedState::default());
        state.primed.store(true, Ordering::Release);
        let feed = Feed {
            id,
            start,
            floor: start,
            due_ns,
            fade_in,
            ring: consumer,
            state: Arc::clone(&state),
        };
        self.feeds.push(feed).ok().unwrap();
        // The producer is dropped: nothing more will come.
        state
    }

    fn open(&self, open: bool) {
        self.controls.open.store(open, Ordering::Relaxed);
    }

    fn run(&mut self, periods: usize) {
        for _ in 0..periods {
            let mut out = [0.0; PERIOD * 2];
            self.engine.render(&mut out, self.now_ns, 0);
            self.heard.extend(out.iter().step_by(2));
            self.now_ns += PERIOD_NS;
        }
    }

    fn frame_now(&self) -> u64 {
        self.controls.heard.read().frame_at(self.now_ns)
    }

    fn largest_step(&self) -> f32 {
        self.heard
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs())
            .fold(0.0, f32::max)
    }
}

#[test]
fn a_feed_fades_in_along_the_curve_and_counts_its_frames() {
    let mut bench = Bench::new();
    bench.feed(1, 1000, 48_000, frames(200));
    bench.run(3);
    assert!(bench.heard.iter().all(|sample| *sample == 0.0), "closed");
    bench.open(true);
    bench.run(50);
    assert_eq!(bench.frame_now(), 1000 + 50 * PERIOD as u64);
    let fade = &bench.heard[3 * PERIOD..];
    assert!(fade[0] > 0.0, "sound begins with the first frame");
    let middle = fade[frames(100) as usize];
    assert!((middle - 0.5 * equal_power(0.5)).abs() < 1e-3, "{middle}");
    assert!((fade[frames(210) as usize] - 0.5).abs() < 1e-6);
    assert_eq!(bench.controls.starved.load(Ordering::Relaxed), 0);
}

#[test]
fn a_feed_that_is_due_later_begins_at_its_very_frame() {
    let mut bench = Bench::new();
    bench.open(true);
    bench.feed_due(25_000_000, 1, 7_200, 48_000, 480);
    bench.run(10);
    let first = bench.heard.iter().position(|sample| *sample > 0.0);
    assert_eq!(first, Some(1_200));
    assert_eq!(bench.frame_now(), 7_200 + 10 * PERIOD as u64 - 1_200);
    // A fade as long as was asked for, not one after a pause.
    assert!((bench.heard[1_200 + 480] - 0.5).abs() < 1e-3);
}

#[test]
fn a_feed_that_is_overdue_leaves_out_what_has_passed() {
    let mut bench = Bench::new();
    bench.run(10);
    bench.open(true);
    bench.feed_due(60_000_000, 1, 7_200, 48_000, 480);
    bench.run(1);
    assert!(bench.heard[10 * PERIOD] > 0.0);
    assert_eq!(bench.frame_now(), 7_200 + 1_920 + PERIOD as u64);
    // Nothing before what is heard is ever reported.
    assert_eq!(bench.controls.heard.read().floor, 7_200 + 1_920);
}

#[test]
fn a_pause_makes_the_time_of_a_feed_void() {
    let mut bench = Bench::new();
    bench.open(true);
    bench.feed_due(100_000_000, 1, 7_200, 48_000, 480);
    bench.run(5);
    bench.open(false);
    bench.run(50);
    bench.open(true);
    bench.run(1);
    assert_eq!(bench.frame_now(), 7_200 + PERIOD as u64);
}

#[test]
fn pause_closes_softly_holds_the_frame_and_resumes() {
    let mut bench = Bench::new();
    bench.feed(1, 0, 96_000, 480);
    bench.open(true);
    bench.run(20);
    bench.open(false);
    bench.run(30);
    let held = bench.frame_now();
    let closing = u64::from(frames(CLOSE_MS));
    // Adding up the steps of a fade may take a frame more than dividing says.
    assert!(held.abs_diff(20 * PERIOD as u64 + closing) <= 1, "{held}");
    assert_eq!(*bench.heard.last().unwrap(), 0.0);
    bench.run(100);
    assert_eq!(bench.frame_now(), held);
    bench.open(true);
    bench.run(10);
    assert_eq!(bench.frame_now(), held + 10 * PERIOD as u64);
    assert!(bench.largest_step() < 0.01, "{}", bench.largest_step());
}

#[test]
fn a_new_feed_waits_for_the_fade_and_the_old_one_comes_back() {
    let mut bench = Bench::new();
    bench.feed(1, 0, 48_000, 480);
    bench.open(true);
    bench.run(10);
    bench.feed(2, 500_000, 48_000, 480);
    bench.run(20);
    let closing = u64::from(frames(CLOSE_MS));
    let expected = 500_000 + 20 * PERIOD as u64 - closing;
    assert!(bench.frame_now().abs_diff(expected) <= 1);
    assert!(bench.largest_step() < 0.01);
    assert_eq!(bench.spent.pop().ok().map(|feed| feed.id), Some(1));
}

#[test]
fn the_end_is_told_and_is_not_an_xrun() {
    let mut bench = Bench::new();
    let state = bench.feed(1, 100, 1000, 10);
    state.finished.store(true, Ordering::Release);
    bench.open(true);
    bench.run(5);
    assert!(state.drained.load(Ordering::Acquire));
    assert_eq!(state.end.load(Ordering::Relaxed), 1100);
    assert_eq!(bench.frame_now(), 1100);
    assert_eq!(bench.controls.starved.load(Ordering::Relaxed), 0);
    assert!(bench.heard[1001] > 0.4, "the break glides");
    assert!(bench.heard.last().unwrap().abs() < 0.01);
}

#[test]
fn a_feed_without_frames_is_over_at_once() {
    let mut bench = Bench::new();
    let state = bench.feed(1, 5000, 0, 10);
    state.finished.store(true, Ordering::Release);
    bench.run(1);
    assert!(!state.drained.load(Ordering::Acquire), "not yet wanted");
    bench.open(true);
    bench.run(1);
    assert!(state.drained.load(Ordering::Acquire));
    assert_eq!(state.end.load(Ordering::Relaxed), 5000);
    assert_eq!(bench.controls.starved.load(Ordering::Relaxed), 0);
}

#[test]
fn running_dry_counts_once_and_does_not_click() {
    let mut bench = Bench::new();
    bench.feed(1, 0, 1000, 480);
    bench.open(true);
    bench.run(40);
    assert_eq!(bench.controls.starved.load(Ordering::Relaxed), 1);
    assert_eq!(bench.frame_now(), 1000);
    assert!(bench.largest_step() < 0.01, "{}", bench.largest_step());
}

#[test]
fn volume_glides_to_its_target() {
    let mut bench = Bench::new();
    bench.feed(1, 0, 96_000, 480);
    bench.open(true);
    bench.run(20);
    bench.controls.set_gain(0.0);
    bench.run(60);
    assert!(bench.heard.last().unwrap().abs() < 1e-4);
    assert!(bench.largest_step() < 0.01);
}

#[test]
fn latency_delays_the_position_and_never_below_the_floor() {
    let mut bench = Bench::new();
    bench.feed(1, 4800, 48_000, 10);
    bench.open(true);
    let mut out = [0.0; PERIOD * 2];
    bench.engine.render(&mut out, 0, 50_000_000);
    assert_eq!(bench.controls.heard.read().frame_at(0), 4800);
    assert_eq!(bench.controls.heard.read().frame_at(55_000_000), 4800 + 240);
    bench.engine.render(&mut out, 10_000_000, 50_000_000);
    assert_eq!(bench.controls.heard.read().frame_at(55_000_000), 4800 + 240);
}
