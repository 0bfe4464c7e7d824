//! A visit: the one value that owns everything a visitor does, answers, sets or calls. Every path to
//! attract drops it whole. Not here: what the pages do by themselves (`visit/`), what is drawn.

mod assess;
mod call;
mod counted;
mod felt;
mod kept;
pub(crate) mod live;
mod page;
mod player;

pub use kept::SOUNDING_BEDS;

use super::{Attract, Maintenance, State};
use crate::session::Shared;
use crate::timer::{self, Timer, Timers};
use crate::{Door, Effect, Fact, Input, Now, PlayerEvent, Preferences, Screen, Strip};
use assess::{Intro, Next};
use call::Call;
use counted::{Counted, Once};
use kept::Kept;
use page::{History, Page};
use player::Player;
use std::mem;
use std::time::Duration;
use xinting_content::{ArticleId, Audience, InstrumentId, PracticeId};

/// Everything of one visit. No `Debug`: what it holds is not for printing.
pub(crate) struct Visit {
    page: Page,
    history: History,
    player: Option<Player>,
    kept: Kept,
    call: Option<Call>,
    preferences: Preferences,
    audience_chosen: bool,
    /// The support path opened. Stays so until the visit ends, whatever is taken back.
    support_opened: bool,
    /// An item of a self-check has been answered, however.
    checked: bool,
    /// How a practice was has been asked.
    asked: bool,
    /// The player has been told to be quieter.
    ducked: bool,
    counted: Counted,
    timers: Timers,
    /// The last sign of somebody, or the end of what was waited for.
    awake_since: Duration,
    /// When 还在吗 began to ring.
    ringing_since: Option<Duration>,
}

impl Visit {
    /// Somebody touched the attract screen; `input` says what for.
    pub(super) fn begin(now: Now, input: Input, shared: &mut Shared) -> (State, Vec<Effect>) {
        let visit = Box::new(Self {
            page: Page::Home,
            history: History::default(),
            player: None,
            kept: Kept::new(),
            call: None,
            preferences: shared.preferences,
            audience_chosen: false,
            support_opened: false,
            checked: false,
            asked: false,
            ducked: false,
            counted: Counted::default(),
            timers: Timers::default(),
            awake_since: now.monotonic,
            ringing_since: None,
        });
        let (state, effects) = visit.handle(now, input, shared);
        let mut out = vec![Effect::Count(Fact::VisitBegan)];
        out.extend(effects);
        (state, out)
    }

    pub(crate) fn screen(&self, now: Now, handset_down: bool) -> Screen {
        match &self.page {
            Page::Home => Screen::Home,
            Page::Choose => Screen::Choose,
            Page::Intro(intro) => Screen::Intro(intro.instrument.clone()),
            Page::Item(item) => Screen::Item {
                instrument: item.instrument().clone(),
                index: item.index(),
                of: item.of(),
                chosen: item.chosen(),
            },
            Page::Support(_) => Screen::Support { can_continue: true },
            Page::Result(result) => Screen::Result {
                instrument: result.instrument.clone(),
                score: result.score.clone(),
                support_first: self.support_opened,
            },
            Page::Learn => Screen::Learn,
            Page::Article(article) => Screen::Article(article.clone()),
            Page::Relax => Screen::Relax,
            Page::Player(_) => self.player.as_ref().map_or(Screen::Relax, Player::screen),
            Page::Felt(practice) => Screen::Felt {
                practice: practice.clone(),
            },
            Page::FeltNot(practice) => Screen::FeltNot {
                practice: practice.clone(),
            },
            Page::Lines => Screen::Lines,
            Page::ConfirmCall { line, why } => Screen::ConfirmCall {
                line: line.clone(),
                why: *why,
            },
            Page::Call => self
                .call
                .as_ref()
                .map_or(Screen::Lines, |call| call.screen(now, handset_down)),
            Page::CallFailed { line, why } => Screen::CallFailed {
                line: line.clone(),
                why: *why,
            },
            Page::CallOver { line } => Screen::CallOver { line: line.clone() },
            Page::Counsellor => Screen::Counsellor,
        }
    }

