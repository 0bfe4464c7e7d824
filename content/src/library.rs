//! Everything the installed packs hold together, layered: starter, district, school; a later layer
//! replaces by id.

use crate::article::Article;
use crate::calendar::Calendar;
use crate::hotline::{Line, Open};
use crate::id::{ArticleId, BedId, InstrumentId, LineId, PracticeId};
use crate::instrument::{Instrument, Suggestion};
use crate::layer::Layer;
use crate::pack::{PackError, VerifiedPack};
use crate::practice::{Bed, Practice};
use crate::support::{Counsellor, Support};
use crate::text::Audience;
use jiff::civil::DateTime;

/// What a booth can show. Immutable; swapped whole between visits.
///
/// Invariants: at least one line that is not an emergency number; support words and counsellor are
/// present; every suggestion and every practice's bed names something that exists.
#[derive(Debug, Clone)]
pub struct Library {
    pub(crate) instruments: Vec<Instrument>,
    pub(crate) articles: Vec<Article>,
    pub(crate) practices: Vec<Practice>,
    pub(crate) beds: Vec<Bed>,
    pub(crate) lines: Vec<Line>,
    pub(crate) support: Support,
    pub(crate) counsellor: Counsellor,
    pub(crate) calendar: Calendar,
    pub(crate) sample: bool,
    /// For each practice, the layer whose pack holds its sounds.
    pub(crate) sound_layers: Vec<usize>,
    /// For each bed, the layer whose pack holds its sound.
    pub(crate) bed_layers: Vec<usize>,
}

/// Why layers do not make a library.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// A pack's own content is not fit to be shown.
    #[error("layering the packs: {0}")]
    Pack(#[from] PackError),
    /// No pack holds a line that can be offered.
    #[error(
        "layering the packs leaves no hotline; install the starter pack, or add a line that is not \
         an emergency number to hotlines.toml"
    )]
    NoLine,
    /// No pack holds support words.
    #[error(
        "layering the packs leaves no support words; install the starter pack, or add support.toml"
    )]
    NoSupport,
    /// No pack says who there is to go to.
    #[error(
        "layering the packs leaves no counsellor; install the starter pack, or add counsellor.toml"
    )]
    NoCounsellor,
    /// A result suggests something that no pack holds.
    #[error(
        "layering the packs: {instrument} suggests {suggestion}, which no pack holds; add it or \
         suggest something else"
    )]
    Dangling {
        /// The instrument.
        instrument: InstrumentId,
        /// What it suggests, as written in the pack.
        suggestion: String,
    },
    /// A practice lies on a bed that no pack holds.
    #[error(
        "layering the packs: practices/{practice}.toml asks for the bed {bed}, which no pack holds; \
         add beds/{bed}.toml or name another bed"
    )]
    NoBed {
        /// The practice.
        practice: PracticeId,
        /// The bed.
        bed: BedId,
    },
    /// Layers came in the wrong order.
    #[error("layering the packs: a {above} pack cannot lie above a {below} pack")]
    Order {
        /// The kind of the later layer.
        above: &'static str,
        /// The kind of the earlier one.
        below: &'static str,
    },
}

impl Library {
    /// Reads verified packs and lays them over each other, lowest first.
    ///
    /// # Errors
    /// As [`Library::from_layers`], and [`LibraryError::Pack`] if a pack's content has faults.
    pub fn from_packs(packs: &[&VerifiedPack]) -> Result<Library, LibraryError> {
        let layers = packs.iter().map(|pack| pack.layer());
        let layers = layers.collect::<Result<Vec<Layer>, PackError>>()?;
        Library::from_layers(&layers.iter().collect::<Vec<&Layer>>())
    }

    /// Lays packs over each other, lowest first: a later layer replaces instruments, articles,
    /// practices, beds and lines by id and support words and counsellor whole; new ones follow the old.
    /// Dated sentences of a later layer come first, the others are added to the rotation.
    ///
    /// # Errors
    /// [`LibraryError`] if an invariant of [`Library`] would not hold. Nothing is half done: the
    /// caller keeps the library it has.
    pub fn from_layers(layers: &[&Layer]) -> Result<Library, LibraryError> {
        for pair in layers.windows(2) {
            let (below, above) = (pair[0].info.kind, pair[1].info.kind);
            if above < below {
                let (above, below) = (above.name(), below.name());
                return Err(LibraryError::Order { above, below });
            }
        }
        let mut instruments = Vec::new();
        let mut articles = Vec::new();
        let mut practices: Vec<(Practice, usize)> = Vec::new();
        let mut beds: Vec<(Bed, usize)> = Vec::new();
        let mut lines = Vec::new();
        let mut calendar = Calendar::default();
        for (place, layer) in layers.iter().enumerate() {
            replace(&mut instruments, &layer.instruments, |i| &i.id);
            replace(&mut articles, &layer.articles, |a| &a.id);
            let sounding: Vec<_> = layer.practices.iter().map(|p| (p.clone(), place)).collect();
            replace(&mut practices, &sounding, |(p, _)| &p.id);
            let lying: Vec<_> = layer.beds.iter().map(|b| (b.clone(), place)).collect();
            replace(&mut beds, &lying, |(b, _)| &b.id);
            replace(&mut lines, &layer.lines, |l| &l.id);
            calendar
                .dated
                .splice(0..0, layer.calendar.dated.iter().cloned());
            calendar
                .rotating
                .extend(layer.calendar.rotating.iter().cloned());
        }
        let latest = || layers.iter().rev();
        let (practices, sound_layers) = practices.into_iter().unzip();
        let (beds, bed_layers) = beds.into_iter().unzip();
        let library = Library {
            instruments,
            articles,
            practices,
            beds,
            lines,
            support: latest()
                .find_map(|layer| layer.support.clone())
                .ok_or(LibraryError::NoSupport)?,
            counsellor: latest()
                .find_map(|layer| layer.counsellor.clone())
                .ok_or(LibraryError::NoCounsellor)?,
            calendar,
            sample: layers.iter().any(|layer| layer.info.sample),
            sound_layers,
            bed_layers,
        };
        library.check()?;
        Ok(library)
    }

