//! Whatever packs lie over each other, in whatever order: somebody can be called, the words for bad
//! moments are there, and there is somebody to go to; or there is no library at all.

use crate::sample::{Files, tiny};
use jiff::civil::date;
use proptest::prelude::*;
use std::collections::BTreeMap;
use xinting_content::text::{Lang, Text};
use xinting_content::{Layer, Library, LibraryError};

const COUNSELLOR: &str = "who = { zh = \"老师\", en = \"A teacher\" }\nhow = { zh = \"敲门\", en = \"Knock\" }\n\
                          about = [{ zh = \"都行\", en = \"Anything\" }]\n";

const SUPPORT: [&str; 6] = [
    "thanks",
    "beside_you",
    "adult_title",
    "adult_who",
    "adult_say",
    "call_say",
];

/// Texts that show nothing.
const BLANKS: &[&str] = &[
    "",
    " ",
    "\u{3000}\u{3000}",
    "\u{a0}",
    "\\n\\n",
    "\u{200b}",
    "\u{feff}\u{2060}",
    "\u{ad}",
    "\u{2800}\u{2800}",
    "\u{3164}",
    "\u{200e} \u{200f}",
    "\u{fe0f}",
    "\u{e0020}\u{e007f}",
];

fn support(change: Option<(&str, &str)>) -> String {
    let mut text = String::new();
    for key in SUPPORT {
        let words = match change {
            Some((changed, words)) if changed == key => words,
            _ => "话",
        };
        text += &format!("{key} = {{ zh = \"{words}\", en = \"Words\" }}\n");
    }
    text
}

/// A pack in short: its kind, lines as (id, emergency), whether it has support words and a counsellor.
#[derive(Debug, Clone)]
struct Short {
    kind: usize,
    lines: BTreeMap<usize, bool>,
    support: bool,
    counsellor: bool,
}

const KINDS: [&str; 3] = ["starter", "district", "school"];

impl Short {
    fn layer(&self) -> Layer {
        let mut files = tiny().edit("pack.toml", "starter", KINDS[self.kind]);
        if !self.counsellor {
            files = files.without("counsellor.toml");
        }
        if self.support {
            files = files.put("support.toml", &support(None));
        }
        let mut lines = String::new();
        for (id, emergency) in &self.lines {
            lines += &line(&format!("line-{id}"), *emergency, self.kind);
        }
        files = files.put("hotlines.toml", &lines);
        files.layer().unwrap_or_else(|faults| panic!("{faults:#?}"))
    }
}

fn line(id: &str, emergency: bool, priority: usize) -> String {
    format!(
        "[[line]]\nid = \"{id}\"\nnumber = \"00000{priority}\"\nname = {{ zh = \"线\", en = \"Line\" }}\n\
         answers = {{ zh = \"有人\", en = \"Somebody\" }}\nnote = {{ zh = \"免费\", en = \"Free\" }}\n\
         hours_words = {{ zh = \"周一\", en = \"Mondays\" }}\npriority = {priority}\n\
         hours = [{{ days = [\"mon\"], from = \"08:00\", to = \"09:00\" }}]\n\
         emergency = {emergency}\nverified = \"2026-11-01\"\n"
    )
}

fn short() -> impl Strategy<Value = Short> {
    let lines = prop::collection::btree_map(0usize..4, any::<bool>(), 0..4);
    let has = || prop::bool::weighted(0.6);
    (0usize..3, lines, has(), has()).prop_map(|(kind, lines, support, counsellor)| Short {
        kind,
        lines,
        support,
        counsellor,
    })
}

fn shows(text: &Text) -> bool {
    [Lang::ZhCn, Lang::En].iter().all(|lang| {
        let text = text.get(*lang);
        !text.trim().is_empty()
    })
}

