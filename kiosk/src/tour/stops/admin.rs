//! Maintenance: the pad, devices, reports, and every way the packs page can stand. What the admin sees there comes from
//! devices and disks in a booth; here it is told.

use crate::admin::{
    AdminView, Changes, Contents, Device, DeviceHealth, Doing, HealthState, InstalledPack,
    KeyListLine, PackNotice, PacksStage, PacksView, PinProblem, PinPurpose, ReportState, RootLine,
    Service, SignatureView, StickItem, StickItemKind, StickView, TrustView, WaitingReport,
    WorkView,
};
use crate::tour::{Tour, TourError};
use xinting_content::{Audience, Lang};
use xinting_session::Input;

pub(super) fn all(tour: &mut Tour) -> Result<(), TourError> {
    tour.give(Input::End);
    tour.give(Input::AdminGesture);
    let said = Said(tour.options.lang);
    let pin = |purpose, filled, problem| AdminView::Pin {
        purpose,
        filled,
        problem,
    };
    let wrong = PinProblem::Wrong { left: 4 };
    for (name, view) in [
        ("admin-pin-new", pin(PinPurpose::Set, 0, None)),
        ("admin-pin", pin(PinPurpose::Enter, 3, Some(wrong))),
        ("admin-health", AdminView::Health(devices(said))),
        ("admin-reports", AdminView::Reports(vec![report()])),
    ] {
        tour.picture(name, Some(&view), None)?;
    }
    for (name, view, stage) in packs(said) {
        tour.picture(name, Some(&AdminView::Packs(view, stage)), None)?;
    }
    Ok(())
}

/// The tour's language, for what packs and devices say.
#[derive(Clone, Copy)]
struct Said(Lang);

impl Said {
    fn words(self, zh: &str, en: &str) -> String {
        (match self.0 {
            Lang::ZhCn => zh,
            Lang::En => en,
        })
        .to_owned()
    }
}

fn devices(said: Said) -> Vec<DeviceHealth> {
    let line = |device, state, detail: String| DeviceHealth {
        device,
        state,
        detail,
    };
    let modem = said.words(
        "EC25 · Quectel · 信号 4 格，共 5 格（-73 dBm） · VoLTE 可用 · 听筒放着",
        "EC25 · Quectel · signal 4 of 5 bars (-73 dBm) · VoLTE ready · handset down",
    );
    let packs = said.words(
        "心亭起步内容 2 (2026.11.2) · 冬季篇 · 考试周 3 (2026.10.2) · 示例学校（示例） 1 (2026.11.1)",
        "Starter content 2 (2026.11.2) · Winter · exam weeks 3 (2026.10.2) · Sample School (sample) 1 (2026.11.1)",
    );
    let none = String::new;
    vec![
        line(Device::Modem, HealthState::Good, modem),
        line(Device::Sound, HealthState::Absent, none()),
        line(
            Device::District,
            HealthState::Unreachable,
            "https://district.example".to_owned(),
        ),
        line(Device::Packs, HealthState::Good, packs),
        line(Device::Disk, HealthState::Good, none()),
        line(
            Device::Clock,
            HealthState::Good,
            "2026-11-23 15:20".to_owned(),
        ),
        line(Device::Stick, HealthState::Empty, none()),
    ]
}

fn report() -> WaitingReport {
    WaitingReport {
        date: "2026-11-22".to_owned(),
        key: "booth-0001 / 1 / 17".to_owned(),
        body: concat!(
            r#"{"schema":1,"booth":"booth-0001","epoch":1,"sequence":17,"period":{"day":"2026-11-22"},"noise":"none","#,
            r#""cells":[["visits",12],["door.self_check",5],["door.learn",3],["door.relax",6],["calls.reached",1]]}"#
        )
        .to_owned(),
        state: ReportState::Waiting,
    }
}

