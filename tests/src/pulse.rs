//! A sound server of a test's own: PulseAudio with nothing but a null sink, in a runtime folder that only its user can
//! enter, and a recorder on the sink's monitor. What is captured is what a loudspeaker would have been given.
//!
//! Deliberately never: a real device, the user's own server, or a module that could find either. The two ways in are
//! those of a booth: PulseAudio's own protocol, and ALSA, whose default device is led to the same server.

use crate::bins::printed;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Name of the only sink.
pub const SINK: &str = "booth";

/// Bytes of one captured frame: two channels of 32-bit float.
const FRAME_BYTES: usize = 8;

/// How long a server may take to answer, on a machine that has other things to do.
const START_PATIENCE: Duration = Duration::from_secs(30);

/// How a player reaches the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// cpal's PulseAudio host.
    PulseAudio,
    /// cpal's ALSA host, whose default device leads to PulseAudio.
    Alsa,
}

impl Route {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::PulseAudio, Self::Alsa];

    /// The name of the sound system, as the binaries take it.
    #[must_use]
    pub const fn host(self) -> &'static str {
        match self {
            Self::PulseAudio => "pulseaudio",
            Self::Alsa => "alsa",
        }
    }

    /// The name of the device, as a configuration names it.
    #[must_use]
    pub const fn device(self) -> &'static str {
        match self {
            Self::PulseAudio => SINK,
            Self::Alsa => "default",
        }
    }
}

/// The server. Killed on drop.
pub struct SoundServer {
    folder: tempfile::TempDir,
    child: Option<Child>,
    /// Held while it runs: two tests that listen at once would only measure each other.
    _alone: std::fs::File,
}

impl SoundServer {
    /// Starts one and waits until it answers.
    ///
    /// # Panics
    /// With the reason, if PulseAudio or its tools are not installed or do not start.
    #[must_use]
    pub fn start() -> Self {
        for (tool, package) in [
            ("pulseaudio", "pulseaudio"),
            ("parec", "pulseaudio-utils"),
            ("pactl", "pulseaudio-utils"),
        ] {
            assert!(
                installed(tool),
                "{tool} is not installed, and without it no sound can be captured; \
                 run 'scripts/setup', which installs {package}"
            );
        }
        // tempfile makes folders with mode 0700, which PulseAudio insists on.
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = folder.path();
        let write = |name: &str, text: &str| {
            std::fs::write(place.join(name), text).expect("the test's folder can be written");
        };
        write("client.conf", "autospawn = no\n");
        write(
            "daemon.conf",
            "flat-volumes = no\nexit-idle-time = -1\nhigh-priority = no\nrealtime-scheduling = no\n\
             use-pid-file = no\ndaemonize = no\nlog-level = warning\n",
        );
        // Nothing else: in this world ALSA knows no card at all.
        write(
            "asound.conf",
            "pcm.default { type pulse hint { show on description \"The booth\" } }\nctl.default { type pulse }\n",
        );
        let alone = std::fs::File::create(std::env::temp_dir().join("xinting-sound-tests.lock"))
            .expect("the temporary folder can be written");
        alone.lock().expect("a lock waits until it is held");
        let mut server = Self {
            folder,
            child: None,
            _alone: alone,
        };
        server.restart();
        server
    }

