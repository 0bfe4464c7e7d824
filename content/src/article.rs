//! Short texts to read.

use crate::id::ArticleId;
use crate::text::{Audience, Lang, Text};

/// One article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its id.
    pub id: ArticleId,
    /// Who sees it.
    pub audiences: Vec<Audience>,
    /// What it is about: `worry`, `mood`, `sleep`, `friends`, `exam` or `family`; chooses the picture.
    pub theme: String,
    /// The title.
    pub title: Text,
    /// One line under the title.
    pub summary: Text,
    /// About how long it takes to read, in minutes.
    pub minutes: u8,
    /// The text in Simplified Chinese.
    pub zh: Vec<Block>,
    /// The text in English.
    pub en: Vec<Block>,
}

impl Article {
    /// The text in `lang`.
    pub fn body(&self, lang: Lang) -> &[Block] {
        match lang {
            Lang::ZhCn => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// One paragraph-like piece of an article, from CommonMark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading within the article.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// One entry of a list.
    Bullet(String),
    /// Words to say or remember, set apart.
    Quote(String),
}
