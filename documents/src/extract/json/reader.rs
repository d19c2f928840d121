//! Reads a JSON value into an outline, byte by byte and without recursion, so that no depth is too
//! deep; numbers stay as they are written, and names in their order.

use super::super::outline::{Form, Outline};

/// Where and why a text is no JSON.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Its byte.
    pub(super) at: usize,
    /// What was expected there.
    pub(super) what: &'static str,
}

impl Fault {
    /// The fault in words, with its line.
    pub(super) fn within(&self, text: &str) -> String {
        let line = text.get(..self.at).unwrap_or(text).split('\n').count();
        format!("line {line}: {}", self.what)
    }
}

/// Reads the one value of a text.
pub(super) fn read(text: &str) -> Result<Outline, Fault> {
    let mut reader = Reader { text, at: 0, outline: Outline::default() };
    reader.document()?;
    Ok(reader.outline)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    outline: Outline,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), Fault> {
        // What is open, and where it began.
        let mut open: Vec<Form> = Vec::new();
        let mut name = String::new();
        loop {
            self.skip_blanks();
            let opened = match self.peek() {
                Some(b'{') => Some((Form::Record, b'}')),
                Some(b'[') => Some((Form::List, b']')),
                _ => None,
            };
            if let Some((form, end)) = opened {
                self.outline.open(form, &name, self.at);
                name.clear();
                self.at += 1;
                self.skip_blanks();
                if self.peek() == Some(end) {
                    self.at += 1;
                    self.outline.close(self.at);
                } else {
                    open.push(form);
                    if form == Form::Record {
                        name = self.name()?;
                    }
                    continue;
                }
            } else {
                self.scalar(&name)?;
                name.clear();
            }
            // A value has ended, and perhaps what it stands in.
            loop {
                self.skip_blanks();
                match (open.last(), self.peek()) {
                    (None, None) => return Ok(()),
                    (None, Some(_)) => return self.fault("more follows the value"),
                    (Some(form), Some(b',')) => {
                        self.at += 1;
                        self.skip_blanks();
                        if *form == Form::Record {
                            name = self.name()?;
                        }
                        break;
                    }
                    (Some(Form::Record), Some(b'}')) | (Some(Form::List), Some(b']')) => {
                        self.at += 1;
                        open.pop();
                        self.outline.close(self.at);
                    }
                    (Some(Form::Record), _) => return self.fault("a comma or } is missing"),
                    (Some(_), _) => return self.fault("a comma or ] is missing"),
                }
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault<T>(&self, what: &'static str) -> Result<T, Fault> {
        Err(Fault { at: self.at, what })
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// A name and the colon behind it.
    fn name(&mut self) -> Result<String, Fault> {
        if self.peek() != Some(b'"') {
            return self.fault("a name in quotes is missing");
        }
        let name = self.string()?;
        self.skip_blanks();
        if self.peek() != Some(b':') {
            return self.fault("a colon is missing");
        }
        self.at += 1;
        Ok(name)
    }

    fn scalar(&mut self, name: &str) -> Result<(), Fault> {
        let start = self.at;
        if self.peek() == Some(b'"') {
            let value = self.string()?;
            self.outline.value(name, &value, start..self.at);
            return Ok(());
        }
        let rest = self.text.get(start..).unwrap_or_default();
        let length =
            rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
        let word = rest.get(..length.count()).unwrap_or_default();
        if !(matches!(word, "true" | "false" | "null") || is_number(word)) {
            return self.fault("a value is missing");
        }
        self.at += word.len();
        // Nobody looks for what is not there.
        let value = if word == "null" { "" } else { word };
        self.outline.value(name, value, start..self.at);
        Ok(())
    }

    fn string(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        let mut is_plain = true;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => {
                    is_plain = false;
                    end += 2;
                }
                Some(0..0x20) => return self.fault("a control character stands in a string"),
                Some(_) => end += 1,
                None => return self.fault("a string is not closed"),
            }
        }
        self.at = end + 1;
        let literal = self.text.get(start..self.at).unwrap_or_default();
        if is_plain {
            return Ok(literal.get(1..literal.len() - 1).unwrap_or_default().to_owned());
        }
        serde_json::from_str(literal).or(Err(Fault { at: start, what: "an escape is wrong" }))
    }
}

fn is_number(word: &str) -> bool {
    let word = word.strip_prefix('-').unwrap_or(word);
    let (number, exponent) = match word.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (word, None),
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    let digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}
