//! A small complete library for tests of the rooms above, built in memory. Behind the `fixture`
//! feature, so that none of it ships.
//!
//! The shapes are real (a nine-item instrument with a risk item, one that is better when higher, a
//! check-in); the words are plain placeholders and the numbers belong to nobody.

use crate::article::{Article, Block};
use crate::calendar::Calendar;
use crate::hotline::{Hours, Line, Span};
use crate::id::{ArticleId, BedId, InstrumentId, LineId, PracticeId};
use crate::instrument::{
    Instrument, InstrumentKind, Item, Reflection, ResponseOption, Scoring, SeverityBand,
    Suggestion, Wording,
};
use crate::library::Library;
use crate::practice::{Bed, Caption, Pace, Practice, PracticeKind, Voice};
use crate::support::{Counsellor, Support};
use crate::text::{Audience, Text};
use jiff::civil::{Weekday, date, time};

/// The library: instruments `phq-a` (item 9 is the risk item, 20 to 27 opens support), `gad-7`,
/// `who-5`; the check-in `exam-worry` (primary too); articles `worry-waves` and `for-parents`; practices
/// `slow-breathing` (three paces, 4/6 the second, on `rain`), `muscle-relaxation` and the soundscape
/// `lakeside`; beds `rain`, `sea`, `bamboo`, `stream` and `brown`; lines `always` (day and
/// night), `daytime` (08:00 to 02:00, offered first), `tuesdays` (Tuesday and Thursday afternoons),
/// and the emergency number `ambulance`.
pub fn library() -> Library {
    Library {
        instruments: vec![phq_a(), gad_7(), who_5(), exam_worry()],
        articles: articles(),
        practices: practices(),
        lines: lines(),
        support: support(),
        counsellor: counsellor(),
        calendar: calendar(),
        sample: false,
        sound_layers: vec![0; 3],
        beds: beds(),
        bed_layers: vec![0; 5],
    }
}

/// A text in both languages.
///
/// # Panics
/// If either is blank.
pub fn text(zh: &str, en: &str) -> Text {
    Text::new(zh, en).expect("fixture texts are not blank")
}

macro_rules! id {
    ($kind:ident, $name:expr) => {
        $kind::new($name).expect("fixture ids are well formed")
    };
}

/// Nine items of 0 to 3, five bands; item 9 endorsed at 1 or the top band opens support.
pub fn phq_a() -> Instrument {
    let mut items = items(9, 3, true);
    items[8].risk_at = Some(1);
    Instrument {
        bands: vec![
            band("minimal", 0, 4, false),
            band("some", 5, 9, false),
            band("raised", 10, 14, false),
            band("high", 15, 19, false),
            band("highest", 20, 27, true),
        ],
        ..instrument("phq-a", items)
    }
}

/// Seven items of 0 to 3, four bands; the top band opens support.
pub fn gad_7() -> Instrument {
    Instrument {
        bands: vec![
            band("minimal", 0, 4, false),
            band("some", 5, 9, false),
            band("raised", 10, 14, false),
            band("highest", 15, 21, true),
        ],
        ..instrument("gad-7", items(7, 3, true))
    }
}

/// Five items of 0 to 5, times four, higher is better.
pub fn who_5() -> Instrument {
    Instrument {
        audiences: vec![Audience::Junior, Audience::Senior, Audience::Parent],
        scoring: Scoring {
            multiplier: 4,
            higher_is_better: true,
        },
        bands: vec![band("low", 0, 50, false), band("fair", 51, 100, false)],
        ..instrument("who-5", items(5, 5, false))
    }
}

/// Three items of 0 to 3, no bands, reflections from 0, 34 and 67 per cent; every audience.
pub fn exam_worry() -> Instrument {
    let reflection = |from_percent| Reflection {
        from_percent,
        ..words("calm")
    };
    Instrument {
        kind: InstrumentKind::CheckIn,
        audiences: Audience::ALL.to_vec(),
        reflections: vec![reflection(0), reflection(34), reflection(67)],
        ..instrument("exam-worry", items(3, 3, false))
    }
}

fn instrument(id: &str, items: Vec<Item>) -> Instrument {
    Instrument {
        id: id!(InstrumentId, id),
        kind: InstrumentKind::Standard,
        wording: Wording::Adapted,
        audiences: vec![Audience::Junior, Audience::Senior],
        feeling: text(&format!("感受 {id}"), &format!("feeling {id}")),
        line: text("一句话", "one line"),
        about: text("问最近两周", "asks about the last two weeks"),
        symbol: "wind".to_owned(),
        minutes: 2,
        items,
        scoring: Scoring {
            multiplier: 1,
            higher_is_better: false,
        },
        bands: Vec::new(),
        reflections: Vec::new(),
        notice: text("测试用", "for tests"),
    }
}

fn items(count: usize, highest: i32, dots: bool) -> Vec<Item> {
    (1..=count)
        .map(|number| Item {
            text: text(&format!("第 {number} 题"), &format!("item {number}")),
            options: (0..=highest)
                .map(|value| ResponseOption {
                    value,
                    text: text(&format!("选项 {value}"), &format!("option {value}")),
                    dots: dots.then_some(u8::try_from(value).unwrap_or(0) * 4),
                })
                .collect(),
            reverse: false,
            risk_at: None,
        })
        .collect()
}

fn band(id: &str, from: i32, to: i32, support: bool) -> SeverityBand {
    SeverityBand {
        id: id.to_owned(),
        from,
        to,
        support,
        words: words("breeze"),
    }
}

