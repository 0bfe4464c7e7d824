//! Drawings: from the SVG sources of `ui/art` to pixels of exactly the size shown.
//!
//! The software renderer draws an SVG anew in every frame that touches it, so nothing on screen is
//! one. A scene is composed from a landscape, a symbol standing in it and a table of colours for the
//! hour; only the scene on screen is kept. Not here: which drawing belongs to which page.

use slint::{Image, Rgb8Pixel, SharedPixelBuffer};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;

macro_rules! art {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ui/art/", $name, ".svg")))),*]
    };
}

/// Symbols in a box of 200, then scenes in one of their own.
const SOURCES: &[(&str, &str)] = art![
    "door-ce",
    "door-xue",
    "door-jing",
    "door-zhao",
    "wind",
    "rain",
    "moon",
    "hill",
    "friends",
    "sun",
    "family",
    "stone",
    "lake",
    "stick",
    "gauge",
    "letter",
    "lock",
    "handset",
    "weather-calm",
    "weather-breeze",
    "weather-wind",
    "weather-rain",
    "weather-storm",
    "scene-attract-day",
    "scene-attract-dusk",
    "scene-attract-night",
    "scene-attract-wide-day",
    "scene-attract-wide-dusk",
    "scene-attract-wide-night",
    "scene-home-day",
    "scene-home-dusk",
    "scene-home-night",
    "scene-relax",
    "scene-support",
    "scene-call",
];

/// The paper of the day table, in which the drawings' nearest hill is drawn.
const DAY_PAPER: &str = "#FBF7F0";
const NIGHT_PAPER: &str = "#1A2334";

/// Day to night, for drawings that exist by day only.
const NIGHT: &[(&str, &str)] = &[
    ("#F5D88F", "#5A4C2C"),
    ("#F0CC78", "#675732"),
    ("#ECC467", "#7A673A"),
    ("#E7C274", "#7A673A"),
    ("#FBE7BC", "#8A7748"),
    ("#9CC4B9", "#3B6070"),
    ("#79A596", "#315266"),
    ("#5E8C7D", "#28445A"),
    ("#A9CDBB", "#28503F"),
    ("#8FBBA8", "#2F5A48"),
    ("#74A692", "#3C6C58"),
    ("#B4D3E2", "#2C4860"),
    ("#9CC4D8", "#365570"),
    ("#86B2C9", "#41657F"),
    ("#F3BF98", "#5C3B2C"),
    ("#EDB085", "#69432F"),
    ("#E79D6C", "#8C5E43"),
    ("#4F8071", "#1C3A38"),
    ("#6E9C8D", "#2A4C48"),
    ("#3B6F60", "#22453E"),
    ("#5E9080", "#315A50"),
    ("#2A4A42", "#14241F"),
    ("#35505A", "#10182B"),
    ("#47656E", "#1E2944"),
    ("#E9DFCF", "#4A5674"),
    ("#CFC5B6", "#374361"),
    ("#FFE7B0", "#F0A868"),
];

/// Landscapes of one colour: field, far hill, near hill.
fn hills(name: &str) -> Option<[&'static str; 3]> {
    Some(match name {
        "check" => ["#F5D88F", "#F0CC78", "#ECC467"],
        "learn" => ["#B4D3E2", "#9CC4D8", "#86B2C9"],
        "calm" => ["#A9CDBB", "#8FBBA8", "#74A692"],
        "door" => ["#E0EFE6", "#B9D6C8", "#8FBBA8"],
        "service" => ["#2C3A42", "#34474F", "#40535E"],
        _ => return None,
    })
}

const FAR_HILL: &str = "M-40,560 C-1.5,548.5 79.2,500 160,500 C240.8,500 291.5,556.2 380,560 C468.5,563.8 531.5,545 620,520 C708.5,495 743.8,430 840,430 C936.2,430 1066.2,502.7 1120,520 L1120,900 L-40,900 Z";
const NEAR_HILL: &str = "M-40,600 C6.2,598.1 103.8,601.5 200,590 C296.2,578.5 363.8,540 460,540 C556.2,540 615.4,590 700,590 C784.6,590 819.2,543.8 900,540 C980.8,536.2 1077.7,564.2 1120,570 L1120,900 L-40,900 Z";
const PAPER_EDGE: &str = "M-40,640 C2.3,636.5 91.5,620.8 180,622 C268.5,623.2 331.5,646.8 420,646 C508.5,645.2 555.4,619.2 640,618 C724.6,616.8 767.7,640.4 860,640 C952.3,639.6 1070,620.6 1120,616 L1120,704 L-40,704 Z";

