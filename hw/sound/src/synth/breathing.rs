//! Paced breathing: the air of an inhale brightens and swells, the air of an exhale is darker and falls away,
//! so that each is known with the eyes closed. A bowl at the start and with the last exhale.

use super::filter::{Steep, Svf};
use super::noise::Noise;
use super::{Recipe, bell, pad};
use crate::SAMPLE_RATE;

/// Where in a breath a moment lies.
enum Phase {
    /// 0 at its start, 1 at its end.
    Inhale(f64),
    /// The same for breathing out.
    Exhale(f64),
}

pub(super) fn render(recipe: &Recipe) -> Vec<f32> {
    let frames = recipe.frames();
    let rate = f64::from(SAMPLE_RATE);
    let (inhale, exhale) = (f64::from(recipe.inhale_s), f64::from(recipe.exhale_s));
    let mut sound = vec![0.0; frames];

    let mut noise = Noise::new(recipe.seed, 1);
    let mut throat = Svf::new(1000.0, 0.9);
    let mut floor = Svf::new(180.0, 0.707);
    let mut soft = Steep::new(3600.0);
    for (n, sample) in sound.iter_mut().enumerate() {
        let (hz, level) = match phase(n as f64 / rate, inhale, exhale) {
            Phase::Inhale(x) => (750.0 + 1250.0 * x, swell(x) * 0.8),
            Phase::Exhale(x) => (720.0 - 380.0 * x, fall(x)),
        };
        throat.tune(hz);
        let air = throat.step(noise.white()).band;
        let air = floor.step(air).high;
        *sample = soft.step(air) * level;
    }

    pad::add(&mut sound, 0.020);
    bell::strike(&mut sound, 0, 440.0, 0.16);
    let last = last_exhale_s(f64::from(recipe.duration_s), inhale, exhale);
    bell::strike(&mut sound, (last * rate) as usize, 440.0, 0.16);
    pad::fade(&mut sound, 0.05, 2.5);
    sound.iter().map(|sample| *sample as f32).collect()
}

fn phase(seconds: f64, inhale: f64, exhale: f64) -> Phase {
    let within = seconds % (inhale + exhale);
    if within < inhale {
        Phase::Inhale(within / inhale)
    } else {
        Phase::Exhale((within - inhale) / exhale)
    }
}

/// When the last exhale begins that still has room to ring out, in seconds.
fn last_exhale_s(duration: f64, inhale: f64, exhale: f64) -> f64 {
    let cycle = inhale + exhale;
    let whole = ((duration / cycle).floor() - 1.0).max(0.0);
    (whole * cycle + inhale).min(duration - 2.0)
}

/// An inhale gathers, is fullest at four fifths, and closes softly.
fn swell(x: f64) -> f64 {
    let rising = smooth(x / 0.8);
    let closing = smooth((1.0 - x) / 0.2);
    rising * closing
}

/// An exhale opens within a sixth of its time and lets go for the rest.
fn fall(x: f64) -> f64 {
    let opening = smooth(x / 0.16);
    let letting_go = (1.0 - x).powf(1.4);
    opening * letting_go
}

/// From 0 to 1 without a corner at either end.
fn smooth(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bell_rings_with_the_last_whole_exhale() {
        assert_eq!(last_exhale_s(180.0, 4.0, 6.0), 174.0);
        assert_eq!(last_exhale_s(185.0, 4.0, 6.0), 174.0);
        assert_eq!(last_exhale_s(10.0, 4.0, 6.0), 4.0);
        assert_eq!(last_exhale_s(10.0, 10.0, 15.0), 8.0);
    }

    #[test]
    fn breath_envelopes_begin_and_end_in_silence() {
        for curve in [swell, fall] {
            assert_eq!(curve(0.0), 0.0);
            assert!(curve(1.0).abs() < 1e-12);
            assert!((0..=100).all(|n| (0.0..=1.0).contains(&curve(f64::from(n) / 100.0))));
        }
        assert!(swell(0.8) > 0.99, "an inhale is fullest late");
        assert!(fall(0.16) > 0.75, "an exhale is fullest early");
    }
}