    pub(crate) fn still_there(&self, now: Now) -> Option<u8> {
        let until = self.ringing_since?.saturating_add(timer::RING);
        Some(timer::seconds_left(until, now.monotonic, timer::RING))
    }

    pub(crate) fn strip(&self, now: Now) -> Option<Strip> {
        let call = self.call.as_ref()?;
        if matches!(self.page, Page::Call) {
            return None;
        }
        Some(Strip {
            line: call.line().clone(),
            stage: call.stage(now)?,
        })
    }

    pub(crate) fn preferences(&self) -> Preferences {
        self.preferences
    }

    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        self.timers.next()
    }

    pub(crate) fn can_go_back(&self) -> bool {
        !matches!(self.page, Page::Home)
    }

    /// Serves what has come due.
    pub(super) fn serve(
        mut self: Box<Self>,
        now: Now,
        shared: &mut Shared,
    ) -> (State, Vec<Effect>) {
        let mut out = Vec::new();
        while let Some(timer) = self.timers.take_due(now.monotonic) {
            match timer {
                Timer::Idle => {
                    // It rings from now, however late this is served: nobody is wiped unasked.
                    self.ringing_since = Some(now.monotonic);
                    let until = now.monotonic.saturating_add(timer::RING);
                    self.timers.set(Timer::Ring, until);
                }
                Timer::Ring => return self.leave(now, shared, out),
                Timer::Countdown => self.countdown_over(now, shared, &mut out),
                Timer::LineFree => self.dial_when_ready(now, shared, &mut out),
                Timer::CallReady => self.ready_timed_out(now, &mut out),
                Timer::CallSetup => self.setup_timed_out(now, shared, &mut out),
                Timer::CallLimit => self.give_up_call(now, shared, &mut out),
                Timer::CallEnding => self.ending_timed_out(now, &mut out),
                Timer::Soundscape => self.soundscape_due(now, &mut out),
                Timer::Redraw | Timer::Maintenance => {}
            }
        }
        self.settle(now, shared, &mut out);
        (State::Visit(self), out)
    }

    /// Takes one input.
    pub(super) fn handle(
        mut self: Box<Self>,
        now: Now,
        input: Input,
        shared: &mut Shared,
    ) -> (State, Vec<Effect>) {
        let mut out = Vec::new();
        if input.is_touch() {
            self.awake(now);
        }
        match input {
            Input::Tick
            | Input::Touch
            | Input::StillHere
            | Input::Working(_)
            | Input::LeaveMaintenance => {}
            Input::End => return self.leave(now, shared, out),
            Input::AdminGesture => {
                if matches!(self.page, Page::Home) && self.call.is_none() {
                    let (_, effects) = self.leave(now, shared, out);
                    return Maintenance::enter(now, effects);
                }
            }
            Input::OpenDoor(door) => self.open_door(door, &mut out),
            Input::Back => self.back(now, &mut out),
            Input::Home => self.home(now, &mut out),
            Input::Help => self.help(),
            Input::SetAudience(audience) => self.set_audience(audience),
            Input::SetLang(lang) => self.set_lang(lang, &mut out),
            Input::SetTextSize(size) => self.preferences.text_size = size,
            Input::ToggleReach => self.preferences.reach = !self.preferences.reach,
            Input::ToggleReducedMotion => {
                self.preferences.reduced_motion = !self.preferences.reduced_motion;
            }
            Input::ChooseInstrument(instrument) => self.choose(instrument, shared),
            Input::BeginItems => self.turn(|page| match page {
                Page::Intro(intro) => intro.begin(&shared.library),
                other => other,
            }),
            Input::Answer(option) => self.answer(option, shared, &mut out),
            Input::PreviousItem => self.turn(|page| match page {
                Page::Item(item) => item.previous(),
                other => other,
            }),
            Input::StopCheck => {
                if matches!(self.page, Page::Intro(_) | Page::Item(_)) {
                    self.home(now, &mut out);
                }
            }
            Input::SupportContinue => self.support_continue(shared, &mut out),
            Input::SupportStop => {
                if matches!(self.page, Page::Support(_)) {
                    self.home(now, &mut out);
                }
            }
            Input::OpenArticle(article) => self.open_article(article, shared, &mut out),
            Input::OpenPractice(practice) => self.open_practice(practice, shared),
            Input::OpenCounsellor => {
                if self.page.leads_on() || matches!(self.page, Page::Support(_) | Page::FeltNot(_))
                {
                    self.go(Page::Counsellor);
                }
            }
            Input::PlayPause => self.play_pause(now, &mut out),
            Input::Seek(position_ms) => self.seek(position_ms, now, &mut out),
            Input::SkipBy(by_ms) => self.skip_by(by_ms, now, &mut out),
            Input::SetVolume(volume) => self.set_volume(volume, &mut out),
            Input::SetTimer(minutes) => self.set_timer(minutes, now, &mut out),
            Input::SetPace(step) => self.set_pace(step, &mut out),
            Input::SetBed(bed, level) => self.set_bed(&bed, level, &mut out),
            Input::ToggleEndBell => self.toggle_end_bell(&mut out),
            Input::Felt(felt) => self.felt(felt, &mut out),
            Input::SkipFelt => self.skip_felt(),
            Input::Call(line) => self.call_line(line, now, shared, &mut out),
            Input::ConfirmCall => self.confirm_call(now, shared, &mut out),
            Input::CancelCall | Input::HangUp => self.give_up_call(now, shared, &mut out),
            Input::HookLifted => self.hook(false, now, shared, &mut out),
            Input::HookDown => self.hook(true, now, shared, &mut out),
            Input::HookGone => shared.handset.gone(),
            Input::ToggleKeypad => self.toggle_keypad(),
            Input::Keypad(key) => self.keypad(key, &mut out),
            Input::SetCallVolume(volume) => self.set_call_volume(volume, &mut out),
            Input::CallEvent(event) => self.call_event(event, now, shared, &mut out),
            Input::Player(event) => {
                match event {
                    PlayerEvent::Sound(sound) => shared.devices.sound = sound,
                    PlayerEvent::Ended | PlayerEvent::Unreadable => {}
                }
                self.player_event(event, now, &mut out);
            }
            Input::Devices(devices) => {
                shared.devices = devices;
                self.phone_changed(now, shared, &mut out);
            }
            Input::NewLibrary(library) => shared.next_library = Some(library),
        }
        self.settle(now, shared, &mut out);
        (State::Visit(self), out)
    }

    /// The end of the visit: the last effects are worked out, then it is dropped.
    fn leave(
        mut self: Box<Self>,
        now: Now,
        shared: &mut Shared,
        mut out: Vec<Effect>,
    ) -> (State, Vec<Effect>) {
        self.abandon_call(now, shared, &mut out);
        self.stop_player(&mut out);
        self.settle_duck(&mut out);
        if self.audience_chosen {
            let audience = self.preferences.audience;
            out.push(Effect::Count(Fact::Audience(audience)));
        }
        drop(self);
        shared.take_library();
        out.push(Effect::VisitEnded);
        (State::Attract(Attract), out)
    }

    /// Brings what follows from the page in front in line with it: the player, the deadlines.
    fn settle(&mut self, now: Now, shared: &Shared, out: &mut Vec<Effect>) {
        self.settle_player(now, &shared.library, out);
        self.settle_duck(out);
        let idle = match (&self.call, self.ringing_since) {
            (None, None) => {
                let untouched = self.awake_since.saturating_add(self.page.idle());
                let playing = self.player.as_ref().and_then(Player::waited_for);
                Some(playing.map_or(untouched, |until| until.max(untouched)))
            }
            (Some(_), _) | (None, Some(_)) => None,
        };
        self.timers.put(Timer::Idle, idle);
        let counting = self
            .call
            .as_ref()
            .and_then(Call::counts_from)
            .or(self.ringing_since);
        let redraw = counting.map(|anchor| timer::next_second(anchor, now.monotonic));
        self.timers.put(Timer::Redraw, redraw);
    }

    /// Somebody is there, or something that was waited for is over: the idle time begins anew.
    fn awake(&mut self, now: Now) {
        self.awake_since = now.monotonic;
        self.ringing_since = None;
        self.timers.clear(Timer::Ring);
    }

    /// Opens a page; the one in front is the next to go back to.
    fn go(&mut self, page: Page) {
        if !self.page.is_same(&page) {
            let left = mem::replace(&mut self.page, page);
            // A call has its own way back, by the strip; neither its page nor the question before it
            // is a step of the way.
            if !matches!(left, Page::Call | Page::ConfirmCall { .. }) {
                self.history.push(left);
            }
        }
    }

    /// Lets the page in front turn itself into the next one.
    fn turn(&mut self, turn: impl FnOnce(Page) -> Page) {
        let page = mem::replace(&mut self.page, Page::Home);
        self.page = turn(page);
    }

    fn back(&mut self, now: Now, out: &mut Vec<Effect>) {
        if self.call.as_ref().is_some_and(Call::counts_down) {
            self.cancel_countdown(now, out);
            return;
        }
        match mem::replace(&mut self.page, Page::Home) {
            Page::Item(item) => self.page = item.back(),
            Page::Support(support) => self.page = support.back(),
            Page::Player(practice) => {
                self.page = self.history.pop();
                self.ask_after(practice, now);
            }
            Page::Home
            | Page::Choose
            | Page::Intro(_)
            | Page::Result(_)
            | Page::Learn
            | Page::Article(_)
            | Page::Relax
            | Page::Felt(_)
            | Page::FeltNot(_)
            | Page::Lines
            | Page::ConfirmCall { .. }
            | Page::Call
            | Page::CallFailed { .. }
            | Page::CallOver { .. }
            | Page::Counsellor => self.page = self.history.pop(),
        }
    }

    fn home(&mut self, now: Now, out: &mut Vec<Effect>) {
        self.cancel_countdown(now, out);
        self.history.clear();
        if let Page::Player(practice) = mem::replace(&mut self.page, Page::Home) {
            self.ask_after(practice, now);
        }
    }

    fn open_door(&mut self, door: Door, out: &mut Vec<Effect>) {
        if self.page.leads_on() {
            self.counted.tell(Once::Door(door), out);
            self.go(match door {
                Door::SelfCheck => Page::Choose,
                Door::Learn => Page::Learn,
                Door::Relax => Page::Relax,
                Door::Counsellor => Page::Counsellor,
            });
        }
    }

    fn set_audience(&mut self, audience: Audience) {
        // Only where it decides what is offered; a self-check under way is not pulled away.
        if matches!(
            self.page,
            Page::Home | Page::Choose | Page::Learn | Page::Relax
        ) {
            self.preferences.audience = audience;
            self.audience_chosen = true;
        }
    }

    fn choose(&mut self, id: InstrumentId, shared: &Shared) {
        let offered = shared
            .library
            .instruments_for(self.preferences.audience)
            .any(|instrument| instrument.id == id);
        if offered && matches!(self.page, Page::Choose) {
            self.go(Page::Intro(Intro::new(id)));
        }
    }

    fn answer(&mut self, option: usize, shared: &Shared, out: &mut Vec<Effect>) {
        match mem::replace(&mut self.page, Page::Home) {
            Page::Item(item) => {
                self.checked = true;
                self.follow(item.answer(option, &shared.library), out);
            }
            other => self.page = other,
        }
    }

    fn support_continue(&mut self, shared: &Shared, out: &mut Vec<Effect>) {
        match mem::replace(&mut self.page, Page::Home) {
            Page::Support(support) => self.follow(support.proceed(&shared.library), out),
            other => self.page = other,
        }
    }

    fn follow(&mut self, next: Next, out: &mut Vec<Effect>) {
        self.page = next.page;
        self.support_opened |= next.support;
        if let Some(instrument) = next.completed {
            self.counted.tell(Once::Check(instrument), out);
        }
    }

    fn open_article(&mut self, article: ArticleId, shared: &Shared, out: &mut Vec<Effect>) {
        if self.page.leads_on() && shared.library.article(&article).is_some() {
            self.counted.tell(Once::Article(article.clone()), out);
            self.go(Page::Article(article));
        }
    }

    fn open_practice(&mut self, practice: PracticeId, shared: &Shared) {
        if self.page.leads_on() && shared.library.practice(&practice).is_some() {
            self.go(Page::Player(practice));
        }
    }
}
