//! Bytes from nowhere: nothing panics, nothing is accepted.

use crate::sample::{Signer, build, open, tiny};
use proptest::prelude::*;
use xinting_content::PublicKey;

proptest! {
    #[test]
    fn bytes_from_nowhere_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert!(open(&bytes, &Signer::new()).is_err());
    }

    #[test]
    fn bytes_behind_a_zip_header_are_refused(
        sizes in any::<[u32; 3]>(),
        name in prop::sample::select(vec!["manifest.json", "manifest.json.minisig", "x"]),
        rest in prop::collection::vec(any::<u8>(), 0..500),
    ) {
        let mut bytes = b"PK\x03\x04\x14\0\0\0\0\0\0\0\x21\0".to_vec();
        for size in sizes {
            bytes.extend(size.to_le_bytes());
        }
        bytes.extend((name.len() as u32).to_le_bytes());
        bytes.extend(name.as_bytes());
        bytes.extend(rest);
        prop_assert!(open(&bytes, &Signer::new()).is_err());
    }

    #[test]
    fn a_good_pack_spliced_with_itself_is_refused(
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        length in 1usize..200,
    ) {
        let signer = Signer::new();
        let pack = build(&tiny(), &signer);
        let (from, to) = (from.index(pack.len()), to.index(pack.len()));
        let piece = pack[from..(from + length).min(pack.len())].to_vec();
        let mut tried = pack.clone();
        tried.splice(to..to, piece);
        prop_assert!(open(&tried, &signer).is_err());
    }

    #[test]
    fn no_text_is_a_public_key_by_accident(text in ".{0,100}") {
        prop_assert!(PublicKey::parse(&text).is_err());
    }
}

#[test]
fn another_zip_and_other_files_are_not_packs() {
    let signer = Signer::new();
    let empty_zip = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    for bytes in [&b""[..], b"hello", empty_zip, b"PK", b"\x89PNG\r\n\x1a\n"] {
        let error = open(bytes, &signer).unwrap_err().to_string();
        assert!(
            error.contains("not a pack") || error.contains("truncated"),
            "{error}"
        );
    }
}
