//! How every device is, from what each last said of itself. Only states and details: the sentences are the screens'.

use super::phone::PhoneFacts;
use super::{Device, DeviceHealth, HealthState, InstalledPack, PacksView, StickView};
use crate::store::StoreHealth;
use crate::upstream::Standing;
use jiff::civil::DateTime;
use xinting_hw::audio::Sound;

/// What each device last said.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Modem and handset.
    pub phone: PhoneFacts,
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

/// The health page, in the order of [`Device`]; what is seen of packs and stick stands on their own page too.
#[must_use]
pub fn page(facts: &Facts, seen: &PacksView, civil: Option<DateTime>) -> Vec<DeviceHealth> {
    let mut lines = vec![
        facts.phone.line(),
        sound(facts),
        district(facts),
        packs(facts, seen),
        disk(facts),
        clock(civil),
        stick(seen),
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

fn packs(facts: &Facts, seen: &PacksView) -> DeviceHealth {
    if let Some(fault) = facts.pack_faults.first() {
        return line(Device::Packs, HealthState::EarlierServes, fault.clone());
    }
    if let Some(fingerprint) = &seen.trust.asked {
        return line(Device::Packs, HealthState::RootOffered, fingerprint.clone());
    }
    let names: Vec<String> = facts
        .installed
        .iter()
        .filter(|pack| pack.serves())
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

fn stick(seen: &PacksView) -> DeviceHealth {
    let state = match seen.stick {
        _ if seen.others > 0 => HealthState::SeveralSticks,
        StickView::NotConfigured => HealthState::NotConfigured,
        StickView::Empty => HealthState::Empty,
        StickView::Reading => HealthState::Starting,
        StickView::Ready | StickView::Released => HealthState::Good,
        StickView::Unreadable => HealthState::Fault,
    };
    line(Device::Stick, state, "")
}
