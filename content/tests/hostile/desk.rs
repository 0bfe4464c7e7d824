//! Where a hostile pack is made: a good pack, one change to it at one stage of its making, and what a booth then says.

use crate::keys::Key;
use crate::sample::{self, Files};
use crate::zip::{Part, Places, Zip};
use std::io::Cursor;
use xinting_content::pack::archive::Member;
use xinting_content::pack::signature::{file_name, trusted_comment};
use xinting_content::pack::{Entry, Manifest};
use xinting_content::trust::Trust;
use xinting_content::{Layer, Library, PackError, PackInfo, PackKind, Source, VerifiedPack};

/// The good pack that a change begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Base {
    /// A starter pack with one of everything.
    Starter,
    /// A school's own counsellor, laid over the starter pack.
    School,
}

impl Base {
    pub(crate) fn files(self) -> Files {
        match self {
            Base::Starter => sample::starter(),
            Base::School => sample::school(),
        }
    }
}

/// The manifest as it will be signed, and the signatures as they will lie in the pack.
pub(crate) struct Signed {
    pub(crate) manifest: Vec<u8>,
    pub(crate) comment: String,
    pub(crate) texts: Vec<Vec<u8>>,
}

impl Signed {
    /// Puts other signatures in place of the good one.
    pub(crate) fn by(&mut self, keys: &[&Key]) {
        let sign = |key: &&Key| key.sign(&self.manifest, &self.comment).into_bytes();
        self.texts = keys.iter().map(sign).collect();
    }

    /// Edits the text of the only signature, which must hold `from`.
    pub(crate) fn edit(&mut self, from: &str, to: &str) {
        let text = String::from_utf8(self.texts[0].clone()).unwrap();
        assert!(text.contains(from), "no {from} in the signature");
        self.texts[0] = text.replacen(from, to, 1).into_bytes();
    }
}

/// What a booth knows before the pack comes.
#[derive(Clone)]
pub(crate) struct Booth {
    pub(crate) trust: Trust,
    pub(crate) lowest: Option<u64>,
}

impl Booth {
    pub(crate) fn trusting_the_publisher() -> Booth {
        Booth::trusting(&[publisher()])
    }

    /// A booth in whose `trust/` lie these keys.
    pub(crate) fn trusting(roots: &[Key]) -> Booth {
        Booth {
            trust: Trust::roots(roots.iter().map(Key::public).collect()),
            lowest: None,
        }
    }
}

/// The key that every good pack is signed with.
pub(crate) fn publisher() -> Key {
    Key::named("publisher")
}

type Do<T> = Box<dyn Fn(&mut T)>;

/// One change, at the stage of the making where it is done. All later stages are done properly.
pub(crate) enum Change {
    Files(Do<Files>),
    Entries(Do<Vec<(Entry, Vec<u8>)>>),
    Info(Do<PackInfo>),
    Manifest(Do<Vec<u8>>),
    Signed(Do<Signed>),
    Zip(Do<Zip>),
    Booth(Do<Booth>),
}

/// One hostile pack.
pub(crate) struct Case {
    pub(crate) family: &'static str,
    pub(crate) name: String,
    /// What is done to the good pack, in one line.
    pub(crate) what: String,
    pub(crate) base: Base,
    pub(crate) changes: Vec<Change>,
    /// The variant of the error, and a piece of its sentence.
    pub(crate) refused: (&'static str, String),
}

impl Case {
    pub(crate) fn new(
        family: &'static str,
        name: impl Into<String>,
        what: impl Into<String>,
    ) -> Case {
        Case {
            family,
            name: name.into(),
            what: what.into(),
            base: Base::School,
            changes: Vec::new(),
            refused: ("", String::new()),
        }
    }

    pub(crate) fn on(mut self, base: Base) -> Case {
        self.base = base;
        self
    }

    fn with(mut self, change: Change) -> Case {
        self.changes.push(change);
        self
    }

    pub(crate) fn files(self, change: impl Fn(&mut Files) + 'static) -> Case {
        self.with(Change::Files(Box::new(change)))
    }

    pub(crate) fn entries(self, change: impl Fn(&mut Vec<(Entry, Vec<u8>)>) + 'static) -> Case {
        self.with(Change::Entries(Box::new(change)))
    }

    pub(crate) fn info(self, change: impl Fn(&mut PackInfo) + 'static) -> Case {
        self.with(Change::Info(Box::new(change)))
    }

    pub(crate) fn manifest(self, change: impl Fn(&mut Vec<u8>) + 'static) -> Case {
        self.with(Change::Manifest(Box::new(change)))
    }

