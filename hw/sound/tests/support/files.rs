//! Sound files made by code, good and bad, so that no encoder shares a mistake with a decoder. For tests only.

/// A WAV to be: every figure of its header can lie.
#[derive(Debug, Clone)]
pub(crate) struct Wav {
    pub(crate) format: u16,
    pub(crate) channels: u16,
    pub(crate) rate: u32,
    pub(crate) bits: u16,
    pub(crate) block_align: u16,
    /// Speaker positions; with them the header is the extensible one.
    pub(crate) mask: Option<u32>,
    /// What the data chunk says of its length, if not the truth.
    pub(crate) data_length: Option<u32>,
    /// A chunk before the data: name, stated length, contents.
    pub(crate) extra: Option<([u8; 4], u32, Vec<u8>)>,
}

impl Wav {
    pub(crate) fn new(format: u16, channels: u16, rate: u32, bits: u16) -> Self {
        Self {
            format,
            channels,
            rate,
            bits,
            block_align: channels.wrapping_mul(bits / 8),
            mask: None,
            data_length: None,
            extra: None,
        }
    }

    pub(crate) fn with(&self, data: &[u8]) -> Vec<u8> {
        let mut fmt = Vec::new();
        let format = if self.mask.is_some() {
            0xfffe
        } else {
            self.format
        };
        fmt.extend(format.to_le_bytes());
        fmt.extend(self.channels.to_le_bytes());
        fmt.extend(self.rate.to_le_bytes());
        fmt.extend(
            self.rate
                .wrapping_mul(u32::from(self.block_align))
                .to_le_bytes(),
        );
        fmt.extend(self.block_align.to_le_bytes());
        fmt.extend(self.bits.to_le_bytes());
        if let Some(mask) = self.mask {
            fmt.extend(22_u16.to_le_bytes());
            fmt.extend(self.bits.to_le_bytes());
            fmt.extend(mask.to_le_bytes());
            fmt.extend(self.format.to_le_bytes());
            fmt.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]);
        }
        let mut out = b"RIFF\xf0\xff\xff\xffWAVEfmt ".to_vec();
        out.extend((fmt.len() as u32).to_le_bytes());
        out.extend(fmt);
        if let Some((name, length, contents)) = &self.extra {
            out.extend(name);
            out.extend(length.to_le_bytes());
            out.extend(contents);
        }
        out.extend(b"data");
        out.extend(self.data_length.unwrap_or(data.len() as u32).to_le_bytes());
        out.extend(data);
        // Whoever lies about the data lies about the file as well; otherwise the two contradict each other.
        if self.data_length.is_none() && self.extra.is_none() {
            let length = out.len() as u32 - 8;
            out[4..8].copy_from_slice(&length.to_le_bytes());
        }
        out
    }

    /// Interleaved samples, as this header's format writes them.
    pub(crate) fn of(&self, samples: &[f32]) -> Vec<u8> {
        let whole = |sample: &f32, most: f64| (f64::from(*sample) * most).round();
        let data: Vec<u8> = match (self.format, self.bits) {
            (3, 64) => samples
                .iter()
                .flat_map(|s| f64::from(*s).to_le_bytes())
                .collect(),
            (3, _) => samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
            (_, 8) => samples
                .iter()
                .map(|s| (whole(s, 127.0) + 128.0) as u8)
                .collect(),
            (_, 24) => samples
                .iter()
                .flat_map(|s| (whole(s, 8_388_607.0) as i32).to_le_bytes()[..3].to_vec())
                .collect(),
            (_, 32) => samples
                .iter()
                .flat_map(|s| (whole(s, 2_147_483_647.0) as i32).to_le_bytes())
                .collect(),
            _ => samples
                .iter()
                .flat_map(|s| (whole(s, 32_767.0) as i16).to_le_bytes())
                .collect(),
        };
        self.with(&data)
    }
}

/// One Ogg page with a whole number of packets and a right checksum (RFC 3533).
pub(crate) fn ogg_page(
    flags: u8,
    granule: u64,
    serial: u32,
    number: u32,
    packets: &[&[u8]],
) -> Vec<u8> {
    let mut out = b"OggS\0".to_vec();
    out.push(flags);
    out.extend(granule.to_le_bytes());
    out.extend(serial.to_le_bytes());
    out.extend(number.to_le_bytes());
    out.extend([0; 4]);
    let lacing: Vec<u8> = packets
        .iter()
        .flat_map(|packet| {
            std::iter::repeat_n(255, packet.len() / 255).chain([(packet.len() % 255) as u8])
        })
        .collect();
    out.push(u8::try_from(lacing.len()).expect("few enough segments for a page"));
    out.extend(lacing);
    for packet in packets {
        out.extend(*packet);
    }
    seal(&mut out);
    out
}

/// Writes the checksum of the page that is all of `page`.
pub(crate) fn seal(page: &mut [u8]) {
    page[22..26].fill(0);
    let mut sum = 0_u32;
    for byte in page.iter() {
        sum ^= u32::from(*byte) << 24;
        for _ in 0..8 {
            sum = if sum & 0x8000_0000 == 0 {
                sum << 1
            } else {
                sum << 1 ^ 0x04c1_1db7
            };
        }
    }
    page[22..26].copy_from_slice(&sum.to_le_bytes());
}

/// Puts right the checksum of every page of an Ogg file that was changed.
pub(crate) fn reseal(bytes: &mut [u8]) {
    let mut at = 0;
    while at + 27 <= bytes.len() && bytes[at..].starts_with(b"OggS") {
        let segments = usize::from(bytes[at + 26]);
        let Some(table) = bytes.get(at + 27..at + 27 + segments) else {
            return;
        };
        let body: usize = table.iter().map(|length| usize::from(*length)).sum();
        let end = (at + 27 + segments + body).min(bytes.len());
        seal(&mut bytes[at..end]);
        at = end;
    }
}

/// An Opus header (RFC 7845, section 5.1).
pub(crate) fn opus_head(channels: u8, pre_skip: u16, gain: i16, family: u8) -> Vec<u8> {
    let mut out = b"OpusHead\x01".to_vec();
    out.push(channels);
    out.extend(pre_skip.to_le_bytes());
    out.extend(48_000_u32.to_le_bytes());
    out.extend(gain.to_le_bytes());
    out.push(family);
    if family != 0 {
        out.extend([channels, 0]);
        out.extend(0..channels);
    }
    out
}

/// An Opus file of the given packets on one page, ending at frame `granule`.
pub(crate) fn opus(head: &[u8], packets: &[&[u8]], granule: u64) -> Vec<u8> {
    let mut out = ogg_page(2, 0, 77, 0, &[head]);
    out.extend(ogg_page(0, 0, 77, 1, &[b"OpusTags\0\0\0\0\0\0\0\0"]));
    out.extend(ogg_page(4, granule, 77, 2, packets));
    out
}

/// A native FLAC header that states these figures, with nothing behind it (RFC 9639, section 8.2).
pub(crate) fn flac_head(rate: u32, channels: u8, bits: u8, total: u64) -> Vec<u8> {
    let mut out = b"fLaC\x80\x00\x00\x22".to_vec();
    out.extend([0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0]);
    let packed = u64::from(rate) << 44
        | u64::from(channels - 1) << 41
        | u64::from(bits - 1) << 36
        | total & 0xf_ffff_ffff;
    out.extend(packed.to_be_bytes());
    out.extend([0; 16]);
    out
}
