//! Any sequence of what can happen to a shelf, held to what must always be true.

use super::maker::trust_with;
use super::*;
use proptest::prelude::*;

/// Versions that occur. Every third is signed by the publisher's key and the others by the root.
const VERSIONS: std::ops::RangeInclusive<u64> = 1..=7;

#[derive(Debug, Clone)]
enum Act {
    Install(u64),
    /// Stopped when it has been asked so often.
    Cancel(u64, u32),
    /// The stick is pulled, or cannot be read, at this part of a thousand.
    Yank(u64, usize),
    Bad(u64, usize),
    /// The stick gives this version in the place of the one that was shown.
    Lie(u64, u64),
    RollBack,
    Restart,
    /// The key list names the publisher, or has revoked its key.
    Trust(bool),
    /// What serves has a spoilt sound.
    Spoil,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => VERSIONS.prop_map(Act::Install),
        1 => (VERSIONS, 0_u32..6).prop_map(|(v, n)| Act::Cancel(v, n)),
        1 => (VERSIONS, 0_usize..1000).prop_map(|(v, at)| Act::Yank(v, at)),
        1 => (VERSIONS, 0_usize..1000).prop_map(|(v, at)| Act::Bad(v, at)),
        1 => (VERSIONS, VERSIONS).prop_map(|(v, o)| Act::Lie(v, o)),
        3 => Just(Act::RollBack),
        2 => Just(Act::Restart),
        1 => any::<bool>().prop_map(Act::Trust),
        1 => Just(Act::Spoil),
    ];
    prop::collection::vec(act, 1..16)
}

struct World {
    booth: Booth,
    packs: Vec<(u64, Vec<u8>)>,
    trusts: [Trust; 2],
    trusted: bool,
    shelf: Shelf,
    /// The highest version that was ever installed.
    highest: u64,
}

impl World {
    fn new() -> Self {
        let (booth, school) = (Booth::new(), Publisher::new());
        let packs = VERSIONS.map(|version| {
            let by = if version.is_multiple_of(3) {
                &school
            } else {
                &booth.publisher
            };
            let sources = Sources::new("oak", "school", version).with_lake("calm water");
            (version, sources.signed(by))
        });
        let publishers = [("somebody", &school)];
        let trusts = [
            trust_with(&booth.publisher, 2, &publishers, &[&school]),
            trust_with(&booth.publisher, 1, &publishers, &[]),
        ];
        let (shelf, notices) = booth.open_trusting(trusts[1].clone());
        assert!(notices.is_empty());
        Self {
            packs: packs.collect(),
            booth,
            trusts,
            trusted: true,
            shelf,
            highest: 0,
        }
    }

    fn pack(&self, version: u64) -> &[u8] {
        &self.packs[(version - 1) as usize].1
    }

    fn version(&self) -> Option<u64> {
        let serving = self.shelf.serving();
        let oak = serving.iter().find(|pack| pack.id == oak());
        oak.map(|pack| pack.version)
    }

    /// The version that is out of service.
    fn out(&self) -> Option<u64> {
        let out = self.shelf.out_of_service();
        assert!(out.len() <= 1 && (out.is_empty() || self.version().is_none()));
        out.first().map(|pack| pack.version)
    }