    /// Points a program at this server and away from every other; for the ALSA route too.
    pub fn lead<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let place = self.folder.path();
        command
            .env("XDG_RUNTIME_DIR", place)
            .env("PULSE_RUNTIME_PATH", place)
            .env("PULSE_STATE_PATH", place.join("state"))
            .env("PULSE_SERVER", format!("unix:{}", self.socket().display()))
            .env("PULSE_COOKIE", place.join("cookie"))
            .env("PULSE_CLIENTCONFIG", place.join("client.conf"))
            .env("PULSE_CONFIG", place.join("daemon.conf"))
            .env("ALSA_CONFIG_PATH", place.join("asound.conf"))
            .env_remove("PULSE_SINK")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("DISPLAY")
            .env_remove("PIPEWIRE_REMOTE")
    }

    /// Kills the server, as a crash would.
    ///
    /// # Panics
    /// If it was not running any more: then something else had ended it.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("the server runs");
        let ended = child.try_wait().expect("the server can be asked");
        assert!(
            ended.is_none(),
            "the server ended by itself: {}",
            self.said()
        );
        child.kill().expect("the server can be killed");
        child.wait().expect("the server has ended");
    }

    /// Starts the server (again) and says when it answered.
    ///
    /// # Panics
    /// With what it said, if it does not answer.
    pub fn restart(&mut self) -> Duration {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log())
            .expect("the server's log can be written");
        let mut command = Command::new("pulseaudio");
        self.lead(&mut command)
            // It would look for a cookie and for D-Bus there.
            .env("HOME", self.folder.path())
            .arg("-n")
            .arg(format!(
                "--load=module-native-protocol-unix socket={} auth-anonymous=1",
                self.socket().display()
            ))
            // With rewinds, a null sink that is just made has taken two seconds of silence in advance.
            .arg(format!(
                "--load=module-null-sink sink_name={SINK} rate=48000 channels=2 format=float32le norewinds=1"
            ))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        self.child = Some(command.spawn().expect("pulseaudio starts"));
        let begun = Instant::now();
        loop {
            let answer = self.ask(&["get-default-sink"]);
            if answer.as_deref() == Some(SINK) {
                return now();
            }
            let ended = self
                .child
                .as_mut()
                .and_then(|child| child.try_wait().ok().flatten());
            assert!(
                ended.is_none() && begun.elapsed() < START_PATIENCE,
                "the sound server does not answer: {}",
                self.said()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the server wrote.
    #[must_use]
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// One question by `pactl`; `None` where it is not answered.
    #[must_use]
    pub fn ask(&self, question: &[&str]) -> Option<String> {
        let mut command = Command::new("pactl");
        let output = self.lead(&mut command).args(question).output().ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("native")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ended = child.kill();
            let _reaped = child.wait();
        }
    }
}

/// A recording under way. Ends with [`Recorder::stop`], or when its server does.
pub struct Recorder {
    child: Child,
    reader: Option<JoinHandle<()>>,
    taken: Arc<Mutex<Taken>>,
}

/// What has come in so far.
#[derive(Default)]
struct Taken {
    bytes: Vec<u8>,
    /// When which number of bytes had been there before.
    arrivals: Vec<(usize, Duration)>,
}

