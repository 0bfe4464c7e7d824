//! How every device is, from what each last said of itself. Only states and details: the sentences are the screens'.

use super::{Device, DeviceHealth, HealthState, InstalledPack, StickView};
use crate::store::StoreHealth;
use crate::upstream::Standing;
use jiff::civil::DateTime;
use xinting_hw::audio::Sound;
use xinting_hw::modem::{AbsentCause, ModemHealth, SimProblem};

/// What each device last said.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The modem.
    pub modem: ModemHealth,
    /// The modem's model, once it has said it.
    pub modem_model: Option<String>,
    /// The switch below the handset.
    pub hook: HookFacts,
    /// Sound; `None` until the first word of the player.
    pub sound: Option<Sound>,
    /// The configuration wants no sound.
    pub silent: bool,
    /// The way to the district.
    pub district: Way,
    /// A report was refused for good and lies in the outbox.
    pub refused_reports: bool,
    /// The store.
    pub store: StoreHealth,
    /// What serves.
    pub installed: Vec<InstalledPack>,
    /// Packs that could not be used at the start, each with its sentence.
    pub pack_faults: Vec<String>,
    /// The stick reader.
    pub stick: StickView,
    /// Devices whose actor did not take the last command: its queue was full, or it is missing.
    pub overrun: Vec<Device>,
}

/// The switch below the handset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookFacts {
    /// The configuration names none.
    NotConfigured,
    /// It has not said anything yet.
    Silent,
    /// The handset lies on it.
    Down,
    /// The handset is lifted.
    Lifted,
    /// It cannot be asked.
    Gone,
}

/// The way to the district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// The configuration names none.
    NotConfigured,
    /// The booth has no id yet, and nothing has been tried since the start.
    Untried,
    /// As it last said itself.
    Is(Standing),
}

/// The health page, in the order of [`Device`].
#[must_use]
pub fn page(facts: &Facts, civil: Option<DateTime>) -> Vec<DeviceHealth> {
    let mut lines = vec![
        modem(facts),
        sound(facts),
        district(facts),
        packs(facts),
        disk(facts),
        clock(civil),
        stick(facts.stick),
    ];
    for line in &mut lines {
        if facts.overrun.contains(&line.device) {
            line.state = HealthState::Fault;
            line.detail = "queue full".to_owned();
        }
    }
    lines
}

fn line(device: Device, state: HealthState, detail: impl Into<String>) -> DeviceHealth {
    DeviceHealth {
        device,
        state,
        detail: detail.into(),
    }
}

fn modem(facts: &Facts) -> DeviceHealth {
    let (state, detail) = match &facts.modem {
        ModemHealth::Absent(AbsentCause::NotConfigured) => {
            (HealthState::NotConfigured, String::new())
        }
        ModemHealth::Absent(AbsentCause::NoSuchPort) => (HealthState::Absent, String::new()),
        ModemHealth::Absent(AbsentCause::PermissionDenied) => {
            (HealthState::Denied, "dialout".to_owned())
        }
        ModemHealth::Absent(AbsentCause::PortInUse) => {
            (HealthState::Denied, "port in use".to_owned())
        }
        ModemHealth::Absent(AbsentCause::OpenFailed) => {
            (HealthState::Fault, "open failed".to_owned())
        }
        ModemHealth::Absent(AbsentCause::Ambiguous) => {
            (HealthState::Fault, "several ports fit".to_owned())
        }
        ModemHealth::Absent(AbsentCause::OtherDevice) => {
            (HealthState::Fault, "another device on this port".to_owned())
        }
        ModemHealth::Starting => (HealthState::Starting, String::new()),
        ModemHealth::NotResponding => (HealthState::NotResponding, String::new()),
        ModemHealth::NoSim(problem) => {
            let detail = match problem {
                SimProblem::Absent => "",
                SimProblem::NeedsPin => "SIM PIN",
                SimProblem::WrongPin => "wrong SIM PIN",
                SimProblem::NeedsPuk => "SIM PUK",
                SimProblem::Faulty => "SIM failure",
            };
            (HealthState::NoSim, detail.to_owned())
        }
        ModemHealth::Searching { rssi_dbm } => (HealthState::Searching, signal(*rssi_dbm)),
        ModemHealth::Denied => (HealthState::Refused, String::new()),
        ModemHealth::Registered {
            roaming,
            operator,
            rssi_dbm,
        } => {
            let mut parts = Vec::new();
            parts.extend(facts.modem_model.clone());
            parts.extend(operator.clone());
            parts.extend(roaming.then(|| "roaming".to_owned()));
            parts.push(signal(*rssi_dbm));
            parts.retain(|part| !part.is_empty());
            (HealthState::Good, parts.join(" · "))
        }
    };
    line(Device::Modem, state, detail)
}

