//! The breathing lotus, drawn here into pixels: sky, three discs, water, ripples and fourteen petals.
//!
//! The software renderer can fill paths, but fourteen of them with their rims cost it half a core at
//! sixty frames a second. Every shape of the flower is convex, so a row of pixels crosses it in one
//! span: that needs no general path filling. Petals turn about the foot by k = 0.13 + 0.87 t, where t
//! is how open the flower is. Not here: when it opens (`player`).

use slint::{Image, Rgb8Pixel, SharedPixelBuffer};

/// What of the drawing's box of 800 by 560 the picture shows: left, top, width, height.
const VIEW: [f32; 4] = [12.0, -108.0, 776.0, 632.0];
/// The flower's foot in the drawing's box, and with it the water's edge.
const FOOT: (f32, f32) = (400.0, 430.0);
/// The middle of the discs.
const MIDDLE: (f32, f32) = (400.0, 280.0);
/// Each disc: its radius with the flower open, its colour. Closed it is 0.62 of that.
const DISCS: [(f32, u32); 3] = [
    (384.0, 0x0024_4F45),
    (312.0, 0x002A_594C),
    (240.0, 0x0030_6454),
];
const SKY: u32 = 0x001F_463C;
const WATER: u32 = 0x001B_3A33;
/// Ripples: width, middle line, colour.
const RIPPLES: [(f32, f32, u32); 2] = [(496.0, 466.0, 0x003F_7565), (368.0, 500.0, 0x0033_6153)];
/// Rows are sampled this often for smooth edges.
const SAMPLES: usize = 4;
/// The rim of a petal in the drawing's pixels.
const RIM: f32 = 2.4;

/// One petal, open and closed.
struct Petal {
    /// Degrees from upright with the flower open.
    angle: f32,
    /// Length open and closed.
    length: (f32, f32),
    /// Half width at the widest control point, as a part of the length, open and closed.
    width: (f32, f32),
    fill: u32,
    rim: u32,
}

const fn petal(angle: f32, length: (f32, f32), width: (f32, f32), tone: usize) -> Petal {
    let (fill, rim) = [
        (0x00A8_7A9C, 0x00C9_A9BE),
        (0x00C5_94A8, 0x00DD_BCC5),
        (0x00E6_B3AE, 0x00F0_CFC6),
        (0x00F6_D3C4, 0x00FB_E6DA),
    ][tone];
    Petal {
        angle,
        length,
        width,
        fill,
        rim,
    }
}

/// From the back to the front.
const PETALS: [Petal; 14] = [
    petal(-97.0, (300.0, 150.0), (0.243, 0.316), 0),
    petal(97.0, (300.0, 150.0), (0.243, 0.316), 0),
    petal(-74.0, (338.4, 314.9), (0.249, 0.215), 0),
    petal(74.0, (338.4, 314.9), (0.249, 0.215), 0),
    petal(-50.0, (362.4, 355.3), (0.264, 0.217), 1),
    petal(50.0, (362.4, 355.3), (0.264, 0.217), 1),
    petal(-25.0, (379.2, 379.2), (0.265, 0.213), 0),
    petal(25.0, (379.2, 379.2), (0.265, 0.213), 0),
    petal(0.0, (396.0, 396.0), (0.259, 0.208), 1),
    petal(-62.0, (259.2, 259.2), (0.308, 0.248), 2),
    petal(62.0, (259.2, 259.2), (0.308, 0.248), 2),
    petal(-33.0, (271.2, 323.0), (0.336, 0.227), 2),
    petal(33.0, (271.2, 323.0), (0.336, 0.227), 2),
    petal(0.0, (244.8, 322.4), (0.391, 0.239), 3),
];

/// Two pictures in turn: one is on the screen while the other is drawn.
pub(super) struct Lotus {
    pictures: [SharedPixelBuffer<Rgb8Pixel>; 2],
    turn: usize,
    spans: Vec<(f32, f32)>,
    outline: Vec<(f32, f32)>,
    ink: Vec<Rgb8Pixel>,
}

