//! The player page: the flower, the caption and the bar, all from the position the sound has reached.
//!
//! Not here: how the flower is drawn (`lotus`), where a breath is (`breath`), and any clock.

mod breath;

use super::lotus::Lotus;
use super::{Emit, UiEvent, kept, words};
use crate::ui::{App, BedView, BreathView, PlayerAdapter, PracticeLook, SoundView, Theme};
use breath::{Breath, Seconds, seconds};
use slint::Global;
use std::cell::RefCell;
use std::rc::Rc;
use xinting_content::practice::{Caption, Practice, PracticeKind};
use xinting_content::{BedId, Lang, PracticeId};
use xinting_session::{Input, SOUNDING_BEDS, Session, SoundState};

/// Where the player is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlayerFrame {
    /// From the start, in milliseconds.
    pub position_ms: u64,
    /// The whole length in milliseconds; a soundscape: how long it is set to play.
    pub duration_ms: u64,
    /// Whether its sound is heard; where it is not, the page says so.
    pub heard: bool,
    /// Breathing: which pace is heard, as the device counts them. 0 is the one it began with.
    pub cue: u32,
    /// From where the breaths of that pace are counted, in milliseconds; nothing for the first, whose
    /// beginning the practice says itself.
    pub cue_from_ms: u64,
}

/// What the visit knows about the player.
#[derive(Debug, Clone, Copy)]
pub(super) struct Controls<'a> {
    pub(super) playing: bool,
    pub(super) ended: bool,
    pub(super) volume: u8,
    pub(super) timer_min: Option<u8>,
    pub(super) pace: Option<(u8, u8)>,
    pub(super) beds: &'a [(BedId, u8)],
    pub(super) end_bell: bool,
}

