//! The closed vocabulary of what a report can count. Nothing outside this list
//! can be put on the wire; no severity band and no support path is in it.

use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Largest magnitude of one cell. A booth sees at most a few thousand visits a
/// period; anything beyond this is a fault, not a count.
pub const CELL_LIMIT: i64 = 1_000_000;

/// How many cells a report of version 1 has: so many of the first of
/// [`Cell::ALL`].
pub const CELLS_OF_VERSION_1: usize = 31;

macro_rules! cells {
    ($($(#[$doc:meta])* $variant:ident => $name:literal,)+) => {
        /// One counter of a report. The order is the order on the wire, in the
        /// CSV export and in the tally row, and is never changed: a newer
        /// version of the report adds cells at the end.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Cell {
            $($(#[$doc])* $variant,)+
        }

        impl Cell {
            /// Every cell, in wire order.
            pub const ALL: [Self; CELL_COUNT] = [$(Self::$variant,)+];

            /// The stable name used on the wire and as CSV column.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        /// How many cells a report has; all of its version's, always.
        pub const CELL_COUNT: usize = [$($name,)+].len();
    };
}

cells! {
    /// Visits that went past the attract screen.
    Visits => "visits",
    /// Visits whose last chosen audience was primary school (小学).
    VisitsPrimary => "visits_primary",
    /// Visits whose last chosen audience was junior secondary (初中).
    VisitsJunior => "visits_junior",
    /// Visits whose last chosen audience was senior secondary (高中).
    VisitsSenior => "visits_senior",
    /// Visits whose last chosen audience was a parent (家长).
    VisitsParent => "visits_parent",
    /// Visits that opened 测一测.
    DoorSelfCheck => "door_self_check",
    /// Visits that opened 学一学.
    DoorLearn => "door_learn",
    /// Visits that opened 静一静.
    DoorRelax => "door_relax",
    /// Visits that opened 聊一聊.
    DoorTalk => "door_talk",
    /// Visits that opened 看一看.
    DoorImmersive => "door_immersive",
    /// Visits that opened 找老师.
    DoorCounsellor => "door_counsellor",
    /// Visits that answered a PHQ-A to its end.
    CheckPhqA => "check_phq_a",
    /// Visits that answered a GAD-7 to its end.
    CheckGad7 => "check_gad_7",
    /// Visits that answered a WHO-5 to its end.
    CheckWho5 => "check_who_5",
    /// Visits that answered one of our own check-ins (非标准化小调查) to its end.
    CheckCheckIn => "check_check_in",
    /// Visits that answered any other instrument to its end.
    CheckOther => "check_other",
    /// Visits that opened at least one article.
    ArticlesRead => "articles_read",
    /// Visits that started a breathing practice.
    PracticeBreathingStarted => "practice_breathing_started",
    /// Visits that stayed with a breathing practice to its end.
    PracticeBreathingFinished => "practice_breathing_finished",
    /// Visits that started a muscle relaxation.
    PracticeMuscleStarted => "practice_muscle_started",
    /// Visits that stayed with a muscle relaxation to its end.
    PracticeMuscleFinished => "practice_muscle_finished",
    /// Visits that started a soundscape.
    PracticeSoundscapeStarted => "practice_soundscape_started",
    /// Visits that stayed with a soundscape until its timer ended.
    PracticeSoundscapeFinished => "practice_soundscape_finished",
    /// Visits that started any other practice.
    PracticeOtherStarted => "practice_other_started",
    /// Visits that stayed with any other practice to its end.
    PracticeOtherFinished => "practice_other_finished",
    /// Visits in which a call reached an open line. Not "a person answered":
    /// some modems report an open line at ringback.
    CallLineOpen => "call_line_open",
    /// Visits in which a called line was busy.
    CallBusy => "call_busy",
    /// Visits in which a called line was not answered.
    CallNoAnswer => "call_no_answer",
    /// Visits in which a call could not be tried: no modem, SIM or network.
    CallNoLine => "call_no_line",
    /// Visits in which the visitor cancelled a call before the line opened.
    CallCancelled => "call_cancelled",
    /// Visits in which a call ended in any other way before the line opened.
    CallFailed => "call_failed",
    /// Visits that felt calmer after a practice. Asked once a visit at most,
    /// and counted only in visits in which no self-check was answered, so that
    /// nothing about an answer can be read from what was not counted.
    PracticeFeltCalmer => "practice_felt_calmer",
    /// Visits that felt the same after a practice.
    PracticeFeltSame => "practice_felt_same",
    /// Visits that felt no better after a practice; they were shown the way to
    /// a person.
    PracticeFeltNot => "practice_felt_not",
}

impl Cell {
    /// Position in [`Cell::ALL`] and in [`Cells`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The cells of a report of that version, in wire order; `None` for a version
    /// that there is not.
    #[must_use]
    pub fn of_version(version: u64) -> Option<&'static [Self]> {
        match version {
            1 => Self::ALL.get(..CELLS_OF_VERSION_1),
            2 => Some(&Self::ALL),
            _ => None,
        }
    }

    /// The cell of that wire name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cell| cell.name() == name)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The values of all cells, each within ±[`CELL_LIMIT`]. Integers, not only
/// naturals: once noise is added a value below zero is sent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cells([i64; CELL_COUNT]);

impl Cells {
    /// All cells at zero.
    pub const ZERO: Self = Self([0; CELL_COUNT]);

    /// Takes values in wire order; `None` if one is beyond [`CELL_LIMIT`].
    #[must_use]
    pub fn new(values: [i64; CELL_COUNT]) -> Option<Self> {
        values
            .iter()
            .all(|value| (-CELL_LIMIT..=CELL_LIMIT).contains(value))
            .then_some(Self(values))
    }

    /// The value of one cell.
    #[must_use]
    pub const fn get(&self, cell: Cell) -> i64 {
        self.0[cell.index()]
    }

    /// The values in wire order.
    #[must_use]
    pub const fn values(&self) -> &[i64; CELL_COUNT] {
        &self.0
    }
}

/// Cells as the reports of one version write them: all of that version's, in
/// wire order, and no other.
pub(crate) struct Written<'a> {
    pub(crate) cells: &'a Cells,
    pub(crate) of: &'static [Cell],
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.of.len()))?;
        for cell in self.of {
            map.serialize_entry(cell.name(), &self.cells.get(*cell))?;
        }
        map.end()
    }
}

