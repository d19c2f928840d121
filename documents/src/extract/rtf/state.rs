//! What holds within a group, and what its characters are for.

use encoding_rs::Encoding;

use super::super::flow::Style;

/// What becomes of the characters in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    /// They are the text.
    Body,
    /// They are nothing to a reader.
    Skip,
    /// The number or bullet of an item.
    Marker,
    /// What a field does.
    Instruction,
    /// The text of a note, or of a comment.
    Note,
    Comment,
    /// Names of fonts.
    Fonts,
    /// Names of styles.
    Styles,
    /// The document's title, its author.
    Title,
    Author,
}

/// What holds within a group.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) destination: Destination,
    /// How many characters stand in for one of Unicode.
    pub(super) stand_ins: u8,
    pub(super) encoding: Option<&'static Encoding>,
    /// Whether its characters are not shown, or deleted.
    pub(super) is_hidden: bool,
    /// The style that is being defined, or that the paragraph has.
    pub(super) style: i32,
    pub(super) level: Option<u8>,
    pub(super) is_item: bool,
    pub(super) depth: u8,
    pub(super) in_table: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            destination: Destination::Body,
            stand_ins: 1,
            encoding: None,
            is_hidden: false,
            style: 0,
            level: None,
            is_item: false,
            depth: 0,
            in_table: false,
        }
    }
}

impl State {
    /// Forgets what the paragraph before was.
    pub(super) fn reset_paragraph(&mut self) {
        self.style = 0;
        self.level = None;
        self.is_item = false;
        self.depth = 0;
        self.in_table = false;
    }

    /// The style of the paragraph that ends here.
    pub(super) fn paragraph(&self, level: Option<u8>) -> Style {
        Style {
            level: self.level.or(level),
            item: self.is_item.then_some(usize::from(self.depth)),
            in_table: self.in_table,
        }
    }
}

/// Whether a word begins what stands above or below each page.
pub(super) fn is_head(word: &str) -> bool {
    word.starts_with("header") || word.starts_with("footer")
}

/// What the characters behind this word are for; none where the word says nothing of that.
/// `is_optional` are words behind `\*`, which readers that don't know them pass over.
pub(super) fn destination(word: &str, is_optional: bool) -> Option<Destination> {
    Some(match word {
        "fonttbl" => Destination::Fonts,
        "stylesheet" => Destination::Styles,
        "listtext" | "pntext" => Destination::Marker,
        "fldinst" => Destination::Instruction,
        "footnote" => Destination::Note,
        "annotation" => Destination::Comment,
        "title" => Destination::Title,
        "author" => Destination::Author,
        "shptxt" | "fldrslt" | "result" => Destination::Body,
        "colortbl" | "pict" | "header" | "headerl" | "headerr" | "headerf" | "footer"
        | "footerl" | "footerr" | "footerf" | "info" | "object" | "nonshppict" | "atnid"
        | "atnauthor" | "atnref" | "atntime" | "ftnsep" | "ftnsepc" | "ftncn" | "aftnsep"
        | "aftnsepc" | "aftncn" | "listtable" | "listoverridetable" | "revtbl" | "rsidtbl"
        | "filetbl" | "bkmkstart" | "bkmkend" | "themedata" | "datastore" | "latentstyles"
        | "pntxta" | "pntxtb" | "pnseclvl" | "xe" | "tc" | "rxe" | "nonesttables" | "sp"
        | "fchars" | "lchars" | "do" | "operator" | "company" | "creatim" | "revtim"
        | "printim" | "buptim" | "doccomm" | "comment" | "keywords" | "subject" | "manager"
        | "category" | "hlinkbase" | "userprops" | "pgptbl" | "xmlnstbl" => Destination::Skip,
        // Shapes hold their text.
        "shpinst" | "shppict" | "pn" | "ud" | "upr" | "cs" | "ts" | "ds" | "nesttableprops" => {
            return None;
        }
        _ if is_optional => Destination::Skip,
        _ => return None,
    })
}
