//! The player: fetches the sounds of a practice from its pack and hands them to the sound device, command by command in
//! order.
//!
//! Sounds are megabytes that are read and verified, so they are fetched on a thread of their own. The position is asked
//! of the device directly. Not here: captions, the lotus, how long a soundscape lasts.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use xinting_content::practice::{Practice, PracticeKind};
use xinting_content::{BedId, Lang, Library, PracticeId};
use xinting_hw::audio::{
    self, End, PlayerConfig, PlayerError, PlayerHandle, PlayerPosition, Role, Sound, Track,
};
use xinting_session::{PlayerCommand, PlayerEvent, SoundState};

/// Beds that sound at a time, as the device takes them.
const BEDS: usize = 4;
/// The highest level of a bed, at which it is as loud as it was made.
const BED_LEVELS: u8 = 8;
/// From one level of a bed to the next, in dB.
const BED_STEP_DB: f32 = 3.0;

/// Commands that may wait; more than fingers can give while a sound is fetched.
const WAITING_COMMANDS: usize = 64;

/// A sound of a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// A file of the pack that a practice is from.
    Practice {
        /// The practice.
        practice: &'a PracticeId,
        /// Its file, as the practice names it.
        file: &'a str,
    },
    /// A bed.
    Bed(&'a BedId),
}

impl std::fmt::Display for Wanted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Practice { practice, file } => write!(f, "{file} of the practice {practice}"),
            Self::Bed(bed) => write!(f, "the bed {bed}"),
        }
    }
}

/// Where sounds come from. Called from the player's thread; may wait for a disk.
pub trait Sounds: Send + 'static {
    /// A sound of this library.
    ///
    /// # Errors
    /// One sentence for the admin.
    fn sound(&self, library: &Arc<Library>, wanted: &Wanted) -> Result<Arc<[u8]>, String>;
}

enum Job {
    Command(PlayerCommand, Arc<Library>),
    Stop,
}

/// The player of a booth. Dropping it stops the sound and joins its threads.
#[derive(Debug)]
pub struct PlayerActor {
    jobs: SyncSender<Job>,
    device: PlayerHandle,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("player job")
    }
}

/// The player did not take a command: its queue is full or its thread has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("handing a command to the player: its queue is full or it has ended")]
pub struct PlayerBusy;

