//! One practice as the decoder thread holds it: its tracks opened and put into the mixer, the rounds of its cue, its end.
//! Knows no ring, no device and no clock; what it is told happens at the frame where the mix is.

use std::sync::Arc;

use xinting_sound::limiter::LOOK_AHEAD;
use xinting_sound::mixer::SILENT_DB;
use xinting_sound::{
    Decoder, Mixer, MixerOptions, Part, Profile, Slot, decode_all_bounded, ms_to_frames,
};

use super::clock::frame_of;
use super::engine::frames;
use super::{End, Role, Track};

/// Fade-out at an end that is set.
const END_FADE: u32 = frames(4000);
/// Cross-fade where a bed is put in or replaced, and its way out.
const BED_CROSS: u32 = frames(600);
/// Cross-fade from one cue or voice to another.
const LEAD_CROSS: u32 = frames(50);
/// Glide of a slider.
const LEVEL_GLIDE: u32 = frames(80);
/// Longest bell.
const LONGEST_BELL: u64 = ms_to_frames(30_000);
/// Loudness of the bell at an end, in dB under how it is rendered.
const END_BELL_DB: f32 = 0.0;
/// How far the mix may have run ahead of what it handed out: the limiter's delay and a block.
const AHEAD: u64 = LOOK_AHEAD as u64 + 64;

/// A cue that has begun: position `from`, counted up with each change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CueChange {
    pub(super) number: u32,
    pub(super) from: u64,
    /// Where the cue before it began.
    pub(super) before: u64,
}

struct Cue {
    track: Track,
    number: u32,
    /// Frame its rounds are counted from.
    from: u64,
    /// Frames of one round; `None` where it does not go round or does not say.
    round: Option<u64>,
}

struct NextCue {
    track: Track,
    decoder: Decoder,
    at: u64,
}

/// See the module.
pub(super) struct Mix {
    mixer: Mixer,
    cue: Option<Cue>,
    next_cue: Option<NextCue>,
    changed: Option<CueChange>,
    /// First frame any cue may have; a lead-in lies before it.
    earliest_cue: u64,
    /// Frame after the last of cue and voice, each where it is known; a loop has none.
    cue_end: LeadEnd,
    voice_end: LeadEnd,
    end: End,
    end_bell: Arc<[f32]>,
}

/// Where one of the leading tracks ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LeadEnd {
    Missing,
    At(u64),
    Never,
}

impl Mix {
    /// An empty practice. `end_bell` is interleaved stereo.
    pub(super) fn new(profile: Profile, end: End, end_bell: Arc<[f32]>) -> Self {
        let mut mix = Self {
            mixer: Mixer::new(MixerOptions {
                profile,
                ..MixerOptions::default()
            }),
            cue: None,
            next_cue: None,
            changed: None,
            earliest_cue: 0,
            cue_end: LeadEnd::Missing,
            voice_end: LeadEnd::Missing,
            end,
            end_bell,
        };
        mix.set_end(end);
        mix
    }

    /// Puts a track in before the first frame is rendered.
    pub(super) fn begin_with(&mut self, track: Track) -> Result<(), String> {
        self.enter(track, 0)
    }

    /// Puts a track in while the practice runs; what was in its place crosses over.
    pub(super) fn put(&mut self, track: Track) -> Result<(), String> {
        let cross = match track.role {
            Role::Bed(_) => BED_CROSS,
            Role::Cue | Role::Voice | Role::Bell => LEAD_CROSS,
        };
        self.enter(track, cross)
    }

