//! The real device, through cpal: which one, in which of its formats, and its errors put into our words.
//! Deliberately no conversion (`outlet` does it) and no decision what to do about a loss.

use std::str::FromStr;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, DeviceId, ErrorKind, FromSample, HostId, I24, OutputCallbackInfo, SampleFormat,
    SizedSample, StreamConfig, SupportedBufferSize, SupportedStreamConfig,
};

use super::clock::Epoch;
use super::engine::Engine;
use super::outlet::{Outlet, RATES};
use super::output::{AudioOut, Fault, Line, OpenOut, OutputError};

/// How long a sound server may take to answer before it counts as absent.
const OPEN_TIMEOUT: Duration = Duration::from_secs(2);
/// What the device is asked to take at a time, in milliseconds: a pause is heard at once and a board keeps up.
const PERIOD_MS: u32 = 20;
/// The same for ALSA. cpal gives it two of these and no more: while one is played, the other must be filled.
const ALSA_PERIOD_MS: u32 = 30;

/// The default or a named device of one sound system.
#[derive(Debug)]
pub(super) struct CpalOut {
    host: Option<String>,
    name: Option<String>,
}

impl CpalOut {
    pub(super) fn new(host: Option<String>, name: Option<String>) -> Self {
        Self { host, name }
    }
}

/// One output device, as `xinting-hw audio list` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Stable id within its host, to be put into a configuration.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// True for the one played on where none is named.
    pub default: bool,
    /// What it would be opened with; `None` where it cannot play 48 kHz.
    pub format: Option<String>,
}

/// Lists the output devices of a sound system (`alsa` where none is named).
///
/// # Errors
/// [`OutputError::Host`] if there is no such sound system or it does not answer.
pub fn list_devices(host: Option<&str>) -> Result<Vec<DeviceInfo>, OutputError> {
    let (id, host) = open_host(host)?;
    let unreachable = |error: cpal::Error| OutputError::Host {
        host: id.name().to_lowercase(),
        reason: in_words(&error),
    };
    let default = host.default_output_device().and_then(|d| d.id().ok());
    let mut devices = Vec::new();
    for device in host.output_devices().map_err(unreachable)? {
        let Ok(id) = device.id() else { continue };
        devices.push(DeviceInfo {
            default: default.as_ref() == Some(&id),
            id: id.id().to_owned(),
            name: device.to_string(),
            format: choose(&device).ok().map(|config| {
                format!(
                    "{} Hz, {} channels, {}",
                    config.sample_rate(),
                    config.channels(),
                    config.sample_format()
                )
            }),
        });
    }
    Ok(devices)
}

/// alsa-lib writes every failed attempt to the standard error output, a dozen lines each second without a card.
/// From here on, this thread's lines go to a buffer instead, which the next call empties; the error that comes back
/// says the same in one sentence.
fn hush_alsa() {
    // Without memory for a buffer the lines go where they went before.
    let _buffer = alsa::Output::local_error_handler();
}

/// A foreign sentence without its full stop, to stand inside one of ours.
fn in_words(error: &cpal::Error) -> String {
    error.to_string().trim_end_matches('.').to_owned()
}

fn open_host(wanted: Option<&str>) -> Result<(HostId, cpal::Host), OutputError> {
    hush_alsa();
    // Named always: cpal's own default changes with its features.
    let name = wanted.unwrap_or("alsa");
    let failed = |reason: String| OutputError::Host {
        host: name.to_owned(),
        reason,
    };
    let id = HostId::from_str(name).map_err(|_| {
        let known: Vec<String> = cpal::available_hosts()
            .iter()
            .map(|id| id.name().to_lowercase())
            .collect();
        failed(format!("not known here; there is {}", known.join(", ")))
    })?;
    let host = cpal::host_from_id(id).map_err(|error| failed(in_words(&error)))?;
    Ok((id, host))
}

