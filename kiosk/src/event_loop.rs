//! The running booth on the screen's thread: events in, commands to the actors, the picture drawn, the next deadline
//! set. It wakes for a finger, an actor, a deadline, and once a minute; between them an idle booth does nothing.

use crate::adapters::{PlayerFrame, Screens, UiEvent};
use crate::admin::AdminView;
use crate::booth::Booth;
use crate::clock::Clock;
use crate::effects::Hands;
use crate::event::Event;
use crate::inbox::Inbox;
use crate::log_event::{LogEvent, log};
use slint::{Timer, TimerMode};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;
use xinting_session::{Now, Screen, SoundState};

/// The light on the attract screen and the day's sentence follow the clock; midnight closes a period.
const MINUTE: Duration = Duration::from_secs(60);
/// Seconds are counted down on the PIN pad.
const SECOND: Duration = Duration::from_secs(1);
/// The lotus and the captions move this often while a practice plays.
const FRAME: Duration = Duration::from_millis(16);
/// The same while it is paused, when only a seek moves anything.
const STILL_FRAME: Duration = Duration::from_millis(120);

thread_local! {
    /// The booth that runs on this thread, for wake-ups that come from others.
    static RUNNING: RefCell<Weak<App>> = const { RefCell::new(Weak::new()) };
}

/// Wakes the running booth from any thread.
pub fn wake() {
    // Before the event loop runs nobody can be woken: it looks into the inbox when it starts.
    let _not_yet = slint::invoke_from_event_loop(|| {
        if let Some(app) = RUNNING.with_borrow(Weak::upgrade) {
            app.look_into_inbox();
        }
    });
}

/// One running booth with its screen and its actors. Dropping it stops it in good order.
pub struct App {
    clock: Rc<Clock>,
    booth: RefCell<Booth>,
    screens: Screens,
    inbox: Inbox,
    hands: Hands,
    deadline: Timer,
    frames: Timer,
    frames_every: Cell<Option<Duration>>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}

/// Where the screen's touches go until the booth stands.
#[derive(Debug, Clone, Default)]
pub struct Touches(Rc<RefCell<Weak<App>>>);

impl Touches {
    /// Takes one touch to the booth.
    pub fn take(&self, event: UiEvent) {
        let Some(app) = self.0.borrow().upgrade() else {
            return;
        };
        app.happen(match event {
            UiEvent::Visitor(input) => Event::Visitor(input),
            UiEvent::Admin(input) => Event::Admin(input),
            UiEvent::Touched => Event::Touched,
        });
    }
}

impl App {
    /// Joins a booth, its screen and its actors, and draws the first picture.
    #[must_use]
    pub fn new(
        clock: Rc<Clock>,
        booth: Booth,
        screens: Screens,
        touches: &Touches,
        inbox: Inbox,
        hands: Hands,
    ) -> Rc<Self> {
        let app = Rc::new(Self {
            clock,
            booth: RefCell::new(booth),
            screens,
            inbox,
            hands,
            deadline: Timer::default(),
            frames: Timer::default(),
            frames_every: Cell::new(None),
        });
        *touches.0.borrow_mut() = Rc::downgrade(&app);
        RUNNING.set(Rc::downgrade(&app));
        app.happen(Event::Tick);
        app.look_into_inbox();
        app
    }

    /// The screens.
    #[must_use]
    pub const fn screens(&self) -> &Screens {
        &self.screens
    }

    /// The actors.
    #[must_use]
    pub const fn hands(&self) -> &Hands {
        &self.hands
    }

    /// Asks the booth something.
    pub fn ask<T>(&self, question: impl FnOnce(&Booth) -> T) -> T {
        question(&self.booth.borrow())
    }

    /// Something happened, on this thread.
    pub fn happen(&self, event: Event) {
        let Ok(mut booth) = self.booth.try_borrow_mut() else {
            // A callback of the screen while the booth is being asked: it comes after.
            self.inbox.push(event);
            return;
        };
        let now = self.clock.now();
        #[cfg(feature = "control-leak")]
        if let Event::Visitor(input) = &event {
            crate::control_leak::leak(booth.session(), now, input);
        }
        let mut commands: std::collections::VecDeque<_> = booth.handle(now, event).into();
        while let Some(command) = commands.pop_front() {
            let library = Arc::clone(booth.session().library());
            if let Err(whose) = self.hands.obey(command, &library, &self.inbox) {
                // What is missing does not come back by being asked again: only the booth's answer is obeyed, and
                // that never asks the same actor.
                let answer = booth.handle(now, Event::Undone(whose));
                commands.extend(answer);
            }
        }
        drop(booth);
        self.draw(now);
    }

    fn look_into_inbox(&self) {
        for event in self.inbox.drain() {
            self.happen(event);
        }
    }

    fn draw(&self, now: Now) {
        let booth = self.booth.borrow();
        let admin = booth.admin(now);
        self.screens.render(booth.session(), now, admin.as_ref());
        self.follow_player(&booth, now);
        self.set_deadline(&booth, now, admin.as_ref());
    }

    /// The position is asked for only while the player page is there.
    fn follow_player(&self, booth: &Booth, now: Now) {
        let every = match booth.session().screen(now) {
            Screen::Player { playing: true, .. } => Some(FRAME),
            Screen::Player { playing: false, .. } => Some(STILL_FRAME),
            _ => None,
        };
        if self.frames_every.replace(every) == every {
            return;
        }
        let Some(every) = every else {
            self.frames.stop();
            return;
        };
        self.frames.start(TimerMode::Repeated, every, || {
            if let Some(app) = RUNNING.with_borrow(Weak::upgrade) {
                app.player_frame();
            }
        });
        self.show_position(booth, now);
    }

    fn player_frame(&self) {
        // A practice that is over at this very moment is drawn by the event that says so.
        if let Ok(booth) = self.booth.try_borrow() {
            self.show_position(&booth, self.clock.now());
        }
    }

    fn show_position(&self, booth: &Booth, now: Now) {
        let Screen::Player {
            practice,
            timer_min,
            ..
        } = booth.session().screen(now)
        else {
            return;
        };
        let Some(player) = &self.hands.player else {
            return;
        };
        let length = booth
            .session()
            .library()
            .practice(&practice)
            .map_or(0, |p| p.duration_ms);
        let position = player.position();
        self.screens.player(PlayerFrame {
            position_ms: position.ms,
            duration_ms: timer_min.map_or(length, |minutes| u64::from(minutes) * 60_000),
            heard: booth.session().devices().sound == SoundState::Present,
        });
    }

    fn set_deadline(&self, booth: &Booth, now: Now, admin: Option<&AdminView>) {
        let due = booth
            .next_deadline()
            .map(|at| at.saturating_sub(now.monotonic));
        let beat = if admin.is_some() { SECOND } else { MINUTE };
        let after = due.map_or(beat, |due| due.min(beat));
        self.deadline.start(TimerMode::SingleShot, after, || {
            if let Some(app) = RUNNING.with_borrow(Weak::upgrade) {
                app.happen(Event::Tick);
            }
        });
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let now = self.clock.now();
        let booth = self.booth.get_mut();
        let library = Arc::clone(booth.session().library());
        for command in booth.stop(now) {
            // An actor that takes nothing any more is about to be stopped anyway.
            let _too_late = self.hands.obey(command, &library, &self.inbox);
        }
        log(LogEvent::Stopped);
    }
}
