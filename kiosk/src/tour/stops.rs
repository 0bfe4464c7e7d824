//! Where the tour stops, in the order a visitor might. Player, call and maintenance have files of their own.

mod admin;
mod call;
mod player;

use super::{Tour, TourError};
use std::time::Duration;
use xinting_content::instrument::Instrument;
use xinting_session::{Door, Input, Screen, TextSize};

const SECOND: Duration = Duration::from_secs(1);

pub(super) fn all(tour: &mut Tour) -> Result<(), TourError> {
    arriving(tour)?;
    checking(tour)?;
    supported(tour)?;
    reading(tour)?;
    player::all(tour)?;
    call::all(tour)?;
    lingering(tour)?;
    reaching(tour)?;
    hours(tour)?;
    admin::all(tour)
}

fn arriving(tour: &mut Tour) -> Result<(), TourError> {
    tour.shot("attract", |screen| matches!(screen, Screen::Attract))?;
    tour.begin();
    tour.shot("home", |screen| matches!(screen, Screen::Home))
}

/// Answers every item that is left with the option `choose` gives, until another page stands.
fn answer_all(tour: &mut Tour, choose: impl Fn(&Instrument, usize) -> usize) {
    // No instrument has a hundred items; the bound only keeps a broken one from circling.
    for _ in 0..100 {
        let Screen::Item {
            instrument, index, ..
        } = tour.session.screen(tour.now)
        else {
            return;
        };
        let library = tour.session.library().clone();
        let Some(instrument) = library.instrument(&instrument) else {
            return;
        };
        tour.give(Input::Answer(choose(instrument, index)));
        tour.pass(SECOND);
    }
}

fn is_item(screen: &Screen) -> bool {
    matches!(screen, Screen::Item { .. })
}

fn checking(tour: &mut Tour) -> Result<(), TourError> {
    let library = tour.session.library().clone();
    let mut instruments: Vec<&Instrument> =
        library.instruments_for(tour.options.audience).collect();
    if instruments.is_empty() {
        return Ok(());
    }
    // The one with dots first, then the one with the most answers.
    instruments.sort_by_key(|instrument| {
        let risk = instrument.items.iter().any(|item| item.risk_at.is_some());
        let dots = instrument
            .items
            .iter()
            .flat_map(|item| &item.options)
            .any(|option| option.dots.is_some());
        (risk, !dots)
    });
    tour.give(Input::OpenDoor(Door::SelfCheck));
    tour.shot("choose", |screen| matches!(screen, Screen::Choose))?;
    if let Some(first) = instruments.first() {
        tour.give(Input::ChooseInstrument(first.id.clone()));
        tour.shot("intro", |screen| matches!(screen, Screen::Intro(_)))?;
        tour.give(Input::BeginItems);
        tour.shot("item", is_item)?;
        tour.give(Input::Answer(1));
        tour.pass(SECOND);
        tour.give(Input::Answer(1));
        tour.pass(SECOND);
        tour.give(Input::PreviousItem);
        tour.shot("item-chosen", is_item)?;
        answer_all(tour, |_, index| usize::from(index % 2 == 0));
        tour.shot("result", |screen| matches!(screen, Screen::Result { .. }))?;
    }
    let widest = instruments
        .iter()
        .max_by_key(|one| one.items.first().map_or(0, |item| item.options.len()));
    if let Some(widest) = widest {
        tour.begin();
        tour.give(Input::OpenDoor(Door::SelfCheck));
        tour.give(Input::ChooseInstrument(widest.id.clone()));
        tour.give(Input::BeginItems);
        tour.shot("item-many", is_item)?;
    }
    Ok(())
}