    fn enter(&mut self, track: Track, cross: u32) -> Result<(), String> {
        let from = frame_of(track.from_ms);
        let slot = match track.role {
            Role::Bell => return self.ring(&track, from),
            Role::Cue => Slot::Cue,
            Role::Voice => Slot::Voice,
            Role::Bed(bed) => Slot::Bed(bed),
        };
        let decoder = open(&track)?;
        let total = decoder.total_frames().filter(|total| *total > 0);
        let ends = match (track.looped, total) {
            (false, Some(total)) => LeadEnd::At(from.saturating_add(total)),
            _ => LeadEnd::Never,
        };
        let part = part(&track, decoder, from);
        self.mixer
            .put(slot, part, cross)
            .map_err(|error| because(track.role, &error))?;
        match track.role {
            Role::Cue => {
                self.earliest_cue = from;
                self.cue_end = ends;
                self.cue = Some(Cue {
                    round: total.filter(|_| track.looped),
                    track,
                    number: 0,
                    from,
                });
            }
            Role::Voice => self.voice_end = ends,
            Role::Bed(_) | Role::Bell => {}
        }
        self.set_end(self.end);
        Ok(())
    }

    fn ring(&mut self, track: &Track, at: u64) -> Result<(), String> {
        let bell = decode_all_bounded(Arc::clone(&track.bytes), LONGEST_BELL)
            .map_err(|error| because(Role::Bell, &error))?;
        self.mixer
            .ring(bell.interleaved().into(), at, quiet(track.gain_db))
            .map_err(|error| because(Role::Bell, &error))
    }

    /// Lets a bed or the voice go.
    pub(super) fn take(&mut self, role: Role) -> Result<(), String> {
        let (slot, fade) = match role {
            Role::Bed(bed) => (Slot::Bed(bed), BED_CROSS),
            Role::Voice => (Slot::Voice, LEAD_CROSS),
            Role::Cue | Role::Bell => return Ok(()),
        };
        self.mixer
            .take(slot, fade)
            .map_err(|error| because(role, &error))?;
        if role == Role::Voice {
            self.voice_end = LeadEnd::Missing;
            self.set_end(self.end);
        }
        Ok(())
    }

    /// Glides a bed to a gain.
    pub(super) fn level(&mut self, bed: u8, gain_db: f32) -> Result<(), String> {
        self.mixer
            .set_gain(Slot::Bed(bed), quiet(gain_db), LEVEL_GLIDE)
            .map_err(|error| error.to_string())
    }

    /// Another cue, from the next beginning of a round on. `heard`: the mix stands, and the practice is at this frame
    /// without it.
    pub(super) fn pace(&mut self, track: Track, heard: Option<u64>) -> Result<(), String> {
        let track = Track {
            role: Role::Cue,
            ..track
        };
        let decoder = open(&track)?;
        let soonest = heard.unwrap_or_else(|| self.mixer.position().saturating_add(AHEAD));
        let at = match &self.cue {
            Some(Cue {
                from,
                round: Some(round),
                ..
            }) => {
                let rounds = soonest.saturating_sub(*from).div_ceil(*round);
                from.saturating_add(rounds.saturating_mul(*round))
            }
            _ => soonest,
        };
        self.next_cue = Some(NextCue { track, decoder, at });
        if heard.is_some() {
            self.change_cue()?;
        }
        Ok(())
    }

    /// Takes the next cue, whose moment has come.
    fn change_cue(&mut self) -> Result<(), String> {
        let Some(NextCue { track, decoder, at }) = self.next_cue.take() else {
            return Ok(());
        };
        let round = decoder
            .total_frames()
            .filter(|total| track.looped && *total > 0);
        let (number, before) = self
            .cue
            .as_ref()
            .map_or((0, at), |cue| (cue.number, cue.from));
        let (looped, total) = (track.looped, decoder.total_frames());
        let part = part(&track, decoder, at);
        self.mixer
            .put(Slot::Cue, part, LEAD_CROSS)
            .map_err(|error| because(Role::Cue, &error))?;
        self.cue_end = match total {
            Some(total) if !looped => LeadEnd::At(at.saturating_add(total)),
            _ => LeadEnd::Never,
        };
        let number = number.wrapping_add(1);
        self.cue = Some(Cue {
            track,
            number,
            from: at,
            round,
        });
        self.changed = Some(CueChange {
            number,
            from: at,
            before,
        });
        self.set_end(self.end);
        Ok(())
    }

