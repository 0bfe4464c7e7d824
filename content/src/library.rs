//! Everything the installed packs hold together, layered: starter, district, school; a later layer
//! replaces by id.

use crate::article::Article;
use crate::calendar::Calendar;
use crate::hotline::{Line, Open};
use crate::id::{ArticleId, InstrumentId, LineId, PracticeId};
use crate::instrument::Instrument;
use crate::practice::Practice;
use crate::support::{Counsellor, Support};
use crate::text::Audience;
use jiff::civil::DateTime;

/// What a booth can show. Immutable; swapped whole between visits.
///
/// Invariants: at least one line that is not an emergency number; support words and counsellor are
/// present; every suggestion names something that exists.
#[derive(Debug, Clone)]
pub struct Library {
    pub(crate) instruments: Vec<Instrument>,
    pub(crate) articles: Vec<Article>,
    pub(crate) practices: Vec<Practice>,
    pub(crate) lines: Vec<Line>,
    pub(crate) support: Support,
    pub(crate) counsellor: Counsellor,
    pub(crate) calendar: Calendar,
    pub(crate) sample: bool,
    /// For each practice, the layer whose pack holds its sound.
    pub(crate) sound_layers: Vec<usize>,
}

impl Library {
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

    /// Which layer's pack holds the sound of this practice: an index into the layers the library was
    /// made from.
    pub fn sound_layer(&self, id: &PracticeId) -> Option<usize> {
        let place = self.practices.iter().position(|p| p.id == *id)?;
        self.sound_layers.get(place).copied()
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