    /// Replaces one piece of the manifest's text, which must be there.
    pub(crate) fn manifest_text(self, from: &'static str, to: impl Into<String>) -> Case {
        let to = to.into();
        self.manifest(move |bytes| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert!(text.contains(from), "no {from} in {text}");
            *bytes = text.replacen(from, &to, 1).into_bytes();
        })
    }

    pub(crate) fn signed(self, change: impl Fn(&mut Signed) + 'static) -> Case {
        self.with(Change::Signed(Box::new(change)))
    }

    pub(crate) fn zip(self, change: impl Fn(&mut Zip) + 'static) -> Case {
        self.with(Change::Zip(Box::new(change)))
    }

    pub(crate) fn booth(self, change: impl Fn(&mut Booth) + 'static) -> Case {
        self.with(Change::Booth(Box::new(change)))
    }

    pub(crate) fn refused(mut self, variant: &'static str, saying: impl Into<String>) -> Case {
        self.refused = (variant, saying.into());
        self
    }

    /// The pack's bytes and the booth it comes to.
    pub(crate) fn make(&self) -> (Vec<u8>, Booth) {
        make(self.base, &self.changes)
    }
}

/// The good pack.
pub(crate) fn good(base: Base) -> Vec<u8> {
    make(base, &[]).0
}

/// The good pack with its sections.
pub(crate) fn good_sections(base: Base) -> (Vec<u8>, Places) {
    zip(base, &[]).0.lay_out()
}

fn make(base: Base, changes: &[Change]) -> (Vec<u8>, Booth) {
    let (zip, booth) = zip(base, changes);
    (zip.bytes(), booth)
}

fn zip(base: Base, changes: &[Change]) -> (Zip, Booth) {
    let mut files = base.files();
    // What the manifest says about the pack is what the good one says.
    let mut info = Layer::read(&files)
        .unwrap_or_else(|faults| panic!("{faults:#?}"))
        .info;
    let mut booth = Booth::trusting_the_publisher();
    for change in changes {
        match change {
            Change::Files(change) => change(&mut files),
            Change::Info(change) => change(&mut info),
            Change::Booth(change) => change(&mut booth),
            _ => {}
        }
    }
    let mut entries: Vec<(Entry, Vec<u8>)> = files
        .0
        .iter()
        .map(|(name, bytes)| Entry::pack(name, bytes, files.gain_db(name)).unwrap())
        .collect();
    for change in changes {
        if let Change::Entries(change) = change {
            change(&mut entries);
        }
    }
    let comment = trusted_comment(info.id.as_str(), info.version);
    let listed = entries.iter().map(|(entry, _)| entry.clone()).collect();
    let mut manifest = Manifest {
        info,
        entries: listed,
    }
    .to_bytes();
    for change in changes {
        if let Change::Manifest(change) = change {
            change(&mut manifest);
        }
    }
    let mut signed = Signed {
        manifest,
        comment,
        texts: Vec::new(),
    };
    signed.by(&[&publisher()]);
    for change in changes {
        if let Change::Signed(change) = change {
            change(&mut signed);
        }
    }
    let mut parts = vec![Part::stored("manifest.json", &signed.manifest)];
    for (number, text) in (1..).zip(&signed.texts) {
        parts.push(Part::stored(&file_name(number), text));
    }
    parts.extend(
        entries
            .iter()
            .map(|(entry, data)| Part::of(&entry.member, data)),
    );
    let mut zip = Zip {
        parts,
        ..Zip::default()
    };
    for change in changes {
        if let Change::Zip(change) = change {
            change(&mut zip);
        }
    }
    (zip, booth)
}

/// What a booth says to the file: signatures and every byte, not what is in it.
pub(crate) fn open(bytes: Vec<u8>, booth: &Booth) -> Result<VerifiedPack, PackError> {
    VerifiedPack::open(Cursor::new(bytes), &booth.trust, booth.lowest)
}

/// What a booth says to a pack: verified, read, and layered as it would be installed. An error is the name of its variant
/// and its sentence.
pub(crate) fn verdict(bytes: Vec<u8>, booth: &Booth) -> Result<Library, (String, String)> {
    let pack = open(bytes, booth).map_err(told)?;
    let layer = pack.layer().map_err(told)?;
    if layer.info.kind == PackKind::Starter {
        return Library::from_layers(&[&layer]).map_err(told);
    }
    let below = Layer::read(&Base::Starter.files()).unwrap();
    Library::from_layers(&[&below, &layer]).map_err(told)
}

fn told<E: std::error::Error>(error: E) -> (String, String) {
    let variant: String = format!("{error:?}")
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    (variant, error.to_string())
}

/// A stored member's bytes, for whoever builds one beside the pack's own.
pub(crate) fn member(name: &str, bytes: &[u8]) -> Member {
    Member::stored(name, bytes).unwrap()
}
