//! Names of things in packs: lower-case letters, digits and hyphens, 1 to 64 bytes.

use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes a name of lower-case letters, digits and hyphens, 1 to 64 bytes, that starts
            /// and ends with a letter or digit; `None` for any other.
            pub fn new(name: &str) -> Option<Self> {
                is_id(name).then(|| Self(name.to_owned()))
            }

            /// The name itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A pack, for instance `starter`.
    PackId,
    /// An instrument or check-in, for instance `gad-7`.
    InstrumentId,
    /// An article.
    ArticleId,
    /// A practice.
    PracticeId,
    /// A bed of sound, for instance `rain`.
    BedId,
    /// A hotline.
    LineId,
}

fn is_id(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = name.as_bytes();
    (1..=64).contains(&bytes.len())
        && bytes.iter().all(|&b| plain(b) || b == b'-')
        && bytes.first().is_some_and(|&b| plain(b))
        && bytes.last().is_some_and(|&b| plain(b))
}

#[cfg(test)]
mod tests {
    use super::PackId;

    #[test]
    fn only_plain_names_are_ids() {
        let longest = "a".repeat(64);
        for good in ["a", "phq-a", "0", "a--b", &longest] {
            assert_eq!(PackId::new(good).unwrap().as_str(), good);
        }
        let longer = "a".repeat(65);
        for bad in [
            "", "-", "-a", "a-", "A", "a_b", "a.b", "../a", "心", "a b", &longer,
        ] {
            assert_eq!(PackId::new(bad), None, "{bad}");
        }
    }
}
