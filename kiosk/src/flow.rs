//! Plays a text flow against the real application, in real time, and says whether all of it held.
//!
//! The grammar is the session's ([`xinting_session::flow`]); fingers and eyes are in `hands`; the application and its
//! simulated devices stand behind [`Stage`]. Deliberately not here: any knowledge of a page.

mod hands;

use jiff::civil::DateTime;
use slint::ComponentHandle;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use xinting_session::flow::{self, FlowError, Step};

/// How long a label may take to appear: pages change within a third of a second, a simulated modem within two.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the day's end may take: the close, and the way to the district.
const DAY_END: Duration = Duration::from_secs(30);
/// How often the screen is looked at.
const LOOK: Duration = Duration::from_millis(40);
/// A page that has just changed takes no tap before this, as no person would give one.
const SETTLE: Duration = Duration::from_millis(60);

/// The application on which a flow is played, with its simulated devices. Each device verb gives back, where it cannot
/// be done, one sentence for the author of the flow.
pub trait Stage {
    /// The window's root component.
    type Root: ComponentHandle + i_slint_backend_testing::ElementRoot;

    /// The window as it is now; another one after a restart.
    fn root(&self) -> Self::Root;

    /// Words for the simulated modem.
    ///
    /// # Errors
    /// The words are not understood.
    fn modem(&mut self, words: &str) -> Result<(), String>;

    /// Words for the simulated sound device.
    ///
    /// # Errors
    /// The words are not understood.
    fn audio(&mut self, words: &str) -> Result<(), String>;

    /// Words for the simulated reader of sticks.
    ///
    /// # Errors
    /// The words are not understood, or there is no stick they could be about.
    fn stick(&mut self, words: &str) -> Result<(), String>;

    /// The handset is lifted or put down.
    ///
    /// # Errors
    /// The booth has no hook switch.
    fn hook(&mut self, lifted: bool) -> Result<(), String>;

    /// The network comes or goes.
    fn network(&mut self, up: bool);

    /// The admin's corner gesture.
    fn admin_gesture(&mut self);

    /// A stick with this folder on it is put in.
    ///
    /// # Errors
    /// There is no such folder.
    fn stick_insert(&mut self, folder: &Path) -> Result<(), String>;

    /// The stick is pulled.
    fn stick_pull(&mut self);

    /// Sets the local date and time.
    fn clock(&mut self, at: DateTime);

    /// Sets the clock just past the next midnight.
    fn day_end(&mut self);

    /// Whether the day that ended is closed, and its report delivered where there is a way to the district.
    fn day_settled(&self) -> bool;

    /// Stops the booth and starts it again on the same root.
    ///
    /// # Errors
    /// It does not start.
    fn restart(&mut self) -> Result<(), String>;
}

/// Why a flow did not hold.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The file cannot be read.
    #[error("reading the flow {path}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is no flow.
    #[error("reading the flow {path}: {source}")]
    Grammar {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        source: FlowError,
    },
    /// A step did not hold.
    #[error("line {line}: {what}; on the screen: {labels}")]
    Step {
        /// Where in the flow.
        line: usize,
        /// What did not hold.
        what: String,
        /// What could be read and touched instead.
        labels: String,
    },
}

/// Reads a flow.
///
/// # Errors
/// [`Failure::Read`] and [`Failure::Grammar`].
pub fn read(path: &Path) -> Result<Vec<(usize, Step)>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|source| Failure::Read {
        path: path.to_owned(),
        source,
    })?;
    flow::parse(&text).map_err(|source| Failure::Grammar {
        path: path.to_owned(),
        source,
    })
}

/// Plays `steps` one after the other; pictures go to `shots`, one line a step to `out`.
///
/// # Errors
/// The first step that did not hold.
pub async fn play<S: Stage>(
    stage: &mut S,
    steps: &[(usize, Step)],
    shots: &Path,
    out: &mut impl Write,
) -> Result<(), Failure> {
    for (line, step) in steps {
        let began = Instant::now();
        if let Err(what) = one(stage, step, shots).await {
            let labels = match step {
                // A booth that did not start again has no screen.
                Step::Restart => "nothing".to_owned(),
                _ => hands::labels(&stage.root()).join(" | "),
            };
            return Err(Failure::Step {
                line: *line,
                what,
                labels,
            });
        }
        // A flow whose reader has gone is still played to its end.
        let _ = writeln!(
            out,
            "{line}: {} held after {} ms",
            verb(step),
            began.elapsed().as_millis()
        );
        let _ = out.flush();
    }
    Ok(())
}

