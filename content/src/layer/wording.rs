//! Words that may not reach a visitor: promises of secrecy, names of illnesses, grades, methods.
//!
//! A booth never promises that nobody will be told, because an adult who hears of danger may have to
//! bring in help; and it never diagnoses. The lists are short on purpose: each phrase has no innocent
//! use on a booth, so a hit is always a fault.

/// What kind of text is being looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Anything a visitor reads.
    Anywhere,
    /// The texts of an instrument, where grades have no place either.
    Instrument,
    /// Licence and attribution, which must name the instrument as its licence asks.
    Notice,
}

/// A phrase that is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// The phrase found.
    pub phrase: &'static str,
    /// Why it may not stand there.
    pub why: &'static str,
    /// What to write instead.
    pub remedy: &'static str,
}

const SECRECY: &[&str] = &[
    "绝对保密",
    "完全保密",
    "严格保密",
    "永远保密",
    "替你保密",
    "为你保密",
    "保证保密",
    "百分之百保密",
    "100%保密",
    "没有人会知道",
    "没人会知道",
    "谁也不会知道",
    "谁都不会知道",
    "不会有人知道",
    "不会告诉任何人",
    "不会告诉别人",
    "绝不告诉",
    "nobody will know",
    "nobody will ever know",
    "nobody will find out",
    "no one will know",
    "no one will ever know",
    "no one will find out",
    "completely confidential",
    "totally confidential",
    "strictly confidential",
    "absolutely confidential",
    "fully confidential",
    "100% confidential",
    "completely secret",
    "keep your secret",
    "your secret is safe",
    "won't tell anyone",
    "will not tell anyone",
    "will never tell anyone",
    "never be told to anyone",
];

const ILLNESS: &[&str] = &[
    "抑郁症",
    "焦虑症",
    "躁狂",
    "双相",
    "精神病",
    "精神分裂",
    "强迫症",
    "恐惧症",
    "障碍症",
    "情感障碍",
    "depressive disorder",
    "depression disorder",
    "clinical depression",
    "major depression",
    "anxiety disorder",
    "bipolar",
    "schizophreni",
    "mental illness",
    "mentally ill",
    "obsessive-compulsive",
];

const GRADES: &[&str] = &[
    "重度",
    "中度",
    "轻度",
    "确诊",
    "阳性",
    "患有",
    "患者",
    "severe",
    "moderate",
    "mild depress",
    "mild anxi",
    "clinically",
    "you have depression",
    "you have anxiety",
    "diagnosed",
];

const METHODS: &[&str] = &[
    "割腕",
    "上吊",
    "跳楼",
    "服毒",
    "烧炭",
    "吞药",
    "overdose",
    "hang yourself",
    "hanging yourself",
    "cut your wrist",
    "cutting your wrist",
];

const SECRECY_WHY: Why = Why(
    "promises secrecy",
    "say what the machine does (it asks no name, keeps and sends no answer) and promise no more",
);
const ILLNESS_WHY: Why = Why(
    "names an illness",
    "describe how it feels; a booth never diagnoses",
);
const GRADE_WHY: Why = Why(
    "grades or diagnoses",
    "say it as weather or in everyday words, without a grade",
);
const METHOD_WHY: Why = Why("mentions a method", "leave it out");

struct Why(&'static str, &'static str);

/// The first phrase in `text` that may not stand in `place`.
pub fn refused(text: &str, place: Place) -> Option<Refused> {
    let (spaced, packed) = folded(text);
    let lists: &[(&[&'static str], &Why)] = match place {
        Place::Anywhere => &[
            (SECRECY, &SECRECY_WHY),
            (METHODS, &METHOD_WHY),
            (ILLNESS, &ILLNESS_WHY),
        ],
        Place::Instrument => &[
            (SECRECY, &SECRECY_WHY),
            (METHODS, &METHOD_WHY),
            (ILLNESS, &ILLNESS_WHY),
            (GRADES, &GRADE_WHY),
        ],
        Place::Notice => &[(SECRECY, &SECRECY_WHY)],
    };
    lists.iter().find_map(|(phrases, why)| {
        let found = phrases.iter().find(|phrase| {
            // Chinese is looked for with all spaces removed, so that none can hide a phrase.
            let hay = if phrase.is_ascii() { &spaced } else { &packed };
            hay.contains(**phrase)
        })?;
        Some(Refused {
            phrase: found,
            why: why.0,
            remedy: why.1,
        })
    })
}

/// Lower case with single spaces and plain apostrophes and digits; and the same without any space.
fn folded(text: &str) -> (String, String) {
    let plain: String = text
        .chars()
        .filter(|c| !crate::text::is_shapeless(*c))
        .map(|c| match c {
            '’' | 'ʼ' => '\'',
            // Full-width forms of ASCII.
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .flat_map(char::to_lowercase)
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    (words.join(" "), words.concat())
}

#[cfg(test)]
mod tests {
    use super::{GRADES, ILLNESS, METHODS, Place, SECRECY, refused};

    #[test]
    fn every_listed_phrase_is_found_wherever_it_applies() {
        for phrase in SECRECY {
            for place in [Place::Anywhere, Place::Instrument, Place::Notice] {
                assert!(
                    refused(&format!("好，{phrase}。"), place).is_some(),
                    "{phrase}"
                );
            }
        }
        for phrase in ILLNESS.iter().chain(METHODS) {
            assert!(refused(phrase, Place::Anywhere).is_some(), "{phrase}");
            assert!(refused(phrase, Place::Instrument).is_some(), "{phrase}");
            assert!(refused(phrase, Place::Notice).is_none(), "{phrase}");
        }
        for phrase in GRADES {
            assert!(refused(phrase, Place::Instrument).is_some(), "{phrase}");
            assert!(refused(phrase, Place::Anywhere).is_none(), "{phrase}");
        }
    }

    #[test]
    fn spaces_case_width_and_invisible_characters_hide_nothing() {
        for text in [
            "没有 人 会\n知道",
            "没有\u{200b}人会知道",
            "１００％保密",
            "NoBody  Will\nKnow",
            "We won’t tell anyone",
        ] {
            assert!(refused(text, Place::Anywhere).is_some(), "{text}");
        }
    }

    #[test]
    fn what_the_machine_may_say_passes() {
        for text in [
            "本机不问姓名，不保存、不发送你的回答。",
            "如果听到有危险，大人可能需要请人来帮忙。",
            "自评提示，不是诊断。",
            "Nobody is asked for a name here. You can tell an adult you trust.",
            "湖面上，起了一阵风",
            "注意力集中度",
        ] {
            assert_eq!(refused(text, Place::Anywhere), None, "{text}");
        }
    }
}
