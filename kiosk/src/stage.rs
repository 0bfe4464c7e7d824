//! The real application as the stage of a flow: the same wiring on simulated devices, a clock that can be set, and a
//! restart that drops everything.

mod page_record;

use self::page_record::PageRecord;
use crate::clock::Clock;
use crate::event::Event;
use crate::event_loop::App;
use crate::flow::Stage;
use crate::wiring::{self, Plan, Sims, StartError};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use slint::ComponentHandle;
use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;
use xinting_session::Input;

/// How long after midnight a day is ended.
const PAST_MIDNIGHT_S: i64 = 30;
/// How long an enrolment that is under way is waited for before a day is ended: without an id nothing is reported.
const ENROLMENT: Duration = Duration::from_secs(10);

/// A running booth under a flow's hands.
pub struct AppStage {
    plan: Plan,
    clock: Rc<Clock>,
    /// `None` only within a restart, and after one that failed. Before its devices, so that it stops while they are still there.
    app: Option<Rc<App>>,
    sims: Sims,
    ending: Cell<Option<Ending>>,
    record: Option<PageRecord>,
}

/// A day's end on its way.
#[derive(Debug, Clone, Copy)]
struct Ending {
    asked: Duration,
    next_day: Date,
    /// The clock has been set.
    set: bool,
}

impl std::fmt::Debug for AppStage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AppStage")
    }
}

impl AppStage {
    /// Starts the booth. Where a flow begins by setting the clock, `begins` is that time: the booth never sees another.
    /// `handset`: the booth has a hook switch.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(plan: Plan, begins: Option<DateTime>, handset: bool) -> Result<Self, StartError> {
        let clock = Rc::new(Clock::new(plan.config.zone.0.clone()));
        if let Some(begins) = begins {
            clock.set(begins);
        }
        let sims = Sims::new(&plan.paths, handset)?;
        let app = wiring::start(&plan, Some(&sims), &clock)?;
        Ok(Self {
            plan,
            sims,
            clock,
            app: Some(app),
            ending: Cell::new(None),
            record: None,
        })
    }

    /// Writes what the player page shows, and when, to `out`, until the booth is restarted.
    pub fn record(&mut self, out: impl std::io::Write + 'static) {
        self.record = Some(PageRecord::start(self.app().screens().root(), out));
    }

    fn app(&self) -> &Rc<App> {
        self.app
            .as_ref()
            .expect("invariant: the booth runs between two steps, and none follows one that failed")
    }

    fn pass_midnight(&self, ending: Ending) {
        let past = ending
            .next_day
            .at(0, 0, 0, 0)
            .saturating_add(PAST_MIDNIGHT_S.seconds());
        self.clock.set(past);
        self.ending.set(Some(Ending {
            set: true,
            ..ending
        }));
        self.app().happen(Event::Tick);
    }
}

impl Stage for AppStage {
    type Root = crate::ui::App;

    fn root(&self) -> Self::Root {
        self.app().screens().root().clone_strong()
    }

    fn modem(&mut self, words: &str) -> Result<(), String> {
        self.sims.modem.script_line(words)
    }

    fn audio(&mut self, words: &str) -> Result<(), String> {
        self.sims
            .sound
            .script_line(words)
            .map_err(|error| error.to_string())
    }

    fn stick(&mut self, words: &str) -> Result<(), String> {
        self.sims.stick.script_line(words)
    }

    fn hook(&mut self, lifted: bool) -> Result<(), String> {
        let Some(hook) = &self.sims.hook else {
            return Err("this booth has no hook switch".to_owned());
        };
        if lifted {
            hook.lift();
        } else {
            hook.down();
        }
        Ok(())
    }

    fn network(&mut self, up: bool) {
        self.sims.online = up;
        if let Some(upstream) = &self.app().hands().upstream {
            upstream.set_online(up);
        }
    }

    fn admin_gesture(&mut self) {
        self.app().happen(Event::Visitor(Input::AdminGesture));
    }

    fn stick_insert(&mut self, folder: &Path) -> Result<(), String> {
        self.sims
            .stick
            .insert(folder)
            .map_err(|error| crate::error::chain(&error))
    }

    fn stick_pull(&mut self) {
        self.sims.stick.pull();
    }

    fn clock(&mut self, at: DateTime) {
        self.clock.set(at);
        self.app().happen(Event::Tick);
    }

    fn day_end(&mut self) {
        let now = self.clock.now();
        let today = now
            .civil
            .map_or(crate::clock::EARLIEST, |civil| civil.date());
        let ending = Ending {
            asked: now.monotonic,
            next_day: today.tomorrow().unwrap_or(today),
            set: false,
        };
        self.ending.set(Some(ending));
        if self.app().ask(crate::booth::Booth::enrolment_settled) || !self.sims.online {
            self.pass_midnight(ending);
        }
    }

    fn day_settled(&self) -> bool {
        let Some(ending) = self.ending.get() else {
            return true;
        };
        let app = self.app();
        if !ending.set {
            let waited = self.clock.monotonic().saturating_sub(ending.asked) > ENROLMENT;
            if waited || app.ask(crate::booth::Booth::enrolment_settled) {
                self.pass_midnight(ending);
            }
            return false;
        }
        let closed = app.ask(|booth| booth.has_closed_up_to(ending.next_day));
        let delivered = !self.sims.online
            || app.hands().upstream.is_none()
            || !app.ask(crate::booth::Booth::reports_wait);
        closed && delivered
    }

    fn restart(&mut self) -> Result<(), String> {
        self.app = None;
        let app = wiring::start(&self.plan, Some(&self.sims), &self.clock);
        self.app = Some(app.map_err(|error| crate::error::chain(&error))?);
        Ok(())
    }
}
