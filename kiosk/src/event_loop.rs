//! The running booth on the screen's thread: events in, commands to the actors, the picture drawn, the next deadline
//! set. It wakes for a finger, an actor, a deadline, and once a minute; between them an idle booth does nothing.

use crate::actors::watchdog::Probe;
use crate::adapters::{PlayerFrame, Screens, UiEvent};
use crate::admin::AdminView;
use crate::booth::Booth;
use crate::clock::Clock;
use crate::effects::Hands;
use crate::event::Event;
use crate::inbox::Inbox;
use crate::log_event::{LogEvent, log};
use slint::{RenderingState, Timer, TimerMode};
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
/// How long a picture that was asked for may take before the screen counts as frozen.
const FRAME_PATIENCE: Duration = Duration::from_secs(10);

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

/// Brings a watchdog's probe to the running booth. Called from the watchdog's thread; never waits.
pub fn probe(probe: Probe) {
    // A loop that has ended answers nothing, and that is the answer.
    let _ended = slint::invoke_from_event_loop(move || {
        if let Some(app) = RUNNING.with_borrow(Weak::upgrade)
            && app.frames_come()
        {
            probe.answer();
        }
    });
}

/// The pictures that the platform says it has drawn; most say nothing, and then nothing is expected of them.
#[derive(Debug)]
struct Drawn {
    frames: Option<Rc<Cell<u64>>>,
    /// When a picture was asked for, and how many there had been.
    asked: Cell<Option<(Duration, u64)>>,
}

impl Drawn {
    fn watch(window: &slint::Window) -> Self {
        let frames = Rc::new(Cell::new(0));
        let counting = Rc::clone(&frames);
        let watched = window.set_rendering_notifier(move |state, _| {
            if matches!(state, RenderingState::AfterRendering) {
                counting.set(counting.get() + 1);
            }
        });
        Self {
            frames: watched.is_ok().then_some(frames),
            asked: Cell::new(None),
        }
    }

    /// Asks for a picture once a minute.
    fn ask(&self, now: Duration, window: &slint::Window) {
        let Some(frames) = &self.frames else { return };
        if self
            .asked
            .get()
            .is_none_or(|(asked, _)| now >= asked + MINUTE)
        {
            self.asked.set(Some((now, frames.get())));
            window.request_redraw();
        }
    }

    /// Whether the picture that was asked for came, or may still come.
    fn come(&self, now: Duration) -> bool {
        match (&self.frames, self.asked.get()) {
            (Some(frames), Some((asked, before))) => {
                frames.get() > before || now < asked + FRAME_PATIENCE
            }
            (None, _) | (_, None) => true,
        }
    }
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
    drawn: Drawn,
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
        let drawn = Drawn::watch(screens.window());
        let app = Rc::new(Self {
            clock,
            booth: RefCell::new(booth),
            screens,
            inbox,
            hands,
            deadline: Timer::default(),
            frames: Timer::default(),
            frames_every: Cell::new(None),
            drawn,
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
        let mut undone = Vec::new();
        while let Some(command) = commands.pop_front() {
            let library = Arc::clone(booth.session().library());
            let whose = command.whose();
            let done = self.hands.obey(command, &library, &self.inbox);
            let Some(whose) = whose else { continue };
            if done.is_ok() {
                booth.done(whose);
                continue;
            }
            // Said once for each actor: one that is missing is not asked again and again because of its absence.
            if !undone.contains(&whose) {
                undone.push(whose);
                commands.extend(booth.handle(now, Event::Undone(whose)));
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
        self.drawn.ask(now.monotonic, self.screens.window());
        self.follow_player(&booth, now);
        self.set_deadline(&booth, now, admin.as_ref());
    }

    /// Whether the screen still draws, as far as the platform can tell.
    fn frames_come(&self) -> bool {
        self.drawn.come(self.clock.monotonic())
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
            cue: position.cue,
            cue_from_ms: position.cue_from_ms,
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
