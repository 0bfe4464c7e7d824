//! What goes in and out by stick beside packs, on the packs' thread: how it is done is the carrier's, here it begins
//! and ends, and the stick can be written to only in between.

use super::view::{on_stick, shown_name};
use super::work::{TELL_EVERY, go_on};
use super::worker::Worker;
use super::{PacksEvent, Stop};
use crate::admin::{Doing, PackNotice, StickItem, WorkView};
use crate::carry::{About, Carried, CarryError, Taken, Writing};
use crate::log_event::{LogEvent, log};
use crate::shelf::Found;
use jiff::civil::DateTime;
use std::time::Instant;
use xinting_content::Lang;
use xinting_hw::usb::{Stick, UsbError};

/// What is on the stick, as it was looked at; in this order on the page.
#[derive(Debug, Default)]
pub(super) struct OnStick {
    pub(super) packs: Vec<Found>,
    pub(super) carried: Vec<Carried>,
    /// How many more files there are that nobody is told of.
    pub(super) left_out: usize,
}

/// One thing of it that can be had.
pub(super) enum Wanted<'a> {
    Pack(&'a Found),
    Carried(&'a Carried),
}

impl OnStick {
    pub(super) fn items(&self, lang: Lang) -> Vec<StickItem> {
        let packs = self.packs.iter().map(|found| on_stick(found, lang));
        let carried = self.carried.iter().map(|carried| carried.item(lang));
        packs.chain(carried).collect()
    }

    /// The thing at this place of the page, unless it is refused.
    pub(super) fn item(&self, index: usize) -> Option<Wanted<'_>> {
        match index.checked_sub(self.packs.len()) {
            None => {
                let pack = self.packs.get(index);
                let pack = pack.filter(|pack| pack.refusal.is_none());
                pack.map(Wanted::Pack)
            }
            Some(index) => {
                let carried = self.carried.get(index);
                let carried = carried.filter(|carried| carried.seen.is_ok());
                carried.map(Wanted::Carried)
            }
        }
    }

    pub(super) fn has_more(&self) -> bool {
        let packs = self.packs.iter().any(|pack| pack.refusal.is_none());
        packs || self.carried.iter().any(|carried| carried.seen.is_ok())
    }
}

impl Worker {
    /// Whether it was taken in.
    pub(super) fn take_in(&mut self, carried: &Carried, now: Option<DateTime>) -> bool {
        let held = carried.next_trust().map(|next| self.shelf.would_hold(next));
        if let Some(Err(error)) = held {
            self.refuse(carried.file.clone(), &error);
            return false;
        }
        let Some(carrier) = &mut self.carrier else {
            return false;
        };
        (self.tell)(PacksEvent::Progress(WorkView {
            doing: Doing::Installing,
            file: shown_name(&carried.file),
            done_bytes: 0,
            total_bytes: carried.size_bytes,
            file_number: 1,
            files: 1,
            can_cancel: false,
        }));
        let taken = match carrier.take(carried, now) {
            Ok(taken) => taken,
            Err(error) => {
                self.not_carried(carried.file.clone(), &error);
                return false;
            }
        };
        if let Taken::KeyList { trust, .. } = &taken {
            self.trust(trust.clone());
        }
        let item = carried.item(self.lang);
        (self.tell)(PacksEvent::Notice(PackNotice::Taken {
            kind: item.kind,
            title: item.title,
            detail: taken.sentence(self.lang),
        }));
        true
    }

