//! One sentence for each day.

use crate::text::Text;
use jiff::civil::Date;

/// The daily sentences of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    /// Sentences bound to a month and day.
    pub dated: Vec<(i8, i8, Text)>,
    /// The others, taken in turn by day of the year.
    pub rotating: Vec<Text>,
}

impl Calendar {
    /// The sentence for `date`; without a known date the first of the rotation. `None` only if the
    /// calendar is empty.
    pub fn sentence(&self, date: Option<Date>) -> Option<&Text> {
        let Some(date) = date else {
            return self.rotating.first();
        };
        let bound = self
            .dated
            .iter()
            .find(|(month, day, _)| (*month, *day) == (date.month(), date.day()));
        match bound {
            Some((_, _, text)) => Some(text),
            None => {
                let turn = usize::try_from(date.day_of_year()).unwrap_or(0);
                self.rotating.get(turn.checked_rem(self.rotating.len())?)
            }
        }
    }
}
