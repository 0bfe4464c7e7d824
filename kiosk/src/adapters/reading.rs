//! What there is to read and to practise, and who there is to go to: lists, an article, the counsellor.

use super::choices::{self, Choices};
use super::{Emit, UiEvent, kept, words};
use crate::ui::{
    App, ArticleAdapter, ArticleCard, BlockKind, BlockView, CounsellorAdapter, LearnAdapter,
    PracticeCard, RelaxAdapter,
};
use slint::{Global, SharedString};
use std::cell::RefCell;
use std::rc::Rc;
use xinting_content::ArticleId;
use xinting_content::article::Block;
use xinting_session::{Input, Session, SoundState};

pub(super) fn connect(app: &App, emit: &Emit, choices: &Rc<RefCell<Choices>>) {
    let (to, of) = (emit.clone(), choices.clone());
    LearnAdapter::get(app).on_open(move |place| {
        let input = choices::at(&of.borrow().articles, place);
        if let Some(input) = input {
            to(UiEvent::Visitor(input));
        }
    });
    let (to, of) = (emit.clone(), choices.clone());
    RelaxAdapter::get(app).on_open(move |place| {
        let input = choices::at(&of.borrow().practices, place);
        if let Some(input) = input {
            to(UiEvent::Visitor(input));
        }
    });
}

pub(super) fn render_learn(app: &App, session: &Session, choices: &Rc<RefCell<Choices>>) {
    let adapter = LearnAdapter::get(app);
    let preferences = session.preferences();
    let lang = preferences.lang;
    let (cards, inputs) = session
        .library()
        .articles_for(preferences.audience)
        .map(|article| {
            let card = ArticleCard {
                title: article.title.get(lang).into(),
                summary: article.summary.get(lang).into(),
                theme: article.theme.as_str().into(),
                symbol: words::theme_symbol(&article.theme).into(),
                minutes: i32::from(article.minutes),
            };
            (card, Input::OpenArticle(article.id.clone()))
        })
        .unzip();
    choices.borrow_mut().articles = inputs;
    adapter.set_cards(kept(adapter.get_cards(), cards));
}

pub(super) fn render_article(app: &App, session: &Session, id: &ArticleId) {
    let Some(article) = session.library().article(id) else {
        return;
    };
    let (adapter, lang) = (ArticleAdapter::get(app), session.preferences().lang);
    adapter.set_title(article.title.get(lang).into());
    adapter.set_summary(article.summary.get(lang).into());
    adapter.set_symbol(words::theme_symbol(&article.theme).into());
    adapter.set_minutes(i32::from(article.minutes));
    let blocks = article
        .body(lang)
        .iter()
        .map(|block| {
            let (kind, text) = match block {
                Block::Heading(text) => (BlockKind::Heading, text),
                Block::Paragraph(text) => (BlockKind::Paragraph, text),
                Block::Bullet(text) => (BlockKind::Bullet, text),
                Block::Quote(text) => (BlockKind::Quote, text),
            };
            BlockView {
                kind,
                text: text.into(),
            }
        })
        .collect();
    adapter.set_blocks(kept(adapter.get_blocks(), blocks));
}

pub(super) fn render_relax(app: &App, session: &Session, choices: &Rc<RefCell<Choices>>) {
    let adapter = RelaxAdapter::get(app);
    let preferences = session.preferences();
    let lang = preferences.lang;
    let (cards, inputs) = session
        .library()
        .practices_for(preferences.audience)
        .map(|practice| {
            let card = PracticeCard {
                title: practice.title.get(lang).into(),
                summary: practice.summary.get(lang).into(),
                symbol: words::practice_symbol(&practice.symbol).into(),
                minutes: words::minutes(practice.duration_ms),
            };
            (card, Input::OpenPractice(practice.id.clone()))
        })
        .unzip();
    choices.borrow_mut().practices = inputs;
    adapter.set_silent(session.devices().sound != SoundState::Present);
    adapter.set_cards(kept(adapter.get_cards(), cards));
}

pub(super) fn render_counsellor(app: &App, session: &Session) {
    let (adapter, lang) = (CounsellorAdapter::get(app), session.preferences().lang);
    let counsellor = session.library().counsellor();
    let or_none = |text: &Option<xinting_content::Text>| -> SharedString {
        text.as_ref().map_or("", |text| text.get(lang)).into()
    };
    adapter.set_who(counsellor.who.get(lang).into());
    adapter.set_room(or_none(&counsellor.room));
    adapter.set_hours(or_none(&counsellor.hours));
    adapter.set_how(counsellor.how.get(lang).into());
    let about = counsellor
        .about
        .iter()
        .map(|line| line.get(lang).into())
        .collect();
    adapter.set_about(kept(adapter.get_about(), about));
}
