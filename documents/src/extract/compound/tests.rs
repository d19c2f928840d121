#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Write as _};

use super::*;

/// A file with a stream of three pieces, and one of more than that in a storage.
fn sample() -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Small").unwrap().write_all(&[b's'; 150]).unwrap();
    file.create_storage("/Storage").unwrap();
    file.create_stream("/Storage/Large").unwrap().write_all(&vec![b'l'; 70_000]).unwrap();
    file.create_stream("/Storage/Empty").unwrap();
    file.into_inner().into_inner()
}

#[test]
fn streams_are_found_by_their_paths() {
    let bytes = sample();
    let mut file = Compound::of(&bytes).unwrap();
    assert_eq!(file.read("/Small").unwrap(), [b's'; 150]);
    assert_eq!(file.read("/storage/LARGE").unwrap(), vec![b'l'; 70_000]);
    assert!(file.read("/Storage/Empty").unwrap().is_empty());
    assert_eq!([file.read("/Large"), file.read("/Storage"), file.read("/")], [None, None, None]);
    assert_eq!(file.names(""), ["Small", "Storage"]);
    assert_eq!(file.names("/Storage/"), ["Empty", "Large"]);
    assert!(file.names("/Small").is_empty() && file.loss().is_none());
}

#[test]
fn objects_are_named() {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for storage in ["/Pool", "/Pool/_1", "/Pool/_2", "/Pool/x"] {
        file.create_storage(storage).unwrap();
    }
    let mut add = |path: &str, bytes: &[u8]| {
        file.create_stream(path).unwrap().write_all(bytes).unwrap();
    };
    add("/Pool/_1/\u{1}Ole10Native", b"\x09\0\0\0\x02\0plan.txt\0C:\\plan.txt\0");
    add("/Pool/_2/Workbook", b"x");
    add("/Pool/x/Workbook", b"x");
    let bytes = file.into_inner().into_inner();
    let mut file = Compound::of(&bytes).unwrap();
    assert_eq!(objects(&mut file, "/Pool", "_"), ["plan.txt", "embedded Excel workbook"]);
}

#[test]
fn what_is_cut_off_is_read_up_to_there() {
    let mut bytes = sample();
    bytes.truncate(bytes.len() - 40_000);
    let mut file = Compound::of(&bytes).unwrap();
    let length = file.read("/Storage/Large").unwrap().len();
    assert!((20_000..40_000).contains(&length), "{length}");
    assert!(file.loss().is_some());
}

#[test]
fn crooked_files_do_no_harm() {
    let whole = sample();
    for at in (0..whole.len().min(4096)).chain(whole.len() - 2048..whole.len()) {
        for byte in [0, 1, 0x7f, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            let Some(mut file) = Compound::of(&bytes) else { continue };
            for path in ["/Small", "/Storage/Large"] {
                assert!(file.read(path).is_none_or(|read| read.len() <= bytes.len()));
            }
            assert!(file.names("/").len() + file.names("/Storage").len() <= 8);
        }
    }
}
