//! `xinting-hw audio`: which sound devices there are, whether they sound, and how loud.
//!
//! It plays through the same player as the booth, so what is heard here is what is heard there. It sets nothing:
//! the figures it helps to find go into the booth's configuration by hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use serde_json::json;
use xinting_hw::audio::{
    DeviceChoice, DeviceInfo, End, PlayerCommand, PlayerConfig, PlayerEvent, PlayerHandle, Role,
    Sound, Track, VOLUME_STEPS, list_devices,
};
use xinting_sound::synth::{TARGET_LUFS, calibration_noise, tone};
use xinting_sound::{Decoder, Loudness, Stereo, encode_flac, frames_to_ms, measure};

use crate::output::{Trouble, interrupted, line, time};

/// Largest file that is read.
const LARGEST_BYTES: u64 = 512 << 20;
/// Longest sound that is measured in one piece: an hour takes 1.4 GB of samples.
const LONGEST_FRAMES: usize = 48_000 * 3600;
/// How long each volume step is held for the meter.
const STEP_TIME: Duration = Duration::from_secs(6);

#[derive(Debug, Args)]
pub(crate) struct AudioArgs {
    #[command(subcommand)]
    command: AudioCommand,
    /// The sound system: alsa or pulseaudio. `list` without it shows both, everything else plays through alsa.
    #[arg(long, global = true, value_name = "NAME")]
    host: Option<String>,
    /// Write JSON, one object a line.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum AudioCommand {
    /// List the devices that sound can come out of.
    List,
    /// Play a tone: is anything to be heard?
    Tone {
        #[command(flatten)]
        output: Output,
        /// Pitch in Hz.
        #[arg(long, value_name = "HZ", default_value_t = 440.0)]
        hz: f64,
        /// Level below full scale, in dB.
        #[arg(long, value_name = "DB", default_value_t = -20.0, allow_negative_numbers = true)]
        level: f32,
        /// How long.
        #[arg(long = "for", value_name = "TIME", value_parser = time, default_value = "3s")]
        length: Duration,
    },
    /// Play WAV, FLAC, Ogg Vorbis, Ogg Opus or MP3 files as a practice is played: with a slow fade-in, under the limiter.
    Play {
        /// The file that leads, and up to four beds that go round beneath it.
        #[arg(required = true, num_args = 1..=5)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        output: Output,
        /// Go round until Ctrl-C.
        #[arg(long = "loop")]
        looped: bool,
        /// Gain in dB, -60 to 0.
        #[arg(
            long,
            value_name = "DB",
            default_value_t = 0.0,
            allow_negative_numbers = true
        )]
        gain: f32,
        /// Begin here.
        #[arg(long, value_name = "TIME", value_parser = time, default_value = "0s")]
        from: Duration,
        /// Stop after this time.
        #[arg(long = "for", value_name = "TIME", value_parser = time)]
        length: Option<Duration>,
    },
    /// Measure the loudness of files; without files, play steady noise at each volume step for a sound level meter.
    ///
    /// Hold the meter (A-weighted, slow) where a visitor's head is. Choose the ceiling so that the highest step stays
    /// comfortable; in a school corridor 65 dB(A) is a sensible most.
    Levels {
        /// Files to measure.
        files: Vec<PathBuf>,
        #[command(flatten)]
        output: Output,
    },
}

/// Where to play, and how loud.
#[derive(Debug, Args)]
struct Output {
    /// A device by its id or name, as `audio list` prints them.
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
    /// Volume step, 0 to 8.
    #[arg(long, value_name = "STEP", default_value_t = VOLUME_STEPS, value_parser = clap::value_parser!(u8).range(0..=8))]
    volume: u8,
    /// Gain at the highest step, in dB, -60 to 0, as the configuration has it.
    #[arg(
        long,
        value_name = "DB",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    ceiling: f32,
}

