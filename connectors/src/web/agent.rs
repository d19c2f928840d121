//! What the crawler calls itself.

use corpus::WebSource;

/// What the crawler calls itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Agent {
    /// The `User-Agent` header.
    pub(super) header: String,
    /// The name by which `robots.txt` and pages speak of it.
    pub(super) product: String,
}

impl Agent {
    /// The crawler's own name, by which `robots.txt` speaks of it.
    pub(super) const PRODUCT: &str = "outcrop";

    /// What the data source says, or this crawler's own.
    pub(super) fn of(source: &WebSource) -> Self {
        if let Some(header) = &source.user_agent_header {
            return Self { header: header.clone(), product: product(header) };
        }
        let (name, version) = (Self::PRODUCT, env!("CARGO_PKG_VERSION"));
        let mut header = format!("Mozilla/5.0 (compatible; {name}/{version})");
        if let Some(suffix) = &source.user_agent_suffix {
            header.push(' ');
            header.push_str(suffix);
        }
        Self { header, product: name.to_owned() }
    }
}

/// The name within a header: that of its first product, or of what it is `compatible` with.
fn product(header: &str) -> String {
    let named = header.split_once("compatible;").map_or(header, |(_, rest)| rest.trim_start());
    let is_end = |c: char| !(c.is_ascii_alphabetic() || matches!(c, '-' | '_'));
    let name = named.get(..named.find(is_end).unwrap_or(named.len())).unwrap_or_default();
    if name.is_empty() { Agent::PRODUCT.to_owned() } else { name.to_ascii_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found_in_the_header() {
        let check = |header: &str, expect: &str| assert_eq!(product(header), expect, "{header}");
        check("MyBot/1.0 (+https://a.example)", "mybot");
        check("Mozilla/5.0 (compatible; My-Bot/2.1; +https://a.example)", "my-bot");
        check("Mozilla/5.0 (X11; Linux) Gecko", "mozilla");
        check("1", "outcrop");
    }
}