    fn check(&self) -> Result<(), LibraryError> {
        if self.lines.iter().all(|line| line.emergency) {
            return Err(LibraryError::NoLine);
        }
        for instrument in &self.instruments {
            let bands = instrument.bands.iter().map(|band| &band.words);
            let endings = bands.chain(&instrument.reflections);
            for suggestion in endings.flat_map(|words| &words.suggestions) {
                let (held, name) = match suggestion {
                    Suggestion::Article(id) => {
                        (self.article(id).is_some(), format!("article:{id}"))
                    }
                    Suggestion::Practice(id) => {
                        (self.practice(id).is_some(), format!("practice:{id}"))
                    }
                    Suggestion::Counsellor | Suggestion::Call => continue,
                };
                if !held {
                    return Err(LibraryError::Dangling {
                        instrument: instrument.id.clone(),
                        suggestion: name,
                    });
                }
            }
        }
        for practice in &self.practices {
            if let Some((bed, _)) = &practice.bed
                && self.bed(bed).is_none()
            {
                return Err(LibraryError::NoBed {
                    practice: practice.id.clone(),
                    bed: bed.clone(),
                });
            }
        }
        Ok(())
    }

    /// The instruments and check-ins `audience` may see, in pack order.
    pub fn instruments_for(&self, audience: Audience) -> impl Iterator<Item = &Instrument> {
        self.instruments
            .iter()
            .filter(move |i| i.audiences.contains(&audience))
    }

    /// The instrument with this id.
    pub fn instrument(&self, id: &InstrumentId) -> Option<&Instrument> {
        self.instruments.iter().find(|i| i.id == *id)
    }

    /// The articles for `audience`, in pack order.
    pub fn articles_for(&self, audience: Audience) -> impl Iterator<Item = &Article> {
        self.articles
            .iter()
            .filter(move |a| a.audiences.contains(&audience))
    }

    /// The article with this id.
    pub fn article(&self, id: &ArticleId) -> Option<&Article> {
        self.articles.iter().find(|a| a.id == *id)
    }

    /// The practices for `audience`, in pack order.
    pub fn practices_for(&self, audience: Audience) -> impl Iterator<Item = &Practice> {
        self.practices
            .iter()
            .filter(move |p| p.audiences.contains(&audience))
    }

    /// The practice with this id.
    pub fn practice(&self, id: &PracticeId) -> Option<&Practice> {
        self.practices.iter().find(|p| p.id == *id)
    }

    /// Which layer's pack holds the sounds of this practice (cues, paces, voice; not its bed): an index
    /// into the layers the library was made from.
    pub fn sound_layer(&self, id: &PracticeId) -> Option<usize> {
        let place = self.practices.iter().position(|p| p.id == *id)?;
        self.sound_layers.get(place).copied()
    }

    /// The beds of sound, in pack order.
    pub fn beds(&self) -> &[Bed] {
        &self.beds
    }

    /// The bed with this id.
    pub fn bed(&self, id: &BedId) -> Option<&Bed> {
        self.beds.iter().find(|b| b.id == *id)
    }

    /// Which layer's pack holds the sound of this bed, as [`Library::sound_layer`] says it.
    pub fn bed_layer(&self, id: &BedId) -> Option<usize> {
        let place = self.beds.iter().position(|b| b.id == *id)?;
        self.bed_layers.get(place).copied()
    }

    /// The line with this id.
    pub fn line(&self, id: &LineId) -> Option<&Line> {
        self.lines.iter().find(|l| l.id == *id)
    }

    /// The lines in the order they are offered: open now (or hours unknown) before closed, then by
    /// priority. Emergency numbers are left out.
    pub fn lines_at(&self, civil: Option<DateTime>) -> Vec<&Line> {
        let mut lines: Vec<&Line> = self.lines.iter().filter(|l| !l.emergency).collect();
        lines.sort_by_key(|l| (l.open_at(civil) == Open::Closed, l.priority));
        lines
    }

    /// The emergency numbers, by priority.
    pub fn emergency_lines(&self) -> Vec<&Line> {
        let mut lines: Vec<&Line> = self.lines.iter().filter(|l| l.emergency).collect();
        lines.sort_by_key(|l| l.priority);
        lines
    }

    /// The words of the support path.
    pub fn support(&self) -> &Support {
        &self.support
    }

    /// Who there is to go to at school.
    pub fn counsellor(&self) -> &Counsellor {
        &self.counsellor
    }

    /// The daily sentences.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Whether any layer is marked as a sample (示例): refused where the config says production.
    pub fn is_sample(&self) -> bool {
        self.sample
    }
}

/// Puts `later` over `earlier`: in place where the id is known, at the end where it is new.
fn replace<T: Clone, I: PartialEq>(earlier: &mut Vec<T>, later: &[T], id: impl Fn(&T) -> &I) {
    for new in later {
        match earlier.iter().position(|old| id(old) == id(new)) {
            Some(place) => earlier[place] = new.clone(),
            None => earlier.push(new.clone()),
        }
    }
}
