//! A corpus of hostile files, made by code: each is played right or refused with a reason; none panics, none fills the
//! memory, and none is louder than the ceiling when it is played as far as it goes.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose preparation fails has failed"
)]

#[path = "support/files.rs"]
mod files;
#[path = "support/ledger.rs"]
mod ledger;

use std::sync::Arc;

use files::{Wav, flac_head, ogg_page, opus, opus_head, reseal};
use ledger::{Ledger, watched};
use proptest::prelude::*;
use xinting_sound::{
    Decoder, Mixer, MixerOptions, Part, Slot, Stereo, decode_all_bounded, encode_flac,
    true_peak_dbtp,
};

#[global_allocator]
static LEDGER: Ledger = Ledger;

/// The longest sound that is looked at: five minutes.
const MOST_FRAMES: u64 = 300 * 48_000;

/// Frames played through the mix.
const PLAYED: usize = 96_000;

/// Memory that decoding may take beyond twice the file: codebooks, tables, buffers.
const MOST_MEMORY: i64 = 64 * 1024 * 1024;

enum Expected {
    /// Plays, with so many frames of 48 kHz.
    Plays(usize),
    /// Is refused with these words.
    Refused(&'static str),
}

use Expected::{Plays, Refused};

/// What the pack check says of it, and what the booth would make of it all the same.
fn examine(name: &str, bytes: &[u8]) -> Result<Stereo, String> {
    let length = bytes.len() as i64;
    let bytes: Arc<[u8]> = bytes.into();
    let ((), account) = watched(|| stream(Arc::clone(&bytes)));
    let most = MOST_MEMORY + 2 * length;
    assert!(account.most <= most, "{name} took {} bytes", account.most);
    let result = decode_all_bounded(Arc::clone(&bytes), MOST_FRAMES);
    play_aloud(name, bytes);
    result.map_err(|error| error.to_string())
}

/// Reads ten seconds in pieces, as a player does, and goes elsewhere.
fn stream(bytes: Arc<[u8]>) {
    let Ok(mut decoder) = Decoder::open(bytes) else {
        return;
    };
    let mut piece = [0.0; 2048];
    while decoder.position() < 480_000
        && let Ok(1..) = decoder.read(&mut piece)
    {}
    if decoder.seek(30_000).is_ok() {
        let _any = decoder.read(&mut piece);
    }
}

/// Plays the file, as loud as the mix can, as far as it goes.
fn play_aloud(name: &str, bytes: Arc<[u8]>) {
    let Ok(decoder) = Decoder::open(bytes) else {
        return;
    };
    let mut mixer = Mixer::new(MixerOptions::default());
    mixer
        .put(Slot::Cue, Part::new(decoder).gain_db(12.0).looped(true), 0)
        .unwrap();
    let mut out = vec![0.0; PLAYED * 2];
    let frames = mixer.render(&mut out);
    mixer.seek(30_000);
    let _more = mixer.render(&mut vec![0.0; 4_800 * 2]);
    out.truncate(frames * 2);
    assert!(out.iter().all(|sample| sample.is_finite()), "{name}");
    let peak = true_peak_dbtp(&Stereo::from_interleaved(out)).unwrap();
    assert!(peak <= -1.0, "{name} peaks at {peak} dBTP");
}

fn check(name: &str, bytes: &[u8], expected: Expected) {
    let result = examine(name, bytes);
    match (expected, result) {
        (Plays(frames), Ok(sound)) => assert_eq!(sound.frames(), frames, "{name}"),
        (Refused(words), Err(reason)) => {
            assert!(reason.contains(words), "{name} was refused: {reason}");
        }
        (Plays(_), Err(reason)) => panic!("{name} was refused: {reason}"),
        (Refused(_), Ok(sound)) => panic!("{name} gave {} frames", sound.frames()),
    }
}

fn tone(channels: usize, rate: f64, frames: usize, level: f64) -> Vec<f32> {
    (0..frames * channels)
        .map(|n| {
            let turn = (n / channels) as f64 * 440.0 / rate;
            ((turn * std::f64::consts::TAU).sin() * level) as f32
        })
        .collect()
}

fn square(channels: usize, frames: usize) -> Vec<f32> {
    (0..frames * channels)
        .map(|n| {
            if (n / channels / 9).is_multiple_of(2) {
                1.0
            } else {
                -1.0
            }
        })
        .collect()
}

fn flac() -> Vec<u8> {
    let sound = Stereo::from_interleaved(tone(2, 48_000.0, 48_000, 0.4));
    encode_flac(&sound).unwrap()
}

const VORBIS: &[u8] = include_bytes!("data/tone.ogg");
const OPUS: &[u8] = include_bytes!("data/tone.opus");
const MP3: &[u8] = include_bytes!("data/tone.mp3");

#[test]
fn unusual_but_honest_files_play() {
    let silent = vec![0.0; 2 * 48_000];
    for (name, bytes, frames) in [
        ("nothing", Wav::new(1, 2, 48_000, 16).of(&[]), 0),
        ("one frame", Wav::new(1, 2, 48_000, 16).of(&[0.5, 0.5]), 1),
        ("silent", Wav::new(1, 2, 48_000, 16).of(&silent), 48_000),
        (
            "silent floats",
            Wav::new(3, 2, 48_000, 32).of(&silent),
            48_000,
        ),
        (
            "clipped",
            Wav::new(1, 2, 48_000, 16).of(&square(2, 48_000)),
            48_000,
        ),
        (
            "8 kHz mono",
            Wav::new(1, 1, 8_000, 8).of(&tone(1, 8e3, 8_000, 0.9)),
            48_000,
        ),
        (
            "8 kHz mono square",
            Wav::new(1, 1, 8_000, 16).of(&square(1, 4_001)),
            24_006,
        ),
        (
            "192 kHz",
            Wav::new(1, 2, 192_000, 24).of(&tone(2, 192e3, 192_000, 0.9)),
            48_000,
        ),
        (
            "44.1 kHz",
            Wav::new(3, 2, 44_100, 32).of(&tone(2, 44.1e3, 44_100, 0.9)),
            48_000,
        ),
        (
            "double floats",
            Wav::new(3, 2, 48_000, 64).of(&tone(2, 48e3, 9_600, 0.9)),
            9_600,
        ),
        (
            "32 bits",
            Wav::new(1, 2, 96_000, 32).of(&tone(2, 96e3, 96_000, 0.9)),
            48_000,
        ),
        (
            "5.1",
            Wav::new(1, 6, 48_000, 16).of(&tone(6, 48e3, 4_800, 1.0)),
            4_800,
        ),
        (
            "7.1 at 192 kHz",
            Wav {
                mask: Some(0x63f),
                ..Wav::new(1, 8, 192_000, 24)
            }
            .of(&square(8, 19_200)),
            4_800,
        ),
        (
            "a stated length of a chunk nobody reads",
            Wav {
                extra: Some((*b"junk", 6, b"abcdef".to_vec())),
                ..Wav::new(1, 2, 48_000, 16)
            }
            .of(&silent),
            48_000,
        ),
    ] {
        check(name, &bytes, Plays(frames));
    }
    check("FLAC", &flac(), Plays(48_000));
    // A FLAC that does not say how long it is.
    let mut unknown = flac();
    unknown[21] &= 0xf0;
    unknown[22..26].fill(0);
    check("FLAC without a length", &unknown, Plays(48_000));
    check("Vorbis", VORBIS, Plays(72_000));
    check(
        "Vorbis at 8 kHz",
        include_bytes!("data/sweep8k.ogg"),
        Plays(480_000),
    );
    check("Opus", OPUS, Plays(72_000));
    check("MP3", MP3, Plays(72_000));
}

#[test]
fn what_is_loud_in_every_channel_folds_down_to_what_the_matrix_says() {
    let loud = Wav::new(3, 8, 48_000, 32).of(&vec![0.1; 8 * 4_800]);
    let sound = decode_all_bounded(loud.into(), MOST_FRAMES).unwrap();
    // Plain 7.1 by count: L C Ls, and half a step to the other side between the front speakers.
    let expected = 0.1 * (1.0 + 2.0 * std::f32::consts::FRAC_1_SQRT_2 + 0.923_88 + 0.382_68);
    assert!(
        sound
            .interleaved()
            .iter()
            .all(|s| (s - expected).abs() < 1e-5),
        "{} is not {expected}",
        sound.interleaved()[0]
    );
}

#[test]
fn truncated_files_are_refused_for_their_length() {
    let wav = Wav::new(1, 2, 48_000, 16).of(&tone(2, 48e3, 48_000, 0.5));
    let wav44 = Wav::new(1, 2, 44_100, 16).of(&tone(2, 44.1e3, 44_100, 0.5));
    for (name, whole) in [
        ("WAV", wav),
        ("WAV at 44.1 kHz", wav44),
        ("FLAC", flac()),
        ("MP3", MP3.to_vec()),
        ("Opus", OPUS.to_vec()),
        ("Vorbis", include_bytes!("data/sweep8k.ogg").to_vec()),
    ] {
        for part in [0.0, 0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99] {
            let keep = (whole.len() as f64 * part) as usize;
            let result = examine(name, &whole[..keep]);
            // An Ogg file cut between its pages is a whole shorter one to anybody; nothing else is.
            if !matches!(name, "Opus" | "Vorbis") {
                assert!(result.is_err(), "{name} cut to {keep} bytes");
            }
        }
        if !matches!(name, "Opus" | "Vorbis") {
            let keep = whole.len() * 7 / 10;
            check(name, &whole[..keep], Refused("frames long and holds"));
        }
    }
}

#[test]
fn lying_wav_headers_are_refused_or_harmless() {
    let sound = tone(2, 48e3, 4_800, 0.5);
    let honest = Wav::new(1, 2, 48_000, 16);
    let lie = |change: fn(&mut Wav)| {
        let mut wav = honest.clone();
        change(&mut wav);
        wav.of(&sound)
    };
    for (name, bytes, words) in [
        (
            "length",
            lie(|w| w.data_length = Some(400_000)),
            "says that it is 100000",
        ),
        (
            "five hours",
            lie(|w| w.data_length = Some(3_600_000_000)),
            "longer than 300",
        ),
        (
            "great length",
            lie(|w| w.data_length = Some(0xffff_fff0)),
            "wav",
        ),
        ("no rate", lie(|w| w.rate = 0), "at 0 Hz"),
        ("rate", lie(|w| w.rate = u32::MAX), "Hz"),
        ("low rate", lie(|w| w.rate = 4_000), "4000 Hz"),
        ("no channels", lie(|w| w.channels = 0), "wav"),
        ("channels", lie(|w| w.channels = 9), "9 channels"),
        ("all channels", lie(|w| w.channels = 65_535), "wav"),
        ("no bits", lie(|w| w.bits = 0), "wav"),
        ("odd bits", lie(|w| w.bits = 13), "wav"),
        ("all bits", lie(|w| w.bits = 65_535), "wav"),
        ("ADPCM", lie(|w| w.format = 2), "wav"),
        ("MP3 in WAV", lie(|w| w.format = 0x55), "wav"),
        (
            "a huge tag",
            lie(|w| w.extra = Some((*b"LIST", u32::MAX, b"INFOINAM".to_vec()))),
            "wav",
        ),
        (
            "a huge word in a tag",
            lie(|w| {
                w.extra = Some((
                    *b"LIST",
                    2_000_000_000,
                    b"INFOINAM\xff\xff\xff\x7f".to_vec(),
                ))
            }),
            "wav",
        ),
    ] {
        check(name, &bytes, Refused(words));
    }
    // The speakers named are not the channels there are, and the frame is not the size stated: still a sound.
    for (name, bytes) in [
        ("mask", lie(|w| w.mask = Some(0x3ffff))),
        ("no mask", lie(|w| w.mask = Some(0))),
        ("block", lie(|w| w.block_align = 7)),
    ] {
        if let Ok(sound) = examine(name, &bytes) {
            assert_eq!(sound.frames(), 4_800, "{name}");
        }
    }
}

#[test]
fn lying_flac_headers_are_refused() {
    let mut long = flac();
    long[21] |= 0x0f;
    check("a year", &long, Refused("longer than 300"));
    let mut wrong = flac();
    wrong[23] ^= 1;
    check("length", &wrong, Refused("frames long and holds 48000"));
    for (name, bytes, words) in [
        ("no rate", flac_head(0, 2, 16, 0), "flac"),
        (
            "nothing behind",
            flac_head(48_000, 8, 32, 48_000),
            "unexpected end",
        ),
        (
            "a block of 16 MB",
            b"fLaC\x84\xff\xff\xff\xff\xff\xff\xff".to_vec(),
            "flac",
        ),
        (
            "a picture",
            b"fLaC\x06\xff\xff\xff\0\0\0\x03\xff\xff\xff\xff".to_vec(),
            "flac",
        ),
        ("only its name", b"fLaC".to_vec(), "flac"),
    ] {
        check(name, &bytes, Refused(words));
    }
    let mut fast = flac();
    fast[18..20].copy_from_slice(&[0x9f, 0xff]);
    fast[20] = 0x60 | fast[20] & 0x0f;
    check("rate", &fast, Refused("flac"));
    // Blocks after the first that claim to be huge.
    for kind in [1, 2, 3, 4, 5, 6, 127] {
        let mut bytes = flac_head(48_000, 2, 16, 48_000);
        bytes[4] = 0;
        bytes.extend([0x80 | kind, 0xff, 0xff, 0xff]);
        bytes.extend([0xff; 100]);
        assert!(examine("block", &bytes).is_err(), "block {kind}");
    }
}

#[test]
fn lying_vorbis_headers_are_refused() {
    let change = |at: usize, with: &[u8]| {
        let mut bytes = VORBIS.to_vec();
        bytes[at..at + with.len()].copy_from_slice(with);
        reseal(&mut bytes);
        bytes
    };
    // The identification packet begins at byte 28; channels 11 and rate 12 bytes into it.
    for (name, bytes, words) in [
        ("rate", change(40, &u32::MAX.to_le_bytes()), "4294967295 Hz"),
        ("no rate", change(40, &[0; 4]), "ogg"),
        ("channels", change(39, &[255]), "ogg"),
        ("no channels", change(39, &[0]), "ogg"),
    ] {
        check(name, &bytes, Refused(words));
    }
    // The comment header: its vendor string, and everything after, claims to be of every length.
    for at in 58..140 {
        let bytes = change(at, &[0xff; 4]);
        let _any = examine("comment", &bytes);
    }
    // Codebooks of four gigabytes out of a few kilobytes.
    let mut setup = b"\x05vorbis\xff".to_vec();
    for _ in 0..256 {
        setup.extend([0x42, 0x43, 0x56, 32, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff]);
    }
    let mut bytes = VORBIS[..58].to_vec();
    reseal(&mut bytes);
    let serial = u32::from_le_bytes(VORBIS[14..18].try_into().unwrap());
    let comment: &[u8] = b"\x03vorbis\0\0\0\0\0\0\0\0\x01";
    bytes.extend(ogg_page(0, 0, serial, 1, &[comment, &setup]));
    check("codebooks", &bytes, Refused("fill the memory"));
}

#[test]
fn opus_by_hand_plays_to_the_frame_or_is_refused() {
    let head = opus_head(2, 312, 0, 0);
    // A packet of nothing but its first byte is a lost one: 20 ms of whatever comes next, here silence.
    let lost: &[u8] = &[0xfc];
    let many = vec![lost; 50];
    check("lost packets", &opus(&head, &many, 48_000), Plays(47_688));
    check(
        "an end inside a packet",
        &opus(&head, &many, 47_000),
        Plays(46_688),
    );
    let short: &[u8] = &[0xe0];
    check(
        "2.5 ms packets",
        &opus(&head, &[short; 100], 12_000),
        Plays(11_688),
    );
    let all_skipped = opus_head(1, 65_535, 0, 0);
    check(
        "only warming up",
        &opus(&all_skipped, &many, 48_000),
        Plays(0),
    );
    for (name, bytes, words) in [
        (
            "six channels",
            opus(&opus_head(6, 0, 0, 1), &many, 48_000),
            "two channels",
        ),
        (
            "no channels",
            opus(&opus_head(0, 0, 0, 0), &many, 48_000),
            "opus",
        ),
        (
            "another version",
            opus(b"OpusHead\xff\x02\0\0\0\0\0\0\0\0\0\0", &many, 0),
            "opus",
        ),
        (
            "half a header",
            opus(b"OpusHead\x01\x02", &many, 0),
            "cut short",
        ),
        (
            "too long a year",
            opus(&head, &many, 1 << 60),
            "longer than 300",
        ),
    ] {
        check(name, &bytes, Refused(words));
    }
    let two = [OPUS, VORBIS].concat();
    check("two files in one", &two, Refused("several streams"));
    // Packets of noise, of every kind, with the loudest gain there is.
    let mut state = 1_u32;
    for kind in 0..=255_u8 {
        let packets: Vec<Vec<u8>> = (0..8)
            .map(|n| {
                let mut packet = vec![kind];
                packet.extend((0..n * 13).map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                }));
                packet
            })
            .collect();
        let packets: Vec<&[u8]> = packets.iter().map(Vec::as_slice).collect();
        let _any = examine(
            "noise",
            &opus(&opus_head(2, 0, i16::MAX, 0), &packets, 20_000),
        );
    }
}

