//! What an admin begins and sees the end of: installing, going back. Each ends in exactly one notice.

use super::carry::Wanted;
use super::view::{shown_name, version, work};
use super::worker::Worker;
use super::{PacksEvent, Stop};
use crate::admin::{Doing, PackNotice, WorkView};
use crate::shelf::{Found, ShelfError, Step, Working};
use jiff::civil::DateTime;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use xinting_content::PackId;
use xinting_hw::usb::Stick;

/// How often progress is told: more than a screen shows is noise.
pub(super) const TELL_EVERY: Duration = Duration::from_millis(100);

impl Worker {
    /// By index into what was shown last. Where nothing is shown any more, nothing can be meant.
    pub(super) fn install(&mut self, index: usize, now: Option<DateTime>, stop: &Stop) {
        let Some(stick) = self.stick.clone() else {
            self.refuse(String::new(), &self.no_stick());
            return;
        };
        let found = self.found.take().unwrap_or_default();
        let done = match found.item(index) {
            Some(Wanted::Pack(wanted)) => self.install_pack(&stick, wanted, stop),
            Some(Wanted::Carried(carried)) => self.take_in(carried, now),
            None => {
                (self.tell)(PacksEvent::Notice(PackNotice::Cancelled {
                    file: String::new(),
                    doing: Doing::Copying,
                }));
                false
            }
        };
        self.after_work(&stick, done);
    }

    /// Whether it serves now.
    fn install_pack(&mut self, stick: &Stick, wanted: &Found, stop: &Stop) -> bool {
        let mut told: Option<(Step, Instant)> = None;
        let (tell, stopping) = (&self.tell, &self.stopping);
        let mut watch = |working: Working| {
            let due =
                told.is_none_or(|(step, at)| step != working.step || at.elapsed() >= TELL_EVERY);
            if due {
                told = Some((working.step, Instant::now()));
                tell(PacksEvent::Progress(work(&wanted.file, working)));
            }
            go_on(stop, stopping)
        };
        match self.shelf.install(&*stick.files, wanted, &mut watch) {
            Ok(shown) => {
                self.libraries.add(shown.clone());
                self.tell_serving(&shown);
                (self.tell)(PacksEvent::Notice(installed_notice(wanted, self.lang)));
                true
            }
            Err(ShelfError::Stopped) => {
                (self.tell)(PacksEvent::Notice(PackNotice::Cancelled {
                    file: shown_name(&wanted.file),
                    doing: Doing::Copying,
                }));
                false
            }
            Err(error) => {
                self.refuse(wanted.file.clone(), &error);
                false
            }
        }
    }

    /// What else is on the stick is looked at again, since what is refused may have changed. With nothing left to do
    /// the stick may go: what was taken of it lies in the booth.
    pub(super) fn after_work(&mut self, stick: &Stick, done: bool) {
        self.found = None;
        if !self.is_in(stick) {
            self.gone();
        }
        if self.stick.is_none() || self.is_lost() {
            self.show();
            return;
        }
        self.look();
        if done && self.found.is_some() && !self.has_more() {
            self.release();
            self.show();
        }
    }

    pub(super) fn roll_back(&mut self, id: &PackId) {
        let here = [self.shelf.serving(), self.shelf.out_of_service()].concat();
        let title = here.iter().find(|pack| pack.id == *id);
        let title = title.map_or_else(
            || id.to_string(),
            |pack| pack.title.get(self.lang).to_owned(),
        );
        (self.tell)(PacksEvent::Progress(WorkView {
            doing: Doing::RollingBack,
            file: title.clone(),
            done_bytes: 0,
            total_bytes: 0,
            file_number: 1,
            files: 1,
            can_cancel: false,
        }));
        match self.shelf.roll_back(id) {
            Ok(shown) => {
                self.libraries.add(shown.clone());
                self.tell_serving(&shown);
                let serving = self.shelf.serving();
                let now = serving.iter().find(|pack| pack.id == *id);
                (self.tell)(PacksEvent::Notice(match now {
                    Some(pack) => PackNotice::RolledBack {
                        title,
                        version: version(pack.version, &pack.release),
                    },
                    None => PackNotice::TakenOut { title },
                }));
            }
            Err(error) => {
                // What was kept may have turned out to be bad: then nothing leads there any more.
                if let (ShelfError::KeptBad { .. }, Ok(shown)) = (&error, self.shelf.library()) {
                    self.tell_serving(&shown);
                }
                self.refuse(title, &error);
            }
        }
        // Against another version that serves, other packs of the stick are refused.
        if self.found.take().is_some() {
            self.look();
        }
    }
}

/// Until somebody asked to stop, or the whole booth stops.
pub(super) fn go_on(stop: &Stop, stopping: &Stop) -> ControlFlow<()> {
    match stop.load(Ordering::Acquire) || stopping.load(Ordering::Acquire) {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    }
}

fn installed_notice(found: &Found, lang: xinting_content::Lang) -> PackNotice {
    match &found.offer {
        Some(offer) => PackNotice::Installed {
            title: offer.info().title.get(lang).to_owned(),
            version: version(offer.info().version, &offer.info().release),
        },
        None => PackNotice::Installed {
            title: shown_name(&found.file),
            version: String::new(),
        },
    }
}
