//! What bytes are, by how they begin. Nothing is guessed by scanning the middle of a file.

use super::{Codec, DecodeError};

/// Names the format by its first bytes, so that nothing is guessed by scanning the middle of a file.
pub(super) fn sniff(bytes: &[u8]) -> Result<Codec, DecodeError> {
    let starts = |prefix: &[u8]| bytes.starts_with(prefix);
    let at = |offset: usize, word: &[u8]| {
        bytes
            .get(offset..offset + word.len())
            .is_some_and(|found| found == word)
    };
    let aac = DecodeError::Refused {
        format: "AAC",
        why: "its length cannot be known to the frame, and captions would drift",
    };
    if starts(b"RIFF") && at(8, b"WAVE") {
        return Ok(Codec::Wav);
    }
    if starts(b"fLaC") {
        return Ok(Codec::Flac);
    }
    if starts(b"OggS") {
        // The first page carries the codec's own header right after its segment table.
        let head = &bytes[..bytes.len().min(512)];
        let holds = |word: &[u8]| head.windows(word.len()).any(|window| window == word);
        if holds(b"\x01vorbis") {
            return Ok(Codec::Vorbis);
        }
        if holds(b"OpusHead") {
            return Ok(Codec::Opus);
        }
        return Err(DecodeError::NotASound);
    }
    if at(4, b"ftyp") || starts(b"ADIF") {
        return Err(aac);
    }
    // Behind an ID3 tag stands the sound itself.
    if starts(b"ID3") && bytes.len() > 10 {
        return match bytes.get(id3_length(bytes)..) {
            Some(rest) if is_adts(rest) => Err(aac),
            _ => Ok(Codec::Mp3),
        };
    }
    if is_adts(bytes) {
        return Err(aac);
    }
    if is_mp3_frame(bytes) {
        return Ok(Codec::Mp3);
    }
    Err(DecodeError::NotASound)
}

/// ADTS: twelve sync bits, layer 00.
fn is_adts(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, second, ..] if second & 0xf6 == 0xf0)
}

/// MPEG audio: eleven sync bits, a version that exists, layer III.
fn is_mp3_frame(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, second, ..] if second & 0xe6 == 0xe2 && second & 0x18 != 0x08)
}

/// Whether an MP3 says how long it is, in a Xing, Info or VBRI header inside its first frame.
pub(super) fn states_length(bytes: &[u8]) -> bool {
    let tag = if bytes.starts_with(b"ID3") {
        id3_length(bytes)
    } else {
        0
    };
    let first = bytes.get(tag..).unwrap_or_default();
    // Behind four bytes of header, a checksum and at most 32 bytes of side information.
    let first = &first[..first.len().min(64)];
    first
        .windows(4)
        .any(|word| matches!(word, b"Xing" | b"Info" | b"VBRI"))
}

/// Bytes of an ID3v2 tag with its header; its length is four 7-bit bytes.
fn id3_length(bytes: &[u8]) -> usize {
    bytes.get(6..10).map_or(0, |length| {
        10 + length
            .iter()
            .fold(0_usize, |sum, byte| sum << 7 | usize::from(byte & 0x7f))
    })
}
