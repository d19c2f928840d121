//! Any bytes as a message, of a mail server or of Outlook.

#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["a.eml", "a.msg"] {
        let _any = read(bytes, name, None);
    }
});