/// Cells as some version wrote them: the names that were there. Which of them
/// had to be is for [`Named::all`] to say.
pub(crate) struct Named([Option<i64>; CELL_COUNT]);

impl Named {
    /// The values, if they are those of `of` and no other; the other cells are
    /// zero.
    pub(crate) fn all(&self, of: &'static [Cell]) -> Result<Cells, serde_json::Error> {
        let mut values = [0; CELL_COUNT];
        for cell in Cell::ALL {
            values[cell.index()] = match (self.0[cell.index()], of.contains(&cell)) {
                (Some(value), true) => value,
                (None, false) => 0,
                (None, true) => {
                    return Err(de::Error::custom(format_args!("cells: {cell} is missing")));
                }
                (Some(_), false) => return Err(de::Error::custom(OUTSIDE)),
            };
        }
        Ok(Cells(values))
    }
}

const OUTSIDE: &str = "cells: a name outside the vocabulary";

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NamedVisitor)
    }
}

struct NamedVisitor;

impl<'de> Visitor<'de> for NamedVisitor {
    type Value = Named;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with all cells")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named, A::Error> {
        let mut seen: [Option<i64>; CELL_COUNT] = [None; CELL_COUNT];
        // The key is a Cow-free String: a report is at most MAX_BODY_BYTES long.
        while let Some(name) = map.next_key::<String>()? {
            let Some(cell) = Cell::from_name(&name) else {
                return Err(de::Error::custom(OUTSIDE));
            };
            let value: i64 = map.next_value()?;
            if !(-CELL_LIMIT..=CELL_LIMIT).contains(&value) {
                return Err(de::Error::custom(format_args!(
                    "cells: {cell} is beyond {CELL_LIMIT} in magnitude"
                )));
            }
            if seen[cell.index()].replace(value).is_some() {
                return Err(de::Error::custom(format_args!(
                    "cells: {cell} is there twice"
                )));
            }
        }
        Ok(Named(seen))
    }
}
