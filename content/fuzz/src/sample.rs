//! A small pack with one of everything, as an author would write it, and its sounds, which nothing here looks into.
//!
//! It keeps all the rules; whatever is hostile is made from it by one change.

use std::collections::BTreeMap;
use xinting_content::Source;
use xinting_content::pack::manifest::is_sound;

/// The files of a pack by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(pub BTreeMap<String, Vec<u8>>);

impl Source for Files {
    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.0.get(name).cloned())
    }

    /// What is said to have been measured: every sound carries a gain, and nothing else does.
    fn gain_db(&self, sound: &str) -> Option<f32> {
        is_sound(sound).then_some(-3.0)
    }

    fn is_built(&self) -> bool {
        true
    }
}

impl Files {
    /// Adds a file, or puts it in place of the one of its name.
    pub fn put(&mut self, name: &str, bytes: impl AsRef<[u8]>) {
        self.0.insert(name.to_owned(), bytes.as_ref().to_vec());
    }

    /// Replaces the first `from` of a file.
    ///
    /// # Panics
    /// If there is no such file or no such text in it: a change that changes nothing proves nothing.
    pub fn edit(&mut self, name: &str, from: &str, to: &str) {
        let bytes = self.0.get(name).expect("the file is in the sample");
        let text = String::from_utf8(bytes.clone()).expect("the file is text");
        assert!(text.contains(from), "{name} does not hold {from}");
        self.put(name, text.replacen(from, to, 1));
    }
}

/// A pack of the kind `starter` with one of everything.
pub fn starter() -> Files {
    let mut files = Files::default();
    files.put("pack.toml", PACK);
    files.put("instruments/phq-a.toml", phq_a());
    files.put("instruments/mood.toml", MOOD);
    files.put("articles/waves.toml", ARTICLE);
    files.put(
        "articles/waves.zh-CN.md",
        "# 浪\n\n一段\n两行\n\n- 一\n- 二\n\n> 话\n",
    );
    files.put(
        "articles/waves.en.md",
        "# Waves\n\nA paragraph\nof *two* lines\n\n- one\n- two\n\n> words\n",
    );
    files.put("practices/breath.toml", BREATH);
    files.put("practices/walk.toml", WALK);
    files.put("practices/lake.toml", LAKE);
    for (id, zh, en) in [
        ("breath", "跟着花", "With the flower"),
        ("walk", "走一走", "A walk"),
    ] {
        files.put(&format!("practices/{id}.zh-CN.vtt"), captions(zh, "慢慢地"));
        files.put(&format!("practices/{id}.en.vtt"), captions(en, "slowly"));
    }
    files.put("beds/rain.toml", BED);
    for sound in ["breath.4000-6000", "walk", "lake", "rain.bed"] {
        files.put(
            &format!("sounds/{sound}.flac"),
            format!("nobody decodes {sound}"),
        );
    }
    files.put("hotlines.toml", LINES);
    files.put("support.toml", SUPPORT);
    files.put("counsellor.toml", COUNSELLOR);
    files.put("calendar.toml", CALENDAR);
    files
}

/// A pack of a school with its own counsellor and nothing else.
pub fn school() -> Files {
    let mut files = Files::default();
    files.put("pack.toml", SCHOOL);
    files.put("counsellor.toml", SCHOOL_COUNSELLOR);
    files
}

/// The `pack.toml` of a district's pack with this list in it.
pub fn district(listed: &str) -> String {
    let head = SCHOOL.replace("our-school", "our-district");
    let head = head.replace("kind = \"school\"", "kind = \"district\"");
    format!("{head}{listed}\n")
}

const PACK: &str = r#"id = "sample"
kind = "starter"
publisher = "somebody"
version = 7
release = "1.0"
title = { zh = "小包", en = "A small pack" }
languages = ["zh-CN", "en"]
audiences = ["junior"]
minimum_app = "0.1.0"
instruments = ["phq-a", "mood"]
articles = ["waves"]
practices = ["breath", "walk", "lake"]
beds = ["rain"]
"#;

const SCHOOL: &str = r#"id = "our-school"
kind = "school"
publisher = "our-school"
version = 3
release = "3"
title = { zh = "本校", en = "Our school" }
languages = ["zh-CN", "en"]
audiences = ["junior"]
minimum_app = "0.1.0"
"#;

const SCHOOL_COUNSELLOR: &str = r#"who = { zh = "心理老师", en = "The school counsellor" }
room = { zh = "二楼", en = "Second floor" }
how = { zh = "敲门就好", en = "Just knock" }
about = [{ zh = "什么都可以聊", en = "Anything at all" }]
"#;

const MOOD: &str = r#"kind = "check-in"
wording = "adapted"
audiences = ["primary", "junior"]
feeling = { zh = "心情", en = "Mood" }
line = { zh = "今天", en = "Today" }
about = { zh = "问问今天", en = "About today" }
symbol = "sun"
minutes = 1
notice = { zh = "自编小调查", en = "A small survey of our own" }

[[items]]
text = { zh = "今天怎么样", en = "How was today" }
options = [
  { value = 1, text = { zh = "不好", en = "Not good" } },
  { value = 2, text = { zh = "好", en = "Good" } },
]

