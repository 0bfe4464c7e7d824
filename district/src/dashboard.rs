//! The page: one look at what the booths of a district counted. It is made
//! whole on the server, needs no script, and can show nothing but sums.
//!
//! Small counts are shown as "fewer than", because readers take them for
//! people. That is courtesy towards readers and no protection: the export is
//! exact, and sums can be subtracted. Protection will be the noise.

mod chart;
mod tables;

use jiff::ToSpan as _;
use jiff::civil::Date;
use maud::{DOCTYPE, Markup, html};
use xinting_wire::Cell;

use crate::store::Figures;
use chart::{Bar, bars, days};

/// The page's style sheet.
pub(crate) const STYLE: &str = include_str!("dashboard/style.css");

/// The landscape at the top of the page.
pub(crate) const SCENE: &str = include_str!("dashboard/scene.svg");

/// The same landscape by night, for readers whose screen is dark.
pub(crate) const SCENE_NIGHT: &str = include_str!("dashboard/scene-night.svg");

const DEFAULT_DAYS: u16 = 30;
const MOST_DAYS: u16 = 366;

/// Which days are shown, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) from: Date,
    pub(crate) to: Date,
    days: u16,
    today: Date,
    hide_below: i64,
}

impl View {
    /// The stretch of `days` days that ends at `to`, by default at the latest
    /// report that is not dated after today.
    pub(crate) fn new(
        days: Option<u16>,
        to: Option<Date>,
        latest: Option<Date>,
        today: Date,
        hide_below: i64,
    ) -> Self {
        let days = days.unwrap_or(DEFAULT_DAYS).clamp(1, MOST_DAYS);
        let to = to.or(latest).unwrap_or(today);
        let from = to.saturating_sub((i64::from(days) - 1).days());
        Self {
            from,
            to,
            days,
            today,
            hide_below,
        }
    }

    /// A count as it may be shown.
    fn shown(&self, count: i64) -> String {
        if self.hides(count) {
            format!("<{}", self.hide_below)
        } else {
            grouped(count)
        }
    }

    /// Whether the count is shown as "fewer than".
    const fn hides(&self, count: i64) -> bool {
        count > 0 && count < self.hide_below
    }

    /// What a bar is drawn for: a hidden count looks like any other hidden count.
    fn drawn(&self, count: i64) -> i64 {
        if self.hides(count) {
            (self.hide_below / 2).max(1)
        } else {
            count.max(0)
        }
    }
}

/// `12,345`.
fn grouped(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if count < 0 {
        format!("−{text}")
    } else {
        text
    }
}

/// Chinese, and English beside it.
fn both(zh: &str, en: &str) -> Markup {
    html! { (zh) " " span.en lang="en" { (en) } }
}

/// The whole page.
pub(crate) fn page(figures: &Figures, view: &View) -> Markup {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "心亭 · 区域数字 Xinting district" }
                link rel="stylesheet" href="/style.css";
                link rel="icon" href="data:,";
            }
            body {
                (head(view))
                main {
                    (notice(figures))
                    (tiles(figures, view))
                    (days(figures, view))
                    div.columns {
                        div.column { (doors(figures, view)) (calls(figures, view)) }
                        div.column {
                            (practices(figures, view))
                            (felt(figures, view))
                            (checks(figures, view))
                            (audiences(figures, view))
                        }
                    }
                    (tables::schools(figures, view))
                    (tables::booths(figures, view))
                }
                (foot(view))
            }
        }
    }
}

fn head(view: &View) -> Markup {
    let step = i64::from(view.days).days();
    let earlier = view.to.saturating_sub(step);
    let later = view.to.saturating_add(step).min(view.today);
    html! {
        header {
            picture {
                source srcset="/scene-night.svg" media="(prefers-color-scheme: dark)";
                img.scene src="/scene.svg" alt="";
            }
            svg.edge viewBox="0 0 1440 60" preserveAspectRatio="none" aria-hidden="true" {
                path d="M0,34 C120,20 240,16 380,26 C540,38 640,50 800,40 C960,30 1060,12 1220,16 C1320,18 1390,28 1440,34 V60 H0 Z" {}
            }
            div.title {
                h1 { "心亭 · 区域数字" }
                p { span lang="en" { "Xinting, the district's figures" } }
            }
        }
        nav.range aria-label="时段 period" {
            p.dates {
                time datetime=(view.from) { (view.from) }
                " 至 "
                time datetime=(view.to) { (view.to) }
            }
            div.switch {
                @for days in [7_u16, 30, 90, 365] {
                    @if days == view.days {
                        span.on aria-current="true" { (days) " 天" }
                    } @else {
                        a href={ "/?days=" (days) "&to=" (view.to) } { (days) " 天" }
                    }
                }
            }
            div.steps {
                a href={ "/?days=" (view.days) "&to=" (earlier) } { "← 更早 " span.en lang="en" { "earlier" } }
                @if view.to < view.today {
                    a href={ "/?days=" (view.days) "&to=" (later) } { "更晚 " span.en lang="en" { "later" } " →" }
                }
            }
        }
    }
}