fn signal(rssi_dbm: Option<i16>) -> String {
    rssi_dbm.map(|dbm| format!("{dbm} dBm")).unwrap_or_default()
}

fn sound(facts: &Facts) -> DeviceHealth {
    let (state, detail) = match &facts.sound {
        _ if facts.silent => (HealthState::NotConfigured, String::new()),
        None => (HealthState::Starting, String::new()),
        Some(Sound::Ready { device } | Sound::Back { device }) => {
            (HealthState::Good, device.clone())
        }
        Some(Sound::Absent { reason } | Sound::Lost { reason }) => {
            (HealthState::Absent, reason.clone())
        }
    };
    line(Device::Sound, state, detail)
}

fn district(facts: &Facts) -> DeviceHealth {
    let (state, detail) = match &facts.district {
        Way::NotConfigured => (HealthState::NotConfigured, String::new()),
        Way::Untried => (HealthState::Starting, String::new()),
        Way::Is(Standing::NotEnrolled) => (HealthState::NotEnrolled, String::new()),
        Way::Is(Standing::CodeRefused { status, message }) => {
            (HealthState::NotEnrolled, format!("{status}: {message}"))
        }
        Way::Is(Standing::Unreachable { reason }) => (HealthState::Unreachable, reason.clone()),
        Way::Is(Standing::Good) if facts.refused_reports => (HealthState::Rejected, String::new()),
        Way::Is(Standing::Good) => (HealthState::Good, String::new()),
    };
    line(Device::District, state, detail)
}

fn packs(facts: &Facts) -> DeviceHealth {
    if let Some(fault) = facts.pack_faults.first() {
        return line(Device::Packs, HealthState::EarlierServes, fault.clone());
    }
    let names: Vec<String> = facts
        .installed
        .iter()
        .map(|pack| format!("{} {}", pack.title, pack.version))
        .collect();
    line(Device::Packs, HealthState::Good, names.join(" · "))
}

fn disk(facts: &Facts) -> DeviceHealth {
    let (state, detail) = match &facts.store {
        StoreHealth::Good => (HealthState::Good, String::new()),
        StoreHealth::MadeAnew { aside } => (HealthState::MadeAnew, aside.display().to_string()),
        StoreHealth::InMemory { reason } | StoreHealth::NotWritable { reason } => {
            (HealthState::NotWritable, reason.clone())
        }
    };
    line(Device::Disk, state, detail)
}

fn clock(civil: Option<DateTime>) -> DeviceHealth {
    match civil {
        Some(civil) => line(
            Device::Clock,
            HealthState::Good,
            civil.strftime("%Y-%m-%d %H:%M").to_string(),
        ),
        None => line(Device::Clock, HealthState::ClockUnknown, ""),
    }
}

fn stick(stick: StickView) -> DeviceHealth {
    let state = match stick {
        StickView::NotConfigured => HealthState::NotConfigured,
        StickView::Empty => HealthState::Empty,
        StickView::Reading => HealthState::Starting,
        StickView::Ready | StickView::Released => HealthState::Good,
        StickView::Unreadable => HealthState::Fault,
    };
    line(Device::Stick, state, "")
}
