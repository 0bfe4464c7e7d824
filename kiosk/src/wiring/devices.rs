//! The devices of one start: as configured, or simulated ones.

use super::StartError;
use crate::config::{AudioHost, Config};
use crate::error::chain;
use crate::paths::Paths;
use xinting_hw::audio::{DeviceChoice, PlayerConfig, SimOut};
use xinting_hw::hook::{HookConfig, HookSim, HookSimHandle};
use xinting_hw::modem::{ModemConfig, ModemSim, ModemSimHandle};
use xinting_hw::usb::{MountedStick, MountedStickConfig, StickPort, UsbSim};

/// The simulated devices of a flow; they outlive a restart of the booth, as real ones would.
#[derive(Debug)]
pub struct Sims {
    /// The modem, behind a pty.
    pub modem: ModemSimHandle,
    /// The hand on the handset; `None`: the booth has no hook switch.
    pub hook: Option<HookSimHandle>,
    /// The sound card.
    pub sound: SimOut,
    /// The stick reader.
    pub stick: UsbSim,
    /// Whether there is a network when a booth starts.
    pub online: bool,
}

impl Sims {
    /// Makes them; their port and their mount point lie below the root. `handset`: there is a hook switch, and the
    /// handset lies on it.
    ///
    /// # Errors
    /// [`StartError::Simulated`].
    pub fn new(paths: &Paths, handset: bool) -> Result<Self, StartError> {
        let place = paths.root().join("run/xinting");
        let made = |error: &dyn std::error::Error| StartError::Simulated(chain(error));
        std::fs::create_dir_all(&place).map_err(|error| made(&error))?;
        Ok(Self {
            modem: ModemSim::start(&place.join("modem")).map_err(|error| made(&error))?,
            hook: handset.then(|| HookSim::new().1),
            sound: SimOut::new(),
            stick: UsbSim::default(),
            online: true,
        })
    }
}

/// The switch below the handset.
pub(super) enum HookDevice {
    Real(HookConfig),
    Simulated(HookSim),
}

/// The devices of one start.
pub(super) struct DeviceSet {
    pub(super) modem: ModemConfig,
    pub(super) hook: HookDevice,
    pub(super) sound: PlayerConfig,
    pub(super) stick: Option<Box<dyn StickPort>>,
    pub(super) online: bool,
}

impl DeviceSet {
    /// As configured; a device that the configuration does not name is not there.
    pub(super) fn real(config: &Config) -> Result<Self, StartError> {
        let stick: Option<Box<dyn StickPort>> = match (&config.stick.device, &config.stick.folder) {
            (Some(devices), _) => Some(Box::new(MountedStick::new(MountedStickConfig {
                devices: devices.0.clone(),
                ..MountedStickConfig::default()
            }))),
            (None, Some(folder)) => {
                let made = |error: &dyn std::error::Error| StartError::Simulated(chain(error));
                let sim = UsbSim::default();
                sim.insert(folder).map_err(|error| made(&error))?;
                Some(Box::new(sim.port()))
            }
            (None, None) => None,
        };
        Ok(Self {
            modem: ModemConfig {
                port: config.modem.port.clone().map(|port| port.0),
                pin: config.modem.pin.clone().map(|pin| pin.0),
                power_command: config.modem.power_command.clone().map(|command| command.0),
                ..ModemConfig::default()
            },
            hook: HookDevice::Real(config.hook.config()),
            sound: real_sound(config),
            stick,
            online: true,
        })
    }

    pub(super) fn simulated(config: &Config, sims: &Sims) -> Self {
        Self {
            modem: ModemConfig {
                port: Some(sims.modem.port().into()),
                ..ModemConfig::default()
            },
            hook: match &sims.hook {
                Some(hook) => HookDevice::Simulated(hook.port()),
                None => HookDevice::Real(HookConfig::default()),
            },
            sound: match (config.audio.host, &config.audio.device) {
                // Named, it is what is to be listened to.
                (AudioHost::Alsa | AudioHost::PulseAudio, None) => PlayerConfig {
                    device: DeviceChoice::Sim(sims.sound.clone()),
                    ..real_sound(config)
                },
                (AudioHost::None, _) | (_, Some(_)) => real_sound(config),
            },
            stick: Some(Box::new(sims.stick.port())),
            online: sims.online,
        }
    }
}

/// The sound output that is configured.
fn real_sound(config: &Config) -> PlayerConfig {
    PlayerConfig {
        device: match (config.audio.host, &config.audio.device) {
            (AudioHost::None, _) => DeviceChoice::None,
            (_, Some(name)) => DeviceChoice::Named(name.clone()),
            (_, None) => DeviceChoice::Default,
        },
        host: match config.audio.host {
            AudioHost::Alsa => Some("alsa".to_owned()),
            AudioHost::PulseAudio => Some("pulseaudio".to_owned()),
            AudioHost::None => None,
        },
        ceiling_db: config.audio.ceiling_db.0,
        profile: config.audio.profile.0,
    }
}
