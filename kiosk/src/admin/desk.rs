//! One stay in maintenance as a pure state machine: the PIN pad, then pages. It holds the digits while they are typed
//! and wipes them when they are used or the stay ends.

use super::pin::{Lock, MAX_DIGITS, MIN_DIGITS};
use super::{AdminInput, AdminPage, AdminView, PacksInput, PinProblem, PinPurpose};
use crate::store::AdminLogEntry;
use std::time::Duration;
use zeroize::Zeroizing;

/// Digits on their way to the hash. Wiped when dropped, and never printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Digits(Zeroizing<String>);

impl Digits {
    /// The digits, for hashing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

impl std::fmt::Debug for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digits(hidden)")
    }
}

/// What the stay asks of the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskEffect {
    /// Hash these digits and say [`Desk::hashed`].
    Hash(Digits),
    /// Compare these digits with the kept hash and say [`Desk::compared`].
    Compare(Digits),
    /// Keep the number of wrong tries.
    KeepWrong(u32),
    /// Write a line of the admin's log.
    Log(AdminLogEntry),
    /// Bring this page's facts up to date.
    Refresh(AdminPage),
    /// Do this on the packs page.
    Packs(PacksInput),
    /// Leave maintenance.
    Leave,
}

/// Where the stay is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    Pin {
        purpose: PinPurpose,
        typed: Digits,
        /// The new PIN, while it is asked for a second time.
        chosen: Option<Digits>,
        problem: Option<PinProblem>,
        /// The digits are being hashed; nothing is taken meanwhile.
        busy: bool,
    },
    Inside(AdminPage),
}

/// One stay in maintenance.
#[derive(Debug)]
pub struct Desk {
    stage: Stage,
}

impl Desk {
    /// The admin's gesture was made. `has_pin`: a PIN has been set before.
    #[must_use]
    pub fn new(has_pin: bool) -> Self {
        Self {
            stage: pad(
                if has_pin {
                    PinPurpose::Enter
                } else {
                    PinPurpose::Set
                },
                None,
            ),
        }
    }

    /// A finger did this.
    pub fn handle(&mut self, now: Duration, lock: &Lock, input: AdminInput) -> Vec<DeskEffect> {
        if input == AdminInput::Leave {
            return vec![DeskEffect::Leave];
        }
        match &mut self.stage {
            Stage::Pin { busy: true, .. } => Vec::new(),
            Stage::Pin { typed, problem, .. } => match input {
                AdminInput::Digit(digit @ 0..=9) => {
                    if typed.len() < MAX_DIGITS {
                        typed.0.push(char::from(b'0' + digit));
                    }
                    *problem = None;
                    Vec::new()
                }
                AdminInput::Erase => {
                    typed.0.pop();
                    Vec::new()
                }
                AdminInput::Enter => self.enter(now, lock),
                AdminInput::Digit(_)
                | AdminInput::Leave
                | AdminInput::OpenPage(_)
                | AdminInput::Packs(_) => Vec::new(),
            },
            Stage::Inside(page) => match input {
                AdminInput::OpenPage(next) => {
                    *page = next;
                    vec![DeskEffect::Refresh(next)]
                }
                AdminInput::Packs(input) if *page == AdminPage::Packs => {
                    vec![DeskEffect::Packs(input)]
                }
                AdminInput::Packs(_)
                | AdminInput::Digit(_)
                | AdminInput::Erase
                | AdminInput::Enter
                | AdminInput::Leave => Vec::new(),
            },
        }
    }

    fn enter(&mut self, now: Duration, lock: &Lock) -> Vec<DeskEffect> {
        let Stage::Pin {
            purpose,
            typed,
            chosen,
            problem,
            busy,
        } = &mut self.stage
        else {
            return Vec::new();
        };
        if *purpose == PinPurpose::Enter && lock.until(now).is_some() {
            *typed = Digits::default();
            return Vec::new();
        }
        if typed.len() < MIN_DIGITS {
            *problem = Some(PinProblem::TooShort);
            return Vec::new();
        }
        let digits = std::mem::take(typed);
        match purpose {
            PinPurpose::Set => {
                *chosen = Some(digits);
                *purpose = PinPurpose::Confirm;
                Vec::new()
            }
            PinPurpose::Confirm if chosen.as_ref() == Some(&digits) => {
                *busy = true;
                vec![DeskEffect::Hash(digits)]
            }
            PinPurpose::Confirm => {
                self.stage = pad(PinPurpose::Set, Some(PinProblem::Mismatch));
                Vec::new()
            }
            PinPurpose::Enter => {
                *busy = true;
                vec![DeskEffect::Compare(digits)]
            }
        }
    }