    pub(super) fn export(&mut self, about: About, now: Option<DateTime>, stop: &Stop) {
        let Some(stick) = self.writable() else { return };
        let Some(carrier) = &self.carrier else {
            self.read_only();
            return self.nobody_carries();
        };
        let (tell, stopping) = (&self.tell, &self.stopping);
        let mut told: Option<Instant> = None;
        let mut watch = |writing: Writing<'_>| {
            if told.is_none_or(|at| at.elapsed() >= TELL_EVERY) {
                told = Some(Instant::now());
                tell(PacksEvent::Progress(writing_out(&writing)));
            }
            go_on(stop, stopping)
        };
        let exported = carrier.export(&*stick.files, about, now, &mut watch);
        let closed = self.read_only();
        let done = match (exported, closed) {
            (Ok(exported), true) => {
                (self.tell)(PacksEvent::Notice(PackNotice::Exported {
                    files: exported.files,
                    bytes: exported.bytes,
                }));
                true
            }
            // What was not brought out to the stick has been said already.
            (Ok(_), false) => false,
            (Err(CarryError::Stopped), _) => {
                (self.tell)(PacksEvent::Notice(PackNotice::Cancelled {
                    file: String::new(),
                    doing: Doing::WritingOut,
                }));
                false
            }
            (Err(error), _) => {
                self.not_carried(String::new(), &error);
                false
            }
        };
        self.after_work(&stick, done);
    }

    pub(super) fn make_key_stick(&mut self, now: Option<DateTime>) {
        let Some(stick) = self.writable() else { return };
        let Some(carrier) = &mut self.carrier else {
            self.read_only();
            return self.nobody_carries();
        };
        let made = carrier.make_key_stick(&*stick.files, now);
        // What failed may have replaced the secret that opened before.
        let is_key = made.is_ok() || self.opens(&stick);
        self.is_key(is_key);
        let closed = self.read_only();
        let done = made.is_ok() && closed;
        match made {
            Ok(()) if closed => (self.tell)(PacksEvent::Notice(PackNotice::KeyStickMade)),
            Ok(()) => {}
            Err(error) => self.not_carried(String::new(), &error),
        }
        self.after_work(&stick, done);
    }

    pub(super) fn forget_key_sticks(&mut self, now: Option<DateTime>) {
        let Some(carrier) = &mut self.carrier else {
            return (self.tell)(PacksEvent::Notice(PackNotice::Cancelled {
                file: String::new(),
                doing: Doing::Forgetting,
            }));
        };
        let forgotten = carrier.forget_key_sticks(now);
        // Also where that could not be written down: until the next start none opens.
        self.is_key(false);
        match forgotten {
            Ok(()) => (self.tell)(PacksEvent::Notice(PackNotice::KeySticksForgotten)),
            Err(error) => self.not_carried(String::new(), &error),
        }
    }

    /// What became of the root key that the district offers; `None`: it is not to be trusted.
    pub(super) fn root(&mut self, line: Option<String>, now: Option<DateTime>) {
        let Some(carrier) = &mut self.carrier else {
            return;
        };
        match line.map(|line| carrier.accept_root(&line, now)) {
            Some(Ok(trust)) => self.trust(trust),
            Some(Err(error)) => self.not_carried(String::new(), &error),
            None => carrier.decline_root(now),
        }
    }

    /// The stick, writable until [`Worker::read_only`]; where that cannot be, it is said.
    fn writable(&mut self) -> Option<Stick> {
        let Some(port) = self.port.as_mut().filter(|_| self.stick.is_some()) else {
            self.refuse(String::new(), &self.no_stick());
            return None;
        };
        if let Err(error) = port.make_writable() {
            self.usb_failed(&error);
            self.show();
            return None;
        }
        let stick = port.current().or_else(|| self.stick.clone());
        self.stick.clone_from(&stick);
        stick
    }

    /// Whether everything is out on the stick.
    fn read_only(&mut self) -> bool {
        let closed = self.port.as_mut().map(|port| port.make_read_only());
        match closed {
            Some(Err(error)) => {
                self.usb_failed(&error);
                false
            }
            Some(Ok(())) | None => true,
        }
    }

    /// A booth without a carrier offers none of this; whoever asks all the same does not wait for an end.
    fn nobody_carries(&self) {
        (self.tell)(PacksEvent::Notice(PackNotice::Cancelled {
            file: String::new(),
            doing: Doing::WritingOut,
        }));
    }

    fn not_carried(&self, file: String, error: &CarryError) {
        log(LogEvent::StickFault(&crate::error::chain(error)));
        let reason = error.sentence(self.lang);
        let file = shown_name(&file);
        (self.tell)(PacksEvent::Notice(PackNotice::Refused { file, reason }));
    }

    /// The reader said no: to the admin in words, to the log as it is.
    pub(super) fn usb_failed(&mut self, error: &UsbError) {
        log(LogEvent::StickFault(&crate::error::chain(error)));
        let lost = self.is_lost();
        let (zh, en) = match error {
            _ if lost => (
                "U 盘读不出来了；请拔下重插，还不行就换一个",
                "the stick cannot be read any more; take it out and put it in again, or use another",
            ),
            UsbError::Gone => (
                "U 盘已经拔出；请插回去再试",
                "the stick is out; put it in and try again",
            ),
            _ => (
                "U 盘有写保护，或者还在使用中；请检查它侧面的写保护开关，等几秒再试，先不要拔",
                "the stick is write-protected or still in use; look for a switch on its side, wait a few seconds and try again",
            ),
        };
        let reason = match self.lang {
            Lang::ZhCn => zh,
            Lang::En => en,
        };
        (self.tell)(PacksEvent::Notice(PackNotice::Refused {
            file: String::new(),
            reason: reason.to_owned(),
        }));
    }
}

fn writing_out(writing: &Writing<'_>) -> WorkView {
    WorkView {
        doing: Doing::WritingOut,
        file: shown_name(writing.file),
        done_bytes: writing.done_bytes,
        total_bytes: writing.total_bytes,
        file_number: writing.file_number,
        files: writing.files,
        can_cancel: true,
    }
}
