//! The words of [`SimVerb`] done to the modem.

use std::time::Duration;

use super::Machine;
use crate::modem::sim::script::SimVerb;

impl Machine {
    /// Does what `verb` says; gives it back when it is about the port, which a modem without one knows nothing of.
    pub fn steer(&mut self, now: Duration, verb: SimVerb) -> Option<SimVerb> {
        self.tick(now);
        match verb {
            SimVerb::Unplug | SimVerb::Plug | SimVerb::Rename(_) => return Some(verb),
            SimVerb::Next(next) => self.set_next_call(next),
            SimVerb::HangUp => self.remote_hang_up(),
            SimVerb::Ring => self.ring(),
            SimVerb::Reset => self.restart(now),
            SimVerb::PowerCycle => self.power_cycle(now),
            SimVerb::Profile(profile) => self.become_profile(now, profile),
            SimVerb::Fail(fault) => self.fail_next(fault),
            SimVerb::FailAlways(fault) => self.fail_repeatedly(fault),
            SimVerb::Clear(fault) => self.clear(fault),
            SimVerb::ClearAll => self.clear_all(),
            SimVerb::Signal(csq) => self.set_signal(csq),
            SimVerb::RadioOff => self.radio_off(),
            SimVerb::Network(network) => self.set_network(network),
            SimVerb::Card(inserted) => self.set_card_inserted(inserted),
            SimVerb::Pin(pin) => self.set_pin(pin),
            SimVerb::Puk => self.block_card(),
            SimVerb::Volte(on) => self.set_volte(on),
            SimVerb::DialStyle(style) => self.set_dial_style(style),
            SimVerb::ListForm(form) => self.set_list_form(form),
            SimVerb::LineEnds(ends) => self.set_line_ends(ends),
        }
        None
    }
}
