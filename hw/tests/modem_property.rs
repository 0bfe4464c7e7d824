//! Promises of the protocol core that hold whatever the module does: it never panics, every call attempt ends once, in
//! a state that is true, within its deadline; and no call stays up after a hang-up was asked for.
//!
//! Core and simulated modem meet here without a port, in simulated time, so an hour passes in a moment.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use xinting_hw::modem::sim::{DialStyle, LineEnds, ListForm, Machine, Network, Profile};
use xinting_hw::modem::{
    CallOutcome, CallState, Core, DialNumber, DriverRequest, Fault, ModemCommand, ModemEvent,
    NextCall, SimOptions, Timings,
};

#[path = "modem_property/adversary.rs"]
mod adversary;

const MS: Duration = Duration::from_millis(1);

/// The longest a hang-up takes, with a module that answers everything wrongly or at the last moment: the command under
/// way; `+CHUP`, `+CVHU`, `ATH`, `+CHLD` twice and one step of the maker's; the radio off and on; and after each of the five
/// steps that end calls three looks, and three more for finals still owed.
fn longest_hang_up(timings: &Timings) -> Duration {
    timings.hang_up_wait
        + timings.command * 6
        + timings.radio * 2
        + (timings.command + timings.hang_up_check) * 5 * (3 + 3)
}

/// When an attempt has ended, whatever happens: the longest call, counted from the dial, and hanging it up.
fn deadline(timings: &Timings) -> Duration {
    timings.call_cap + longest_hang_up(timings)
}

fn number() -> DialNumber {
    DialNumber::new("10010").unwrap()
}

/// A core and a modem on one line, at one time.
struct Pair {
    core: Core,
    modem: Machine,
    now: Duration,
    states: Vec<CallState>,
    /// Most bytes the line carries at once, to split answers at odd places.
    chunk: usize,
    /// Calls the module held at the moment each end was reported.
    held_at_end: Vec<(CallOutcome, usize)>,
}

impl Pair {
    fn new(chunk: usize) -> Self {
        Self::with(chunk, Profile::default())
    }

    fn with(chunk: usize, profile: Profile) -> Self {
        let mut pair = Self {
            core: Core::new(Timings::fast().into()),
            modem: Machine::with(&SimOptions::fast().with_profile(profile)),
            now: Duration::ZERO,
            states: Vec::new(),
            chunk,
            held_at_end: Vec::new(),
        };
        pair.core.port_opened(pair.now);
        pair
    }

    /// Moves everything that wants to move at this moment.
    fn settle(&mut self) {
        // Each round answers at most one command, so this bounds a storm as well.
        for _ in 0..64 {
            let mut moved = false;
            while let Some(bytes) = self.core.poll_transmit() {
                moved = true;
                self.modem.feed(self.now, &bytes);
            }
            self.modem.tick(self.now);
            let said = self.modem.take_output();
            moved |= !said.is_empty();
            for part in said.chunks(self.chunk) {
                self.core.handle_bytes(self.now, part);
            }
            self.core.handle_timeout(self.now);
            while let Some(wish) = self.core.poll_driver() {
                moved = true;
                match wish {
                    DriverRequest::PowerCycle => {
                        self.modem.power_cycle(self.now);
                        self.core.power_cycled(self.now, Ok(()));
                    }
                    DriverRequest::Reopen => self.core.port_opened(self.now),
                }
            }
            while let Some(event) = self.core.poll_event() {
                if let ModemEvent::Call(state) = event {
                    if let CallState::Ended(outcome) = state {
                        self.held_at_end.push((outcome, self.modem.calls_up()));
                    }
                    self.states.push(state);
                }
            }
            if !moved {
                return;
            }
        }
    }

    /// Steps from deadline to deadline, at most `time` far.
    fn run(&mut self, time: Duration) {
        let until = self.now + time;
        self.settle();
        while self.now < until {
            let next = [self.core.poll_timeout(), self.modem.next_deadline()]
                .into_iter()
                .flatten()
                .min();
            self.now = next.unwrap_or(until).clamp(self.now + MS, until);
            self.settle();
        }
    }

    fn ended(&self) -> usize {
        self.states
            .iter()
            .filter(|state| matches!(state, CallState::Ended(_)))
            .count()
    }

    fn dial(&mut self) {
        self.core.command(self.now, ModemCommand::Dial(number()));
        self.settle();
    }

