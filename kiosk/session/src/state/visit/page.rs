//! The pages of a visit, and the way back through them. Not here: what a press does.

use super::assess::{Intro, ItemPage, ResultPage, SupportPage};
use crate::timer;
use crate::{CallFailure, ConfirmWhy};
use std::time::Duration;
use xinting_content::{ArticleId, LineId, PracticeId};

/// The page in front, with everything that belongs to it alone.
pub(super) enum Page {
    Home,
    Choose,
    Intro(Intro),
    Item(ItemPage),
    Support(SupportPage),
    Result(ResultPage),
    Learn,
    Article(ArticleId),
    Relax,
    /// What plays is the visit's `player`; this says only that its page is open.
    Player(PracticeId),
    /// How it was, after this practice.
    Felt(PracticeId),
    /// It did not help.
    FeltNot(PracticeId),
    Lines,
    ConfirmCall {
        line: LineId,
        why: ConfirmWhy,
    },
    /// The call is the visit's `call`, for it outlives its page.
    Call,
    CallFailed {
        line: LineId,
        why: CallFailure,
    },
    CallOver {
        line: LineId,
    },
    Counsellor,
}

impl Page {
    /// How long nobody may touch this page before 还在吗 rings.
    pub(super) fn idle(&self) -> Duration {
        match self {
            Page::Home => timer::IDLE_HOME,
            Page::Choose | Page::Learn | Page::Relax => timer::IDLE_LIST,
            Page::Intro(_)
            | Page::Item(_)
            | Page::Lines
            | Page::ConfirmCall { .. }
            | Page::Call
            | Page::CallOver { .. }
            | Page::Counsellor => timer::IDLE_ITEM,
            Page::Article(_) | Page::Player(_) | Page::Felt(_) => timer::IDLE_ARTICLE,
            Page::Support(_) | Page::Result(_) | Page::FeltNot(_) | Page::CallFailed { .. } => {
                timer::IDLE_SUPPORT
            }
        }
    }

    /// Whether a door, an article, a practice or the counsellor may be opened from here. Where one
    /// thing at a time is asked or done, they may not.
    pub(super) fn leads_on(&self) -> bool {
        match self {
            Page::Home
            | Page::Choose
            | Page::Result(_)
            | Page::Learn
            | Page::Article(_)
            | Page::Relax
            | Page::Lines
            | Page::CallFailed { .. }
            | Page::CallOver { .. }
            | Page::Counsellor => true,
            Page::Intro(_)
            | Page::Item(_)
            | Page::Support(_)
            | Page::Player(_)
            | Page::Felt(_)
            | Page::FeltNot(_)
            | Page::ConfirmCall { .. }
            | Page::Call => false,
        }
    }

    /// Whether both are the same page without anything of its own: going there again changes nothing.
    pub(super) fn is_same(&self, other: &Page) -> bool {
        match (self, other) {
            (Page::Article(a), Page::Article(b)) => a == b,
            (Page::Player(a), Page::Player(b)) => a == b,
            (Page::Home, Page::Home)
            | (Page::Choose, Page::Choose)
            | (Page::Learn, Page::Learn)
            | (Page::Relax, Page::Relax)
            | (Page::Lines, Page::Lines)
            | (Page::Call, Page::Call)
            | (Page::Counsellor, Page::Counsellor) => true,
            _ => false,
        }
    }
}

/// The way back. The oldest pages are forgotten first; below them all lies home.
#[derive(Default)]
pub(super) struct History {
    pages: Vec<Page>,
}

/// How many pages back one can go.
const DEPTH: usize = 16;

impl History {
    pub(super) fn push(&mut self, page: Page) {
        if self.pages.len() == DEPTH {
            self.pages.remove(0);
        }
        self.pages.push(page);
    }

    pub(super) fn pop(&mut self) -> Page {
        self.pages.pop().unwrap_or(Page::Home)
    }

    pub(super) fn clear(&mut self) {
        self.pages.clear();
    }

    pub(super) fn holds(&self, page: &Page) -> bool {
        self.pages.iter().any(|held| held.is_same(page))
    }
}