#[test]
fn lying_mp3_headers_are_refused_or_harmless() {
    // The count of frames behind "Info" or "Xing" and its flags.
    let at = MP3
        .windows(4)
        .position(|word| word == b"Info" || word == b"Xing")
        .unwrap();
    let mut more = MP3.to_vec();
    more[at + 8..at + 12].copy_from_slice(&1_000_u32.to_be_bytes());
    check("length", &more, Refused("frames long and holds"));
    more[at + 8..at + 12].copy_from_slice(&u32::MAX.to_be_bytes());
    check("great length", &more, Refused("longer than 300"));
    let mut tagged = b"ID3\x04\0\0\x7f\x7f\x7f\x7f".to_vec();
    tagged.extend(MP3);
    check("a tag of 256 MB", &tagged, Refused("mp3"));
    let mut framed = b"ID3\x04\0\0\0\0\x01\x00APIC\x7f\x7f\x7f\x7f\0\0".to_vec();
    framed.resize(10 + 128, 0);
    framed.extend(MP3);
    if let Ok(sound) = examine("a picture of 256 MB", &framed) {
        assert_eq!(sound.frames(), 72_000);
    }
    check(
        "only a frame header",
        &[0xff, 0xfb, 0x90, 0x00],
        Refused("mp3"),
    );
}