impl Recorder {
    /// Begins to record everything that the sink is given, and waits until the first samples are here.
    ///
    /// # Panics
    /// If the server gives none.
    #[must_use]
    pub fn start(server: &SoundServer) -> Self {
        let mut command = Command::new("parec");
        let mut child = server
            .lead(&mut command)
            .args(["--raw", "--format=float32le", "--rate=48000"])
            .args(["--channels=2", "--latency-msec=10", "--volume=65536"])
            .arg(format!("--device={SINK}.monitor"))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("parec starts");
        let mut pipe = child.stdout.take().expect("stdout is piped");
        let taken = Arc::new(Mutex::new(Taken::default()));
        let fill = Arc::clone(&taken);
        let reader = std::thread::spawn(move || {
            let mut piece = vec![0; 1 << 16];
            while let Ok(count @ 1..) = pipe.read(&mut piece) {
                let at = now();
                let mut taken = fill.lock().unwrap_or_else(PoisonError::into_inner);
                let before = taken.bytes.len();
                taken.arrivals.push((before, at));
                taken.bytes.extend_from_slice(&piece[..count]);
            }
        });
        let recorder = Self {
            child,
            reader: Some(reader),
            taken,
        };
        let begun = Instant::now();
        while recorder.frames() == 0 {
            assert!(
                begun.elapsed() < START_PATIENCE,
                "nothing can be recorded: {}",
                server.said()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        recorder
    }

    /// Frames so far.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.lock().bytes.len() / FRAME_BYTES
    }

    /// The last `frames` captured so far, for a test that waits for sound or for silence.
    #[must_use]
    pub fn latest(&self, frames: usize) -> Vec<f32> {
        let taken = self.lock();
        let whole = taken.bytes.len() / FRAME_BYTES * FRAME_BYTES;
        let from = whole.saturating_sub(frames * FRAME_BYTES);
        samples(&taken.bytes[from..whole])
    }

    /// Waits until something other than silence has been captured.
    ///
    /// # Panics
    /// After `patience`.
    pub fn wait_for_sound(&self, patience: Duration) {
        let begun = Instant::now();
        while self.latest(960).iter().all(|sample| *sample == 0.0) {
            assert!(begun.elapsed() < patience, "no sound after {patience:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends the recording.
    ///
    /// # Panics
    /// If the reader broke off.
    #[must_use]
    pub fn stop(mut self) -> Recording {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader reads to the end");
        }
        let taken = self.lock();
        Recording {
            samples: samples(&taken.bytes),
            began: beginning(&taken.arrivals),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// What was captured.
pub struct Recording {
    /// Interleaved stereo at 48 kHz.
    pub samples: Vec<f32>,
    /// When its first frame was played, since the Unix epoch. A piece never arrives before its first frame is due, so
    /// the earliest arrival, less the frames before it, is the beginning: right to the time the server needs to hand
    /// a piece over, however late the others came.
    pub began: Duration,
}

impl Recording {
    /// Frames captured.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.samples.len() / 2
    }

    /// When a frame was played, since the Unix epoch.
    #[must_use]
    pub fn time_of(&self, frame: usize) -> Duration {
        self.began + time_for(frame)
    }

    /// The frame that was played at a time since the Unix epoch; negative where that was before the first.
    #[must_use]
    pub fn frame_at(&self, time: Duration) -> f64 {
        (time.as_secs_f64() - self.began.as_secs_f64()) * 48_000.0
    }

    /// Keeps the capture for ears and tools: 32-bit float, little-endian, 48 kHz, stereo.
    ///
    /// # Panics
    /// If the file cannot be written.
    pub fn keep(&self, path: &Path) {
        let bytes: Vec<u8> = self.samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        std::fs::write(path, bytes).expect("the capture can be kept");
    }
}

/// The time since the Unix epoch, which other processes of this machine know too.
#[must_use]
pub fn now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock is past 1970")
}

/// Runs `xinting-hw audio` on this server, to its end.
#[must_use]
pub fn hw_audio(server: &SoundServer, route: Route, arguments: &[&str]) -> Command {
    let mut command = Command::new(crate::bins::bin("xinting-hw"));
    server
        .lead(&mut command)
        .arg("audio")
        .args(arguments)
        .args(["--json", "--host", route.host()])
        .stdin(Stdio::null());
    command
}

/// What `xinting-hw audio` said at its end: xruns and losses.
///
/// # Panics
/// If it did not come to a good end.
#[must_use]
pub fn health(output: &std::process::Output) -> (u64, u64) {
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find(|line| line["event"] == "done")
        .unwrap_or_else(|| panic!("it did not come to its end: {}", printed(output)));
    let count = |name: &str| last[name].as_u64().expect("a count");
    (count("xruns"), count("losses"))
}

/// Runs a capture, and where it fails a second time, since a machine that is busy with something else can starve the
/// server or the recorder too. What failed the first time is printed, with the load; what fails twice has failed.
///
/// # Panics
/// As the second run does.
pub fn once_more(capture: impl Fn()) {
    let load = || std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let before = load();
    // Whatever a run made ends with it; nothing is shared between the two.
    if std::panic::catch_unwind(std::panic::AssertUnwindSafe(&capture)).is_err() {
        // Not through the harness, which would swallow it where the second run succeeds.
        let _unseen = writeln!(
            std::io::stderr(),
            "the first capture failed as written above; load before it {}, after it {}; once more",
            before.trim(),
            load().trim()
        );
        capture();
    }
}

fn installed(tool: &str) -> bool {
    Command::new(tool)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn samples(bytes: &[u8]) -> Vec<f32> {
    let whole = bytes.len() / FRAME_BYTES * FRAME_BYTES;
    bytes[..whole]
        .as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect()
}

fn beginning(arrivals: &[(usize, Duration)]) -> Duration {
    arrivals
        .iter()
        .map(|(before, at)| at.saturating_sub(time_for(before / FRAME_BYTES)))
        .min()
        .unwrap_or_default()
}

fn time_for(frames: usize) -> Duration {
    Duration::from_nanos(frames as u64 * 62_500 / 3)
}
