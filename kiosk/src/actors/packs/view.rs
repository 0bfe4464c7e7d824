//! What the shelf knows, as plain values for the admin's page.

use crate::admin::{
    Changes, Contents, Doing, InstalledPack, Service, SignatureView, StickItem, StickItemKind,
    WorkView,
};
pub(super) use crate::carry::shown_name;
use crate::shelf::{self, ChangeKind, Found, Serving, Shelf, Step, Working};
use xinting_content::{Lang, SignedBy, Text};

/// Most changes that are put into words.
const MOST_WORDS: usize = 12;

/// The packs that are here, as the admin sees them: those that serve, then those that were taken out of service.
#[must_use]
pub fn here(shelf: &Shelf, lang: Lang) -> Vec<InstalledPack> {
    let serving = shelf.serving();
    let out = shelf.out_of_service();
    let serving = serving.iter().map(|pack| installed(pack, lang));
    let out = out.iter().map(|pack| InstalledPack {
        service: Service::Out,
        ..installed(pack, lang)
    });
    serving.chain(out).collect()
}

fn installed(serving: &Serving, lang: Lang) -> InstalledPack {
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
        service: match serving.alone {
            true => Service::ServesAlone,
            false => Service::Serves,
        },
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