/// The practice on the page, as far as positions need it.
struct Shown {
    practice: Practice,
    lang: Lang,
    still: bool,
    sound: SoundState,
    frame: PlayerFrame,
    /// The pace that is asked for.
    asked: Option<u8>,
    /// The pace that is heard, and the device's number for it; `None` until the device has said one.
    heard: Option<(u32, Option<u8>)>,
    beds: Vec<BedId>,
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
        let to = emit.clone();
        adapter.on_set_pace(move |step| {
            if let Ok(step) = u8::try_from(step) {
                to(UiEvent::Visitor(Input::SetPace(step)));
            }
        });
        let to = emit.clone();
        adapter.on_toggle_end_bell(move || to(UiEvent::Visitor(Input::ToggleEndBell)));
        let to = emit.clone();
        adapter.on_toggle_motion(move || to(UiEvent::Visitor(Input::ToggleReducedMotion)));
        let (to, of) = (emit.clone(), shown.clone());
        adapter.on_set_bed(move |row, level| {
            let bed = of.borrow().as_ref().and_then(|shown| {
                let row = usize::try_from(row).ok()?;
                shown.beds.get(row).cloned()
            });
            if let (Some(bed), Ok(level)) = (bed, u8::try_from(level)) {
                to(UiEvent::Visitor(Input::SetBed(bed, level)));
            }
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

    /// Another page is in front: which pace is heard is to be learnt anew.
    pub(super) fn left(&self) {
        if let Some(shown) = self.shown.borrow_mut().as_mut() {
            shown.heard = None;
        }
    }

    pub(super) fn render(&self, app: &App, session: &Session, id: &PracticeId, controls: Controls) {
        let Some(practice) = session.library().practice(id) else {
            return;
        };
        let (adapter, preferences) = (PlayerAdapter::get(app), session.preferences());
        let lang = preferences.lang;
        adapter.set_title(practice.title.get(lang).into());
        adapter.set_evidence(practice.evidence.get(lang).into());
        let ease = practice.ease.get(lang);
        adapter.set_ease_short(words::first_sentence(ease).into());
        adapter.set_ease(ease.into());
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
        adapter.set_end_bell(controls.end_bell);
        adapter.set_still(preferences.reduced_motion);
        render_pace(&adapter, practice, controls.pace);
        render_beds(&adapter, session, controls.beds);
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
                cue: 0,
                cue_from_ms: 0,
            };
            let (frame, heard, lotus, drawn) = match shown.take() {
                Some(before) if before.practice.id == *id => {
                    let frame = PlayerFrame {
                        duration_ms,
                        ..before.frame
                    };
                    (frame, before.heard, before.lotus, before.drawn)
                }
                Some(before) => (start, None, before.lotus, before.drawn),
                None => (start, None, Lotus::default(), None),
            };
            *shown = Some(Shown {
                practice: practice.clone(),
                lang,
                still: preferences.reduced_motion,
                sound,
                frame,
                asked: controls.pace.map(|(at, _)| at),
                // What has ended begins anew with the pace that is asked for by then.
                heard: heard.filter(|_| !controls.ended),
                beds: controls.beds.iter().map(|(bed, _)| bed.clone()).collect(),
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
        let Some((pace, lead_in_ms)) = shown.pace(frame.cue) else {
            adapter.set_breath(BreathView::None);
            return;
        };
        let from = match frame.cue {
            0 => lead_in_ms,
            _ => frame.cue_from_ms,
        };
        let breath = Breath::at(position, from, pace, frame.duration_ms);
        adapter.set_breath(breath.view);
        adapter.set_inhale(seconds(pace.inhale_ms).into());
        adapter.set_exhale(seconds(pace.exhale_ms).into());
        if shown.still {
            adapter.set_count(breath.count);
            adapter.set_count_of(breath.count_of);
            return;
        }
        let across = Theme::get(app).get_lotus();
        if shown.drawn != Some((breath.openness, across)) {
            shown.drawn = Some((breath.openness, across));
            adapter.set_lotus(shown.lotus.draw(breath.openness, across));
        }
    }
}

impl Shown {
    /// The pace that is heard, and where the first breath begins; `None` where nothing is breathed.
    ///
    /// The device tells its paces apart by counting them; the one it has just begun is the one that was
    /// asked for last.
    fn pace(&mut self, cue: u32) -> Option<(Seconds, u64)> {
        let PracticeKind::Breathing {
            lead_in_ms,
            inhale_ms,
            exhale_ms,
        } = self.practice.kind
        else {
            return None;
        };
        let (_, heard) = *match &mut self.heard {
            Some(heard) if heard.0 == cue => heard,
            heard => heard.insert((cue, self.asked)),
        };
        let pace = heard.and_then(|place| self.practice.paces.get(usize::from(place)));
        let pace = pace.map_or(
            Seconds {
                inhale_ms,
                exhale_ms,
            },
            |pace| Seconds {
                inhale_ms: pace.inhale_ms,
                exhale_ms: pace.exhale_ms,
            },
        );
        Some((pace, lead_in_ms))
    }
}

fn render_pace(adapter: &PlayerAdapter, practice: &Practice, pace: Option<(u8, u8)>) {
    let (at, of) = pace.unwrap_or((0, 0));
    adapter.set_pace(i32::from(at));
    adapter.set_paces(i32::from(of));
    if let Some(asked) = practice.paces.get(usize::from(at)) {
        adapter.set_pace_inhale(seconds(asked.inhale_ms).into());
        adapter.set_pace_exhale(seconds(asked.exhale_ms).into());
    }
}

fn render_beds(adapter: &PlayerAdapter, session: &Session, beds: &[(BedId, u8)]) {
    let lang = session.preferences().lang;
    let rows = beds
        .iter()
        .map(|(id, level)| {
            let bed = session.library().bed(id);
            BedView {
                title: bed.map_or("", |bed| bed.title.get(lang)).into(),
                symbol: bed.map_or("", |bed| words::bed_symbol(&bed.symbol)).into(),
                level: i32::from(*level),
            }
        })
        .collect();
    adapter.set_beds(kept(adapter.get_beds(), rows));
    let sounding = beds.iter().filter(|(_, level)| *level > 0).count();
    adapter.set_room_for_bed(sounding < SOUNDING_BEDS);
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

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn a_touch_on_the_bar_is_a_part_of_the_whole() {
        assert_eq!(scaled(180_000, 0.5), 90_000);
        assert_eq!(scaled(180_000, -3.0), 0);
        assert_eq!(scaled(180_000, 7.0), 180_000);
        assert_eq!(scaled(180_000, f32::NAN), 0);
    }
}
