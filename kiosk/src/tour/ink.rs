//! Whether words came out: without a font for a script Slint draws nothing and says nothing.

use super::TourError;
use crate::adapters::Screens;
use crate::ui::Shell;
use i_slint_backend_testing::ElementHandle;
use slint::{Global, Rgba8Pixel, SharedPixelBuffer};
use std::ops::ControlFlow;

/// Neighbouring pixels this far apart in lightness, of 255, are the edge of a stroke.
const EDGE: i32 = 60;
/// Words show at least this many edges in every row of pixels, on average: two strokes.
const LEAST_PER_ROW: usize = 2;
/// Words of which only the place is known, perhaps one digit in a large box, show at least this many.
const LEAST: usize = 12;

/// Looks at the headline, at the help pill, and at all words that no scrolling column may have cut.
pub(super) fn check(
    screens: &Screens,
    pixels: &SharedPixelBuffer<Rgba8Pixel>,
    name: &str,
) -> Result<(), TourError> {
    let blank = |place| TourError::Blank {
        name: name.to_owned(),
        place,
    };
    let headline = ElementHandle::find_by_element_type_name(screens.root(), "Title").next();
    if !headline.is_some_and(|element| inked(pixels, &element)) {
        return Err(blank("the headline"));
    }
    let pill = ElementHandle::find_by_element_type_name(screens.root(), "HelpPill").next();
    if !pill.is_some_and(|element| inked(pixels, &element)) {
        return Err(blank("the help pill"));
    }
    // 还在吗 hides the page below it; that page has had its own picture.
    let covered = Shell::get(screens.root()).get_still_there() >= 0;
    if !covered
        && standing(screens)
            .iter()
            .any(|words| edges(pixels, words) < LEAST)
    {
        return Err(blank("words on the sheet"));
    }
    Ok(())
}

/// Words that say something and stand outside every scrolling column.
fn standing(screens: &Screens) -> Vec<ElementHandle> {
    let of_type = |name| ElementHandle::find_by_element_type_name(screens.root(), name);
    let place = |element: &ElementHandle| {
        let (at, size) = (element.absolute_position(), element.size());
        [at.x, at.y, size.width, size.height].map(f32::to_bits)
    };
    let mut scrolled = Vec::new();
    for column in of_type("Scroller") {
        column.visit_descendants(|element| {
            scrolled.push(place(&element));
            ControlFlow::<()>::Continue(())
        });
    }
    of_type("Words")
        .chain(of_type("Title"))
        .filter(|words| {
            !words
                .accessible_label()
                .unwrap_or_default()
                .trim()
                .is_empty()
        })
        .filter(|words| !scrolled.contains(&place(words)))
        .collect()
}

fn inked(pixels: &SharedPixelBuffer<Rgba8Pixel>, element: &ElementHandle) -> bool {
    let rows = element.size().height.clamp(0.0, pixels.height() as f32) as usize;
    rows > 0 && edges(pixels, element) >= rows * LEAST_PER_ROW
}

/// How many edges of strokes there are where the element stands.
fn edges(pixels: &SharedPixelBuffer<Rgba8Pixel>, element: &ElementHandle) -> usize {
    let (at, size) = (element.absolute_position(), element.size());
    let within = |value: f32, most: u32| -> usize { value.clamp(0.0, most as f32) as usize };
    // The pill's sign is at its left; its words begin after a third.
    let skip = if element.type_name().is_some_and(|name| name == "HelpPill") {
        size.width * 0.36
    } else {
        0.0
    };
    let (left, right) = (
        within(at.x + skip, pixels.width()),
        within(at.x + size.width, pixels.width()),
    );
    let (top, bottom) = (
        within(at.y, pixels.height()),
        within(at.y + size.height, pixels.height()),
    );
    let width = pixels.width() as usize;
    let light = |x: usize, y: usize| -> i32 {
        pixels.as_slice().get(y * width + x).map_or(0, |p| {
            (i32::from(p.r) * 3 + i32::from(p.g) * 6 + i32::from(p.b)) / 10
        })
    };
    let mut edges = 0usize;
    for y in top..bottom {
        for x in left + 1..right {
            if (light(x, y) - light(x - 1, y)).abs() > EDGE {
                edges += 1;
            }
        }
    }
    edges
}
