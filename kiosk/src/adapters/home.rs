//! Attract and home.

use super::{Emit, UiEvent, kept, words};
use crate::ui::{App, AttractAdapter, DoorView, HomeAdapter};
use slint::Global;
use xinting_content::{Audience, Lang};
use xinting_session::{Door, Input, Now, Session};

/// The doors in the order of their numbers on the page.
const DOORS: [Door; 4] = [Door::SelfCheck, Door::Learn, Door::Relax, Door::Counsellor];

pub(super) fn connect(app: &App, emit: &Emit) {
    let to = emit.clone();
    AttractAdapter::get(app).on_touched(move || to(UiEvent::Visitor(Input::Touch)));
    let to = emit.clone();
    HomeAdapter::get(app).on_open(move |door| {
        if let Some(door) = usize::try_from(door)
            .ok()
            .and_then(|place| DOORS.get(place))
        {
            to(UiEvent::Visitor(Input::OpenDoor(*door)));
        }
    });
    let to = emit.clone();
    HomeAdapter::get(app).on_choose_audience(move |place| {
        if let Some(audience) = usize::try_from(place)
            .ok()
            .and_then(|place| Audience::ALL.get(place))
        {
            to(UiEvent::Visitor(Input::SetAudience(*audience)));
        }
    });
}

pub(super) fn render_attract(app: &App, session: &Session, now: Now) {
    let attract = AttractAdapter::get(app);
    let lang = session.preferences().lang;
    match now.civil {
        Some(at) => {
            attract.set_month(i32::from(at.month()));
            attract.set_day(i32::from(at.day()));
            attract.set_weekday(i32::from(at.date().weekday().to_monday_one_offset()));
            attract.set_part(words::part_of_day(at));
        }
        None => attract.set_month(0),
    }
    let sentence = session
        .library()
        .calendar()
        .sentence(now.civil.map(|at| at.date()));
    let sentence = sentence.map_or("", |text| text.get(lang));
    attract.set_sentence(
        match lang {
            Lang::ZhCn => words::broken_at_comma(sentence),
            Lang::En => sentence.to_owned(),
        }
        .into(),
    );
}

pub(super) fn render(app: &App, session: &Session, now: Now) {
    let home = HomeAdapter::get(app);
    let (library, preferences) = (session.library(), session.preferences());
    home.set_part(now.civil.map_or(-1, words::part_of_day));
    let audience = Audience::ALL
        .iter()
        .position(|one| *one == preferences.audience);
    home.set_audience(
        audience
            .and_then(|place| i32::try_from(place).ok())
            .unwrap_or(0),
    );
    let hours = library.counsellor().hours.as_ref();
    // A door without anything behind it is left out.
    let present = [
        library
            .instruments_for(preferences.audience)
            .next()
            .is_some(),
        library.articles_for(preferences.audience).next().is_some(),
        library.practices_for(preferences.audience).next().is_some(),
        true,
    ];
    let doors = (0..)
        .zip(present)
        .filter(|(_, present)| *present)
        .map(|(door, _)| DoorView {
            door,
            line: match (door, hours) {
                (3, Some(hours)) => hours.get(preferences.lang).into(),
                _ => "".into(),
            },
        })
        .collect();
    home.set_doors(kept(home.get_doors(), doors));
}
