//! The glyphs of the oldest fonts of Windows, by their numbers: documents that name such a font
//! without holding it may write with them, and not say which characters they are for.

use encoding_rs::MACINTOSH;

/// Whether a font is one of them.
pub(super) fn has(name: &str) -> bool {
    let name = name.replace([' ', '-'], "");
    ["Arial", "TimesNewRoman", "CourierNew"].iter().any(|font| name.starts_with(font))
        // Others of the family have glyphs of their own.
        && !["Narrow", "Black", "Unicode", "Rounded"].iter().any(|other| name.contains(other))
}

/// The character of a glyph, of those that all of them have in the same places: ASCII, what
/// Macintosh has behind it but for the second blank, and the Cyrillic alphabet.
pub(super) fn character(glyph: u32) -> Option<char> {
    const SPACE: u32 = 3;
    const CYRILLIC_A: u32 = 570;
    let macintosh = |code: u32| {
        let code = [u8::try_from(code).ok()?];
        MACINTOSH.decode_without_bom_handling(&code).0.chars().next()
    };
    match glyph {
        SPACE..=97 => char::from_u32(u32::from(' ') + glyph - SPACE),
        98..=171 => macintosh(glyph + 30),
        172..=208 => macintosh(glyph + 31),
        CYRILLIC_A..=633 => char::from_u32(u32::from('А') + glyph - CYRILLIC_A),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyphs_have_the_same_numbers_in_all_of_them() {
        let text = |glyphs: &[u32]| glyphs.iter().map(|glyph| character(*glyph)).collect();
        let check = |glyphs, expect: Option<&str>| {
            let text: Option<String> = text(glyphs);
            assert_eq!(text.as_deref(), expect);
        };
        check(&[0x35, 0x28, 0x03, 0x47], Some("RE d"));
        check(&[0x24d, 0x25d, 0x265, 0x268, 0x25c, 0x25a, 0x279], Some("Угловая"));
        check(&[0x70, 0x69, 0xcf], Some("éáÓ"));
        check(&[0x400], None);
        assert!(has("TimesNewRomanPS-BoldMT") && has("Arial,Bold"));
        assert!(!has("ArialNarrow") && !has("Calibri"));
    }
}
