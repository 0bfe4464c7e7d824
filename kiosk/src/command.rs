//! What the command line can ask for: the booth itself, the tour of its screens, a flow played on it.

use crate::carry;
use crate::clone::{self, CloneError, Desk};
use crate::config::{ConfigError, Renderer};
use crate::flow::{self, Failure};
use crate::log_event::{LogEvent, log};
use crate::paths::Paths;
use crate::shelf::Shelf;
use crate::stage::AppStage;
use crate::tour::{self, TourError, TourOptions};
use crate::trust::TrustStore;
use crate::wiring::{self, Plan, StartError};
use clap::Parser;
use i_slint_backend_testing::{TestingBackend, TestingBackendOptions};
use jiff::civil::DateTime;
use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use xinting_content::{Audience, Lang, PublicKey};
use xinting_session::flow::Step;

/// The booth of Xinting (心亭): a quiet place in a school's hallway, without names and without a network.
///
/// Without further options the booth starts in a window, or on the whole screen of a board. Inside a clone of the
/// project an empty root is given what it lacks: a configuration, the clone's key as trust, starter and sample packs.
#[derive(Debug, Parser)]
#[command(name = "xinting-kiosk", version, after_help = EXAMPLES)]
pub struct Arguments {
    /// Everything the booth reads and writes lies below this folder; `/` by default. Inside a clone: target/booth, and
    /// for a tour or a flow a folder that is forgotten afterwards.
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// The configuration; by default etc/xinting/kiosk.toml below the root.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Draws every screen into this folder as NN-name.png, without a display, and ends.
    #[arg(long, value_name = "DIR", conflicts_with = "flow")]
    tour: Option<PathBuf>,
    /// Plays a text flow on the booth with simulated devices, without a display; exit status 0 if all of it held.
    #[arg(long, value_name = "FILE")]
    flow: Option<PathBuf>,
    /// Where the pictures of a flow go.
    #[arg(long, value_name = "DIR", requires = "flow", default_value = ".")]
    shots: PathBuf,
    /// Where a flow writes when the player page changed, for tests that lay it beside a capture of the sound.
    #[arg(long, value_name = "FILE", requires = "flow")]
    record: Option<PathBuf>,
    /// The size of the window in pixels.
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<(u32, u32)>,
    /// The language: zh-CN or en; the configuration's by default.
    #[arg(long, value_name = "LANG", value_parser = lang)]
    lang: Option<Lang>,
    /// Who the visitors are: primary, junior, senior or parent; the configuration's by default.
    #[arg(long, value_name = "WHO", value_parser = audience)]
    audience: Option<Audience>,
    /// The local time of a tour, as 2026-05-25T10:00.
    #[arg(long, value_name = "TIME", requires = "tour")]
    at: Option<DateTime>,
    /// The packs to show, in place of those of the image or the clone.
    #[arg(long, value_name = "DIR")]
    packs: Option<PathBuf>,
    /// A public key to trust, in place of those below the root.
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  xinting-kiosk --root target/booth
  xinting-kiosk --root target/booth --tour target/tour --size 1280x800 --lang en
  xinting-kiosk --root target/booth --flow tests/flows/worry.flow --size 1080x1920 --shots target/shots

A flow is text, a verb a line: tap LABEL, expect LABEL, wait 3s, shot NAME, sim modem busy, day-end and more.
Logs go to stderr; XINTING_LOG=debug shows more. They never hold an answer or a number.";

/// Why the command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// What a clone lacks could not be made.
    #[error(transparent)]
    Clone(#[from] CloneError),
    /// A tour or a flow on a real booth.
    #[error(
        "--tour and --flow are refused where the configuration says production = true; use another --root or --config"
    )]
    Production,
    /// The folder of trust or a key of it.
    #[error("reading the trusted keys in {path}")]
    Trust {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A key named on the command line.
    #[error("{path} is no public key; give the .pub file that xinting-pack keygen wrote")]
    Key {
        /// The file.
        path: PathBuf,
    },
    /// The record of a flow.
    #[error("writing the record of the player page to {path}")]
    Record {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The booth.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The tour.
    #[error(transparent)]
    Tour(#[from] TourError),
    /// The flow.
    #[error(transparent)]
    Flow(#[from] Failure),
    /// Slint.
    #[error("drawing")]
    Platform(#[from] slint::PlatformError),
}

impl CommandError {
    /// 1: it was refused or did not hold; 2: it was asked wrongly.
    #[must_use]
    pub fn code(&self) -> ExitCode {
        match self {
            Self::Config(_) | Self::Production | Self::Key { .. } => ExitCode::from(2),
            Self::Clone(_)
            | Self::Trust { .. }
            | Self::Start(_)
            | Self::Tour(_)
            | Self::Flow(_)
            | Self::Record { .. }
            | Self::Platform(_) => ExitCode::FAILURE,
        }
    }
}

/// Does what the command line asks.
///
/// # Errors
/// [`CommandError`].
pub fn run(arguments: &Arguments) -> Result<(), CommandError> {
    let root = Root::of(arguments);
    let (plan, start) = plan(arguments, &root.path)?;
    match (&arguments.tour, &arguments.flow) {
        (Some(dir), _) => take_tour(arguments, plan, dir),
        (None, Some(file)) => play_flow(plan, file, &arguments.shots, arguments.record.as_deref()),
        (None, None) => open_booth(&plan, start),
    }
}

/// The booth's root, as asked for or as the place suggests.
#[derive(Debug)]
struct Root {
    path: PathBuf,
    /// Made for this run only.
    forgotten: bool,
}

impl Root {
    fn of(arguments: &Arguments) -> Self {
        let clone = std::env::current_dir()
            .ok()
            .as_deref()
            .and_then(clone::around);
        let screens_only = arguments.tour.is_some() || arguments.flow.is_some();
        let (path, forgotten) = match (&arguments.root, clone) {
            (Some(root), _) => (root.clone(), false),
            (None, None) => (PathBuf::from("/"), false),
            (None, Some(clone)) if screens_only => {
                let name = format!("target/booth-{}", std::process::id());
                (clone.join(name), true)
            }
            (None, Some(clone)) => (clone.join("target/booth"), false),
        };
        Self { path, forgotten }
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        if self.forgotten {
            // What cannot be removed lies in the clone's target folder, where nobody minds.
            let _left = std::fs::remove_dir_all(&self.path);
        }
    }
}

fn plan(arguments: &Arguments, root: &Path) -> Result<(Plan, carry::Start), CommandError> {
    let paths = Paths::new(root);
    let exe = std::env::current_exe().unwrap_or_default();
    let prepared = clone::prepare(&Desk {
        root,
        exe_dir: exe.parent().unwrap_or(Path::new(".")),
        cwd: &std::env::current_dir().unwrap_or_default(),
        config: arguments.config.as_deref(),
        packs: arguments.packs.as_deref(),
        trust: arguments.trust.as_deref(),
    })?;
    let file = arguments.config.clone().unwrap_or_else(|| paths.config());
    let carry::InUse {
        mut config,
        notice,
        start,
    } = carry::read_or_previous(&file)?;
    if config.shows_a_secret(&file) {
        log(LogEvent::SecretInTheOpen(&file));
    }
    if config.production && (arguments.tour.is_some() || arguments.flow.is_some()) {
        return Err(CommandError::Production);
    }
    if let Some(lang) = arguments.lang {
        config.lang.0 = lang;
    }
    if let Some(audience) = arguments.audience {
        config.audience.0 = audience;
    }
    let keys = match &arguments.trust {
        Some(file) => vec![key(file)?],
        None => trusted(&paths.trust())?,
    };
    let image = arguments
        .packs
        .clone()
        .or_else(|| config.packs.image.clone())
        .or_else(|| prepared.and_then(|prepared| prepared.image))
        .unwrap_or_else(|| paths.image_packs());
    let plan = Plan {
        config,
        paths,
        image,
        keys,
        config_file: file,
        config_notice: notice,
        size: arguments.size,
    };
    Ok((plan, start))
}

/// Every `*.pub` of the folder. One that cannot be understood is logged and trusted nothing.
fn trusted(folder: &Path) -> Result<Vec<PublicKey>, CommandError> {
    let failed = |source| CommandError::Trust {
        path: folder.to_owned(),
        source,
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "pub") {
            files.push(path);
        }
    }
    files.sort();
    let keys = files.iter().filter_map(|path| match key(path) {
        Ok(key) => Some(key),
        Err(_) => {
            log(LogEvent::BadKey(path));
            None
        }
    });
    Ok(keys.collect())
}

fn key(path: &Path) -> Result<PublicKey, CommandError> {
    let text = std::fs::read_to_string(path).map_err(|source| CommandError::Trust {
        path: path.to_owned(),
        source,
    })?;
    PublicKey::parse(&text).map_err(|_| CommandError::Key {
        path: path.to_owned(),
    })
}

fn open_booth(plan: &Plan, start: carry::Start) -> Result<(), CommandError> {
    start.count();
    let renderer = match plan.config.renderer {
        Renderer::Software => "software",
        Renderer::Femtovg => "femtovg",
    };
    slint::BackendSelector::new()
        .renderer_name(renderer.to_owned())
        .select()?;
    let clock = Rc::new(crate::clock::Clock::new(plan.config.zone.0.clone()));
    let app = wiring::start(plan, None, &clock)?;
    crate::signals::quit_on_signals();
    slint::Timer::single_shot(carry::PROVED_AFTER, move || {
        // A tiny file, once; nothing that anybody would notice.
        start.proved();
    });
    slint::run_event_loop()?;
    drop(app);
    Ok(())
}

fn take_tour(arguments: &Arguments, plan: Plan, dir: &Path) -> Result<(), CommandError> {
    let (shelf, notices) = Shelf::open(
        &plan.paths.packs(),
        Some(&plan.image),
        TrustStore::with_roots(plan.keys.clone(), &plan.paths.keys())
            .0
            .trust(),
        false,
    );
    let shown = shelf
        .library()
        .map_err(|error| StartError::NoLibrary(wiring::nothing_to_show(&notices, error)))?;
    tour::run(TourOptions {
        dir: dir.to_owned(),
        size: plan.size.unwrap_or((1080, 1920)),
        lang: plan.config.lang.0,
        audience: plan.config.audience.0,
        at: arguments.at,
        library: shown.library,
    })?;
    Ok(())
}

fn play_flow(
    plan: Plan,
    file: &Path,
    shots: &Path,
    record: Option<&Path>,
) -> Result<(), CommandError> {
    let steps = flow::read(file)?;
    let backend = TestingBackend::new(TestingBackendOptions {
        mock_time: false,
        threading: true,
        renderer_name: Some("software".into()),
    });
    slint::platform::set_platform(Box::new(backend))
        .map_err(|error| slint::PlatformError::Other(error.to_string()))?;
    let begins = match steps.first() {
        Some((_, Step::Clock(at))) => Some(*at),
        _ => None,
    };
    // A booth without a switch is the plainer one: only a flow that moves the handset has one.
    let moves = |step: &Step| matches!(step, Step::HookLift | Step::HookDown);
    let handset = steps.iter().any(|(_, step)| moves(step));
    let plan = Plan {
        size: plan.size.or(Some((1080, 1920))),
        ..plan
    };
    let mut stage = AppStage::start(plan, begins, handset)?;
    if let Some(path) = record {
        let file = std::fs::File::create(path).map_err(|source| CommandError::Record {
            path: path.to_owned(),
            source,
        })?;
        stage.record(file);
    }
    let shots = shots.to_owned();
    let outcome: Rc<RefCell<Option<Result<(), Failure>>>> = Rc::default();
    let told = Rc::clone(&outcome);
    slint::spawn_local(async move {
        let played = flow::play(&mut stage, &steps, &shots, &mut io::stdout().lock()).await;
        *told.borrow_mut() = Some(played);
        drop(stage);
        // The loop is running: this very task is part of it.
        let _runs = slint::quit_event_loop();
    })
    .map_err(|error| slint::PlatformError::Other(error.to_string()))?;
    slint::run_event_loop_until_quit()?;
    match outcome.take() {
        Some(played) => Ok(played?),
        None => Err(
            slint::PlatformError::Other("the event loop ended before the flow".to_owned()).into(),
        ),
    }
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let wrong = || format!("{text:?} is no size; write one such as 1080x1920");
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    let side = |text: &str| {
        text.parse()
            .ok()
            .filter(|side| (320..=8192).contains(side))
            .ok_or_else(wrong)
    };
    Ok((side(width)?, side(height)?))
}

fn lang(tag: &str) -> Result<Lang, String> {
    Lang::from_tag(tag).ok_or_else(|| format!("there is no language {tag:?}; write zh-CN or en"))
}

fn audience(name: &str) -> Result<Audience, String> {
    Audience::from_name(name).ok_or_else(|| {
        format!("there is no audience {name:?}; write primary, junior, senior or parent")
    })
}
