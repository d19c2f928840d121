//! The operands of a content stream's operators.

use std::marker::PhantomData;

use crate::extract::pdf::lexer::{Lexer, Token, is_blank};

/// Operands of one operator beyond these are forgotten.
const MOST_OPERANDS: usize = 64;

/// Items of one array beyond these are forgotten.
const MOST_ITEMS: usize = 100_000;

/// An operand.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    Number(f64),
    Name(Vec<u8>),
    Text(Vec<u8>),
    /// Numbers and texts; arrays within arrays are flattened.
    Array(Vec<Operand>),
    /// The entries whose values are texts.
    Dictionary(Vec<(Vec<u8>, Vec<u8>)>),
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Operand,
    Operator(&'a [u8]),
}

/// The operands that are waiting for their operator.
#[derive(Debug, Default)]
pub(super) struct Operands<'a> {
    items: Vec<Operand>,
    lexer: PhantomData<&'a ()>,
}

impl<'a> Operands<'a> {
    /// Reads an operand or an operator.
    pub(super) fn next(&mut self, lexer: &mut Lexer<'a>) -> Option<Step<'a>> {
        let operand = match lexer.next()? {
            Token::Word(word) => return Some(Step::Operator(word)),
            Token::Number(number) => Operand::Number(number),
            Token::Name(name) => Operand::Name(name),
            Token::Text(text) => Operand::Text(text),
            Token::Open => array(lexer),
            Token::OpenDictionary => dictionary(lexer),
            Token::Close | Token::CloseDictionary => return Some(Step::Operand),
        };
        if self.items.len() < MOST_OPERANDS {
            self.items.push(operand);
        }
        Some(Step::Operand)
    }

    pub(super) fn clear(&mut self) {
        self.items.clear();
    }

    pub(super) fn last(&self) -> Option<&Operand> {
        self.items.last()
    }

    /// The number at a place, 0 where there is none.
    pub(super) fn number(&self, index: usize) -> f64 {
        match self.items.get(index) {
            Some(Operand::Number(number)) => *number,
            _ => 0.0,
        }
    }

    pub(super) fn numbers(&self) -> [f64; 6] {
        [0, 1, 2, 3, 4, 5].map(|index| self.number(index))
    }

    pub(super) fn name(&self, index: usize) -> Option<&[u8]> {
        match self.items.get(index) {
            Some(Operand::Name(name)) => Some(name),
            _ => None,
        }
    }
}

/// Reads on to the end of an array. Other than numbers and texts it holds nothing that counts.
fn array(lexer: &mut Lexer<'_>) -> Operand {
    let mut items = Vec::new();
    let mut depth = 1_usize;
    // A word may be an operator that follows an array that was never closed.
    while depth > 0 {
        let before = lexer.clone();
        let item = match lexer.next() {
            Some(Token::Number(number)) => Operand::Number(number),
            Some(Token::Text(text)) => Operand::Text(text),
            Some(Token::Open) => {
                depth += 1;
                continue;
            }
            Some(Token::Close) => {
                depth -= 1;
                continue;
            }
            Some(Token::Word(b"TJ" | b"Tj" | b"ET" | b"BT")) => {
                *lexer = before;
                break;
            }
            Some(_) => continue,
            None => break,
        };
        if items.len() < MOST_ITEMS {
            items.push(item);
        }
    }
    Operand::Array(items)
}

/// Reads on to the end of a dictionary.
fn dictionary(lexer: &mut Lexer<'_>) -> Operand {
    let mut entries = Vec::new();
    let mut key = None;
    let mut depth = 1_usize;
    while depth > 0 {
        match lexer.next() {
            Some(Token::OpenDictionary) => depth += 1,
            Some(Token::CloseDictionary) => depth -= 1,
            Some(Token::Name(name)) => key = Some(name),
            Some(Token::Text(text)) => {
                if let Some(key) = key.take()
                    && entries.len() < MOST_OPERANDS
                {
                    entries.push((key, text));
                }
            }
            Some(_) => {}
            None => break,
        }
    }
    Operand::Dictionary(entries)
}

/// Leaves out an inline image: its entries up to `ID`, then its data up to an `EI` that stands
/// alone and has text behind it.
pub(super) fn skip_inline_image(lexer: &mut Lexer<'_>) {
    loop {
        match lexer.next() {
            Some(Token::Word(b"ID")) => break,
            Some(Token::Word(b"EI")) | None => return,
            Some(_) => {}
        }
    }
    let data = lexer.rest();
    let end = data.windows(3).enumerate().find_map(|(at, window)| {
        let [blank, b'E', b'I'] = window else { return None };
        let behind = data.get(at + 3..).unwrap_or_default();
        let stands_alone = is_blank(*blank) && behind.first().is_none_or(|byte| is_blank(*byte));
        let is_text = |byte: &u8| byte.is_ascii_graphic() || is_blank(*byte);
        (stands_alone && behind.iter().take(12).all(is_text)).then_some(at + 3)
    });
    lexer.skip(end.unwrap_or(usize::MAX));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &[u8], expect: &[(&str, &[Operand])]) {
        let mut lexer = Lexer::new(content);
        let mut operands = Operands::default();
        let mut found = Vec::new();
        while let Some(step) = operands.next(&mut lexer) {
            if let Step::Operator(operator) = step {
                if operator == b"BI" {
                    skip_inline_image(&mut lexer);
                }
                found
                    .push((String::from_utf8_lossy(operator).into_owned(), operands.items.clone()));
                operands.clear();
            }
        }
        let found: Vec<(&str, &[Operand])> =
            found.iter().map(|(operator, items)| (operator.as_str(), items.as_slice())).collect();
        assert_eq!(found, expect, "{}", String::from_utf8_lossy(content));
    }

    #[test]
    fn operands_wait_for_their_operator() {
        let name = Operand::Name(b"F".to_vec());
        let text = |text: &[u8]| Operand::Text(text.to_vec());
        let array = Operand::Array(vec![text(b"a"), Operand::Number(-3.0), text(b"b")]);
        check(
            b"/F 9 Tf [(a) -3 [(b)]] TJ",
            &[("Tf", &[name, Operand::Number(9.0)]), ("TJ", &[array])],
        );
        let dictionary = Operand::Dictionary(vec![(b"ActualText".to_vec(), b"x".to_vec())]);
        let span = Operand::Name(b"Span".to_vec());
        check(b"/Span <</MCID 1/ActualText (x)>> BDC", &[("BDC", &[span, dictionary])]);
    }

    #[test]
    fn an_array_that_is_never_closed_ends_at_an_operator() {
        let array = Operand::Array(vec![Operand::Text(b"a".to_vec())]);
        check(b"[(a) TJ ET", &[("TJ", &[array]), ("ET", &[])]);
    }

    #[test]
    fn inline_images_are_passed_over() {
        check(b"BI /W 1 ID \x00 EI\xff\x01 x EI Q", &[("BI", &[]), ("Q", &[])]);
        check(b"BI /W 1 ID never ends", &[("BI", &[])]);
    }
}
