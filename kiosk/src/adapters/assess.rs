//! The self-check: choosing, the page before it, one item, the result.

use super::choices::{self, Choices};
use super::{Emit, Screens, UiEvent, kept, words};
use crate::ui::{
    App, CheckCard, ChooseAdapter, IntroAdapter, ItemAdapter, OptionView, ResultAdapter,
    SuggestionView, Theme,
};
use slint::{Global, Image};
use std::cell::RefCell;
use std::rc::Rc;
use xinting_content::instrument::{
    Instrument, InstrumentKind, Reflection, Score, Suggestion, Wording,
};
use xinting_content::{InstrumentId, Lang, Library};
use xinting_session::{Input, Now, Session};

pub(super) fn connect(app: &App, emit: &Emit, choices: &Rc<RefCell<Choices>>) {
    let visitor = |input: Input| {
        let emit = emit.clone();
        move || emit(UiEvent::Visitor(input.clone()))
    };
    let (to, of) = (emit.clone(), choices.clone());
    ChooseAdapter::get(app).on_choose(move |place| {
        let input = choices::at(&of.borrow().cards, place);
        if let Some(input) = input {
            to(UiEvent::Visitor(input));
        }
    });
    IntroAdapter::get(app).on_begin(visitor(Input::BeginItems));
    let item = ItemAdapter::get(app);
    let to = emit.clone();
    item.on_answer(move |option| {
        if let Ok(option) = usize::try_from(option) {
            to(UiEvent::Visitor(Input::Answer(option)));
        }
    });
    item.on_previous(visitor(Input::PreviousItem));
    item.on_stop(visitor(Input::StopCheck));
    let (to, of) = (emit.clone(), choices.clone());
    ResultAdapter::get(app).on_follow(move |place| {
        let input = choices::at(&of.borrow().suggestions, place);
        if let Some(input) = input {
            to(UiEvent::Visitor(input));
        }
    });
    let (to, of) = (emit.clone(), choices.clone());
    ResultAdapter::get(app).on_call(move || {
        let input = of.borrow().call.clone();
        if let Some(input) = input {
            to(UiEvent::Visitor(input));
        }
    });
}

/// Forgets what the last visit answered and was told.
pub(super) fn wipe(app: &App, screens: &Screens) {
    let item = ItemAdapter::get(app);
    item.set_chosen(-1);
    item.set_index(0);
    item.set_question("".into());
    item.set_question_set("".into());
    item.set_options(kept(item.get_options(), Vec::new()));
    let result = ResultAdapter::get(app);
    result.set_title("".into());
    result.set_summary("".into());
    result.set_meaning("".into());
    result.set_weather("".into());
    result.set_call_number("".into());
    result.set_take_away(Image::default());
    result.set_suggestions(kept(result.get_suggestions(), Vec::new()));
    screens.codes.forget();
    screens.choices.replace(Choices::default());
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

pub(super) fn render_choose(app: &App, session: &Session, choices: &Rc<RefCell<Choices>>) {
    let adapter = ChooseAdapter::get(app);
    let preferences = session.preferences();
    let lang = preferences.lang;
    let (cards, inputs) = session
        .library()
        .instruments_for(preferences.audience)
        .map(|instrument| {
            let card = CheckCard {
                feeling: instrument.feeling.get(lang).into(),
                line: instrument.line.get(lang).into(),
                symbol: instrument.symbol.as_str().into(),
                items: count(instrument.items.len()),
                minutes: i32::from(instrument.minutes),
            };
            (card, Input::ChooseInstrument(instrument.id.clone()))
        })
        .unzip();
    choices.borrow_mut().cards = inputs;
    adapter.set_cards(kept(adapter.get_cards(), cards));
}

pub(super) fn render_intro(app: &App, session: &Session, id: &InstrumentId) {
    let Some(instrument) = session.library().instrument(id) else {
        return;
    };
    let (adapter, lang) = (IntroAdapter::get(app), session.preferences().lang);
    adapter.set_feeling(instrument.feeling.get(lang).into());
    adapter.set_line(instrument.line.get(lang).into());
    adapter.set_symbol(instrument.symbol.as_str().into());
    adapter.set_about(instrument.about.get(lang).into());
    adapter.set_items(count(instrument.items.len()));
    adapter.set_minutes(i32::from(instrument.minutes));
    adapter.set_check_in(instrument.kind == InstrumentKind::CheckIn);
}

pub(super) fn render_item(
    app: &App,
    session: &Session,
    id: &InstrumentId,
    (index, of): (usize, usize),
    chosen: Option<usize>,
) {
    let Some(instrument) = session.library().instrument(id) else {
        return;
    };
    let Some(item) = instrument.items.get(index) else {
        return;
    };
    let (adapter, lang) = (ItemAdapter::get(app), session.preferences().lang);
    adapter.set_feeling(instrument.feeling.get(lang).into());
    adapter.set_symbol(instrument.symbol.as_str().into());
    let question = item.text.get(lang);
    adapter.set_question(question.into());
    // Beside a landscape sheet the column is too narrow to choose where lines end.
    let set = match lang {
        Lang::ZhCn if !Theme::get(app).get_landscape() => words::set_in_lines(question, 15),
        Lang::ZhCn | Lang::En => question.to_owned(),
    };
    adapter.set_question_set(set.into());
    adapter.set_index(count(index));
    adapter.set_of(count(of));
    adapter.set_chosen(chosen.map_or(-1, count));
    let options = item
        .options
        .iter()
        .map(|option| OptionView {
            text: option.text.get(lang).into(),
            dots: option.dots.map_or(-1, i32::from),
        })
        .collect();
    adapter.set_options(kept(adapter.get_options(), options));
}

/// What a score says; the total itself goes nowhere.
fn reflection<'a>(instrument: &'a Instrument, score: &Score) -> Option<&'a Reflection> {
    match (score.band, score.reflection) {
        (Some(band), _) => instrument.bands.get(band).map(|band| &band.words),
        (None, Some(place)) => instrument.reflections.get(place),
        (None, None) => None,
    }
}