impl Default for Lotus {
    fn default() -> Self {
        let empty = || SharedPixelBuffer::new(0, 0);
        Self {
            pictures: [empty(), empty()],
            turn: 0,
            spans: Vec::new(),
            outline: Vec::new(),
            ink: Vec::new(),
        }
    }
}

impl Lotus {
    /// The flower, `open` from 0 to 1, where its box is `across` pixels wide.
    pub(super) fn draw(&mut self, open: f32, across: f32) -> Image {
        let scale = across / 800.0;
        let [_, _, wide, high] = VIEW;
        let (width, height) = (whole(wide * scale), whole(high * scale));
        if width == 0 || height == 0 {
            return Image::default();
        }
        self.turn = 1 - self.turn;
        let Some(picture) = self.pictures.get_mut(self.turn) else {
            return Image::default();
        };
        if picture.width() != width || picture.height() != height {
            *picture = SharedPixelBuffer::new(width, height);
        }
        let mut canvas = Canvas {
            pixels: picture.make_mut_slice(),
            width: width as usize,
            height: height as usize,
            scale,
            spans: &mut self.spans,
            ink: &mut self.ink,
        };
        canvas.paint(open.clamp(0.0, 1.0), &mut self.outline);
        Image::from_rgb8(picture.clone())
    }
}

/// Pixels of a length, rounded; lengths here are small and positive.
fn whole(length: f32) -> u32 {
    length.round().max(0.0) as u32
}

fn colour(rgb: u32) -> Rgb8Pixel {
    let [_, r, g, b] = rgb.to_be_bytes();
    Rgb8Pixel { r, g, b }
}

struct Canvas<'a> {
    pixels: &'a mut [Rgb8Pixel],
    width: usize,
    height: usize,
    scale: f32,
    /// One span for each sampled row, in pixels; empty where the first is beyond the second.
    spans: &'a mut Vec<(f32, f32)>,
    /// A row of one colour: copying from it is the fastest way to fill.
    ink: &'a mut Vec<Rgb8Pixel>,
}

impl Canvas<'_> {
    fn paint(&mut self, open: f32, outline: &mut Vec<(f32, f32)>) {
        let shore = (whole((FOOT.1 - VIEW[1]) * self.scale) as usize).min(self.height);
        self.dip(SKY);
        for row in 0..self.height {
            if row == shore {
                self.dip(WATER);
            }
            self.pixels[row * self.width..(row + 1) * self.width].copy_from_slice(self.ink);
        }
        for (radius, tone) in DISCS {
            disc(outline, radius * (0.62 + 0.38 * open));
            self.fill(outline, tone, shore);
        }
        for (long, line, tone) in RIPPLES {
            bar(outline, long, line);
            self.fill(outline, tone, self.height);
        }
        for petal in &PETALS {
            petal.outline(outline, open, 0.0);
            self.fill(outline, petal.rim, self.height);
            petal.outline(outline, open, RIM / self.scale.max(0.1));
            self.fill(outline, petal.fill, self.height);
        }
    }

    /// Makes the row of ink one of this colour.
    fn dip(&mut self, rgb: u32) {
        self.ink.clear();
        self.ink.resize(self.width, colour(rgb));
    }

    /// Fills a convex outline, given in the drawing's box, down to the row `floor`.
    fn fill(&mut self, outline: &[(f32, f32)], rgb: u32, floor: usize) {
        let (scale, samples) = (self.scale, SAMPLES as f32);
        let at = |&(x, y): &(f32, f32)| ((x - VIEW[0]) * scale, (y - VIEW[1]) * scale);
        let (mut top, mut bottom) = (f32::MAX, f32::MIN);
        for point in outline {
            let (_, y) = at(point);
            (top, bottom) = (top.min(y), bottom.max(y));
        }
        let first = top.floor().max(0.0) as usize;
        let last = (bottom.ceil().max(0.0) as usize).min(floor);
        if first >= last {
            return;
        }
        self.spans.clear();
        self.spans
            .resize((last - first) * SAMPLES, (f32::MAX, f32::MIN));
        let mut from = outline.last().map_or((0.0, 0.0), at);
        for point in outline {
            let to = at(point);
            let (upper, lower) = if from.1 <= to.1 {
                (from, to)
            } else {
                (to, from)
            };
            from = to;
            if lower.1 - upper.1 < 1e-6 {
                continue;
            }
            // The sampled rows between the two ends; row s lies at (s + 0.5) / SAMPLES.
            let row = |y: f32| ((y - first as f32) * samples - 0.5).ceil().max(0.0) as usize;
            let slope = (lower.0 - upper.0) / (lower.1 - upper.1);
            for sample in row(upper.1)..row(lower.1).min(self.spans.len()) {
                let y = first as f32 + (sample as f32 + 0.5) / samples;
                let x = upper.0 + (y - upper.1) * slope;
                if let Some(span) = self.spans.get_mut(sample) {
                    *span = (span.0.min(x), span.1.max(x));
                }
            }
        }
        self.dip(rgb);
        for (row, spans) in (first..last).zip(self.spans.chunks_exact(SAMPLES)) {
            let line = &mut self.pixels[row * self.width..(row + 1) * self.width];
            fill_row(line, spans, self.ink);
        }
    }
}