    /// The new PIN has been hashed and kept; the admin is in.
    pub fn hashed(&mut self) -> Vec<DeskEffect> {
        let mut effects = vec![DeskEffect::Log(AdminLogEntry::PinSet)];
        effects.extend(self.come_in());
        effects
    }

    /// A key stick is in: the admin is in without a PIN, also where the pad is locked.
    pub fn opened_by_key_stick(&mut self) -> Vec<DeskEffect> {
        let mut effects = vec![DeskEffect::Log(AdminLogEntry::EnteredByKeyStick)];
        effects.extend(self.come_in());
        effects
    }

    /// The digits could be neither hashed nor compared: they are asked for again.
    pub fn undone(&mut self) {
        if let Stage::Pin {
            purpose,
            busy: true,
            ..
        } = &self.stage
        {
            self.stage = match purpose {
                PinPurpose::Set | PinPurpose::Confirm => pad(PinPurpose::Set, None),
                PinPurpose::Enter => pad(PinPurpose::Enter, None),
            };
        }
    }

    /// The digits have been compared with the kept hash.
    pub fn compared(&mut self, now: Duration, lock: &mut Lock, right: bool) -> Vec<DeskEffect> {
        if right {
            lock.opened();
            let mut effects = vec![
                DeskEffect::KeepWrong(0),
                DeskEffect::Log(AdminLogEntry::Entered),
            ];
            effects.extend(self.come_in());
            return effects;
        }
        lock.missed(now);
        self.stage = pad(
            PinPurpose::Enter,
            Some(PinProblem::Wrong { left: lock.left() }),
        );
        let mut effects = vec![DeskEffect::KeepWrong(lock.wrong())];
        if lock.until(now).is_some() {
            effects.push(DeskEffect::Log(AdminLogEntry::Locked));
        }
        effects
    }

    fn come_in(&mut self) -> Vec<DeskEffect> {
        let page = AdminPage::default();
        self.stage = Stage::Inside(page);
        vec![DeskEffect::Refresh(page)]
    }

    /// The page that is open; `None` on the pad.
    #[must_use]
    pub const fn page(&self) -> Option<AdminPage> {
        match &self.stage {
            Stage::Inside(page) => Some(*page),
            Stage::Pin { .. } => None,
        }
    }

    /// The pad, or the page to be drawn from the app's facts.
    #[must_use]
    pub fn view(&self, now: Duration, lock: &Lock) -> DeskView {
        match &self.stage {
            Stage::Inside(page) => DeskView::Page(*page),
            Stage::Pin {
                purpose,
                typed,
                problem,
                ..
            } => {
                let locked = (*purpose == PinPurpose::Enter)
                    .then(|| lock.until(now))
                    .flatten();
                let problem = match locked {
                    Some(until) => Some(PinProblem::LockedFor {
                        seconds: (until - now).as_secs_f64().ceil() as u64,
                    }),
                    None => problem.filter(|problem| *problem != PinProblem::Wrong { left: 0 }),
                };
                DeskView::Pin(AdminView::Pin {
                    purpose: *purpose,
                    filled: typed.len(),
                    problem,
                })
            }
        }
    }
}

/// What the stay shows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, made for one picture and dropped after it"
)]
pub enum DeskView {
    /// The PIN pad.
    Pin(AdminView),
    /// A page.
    Page(AdminPage),
}

