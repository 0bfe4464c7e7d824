//! Codes that a phone reads: what is written in them is only what the page says beside them.

use qrcode::{Color, EcLevel, QrCode};
use slint::{Image, Rgb8Pixel, SharedPixelBuffer};
use std::cell::RefCell;

/// Pixels of one square; the page scales by whole neighbours, so more pixels keep squares even.
const SQUARE: u32 = 6;
/// Light squares around the code, as many as readers ask for (ISO/IEC 18004, 5.3.8).
const QUIET: u32 = 4;
const DARK: Rgb8Pixel = Rgb8Pixel::new(0x22, 0x30, 0x36);
const LIGHT: Rgb8Pixel = Rgb8Pixel::new(0xFF, 0xFF, 0xFF);

/// Keeps the last code, so that drawing the same page again makes no new picture.
#[derive(Default)]
pub(super) struct Codes {
    last: RefCell<Option<(String, Image)>>,
}

impl Codes {
    /// Drops the last code.
    pub(super) fn forget(&self) {
        self.last.replace(None);
    }

    /// The code of `text`; an empty image where it is too long for one.
    pub(super) fn of(&self, text: &str) -> Image {
        if let Some((kept, image)) = &*self.last.borrow()
            && kept == text
        {
            return image.clone();
        }
        let image = draw(text).unwrap_or_default();
        self.last.replace(Some((text.to_owned(), image.clone())));
        image
    }
}

fn draw(text: &str) -> Option<Image> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::L).ok()?;
    let across = u32::try_from(code.width()).ok()?;
    let side = (across + 2 * QUIET) * SQUARE;
    let colours = code.to_colors();
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(side, side);
    for (place, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let place = u32::try_from(place).ok()?;
        let (x, y) = ((place % side) / SQUARE, (place / side) / SQUARE);
        let inside = |at: u32| (QUIET..QUIET + across).contains(&at);
        let dark = inside(x)
            && inside(y)
            && colours
                .get(usize::try_from((y - QUIET) * across + (x - QUIET)).ok()?)
                .is_some_and(|colour| *colour == Color::Dark);
        *pixel = if dark { DARK } else { LIGHT };
    }
    Some(Image::from_rgb8(pixels))
}

#[cfg(test)]
mod tests {
    use super::{Codes, QUIET, SQUARE};

    #[test]
    fn a_number_becomes_a_square_with_a_quiet_edge() {
        let image = Codes::default().of("tel:12356");
        let size = image.size();
        assert_eq!(size.width, size.height);
        // Version 1 is 21 squares across.
        assert_eq!(size.width, (21 + 2 * QUIET) * SQUARE);
    }

    #[test]
    fn what_does_not_fit_leaves_no_picture() {
        assert_eq!(Codes::default().of(&"长".repeat(4000)).size().width, 0);
    }
}
