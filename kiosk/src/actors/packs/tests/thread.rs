//! The whole actor with the simulated reader: what an admin's touches bring, in the words of the page.

use super::*;
use crate::actors::player::{Sounds, Wanted};
use crate::admin::Doing;
use crate::shelf::maker::trust_with;
use std::sync::mpsc::{Receiver, channel};
use xinting_content::PracticeId;
use xinting_hw::usb::sim::StickFault;

/// Longer than anything here takes on a busy machine.
const LONG: Duration = Duration::from_secs(60);

struct Desk {
    folder: TempDir,
    by: Publisher,
    sim: UsbSim,
    libraries: ShownLibraries,
    actor: PacksActor,
    events: Receiver<PacksEvent>,
}

impl Desk {
    fn new() -> Self {
        let (folder, by) = (TempDir::new().unwrap(), Publisher::new());
        for place in ["image", "stick"] {
            std::fs::create_dir(folder.path().join(place)).unwrap();
        }
        let starter = Sources::starter(5).signed(&by);
        std::fs::write(folder.path().join("image/starter.xpack"), starter).unwrap();
        let (shelf, _) = Shelf::open(
            &folder.path().join("packs"),
            Some(&folder.path().join("image")),
            Trust::roots(vec![by.key()]),
            false,
        );
        let sim = UsbSim::default();
        let libraries = ShownLibraries::new(shelf.library().unwrap());
        let (sender, events) = channel();
        let actor = PacksActor::start(
            shelf,
            Some(Box::new(sim.port())),
            None,
            libraries.clone(),
            Lang::En,
            move |event| {
                let _ended = sender.send(event);
            },
        );
        Self {
            folder,
            by,
            sim,
            libraries,
            actor: actor.unwrap(),
            events,
        }
    }

    fn oak(&self, version: u64) -> Sources {
        Sources::new("oak", "school", version)
    }

    fn put(&self, name: &str, pack: &Sources) {
        let path = self.folder.path().join("stick").join(name);
        std::fs::write(path, pack.signed(&self.by)).unwrap();
    }

    fn insert(&self) {
        self.sim.insert(&self.folder.path().join("stick")).unwrap();
        self.stick(StickView::Ready);
    }

    /// Takes events until one is wanted.
    fn until<T>(&self, wanted: impl Fn(PacksEvent) -> Option<T>) -> T {
        loop {
            let event = self.events.recv_timeout(LONG).unwrap();
            if let Some(found) = wanted(event) {
                return found;
            }
        }
    }

    fn stick(&self, wanted: StickView) -> Vec<StickItem> {
        self.until(|event| match event {
            PacksEvent::Stick { state, found, .. } => (state == wanted).then_some(found),
            _ => None,
        })
    }

    fn look(&self) -> Vec<StickItem> {
        self.actor.look().unwrap();
        self.until(|event| match event {
            PacksEvent::Stick {
                state: StickView::Ready,
                found,
                ..
            } if !found.is_empty() => Some(found),
            _ => None,
        })
    }

    fn notice(&self) -> PackNotice {
        self.until(|event| match event {
            PacksEvent::Notice(notice) => Some(notice),
            _ => None,
        })
    }

    fn serving(&self) -> (Arc<Library>, Vec<InstalledPack>, Vec<String>) {
        self.until(|event| match event {
            PacksEvent::Serving {
                library,
                installed,
                faults,
            } => Some((library, installed, faults)),
            _ => None,
        })
    }

    /// Installs the first thing on the stick.
    fn install(&self) -> PackNotice {
        self.look();
        self.actor.install(0, None).unwrap();
        let notice = self.notice();
        if matches!(notice, PackNotice::Installed { .. }) {
            self.stick(StickView::Released);
        }
        notice
    }

    fn left(&self) -> usize {
        copies(&self.folder)
    }
}

#[test]
fn an_installation_is_seen_from_its_first_byte_to_the_stick_that_may_be_taken_out() {
    let desk = Desk::new();
    desk.put("oak.xpack", &desk.oak(1).with_lake("calm"));
    desk.insert();
    let items = desk.look();
    let item = &items[0];
    assert_eq!(
        (item.title.as_str(), item.version.as_str()),
        ("Pack oak", "1 (r1)")
    );
    assert_eq!((item.contents.practices, item.changes.added), (1, 6));
    assert_eq!((&item.refusal, &item.installed_version), (&None, &None));
    desk.actor.install(0, None).unwrap();
    let first = desk.until(|event| match event {
        PacksEvent::Progress(work) => Some(work),
        _ => None,
    });
    assert_eq!(
        (first.doing, first.can_cancel, first.files),
        (Doing::Copying, true, 6)
    );
    assert_eq!(first.total_bytes, item.size_bytes);
    let (_, installed, faults) = desk.serving();
    assert_eq!((installed.len(), faults.len()), (2, 0));
    assert!(matches!(desk.notice(), PackNotice::Installed { title, .. } if title == "Pack oak"));
    desk.stick(StickView::Released);
    assert_eq!(desk.left(), 0);
    // Put in again it is looked at anew, and there is nothing left to install.
    desk.sim.replug(true).unwrap();
    desk.stick(StickView::Ready);
    let again = desk.look();
    assert!(
        again[0]
            .refusal
            .as_ref()
            .unwrap()
            .contains("already installed")
    );
    assert_eq!(again[0].installed_version.as_deref(), Some("1 (r1)"));
}

