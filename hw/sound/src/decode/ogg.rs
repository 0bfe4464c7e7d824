//! The first packets of an Ogg file, read before the decoders do: what they would believe without asking.
//! Deliberately no sound: pages and packets only (RFC 3533), and no checksums, which the demuxer looks at.

use super::{Codec, DecodeError, damaged_because};

/// Numbers that all codebooks of a Vorbis sound may hold together. libvorbis' own hold 88,000 for six channels at its
/// best quality; the decoder takes 256 books of 4 million, which is 4 GB out of a file of a few kilobytes.
const MOST_CODEBOOK_VALUES: u64 = 1_000_000;

/// Code words in all codebooks together; libvorbis' own have up to 20,000.
const MOST_CODEBOOK_ENTRIES: u64 = 200_000;

/// The longest header packet worth reading: pictures go in there too.
const MOST_HEADER_BYTES: usize = 16 * 1024 * 1024;

/// What an Opus header says beyond what the demuxer tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OpusHead {
    /// Frames at the beginning that only warm the decoder up and are not the sound.
    pub(super) pre_skip: u16,
    /// Gain the sound is to be played with, linear.
    pub(super) gain: f32,
}

/// One page of an Ogg file, as far as it is there.
struct Page<'a> {
    serial: &'a [u8],
    /// Lengths of the segments.
    table: &'a [u8],
    body: &'a [u8],
    /// Where the next page begins.
    end: usize,
}

/// The page that begins at `at`; `None` where none does, or at the end.
fn page(bytes: &[u8], at: usize) -> Option<Page<'_>> {
    let rest = bytes.get(at..)?;
    let header = rest
        .get(..27)
        .filter(|header| header.starts_with(b"OggS"))?;
    let segments = usize::from(header[26]);
    let table = rest.get(27..27 + segments)?;
    let length: usize = table.iter().map(|length| usize::from(*length)).sum();
    let body = &rest[27 + segments..];
    Some(Page {
        serial: &header[14..18],
        table,
        body: &body[..body.len().min(length)],
        end: at + 27 + segments + length,
    })
}

/// Refuses a file that holds more than one stream, side by side or one after the other.
pub(super) fn check_one_stream(bytes: &[u8]) -> Result<(), DecodeError> {
    let mut at = 0;
    let mut serial = None;
    while let Some(page) = page(bytes, at) {
        if *serial.get_or_insert(page.serial) != page.serial {
            return Err(DecodeError::Refused {
                format: "Ogg with several streams",
                why: "only one of them could be played, and nobody could say which",
            });
        }
        at = page.end;
    }
    Ok(())
}

/// The first `wanted` packets of an Ogg file, without those that are cut short.
fn packets(codec: Codec, bytes: &[u8], wanted: usize) -> Result<Vec<Vec<u8>>, DecodeError> {
    let mut whole = Vec::new();
    let mut packet = Vec::new();
    let mut at = 0;
    while let Some(page) = page(bytes, at) {
        let mut body = page.body;
        for length in page.table {
            let Some((segment, rest)) = body.split_at_checked(usize::from(*length)) else {
                return Ok(whole);
            };
            body = rest;
            packet.extend_from_slice(segment);
            if packet.len() > MOST_HEADER_BYTES {
                return Err(damaged_because(codec, "its header is longer than 16 MB"));
            }
            // A segment shorter than 255 ends a packet.
            if *length < 255 {
                whole.push(std::mem::take(&mut packet));
                if whole.len() == wanted {
                    return Ok(whole);
                }
            }
        }
        at = page.end;
    }
    Ok(whole)
}

/// Reads an Opus identification header (RFC 7845, section 5.1).
pub(super) fn opus_head(bytes: &[u8]) -> Result<OpusHead, DecodeError> {
    let packets = packets(Codec::Opus, bytes, 1)?;
    let head = packets.first().map_or(&[][..], Vec::as_slice);
    let &[
        _,
        _,
        _,
        _,
        _,
        _,
        _,
        _,
        _,
        channels,
        skip_low,
        skip_high,
        _,
        _,
        _,
        _,
        gain_low,
        gain_high,
        family,
        ..,
    ] = head
    else {
        return Err(damaged_because(Codec::Opus, "its header is cut short"));
    };
    if family != 0 || channels > 2 {
        return Err(DecodeError::Refused {
            format: "Opus with more than two channels",
            why: "its decoder here is for mono and stereo",
        });
    }
    let gain_db = f32::from(i16::from_le_bytes([gain_low, gain_high])) / 256.0;
    Ok(OpusHead {
        pre_skip: u16::from_le_bytes([skip_low, skip_high]),
        gain: if gain_db == 0.0 {
            1.0
        } else {
            crate::db_to_gain(gain_db.min(24.0))
        },
    })
}

