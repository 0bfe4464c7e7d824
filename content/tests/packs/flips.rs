//! Every bit of a small pack flipped, every length of it cut: each one is refused.

use crate::sample::{Signer, assemble, build, full, open, parts, tiny};
use proptest::prelude::*;
use xinting_content::PackError;

#[test]
fn any_flipped_bit_is_refused() {
    let signer = Signer::new();
    // Two signatures, so that the bits of a further one are tried as well.
    let pack = assemble(&parts(&tiny()), &[&signer, &signer]);
    open(&pack, &signer).unwrap();
    let mut tried = pack.clone();
    for byte in 0..tried.len() {
        for bit in 0..8 {
            tried[byte] ^= 1 << bit;
            assert!(open(&tried, &signer).is_err(), "byte {byte}, bit {bit}");
            tried[byte] ^= 1 << bit;
        }
    }
}

#[test]
fn any_truncation_is_refused_and_called_that() {
    let signer = Signer::new();
    let pack = build(&tiny(), &signer);
    for length in 0..pack.len() {
        match open(&pack[..length], &signer) {
            Err(PackError::Truncated { found, expected }) => {
                assert_eq!(found, length as u64);
                assert!(expected.is_none_or(|whole| whole == pack.len() as u64));
            }
            Err(PackError::NotAPack { .. }) => assert_eq!(length, 0),
            other => panic!("cut to {length}: {other:?}"),
        }
    }
}

#[test]
fn bytes_after_the_end_are_refused() {
    let signer = Signer::new();
    let mut pack = build(&tiny(), &signer);
    pack.push(0);
    assert!(matches!(
        open(&pack, &signer),
        Err(PackError::Altered { .. })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_run_of_other_bytes_in_a_whole_pack_is_refused(
        at in any::<prop::sample::Index>(),
        run in prop::collection::vec(any::<u8>(), 1..64),
    ) {
        let signer = Signer::new();
        let pack = build(&full(), &signer);
        let mut tried = pack.clone();
        let at = at.index(pack.len());
        for (byte, other) in tried[at..].iter_mut().zip(run) {
            *byte = other;
        }
        prop_assert_eq!(open(&tried, &signer).is_ok(), tried == pack);
    }
}
