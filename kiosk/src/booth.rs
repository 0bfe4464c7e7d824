//! The booth as a pure state machine: the session, what may be counted of visits, maintenance, and how every device
//! is. Events and time in, commands out; no screen, thread, file or clock.
//!
//! It never sees an answer: those stay inside the session.

mod day;
mod packs;
mod phone;
mod sound;
mod undone;

use self::packs::PacksDesk;
use self::phone::Phone;
use self::sound::SoundRules;
use crate::actors::packs::PacksEvent;
use crate::actors::{call, player};
use crate::admin::desk::{Desk, DeskEffect, DeskView};
use crate::admin::health::{self, Facts, Way};
use crate::admin::phone::{HookFacts, Module};
use crate::admin::pin::Lock;
use crate::admin::{AdminPage, AdminView, PacksView, ReportState, StickView, WaitingReport};
use crate::carry::ConfigNotice;
use crate::config::Loudness;
use crate::count::countable;
use crate::event::{Command, Event, Whose};
use crate::log_event::{LogEvent, log};
use crate::store::{Close, OutboxRow, Running, Setting, StoreEvent};
use crate::trust::TrustNotice;
use crate::upstream::{Standing, UpstreamEvent};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use xinting_content::{Lang, Library, Trust};
use xinting_hw::hook::HookEvent;
use xinting_hw::modem::{AbsentCause, CallState, ModemEvent, ModemHealth};
use xinting_session::{Devices, Effect, Input, Now, Screen, Session};
use xinting_usage::{BoothId, BoothKey, VisitFacts};

/// The tally is written at most this often, and then at a whole multiple of it since the start, so that not even the
/// time of the write says when a visit ended. What was counted since the last write may be lost in a power cut.
pub const SAVE_EVERY: Duration = Duration::from_secs(600);

/// How soon a call that could not be ended is ended again.
const HANG_UP_AGAIN: Duration = Duration::from_secs(1);
/// How soon the end of a period is handed over again that the store did not take.
const CLOSE_AGAIN: Duration = Duration::from_secs(30);

/// What a booth begins with.
#[derive(Debug)]
pub struct Beginning {
    /// The booth's settings for every visit, and its devices as first known.
    pub settings: xinting_session::Settings,
    /// What it can show.
    pub library: Arc<Library>,
    /// Where the tally stood.
    pub running: Running,
    /// The booth's id, if it is enrolled.
    pub booth: Option<BoothId>,
    /// The booth's key.
    pub key: Arc<BoothKey>,
    /// The hash of the admin's PIN, if one is set.
    pub pin_hash: Option<String>,
    /// Wrong PINs in a row.
    pub pin_wrong: u32,
    /// How the devices are, as first known.
    pub facts: Facts,
    /// How loud it may be, and when.
    pub loudness: Loudness,
}

/// One booth.
pub struct Booth {
    session: Session,
    visit: VisitFacts,
    running: Running,
    /// When the tally is to be written; `None` while nothing new was counted.
    save_at: Option<Duration>,
    booth: Option<BoothId>,
    key: Arc<BoothKey>,
    pin_hash: Option<String>,
    lock: Lock,
    desk: Option<Desk>,
    facts: Facts,
    phone: Phone,
    /// When it stands otherwise by itself.
    phone_at: Option<Duration>,
    packs: PacksDesk,
    /// The session has been told that the admin waits for something.
    working: bool,
    outbox: Vec<OutboxRow>,
    /// Ends of periods that the store has not yet said to be on disk, oldest first.
    closing: VecDeque<Close>,
    /// The first of them is with the store. The others wait for it.
    handed: bool,
    /// When it is handed over again, after the store did not take it.
    close_at: Option<Duration>,
    /// When a call is ended again that the modem's queue did not let end.
    hang_up_at: Option<Duration>,
    sound: SoundRules,
}

impl std::fmt::Debug for Booth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Booth")
    }
}

impl Booth {
    /// A booth on its attract screen.
    #[must_use]
    pub fn new(now: Now, beginning: Beginning) -> Self {
        let configured =
            beginning.facts.phone.health != ModemHealth::Absent(AbsentCause::NotConfigured);
        let phone = Phone::new(configured, now.monotonic);
        let mut settings = beginning.settings;
        settings.devices.can_call = phone.can_call(now.monotonic);
        Self {
            session: Session::new(beginning.library, settings),
            phone_at: phone.changes_after(now.monotonic),
            phone,
            visit: VisitFacts::new(),
            running: beginning.running,
            save_at: None,
            booth: beginning.booth,
            key: beginning.key,
            pin_hash: beginning.pin_hash,
            lock: Lock::restore(beginning.pin_wrong, now.monotonic),
            desk: None,
            packs: PacksDesk::new(PacksView {
                installed: beginning.facts.installed.clone(),
                stick: beginning.facts.stick,
                ..PacksView::default()
            }),
            working: false,
            facts: beginning.facts,
            outbox: Vec::new(),
            closing: VecDeque::new(),
            handed: false,
            close_at: None,
            hang_up_at: None,
            sound: SoundRules::new(beginning.loudness),
        }
    }