/// The format nearest to ours: 48 kHz before other rates, stereo before other channel counts, float before integers.
fn choose(device: &cpal::Device) -> Result<SupportedStreamConfig, OutputError> {
    let rank = |config: &SupportedStreamConfig| {
        let format = match config.sample_format() {
            SampleFormat::F32 => 0,
            SampleFormat::I32 => 1,
            SampleFormat::I24 => 2,
            SampleFormat::I16 => 3,
            SampleFormat::U8 => 4,
            _ => return None,
        };
        let channels = match config.channels() {
            2 => 0,
            0 => return None,
            1 => 100,
            more => more,
        };
        Some((channels, format))
    };
    let ranges: Vec<_> = device
        .supported_output_configs()
        .map_err(|error| OutputError::Open {
            device: device.to_string(),
            reason: in_words(&error),
        })?
        .collect();
    RATES
        .into_iter()
        .find_map(|rate| {
            ranges
                .iter()
                .filter_map(|range| range.try_with_sample_rate(rate))
                .filter_map(|config| rank(&config).map(|rank| (rank, config)))
                .min_by_key(|(rank, _)| *rank)
        })
        .map(|(_, config)| config)
        .ok_or_else(|| OutputError::Unsupported {
            device: device.to_string(),
        })
}

impl AudioOut for CpalOut {
    fn open(
        &self,
        engine: Engine,
        line: Line,
        epoch: Epoch,
    ) -> Result<Box<dyn OpenOut>, OutputError> {
        let (id, host) = open_host(self.host.as_deref())?;
        let device = match &self.name {
            None => host.default_output_device(),
            Some(name) => host.device_by_id(&DeviceId::new(id, name)).or_else(|| {
                host.devices()
                    .ok()?
                    .find(|device| device.to_string() == *name)
            }),
        };
        let device = device.ok_or_else(|| OutputError::Absent {
            wanted: match &self.name {
                None => "a sound device".to_owned(),
                Some(name) => format!("the sound device '{name}'"),
            },
            reason: format!("{} knows no such device", id.name()),
        })?;
        let supported = choose(&device)?;
        let period_ms = if id == HostId::Alsa {
            ALSA_PERIOD_MS
        } else {
            PERIOD_MS
        };
        let period = period_ms * supported.sample_rate() / 1000;
        let config = StreamConfig {
            buffer_size: match supported.buffer_size() {
                SupportedBufferSize::Range { min, max } => {
                    BufferSize::Fixed(period.clamp(*min, (*max).max(*min)))
                }
                SupportedBufferSize::Unknown => BufferSize::Default,
            },
            ..supported.config()
        };
        let outlet = Outlet::new(engine, epoch, config.sample_rate, config.channels);
        let stream = match supported.sample_format() {
            SampleFormat::F32 => build::<f32>(&device, config, outlet, line),
            SampleFormat::I32 => build::<i32>(&device, config, outlet, line),
            SampleFormat::I24 => build::<I24>(&device, config, outlet, line),
            SampleFormat::U8 => build::<u8>(&device, config, outlet, line),
            _ => build::<i16>(&device, config, outlet, line),
        };
        let failed = |error: cpal::Error| OutputError::Open {
            device: device.to_string(),
            reason: in_words(&error),
        };
        let stream = stream.map_err(failed)?;
        stream.play().map_err(failed)?;
        Ok(Box::new(OpenCpal {
            name: format!("{} ({})", device, id.name().to_lowercase()),
            _stream: stream,
        }))
    }
}

struct OpenCpal {
    name: String,
    /// Dropping it closes the device.
    _stream: cpal::Stream,
}

impl OpenOut for OpenCpal {
    fn name(&self) -> &str {
        &self.name
    }
}

fn build<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mut outlet: Outlet,
    line: Line,
) -> Result<cpal::Stream, cpal::Error> {
    device.build_output_stream::<T, _, _>(
        config,
        move |data: &mut [T], info: &OutputCallbackInfo| {
            let time = info.timestamp();
            let latency = time.playback.saturating_duration_since(time.callback);
            outlet.fill(data, u64::try_from(latency.as_nanos()).unwrap_or(0));
        },
        move |error| match error.kind() {
            ErrorKind::Xrun => line.count_xrun(),
            // The stream lives on.
            ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
            ErrorKind::DeviceNotAvailable => line.report(Fault::Gone),
            ErrorKind::StreamInvalidated | ErrorKind::HostUnavailable => {
                line.report(Fault::Invalidated);
            }
            // ALSA's plug-in for PulseAudio answers every question with an I/O error until the server has told it the
            // time, at each start and after each xrun; the stream goes on by itself. Where it does not, the watch over
            // its progress finds out.
            _ => line.complain(),
        },
        Some(OPEN_TIMEOUT),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_sound_system_is_named_with_those_there_are() {
        let Err(error) = list_devices(Some("gramophone")) else {
            panic!("there is no such host");
        };
        let text = error.to_string();
        assert!(
            text.contains("gramophone") && text.contains("alsa"),
            "{text}"
        );
    }
}
