//! Every format gives exactly its frames, seeks land on the frame, and no bytes make anything panic.
//! `data/tone.*` are 72,000 frames of 440 Hz left and 660 Hz right at 48 kHz, made with oggenc, opusenc and lame;
//! `data/sweep8k.ogg` is ten seconds at 8 kHz, `data/bare.mp3` three at 22.05 kHz that state no length, both mono.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose preparation fails has failed"
)]

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use xinting_sound::{Codec, DecodeError, Decoder, Stereo, encode_flac};

const FRAMES: usize = 72_000;

/// What the fixtures hold, without the encoders' losses.
fn tone() -> Stereo {
    let sample = |n: usize, hz: f64| {
        let seconds = n as f64 / 48_000.0;
        (0.4 * (seconds * hz * std::f64::consts::TAU).sin()) as f32
    };
    Stereo::from_interleaved(
        (0..FRAMES)
            .flat_map(|n| [sample(n, 440.0), sample(n, 660.0)])
            .collect(),
    )
}

/// A 16-bit WAV written by hand, so that no encoder shares a mistake with the decoder.
fn wav(samples: &[f32], channels: u16, rate: u32) -> Vec<u8> {
    let data: Vec<u8> = samples
        .iter()
        .flat_map(|s| ((s * 32_767.0).round() as i16).to_le_bytes())
        .collect();
    let mut out = Vec::new();
    out.extend(b"RIFF");
    out.extend((36 + data.len() as u32).to_le_bytes());
    out.extend(b"WAVEfmt ");
    out.extend(16_u32.to_le_bytes());
    out.extend(1_u16.to_le_bytes());
    out.extend(channels.to_le_bytes());
    out.extend(rate.to_le_bytes());
    out.extend((rate * u32::from(channels) * 2).to_le_bytes());
    out.extend((channels * 2).to_le_bytes());
    out.extend(16_u16.to_le_bytes());
    out.extend(b"data");
    out.extend((data.len() as u32).to_le_bytes());
    out.extend(data);
    out
}

type File = (Codec, Arc<[u8]>, f32);

/// One file of each format, with how far its samples may be off.
fn files() -> Vec<File> {
    static FILES: LazyLock<Vec<File>> = LazyLock::new(make_files);
    FILES.clone()
}

fn make_files() -> Vec<File> {
    let tone = tone();
    vec![
        (Codec::Wav, wav(tone.interleaved(), 2, 48_000).into(), 1e-4),
        (Codec::Flac, encode_flac(&tone).unwrap().into(), 1e-4),
        (
            Codec::Vorbis,
            include_bytes!("data/tone.ogg").as_slice().into(),
            0.15,
        ),
        (
            Codec::Mp3,
            include_bytes!("data/tone.mp3").as_slice().into(),
            0.15,
        ),
        (
            Codec::Opus,
            include_bytes!("data/tone.opus").as_slice().into(),
            0.15,
        ),
    ]
}

fn all(decoder: &mut Decoder) -> Result<Vec<f32>, DecodeError> {
    let mut out = Vec::new();
    let mut piece = [0.0; 2 * 777];
    loop {
        match decoder.read(&mut piece)? {
            0 => return Ok(out),
            frames => out.extend_from_slice(&piece[..frames * 2]),
        }
    }
}

#[test]
fn every_format_gives_exactly_its_frames() {
    let tone = tone();
    for (codec, bytes, tolerance) in files() {
        let mut decoder = Decoder::open(bytes).unwrap();
        assert_eq!(decoder.codec(), codec);
        assert_eq!(decoder.source_channels(), 2);
        assert_eq!(decoder.total_frames(), Some(FRAMES as u64), "{codec:?}");
        let out = all(&mut decoder).unwrap();
        assert_eq!(out.len(), FRAMES * 2, "{codec:?}");
        assert_eq!(decoder.position(), FRAMES as u64);
        // Past the fixtures' own short fades, the samples are where they belong: a frame's shift would be 0.06 off
        // at the zero crossings and the lossy formats a little everywhere.
        let middle = 2 * 4800..2 * (FRAMES - 4800);
        let worst = out[middle.clone()]
            .iter()
            .zip(&tone.interleaved()[middle])
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!(worst <= tolerance, "{codec:?} is off by {worst}");
    }
}