pub(crate) fn run(args: &AudioArgs) -> Result<bool, Trouble> {
    match &args.command {
        AudioCommand::List => list(args),
        AudioCommand::Tone {
            output,
            hz,
            level,
            length,
        } => {
            let seconds = length.as_secs_f64().ceil().clamp(1.0, 600.0) as u32;
            let bytes = flac(&tone(*hz, *level, seconds))?;
            let playing = Playing::start(args, output)?;
            playing.load(vec![Track::new(Role::Cue, bytes)], Duration::ZERO)?;
            playing.until_the_end(args.json, Some(*length))
        }
        AudioCommand::Play {
            files,
            output,
            looped,
            gain,
            from,
            length,
        } => {
            let mut tracks = Vec::new();
            for (place, file) in (0_u8..).zip(files) {
                let (role, looped) = match place.checked_sub(1) {
                    None => (Role::Cue, *looped),
                    Some(bed) => (Role::Bed(bed), true),
                };
                let track = Track::new(role, read(file)?).looped(looped);
                tracks.push(track.gain_db(*gain));
            }
            let playing = Playing::start(args, output)?;
            playing.load(tracks, *from)?;
            playing.until_the_end(args.json, *length)
        }
        AudioCommand::Levels { files, output } if files.is_empty() => steps(args, output),
        AudioCommand::Levels { files, .. } => {
            for file in files {
                measured(file, args.json)?;
            }
            Ok(true)
        }
    }
}

fn list(args: &AudioArgs) -> Result<bool, Trouble> {
    if let Some(host) = &args.host {
        let devices = list_devices(Some(host))
            .map_err(|error| Trouble::from_error(&error, "try --host alsa or --host pulseaudio"))?;
        show(host, &devices, args.json)?;
        if devices.is_empty() {
            return Err(Trouble::new(
                format!("{host} knows no sound device"),
                "plug one in, or try another --host",
            ));
        }
        return Ok(true);
    }
    let mut found = 0;
    for host in ["alsa", "pulseaudio"] {
        if !args.json {
            line(format!("{host}:"))?;
        }
        match list_devices(Some(host)) {
            Ok(devices) => {
                show(host, &devices, args.json)?;
                found += devices.len();
            }
            Err(error) if args.json => {
                line(json!({ "host": host, "trouble": error.to_string() }))?;
            }
            Err(error) => line(format!("  {error}"))?,
        }
    }
    Ok(found > 0)
}

/// Writes one sound system's devices.
fn show(host: &str, devices: &[DeviceInfo], json: bool) -> Result<(), Trouble> {
    let mut unfit = 0;
    for device in devices {
        if json {
            line(json!({
                "host": host,
                "id": device.id,
                "name": device.name,
                "default": device.default,
                "format": device.format,
            }))?;
            continue;
        }
        let Some(format) = &device.format else {
            unfit += 1;
            continue;
        };
        let mark = if device.default { "*" } else { " " };
        line(format!(
            "{mark} {}\n    {}\n    {format}",
            device.id, device.name
        ))?;
    }
    if unfit > 0 {
        line(format!(
            "and {unfit} more that cannot be played on now (--json lists them)"
        ))?;
    }
    Ok(())
}

/// A player on the device that was asked for, known to have opened it.
struct Playing {
    player: PlayerHandle,
    events: Receiver<PlayerEvent>,
}

impl Playing {
    fn start(args: &AudioArgs, output: &Output) -> Result<Self, Trouble> {
        let (tell, events) = channel();
        let config = PlayerConfig {
            device: match &output.device {
                None => DeviceChoice::Default,
                Some(name) => DeviceChoice::Named(name.clone()),
            },
            host: args.host.clone(),
            ceiling_db: output.ceiling,
            ..PlayerConfig::default()
        };
        let player = PlayerHandle::start(config, move |event| {
            // A main thread that has gone needs no events.
            let _gone = tell.send(event);
        })
        .map_err(|error| Trouble::from_error(&error, "try again"))?;
        let playing = Self { player, events };
        playing.send(PlayerCommand::Volume(output.volume))?;
        match playing.events.recv_timeout(Duration::from_secs(10)) {
            Ok(PlayerEvent::Sound(Sound::Ready { device })) => {
                if !args.json {
                    line(format!("on {device}"))?;
                }
                Ok(playing)
            }
            Ok(PlayerEvent::Sound(Sound::Absent { reason })) => Err(Trouble::new(
                reason,
                "`xinting-hw audio list` shows the devices there are",
            )),
            _ => Err(Trouble::new(
                "the sound device does not answer",
                "unplug it and plug it in again, or restart the sound server",
            )),
        }
    }

