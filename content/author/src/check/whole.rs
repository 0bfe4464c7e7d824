//! What must hold once the packs lie over each other: that every suggestion and every bed exists, and
//! that there is a line, support words and a counsellor. Without the packs below it can only be said of
//! a starter, which stands alone.

use super::texts::at_words;
use crate::folder::Folder;
use xinting_content::instrument::Suggestion;
use xinting_content::{Audience, Fault, Lang, Layer, Library, PackKind};

/// What was found.
#[derive(Default)]
pub(super) struct Whole {
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
    pub(super) replaced: Vec<String>,
}

pub(super) fn look(folder: &Folder, layer: &Layer, over: &[Layer]) -> Whole {
    let mut whole = Whole::default();
    let alone = over.is_empty() && layer.info.kind != PackKind::Starter;
    let layers: Vec<&Layer> = over.iter().chain([layer]).collect();
    references(folder, layer, &layers, alone, &mut whole);
    if alone {
        return whole;
    }
    for below in over {
        replaced(below, layer, &mut whole.replaced);
    }
    lonely(folder, layer, &layers, &mut whole.warnings);
    // What is said above names the place; what else there is comes from the very code of the booth.
    if let (Err(error), true) = (Library::from_layers(&layers), whole.faults.is_empty()) {
        let text = error.to_string();
        let (what, remedy) = text.split_once("; ").unwrap_or((&text, "correct it"));
        whole.faults.push(Fault {
            file: "pack.toml".to_owned(),
            line: None,
            column: None,
            key: String::new(),
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        });
    }
    whole
}

fn references(folder: &Folder, layer: &Layer, layers: &[&Layer], alone: bool, whole: &mut Whole) {
    let mut add = |file: &str, key: &str, name: &str, thing: String| {
        let quoted = format!("\"{name}\"");
        if alone {
            let what = format!("nothing here holds {thing}");
            let remedy = "see that a pack below does: check again with --over starter.xpack";
            let warning = at_words(folder, file, key, &quoted, what, remedy);
            whole.warnings.push(warning);
        } else {
            let what = format!("no pack holds {thing}");
            let remedy = "add it, or name another";
            let fault = at_words(folder, file, key, &quoted, what, remedy);
            whole.faults.push(fault);
        }
    };
    // A file that has faults of its own is there all the same.
    let here = |kind: &str, id: &str| folder.get(&format!("{kind}/{id}.toml")).is_some();
    for instrument in &layer.instruments {
        let file = format!("instruments/{}.toml", instrument.id);
        let bands = instrument.bands.iter().map(|band| &band.words);
        let endings = bands.chain(&instrument.reflections);
        for suggestion in endings.flat_map(|words| &words.suggestions) {
            let (kind, id, held) = match suggestion {
                Suggestion::Article(id) => {
                    let mut all = layers.iter().flat_map(|layer| &layer.articles);
                    ("article", id.as_str(), all.any(|one| one.id == *id))
                }
                Suggestion::Practice(id) => {
                    let mut all = layers.iter().flat_map(|layer| &layer.practices);
                    ("practice", id.as_str(), all.any(|one| one.id == *id))
                }
                Suggestion::Counsellor | Suggestion::Call => continue,
            };
            if !held && !here(&format!("{kind}s"), id) {
                let thing = format!("the {kind} {id}");
                add(&file, "suggestions", &format!("{kind}:{id}"), thing);
            }
        }
    }
    for practice in &layer.practices {
        let Some((bed, _)) = &practice.bed else {
            continue;
        };
        let mut all = layers.iter().flat_map(|layer| &layer.beds);
        if !all.any(|one| one.id == *bed) && !here("beds", bed.as_str()) {
            let file = format!("practices/{}.toml", practice.id);
            add(&file, "bed.id", bed.as_str(), format!("the bed {bed}"));
        }
    }
}

/// What of a layer below this one takes the place of.
fn replaced(below: &Layer, layer: &Layer, words: &mut Vec<String>) {
    let whose = below.info.title.get(Lang::En);
    let mut add = |thing: &str, name: &str| {
        let named = format!("{thing} {name}");
        words.push(format!("{} of {whose}", named.trim_end()));
    };
    for one in &layer.instruments {
        if below.instruments.iter().any(|other| other.id == one.id) {
            add("instrument", one.id.as_str());
        }
    }
    for one in &layer.articles {
        if below.articles.iter().any(|other| other.id == one.id) {
            add("article", one.id.as_str());
        }
    }
    for one in &layer.practices {
        if below.practices.iter().any(|other| other.id == one.id) {
            add("practice", one.id.as_str());
        }
    }
    for one in &layer.beds {
        if below.beds.iter().any(|other| other.id == one.id) {
            add("bed", one.id.as_str());
        }
    }
    for one in &layer.lines {
        if below.lines.iter().any(|other| other.id == one.id) {
            add("line", one.id.as_str());
        }
    }
    if layer.support.is_some() && below.support.is_some() {
        add("the support words", "");
    }
    if layer.counsellor.is_some() && below.counsellor.is_some() {
        add("the counsellor", "");
    }
}

/// An article that is the only one of its theme for somebody: the page offers nothing to go on with.
fn lonely(folder: &Folder, layer: &Layer, layers: &[&Layer], warnings: &mut Vec<Fault>) {
    for article in &layer.articles {
        let alone: Vec<&str> = article
            .audiences
            .iter()
            .filter(|who| !has_mate(layers, article.id.as_str(), &article.theme, **who))
            .map(|who| who.name())
            .collect();
        if !alone.is_empty() {
            let file = format!("articles/{}.toml", article.id);
            let text = String::from_utf8_lossy(folder.get(&file).unwrap_or_default()).into_owned();
            let what = format!(
                "it is the only article on {} for {}",
                article.theme,
                alone.join(", ")
            );
            let remedy = "write a second one, or choose the theme that fits best among the others";
            warnings.push(Fault::of_key(&file, &text, "theme", what, remedy));
        }
    }
}

fn has_mate(layers: &[&Layer], id: &str, theme: &str, who: Audience) -> bool {
    let all = layers.iter().flat_map(|layer| &layer.articles);
    let mut mates = all.filter(|other| other.theme == theme && other.audiences.contains(&who));
    mates.any(|other| other.id.as_str() != id)
}
