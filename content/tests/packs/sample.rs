//! A small pack made in memory, and keys made on the spot.

use std::collections::BTreeMap;
use std::io::Cursor;
use xinting_content::pack::signature::{file_name, trusted_comment};
use xinting_content::pack::{Entry, Manifest, PackError};
use xinting_content::{Fault, Layer, PublicKey, Source, Trust, VerifiedPack};

pub(crate) struct Files(pub(crate) BTreeMap<String, Vec<u8>>);

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

impl Files {
    pub(crate) fn layer(&self) -> Result<Layer, Vec<Fault>> {
        Layer::read(self)
    }

    /// Replaces text in one file, which must be there.
    pub(crate) fn edit(mut self, name: &str, from: &str, to: &str) -> Self {
        let text = String::from_utf8(self.0[name].clone()).unwrap();
        assert!(text.contains(from), "{name} does not hold {from}");
        self.0
            .insert(name.to_owned(), text.replacen(from, to, 1).into_bytes());
        self
    }

    pub(crate) fn put(mut self, name: &str, text: &str) -> Self {
        self.0.insert(name.to_owned(), text.as_bytes().to_vec());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.remove(name).unwrap();
        self
    }
}

const PACK: &str = r#"
id = "little"
kind = "starter"
publisher = "nobody"
version = 7
release = "1.0"
title = { zh = "小包", en = "Little" }
languages = ["zh-CN", "en"]
audiences = ["junior"]
"#;

const COUNSELLOR: &str = r#"
who = { zh = "学校心理老师", en = "The school counsellor" }
how = { zh = "不用预约", en = "No appointment" }
about = [{ zh = "什么都可以聊", en = "Anything" }]
"#;

/// Nothing but a counsellor: a pack of a few kilobytes, so that every bit of it can be tried.
pub(crate) fn tiny() -> Files {
    Files(BTreeMap::new())
        .put("pack.toml", PACK)
        .put("counsellor.toml", COUNSELLOR)
}

/// One of everything.
pub(crate) fn full() -> Files {
    let lists = "audiences = [\"junior\"]\ninstruments = [\"gad-7\", \"mood\"]\narticles = [\"waves\"]\n\
                 practices = [\"breath\", \"lake\"]\n";
    let captions = |line: &str| format!("WEBVTT\n\n00:00.000 --> 00:05.000\n{line}\n");
    tiny()
        .edit("pack.toml", "audiences = [\"junior\"]\n", lists)
        .put("instruments/gad-7.toml", &gad_7())
        .put("instruments/mood.toml", MOOD)
        .put("articles/waves.toml", ARTICLE)
        .put(
            "articles/waves.zh-CN.md",
            "## 浪\n\n一段\n两行\n\n- 一\n- 二\n\n> 话\n",
        )
        .put(
            "articles/waves.en.md",
            "## Waves\n\nA paragraph\nof *two* lines\n\n- one\n- two\n\n> words\n",
        )
        .put("practices/breath.toml", &practice("breathing", BREATHING))
        .put("practices/breath.zh-CN.vtt", &captions("吸气"))
        .put("practices/breath.en.vtt", &captions("In"))
        .put(
            "practices/lake.toml",
            &practice("soundscape", "[sound]\nfile = \"sounds/lake.flac\"\n"),
        )
        .put(
            "sounds/lake.flac",
            "not really a sound, and nothing here looks inside",
        )
        .put("hotlines.toml", LINES)
        .put("support.toml", SUPPORT)
        .put(
            "calendar.toml",
            "rotating = [{ zh = \"一句\", en = \"One\" }]\n[[dated]]\nmonth = 2\nday = 29\n\
             text = { zh = \"闰日\", en = \"Leap\" }\n",
        )
}

fn gad_7() -> String {
    let head = r#"
kind = "standard"
wording = "adapted"
audiences = ["junior", "senior", "parent"]
feeling = { zh = "心里发慌", en = "On edge" }
line = { zh = "一句", en = "One line" }
about = { zh = "问最近两周", en = "The last two weeks" }
symbol = "wind"
minutes = 2
notice = { zh = "改编", en = "Adapted; Generalized Anxiety Disorder 7" }
[[options]]
value = 0
text = { zh = "没有", en = "Not at all" }
dots = 0
[[options]]
value = 1
text = { zh = "几天", en = "Several days" }
dots = 4
[[options]]
value = 2
text = { zh = "一半以上", en = "More than half" }
dots = 9
[[options]]
value = 3
text = { zh = "几乎每天", en = "Nearly every day" }
dots = 14
"#;
    let mut text = head.to_owned();
    for number in 1..=7 {
        text += &format!("[[items]]\ntext = {{ zh = \"第{number}题\", en = \"Item {number}\" }}\n");
    }
    for (id, from, to, support) in [
        ("first", 0, 4, false),
        ("second", 5, 9, false),
        ("third", 10, 14, false),
        ("fourth", 15, 21, true),
    ] {
        text += &format!(
            "[[bands]]\nid = \"{id}\"\nfrom = {from}\nto = {to}\nsupport = {support}\n{ENDING}"
        );
    }
    text
}

const ENDING: &str = r#"title = { zh = "起了一阵风", en = "A breeze" }
summary = { zh = "一句", en = "One line" }
meaning = { zh = "意思", en = "What it may mean" }
weather = "breeze"
suggestions = ["practice:breath", "article:waves", "counsellor"]
"#;