fn pad(purpose: PinPurpose, problem: Option<PinProblem>) -> Stage {
    Stage::Pin {
        purpose,
        typed: Digits::default(),
        chosen: None,
        problem,
        busy: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1000);

    fn type_in(desk: &mut Desk, lock: &Lock, digits: &str) -> Vec<DeskEffect> {
        for digit in digits.bytes() {
            assert_eq!(desk.handle(NOW, lock, AdminInput::Digit(digit - b'0')), []);
        }
        desk.handle(NOW, lock, AdminInput::Enter)
    }

    fn shown(desk: &Desk, lock: &Lock) -> (PinPurpose, usize, Option<PinProblem>) {
        match desk.view(NOW, lock) {
            DeskView::Pin(AdminView::Pin {
                purpose,
                filled,
                problem,
            }) => (purpose, filled, problem),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_first_pin_is_typed_twice() {
        let lock = Lock::restore(0, NOW);
        let mut desk = Desk::new(false);
        assert_eq!(type_in(&mut desk, &lock, "123"), []);
        assert_eq!(
            shown(&desk, &lock),
            (PinPurpose::Set, 3, Some(PinProblem::TooShort))
        );
        assert_eq!(type_in(&mut desk, &lock, "4"), []);
        assert_eq!(shown(&desk, &lock), (PinPurpose::Confirm, 0, None));
        assert_eq!(type_in(&mut desk, &lock, "4321"), []);
        assert_eq!(
            shown(&desk, &lock),
            (PinPurpose::Set, 0, Some(PinProblem::Mismatch))
        );
        type_in(&mut desk, &lock, "1234");
        let effects = type_in(&mut desk, &lock, "1234");
        let [DeskEffect::Hash(digits)] = effects.as_slice() else {
            panic!("{effects:?}")
        };
        assert_eq!(digits.expose(), "1234");
        assert_eq!(format!("{effects:?}"), "[Hash(Digits(hidden))]");
        desk.hashed();
        assert_eq!(desk.view(NOW, &lock), DeskView::Page(AdminPage::Health));
    }

    #[test]
    fn nothing_inside_can_be_reached_from_the_pad() {
        let lock = Lock::restore(0, NOW);
        let mut desk = Desk::new(true);
        for input in [
            AdminInput::OpenPage(AdminPage::Packs),
            AdminInput::Packs(PacksInput::InstallFromStick(0)),
            AdminInput::Packs(PacksInput::Export),
            AdminInput::Packs(PacksInput::NotNow),
            AdminInput::Digit(10),
        ] {
            assert_eq!(desk.handle(NOW, &lock, input), []);
        }
        assert_eq!(shown(&desk, &lock), (PinPurpose::Enter, 0, None));
        assert_eq!(
            desk.handle(NOW, &lock, AdminInput::Leave),
            [DeskEffect::Leave]
        );
    }

    #[test]
    fn while_a_pin_is_compared_nothing_is_taken() {
        let lock = Lock::restore(0, NOW);
        let mut desk = Desk::new(true);
        assert_eq!(type_in(&mut desk, &lock, "2580").len(), 1);
        assert_eq!(type_in(&mut desk, &lock, "2580"), []);
        assert_eq!(shown(&desk, &lock), (PinPurpose::Enter, 0, None));
    }

    #[test]
    fn a_pin_that_could_not_be_looked_at_is_asked_for_again_and_is_not_wrong() {
        let lock = Lock::restore(0, NOW);
        let mut desk = Desk::new(true);
        type_in(&mut desk, &lock, "2580");
        desk.undone();
        assert_eq!(shown(&desk, &lock), (PinPurpose::Enter, 0, None));
        assert_eq!(type_in(&mut desk, &lock, "2580").len(), 1);
        let mut desk = Desk::new(false);
        type_in(&mut desk, &lock, "2580");
        type_in(&mut desk, &lock, "2580");
        desk.undone();
        assert_eq!(shown(&desk, &lock), (PinPurpose::Set, 0, None));
        desk.hashed();
        desk.undone();
        assert_eq!(desk.page(), Some(AdminPage::Health));
    }

    #[test]
    fn wrong_pins_lock_the_pad_and_the_right_one_is_not_even_looked_at() {
        let mut lock = Lock::restore(0, NOW);
        let mut desk = Desk::new(true);
        for wrong in 1..=5_u8 {
            type_in(&mut desk, &lock, "0000");
            let effects = desk.compared(NOW, &mut lock, false);
            assert_eq!(effects[0], DeskEffect::KeepWrong(wrong.into()));
            assert_eq!(
                effects.contains(&DeskEffect::Log(AdminLogEntry::Locked)),
                wrong == 5
            );
            if wrong < 5 {
                let problem = PinProblem::Wrong { left: 5 - wrong };
                assert_eq!(shown(&desk, &lock), (PinPurpose::Enter, 0, Some(problem)));
            }
        }
        let locked = PinProblem::LockedFor { seconds: 60 };
        assert_eq!(shown(&desk, &lock), (PinPurpose::Enter, 0, Some(locked)));
        assert_eq!(type_in(&mut desk, &lock, "2580"), []);
        let later = NOW + Duration::from_secs(60);
        desk.handle(later, &lock, AdminInput::Digit(1));
        let again = type_in(&mut desk, &Lock::restore(0, NOW), "234");
        assert!(matches!(again.as_slice(), [DeskEffect::Compare(_)]));
        desk.compared(later, &mut lock, true);
        assert_eq!(lock.wrong(), 0);
        assert_eq!(desk.view(later, &lock), DeskView::Page(AdminPage::Health));
    }
}
