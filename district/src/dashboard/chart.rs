//! Bars: the days of the stretch, and lists of cells. Drawn as SVG in the page.

use jiff::civil::Date;
use maud::{Markup, html};

use super::{View, both};
use crate::store::Figures;

/// Chart units; the drawing is stretched to the card.
const WIDTH: i64 = 1200;
const HEIGHT: i64 = 220;

/// One line of a list.
pub(super) struct Bar {
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    /// Which colour.
    pub(super) class: &'static str,
    pub(super) count: i64,
    /// The larger count that this one is a part of.
    pub(super) of: Option<i64>,
}

/// A card with one bar for each line, all to the same scale.
pub(super) fn bars(view: &View, id: &str, title: Markup, note: Markup, list: &[Bar]) -> Markup {
    let longest = list
        .iter()
        .map(|bar| view.drawn(bar.of.unwrap_or(bar.count)))
        .max()
        .unwrap_or(0)
        .max(1);
    let width = |count: i64| (view.drawn(count) * 1000 / longest).min(1000);
    html! {
        section.card id=(id) {
            h2 { (title) }
            p.note { (note) }
            ul.bars {
                @for bar in list {
                    li {
                        span.name { (bar.zh) @if !bar.en.is_empty() { " " span.en lang="en" { (bar.en) } } }
                        span.count {
                            (view.shown(bar.count))
                            @if let Some(of) = bar.of { " / " (view.shown(of)) }
                        }
                        svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
                            rect.rail width="1000" height="10" {}
                            @if let Some(of) = bar.of {
                                rect.whole.(bar.class) width=(width(of)) height="10" {}
                            }
                            rect.part.(bar.class) width=(width(bar.count)) height="10" {}
                        }
                    }
                }
            }
        }
    }
}

/// Visits of each day. A day without any report is marked as such: it is not a
/// day without visits.
pub(super) fn days(figures: &Figures, view: &View) -> Markup {
    let dates: Vec<Date> = view
        .from
        .series(jiff::Span::new().days(1))
        .take_while(|d| *d <= view.to)
        .collect();
    let highest = figures
        .days
        .values()
        .map(|day| view.drawn(day.visits))
        .max();
    let top = nice_top(highest.unwrap_or(0));
    html! {
        section.card id="days" {
            h2 { (both("每天的来访", "visits per day")) }
            p.note { (both("斜纹：那一天没有任何报告", "hatched: no report for that day")) }
            div.chart {
                (drawing(figures, view, &dates, top))
                span.top { (super::grouped(top)) }
                span.middle { (super::grouped(top / 2)) }
            }
            div.ends aria-hidden="true" {
                span { (short(view.from)) }
                @if let Some(middle) = dates.get(dates.len() / 2).filter(|_| dates.len() > 4) {
                    span { (short(*middle)) }
                }
                @if view.from < view.to { span { (short(view.to)) } }
            }
            details {
                summary { (both("逐日数字", "day by day")) }
                table.days {
                    thead { tr {
                        th scope="col" { (both("日期", "day")) }
                        th.n scope="col" { (both("来访", "visits")) }
                        th.n scope="col" { (both("报告的亭子", "booths reporting")) }
                    } }
                    tbody {
                        @for (date, day) in figures.days.iter().rev() {
                            tr {
                                td { (date) }
                                td.n { (view.shown(day.visits)) }
                                td.n { (day.booths) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The bars themselves, to the scale that ends at `top`.
fn drawing(figures: &Figures, view: &View, dates: &[Date], top: i64) -> Markup {
    let count = i64::try_from(dates.len()).unwrap_or(i64::MAX).max(1);
    let gap = if count > 120 { 0 } else { WIDTH / count / 4 };
    let left = |at: i64| WIDTH * at / count;
    html! {
        svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" role="img"
            aria-label={ (view.from) " 至 " (view.to) " 每天的来访，数字见下表" } {
            defs {
                pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse"
                    patternTransform="rotate(45)" {
                    rect width="3" height="8" {}
                }
            }
            @for line in [0, HEIGHT / 2] {
                line.grid x1="0" x2=(WIDTH) y1=(line) y2=(line) {}
            }
            line.base x1="0" x2=(WIDTH) y1=(HEIGHT) y2=(HEIGHT) {}
            @for (at, date) in (0_i64..).zip(dates) {
                @let x = left(at) + gap / 2;
                @let width = (left(at + 1) - left(at) - gap).max(1);
                @if let Some(day) = figures.days.get(date) {
                    @let drawn = view.drawn(day.visits);
                    @let height = (drawn * HEIGHT / top).clamp(drawn.min(4), HEIGHT);
                    rect.day.few[view.hides(day.visits)]
                        x=(x) y=(HEIGHT - height) width=(width) height=(height) rx="5" {
                        title { (date) " · " (view.shown(day.visits)) }
                    }
                } @else {
                    rect.none x=(x) y=(HEIGHT - 14) width=(width) height="14" {
                        title { (date) " · 没有报告 no report" }
                    }
                }
            }
        }
    }
}

fn short(date: Date) -> String {
    format!("{}月{}日", date.month(), date.day())
}

/// The top of the scale: an even 1, 2, 4, 6 or 8 of some power of ten, so that
/// half of it is a whole number; at least 10.
fn nice_top(highest: i64) -> i64 {
    let mut power = 10;
    loop {
        for step in [1, 2, 4, 6, 8] {
            if step * power >= highest {
                return step * power;
            }
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::nice_top;

    #[test]
    fn the_scale_holds_the_highest_bar_and_halves_evenly() {
        for (highest, top) in [
            (0, 10),
            (1, 10),
            (10, 10),
            (11, 20),
            (41, 60),
            (81, 100),
            (101, 200),
            (8001, 10_000),
        ] {
            assert_eq!(nice_top(highest), top, "{highest}");
        }
    }
}