async fn one<S: Stage>(stage: &mut S, step: &Step, shots: &Path) -> Result<(), String> {
    match step {
        Step::Tap(label) => tap(stage, label).await,
        Step::Type(text) => type_text(stage, text).await,
        Step::Wait(time) => {
            hands::sleep(*time).await;
            Ok(())
        }
        Step::Expect(label) => {
            let seen = until(PATIENCE, || hands::find(&stage.root(), label).is_some()).await;
            seen.then_some(())
                .ok_or_else(|| format!("expected \"{label}\""))
        }
        Step::ExpectNot(label) => {
            let gone = until(PATIENCE, || hands::find(&stage.root(), label).is_none()).await;
            gone.then_some(())
                .ok_or_else(|| format!("\"{label}\" should not be there"))
        }
        Step::Shot(name) => {
            // Long enough for a page's rise and fade.
            hands::sleep(Duration::from_millis(450)).await;
            hands::shot(&stage.root(), &shots.join(format!("{name}.png")))
        }
        Step::SimModem(words) => stage.modem(words),
        Step::SimAudio(words) => stage.audio(words),
        Step::SimStick(words) => stage.stick(words),
        Step::HookLift => stage.hook(true),
        Step::HookDown => stage.hook(false),
        Step::NetworkUp => {
            stage.network(true);
            Ok(())
        }
        Step::NetworkDown => {
            stage.network(false);
            Ok(())
        }
        Step::GestureAdmin => {
            stage.admin_gesture();
            Ok(())
        }
        Step::StickInsert(folder) => stage.stick_insert(Path::new(folder)),
        Step::StickPull => {
            stage.stick_pull();
            Ok(())
        }
        Step::Clock(at) => {
            stage.clock(*at);
            Ok(())
        }
        Step::DayEnd => {
            stage.day_end();
            let settled = until(DAY_END, || stage.day_settled()).await;
            settled
                .then_some(())
                .ok_or_else(|| "the day did not close, or its report did not arrive".to_owned())
        }
        Step::Restart => stage.restart(),
    }
}

/// Waits for the label, then presses it where it stands, as a finger would.
async fn tap<S: Stage>(stage: &S, label: &str) -> Result<(), String> {
    hands::sleep(SETTLE).await;
    let there = until(PATIENCE, || {
        hands::find_touchable(&stage.root(), label).is_some()
    })
    .await;
    let element = hands::find_touchable(&stage.root(), label).filter(|_| there);
    let element = element.ok_or_else(|| format!("nothing to tap is called \"{label}\""))?;
    hands::press(&stage.root(), &element).await;
    Ok(())
}

/// Types on the keys that are drawn; where a character has no key, as a keyboard would.
async fn type_text<S: Stage>(stage: &S, text: &str) -> Result<(), String> {
    for character in text.chars() {
        let key = character.to_string();
        until(Duration::from_millis(500), || {
            hands::find_touchable(&stage.root(), &key).is_some()
        })
        .await;
        match hands::find_touchable(&stage.root(), &key) {
            Some(element) => hands::press(&stage.root(), &element).await,
            None => hands::strike(&stage.root(), character),
        }
    }
    Ok(())
}

/// Looks again and again until `holds`, for `patience` at most.
async fn until(patience: Duration, holds: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    loop {
        if holds() {
            return true;
        }
        if began.elapsed() > patience {
            return false;
        }
        hands::sleep(LOOK).await;
    }
}

/// The step as a word for the record. Labels are left out: an answer that was tapped is not to be read there.
fn verb(step: &Step) -> &'static str {
    match step {
        Step::Tap(_) => "tap",
        Step::Type(_) => "type",
        Step::Wait(_) => "wait",
        Step::Expect(_) => "expect",
        Step::ExpectNot(_) => "expect-not",
        Step::Shot(_) => "shot",
        Step::SimModem(_) => "sim modem",
        Step::SimAudio(_) => "sim audio",
        Step::SimStick(_) => "sim stick",
        Step::HookLift | Step::HookDown => "sim hook",
        Step::NetworkUp | Step::NetworkDown => "sim network",
        Step::GestureAdmin => "gesture admin",
        Step::StickInsert(_) | Step::StickPull => "stick",
        Step::Clock(_) => "clock",
        Step::DayEnd => "day-end",
        Step::Restart => "restart",
    }
}
