//! The question after a practice, and the page where it did not help. An answer goes on as an input
//! and stays nowhere here.

use super::{Emit, UiEvent};
use crate::ui::{App, FeltAdapter, FeltView};
use slint::Global;
use xinting_content::PracticeId;
use xinting_session::{Felt, Input, Session};

pub(super) fn connect(app: &App, emit: &Emit) {
    let adapter = FeltAdapter::get(app);
    let to = emit.clone();
    adapter.on_felt(move |view| {
        to(UiEvent::Visitor(Input::Felt(match view {
            FeltView::Calmer => Felt::Calmer,
            FeltView::Same => Felt::Same,
            FeltView::Not => Felt::Not,
        })))
    });
    let to = emit.clone();
    adapter.on_skip(move || to(UiEvent::Visitor(Input::SkipFelt)));
    let to = emit.clone();
    adapter.on_counsellor(move || to(UiEvent::Visitor(Input::OpenCounsellor)));
}

pub(super) fn render_not(app: &App, session: &Session, id: &PracticeId) {
    let (adapter, lang) = (FeltAdapter::get(app), session.preferences().lang);
    let library = session.library();
    let ease = library.practice(id).map(|practice| practice.ease.get(lang));
    adapter.set_ease(ease.unwrap_or_default().into());
    adapter.set_person(library.counsellor().who.get(lang).into());
}
