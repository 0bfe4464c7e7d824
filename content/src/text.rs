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
    /// Joins the two languages; `None` if either is blank.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Option<Self> {
        let (zh, en) = (zh.into(), en.into());
        (!zh.trim().is_empty() && !en.trim().is_empty()).then_some(Self { zh, en })
    }

    /// The words in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.zh,
            Lang::En => &self.en,
        }
    }
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
