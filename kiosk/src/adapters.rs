//! Between the visit and the screens: what stands on a page, and what a touch on it means.
//!
//! Only this module and its children name Slint types. Nothing here decides: a touch becomes an input,
//! a screen becomes properties, and properties are set only where they differ, so that an idle booth
//! draws nothing. The lotus moves by the player's position alone; there is no clock here but the one
//! that counts the touches of the admin's corner.

mod admin;
mod art;
mod assess;
mod call;
mod choices;
mod chrome;
mod felt;
mod home;
mod lotus;
mod player;
mod qr;
mod reading;
mod words;

use crate::admin::{AdminInput, AdminView};
use crate::ui::{App, PageKind, Shell, Theme};
use art::Art;
use choices::Choices;
use slint::{ComponentHandle, Global, Model, ModelRc, VecModel};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use xinting_content::Lang;
use xinting_session::{Input, Now, Screen, Session};

pub use player::PlayerFrame;

/// What came from the screen.
#[derive(Debug, Clone)]
pub enum UiEvent {
    /// From a visitor.
    Visitor(Input),
    /// From an admin, in maintenance.
    Admin(AdminInput),
    /// A press that hit nothing, or a scroll: keeps the visit awake.
    Touched,
}

/// Where touches go.
type Emit = Rc<dyn Fn(UiEvent)>;

/// The screens of one booth in one window.
pub struct Screens {
    app: App,
    choices: Rc<RefCell<Choices>>,
    lang: Cell<Option<Lang>>,
    codes: qr::Codes,
    player: player::Player,
}

impl Screens {
    /// Makes the window and connects every touch to `emit`.
    ///
    /// `emit` is called on the Slint thread, within the touch, and may call [`Screens::render`].
    ///
    /// # Errors
    /// If the platform cannot make a window.
    pub fn new(emit: impl Fn(UiEvent) + 'static) -> Result<Self, slint::PlatformError> {
        let app = App::new()?;
        let emit: Emit = Rc::new(emit);
        let choices = Rc::new(RefCell::new(Choices::default()));
        let art = Rc::new(Art::default());
        connect_art(&app, &art);
        chrome::connect(&app, &emit);
        home::connect(&app, &emit);
        assess::connect(&app, &emit, &choices);
        reading::connect(&app, &emit, &choices);
        call::connect(&app, &emit, &choices);
        admin::connect(&app, &emit);
        felt::connect(&app, &emit);
        let player = player::Player::connect(&app, &emit);
        Ok(Self {
            app,
            choices,
            lang: Cell::new(None),
            codes: qr::Codes::default(),
            player,
        })
    }

    /// Shows the window.
    ///
    /// # Errors
    /// If the platform cannot.
    pub fn show(&self) -> Result<(), slint::PlatformError> {
        self.app.show()
    }

    /// The window, for the event loop.
    pub fn window(&self) -> &slint::Window {
        self.app.window()
    }

    /// The root component, for tests that look elements up.
    pub fn root(&self) -> &App {
        &self.app
    }

