//! Puts a booth together: store, packs, key, screens, devices. The only place that names a concrete device.

mod devices;

pub use devices::Sims;

use self::devices::{DeviceSet, HookDevice};
use crate::actors::call::CallActor;
use crate::actors::packs::{self, PacksActor, ShownLibraries};
use crate::actors::player::PlayerActor;
use crate::actors::watchdog::Watchdog;
use crate::adapters::Screens;
use crate::admin::StickView;
use crate::admin::health::{Facts, Way};
use crate::admin::phone::{HookFacts, PhoneFacts};
use crate::booth::{Beginning, Booth};
use crate::booth_key;
use crate::carry::{Carrier, CarrierParts, ConfigNotice};
use crate::clock::Clock;
use crate::config::{AudioHost, Config};
use crate::effects::Hands;
use crate::error::chain;
use crate::event::Event;
use crate::event_loop::{self, App, Touches};
use crate::inbox::Inbox;
use crate::log_event::{LogEvent, log};
use crate::paths::Paths;
use crate::shelf::{Shelf, ShelfNotice};
use crate::store::{DbError, Kept, Running, Setting, Store, StoreActor, StoreHealth};
use crate::trust::{TrustNotice, TrustStore};
use crate::upstream::{HttpWire, Identity, SharedBooth, Standing, Upstream};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use xinting_content::{Lang, PublicKey};
use xinting_hw::hook::{HookConfig, HookHandle};
use xinting_session::{CanCall, Devices, Settings, SoundState};
use xinting_usage::{BoothId, BoothKey, KeyError, OpenPeriod, Tally};

/// All that decides what a booth is.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its configuration.
    pub config: Config,
    /// Where its things are.
    pub paths: Paths,
    /// The packs that came with the image.
    pub image: PathBuf,
    /// The root keys it trusts from the beginning.
    pub keys: Vec<PublicKey>,
    /// The file its configuration was asked for in, and is put into from a stick.
    pub config_file: PathBuf,
    /// That file could not be used, and the one before it serves.
    pub config_notice: Option<ConfigNotice>,
    /// The size of its window in pixels; the platform's choice by default.
    pub size: Option<(u32, u32)>,
}

