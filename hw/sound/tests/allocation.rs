//! Rendering touches the heap not once, whatever is going on in the mix.

#[path = "support/ledger.rs"]
mod ledger;

use std::sync::Arc;

use ledger::{Ledger, watched};
use xinting_sound::{End, Mixer, MixerOptions, Part, Pcm, Profile, Slot};

#[global_allocator]
static LEDGER: Ledger = Ledger;

fn noise(frames: usize) -> Pcm {
    let samples: Vec<f32> = (0..frames * 2)
        .map(|n| ((n * 7919 % 65_537) as f32 / 65_537.0 - 0.5) * 3.0)
        .collect();
    Pcm::new(samples.into())
}

#[test]
fn rendering_neither_takes_nor_gives_back_memory() {
    let mut mixer = Mixer::new(MixerOptions {
        profile: Profile::Speaker,
        ..MixerOptions::default()
    });
    let cue = Part::new(noise(4_800)).looped(true);
    mixer.put(Slot::Cue, cue, 4_800).unwrap();
    mixer.put(Slot::Voice, Part::new(noise(30_000)), 0).unwrap();
    for bed in 0..4 {
        let part = Part::new(noise(777 + usize::from(bed))).looped(true);
        mixer.put(Slot::Bed(bed), part, 960).unwrap();
        let next = Part::new(noise(999)).looped(true);
        mixer.put(Slot::Bed(bed), next, 20_000).unwrap();
        mixer.set_gain(Slot::Bed(bed), -30.0, 40_000).unwrap();
    }
    let bell: Arc<[f32]> = vec![0.5; 2 * 9_000].into();
    mixer.ring(Arc::clone(&bell), 5_000, -6.0).unwrap();
    mixer.set_end(Some(End {
        at: 90_000,
        fade: 20_000,
        bell: Some((bell, -6.0)),
    }));
    let mut out = vec![0.0; 2 * 480];
    let (frames, account) = watched(|| {
        let mut frames = 0;
        while let got @ 1.. = mixer.render(&mut out) {
            frames += got;
        }
        frames
    });
    assert_eq!(frames, 110_000);
    assert_eq!(account.calls, 0);

    // Only a seek, a new part and one taken out give back what had left before. Other commands do not.
    mixer.seek(48_000);
    let ((), account) = watched(|| {
        mixer.set_gain(Slot::Voice, -3.0, 480).unwrap();
        mixer.fade_out(4_800);
        while let 1.. = mixer.render(&mut out) {}
    });
    assert_eq!(account.calls, 0);
}

#[test]
fn the_ledger_sees_what_is_taken() {
    let (kept, account) = watched(|| drop(vec![0_u8; 1_000_000]));
    let () = kept;
    assert_eq!(account.calls, 2);
    assert_eq!(account.most, 1_000_000);
}
