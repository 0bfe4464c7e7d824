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

#[cfg(test)]
mod tests {
    use super::Calendar;
    use crate::fixture::text;
    use crate::text::Lang;
    use jiff::civil::date;

    #[test]
    fn a_dated_sentence_comes_before_the_rotation() {
        let calendar = Calendar {
            dated: vec![(2, 29, text("闰", "leap"))],
            rotating: vec![text("一", "one"), text("二", "two")],
        };
        let said = |date| calendar.sentence(date).map(|text| text.get(Lang::En));
        assert_eq!(said(Some(date(2028, 2, 29))), Some("leap"));
        assert_ne!(said(Some(date(2026, 1, 1))), said(Some(date(2026, 1, 2))));
        assert_eq!(said(Some(date(2026, 1, 1))), said(Some(date(2026, 1, 3))));
        assert_eq!(said(None), Some("one"));
    }

    #[test]
    fn an_empty_calendar_says_nothing() {
        let empty = Calendar::default();
        assert_eq!(empty.sentence(None), None);
        assert_eq!(empty.sentence(Some(date(2026, 1, 1))), None);
    }
}