const MOOD: &str = r#"
kind = "check-in"
wording = "adapted"
audiences = ["primary", "junior"]
feeling = { zh = "心情", en = "Mood" }
line = { zh = "一句", en = "One line" }
about = { zh = "问今天", en = "Today" }
symbol = "sun"
minutes = 1
notice = { zh = "非标准化小调查", en = "A small survey of our own" }
[[items]]
text = { zh = "今天怎么样", en = "How was today" }
reverse = true
options = [
  { value = 1, text = { zh = "不好", en = "Bad" } },
  { value = 2, text = { zh = "好", en = "Good" } },
]
[[reflections]]
from_percent = 0
title = { zh = "晴", en = "Clear" }
summary = { zh = "一句", en = "One line" }
meaning = { zh = "意思", en = "Meaning" }
weather = "calm"
suggestions = ["call"]
"#;

const ARTICLE: &str = r#"
audiences = ["junior"]
theme = "worry"
title = { zh = "担心像浪", en = "Worry comes in waves" }
summary = { zh = "一句", en = "One line" }
minutes = 2
"#;

fn practice(kind: &str, rest: &str) -> String {
    format!(
        "audiences = [\"junior\"]\nkind = \"{kind}\"\ntitle = {{ zh = \"练习\", en = \"Practice\" }}\n\
         summary = {{ zh = \"一句\", en = \"One line\" }}\nsymbol = \"lotus\"\nduration_ms = 60000\n\
         evidence = {{ zh = \"有\", en = \"Some\" }}\n{rest}"
    )
}

const BREATHING: &str = "[breathing]\nlead_in_ms = 0\ninhale_ms = 4000\nexhale_ms = 6000\n\
                         [sound]\nrecipe = \"breathing\"\nseed = 3\n";

const LINES: &str = r#"
[[line]]
id = "day"
number = "0000001"
name = { zh = "日间", en = "Day" }
answers = { zh = "有人", en = "Somebody" }
note = { zh = "免费", en = "Free" }
hours_words = { zh = "八点到两点", en = "Eight to two" }
hours = [{ days = ["mon", "sun"], from = "08:00", to = "02:00" }]
priority = 1
emergency = false
verified = "2026-11-01"
"#;

const SUPPORT: &str = r#"
thanks = { zh = "谢谢你", en = "Thank you" }
beside_you = { zh = "你不是一个人", en = "You are not alone" }
adult_title = { zh = "告诉大人", en = "Tell an adult" }
adult_who = { zh = "家长或老师", en = "A parent or teacher" }
adult_say = { zh = "我很难受", en = "I feel bad" }
call_say = { zh = "你好", en = "Hello" }
"#;

/// A key made for one test.
pub(crate) struct Signer(minisign::KeyPair);

impl Signer {
    pub(crate) fn new() -> Self {
        Self(minisign::KeyPair::generate_unencrypted_keypair().unwrap())
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::parse(&self.public_text()).unwrap()
    }

    /// Trusts this key as a root, and nobody else.
    pub(crate) fn trust(&self) -> Trust {
        Trust::roots(vec![self.public()])
    }

    pub(crate) fn public_text(&self) -> String {
        self.0.pk.to_box().unwrap().to_string()
    }

    pub(crate) fn sign(&self, manifest: &[u8], comment: &str) -> String {
        let untrusted = "signature of a xinting pack";
        minisign::sign(None, &self.0.sk, manifest, Some(comment), Some(untrusted))
            .unwrap()
            .to_string()
    }
}

/// The parts of a pack, to be put together rightly or wrongly.
pub(crate) struct Parts {
    pub(crate) manifest: Manifest,
    pub(crate) files: Vec<(Entry, Vec<u8>)>,
}

/// The sound that the recipe of the sample would give, as far as these tests care.
pub(crate) fn parts(source: &Files) -> Parts {
    let layer = source.layer().unwrap_or_else(|faults| panic!("{faults:?}"));
    let mut all = source.0.clone();
    for plan in &layer.sounds {
        all.entry(plan.file.clone()).or_insert(b"rendered".to_vec());
    }
    let files: Vec<(Entry, Vec<u8>)> = all
        .iter()
        .map(|(name, bytes)| {
            let gain = name.starts_with("sounds/").then_some(-3.25);
            Entry::pack(name, bytes, gain).unwrap()
        })
        .collect();
    let manifest = Manifest {
        info: layer.info,
        entries: files.iter().map(|(entry, _)| entry.clone()).collect(),
    };
    Parts { manifest, files }
}

pub(crate) fn assemble(parts: &Parts, signers: &[&Signer]) -> Vec<u8> {
    let manifest = parts.manifest.to_bytes();
    let info = &parts.manifest.info;
    let comment = trusted_comment(info.id.as_str(), info.version);
    let signatures: Vec<String> = signers
        .iter()
        .map(|s| s.sign(&manifest, &comment))
        .collect();
    let mut out = Vec::new();
    xinting_content::pack::write(&mut out, &manifest, &signatures, &parts.files).unwrap();
    assert_eq!(file_name(1), "manifest.json.minisig");
    out
}

pub(crate) fn build(source: &Files, signer: &Signer) -> Vec<u8> {
    assemble(&parts(source), &[signer])
}

pub(crate) fn open(bytes: &[u8], signer: &Signer) -> Result<VerifiedPack, PackError> {
    VerifiedPack::open(Cursor::new(bytes.to_vec()), &signer.trust(), None)
}
