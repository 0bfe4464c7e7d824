//! The packs page as the booth keeps it: what the shelf's actor last said, what the admin looks at of it, and what a
//! finger there asks for. Not here: what a good pack is, and how a stick is read.

use super::{Booth, stamp};
use crate::actors::packs::PacksEvent;
use crate::admin::desk::Desk;
use crate::admin::health;
use crate::admin::{
    AdminPage, AdminView, Doing, InstalledPack, PackNotice, PacksInput, PacksStage, PacksView,
    StickItemKind, StickView, WorkView,
};
use crate::carry::{About, ConfigNotice};
use crate::event::Command;
use crate::store::AdminLogEntry;
use crate::trust::TrustNotice;
use jiff::civil::{Date, DateTime};
use xinting_content::{Lang, PackId, Trust};
use xinting_session::{Input, Now};

/// What the admin looks at. By name and not by place: what is on a stick may change while somebody looks.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Looking {
    /// An item of the stick, by its path there.
    Item(String),
    /// Whether to go back with this pack, by its id.
    RollBack(String),
    /// Whether the stick is to become a key.
    KeyStick,
    /// Whether no stick is to be a key any more.
    ForgetKeySticks,
}

/// What was wrong at the start and stays so until somebody mends it.
#[derive(Debug, Default)]
struct Standing {
    config: Option<ConfigNotice>,
    keys: Vec<TrustNotice>,
}

/// What is known of packs and stick, and what is looked at.
#[derive(Debug, Default)]
pub(super) struct PacksDesk {
    view: PacksView,
    /// The booth's own language.
    lang: Lang,
    /// The root key that the district offers, while it is asked about.
    offered: Option<String>,
    looking: Option<Looking>,
    /// The change of versions that is under way leads to the newer one, where one went back before.
    forward: bool,
    /// What is under way is about a pack, and so what became of it stands in the admin's log.
    about_pack: bool,
    /// What was wrong at the start with configuration and keys, as far as it still is.
    standing: Standing,
}

impl PacksDesk {
    /// As first known.
    pub(super) fn new(view: PacksView) -> Self {
        Self {
            view,
            ..Self::default()
        }
    }

    /// What is known.
    pub(super) const fn view(&self) -> &PacksView {
        &self.view
    }

    /// The page. An item that is gone is not looked at any more.
    pub(super) fn page(&self) -> AdminView {
        let stage = match &self.looking {
            None => None,
            Some(Looking::Item(file)) => {
                let place = self
                    .view
                    .on_stick
                    .iter()
                    .position(|item| item.file == *file);
                place.map(PacksStage::Item)
            }
            Some(Looking::RollBack(id)) => {
                let place = self.view.installed.iter().position(|pack| pack.id == *id);
                place.map(PacksStage::RollBack)
            }
            // A stick that has gone can become nothing.
            Some(Looking::KeyStick) => {
                (self.view.stick == StickView::Ready).then_some(PacksStage::KeyStick)
            }
            Some(Looking::ForgetKeySticks) => Some(PacksStage::ForgetKeySticks),
        };
        AdminView::Packs(self.view.clone(), stage.unwrap_or_default())
    }

    /// The admin has gone.
    pub(super) fn left(&mut self) {
        self.looking = None;
        self.view.notice = None;
    }

    /// The district offers its root key: it is asked about until it is accepted or declined.
    pub(super) fn root_offered(&mut self, line: &str) {
        self.view.trust.asked = crate::trust::fingerprint(line);
        self.offered = Some(line.to_owned());
    }

    /// The booth's own language, for what is said about keys.
    pub(super) fn speaks(&mut self, lang: Lang) {
        self.lang = lang;
    }

    /// What is wrong with configuration and keys at the start: said until it is mended.
    pub(super) fn warned(&mut self, config: Option<ConfigNotice>, keys: Vec<TrustNotice>) {
        self.standing = Standing { config, keys };
    }

    /// Others are trusted from now on, which may have mended something.
    fn mended_by(&mut self, trust: &Trust) {
        let before = self.view.trust.list.as_ref().map_or(0, |list| list.version);
        let keys = &mut self.standing.keys;
        keys.retain(|notice| notice.holds(before, trust));
    }

    /// Whom the booth trusts now; what is asked about is asked on, and what is still wrong is said on.
    pub(super) fn trusts(&mut self, trust: &Trust, today: Option<Date>) {
        let mut view = crate::trust::view(trust, &self.standing.keys, self.lang, today);
        let config = self.standing.config.iter();
        let config = config.map(|notice| notice.sentence(self.lang));
        view.warnings.splice(0..0, config);
        view.asked = self.view.trust.asked.take();
        self.view.trust = view;
    }