    fn hang_up(&mut self) {
        self.core.command(self.now, ModemCommand::HangUp);
        self.settle();
    }
}

fn any_fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        1 => (0_u16..200).prop_map(Fault::CmeError),
        8 => (0..Fault::WORDS.len()).prop_map(|index| Fault::WORDS[index].1),
    ]
}

fn any_profile() -> impl Strategy<Value = Profile> {
    let all: Vec<Profile> = Profile::all().collect();
    proptest::sample::select(all)
}

fn any_fate() -> impl Strategy<Value = NextCall> {
    prop_oneof![
        (0_u32..600).prop_map(|after| NextCall::Answer {
            after_ms: Some(after)
        }),
        Just(NextCall::Busy),
        Just(NextCall::NoAnswer),
        Just(NextCall::RingForever),
        Just(NextCall::NoCarrier),
        Just(NextCall::Refuse),
    ]
}

#[derive(Debug, Clone)]
enum Deed {
    Wait(u64),
    Dial,
    HangUp,
    Tone(char),
    Next(NextCall),
    Fail(Fault),
    FailAlways(Fault),
    ClearAll,
    RemoteHangUp,
    Ring,
    Restart,
    Replug,
    Style(DialStyle),
    Ends(LineEnds),
    Form(ListForm),
    Network(Network),
    Card(bool),
    Emergency,
}

fn any_deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0_u64..800).prop_map(Deed::Wait),
        3 => Just(Deed::Dial),
        2 => Just(Deed::HangUp),
        1 => any::<char>().prop_map(Deed::Tone),
        2 => any_fate().prop_map(Deed::Next),
        2 => any_fault().prop_map(Deed::Fail),
        1 => any_fault().prop_map(Deed::FailAlways),
        1 => Just(Deed::ClearAll),
        1 => Just(Deed::RemoteHangUp),
        1 => Just(Deed::Ring),
        1 => Just(Deed::Restart),
        1 => Just(Deed::Replug),
        1 => prop_oneof![
            Just(DialStyle::OkAtOnce), Just(DialStyle::ConnectWhenTaken), Just(DialStyle::OkWhenTaken)
        ].prop_map(Deed::Style),
        1 => prop_oneof![Just(LineEnds::CrLf), Just(LineEnds::Cr)].prop_map(Deed::Ends),
        1 => prop_oneof![
            Just(ListForm::Own), Just(ListForm::Unquoted), Just(ListForm::Short), Just(ListForm::Extra),
            Just(ListForm::DataMode),
        ].prop_map(Deed::Form),
        1 => prop_oneof![
            Just(Network::Home), Just(Network::Roaming), Just(Network::Denied), Just(Network::Lost { for_ms: None }),
            (0_u32..500).prop_map(|ms| Network::Lost { for_ms: Some(ms) }),
        ].prop_map(Deed::Network),
        1 => any::<bool>().prop_map(Deed::Card),
        1 => Just(Deed::Emergency),
    ]
}

