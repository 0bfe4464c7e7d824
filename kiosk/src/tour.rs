//! The tour: every screen drawn once without a display and written as a picture.
//!
//! It drives a real visit with inputs and draws through the real adapters and the software renderer.
//! A page whose headline or help pill came out blank (no font for Chinese is installed) is an error.
//! Not here: devices; calls and sound are told as they would report.

mod ink;
mod stops;

use crate::adapters::{PlayerFrame, Screens};
use crate::admin::AdminView;
use crate::picture::write_png;
use i_slint_backend_testing::{TestingBackend, TestingBackendOptions, mock_elapsed_time};
use jiff::civil::DateTime;
use slint::{PhysicalSize, PlatformError};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use xinting_content::{Audience, Lang, Library};
use xinting_session::{CanCall, Devices, Input, Now, Screen, Session, Settings, SoundState};

/// What to draw and where to leave it.
#[derive(Debug, Clone)]
pub struct TourOptions {
    /// The folder of the pictures; made where it is missing.
    pub dir: PathBuf,
    /// Width and height of the display in pixels.
    pub size: (u32, u32),
    /// The language of every screen.
    pub lang: Lang,
    /// Who the visitor says they are.
    pub audience: Audience,
    /// The clock; `None`: one afternoon, with a dusk and a night beside it.
    pub at: Option<DateTime>,
    /// What the booth holds.
    pub library: Arc<Library>,
}

/// Why a tour ended early.
#[derive(Debug, thiserror::Error)]
pub enum TourError {
    /// No window.
    #[error("making a window for the tour")]
    Platform(#[from] PlatformError),
    /// The picture could not be written.
    #[error("writing the picture {path}")]
    Write {
        /// Where to.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Words that should stand there do not.
    #[error(
        "looking for words on {name}: {place} is blank; is a font for Chinese installed (fonts-noto-cjk)?"
    )]
    Blank {
        /// Which picture.
        name: String,
        /// Where on it.
        place: &'static str,
    },
    /// The visit did not come to the page that the tour expected.
    #[error("going to {name}: the visit stands on another page")]
    Astray {
        /// Which picture was to be taken.
        name: String,
    },
}

/// Draws every screen and returns how many pictures there are.
///
/// Sets Slint's testing backend as the platform of this thread, so a thread can take one tour.
///
/// # Errors
/// See [`TourError`].
pub fn run(options: TourOptions) -> Result<usize, TourError> {
    let backend = TestingBackend::new(TestingBackendOptions {
        mock_time: true,
        threading: false,
        renderer_name: Some("software".into()),
    });
    slint::platform::set_platform(Box::new(backend))
        .map_err(|error| PlatformError::Other(error.to_string()))?;
    let mut tour = Tour::new(options)?;
    stops::all(&mut tour)?;
    Ok(tour.taken)
}

/// A visit under way, and the camera.
struct Tour {
    options: TourOptions,
    screens: Screens,
    session: Session,
    now: Now,
    taken: usize,
}

impl Tour {
    fn new(options: TourOptions) -> Result<Self, TourError> {
        let screens = Screens::new(|_| {})?;
        screens.show()?;
        screens
            .window()
            .set_size(PhysicalSize::new(options.size.0, options.size.1));
        let session = Session::new(
            options.library.clone(),
            Settings {
                audience: options.audience,
                lang: options.lang,
                devices: Devices {
                    can_call: CanCall::Yes,
                    sound: SoundState::Present,
                },
            },
        );
        let civil = options
            .at
            .unwrap_or(jiff::civil::date(2026, 11, 23).at(15, 20, 0, 0));
        let now = Now {
            monotonic: Duration::from_secs(1000),
            civil: Some(civil),
        };
        Ok(Self {
            options,
            screens,
            session,
            now,
            taken: 0,
        })
    }

    /// Lets an input happen. What it asks of the world is not done here.
    fn give(&mut self, input: Input) {
        drop(self.session.handle(self.now, input));
    }

    /// Lets time pass.
    fn pass(&mut self, span: Duration) {
        self.now.monotonic += span;
        self.give(Input::Tick);
    }

    /// Sets the hour of the clock, where the caller has not asked for one moment.
    fn hour(&mut self, hour: i8) {
        if self.options.at.is_none() {
            self.now.civil = Some(jiff::civil::date(2026, 11, 23).at(hour, 20, 0, 0));
        }
    }

    /// Begins a new visit on the home page.
    fn begin(&mut self) {
        self.give(Input::End);
        self.give(Input::Touch);
        self.give(Input::SetAudience(self.options.audience));
        self.give(Input::SetLang(self.options.lang));
    }

    /// Takes a picture of the page that stands, which must be an expected one.
    fn shot(&mut self, name: &str, expected: impl Fn(&Screen) -> bool) -> Result<(), TourError> {
        if !expected(&self.session.screen(self.now)) {
            return Err(TourError::Astray {
                name: name.to_owned(),
            });
        }
        self.picture(name, None, None)
    }

    /// Takes a picture of the player at a position.
    fn shot_at(&mut self, name: &str, frame: PlayerFrame) -> Result<(), TourError> {
        if !matches!(self.session.screen(self.now), Screen::Player { .. }) {
            return Err(TourError::Astray {
                name: name.to_owned(),
            });
        }
        self.picture(name, None, Some(frame))
    }

    fn picture(
        &mut self,
        name: &str,
        admin: Option<&AdminView>,
        frame: Option<PlayerFrame>,
    ) -> Result<(), TourError> {
        self.screens.render(&self.session, self.now, admin);
        if let Some(frame) = frame {
            self.screens.player(frame);
        }
        // Long enough for every `changed` handler and conditional element to come about.
        mock_elapsed_time(Duration::from_millis(500));
        let pixels = self.screens.window().take_snapshot()?;
        let name = format!("{:02}-{name}", self.taken + 1);
        ink::check(&self.screens, &pixels, &name)?;
        let path = self.options.dir.join(format!("{name}.png"));
        write_png(&path, &pixels).map_err(|source| TourError::Write { path, source })?;
        self.taken += 1;
        Ok(())
    }
}
