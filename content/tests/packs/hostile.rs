//! Bytes from nowhere: nothing panics, nothing is accepted.

use crate::sample::{Files, Signer, build, full, open, tiny};
use proptest::prelude::*;
use xinting_content::{Library, PublicKey};

/// Pieces that parsers of numbers, times and texts have stumbled over.
const PIECES: &[&str] = &[
    "-2147483648",
    "2147483647",
    "-9223372036854775808",
    "9223372036854775807",
    "18446744073709551615",
    "1e400",
    "nan",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "=",
    "[",
    "]]",
    "[[items]]\n",
    "{",
    "\"\"\"",
    "'",
    "\n",
    "\r",
    "-->",
    "9999:59:59.999",
    "00:00.000 --> 00:00.001",
    ":",
    "23:59",
    "> > > - # ",
    "![](",
    "<!--",
    "&#0;",
    "心",
    "",
];

fn broken(source: Files, place: usize, at: prop::sample::Index, cut: usize, piece: &str) -> Files {
    let (name, bytes) = source.0.iter().nth(place % source.0.len()).unwrap();
    let (name, mut bytes) = (name.clone(), bytes.clone());
    let at = at.index(bytes.len() + 1);
    let end = (at + cut).min(bytes.len());
    bytes.splice(at..end, piece.bytes());
    let mut files = source;
    files.0.insert(name, bytes);
    files
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

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
    fn broken_files_give_faults_and_never_a_panic(
        edits in prop::collection::vec(
            (any::<usize>(), any::<prop::sample::Index>(), 0usize..40, prop::sample::select(PIECES)),
            1..4,
        ),
    ) {
        let mut files = full();
        for (place, at, cut, piece) in edits {
            files = broken(files, place, at, cut, piece);
        }
        match files.layer() {
            Ok(layer) => drop(Library::from_layers(&[&layer])),
            Err(faults) => prop_assert!(!faults.is_empty()),
        }
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
