//! The admin's pages: enums to enums, details to text.

mod packs;

use super::{Emit, UiEvent, kept};
use crate::admin::{
    AdminInput, AdminPage, AdminView, Device, DeviceHealth, HealthState, PinProblem, PinPurpose,
    ReportState, WaitingReport,
};
use crate::ui::{
    AdminAdapter, App, DeviceView, HealthLine, HealthView, PageKind, PinProblemView,
    PinPurposeView, ReportLine, ReportStateView,
};
use slint::Global;

pub(super) use packs::can_go_back as packs_can_go_back;

pub(super) fn connect(app: &App, emit: &Emit) {
    let adapter = AdminAdapter::get(app);
    let admin = |input: AdminInput| {
        let emit = emit.clone();
        move || emit(UiEvent::Admin(input))
    };
    adapter.on_erase(admin(AdminInput::Erase));
    adapter.on_enter(admin(AdminInput::Enter));
    adapter.on_leave(admin(AdminInput::Leave));
    packs::connect(app, emit);
    let to = emit.clone();
    adapter.on_digit(move |digit| {
        if let Ok(digit) = u8::try_from(digit) {
            to(UiEvent::Admin(AdminInput::Digit(digit)));
        }
    });
    let to = emit.clone();
    adapter.on_open_page(move |page| {
        let page = match page {
            0 => AdminPage::Health,
            1 => AdminPage::Reports,
            _ => AdminPage::Packs,
        };
        to(UiEvent::Admin(AdminInput::OpenPage(page)));
    });
}

pub(super) fn render(app: &App, view: &AdminView) -> PageKind {
    match view {
        AdminView::Pin {
            purpose,
            filled,
            problem,
        } => {
            render_pin(app, *purpose, *filled, *problem);
            PageKind::AdminPin
        }
        AdminView::Health(devices) => {
            let adapter = AdminAdapter::get(app);
            let lines = devices.iter().map(health).collect();
            adapter.set_devices(kept(adapter.get_devices(), lines));
            PageKind::AdminHealth
        }
        AdminView::Reports(reports) => {
            let adapter = AdminAdapter::get(app);
            let lines = reports.iter().map(report).collect();
            adapter.set_reports(kept(adapter.get_reports(), lines));
            PageKind::AdminReports
        }
        AdminView::Packs(view, stage) => packs::render(app, view, *stage),
    }
}

fn render_pin(app: &App, purpose: PinPurpose, filled: usize, problem: Option<PinProblem>) {
    let adapter = AdminAdapter::get(app);
    adapter.set_purpose(match purpose {
        PinPurpose::Set => PinPurposeView::Set,
        PinPurpose::Confirm => PinPurposeView::Confirm,
        PinPurpose::Enter => PinPurposeView::Enter,
    });
    adapter.set_filled(i32::try_from(filled).unwrap_or(0));
    let (view, number) = match problem {
        None => (PinProblemView::None, 0),
        Some(PinProblem::Mismatch) => (PinProblemView::Mismatch, 0),
        Some(PinProblem::Wrong { left }) => (PinProblemView::Wrong, i32::from(left)),
        Some(PinProblem::LockedFor { seconds }) => (
            PinProblemView::Locked,
            i32::try_from(seconds).unwrap_or(i32::MAX),
        ),
        Some(PinProblem::TooShort) => (PinProblemView::TooShort, 0),
    };
    adapter.set_problem(view);
    adapter.set_problem_number(number);
}

fn health(line: &DeviceHealth) -> HealthLine {
    HealthLine {
        device: match line.device {
            Device::Modem => DeviceView::Modem,
            Device::Sound => DeviceView::Sound,
            Device::District => DeviceView::District,
            Device::Packs => DeviceView::Packs,
            Device::Disk => DeviceView::Disk,
            Device::Clock => DeviceView::Clock,
            Device::Stick => DeviceView::Stick,
        },
        state: match line.state {
            HealthState::Good => HealthView::Good,
            HealthState::NotConfigured => HealthView::NotConfigured,
            HealthState::Starting => HealthView::Starting,
            HealthState::Absent => HealthView::Absent,
            HealthState::Denied => HealthView::Denied,
            HealthState::NotResponding => HealthView::NotResponding,
            HealthState::NoSim => HealthView::NoSim,
            HealthState::Searching => HealthView::Searching,
            HealthState::Refused => HealthView::Refused,
            HealthState::Unreachable => HealthView::Unreachable,
            HealthState::NotEnrolled => HealthView::NotEnrolled,
            HealthState::Rejected => HealthView::Rejected,
            HealthState::ClockUnknown => HealthView::ClockUnknown,
            HealthState::NotWritable => HealthView::NotWritable,
            HealthState::MadeAnew => HealthView::MadeAnew,
            HealthState::EarlierServes => HealthView::EarlierServes,
            HealthState::Empty => HealthView::Empty,
            HealthState::SeveralSticks => HealthView::SeveralSticks,
            HealthState::RootOffered => HealthView::RootOffered,
            HealthState::Fault => HealthView::Fault,
        },
        detail: line.detail.as_str().into(),
    }
}

fn report(report: &WaitingReport) -> ReportLine {
    let (state, detail) = match &report.state {
        ReportState::Waiting => (ReportStateView::Waiting, String::new()),
        ReportState::SetAside { status, message } => {
            (ReportStateView::SetAside, format!("{status} {message}"))
        }
    };
    ReportLine {
        date: report.date.as_str().into(),
        key: report.key.as_str().into(),
        body: report.body.as_str().into(),
        state,
        detail: detail.into(),
    }
}
