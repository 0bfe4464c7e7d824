//! The three states of a booth: nobody here, a visit, maintenance. Each consumes itself; a visit
//! that is left is dropped with everything it held.

mod attract;
mod maintenance;
pub(crate) mod visit;

pub(crate) use attract::Attract;
pub(crate) use maintenance::Maintenance;
pub(crate) use visit::Visit;

pub use visit::SOUNDING_BEDS;

use crate::session::Shared;
use crate::{Effect, Input, Now};

/// Where the booth is.
pub(crate) enum State {
    /// Nobody is here.
    Attract(Attract),
    /// Somebody is.
    Visit(Box<Visit>),
    /// The admin is.
    Maintenance(Maintenance),
}

impl State {
    /// Serves every deadline that has come due.
    pub(crate) fn serve(self, now: Now, shared: &mut Shared) -> (State, Vec<Effect>) {
        match self {
            State::Attract(attract) => (State::Attract(attract), Vec::new()),
            State::Visit(visit) => visit.serve(now, shared),
            State::Maintenance(maintenance) => (maintenance.serve(now), Vec::new()),
        }
    }

    /// Takes one input.
    pub(crate) fn handle(
        self,
        now: Now,
        input: Input,
        shared: &mut Shared,
    ) -> (State, Vec<Effect>) {
        match self {
            State::Attract(attract) => attract.handle(now, input, shared),
            State::Visit(visit) => visit.handle(now, input, shared),
            State::Maintenance(maintenance) => maintenance.handle(now, input, shared),
        }
    }
}
