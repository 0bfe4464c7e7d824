//! A picture of the window as a PNG file: what the tour and the flows leave behind.

use slint::{Rgba8Pixel, SharedPixelBuffer};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

/// Writes `pixels` to `path`, making its folder.
///
/// # Errors
/// The folder or the file cannot be written.
pub fn write_png(path: &Path, pixels: &SharedPixelBuffer<Rgba8Pixel>) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut encoder = png::Encoder::new(
        BufWriter::new(File::create(path)?),
        pixels.width(),
        pixels.height(),
    );
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder
        .write_header()?
        .write_image_data(pixels.as_bytes())?;
    Ok(())
}