    /// The change of cue that happened since the last call.
    pub(super) fn take_change(&mut self) -> Option<CueChange> {
        self.changed.take()
    }

    /// Another end.
    pub(super) fn set_end(&mut self, end: End) {
        self.end = end;
        let at = end.at_ms.map(frame_of);
        let at = match (at, end.bell) {
            (Some(at), _) => Some((at, END_FADE)),
            // Cue and voice end by themselves and the beds after them, which needs no end set; only the bell does.
            (None, true) => self.leads_end().map(|at| (at, END_FADE)),
            (None, false) => None,
        };
        self.mixer.set_end(at.map(|(at, fade)| xinting_sound::End {
            at,
            fade,
            bell: end.bell.then(|| (Arc::clone(&self.end_bell), END_BELL_DB)),
        }));
    }

    /// Frame after the last of cue and voice; `None` where one goes round, does not say, or there is neither.
    pub(super) fn leads_end(&self) -> Option<u64> {
        match (self.cue_end, self.voice_end) {
            (LeadEnd::Never, _) | (_, LeadEnd::Never) => None,
            (LeadEnd::Missing, LeadEnd::Missing) => None,
            (LeadEnd::At(at), LeadEnd::Missing) | (LeadEnd::Missing, LeadEnd::At(at)) => Some(at),
            (LeadEnd::At(cue), LeadEnd::At(voice)) => Some(cue.max(voice)),
        }
    }

    /// Goes to `frame`, every track to its own place there.
    ///
    /// A cue that began later is counted back by whole rounds, so that a breath is under way there too.
    pub(super) fn seek(&mut self, frame: u64) -> Result<(), String> {
        self.change_cue()?;
        if let Some(cue) = self.cue.as_mut()
            && let Some(round) = cue.round
            && frame < cue.from
        {
            let possible = (cue.from.saturating_sub(self.earliest_cue)) / round;
            let back = (cue.from - frame).div_ceil(round).min(possible);
            if back > 0 {
                let from = cue.from - back * round;
                let track = cue.track.clone();
                let again = part(&track, open(&track)?, from);
                cue.from = from;
                self.changed = Some(CueChange {
                    number: cue.number,
                    from,
                    before: from,
                });
                self.mixer
                    .put(Slot::Cue, again, 0)
                    .map_err(|error| because(Role::Cue, &error))?;
            }
        }
        self.mixer.seek(frame);
        Ok(())
    }

    /// Fills `out` with limited stereo and returns the frames written; zero means the end.
    pub(super) fn render(&mut self, out: &mut [f32]) -> Result<usize, String> {
        let mut room = out.len() / 2;
        if let Some(next) = &self.next_cue {
            // The mixer is ahead of what it hands out by at least the limiter's delay, once it runs.
            let until = next
                .at
                .saturating_sub(LOOK_AHEAD as u64)
                .saturating_sub(self.mixer.position());
            if until == 0 {
                self.change_cue()?;
            } else {
                room = room.min(usize::try_from(until).unwrap_or(room));
            }
        }
        Ok(self.mixer.render(&mut out[..room * 2]))
    }

    /// What broke off while rendering or seeking, and whether anything is left to lead the practice.
    pub(super) fn take_fault(&mut self) -> Option<(String, bool)> {
        let (slot, error) = self.mixer.take_fault()?;
        let role = match slot {
            Slot::Cue => Role::Cue,
            Slot::Voice => Role::Voice,
            Slot::Bed(bed) => Role::Bed(bed),
        };
        let leads = [Slot::Cue, Slot::Voice];
        let beds = Slot::ALL.into_iter().filter(|slot| !leads.contains(slot));
        let left = if leads.contains(&slot) {
            leads.into_iter().any(|slot| self.mixer.sounds(slot))
        } else {
            let with_leads = self.cue.is_some() || self.voice_end != LeadEnd::Missing;
            with_leads || beds.into_iter().any(|slot| self.mixer.sounds(slot))
        };
        Some((because(role, &error), left))
    }
}

