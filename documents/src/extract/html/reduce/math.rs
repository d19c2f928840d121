//! Formulas: `TeX` where the page has it, otherwise the signs in their order.

/// Writes a formula, given as `MathML` with or without a description in `TeX`.
pub(super) fn write(description: Option<&str>, content: &str, out: &mut String) {
    let description = description.or_else(|| annotation(content)).map(str::trim);
    match description.filter(|tex| !tex.is_empty()) {
        Some(tex) => write_tex(tex, out),
        None => write_signs(content, out),
    }
}

/// Writes a formula in `TeX`.
pub(super) fn write_tex(tex: &str, out: &mut String) {
    out.push('$');
    out.push_str(&tex.trim().replace('<', "&lt;"));
    out.push('$');
}

/// The annotation in `TeX` within `MathML`.
fn annotation(content: &str) -> Option<&str> {
    content.split("<annotation").skip(1).find_map(|part| {
        let (tag, rest) = part.split_once('>')?;
        let text = rest.split('<').next()?;
        tag.contains("tex").then_some(text)
    })
}

/// Writes the text of `MathML` without its tags.
fn write_signs(content: &str, out: &mut String) {
    let content = content.split("<annotation").next().unwrap_or_default();
    let mut is_first = true;
    for piece in content.split('<') {
        let text = piece.split_once('>').map_or("", |(_, text)| text).trim();
        if text.is_empty() {
            continue;
        }
        if !is_first {
            out.push(' ');
        }
        is_first = false;
        out.push_str(text);
    }
}