[[reflections]]
from_percent = 0
title = { zh = "晴", en = "Clear" }
summary = { zh = "一句", en = "One line" }
meaning = { zh = "意思", en = "What it may mean" }
weather = "calm"
suggestions = ["call", "article:waves"]
"#;

const ARTICLE: &str = r#"audiences = ["junior"]
theme = "worry"
title = { zh = "担心像浪", en = "Worry comes in waves" }
summary = { zh = "一句", en = "One line" }
minutes = 2
"#;

const BREATH: &str = r#"audiences = ["junior"]
kind = "breathing"
title = { zh = "呼吸", en = "Breathing" }
summary = { zh = "一句", en = "One line" }
symbol = "lotus"
duration_ms = 60000
evidence = { zh = "有一些", en = "Some" }

[breathing]
lead_in_ms = 0
inhale_ms = 4000
exhale_ms = 6000

[sound]
recipe = "breathing"
seed = 3
"#;

const WALK: &str = r#"audiences = ["junior"]
kind = "guided"
title = { zh = "走一走", en = "A walk" }
summary = { zh = "一句", en = "One line" }
symbol = "stone"
duration_ms = 60000
evidence = { zh = "有一些", en = "Some" }
bed = { id = "rain", gain_db = -8.0 }

[sound]
file = "sounds/walk.flac"
"#;

const LAKE: &str = r#"audiences = ["junior"]
kind = "soundscape"
title = { zh = "湖", en = "The lake" }
summary = { zh = "一句", en = "One line" }
symbol = "lake"
duration_ms = 60000
evidence = { zh = "有一些", en = "Some" }

[sound]
file = "sounds/lake.flac"
"#;

const BED: &str = r#"title = { zh = "雨", en = "Rain" }
symbol = "rain"

[sound]
recipe = "rain"
seed = 5
"#;

const LINES: &str = r#"[[line]]
id = "day"
number = "0000001"
name = { zh = "日间", en = "By day" }
answers = { zh = "有人", en = "Somebody" }
note = { zh = "免费", en = "Free" }
hours_words = { zh = "八点到两点", en = "Eight to two" }
hours = [{ days = ["mon", "sun"], from = "08:00", to = "02:00" }]
priority = 1
emergency = false
verified = "2026-11-01"

[[line]]
id = "help"
number = "000"
name = { zh = "急救", en = "Emergency" }
answers = { zh = "有人", en = "Somebody" }
note = { zh = "免费", en = "Free" }
hours_words = { zh = "全天", en = "Always" }
hours = "always"
priority = 1
emergency = true
verified = "2026-11-01"
"#;

const SUPPORT: &str = r#"thanks = { zh = "谢谢你", en = "Thank you" }
beside_you = { zh = "你不是一个人", en = "You are not alone" }
adult_title = { zh = "告诉大人", en = "Tell an adult" }
adult_who = { zh = "家长或老师", en = "A parent or teacher" }
adult_say = { zh = "我很难受", en = "I feel bad" }
call_say = { zh = "你好", en = "Hello" }
"#;

const COUNSELLOR: &str = r#"who = { zh = "学校心理老师", en = "The school counsellor" }
how = { zh = "不用预约", en = "No appointment" }
about = [{ zh = "什么都可以聊", en = "Anything" }]
"#;

const CALENDAR: &str = r#"rotating = [{ zh = "一句", en = "One" }]

[[dated]]
month = 2
day = 29
text = { zh = "闰日", en = "A leap day" }
"#;

fn captions(large: &str, small: &str) -> String {
    format!(
        "WEBVTT\n\n00:00.000 --> 00:05.000\n{large}\n{small}\n\nNOTE nothing\n\n00:05.000 --> 00:10.000\n{large}\n"
    )
}

fn phq_a() -> String {
    let mut text = r#"kind = "standard"
wording = "adapted"
audiences = ["junior", "senior"]
feeling = { zh = "提不起劲", en = "Running low" }
line = { zh = "一句", en = "One line" }
about = { zh = "问最近两周", en = "The last two weeks" }
symbol = "rain"
minutes = 3
notice = { zh = "改编", en = "Adapted" }

"#
    .to_owned();
    for (value, zh, en) in [
        (0, "没有", "Not at all"),
        (1, "几天", "Several days"),
        (2, "一半以上", "More than half"),
        (3, "几乎每天", "Nearly every day"),
    ] {
        text +=
            &format!("[[options]]\nvalue = {value}\ntext = {{ zh = \"{zh}\", en = \"{en}\" }}\n\n");
    }
    for number in 1..=9 {
        text += &format!("[[items]]\ntext = {{ zh = \"第{number}题\", en = \"Item {number}\" }}\n");
    }
    text += "risk_at = 1\n\n";
    for (id, from, to, support) in [
        ("first", 0, 9, false),
        ("second", 10, 19, false),
        ("third", 20, 27, true),
    ] {
        text += &format!(
            "[[bands]]\nid = \"{id}\"\nfrom = {from}\nto = {to}\nsupport = {support}\n\
             title = {{ zh = \"起了一阵风\", en = \"A breeze\" }}\nsummary = {{ zh = \"一句\", en = \"One line\" }}\n\
             meaning = {{ zh = \"意思\", en = \"What it may mean\" }}\nweather = \"breeze\"\n\
             suggestions = [\"practice:breath\", \"article:waves\", \"counsellor\"]\n\n"
        );
    }
    text
}
