//! The pictures of a preview: which of them show what a pack adds, a flow that opens it in the booth, and
//! a page to look at them.
//!
//! Not here: drawing; the booth does.

use std::fmt::Write;
use std::io;
use std::path::Path;
use xinting_content::{Audience, Lang, Layer};

/// Articles that stand on one page of the list, on an upright screen.
const A_PAGE: usize = 4;

/// What a pack brings, as far as pictures of it can be told from others.
pub struct Album {
    title: String,
    lang: Lang,
    /// Beginnings of names of the tour's pictures that show something of the pack.
    shown: Vec<&'static str>,
    articles: Vec<(String, String, Vec<Audience>)>,
}

/// A page that shows them.
pub struct Page {
    /// HTML.
    pub text: String,
    /// How many pictures there are.
    pub pictures: usize,
}

impl Album {
    /// What this layer brings; pictures are in the language with this tag.
    pub fn new(layer: &Layer, lang: &str) -> Album {
        let lang = Lang::from_tag(lang).unwrap_or(Lang::ZhCn);
        let mut shown = Vec::new();
        let mut add = |there: bool, names: &[&'static str]| {
            if there {
                shown.extend(names);
            }
        };
        add(!layer.articles.is_empty(), &["learn", "article"]);
        add(
            !layer.instruments.is_empty(),
            &["choose", "intro", "item", "result"],
        );
        add(
            !layer.practices.is_empty(),
            &["calm", "practice", "player", "breath"],
        );
        add(!layer.beds.is_empty(), &["mixer", "player"]);
        add(!layer.lines.is_empty(), &["lines", "call"]);
        add(layer.counsellor.is_some(), &["counsellor"]);
        add(layer.support.is_some(), &["support"]);
        let sentences = &layer.calendar;
        let daily = !sentences.dated.is_empty() || !sentences.rotating.is_empty();
        add(daily, &["attract", "home"]);
        let articles = layer.articles.iter().map(|article| {
            (
                article.id.to_string(),
                article.title.get(lang).to_owned(),
                article.audiences.clone(),
            )
        });
        Album {
            title: layer.info.title.get(lang).to_owned(),
            lang,
            shown,
            articles: articles.collect(),
        }
    }

    /// A flow that opens every article of the pack that this audience sees and takes a picture of it;
    /// `None` if there is none.
    ///
    /// `below` are the layers under it: their articles stand before these in the list, which is looked
    /// down page by page.
    pub fn flow(&self, audience: Audience, below: &[Layer]) -> Option<String> {
        let before = below.iter().flat_map(|layer| &layer.articles);
        let mut place = before
            .filter(|one| one.audiences.contains(&audience))
            .count();
        let (begin, learn, (down, end)) = match self.lang {
            Lang::ZhCn => ("轻触屏幕，歇一会儿", "学一学", ("往下看", "结束")),
            Lang::En => ("Touch, and rest a while", "Learn", ("More", "Leave")),
        };
        let mut flow = "clock 2026-11-23T15:20\n".to_owned();
        let mut any = false;
        for (id, title, audiences) in &self.articles {
            if audiences.contains(&audience) {
                any = true;
                place += 1;
                let _ = write!(flow, "tap {begin}\ntap {learn}\n");
                for _ in 0..place.saturating_sub(A_PAGE).div_ceil(A_PAGE) {
                    let _ = writeln!(flow, "tap {down}");
                }
                let _ = write!(flow, "tap {title}\nshot added-{id}\ntap {end}\n");
            }
        }
        any.then_some(flow)
    }

    fn is_shown(&self, name: &str) -> bool {
        let plain = name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
        plain.starts_with("added-") || self.shown.iter().any(|shown| plain.starts_with(shown))
    }
}

/// A page with the pictures of a folder, those of what the pack adds first.
///
/// # Errors
/// What reading the folder gives.
pub fn page(folder: &Path, album: &Album, flow: bool) -> io::Result<Page> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".png") && (flow || !name.contains("added-")) {
            names.push(name);
        }
    }
    // As numbers: 100 comes after 99.
    let number = |name: &str| -> Option<u32> { name.split('-').next()?.parse().ok() };
    names.sort_by_key(|name| (!name.contains("added-"), number(name), name.clone()));
    let (first, rest): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| album.is_shown(name));
    let (lang, heading, adds, others) = match album.lang {
        Lang::ZhCn => ("zh-CN", "预览", "这个内容包带来的", "其他画面"),
        Lang::En => ("en", "Preview", "What this pack brings", "The other pages"),
    };
    let mut text = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{heading} · {title}</title>\n\
         <style>\nbody {{ font-family: \"Noto Sans CJK SC\", sans-serif; margin: 2rem; background: #fbf7f0; \
         color: #3a3a3a }}\nmain {{ display: flex; flex-wrap: wrap; gap: 1.5rem }}\nfigure {{ margin: 0 }}\n\
         img {{ height: 28rem; border: 1px solid #d8d0c4; border-radius: .5rem }}\n\
         figcaption {{ font-size: .9rem; padding: .3rem 0 }}\n</style>\n<h1>{heading} · {title}</h1>\n",
        title = escaped(&album.title),
    );
    for (heading, names) in [(adds, &first), (others, &rest)] {
        if names.is_empty() {
            continue;
        }
        let _ = writeln!(text, "<h2>{heading}</h2>\n<main>");
        for name in names {
            let caption = album.caption(name);
            let (name, caption) = (escaped(name), escaped(&caption));
            let _ = writeln!(
                text,
                "<figure><a href=\"{name}\"><img src=\"{name}\" alt=\"{caption}\"></a>\
                 <figcaption>{caption}</figcaption></figure>"
            );
        }
        text.push_str("</main>\n");
    }
    text.push_str("</html>\n");
    Ok(Page {
        text,
        pictures: names.len(),
    })
}

impl Album {
    /// An article by its title, another picture by its name.
    fn caption(&self, name: &str) -> String {
        let stem = name.trim_end_matches(".png");
        let of = |(id, title, _): &(String, String, Vec<Audience>)| {
            stem.ends_with(&format!("added-{id}"))
                .then(|| title.clone())
        };
        self.articles
            .iter()
            .find_map(of)
            .unwrap_or_else(|| stem.to_owned())
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