/// Rasterises and keeps what the page on screen shows.
#[derive(Default)]
pub(super) struct Art {
    scene: RefCell<Option<(String, Image)>>,
    symbols: RefCell<HashMap<(String, u32, bool), Image>>,
}

impl Art {
    /// A scene of `width` × `height` pixels; an unknown name gives an empty image.
    pub(super) fn scene(
        &self,
        name: &str,
        symbol: &str,
        width: u32,
        height: u32,
        night: bool,
    ) -> Image {
        if width == 0 || height == 0 {
            return Image::default();
        }
        let key = format!("{name} {symbol} {width} {height} {night}");
        if let Some((kept, image)) = &*self.scene.borrow()
            && *kept == key
        {
            return image.clone();
        }
        let Some(svg) = scene_svg(name, symbol, width, height, night) else {
            return Image::default();
        };
        let image = opaque(&svg);
        self.scene.replace(Some((key, image.clone())));
        image
    }

    /// A symbol in a square of `size` pixels; an unknown name gives an empty image.
    pub(super) fn symbol(&self, name: &str, size: u32, night: bool) -> Image {
        let key = (name.to_owned(), size, night);
        if let Some(image) = self.symbols.borrow().get(&key) {
            return image.clone();
        }
        let Some(source) = source(name).filter(|_| size > 0) else {
            return Image::default();
        };
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 200 200">{}</svg>"#,
            // On a card the wind is blue; before a coloured sky it is white.
            inner(source).replace("#FFFFFE", "#86B2C9")
        );
        let image = Image::load_from_svg_data(svg.as_bytes())
            .ok()
            .and_then(|image| image.to_rgba8_premultiplied())
            .map(Image::from_rgba8_premultiplied)
            .unwrap_or_default();
        let mut kept = self.symbols.borrow_mut();
        // A page shows a dozen at most; more are left from pages gone by.
        if kept.len() >= 32 {
            kept.clear();
        }
        kept.insert(key, image.clone());
        image
    }
}

fn source(name: &str) -> Option<&'static str> {
    SOURCES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, svg)| *svg)
}

/// What stands between the outer tags of a drawing.
fn inner(svg: &str) -> &str {
    let from = svg
        .find("<svg")
        .and_then(|at| svg[at..].find('>').map(|end| at + end + 1));
    let to = svg.rfind("</svg>");
    match (from, to) {
        (Some(from), Some(to)) if from <= to => &svg[from..to],
        _ => "",
    }
}

/// The whole drawing as SVG text, its view box fitted to the shape asked for.
fn scene_svg(name: &str, symbol: &str, width: u32, height: u32, night: bool) -> Option<String> {
    let shape = f64::from(height) / f64::from(width);
    match name {
        "attract" => {
            let body = inner(source(&format!("scene-attract-{symbol}"))?);
            // Sky is cut, never the shore: the words below stand on it.
            let tall = 1080.0 * shape;
            Some(wrap(
                &top_of(body),
                body,
                [0.0, 1920.0 - tall, 1080.0, tall],
                width,
                height,
            ))
        }
        "attract-wide" => {
            let body = inner(source(&format!("scene-attract-wide-{symbol}"))?);
            let tall = 1600.0 * shape;
            Some(wrap(
                &top_of(body),
                body,
                [0.0, 1000.0 - tall, 1600.0, tall],
                width,
                height,
            ))
        }
        "home-side" => {
            let body = inner(source(&format!("scene-attract-{symbol}"))?);
            // The birds at the left would fly through the words.
            let tall = 790.0 * shape;
            Some(wrap(
                &top_of(body),
                body,
                [290.0, 1560.0 - tall, 790.0, tall],
                width,
                height,
            ))
        }
        _ => Some(framed(name, symbol, width, height, night)?),
    }
}

