//! Every duration a visit knows, and the one table of deadlines. Not here: what is done when one
//! comes; the states say that.

use std::time::Duration;

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Without a touch on home, before 还在吗.
pub const IDLE_HOME: Duration = seconds(45);
/// On a list: choosing a self-check, articles, practices.
pub const IDLE_LIST: Duration = seconds(60);
/// On an item, the page before the first one, the lines and the counsellor page.
pub const IDLE_ITEM: Duration = seconds(90);
/// On an article, on a practice that is paused or over, and on the question after it.
pub const IDLE_ARTICLE: Duration = seconds(120);
/// On support and result, where a practice did not help, and where a number stands large to be copied down.
pub const IDLE_SUPPORT: Duration = seconds(180);
/// How long 还在吗 rings before the visit is wiped.
pub const RING: Duration = seconds(20);
/// How long maintenance stays open without a touch while nothing is under way there, and after something was.
pub const MAINTENANCE: Duration = seconds(180);
/// How long it stays open while something is under way of which nothing is heard: longer than any disk or stick takes,
/// so that a part of the booth that broke off does not keep it open for ever.
pub const MAINTENANCE_WORK: Duration = seconds(30 * 60);
/// 正在为你接通: the time to change one's mind.
pub const COUNTDOWN: Duration = seconds(3);
/// A call that is neither open nor ended after this long is given up.
pub const CALL_SETUP: Duration = seconds(120);
/// The modem is given this long to confirm a hang-up; then the screen goes on without it.
pub const CALL_ENDING: Duration = seconds(15);
/// A call that waits for the modem to come back, or for the call before to end, is given up after
/// this long.
pub const CALL_READY: Duration = seconds(90);
/// So many calls are made without a question within [`CALLS_WINDOW`]; the next one asks once more.
pub const CALLS_UNASKED: usize = 3;
/// See [`CALLS_UNASKED`].
pub const CALLS_WINDOW: Duration = seconds(10 * 60);
/// No call lasts longer, so that an open line nobody holds is closed one day.
pub const CALL_LIMIT: Duration = seconds(60 * 60);
/// So long before [`CALL_LIMIT`] the page says how many minutes are left.
pub const CALL_LIMIT_WARNING: Duration = seconds(2 * 60);
/// A playing practice that never reports its end is waited for this much longer than it lasts.
pub const PRACTICE_GRACE: Duration = seconds(60);
/// A soundscape plays for at most this many minutes.
pub const SOUNDSCAPE_LIMIT_MIN: u8 = 30;
/// A soundscape whose minutes are over fades by itself; a player that has not said so after this long is stopped. Longer
/// than the fade and a bell take.
pub const SOFT_END: Duration = seconds(30);
/// A practice that ran for less is not asked about.
pub const FELT_AFTER: Duration = seconds(60);

/// What can come due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timer {
    /// Nobody has touched the page for as long as it allows: 还在吗 begins to ring.
    Idle,
    /// Nobody answered 还在吗: the visit is wiped.
    Ring,
    /// The three seconds are over: the line is dialled.
    Countdown,
    /// The call before has had its time to end: the line is dialled all the same.
    LineFree,
    /// The modem has had its time to come back: the call is given up.
    CallReady,
    /// The call neither opened nor ended: it is given up.
    CallSetup,
    /// The call has lasted as long as any may: it is hung up.
    CallLimit,
    /// The modem never confirmed the hang-up: the page says that the call is over.
    CallEnding,
    /// A soundscape has played its minutes: it comes to its end, and then has had its time to fade.
    Soundscape,
    /// The admin has gone away: attract.
    Maintenance,
    /// A number of seconds on the screen changes; nothing else happens.
    Redraw,
}

const TIMERS: [Timer; 11] = [
    Timer::Idle,
    Timer::Ring,
    Timer::Countdown,
    Timer::LineFree,
    Timer::CallReady,
    Timer::CallSetup,
    Timer::CallLimit,
    Timer::CallEnding,
    Timer::Soundscape,
    Timer::Maintenance,
    Timer::Redraw,
];

/// The deadlines of one state: at most one for each [`Timer`]. Dropped with the state they belong to.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    due: [Option<Duration>; TIMERS.len()],
}

impl Timers {
    /// Sets or moves a deadline; `None` takes it back.
    pub(crate) fn put(&mut self, timer: Timer, at: Option<Duration>) {
        self.due[timer as usize] = at;
    }

    /// Sets or moves a deadline.
    pub(crate) fn set(&mut self, timer: Timer, at: Duration) {
        self.put(timer, Some(at));
    }

    /// Takes a deadline back.
    pub(crate) fn clear(&mut self, timer: Timer) {
        self.put(timer, None);
    }

    /// When this one comes due.
    pub(crate) fn get(&self, timer: Timer) -> Option<Duration> {
        self.due[timer as usize]
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.due.iter().flatten().min().copied()
    }

    /// Takes the earliest deadline that has come due out of the table.
    pub(crate) fn take_due(&mut self, now: Duration) -> Option<Timer> {
        let (timer, at) = TIMERS
            .into_iter()
            .filter_map(|timer| Some((timer, self.get(timer)?)))
            .min_by_key(|(_, at)| *at)?;
        (at <= now).then(|| {
            self.clear(timer);
            timer
        })
    }
}

/// The first whole second since `anchor` that lies after `now`.
pub(crate) fn next_second(anchor: Duration, now: Duration) -> Duration {
    let whole = now.saturating_sub(anchor).as_secs();
    anchor.saturating_add(seconds(whole.saturating_add(1)))
}

/// What is left until `deadline` in whole seconds, rounded up, at most `of`.
pub(crate) fn seconds_left(deadline: Duration, now: Duration, of: Duration) -> u8 {
    let left = deadline.saturating_sub(now).min(of);
    let whole = left.as_secs() + u64::from(left.subsec_nanos() > 0);
    u8::try_from(whole).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_place_for_every_timer() {
        for (place, timer) in TIMERS.into_iter().enumerate() {
            assert_eq!(timer as usize, place);
        }
    }

    #[test]
    fn the_earliest_due_deadline_comes_first_and_once() {
        let mut timers = Timers::default();
        timers.set(Timer::Ring, seconds(9));
        timers.set(Timer::Idle, seconds(5));
        assert_eq!(timers.next(), Some(seconds(5)));
        assert_eq!(timers.take_due(seconds(4)), None);
        assert_eq!(timers.take_due(seconds(9)), Some(Timer::Idle));
        assert_eq!(timers.take_due(seconds(9)), Some(Timer::Ring));
        assert_eq!(timers.take_due(seconds(9)), None);
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn seconds_are_rounded_up_and_change_on_their_anchor() {
        let cases = [
            (0, 3),
            (1, 3),
            (999, 3),
            (1000, 2),
            (2999, 1),
            (3000, 0),
            (9000, 0),
        ];
        for (now_ms, shown) in cases {
            let left = seconds_left(COUNTDOWN, Duration::from_millis(now_ms), COUNTDOWN);
            assert_eq!(left, shown, "at {now_ms} ms");
        }
        let anchor = Duration::from_millis(250);
        assert_eq!(next_second(anchor, anchor), Duration::from_millis(1250));
        assert_eq!(
            next_second(anchor, Duration::from_millis(1249)),
            Duration::from_millis(1250)
        );
        assert_eq!(
            next_second(anchor, Duration::from_millis(1250)),
            Duration::from_millis(2250)
        );
    }
}
