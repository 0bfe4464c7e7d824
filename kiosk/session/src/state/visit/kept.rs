//! What a visitor has set for the player: kept from practice to practice, for the visit only. Dropped with it.
//! Not here: what the player does about it.

use super::player::LOUDEST;
use xinting_content::practice::{Practice, PracticeKind};
use xinting_content::{BedId, Library, PracticeId};

/// So many beds of a soundscape may be heard at a time.
pub const SOUNDING_BEDS: usize = 4;

/// Loudness of the player until the visitor changes it.
const VOLUME: u8 = 5;
/// A soundscape's own bed until the visitor changes it: others find room beside it.
const OWN_LEVEL: u8 = 5;

/// Beds with their levels, 0 to 8.
pub(super) type Levels = Vec<(BedId, u8)>;

/// What has been set so far.
pub(super) struct Kept {
    pub(super) volume: u8,
    /// The mix of the soundscapes, once one has been touched: it goes with the visitor from one to the next.
    mix: Option<Levels>,
    /// How much of its own bed is heard in a practice, where that was changed.
    own: Vec<(PracticeId, u8)>,
}

impl Kept {
    pub(super) fn new() -> Self {
        Self {
            volume: VOLUME,
            mix: None,
            own: Vec::new(),
        }
    }

    /// The sliders of a practice as they were left.
    pub(super) fn sliders(&self, practice: &Practice, library: &Library) -> Levels {
        let own = practice.bed.as_ref().map(|(bed, _)| bed);
        let own = own.filter(|bed| library.bed(bed).is_some());
        if practice.kind == PracticeKind::Soundscape {
            let at_first = |bed: &BedId| if own == Some(bed) { OWN_LEVEL } else { 0 };
            let level = |bed: &BedId| match &self.mix {
                Some(mix) => mix.iter().find(|(b, _)| b == bed).map_or(0, |(_, l)| *l),
                None => at_first(bed),
            };
            let beds = library.beds().iter();
            return beds.map(|bed| (bed.id.clone(), level(&bed.id))).collect();
        }
        let left = self.own.iter().find(|(id, _)| *id == practice.id);
        let level = left.map_or(LOUDEST, |(_, level)| *level);
        own.map(|bed| (bed.clone(), level)).into_iter().collect()
    }

    /// Keeps the sliders of a practice; `soundscape`: they are a mix.
    pub(super) fn keep(&mut self, practice: &PracticeId, soundscape: bool, sliders: &Levels) {
        if soundscape {
            self.mix = Some(sliders.clone());
        } else if let Some((_, level)) = sliders.first() {
            self.own.retain(|(id, _)| id != practice);
            self.own.push((practice.clone(), *level));
        }
    }
}

/// Those that are heard.
pub(super) fn sounding(sliders: &Levels) -> Levels {
    let heard = sliders.iter().filter(|(_, level)| *level > 0);
    heard.take(SOUNDING_BEDS).cloned().collect()
}

/// Sets one slider; false where that changes nothing: no such bed, the same level, or one too many.
pub(super) fn set(sliders: &mut Levels, bed: &BedId, level: u8) -> bool {
    let heard = sounding(sliders).len();
    match sliders.iter_mut().find(|(id, _)| id == bed) {
        Some((_, now)) if *now == level => false,
        Some((_, now)) if *now == 0 && heard >= SOUNDING_BEDS => false,
        Some((_, now)) => {
            *now = level;
            true
        }
        None => false,
    }
}