fn notice(figures: &Figures) -> Markup {
    let exact = figures.noise.iter().all(|kind| kind == "none");
    html! {
        section.notice {
            @if exact {
                p {
                    strong { "未加噪声" } " "
                    code { "noise: none" }
                    " — 这里是准确的计数。因此不统计任何测评分段，也不统计求助路径；没有姓名、答案、分数或通话时长。"
                }
                p.en lang="en" {
                    "No noise is added: counts are exact. Therefore no result band and no support path is counted; "
                    "there is no name, answer, score or call length here."
                }
            }
            @if figures.ahead > 0 {
                p.warn {
                    strong { (figures.ahead) " 份报告的日期在今天之后，未计入默认时段" }
                    "：请检查那台亭子的时钟。 "
                    span.en lang="en" { "Reports dated after today: check that booth's clock." }
                }
            }
        }
    }
}

fn tiles(figures: &Figures, view: &View) -> Markup {
    let finished = [
        Cell::PracticeBreathingFinished,
        Cell::PracticeMuscleFinished,
        Cell::PracticeSoundscapeFinished,
        Cell::PracticeOtherFinished,
    ];
    let practices: i64 = finished.iter().map(|cell| figures.total(*cell)).sum();
    let tile = |class: &str, id: &str, zh: &str, en: &str, count: i64| {
        html! {
            div.tile.(class) {
                p.label { (both(zh, en)) }
                p.number id=(id) { (view.shown(count)) }
                svg.ground viewBox="0 0 400 40" preserveAspectRatio="none" aria-hidden="true" {
                    path d="M0,18 C60,8 110,8 170,18 C230,28 270,12 320,10 C355,9 380,14 400,18 V40 H0 Z" {}
                }
            }
        }
    };
    html! {
        section.tiles aria-label="总数 totals" {
            (tile("lake", "total-visits", "来访", "visits", figures.total(Cell::Visits)))
            (tile("sky", "total-articles", "读了文章", "read an article", figures.total(Cell::ArticlesRead)))
            (tile("straw", "total-practices", "做完练习", "finished a practice", practices))
            (tile("apricot", "total-calls", "热线接通", "line opened", figures.total(Cell::CallLineOpen)))
        }
    }
}

fn doors(figures: &Figures, view: &View) -> Markup {
    let bar = |zh, en, class, cell| Bar {
        zh,
        en,
        class,
        count: figures.total(cell),
        of: None,
    };
    bars(
        view,
        "doors",
        both("六扇门", "doors"),
        both("打开过这扇门的来访", "visits that opened it"),
        &[
            bar("测一测", "self-check", "straw", Cell::DoorSelfCheck),
            bar("学一学", "learn", "sky", Cell::DoorLearn),
            bar("静一静", "relax", "lake", Cell::DoorRelax),
            bar("聊一聊", "talk", "apricot", Cell::DoorTalk),
            bar("看一看", "immersive", "plum", Cell::DoorImmersive),
            bar("找老师", "counsellor", "deep", Cell::DoorCounsellor),
        ],
    )
}

fn practices(figures: &Figures, view: &View) -> Markup {
    let bar = |zh, en, started, finished| Bar {
        zh,
        en,
        class: "lake",
        count: figures.total(finished),
        of: Some(figures.total(started)),
    };
    bars(
        view,
        "practices",
        both("练习", "practices"),
        both("做完 / 开始", "finished / started"),
        &[
            bar(
                "呼吸",
                "breathing",
                Cell::PracticeBreathingStarted,
                Cell::PracticeBreathingFinished,
            ),
            bar(
                "肌肉放松",
                "muscle",
                Cell::PracticeMuscleStarted,
                Cell::PracticeMuscleFinished,
            ),
            bar(
                "声音风景",
                "soundscape",
                Cell::PracticeSoundscapeStarted,
                Cell::PracticeSoundscapeFinished,
            ),
            bar(
                "其他",
                "other",
                Cell::PracticeOtherStarted,
                Cell::PracticeOtherFinished,
            ),
        ],
    )
}

fn felt(figures: &Figures, view: &View) -> Markup {
    let bar = |zh, en, class, cell| Bar {
        zh,
        en,
        class,
        count: figures.total(cell),
        of: None,
    };
    bars(
        view,
        "felt",
        both("练习之后", "after a practice"),
        both(
            "愿意说的人怎么说；做过自评的来访不计",
            "of those who said; visits with a self-check not counted",
        ),
        &[
            bar("好一些", "calmer", "lake", Cell::PracticeFeltCalmer),
            bar("差不多", "the same", "sky", Cell::PracticeFeltSame),
            bar("没有好", "no better", "apricot", Cell::PracticeFeltNot),
        ],
    )
}

