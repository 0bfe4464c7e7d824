//! Tables: a row for each school, a row for each booth.

use jiff::civil::Date;
use maud::{Markup, html};
use xinting_wire::Cell;

use super::{View, both};
use crate::store::{BoothFigures, Figures};

/// More booths than this are left to the export.
const MOST_BOOTHS: usize = 300;

/// What each school adds up to.
pub(super) fn schools(figures: &Figures, view: &View) -> Markup {
    let columns: [(&str, &str, &[Cell]); 6] = [
        ("来访", "visits", &[Cell::Visits]),
        (
            "做完自评",
            "checks",
            &[
                Cell::CheckPhqA,
                Cell::CheckGad7,
                Cell::CheckWho5,
                Cell::CheckCheckIn,
                Cell::CheckOther,
            ],
        ),
        ("读文章", "articles", &[Cell::ArticlesRead]),
        (
            "做完练习",
            "practices",
            &[
                Cell::PracticeBreathingFinished,
                Cell::PracticeMuscleFinished,
                Cell::PracticeSoundscapeFinished,
                Cell::PracticeOtherFinished,
            ],
        ),
        ("热线接通", "line opened", &[Cell::CallLineOpen]),
        (
            "热线未通",
            "not opened",
            &[
                Cell::CallBusy,
                Cell::CallNoAnswer,
                Cell::CallNoLine,
                Cell::CallCancelled,
                Cell::CallFailed,
            ],
        ),
    ];
    html! {
        section.card id="schools" {
            h2 { (both("各校", "schools")) }
            @if figures.schools.is_empty() {
                p.empty { (both("还没有学校。", "No school yet.")) code { "xinting-district enrol --school ID" } }
            } @else {
                table.wide {
                    thead { tr {
                        th scope="col" { (both("学校", "school")) }
                        th.n scope="col" { (both("亭子", "booths")) }
                        @for (zh, en, _) in &columns { th.n scope="col" { (both(zh, en)) } }
                    } }
                    tbody {
                        @for school in &figures.schools {
                            tr data-school=(school.id) {
                                th scope="row" { (school.name) @if school.name != school.id { " " span.en { (school.id) } } }
                                td.n data-label="亭子 booths" { (school.booths) }
                                @for (zh, en, cells) in &columns {
                                    @let sum: i64 = cells.iter().map(|cell| school.total(*cell)).sum();
                                    td.n data-label={ (zh) " " (en) } { (view.shown(sum)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Which booths are heard of, silent ones first.
pub(super) fn booths(figures: &Figures, view: &View) -> Markup {
    html! {
        section.card id="booths" {
            h2 { (both("各亭", "booths")) }
            p.note {
                (both("最久没有消息的在前。", "Silent for longest first."))
                @if figures.open_codes > 0 {
                    " " (figures.open_codes) " 个注册码待用 " span.en lang="en" { "codes not yet used" }
                }
            }
            @if figures.booths.is_empty() {
                p.empty { (both("还没有亭子注册。", "No booth has enrolled yet.")) }
            } @else {
                table.wide {
                    thead { tr {
                        th scope="col" { (both("亭子", "booth")) }
                        th scope="col" { (both("学校", "school")) }
                        th scope="col" { (both("最近一天", "latest day")) }
                        th.n scope="col" { (both("本时段报告", "reports")) }
                        th scope="col" { (both("状态", "state")) }
                    } }
                    tbody {
                        @for booth in figures.booths.iter().take(MOST_BOOTHS) {
                            @let (class, zh, en) = state(booth, view.today);
                            tr data-booth=(booth.id) {
                                th scope="row" { code { (booth.id) } }
                                td data-label="学校 school" { (booth.school) }
                                td data-label="最近一天 latest day" {
                                    @match booth.last_day { Some(day) => { (day) }, None => { "—" } }
                                }
                                td.n data-label="本时段报告 reports" { (booth.reports) }
                                td data-label="状态 state" { span.state.(class) { (both(&zh, &en)) } }
                            }
                        }
                    }
                }
                @if figures.booths.len() > MOST_BOOTHS {
                    p.note { "其余 " (figures.booths.len() - MOST_BOOTHS) " 台见导出 " span.en lang="en" { "the rest is in the export" } }
                }
            }
        }
    }
}

/// How fresh a booth is. A day is reported after its midnight, so yesterday's
/// report is the newest there can be; one more day of grace is for the network.
fn state(booth: &BoothFigures, today: Date) -> (&'static str, String, String) {
    if booth.revoked {
        return ("off", "已停用".into(), "revoked".into());
    }
    let Some(last) = booth.last_day else {
        return ("wait", "还没有报告".into(), "no report yet".into());
    };
    let behind = today
        .since(last)
        .map_or(0, |span| i64::from(span.get_days()));
    match behind {
        ..0 => (
            "late",
            "日期超前，请查时钟".into(),
            "dated ahead, check its clock".into(),
        ),
        0..=2 => ("good", "按时".into(), "on time".into()),
        _ => (
            "late",
            format!("{behind} 天没有消息"),
            format!("silent for {behind} days"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_booth_is_late_after_a_day_of_grace() {
        let today = date(2026, 5, 25);
        let booth = |last_day, revoked| BoothFigures {
            id: "b-1".into(),
            school: "s".into(),
            revoked,
            last_day,
            reports: 0,
        };
        for (last, class) in [
            (Some(date(2026, 5, 24)), "good"),
            (Some(date(2026, 5, 23)), "good"),
            (Some(date(2026, 5, 22)), "late"),
            (Some(date(2025, 5, 22)), "late"),
            (Some(date(2026, 5, 26)), "late"),
            (None, "wait"),
        ] {
            assert_eq!(state(&booth(last, false), today).0, class, "{last:?}");
            assert_eq!(state(&booth(last, true), today).0, "off", "{last:?}");
        }
        let (_, zh, en) = state(&booth(Some(date(2026, 4, 15)), false), today);
        assert_eq!(
            (zh.as_str(), en.as_str()),
            ("40 天没有消息", "silent for 40 days")
        );
    }
}