/// One row of pixels from its sampled spans.
fn fill_row(line: &mut [Rgb8Pixel], spans: &[(f32, f32)], ink: &[Rgb8Pixel]) {
    let Some(&colour) = ink.first() else { return };
    let (mut outer, mut inner) = ((f32::MAX, f32::MIN), (f32::MIN, f32::MAX));
    for span in spans {
        let empty = span.0 >= span.1;
        if !empty {
            outer = (outer.0.min(span.0), outer.1.max(span.1));
        }
        inner = if empty {
            (f32::MAX, f32::MIN)
        } else {
            (inner.0.max(span.0), inner.1.min(span.1))
        };
    }
    if outer.0 >= outer.1 {
        return;
    }
    let column = |x: f32| (x.max(0.0) as usize).min(line.len());
    let (left, right) = (column(outer.0.floor()), column(outer.1.ceil()));
    let solid = if inner.0 < inner.1 {
        let (from, to) = (column(inner.0.ceil()), column(inner.1.floor()));
        if from < to { from..to } else { left..left }
    } else {
        left..left
    };
    for place in (left..solid.start).chain(solid.end.max(left)..right) {
        let (from, to) = (place as f32, place as f32 + 1.0);
        let covered: f32 = spans
            .iter()
            .map(|span| (span.1.min(to) - span.0.max(from)).clamp(0.0, 1.0))
            .sum();
        if let Some(pixel) = line.get_mut(place) {
            *pixel = mixed(*pixel, colour, covered / spans.len() as f32);
        }
    }
    line[solid.clone()].copy_from_slice(&ink[solid]);
}

fn mixed(under: Rgb8Pixel, over: Rgb8Pixel, part: f32) -> Rgb8Pixel {
    let part = (part * 256.0) as u32;
    let mix = |under: u8, over: u8| {
        ((u32::from(under) * (256 - part) + u32::from(over) * part) >> 8) as u8
    };
    Rgb8Pixel {
        r: mix(under.r, over.r),
        g: mix(under.g, over.g),
        b: mix(under.b, over.b),
    }
}

fn disc(outline: &mut Vec<(f32, f32)>, radius: f32) {
    outline.clear();
    outline.extend((0..96).map(|step| {
        let (sin, cos) = (step as f32 * std::f32::consts::TAU / 96.0).sin_cos();
        (MIDDLE.0 + radius * cos, MIDDLE.1 + radius * sin)
    }));
}

