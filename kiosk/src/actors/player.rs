//! The player: fetches a practice's sound from its pack and hands it to the sound device, command by command in order.
//!
//! A sound is megabytes that are read and verified, so it is fetched on a thread of its own. The position is asked of
//! the device directly. Not here: captions, the lotus, how long a soundscape lasts.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use xinting_content::practice::PracticeKind;
use xinting_content::{Library, PracticeId};
use xinting_hw::audio::{self, PlayerConfig, PlayerError, PlayerHandle, PlayerPosition, Sound};
use xinting_session::{PlayerCommand, PlayerEvent, SoundState};

/// Commands that may wait; more than fingers can give while a sound is fetched.
const WAITING_COMMANDS: usize = 64;

/// Where sounds come from. Called from the player's thread; may wait for a disk.
pub trait Sounds: Send + 'static {
    /// The sound of a practice of this library.
    ///
    /// # Errors
    /// One sentence for the admin.
    fn sound(&self, library: &Arc<Library>, practice: &PracticeId) -> Result<Arc<[u8]>, String>;
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
            .spawn(move || run(&waiting, &hand, &sounds, &tell))
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

    /// Where playback is. Cheap.
    #[must_use]
    pub fn position(&self) -> PlayerPosition {
        self.device.position()
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

/// The practice that is loaded, as far as moving about in it needs to know.
#[derive(Debug, Default)]
struct Loaded {
    /// Its length; `None` for a loop, which has no end to stop at.
    length_ms: Option<u64>,
}

fn run(
    jobs: &Receiver<Job>,
    device: &PlayerHandle,
    sounds: &impl Sounds,
    tell: &impl Fn(audio::PlayerEvent),
) {
    let mut loaded = Loaded::default();
    while let Ok(Job::Command(command, library)) = jobs.recv() {
        let done = obey(command, &library, device, sounds, tell, &mut loaded);
        if let Err(error) = done {
            tell(audio::PlayerEvent::Unplayable {
                reason: error.to_string(),
            });
        }
    }
}

fn obey(
    command: PlayerCommand,
    library: &Arc<Library>,
    device: &PlayerHandle,
    sounds: &impl Sounds,
    tell: &impl Fn(audio::PlayerEvent),
    loaded: &mut Loaded,
) -> Result<(), PlayerError> {
    match command {
        PlayerCommand::Start {
            practice,
            looped,
            volume,
        } => {
            let found = library.practice(&practice);
            let length = found.map_or(0, |practice| practice.duration_ms);
            let soundscape =
                found.is_some_and(|practice| practice.kind == PracticeKind::Soundscape);
            loaded.length_ms = (!looped && !soundscape).then_some(length);
            let bytes = sounds.sound(library, &practice).unwrap_or_else(|reason| {
                tell(audio::PlayerEvent::Unplayable { reason });
                // Nothing can be decoded from this: the silent clock carries the captions.
                Arc::from(&[][..])
            });
            device.send(audio::PlayerCommand::Load {
                bytes,
                looped,
                gain_db: found.map_or(0.0, |practice| practice.gain_db),
                start_ms: 0,
            })?;
            device.send(audio::PlayerCommand::Volume(volume))?;
            device.send(audio::PlayerCommand::Play)
        }
        PlayerCommand::Resume => device.send(audio::PlayerCommand::Play),
        PlayerCommand::Pause => device.send(audio::PlayerCommand::Pause),
        PlayerCommand::Seek(to) => device.send(audio::PlayerCommand::Seek(loaded.within(to))),
        PlayerCommand::SkipBy(by) => {
            let to = device.position().ms.saturating_add_signed(by);
            device.send(audio::PlayerCommand::Seek(loaded.within(to)))
        }
        PlayerCommand::Volume(volume) => device.send(audio::PlayerCommand::Volume(volume)),
        PlayerCommand::Duck(quieter) => device.send(audio::PlayerCommand::Duck(quieter)),
        PlayerCommand::Stop => {
            *loaded = Loaded::default();
            device.send(audio::PlayerCommand::Stop)
        }
    }
}

impl Loaded {
    fn within(&self, to: u64) -> u64 {
        self.length_ms.map_or(to, |length| to.min(length))
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
