//! The tokens of content streams, `CMap`s and Type 1 fonts, one after the other, straight from the
//! bytes. Nothing is an error: what has no meaning is skipped.

/// What stands next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    /// A number; always finite.
    Number(f64),
    /// A name, its escapes resolved, without the slash.
    Name(Vec<u8>),
    /// A string, literal or hexadecimal.
    Text(Vec<u8>),
    /// Anything else that is made of letters: an operator, `true`, `null`.
    Word(&'a [u8]),
    /// `[` or `{`.
    Open,
    /// `]` or `}`.
    Close,
    /// `<<`.
    OpenDictionary,
    /// `>>`.
    CloseDictionary,
}

/// Reads tokens.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    position: usize,
}

/// Parentheses deeper than this close the string.
const DEEPEST_PARENTHESIS: usize = 1_000;

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// The bytes that are not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    /// Leaves out some bytes.
    pub(super) fn skip(&mut self, count: usize) {
        self.position = self.position.saturating_add(count).min(self.bytes.len());
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let line = self.rest().iter().position(|b| matches!(b, b'\n' | b'\r'));
                self.skip(line.unwrap_or(usize::MAX));
            } else if is_blank(byte) {
                self.position += 1;
            } else {
                return;
            }
        }
    }

    /// The bytes up to the next blank or delimiter.
    fn word(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let end = rest.iter().position(|b| !is_regular(*b)).unwrap_or(rest.len());
        self.position += end;
        rest.get(..end).unwrap_or_default()
    }

    fn name(&mut self) -> Vec<u8> {
        let word = self.word();
        if !word.contains(&b'#') {
            return word.to_vec();
        }
        let mut name = Vec::with_capacity(word.len());
        let mut bytes = word;
        while let Some((first, rest)) = bytes.split_first() {
            let escape = (*first == b'#')
                .then(|| Some(hex_value(*rest.first()?)? << 4 | hex_value(*rest.get(1)?)?));
            if let Some(Some(byte)) = escape {
                name.push(byte);
                bytes = rest.get(2..).unwrap_or_default();
            } else {
                name.push(*first);
                bytes = rest;
            }
        }
        name
    }

    /// What follows an opening parenthesis.
    fn literal(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut depth = 1_usize;
        while let Some(byte) = self.peek() {
            self.position += 1;
            match byte {
                b'(' if depth < DEEPEST_PARENTHESIS => {
                    depth += 1;
                    text.push(byte);
                }
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                    text.push(byte);
                }
                b'\\' => self.escape(&mut text),
                b'\r' => {
                    if self.peek() == Some(b'\n') {
                        self.position += 1;
                    }
                    text.push(b'\n');
                }
                _ => text.push(byte),
            }
        }
        text
    }

    /// What follows a backslash.
    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.position += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            value = value << 3 | u32::from(digit - b'0');
                            self.position += 1;
                        }
                        _ => break,
                    }
                }
                // Overflow is to be ignored.
                text.push(value.to_le_bytes()[0]);
            }
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.position += 1;
                }
            }
            b'\n' => {}
            _ => text.push(byte),
        }
    }

    /// What follows an opening angle bracket.
    fn hexadecimal(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut high = None;
        while let Some(byte) = self.peek() {
            self.position += 1;
            if byte == b'>' {
                break;
            }
            let Some(value) = hex_value(byte) else { continue };
            match high.take() {
                None => high = Some(value),
                Some(high) => text.push(high << 4 | value),
            }
        }
        text.extend(high.map(|high| high << 4));
        text
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            self.skip_blanks();
            let byte = self.peek()?;
            if is_regular(byte) {
                let word = self.word();
                return Some(number(word).map_or(Token::Word(word), Token::Number));
            }
            self.position += 1;
            return Some(match byte {
                b'/' => Token::Name(self.name()),
                b'(' => Token::Text(self.literal()),
                b'[' | b'{' => Token::Open,
                b']' | b'}' => Token::Close,
                b'<' if self.peek() == Some(b'<') => {
                    self.position += 1;
                    Token::OpenDictionary
                }
                b'<' => Token::Text(self.hexadecimal()),
                b'>' if self.peek() == Some(b'>') => {
                    self.position += 1;
                    Token::CloseDictionary
                }
                _ => continue,
            });
        }
    }
}

/// Reads a number the way that readers do: `--5` is 5 below zero, `1.2.3` is 1.2, `4-5` is 4.
fn number(word: &[u8]) -> Option<f64> {
    const LARGEST: f64 = 1e12;
    let digits = word.iter().position(|b| !matches!(b, b'+' | b'-'))?;
    let negative = word.first() == Some(&b'-');
    let mut value = 0.0_f64;
    let mut place = 0.0_f64;
    let mut seen = false;
    for byte in word.get(digits..)? {
        match byte {
            b'0'..=b'9' => {
                seen = true;
                let digit = f64::from(byte - b'0');
                if place > 0.0 {
                    value += digit * place;
                    place /= 10.0;
                } else {
                    value = value * 10.0 + digit;
                }
            }
            b'.' if place == 0.0 => place = 0.1,
            b'.' | b'-' if seen => break,
            _ => return None,
        }
    }
    (seen || place > 0.0).then(|| if negative { -value.min(LARGEST) } else { value.min(LARGEST) })
}

pub(super) fn hex_value(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_blank(byte)
        && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &[u8], expect: &[Token<'_>]) {
        let tokens: Vec<Token<'_>> = Lexer::new(input).collect();
        assert_eq!(tokens, expect, "{}", String::from_utf8_lossy(input));
    }

    fn text(bytes: &[u8]) -> Token<'static> {
        Token::Text(bytes.to_vec())
    }

    fn name(bytes: &[u8]) -> Token<'static> {
        Token::Name(bytes.to_vec())
    }

    #[test]
    fn tokens_are_told_apart() {
        check(
            b"/F1 12 Tf% comment\n[(a)-20.5<62>]TJ",
            &[
                name(b"F1"),
                Token::Number(12.0),
                Token::Word(b"Tf"),
                Token::Open,
                text(b"a"),
                Token::Number(-20.5),
                text(b"b"),
                Token::Close,
                Token::Word(b"TJ"),
            ],
        );
        check(
            b"<</A#20b true>>",
            &[Token::OpenDictionary, name(b"A b"), Token::Word(b"true"), Token::CloseDictionary],
        );
    }

    #[test]
    fn strings_are_unescaped() {
        check(b"(a(b)\\)\\101\\n\\\nc\r\nd)", &[text(b"a(b))A\nc\nd")]);
        check(b"<48 65 6>", &[text(b"He`")]);
        check(b"(never closed", &[text(b"never closed")]);
    }

    #[test]
    fn odd_numbers_are_read_as_others_read_them() {
        check(b"--5", &[Token::Number(-5.0)]);
        check(b".5 -.5 5. +7", &[0.5, -0.5, 5.0, 7.0].map(Token::Number));
        check(b"1.2.3 4-5", &[1.2, 4.0].map(Token::Number));
        check(&b"9".repeat(400), &[Token::Number(1e12)]);
        check(b"- 1a", &[Token::Word(b"-"), Token::Word(b"1a")]);
    }
}
