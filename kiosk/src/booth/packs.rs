//! The packs page as the booth keeps it: what the shelf's actor last said, what the admin looks at of it, and what a
//! finger there asks for. Not here: what a good pack is, and how a stick is read.

use super::{Booth, stamp};
use crate::actors::packs::PacksEvent;
use crate::admin::desk::Desk;
use crate::admin::{
    AdminPage, AdminView, Doing, PackNotice, PacksInput, PacksStage, PacksView, StickView, WorkView,
};
use crate::event::Command;
use crate::store::AdminLogEntry;
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
}

/// What is known of packs and stick, and what is looked at.
#[derive(Debug, Default)]
pub(super) struct PacksDesk {
    view: PacksView,
    looking: Option<Looking>,
}

impl PacksDesk {
    /// As first known.
    pub(super) fn new(view: PacksView) -> Self {
        Self {
            view,
            looking: None,
        }
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
    }

    /// A command was not taken: nothing is under way that an answer would end.
    pub(super) fn undone(&mut self) {
        self.view.work = None;
    }
}

impl Booth {
    pub(super) fn packs(&mut self, now: Now, event: PacksEvent, out: &mut Vec<Command>) {
        match event {
            PacksEvent::Stick {
                state,
                found,
                others,
                free_bytes,
            } => {
                let came = state == StickView::Ready && self.facts.stick != StickView::Ready;
                self.facts.stick = state;
                let view = &mut self.packs.view;
                view.stick = state;
                view.others = others;
                view.free_bytes = free_bytes;
                let unread = came && found.is_empty();
                view.on_stick = found;
                // A stick is read for an admin who looks, never by itself.
                let looking = self.desk.as_ref().and_then(Desk::page) == Some(AdminPage::Packs);
                if unread && looking {
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
            PacksEvent::Progress(work) => self.packs.view.work = Some(work),
            PacksEvent::Notice(notice) => {
                let entry = entry(&notice);
                out.extend(entry.map(|entry| Command::Log(stamp(now), entry)));
                self.packs.view.work = None;
                self.packs.looking = None;
                self.packs.view.notice = Some(notice);
            }
        }
    }

    /// A finger on the packs page. While something is under way only that can be stopped.
    pub(super) fn packs_input(&mut self, input: PacksInput, out: &mut Vec<Command>) {
        let PacksDesk { view, looking } = &mut self.packs;
        let idle = view.work.is_none();
        match input {
            PacksInput::Open(index) if idle => {
                *looking = view
                    .on_stick
                    .get(index)
                    .map(|item| Looking::Item(item.file.clone()));
            }
            PacksInput::AskRollBack(index) if idle => {
                let pack = view.installed.get(index);
                let pack = pack.filter(|pack| pack.previous.is_some());
                *looking = pack.map(|pack| Looking::RollBack(pack.id.clone()));
            }
            PacksInput::InstallFromStick(index) if idle => {
                let item = view.on_stick.get(index);
                if let Some(item) = item.filter(|item| item.refusal.is_none()) {
                    view.notice = None;
                    view.work = Some(WorkView {
                        doing: Doing::Copying,
                        file: item.file.clone(),
                        done_bytes: 0,
                        total_bytes: item.size_bytes,
                        file_number: 1,
                        files: 1,
                        can_cancel: true,
                    });
                    out.push(Command::Install(index));
                }
            }
            PacksInput::AskKeyStick if idle && view.stick == StickView::Ready => {
                *looking = Some(Looking::KeyStick);
            }
            PacksInput::NotNow => {
                *looking = None;
                view.notice = None;
            }
            PacksInput::Open(_)
            | PacksInput::AskRollBack(_)
            | PacksInput::InstallFromStick(_)
            | PacksInput::Cancel
            | PacksInput::RollBack(_)
            | PacksInput::ReleaseStick
            | PacksInput::Export
            | PacksInput::AskKeyStick
            | PacksInput::MakeKeyStick
            | PacksInput::AcceptRoot
            | PacksInput::DeclineRoot => {}
        }
    }
}

/// What of it stands in the admin's log.
fn entry(notice: &PackNotice) -> Option<AdminLogEntry> {
    match notice {
        PackNotice::Installed { .. } => Some(AdminLogEntry::PackInstalled),
        PackNotice::Refused { .. } => Some(AdminLogEntry::PackRefused),
        PackNotice::RolledBack { .. }
        | PackNotice::Cancelled { .. }
        | PackNotice::Taken { .. }
        | PackNotice::Exported { .. }
        | PackNotice::KeyStickMade => None,
    }
}
