//! Any text as source code: the first byte chooses the language.

#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;

const ENDINGS: [&str; 13] =
    ["sh", "c", "cpp", "cs", "go", "java", "js", "php", "py", "rb", "rs", "ts", "tsx"];

fuzz_target!(|input: &[u8]| {
    let Some((language, code)) = input.split_first() else { return };
    let ending = ENDINGS[usize::from(*language) % ENDINGS.len()];
    let _any = read(code, &format!("a.{ending}"), None);
});
