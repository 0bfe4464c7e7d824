//! What is read of a pack before it is copied: its head, bounded, and nothing else.

use crate::sample::{Signer, build, full, tiny};
use xinting_content::{Glance, PackError};

/// A file that tells how much of it was read, and fails beyond a place.
struct Watched<'a> {
    bytes: &'a [u8],
    read: &'a mut usize,
    bad_from: usize,
}

impl std::io::Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if *self.read >= self.bad_from {
            return Err(std::io::Error::other("a bad sector"));
        }
        let end = self.bytes.len().min(self.bad_from);
        let count = buffer.len().min(end - *self.read);
        buffer[..count].copy_from_slice(&self.bytes[*self.read..*self.read + count]);
        *self.read += count;
        Ok(count)
    }
}

#[test]
fn a_glance_reads_the_head_and_no_further() {
    let root = Signer::new();
    let pack = build(&full().put("sounds/lake.flac", &"x".repeat(100_000)), &root);
    let glance = |length: u64, bad_from: usize| {
        let mut read = 0;
        let bytes = Watched {
            bytes: &pack,
            read: &mut read,
            bad_from,
        };
        let found = Glance::read(bytes, length, &root.trust());
        (found, read)
    };
    let whole = pack.len() as u64;
    let (found, read) = glance(whole, usize::MAX);
    let found = found.unwrap();
    assert_eq!(found.expected_length(), whole);
    assert_eq!(found.manifest().info.id.as_str(), "little");
    assert!(read as u64 <= found.files_begin() + 200, "{read} bytes");
    assert!(glance(whole, read).0.is_ok());
    for bad_from in [0, 3, 29, 40, 500, read - 200] {
        assert!(matches!(glance(whole, bad_from).0, Err(PackError::Io(_))));
    }
    assert!(matches!(
        glance(whole - 1, read).0,
        Err(PackError::Truncated { expected: Some(expected), .. }) if expected == whole
    ));
    assert!(matches!(
        glance(whole + 1, read).0,
        Err(PackError::Altered { .. })
    ));
    assert!(matches!(
        glance(u64::MAX, read).0,
        Err(PackError::TooLarge { .. })
    ));
    // Another pack of the same id and version is another pack.
    let second = build(&tiny(), &root);
    let second = Glance::read(second.as_slice(), second.len() as u64, &root.trust()).unwrap();
    assert_ne!(second.manifest_sha256(), found.manifest_sha256());
}
