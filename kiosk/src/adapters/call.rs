//! The support page and everything about a call: whom to call, the question before some calls, the
//! three seconds, the call, its end. Not here: which of them stands; the visit says that.

use super::choices::{self, Choices};
use super::qr::Codes;
use super::{Emit, UiEvent, chrome, kept, words};
use crate::ui::{App, CallAdapter, ConfirmView, FailureView, LineView, Shell, SupportAdapter};
use jiff::civil::DateTime;
use slint::Global;
use std::cell::RefCell;
use std::rc::Rc;
use xinting_content::hotline::Line;
use xinting_content::{Lang, LineId};
use xinting_session::{CallFailure, CallStage, ConfirmWhy, Door, Input, Now, Session};

pub(super) fn connect(app: &App, emit: &Emit, choices: &Rc<RefCell<Choices>>) {
    let visitor = |input: Input| {
        let emit = emit.clone();
        move || emit(UiEvent::Visitor(input.clone()))
    };
    let the_line = || {
        let (to, of) = (emit.clone(), choices.clone());
        move || {
            let input = of.borrow().call.clone();
            if let Some(input) = input {
                to(UiEvent::Visitor(input));
            }
        }
    };
    Shell::get(app).on_call_now(the_line());
    let support = SupportAdapter::get(app);
    support.on_call(the_line());
    support.on_open_counsellor(visitor(Input::OpenCounsellor));
    support.on_go_on(visitor(Input::SupportContinue));
    support.on_stop(visitor(Input::SupportStop));

    let call = CallAdapter::get(app);
    let (to, of) = (emit.clone(), choices.clone());
    call.on_call(move |place| {
        let input = choices::at(&of.borrow().lines, place);
        if let Some(input) = input {
            to(UiEvent::Visitor(input));
        }
    });
    call.on_confirm_call(visitor(Input::ConfirmCall));
    call.on_cancel(visitor(Input::CancelCall));
    call.on_hang_up(visitor(Input::HangUp));
    call.on_toggle_keypad(visitor(Input::ToggleKeypad));
    call.on_again(the_line());
    call.on_other_lines(visitor(Input::Help));
    call.on_counsellor(visitor(Input::OpenCounsellor));
    call.on_relax(visitor(Input::OpenDoor(Door::Relax)));
    let to = emit.clone();
    call.on_key(move |key| {
        if let Some(key) = key.chars().next() {
            to(UiEvent::Visitor(Input::Keypad(key)));
        }
    });
    let to = emit.clone();
    call.on_set_volume(move |level| {
        to(UiEvent::Visitor(Input::SetCallVolume(
            u8::try_from(level).unwrap_or(0),
        )));
    });
}

pub(super) fn render_support(
    app: &App,
    session: &Session,
    now: Now,
    can_continue: bool,
    choices: &Rc<RefCell<Choices>>,
) {
    let (adapter, lang, library) = (
        SupportAdapter::get(app),
        session.preferences().lang,
        session.library(),
    );
    let support = library.support();
    let thanks = support.thanks.get(lang);
    adapter.set_thanks(thanks.into());
    let set = match lang {
        Lang::ZhCn => words::set_in_lines(thanks, 9),
        Lang::En => thanks.to_owned(),
    };
    adapter.set_thanks_set(set.into());
    adapter.set_beside_you(support.beside_you.get(lang).into());
    adapter.set_adult_title(support.adult_title.get(lang).into());
    adapter.set_adult_who(support.adult_who.get(lang).into());
    adapter.set_adult_say(support.adult_say.get(lang).into());
    adapter.set_counsellor(library.counsellor().who.get(lang).into());
    adapter.set_counsellor_line(words::counsellor_line(library.counsellor(), lang).into());
    adapter.set_can_continue(can_continue);
    if let Some(line) = library.lines_at(now.civil).first() {
        adapter.set_number(line.number.as_str().into());
        adapter.set_line_name(line.name.get(lang).into());
        adapter.set_open(words::open(line, now.civil));
        adapter.set_hours(line.hours_words.get(lang).into());
        adapter.set_note(line.note.get(lang).into());
        choices.borrow_mut().call = Some(Input::Call(line.id.clone()));
    }
}

fn row(line: &Line, civil: Option<DateTime>, lang: Lang) -> LineView {
    LineView {
        name: line.name.get(lang).into(),
        number: line.number.as_str().into(),
        answers: line.answers.get(lang).into(),
        open: words::open(line, civil),
        hours: line.hours_words.get(lang).into(),
        note: line.note.get(lang).into(),
    }
}