/// Why there is no player.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The device's threads.
    #[error("starting the sound device's threads")]
    Device(#[source] PlayerError),
    /// The thread that fetches sounds.
    #[error("starting the thread that fetches sounds")]
    Thread(#[source] std::io::Error),
}

impl PlayerActor {
    /// Starts it. A missing device is no error: it is told.
    ///
    /// # Errors
    /// [`StartError`] if the system refuses a thread.
    pub fn start(
        config: PlayerConfig,
        sounds: impl Sounds,
        tell: impl Fn(audio::PlayerEvent) + Clone + Send + 'static,
    ) -> Result<Self, StartError> {
        let device = PlayerHandle::start(config, tell.clone()).map_err(StartError::Device)?;
        let (jobs, waiting) = sync_channel(WAITING_COMMANDS);
        let hand = device.clone();
        let thread = std::thread::Builder::new()
            .name("sound-fetcher".to_owned())
            .spawn(move || {
                let mut fetcher = Fetcher {
                    device: hand,
                    sounds,
                    tell,
                    playing: None,
                };
                fetcher.run(&waiting);
            })
            .map_err(StartError::Thread)?;
        Ok(Self {
            jobs,
            device,
            thread: Some(thread),
        })
    }

    /// Hands a command over; `library` is the one its practice belongs to. Never waits.
    ///
    /// # Errors
    /// [`PlayerBusy`].
    pub fn send(&self, command: PlayerCommand, library: Arc<Library>) -> Result<(), PlayerBusy> {
        self.jobs
            .try_send(Job::Command(command, library))
            .map_err(|_| PlayerBusy)
    }

    /// Says whether somebody is there: the device stays open for them, so that a touch is heard at once.
    ///
    /// # Errors
    /// [`PlayerBusy`].
    pub fn warm(&self, somebody: bool) -> Result<(), PlayerBusy> {
        self.tell_device(audio::PlayerCommand::Warm(somebody))
    }

    /// Gain at the highest volume step from now on, in dB, -60 to 0: the configured ceiling, less what quiet hours take.
    ///
    /// # Errors
    /// [`PlayerBusy`].
    pub fn ceiling(&self, db: f32) -> Result<(), PlayerBusy> {
        self.tell_device(audio::PlayerCommand::Ceiling(db))
    }

    fn tell_device(&self, command: audio::PlayerCommand) -> Result<(), PlayerBusy> {
        self.device.send(command).map_err(|_| PlayerBusy)
    }

    /// Where playback is. Cheap.
    #[must_use]
    pub fn position(&self) -> PlayerPosition {
        self.device.position()
    }

    /// How the device is, for the admin's page. Takes a lock: not for every frame.
    #[must_use]
    pub fn health(&self) -> audio::SoundHealth {
        self.device.health()
    }
}

impl Drop for PlayerActor {
    fn drop(&mut self) {
        let _ended = self.jobs.send(Job::Stop);
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// What is playing, as far as changing it needs to know.
struct Playing {
    library: Arc<Library>,
    practice: PracticeId,
    /// Its length; `None` for a loop, which has no end to stop at.
    length_ms: Option<u64>,
    /// Which bed is in which place of the device's mix.
    beds: [Option<BedId>; BEDS],
}

impl Playing {
    /// How loud a bed was made for this practice, in dB: its own bed lies further down, under what is said.
    fn made(&self, id: &BedId) -> Option<f32> {
        let practice = self.library.practice(&self.practice);
        let under = practice
            .filter(|practice| practice.kind != PracticeKind::Soundscape)
            .and_then(|practice| practice.bed.as_ref())
            .filter(|(own, _)| own == id)
            .map_or(0.0, |(_, gain_db)| *gain_db);
        Some(self.library.bed(id)?.gain_db + under)
    }
}

/// The thread that fetches.
struct Fetcher<S, T> {
    device: PlayerHandle,
    sounds: S,
    tell: T,
    playing: Option<Playing>,
}

impl<S: Sounds, T: Fn(audio::PlayerEvent)> Fetcher<S, T> {
    fn run(&mut self, jobs: &Receiver<Job>) {
        while let Ok(Job::Command(command, library)) = jobs.recv() {
            if let Err(error) = self.obey(command, library) {
                (self.tell)(audio::PlayerEvent::Unplayable {
                    reason: error.to_string(),
                });
            }
        }
    }

    fn obey(&mut self, command: PlayerCommand, library: Arc<Library>) -> Result<(), PlayerError> {
        match command {
            PlayerCommand::Start {
                practice,
                looped,
                volume,
                lang,
                pace,
                beds,
                end_bell,
            } => {
                self.device.send(audio::PlayerCommand::Volume(volume))?;
                self.load(library, practice, looped, end_bell, |fetcher, practice| {
                    let mut tracks = Vec::from_iter(fetcher.cue(practice, pace, looped));
                    tracks.extend(fetcher.voice(practice, lang));
                    for (bed, level) in &beds {
                        tracks.extend(fetcher.seat(bed, *level));
                    }
                    tracks
                })?;
                self.device.send(audio::PlayerCommand::Play)
            }
            PlayerCommand::Resume => self.device.send(audio::PlayerCommand::Play),
            PlayerCommand::Pause => self.device.send(audio::PlayerCommand::Pause),
            PlayerCommand::Seek(to) => self.seek(to),
            PlayerCommand::SkipBy(by) => {
                self.seek(self.device.position().ms.saturating_add_signed(by))
            }
            PlayerCommand::Volume(volume) => self.device.send(audio::PlayerCommand::Volume(volume)),
            PlayerCommand::Pace(pace) => self.change(|fetcher, practice| {
                let cue = fetcher.cue(practice, Some(pace), true)?;
                Some(audio::PlayerCommand::Pace(cue))
            }),
            PlayerCommand::Bed { bed, level } => self.bed(&bed, level),
            PlayerCommand::EndBell(bell) => self.change(|fetcher, _| {
                let at_ms = fetcher.playing.as_ref()?.length_ms;
                Some(audio::PlayerCommand::End(End { at_ms, bell }))
            }),
            PlayerCommand::Voice(lang) => self.change(|fetcher, practice| {
                Some(match fetcher.voice(practice, lang) {
                    Some(voice) => audio::PlayerCommand::Put(voice),
                    None => audio::PlayerCommand::Take(Role::Voice),
                })
            }),
            PlayerCommand::Finish { bell } => {
                // A position that has been reached means now.
                let at_ms = Some(self.device.position().ms);
                self.device
                    .send(audio::PlayerCommand::End(End { at_ms, bell }))
            }
            PlayerCommand::Duck(quieter) => self.device.send(audio::PlayerCommand::Duck(quieter)),
            PlayerCommand::Stop => {
                self.playing = None;
                self.device.send(audio::PlayerCommand::Stop)
            }
        }
    }

    /// Loads a practice with the tracks that `gather` finds. Where nothing can be fetched nothing is played, and the
    /// silent clock carries the captions.
    fn load(
        &mut self,
        library: Arc<Library>,
        id: PracticeId,
        looped: bool,
        bell: bool,
        gather: impl FnOnce(&mut Self, &Practice) -> Vec<Track>,
    ) -> Result<(), PlayerError> {
        let found = library.practice(&id).cloned();
        let endless = looped
            || found
                .as_ref()
                .is_some_and(|practice| practice.kind == PracticeKind::Soundscape);
        let length = found.as_ref().map_or(0, |practice| practice.duration_ms);
        let length_ms = (!endless).then_some(length);
        self.playing = Some(Playing {
            library,
            practice: id,
            length_ms,
            beds: [const { None }; BEDS],
        });
        let tracks = found.map_or_else(Vec::new, |practice| gather(self, &practice));
        self.device.send(audio::PlayerCommand::Load {
            tracks,
            start_ms: 0,
            end: End {
                at_ms: length_ms,
                bell,
            },
        })
    }

    /// Sends what `make` makes of the practice that is playing, if one is.
    fn change(
        &mut self,
        make: impl FnOnce(&mut Self, &Practice) -> Option<audio::PlayerCommand>,
    ) -> Result<(), PlayerError> {
        let practice = self
            .playing
            .as_ref()
            .and_then(|playing| playing.library.practice(&playing.practice))
            .cloned();
        let command = practice.and_then(|practice| make(self, &practice));
        command.map_or(Ok(()), |command| self.device.send(command))
    }

    /// The cue of a practice, for breathing at one of its paces.
    fn cue(&self, practice: &Practice, pace: Option<u8>, looped: bool) -> Option<Track> {
        let pace = pace.and_then(|pace| practice.paces.get(usize::from(pace)));
        let (file, gain_db) = pace.map_or((&practice.sound, practice.gain_db), |pace| {
            (&pace.sound, pace.gain_db)
        });
        let (looped, from_ms) = match practice.kind {
            PracticeKind::Breathing { lead_in_ms, .. } => (true, lead_in_ms),
            PracticeKind::Guided => (looped, 0),
            PracticeKind::Soundscape => (true, 0),
        };
        let track = Track::new(Role::Cue, self.file(practice, file)?);
        Some(track.looped(looped).gain_db(gain_db).from_ms(from_ms))
    }

    /// The voice of a practice in a language, where it has one.
    fn voice(&self, practice: &Practice, lang: Lang) -> Option<Track> {
        let voice = practice.voice.get(lang)?;
        let track = Track::new(Role::Voice, self.file(practice, &voice.sound)?);
        Some(track.gain_db(voice.gain_db))
    }

    /// A bed that is not heard yet, in a place of its own; `None` where every place is taken or it cannot be fetched.
    fn seat(&mut self, id: &BedId, level: u8) -> Option<Track> {
        let playing = self.playing.as_ref()?;
        let library = Arc::clone(&playing.library);
        let seat = playing.beds.iter().position(Option::is_none)?;
        let gain_db = playing.made(id)?;
        let bytes = self.fetch(&library, &Wanted::Bed(id))?;
        if let Some(playing) = self.playing.as_mut() {
            playing.beds[seat] = Some(id.clone());
        }
        let track = Track::new(Role::Bed(seat as u8), bytes);
        Some(track.looped(true).gain_db(bed_gain(gain_db, level)))
    }

    fn bed(&mut self, id: &BedId, level: u8) -> Result<(), PlayerError> {
        let Some(playing) = self.playing.as_mut() else {
            return Ok(());
        };
        let taken = playing.beds.iter().position(|bed| bed.as_ref() == Some(id));
        match (taken, level) {
            (None, 0) => Ok(()),
            (None, level) => self.seat(id, level).map_or(Ok(()), |track| {
                self.device.send(audio::PlayerCommand::Put(track))
            }),
            (Some(seat), 0) => {
                playing.beds[seat] = None;
                self.device
                    .send(audio::PlayerCommand::Take(Role::Bed(seat as u8)))
            }
            (Some(seat), level) => {
                let gain_db = playing.made(id).unwrap_or_default();
                self.device.send(audio::PlayerCommand::Level {
                    bed: seat as u8,
                    gain_db: bed_gain(gain_db, level),
                })
            }
        }
    }

    fn file(&self, practice: &Practice, file: &str) -> Option<Arc<[u8]>> {
        let library = &self.playing.as_ref()?.library;
        let practice = &practice.id;
        self.fetch(library, &Wanted::Practice { practice, file })
    }

    /// A sound of a library. One that cannot be fetched is told and left out.
    fn fetch(&self, library: &Arc<Library>, wanted: &Wanted) -> Option<Arc<[u8]>> {
        self.sounds
            .sound(library, wanted)
            .map_err(|reason| (self.tell)(audio::PlayerEvent::Unplayable { reason }))
            .ok()
    }

    fn seek(&self, to: u64) -> Result<(), PlayerError> {
        let length = self.playing.as_ref().and_then(|playing| playing.length_ms);
        let to = length.map_or(to, |length| to.min(length));
        self.device.send(audio::PlayerCommand::Seek(to))
    }
}

/// Gain of a bed at a level of its slider.
fn bed_gain(gain_db: f32, level: u8) -> f32 {
    gain_db - BED_STEP_DB * f32::from(BED_LEVELS.saturating_sub(level))
}

/// What the device says in the session's words; `None` for what a session need not know.
#[must_use]
pub fn heard(event: &audio::PlayerEvent) -> Option<PlayerEvent> {
    match event {
        audio::PlayerEvent::Sound(sound) => Some(PlayerEvent::Sound(match sound {
            Sound::Ready { .. } | Sound::Back { .. } => SoundState::Present,
            Sound::Absent { .. } => SoundState::Absent,
            Sound::Lost { .. } => SoundState::Lost,
        })),
        audio::PlayerEvent::Unplayable { .. } => Some(PlayerEvent::Unreadable),
        audio::PlayerEvent::Ended => Some(PlayerEvent::Ended),
        audio::PlayerEvent::Loaded { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_practice_lies_on_its_own_bed_and_a_soundscape_is_mixed_of_whole_ones() {
        let id = |name| BedId::new(name).unwrap();
        let cases = [
            ("slow-breathing", "rain", Some(-10.5)),
            ("slow-breathing", "sea", Some(-1.5)),
            ("lakeside", "rain", Some(-1.5)),
            ("lakeside", "unknown", None),
        ];
        for (practice, bed, made) in cases {
            let playing = Playing {
                library: Arc::new(xinting_content::fixture::library()),
                practice: PracticeId::new(practice).unwrap(),
                length_ms: None,
                beds: [const { None }; BEDS],
            };
            assert_eq!(playing.made(&id(bed)), made, "{practice} on {bed}");
        }
    }
}
