//! The packs and the stick: reads a stick when an admin asks for it, installs what the admin chose, lets the stick go.
//!
//! All of it waits for disks, so it has a thread of its own. What a good pack is, is the shelf's; how a stick is
//! mounted, the reader's.

use crate::actors::player::{Sounds, Wanted};
use crate::admin::{
    Doing, InstalledPack, PackNotice, SignatureView, StickItem, StickView, WorkView,
};
use crate::log_event::{LogEvent, log};
use crate::shelf::{Found, Serving, Shelf, ShelfError, ShelfNotice, Shown};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use xinting_content::{Lang, Library, PackId};
use xinting_hw::usb::{Stick, StickEvent, StickPort};

/// Commands that may wait.
const WAITING_COMMANDS: usize = 8;
/// How long the reader is waited for before commands are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What the packs and the stick say.
#[derive(Debug, Clone)]
pub enum PacksEvent {
    /// A stick came, went or was read.
    Stick {
        /// How it is.
        state: StickView,
        /// What is on it, as far as it has been read.
        found: Vec<StickItem>,
        /// Further sticks that are in and are not read.
        others: usize,
        /// Room on the booth's own disk; `None` where it is not known.
        free_bytes: Option<u64>,
    },
    /// How far something is. Only the latest matters; it ends with a [`PacksEvent::Notice`].
    Progress(WorkView),
    /// Other packs serve from the next visit on.
    Serving {
        /// What they hold together.
        library: Arc<Library>,
        /// Which they are.
        installed: Vec<InstalledPack>,
        /// What is wrong with others.
        faults: Vec<String>,
    },
    /// What became of something.
    Notice(PackNotice),
}

/// Set by whoever wants something under way to stop.
type Stop = Arc<AtomicBool>;

#[derive(Debug, Clone)]
enum Command {
    Look,
    Install(usize, Stop),
    RollBack(PackId),
    Release,
    Forget,
}

/// The actor's queue is full or it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("handing something to the packs: their queue is full or they have ended")]
pub struct PacksBusy;

/// The packs' thread. Dropping it stops a copy that is under way and joins the thread.
#[derive(Debug)]
pub struct PacksActor {
    commands: Option<SyncSender<Command>>,
    stopping: Stop,
    /// Stops what was asked for last.
    cancelling: Mutex<Stop>,
    thread: Option<JoinHandle<()>>,
}

impl PacksActor {
    /// Puts a shelf and a reader onto a thread; `port` is `None` where the configuration names no reader.
    ///
    /// # Errors
    /// The system's, if it refuses a thread.
    pub fn start(
        shelf: Shelf,
        port: Option<Box<dyn StickPort>>,
        library: ShownLibraries,
        lang: Lang,
        tell: impl Fn(PacksEvent) + Send + 'static,
    ) -> Result<Self, std::io::Error> {
        let (sender, commands) = sync_channel(WAITING_COMMANDS);
        let stopping = Arc::new(AtomicBool::new(false));
        let worker = Worker {
            shelf,
            port,
            libraries: library,
            lang,
            tell: Box::new(tell),
            stopping: Arc::clone(&stopping),
            stick: None,
            found: None,
            state: StickView::Empty,
        };
        let thread = std::thread::Builder::new()
            .name("packs".to_owned())
            .spawn(move || worker.run(&commands))?;
        Ok(Self {
            commands: Some(sender),
            stopping,
            cancelling: Mutex::default(),
            thread: Some(thread),
        })
    }

    /// Reads the stick, if that has not been done, and tells what is on it. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn look(&self) -> Result<(), PacksBusy> {
        self.hand(Command::Look)
    }

    /// Installs a pack of the stick: an index into what was told last. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn install(&self, index: usize) -> Result<(), PacksBusy> {
        self.hand(Command::Install(index, self.cancellable()))
    }

    /// Stops what was asked for last, at whatever byte it is; it ends with [`PackNotice::Cancelled`] unless it was
    /// done already. Works at once, also while something is under way.
    pub fn cancel(&self) {
        let last = self.cancelling.lock().unwrap_or_else(PoisonError::into_inner);
        last.store(true, Ordering::Release);
    }

    /// Goes back to the version of this pack that was kept. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn roll_back(&self, id: PackId) -> Result<(), PacksBusy> {
        self.hand(Command::RollBack(id))
    }

    /// Lets the stick go, so that it may be taken out. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn release(&self) -> Result<(), PacksBusy> {
        self.hand(Command::Release)
    }

    /// Lets go of what was read of the stick; the copies that were not installed are deleted. Never waits.
    ///
    /// # Errors
    /// [`PacksBusy`].
    pub fn forget(&self) -> Result<(), PacksBusy> {
        self.hand(Command::Forget)
    }

    fn cancellable(&self) -> Stop {
        let stop = Stop::default();
        let mut last = self.cancelling.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Arc::clone(&stop);
        stop
    }

    fn hand(&self, command: Command) -> Result<(), PacksBusy> {
        let commands = self.commands.as_ref().ok_or(PacksBusy)?;
        commands.try_send(command).map_err(|_| PacksBusy)
    }
}