    /// The stick is about to be looked at. Until what is on it is told nothing is offered for it: what a finger has
    /// begun to press must not be gone when it lifts.
    pub(super) fn asked(&mut self) {
        if self.view.stick == StickView::Ready && self.view.on_stick.is_empty() {
            self.view.stick = StickView::Reading;
        }
    }

    /// Whether this says more than was known: a stick or disk that hangs is told of just as often, with the same bytes.
    pub(super) fn moves(&self, work: &WorkView) -> bool {
        let at = |work: &WorkView| (work.doing, work.file_number, work.done_bytes);
        self.view.work.as_ref().map(at) != Some(at(work))
    }

    /// A command was not taken: nothing is under way that an answer would end, which is said where something seemed to
    /// be, and the stick is as it was last told.
    pub(super) fn undone(&mut self, stick: StickView) {
        if let Some(work) = self.view.work.take() {
            let reason = match self.lang {
                Lang::ZhCn => "本机正忙，没有开始，什么都没有变；请等一会儿再试一次",
                Lang::En => {
                    "The booth is busy, did not begin, and nothing has changed; wait a little and try again"
                }
            };
            self.about_pack = false;
            self.view.notice = Some(PackNotice::Refused {
                file: work.file,
                reason: reason.to_owned(),
            });
        }
        self.view.stick = stick;
    }
}

impl Booth {
    pub(super) fn packs(&mut self, now: Now, event: PacksEvent, out: &mut Vec<Command>) {
        match event {
            PacksEvent::Stick {
                state,
                found,
                left_out,
                others,
                free_bytes,
            } => {
                let came = state == StickView::Ready && self.facts.stick != StickView::Ready;
                self.facts.stick = state;
                let view = &mut self.packs.view;
                view.stick = state;
                view.left_out = left_out;
                view.others = others;
                view.free_bytes = free_bytes;
                let unread = came && found.is_empty();
                // The one thing on a stick is opened by itself, once.
                let only = match (&*view.on_stick, &*found) {
                    ([], [item]) => Some(Looking::Item(item.file.clone())),
                    _ => None,
                };
                view.on_stick = found;
                // A stick is read for an admin who looks, never by itself.
                let looking = self.desk.as_ref().and_then(Desk::page) == Some(AdminPage::Packs);
                if looking && self.packs.looking.is_none() && self.packs.view.notice.is_none() {
                    self.packs.looking = only;
                }
                if unread && looking {
                    self.packs.asked();
                    out.push(Command::ShowPacks);
                }
            }
            PacksEvent::Serving {
                library,
                installed,
                faults,
            } => {
                self.facts.installed = installed.clone();
                self.facts.pack_faults = faults;
                self.packs.view.installed = installed;
                self.visit(now, Input::NewLibrary(library), out);
            }
            PacksEvent::KeyStick(is_in) => self.packs.view.key_stick = is_in,
            PacksEvent::TrustChanged(trust) => {
                let today = now.civil.map(|civil| civil.date());
                self.packs.mended_by(&trust);
                self.packs.trusts(&trust, today);
            }
            PacksEvent::Progress(work) => self.packs.view.work = Some(work),
            PacksEvent::Notice(notice) => {
                let about_pack = std::mem::take(&mut self.packs.about_pack);
                let entry = entry(&notice, about_pack);
                out.extend(entry.map(|entry| Command::Log(stamp(now), entry)));
                self.packs.view.work = None;
                self.packs.looking = None;
                self.packs.view.notice = Some(match notice {
                    PackNotice::RolledBack { title, version } if self.packs.forward => {
                        PackNotice::Installed { title, version }
                    }
                    notice => notice,
                });
            }
        }
    }

    /// Tells the session whether an admin who has come in waits for something, each time something is heard of it:
    /// maintenance stays open until it has ended, and as long as ever after that. Nobody waits before the PIN.
    pub(super) fn packs_work(&mut self, now: Now, heard: bool, out: &mut Vec<Command>) {
        let inside = self.desk.as_ref().and_then(Desk::page).is_some();
        let working = inside && self.packs.view.work.is_some();
        if std::mem::replace(&mut self.working, working) != working || (working && heard) {
            self.visit(now, Input::Working(working), out);
        }
    }

    /// A finger on the packs page. While something is under way only that can be stopped.
    pub(super) fn packs_input(&mut self, now: Now, input: PacksInput, out: &mut Vec<Command>) {
        match (input, &self.packs.view.work) {
            (PacksInput::Cancel, Some(work)) if work.can_cancel => {
                self.packs.stopping();
                out.push(Command::CancelPacks);
            }
            (_, Some(_)) => {}
            (PacksInput::Export, None) if self.packs.view.stick == StickView::Ready => {
                let about = About {
                    packs: {
                        let here = self.packs.view.installed.iter();
                        here.filter(|pack| pack.serves()).cloned().collect()
                    },
                    health: health::page(&self.facts, &self.packs.view, now.civil),
                };
                self.packs.begin(Doing::WritingOut, String::new(), 0, true);
                out.push(Command::Export(Box::new(about), now.civil));
            }
            (input, None) => self.packs.idle_input(now.civil, input, out),
        }
    }
}

