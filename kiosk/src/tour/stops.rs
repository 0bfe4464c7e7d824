//! Where the tour stops, in the order a visitor might. Player and call have files of their own.

mod call;
mod player;

use super::{Tour, TourError};
use crate::admin::{
    AdminView, Device, DeviceHealth, HealthState, InstalledPack, PackNotice, PacksStage, PacksView,
    PinProblem, PinPurpose, ReportState, SignatureView, StickItem, StickView, WaitingReport,
};
use std::time::Duration;
use xinting_content::Lang;
use xinting_content::instrument::Instrument;
use xinting_session::{Door, Input, Screen, TextSize};

const SECOND: Duration = Duration::from_secs(1);

pub(super) fn all(tour: &mut Tour) -> Result<(), TourError> {
    arriving(tour)?;
    checking(tour)?;
    supported(tour)?;
    reading(tour)?;
    player::all(tour)?;
    call::all(tour)?;
    lingering(tour)?;
    reaching(tour)?;
    hours(tour)?;
    maintaining(tour)
}

fn arriving(tour: &mut Tour) -> Result<(), TourError> {
    tour.shot("attract", |screen| matches!(screen, Screen::Attract))?;
    tour.begin();
    tour.shot("home", |screen| matches!(screen, Screen::Home))
}

/// Answers every item that is left with the option `choose` gives, until another page stands.
fn answer_all(tour: &mut Tour, choose: impl Fn(&Instrument, usize) -> usize) {
    // No instrument has a hundred items; the bound only keeps a broken one from circling.
    for _ in 0..100 {
        let Screen::Item {
            instrument, index, ..
        } = tour.session.screen(tour.now)
        else {
            return;
        };
        let library = tour.session.library().clone();
        let Some(instrument) = library.instrument(&instrument) else {
            return;
        };
        tour.give(Input::Answer(choose(instrument, index)));
        tour.pass(SECOND);
    }
}

fn is_item(screen: &Screen) -> bool {
    matches!(screen, Screen::Item { .. })
}

fn checking(tour: &mut Tour) -> Result<(), TourError> {
    let library = tour.session.library().clone();
    let mut instruments: Vec<&Instrument> =
        library.instruments_for(tour.options.audience).collect();
    if instruments.is_empty() {
        return Ok(());
    }
    // The one with dots first, then the one with the most answers.
    instruments.sort_by_key(|instrument| {
        let risk = instrument.items.iter().any(|item| item.risk_at.is_some());
        let dots = instrument
            .items
            .iter()
            .flat_map(|item| &item.options)
            .any(|option| option.dots.is_some());
        (risk, !dots)
    });
    tour.give(Input::OpenDoor(Door::SelfCheck));
    tour.shot("choose", |screen| matches!(screen, Screen::Choose))?;
    if let Some(first) = instruments.first() {
        tour.give(Input::ChooseInstrument(first.id.clone()));
        tour.shot("intro", |screen| matches!(screen, Screen::Intro(_)))?;
        tour.give(Input::BeginItems);
        tour.shot("item", is_item)?;
        tour.give(Input::Answer(1));
        tour.pass(SECOND);
        tour.give(Input::Answer(1));
        tour.pass(SECOND);
        tour.give(Input::PreviousItem);
        tour.shot("item-chosen", is_item)?;
        answer_all(tour, |_, index| usize::from(index % 2 == 0));
        tour.shot("result", |screen| matches!(screen, Screen::Result { .. }))?;
    }
    let widest = instruments
        .iter()
        .max_by_key(|one| one.items.first().map_or(0, |item| item.options.len()));
    if let Some(widest) = widest {
        tour.begin();
        tour.give(Input::OpenDoor(Door::SelfCheck));
        tour.give(Input::ChooseInstrument(widest.id.clone()));
        tour.give(Input::BeginItems);
        tour.shot("item-many", is_item)?;
    }
    Ok(())
}