#[test]
fn what_would_change_is_told_in_words() {
    let desk = Desk::new();
    desk.put("oak.xpack", &desk.oak(1).with_lake("calm"));
    desk.insert();
    desk.install();
    desk.sim.pull();
    desk.stick(StickView::Empty);
    desk.put("oak.xpack", &desk.oak(2));
    desk.insert();
    let items = desk.look();
    let changes = &items[0].changes;
    // The counsellor is called after the version; the soundscape is gone with its texts and its sound.
    assert_eq!((changes.added, changes.changed, changes.removed), (0, 2, 4));
    assert_eq!(
        changes.words,
        ["Removed practice: Lake", "Changed counsellor"]
    );
}

#[test]
fn a_copy_from_a_slow_stick_can_be_cancelled_while_it_is_under_way() {
    let desk = Desk::new();
    desk.put("oak.xpack", &desk.oak(1).with_lake(&"calm".repeat(50_000)));
    desk.insert();
    desk.look();
    desk.sim.fault(StickFault::Slow { bytes_per_s: 2_000 });
    desk.actor.install(0, None).unwrap();
    desk.until(|event| matches!(event, PacksEvent::Progress(_)).then_some(()));
    desk.actor.cancel();
    assert!(
        matches!(desk.notice(), PackNotice::Cancelled { file, doing: Doing::Copying } if file == "oak.xpack")
    );
    assert_eq!(desk.left(), 0);
    desk.sim.well();
    // What was cancelled can be had after all.
    assert!(matches!(desk.install(), PackNotice::Installed { .. }));
}

#[test]
fn a_stick_pulled_during_the_copy_and_one_that_cannot_be_read_are_said() {
    for (words, state) in [
        ("yank oak.xpack 900", StickView::Empty),
        ("bad oak.xpack 900", StickView::Ready),
    ] {
        let desk = Desk::new();
        desk.put("oak.xpack", &desk.oak(1).with_lake(&"calm".repeat(500)));
        desk.insert();
        desk.look();
        desk.sim.fault(words.parse().unwrap());
        desk.actor.install(0, None).unwrap();
        assert!(matches!(desk.notice(), PackNotice::Refused { reason, .. } if !reason.is_empty()));
        desk.stick(state);
        assert_eq!(desk.left(), 0);
    }
}

#[test]
fn going_back_is_told_and_the_stick_may_go_when_the_admin_says_so() {
    let desk = Desk::new();
    for version in [1, 2] {
        desk.put("oak.xpack", &desk.oak(version));
        desk.insert();
        desk.install();
    }
    desk.actor.roll_back(PackId::new("oak").unwrap()).unwrap();
    let (library, installed, _) = desk.serving();
    assert_eq!(library.counsellor().who.get(Lang::En), "oak 1");
    let oak = installed.iter().find(|pack| pack.id == "oak").unwrap();
    assert_eq!(oak.previous.as_deref(), Some("2 (r2)"));
    let notice = desk.notice();
    assert!(matches!(notice, PackNotice::RolledBack { version, .. } if version == "1 (r1)"));
    desk.put("oak.xpack", &desk.oak(3));
    desk.insert();
    desk.actor.release().unwrap();
    desk.stick(StickView::Released);
}

#[test]
fn a_sound_that_cannot_be_read_brings_the_version_before() {
    let desk = Desk::new();
    for version in [1, 2] {
        desk.put("oak.xpack", &desk.oak(version).with_lake("calm water"));
        desk.insert();
        desk.install();
    }
    let path = desk.folder.path().join("packs/oak/2.xpack");
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes
        .windows(10)
        .position(|part| part == b"calm water")
        .unwrap();
    bytes[at] ^= 1;
    let file = std::fs::File::options().write(true).open(&path);
    std::io::Write::write_all(&mut file.unwrap(), &bytes).unwrap();
    let (library, ..) = desk.libraries_now();
    let practice = PracticeId::new("lake").unwrap();
    let file = &library.practice(&practice).unwrap().sound;
    let wanted = Wanted::Practice {
        practice: &practice,
        file,
    };
    assert!(desk.libraries.sound(&library, &wanted).is_err());
    let (now, _, faults) = desk.serving();
    assert_eq!(now.counsellor().who.get(Lang::En), "oak 1");
    assert!(faults[0].contains("gone bad"), "{faults:?}");
    assert!(desk.libraries.sound(&now, &wanted).is_ok());
}

impl Desk {
    /// What serves now, asked by a change of trust that changes nothing.
    fn libraries_now(&self) -> (Arc<Library>, Vec<InstalledPack>, Vec<String>) {
        let same = Trust::roots(vec![self.by.key()]);
        self.actor.trust_changed(same).unwrap();
        self.until(|event| matches!(event, PacksEvent::TrustChanged(_)).then_some(()));
        self.serving()
    }
}

#[test]
fn a_revocation_takes_a_pack_from_the_screen_and_from_the_stick() {
    let desk = Desk::new();
    let school = Publisher::new();
    let trust = |version, revoked: &[&Publisher]| {
        trust_with(&desk.by, version, &[("somebody", &school)], revoked)
    };
    desk.actor.trust_changed(trust(1, &[])).unwrap();
    let path = desk.folder.path().join("stick/oak.xpack");
    std::fs::write(&path, desk.oak(1).signed(&school)).unwrap();
    desk.insert();
    assert!(matches!(desk.install(), PackNotice::Installed { .. }));
    desk.actor.trust_changed(trust(2, &[&school])).unwrap();
    let (library, installed, faults) = desk.serving();
    assert_eq!(library.counsellor().who.get(Lang::En), "starter 5");
    assert_eq!((installed.len(), faults.len()), (1, 1));
    std::fs::write(&path, desk.oak(2).signed(&school)).unwrap();
    desk.insert();
    assert!(desk.look()[0].refusal.as_ref().unwrap().contains("revoked"));
}
