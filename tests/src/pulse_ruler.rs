//! Sounds made to be measured: noise in which every hundredth of a second is like no other, and WAV files of it.
//! They are for machines; nobody is meant to listen to them.

/// Noise of `frames` stereo frames, both channels different, within ±`peak`, its high notes softened so that no
/// limiter finds peaks between the samples. The same seed gives the same noise.
#[must_use]
pub fn noise(frames: usize, peak: f32, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut white = move || {
        // A linear congruence; its upper bits are good enough to tell places apart.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    };
    let mut smooth = [0.0_f32; 2];
    (0..frames * 2)
        .map(|n| {
            let channel = &mut smooth[n % 2];
            *channel += 0.25 * (white() - *channel);
            // Rounded to 16 bits, so that a file holds exactly this.
            (*channel * peak * 32_767.0).round() / 32_768.0
        })
        .collect()
}

/// A WAV file of 16 bits, 48 kHz, stereo.
///
/// # Panics
/// If the sound is longer than a WAV can say.
#[must_use]
pub fn wav(samples: &[f32]) -> Vec<u8> {
    let size = u32::try_from(samples.len() * 2).expect("a short sound");
    let mut file = Vec::with_capacity(44 + samples.len() * 2);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + size).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&48_000_u32.to_le_bytes());
    file.extend_from_slice(&192_000_u32.to_le_bytes());
    file.extend_from_slice(&4_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&size.to_le_bytes());
    for sample in samples {
        file.extend_from_slice(&((sample * 32_768.0) as i16).to_le_bytes());
    }
    file
}
