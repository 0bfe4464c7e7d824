//! Small signed packs with a sound in each, made on the spot.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use xinting_content::pack::signature::trusted_comment;
use xinting_content::pack::{self, Entry, Manifest};
use xinting_content::{Layer, PublicKey, Source, Trust};

/// Bytes of the sound in a pack: several pages, so that a copy is several writes.
const SOUND_BYTES: u64 = 30_000;

/// Whoever signs the packs of a test.
#[derive(Debug)]
pub struct Publisher(minisign::KeyPair);

/// What is in a pack, by name, before it is packed.
struct Files(BTreeMap<String, Vec<u8>>);

impl Source for Files {
    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.0.get(name).cloned())
    }

    fn gain_db(&self, _sound: &str) -> Option<f32> {
        None
    }

    fn is_built(&self) -> bool {
        false
    }
}

/// Words in both languages.
fn words(key: &str, zh: &str, en: &str) -> String {
    format!("{key} = {{ zh = \"{zh}\", en = \"{en}\" }}\n")
}

impl Publisher {
    /// A new key.
    ///
    /// # Panics
    /// If the system gives no randomness.
    #[must_use]
    pub fn new() -> Self {
        Self(minisign::KeyPair::generate_unencrypted_keypair().expect("there is randomness"))
    }

    /// A booth's trust in this key alone.
    ///
    /// # Panics
    /// Never: the key was just made.
    #[must_use]
    pub fn trust(&self) -> Trust {
        let key = PublicKey::parse(&self.key_text());
        Trust::roots(vec![key.expect("our own key reads back")])
    }

    /// What stands in its `.pub` file.
    ///
    /// # Panics
    /// Never: a key has a text.
    #[must_use]
    pub fn key_text(&self) -> String {
        let text = self.0.pk.to_box().expect("a key has a text");
        text.to_string()
    }

    /// The pack every booth begins with: support, one hotline.
    #[must_use]
    pub fn starter(&self) -> Vec<u8> {
        let mut files = head("starter", "starter", 1);
        let support = [
            "thanks",
            "beside_you",
            "adult_title",
            "adult_who",
            "adult_say",
            "call_say",
        ];
        let support: String = support
            .iter()
            .map(|key| words(key, "我们在", "We are here"))
            .collect();
        files.insert("support.toml".to_owned(), support.into_bytes());
        let mut line = "[[line]]\nid = \"day\"\nnumber = \"0000001\"\n".to_owned();
        line += &words("name", "白天的线", "Day line");
        line += &words("answers", "老师", "A teacher");
        line += &words("note", "不收钱", "Free");
        line += &words("hours_words", "白天", "By day");
        line += "hours = [{ days = [\"mon\", \"sun\"], from = \"08:00\", to = \"20:00\" }]\n";
        line += "priority = 1\nemergency = false\nverified = \"2026-11-01\"\n";
        files.insert("hotlines.toml".to_owned(), line.into_bytes());
        self.sign(files)
    }

    /// A school's pack: a counsellor and a soundscape whose sound is different in every version.
    #[must_use]
    pub fn school(&self, version: u64) -> Vec<u8> {
        self.sounding("school", version, 1, SOUND_BYTES)
    }

    /// A pack with so many soundscapes, called `pond`, `pond-1` and so on, each with a sound of so many random bytes. Its
    /// id is the name of its kind.
    #[must_use]
    pub fn sounding(&self, kind: &str, version: u64, sounds: u64, bytes_each: u64) -> Vec<u8> {
        let mut files = head(kind, kind, version);
        let mut ids = Vec::new();
        for number in 0..sounds {
            let id = match number {
                0 => "pond".to_owned(),
                _ => format!("pond-{number}"),
            };
            let mut pond =
                "audiences = [\"junior\"]\nkind = \"soundscape\"\nsymbol = \"lake\"\nduration_ms = 60000\n".to_owned();
            pond += &words("title", "池塘", &format!("Pond {version}"));
            pond += &words("summary", "青蛙和水", "Frogs and water");
            pond += &words("evidence", "听听就好", "Just listen");
            let _infallible = write!(pond, "[sound]\nfile = \"sounds/{id}.flac\"\n");
            files.insert(format!("practices/{id}.toml"), pond.into_bytes());
            for lang in ["zh-CN", "en"] {
                let captions = "WEBVTT\n\n00:00.000 --> 00:05.000\n蛙 Frog\n";
                files.insert(format!("practices/{id}.{lang}.vtt"), captions.into());
            }
            let seed = version * 1000 + number;
            files.insert(format!("sounds/{id}.flac"), noise(seed, bytes_each));
            ids.push(format!("\"{id}\""));
        }
        if let Some(pack) = files.get_mut("pack.toml") {
            pack.extend_from_slice(format!("practices = [{}]\n", ids.join(", ")).as_bytes());
        }
        self.sign(files)
    }

    fn sign(&self, files: BTreeMap<String, Vec<u8>>) -> Vec<u8> {
        let layer = Layer::read(&Files(files.clone()));
        let info = layer.unwrap_or_else(|faults| panic!("{faults:?}")).info;
        let packed: Vec<(Entry, Vec<u8>)> = files
            .iter()
            .map(|(name, bytes)| {
                let gain_db = name.starts_with("sounds/").then_some(-3.0);
                Entry::pack(name, bytes, gain_db).expect("a file of a pack")
            })
            .collect();
        let entries = packed.iter().map(|(entry, _)| entry.clone()).collect();
        let manifest = Manifest { info, entries };
        let bytes = manifest.to_bytes();
        let comment = trusted_comment(manifest.info.id.as_str(), manifest.info.version);
        let signature = minisign::sign(
            None,
            &self.0.sk,
            bytes.as_slice(),
            Some(&comment),
            Some("signature of a xinting pack"),
        )
        .expect("an unencrypted key signs");
        let mut out = Vec::new();
        pack::write(&mut out, &bytes, &[signature.to_string()], &packed)
            .expect("memory can be written");
        out
    }
}

impl Default for Publisher {
    fn default() -> Self {
        Self::new()
    }
}

/// What every pack has: its description, and a counsellor whose words tell the version.
fn head(id: &str, kind: &str, version: u64) -> BTreeMap<String, Vec<u8>> {
    let mut pack = String::new();
    let _infallible = write!(
        pack,
        "id = \"{id}\"\nkind = \"{kind}\"\npublisher = \"somebody\"\nversion = {version}\n\
         release = \"r{version}\"\nlanguages = [\"zh-CN\", \"en\"]\naudiences = [\"junior\"]\n"
    );
    pack += &words("title", "一包", &format!("Pack {id}"));
    let mut counsellor = words("who", "老师", &format!("{id} {version}"));
    counsellor += &words("how", "敲门", "Knock");
    counsellor += "about = [{ zh = \"都行\", en = \"Anything\" }]\n";
    BTreeMap::from([
        ("pack.toml".to_owned(), pack.into_bytes()),
        ("counsellor.toml".to_owned(), counsellor.into_bytes()),
    ])
}

/// Bytes that look like nothing else.
fn noise(seed: u64, bytes: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..bytes)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_be_bytes()[0]
        })
        .collect()
}