    /// Whom the booth trusts, as known at the start and said in its own language, what is wrong there with configuration
    /// and keys, and the root key that the district offered and nobody has decided about yet.
    pub fn trusts(
        &mut self,
        now: Now,
        trust: &Trust,
        (config, keys): (Option<ConfigNotice>, Vec<TrustNotice>),
        lang: Lang,
        offered: Option<String>,
    ) {
        self.packs.speaks(lang);
        self.packs.warned(config, keys);
        self.packs
            .trusts(trust, now.civil.map(|civil| civil.date()));
        if let Some(line) = offered {
            self.packs.root_offered(&line);
        }
    }

    /// The visitor's side.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Takes something that happened and says what to do about it, in order.
    pub fn handle(&mut self, now: Now, event: Event) -> Vec<Command> {
        let mut out = Vec::new();
        let heard =
            matches!(&event, Event::Packs(PacksEvent::Progress(work)) if self.packs.moves(work));
        match event {
            Event::Tick => self.visit(now, Input::Tick, &mut out),
            Event::Visitor(input) => {
                // Help is one touch away from every screen, and whoever asks for it is a visitor.
                if self.desk.is_some() && matches!(input, Input::Help | Input::Home) {
                    self.visit(now, Input::LeaveMaintenance, &mut out);
                }
                self.visit(now, input, &mut out);
            }
            // On attract the page itself says what a touch means; a finger on its way to the admin's corner is none.
            Event::Touched if self.session.screen(now) == Screen::Attract => {}
            Event::Touched => self.visit(now, Input::Touch, &mut out),
            Event::Admin(input) => {
                self.visit(now, Input::Touch, &mut out);
                if let Some(desk) = &mut self.desk {
                    let effects = desk.handle(now.monotonic, &self.lock, input);
                    self.desk_effects(now, effects, &mut out);
                }
            }
            Event::Modem(event) => self.modem(now, event, &mut out),
            Event::Hook(event) => self.hook(now, event, &mut out),
            Event::Player(event) => self.player(now, event, &mut out),
            Event::Packs(event) => self.packs(now, event, &mut out),
            Event::Store(event) => self.store(event, &mut out),
            Event::Upstream(event) => self.upstream(event, &mut out),
            Event::PinHashed(hash) => {
                self.pin_hash = Some(hash.clone());
                out.push(Command::Keep(Setting::PinHash, hash));
                let effects = self.desk.as_mut().map(Desk::hashed).unwrap_or_default();
                self.desk_effects(now, effects, &mut out);
            }
            Event::PinCompared(right) => {
                let lock = &mut self.lock;
                let desk = self.desk.as_mut();
                let effects = desk.map(|desk| desk.compared(now.monotonic, lock, right));
                self.desk_effects(now, effects.unwrap_or_default(), &mut out);
            }
            Event::PinUndone => {
                if let Some(desk) = &mut self.desk {
                    desk.undone();
                }
            }
            Event::Undone(whose) => self.undone(now, whose, &mut out),
        }
        if self.session.screen(now) != Screen::Maintenance && self.desk.take().is_some() {
            self.packs.left();
            let stick = !matches!(
                self.facts.stick,
                StickView::NotConfigured | StickView::Empty
            );
            out.extend(stick.then_some(Command::ForgetPacks));
        }
        self.packs_work(now, heard, &mut out);
        self.phone_changed(now, &mut out);
        self.sound_rules(now, &mut out);
        self.period(now);
        self.close_if_due(now, &mut out);
        self.save_if_due(now, &mut out);
        self.hang_up_if_due(now, &mut out);
        out
    }

    /// A command was taken.
    pub fn done(&mut self, whose: Whose) {
        self.facts
            .overrun
            .retain(|&device| device != whose.device());
    }