    fn install(&mut self, version: u64, fault: Option<String>, stop_after: Option<u32>) {
        let (before, path) = (self.version(), self.booth.path("stick/new.xpack"));
        fs::write(&path, self.pack(version)).unwrap();
        let sim = xinting_hw::usb::UsbSim::default();
        sim.insert(&self.booth.path("stick")).unwrap();
        let event =
            xinting_hw::usb::StickPort::wait_event(&mut sim.port(), std::time::Duration::ZERO);
        let Ok(Some(xinting_hw::usb::StickEvent::Inserted(stick))) = event else {
            panic!("no stick")
        };
        let found = self.shelf.look(&*stick.files).unwrap().remove(0);
        let permitted = self.trusted || !version.is_multiple_of(3);
        let fits = permitted && version >= self.highest && before != Some(version);
        assert_eq!(
            found.refusal.is_none(),
            fits,
            "{version}: {:?}",
            found.refusal
        );
        if let Some(words) = &fault {
            sim.fault(words.parse().unwrap());
        }
        let mut asked = 0;
        let result = self.shelf.install(&*stick.files, &found, &mut |_| {
            asked += 1;
            match stop_after.is_some_and(|most| asked > most) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        match result {
            Ok(_) => {
                assert!(fits && fault.is_none());
                assert_eq!(self.version(), Some(version));
                self.highest = version;
            }
            Err(error) => {
                assert!(
                    !fits || fault.is_some() || stop_after.is_some(),
                    "{error:?}"
                );
                assert_eq!(self.version(), before);
            }
        }
    }

    fn act(&mut self, act: &Act) {
        let before = self.version();
        match act {
            Act::Install(version) => self.install(*version, None, None),
            Act::Cancel(version, after) => self.install(*version, None, Some(*after)),
            Act::Yank(version, at) => {
                let at = self.pack(*version).len() * at / 1000;
                self.install(*version, Some(format!("yank new.xpack {at}")), None);
            }
            Act::Bad(version, at) => {
                let at = self.pack(*version).len() * at / 1000;
                self.install(*version, Some(format!("bad new.xpack {at}")), None);
            }
            Act::Lie(version, other) if version != other => {
                let path = self.booth.path("other.xpack");
                fs::write(&path, self.pack(*other)).unwrap();
                let lie = format!("lie new.xpack 1 {}", path.display());
                self.install(*version, Some(lie), None);
            }
            Act::Lie(..) => {}
            Act::RollBack => {
                let (target, out) = (previous(&self.shelf), self.out());
                match self.shelf.roll_back(&oak()) {
                    // Back to doing without it, and from there forward to it.
                    Ok(_) if before.is_none() => assert_eq!(self.version(), out),
                    Ok(_) if target.is_none() => {
                        assert_eq!((self.version(), self.out()), (None, before));
                    }
                    Ok(_) => assert_eq!(self.version(), target),
                    Err(_) => {
                        assert_eq!(self.version(), before);
                        // What is offered is had.
                        assert_eq!((target, out), (None, None));
                    }
                }
            }
            Act::Restart => {
                let trust = self.trusts[usize::from(self.trusted)].clone();
                let out = self.out();
                self.shelf = self.booth.open_trusting(trust).0;
                assert_eq!((self.version(), self.out()), (before, out));
            }
            Act::Trust(trusted) => {
                self.trusted = *trusted;
                let trust = self.trusts[usize::from(self.trusted)].clone();
                let _notices = self.shelf.set_trust(trust);
            }
            Act::Spoil => {
                let Some(version) = before else { return };
                let path = self.booth.path(&format!("packs/oak/{version}.xpack"));
                let mut bytes = fs::read(&path).unwrap();
                let at = bytes.windows(10).position(|part| part == b"calm water");
                bytes[at.unwrap()] ^= 1;
                fs::write(&path, bytes).unwrap();
                assert!(matches!(self.shelf.suspect(&oak()), Checked::Bad { .. }));
                assert_ne!(self.version(), Some(version));
            }
        }
    }

    fn check(&self) {
        let shown = self.shelf.library().unwrap();
        let version = self.version();
        let expected = version.map_or("starter 5".to_owned(), |version| format!("oak {version}"));
        assert_eq!(who(&shown), expected);
        assert!(self.trusted || version.is_none_or(|version| !version.is_multiple_of(3)));
        let lake = PracticeId::new("lake").unwrap();
        if version.is_some() {
            assert_eq!(
                shown.sound(&lake, "sounds/lake.flac").unwrap().unwrap(),
                b"calm water"
            );
        }
        let files = self.booth.on_disk();
        let packs = files.iter().filter(|name| name.ends_with(".xpack"));
        assert!(packs.count() <= 2, "{files:?}");
        let known = |name: &String| {
            let name = name.strip_prefix("oak/").unwrap_or_default();
            let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
            let numbered = stem.parse::<u64>().is_ok() && ["xpack", "bad"].contains(&ending);
            numbered || name == "current" || name == "ratchet"
        };
        assert!(files.iter().all(known), "{files:?}");
        let ratchet = fs::read_to_string(self.booth.path("packs/oak/ratchet"));
        if self.highest > 0 {
            assert_eq!(ratchet.unwrap(), format!("somebody {}\n", self.highest));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_version_serves_nothing_is_left_over_and_the_ratchet_never_falls(acts in acts()) {
        let mut world = World::new();
        for act in &acts {
            world.act(act);
            world.check();
        }
    }
}
