//! The small text files of a pack's folder. Each has one spelling only, so that a flipped bit in it is seen.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What a small file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kept<T> {
    /// There is none.
    Absent,
    /// It says this.
    Known(T),
    /// It cannot be read, or says nothing that makes sense.
    Broken,
}

impl<T> Kept<T> {
    pub(crate) fn known(self) -> Option<T> {
        match self {
            Self::Known(known) => Some(known),
            Self::Absent | Self::Broken => None,
        }
    }
}

/// A value with exactly one text.
pub(super) trait Text: Sized {
    fn write(&self) -> String;

    /// The value whose text this is; `None` for any other text.
    fn read(text: &str) -> Option<Self>;
}

/// Which of a pack's files serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// An installed version.
    Installed(u64),
    /// The pack that came with the image.
    Image,
    /// None: a pack that was new here was taken out of service.
    Nothing,
}

/// What `current` says: the admin's last choice.
///
/// Its first line is the version that serves, `image`, or `none` for a pack that was taken out of service; then, where there are any, `kept N`, the other version on
/// disk, and `image N`, the image's version at that time: a later image is newer than the choice, an equal one was
/// passed over on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pointer {
    pub(crate) serves: Choice,
    pub(crate) kept: Option<u64>,
    pub(crate) image: Option<u64>,
}

impl Text for Pointer {
    fn write(&self) -> String {
        let mut text = match self.serves {
            Choice::Installed(version) => format!("{version}\n"),
            Choice::Image => "image\n".to_owned(),
            Choice::Nothing => "none\n".to_owned(),
        };
        for (word, version) in [("kept", self.kept), ("image", self.image)] {
            if let Some(version) = version {
                let _always = writeln!(text, "{word} {version}");
            }
        }
        text
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let serves = match lines.next()? {
            "image" => Choice::Image,
            "none" => Choice::Nothing,
            version => Choice::Installed(number(version)?),
        };
        let mut pointer = Self {
            serves,
            kept: None,
            image: None,
        };
        for line in lines {
            match line.split_once(' ')? {
                ("kept", version) => pointer.kept = Some(number(version)?),
                ("image", version) => pointer.image = Some(number(version)?),
                _ => return None,
            }
        }
        (pointer.write() == text).then_some(pointer)
    }
}

/// What `ratchet` says: for each publisher the highest version of this pack that was ever installed here. One line
/// each, `publisher version`, by publisher.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Ratchet(BTreeMap<String, u64>);

impl Ratchet {
    /// The highest version of this publisher.
    pub(crate) fn of(&self, publisher: &str) -> Option<u64> {
        self.0.get(publisher).copied()
    }

    /// Raises it; whether that changed anything. It never falls.
    pub(crate) fn raise(&mut self, publisher: &str, version: u64) -> bool {
        let before = self.of(publisher);
        if before >= Some(version) {
            return false;
        }
        self.0.insert(publisher.to_owned(), version);
        true
    }

    /// Whose packs have been installed under this id.
    pub(crate) fn publishers(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Text for Ratchet {
    fn write(&self) -> String {
        let mut text = String::new();
        for (publisher, version) in &self.0 {
            let _always = writeln!(text, "{publisher} {version}");
        }
        text
    }

    fn read(text: &str) -> Option<Self> {
        let mut ratchet = Self::default();
        for line in text.lines() {
            let (publisher, version) = line.split_once(' ')?;
            xinting_content::PackId::new(publisher)?;
            ratchet.0.insert(publisher.to_owned(), number(version)?);
        }
        // An empty file is what a torn write leaves, not what anybody wrote.
        (!ratchet.0.is_empty() && ratchet.write() == text).then_some(ratchet)
    }
}

/// What `image.bad` says: which file of the image went bad. Another image is another file and not marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ImageMark {
    pub(crate) version: u64,
    pub(crate) size_bytes: u64,
    /// When the file was written last, in seconds since 1970.
    pub(crate) written_s: u64,
}

impl Text for ImageMark {
    fn write(&self) -> String {
        format!("{} {} {}\n", self.version, self.size_bytes, self.written_s)
    }

    fn read(text: &str) -> Option<Self> {
        let mut words = text.strip_suffix('\n')?.split(' ').map(number);
        let mark = Self {
            version: words.next()??,
            size_bytes: words.next()??,
            written_s: words.next()??,
        };
        (mark.write() == text).then_some(mark)
    }
}

/// A number in its one spelling.
pub(super) fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_has_one_spelling() {
        let good = [
            "2\n",
            "image\n",
            "6\nkept 4\n",
            "6\nimage 5\n",
            "image\nkept 6\nimage 5\n",
            "none\nkept 6\n",
        ];
        for text in good {
            assert_eq!(Pointer::read(text).unwrap().write(), text);
        }
        let bad = [
            "",
            "\n",
            "2",
            "02\n",
            "+2\n",
            "2 \n",
            "two\n",
            "nothing\n",
            "none",
            "2\r\n",
            "99999999999999999999999999\n",
            "2\nkept\n",
            "2\nkept 1",
            "2\nkept 1\nkept 1\n",
            "2\nimage 5\nkept 1\n",
            "2\nkept 1\n\n",
            "\0\0\n",
        ];
        for text in bad {
            assert_eq!(Pointer::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_ratchet_only_rises() {
        let mut ratchet = Ratchet::read("city 4\noak 2\n").unwrap();
        assert!(!ratchet.raise("city", 3));
        assert!(!ratchet.raise("city", 4));
        assert!(ratchet.raise("city", 9));
        assert!(ratchet.raise("elm", 1));
        assert_eq!(ratchet.write(), "city 9\nelm 1\noak 2\n");
        assert_eq!(ratchet.of("oak"), Some(2));
        assert_eq!(ratchet.of("nobody"), None);
        for text in [
            "",
            "city\n",
            "city 4",
            "city -4\n",
            "oak 2\ncity 4\n",
            "Ci.ty 4\n",
            "city 4\ncity 4\n",
        ] {
            assert_eq!(Ratchet::read(text), None, "{text:?}");
        }
    }
}
