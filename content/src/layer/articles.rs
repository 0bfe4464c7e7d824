//! Reading articles: a TOML head and one CommonMark body a language.

use super::fault::{Fault, Page};
use super::raw::RawArticle;
use super::wording::Place;
use super::{file_text, markdown};
use crate::article::{Article, Block};
use crate::id::ArticleId;
use crate::source::Source;
use crate::text::Lang;

const THEMES: &[&str] = &["worry", "mood", "sleep", "friends", "exam", "family"];

/// Reads one article with both bodies; `None` if anything is wrong with it.
pub(crate) fn read(source: &dyn Source, id: ArticleId, faults: &mut Vec<Fault>) -> Option<Article> {
    let before = faults.len();
    let zh = body(source, &id, Lang::ZhCn, faults);
    let en = body(source, &id, Lang::En, faults);
    let name = format!("articles/{id}.toml");
    let text = file_text(source, &name, faults)?;
    let mut page = Page::new(&name, &text, faults);
    let raw: RawArticle = page.toml()?;
    let audiences = page.audiences(&raw.audiences);
    let theme = page.name_of(&raw.theme, "theme", THEMES);
    let title = page.words(&raw.title, "title", Place::Anywhere);
    let summary = page.words(&raw.summary, "summary", Place::Anywhere);
    let minutes = page.within(&raw.minutes, "minutes", 1, 60);
    if page.fault_count() != before {
        return None;
    }
    Some(Article {
        id,
        audiences,
        theme: theme?,
        title: title?,
        summary: summary?,
        minutes: minutes?,
        zh: zh?,
        en: en?,
    })
}

fn body(
    source: &dyn Source,
    id: &ArticleId,
    lang: Lang,
    faults: &mut Vec<Fault>,
) -> Option<Vec<Block>> {
    let name = format!("articles/{id}.{}.md", lang.tag());
    let text = file_text(source, &name, faults)?;
    markdown::read(&mut Page::new(&name, &text, faults))
}
