//! The practices: at every turn of a breath, with and without sound, moving and still, mixed, ended,
//! and the one question afterwards.

use super::super::{Tour, TourError};
use super::SECOND;
use crate::adapters::PlayerFrame;
use xinting_content::practice::{Practice, PracticeKind};
use xinting_session::{
    CanCall, Devices, Door, Felt, Input, PlayerEvent, Screen, SoundState, TextSize,
};

fn frame(practice: &Practice, position_ms: u64, heard: bool) -> PlayerFrame {
    PlayerFrame {
        position_ms,
        duration_ms: practice.duration_ms,
        heard,
        cue: 0,
        cue_from_ms: 0,
    }
}

fn sound(tour: &mut Tour, sound: SoundState) {
    tour.give(Input::Devices(Devices {
        can_call: CanCall::Yes,
        sound,
    }));
}

fn open(tour: &mut Tour, practice: &Practice) {
    tour.begin();
    tour.give(Input::OpenDoor(Door::Relax));
    tour.give(Input::OpenPractice(practice.id.clone()));
}

pub(super) fn all(tour: &mut Tour) -> Result<(), TourError> {
    let library = tour.session.library().clone();
    let audience = tour.options.audience;
    if library.practices_for(audience).next().is_none() {
        return Ok(());
    }
    tour.begin();
    tour.give(Input::OpenDoor(Door::Relax));
    tour.shot("relax", |screen| matches!(screen, Screen::Relax))?;
    let mut guided = false;
    for practice in library.practices_for(audience) {
        match practice.kind {
            PracticeKind::Breathing {
                lead_in_ms,
                inhale_ms,
                exhale_ms,
            } => {
                let breath = lead_in_ms + 3 * (inhale_ms + exhale_ms);
                breathing(tour, practice, breath, inhale_ms)?;
                felt(tour, practice)?;
            }
            PracticeKind::Guided => {
                listening(tour, practice, !guided)?;
                guided = true;
            }
            PracticeKind::Soundscape => mixing(tour, practice)?,
        }
    }
    Ok(())
}

fn breathing(
    tour: &mut Tour,
    practice: &Practice,
    breath: u64,
    inhale_ms: u64,
) -> Result<(), TourError> {
    let half = frame(practice, breath + inhale_ms / 2, true);
    open(tour, practice);
    tour.shot_at("player-ready", frame(practice, 2_000, true))?;
    tour.shot_at(
        "player-closed",
        frame(practice, breath + inhale_ms / 12, true),
    )?;
    tour.shot_at("player-half", half)?;
    tour.shot_at(
        "player-open",
        frame(practice, breath + inhale_ms + 100, true),
    )?;
    tour.give(Input::SetPace(0));
    tour.give(Input::ToggleEndBell);
    let quicker = PlayerFrame {
        cue: 1,
        cue_from_ms: breath,
        position_ms: breath + 1_300,
        ..half
    };
    tour.shot_at("player-pace", quicker)?;
    tour.give(Input::PlayPause);
    tour.shot_at("player-paused", half)?;
    tour.give(Input::PlayPause);
    sound(tour, SoundState::Absent);
    tour.shot_at(
        "player-silent",
        PlayerFrame {
            heard: false,
            ..half
        },
    )?;
    sound(tour, SoundState::Lost);
    tour.shot_at(
        "player-lost",
        PlayerFrame {
            heard: false,
            ..half
        },
    )?;
    tour.give(Input::ToggleReducedMotion);
    tour.shot_at(
        "player-still-silent",
        PlayerFrame {
            heard: false,
            ..half
        },
    )?;
    sound(tour, SoundState::Present);
    tour.shot_at("player-still", half)?;
    tour.shot_at(
        "player-still-out",
        frame(practice, breath + inhale_ms + 4_200, true),
    )?;
    tour.give(Input::ToggleReducedMotion);
    tour.give(Input::SetTextSize(TextSize::Largest));
    tour.shot_at("largest-player", half)
}

