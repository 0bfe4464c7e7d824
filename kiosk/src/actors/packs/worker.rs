//! The packs' thread: what comes and goes at the reader, and one command after the other.

use super::carry::OnStick;
use super::view::{here, shown_name};
use super::{Command, PacksEvent, ShownLibraries, Stop};
use crate::admin::{InstalledPack, PackNotice, StickView};
use crate::carry::Carrier;
use crate::log_event::{LogEvent, log};
use crate::shelf::{Checked, Looked, Shelf, ShelfError, ShelfNotice, Shown};
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;
use xinting_content::{Lang, PackId, Trust};
use xinting_hw::usb::{ReaderHealth, Stick, StickEvent, StickPort, UsbError};

/// How long the reader is waited for before commands are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);

pub(super) struct Worker {
    pub(super) shelf: Shelf,
    pub(super) port: Option<Box<dyn StickPort>>,
    pub(super) carrier: Option<Carrier>,
    pub(super) libraries: ShownLibraries,
    pub(super) lang: Lang,
    pub(super) tell: Box<dyn Fn(PacksEvent) + Send>,
    pub(super) stopping: Stop,
    pub(super) stick: Option<Stick>,
    /// What is on the stick; `None` while it has not been looked at.
    pub(super) found: Option<OnStick>,
    pub(super) state: StickView,
    others: usize,
    /// The stick that is in opens maintenance.
    is_key: bool,
}

impl Worker {
    pub(super) fn new(
        shelf: Shelf,
        port: Option<Box<dyn StickPort>>,
        carrier: Option<Carrier>,
        libraries: ShownLibraries,
        lang: Lang,
        tell: Box<dyn Fn(PacksEvent) + Send>,
        stopping: Stop,
    ) -> Self {
        let state = match port {
            None => StickView::NotConfigured,
            Some(_) => StickView::Empty,
        };
        Self {
            shelf,
            port,
            carrier,
            libraries,
            lang,
            tell,
            stopping,
            stick: None,
            found: None,
            state,
            others: 0,
            is_key: false,
        }
    }