#[test]
fn a_seek_lands_on_the_frame() {
    for (codec, bytes, _) in files() {
        let whole = all(&mut Decoder::open(Arc::clone(&bytes)).unwrap()).unwrap();
        let mut decoder = Decoder::open(bytes).unwrap();
        for frame in [
            0, 1, 500, 1151, 1152, 4095, 4096, 24_000, 47_999, 48_000, 60_001, 71_999, 30_000, 3,
        ] {
            decoder.seek(frame).unwrap();
            assert_eq!(decoder.position(), frame);
            let rest = all(&mut decoder).unwrap();
            let expected = &whole[frame as usize * 2..];
            assert_eq!(rest.len(), expected.len(), "{codec:?} from {frame}");
            let worst = rest
                .iter()
                .zip(expected)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(worst < 1e-4, "{codec:?} from {frame} is off by {worst}");
        }
        decoder.seek(10_000_000).unwrap();
        assert!(all(&mut decoder).unwrap().is_empty(), "{codec:?}");
    }
}

#[test]
fn a_seek_lands_on_the_frame_at_other_rates_and_without_an_index() {
    let sweep = include_bytes!("data/sweep8k.ogg").as_slice();
    let bare = include_bytes!("data/bare.mp3").as_slice();
    let samples = tone();
    for (bytes, rate, frames) in [
        (sweep.to_vec(), 8_000, 480_000..480_001),
        // Nothing says what lame put before and after the three seconds.
        (bare.to_vec(), 22_050, 144_000..152_000),
        (
            wav(samples.interleaved(), 2, 44_100),
            44_100,
            78_368..78_369,
        ),
        (
            wav(samples.interleaved(), 2, 192_000),
            192_000,
            18_000..18_001,
        ),
    ] {
        let bytes: Arc<[u8]> = bytes.into();
        let mut decoder = Decoder::open(Arc::clone(&bytes)).unwrap();
        assert_eq!(decoder.source_rate(), rate);
        let whole = all(&mut decoder).unwrap();
        let length = whole.len() as u64 / 2;
        assert!(frames.contains(&length), "{rate} Hz: {length} frames");
        if let Some(total) = Decoder::open(bytes).unwrap().total_frames() {
            assert_eq!(total, length);
        }
        for frame in [0, 1, 63, 5_000, 17_999, length / 2, length - 1, 2] {
            decoder.seek(frame).unwrap();
            assert_eq!(decoder.position(), frame);
            let rest = all(&mut decoder).unwrap();
            let expected = &whole[frame as usize * 2..];
            assert_eq!(rest.len(), expected.len(), "{rate} Hz from {frame}");
            let worst = rest
                .iter()
                .zip(expected)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(worst < 1e-4, "{rate} Hz from {frame} is off by {worst}");
        }
        decoder.seek(u64::MAX).unwrap();
        assert!(all(&mut decoder).unwrap().is_empty());
    }
}

#[test]
fn flac_keeps_sixteen_bits_and_one_channel_where_one_is_enough() {
    let left: Vec<f32> = tone().left().collect();
    let mono = Stereo::from_mono(&left);
    let bytes = encode_flac(&mono).unwrap();
    assert_eq!(bytes, encode_flac(&mono).unwrap(), "the same bytes again");
    assert!(
        bytes.len()
            < encode_flac(&Stereo::from_interleaved(mono.interleaved().to_vec()))
                .unwrap()
                .len()
    );
    let mut decoder = Decoder::open(bytes.into()).unwrap();
    assert_eq!(decoder.source_channels(), 1);
    let out = all(&mut decoder).unwrap();
    assert_eq!(out.len(), FRAMES * 2);
    for (a, b) in out.iter().zip(mono.interleaved()) {
        assert!((a - b).abs() < 1.0 / 32_000.0);
    }
    // Lengths that are no multiple of a block, and shorter than one.
    for frames in [1, 15, 16, 4095, 4097, 5000] {
        let bytes = encode_flac(&Stereo::from_mono(&left[..frames])).unwrap();
        let out = all(&mut Decoder::open(bytes.into()).unwrap()).unwrap();
        assert_eq!(out.len(), frames * 2);
    }
    assert!(encode_flac(&Stereo::from_mono(&[])).is_err());
}

