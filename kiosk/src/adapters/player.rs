//! The player page: the lotus, the caption and the bar, all from the position the sound has reached.
//!
//! Not here: how the lotus is drawn (`lotus`), and any clock.

use super::lotus::Lotus;
use super::{Emit, UiEvent, words};
use crate::ui::{App, BreathView, PlayerAdapter, PracticeLook, SoundView, Theme};
use slint::Global;
use std::cell::RefCell;
use std::f64::consts::PI;
use std::rc::Rc;
use xinting_content::practice::{Caption, Practice, PracticeKind};
use xinting_content::{Lang, PracticeId};
use xinting_session::{Input, Session, SoundState};

/// Where the player is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlayerFrame {
    /// From the start, in milliseconds.
    pub position_ms: u64,
    /// The whole length in milliseconds; a soundscape: how long it is set to play.
    pub duration_ms: u64,
    /// Whether its sound is heard; where it is not, the page says so.
    pub heard: bool,
}

/// What the visit knows about the player.
#[derive(Debug, Clone, Copy)]
pub(super) struct Controls {
    pub(super) playing: bool,
    pub(super) ended: bool,
    pub(super) volume: u8,
    pub(super) timer_min: Option<u8>,
}

/// The practice on the page, as far as positions need it.
struct Shown {
    practice: Practice,
    lang: Lang,
    still: bool,
    sound: SoundState,
    frame: PlayerFrame,
    lotus: Lotus,
    /// What the lotus on the page shows: how open, how wide.
    drawn: Option<(f32, f32)>,
}

pub(super) struct Player {
    shown: Rc<RefCell<Option<Shown>>>,
}

impl Player {
    pub(super) fn connect(app: &App, emit: &Emit) -> Self {
        let shown: Rc<RefCell<Option<Shown>>> = Rc::default();
        let adapter = PlayerAdapter::get(app);
        let to = emit.clone();
        adapter.on_play_pause(move || to(UiEvent::Visitor(Input::PlayPause)));
        let to = emit.clone();
        adapter
            .on_skip(move |seconds| to(UiEvent::Visitor(Input::SkipBy(i64::from(seconds) * 1000))));
        let to = emit.clone();
        adapter.on_set_volume(move |level| {
            to(UiEvent::Visitor(Input::SetVolume(
                u8::try_from(level).unwrap_or(0),
            )))
        });
        let to = emit.clone();
        adapter.on_set_timer(move |minutes| {
            to(UiEvent::Visitor(Input::SetTimer(
                u8::try_from(minutes).unwrap_or(30),
            )))
        });
        let (to, of) = (emit.clone(), shown.clone());
        adapter.on_seek(move |part| {
            let whole = of.borrow().as_ref().map(|shown| shown.frame.duration_ms);
            if let Some(whole) = whole {
                to(UiEvent::Visitor(Input::Seek(scaled(whole, part))));
            }
        });
        Self { shown }
    }

    pub(super) fn render(&self, app: &App, session: &Session, id: &PracticeId, controls: Controls) {
        let Some(practice) = session.library().practice(id) else {
            return;
        };
        let (adapter, preferences) = (PlayerAdapter::get(app), session.preferences());
        let lang = preferences.lang;
        adapter.set_title(practice.title.get(lang).into());
        adapter.set_evidence(practice.evidence.get(lang).into());
        adapter.set_symbol(words::practice_symbol(&practice.symbol).into());
        adapter.set_look(match practice.kind {
            PracticeKind::Breathing { .. } => PracticeLook::Breathing,
            PracticeKind::Guided => PracticeLook::Guided,
            PracticeKind::Soundscape => PracticeLook::Soundscape,
        });
        adapter.set_playing(controls.playing);
        adapter.set_ended(controls.ended);
        adapter.set_volume(i32::from(controls.volume));
        adapter.set_timer_minutes(controls.timer_min.map_or(0, i32::from));
        let duration_ms = controls
            .timer_min
            .map_or(practice.duration_ms, |minutes| u64::from(minutes) * 60_000);
        let sound = session.devices().sound;
        let frame = {
            let mut shown = self.shown.borrow_mut();
            let start = PlayerFrame {
                position_ms: 0,
                duration_ms,
                heard: sound == SoundState::Present,
            };
            let (frame, lotus, drawn) = match shown.take() {
                Some(before) if before.practice.id == *id => {
                    let frame = PlayerFrame {
                        duration_ms,
                        ..before.frame
                    };
                    (frame, before.lotus, before.drawn)
                }
                Some(before) => (start, before.lotus, before.drawn),
                None => (start, Lotus::default(), None),
            };
            let still = preferences.reduced_motion;
            *shown = Some(Shown {
                practice: practice.clone(),
                lang,
                still,
                sound,
                frame,
                lotus,
                drawn,
            });
            frame
        };
        self.frame(app, frame);
    }

