//! PNG from the very SVG: rasterised with the built-in fonts and no others, so that it is the same
//! on every machine.

use super::font::{CHINESE, LATIN, LATIN_SEMIBOLD};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, ID, Source};
use resvg::usvg::{self, FontResolver, ImageHrefResolver};
use std::sync::{Arc, LazyLock};

/// The longest side of a PNG, in pixels: a picture of any docket fits in memory.
const SIDE_MAX: f32 = 8_000.0;

/// Why there is no PNG.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The picture is not one that this program drew.
    #[error("the picture is not sound SVG: {0}")]
    Svg(#[from] usvg::Error),
    /// It has no area.
    #[error("the picture is empty")]
    Empty,
    /// It cannot be written.
    #[error("the picture cannot be encoded: {0}")]
    Encoding(#[from] png::EncodingError),
}

struct Fonts {
    database: Arc<Database>,
    latin: ID,
    semibold: ID,
    chinese: ID,
}

static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let mut database = Database::new();
    let mut load = |bytes: &'static [u8]| {
        let faces = database.load_font_source(Source::Binary(Arc::new(bytes)));
        *faces.first().expect("a font that is built in is sound")
    };
    let [latin, semibold, chinese] = [LATIN, LATIN_SEMIBOLD, CHINESE].map(&mut load);
    Fonts {
        database: Arc::new(database),
        latin,
        semibold,
        chinese,
    }
});

/// The bytes of a PNG of an SVG of ours, `scale` pixels to each of its own.
pub(super) fn of(svg: &str, scale: f32) -> Result<Vec<u8>, PngError> {
    let fonts = &*FONTS;
    let options = usvg::Options {
        fontdb: Arc::clone(&fonts.database),
        font_resolver: FontResolver {
            select_font: Box::new(|font, _| {
                Some(match font.weight() {
                    600.. => fonts.semibold,
                    _ => fonts.latin,
                })
            }),
            select_fallback: Box::new(|_, used, _| {
                (!used.contains(&fonts.chinese)).then_some(fonts.chinese)
            }),
        },
        // No picture of ours has an image in it; if one ever had, no file would be read for it.
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options)?;
    let size = tree.size();
    let longest = size.width().max(size.height());
    let scale = scale.min(SIDE_MAX / longest);
    let pixels = size.to_int_size().scale_by(scale).ok_or(PngError::Empty)?;
    let mut pixmap = Pixmap::new(pixels.width(), pixels.height()).ok_or(PngError::Empty)?;
    let transform = Transform::from_scale(scale, scale);
    resvg::render(&tree, transform, &mut pixmap.as_mut());
    encode(&pixmap)
}

/// Writes pixels as a PNG. The paper is opaque, so there is no transparency to write. Flat colours
/// pack well as they are, without a filter; packing harder takes five times as long and saves a
/// third.
fn encode(pixmap: &Pixmap) -> Result<Vec<u8>, PngError> {
    let pixels = pixmap.pixels().iter();
    let colors: Vec<u8> = pixels
        .flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()])
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_filter(png::Filter::NoFilter);
    encoder.set_deflate_compression(png::DeflateCompression::Level(1));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&colors)?;
    writer.finish()?;
    Ok(bytes)
}