impl PacksDesk {
    /// Something under way is being stopped, and cannot be stopped twice.
    fn stopping(&mut self) {
        if let Some(work) = &mut self.view.work {
            work.can_cancel = false;
        }
    }

    fn idle_input(&mut self, now: Option<DateTime>, input: PacksInput, out: &mut Vec<Command>) {
        match input {
            PacksInput::Open(index) => {
                let item = self.view.on_stick.get(index);
                self.looking = item.map(|item| Looking::Item(item.file.clone()));
            }
            PacksInput::InstallFromStick(index) => {
                let item = self.view.on_stick.get(index);
                if let Some(item) = item.filter(|item| item.refusal.is_none()) {
                    let (file, size) = (item.file.clone(), item.size_bytes);
                    let about_pack = item.kind == StickItemKind::Pack;
                    self.begin(Doing::Copying, file, size, true);
                    self.about_pack = about_pack;
                    out.push(Command::Install(index, now));
                }
            }
            PacksInput::AskRollBack(index) => {
                let pack = self.view.installed.get(index);
                let pack = pack.filter(|pack| pack.can_change());
                self.looking = pack.map(|pack| Looking::RollBack(pack.id.clone()));
            }
            PacksInput::RollBack(index) => {
                let pack = self.view.installed.get(index);
                let pack = pack.filter(|pack| pack.can_change());
                // Only after the question.
                let asked = pack.filter(|pack| {
                    self.looking.as_ref() == Some(&Looking::RollBack(pack.id.clone()))
                });
                self.forward = asked.is_some_and(InstalledPack::goes_forward);
                if let Some((id, title)) =
                    asked.and_then(|pack| Some((PackId::new(&pack.id)?, pack.title.clone())))
                {
                    self.begin(Doing::RollingBack, title, 0, false);
                    self.about_pack = true;
                    out.push(Command::RollBack(id));
                }
            }
            PacksInput::AskKeyStick if self.view.stick == StickView::Ready => {
                self.looking = Some(Looking::KeyStick);
            }
            // Only after the question.
            PacksInput::MakeKeyStick if self.looking == Some(Looking::KeyStick) => {
                self.looking = None;
                self.begin(Doing::WritingOut, String::new(), 0, false);
                out.push(Command::MakeKeyStick(now));
            }
            PacksInput::AskForgetKeySticks => self.looking = Some(Looking::ForgetKeySticks),
            PacksInput::ForgetKeySticks if self.looking == Some(Looking::ForgetKeySticks) => {
                self.looking = None;
                self.begin(Doing::Forgetting, String::new(), 0, false);
                out.push(Command::ForgetKeySticks(now));
            }
            PacksInput::AcceptRoot | PacksInput::DeclineRoot => {
                self.view.trust.asked = None;
                if let Some(line) = self.offered.take() {
                    let accepted = (input == PacksInput::AcceptRoot).then_some(line);
                    out.push(Command::DecideRoot(accepted, now));
                }
            }
            PacksInput::ReleaseStick if self.view.stick == StickView::Ready => {
                self.looking = None;
                out.push(Command::ReleaseStick);
            }
            PacksInput::NotNow => {
                self.looking = None;
                self.view.notice = None;
            }
            PacksInput::Cancel
            | PacksInput::ReleaseStick
            | PacksInput::Export
            | PacksInput::AskKeyStick
            | PacksInput::ForgetKeySticks
            | PacksInput::MakeKeyStick => {}
        }
    }

    /// Something is under way from the touch on, not only from the actor's first word.
    fn begin(&mut self, doing: Doing, file: String, total_bytes: u64, can_cancel: bool) {
        self.view.notice = None;
        self.about_pack = false;
        self.view.work = Some(WorkView {
            doing,
            file,
            done_bytes: 0,
            total_bytes,
            file_number: 1,
            files: 1,
            can_cancel,
        });
    }
}

/// What of it stands in the admin's log. What is refused of a stick that is no pack, or of a stick as a whole, is no
/// refused pack.
fn entry(notice: &PackNotice, about_pack: bool) -> Option<AdminLogEntry> {
    match notice {
        PackNotice::Installed { .. } => Some(AdminLogEntry::PackInstalled),
        PackNotice::Refused { .. } => about_pack.then_some(AdminLogEntry::PackRefused),
        PackNotice::RolledBack { .. } | PackNotice::TakenOut { .. } => {
            Some(AdminLogEntry::PackRolledBack)
        }
        PackNotice::Cancelled { .. }
        | PackNotice::Taken { .. }
        | PackNotice::Exported { .. }
        | PackNotice::KeyStickMade
        | PackNotice::KeySticksForgotten => None,
    }
}
