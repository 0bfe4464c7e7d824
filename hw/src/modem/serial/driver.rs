//! The loop of the driver: one thread, one `poll`, on the port, a wake-up counter, and a power command that runs.
//!
//! Deliberately not here: AT commands, which belong to [`Core`], and which port is the right one
//! ([`super::identity`]).

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::identity::Search;
use super::intake::Intake;
use super::outbox::Outbox;
use super::port::{Moved, Port};
use super::power::{PowerCommand, Progress};
use super::{LAST_HANG_UP, LOOK_EVERY, ModemConfig};
use crate::modem::{
    AbsentCause, Core, CoreOptions, DriverRequest, ModemCommand, ModemEvent, PowerCycleError,
};

/// How soon a write that the port did not take is tried again.
const WRITE_RETRY: Duration = Duration::from_millis(20);
/// Between letting a port go and opening it anew: what replaced it may not be there yet, and a module must see its
/// control lines fall.
const SETTLE: Duration = Duration::from_millis(250);

pub(super) struct Driver {
    core: Core,
    search: Option<Search>,
    port: Option<Port>,
    outbox: Outbox,
    intake: Intake,
    power_argv: Option<Vec<String>>,
    power: Option<PowerCommand>,
    inbox: Receiver<ModemCommand>,
    wake: Arc<OwnedFd>,
    turns: Arc<AtomicU64>,
    started: Instant,
    look_at: Duration,
    last_cause: Option<AbsentCause>,
    on_event: Box<dyn FnMut(ModemEvent) + Send>,
}

/// What became of the handle.
enum Inbox {
    Open,
    Closed,
}

impl Driver {
    pub(super) fn new(
        config: ModemConfig,
        inbox: Receiver<ModemCommand>,
        wake: Arc<OwnedFd>,
        turns: Arc<AtomicU64>,
        on_event: Box<dyn FnMut(ModemEvent) + Send>,
    ) -> Self {
        let options = CoreOptions {
            timings: config.timings,
            pin: config.pin,
        };
        Self {
            core: Core::new(options),
            search: config
                .port
                .map(|choice| Search::new(choice, config.devices)),
            port: None,
            outbox: Outbox::default(),
            intake: Intake::default(),
            power_argv: config.power_command,
            power: None,
            inbox,
            wake,
            turns,
            started: Instant::now(),
            look_at: Duration::ZERO,
            last_cause: None,
            on_event,
        }
    }

    pub(super) fn run(mut self) {
        if self.search.is_none() {
            self.core.port_absent(AbsentCause::NotConfigured);
        }
        let mut stop_at: Option<Duration> = None;
        loop {
            self.turns.fetch_add(1, Ordering::Relaxed);
            let now = self.started.elapsed();
            if stop_at.is_none() {
                self.look_for_port(now);
                if let Inbox::Closed = self.take_commands(now) {
                    self.core.command(now, ModemCommand::HangUp);
                    stop_at = Some(now + LAST_HANG_UP);
                }
            }
            if self.core.poll_timeout().is_some_and(|at| at <= now) {
                self.core.handle_timeout(now);
            }
            self.serve(now);
            self.write();
            self.report();
            if stop_at.is_some_and(|at| at <= now || !self.core.is_busy()) {
                // A power command that still runs goes on: ended half way it would leave the module without power.
                return;
            }
            if let Some(ready) = self.wait(now, stop_at) {
                self.read(ready);
            }
        }
    }

    fn take_commands(&mut self, now: Duration) -> Inbox {
        loop {
            match self.inbox.try_recv() {
                Ok(command) => self.core.command(now, command),
                Err(TryRecvError::Empty) => return Inbox::Open,
                Err(TryRecvError::Disconnected) => return Inbox::Closed,
            }
        }
    }

    // ---- the port ----

    fn look_for_port(&mut self, now: Duration) {
        if self.port.is_some() || now < self.look_at {
            return;
        }
        let Some(search) = &mut self.search else {
            return;
        };
        self.look_at = now + LOOK_EVERY;
        let opened = search.find().and_then(|path| {
            let port = Port::open(&path)?;
            search.opened(port.number())?;
            Ok((path, port))
        });
        match opened {
            Ok((path, port)) => {
                tracing::info!(port = %path.display(), "modem port open");
                self.port = Some(port);
                self.last_cause = None;
                self.outbox.open();
                self.core.port_opened(now);
            }
            Err(cause) => {
                if self.last_cause != Some(cause) {
                    tracing::warn!(port = %search.choice(), ?cause, "modem port cannot be opened");
                    self.last_cause = Some(cause);
                }
                self.core.port_absent(cause);
            }
        }
    }

    fn let_port_go(&mut self) {
        if self.port.take().is_none() {
            return;
        }
        self.outbox.lose();
        if let Some(search) = &mut self.search {
            search.lost();
        }
        self.look_at = self.started.elapsed() + SETTLE;
    }

    fn lose_port(&mut self, why: &dyn std::fmt::Display) {
        tracing::warn!(%why, "modem port lost");
        self.let_port_go();
        self.core.port_absent(AbsentCause::NoSuchPort);
    }

