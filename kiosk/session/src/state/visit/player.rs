//! The one practice that is loaded. Not here: its position and its sound, which are the player's, and what is kept of
//! its settings for the next one (`kept`).

use super::Visit;
use super::counted::Once;
use super::kept::{self, Kept, Levels};
use super::page::Page;
use crate::timer::{self, Timer};
use crate::{Effect, Now, PlayerCommand, PlayerEvent, Screen};
use std::time::Duration;
use xinting_content::practice::{Practice, PracticeKind, Voice};
use xinting_content::{BedId, Lang, Library, PracticeId};

/// The loudest.
pub(super) const LOUDEST: u8 = 8;
/// The longest skip, in milliseconds.
const SKIP_MS: i64 = 10_000;

/// The practice that is loaded.
pub(super) struct Player {
    practice: PracticeId,
    duration_ms: u64,
    playing: bool,
    ended: bool,
    volume: u8,
    soundscape: Option<Soundscape>,
    /// The pace asked for and how many there are; `None`: there is none to choose.
    pace: Option<(u8, u8)>,
    sliders: Levels,
    end_bell: bool,
    voice: Voice,
    /// When playing last began or was moved.
    since: Duration,
    /// How long it has played in all, up to `running`.
    ran: Duration,
    /// Since when it has played without a pause.
    running: Option<Duration>,
}

/// A soundscape's own clock.
struct Soundscape {
    minutes: u8,
    /// What is left of it while it is paused.
    left: Duration,
    /// Its minutes are over and it fades.
    finishing: bool,
}

impl Player {
    fn new(practice: &Practice, library: &Library, kept: &Kept, now: Now) -> Self {
        let soundscape = (practice.kind == PracticeKind::Soundscape).then(|| {
            let minutes = u8::try_from(practice.duration_ms / 60_000).unwrap_or(u8::MAX);
            let minutes = minutes.clamp(1, timer::SOUNDSCAPE_LIMIT_MIN);
            Soundscape {
                minutes,
                left: minutes_long(minutes),
                finishing: false,
            }
        });
        let paces = u8::try_from(practice.paces.len()).unwrap_or(u8::MAX);
        let pace = practice.first_pace().and_then(|at| u8::try_from(at).ok());
        Self {
            practice: practice.id.clone(),
            duration_ms: practice.duration_ms,
            playing: true,
            ended: false,
            volume: kept.volume,
            soundscape,
            pace: pace.map(|at| (at, paces)),
            sliders: kept.sliders(practice, library),
            end_bell: practice.end_bell,
            voice: practice.voice.clone(),
            since: now.monotonic,
            ran: Duration::ZERO,
            running: Some(now.monotonic),
        }
    }

    pub(super) fn screen(&self) -> Screen {
        Screen::Player {
            practice: self.practice.clone(),
            playing: self.playing,
            ended: self.ended,
            volume: self.volume,
            timer_min: self.soundscape.as_ref().map(|s| s.minutes),
            pace: self.pace.filter(|(_, of)| *of > 1),
            beds: self.sliders.clone(),
            end_bell: self.end_bell,
        }
    }

    /// How long it has played, pauses apart.
    pub(super) fn ran(&self, now: Now) -> Duration {
        let lately = self.running.map(|from| now.monotonic.saturating_sub(from));
        self.ran.saturating_add(lately.unwrap_or_default())
    }

    fn plays(&mut self, now: Now) {
        self.playing = true;
        self.ended = false;
        self.since = now.monotonic;
        self.ran = self.ran(now);
        self.running = Some(now.monotonic);
    }

    fn rests(&mut self, now: Now) {
        self.playing = false;
        self.ran = self.ran(now);
        self.running = None;
    }

    fn finishing(&self) -> bool {
        self.soundscape.as_ref().is_some_and(|s| s.finishing)
    }

    /// Until when a playing practice is waited for, should it never report its end. A soundscape is
    /// waited for by its own timer.
    pub(super) fn waited_for(&self) -> Option<Duration> {
        let length = match &self.soundscape {
            Some(soundscape) => minutes_long(soundscape.minutes),
            None => Duration::from_millis(self.duration_ms),
        };
        let grace = length.saturating_add(timer::PRACTICE_GRACE);
        self.playing.then(|| self.since.saturating_add(grace))
    }

    fn start(&self, lang: Lang) -> Effect {
        Effect::Player(PlayerCommand::Start {
            practice: self.practice.clone(),
            looped: self.soundscape.is_some(),
            volume: self.volume,
            lang,
            pace: self.pace.map(|(at, _)| at),
            beds: kept::sounding(&self.sliders),
            end_bell: self.end_bell,
        })
    }

