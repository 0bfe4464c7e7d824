//! The far end of the line: a simulated modem on a pty that notes when each command arrived, and may take its time
//! with the answers. No answer is invented here; they are the simulator's.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fd::OwnedFd;
use xinting_hw::modem::sim::pty::Pty;
use xinting_hw::modem::sim::{Machine, SimTiming};

/// One thing that happened at this end.
#[derive(Debug)]
pub(crate) enum Seen {
    /// A whole command line, at the moment of the read that ended it.
    Command(Instant, String),
    /// The last byte of an answer was written.
    Answered(Instant),
    /// The port is gone or there again.
    Port(Instant),
}

enum Order {
    Unplug,
    Plug,
    Think(Duration),
}

/// A running far end; dropping it takes the port away.
pub(crate) struct FarEnd {
    orders: Option<Sender<Order>>,
    wake: Arc<OwnedFd>,
    thread: Option<JoinHandle<()>>,
    /// What happened, in order.
    pub(crate) seen: Receiver<Seen>,
}

impl FarEnd {
    pub(crate) fn start(link: &Path, timing: SimTiming) -> Self {
        let wake = Arc::new(
            eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).expect("a wake-up counter"),
        );
        let (orders, inbox) = channel();
        let (tell, seen) = channel();
        let worker = Worker {
            machine: Machine::new(timing),
            pty: Some(Pty::open(link).expect("a pty")),
            link: link.to_owned(),
            inbox,
            wake: Arc::clone(&wake),
            tell,
            started: Instant::now(),
            typed: Vec::new(),
            think: Duration::ZERO,
            held: VecDeque::new(),
        };
        let thread = std::thread::spawn(move || worker.run());
        Self {
            orders: Some(orders),
            wake,
            thread: Some(thread),
            seen,
        }
    }

    /// The port vanishes; gives the moment just before.
    pub(crate) fn unplug(&self) -> Instant {
        self.order(Order::Unplug)
    }

    /// The port comes back, the modem freshly started; gives the moment just before.
    pub(crate) fn plug(&self) -> Instant {
        self.order(Order::Plug)
    }

    /// How long every answer takes from now on.
    pub(crate) fn think(&self, time: Duration) {
        self.order(Order::Think(time));
    }

    fn order(&self, order: Order) -> Instant {
        while self.seen.try_recv().is_ok() {}
        let orders = self.orders.as_ref().expect("invariant: running");
        let is_thought = matches!(order, Order::Think(_));
        orders.send(order).expect("the far end runs");
        nudge(&self.wake);
        if is_thought {
            return Instant::now();
        }
        loop {
            match self.next(Duration::from_secs(5)) {
                Some(Seen::Port(at)) => return at,
                Some(_) => {}
                None => panic!("the far end does not obey"),
            }
        }
    }

    /// What happens next, if it happens within `patience`.
    pub(crate) fn next(&self, patience: Duration) -> Option<Seen> {
        self.seen.recv_timeout(patience).ok()
    }

    /// When the next command that fits arrives.
    pub(crate) fn command(&self, fits: impl Fn(&str) -> bool) -> Instant {
        loop {
            match self.next(Duration::from_secs(20)) {
                Some(Seen::Command(at, line)) if fits(&line) => return at,
                Some(_) => {}
                None => panic!("the command that was waited for never came"),
            }
        }
    }
}

impl Drop for FarEnd {
    fn drop(&mut self) {
        self.orders = None;
        nudge(&self.wake);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

pub(crate) fn nudge(wake: &OwnedFd) {
    let _ = rustix::io::write(wake, &1_u64.to_ne_bytes());
}

/// A span as `poll` wants it.
pub(crate) fn timespec(time: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(time.subsec_nanos()),
    }
}

struct Worker {
    machine: Machine,
    pty: Option<Pty>,
    link: PathBuf,
    inbox: Receiver<Order>,
    wake: Arc<OwnedFd>,
    tell: Sender<Seen>,
    started: Instant,
    typed: Vec<u8>,
    think: Duration,
    held: VecDeque<(Duration, Vec<u8>)>,
}

impl Worker {
    fn run(mut self) {
        let mut buffer = [0_u8; 1024];
        loop {
            let now = self.started.elapsed();
            self.machine.tick(now);
            let said = self.machine.take_output();
            if !said.is_empty() {
                self.held.push_back((now + self.think, said));
            }
            self.speak(now);
            self.wait(now);
            if let Some(pty) = &self.pty {
                let count = pty.read(&mut buffer);
                let at = Instant::now();
                for byte in &buffer[..count] {
                    if *byte == b'\r' {
                        let line =
                            String::from_utf8_lossy(&std::mem::take(&mut self.typed)).into_owned();
                        drop(self.tell.send(Seen::Command(at, line)));
                    } else {
                        self.typed.push(*byte);
                    }
                }
                self.machine.feed(self.started.elapsed(), &buffer[..count]);
            }
            loop {
                match self.inbox.try_recv() {
                    Ok(order) => self.obey(order),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return,
                }
            }
        }
    }

    fn speak(&mut self, now: Duration) {
        while let Some((_, said)) = self.held.pop_front_if(|(due, _)| *due <= now) {
            if let Some(pty) = &self.pty {
                pty.write(&said);
                drop(self.tell.send(Seen::Answered(Instant::now())));
            }
        }
    }

    fn wait(&self, now: Duration) {
        let due = self.held.front().map(|(due, _)| *due);
        let until = [due, self.machine.next_deadline()]
            .into_iter()
            .flatten()
            .min();
        let timeout = until.map(|until| timespec(until.saturating_sub(now)));
        let mut fds = vec![PollFd::new(&*self.wake, PollFlags::IN)];
        if let Some(pty) = &self.pty {
            fds.push(PollFd::from_borrowed_fd(pty.master(), PollFlags::IN));
        }
        let _ = poll(&mut fds, timeout.as_ref());
        let mut count = [0_u8; 8];
        let _ = rustix::io::read(&*self.wake, &mut count);
    }

    fn obey(&mut self, order: Order) {
        let at = Instant::now();
        match order {
            Order::Unplug => {
                self.pty = None;
                self.held.clear();
            }
            Order::Plug => {
                self.machine.restart(self.started.elapsed());
                self.typed.clear();
                self.pty = Some(Pty::open(&self.link).expect("a pty"));
            }
            Order::Think(time) => return self.think = time,
        }
        drop(self.tell.send(Seen::Port(at)));
    }
}