#[test]
fn what_is_refused_says_why() {
    let tone = tone();
    let samples = tone.interleaved();
    let mut id3_aac = b"ID3\x04\0\0\0\0\0\x05extra".to_vec();
    id3_aac.extend([0xff, 0xf1, 0x50, 0x80]);
    for (bytes, word) in [
        (vec![], "not a WAV"),
        (b"hello".to_vec(), "not a WAV"),
        (vec![0; 100_000], "not a WAV"),
        (b"<html>".to_vec(), "not a WAV"),
        (wav(samples, 2, 7_999), "7999 Hz"),
        (wav(samples, 2, 192_001), "192001 Hz"),
        (wav(samples, 9, 48_000), "9 channels"),
        (b"\0\0\0\x20ftypM4A ".to_vec(), "AAC"),
        (vec![0xff, 0xf1, 0x50, 0x80, 0, 0, 0], "AAC"),
        (id3_aac, "AAC"),
    ] {
        let text = Decoder::open(bytes.into()).unwrap_err().to_string();
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn silence_and_wild_floats_do_no_harm() {
    let mut bytes = wav(&[0.0; 8], 2, 48_000);
    // The same header as 32-bit float, holding not-a-number, infinities and a huge value.
    bytes[20..22].copy_from_slice(&3_u16.to_le_bytes());
    bytes[28..32].copy_from_slice(&(48_000_u32 * 8).to_le_bytes());
    bytes[32..36].copy_from_slice(&[8, 0, 32, 0]);
    bytes.truncate(44);
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30] {
        bytes.extend(value.to_le_bytes());
    }
    let mut decoder = Decoder::open(bytes.into()).unwrap();
    let out = all(&mut decoder).unwrap();
    assert_eq!(out, [0.0, 0.0, 0.0, 8.0]);
}

/// Opens, reads and seeks whatever the bytes are; frames, errors, but no panic and no endless work.
fn survive(bytes: Vec<u8>) {
    let length = bytes.len();
    if let Ok(mut decoder) = Decoder::open(bytes.into()) {
        let mut piece = [0.0; 4096];
        let mut frames = 0;
        while let Ok(got @ 1..) = decoder.read(&mut piece) {
            frames += got;
            assert!(piece[..got * 2].iter().all(|s| s.is_finite()));
            assert!(frames < 5_000_000, "{frames} frames out of {length} bytes");
        }
        if decoder.seek(20_000).is_ok() {
            let _any = decoder.read(&mut piece);
        }
    }
}

#[test]
fn truncated_files_end_where_they_were_cut() {
    for (codec, bytes, _) in files() {
        let cut = Decoder::open(bytes[..bytes.len() * 4 / 5].to_vec().into());
        if codec == Codec::Vorbis {
            // The whole fixture is one page of sound, and a page cut short is no page.
            assert!(cut.is_err());
            continue;
        }
        let mut decoder = cut.unwrap();
        let mut piece = [0.0; 4096];
        let mut frames = 0;
        while let Ok(got @ 1..) = decoder.read(&mut piece) {
            frames += got;
        }
        assert!(
            (FRAMES / 4..FRAMES).contains(&frames),
            "{codec:?} gave {frames}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn truncation_never_panics(which in 0_usize..5, keep in 0.0_f64..1.0) {
        let (_, bytes, _) = files().swap_remove(which);
        survive(bytes[..(bytes.len() as f64 * keep) as usize].to_vec());
    }

    #[test]
    fn flipped_bytes_never_panic(
        which in 0_usize..5,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..20),
    ) {
        let (_, bytes, _) = files().swap_remove(which);
        let mut bytes = bytes.to_vec();
        for (at, value, in_header) in flips {
            let range = if in_header { bytes.len().min(256) } else { bytes.len() };
            bytes[at.index(range)] ^= value;
        }
        survive(bytes);
    }

    #[test]
    fn noise_behind_a_good_beginning_never_panics(
        which in 0_usize..5,
        keep in 4_usize..200,
        noise in prop::collection::vec(any::<u8>(), 0..3000),
    ) {
        let (_, bytes, _) = files().swap_remove(which);
        let mut bytes = bytes[..keep.min(bytes.len())].to_vec();
        bytes.extend(noise);
        survive(bytes);
    }
}
