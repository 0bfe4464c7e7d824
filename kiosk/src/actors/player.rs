//! The player: fetches the sounds of a practice from its pack and hands them to the sound device, command by command in
//! order.
//!
//! Sounds are megabytes that are read and verified, so they are fetched on a thread of their own. The position is asked
//! of the device directly. Not here: captions, the lotus, how long a soundscape lasts.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use xinting_content::practice::{Practice, PracticeKind};
use xinting_content::{BedId, Library, PracticeId};
use xinting_hw::audio::{
    self, End, PlayerConfig, PlayerError, PlayerHandle, PlayerPosition, Role, Sound, Track,
};
use xinting_session::{PlayerCommand, PlayerEvent, SoundState};

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
                    length_ms: None,
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

/// The thread that fetches.
struct Fetcher<S, T> {
    device: PlayerHandle,
    sounds: S,
    tell: T,
    /// Length of the practice that is loaded; `None` for a loop, which has no end to stop at.
    length_ms: Option<u64>,
}

impl<S: Sounds, T: Fn(audio::PlayerEvent)> Fetcher<S, T> {
    fn run(&mut self, jobs: &Receiver<Job>) {
        while let Ok(Job::Command(command, library)) = jobs.recv() {
            if let Err(error) = self.obey(command, &library) {
                (self.tell)(audio::PlayerEvent::Unplayable {
                    reason: error.to_string(),
                });
            }
        }
    }

    fn obey(&mut self, command: PlayerCommand, library: &Arc<Library>) -> Result<(), PlayerError> {
        match command {
            PlayerCommand::Start {
                practice,
                looped,
                volume,
                lang: _,
                pace: _,
                beds: _,
                end_bell: _,
            } => self.start(library, &practice, looped, volume),
            PlayerCommand::Resume => self.device.send(audio::PlayerCommand::Play),
            PlayerCommand::Pause => self.device.send(audio::PlayerCommand::Pause),
            PlayerCommand::Seek(to) => self.seek(to),
            PlayerCommand::SkipBy(by) => {
                self.seek(self.device.position().ms.saturating_add_signed(by))
            }
            PlayerCommand::Volume(volume) => self.device.send(audio::PlayerCommand::Volume(volume)),
            PlayerCommand::Duck(quieter) => self.device.send(audio::PlayerCommand::Duck(quieter)),
            PlayerCommand::Finish { bell } => {
                let now = End {
                    at_ms: Some(0),
                    bell,
                };
                self.device.send(audio::PlayerCommand::End(now))
            }
            PlayerCommand::EndBell(bell) => {
                let end = End {
                    at_ms: self.length_ms,
                    bell,
                };
                self.device.send(audio::PlayerCommand::End(end))
            }
            PlayerCommand::Pace(_) | PlayerCommand::Bed { .. } | PlayerCommand::Voice(_) => Ok(()),
            PlayerCommand::Stop => {
                self.length_ms = None;
                self.device.send(audio::PlayerCommand::Stop)
            }
        }
    }

    fn start(
        &mut self,
        library: &Arc<Library>,
        id: &PracticeId,
        looped: bool,
        volume: u8,
    ) -> Result<(), PlayerError> {
        let found = library.practice(id);
        let endless =
            looped || found.is_some_and(|practice| practice.kind == PracticeKind::Soundscape);
        let length = found.map_or(0, |practice| practice.duration_ms);
        self.length_ms = (!endless).then_some(length);
        // Where nothing can be fetched nothing is played, and the silent clock carries the captions.
        let tracks = found.map_or_else(Vec::new, |practice| self.tracks(library, practice, looped));
        self.device.send(audio::PlayerCommand::Load {
            tracks,
            start_ms: 0,
            end: End {
                at_ms: self.length_ms,
                bell: false,
            },
        })?;
        self.device.send(audio::PlayerCommand::Volume(volume))?;
        self.device.send(audio::PlayerCommand::Play)
    }

    /// What a practice sounds like. A file that cannot be fetched is told and left out.
    fn tracks(&self, library: &Arc<Library>, practice: &Practice, looped: bool) -> Vec<Track> {
        let cue = Wanted::Practice {
            practice: &practice.id,
            file: &practice.sound,
        };
        let (goes_round, from_ms) = match practice.kind {
            PracticeKind::Breathing { lead_in_ms, .. } => (true, lead_in_ms),
            PracticeKind::Guided => (looped, 0),
            PracticeKind::Soundscape => (true, 0),
        };
        let cue = self.fetch(library, &cue).map(|bytes| {
            Track::new(Role::Cue, bytes)
                .looped(goes_round)
                .gain_db(practice.gain_db)
                .from_ms(from_ms)
        });
        let under = practice.bed.as_ref().and_then(|(id, gain_db)| {
            let bed = library.bed(id)?;
            let bytes = self.fetch(library, &Wanted::Bed(id))?;
            let track = Track::new(Role::Bed(0), bytes).looped(true);
            Some(track.gain_db(bed.gain_db + gain_db))
        });
        cue.into_iter().chain(under).collect()
    }

    fn fetch(&self, library: &Arc<Library>, wanted: &Wanted) -> Option<Arc<[u8]>> {
        self.sounds
            .sound(library, wanted)
            .map_err(|reason| (self.tell)(audio::PlayerEvent::Unplayable { reason }))
            .ok()
    }

    fn seek(&self, to: u64) -> Result<(), PlayerError> {
        let to = self.length_ms.map_or(to, |length| to.min(length));
        self.device.send(audio::PlayerCommand::Seek(to))
    }
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