    pub(super) fn frame(&self, app: &App, frame: PlayerFrame) {
        let mut shown = self.shown.borrow_mut();
        let Some(shown) = shown.as_mut() else { return };
        shown.frame = frame;
        let adapter = PlayerAdapter::get(app);
        adapter.set_sound(match shown.sound {
            SoundState::Absent => SoundView::Absent,
            SoundState::Lost => SoundView::Lost,
            SoundState::Present if frame.heard => SoundView::Present,
            SoundState::Present => SoundView::Absent,
        });
        let position = frame.position_ms.min(frame.duration_ms);
        adapter.set_elapsed(words::clock(position / 1000).into());
        adapter.set_total(words::clock(frame.duration_ms / 1000).into());
        // In steps of a thousandth, so that the bar is not repainted for less than a pixel.
        let thousandths = (position * 1000)
            .checked_div(frame.duration_ms)
            .unwrap_or(0);
        adapter.set_progress(f32::from(u16::try_from(thousandths).unwrap_or(1000)) / 1000.0);
        let caption = caption_at(&shown.practice.captions, position);
        adapter.set_caption(
            caption
                .map_or("", |caption| caption.line.get(shown.lang))
                .into(),
        );
        let below = caption.and_then(|caption| caption.below.as_ref());
        adapter.set_caption_below(below.map_or("", |below| below.get(shown.lang)).into());
        if let PracticeKind::Breathing {
            lead_in_ms,
            inhale_ms,
            exhale_ms,
        } = shown.practice.kind
        {
            let breath = Breath::at(
                position,
                lead_in_ms,
                inhale_ms,
                exhale_ms,
                frame.duration_ms,
            );
            adapter.set_breath(breath.view);
            adapter.set_inhale_seconds(seconds(inhale_ms));
            adapter.set_exhale_seconds(seconds(exhale_ms));
            let open = if shown.still {
                breath.still()
            } else {
                breath.openness
            };
            let across = Theme::get(app).get_lotus();
            if shown.drawn != Some((open, across)) {
                shown.drawn = Some((open, across));
                adapter.set_lotus(shown.lotus.draw(open, across));
            }
        } else {
            adapter.set_breath(BreathView::None);
        }
    }
}

fn seconds(milliseconds: u64) -> i32 {
    i32::try_from((milliseconds + 500) / 1000).unwrap_or(i32::MAX)
}

/// A part between 0 and 1 of a whole, in whole milliseconds.
fn scaled(whole: u64, part: f32) -> u64 {
    let thousandths = (part.clamp(0.0, 1.0) * 10_000.0).round();
    // Between 0 and 10 000, so the cast is exact.
    whole.saturating_mul(thousandths as u64) / 10_000
}

fn caption_at(captions: &[Caption], position_ms: u64) -> Option<&Caption> {
    captions
        .iter()
        .find(|caption| caption.start_ms <= position_ms && position_ms < caption.end_ms)
}

/// Steps between closed and open: at the middle of a breath one for each frame, and where the flower
/// hardly moves no frame is drawn for less than a pixel.
const STEPS: f64 = 192.0;

/// Where a breath is.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Breath {
    view: BreathView,
    /// 0 closed to 1 open, in whole steps.
    openness: f32,
}

impl Breath {
    fn at(position: u64, lead_in: u64, inhale: u64, exhale: u64, duration: u64) -> Self {
        let cycle = inhale + exhale;
        if position < lead_in || cycle == 0 || position >= duration {
            return Self {
                view: BreathView::Ready,
                openness: 0.0,
            };
        }
        let within = (position - lead_in) % cycle;
        let (view, part) = if within < inhale {
            (BreathView::Inhale, ratio(within, inhale))
        } else {
            (BreathView::Exhale, 1.0 - ratio(within - inhale, exhale))
        };
        let eased = (1.0 - (PI * part).cos()) / 2.0;
        Self {
            view,
            openness: ((eased * STEPS).round() / STEPS) as f32,
        }
    }

    /// With reduced motion: two still flowers, open while breathing out begins, closed before.
    fn still(self) -> f32 {
        if self.view == BreathView::Inhale {
            1.0
        } else {
            0.0
        }
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    // Both are milliseconds of one breath: small enough to be exact.
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::{Breath, scaled};
    use crate::ui::BreathView;

    fn at(position: u64) -> Breath {
        Breath::at(position, 2_000, 4_000, 6_000, 60_000)
    }

    #[test]
    fn the_flower_opens_for_four_seconds_and_closes_for_six() {
        assert_eq!(
            at(0),
            Breath {
                view: BreathView::Ready,
                openness: 0.0
            }
        );
        assert_eq!(
            at(2_000),
            Breath {
                view: BreathView::Inhale,
                openness: 0.0
            }
        );
        assert_eq!(
            at(4_000),
            Breath {
                view: BreathView::Inhale,
                openness: 0.5
            }
        );
        assert_eq!(
            at(6_000),
            Breath {
                view: BreathView::Exhale,
                openness: 1.0
            }
        );
        assert_eq!(
            at(9_000),
            Breath {
                view: BreathView::Exhale,
                openness: 0.5
            }
        );
        assert_eq!(
            at(12_000),
            Breath {
                view: BreathView::Inhale,
                openness: 0.0
            }
        );
        assert_eq!(
            at(60_000),
            Breath {
                view: BreathView::Ready,
                openness: 0.0
            }
        );
    }

    #[test]
    fn a_breath_without_length_stays_closed() {
        assert_eq!(Breath::at(5_000, 0, 0, 0, 60_000).openness, 0.0);
    }

    #[test]
    fn a_touch_on_the_bar_is_a_part_of_the_whole() {
        assert_eq!(scaled(180_000, 0.5), 90_000);
        assert_eq!(scaled(180_000, -3.0), 0);
        assert_eq!(scaled(180_000, 7.0), 180_000);
        assert_eq!(scaled(180_000, f32::NAN), 0);
    }
}