    /// Draws what stands: the visit's screen, or the admin's page where there is one. Idempotent.
    pub fn render(&self, session: &Session, now: Now, admin: Option<&AdminView>) {
        let app = &self.app;
        let preferences = session.preferences();
        if self.lang.replace(Some(preferences.lang)) != Some(preferences.lang) {
            // The source language has no name; a missing English bundle would only leave Chinese.
            let _ = slint::select_bundled_translation(match preferences.lang {
                Lang::ZhCn => "",
                Lang::En => "en",
            });
            Theme::get(app).set_english(preferences.lang == Lang::En);
        }
        let size = self
            .app
            .window()
            .size()
            .to_logical(self.app.window().scale_factor());
        if size.width > 0.0 && size.height > 0.0 {
            Theme::get(app).set_window_width(size.width);
            Theme::get(app).set_window_height(size.height);
        }
        chrome::render(app, session, now, admin);
        if !session.in_visit() {
            assess::wipe(app, self);
        }
        let screen = session.screen(now);
        let page = match (admin, &screen) {
            (Some(view), _) => admin::render(app, view),
            (None, Screen::Attract | Screen::Maintenance) => {
                home::render_attract(app, session, now);
                PageKind::Attract
            }
            (None, Screen::Home) => {
                home::render(app, session, now);
                PageKind::Home
            }
            (None, Screen::Choose) => {
                assess::render_choose(app, session, &self.choices);
                PageKind::Choose
            }
            (None, Screen::Intro(id)) => {
                assess::render_intro(app, session, id);
                PageKind::Intro
            }
            (
                None,
                Screen::Item {
                    instrument,
                    index,
                    of,
                    chosen,
                },
            ) => {
                assess::render_item(app, session, instrument, (*index, *of), *chosen);
                PageKind::Item
            }
            (
                None,
                Screen::Result {
                    instrument,
                    score,
                    support_first,
                },
            ) => {
                assess::render_result(app, session, now, instrument, score, *support_first, self);
                PageKind::Result
            }
            (None, Screen::Support { can_continue }) => {
                call::render_support(app, session, now, *can_continue, &self.choices);
                PageKind::Support
            }
            (None, Screen::Learn) => {
                reading::render_learn(app, session, &self.choices);
                PageKind::Learn
            }
            (None, Screen::Article(id)) => {
                reading::render_article(app, session, id);
                PageKind::Article
            }
            (None, Screen::Relax) => {
                reading::render_relax(app, session, &self.choices);
                PageKind::Relax
            }
            (
                None,
                Screen::Player {
                    practice,
                    playing,
                    ended,
                    volume,
                    timer_min,
                    pace,
                    beds,
                    end_bell,
                },
            ) => {
                self.player.render(
                    app,
                    session,
                    practice,
                    player::Controls {
                        playing: *playing,
                        ended: *ended,
                        volume: *volume,
                        timer_min: *timer_min,
                        pace: *pace,
                        beds,
                        end_bell: *end_bell,
                    },
                );
                PageKind::Player
            }
            (None, Screen::Felt { .. }) => PageKind::Felt,
            (None, Screen::FeltNot { practice }) => {
                felt::render_not(app, session, practice);
                PageKind::FeltNot
            }
            (None, Screen::Lines) => {
                call::render_lines(app, session, now, &self.choices);
                PageKind::Lines
            }
            (None, Screen::ConfirmCall { line, why }) => {
                call::render_confirm(app, session, line, *why);
                PageKind::Confirm
            }
            (
                None,
                Screen::Countdown {
                    line,
                    seconds,
                    after_failure,
                    handset_down,
                },
            ) => {
                let (after, down) = (*after_failure, *handset_down);
                call::render_countdown(app, session, line, *seconds, after, down);
                PageKind::Countdown
            }
            (
                None,
                Screen::Call {
                    line,
                    stage,
                    keypad,
                    volume,
                    minutes_left,
                    handset_down,
                },
            ) => {
                let view = call::CallView {
                    stage: *stage,
                    keypad: *keypad,
                    volume: *volume,
                    minutes_left: *minutes_left,
                    handset_down: *handset_down,
                };
                call::render_call(app, session, line, &view);
                PageKind::Call
            }
            (None, Screen::CallFailed { line, why }) => {
                call::render_failed(app, session, line, *why, &self.choices, &self.codes);
                PageKind::CallFailed
            }
            (None, Screen::CallOver { line }) => {
                call::render_over(app, session, line, &self.choices);
                PageKind::CallOver
            }
            (None, Screen::Counsellor) => {
                reading::render_counsellor(app, session);
                PageKind::Counsellor
            }
        };
        if page != PageKind::Player {
            self.player.left();
        }
        Shell::get(app).set_page(page);
    }

    /// Moves the lotus, the caption and the seek bar of the player page to where the sound is.
    pub fn player(&self, position: PlayerFrame) {
        self.player.frame(&self.app, position);
    }
}