/// Why a booth cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Not even a store in memory.
    #[error("opening the booth's store")]
    Store(#[source] DbError),
    /// A thread of the start ended by a fault.
    #[error("starting: a part of the booth broke off")]
    Broke,
    /// The packs do not make a library: there is nothing to show.
    #[error("{0}")]
    NoLibrary(String),
    /// There is no randomness.
    #[error("beginning the first period")]
    Randomness(#[source] KeyError),
    /// There is no window.
    #[error("making the window")]
    Window(#[from] slint::PlatformError),
    /// A simulated device could not be made.
    #[error("making the simulated devices: {0}")]
    Simulated(String),
}

/// Starts a booth; with `sims`, on simulated devices but for a sound device that the configuration names. Slint's
/// platform has been chosen before.
///
/// # Errors
/// [`StartError`]. A device that is missing is none.
pub fn start(plan: &Plan, sims: Option<&Sims>, clock: &Rc<Clock>) -> Result<Rc<App>, StartError> {
    let devices = match sims {
        Some(sims) => DeviceSet::simulated(&plan.config, sims),
        None => DeviceSet::real(&plan.config)?,
    };
    let (mut trust, mut key_notices) =
        TrustStore::with_roots(plan.keys.clone(), &plan.paths.keys());
    // Disk and window have nothing to do with each other until the first picture.
    let database = plan.paths.database();
    let opening = std::thread::spawn(move || Store::open(&database));
    let (folder, image, trusted, production) = (
        plan.paths.packs(),
        plan.image.clone(),
        trust.trust(),
        plan.config.production,
    );
    let shelving =
        std::thread::spawn(move || Shelf::open(&folder, Some(&image), trusted, production));
    let touches = Touches::default();
    let touched = touches.clone();
    let screens = Screens::new(move |event| touched.take(event))?;
    if let Some((width, height)) = plan.size {
        screens
            .window()
            .set_size(slint::PhysicalSize::new(width, height));
    }
    let (store, kept) = opening
        .join()
        .map_err(|_| StartError::Broke)?
        .map_err(StartError::Store)?;
    if kept.health != StoreHealth::Good {
        log(LogEvent::StoreHealth(&kept.health));
    }
    let (shelf, notices) = shelving.join().map_err(|_| StartError::Broke)?;
    let remembered = kept.settings.get(&Setting::KeyListVersion);
    let remembered = remembered.and_then(|text| text.parse().ok());
    key_notices.extend(remembered.and_then(|version| trust.remember(version)));

    let lang = plan.config.lang.0;
    let shown = shelf
        .library()
        .map_err(|error| StartError::NoLibrary(nothing_to_show(&notices, error)))?;
    let identity = identity(&plan.paths, plan.config.district.code.clone(), &kept)?;
    let (key, booth_id) = (Arc::clone(&identity.key), identity.booth.get());
    let beginning = Beginning {
        settings: Settings {
            audience: plan.config.audience.0,
            lang,
            devices: Devices {
                can_call: CanCall::NoModem,
                sound: SoundState::Absent,
            },
        },
        library: Arc::clone(&shown.library),
        running: running(&kept)?,
        booth: booth_id.clone(),
        key,
        pin_hash: kept.settings.get(&Setting::PinHash).cloned(),
        pin_wrong: kept
            .settings
            .get(&Setting::PinWrong)
            .and_then(|text| text.parse().ok())
            .unwrap_or(0),
        facts: facts(plan, &kept, booth_id.as_ref(), &shelf, &notices, &devices),
        loudness: plan.config.audio.loudness(),
    };
    let mut booth = Booth::new(clock.now(), beginning);
    let offered = kept.settings.get(&Setting::RootOffered).cloned();
    let config_notice = plan.config_notice.clone();
    log_faults(config_notice.as_ref(), &key_notices);
    booth.trusts(
        clock.now(),
        &trust.trust(),
        (config_notice, key_notices),
        lang,
        offered.filter(|line| !line.is_empty()),
    );

    let inbox = Inbox::new(event_loop::wake);
    let libraries = ShownLibraries::new(shown);
    let hands = hands(
        plan,
        devices,
        (store, kept.settings),
        (shelf, libraries, trust),
        identity,
        &inbox,
    );
    let app = App::new(Rc::clone(clock), booth, screens, &touches, inbox, hands);
    app.screens().show()?;
    log(LogEvent::Started);
    Ok(app)
}

/// Starts the actors. One that cannot be started is missing: the booth offers less.
fn hands(
    plan: &Plan,
    devices: DeviceSet,
    (store, settings): (Store, BTreeMap<Setting, String>),
    (shelf, libraries, trust): (Shelf, ShownLibraries, TrustStore),
    identity: Identity,
    inbox: &Inbox,
) -> Hands {
    let to = || inbox.clone();
    let told = to();
    let store = started(StoreActor::start(store, move |event| {
        told.push(Event::Store(event))
    }));
    let told = to();
    let call = started(CallActor::start(devices.modem, move |event| {
        told.push(Event::Modem(event))
    }));
    let told = to();
    let tell = move |event| told.push(Event::Hook(event));
    let hook = started(match devices.hook {
        HookDevice::Real(config) => HookHandle::start(config, tell),
        HookDevice::Simulated(switch) => HookHandle::start_with(switch, tell),
    });
    let told = to();
    let sound = PlayerActor::start(devices.sound, libraries.clone(), move |event| {
        told.push(Event::Player(event));
    });
    let player = started(sound);
    let told = to();
    let carrier = store.as_ref().map(|store| {
        Carrier::new(CarrierParts {
            trust,
            store: store.handle(),
            settings,
            config: plan.config_file.clone(),
            code: plan.config.district.code.clone(),
            key: Arc::clone(&identity.key),
            booth: identity.booth.clone(),
            tell: Box::new(move |event| {
                told.push(Event::Upstream(event));
            }),
        })
    });
    let told = to();
    let packs = PacksActor::start(
        shelf,
        devices.stick,
        carrier,
        libraries,
        plan.config.lang.0,
        move |event| {
            told.push(Event::Packs(event));
        },
    );
    let packs = started(packs);
    let upstream = plan
        .config
        .district
        .url
        .clone()
        .zip(store.as_ref())
        .and_then(|(url, store)| {
            let told = to();
            started(Upstream::start(
                HttpWire::new(url),
                store.handle(),
                identity,
                devices.online,
                move |event| {
                    told.push(Event::Upstream(event));
                },
            ))
        });
    let watchdog = Watchdog::start(event_loop::probe);
    let watchdog = started(watchdog).flatten();
    if let Some(store) = &store {
        // What waited before the start is known before the first page that shows it.
        let _full = store.handle().show_outbox();
    }
    Hands {
        hook,
        call,
        player,
        packs,
        upstream,
        watchdog,
        store,
    }
}

/// What is wrong with keys and configuration also goes to the log.
fn log_faults(config: Option<&ConfigNotice>, keys: &[TrustNotice]) {
    for notice in keys {
        log(LogEvent::KeysFault(&notice.sentence(Lang::En)));
    }
    if let Some(notice) = config {
        log(LogEvent::ConfigFault(&notice.sentence(Lang::En)));
    }
}

fn started<T, E: std::error::Error>(actor: Result<T, E>) -> Option<T> {
    actor
        .map_err(|error| log(LogEvent::ActorFailed(&chain(&error))))
        .ok()
}

/// Who the booth is to its district. A key that cannot be kept or read serves for this run only, without an id and
/// without the code: the code is good once, and an id for a key that is gone at the next start is good for nothing.
fn identity(paths: &Paths, code: Option<String>, kept: &Kept) -> Result<Identity, StartError> {
    let (key, known, code) = match booth_key::load_or_make(&paths.booth_key()) {
        Ok((key, known)) => (key, known, code),
        Err(error) => {
            log(LogEvent::ActorFailed(&chain(&error)));
            let key = BoothKey::generate().map_err(StartError::Randomness)?;
            (key, false, None)
        }
    };
    let id = kept
        .settings
        .get(&Setting::BoothId)
        .and_then(|text| text.parse().ok());
    Ok(Identity {
        booth: SharedBooth::new(id.filter(|_| known)),
        code,
        key: Arc::new(key),
    })
}

fn running(kept: &Kept) -> Result<Running, StartError> {
    match kept.running {
        Some(running) => Ok(running),
        None => Ok(Running {
            period: OpenPeriod::first().map_err(StartError::Randomness)?,
            tally: Tally::ZERO,
        }),
    }
}

fn facts(
    plan: &Plan,
    kept: &Kept,
    booth: Option<&BoothId>,
    shelf: &Shelf,
    notices: &[ShelfNotice],
    devices: &DeviceSet,
) -> Facts {
    let lang = plan.config.lang.0;
    Facts {
        phone: PhoneFacts::new(
            lang,
            devices.modem.port.as_ref().map(ToString::to_string),
            match &devices.hook {
                HookDevice::Real(HookConfig { device: None, .. }) => HookFacts::NotConfigured,
                HookDevice::Real(_) | HookDevice::Simulated(_) => HookFacts::Silent,
            },
        ),
        sound: None,
        silent: plan.config.audio.host == AudioHost::None,
        district: match (&plan.config.district.url, booth) {
            (None, _) => Way::NotConfigured,
            (Some(_), Some(_)) => Way::Is(Standing::Good),
            (Some(_), None) => Way::Untried,
        },
        refused_reports: false,
        store: kept.health.clone(),
        installed: packs::here(shelf, lang),
        pack_faults: packs::faults(notices, lang),
        stick: match devices.stick {
            Some(_) => StickView::Empty,
            None => StickView::NotConfigured,
        },
        overrun: Vec::new(),
    }
}

pub(crate) fn nothing_to_show(
    notices: &[ShelfNotice],
    error: &xinting_content::LibraryError,
) -> String {
    let mut said = format!("the booth has nothing to show: {error}");
    for notice in notices {
        said.push_str("; ");
        said.push_str(&notice.sentence(Lang::En));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_not_spent_on_a_key_that_cannot_be_kept() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::new(folder.path());
        let kept = Kept {
            settings: [(Setting::BoothId, "b-1".to_owned())].into(),
            running: None,
            health: StoreHealth::Good,
        };
        let code = || Some("ABCD-EFGH".to_owned());
        let key = paths.booth_key();
        std::fs::create_dir_all(key.parent().unwrap()).unwrap();
        std::fs::write(&key, b"short").unwrap();
        let this_run = identity(&paths, code(), &kept).unwrap();
        assert_eq!((this_run.code, this_run.booth.get()), (None, None));
        std::fs::remove_file(&key).unwrap();
        let first = identity(&paths, code(), &kept).unwrap();
        assert_eq!((first.code, first.booth.get()), (code(), None));
        let second = identity(&paths, code(), &kept).unwrap();
        assert_eq!(second.booth.get(), Some("b-1".parse().unwrap()));
    }
}
