//! What one visit can add at most. A visit is remembered as a set of cells, so
//! neither order nor repetition of what happened is kept even in memory.

use xinting_wire::{CELL_COUNT, Cell};

use crate::fact::{Audience, Fact};

/// The most cells one visit can raise, each by one. A thorough visit (audience,
/// four doors, a check, an article, a practice to its end, a call) raises
/// eleven; what goes beyond twelve is cut, doors first. Noise, when it comes,
/// is scaled by this number, so it is no larger than such a visit needs.
pub const CONTRIBUTION_BOUND: usize = 12;

/// Which cells are kept first when a visit touched more than
/// [`CONTRIBUTION_BOUND`]: what says whether help was reached, then what was
/// used, then which doors were opened. Fixed, so that what is cut never depends
/// on the order of things within the visit.
const PRIORITY: [Cell; CELL_COUNT] = [
    Cell::Visits,
    Cell::VisitsPrimary,
    Cell::VisitsJunior,
    Cell::VisitsSenior,
    Cell::VisitsParent,
    Cell::CallLineOpen,
    Cell::CallNoLine,
    Cell::CallNoAnswer,
    Cell::CallBusy,
    Cell::CallFailed,
    Cell::CallCancelled,
    Cell::CheckPhqA,
    Cell::CheckGad7,
    Cell::CheckWho5,
    Cell::CheckCheckIn,
    Cell::CheckOther,
    Cell::PracticeBreathingFinished,
    Cell::PracticeMuscleFinished,
    Cell::PracticeSoundscapeFinished,
    Cell::PracticeOtherFinished,
    Cell::PracticeFeltCalmer,
    Cell::PracticeFeltSame,
    Cell::PracticeFeltNot,
    Cell::ArticlesRead,
    Cell::PracticeBreathingStarted,
    Cell::PracticeMuscleStarted,
    Cell::PracticeSoundscapeStarted,
    Cell::PracticeOtherStarted,
    Cell::DoorSelfCheck,
    Cell::DoorLearn,
    Cell::DoorRelax,
    Cell::DoorTalk,
    Cell::DoorImmersive,
    Cell::DoorCounsellor,
];

/// One of these at most: a booth asks once. Of several the first counts,
/// whatever the order within the visit.
const FELT: [Cell; 3] = [
    Cell::PracticeFeltNot,
    Cell::PracticeFeltSame,
    Cell::PracticeFeltCalmer,
];

/// The facts of one visit. Holds at most one audience, at most one word on how a
/// practice was, and every other cell at most once. Not `Clone`: a visit is added to a tally once.
#[derive(Debug, PartialEq, Eq)]
pub struct VisitFacts {
    seen: [bool; CELL_COUNT],
    audience: Option<Audience>,
}

impl VisitFacts {
    /// A visit of which nothing is known; adds nothing to a tally.
    #[must_use]
    pub fn new() -> Self {
        Self {
            seen: [false; CELL_COUNT],
            audience: None,
        }
    }

    /// Notes a fact. Any fact implies that there was a visit.
    pub fn record(&mut self, fact: Fact) {
        self.seen[Cell::Visits.index()] = true;
        match fact {
            Fact::Audience(audience) => self.audience = Some(audience),
            Fact::VisitBegan
            | Fact::DoorOpened(_)
            | Fact::CheckCompleted(_)
            | Fact::ArticleRead
            | Fact::PracticeStarted(_)
            | Fact::PracticeFinished(_)
            | Fact::Felt(_)
            | Fact::CallEnded(_) => self.seen[fact.cell().index()] = true,
        }
    }

    /// The cells this visit raises by one: distinct, and at most
    /// [`CONTRIBUTION_BOUND`] of them.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + '_ {
        PRIORITY
            .into_iter()
            .filter(|cell| self.touches(*cell))
            .take(CONTRIBUTION_BOUND)
    }

    fn touches(&self, cell: Cell) -> bool {
        let chosen = self
            .audience
            .map(|audience| Fact::Audience(audience).cell());
        let felt = FELT.into_iter().find(|felt| self.seen[felt.index()]);
        if FELT.contains(&cell) {
            return felt == Some(cell);
        }
        self.seen[cell.index()] || chosen == Some(cell)
    }
}

impl Default for VisitFacts {
    fn default() -> Self {
        Self::new()
    }
}
