//! Numbers of list items as they are written: `3`, `c`, `iii`.

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numeral {
    Decimal,
    /// With a zero before one digit.
    Padded,
    LowerLetter,
    UpperLetter,
    LowerRoman,
    UpperRoman,
    /// `1st`.
    Ordinal,
    /// Chinese and Japanese digits, with their tens.
    Han,
    /// ①.
    Circled,
    /// A mark that is the same for every item.
    Bullet,
    /// Nothing.
    None,
}

impl Numeral {
    /// Writes a number.
    pub(super) fn write(self, number: u32) -> String {
        match self {
            Self::Decimal => number.to_string(),
            Self::Padded => format!("{number:02}"),
            Self::LowerLetter => letters(number).to_lowercase(),
            Self::UpperLetter => letters(number),
            Self::LowerRoman => roman(number).to_lowercase(),
            Self::UpperRoman => roman(number),
            Self::Ordinal => {
                let ending = match (number % 10, number % 100) {
                    (1, rest) if rest != 11 => "st",
                    (2, rest) if rest != 12 => "nd",
                    (3, rest) if rest != 13 => "rd",
                    _ => "th",
                };
                format!("{number}{ending}")
            }
            Self::Han => han(number),
            Self::Circled => match number {
                1..=20 => char::from_u32(0x2460 + number - 1).map_or_else(String::new, Into::into),
                _ => number.to_string(),
            },
            Self::Bullet | Self::None => String::new(),
        }
    }
}

/// `A` to `Z`, then `AA`, `BB` as word processors count.
fn letters(number: u32) -> String {
    const MOST: u32 = 26 * 10;
    if number == 0 || number > MOST {
        return number.to_string();
    }
    let letter = char::from_u32(u32::from(b'A') + (number - 1) % 26).unwrap_or('?');
    std::iter::repeat_n(letter, (number as usize - 1) / 26 + 1).collect()
}

fn roman(mut number: u32) -> String {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if number == 0 || number > 3999 {
        return number.to_string();
    }
    let mut text = String::new();
    for (value, sign) in SIGNS {
        while number >= value {
            text.push_str(sign);
            number -= value;
        }
    }
    text
}

fn han(number: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |digit: u32| DIGITS.get(digit as usize).copied().unwrap_or_default();
    match number {
        1..=9 => digit(number).to_owned(),
        10..=19 => format!("十{}", digit(number % 10)),
        20..=99 => format!("{}十{}", digit(number / 10), digit(number % 10)),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_word_processors_do() {
        let check = |numeral: Numeral, number, expect| assert_eq!(numeral.write(number), expect);
        check(Numeral::LowerLetter, 3, "c");
        check(Numeral::UpperLetter, 27, "AA");
        check(Numeral::UpperLetter, 4_000_000_000, "4000000000");
        check(Numeral::LowerRoman, 14, "xiv");
        check(Numeral::UpperRoman, 0, "0");
        check(Numeral::Ordinal, 12, "12th");
        check(Numeral::Ordinal, 22, "22nd");
        check(Numeral::Han, 21, "二十一");
        check(Numeral::Circled, 2, "②");
        check(Numeral::Padded, 7, "07");
    }
}