    /// Tells the player, unless there is nothing loaded in it any more.
    fn tell(&self, command: PlayerCommand, out: &mut Vec<Effect>) {
        out.extend((!self.ended).then_some(Effect::Player(command)));
    }
}

fn minutes_long(minutes: u8) -> Duration {
    Duration::from_secs(u64::from(minutes) * 60)
}

impl Visit {
    /// Brings the player in line with the pages: the practice of the page in front is loaded, one
    /// left for a call page is paused, one that no page leads to is stopped.
    pub(super) fn settle_player(&mut self, now: Now, library: &Library, out: &mut Vec<Effect>) {
        if let Some(player) = &self.player {
            let page = Page::Player(player.practice.clone());
            if !self.page.is_same(&page) {
                if self.history.holds(&page) && !matches!(self.page, Page::Player(_)) {
                    self.pause(now, out);
                } else {
                    self.stop_player(out);
                }
            }
        }
        if let (Page::Player(practice), None) = (&self.page, &self.player)
            && let Some(practice) = library.practice(practice)
        {
            let player = Player::new(practice, library, &self.kept, now);
            out.push(player.start(self.preferences.lang));
            let practice = player.practice.clone();
            self.player = Some(player);
            self.set_soundscape_timer(now);
            self.counted.tell(Once::Started(practice), out);
        }
    }

    /// A call makes what is loaded quieter; its end, or the end of the practice, takes that back.
    pub(super) fn settle_duck(&mut self, out: &mut Vec<Effect>) {
        let ducked = self.player.is_some() && self.call.is_some();
        if ducked != self.ducked {
            self.ducked = ducked;
            out.push(Effect::Player(PlayerCommand::Duck(ducked)));
        }
    }

    /// Stops and forgets what is loaded.
    pub(super) fn stop_player(&mut self, out: &mut Vec<Effect>) {
        if self.player.take().is_some() {
            self.timers.clear(Timer::Soundscape);
            out.push(Effect::Player(PlayerCommand::Stop));
        }
    }

    pub(super) fn play_pause(&mut self, now: Now, out: &mut Vec<Effect>) {
        match self.player_in_front() {
            Some(player) if player.ended => self.play_again(now, out),
            Some(player) if player.playing => self.pause(now, out),
            Some(player) => {
                player.plays(now);
                out.push(Effect::Player(PlayerCommand::Resume));
                self.set_soundscape_timer(now);
            }
            None => {}
        }
    }

    pub(super) fn seek(&mut self, position_ms: u64, now: Now, out: &mut Vec<Effect>) {
        let Some(player) = self.player_in_front() else {
            return;
        };
        if player.soundscape.is_some() {
            return;
        }
        player.since = now.monotonic;
        let position_ms = position_ms.min(player.duration_ms);
        if player.ended {
            self.play_again(now, out);
        }
        out.push(Effect::Player(PlayerCommand::Seek(position_ms)));
    }

    pub(super) fn skip_by(&mut self, by_ms: i64, now: Now, out: &mut Vec<Effect>) {
        let Some(player) = self.player_in_front() else {
            return;
        };
        if player.soundscape.is_some() {
            return;
        }
        let by_ms = by_ms.clamp(-SKIP_MS, SKIP_MS);
        if player.ended {
            // Its position is gone from the player: count back from the end.
            if by_ms < 0 {
                let back_to = player.duration_ms.saturating_sub(by_ms.unsigned_abs());
                self.seek(back_to, now, out);
            }
            return;
        }
        player.since = now.monotonic;
        out.push(Effect::Player(PlayerCommand::SkipBy(by_ms)));
    }

    pub(super) fn set_volume(&mut self, volume: u8, out: &mut Vec<Effect>) {
        if let Some(player) = self.player_in_front() {
            player.volume = volume.min(LOUDEST);
            out.push(Effect::Player(PlayerCommand::Volume(player.volume)));
            self.kept.volume = volume.min(LOUDEST);
        }
    }

    pub(super) fn set_timer(&mut self, minutes: u8, now: Now, out: &mut Vec<Effect>) {
        let Some(player) = self.player_in_front() else {
            return;
        };
        let fading = player.finishing();
        if let Some(soundscape) = &mut player.soundscape {
            soundscape.minutes = minutes.clamp(1, timer::SOUNDSCAPE_LIMIT_MIN);
            soundscape.left = minutes_long(soundscape.minutes);
            player.since = now.monotonic;
            if fading {
                // What fades cannot be called back; it crosses over into a new beginning.
                self.play_again(now, out);
            } else {
                self.set_soundscape_timer(now);
            }
        }
    }