    fn send(&self, command: PlayerCommand) -> Result<(), Trouble> {
        self.player
            .send(command)
            .map_err(|error| Trouble::from_error(&error, "try again"))
    }

    fn load(&self, tracks: Vec<Track>, from: Duration) -> Result<(), Trouble> {
        self.send(PlayerCommand::Load {
            tracks,
            start_ms: u64::try_from(from.as_millis()).unwrap_or(u64::MAX),
            end: End::default(),
        })?;
        self.send(PlayerCommand::Play)
    }

    /// Follows the sound until it ends, `length` is over or Ctrl-C comes. True where nothing was lost on the way.
    fn until_the_end(&self, json: bool, length: Option<Duration>) -> Result<bool, Trouble> {
        let interrupted = interrupted()?;
        let begun = Instant::now();
        let mut well = true;
        let mut next_line = 0;
        loop {
            match self.events.recv_timeout(Duration::from_millis(50)) {
                Ok(PlayerEvent::Ended) => break,
                Ok(PlayerEvent::Unplayable { reason }) => {
                    return Err(Trouble::new(reason, "convert it to 48 kHz FLAC"));
                }
                Ok(PlayerEvent::Sound(sound)) => {
                    well &= matches!(sound, Sound::Back { .. } | Sound::Ready { .. });
                    told(&sound, json)?;
                }
                Ok(PlayerEvent::Loaded { .. }) | Err(_) => {}
            }
            let over = length.is_some_and(|length| begun.elapsed() >= length);
            if over || interrupted.is_set() {
                break;
            }
            let seconds = self.player.position().ms / 1000;
            if seconds >= next_line && !json {
                next_line = seconds + 5;
                line(format!("{}:{:02}", seconds / 60, seconds % 60))?;
            }
        }
        self.send(PlayerCommand::Stop)?;
        // The fade of the stop, and what the device still holds.
        std::thread::sleep(Duration::from_millis(250));
        let health = self.player.health();
        line(if json {
            json!({ "event": "done", "xruns": health.xruns, "losses": health.losses }).to_string()
        } else {
            format!("done; {} xruns, {} losses", health.xruns, health.losses)
        })?;
        Ok(well)
    }
}

fn told(sound: &Sound, json: bool) -> Result<(), Trouble> {
    let (event, text) = match sound {
        Sound::Ready { device } => ("ready", device),
        Sound::Absent { reason } => ("absent", reason),
        Sound::Lost { reason } => ("lost", reason),
        Sound::Back { device } => ("back", device),
    };
    line(if json {
        json!({ "event": event, "text": text }).to_string()
    } else {
        format!("{event}: {text}")
    })
}

