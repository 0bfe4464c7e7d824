//! Paced breathing: the air of an inhale brightens and swells, the air of an exhale is darker and falls away,
//! so that each is known with the eyes closed. A bowl at the start and with the last exhale.

use super::filter::{Steep, Svf};
use super::noise::Noise;
use super::{Recipe, bell, pad};
use crate::SAMPLE_RATE;

/// When the first bell rings: late enough to be heard through the fade with which a player begins.
const FIRST_BELL_S: f64 = 0.6;

/// Where in a breath a moment lies.
enum Phase {
    /// Before the first breath.
    Rest,
    /// 0 at its start, 1 at its end.
    Inhale(f64),
    /// The same for breathing out.
    Exhale(f64),
}

pub(super) fn render(recipe: &Recipe) -> Vec<f32> {
    let frames = recipe.frames();
    let rate = f64::from(SAMPLE_RATE);
    let pace = Pace {
        lead_in: f64::from(recipe.lead_in_s),
        inhale: f64::from(recipe.inhale_s),
        exhale: f64::from(recipe.exhale_s),
    };
    let mut sound = vec![0.0; frames];

    let mut noise = Noise::new(recipe.seed, 1);
    let mut throat = Svf::new(1000.0, 0.9);
    let mut floor = Svf::new(180.0, 0.707);
    let mut soft = Steep::new(2800.0);
    for (n, sample) in sound.iter_mut().enumerate() {
        let (hz, level) = match pace.phase(n as f64 / rate) {
            Phase::Rest => (650.0, 0.0),
            Phase::Inhale(x) => (650.0 + 950.0 * x, swell(x) * 0.72),
            Phase::Exhale(x) => (600.0 - 300.0 * x, fall(x) * 1.15),
        };
        throat.tune(hz);
        let air = throat.step(noise.white()).band;
        let air = floor.step(air).high;
        *sample = soft.step(air) * level;
    }

    pad::add(&mut sound, 0.032);
    bell::strike(&mut sound, (FIRST_BELL_S * rate) as usize, 440.0, 0.16);
    let last = pace.last_exhale_s(f64::from(recipe.duration_s));
    bell::strike(&mut sound, (last * rate) as usize, 440.0, 0.16);
    pad::fade(&mut sound, 0.05, 2.5);
    sound.iter().map(|sample| *sample as f32).collect()
}

/// When breaths come, in seconds.
struct Pace {
    lead_in: f64,
    inhale: f64,
    exhale: f64,
}

impl Pace {
    fn phase(&self, seconds: f64) -> Phase {
        if seconds < self.lead_in {
            return Phase::Rest;
        }
        let within = (seconds - self.lead_in) % (self.inhale + self.exhale);
        if within < self.inhale {
            Phase::Inhale(within / self.inhale)
        } else {
            Phase::Exhale((within - self.inhale) / self.exhale)
        }
    }

    /// When the last whole exhale begins, or two seconds before the end where there is none.
    fn last_exhale_s(&self, duration: f64) -> f64 {
        let cycle = self.inhale + self.exhale;
        let whole = (((duration - self.lead_in) / cycle).floor() - 1.0).max(0.0);
        (self.lead_in + whole * cycle + self.inhale).min(duration - 2.0)
    }
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
        for (duration, lead_in, inhale, exhale, at) in [
            (180.0, 0.0, 4.0, 6.0, 174.0),
            (185.0, 0.0, 4.0, 6.0, 174.0),
            (180.0, 10.0, 4.0, 6.0, 174.0),
            (182.0, 5.0, 4.0, 6.0, 169.0),
            (10.0, 0.0, 4.0, 6.0, 4.0),
            (10.0, 0.0, 10.0, 15.0, 8.0),
            (10.0, 60.0, 4.0, 6.0, 8.0),
        ] {
            let pace = Pace {
                lead_in,
                inhale,
                exhale,
            };
            assert_eq!(pace.last_exhale_s(duration), at, "{duration} {lead_in}");
        }
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
