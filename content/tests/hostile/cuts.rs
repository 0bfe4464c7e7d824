//! Every bit of a small pack flipped, every length of it cut, every section moved: counted.

use crate::desk::{Base, Booth, good, good_sections, publisher, verdict};
use crate::keys::Key;
use std::io::Write;
use xinting_content::pack::signature::trusted_comment;

#[test]
fn our_own_layout_is_the_librarys() {
    for base in [Base::Starter, Base::School] {
        let bytes = good(base);
        let pack = crate::desk::open(bytes.clone(), &Booth::trusting_the_publisher()).unwrap();
        let mut files = Vec::new();
        for entry in &pack.manifest().entries {
            let (entry, stored) = pack.read_stored(&entry.member.name).unwrap();
            files.push((entry.clone(), stored));
        }
        let mut again = Vec::new();
        xinting_content::pack::write(&mut again, pack.manifest_bytes(), pack.signatures(), &files)
            .unwrap();
        assert_eq!(again, bytes);
        assert_eq!(pack.manifest().to_bytes(), pack.manifest_bytes());
    }
}

/// A pack with two signatures, as small as it gets.
fn twice_signed() -> (Vec<u8>, Booth) {
    let case = crate::desk::Case::new("", "", "")
        .signed(move |s| s.by(&[&publisher(), &Key::named("second")]));
    (
        case.make().0,
        Booth::trusting(&[publisher(), Key::named("second")]),
    )
}

#[test]
fn every_flipped_bit_of_a_pack_with_two_signatures_is_refused() {
    let (bytes, booth) = twice_signed();
    verdict(bytes.clone(), &booth).unwrap();
    let mut tried = bytes.clone();
    let mut refused = 0;
    for byte in 0..tried.len() {
        for bit in 0..8 {
            tried[byte] ^= 1 << bit;
            assert!(
                crate::desk::open(tried.clone(), &booth).is_err(),
                "byte {byte}, bit {bit}"
            );
            refused += 1;
            tried[byte] ^= 1 << bit;
        }
    }
    assert_eq!(refused, bytes.len() * 8);
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "bits flipped in a pack of {} bytes with two signatures: {refused} refused, 0 accepted",
        bytes.len()
    )
    .unwrap();
}

#[test]
fn every_length_of_a_pack_with_two_signatures_is_refused() {
    let (bytes, booth) = twice_signed();
    for length in 0..bytes.len() {
        assert!(
            crate::desk::open(bytes[..length].to_vec(), &booth).is_err(),
            "cut to {length}"
        );
    }
    let mut longer = bytes.clone();
    for more in 1..=64 {
        longer.push(0);
        assert!(
            crate::desk::open(longer.clone(), &booth).is_err(),
            "{more} bytes more"
        );
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "cuts of a pack of {0} bytes: {0} refused, 0 accepted; and 64 lengths beyond it",
        bytes.len()
    )
    .unwrap();
}

/// The larger pack, cut at the beginning of every section and one byte either side; and each section taken out or doubled.
#[test]
fn every_section_of_a_larger_pack_cut_taken_out_or_doubled_is_refused() {
    let booth = Booth::trusting_the_publisher();
    let (bytes, places) = good_sections(Base::Starter);
    verdict(bytes.clone(), &booth).unwrap();
    let mut edges: Vec<usize> = places.members.concat();
    edges.extend(&places.entries);
    edges.extend([places.end, bytes.len()]);
    edges.sort_unstable();
    edges.dedup();
    let (mut cuts, mut moved) = (0, 0);
    for &edge in &edges {
        for length in edge.saturating_sub(1)..=edge + 1 {
            if length >= bytes.len() {
                continue;
            }
            let Err(error) = crate::desk::open(bytes[..length].to_vec(), &booth) else {
                panic!("cut to {length} and accepted");
            };
            let said = error.to_string();
            assert!(
                length == 0 || said.contains("truncated"),
                "cut to {length}: {said}"
            );
            cuts += 1;
        }
    }
    for pair in edges.windows(2) {
        let section = bytes[pair[0]..pair[1]].to_vec();
        let mut without = bytes.clone();
        without.drain(pair[0]..pair[1]);
        let mut twice = bytes.clone();
        twice.splice(pair[0]..pair[0], section);
        for tried in [without, twice] {
            assert!(
                crate::desk::open(tried, &booth).is_err(),
                "the section at {}",
                pair[0]
            );
            moved += 1;
        }
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "sections of a pack of {} bytes: {} edges, {cuts} cuts and {moved} sections taken out or doubled refused, 0 accepted",
        bytes.len(),
        edges.len()
    )
    .unwrap();
}

/// What must be accepted however odd it looks: sixteen signers, and the same pack again.
#[test]
fn what_only_looks_hostile_is_accepted() {
    let keys: Vec<Key> = (0..16)
        .map(|n| Key::named(&format!("signer {n}")))
        .collect();
    let signers = keys.clone();
    let case = crate::desk::Case::new("", "", "")
        .signed(move |s| s.by(&signers.iter().collect::<Vec<&Key>>()));
    let (bytes, mut booth) = (case.make().0, Booth::trusting(&keys));
    verdict(bytes.clone(), &booth).unwrap();
    for lowest in 0..=3 {
        booth.lowest = Some(lowest);
        verdict(bytes.clone(), &booth).unwrap();
    }
    assert_eq!(
        trusted_comment("our-school", 3),
        "pack our-school version 3"
    );
}