#[test]
fn other_formats_are_refused_by_name_or_as_no_sound() {
    for (name, bytes, words) in [
        (
            "M4A",
            b"\0\0\0\x20ftypM4A \0\0\0\0".to_vec(),
            "AAC is refused because",
        ),
        (
            "MP4",
            b"\0\0\0\x18ftypmp42\0\0\0\0".to_vec(),
            "AAC is refused because",
        ),
        (
            "ADTS",
            vec![0xff, 0xf1, 0x50, 0x80, 0, 0, 0],
            "AAC is refused because",
        ),
        ("ADIF", b"ADIF\0\0\0\0".to_vec(), "AAC is refused because"),
        ("AIFF", b"FORM\0\0\0\x20AIFFCOMM".to_vec(), "not a WAV"),
        (
            "WMA",
            b"\x30\x26\xb2\x75\x8e\x66\xcf\x11".to_vec(),
            "not a WAV",
        ),
        ("WebM", b"\x1a\x45\xdf\xa3\x01\0\0\0".to_vec(), "not a WAV"),
        ("AMR", b"#!AMR\n".to_vec(), "not a WAV"),
        ("MIDI", b"MThd\0\0\0\x06".to_vec(), "not a WAV"),
        (
            "RF64",
            b"RF64\xff\xff\xff\xffWAVEds64".to_vec(),
            "not a WAV",
        ),
        (
            "FLAC in Ogg",
            ogg_page(2, 0, 1, 0, &[b"\x7fFLAC\x01\0\0\x01fLaC"]),
            "not a WAV",
        ),
        (
            "Speex",
            ogg_page(2, 0, 1, 0, &[b"Speex   1.2"]),
            "not a WAV",
        ),
        ("a page", b"<!doctype html>".to_vec(), "not a WAV"),
        ("nothing", Vec::new(), "not a WAV"),
    ] {
        check(name, &bytes, Refused(words));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn altered_files_with_right_checksums_are_played_or_refused(
        which in 0_usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..12),
    ) {
        let mut bytes = [VORBIS, OPUS, include_bytes!("data/sweep8k.ogg")][which].to_vec();
        for (at, value, in_head) in changes {
            let range = if in_head { bytes.len().min(4_000) } else { bytes.len() };
            bytes[at.index(range)] ^= value;
        }
        reseal(&mut bytes);
        let _any = examine("altered", &bytes);
    }

    #[test]
    fn any_wav_header_is_played_or_refused(
        figures in any::<(u16, u16, u32, u16, u16)>(),
        known in any::<bool>(),
        mask in any::<Option<u32>>(),
        data in prop::collection::vec(any::<u8>(), 0..5000),
    ) {
        let (format, channels, rate, bits, block_align) = figures;
        let wav = Wav {
            block_align,
            mask,
            ..if known {
                let bits = [8, 16, 24, 32, 64][usize::from(bits % 5)];
                Wav::new(1 + format % 8, channels % 10, 7_000 + rate % 190_000, bits)
            } else {
                Wav::new(format, channels, rate, bits)
            }
        };
        let _any = examine("any header", &wav.with(&data));
    }
}
