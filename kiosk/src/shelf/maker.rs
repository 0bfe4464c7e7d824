//! Small signed packs for tests, made on the spot.

use std::collections::BTreeMap;
use xinting_content::document::{Document, KEYS};
use xinting_content::pack::signature::trusted_comment;
use xinting_content::pack::{self, Entry, Manifest};
use xinting_content::trust::{Content, Revocation};
use xinting_content::{KeyList, Layer, PackId, PackKind, PublicKey, Source, Text, Trust, trust};

/// A key made for one test.
pub(crate) struct Publisher(minisign::KeyPair);

impl Publisher {
    pub(crate) fn new() -> Self {
        Self(minisign::KeyPair::generate_unencrypted_keypair().unwrap())
    }

    pub(crate) fn key(&self) -> PublicKey {
        PublicKey::parse(&self.key_text()).unwrap()
    }

    /// What stands in its `.pub` file.
    pub(crate) fn key_text(&self) -> String {
        self.0.pk.to_box().unwrap().to_string()
    }
}

/// What an author's folder holds.
#[derive(Clone)]
pub(crate) struct Sources(BTreeMap<String, String>);

impl Source for Sources {
    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.0.get(name).map(|text| text.as_bytes().to_vec()))
    }

    fn gain_db(&self, _sound: &str) -> Option<f32> {
        None
    }

    fn is_built(&self) -> bool {
        false
    }
}

impl Sources {
    /// A pack whose counsellor is called after its version, so that one sees which serves.
    pub(crate) fn new(id: &str, kind: &str, version: u64) -> Self {
        let head = format!(
            "id = \"{id}\"\nkind = \"{kind}\"\npublisher = \"somebody\"\nversion = {version}\nrelease = \"r{version}\"\n\
             title = {{ zh = \"包\", en = \"Pack {id}\" }}\nlanguages = [\"zh-CN\", \"en\"]\naudiences = [\"junior\"]\n"
        );
        let counsellor = format!(
            "who = {{ zh = \"老师\", en = \"{id} {version}\" }}\nhow = {{ zh = \"敲门\", en = \"Knock\" }}\n\
             about = [{{ zh = \"都行\", en = \"Anything\" }}]\n"
        );
        Self(BTreeMap::new())
            .with("pack.toml", &head)
            .with("counsellor.toml", &counsellor)
    }

    /// A pack that is a library by itself.
    pub(crate) fn starter(version: u64) -> Self {
        let one = |name: &str| format!("{name} = {{ zh = \"话\", en = \"Words\" }}\n");
        let names = [
            "thanks",
            "beside_you",
            "adult_title",
            "adult_who",
            "adult_say",
            "call_say",
        ];
        Self::new("starter", "starter", version)
            .with("support.toml", &names.map(one).concat())
            .with("hotlines.toml", &line("day", false))
    }

    pub(crate) fn with(mut self, name: &str, text: &str) -> Self {
        self.0.insert(name.to_owned(), text.to_owned());
        self
    }

    /// One of its files.
    pub(crate) fn text(&self, name: &str) -> &str {
        &self.0[name]
    }

    /// Published by somebody else.
    pub(crate) fn published_by(mut self, publisher: &str) -> Self {
        let head = self.0.entry("pack.toml".to_owned());
        head.and_modify(|text| {
            *text = text.replace(
                "publisher = \"somebody\"",
                &format!("publisher = \"{publisher}\""),
            );
        });
        self
    }

    pub(crate) fn sample(mut self) -> Self {
        self.0
            .entry("pack.toml".to_owned())
            .and_modify(|text| text.push_str("sample = true\n"));
        self
    }

    /// With the soundscape `lake`, whose sound is these words.
    pub(crate) fn with_lake(mut self, sound: &str) -> Self {
        self.0
            .entry("pack.toml".to_owned())
            .and_modify(|text| text.push_str("practices = [\"lake\"]\n"));
        let captions = "WEBVTT\n\n00:00.000 --> 00:05.000\n湖 Lake\n";
        let lake = "audiences = [\"junior\"]\nkind = \"soundscape\"\ntitle = { zh = \"湖\", en = \"Lake\" }\n\
                    summary = { zh = \"湖边\", en = \"By the lake\" }\nsymbol = \"lake\"\nduration_ms = 60000\n\
                    evidence = { zh = \"一些\", en = \"Some\" }\n[sound]\nfile = \"sounds/lake.flac\"\n";
        self.with("practices/lake.toml", lake)
            .with("practices/lake.zh-CN.vtt", captions)
            .with("practices/lake.en.vtt", captions)
            .with("sounds/lake.flac", sound)
    }