/// Lets the pages ask for drawings.
fn connect_art(app: &App, art: &Rc<Art>) {
    // Lengths are logical; the booth's displays have a scale of one.
    let pixels = |length: f32| length.round().max(0.0) as u32;
    let of = art.clone();
    crate::ui::Art::get(app).on_scene(move |name, symbol, width, height, night| {
        of.scene(&name, &symbol, pixels(width), pixels(height), night)
    });
    let of = art.clone();
    crate::ui::Art::get(app)
        .on_symbol(move |name, size, night| of.symbol(&name, pixels(size), night));
}

/// A model of these rows: the one that stands, its rows replaced where they differ. A new one would
/// make every element anew, under a finger that presses it and sixty times a second in the lotus.
fn kept<T: Clone + PartialEq + 'static>(standing: ModelRc<T>, rows: Vec<T>) -> ModelRc<T> {
    if standing.row_count() != rows.len() {
        return ModelRc::new(VecModel::from(rows));
    }
    for (place, row) in rows.into_iter().enumerate() {
        if standing.row_data(place).as_ref() != Some(&row) {
            standing.set_row_data(place, row);
        }
    }
    standing
}

#[cfg(test)]
mod tests {
    use super::Screens;
    use crate::ui::{ItemAdapter, ResultAdapter};
    use i_slint_backend_testing::{TestingBackend, TestingBackendOptions};
    use slint::{Global, Model};
    use std::sync::Arc;
    use std::time::Duration;
    use xinting_content::{Audience, Lang, fixture};
    use xinting_session::{
        CanCall, Devices, Door, Input, Now, Screen, Session, Settings, SoundState,
    };

    #[test]
    fn nothing_of_a_visit_stays_on_the_pages_that_are_not_shown() {
        let backend = TestingBackend::new(TestingBackendOptions {
            mock_time: true,
            threading: false,
            renderer_name: Some("software".into()),
        });
        slint::platform::set_platform(Box::new(backend)).expect("a platform of this thread");
        let screens = Screens::new(|_| {}).expect("a window");
        let library = Arc::new(fixture::library());
        let check = fixture::exam_worry().id;
        let mut session = Session::new(
            library,
            Settings {
                audience: Audience::Junior,
                lang: Lang::ZhCn,
                devices: Devices {
                    can_call: CanCall::Yes,
                    sound: SoundState::Present,
                },
            },
        );
        let mut now = Now {
            monotonic: Duration::from_secs(1),
            civil: None,
        };
        let mut give = |session: &mut Session, input| {
            drop(session.handle(now, input));
            now.monotonic += Duration::from_secs(1);
            drop(session.handle(now, Input::Tick));
            screens.render(session, now, None);
            now
        };
        for input in [
            Input::Touch,
            Input::OpenDoor(Door::SelfCheck),
            Input::ChooseInstrument(check),
            Input::BeginItems,
            Input::Answer(2),
            Input::Answer(2),
            Input::PreviousItem,
        ] {
            give(&mut session, input);
        }
        let item = ItemAdapter::get(&screens.app);
        assert_eq!(item.get_chosen(), 2);
        give(&mut session, Input::Answer(2));
        let last = give(&mut session, Input::Answer(2));
        let result = ResultAdapter::get(&screens.app);
        assert!(matches!(session.screen(last), Screen::Result { .. }));
        assert!(!result.get_title().is_empty());
        assert!(!screens.choices.borrow().suggestions.is_empty());
        give(&mut session, Input::End);
        assert_eq!(item.get_chosen(), -1);
        assert!(item.get_question().is_empty());
        assert_eq!(item.get_options().row_count(), 0);
        assert!(result.get_title().is_empty());
        assert!(result.get_meaning().is_empty());
        assert_eq!(result.get_suggestions().row_count(), 0);
        assert_eq!(result.get_take_away().size().width, 0);
        assert!(screens.choices.borrow().suggestions.is_empty());
    }
}