/// Refuses Vorbis codebooks that would unpack to more than a sound can need.
pub(super) fn check_vorbis_setup(bytes: &[u8]) -> Result<(), DecodeError> {
    let packets = packets(Codec::Vorbis, bytes, 3)?;
    let Some(setup) = packets
        .get(2)
        .filter(|setup| setup.starts_with(b"\x05vorbis"))
    else {
        return Ok(());
    };
    let (entries, values) = codebook_sizes(setup);
    if entries > MOST_CODEBOOK_ENTRIES || values > MOST_CODEBOOK_VALUES {
        return Err(damaged_because(
            Codec::Vorbis,
            "its codebooks would fill the memory",
        ));
    }
    Ok(())
}

/// Entries of all codebooks, and their values: entries times dimensions. Codebooks begin at any bit, but each with the same 24 bits
/// (Vorbis I, section 3.2.1), so they are found without unpacking anything. What only looks like one is most unlikely to
/// have a size that a decoder would accept, and those are not counted.
fn codebook_sizes(setup: &[u8]) -> (u64, u64) {
    let (mut all_entries, mut values, mut window) = (0_u64, 0_u64, 0_u64);
    // The newest 64 bits; the lowest are the oldest.
    for (index, byte) in setup.iter().enumerate() {
        for bit in 0..8 {
            window = window >> 1 | u64::from(byte >> bit & 1) << 63;
            let seen = index * 8 + bit + 1;
            if seen < 64 || window & 0x00ff_ffff != 0x0056_4342 {
                continue;
            }
            let dimensions = window >> 24 & 0xffff;
            let entries = window >> 40;
            if dimensions <= 32 && entries <= 128 * 1024 {
                all_entries += entries;
                values += dimensions * entries;
            }
        }
    }
    (all_entries, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(serial: u32, packet: &[u8]) -> Vec<u8> {
        let mut out = b"OggS\0\x02".to_vec();
        out.extend([0; 8]);
        out.extend(serial.to_le_bytes());
        out.extend([0; 8]);
        let lacing: Vec<u8> = std::iter::repeat_n(255, packet.len() / 255)
            .chain([(packet.len() % 255) as u8])
            .collect();
        out.push(lacing.len() as u8);
        out.extend(lacing);
        out.extend(packet);
        out
    }

    fn head(channels: u8, skip: u16, gain: i16, family: u8) -> Vec<u8> {
        let mut out = b"OpusHead\x01".to_vec();
        out.push(channels);
        out.extend(skip.to_le_bytes());
        out.extend(48_000_u32.to_le_bytes());
        out.extend(gain.to_le_bytes());
        out.push(family);
        out
    }

    #[test]
    fn an_opus_header_is_read() {
        let read = opus_head(&page(1, &head(2, 312, 0, 0))).ok();
        let expected = OpusHead {
            pre_skip: 312,
            gain: 1.0,
        };
        assert_eq!(read, Some(expected));
        let louder = opus_head(&page(1, &head(1, 0, -6 * 256, 0))).ok();
        assert!(louder.is_some_and(|head| (head.gain - 0.501).abs() < 0.001));
        for bad in [
            page(1, &head(6, 0, 0, 1)),
            page(1, &head(2, 0, 0, 0)[..12]),
            b"OggS".to_vec(),
            page(1, b""),
        ] {
            assert!(opus_head(&bad).is_err());
        }
    }

    #[test]
    fn two_streams_in_one_file_are_refused() {
        let mut bytes = page(1, b"\x01vorbis");
        bytes.extend(page(2, b"\x01vorbis"));
        assert!(check_one_stream(&bytes[..bytes.len() / 2]).is_ok());
        let refused = check_one_stream(&bytes);
        assert!(matches!(refused, Err(DecodeError::Refused { .. })));
    }

    #[test]
    fn codebooks_are_counted_at_any_bit_and_across_pages() {
        for shift in 0..8 {
            let mut bits: Vec<bool> = b"\x05vorbis"
                .iter()
                .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1))
                .collect();
            bits.extend(std::iter::repeat_n(false, shift));
            for _ in 0..2 {
                for (value, length) in [(0x0056_4342_u64, 24), (32, 16), (100_000, 24), (0, 9)] {
                    bits.extend((0..length).map(|bit| value >> bit & 1 == 1));
                }
            }
            let packet: Vec<u8> = bits
                .chunks(8)
                .map(|byte| {
                    byte.iter()
                        .enumerate()
                        .fold(0, |sum, (bit, set)| sum | u8::from(*set) << bit)
                })
                .collect();
            assert_eq!(
                codebook_sizes(&packet),
                (200_000, 6_400_000),
                "shifted by {shift}"
            );
            let mut bytes = page(7, b"\x01vorbis");
            bytes.extend(page(7, b"\x03vorbis"));
            bytes.extend(page(7, &packet));
            assert!(check_vorbis_setup(&bytes).is_err());
        }
    }
}