fn supported(tour: &mut Tour) -> Result<(), TourError> {
    let library = tour.session.library().clone();
    let risky = library
        .instruments_for(tour.options.audience)
        .find(|instrument| instrument.items.iter().any(|item| item.risk_at.is_some()));
    let Some(risky) = risky else { return Ok(()) };
    tour.begin();
    tour.give(Input::OpenDoor(Door::SelfCheck));
    tour.give(Input::ChooseInstrument(risky.id.clone()));
    tour.give(Input::BeginItems);
    answer_all(tour, |instrument, index| {
        let item = &instrument.items[index];
        (0..item.options.len())
            .find(|option| item.is_risk(*option))
            .unwrap_or(0)
    });
    let on_support = |screen: &Screen| matches!(screen, Screen::Support { .. });
    tour.shot("support", on_support)?;
    tour.pass(Duration::from_secs(180 + 6));
    tour.shot("support-still-there", on_support)?;
    tour.give(Input::StillHere);
    tour.give(Input::SupportContinue);
    answer_all(tour, |_, _| 0);
    tour.shot("result-after-support", |screen| {
        matches!(screen, Screen::Result { .. })
    })
}

fn reading(tour: &mut Tour) -> Result<(), TourError> {
    let library = tour.session.library().clone();
    let Some(article) = library.articles_for(tour.options.audience).next() else {
        return Ok(());
    };
    tour.begin();
    tour.give(Input::OpenDoor(Door::Learn));
    tour.shot("learn", |screen| matches!(screen, Screen::Learn))?;
    tour.give(Input::OpenArticle(article.id.clone()));
    let on_article = |screen: &Screen| matches!(screen, Screen::Article(_));
    tour.shot("article", on_article)?;
    tour.give(Input::SetTextSize(TextSize::Largest));
    tour.shot("article-largest", on_article)?;
    tour.begin();
    tour.give(Input::OpenDoor(Door::Counsellor));
    tour.shot("counsellor", |screen| matches!(screen, Screen::Counsellor))
}

fn lingering(tour: &mut Tour) -> Result<(), TourError> {
    tour.begin();
    tour.pass(Duration::from_secs(45 + 9));
    tour.shot("still-there", |screen| matches!(screen, Screen::Home))?;
    tour.give(Input::StillHere);
    Ok(())
}

/// Reach mode exists in portrait only.
fn reaching(tour: &mut Tour) -> Result<(), TourError> {
    if tour.options.size.0 > tour.options.size.1 {
        return Ok(());
    }
    tour.begin();
    tour.give(Input::ToggleReach);
    tour.shot("reach-home", |screen| matches!(screen, Screen::Home))?;
    let library = tour.session.library().clone();
    if let Some(instrument) = library.instruments_for(tour.options.audience).next() {
        tour.give(Input::OpenDoor(Door::SelfCheck));
        tour.shot("reach-choose", |screen| matches!(screen, Screen::Choose))?;
        tour.give(Input::ChooseInstrument(instrument.id.clone()));
        tour.give(Input::BeginItems);
        tour.shot("reach-item", is_item)?;
    }
    player::reaching(tour)?;
    call::reaching(tour)
}

/// Dusk and night, and a booth that does not know the time.
fn hours(tour: &mut Tour) -> Result<(), TourError> {
    if tour.options.at.is_some() {
        return Ok(());
    }
    let named = [(18, "dusk"), (21, "night")];
    for (hour, light) in named {
        tour.hour(hour);
        tour.give(Input::End);
        tour.shot(&format!("attract-{light}"), |screen| {
            matches!(screen, Screen::Attract)
        })?;
        tour.begin();
        tour.shot(&format!("home-{light}"), |screen| {
            matches!(screen, Screen::Home)
        })?;
    }
    tour.give(Input::OpenDoor(Door::SelfCheck));
    if matches!(tour.session.screen(tour.now), Screen::Choose) {
        tour.shot("choose-night", |screen| matches!(screen, Screen::Choose))?;
    }
    tour.give(Input::Help);
    tour.shot("lines-night", |screen| matches!(screen, Screen::Lines))?;
    call::by_night(tour)?;
    tour.now.civil = None;
    tour.give(Input::End);
    tour.shot("attract-without-clock", |screen| {
        matches!(screen, Screen::Attract)
    })?;
    tour.hour(15);
    Ok(())
}

