//! Which coarse facts of this visit have been told, so that none is told twice. Nothing here knows
//! an answer.

use crate::{Door, Effect, Fact, Felt};
use xinting_content::{ArticleId, InstrumentId, PracticeId};

/// One thing of a visit that is told once.
#[derive(PartialEq, Eq)]
pub(super) enum Once {
    Door(Door),
    Check(InstrumentId),
    Article(ArticleId),
    Started(PracticeId),
    Finished(PracticeId),
    Felt(Felt),
}

impl Once {
    fn fact(&self) -> Fact {
        match self {
            Once::Door(door) => Fact::DoorOpened(*door),
            Once::Check(instrument) => Fact::CheckCompleted(instrument.clone()),
            Once::Article(_) => Fact::ArticleOpened,
            Once::Started(practice) => Fact::PracticeStarted(practice.clone()),
            Once::Finished(practice) => Fact::PracticeFinished(practice.clone()),
            Once::Felt(felt) => Fact::Felt(*felt),
        }
    }
}

/// The things told so far.
#[derive(Default)]
pub(super) struct Counted {
    told: Vec<Once>,
}

impl Counted {
    /// Tells it, the first time.
    pub(super) fn tell(&mut self, once: Once, out: &mut Vec<Effect>) {
        if !self.told.contains(&once) {
            out.push(Effect::Count(once.fact()));
            self.told.push(once);
        }
    }
}