    pub(super) fn run(mut self, commands: &Receiver<Command>) {
        self.show();
        loop {
            let command = match &mut self.port {
                None => commands.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(port) => {
                    let change = port.wait_event(LOOK_EVERY);
                    self.changed(change);
                    commands.try_recv().map_err(|error| match error {
                        TryRecvError::Empty => RecvTimeoutError::Timeout,
                        TryRecvError::Disconnected => RecvTimeoutError::Disconnected,
                    })
                }
            };
            match command {
                Ok(command) => self.obey(command),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Look => self.look(),
            Command::Install(index, now, stop) => self.install(index, now, &stop),
            Command::Export(about, now, stop) => self.export(*about, now, &stop),
            Command::MakeKeyStick(now) => self.make_key_stick(now),
            Command::ForgetKeySticks(now) => self.forget_key_sticks(now),
            Command::Root(line, now) => self.root(line, now),
            Command::RollBack(id) => self.roll_back(&id),
            Command::Release => {
                self.release();
                self.show();
            }
            Command::Forget => self.forget(),
            Command::Trust(trust) => self.trust(trust),
            Command::Suspect(id) => self.suspect(&id),
        }
    }

    pub(super) fn changed(&mut self, change: Result<Option<StickEvent>, UsbError>) {
        match change {
            Ok(None) => {
                // A second stick comes and goes without an event of its own, and one that cannot be mounted again to be
                // read, after an export, is lost without one.
                let (counted, lost) = (self.count_others(), self.is_lost());
                if counted || lost {
                    self.show();
                }
                return;
            }
            Ok(Some(StickEvent::Inserted(stick))) => {
                self.is_key(self.opens(&stick));
                self.stick = Some(stick);
                self.found = None;
                self.state = StickView::Ready;
            }
            Ok(Some(StickEvent::Removed)) => self.gone(),
            Err(error) => {
                log(LogEvent::StickFault(&crate::error::chain(&error)));
                self.gone();
                self.state = StickView::Unreadable;
            }
        }
        self.count_others();
        self.show();
    }

    fn count_others(&mut self) -> bool {
        let others = self.port.as_ref().map_or(0, |port| port.others());
        std::mem::replace(&mut self.others, others) != others
    }

    pub(super) fn opens(&self, stick: &Stick) -> bool {
        let carrier = self.carrier.as_ref();
        carrier.is_some_and(|carrier| carrier.opens(&*stick.files))
    }

    /// Told when it changes.
    pub(super) fn is_key(&mut self, is_key: bool) {
        if std::mem::replace(&mut self.is_key, is_key) != is_key {
            (self.tell)(PacksEvent::KeyStick(is_key));
        }
    }

    pub(super) fn gone(&mut self) {
        self.is_key(false);
        self.stick = None;
        self.found = None;
        self.state = StickView::Empty;
    }

    pub(super) fn look(&mut self) {
        if self.found.is_none()
            && self.state != StickView::Released
            && let Some(stick) = self.stick.clone()
        {
            self.state = StickView::Reading;
            self.show();
            self.read(&stick);
        }
        self.show();
    }

    /// Whoever looks again has the stick looked at again: it may have been changed elsewhere in between.
    pub(super) fn forget(&mut self) {
        if self.found.take().is_some() {
            self.show();
        }
    }

    fn read(&mut self, stick: &Stick) {
        let stopping = Stop::clone(&self.stopping);
        let mut go_on = || match stopping.load(Ordering::Acquire) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let read = self.shelf.look_while(&*stick.files, &mut go_on);
        let carried = self.carrier.as_ref().filter(|_| read.is_ok());
        let carried = carried.map(|carrier| carrier.found(&*stick.files));
        let carried = carried.unwrap_or_default();
        // A stick that was pulled out, or could not be mounted again, lists empty, without an error.
        if !self.is_in(stick) {
            self.gone();
            return;
        }
        if self.is_lost() {
            return;
        }
        match read {
            Ok(Looked { found, left_out }) => {
                self.found = Some(OnStick {
                    packs: found,
                    carried: carried.carried,
                    left_out: left_out + carried.left_out,
                });
                self.state = StickView::Ready;
            }
            Err(error) => {
                log(LogEvent::StickFault(&crate::error::chain(&error)));
                self.state = StickView::Unreadable;
                self.refuse(String::new(), &error);
            }
        }
    }

    /// Whether the stick that is in cannot be read any more, because it could not be mounted again. It is not offered
    /// then.
    pub(super) fn is_lost(&mut self) -> bool {
        let port = self.port.as_ref();
        let lost = self.stick.is_some()
            && port.is_some_and(|port| port.health() == ReaderHealth::Unreadable);
        if lost {
            self.gone();
            self.state = StickView::Unreadable;
        }
        lost
    }

    /// Why nothing can be done with the stick now.
    pub(super) fn no_stick(&self) -> ShelfError {
        match self.state {
            StickView::Unreadable => {
                ShelfError::StickUnreadable(io::ErrorKind::NotConnected.into())
            }
            _ => ShelfError::StickGone,
        }
    }

    pub(super) fn is_in(&self, stick: &Stick) -> bool {
        let port = self.port.as_ref();
        port.is_some_and(|port| port.is_present(&stick.id))
    }

    /// Whether something on the stick could still be installed or taken in.
    pub(super) fn has_more(&self) -> bool {
        self.found.as_ref().is_some_and(OnStick::has_more)
    }

    pub(super) fn release(&mut self) {
        if let Some(port) = &mut self.port {
            match port.release() {
                Ok(()) => {
                    self.found = None;
                    self.state = StickView::Released;
                }
                Err(UsbError::Gone) => self.gone(),
                Err(error) => self.usb_failed(&error),
            }
        }
    }

    pub(super) fn trust(&mut self, trust: Trust) {
        let (shown, notices) = self.shelf.set_trust(trust.clone());
        (self.tell)(PacksEvent::TrustChanged(trust));
        self.serve(shown, &notices);
        // What is on the stick may be refused now, or not any more.
        if self.found.take().is_some() {
            self.look();
        }
    }

    pub(super) fn suspect(&mut self, id: &PackId) {
        match self.shelf.suspect(id) {
            Checked::Good => {
                log(LogEvent::PackReadAgain(id.as_str()));
            }
            Checked::Bad { shown, notices } => self.serve(shown.map(|shown| *shown), &notices),
        }
    }

    /// Tells what serves after the shelf chose again; the library goes with it only where it is another.
    fn serve(&mut self, shown: Option<Shown>, notices: &[ShelfNotice]) {
        for notice in notices {
            log(LogEvent::PackFault(&notice.sentence(Lang::En)));
        }
        let shown = match shown {
            Some(shown) => {
                self.libraries.add(shown.clone());
                Some(shown)
            }
            None => self.shelf.library().ok(),
        };
        if let Some(shown) = shown {
            self.tell_serving(&shown);
        }
    }

    pub(super) fn tell_serving(&self, shown: &Shown) {
        (self.tell)(PacksEvent::Serving {
            library: std::sync::Arc::clone(&shown.library),
            installed: self.here(),
            faults: self.shelf.faults(self.lang),
        });
    }

    pub(super) fn here(&self) -> Vec<InstalledPack> {
        here(&self.shelf, self.lang)
    }

    pub(super) fn refuse(&self, file: String, error: &ShelfError) {
        let reason = error.sentence(self.lang);
        let file = shown_name(&file);
        (self.tell)(PacksEvent::Notice(PackNotice::Refused { file, reason }));
    }

    pub(super) fn show(&self) {
        let found = self.found.as_ref();
        (self.tell)(PacksEvent::Stick {
            state: self.state,
            found: found.map_or_else(Vec::new, |found| found.items(self.lang)),
            left_out: found.map_or(0, |found| found.left_out),
            others: self.others,
            free_bytes: self.shelf.free_bytes(),
        });
    }
}
