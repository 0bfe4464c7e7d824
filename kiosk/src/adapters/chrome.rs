//! What surrounds every page: the bar, the tool row, the still-there ring, the strip of a call, the
//! admin's corner.

use super::{Emit, UiEvent, words};
use crate::admin::{AdminInput, AdminView, PacksInput};
use crate::ui::{App, PageKind, Shell, StageView, Theme};
use slint::{ComponentHandle, Global};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use xinting_content::Lang;
use xinting_session::{CallStage, Input, Now, Screen, Session, TextSize};

/// Touches in the corner that open maintenance.
const CORNER_TOUCHES: usize = 5;
/// The time they must fall within.
const CORNER_WITHIN: Duration = Duration::from_secs(3);

pub(super) fn connect(app: &App, emit: &Emit) {
    let shell = Shell::get(app);
    let bar = |input: Input| {
        let (emit, app) = (emit.clone(), app.as_weak());
        move || {
            // Maintenance holds no visit: it is left first, so that help is one touch away there too.
            if let Some(app) = app.upgrade()
                && in_maintenance(Shell::get(&app).get_page())
            {
                emit(UiEvent::Admin(AdminInput::Leave));
            }
            emit(UiEvent::Visitor(input.clone()));
        }
    };
    shell.on_help(bar(Input::Help));
    shell.on_end(bar(Input::End));
    let (to, weak) = (emit.clone(), app.as_weak());
    shell.on_home(move || {
        let maintained = weak
            .upgrade()
            .is_some_and(|app| in_maintenance(Shell::get(&app).get_page()));
        if maintained {
            to(UiEvent::Admin(AdminInput::Leave));
            to(UiEvent::Visitor(Input::Touch));
        } else {
            to(UiEvent::Visitor(Input::Home));
        }
    });
    let plain = |input: Input| {
        let emit = emit.clone();
        move || emit(UiEvent::Visitor(input.clone()))
    };
    let (to, weak) = (emit.clone(), app.as_weak());
    shell.on_back(move || {
        let maintained = weak
            .upgrade()
            .is_some_and(|app| in_maintenance(Shell::get(&app).get_page()));
        to(if maintained {
            UiEvent::Admin(AdminInput::Packs(PacksInput::NotNow))
        } else {
            UiEvent::Visitor(Input::Back)
        });
    });
    shell.on_toggle_reach(plain(Input::ToggleReach));
    shell.on_still_here(plain(Input::StillHere));
    let to = emit.clone();
    shell.on_touched(move || to(UiEvent::Touched));
    let (to, weak) = (emit.clone(), app.as_weak());
    shell.on_switch_language(move || {
        let Some(app) = weak.upgrade() else { return };
        let lang = if Theme::get(&app).get_english() {
            Lang::ZhCn
        } else {
            Lang::En
        };
        to(UiEvent::Visitor(Input::SetLang(lang)));
    });
    let (to, weak) = (emit.clone(), app.as_weak());
    shell.on_next_text_size(move || {
        let Some(app) = weak.upgrade() else { return };
        let next = match Shell::get(&app).get_text_size() {
            0 => TextSize::Large,
            1 => TextSize::Largest,
            _ => TextSize::Normal,
        };
        to(UiEvent::Visitor(Input::SetTextSize(next)));
    });
    let to = emit.clone();
    let corner = Rc::new(RefCell::new(Vec::<Instant>::new()));
    shell.on_admin_gesture(move || {
        let now = Instant::now();
        let complete = {
            let mut touches = corner.borrow_mut();
            touches.retain(|at| now.duration_since(*at) <= CORNER_WITHIN);
            touches.push(now);
            let complete = touches.len() >= CORNER_TOUCHES;
            if complete {
                touches.clear();
            }
            complete
        };
        to(if complete {
            UiEvent::Visitor(Input::AdminGesture)
        } else {
            UiEvent::Visitor(Input::Touch)
        });
    });
}

fn in_maintenance(page: PageKind) -> bool {
    matches!(
        page,
        PageKind::AdminPin
            | PageKind::AdminHealth
            | PageKind::AdminReports
            | PageKind::AdminPacks
            | PageKind::AdminPackItem
            | PageKind::AdminPackWork
            | PageKind::AdminPackAsk
            | PageKind::AdminPackDone
    )
}

pub(super) fn stage(stage: CallStage) -> StageView {
    match stage {
        CallStage::Waiting => StageView::Waiting,
        CallStage::Dialling => StageView::Dialling,
        CallStage::DialAgain => StageView::DialAgain,
        CallStage::Alerting => StageView::Alerting,
        CallStage::LineOpen(_) => StageView::LineOpen,
        CallStage::Ending => StageView::Ending,
    }
}

pub(super) fn timer(stage: CallStage) -> String {
    match stage {
        CallStage::LineOpen(open_for) => words::call_clock(open_for),
        CallStage::Waiting
        | CallStage::Dialling
        | CallStage::DialAgain
        | CallStage::Alerting
        | CallStage::Ending => String::new(),
    }
}

pub(super) fn render(app: &App, session: &Session, now: Now, admin: Option<&AdminView>) {
    let (shell, theme) = (Shell::get(app), Theme::get(app));
    let preferences = session.preferences();
    let light = words::light(now.civil);
    shell.set_light(light);
    theme.set_night(light == crate::ui::Light::Night);
    theme.set_reach_mode(preferences.reach);
    let (step, factor) = match preferences.text_size {
        TextSize::Normal => (0, 1.0),
        TextSize::Large => (1, 1.2),
        TextSize::Largest => (2, 1.4),
    };
    shell.set_text_size(step);
    theme.set_reading(factor);
    shell.set_can_go_back(match admin {
        None => session.can_go_back(),
        Some(AdminView::Packs(view, stage)) => super::admin::packs_can_go_back(view, *stage),
        Some(AdminView::Pin { .. } | AdminView::Health(_) | AdminView::Reports(_)) => false,
    });

    let screen = session.screen(now);
    let strip = session.strip(now);
    shell.set_in_call(matches!(screen, Screen::Call { .. }) || strip.is_some());
    shell.set_still_there(session.still_there(now).map_or(-1, i32::from));
    let support = matches!(screen, Screen::Support { .. });
    shell.set_still_there_support(support);
    if support && let Some(first) = session.library().lines_at(now.civil).first() {
        shell.set_still_there_call(first.number.as_str().into());
    }
    match strip {
        Some(strip) => {
            let name = session
                .library()
                .line(&strip.line)
                .map_or("", |line| line.name.get(preferences.lang));
            shell.set_strip_name(name.into());
            shell.set_strip_stage(stage(strip.stage));
            shell.set_strip_timer(timer(strip.stage).into());
        }
        None => shell.set_strip_name("".into()),
    }
}
