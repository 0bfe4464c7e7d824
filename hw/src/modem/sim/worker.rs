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
        match self.machine.steer(now, verb) {
            Some(SimVerb::Unplug) => self.pty = None,
            Some(SimVerb::Plug) => {
                if self.pty.is_none() {
                    self.machine.power_cycle(now);
                    self.pty = Some(Pty::open(&self.link)?);
                }
            }
            Some(SimVerb::Rename(link)) => {
                // The old name goes first, as when USB enumerates anew.
                self.pty = None;
                self.pty = Some(Pty::open(&link)?);
                self.link = link;
            }
            // Done.
            Some(_) | None => {}
        }
        Ok(())
    }
}
