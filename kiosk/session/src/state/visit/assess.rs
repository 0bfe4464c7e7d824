//! A self-check under way: the answers, and the pages that hold them. Each page consumes itself and
//! hands the answers on, so there is one sheet at most and it goes when its page goes. Not here: how
//! answers become a score.

use super::live::Live;
use super::page::Page;
use std::hint::black_box;
use xinting_content::instrument::{Instrument, Item, Score};
use xinting_content::{InstrumentId, Library};

/// The answers to one instrument. No `Debug`, no `Clone`: they can be neither printed nor copied,
/// and are overwritten when dropped.
pub(super) struct Sheet {
    instrument: InstrumentId,
    /// For each item the option chosen. Never empty, never resized.
    marks: Vec<Option<usize>>,
    /// The item in front, always an index into `marks`.
    index: usize,
    /// A risk item was endorsed on this sheet, even if that was taken back.
    risk_seen: bool,
    _live: Live,
}

impl Sheet {
    fn new(instrument: &Instrument) -> Self {
        Self {
            instrument: instrument.id.clone(),
            marks: vec![None; instrument.items.len()],
            index: 0,
            risk_seen: false,
            _live: Live::new(),
        }
    }

    fn first_unanswered(&self) -> Option<usize> {
        self.marks.iter().position(Option::is_none)
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        self.marks.fill(None);
        // Keeps the compiler from leaving out a write that nobody reads again.
        black_box(&self.marks);
    }
}

/// What it asks, how long, what this machine does with the answers.
pub(super) struct Intro {
    pub(super) instrument: InstrumentId,
    /// Answers given before the visitor went back to this page.
    sheet: Option<Sheet>,
}

impl Intro {
    pub(super) fn new(instrument: InstrumentId) -> Self {
        Self {
            instrument,
            sheet: None,
        }
    }

    /// 开始: the first item, or the sheet where it was left.
    pub(super) fn begin(self, library: &Library) -> Page {
        if let Some(sheet) = self.sheet {
            return Page::Item(ItemPage { sheet });
        }
        match library.instrument(&self.instrument) {
            Some(instrument) if !instrument.items.is_empty() => Page::Item(ItemPage {
                sheet: Sheet::new(instrument),
            }),
            Some(_) | None => Page::Intro(self),
        }
    }
}

/// One item.
pub(super) struct ItemPage {
    sheet: Sheet,
}

/// What an answer leads to.
pub(super) struct Next {
    pub(super) page: Page,
    /// Every item is answered.
    pub(super) completed: Option<InstrumentId>,
    /// The support path opened.
    pub(super) support: bool,
}

impl ItemPage {
    pub(super) fn instrument(&self) -> &InstrumentId {
        &self.sheet.instrument
    }

    pub(super) fn index(&self) -> usize {
        self.sheet.index
    }

    pub(super) fn of(&self) -> usize {
        self.sheet.marks.len()
    }

    pub(super) fn chosen(&self) -> Option<usize> {
        self.sheet.marks.get(self.sheet.index).copied().flatten()
    }

    /// Takes the answer to the item in front. An endorsed risk item leads to support before any
    /// further item or score.
    pub(super) fn answer(self, option: usize, library: &Library) -> Next {
        let mut sheet = self.sheet;
        let Some(item) = item_in_front(&sheet, library).filter(|i| option < i.options.len()) else {
            return Next {
                page: Page::Item(ItemPage { sheet }),
                completed: None,
                support: false,
            };
        };
        let risk = item.is_risk(option);
        if let Some(mark) = sheet.marks.get_mut(sheet.index) {
            *mark = Some(option);
        }
        if risk {
            sheet.risk_seen = true;
            let completed = sheet.first_unanswered().is_none();
            return Next {
                completed: completed.then(|| sheet.instrument.clone()),
                page: Page::Support(SupportPage { sheet }),
                support: true,
            };
        }
        proceed(sheet, library, Support::WhereNeeded)
    }

    /// One item back, or the page before the first item; the answers stay on the sheet.
    pub(super) fn back(self) -> Page {
        let mut sheet = self.sheet;
        match sheet.index.checked_sub(1) {
            Some(index) => {
                sheet.index = index;
                Page::Item(ItemPage { sheet })
            }
            None => Page::Intro(Intro {
                instrument: sheet.instrument.clone(),
                sheet: Some(sheet),
            }),
        }
    }

    /// One item back; on the first one nothing.
    pub(super) fn previous(self) -> Page {
        if self.sheet.index == 0 {
            return Page::Item(self);
        }
        self.back()
    }
}

/// The support page. It keeps the sheet to go on with.
pub(super) struct SupportPage {
    sheet: Sheet,
}

impl SupportPage {
    /// 继续往下做: the next item, or the result.
    pub(super) fn proceed(self, library: &Library) -> Next {
        proceed(self.sheet, library, Support::JustShown)
    }

    /// 返回: the item that led here, its answer kept.
    pub(super) fn back(self) -> Page {
        Page::Item(ItemPage { sheet: self.sheet })
    }
}

/// What came out of a sheet whose answers are gone.
pub(super) struct ResultPage {
    pub(super) instrument: InstrumentId,
    pub(super) score: Score,
    _live: Live,
}

/// Whether support may have to be shown before a result.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Support {
    WhereNeeded,
    /// The visitor comes from it and has chosen to go on.
    JustShown,
}

fn item_in_front<'a>(sheet: &Sheet, library: &'a Library) -> Option<&'a Item> {
    library
        .instrument(&sheet.instrument)?
        .items
        .get(sheet.index)
}

/// From an answered item to the next one, to support, or to the result.
fn proceed(mut sheet: Sheet, library: &Library, support: Support) -> Next {
    let following = Some(sheet.index + 1).filter(|next| *next < sheet.marks.len());
    if let Some(index) = following.or_else(|| sheet.first_unanswered()) {
        sheet.index = index;
        return Next {
            page: Page::Item(ItemPage { sheet }),
            completed: None,
            support: false,
        };
    }
    let completed = Some(sheet.instrument.clone());
    let scored = library
        .instrument(&sheet.instrument)
        .and_then(|instrument| Some((instrument, instrument.score(&sheet.marks).ok()?)));
    let Some((instrument, score)) = scored else {
        // A pack whose sheets cannot be scored is refused when it is read; the visitor is led on
        // all the same.
        return Next {
            page: Page::Choose,
            completed,
            support: false,
        };
    };
    let taken_back = sheet.risk_seen && !score.risk;
    if support == Support::WhereNeeded && (taken_back || opens_support(instrument, &score)) {
        return Next {
            page: Page::Support(SupportPage { sheet }),
            completed,
            support: true,
        };
    }
    Next {
        page: Page::Result(ResultPage {
            instrument: sheet.instrument.clone(),
            score,
            _live: Live::new(),
        }),
        completed,
        support: false,
    }
}

fn opens_support(instrument: &Instrument, score: &Score) -> bool {
    let band = score.band.and_then(|index| instrument.bands.get(index));
    band.is_some_and(|band| band.support)
}