fn supported(tour: &mut Tour) -> Result<(), TourError> {
    let library = tour.session.library().clone();
    let risky = library
        .instruments_for(tour.options.audience)
        .find(|instrument| instrument.items.iter().any(|item| item.risk_at.is_some()));
    let Some(risky) = risky else { return Ok(()) };
    tour.begin();
    tour.give(Input::OpenDoor(Door::SelfCheck));
    tour.give(Input::ChooseInstrument(risky.id.clone()));
    tour.give(Input::BeginItems);
    answer_all(tour, |instrument, index| {
        let item = &instrument.items[index];
        (0..item.options.len())
            .find(|option| item.is_risk(*option))
            .unwrap_or(0)
    });
    let on_support = |screen: &Screen| matches!(screen, Screen::Support { .. });
    tour.shot("support", on_support)?;
    tour.pass(Duration::from_secs(180 + 6));
    tour.shot("support-still-there", on_support)?;
    tour.give(Input::StillHere);
    tour.give(Input::SupportContinue);
    answer_all(tour, |_, _| 0);
    tour.shot("result-after-support", |screen| {
        matches!(screen, Screen::Result { .. })
    })
}

fn reading(tour: &mut Tour) -> Result<(), TourError> {
    let library = tour.session.library().clone();
    let Some(article) = library.articles_for(tour.options.audience).next() else {
        return Ok(());
    };
    tour.begin();
    tour.give(Input::OpenDoor(Door::Learn));
    tour.shot("learn", |screen| matches!(screen, Screen::Learn))?;
    tour.give(Input::OpenArticle(article.id.clone()));
    let on_article = |screen: &Screen| matches!(screen, Screen::Article(_));
    tour.shot("article", on_article)?;
    tour.give(Input::SetTextSize(TextSize::Largest));
    tour.shot("article-largest", on_article)?;
    tour.begin();
    tour.give(Input::OpenDoor(Door::Counsellor));
    tour.shot("counsellor", |screen| matches!(screen, Screen::Counsellor))
}

fn lingering(tour: &mut Tour) -> Result<(), TourError> {
    tour.begin();
    tour.pass(Duration::from_secs(45 + 9));
    tour.shot("still-there", |screen| matches!(screen, Screen::Home))?;
    tour.give(Input::StillHere);
    Ok(())
}

/// Reach mode exists in portrait only.
fn reaching(tour: &mut Tour) -> Result<(), TourError> {
    if tour.options.size.0 > tour.options.size.1 {
        return Ok(());
    }
    tour.begin();
    tour.give(Input::ToggleReach);
    tour.shot("reach-home", |screen| matches!(screen, Screen::Home))?;
    let library = tour.session.library().clone();
    if let Some(instrument) = library.instruments_for(tour.options.audience).next() {
        tour.give(Input::OpenDoor(Door::SelfCheck));
        tour.shot("reach-choose", |screen| matches!(screen, Screen::Choose))?;
        tour.give(Input::ChooseInstrument(instrument.id.clone()));
        tour.give(Input::BeginItems);
        tour.shot("reach-item", is_item)?;
    }
    player::reaching(tour)?;
    call::reaching(tour)
}

/// Dusk and night, and a booth that does not know the time.
fn hours(tour: &mut Tour) -> Result<(), TourError> {
    if tour.options.at.is_some() {
        return Ok(());
    }
    let named = [(18, "dusk"), (21, "night")];
    for (hour, light) in named {
        tour.hour(hour);
        tour.give(Input::End);
        tour.shot(&format!("attract-{light}"), |screen| {
            matches!(screen, Screen::Attract)
        })?;
        tour.begin();
        tour.shot(&format!("home-{light}"), |screen| {
            matches!(screen, Screen::Home)
        })?;
    }
    tour.give(Input::OpenDoor(Door::SelfCheck));
    if matches!(tour.session.screen(tour.now), Screen::Choose) {
        tour.shot("choose-night", |screen| matches!(screen, Screen::Choose))?;
    }
    tour.give(Input::Help);
    tour.shot("lines-night", |screen| matches!(screen, Screen::Lines))?;
    call::by_night(tour)?;
    tour.now.civil = None;
    tour.give(Input::End);
    tour.shot("attract-without-clock", |screen| {
        matches!(screen, Screen::Attract)
    })?;
    tour.hour(15);
    Ok(())
}