fn open(track: &Track) -> Result<Decoder, String> {
    Decoder::open(Arc::clone(&track.bytes)).map_err(|error| because(track.role, &error))
}

fn part(track: &Track, decoder: Decoder, from: u64) -> Part {
    Part::new(decoder)
        .looped(track.looped)
        .gain_db(quiet(track.gain_db))
        .origin(from)
}

/// A pack only ever turns down.
fn quiet(gain_db: f32) -> f32 {
    if gain_db.is_nan() {
        SILENT_DB
    } else {
        gain_db.clamp(SILENT_DB, 0.0)
    }
}

fn because(role: Role, error: &dyn std::error::Error) -> String {
    let mut said = match role {
        Role::Cue => format!("the cue: {error}"),
        Role::Voice => format!("the voice: {error}"),
        Role::Bed(bed) => format!("bed {bed}: {error}"),
        Role::Bell => format!("a bell: {error}"),
    };
    let mut cause = error.source();
    while let Some(deeper) = cause {
        said.push_str(": ");
        said.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use xinting_sound::{Stereo, encode_flac};

    use super::*;

    /// A file of `frames` frames at one level.
    fn level(frames: usize, level: f32) -> Arc<[u8]> {
        let sound = Stereo::from_mono(&vec![level; frames]);
        encode_flac(&sound).unwrap().into()
    }

    fn mix(end: End) -> Mix {
        Mix::new(Profile::Headphones, end, vec![0.25; 2 * 4_800].into())
    }

    /// The left samples of everything up to the end, or of `most` frames.
    fn play(mix: &mut Mix, most: usize) -> Vec<f32> {
        let mut out = Vec::new();
        let mut piece = [0.0; 2 * 512];
        while out.len() < most {
            let room = (most - out.len()).min(512) * 2;
            let got = mix.render(&mut piece[..room]).unwrap();
            if got == 0 && !mix.mixer.ended() {
                continue;
            }
            if got == 0 {
                break;
            }
            out.extend(piece[..got * 2].iter().step_by(2));
        }
        out
    }

    #[test]
    fn a_pace_changes_when_its_breath_is_over_and_not_before() {
        let mut mix = mix(End::default());
        let breath = |frames, at| Track::new(Role::Cue, level(frames, at)).looped(true);
        mix.begin_with(breath(48_000, 0.1).from_ms(500)).unwrap();
        let lead_in = play(&mut mix, 24_000);
        assert!(lead_in.iter().all(|s| *s == 0.0), "the lead-in is silent");
        play(&mut mix, 30_000);
        mix.pace(breath(72_000, 0.3), None).unwrap();
        // A second thought replaces the first, at the same moment.
        mix.pace(breath(60_000, 0.2), None).unwrap();
        assert_eq!(mix.take_change(), None);
        let heard = play(&mut mix, 17_990);
        assert!(heard.iter().all(|s| (s - 0.1).abs() < 1e-3), "cut short");
        play(&mut mix, 4_000);
        let change = mix.take_change().unwrap();
        assert_eq!((change.number, change.from), (1, 24_000 + 48_000));
        assert_eq!(change.before, 24_000);
        let settled = play(&mut mix, 100);
        assert!(settled.iter().all(|s| (s - 0.2).abs() < 1e-3));
    }

    #[test]
    fn a_seek_counts_the_breath_back_by_whole_rounds() {
        let mut mix = mix(End::default());
        let breath = |frames| Track::new(Role::Cue, level(frames, 0.1)).looped(true);
        mix.begin_with(breath(48_000)).unwrap();
        mix.pace(breath(60_000), Some(100_000)).unwrap();
        assert_eq!(mix.take_change().unwrap().from, 144_000);
        mix.seek(90_000).unwrap();
        let change = mix.take_change().unwrap();
        assert_eq!((change.from, change.number), (84_000, 1));
        assert!(play(&mut mix, 1_000).iter().all(|s| (s - 0.1).abs() < 1e-3));
    }

    #[test]
    fn the_end_fades_over_four_seconds_and_its_bell_rings_out() {
        let end = End {
            at_ms: Some(1_000),
            bell: true,
        };
        let mut mix = mix(end);
        mix.begin_with(Track::new(Role::Bed(2), level(480, 0.1)).looped(true))
            .unwrap();
        let heard = play(&mut mix, 1_000_000);
        assert_eq!(heard.len(), 5 * 48_000);
        assert!((heard[47_900] - 0.1).abs() < 1e-3);
        assert!((heard[48_100] - 0.35).abs() < 2e-3, "the bell");
        assert!((heard[48_000 * 3] - 0.1 * 0.707).abs() < 2e-3);
        assert!(heard[heard.len() - 1].abs() < 1e-3);
    }

    #[test]
    fn beds_come_and_go_and_what_is_no_sound_is_said_and_left_out() {
        let mut mix = mix(End::default());
        let bed = |n, at| Track::new(Role::Bed(n), level(4_800, at)).looped(true);
        mix.begin_with(bed(0, 0.1)).unwrap();
        assert!((play(&mut mix, 480)[479] - 0.1).abs() < 1e-3);
        mix.put(bed(1, 0.2)).unwrap();
        assert!((play(&mut mix, 48_000)[47_999] - 0.3).abs() < 1e-3);
        mix.level(1, -6.02).unwrap();
        assert!((play(&mut mix, 48_000)[47_999] - 0.2).abs() < 1e-3);
        mix.take(Role::Bed(0)).unwrap();
        assert!((play(&mut mix, 48_000)[47_999] - 0.1).abs() < 1e-3);
        let bad = Track::new(Role::Voice, b"no sound".as_slice().into());
        assert!(mix.put(bad).unwrap_err().starts_with("the voice: "));
        assert!(mix.put(bed(9, 0.1)).unwrap_err().contains("bed 9"));
        assert!((play(&mut mix, 480)[479] - 0.1).abs() < 1e-3);
    }

    /// Eight hours of a practice turn its loops 28,800 times where a bed lasts a second. Here the same number of seams
    /// passes in loops of a fiftieth of a second, since what could grow does so at seams and packets, not by waiting.
    #[test]
    fn as_many_seams_as_in_eight_hours_leave_memory_as_it_was() {
        let mut mix = mix(End::default());
        let track = |role| Track::new(role, level(960, 0.1)).looped(true);
        mix.begin_with(track(Role::Cue)).unwrap();
        mix.begin_with(track(Role::Bed(0))).unwrap();
        let mut piece = [0.0; 2 * 960];
        let mut settled = 0;
        for round in 0..28_800_u64 {
            let mut filled = 0;
            while filled < 960 {
                // A change of cue comes between two pieces.
                filled += mix.render(&mut piece[filled * 2..]).unwrap();
            }
            if round % 1_000 == 999 {
                // A slider, a pace and a seek are part of an evening too.
                mix.level(0, -3.0).unwrap();
                mix.pace(track(Role::Cue), None).unwrap();
            }
            if round == 6_500 {
                // By now the seats for what fades out have all been taken once.
                settled = crate::counting::held();
            }
        }
        let grown = crate::counting::held() - settled;
        assert!(grown.abs() < 64 * 1024, "{grown} bytes more");
        assert_eq!(mix.mixer.position(), 28_800 * 960);
        mix.seek(8 * 3_600 * 48_000).unwrap();
        assert_eq!(mix.mixer.position(), 8 * 3_600 * 48_000);
    }
}
