//! The thread that a simulated modem runs on: moves bytes between machine and port, and lets itself be steered.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;

use super::pty::Pty;
use super::{Machine, SimError, SimVerb};

/// What the handle asks of the thread.
pub(super) enum Request {
    Verb(SimVerb, SyncSender<Result<(), SimError>>),
    Look(Box<dyn FnOnce(&Machine) + Send>),
}

pub(super) struct Worker {
    pub(super) machine: Machine,
    pub(super) pty: Option<Pty>,
    pub(super) link: PathBuf,
    pub(super) inbox: Receiver<Request>,
    pub(super) wake: Arc<OwnedFd>,
    pub(super) started: Instant,
    /// The file whose appearance cuts the power for a moment.
    pub(super) power_file: Option<PathBuf>,
}

impl Worker {
    /// How often a quiet port is tidied (see [`Pty::tidy`]).
    const TIDY_EVERY: Duration = Duration::from_millis(250);

    pub(super) fn run(mut self) {
        let mut buffer = [0_u8; 1024];
        loop {
            let now = self.started.elapsed();
            self.look_for_power_cut(now);
            self.machine.tick(now);
            let said = self.machine.take_output();
            // Nobody hears a modem without a port.
            if let Some(pty) = &self.pty {
                pty.write(&said);
                pty.tidy();
            }
            self.wait(now);
            if let Some(pty) = &self.pty {
                let count = pty.read(&mut buffer);
                self.machine.feed(self.started.elapsed(), &buffer[..count]);
            }
            loop {
                match self.inbox.try_recv() {
                    Ok(request) => self.serve(request),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return,
                }
            }
        }
    }

    fn wait(&self, now: Duration) {
        let pause = match self.machine.next_deadline() {
            Some(deadline) => deadline.saturating_sub(now).min(Self::TIDY_EVERY),
            None => Self::TIDY_EVERY,
        };
        let timeout = Timespec {
            tv_sec: 0,
            tv_nsec: i64::from(pause.subsec_nanos()),
        };
        let mut fds = vec![PollFd::new(&*self.wake, PollFlags::IN)];
        if let Some(pty) = &self.pty {
            fds.push(PollFd::from_borrowed_fd(pty.master(), PollFlags::IN));
        }
        // An interrupted wait is a short wait.
        let _ = poll(&mut fds, Some(&timeout));
        let mut count = [0_u8; 8];
        let _ = rustix::io::read(&*self.wake, &mut count);
    }

    /// A power command can only run a program; this is how one reaches a simulated modem.
    fn look_for_power_cut(&mut self, now: Duration) {
        if let Some(file) = &self.power_file
            && std::fs::remove_file(file).is_ok()
        {
            self.machine.power_cycle(now);
        }
    }

    fn serve(&mut self, request: Request) {
        match request {
            // A caller that has stopped waiting for its answer is no concern of the modem.
            Request::Verb(verb, reply) => drop(reply.send(self.obey(verb))),
            Request::Look(look) => look(&self.machine),
        }
    }

    fn obey(&mut self, verb: SimVerb) -> Result<(), SimError> {
        let now = self.started.elapsed();
        match verb {
            SimVerb::Unplug => self.pty = None,
            SimVerb::Plug => {
                if self.pty.is_none() {
                    self.machine.power_cycle(now);
                    self.pty = Some(Pty::open(&self.link)?);
                }
            }
            SimVerb::Rename(link) => {
                self.pty = None;
                self.pty = Some(Pty::open(&link)?);
                self.link = link;
            }
            SimVerb::Next(next) => self.machine.set_next_call(next),
            SimVerb::HangUp => self.machine.remote_hang_up(),
            SimVerb::Ring => self.machine.ring(),
            SimVerb::Reset => self.machine.restart(now),
            SimVerb::PowerCycle => self.machine.power_cycle(now),
            SimVerb::Profile(profile) => self.machine.become_profile(now, profile),
            SimVerb::Fail(fault) => self.machine.fail_next(fault),
            SimVerb::FailAlways(fault) => self.machine.fail_repeatedly(fault),
            SimVerb::Clear(fault) => self.machine.clear(fault),
            SimVerb::ClearAll => self.machine.clear_all(),
            SimVerb::Signal(csq) => self.machine.set_signal(csq),
            SimVerb::RadioOff => self.machine.radio_off(),
            SimVerb::Network(network) => self.machine.set_network(network),
            SimVerb::Card(inserted) => self.machine.set_card_inserted(inserted),
            SimVerb::Pin(pin) => self.machine.set_pin(pin),
            SimVerb::Puk => self.machine.block_card(),
            SimVerb::Volte(on) => self.machine.set_volte(on),
            SimVerb::DialStyle(style) => self.machine.set_dial_style(style),
            SimVerb::ListForm(form) => self.machine.set_list_form(form),
            SimVerb::LineEnds(ends) => self.machine.set_line_ends(ends),
        }
        Ok(())
    }
}