fn words(weather: &str) -> Reflection {
    Reflection {
        from_percent: 0,
        title: text("湖面上，起了一阵风", "A breeze over the lake"),
        summary: text("一句概括", "One sentence"),
        meaning: text("可能的意思", "What it may mean"),
        weather: weather.to_owned(),
        suggestions: vec![
            Suggestion::Practice(id!(PracticeId, "slow-breathing")),
            Suggestion::Article(id!(ArticleId, "worry-waves")),
            Suggestion::Counsellor,
        ],
    }
}

fn articles() -> Vec<Article> {
    let article = |id, audiences| Article {
        id: id!(ArticleId, id),
        audiences,
        theme: "worry".to_owned(),
        title: text(&format!("文章 {id}"), &format!("article {id}")),
        summary: text("一句话", "one line"),
        minutes: 2,
        zh: vec![
            Block::Heading("标题".to_owned()),
            Block::Paragraph("一段".to_owned()),
        ],
        en: vec![
            Block::Heading("Heading".to_owned()),
            Block::Paragraph("A paragraph".to_owned()),
        ],
    };
    vec![
        article("worry-waves", Audience::ALL.to_vec()),
        article("for-parents", vec![Audience::Parent]),
    ]
}

fn practices() -> Vec<Practice> {
    let captions = |span_ms: u64| {
        (0..3)
            .map(|n| Caption {
                start_ms: n * span_ms,
                end_ms: (n + 1) * span_ms,
                line: text(&format!("字幕 {n}"), &format!("caption {n}")),
                below: None,
            })
            .collect()
    };
    let practice = |id, kind, symbol: &str, duration_ms| Practice {
        id: id!(PracticeId, id),
        audiences: Audience::ALL.to_vec(),
        kind,
        title: text(&format!("练习 {id}"), &format!("practice {id}")),
        summary: text("一句话", "one line"),
        symbol: symbol.to_owned(),
        duration_ms,
        sound: format!("sounds/{id}.flac"),
        gain_db: -3.0,
        bed: None,
        voice: Voice::default(),
        paces: Vec::new(),
        end_bell: kind != PracticeKind::Soundscape,
        ease: text("可以随时停下来", "You can stop at any time"),
        captions: captions(duration_ms / 3),
        evidence: text("有证据", "there is evidence"),
    };
    let breathing = PracticeKind::Breathing {
        lead_in_ms: 2_000,
        inhale_ms: 4_000,
        exhale_ms: 6_000,
    };
    let pace = |inhale_ms, exhale_ms| Pace {
        inhale_ms,
        exhale_ms,
        sound: format!("sounds/slow-breathing.{inhale_ms}-{exhale_ms}.flac"),
        gain_db: -3.0,
    };
    let breathing = Practice {
        sound: "sounds/slow-breathing.4000-6000.flac".to_owned(),
        bed: Some((id!(BedId, "rain"), -9.0)),
        paces: vec![pace(3_000, 4_500), pace(4_000, 6_000), pace(5_000, 7_500)],
        ..practice("slow-breathing", breathing, "lotus", 180_000)
    };
    vec![
        breathing,
        practice("muscle-relaxation", PracticeKind::Guided, "stone", 300_000),
        practice("lakeside", PracticeKind::Soundscape, "lake", 600_000),
    ]
}

fn beds() -> Vec<Bed> {
    let bed = |id, zh: &str, symbol: &str| Bed {
        id: id!(BedId, id),
        title: text(zh, id),
        sound: format!("sounds/{id}.bed.flac"),
        gain_db: -1.5,
        symbol: symbol.to_owned(),
    };
    vec![
        bed("rain", "雨声", "rain"),
        bed("sea", "海浪", "lake"),
        bed("bamboo", "竹林风", "wind"),
        bed("stream", "小溪", "stone"),
        bed("brown", "低低的沙沙声", "moon"),
    ]
}

fn lines() -> Vec<Line> {
    let line = |id, number: &str, hours, priority, emergency| Line {
        id: id!(LineId, id),
        number: number.to_owned(),
        name: text(&format!("线路 {id}"), &format!("line {id}")),
        answers: text("有人接听", "somebody answers"),
        note: text("不问姓名", "no name is asked"),
        hours_words: text("时间", "hours"),
        hours,
        priority,
        emergency,
        verified: date(2026, 11, 1),
    };
    let every_day = vec![
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    let spans = |days, from, to| Hours::Spans(vec![Span { days, from, to }]);
    let late = spans(every_day, time(8, 0, 0, 0), time(2, 0, 0, 0));
    let afternoons = spans(
        vec![Weekday::Tuesday, Weekday::Thursday],
        time(14, 0, 0, 0),
        time(17, 0, 0, 0),
    );
    vec![
        line("daytime", "0000001", late, 10, false),
        line("always", "0000002", Hours::Always, 20, false),
        line("tuesdays", "0000003", afternoons, 30, false),
        line("ambulance", "0000009", Hours::Always, 10, true),
    ]
}

fn support() -> Support {
    Support {
        thanks: text("谢谢你愿意说出来", "Thank you for saying it"),
        beside_you: text("你不是一个人", "You are not alone"),
        adult_title: text("告诉一位大人", "Tell an adult"),
        adult_who: text("家长、老师", "a parent, a teacher"),
        adult_say: text("我最近很难受，想和你说说", "I have been feeling bad"),
        call_say: text("你好，我想说说话", "Hello, I would like to talk"),
        phone_places: None,
    }
}

fn counsellor() -> Counsellor {
    Counsellor {
        who: text("学校心理老师", "The school counsellor"),
        room: None,
        hours: None,
        how: text("不用预约", "No appointment needed"),
        about: vec![text("什么都可以聊", "Anything at all")],
    }
}

fn calendar() -> Calendar {
    Calendar {
        dated: vec![(5, 25, text("五二五", "the twenty-fifth of May"))],
        rotating: vec![
            text("今天的一句", "today's sentence"),
            text("又一句", "another"),
        ],
    }
}
