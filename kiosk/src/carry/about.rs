//! How a booth is, for whoever gets its stick: versions and health. Nothing that was counted, and no time of day.

use crate::admin::{Device, DeviceHealth, HealthState, InstalledPack};
use jiff::civil::DateTime;
use serde::Serialize;
use xinting_wire::{BoothId, PublicKey};

/// What the app knows of itself and hands to an export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The packs that serve.
    pub packs: Vec<InstalledPack>,
    /// The health page.
    pub health: Vec<DeviceHealth>,
}

#[derive(Serialize)]
struct Page<'a> {
    made_on: Option<String>,
    app: &'a str,
    booth: Option<&'a BoothId>,
    public_key: &'a PublicKey,
    packs: Vec<Pack<'a>>,
    health: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Pack<'a> {
    id: &'a str,
    title: &'a str,
    publisher: &'a str,
    version: &'a str,
    sample: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    device: &'a str,
    state: &'a str,
    detail: String,
}

impl About {
    /// `about.json`.
    pub(super) fn to_json(
        &self,
        booth: Option<&BoothId>,
        public_key: &PublicKey,
        made_at: Option<DateTime>,
    ) -> Vec<u8> {
        let page = Page {
            made_on: made_at.map(|at| at.date().to_string()),
            app: env!("CARGO_PKG_VERSION"),
            booth,
            public_key,
            packs: self
                .packs
                .iter()
                .map(|pack| Pack {
                    id: &pack.id,
                    title: &pack.title,
                    publisher: &pack.publisher,
                    version: &pack.version,
                    sample: pack.sample,
                })
                .collect(),
            health: self
                .health
                .iter()
                .map(|line| Line {
                    device: device(line.device),
                    state: state(line.state),
                    detail: without_times(&line.detail),
                })
                .collect(),
        };
        let mut bytes = serde_json::to_vec_pretty(&page)
            .expect("invariant: texts and numbers always become JSON");
        bytes.push(b'\n');
        bytes
    }
}

/// A detail without times of day: the modem's last trouble may have been somebody's call.
fn without_times(detail: &str) -> String {
    let mut out = detail.as_bytes().to_vec();
    for at in 2..out.len().saturating_sub(2) {
        let digits = [at - 2, at - 1, at + 1, at + 2];
        let more = [at.checked_sub(3), Some(at + 3)];
        let longer = more
            .iter()
            .flatten()
            .any(|&place| out.get(place).is_some_and(u8::is_ascii_digit));
        let is_time = out[at] == b':'
            && !longer
            && digits
                .iter()
                .all(|&place| out[place].is_ascii_digit() || out[place] == b'-');
        if is_time {
            for place in digits {
                out[place] = b'-';
            }
        }
    }
    // Only ASCII was replaced by ASCII.
    String::from_utf8(out).unwrap_or_default()
}

const fn device(device: Device) -> &'static str {
    match device {
        Device::Modem => "modem",
        Device::Sound => "sound",
        Device::District => "district",
        Device::Packs => "packs",
        Device::Disk => "disk",
        Device::Clock => "clock",
        Device::Stick => "stick reader",
    }
}

const fn state(state: HealthState) -> &'static str {
    match state {
        HealthState::Good => "works",
        HealthState::NotConfigured => "not configured",
        HealthState::Starting => "being started or looked for",
        HealthState::Absent => "not there",
        HealthState::Denied => "there, but this program may not use it",
        HealthState::NotResponding => "there, but does not answer",
        HealthState::NoSim => "no usable SIM",
        HealthState::Searching => "no network yet",
        HealthState::Refused => "the network refuses the SIM",
        HealthState::Unreachable => "cannot be reached; reports wait",
        HealthState::NotEnrolled => "not enrolled yet",
        HealthState::Rejected => "has refused a report",
        HealthState::ClockUnknown => "not plausible",
        HealthState::NotWritable => "cannot be written; counting goes on in memory",
        HealthState::MadeAnew => "was damaged and begun anew",
        HealthState::EarlierServes => "a pack cannot be used; an earlier one serves",
        HealthState::Empty => "empty",
        HealthState::SeveralSticks => "more than one stick is in",
        HealthState::RootOffered => "the district offers its root key",
        HealthState::Fault => "faulty",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_keep_their_day_and_lose_their_time() {
        for (detail, out) in [
            (
                "上次的问题：没有网络 2026-05-25 10:03",
                "上次的问题：没有网络 2026-05-25 --:--",
            ),
            ("10:03:59", "--:--:--"),
            ("usb:1234:5678", "usb:1234:5678"),
            ("/dev/ttyUSB2 · 3/5", "/dev/ttyUSB2 · 3/5"),
            ("", ""),
            (":", ":"),
            ("1:2", "1:2"),
        ] {
            assert_eq!(without_times(detail), out);
        }
    }
}
