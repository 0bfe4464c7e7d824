//! The simulated modem under any bytes, any verbs and any passing of time.

use std::time::Duration;

use xinting_hw::modem::dialect::DialectId;
use xinting_hw::modem::sim::{Machine, Profile, SimOptions, SimVerb};

use super::stage::{Cue, Cues, NUMBERS};

/// Most calls a module can number (27.007 section 7.18).
const MOST_CALLS: usize = 7;

/// Plays an input to a machine that its first byte chooses: what is said goes into it as if a program had written it.
///
/// # Panics
/// When it floods, holds more calls than it can number, shows a number, or a deadline does not pass.
pub fn run(input: &[u8]) {
    let Some((which, script)) = input.split_first() else {
        return;
    };
    let dialect = DialectId::ALL[usize::from(*which) % DialectId::ALL.len()];
    let mut machine = machine(dialect, usize::from(*which) / DialectId::ALL.len());
    let mut now = Duration::ZERO;
    for cue in Cues::new(script) {
        let mut written = 0;
        match cue {
            Cue::Say(bytes) => {
                written = bytes.len();
                machine.feed(now, bytes);
            }
            Cue::Dial(index) => {
                let line = format!("ATD{};\r", NUMBERS[index]);
                written = line.len();
                machine.feed(now, line.as_bytes());
            }
            Cue::DialEmergency => machine.feed(now, b"ATD112;\r"),
            Cue::HangUp => machine.feed(now, b"AT+CHUP\r"),
            Cue::Wait(time) => now += time,
            Cue::WaitDeadline => now = machine.next_deadline().map_or(now, |at| at.max(now)),
            Cue::Verb(line) => {
                obey(&mut machine, now, line);
            }
            Cue::Unplug | Cue::Plug => machine.restart(now),
            Cue::Tone(_) | Cue::Volume(_) | Cue::Split => {}
        }
        machine.tick(now);
        assert!(machine.calls_up() <= MOST_CALLS);
        let said = machine.take_output().len();
        assert!(
            machine.next_deadline().is_none_or(|at| at > now),
            "a deadline that never passes"
        );
        // A flood is 32 KiB a tick, and several ticks may be merged; babble answers one short command with 4 KiB.
        assert!(
            said <= (1 << 20) + written * 4_096,
            "{said} bytes after {written}"
        );
    }
    let shown = format!("{machine:?}");
    assert!(!shown.contains(NUMBERS[0]), "{shown}");
}

/// A simulated modem of this family; `model` chooses among those the simulator has.
#[must_use]
pub fn machine(dialect: DialectId, model: usize) -> Machine {
    let models: Vec<Profile> = Profile::all()
        .filter(|profile| profile.maker().name() == dialect.name())
        .collect();
    let profile = models.get(model % models.len().max(1)).copied();
    Machine::with(&SimOptions {
        profile: profile.unwrap_or_default(),
        ..SimOptions::fast()
    })
}

/// What a verb means for the port, which the machine knows nothing of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForPort {
    /// Nothing.
    Nothing,
    /// It vanishes.
    Unplug,
    /// It comes back, the module freshly started.
    Plug,
    /// It vanishes and comes back, the module runs on.
    Blink,
}

/// Does what one line of the simulator's language says about the modem, and gives what it says about the port. A line
/// that is not understood changes nothing.
pub fn obey(machine: &mut Machine, now: Duration, line: &str) -> ForPort {
    let Ok(verb) = SimVerb::parse(line) else {
        return ForPort::Nothing;
    };
    match verb {
        SimVerb::Unplug => return ForPort::Unplug,
        SimVerb::Plug => return ForPort::Plug,
        SimVerb::Rename(_) => return ForPort::Blink,
        SimVerb::Next(next) => machine.set_next_call(next),
        SimVerb::HangUp => machine.remote_hang_up(),
        SimVerb::Ring => machine.ring(),
        SimVerb::Reset => machine.restart(now),
        SimVerb::PowerCycle => machine.power_cycle(now),
        SimVerb::Profile(profile) => machine.become_profile(now, profile),
        SimVerb::Fail(fault) => machine.fail_next(fault),
        SimVerb::FailAlways(fault) => machine.fail_repeatedly(fault),
        SimVerb::Clear(fault) => machine.clear(fault),
        SimVerb::ClearAll => machine.clear_all(),
        SimVerb::Signal(csq) => machine.set_signal(csq),
        SimVerb::RadioOff => machine.radio_off(),
        SimVerb::Network(network) => machine.set_network(network),
        SimVerb::Card(inserted) => machine.set_card_inserted(inserted),
        SimVerb::Pin(pin) => machine.set_pin(pin),
        SimVerb::Puk => machine.block_card(),
        SimVerb::Volte(on) => machine.set_volte(on),
        SimVerb::DialStyle(style) => machine.set_dial_style(style),
        SimVerb::ListForm(form) => machine.set_list_form(form),
        SimVerb::LineEnds(ends) => machine.set_line_ends(ends),
    }
    ForPort::Nothing
}
