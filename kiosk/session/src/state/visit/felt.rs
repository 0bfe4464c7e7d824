//! The one gentle question after a practice. Not here: its words.
//!
//! It is asked once a visit at most, after a practice that was listened to for a while, and by no path that somebody
//! takes for help: neither where 求助热线 or 结束 was pressed, nor beside a call. Once the support path has opened it
//! is not asked any more: nobody is to be measured then. What is not asked is not counted either, and from that nobody
//! may read that the support path opened; so the answer is counted only in visits in which no self-check was answered,
//! whatever the answers were.

use super::Visit;
use super::counted::Once;
use super::page::Page;
use crate::timer;
use crate::{Effect, Felt, Now};
use std::mem;
use xinting_content::PracticeId;

impl Visit {
    /// The practice was left or has ended, and the page in front is where that leads. Asks first, where it may.
    pub(super) fn ask_after(&mut self, practice: PracticeId, now: Now) {
        let ran = self.player.as_ref().map(|player| player.ran(now));
        let long_enough = ran.is_some_and(|ran| ran >= timer::FELT_AFTER);
        if long_enough && !self.asked && !self.support_opened && self.call.is_none() {
            self.asked = true;
            let next = mem::replace(&mut self.page, Page::Felt(practice));
            self.history.push(next);
        }
    }

    pub(super) fn felt(&mut self, felt: Felt, out: &mut Vec<Effect>) {
        let Page::Felt(practice) = &self.page else {
            return;
        };
        let practice = practice.clone();
        if !self.checked {
            self.counted.tell(Once::Felt(felt), out);
        }
        self.page = match felt {
            Felt::Calmer | Felt::Same => self.history.pop(),
            Felt::Not => Page::FeltNot(practice),
        };
    }

    pub(super) fn skip_felt(&mut self) {
        if matches!(self.page, Page::Felt(_) | Page::FeltNot(_)) {
            self.page = self.history.pop();
        }
    }
}