pub(super) fn render_result(
    app: &App,
    session: &Session,
    now: Now,
    id: &InstrumentId,
    score: &Score,
    support_first: bool,
    screens: &Screens,
) {
    let library = session.library();
    let Some(instrument) = library.instrument(id) else {
        return;
    };
    let Some(words) = reflection(instrument, score) else {
        return;
    };
    let (adapter, lang) = (ResultAdapter::get(app), session.preferences().lang);
    let grave = score
        .band
        .and_then(|band| instrument.bands.get(band))
        .is_some_and(|band| band.support);
    if support_first && !grave {
        // Whoever was at risk a moment ago is not told that the lake is calm.
        let support = library.support();
        let thanks = support.thanks.get(lang);
        let set = |sentence: &str, most| match lang {
            Lang::ZhCn => words::set_in_lines(sentence, most),
            Lang::En => sentence.to_owned(),
        };
        adapter.set_title(set(thanks, 9).into());
        adapter.set_summary(set(support.beside_you.get(lang), 10).into());
        let (title, who) = (support.adult_title.get(lang), support.adult_who.get(lang));
        adapter.set_meaning(format!("{title}\n{who}").into());
        adapter.set_weather("rain".into());
    } else {
        adapter.set_title(words.title.get(lang).into());
        adapter.set_summary(words.summary.get(lang).into());
        adapter.set_meaning(words.meaning.get(lang).into());
        adapter.set_weather(words.weather.as_str().into());
    }
    adapter.set_adapted(instrument.wording == Wording::Adapted);
    adapter.set_check_in(instrument.kind == InstrumentKind::CheckIn);
    adapter.set_notice(instrument.notice.get(lang).into());

    let first_line = library.lines_at(now.civil).first().copied();
    let call = first_line.filter(|_| support_first);
    adapter.set_call_number(call.map_or("", |line| line.number.as_str()).into());
    let mut suggested: Vec<&Suggestion> = words.suggestions.iter().collect();
    if support_first {
        // A person before anything else.
        suggested.retain(|suggestion| {
            **suggestion != Suggestion::Counsellor && **suggestion != Suggestion::Call
        });
        suggested.insert(0, &Suggestion::Counsellor);
        suggested.truncate(3);
    }
    let (rows, inputs): (Vec<_>, Vec<_>) = suggested
        .iter()
        .filter_map(|suggestion| follow(library, suggestion, lang))
        .unzip();
    let mut take: Vec<String> = rows
        .iter()
        .map(|row: &SuggestionView| row.title.to_string())
        .filter(|title| !title.is_empty())
        .collect();
    if let Some(line) = first_line {
        take.push(format!("{} {}", line.name.get(lang), line.number));
    }
    adapter.set_take_away(screens.codes.of(&take.join("\n")));
    {
        let mut choices = screens.choices.borrow_mut();
        choices.suggestions = inputs;
        choices.call = call.map(|line| Input::Call(line.id.clone()));
    }
    adapter.set_suggestions(kept(adapter.get_suggestions(), rows));
}

/// A suggestion as a row and as what following it means.
fn follow(
    library: &Library,
    suggestion: &Suggestion,
    lang: Lang,
) -> Option<(SuggestionView, Input)> {
    let row = |title: &str, line: &str, symbol: &str, kind: i32| SuggestionView {
        title: title.into(),
        line: line.into(),
        symbol: symbol.into(),
        kind,
    };
    Some(match suggestion {
        Suggestion::Article(id) => {
            let article = library.article(id)?;
            let symbol = words::theme_symbol(&article.theme);
            (
                row(
                    article.title.get(lang),
                    article.summary.get(lang),
                    symbol,
                    0,
                ),
                Input::OpenArticle(id.clone()),
            )
        }
        Suggestion::Practice(id) => {
            let practice = library.practice(id)?;
            let symbol = words::practice_symbol(&practice.symbol);
            (
                row(
                    practice.title.get(lang),
                    practice.summary.get(lang),
                    symbol,
                    1,
                ),
                Input::OpenPractice(id.clone()),
            )
        }
        Suggestion::Counsellor => {
            let counsellor = library.counsellor();
            let hours = counsellor
                .hours
                .as_ref()
                .map_or("", |hours| hours.get(lang));
            (
                row(counsellor.who.get(lang), hours, "door-zhao", 2),
                Input::OpenCounsellor,
            )
        }
        // The page has its own words for it.
        Suggestion::Call => (row("", "", "", 3), Input::Help),
    })
}