/// Steady noise at each volume step, so that a meter can be read; beside it, what leaves the player.
fn steps(args: &AudioArgs, output: &Output) -> Result<bool, Trouble> {
    let fault = "this is a fault of the program";
    let noise = calibration_noise(30).map_err(|error| Trouble::from_error(&error, fault))?;
    let found = measure(&noise).map_err(|error| Trouble::from_error(&error, fault))?;
    let playing = Playing::start(args, output)?;
    let interrupted = interrupted()?;
    let track = Track::new(Role::Cue, flac(&noise)?).looped(true);
    playing.load(vec![track], Duration::ZERO)?;
    let ceiling = f64::from(output.ceiling.clamp(-60.0, 0.0));
    for step in 1..=VOLUME_STEPS {
        playing.send(PlayerCommand::Volume(step))?;
        let gain = ceiling - 4.0 * f64::from(VOLUME_STEPS - step);
        let lufs = found.integrated_lufs.unwrap_or(-70.0) + gain;
        let peak = found.true_peak_dbtp + gain;
        line(if args.json {
            json!({ "event": "step", "volume": step, "lufs": lufs, "true_peak_dbtp": peak })
                .to_string()
        } else {
            format!(
                "volume {step} of {VOLUME_STEPS}: out at {lufs:.1} LUFS, peak {peak:.1} dBTP; read the meter"
            )
        })?;
        let until = Instant::now() + STEP_TIME;
        while Instant::now() < until {
            if interrupted.is_set() {
                return Ok(true);
            }
            std::thread::sleep(Duration::from_millis(50));
            while let Ok(event) = playing.events.try_recv() {
                if let PlayerEvent::Sound(Sound::Lost { reason }) = event {
                    return Err(Trouble::new(reason, "look at the cable and start again"));
                }
            }
        }
    }
    if !args.json {
        line(format!(
            "Take what the meter showed at step {VOLUME_STEPS} less the most you allow (65 dB(A) in a corridor) away from\n\
             the ceiling in use, {ceiling:.1} dB: 72 dB(A) read means ceiling_db = {:.1}. Write it under [audio] in\n\
             kiosk.toml and run this again with --ceiling {:.1}.",
            ceiling - 7.0,
            ceiling - 7.0,
        ))?;
    }
    Ok(true)
}

fn measured(file: &Path, json: bool) -> Result<(), Trouble> {
    let name = file.display();
    let unplayable =
        |error: xinting_sound::DecodeError| Trouble::from_error(&error, format!("look at {name}"));
    let mut decoder = Decoder::open(read(file)?).map_err(unplayable)?;
    let mut samples = Vec::new();
    let mut piece = vec![0.0; 96_000];
    loop {
        let frames = decoder.read(&mut piece).map_err(unplayable)?;
        if frames == 0 {
            break;
        }
        samples.extend_from_slice(&piece[..frames * 2]);
        if samples.len() / 2 > LONGEST_FRAMES {
            return Err(Trouble::new(
                format!("{name} is longer than an hour"),
                "cut it",
            ));
        }
    }
    let sound = Stereo::from_interleaved(samples);
    let found =
        measure(&sound).map_err(|error| Trouble::from_error(&error, format!("look at {name}")))?;
    report(file, &decoder, &sound, found, json)
}

fn report(
    file: &Path,
    decoder: &Decoder,
    sound: &Stereo,
    found: Loudness,
    json: bool,
) -> Result<(), Trouble> {
    let length_ms = frames_to_ms(sound.frames() as u64);
    let gain_db = found.gain_to(TARGET_LUFS, -1.0);
    line(if json {
        json!({
            "file": file,
            "codec": decoder.codec().name(),
            "channels": decoder.source_channels(),
            "length_ms": length_ms,
            "lufs": found.integrated_lufs,
            "true_peak_dbtp": found.true_peak_dbtp,
            "gain_db": gain_db,
        })
        .to_string()
    } else {
        let lufs = found
            .integrated_lufs
            .map_or("silent".to_owned(), |lufs| format!("{lufs:.1} LUFS"));
        format!(
            "{}: {}, {} ch, {:.1} s, {lufs}, peak {:.1} dBTP; gain to {TARGET_LUFS} LUFS: {gain_db:.1} dB",
            file.display(),
            decoder.codec().name(),
            decoder.source_channels(),
            length_ms as f64 / 1000.0,
            found.true_peak_dbtp,
        )
    })
}

fn read(file: &Path) -> Result<Arc<[u8]>, Trouble> {
    let failed = |error: std::io::Error| {
        Trouble::new(
            format!("reading {}: {error}", file.display()),
            "name a sound file",
        )
    };
    let about = std::fs::metadata(file).map_err(failed)?;
    if !about.is_file() || about.len() > LARGEST_BYTES {
        return Err(Trouble::new(
            format!("{} is not a file of 512 MB or less", file.display()),
            "name a sound file",
        ));
    }
    Ok(std::fs::read(file).map_err(failed)?.into())
}

fn flac(sound: &Stereo) -> Result<Arc<[u8]>, Trouble> {
    encode_flac(sound)
        .map(Into::into)
        .map_err(|error| Trouble::from_error(&error, "this is a fault of the program"))
}