impl Drop for PacksActor {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// The libraries that may be on the screen, each with the packs its sounds are in: the one that serves, and the one
/// before it, which a visit under way still shows.
#[derive(Debug, Clone)]
pub struct ShownLibraries(Arc<Mutex<Vec<Shown>>>);

impl ShownLibraries {
    /// One library.
    #[must_use]
    pub fn new(shown: Shown) -> Self {
        Self(Arc::new(Mutex::new(vec![shown])))
    }

    fn add(&self, shown: Shown) {
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shelves.insert(0, shown);
        shelves.truncate(2);
    }
}

impl Sounds for ShownLibraries {
    fn sound(&self, library: &Arc<Library>, wanted: &Wanted) -> Result<Arc<[u8]>, String> {
        let shown = {
            let shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let same = shelves
                .iter()
                .find(|shown| Arc::ptr_eq(&shown.library, library));
            same.or_else(|| shelves.first()).cloned()
        };
        let sound = shown.and_then(|shown| match wanted {
            Wanted::Practice { practice, file } => shown.sound(practice, file),
            Wanted::Bed(bed) => shown.bed(bed),
        });
        match sound {
            Some(Ok(bytes)) => Ok(bytes.into()),
            Some(Err(error)) => Err(crate::error::chain(&error)),
            None => Err(format!("the library does not hold {wanted}")),
        }
    }
}

/// A pack that serves, as the admin sees it.
#[must_use]
pub fn installed(serving: &Serving, lang: Lang) -> InstalledPack {
    InstalledPack {
        id: serving.id.to_string(),
        title: serving.title.get(lang).to_owned(),
        publisher: serving.publisher.clone(),
        version: version(serving.version, &serving.release),
        sample: serving.sample,
        previous: serving.previous.map(|version| version.to_string()),
    }
}

/// What is wrong with packs at the start, in the admin's words; each also goes to the log.
#[must_use]
pub fn faults(notices: &[ShelfNotice], lang: Lang) -> Vec<String> {
    for notice in notices {
        log(LogEvent::PackFault(&notice.sentence(Lang::En)));
    }
    notices.iter().map(|notice| notice.sentence(lang)).collect()
}

fn version(number: u64, release: &str) -> String {
    format!("{number} ({release})")
}

struct Worker {
    shelf: Shelf,
    port: Option<Box<dyn StickPort>>,
    libraries: ShownLibraries,
    lang: Lang,
    tell: Box<dyn Fn(PacksEvent) + Send>,
    stopping: Arc<AtomicBool>,
    stick: Option<Stick>,
    /// What is on the stick; `None` while it has not been read.
    found: Option<Vec<Found>>,
    state: StickView,
}

impl Worker {
    fn run(mut self, commands: &Receiver<Command>) {
        if self.port.is_none() {
            self.state = StickView::NotConfigured;
        }
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
                Ok(Command::Look) => self.look(),
                Ok(Command::Install(index, stop)) => self.install(index, &stop),
                Ok(Command::RollBack(id)) => self.roll_back(&id),
                Ok(Command::Release) => {
                    self.release();
                    self.show();
                }
                Ok(Command::Forget) => self.forget(),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn changed(&mut self, change: Result<Option<StickEvent>, xinting_hw::usb::UsbError>) {
        match change {
            Ok(None) => return,
            Ok(Some(StickEvent::Inserted(stick))) => {
                self.stick = Some(stick);
                self.found = None;
                self.state = StickView::Ready;
            }
            Ok(Some(StickEvent::Removed)) => self.gone(),
            Err(error) => {
                log(LogEvent::StickFault(&crate::error::chain(&error)));
                self.stick = None;
                self.found = None;
                self.state = StickView::Unreadable;
            }
        }
        self.show();
    }

    fn gone(&mut self) {
        self.stick = None;
        self.found = None;
        self.state = StickView::Empty;
    }

    fn look(&mut self) {
        if self.found.is_none()
            && let Some(stick) = self.stick.clone()
        {
            self.state = StickView::Reading;
            self.show();
            self.read(&stick);
        }
        self.show();
    }

    /// Copies do not lie about while nobody looks; whoever looks again has the stick read again.
    fn forget(&mut self) {
        if self.has_more() {
            self.found = None;
            self.show();
        }
    }

    fn has_more(&self) -> bool {
        let mut found = self.found.iter().flatten();
        found.any(|found| matches!(found, Found::Good(_)))
    }

    fn read(&mut self, stick: &Stick) {
        let stopping = Arc::clone(&self.stopping);
        let mut watch = |_: crate::shelf::Copying<'_>| match stopping.load(Ordering::Acquire) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let read = self.shelf.inspect(&stick.root, &mut watch);
        // A stick that was pulled out lists empty, without an error.
        if !self
            .port
            .as_ref()
            .is_some_and(|port| port.is_present(&stick.id))
        {
            self.gone();
            return;
        }
        match read {
            Ok(found) => {
                self.found = Some(found);
                self.state = StickView::Ready;
            }
            Err(error) => {
                log(LogEvent::StickFault(&crate::error::chain(&error)));
                self.state = StickView::Unreadable;
                self.refuse(String::new(), &error);
            }
        }
    }

    fn install(&mut self, index: usize, stop: &Stop) {
        let found = self.found.as_mut();
        let Some(found) = found.filter(|found| matches!(found.get(index), Some(Found::Good(_))))
        else {
            return;
        };
        let Found::Good(candidate) = found.remove(index) else {
            return;
        };
        let file = candidate.file.clone();
        let title = candidate.info().title.get(self.lang).to_owned();
        let version = version(candidate.info().version, &candidate.info().release);
        if stop.load(Ordering::Acquire) {
            (self.tell)(PacksEvent::Notice(PackNotice::Cancelled { file }));
            self.found = None;
            self.look();
            return;
        }
        (self.tell)(PacksEvent::Progress(WorkView {
            doing: Doing::Installing,
            file: file.clone(),
            done_bytes: candidate.size_bytes(),
            total_bytes: candidate.size_bytes(),
            file_number: 1,
            files: 1,
            can_cancel: false,
        }));
        match self.shelf.install(*candidate) {
            Ok(shown) => {
                self.libraries.add(shown.clone());
                (self.tell)(PacksEvent::Serving {
                    library: shown.library,
                    installed: self.serving(),
                    faults: Vec::new(),
                });
                (self.tell)(PacksEvent::Notice(PackNotice::Installed { title, version }));
                self.release_when_done();
            }
            Err(error) => {
                self.refuse(file, &error);
                // Its copy is gone; on the stick it still is.
                self.found = None;
                self.look();
                return;
            }
        }
        self.show();
    }

    fn roll_back(&mut self, id: &PackId) {
        match self.shelf.roll_back(id) {
            Ok(shown) => {
                let serving = self.shelf.serving();
                let serving = serving.iter().find(|pack| pack.id == *id);
                let (title, version) = serving.map_or_else(Default::default, |pack| {
                    let title = pack.title.get(self.lang).to_owned();
                    (title, version(pack.version, &pack.release))
                });
                self.libraries.add(shown.clone());
                (self.tell)(PacksEvent::Serving {
                    library: shown.library,
                    installed: self.serving(),
                    faults: Vec::new(),
                });
                (self.tell)(PacksEvent::Notice(PackNotice::RolledBack { title, version }));
            }
            Err(error) => self.refuse(id.to_string(), &error),
        }
    }

    fn serving(&self) -> Vec<InstalledPack> {
        let serving = self.shelf.serving();
        serving
            .iter()
            .map(|pack| installed(pack, self.lang))
            .collect()
    }

    /// With nothing left to install the stick may go. What was read of it lies in the booth.
    fn release_when_done(&mut self) {
        if !self.has_more() {
            self.release();
        }
    }

    fn release(&mut self) {
        if let Some(port) = &mut self.port {
            match port.release() {
                Ok(()) => self.state = StickView::Released,
                Err(error) => log(LogEvent::StickFault(&crate::error::chain(&error))),
            }
        }
    }

    fn refuse(&self, file: String, error: &ShelfError) {
        let reason = error.sentence(self.lang);
        (self.tell)(PacksEvent::Notice(PackNotice::Refused { file, reason }));
    }

    fn show(&self) {
        let found = self.found.iter().flatten();
        (self.tell)(PacksEvent::Stick {
            state: self.state,
            found: found.map(|found| on_stick(found, self.lang)).collect(),
            others: self.port.as_ref().map_or(0, |port| port.others()),
            free_bytes: self.shelf.free_bytes(),
        });
    }
}

fn on_stick(found: &Found, lang: Lang) -> StickItem {
    match found {
        Found::Good(candidate) => StickItem {
            file: candidate.file.clone(),
            title: candidate.info().title.get(lang).to_owned(),
            publisher: candidate.info().publisher.clone(),
            signature: SignatureView::Root,
            version: version(candidate.info().version, &candidate.info().release),
            size_bytes: candidate.size_bytes(),
            ..StickItem::default()
        },
        Found::Refused { file, reason } => StickItem {
            file: file.clone(),
            title: file.clone(),
            refusal: Some(reason.sentence(lang)),
            ..StickItem::default()
        },
    }
}

#[cfg(test)]
mod tests;