/// A dial went out, a list came back: neither core nor simulator shows the number to whoever prints them.
#[test]
fn nothing_that_can_be_printed_shows_the_number() {
    let mut pair = Pair::new(7);
    pair.run(MS * 200);
    let command = ModemCommand::Dial(DialNumber::new("987654321").unwrap());
    let mut printed = format!("{command:?}");
    pair.core.command(pair.now, command);
    printed += &format!("{:?}", pair.core);
    while let Some(bytes) = pair.core.poll_transmit() {
        pair.modem.feed(pair.now, &bytes);
    }
    printed += &format!("{:?} {:?}", pair.core, pair.modem);
    pair.run(MS * 300);
    printed += &format!("{:?} {:?} {:?}", pair.core, pair.modem, pair.states);
    assert_eq!(pair.modem.calls_made(), ["987654321"]);
    assert!(!printed.contains("98765"), "{printed}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_end_a_call_once_and_in_time(
        before in vec(any::<u8>(), 0..400),
        script in vec((vec(any::<u8>(), 0..60), 0_u64..400), 0..80),
        hang_up_at in 0_usize..100,
    ) {
        let timings = Timings::fast();
        let mut core = Core::new(timings.clone().into());
        let mut now = Duration::ZERO;
        core.port_opened(now);
        core.handle_bytes(now, &before);
        core.command(now, ModemCommand::Dial(number()));
        for (index, (bytes, wait)) in script.iter().enumerate() {
            now += MS * u32::try_from(*wait).unwrap();
            core.handle_timeout(now);
            core.handle_bytes(now, bytes);
            if index == hang_up_at {
                core.command(now, ModemCommand::HangUp);
            }
            while core.poll_transmit().is_some() {}
        }
        // The cap for a whole call, and time to hang up; then nothing may be open any more.
        let until = now + deadline(&timings);
        while let Some(at) = core.poll_timeout().filter(|at| *at <= until) {
            now = at.max(now);
            core.handle_timeout(now);
            while core.poll_transmit().is_some() {}
        }
        let mut ends = 0;
        while let Some(event) = core.poll_event() {
            ends += usize::from(matches!(event, ModemEvent::Call(CallState::Ended(_))));
        }
        prop_assert_eq!(ends, 1);
        prop_assert!(!core.is_busy() || core.poll_timeout().is_some());
    }

    /// Bytes that look like answers go deeper than random ones.
    #[test]
    fn any_likely_lines_end_a_call_once_and_in_time(
        lines in vec((prop_oneof![
            Just("OK"), Just("ERROR"), Just("CONNECT"), Just("NO CARRIER"), Just("BUSY"), Just("RING"), Just("RDY"),
            Just("+CME ERROR: 30"), Just("+CLCC: 1,0,0,0,0,\"10010\",129"), Just("+CLCC: 1,0,2,0,0"),
            Just("+CLCC: 1,0,3,0,0,\"10010\",129"), Just("+CLCC: 1,0,6,0,0"), Just("+CLCC: 1,1,4,0,0,\"\",128"),
            Just("+CPIN: READY"), Just("+CREG: 0,1"), Just("+CEREG: 0,5"), Just("+CSQ: 20,99"), Just("+CFUN: 1"),
            Just("+CFUN: 0"), Just("+COPS: 0,0,\"X\""), Just(""),
        ], 0_u64..120), 0..300),
    ) {
        let timings = Timings::fast();
        let mut core = Core::new(timings.clone().into());
        let mut now = Duration::ZERO;
        core.port_opened(now);
        core.command(now, ModemCommand::Dial(number()));
        for (line, wait) in &lines {
            now += MS * u32::try_from(*wait).unwrap();
            core.handle_timeout(now);
            core.handle_bytes(now, format!("\r\n{line}\r\n").as_bytes());
            while core.poll_transmit().is_some() {}
        }
        let until = now + deadline(&timings);
        while let Some(at) = core.poll_timeout().filter(|at| *at <= until) {
            now = at.max(now);
            core.handle_timeout(now);
            while core.poll_transmit().is_some() {}
        }
        let mut ends = 0;
        while let Some(event) = core.poll_event() {
            ends += usize::from(matches!(event, ModemEvent::Call(CallState::Ended(_))));
        }
        prop_assert_eq!(ends, 1);
    }

    #[test]
    fn whatever_happens_calls_end_once_and_none_stays_up(
        chunk in 1_usize..40,
        profile in any_profile(),
        deeds in vec(any_deed(), 0..40),
    ) {
        let mut pair = Pair::with(chunk, profile);
        pair.run(MS * 200);
        let mut dials = 0;
        for deed in &deeds {
            match deed {
                Deed::Wait(time) => pair.run(MS * u32::try_from(*time).unwrap()),
                Deed::Dial => {
                    dials += 1;
                    pair.dial();
                }
                Deed::HangUp => pair.hang_up(),
                Deed::Tone(c) => pair.core.command(pair.now, ModemCommand::Dtmf(*c)),
                Deed::Next(fate) => pair.modem.set_next_call(*fate),
                Deed::Fail(fault) => pair.modem.fail_next(*fault),
                Deed::FailAlways(fault) => pair.modem.fail_repeatedly(*fault),
                Deed::ClearAll => pair.modem.clear_all(),
                Deed::RemoteHangUp => pair.modem.remote_hang_up(),
                Deed::Ring => pair.modem.ring(),
                Deed::Restart => pair.modem.restart(pair.now),
                Deed::Replug => {
                    // The port goes and comes back; the module and its call live on.
                    pair.core.port_absent(xinting_hw::modem::AbsentCause::NoSuchPort);
                    pair.settle();
                    pair.core.port_opened(pair.now);
                }
                Deed::Style(style) => pair.modem.set_dial_style(*style),
                Deed::Ends(ends) => pair.modem.set_line_ends(*ends),
                Deed::Form(form) => pair.modem.set_list_form(*form),
                Deed::Network(network) => pair.modem.set_network(*network),
                Deed::Card(inserted) => pair.modem.set_card_inserted(*inserted),
                Deed::Emergency => {
                    dials += 1;
                    pair.core.command(pair.now, ModemCommand::DialEmergency(number()));
                    pair.settle();
                }
            }
        }
        // The module is mended, the visitor leaves, and everything comes to rest.
        pair.modem.clear_all();
        pair.modem.set_network(Network::Home);
        pair.modem.set_card_inserted(true);
        pair.modem.set_list_form(ListForm::Own);
        pair.hang_up();
        pair.run(Duration::from_secs(40));
        prop_assert_eq!(pair.ended(), dials, "{:?}", pair.states);
        prop_assert_eq!(pair.modem.calls_up(), 0, "{:?}", pair.states);
        prop_assert!(pair.core.health().can_call(), "{:?}", pair.core.health());
    }

    /// With a module that does as 27.007 says, however slow and split its lines, what is reported is what is.
    #[test]
    fn what_is_reported_is_true(
        chunk in 1_usize..40,
        profile in any_profile(),
        calls in vec((any_fate(), 0_u64..900, any::<bool>()), 1..6),
        // The maker's own, or another.
        style in proptest::option::of(prop_oneof![
            Just(DialStyle::OkAtOnce), Just(DialStyle::ConnectWhenTaken), Just(DialStyle::OkWhenTaken)
        ]),
        // Faults that slow the truth down or hide it, and must not turn it into a lie.
        fault in prop_oneof![
            2 => Just(None),
            1 => Just(Some(Fault::LateFinal)),
            1 => Just(Some(Fault::Noise)),
            1 => Just(Some(Fault::ChupKeepsCall)),
            1 => Just(Some(Fault::AthKeepsCall)),
            1 => Just(Some(Fault::ActiveClccBareOk)),
        ],
    ) {
        let mut pair = Pair::with(chunk, profile);
        if let Some(style) = style {
            pair.modem.set_dial_style(style);
        }
        pair.run(MS * 200);
        for (fate, wait, remote) in calls {
            let first = pair.states.len();
            pair.modem.set_next_call(fate);
            pair.modem.clear_all();
            if let Some(fault) = fault {
                pair.modem.fail_next(fault);
            }
            pair.dial();
            pair.run(MS * u32::try_from(wait).unwrap());
            if remote {
                pair.modem.remote_hang_up();
                pair.run(MS * 200);
            }
            pair.hang_up();
            pair.run(Duration::from_secs(5));
            let states = &pair.states[first..];
            let opened = states.contains(&CallState::LineOpen);
            // The second attempt after an early end has a fate of its own, and is taken.
            let again = states.contains(&CallState::Redialling);
            // Some modules say that the line is open when it rings: it is, and nobody is claimed to be there.
            let ringback = profile.maker().opens_at_ringback();
            let taken = again || ringback || matches!(fate, NextCall::Answer { .. });
            prop_assert!(!opened || taken, "{:?}: {:?}", fate, states);
            let outcome = match states.last() {
                Some(CallState::Ended(outcome)) => *outcome,
                other => return Err(TestCaseError::fail(format!("{fate:?} ended in {other:?}"))),
            };
            let possible = match outcome {
                CallOutcome::Busy => fate == NextCall::Busy,
                CallOutcome::NoAnswer => fate == NextCall::NoAnswer,
                CallOutcome::NoCarrier => fate == NextCall::NoCarrier || remote,
                CallOutcome::RemoteEnded => opened && (remote || ringback),
                CallOutcome::Refused(_) => fate == NextCall::Refuse,
                CallOutcome::HungUpHere => true,
                CallOutcome::ModemLost | CallOutcome::TimedOut => false,
            };
            prop_assert!(possible, "{:?} with {:?}: {:?}", outcome, fate, states);
        }
        for (outcome, held) in &pair.held_at_end {
            prop_assert_eq!(*held, 0, "{:?} was reported while the module held a call", outcome);
        }
    }
}
