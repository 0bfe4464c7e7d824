//! The packs page: values to rows, sizes to text, and which of its pages stands.

use super::super::{Emit, UiEvent, kept, words};
use crate::admin::{
    AdminInput, Changes, Doing, InstalledPack, PackNotice, PacksInput, PacksStage, PacksView,
    Service, SignatureView, StickItem, StickItemKind, StickView, TrustView, WorkView,
};
use crate::ui::{
    App, AskView, DoingView, ItemKindView, NoticeLine, NoticeView, PackLine, PacksAdapter,
    PacksTouch, PageKind, RootView, SignatureLook, StickLine, StickStateView, TrustLine, WorkLine,
};
use slint::{Global, ModelRc, SharedString};
use xinting_content::Audience;

pub(super) fn connect(app: &App, emit: &Emit) {
    let to = emit.clone();
    PacksAdapter::get(app).on_touch(move |touch, place| {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        to(UiEvent::Admin(AdminInput::Packs(match touch {
            PacksTouch::Open => PacksInput::Open(place),
            PacksTouch::NotNow => PacksInput::NotNow,
            PacksTouch::Install => PacksInput::InstallFromStick(place),
            PacksTouch::Cancel => PacksInput::Cancel,
            PacksTouch::AskRollBack => PacksInput::AskRollBack(place),
            PacksTouch::RollBack => PacksInput::RollBack(place),
            PacksTouch::Release => PacksInput::ReleaseStick,
            PacksTouch::Export => PacksInput::Export,
            PacksTouch::AskKeyStick => PacksInput::AskKeyStick,
            PacksTouch::MakeKeyStick => PacksInput::MakeKeyStick,
            PacksTouch::AskForgetKeys => PacksInput::AskForgetKeySticks,
            PacksTouch::ForgetKeys => PacksInput::ForgetKeySticks,
            PacksTouch::AcceptRoot => PacksInput::AcceptRoot,
            PacksTouch::DeclineRoot => PacksInput::DeclineRoot,
        })));
    });
}

/// Whether there is a whole page to go back to.
pub(in crate::adapters) fn can_go_back(view: &PacksView, stage: PacksStage) -> bool {
    view.work.is_none() && (view.notice.is_some() || stage != PacksStage::Overview)
}

pub(super) fn render(app: &App, view: &PacksView, stage: PacksStage) -> PageKind {
    let adapter = PacksAdapter::get(app);
    let installed = view.installed.iter().map(installed).collect();
    adapter.set_installed(kept(adapter.get_installed(), installed));
    adapter.set_stick(match view.stick {
        StickView::NotConfigured => StickStateView::NotConfigured,
        StickView::Empty => StickStateView::Empty,
        StickView::Reading => StickStateView::Reading,
        StickView::Ready => StickStateView::Ready,
        StickView::Unreadable => StickStateView::Unreadable,
        StickView::Released => StickStateView::Released,
    });
    adapter.set_key_stick(view.key_stick);
    adapter.set_others(whole(view.others));
    adapter.set_left_out(whole(view.left_out));
    let on_stick = view.on_stick.iter().map(on_stick).collect();
    adapter.set_on_stick(kept(adapter.get_on_stick(), on_stick));
    adapter.set_free(view.free_bytes.map(words::size).unwrap_or_default().into());
    render_trust(&adapter, &view.trust);
    if let Some(work) = &view.work {
        adapter.set_work(working(work));
        return PageKind::AdminPackWork;
    }
    if let Some(notice) = &view.notice {
        adapter.set_notice(noticed(notice));
        return PageKind::AdminPackDone;
    }
    let (place, page) = match stage {
        PacksStage::Overview => (0, PageKind::AdminPacks),
        PacksStage::Item(place) => match view.on_stick.get(place) {
            Some(item) => {
                set_item(&adapter, item);
                (place, PageKind::AdminPackItem)
            }
            None => (0, PageKind::AdminPacks),
        },
        PacksStage::RollBack(place) => match view.installed.get(place) {
            Some(pack) => {
                adapter.set_ask(AskView::RollBack);
                adapter.set_ask_pack(self::installed(pack));
                (place, PageKind::AdminPackAsk)
            }
            None => (0, PageKind::AdminPacks),
        },
        PacksStage::KeyStick => {
            adapter.set_ask(AskView::KeyStick);
            (0, PageKind::AdminPackAsk)
        }
        PacksStage::ForgetKeySticks => {
            adapter.set_ask(AskView::ForgetKeys);
            (0, PageKind::AdminPackAsk)
        }
    };
    adapter.set_place(whole(place));
    page
}