/// A ripple: a bar with round ends.
fn bar(outline: &mut Vec<(f32, f32)>, long: f32, line: f32) {
    const RADIUS: f32 = 4.5;
    outline.clear();
    outline.extend((0..=16).map(|step| {
        let (sin, cos) = (step as f32 * std::f32::consts::PI / 16.0).sin_cos();
        (
            MIDDLE.0 + long / 2.0 - RADIUS + RADIUS * sin,
            line - RADIUS * cos,
        )
    }));
    outline.extend((0..=16).map(|step| {
        let (sin, cos) = (step as f32 * std::f32::consts::PI / 16.0).sin_cos();
        (
            MIDDLE.0 - long / 2.0 + RADIUS - RADIUS * sin,
            line + RADIUS * cos,
        )
    }));
}

impl Petal {
    /// The outline, drawn in by `inset` on every side.
    fn outline(&self, outline: &mut Vec<(f32, f32)>, open: f32, inset: f32) {
        let between = |(open_value, closed): (f32, f32)| closed + (open_value - closed) * open;
        let (sin, cos) = (self.angle * (0.13 + 0.87 * open)).to_radians().sin_cos();
        let full = between(self.length);
        // A petal comes to a point at both ends, so its rim is longer there.
        let length = full - 5.0 * inset;
        let half = between(self.width) * full - 1.5 * inset;
        let shoulder = 0.758 * half;
        let place = |across: f32, along: f32| {
            let along = along + 2.5 * inset;
            (
                FOOT.0 + across * cos + along * sin,
                FOOT.1 + across * sin - along * cos,
            )
        };
        let side = |t: f32| {
            let u = 1.0 - t;
            let across = 3.0 * u * u * t * half + 3.0 * u * t * t * shoulder;
            let along = length * (3.0 * u * u * t * 0.28 + 3.0 * u * t * t * 0.78 + t * t * t);
            (across, along)
        };
        outline.clear();
        for step in 0..=20 {
            let (across, along) = side(step as f32 / 20.0);
            outline.push(place(-across, along));
        }
        for step in (1..20).rev() {
            let (across, along) = side(step as f32 / 20.0);
            outline.push(place(across, along));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lotus, PETALS, SKY, WATER, colour};

    #[test]
    fn an_open_flower_is_the_drawing() {
        let mut outline = Vec::new();
        let tip = |place: usize, outline: &mut Vec<(f32, f32)>| {
            PETALS[place].outline(outline, 1.0, 0.0);
            outline[20]
        };
        let near =
            |a: (f32, f32), b: (f32, f32)| (a.0 - b.0).abs() < 0.5 && (a.1 - b.1).abs() < 0.5;
        // Tips as drawn: the upright one, one at 50 degrees to the left.
        assert!(near(tip(8, &mut outline), (400.0, 34.0)));
        assert!(near(tip(4, &mut outline), (122.4, 197.1)));
    }

    #[test]
    fn the_picture_has_sky_water_and_a_flower_of_its_own_size() {
        let mut lotus = Lotus::default();
        for open in [0.0, 0.3, 1.0] {
            let picture = lotus.draw(open, 760.0).to_rgb8().expect("pixels");
            assert_eq!((picture.width(), picture.height()), (737, 600));
            let pixels = picture.as_slice();
            assert_eq!(pixels[0], colour(SKY));
            assert_eq!(*pixels.last().expect("a last pixel"), colour(WATER));
            let heart = pixels
                .iter()
                .filter(|pixel| **pixel == colour(PETALS[13].fill))
                .count();
            assert!(heart > 4000, "{heart} at {open}");
        }
    }

    #[test]
    fn the_flower_grows_as_it_opens() {
        let mut lotus = Lotus::default();
        let mut petals = |open| {
            let picture = lotus.draw(open, 400.0).to_rgb8().expect("pixels");
            picture
                .as_slice()
                .iter()
                .filter(|pixel| pixel.r > 0x90)
                .count()
        };
        assert!(petals(0.0) < petals(0.5));
        assert!(petals(0.5) < petals(1.0));
    }

    #[test]
    fn no_size_at_all_draws_nothing() {
        assert_eq!(Lotus::default().draw(0.5, 0.0).size().width, 0);
    }
}