    /// When [`Event::Tick`] is due, on the monotonic clock.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Duration> {
        let save_at = self.save_at.filter(|_| self.may_save());
        [
            self.session.next_deadline(),
            save_at,
            self.close_at,
            self.hang_up_at,
            self.phone_at,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The booth stops: a visit under way ends, what was counted is written.
    pub fn stop(&mut self, now: Now) -> Vec<Command> {
        let mut out = Vec::new();
        if self.session.in_visit() {
            self.visit(now, Input::End, &mut out);
        }
        self.period(now);
        let with_the_store = usize::from(self.handed);
        let closing = self.closing.iter().skip(with_the_store);
        out.extend(closing.cloned().map(Command::Close));
        if self.save_at.take().is_some() {
            out.push(Command::Save(self.running));
        }
        out
    }

    /// What the admin sees; `None` outside maintenance.
    #[must_use]
    pub fn admin(&self, now: Now) -> Option<AdminView> {
        let view = self.desk.as_ref()?.view(now.monotonic, &self.lock);
        Some(match view {
            DeskView::Pin(view) => view,
            DeskView::Page(AdminPage::Health) => {
                AdminView::Health(health::page(&self.facts, self.packs.view(), now.civil))
            }
            DeskView::Page(AdminPage::Reports) => {
                AdminView::Reports(self.outbox.iter().map(waiting).collect())
            }
            DeskView::Page(AdminPage::Packs) => self.packs.page(),
        })
    }

    /// Whether the period that is open began on `date` and everything closed before is on disk.
    #[must_use]
    pub fn has_closed_up_to(&self, date: jiff::civil::Date) -> bool {
        self.closing.is_empty() && self.running.period.date() == Some(date)
    }

    /// Whether the booth has its id, or will not get one by waiting.
    #[must_use]
    pub fn enrolment_settled(&self) -> bool {
        match &self.facts.district {
            Way::NotConfigured | Way::Is(Standing::NotEnrolled | Standing::CodeRefused { .. }) => {
                true
            }
            Way::Untried | Way::Is(Standing::Good | Standing::Unreachable { .. }) => {
                self.booth.is_some()
            }
        }
    }

    /// Whether a report waits that has not been refused, as the store last said.
    #[must_use]
    pub fn reports_wait(&self) -> bool {
        self.outbox.iter().any(|row| row.refused.is_none())
    }

    fn visit(&mut self, now: Now, input: Input, out: &mut Vec<Command>) {
        for effect in self.session.handle(now, input) {
            match effect {
                Effect::Dial(line) => {
                    // A call that has not been ended yet is ended before the next, never after it has begun.
                    out.extend(self.hang_up_at.take().map(|_| Command::HangUp));
                    out.push(Command::Dial(line));
                }
                Effect::HangUp => out.push(Command::HangUp),
                Effect::Dtmf(tone) => out.push(Command::Dtmf(tone)),
                Effect::CallVolume(volume) => out.push(Command::CallVolume(volume)),
                Effect::Player(command) => out.push(Command::Player(command)),
                Effect::Count(fact) => {
                    self.visit.record(countable(&fact, self.session.library()));
                }
                Effect::VisitEnded => {
                    self.running.tally.add(&std::mem::take(&mut self.visit));
                    self.counted(now);
                }
                Effect::EnterMaintenance => {
                    let mut desk = Desk::new(self.pin_hash.is_some());
                    let key = self.packs.view().key_stick;
                    let effects = key.then(|| desk.opened_by_key_stick());
                    self.desk = Some(desk);
                    self.desk_effects(now, effects.unwrap_or_default(), out);
                }
            }
        }
    }

    /// Tells the session whether a call can be made, where that is news.
    fn phone_changed(&mut self, now: Now, out: &mut Vec<Command>) {
        self.phone_at = self.phone.changes_after(now.monotonic);
        let devices = Devices {
            can_call: self.phone.can_call(now.monotonic),
            ..self.session.devices()
        };
        if devices != self.session.devices() {
            self.visit(now, Input::Devices(devices), out);
        }
    }

    fn modem(&mut self, now: Now, event: ModemEvent, out: &mut Vec<Command>) {
        match event {
            ModemEvent::Health(health) => {
                self.phone.hear(&health, now.monotonic);
                self.facts.phone.hear(health, stamp(now));
                self.phone_changed(now, out);
            }
            ModemEvent::Identified {
                model,
                manufacturer,
                dialect,
            } => {
                self.facts.phone.module = Some(Module {
                    model,
                    manufacturer,
                    dialect,
                });
            }
            ModemEvent::Volte(volte) => self.facts.phone.volte = volte,
            ModemEvent::Call(state) => {
                if matches!(state, CallState::Ended(_)) {
                    self.hang_up_at = None;
                }
                self.visit(now, Input::CallEvent(call::progress(&state)), out);
            }
        }
    }

    fn hook(&mut self, now: Now, event: HookEvent, out: &mut Vec<Command>) {
        let hook = &mut self.facts.phone.hook;
        *hook = match event {
            HookEvent::Gone => HookFacts::Gone,
            HookEvent::Back => *hook,
            HookEvent::Lifted => HookFacts::Lifted,
            HookEvent::Down => HookFacts::Down,
        };
        match event {
            HookEvent::Lifted => self.visit(now, Input::HookLifted, out),
            HookEvent::Down => self.visit(now, Input::HookDown, out),
            HookEvent::Gone => self.visit(now, Input::HookGone, out),
            // Where the handset is follows at once.
            HookEvent::Back => {}
        }
    }

    fn player(&mut self, now: Now, event: xinting_hw::audio::PlayerEvent, out: &mut Vec<Command>) {
        if let xinting_hw::audio::PlayerEvent::Sound(sound) = &event {
            self.facts.sound = Some(sound.clone());
        }
        if let Some(event) = player::heard(&event) {
            self.visit(now, Input::Player(event), out);
        }
    }

    fn store(&mut self, event: StoreEvent, out: &mut Vec<Command>) {
        match event {
            StoreEvent::Health(health) => {
                log(LogEvent::StoreHealth(&health));
                self.facts.store = health;
            }
            StoreEvent::Closed => {
                self.closing.pop_front();
                self.handed = false;
                out.push(Command::WakeUpstream);
            }
            StoreEvent::Outbox(rows) => {
                self.facts.refused_reports = rows.iter().any(|row| row.refused.is_some());
                self.outbox = rows;
            }
        }
    }

    fn upstream(&mut self, event: UpstreamEvent, out: &mut Vec<Command>) {
        match event {
            UpstreamEvent::RootOffered(line) => {
                self.packs.root_offered(&line);
                out.push(Command::Keep(Setting::RootOffered, line));
            }
            UpstreamEvent::Enrolled(booth) => {
                log(LogEvent::Enrolled);
                out.push(Command::Keep(Setting::BoothId, booth.as_str().to_owned()));
                self.booth = Some(booth);
                // It may have come by stick: what waits can go now.
                out.push(Command::WakeUpstream);
            }
            UpstreamEvent::State(standing) => {
                log(LogEvent::District(&standing));
                self.facts.district = Way::Is(standing);
            }
            // The store tells of the outbox by itself.
            UpstreamEvent::Sent(_) => {}
            UpstreamEvent::SetAside { status, .. } => log(LogEvent::ReportRefused(status)),
        }
    }

    fn desk_effects(&mut self, now: Now, effects: Vec<DeskEffect>, out: &mut Vec<Command>) {
        for effect in effects {
            match effect {
                DeskEffect::Hash(digits) => out.push(Command::HashPin(digits)),
                DeskEffect::Compare(digits) => {
                    let hash = self.pin_hash.clone().unwrap_or_default();
                    out.push(Command::ComparePin(digits, hash));
                }
                DeskEffect::KeepWrong(wrong) => {
                    out.push(Command::Keep(Setting::PinWrong, wrong.to_string()));
                }
                DeskEffect::Log(entry) => out.push(Command::Log(stamp(now), entry)),
                DeskEffect::Refresh(AdminPage::Reports) => out.push(Command::ShowOutbox),
                DeskEffect::Refresh(AdminPage::Packs) => {
                    self.packs.asked();
                    out.push(Command::ShowPacks);
                }
                DeskEffect::Refresh(AdminPage::Health) => {}
                DeskEffect::Packs(input) => self.packs_input(now, input, out),
                DeskEffect::Leave => self.visit(now, Input::LeaveMaintenance, out),
            }
        }
    }
}

/// Local time for the admin's log; empty while it is unknown.
fn stamp(now: Now) -> String {
    now.civil
        .map(|civil| civil.strftime("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}

fn waiting(row: &OutboxRow) -> WaitingReport {
    WaitingReport {
        date: row.date.clone(),
        key: row.report.idempotency_key.clone(),
        body: String::from_utf8_lossy(&row.report.body).into_owned(),
        state: match &row.refused {
            None => ReportState::Waiting,
            Some((status, message)) => ReportState::SetAside {
                status: *status,
                message: message.clone(),
            },
        },
    }
}

#[cfg(test)]
mod tests;