pub(super) fn render_lines(app: &App, session: &Session, now: Now, choices: &Rc<RefCell<Choices>>) {
    let (adapter, lang, library) = (
        CallAdapter::get(app),
        session.preferences().lang,
        session.library(),
    );
    let (lines, urgent) = (library.lines_at(now.civil), library.emergency_lines());
    choices.borrow_mut().lines = lines
        .iter()
        .chain(&urgent)
        .map(|line| Input::Call(line.id.clone()))
        .collect();
    let rows = |lines: &[&Line]| {
        lines
            .iter()
            .map(|line| row(line, now.civil, lang))
            .collect::<Vec<_>>()
    };
    adapter.set_lines(kept(adapter.get_lines(), rows(&lines)));
    adapter.set_urgent(kept(adapter.get_urgent(), rows(&urgent)));
    adapter.set_out_of_order(failure(session.devices().can_call.failure()));
}

/// What is known of the line a page is about.
fn about(app: &App, session: &Session, id: &LineId) {
    let (adapter, lang) = (CallAdapter::get(app), session.preferences().lang);
    if let Some(line) = session.library().line(id) {
        adapter.set_name(line.name.get(lang).into());
        adapter.set_number(line.number.as_str().into());
        adapter.set_answers(line.answers.get(lang).into());
        adapter.set_note(line.note.get(lang).into());
        adapter.set_emergency(line.emergency);
    }
    adapter
        .set_counsellor_line(words::counsellor_line(session.library().counsellor(), lang).into());
}

fn failure(why: Option<CallFailure>) -> FailureView {
    match why {
        None => FailureView::None,
        Some(CallFailure::NoModem) => FailureView::NoModem,
        Some(CallFailure::NoSim) => FailureView::NoSim,
        Some(CallFailure::NoNetwork) => FailureView::NoNetwork,
        Some(CallFailure::Lost) => FailureView::Lost,
        Some(CallFailure::Busy) => FailureView::Busy,
        Some(CallFailure::NoAnswer) => FailureView::NoAnswer,
        Some(CallFailure::Failed) => FailureView::Failed,
    }
}

pub(super) fn render_confirm(app: &App, session: &Session, line: &LineId, why: ConfirmWhy) {
    about(app, session, line);
    CallAdapter::get(app).set_confirm(match why {
        ConfirmWhy::Emergency => ConfirmView::Emergency,
        ConfirmWhy::Again => ConfirmView::Again,
    });
}

pub(super) fn render_countdown(
    app: &App,
    session: &Session,
    line: &LineId,
    seconds: u8,
    after: Option<CallFailure>,
    handset_down: bool,
) {
    about(app, session, line);
    let adapter = CallAdapter::get(app);
    adapter.set_seconds(i32::from(seconds));
    adapter.set_after(failure(after));
    adapter.set_handset_down(handset_down);
}

/// What a call page shows beside the line.
pub(super) struct CallView {
    pub(super) stage: CallStage,
    pub(super) keypad: bool,
    pub(super) volume: u8,
    pub(super) minutes_left: Option<u8>,
    pub(super) handset_down: bool,
}

pub(super) fn render_call(app: &App, session: &Session, line: &LineId, view: &CallView) {
    about(app, session, line);
    let adapter = CallAdapter::get(app);
    adapter.set_stage(chrome::stage(view.stage));
    adapter.set_timer(chrome::timer(view.stage).into());
    adapter.set_keypad(view.keypad);
    adapter.set_volume(i32::from(view.volume));
    adapter.set_minutes_left(view.minutes_left.map_or(0, i32::from));
    adapter.set_handset_down(view.handset_down);
    let lang = session.preferences().lang;
    let say = session.library().support().call_say.get(lang);
    adapter.set_say(match lang {
        Lang::ZhCn => words::set_in_lines(say, 12).into(),
        Lang::En => say.into(),
    });
}

pub(super) fn render_failed(
    app: &App,
    session: &Session,
    line: &LineId,
    why: CallFailure,
    choices: &Rc<RefCell<Choices>>,
    codes: &Codes,
) {
    about(app, session, line);
    let adapter = CallAdapter::get(app);
    adapter.set_failure(failure(Some(why)));
    if let Some(known) = session.library().line(line) {
        adapter.set_tel_code(codes.of(&format!("tel:{}", known.number)));
    }
    let places = session.library().support().phone_places.as_ref();
    adapter.set_phone_places(
        places
            .map_or("", |places| places.get(session.preferences().lang))
            .into(),
    );
    choices.borrow_mut().call = Some(Input::Call(line.clone()));
}

pub(super) fn render_over(
    app: &App,
    session: &Session,
    line: &LineId,
    choices: &Rc<RefCell<Choices>>,
) {
    about(app, session, line);
    choices.borrow_mut().call = Some(Input::Call(line.clone()));
}
