//! The decoder thread: compressed bytes to gained and limited frames in the ring of the current feed.
//! Knows no device and no clock; it fills what has room and sleeps when there is none.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use rtrb::Producer;
use xinting_sound::limiter::LOOK_AHEAD;
use xinting_sound::{CHANNELS, Decoder, Limiter, db_to_gain};

use super::engine::{FeedState, frames};

/// Frames decoded at a time.
const CHUNK: usize = 1024;
/// Frames of a ring: half a second between decoder and device.
pub(super) const RING_FRAMES: usize = frames(500) as usize;
/// Frames in the ring before the device may begin.
const PRIMED_FRAMES: usize = frames(60) as usize;
/// True peak that nothing exceeds, whatever a pack says, in dBTP.
const CEILING_DBTP: f32 = -1.0;
/// How long to sleep when the ring is full; a tenth of what is in it.
const FULL_WAIT: Duration = Duration::from_millis(40);

/// What the owner asks of the feeder.
pub(super) enum FeederTask {
    /// Open these bytes; answered with [`FeederNews`].
    Load {
        load: u64,
        bytes: Arc<[u8]>,
        looped: bool,
        gain_db: f32,
    },
    /// Fill this ring from frame `from` of what was loaded last.
    Feed {
        from: u64,
        ring: Producer<f32>,
        state: Arc<FeedState>,
    },
    /// Forget the sound.
    Drop,
}

/// What became of a load.
pub(super) enum FeederNews {
    /// It can be played; its length if the file says.
    Loaded { load: u64, total: Option<u64> },
    /// It cannot, or not any further.
    Broken { load: u64, reason: String },
}

struct Source {
    load: u64,
    decoder: Decoder,
    looped: bool,
    gain: f32,
}

struct Filling {
    ring: Producer<f32>,
    state: Arc<FeedState>,
    limiter: Limiter,
    /// Frames of the limiter's delay still to be left out at the beginning.
    lead: usize,
    /// Decoded and limited, not yet in the ring.
    chunk: Vec<f32>,
    /// The sound has ended; only the limiter's delay was left to push.
    ended: bool,
}

/// Runs until the owner lets go of its end of the queue.
pub(super) fn run(tasks: &Receiver<FeederTask>, mut tell: impl FnMut(FeederNews)) {
    let mut source: Option<Source> = None;
    let mut filling: Option<Filling> = None;
    loop {
        let busy = match (source.as_mut(), filling.as_mut()) {
            (Some(source), Some(work)) => match fill(source, work) {
                Ok(busy) => busy,
                Err(reason) => {
                    tell(FeederNews::Broken {
                        load: source.load,
                        reason,
                    });
                    filling = None;
                    Busy::Idle
                }
            },
            _ => Busy::Idle,
        };
        let task = match busy {
            Busy::Working => match tasks.try_recv() {
                Ok(task) => task,
                Err(std::sync::mpsc::TryRecvError::Empty) => continue,
                Err(std::sync::mpsc::TryRecvError::Disconnected) => return,
            },
            Busy::Full => match tasks.recv_timeout(FULL_WAIT) {
                Ok(task) => task,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return,
            },
            Busy::Idle => match tasks.recv() {
                Ok(task) => task,
                Err(_) => return,
            },
        };
        match task {
            FeederTask::Load {
                load,
                bytes,
                looped,
                gain_db,
            } => {
                filling = None;
                source = match Decoder::open(bytes) {
                    Ok(decoder) => {
                        tell(FeederNews::Loaded {
                            load,
                            total: decoder.total_frames(),
                        });
                        Some(Source {
                            load,
                            decoder,
                            looped,
                            gain: db_to_gain(gain_db.clamp(-60.0, 0.0)),
                        })
                    }
                    Err(error) => {
                        tell(FeederNews::Broken {
                            load,
                            reason: error.to_string(),
                        });
                        None
                    }
                };
            }
            FeederTask::Feed { from, ring, state } => {
                filling = None;
                let Some(source) = source.as_mut() else {
                    continue;
                };
                if let Err(error) = source.decoder.seek(place(source, from)) {
                    tell(FeederNews::Broken {
                        load: source.load,
                        reason: error.to_string(),
                    });
                    continue;
                }
                filling = Some(Filling {
                    ring,
                    state,
                    limiter: Limiter::new(CEILING_DBTP),
                    lead: LOOK_AHEAD,
                    chunk: Vec::with_capacity(CHUNK * CHANNELS),
                    ended: false,
                });
            }
            FeederTask::Drop => {
                source = None;
                filling = None;
            }
        }
    }
}

/// Frame within the file for a position that counts on over the rounds of a loop.
fn place(source: &Source, from: u64) -> u64 {
    match source.decoder.total_frames() {
        Some(total) if source.looped && total > 0 => from % total,
        _ => from,
    }
}

enum Busy {
    Working,
    Full,
    Idle,
}

/// One chunk further.
fn fill(source: &mut Source, work: &mut Filling) -> Result<Busy, String> {
    if work.chunk.is_empty() {
        if work.ended {
            return Ok(Busy::Idle);
        }
        decode(source, work)?;
    }
    let (_, left) = work.ring.push_partial_slice(&work.chunk);
    let pushed = work.chunk.len() - left.len();
    work.chunk.drain(..pushed);
    let held = work.ring.buffer().capacity() - work.ring.slots();
    let all_in = work.ended && work.chunk.is_empty();
    if all_in {
        work.state.finished.store(true, Ordering::Release);
    }
    if all_in || held / CHANNELS >= PRIMED_FRAMES {
        work.state.primed.store(true, Ordering::Release);
    }
    Ok(if work.chunk.is_empty() {
        Busy::Working
    } else if work.ring.is_abandoned() {
        // Nobody will ever read this ring.
        work.chunk.clear();
        work.ended = true;
        Busy::Idle
    } else {
        Busy::Full
    })
}

/// Decodes, gains and limits the next chunk; past the end, pushes out what the limiter still holds.
fn decode(source: &mut Source, work: &mut Filling) -> Result<(), String> {
    work.chunk.resize(CHUNK * CHANNELS, 0.0);
    let mut got = read(source, &mut work.chunk)?;
    if got == 0 && source.looped && source.decoder.position() > 0 {
        source.decoder.seek(0).map_err(|error| error.to_string())?;
        got = read(source, &mut work.chunk)?;
    }
    if got == 0 {
        work.ended = true;
        work.chunk.fill(0.0);
        got = LOOK_AHEAD;
    }
    work.chunk.truncate(got * CHANNELS);
    for sample in &mut work.chunk {
        *sample *= source.gain;
    }
    work.limiter.process(&mut work.chunk);
    let lead = work.lead.min(got);
    work.lead -= lead;
    work.chunk.drain(..lead * CHANNELS);
    Ok(())
}

fn read(source: &mut Source, out: &mut [f32]) -> Result<usize, String> {
    source.decoder.read(out).map_err(|error| error.to_string())
}
