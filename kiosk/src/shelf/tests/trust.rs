//! Whom the booth trusts changes while it runs: what may no longer serve stops, and the id stays its publisher's.

use super::maker::trust_with;
use super::*;

/// The booth's root, and two publishers that a key list names.
struct Keys {
    booth: Booth,
    school: Publisher,
    other: Publisher,
}

impl Keys {
    fn new() -> Self {
        Self {
            booth: Booth::new(),
            school: Publisher::new(),
            other: Publisher::new(),
        }
    }

    fn trust(&self, version: u64, revoked: &[&Publisher]) -> Trust {
        let publishers = [("somebody", &self.school), ("other", &self.other)];
        trust_with(&self.booth.publisher, version, &publishers, revoked)
    }

    fn oak(&self, version: u64) -> Vec<u8> {
        Sources::new("oak", "school", version).signed(&self.school)
    }
}

#[test]
fn a_revoked_keys_pack_stops_serving_at_once_and_after_a_restart() {
    let keys = Keys::new();
    let (mut shelf, _) = keys.booth.open_trusting(keys.trust(1, &[]));
    // Version 1 is by the root, 2 by the publisher.
    keys.booth
        .install(&mut shelf, &keys.booth.school(1))
        .unwrap();
    keys.booth.install(&mut shelf, &keys.oak(2)).unwrap();
    let name = shelf.serving()[1].publisher_name.clone().unwrap();
    assert_eq!(name.get(Lang::En), "Publisher somebody");
    assert!(shelf.set_trust(keys.trust(2, &[])).0.is_none());
    let (shown, notices) = shelf.set_trust(keys.trust(3, &[&keys.school]));
    assert_eq!(who(&shown.unwrap()), "oak 1");
    let [
        ShelfNotice::NotUsable {
            version: 2,
            instead: Some(1),
            reason: PackError::Revoked { .. },
            ..
        },
    ] = &notices[..]
    else {
        panic!("{notices:?}")
    };
    // One cannot go back to it, and no stick brings it again.
    assert!(shelf.roll_back(&oak()).is_err());
    let refused = keys.booth.install(&mut shelf, &keys.oak(3)).unwrap_err();
    assert!(matches!(
        refused,
        ShelfError::Pack(PackError::Revoked { .. })
    ));
    drop(shelf);
    let revoked = keys.trust(3, &[&keys.school]);
    let (shelf, notices) = keys.booth.open_trusting(revoked);
    assert_eq!(who(&shelf.library().unwrap()), "oak 1");
    assert_eq!(notices.len(), 1, "{notices:?}");
}

#[test]
fn where_nothing_below_is_there_the_pack_is_gone_and_its_id_stays_taken() {
    let keys = Keys::new();
    let (mut shelf, _) = keys.booth.open_trusting(keys.trust(1, &[]));
    keys.booth.install(&mut shelf, &keys.oak(2)).unwrap();
    let (shown, _) = shelf.set_trust(keys.trust(2, &[&keys.school]));
    assert_eq!(who(&shown.unwrap()), "starter 5");
    let taken_over = Sources::new("oak", "school", 9)
        .published_by("other")
        .signed(&keys.other);
    let refused = keys.booth.install(&mut shelf, &taken_over).unwrap_err();
    assert!(matches!(refused, ShelfError::OtherPublisher { .. }));
    // The publisher's own ratchet stands, for the root's signature too.
    let older = sentence(keys.booth.install(&mut shelf, &keys.booth.school(1)));
    assert!(older.contains("older"), "{older}");
    keys.booth
        .install(&mut shelf, &keys.booth.school(2))
        .unwrap();
}

#[test]
fn a_booth_never_loses_its_library_to_a_key_list() {
    let keys = Keys::new();
    let starter = Sources::starter(6).signed(&keys.school);
    keys.booth.write("image/starter.xpack", &starter);
    let (mut shelf, _) = keys.booth.open_trusting(keys.trust(1, &[]));
    assert_eq!(who(&shelf.library().unwrap()), "starter 6");
    let (shown, notices) = shelf.set_trust(keys.trust(2, &[&keys.school]));
    assert!(shown.is_none());
    assert!(
        matches!(notices.last(), Some(ShelfNotice::KeptInMemory { .. })),
        "{notices:?}"
    );
    assert_eq!(who(&shelf.library().unwrap()), "starter 6");
    // What a stick brings next mends it.
    let mended = Sources::starter(7).signed(&keys.booth.publisher);
    assert_eq!(
        who(&keys.booth.install(&mut shelf, &mended).unwrap()),
        "starter 7"
    );
}

#[test]
fn an_id_is_its_publishers_and_only_a_root_hands_it_on() {
    let keys = Keys::new();
    let (mut shelf, _) = keys.booth.open_trusting(keys.trust(1, &[]));
    keys.booth.install(&mut shelf, &keys.oak(5)).unwrap();
    let others = |version| Sources::new("oak", "school", version).published_by("other");
    let refused = keys
        .booth
        .install(&mut shelf, &others(9).signed(&keys.other))
        .unwrap_err();
    assert!(
        matches!(&refused, ShelfError::OtherPublisher { publisher } if publisher == "somebody")
    );
    assert!(refused.sentence(Lang::ZhCn).contains("somebody"));
    // A root may, with any version: each publisher has a ratchet of its own.
    keys.booth
        .install(&mut shelf, &others(1).signed(&keys.booth.publisher))
        .unwrap();
    let ratchet = fs::read_to_string(keys.booth.path("packs/oak/ratchet")).unwrap();
    assert_eq!(ratchet, "other 1\nsomebody 5\n");
    assert!(matches!(
        keys.booth.install(&mut shelf, &keys.oak(6)),
        Err(ShelfError::OtherPublisher { .. })
    ));
    drop(shelf);
    let (shelf, notices) = keys.booth.open_trusting(keys.trust(1, &[]));
    assert!(notices.is_empty(), "{notices:?}");
    assert_eq!(shelf.serving()[1].publisher, "other");
}
