//! How two texts, two audiences, two ways of scoring differ, in words.

use super::super::describe::audiences;
use xinting_content::instrument::Instrument;
use xinting_content::{Audience, Lang, Text};

pub(super) fn renamed(words: &mut Vec<String>, what: &str, old: &Text, new: &Text) {
    for lang in [Lang::ZhCn, Lang::En] {
        if old.get(lang) != new.get(lang) {
            words.push(format!("{what} {} → {}", old.get(lang), new.get(lang)));
        }
    }
}

pub(super) fn reaches(words: &mut Vec<String>, old: &[Audience], new: &[Audience]) {
    let only = |some: &[Audience], others: &[Audience]| -> Vec<Audience> {
        let some = some.iter().filter(|who| !others.contains(who));
        some.copied().collect()
    };
    let (more, fewer) = (only(new, old), only(old, new));
    if !more.is_empty() {
        words.push(format!("also for {} now", audiences(&more)));
    }
    if !fewer.is_empty() {
        words.push(format!("no longer for {}", audiences(&fewer)));
    }
}

/// In what way an instrument scores otherwise.
pub(super) fn scores(old: &Instrument, new: &Instrument) -> Vec<String> {
    let mut words = Vec::new();
    if old.kind != new.kind {
        words.push("it was of another kind".to_owned());
    }
    if old.items.len() != new.items.len() {
        words.push(format!("items {} → {}", old.items.len(), new.items.len()));
    }
    for (number, (from, to)) in (1..).zip(old.items.iter().zip(&new.items)) {
        if from.text != to.text {
            let (from, to) = (from.text.get(Lang::ZhCn), to.text.get(Lang::ZhCn));
            words.push(format!("item {number} asks otherwise: {from} → {to}"));
        }
        let values = |item: &xinting_content::instrument::Item| -> Vec<i32> {
            item.options.iter().map(|option| option.value).collect()
        };
        if values(from) != values(to) {
            words.push(format!(
                "item {number} counts {:?} → {:?}",
                values(from),
                values(to)
            ));
        }
        if from.reverse != to.reverse {
            words.push(format!("item {number} is counted the other way round"));
        }
        if from.risk_at != to.risk_at {
            let at = |risk: Option<i32>| risk.map_or("never".to_owned(), |at| format!("at {at}"));
            let (from, to) = (at(from.risk_at), at(to.risk_at));
            words.push(format!("item {number} opens support {from} → {to}"));
        }
    }
    if old.scoring != new.scoring {
        words.push(format!(
            "multiplier {} → {}, higher is better: {} → {}",
            old.scoring.multiplier,
            new.scoring.multiplier,
            old.scoring.higher_is_better,
            new.scoring.higher_is_better
        ));
    }
    let bands = |one: &Instrument| -> Vec<String> {
        let bands = one.bands.iter().map(|band| {
            let support = if band.support { " support" } else { "" };
            format!("{} {}–{}{support}", band.id, band.from, band.to)
        });
        let reflections = one.reflections.iter();
        bands
            .chain(reflections.map(|reflection| format!("from {} %", reflection.from_percent)))
            .collect()
    };
    if bands(old) != bands(new) {
        let (from, to) = (bands(old).join(", "), bands(new).join(", "));
        words.push(format!("cut-points {from} → {to}"));
    }
    words
}

/// How many lines of two texts differ: those that are not in their longest common sequence, a changed
/// line counted once.
pub(super) fn differing(old: &str, new: &str) -> usize {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    // Texts of a pack are short; the bound keeps a strange one from taking minutes.
    if old.len() * new.len() > 16_000_000 {
        return old.len().max(new.len());
    }
    let mut row = vec![0_usize; new.len() + 1];
    for line in &old {
        let mut diagonal = 0;
        for (place, other) in new.iter().enumerate() {
            let above = row[place + 1];
            row[place + 1] = if line == other {
                diagonal + 1
            } else {
                above.max(row[place])
            };
            diagonal = above;
        }
    }
    let common = row.last().copied().unwrap_or(0);
    (old.len() - common).max(new.len() - common)
}

#[cfg(test)]
mod tests {
    use super::differing;

    #[test]
    fn a_changed_line_counts_once() {
        for (old, new, expected) in [
            ("a\nb\nc", "a\nb\nc", 0),
            ("a\nb\nc", "a\nx\nc", 1),
            ("a\nb\nc", "a\nc", 1),
            ("a\nc", "a\nb\nc", 1),
            ("a\nb\nc\nd", "x\nb\ny\nd\nz", 3),
            ("", "a\nb", 2),
        ] {
            assert_eq!(differing(old, new), expected, "{old:?} {new:?}");
        }
    }
}
