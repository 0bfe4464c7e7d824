//! What the shelf knows, as plain values for the admin's page.

use crate::admin::{
    Changes, Contents, Doing, InstalledPack, Service, SignatureView, StickItem, StickItemKind,
    WorkView,
};
use crate::shelf::{self, ChangeKind, Found, Serving, Step, Working};
use xinting_content::{Lang, SignedBy, Text};

/// Most changes that are put into words.
const MOST_WORDS: usize = 12;

/// A pack that serves, as the admin sees it.
#[must_use]
pub fn installed(serving: &Serving, lang: Lang) -> InstalledPack {
    InstalledPack {
        id: serving.id.to_string(),
        title: serving.title.get(lang).to_owned(),
        publisher: publisher(serving.publisher_name.as_ref(), &serving.publisher, lang),
        version: version(serving.version, &serving.release),
        sample: serving.sample,
        previous: serving
            .previous
            .as_ref()
            .map(|previous| version(previous.version, &previous.release)),
        service: Service::Serves,
    }
}

pub(super) fn version(number: u64, release: &str) -> String {
    format!("{number} ({release})")
}

/// The name the key list gives, else the id.
fn publisher(name: Option<&Text>, id: &str, lang: Lang) -> String {
    name.map_or(id, |name| name.get(lang)).to_owned()
}

/// A pack file of the stick.
pub(super) fn on_stick(found: &Found, lang: Lang) -> StickItem {
    let refusal = found.refusal.as_ref().map(|reason| reason.sentence(lang));
    let Some(offer) = &found.offer else {
        return StickItem {
            file: shown_name(&found.file),
            kind: StickItemKind::Pack,
            title: shown_name(&found.file),
            size_bytes: found.size_bytes,
            refusal,
            ..StickItem::default()
        };
    };
    let info = offer.info();
    StickItem {
        file: shown_name(&found.file),
        kind: StickItemKind::Pack,
        title: info.title.get(lang).to_owned(),
        publisher: publisher(offer.publisher_name.as_ref(), &info.publisher, lang),
        signature: match offer.signed_by {
            SignedBy::Root => SignatureView::Root,
            SignedBy::Publisher => SignatureView::Publisher,
        },
        version: version(info.version, &info.release),
        installed_version: offer
            .replaces
            .as_ref()
            .map(|serving| version(serving.version, &serving.release)),
        changes: changes(&offer.changes, lang),
        contents: contents(offer.contents),
        audiences: info.audiences.clone(),
        size_bytes: found.size_bytes,
        refusal,
        warning: None,
    }
}

/// A file's name on the page: nothing in it moves what stands beside it.
pub(crate) fn shown_name(file: &str) -> String {
    let turns = |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    file.chars()
        .filter(|c| !c.is_control() && !turns(c))
        .collect()
}

fn changes(changes: &shelf::Changes, lang: Lang) -> Changes {
    // Sounds come along with what they belong to, and are counted among the files.
    let told = |change: &&shelf::Change| change.what != shelf::What::Sound;
    let mut each: Vec<&shelf::Change> = changes.each.iter().filter(told).collect();
    each.sort_by_key(|change| match change.kind {
        ChangeKind::Removed => 0,
        ChangeKind::Added => 1,
        ChangeKind::Changed => 2,
    });
    let words = each
        .iter()
        .take(MOST_WORDS)
        .map(|change| change.words(lang));
    Changes {
        added: changes.added,
        changed: changes.changed,
        removed: changes.removed,
        words: words.collect(),
    }
}

fn contents(contents: shelf::Contents) -> Contents {
    Contents {
        instruments: contents.instruments,
        articles: contents.articles,
        practices: contents.practices,
        beds: contents.beds,
        hotlines: contents.hotlines,
        support: contents.support,
        counsellor: contents.counsellor,
        calendar: contents.calendar,
    }
}

/// How far an installation is.
pub(super) fn work(file: &str, working: Working) -> WorkView {
    let (doing, can_cancel) = match working.step {
        Step::Copying => (Doing::Copying, true),
        Step::Verifying => (Doing::Verifying, true),
        Step::Placing => (Doing::Installing, false),
    };
    WorkView {
        doing,
        file: shown_name(file),
        done_bytes: working.done_bytes,
        total_bytes: working.total_bytes,
        file_number: working.file_number,
        files: working.files,
        can_cancel,
    }
}
