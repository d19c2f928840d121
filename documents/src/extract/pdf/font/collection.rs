//! Adobe's collections of characters for Chinese, Japanese and Korean: which characters their
//! numbers (CIDs) are for, and which CIDs the codes of the predefined encodings have. The tables
//! come with hayro, which draws with them.

use std::sync::LazyLock;

use hayro_cmap::{BfString, CMap, CMapName, load_embedded};

/// A collection of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Collection {
    Japan,
    SimplifiedChinese,
    TraditionalChinese,
    Korea,
    /// One whose table is not at hand.
    Other,
}

impl Collection {
    /// The collection that a font's `Ordering` names.
    pub(super) fn of(ordering: &[u8]) -> Option<Self> {
        match ordering {
            b"Japan1" => Some(Self::Japan),
            b"GB1" => Some(Self::SimplifiedChinese),
            b"CNS1" => Some(Self::TraditionalChinese),
            b"Korea1" => Some(Self::Korea),
            b"KR" | b"Japan2" | b"Manga1" => Some(Self::Other),
            _ => None,
        }
    }

    /// The characters of a CID.
    pub(super) fn characters(self, cid: u32) -> Option<String> {
        type Table = LazyLock<Option<CMap>>;
        static JAPAN: Table = Table::new(|| map(CMapName::AdobeJapan1Ucs2));
        static SIMPLIFIED: Table = Table::new(|| map(CMapName::AdobeGb1Ucs2));
        static TRADITIONAL: Table = Table::new(|| map(CMapName::AdobeCns1Ucs2));
        static KOREA: Table = Table::new(|| map(CMapName::AdobeKorea1Ucs2));
        // The first CIDs of all collections are the printable characters of ASCII.
        if (1..=95).contains(&cid) {
            return char::from_u32(cid + 31).map(String::from);
        }
        let table = match self {
            Self::Japan => &JAPAN,
            Self::SimplifiedChinese => &SIMPLIFIED,
            Self::TraditionalChinese => &TRADITIONAL,
            Self::Korea => &KOREA,
            Self::Other => return None,
        };
        let text = match table.as_ref()?.lookup_bf_string(cid)? {
            BfString::Char(c) => c.to_string(),
            BfString::String(text) => text,
        };
        (!text.contains(char::is_control)).then_some(text)
    }
}

/// The CIDs of an encoding's codes; none where the encoding is not a predefined one.
pub(super) fn encoding(name: &str) -> Option<CMap> {
    map(CMapName::from_bytes(name.as_bytes()))
}

fn map(name: CMapName<'_>) -> Option<CMap> {
    CMap::parse(load_embedded(name)?, load_embedded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_characters() {
        let check = |ordering: &[u8], cid, expect: Option<&str>| {
            let characters = Collection::of(ordering).and_then(|c| c.characters(cid));
            assert_eq!(characters.as_deref(), expect, "{cid}");
        };
        check(b"Japan1", 34, Some("A"));
        check(b"Japan1", 843, Some("あ"));
        check(b"GB1", 4559, Some("中"));
        check(b"CNS1", 595, Some("一"));
        check(b"Korea1", 1086, Some("가"));
        check(b"Japan1", 60_000, None);
        check(b"Identity", 34, None);
    }

    #[test]
    fn codes_have_numbers() {
        let check = |name, code, length, expect| {
            let cid = encoding(name).and_then(|map| map.lookup_cid_code(code, length));
            assert_eq!(cid, expect, "{name}");
        };
        check("90ms-RKSJ-H", 0x82a0, 2, Some(843));
        check("UniJIS-UCS2-H", 0x3042, 2, Some(843));
        check("nonsense", 0x3042, 2, None);
    }
}