/// Every way the packs page can stand.
fn packs(said: Said) -> Vec<(&'static str, PacksView, PacksStage)> {
    let empty = standing(said);
    let mut found = empty.clone();
    found.stick = StickView::Ready;
    found.on_stick = vec![winter(said), school(said), altered(said), key_list(said)];
    let mut second = found.clone();
    second.others = 1;
    second.left_out = 8;
    second.on_stick.truncate(1);
    let mut asked = empty.clone();
    asked.trust.asked = Some("7c1e 09ab 52d4 e6f0 8831 2b9d 44c7 a05e".to_owned());
    asked.trust.warnings = vec![said.words(
        "密钥清单到 2026-09-01 为止，请向区里要新的一份",
        "The key list ran until 2026-09-01; ask the district for a new one",
    )];
    let mut services = empty.clone();
    services.installed.extend([
        InstalledPack {
            id: "school".to_owned(),
            title: school(said).title,
            publisher: school(said).publisher,
            version: "2 (2026.11)".to_owned(),
            service: Service::ServesAlone,
            ..services.installed[1].clone()
        },
        InstalledPack {
            id: "spring".to_owned(),
            title: said.words("春季篇", "Spring"),
            service: Service::Out,
            sample: false,
            ..services.installed[1].clone()
        },
    ]);
    for pack in &mut services.installed[2..] {
        pack.previous = None;
    }
    let at = PacksStage::Overview;
    let work = |doing, done_bytes, total_bytes, can_cancel| {
        let mut view = found.clone();
        view.work = Some(WorkView {
            doing,
            file: said.words("冬季篇 · 考试周", "Winter · exam weeks"),
            done_bytes,
            total_bytes,
            file_number: 1,
            files: 1,
            can_cancel,
        });
        view
    };
    let whole = winter(said).size_bytes;
    let notice = |stick, notice| {
        let mut view = empty.clone();
        view.stick = stick;
        view.notice = Some(notice);
        view
    };
    let (ready, released) = (StickView::Ready, StickView::Released);
    let title = || said.words("冬季篇 · 考试周", "Winter · exam weeks");
    let mut pages = vec![
        ("admin-packs-empty", empty.clone(), at),
        ("admin-packs", found.clone(), at),
        ("admin-packs-second-stick", second, at),
        ("admin-packs-root", asked, at),
        ("admin-pack-item", found.clone(), PacksStage::Item(0)),
        ("admin-pack-new", found.clone(), PacksStage::Item(1)),
        ("admin-pack-refused", found.clone(), PacksStage::Item(2)),
        ("admin-pack-keys", found.clone(), PacksStage::Item(3)),
        (
            "admin-pack-copying",
            work(Doing::Copying, whole / 3, whole, true),
            at,
        ),
        (
            "admin-pack-verifying",
            work(Doing::Verifying, whole, whole, false),
            at,
        ),
        (
            "admin-pack-going-back",
            work(Doing::RollingBack, 0, 0, false),
            at,
        ),
        ("admin-pack-go-back", found.clone(), PacksStage::RollBack(1)),
        ("admin-packs-services", services.clone(), at),
        (
            "admin-pack-take-out",
            services.clone(),
            PacksStage::RollBack(2),
        ),
        ("admin-pack-put-back", services, PacksStage::RollBack(3)),
        ("admin-pack-key-stick", found.clone(), PacksStage::KeyStick),
        (
            "admin-pack-forget-keys",
            found.clone(),
            PacksStage::ForgetKeySticks,
        ),
    ];
    let installed = PackNotice::Installed {
        title: title(),
        version: "2026.11.1".to_owned(),
    };
    let back = PackNotice::RolledBack {
        title: title(),
        version: "2026.10.2".to_owned(),
    };
    let refused = PackNotice::Refused {
        file: "winter.xpack".to_owned(),
        reason: said.words(
            "还没复制完，U 盘就被拔出了；插回去再装一次就好",
            "the stick was pulled out before the copy was done; put it in again and install again",
        ),
    };
    let cancelled = PackNotice::Cancelled {
        file: "winter.xpack".to_owned(),
        doing: Doing::Copying,
    };
    let export_cancelled = PackNotice::Cancelled {
        file: String::new(),
        doing: Doing::WritingOut,
    };
    let taken_out = PackNotice::TakenOut {
        title: school(said).title,
    };
    let taken = PackNotice::Taken {
        kind: StickItemKind::KeyList,
        title: key_list(said).title,
        detail: said.words(
            "从现在起按这份密钥清单认发布者。",
            "Publishers are known by this list from now on.",
        ),
    };
    let exported = PackNotice::Exported {
        files: 4,
        bytes: 24_300,
    };
    pages.extend([
        ("admin-pack-installed", notice(released, installed), at),
        ("admin-pack-gone-back", notice(ready, back), at),
        ("admin-pack-failed", notice(StickView::Empty, refused), at),
        ("admin-pack-cancelled", notice(ready, cancelled), at),
        (
            "admin-pack-export-cancelled",
            notice(ready, export_cancelled),
            at,
        ),
        ("admin-pack-taken-out", notice(ready, taken_out), at),
        ("admin-pack-taken", notice(ready, taken), at),
        ("admin-pack-exported", notice(released, exported), at),
        (
            "admin-pack-key-made",
            notice(ready, PackNotice::KeyStickMade),
            at,
        ),
    ]);
    pages
}