    // ---- what the core asks for ----

    fn serve(&mut self, now: Duration) {
        if let Some(power) = &mut self.power {
            let progress = power.poll(now);
            if matches!(progress, Progress::Ended(_) | Progress::Over) {
                self.power = None;
            }
            match progress {
                Progress::Ended(result) => self.core.power_cycled(now, result),
                Progress::TimedOut => self.core.power_cycled(now, Err(PowerCycleError::Failed)),
                Progress::Running | Progress::Over => {}
            }
        }
        while let Some(request) = self.core.poll_driver() {
            match request {
                DriverRequest::PowerCycle => self.cycle_power(now),
                DriverRequest::Reopen => {
                    tracing::info!("modem port let go to be opened anew");
                    self.let_port_go();
                }
            }
        }
    }

    fn cycle_power(&mut self, now: Duration) {
        if self.power.is_some() {
            // One that does not even end when killed will do nothing for a second one.
            return self.core.power_cycled(now, Err(PowerCycleError::Failed));
        }
        match PowerCommand::start(self.power_argv.as_deref(), now) {
            Ok(command) => {
                tracing::warn!("the modem does not answer: its power command runs");
                self.power = Some(command);
            }
            Err(error) => self.core.power_cycled(now, Err(error)),
        }
    }

    // ---- bytes ----

    fn write(&mut self) {
        loop {
            let Some(port) = &self.port else {
                while self.core.poll_transmit().is_some() {}
                return;
            };
            if self.outbox.is_empty() {
                let Some(command) = self.core.poll_transmit() else {
                    return;
                };
                if port.is_stuck() {
                    return self.lose_port(&"the module takes no bytes");
                }
                self.outbox.push(&command);
            }
            match port.write(self.outbox.waiting()) {
                Ok(Moved::Bytes(count)) => self.outbox.took(count),
                Ok(Moved::Later) => {
                    while let Some(command) = self.core.poll_transmit() {
                        self.outbox.push(&command);
                    }
                    if self.outbox.is_stuck() {
                        self.lose_port(&"the module takes no bytes");
                    }
                    return;
                }
                Err(error) => self.lose_port(&error),
            }
        }
    }

    fn report(&mut self) {
        while let Some(event) = self.core.poll_event() {
            (self.on_event)(event);
        }
    }

    /// Sleeps until bytes, a command, or a deadline; what the port has to say.
    fn wait(&self, now: Duration, stop_at: Option<Duration>) -> Option<PollFlags> {
        let look = (self.port.is_none() && self.search.is_some()).then_some(self.look_at);
        let retry_write = (!self.outbox.is_empty()).then_some(now + WRITE_RETRY);
        let closed_until = self.intake.closed_until(now);
        let power = self.power.as_ref();
        let until = [
            self.core.poll_timeout(),
            look,
            stop_at,
            retry_write,
            closed_until.filter(|_| self.port.is_some()),
            power.and_then(|power| power.poll_timeout(now)),
        ]
        .into_iter()
        .flatten()
        .min();
        let timeout = until.map(|until| {
            let pause = until.saturating_sub(now);
            Timespec {
                tv_sec: i64::try_from(pause.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: i64::from(pause.subsec_nanos()),
            }
        });
        // That a port is gone is told whether or not its bytes are wanted.
        let wanted = match closed_until {
            None => PollFlags::IN,
            Some(_) => PollFlags::empty(),
        };
        let port = self.port.as_ref().map(Port::fd);
        let power = power.and_then(PowerCommand::fd);
        let mut fds = vec![PollFd::new(&*self.wake, PollFlags::IN)];
        fds.extend(port.map(|fd| PollFd::from_borrowed_fd(fd, wanted)));
        fds.extend(power.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)));
        // An interrupted sleep is a short sleep.
        let _ = poll(&mut fds, timeout.as_ref());
        let said = port.and_then(|_| fds.get(1)).map(PollFd::revents);
        let mut count = [0_u8; 8];
        let _ = rustix::io::read(self.wake.as_fd(), &mut count);
        said.filter(|said| !said.is_empty())
    }

    fn read(&mut self, said: PollFlags) {
        let Some(port) = &self.port else { return };
        let mut buffer = [0_u8; 2_048];
        match port.read(&mut buffer) {
            Ok(Moved::Bytes(count)) => {
                let now = self.started.elapsed();
                if self.intake.took(now, count) {
                    tracing::warn!("more bytes than any module sends; the rest is read slowly");
                }
                self.core.handle_bytes(now, &buffer[..count]);
            }
            // Nothing to read, and yet `poll` would come back at once for ever.
            Ok(Moved::Later) if said.intersects(GONE) => self.lose_port(&"the port hung up"),
            Ok(Moved::Later) => {}
            Err(error) => self.lose_port(&error),
        }
    }
}

const GONE: PollFlags = PollFlags::HUP.union(PollFlags::ERR).union(PollFlags::NVAL);
