//! A picture for a phone's camera.

use qrcode::QrCode;
use qrcode::render::svg;

/// Pixels of its side, at least: what a phone reads off a screen at arm's length.
const SIZE: u32 = 220;

/// Returns a picture of the text; nothing where it cannot be drawn.
pub(super) fn qr(text: &str) -> String {
    let Ok(code) = QrCode::new(text) else { return String::new() };
    let svg = code.render::<svg::Color<'_>>().min_dimensions(SIZE, SIZE).build();
    // Inside a page the XML declaration has no place.
    svg.find("<svg").map_or(String::new(), |start| svg[start..].to_owned())
}
