//! The body of the sound fuzz targets: any bytes behind the beginning of one format are decoded and played as loud as
//! the mix can. They must be played or refused; nothing may panic outside a decoder, leave the ceiling, or go on for ever.
//!
//! Good files to begin with are in `hw/sound/tests/data`; the generated bad ones are in `hw/sound/tests/corpus.rs`.
//! `cargo fuzz run --fuzz-dir hw/sound/fuzz -s none decode_opus CORPUS hw/sound/tests/data` runs one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, Once};

use xinting_sound::{
    Codec, Decoder, Mixer, MixerOptions, Part, Slot, db_to_gain, decode_all_bounded,
};

/// The longest sound that is looked at, in frames: ten seconds.
const MOST_FRAMES: u64 = 480_000;

/// Frames played through the mix.
const PLAYED: usize = 24_000;

static QUIET: Once = Once::new();
/// The last panic's words, shown if it came through.
static LAST: Mutex<String> = Mutex::new(String::new());

/// Decodes and plays one input.
pub fn run(codec: Codec, input: &[u8]) {
    // The fuzzer takes every panic for a find, also those inside a decoder, which the house catches and calls damage.
    QUIET.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            if let Ok(mut last) = LAST.lock() {
                *last = panic.to_string();
            }
        }));
    });
    if catch_unwind(AssertUnwindSafe(|| play(codec, input))).is_err() {
        eprintln!(
            "{}",
            LAST.lock()
                .map_or_else(|_| String::new(), |last| last.clone())
        );
        std::process::abort();
    }
}

fn play(codec: Codec, input: &[u8]) {
    let mut bytes = input.to_vec();
    let begin: &[u8] = match codec {
        Codec::Wav => b"RIFF\xf0\xff\xff\x7fWAVEfmt ",
        Codec::Flac => b"fLaC",
        Codec::Vorbis | Codec::Opus => b"OggS",
        Codec::Mp3 => b"\xff\xfb",
    };
    if !bytes.starts_with(begin) && !(codec == Codec::Mp3 && bytes.starts_with(b"ID3")) {
        bytes.splice(0..begin.len().min(bytes.len()), begin.iter().copied());
    }
    if begin == b"OggS" {
        seal_pages(&mut bytes);
    }
    let bytes: Arc<[u8]> = bytes.into();
    if let Ok(sound) = decode_all_bounded(Arc::clone(&bytes), MOST_FRAMES) {
        assert!(sound.frames() as u64 <= MOST_FRAMES);
        // Samples are cut at 8; what the resampler reconstructs between them may be four times that.
        assert!(
            sound
                .interleaved()
                .iter()
                .all(|sample| sample.abs() <= 32.0)
        );
    }
    let Ok(decoder) = Decoder::open(bytes) else {
        return;
    };
    let mut mixer = Mixer::new(MixerOptions::default());
    let part = Part::new(decoder).gain_db(12.0).looped(true);
    if mixer.put(Slot::Cue, part, 0).is_err() {
        return;
    }
    let ceiling = db_to_gain(-1.0);
    let mut out = vec![0.0; PLAYED * 2];
    for start in [0, 10_000, MOST_FRAMES] {
        mixer.seek(start);
        let frames = mixer.render(&mut out);
        assert!(out[..frames * 2].iter().all(|s| s.abs() <= ceiling));
    }
}

/// Puts right the checksum of every page, which a fuzzer cannot guess (RFC 3533, section 6).
fn seal_pages(bytes: &mut [u8]) {
    let mut at = 0;
    while bytes.len() >= at + 27 && bytes[at..].starts_with(b"OggS") {
        let segments = usize::from(bytes[at + 26]);
        let Some(table) = bytes.get(at + 27..at + 27 + segments) else {
            return;
        };
        let body: usize = table.iter().map(|length| usize::from(*length)).sum();
        let end = (at + 27 + segments + body).min(bytes.len());
        let page = &mut bytes[at..end];
        page[22..26].fill(0);
        let sum = page.iter().fold(0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
                sum << 1 ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 }
            })
        });
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        at = end;
    }
}