fn check(library: &Library) {
    let week = (1..=7).map(|day| date(2026, 11, day).at(8, 30, 0, 0));
    for now in [None].into_iter().chain(week.map(Some)) {
        let lines = library.lines_at(now);
        assert!(!lines.is_empty(), "nobody can be called");
        for line in lines {
            assert!(!line.emergency && line.number.len() >= 3);
            assert!(line.number.bytes().all(|b| b.is_ascii_digit()));
            assert!(
                [&line.name, &line.answers, &line.note, &line.hours_words]
                    .into_iter()
                    .all(shows)
            );
        }
    }
    let words = library.support();
    let all = [
        &words.thanks,
        &words.beside_you,
        &words.adult_title,
        &words.adult_who,
        &words.adult_say,
        &words.call_say,
    ];
    assert!(all.into_iter().all(shows));
    let counsellor = library.counsellor();
    assert!(shows(&counsellor.who) && shows(&counsellor.how) && !counsellor.about.is_empty());
    assert!(counsellor.about.iter().all(shows));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_layers_leave_nobody_to_turn_to(
        mut packs in prop::collection::vec(short(), 0..6),
        sorted in prop::bool::weighted(0.8),
    ) {
        if sorted {
            packs.sort_by_key(|pack| pack.kind);
        }
        let layers: Vec<Layer> = packs.iter().map(Short::layer).collect();
        let found = Library::from_layers(&layers.iter().collect::<Vec<_>>());

        let mut lines = BTreeMap::new();
        for pack in &packs {
            lines.extend(pack.lines.clone());
        }
        let in_order = packs.is_sorted_by_key(|pack| pack.kind);
        let callable = lines.values().any(|emergency| !emergency);
        let words = packs.iter().any(|pack| pack.support);
        let person = packs.iter().any(|pack| pack.counsellor);
        match found {
            Ok(library) => {
                prop_assert!(in_order && callable && words && person);
                check(&library);
                let offered = library.lines_at(None).len();
                prop_assert_eq!(offered, lines.values().filter(|emergency| !**emergency).count());
                prop_assert_eq!(offered + library.emergency_lines().len(), lines.len());
            }
            Err(LibraryError::Order { .. }) => prop_assert!(!in_order),
            Err(LibraryError::NoLine) => prop_assert!(!callable),
            Err(LibraryError::NoSupport) => prop_assert!(!words),
            Err(LibraryError::NoCounsellor) => prop_assert!(!person),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}

/// Every text that a visitor in need reads, in each language, made of nothing to be seen.
#[test]
fn no_text_for_bad_moments_may_be_blank() {
    let base = tiny()
        .put("support.toml", &support(None))
        .put("counsellor.toml", COUNSELLOR)
        .put("hotlines.toml", &line("day", false, 1));
    base.layer().unwrap();
    let mut tried = 0;
    for (file, languages) in [
        ("support.toml", ["话", "Words"]),
        ("counsellor.toml", ["老师", "A teacher"]),
        ("counsellor.toml", ["敲门", "Knock"]),
        ("counsellor.toml", ["都行", "Anything"]),
        ("hotlines.toml", ["线", "Line"]),
        ("hotlines.toml", ["有人", "Somebody"]),
        ("hotlines.toml", ["免费", "Free"]),
        ("hotlines.toml", ["周一", "Mondays"]),
    ] {
        let text = String::from_utf8(base.0[file].clone()).unwrap();
        for words in languages {
            for place in text
                .match_indices(&format!("\"{words}\""))
                .map(|(at, _)| at + 1)
            {
                for blank in BLANKS {
                    let mut changed = text.clone();
                    changed.replace_range(place..place + words.len(), blank);
                    let mut files = Files(base.0.clone());
                    files.0.insert(file.to_owned(), changed.into_bytes());
                    let Err(faults) = files.layer() else {
                        panic!("{file}: {words} → {}", blank.escape_unicode());
                    };
                    assert!(faults[0].what.contains("blank"), "{faults:?}");
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(tried, (12 + 6 + 8) * BLANKS.len());
    // Nor may one read differently than it is written.
    let turned = support(Some(("call_say", "1\u{202e}2345")));
    let files = Files(base.0.clone()).put("support.toml", &turned);
    let faults = files.layer().unwrap_err();
    assert!(faults[0].what.contains("control character"), "{faults:?}");
    // What is seen may hold such characters too.
    let family = "👨\u{200d}👩\u{200d}👧";
    let fits = support(Some(("thanks", family)));
    Files(base.0).put("support.toml", &fits).layer().unwrap();
}
