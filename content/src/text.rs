//! Words in the languages of the booth, and who they are written for.

/// A language a visitor can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Lang {
    /// Simplified Chinese, the language every booth starts in.
    #[default]
    ZhCn,
    /// English.
    En,
}

impl Lang {
    /// The BCP 47 tag used in packs and on the command line.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::ZhCn => "zh-CN",
            Lang::En => "en",
        }
    }

    /// The language with this BCP 47 tag, if the booth knows it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "zh-CN" => Some(Lang::ZhCn),
            "en" => Some(Lang::En),
            _ => None,
        }
    }
}

/// One text in every language of the booth. Never blank in any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    zh: String,
    en: String,
}

impl Text {
    /// Joins the two languages; `None` if either is [blank](is_blank).
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Option<Self> {
        let (zh, en) = (zh.into(), en.into());
        (!is_blank(&zh) && !is_blank(&en)).then_some(Self { zh, en })
    }

    /// The words in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// Whether a text shows nothing: it is empty, or made of spaces, controls and characters without a shape.
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || c.is_control() || is_shapeless(c))
}

/// Unicode's default-ignorable characters (DerivedCoreProperties, 17.0), and the blank of Braille, which
/// has a width and no shape.
pub(crate) fn is_shapeless(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character turns the order of what follows, so that a text reads differently than it is
/// written.
pub(crate) fn turns_order(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text can stand on one line as it is written: something to be seen, no control characters, and
/// no more than `most` characters.
pub(crate) fn is_one_line(text: &str, most: usize) -> bool {
    let unfit = |c: char| c.is_control() || turns_order(c);
    !is_blank(text) && !text.chars().any(unfit) && text.chars().count() <= most
}

/// Who a visitor says they are; the only thing a booth ever asks about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Audience {
    /// 小学: primary school.
    Primary,
    /// 初中: junior secondary school.
    Junior,
    /// 高中: senior secondary school.
    Senior,
    /// 家长: parents and other grown-ups.
    Parent,
}

impl Audience {
    /// Every audience, in the order of the switch on the home screen.
    pub const ALL: [Audience; 4] = [
        Audience::Primary,
        Audience::Junior,
        Audience::Senior,
        Audience::Parent,
    ];

    /// The name used in packs, flows and reports.
    pub fn name(self) -> &'static str {
        match self {
            Audience::Primary => "primary",
            Audience::Junior => "junior",
            Audience::Senior => "senior",
            Audience::Parent => "parent",
        }
    }

    /// The audience with this pack name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|audience| audience.name() == name)
    }
}
