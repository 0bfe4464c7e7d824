//! How a school uses a booth, as dice: weekdays and weekends, quiet and busy
//! schools, short visits mostly. A stand-in for people, with no claim to be a
//! study of them.

use jiff::civil::{Date, Weekday};
use xinting_usage::{Audience, CallOutcome, Cell, Check, Door, Fact, Felt, Practice, VisitFacts};

/// SplitMix64: small, seedable, the same on every machine. Not for secrets.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 to one below `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.next() % sides.max(1)
    }

    /// True `percent` times in a hundred.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }

    fn pick<T: Copy, const N: usize>(&mut self, from: [(u64, T); N]) -> T {
        let mut left = self.roll(from.iter().map(|(weight, _)| weight).sum());
        for (weight, value) in from {
            if left < weight {
                return value;
            }
            left -= weight;
        }
        from[0].1
    }
}

/// What kind of school a booth stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct School {
    audience: Audience,
    /// Visits on an ordinary school day, about.
    busy: u64,
}

impl School {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let audience = dice.pick([
            (3, Audience::Primary),
            (4, Audience::Junior),
            (3, Audience::Senior),
        ]);
        Self {
            audience,
            busy: 8 + dice.roll(34),
        }
    }

    /// How many visits a day brings.
    pub(crate) fn visits(&self, day: Date, dice: &mut Dice) -> u64 {
        let percent = match day.weekday() {
            Weekday::Monday => 120,
            Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday => 100,
            Weekday::Friday => 80,
            Weekday::Saturday => 10,
            Weekday::Sunday => 4,
        };
        let usual = self.busy * percent / 100;
        usual * 7 / 10 + dice.roll(usual * 6 / 10 + 2)
    }

    /// What one visit does.
    pub(crate) fn visit(&self, dice: &mut Dice) -> VisitFacts {
        let mut visit = VisitFacts::new();
        visit.record(Fact::VisitBegan);
        if dice.chance(80) {
            let audience = if dice.chance(4) {
                Audience::Parent
            } else {
                self.audience
            };
            visit.record(Fact::Audience(audience));
        }
        for _ in 0..=dice.roll(3) {
            self.door(&mut visit, dice);
        }
        if dice.chance(3) {
            let outcome = dice.pick([
                (60, CallOutcome::LineOpen),
                (8, CallOutcome::Busy),
                (8, CallOutcome::NoAnswer),
                (2, CallOutcome::NoLine),
                (20, CallOutcome::Cancelled),
                (2, CallOutcome::Failed),
            ]);
            visit.record(Fact::CallEnded(outcome));
        }
        visit
    }

    fn door(&self, visit: &mut VisitFacts, dice: &mut Dice) {
        let door = dice.pick([
            (26, Door::SelfCheck),
            (20, Door::Learn),
            (30, Door::Relax),
            (12, Door::Talk),
            (14, Door::Immersive),
            (6, Door::Counsellor),
        ]);
        visit.record(Fact::DoorOpened(door));
        match door {
            Door::SelfCheck if dice.chance(60) => {
                visit.record(Fact::CheckCompleted(self.check(dice)));
            }
            Door::Learn if dice.chance(75) => visit.record(Fact::ArticleRead),
            Door::Relax => {
                let practice = dice.pick([
                    (55, Practice::Breathing),
                    (15, Practice::Muscle),
                    (25, Practice::Soundscape),
                    (5, Practice::Other),
                ]);
                visit.record(Fact::PracticeStarted(practice));
                if dice.chance(45) {
                    visit.record(Fact::PracticeFinished(practice));
                    self.felt(visit, dice);
                }
            }
            Door::SelfCheck | Door::Learn | Door::Talk | Door::Immersive | Door::Counsellor => {}
        }
    }

    /// Most say how it was; a booth counts it only where no self-check was answered before.
    fn felt(&self, visit: &mut VisitFacts, dice: &mut Dice) {
        let checks = [
            Cell::CheckPhqA,
            Cell::CheckGad7,
            Cell::CheckWho5,
            Cell::CheckCheckIn,
            Cell::CheckOther,
        ];
        if dice.chance(70) && !visit.cells().any(|cell| checks.contains(&cell)) {
            let felt = dice.pick([(60, Felt::Calmer), (30, Felt::Same), (10, Felt::Not)]);
            visit.record(Fact::Felt(felt));
        }
    }

    /// Primary schools have the check-ins only.
    fn check(&self, dice: &mut Dice) -> Check {
        match self.audience {
            Audience::Primary => Check::CheckIn,
            Audience::Junior | Audience::Senior | Audience::Parent => dice.pick([
                (20, Check::PhqA),
                (25, Check::Gad7),
                (25, Check::Who5),
                (30, Check::CheckIn),
            ]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use xinting_usage::{CONTRIBUTION_BOUND, Tally};

    #[test]
    fn the_same_seed_lives_the_same_life() {
        let live = |seed| {
            let mut dice = Dice::new(seed);
            let school = School::new(&mut dice);
            let mut tally = Tally::ZERO;
            for _ in 0..school.visits(date(2026, 5, 25), &mut dice) {
                tally.add(&school.visit(&mut dice));
            }
            tally
        };
        assert_eq!(live(7), live(7));
        assert_ne!(live(7), live(8));
    }

    #[test]
    fn weeks_have_ends_and_visits_have_bounds() {
        for seed in 0..40 {
            let mut dice = Dice::new(seed);
            let school = School::new(&mut dice);
            let monday = school.visits(date(2026, 5, 25), &mut dice);
            let sunday = school.visits(date(2026, 5, 31), &mut dice);
            assert!(sunday < monday, "seed {seed}: {sunday} {monday}");
            for _ in 0..200 {
                let visit = school.visit(&mut dice);
                assert!(visit.cells().count() <= CONTRIBUTION_BOUND, "seed {seed}");
                assert!(
                    visit.cells().any(|cell| cell == Cell::Visits),
                    "seed {seed}"
                );
            }
        }
    }

    #[test]
    fn primary_schools_have_check_ins_only() {
        let school = School {
            audience: Audience::Primary,
            busy: 20,
        };
        let mut tally = Tally::ZERO;
        let mut dice = Dice::new(3);
        for _ in 0..2000 {
            tally.add(&school.visit(&mut dice));
        }
        assert!(tally.get(Cell::CheckCheckIn) > 100);
        for cell in [
            Cell::CheckPhqA,
            Cell::CheckGad7,
            Cell::CheckWho5,
            Cell::CheckOther,
        ] {
            assert_eq!(tally.get(cell), 0, "{cell}");
        }
    }
}