    pub(super) fn set_pace(&mut self, step: u8, out: &mut Vec<Effect>) {
        if let Some(player) = self.player_in_front()
            && let Some((at, of)) = &mut player.pace
            && step < *of
            && step != *at
        {
            *at = step;
            player.tell(PlayerCommand::Pace(step), out);
        }
    }

    pub(super) fn set_bed(&mut self, bed: &BedId, level: u8, out: &mut Vec<Effect>) {
        let level = level.min(LOUDEST);
        if let Page::Player(_) = self.page
            && let Some(player) = &mut self.player
            && kept::set(&mut player.sliders, bed, level)
        {
            let bed = bed.clone();
            player.tell(PlayerCommand::Bed { bed, level }, out);
            let soundscape = player.soundscape.is_some();
            self.kept
                .keep(&player.practice, soundscape, &player.sliders);
        }
    }

    pub(super) fn toggle_end_bell(&mut self, out: &mut Vec<Effect>) {
        if let Some(player) = self.player_in_front() {
            player.end_bell = !player.end_bell;
            player.tell(PlayerCommand::EndBell(player.end_bell), out);
        }
    }

    /// Another language: a voice that is recorded in it, or in the one before, changes with it.
    pub(super) fn set_lang(&mut self, lang: Lang, out: &mut Vec<Effect>) {
        let before = std::mem::replace(&mut self.preferences.lang, lang);
        if let Some(player) = &self.player
            && player.voice.get(before) != player.voice.get(lang)
        {
            player.tell(PlayerCommand::Voice(lang), out);
        }
    }

    pub(super) fn player_event(&mut self, event: PlayerEvent, now: Now, out: &mut Vec<Effect>) {
        match event {
            PlayerEvent::Ended => self.practice_ended(now, out),
            // The page shows both from `Devices` and the player's own position.
            PlayerEvent::Sound(_) | PlayerEvent::Unreadable => {}
        }
    }

    /// The minutes of a soundscape are over, or the time it had to fade.
    pub(super) fn soundscape_due(&mut self, now: Now, out: &mut Vec<Effect>) {
        let Some(player) = &mut self.player else {
            return;
        };
        let bell = player.end_bell;
        match &mut player.soundscape {
            Some(soundscape) if !soundscape.finishing => {
                soundscape.finishing = true;
                let until = now.monotonic.saturating_add(timer::SOFT_END);
                self.timers.set(Timer::Soundscape, until);
                out.push(Effect::Player(PlayerCommand::Finish { bell }));
            }
            Some(_) | None => {
                out.push(Effect::Player(PlayerCommand::Stop));
                self.practice_ended(now, out);
            }
        }
    }

    fn practice_ended(&mut self, now: Now, out: &mut Vec<Effect>) {
        // An end that was already on its way when the practice was paused or left is not one.
        if let Some(player) = &mut self.player
            && player.playing
        {
            player.rests(now);
            player.ended = true;
            let practice = player.practice.clone();
            self.timers.clear(Timer::Soundscape);
            self.counted.tell(Once::Finished(practice.clone()), out);
            self.awake(now);
            self.ask_after(practice, now);
        }
    }

    fn play_again(&mut self, now: Now, out: &mut Vec<Effect>) {
        let lang = self.preferences.lang;
        if let Some(player) = &mut self.player {
            player.plays(now);
            if let Some(soundscape) = &mut player.soundscape {
                soundscape.left = minutes_long(soundscape.minutes);
                soundscape.finishing = false;
            }
            out.push(player.start(lang));
            if self.ducked {
                out.push(Effect::Player(PlayerCommand::Duck(true)));
            }
            self.set_soundscape_timer(now);
        }
    }

    fn pause(&mut self, now: Now, out: &mut Vec<Effect>) {
        let ends = self.timers.get(Timer::Soundscape);
        if let Some(player) = &mut self.player
            && player.playing
        {
            player.rests(now);
            if let (Some(soundscape), Some(ends)) = (&mut player.soundscape, ends) {
                soundscape.left = ends.saturating_sub(now.monotonic);
            }
            self.timers.clear(Timer::Soundscape);
            out.push(Effect::Player(PlayerCommand::Pause));
        }
    }

    fn set_soundscape_timer(&mut self, now: Now) {
        let playing = self.player.as_ref().filter(|player| player.playing);
        let left = playing.and_then(|player| player.soundscape.as_ref().map(|s| s.left));
        let ends = left.map(|left| now.monotonic.saturating_add(left));
        self.timers.put(Timer::Soundscape, ends);
    }

    fn player_in_front(&mut self) -> Option<&mut Player> {
        match self.page {
            Page::Player(_) => self.player.as_mut(),
            _ => None,
        }
    }
}