fn maintaining(tour: &mut Tour) -> Result<(), TourError> {
    tour.give(Input::End);
    tour.give(Input::AdminGesture);
    let zh = tour.options.lang == Lang::ZhCn;
    for (name, view) in [
        (
            "admin-pin-new",
            AdminView::Pin {
                purpose: PinPurpose::Set,
                filled: 0,
                problem: None,
            },
        ),
        (
            "admin-pin",
            AdminView::Pin {
                purpose: PinPurpose::Enter,
                filled: 3,
                problem: Some(PinProblem::Wrong { left: 4 }),
            },
        ),
        ("admin-health", AdminView::Health(devices(zh))),
        ("admin-reports", AdminView::Reports(vec![report()])),
        (
            "admin-packs",
            AdminView::Packs(packs(zh, None, None), PacksStage::Overview),
        ),
        (
            "admin-packs-refused",
            AdminView::Packs(packs(zh, Some(refusal(zh)), None), PacksStage::Overview),
        ),
        (
            "admin-packs-installed",
            AdminView::Packs(
                packs(
                    zh,
                    None,
                    Some(PackNotice::Installed {
                        title: (if zh {
                            "冬季篇（示例）"
                        } else {
                            "Winter (sample)"
                        })
                        .to_owned(),
                        version: "3 (2026.11)".to_owned(),
                    }),
                ),
                PacksStage::Overview,
            ),
        ),
    ] {
        tour.picture(name, Some(&view), None)?;
    }
    Ok(())
}

fn devices(zh: bool) -> Vec<DeviceHealth> {
    let line = |device, state, detail: &str| DeviceHealth {
        device,
        state,
        detail: detail.to_owned(),
    };
    vec![
        line(
            Device::Modem,
            HealthState::Good,
            if zh {
                "EC25 · Quectel · 信号 4 格，共 5 格（-73 dBm） · VoLTE 可用 · 听筒放着"
            } else {
                "EC25 · Quectel · signal 4 of 5 bars (-73 dBm) · VoLTE ready · handset down"
            },
        ),
        line(Device::Sound, HealthState::Absent, ""),
        line(
            Device::District,
            HealthState::Unreachable,
            "https://district.example",
        ),
        line(Device::Packs, HealthState::Good, "starter 1"),
        line(Device::Disk, HealthState::Good, ""),
        line(Device::Clock, HealthState::Good, "2026-11-23 15:20"),
        line(Device::Stick, HealthState::Empty, ""),
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

fn refusal(zh: bool) -> String {
    (if zh {
        "这个包改动过：签名与内容不一致。请向发布者重新要一份。"
    } else {
        "This pack has been altered: its signature does not fit. Ask its publisher for a new copy."
    })
    .to_owned()
}

fn packs(zh: bool, refusal: Option<String>, notice: Option<PackNotice>) -> PacksView {
    let words = |in_zh: &str, in_en: &str| (if zh { in_zh } else { in_en }).to_owned();
    let refused = refusal.is_some();
    PacksView {
        installed: vec![InstalledPack {
            id: "starter".to_owned(),
            title: words("基础内容", "Starter content"),
            publisher: words("心亭", "Heart Pavilion"),
            version: "1 (2026.10)".to_owned(),
            sample: false,
            previous: None,
        }],
        stick: if notice.is_some() {
            StickView::Released
        } else {
            StickView::Ready
        },
        on_stick: if notice.is_some() {
            Vec::new()
        } else {
            vec![StickItem {
                signature: SignatureView::Root,
                file: "winter.xpack".to_owned(),
                title: if refused {
                    "winter.xpack".to_owned()
                } else {
                    words("冬季篇（示例）", "Winter (sample)")
                },
                publisher: if refused {
                    String::new()
                } else {
                    words("示例区心理健康中心", "Sample District Centre")
                },
                version: if refused {
                    String::new()
                } else {
                    "3 (2026.11)".to_owned()
                },
                refusal,
                ..StickItem::default()
            }]
        },
        notice,
        ..PacksView::default()
    }
}