fn whole(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn installed(pack: &InstalledPack) -> PackLine {
    PackLine {
        title: pack.title.as_str().into(),
        publisher: pack.publisher.as_str().into(),
        version: pack.version.as_str().into(),
        sample: pack.sample,
        previous: pack.previous.as_deref().unwrap_or("").into(),
        forward: pack.goes_forward(),
        alone: pack.service == Service::ServesAlone,
        out: pack.service == Service::Out,
    }
}

fn kind(kind: StickItemKind) -> ItemKindView {
    match kind {
        StickItemKind::Pack => ItemKindView::Pack,
        StickItemKind::KeyList => ItemKindView::KeyList,
        StickItemKind::Config => ItemKindView::Config,
        StickItemKind::Receipts => ItemKindView::Receipts,
        StickItemKind::Enrolled => ItemKindView::Enrolled,
    }
}

/// A row of the list. The words about its changes stand on its own page only: a model within a row would make every
/// row anew whenever the page is drawn.
fn on_stick(item: &StickItem) -> StickLine {
    let for_whom = |audience| item.audiences.contains(&audience);
    let Changes {
        added,
        changed,
        removed,
        words: _,
    } = &item.changes;
    StickLine {
        file: item.file.as_str().into(),
        kind: kind(item.kind),
        title: item.title.as_str().into(),
        publisher: item.publisher.as_str().into(),
        signature: match item.signature {
            SignatureView::Root => SignatureLook::Root,
            SignatureView::Publisher => SignatureLook::Publisher,
            SignatureView::None => SignatureLook::None,
        },
        version: item.version.as_str().into(),
        installed_version: item.installed_version.as_deref().unwrap_or("").into(),
        added: whole(*added),
        changed: whole(*changed),
        removed: whole(*removed),
        words: ModelRc::default(),
        instruments: whole(item.contents.instruments),
        articles: whole(item.contents.articles),
        practices: whole(item.contents.practices),
        beds: whole(item.contents.beds),
        hotlines: item.contents.hotlines,
        support: item.contents.support,
        counsellor: item.contents.counsellor,
        calendar: item.contents.calendar,
        primary: for_whom(Audience::Primary),
        junior: for_whom(Audience::Junior),
        senior: for_whom(Audience::Senior),
        parent: for_whom(Audience::Parent),
        size: words::size(item.size_bytes).into(),
        refusal: words::sentence(item.refusal.as_deref().unwrap_or("")),
        warning: words::sentence(item.warning.as_deref().unwrap_or("")),
    }
}

/// The item that is looked at, with the words about its changes.
fn set_item(adapter: &PacksAdapter<'_>, item: &StickItem) {
    let words = item.changes.words.iter().map(SharedString::from).collect();
    let words = kept(adapter.get_item().words, words);
    adapter.set_item(StickLine {
        words,
        ..on_stick(item)
    });
}

fn working(work: &WorkView) -> WorkLine {
    WorkLine {
        doing: match work.doing {
            Doing::Copying => DoingView::Copying,
            Doing::Verifying => DoingView::Verifying,
            Doing::Installing => DoingView::Installing,
            Doing::WritingOut => DoingView::WritingOut,
            Doing::RollingBack => DoingView::RollingBack,
            Doing::Forgetting => DoingView::Forgetting,
        },
        file: work.file.as_str().into(),
        done: words::size(work.done_bytes).into(),
        total: words::size(work.total_bytes).into(),
        share: match work.total_bytes {
            0 => -1.0,
            total => (work.done_bytes as f64 / total as f64) as f32,
        },
        file_number: whole(work.file_number),
        files: whole(work.files),
        can_cancel: work.can_cancel,
    }
}

fn noticed(notice: &PackNotice) -> NoticeLine {
    let line = |kind, title: &str, detail: &str| NoticeLine {
        kind,
        item: ItemKindView::Pack,
        title: title.into(),
        detail: detail.into(),
        files: 0,
    };
    match notice {
        PackNotice::Installed { title, version } => line(NoticeView::Installed, title, version),
        PackNotice::RolledBack { title, version } => line(NoticeView::RolledBack, title, version),
        PackNotice::Refused { file, reason } => {
            line(NoticeView::Refused, file, &words::sentence(reason))
        }
        PackNotice::TakenOut { title } => line(NoticeView::TakenOut, title, ""),
        PackNotice::Cancelled { file, doing } => {
            let kind = match doing {
                Doing::WritingOut => NoticeView::ExportCancelled,
                Doing::Copying
                | Doing::Verifying
                | Doing::Installing
                | Doing::RollingBack
                | Doing::Forgetting => NoticeView::Cancelled,
            };
            line(kind, file, "")
        }
        PackNotice::Taken {
            kind: item,
            title,
            detail,
        } => NoticeLine {
            item: kind(*item),
            ..line(NoticeView::Taken, title, detail)
        },
        PackNotice::Exported { files, bytes } => NoticeLine {
            files: whole(*files),
            ..line(NoticeView::Exported, "", &words::size(*bytes))
        },
        PackNotice::KeyStickMade => line(NoticeView::KeyStick, "", ""),
        PackNotice::KeySticksForgotten => line(NoticeView::KeysForgotten, "", ""),
    }
}

fn render_trust(adapter: &PacksAdapter<'_>, trust: &TrustView) {
    let roots = trust.roots.iter().map(|root| RootView {
        key: root.key.as_str().into(),
        fingerprint: root.fingerprint.as_str().into(),
    });
    adapter.set_roots(kept(adapter.get_roots(), roots.collect()));
    let warnings = trust
        .warnings
        .iter()
        .map(|words| words::sentence(words))
        .collect();
    adapter.set_warnings(kept(adapter.get_warnings(), warnings));
    let list = trust.list.as_ref();
    adapter.set_trust(TrustLine {
        issuer: list.map(|list| list.issuer.as_str()).unwrap_or("").into(),
        version: list
            .map(|list| list.version.to_string())
            .unwrap_or_default()
            .into(),
        until: list.map(|list| list.until.as_str()).unwrap_or("").into(),
        publishers: whole(list.map_or(0, |list| list.publishers)),
        asked: trust.asked.as_deref().unwrap_or("").into(),
    });
}