    /// The pack file.
    pub(crate) fn signed(&self, by: &Publisher) -> Vec<u8> {
        let (manifest, files) = self.laid_out();
        let bytes = manifest.to_bytes();
        let comment = trusted_comment(manifest.info.id.as_str(), manifest.info.version);
        let untrusted = Some("signature of a xinting pack");
        let signature =
            minisign::sign(None, &by.0.sk, bytes.as_slice(), Some(&comment), untrusted).unwrap();
        let mut out = Vec::new();
        pack::write(&mut out, &bytes, &[signature.to_string()], &files).unwrap();
        out
    }

    /// The same without a signature.
    pub(crate) fn unsigned(&self) -> Vec<u8> {
        let (manifest, files) = self.laid_out();
        let mut out = Vec::new();
        pack::write(&mut out, &manifest.to_bytes(), &[], &files).unwrap();
        out
    }

    fn laid_out(&self) -> (Manifest, Vec<(Entry, Vec<u8>)>) {
        let layer = Layer::read(self).unwrap_or_else(|faults| panic!("{faults:?}"));
        let pack = |(name, text): (&String, &String)| {
            let gain = name.starts_with("sounds/").then_some(-3.0);
            Entry::pack(name, text.as_bytes(), gain).unwrap()
        };
        let files: Vec<(Entry, Vec<u8>)> = self.0.iter().map(pack).collect();
        let entries = files.iter().map(|(entry, _)| entry.clone()).collect();
        (
            Manifest {
                info: layer.info,
                entries,
            },
            files,
        )
    }
}

/// A file of one hotline.
pub(crate) fn line(id: &str, emergency: bool) -> String {
    format!(
        "[[line]]\nid = \"{id}\"\nnumber = \"0000001\"\nname = {{ zh = \"线\", en = \"Line\" }}\n\
         answers = {{ zh = \"有人\", en = \"Somebody\" }}\nnote = {{ zh = \"免费\", en = \"Free\" }}\n\
         hours_words = {{ zh = \"全天\", en = \"Always\" }}\n\
         hours = [{{ days = [\"mon\", \"sun\"], from = \"08:00\", to = \"02:00\" }}]\npriority = 1\n\
         emergency = {emergency}\nverified = \"2026-11-01\"\n"
    )
}

/// What a booth trusts with this root and a key list that names these publishers and has revoked these keys.
pub(crate) fn trust_with(
    root: &Publisher,
    version: u64,
    publishers: &[(&str, &Publisher)],
    revoked: &[&Publisher],
) -> Trust {
    let named = |(id, key): &(&str, &Publisher)| trust::Publisher {
        id: PackId::new(id).unwrap(),
        name: Text::new(format!("发布者 {id}"), format!("Publisher {id}")).unwrap(),
        keys: vec![key.key()],
        needs: 1,
        packs: vec![PackKind::Starter, PackKind::District, PackKind::School],
        content: Content::ALL.to_vec(),
    };
    let list = KeyList {
        issuer: PackId::new("district").unwrap(),
        version,
        issued: jiff::civil::date(2026, 11, 1),
        until: jiff::civil::date(2027, 10, 31),
        roots: vec![root.key()],
        threshold: 1,
        // A list does not name a key that it revokes.
        publishers: publishers
            .iter()
            .filter(|(_, key)| !revoked.iter().any(|revoked| revoked.key() == key.key()))
            .map(named)
            .collect(),
        revoked: revoked
            .iter()
            .map(|key| Revocation {
                key: key.key().id(),
                reason: "lost".to_owned(),
            })
            .collect(),
    };
    let (bytes, comment) = (list.to_bytes(), list.trusted_comment());
    let untrusted = Some("signature of a xinting pack");
    let signature = minisign::sign(
        None,
        &root.0.sk,
        bytes.as_slice(),
        Some(&comment),
        untrusted,
    )
    .unwrap();
    let mut file = Vec::new();
    Document::write(&mut file, KEYS, &bytes, &[signature.to_string()]).unwrap();
    let roots = Trust::roots(vec![root.key()]);
    roots.accept(file.as_slice()).unwrap().0
}