/// The practice has run for a while and comes to its end.
fn felt(tour: &mut Tour, practice: &Practice) -> Result<(), TourError> {
    let is_felt = |screen: &Screen| matches!(screen, Screen::Felt { .. });
    open(tour, practice);
    tour.pass(90 * SECOND);
    tour.give(Input::Player(PlayerEvent::Ended));
    tour.shot("felt", is_felt)?;
    tour.give(Input::SetTextSize(TextSize::Largest));
    tour.give(Input::Felt(Felt::Not));
    let is_not = |screen: &Screen| matches!(screen, Screen::FeltNot { .. });
    tour.shot("felt-not-largest", is_not)?;
    tour.give(Input::SetTextSize(TextSize::Normal));
    tour.shot("felt-not", is_not)?;
    // It is asked once a visit: the next end stays on the player's own page.
    tour.give(Input::SkipFelt);
    tour.give(Input::OpenPractice(practice.id.clone()));
    tour.give(Input::Player(PlayerEvent::Ended));
    tour.shot_at("player-ended", frame(practice, practice.duration_ms, true))
}

fn listening(tour: &mut Tour, practice: &Practice, first: bool) -> Result<(), TourError> {
    open(tour, practice);
    let longest = practice
        .captions
        .iter()
        .max_by_key(|caption| caption.line.get(tour.options.lang).chars().count());
    let at = longest.map_or(0, |caption| caption.start_ms + 1);
    tour.shot_at("player-guided", frame(practice, at, true))?;
    if first {
        sound(tour, SoundState::Absent);
        tour.shot_at("player-guided-silent", frame(practice, at, false))?;
        sound(tour, SoundState::Present);
        tour.give(Input::PlayPause);
        tour.shot_at("player-guided-paused", frame(practice, at, true))?;
    }
    Ok(())
}

fn ten_minutes() -> PlayerFrame {
    PlayerFrame {
        position_ms: 192_000,
        duration_ms: 600_000,
        heard: true,
        cue: 0,
        cue_from_ms: 0,
    }
}

/// Turns up beds until four are heard.
fn mix(tour: &mut Tour) {
    let Screen::Player { beds, .. } = tour.session.screen(tour.now) else {
        return;
    };
    for ((bed, _), level) in beds.into_iter().zip([5, 0, 3, 8, 2]) {
        tour.give(Input::SetBed(bed, level));
    }
}

fn mixing(tour: &mut Tour, practice: &Practice) -> Result<(), TourError> {
    open(tour, practice);
    tour.give(Input::SetTimer(10));
    tour.shot_at("player-soundscape", ten_minutes())?;
    mix(tour);
    tour.shot_at("player-mixer", ten_minutes())?;
    tour.give(Input::PlayPause);
    tour.shot_at("player-mixer-paused", ten_minutes())?;
    tour.give(Input::PlayPause);
    sound(tour, SoundState::Absent);
    let unheard = PlayerFrame {
        heard: false,
        ..ten_minutes()
    };
    tour.shot_at("player-mixer-silent", unheard)?;
    sound(tour, SoundState::Present);
    Ok(())
}

/// Everything touchable in the lower half.
pub(super) fn reaching(tour: &mut Tour) -> Result<(), TourError> {
    let library = tour.session.library().clone();
    let mut one = false;
    for practice in library.practices_for(tour.options.audience) {
        open(tour, practice);
        tour.give(Input::ToggleReach);
        if practice.kind == PracticeKind::Soundscape {
            mix(tour);
            tour.shot_at("reach-mixer", ten_minutes())?;
        } else if !one {
            one = true;
            tour.shot_at("reach-player", frame(practice, 42_000, true))?;
            tour.pass(90 * SECOND);
            tour.give(Input::Back);
            tour.shot("reach-felt", |screen| matches!(screen, Screen::Felt { .. }))?;
            tour.give(Input::Felt(Felt::Not));
            tour.shot("reach-felt-not", |screen| {
                matches!(screen, Screen::FeltNot { .. })
            })?;
        }
    }
    Ok(())
}