/// A scene of the upper third. In portrait the paper's edge closes it; beside a landscape sheet the
/// part around the symbol is shown and the sky grows upward.
fn framed(name: &str, symbol: &str, width: u32, height: u32, night: bool) -> Option<String> {
    let shape = f64::from(height) / f64::from(width);
    let side = shape > 1.4;
    let mut body = match name {
        "home" => without_edge(inner(source(&format!("scene-home-{symbol}"))?)).to_owned(),
        "relax" | "support" | "call" => {
            without_edge(inner(source(&format!("scene-{name}"))?)).to_owned()
        }
        "weather" => without_edge(inner(source(&format!("weather-{symbol}"))?)).to_owned(),
        _ => {
            let [field, far, near] = hills(name)?;
            let mut body = format!(
                r#"<rect x="-40" width="1160" height="900" fill="{field}"/><path d="{FAR_HILL}" fill="{far}"/><path d="{NEAR_HILL}" fill="{near}"/>"#
            );
            if let Some(drawing) = source(symbol) {
                let (x, y, scale) = if side && name == "service" {
                    // Maintenance says more in its headline than the other pages.
                    (680.0, 330.0, 1.25)
                } else if side {
                    (650.0, 236.0, 1.55)
                } else {
                    (712.0, 300.0, 1.36)
                };
                let _ = write!(
                    body,
                    r#"<g transform="translate({x} {y}) scale({scale})">{}</g>"#,
                    inner(drawing).replace("#FFFFFE", "#FFFFFF")
                );
            }
            body
        }
    };
    if night && name != "home" && name != "support" {
        for (day, dark) in NIGHT {
            body = body.replace(day, dark);
        }
    }
    let top = top_of(&body);
    if side {
        // The water or ground of the drawings ends at 704; below it the last colour goes on. Weather
        // stands lower than the rest: its clouds would meet a long result.
        let (across, below) = match name {
            "home" | "call" | "support" => (520.0, 640.0),
            "weather" => (540.0, 622.0),
            _ => (500.0, 690.0),
        };
        let tall = across * shape;
        let left = match name {
            "weather" => 530.0,
            "relax" => 520.0,
            _ => 1060.0 - across,
        };
        return Some(wrap(
            &top,
            &body,
            [left, below - tall, across, tall],
            width,
            height,
        ));
    }
    let paper = if night { NIGHT_PAPER } else { DAY_PAPER };
    let _ = write!(body, r#"<path d="{PAPER_EDGE}" fill="{paper}"/>"#);
    let tall = 1080.0 * shape;
    Some(wrap(
        &top,
        &body,
        [0.0, 704.0 - tall, 1080.0, tall],
        width,
        height,
    ))
}

/// The colour at the top of a drawing: of its first gradient or its first filled shape.
fn top_of(body: &str) -> String {
    let at = match (body.find("stop-color=\""), body.find("fill=\"#")) {
        (Some(stop), Some(fill)) if stop < fill || body[..stop].contains("linearGradient") => {
            stop + 12
        }
        (Some(stop), None) => stop + 12,
        (_, Some(fill)) => fill + 6,
        (None, None) => return DAY_PAPER.to_owned(),
    };
    body.get(at..at + 7).unwrap_or(DAY_PAPER).to_owned()
}

/// A drawing without its last path, which is the paper's edge.
fn without_edge(body: &str) -> &str {
    body.rfind("<path").map_or(body, |at| &body[..at])
}

fn wrap(top: &str, body: &str, [x, y, w, h]: [f64; 4], width: u32, height: u32) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{x} {y} {w} {h}" preserveAspectRatio="none"><rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{top}"/>{body}</svg>"#
    )
}

/// Pixels without alpha: three bytes each instead of four.
fn opaque(svg: &str) -> Image {
    let Some(drawn) = Image::load_from_svg_data(svg.as_bytes())
        .ok()
        .and_then(|image| image.to_rgba8_premultiplied())
    else {
        return Image::default();
    };
    let mut flat = SharedPixelBuffer::<Rgb8Pixel>::new(drawn.width(), drawn.height());
    for (to, from) in flat.make_mut_slice().iter_mut().zip(drawn.as_slice()) {
        *to = Rgb8Pixel::new(from.r, from.g, from.b);
    }
    Image::from_rgb8(flat)
}