fn standing(said: Said) -> PacksView {
    let district = said.words("示例区心理健康中心", "Sample District Centre");
    let pack = |id: &str, title: String, publisher: &str, version: &str| InstalledPack {
        id: id.to_owned(),
        title,
        publisher: publisher.to_owned(),
        version: version.to_owned(),
        sample: false,
        previous: None,
        service: Service::Serves,
    };
    PacksView {
        installed: vec![
            pack(
                "starter",
                said.words("基础内容", "Starter content"),
                &said.words("心亭", "Heart Pavilion"),
                "1 (2026.10)",
            ),
            InstalledPack {
                previous: Some("2 (2026.9.1)".to_owned()),
                sample: true,
                ..pack(
                    "winter",
                    said.words("冬季篇 · 考试周", "Winter · exam weeks"),
                    &district,
                    "3 (2026.10.2)",
                )
            },
        ],
        free_bytes: Some(5_200_000_000),
        trust: TrustView {
            roots: vec![RootLine {
                key: "8F3C21D0A97B6E54".to_owned(),
                fingerprint: "41d8 cd98 f00b 2042 e980 0998 ecf8 427e".to_owned(),
            }],
            list: Some(KeyListLine {
                issuer: "sample-district".to_owned(),
                version: 3,
                until: "2027-09-01".to_owned(),
                publishers: 4,
            }),
            ..TrustView::default()
        },
        ..PacksView::default()
    }
}

fn winter(said: Said) -> StickItem {
    StickItem {
        file: "winter.xpack".to_owned(),
        title: said.words("冬季篇 · 考试周", "Winter · exam weeks"),
        publisher: said.words("示例区心理健康中心", "Sample District Centre"),
        signature: SignatureView::Publisher,
        version: "4 (2026.11.1)".to_owned(),
        installed_version: Some("3 (2026.10.2)".to_owned()),
        changes: Changes {
            added: 3,
            changed: 2,
            removed: 1,
            words: vec![
                said.words("新文章：考前一晚", "New article: The night before"),
                said.words("改动：求助热线", "Changed: hotlines"),
            ],
        },
        contents: Contents {
            articles: 12,
            practices: 3,
            hotlines: true,
            ..Contents::default()
        },
        audiences: vec![Audience::Primary, Audience::Junior, Audience::Senior],
        size_bytes: 186_000_000,
        ..StickItem::default()
    }
}

fn school(said: Said) -> StickItem {
    StickItem {
        file: "packs/school.xpack".to_owned(),
        title: said.words("示例小学（示例）", "Sample School (sample)"),
        publisher: said.words("示例小学", "Sample School"),
        signature: SignatureView::Root,
        version: "2 (2026.11)".to_owned(),
        contents: Contents {
            counsellor: true,
            calendar: true,
            ..Contents::default()
        },
        audiences: vec![Audience::Primary, Audience::Parent],
        size_bytes: 42_000,
        warning: Some(said.words(
            "密钥清单到 2026-09-01 为止，请向区里要新的一份",
            "The key list ran until 2026-09-01; ask the district for a new one",
        )),
        ..StickItem::default()
    }
}

fn altered(said: Said) -> StickItem {
    StickItem {
        file: "spring.xpack".to_owned(),
        title: "spring.xpack".to_owned(),
        size_bytes: 88_000_000,
        refusal: Some(said.words(
            "内容包被改动过，和签名对不上；请向发布者重新索取",
            "the pack has been altered and does not fit its signature; ask its publisher for a new copy",
        )),
        ..StickItem::default()
    }
}

fn key_list(said: Said) -> StickItem {
    StickItem {
        file: "keys/district.xkeys".to_owned(),
        kind: StickItemKind::KeyList,
        title: said.words("示例区的密钥清单", "Key list of the sample district"),
        signature: SignatureView::Root,
        version: "4".to_owned(),
        installed_version: Some("3".to_owned()),
        size_bytes: 1_900,
        ..StickItem::default()
    }
}