fn calls(figures: &Figures, view: &View) -> Markup {
    let bar = |zh, en, class, cell| Bar {
        zh,
        en,
        class,
        count: figures.total(cell),
        of: None,
    };
    bars(
        view,
        "calls",
        both("求助热线", "calls by outcome"),
        both(
            "“接通”指线路接通，不等于有人接听",
            "line opened, not: a person answered",
        ),
        &[
            bar("线路接通", "line opened", "deep", Cell::CallLineOpen),
            bar("占线", "busy", "apricot", Cell::CallBusy),
            bar("无人接听", "no answer", "apricot", Cell::CallNoAnswer),
            bar("没有线路", "no line", "plum", Cell::CallNoLine),
            bar("自己取消", "cancelled", "sunk", Cell::CallCancelled),
            bar("没有打通", "failed", "plum", Cell::CallFailed),
        ],
    )
}

fn checks(figures: &Figures, view: &View) -> Markup {
    let bar = |zh, en, cell| Bar {
        zh,
        en,
        class: "straw",
        count: figures.total(cell),
        of: None,
    };
    bars(
        view,
        "checks",
        both("做完的自评", "self-checks completed"),
        both("只数做完，不数结果", "completion only, never a result"),
        &[
            bar("PHQ-A", "", Cell::CheckPhqA),
            bar("GAD-7", "", Cell::CheckGad7),
            bar("WHO-5", "", Cell::CheckWho5),
            bar("小调查", "check-ins", Cell::CheckCheckIn),
            bar("其他", "other", Cell::CheckOther),
        ],
    )
}

fn audiences(figures: &Figures, view: &View) -> Markup {
    let bar = |zh, en, cell| Bar {
        zh,
        en,
        class: "sky",
        count: figures.total(cell),
        of: None,
    };
    bars(
        view,
        "audiences",
        both("来的是谁", "audience"),
        both("来访者自己选的，可以不选", "as the visitor chose, or not"),
        &[
            bar("小学", "primary", Cell::VisitsPrimary),
            bar("初中", "junior", Cell::VisitsJunior),
            bar("高中", "senior", Cell::VisitsSenior),
            bar("家长", "parent", Cell::VisitsParent),
        ],
    )
}

fn foot(view: &View) -> Markup {
    html! {
        footer {
            p {
                @if view.hide_below > 1 {
                    "小于 " (view.hide_below) " 的数字显示为“<" (view.hide_below) "”；导出的表格是准确数。"
                }
                "一次来访在每一格里最多算一次，总共最多算进 12 格。此页只在本机显示。"
            }
            p.en lang="en" {
                @if view.hide_below > 1 {
                    "Counts below " (view.hide_below) " are shown as “<" (view.hide_below) "”; the export is exact. "
                }
                "A visit adds at most one to a cell and touches at most 12 cells. This page is shown on this machine only. "
                "Export: " code.command { "xinting-district export --format csv" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn view(days: Option<u16>, to: Option<Date>, latest: Option<Date>) -> View {
        View::new(days, to, latest, date(2026, 5, 25), 5)
    }

    #[test]
    fn the_stretch_ends_at_the_latest_report_unless_told() {
        let v = view(None, None, None);
        assert_eq!((v.from, v.to), (date(2026, 4, 26), date(2026, 5, 25)));
        let v = view(Some(7), None, Some(date(2026, 5, 10)));
        assert_eq!((v.from, v.to), (date(2026, 5, 4), date(2026, 5, 10)));
        let v = view(Some(0), Some(date(2026, 1, 1)), Some(date(2026, 5, 10)));
        assert_eq!((v.from, v.to), (date(2026, 1, 1), date(2026, 1, 1)));
        let v = view(Some(u16::MAX), Some(Date::MIN), None);
        assert_eq!((v.from, v.days), (Date::MIN, 366));
    }

    #[test]
    fn small_counts_are_hidden_and_look_alike() {
        let v = view(None, None, None);
        let shown = [-3, 0, 1, 4, 5, 999, 12_345, -1_234_567].map(|n| v.shown(n));
        assert_eq!(
            shown,
            ["−3", "0", "<5", "<5", "5", "999", "12,345", "−1,234,567"]
        );
        assert_eq!(v.drawn(1), v.drawn(4));
        for all in [0, 1] {
            let v = View {
                hide_below: all,
                ..v
            };
            assert_eq!(v.shown(1), "1");
            assert_eq!(v.drawn(1), 1);
        }
    }
}
