//! From what a session says about a visit to what may be counted of it. Nothing is counted or kept here.

use xinting_content::instrument::InstrumentKind;
use xinting_content::practice::PracticeKind;
use xinting_content::{Audience, InstrumentId, Library, PracticeId};
use xinting_session::{CallOutcome, Door, Fact, Felt};
use xinting_usage as usage;

/// The countable side of a session's fact.
#[must_use]
pub fn countable(fact: &Fact, library: &Library) -> usage::Fact {
    match fact {
        Fact::VisitBegan => usage::Fact::VisitBegan,
        Fact::Audience(audience) => usage::Fact::Audience(match audience {
            Audience::Primary => usage::Audience::Primary,
            Audience::Junior => usage::Audience::Junior,
            Audience::Senior => usage::Audience::Senior,
            Audience::Parent => usage::Audience::Parent,
        }),
        Fact::DoorOpened(door) => usage::Fact::DoorOpened(match door {
            Door::SelfCheck => usage::Door::SelfCheck,
            Door::Learn => usage::Door::Learn,
            Door::Relax => usage::Door::Relax,
            Door::Counsellor => usage::Door::Counsellor,
        }),
        Fact::CheckCompleted(id) => usage::Fact::CheckCompleted(check(id, library)),
        Fact::ArticleOpened => usage::Fact::ArticleRead,
        Fact::PracticeStarted(id) => usage::Fact::PracticeStarted(practice(id, library)),
        Fact::PracticeFinished(id) => usage::Fact::PracticeFinished(practice(id, library)),
        Fact::Felt(felt) => usage::Fact::Felt(match felt {
            Felt::Calmer => usage::Felt::Calmer,
            Felt::Same => usage::Felt::Same,
            Felt::Not => usage::Felt::Not,
        }),
        Fact::CallEnded { reached, outcome } => usage::Fact::CallEnded(match (reached, outcome) {
            (true, _) => usage::CallOutcome::LineOpen,
            (false, None | Some(CallOutcome::HungUpHere)) => usage::CallOutcome::Cancelled,
            (false, Some(CallOutcome::Busy)) => usage::CallOutcome::Busy,
            (false, Some(CallOutcome::NoAnswer)) => usage::CallOutcome::NoAnswer,
            (
                false,
                Some(
                    CallOutcome::NoModem
                    | CallOutcome::NoSim
                    | CallOutcome::NoNetwork
                    | CallOutcome::Lost,
                ),
            ) => usage::CallOutcome::NoLine,
            (false, Some(CallOutcome::RemoteEnded | CallOutcome::Failed)) => {
                usage::CallOutcome::Failed
            }
        }),
    }
}

fn check(id: &InstrumentId, library: &Library) -> usage::Check {
    let kind = library.instrument(id).map(|instrument| instrument.kind);
    usage::Check::of_instrument(id.as_str(), kind == Some(InstrumentKind::CheckIn))
}

fn practice(id: &PracticeId, library: &Library) -> usage::Practice {
    match library.practice(id).map(|practice| practice.kind) {
        Some(PracticeKind::Breathing { .. }) => usage::Practice::Breathing,
        Some(PracticeKind::Soundscape) => usage::Practice::Soundscape,
        // The one muscle relaxation of the starter pack, by its id: a pack cannot name a cell of its own.
        Some(PracticeKind::Guided) if id.as_str() == "soft-muscles" => usage::Practice::Muscle,
        Some(PracticeKind::Guided) | None => usage::Practice::Other,
    }
}
