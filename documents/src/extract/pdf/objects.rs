//! Safe looks into a PDF's objects: references are followed, what is missing or of the wrong type
//! is none, and streams are decoded within a budget.

use std::cell::Cell;
use std::collections::HashMap;

use lopdf::{DecompressError, Dictionary, Document, Error, Object, ObjectId, Stream};

/// The most bytes that all streams of a document may decode to.
const MOST_DECODED: usize = 1 << 30;

/// A document, and what reading it may still cost.
#[derive(Debug)]
pub(super) struct Pdf<'a> {
    document: &'a Document,
    budget: Cell<usize>,
}

impl<'a> Pdf<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Self { document, budget: Cell::new(MOST_DECODED) }
    }

    pub(super) fn trailer(&self) -> &'a Dictionary {
        &self.document.trailer
    }

    /// Every object, in the order of their numbers.
    pub(super) fn objects(&self) -> impl Iterator<Item = (ObjectId, &'a Object)> {
        self.document.objects.iter().map(|(id, object)| (*id, object))
    }

    /// What an object refers to, in the end; null where that is nothing.
    pub(super) fn resolve(&self, object: &'a Object) -> &'a Object {
        self.document.dereference(object).map_or(&Object::Null, |(_, object)| object)
    }

    /// What a dictionary holds under a key.
    pub(super) fn get(&self, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
        let object = self.resolve(dictionary.get(key).ok()?);
        (!object.is_null()).then_some(object)
    }

    pub(super) fn dictionary(&self, parent: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
        as_dictionary(self.get(parent, key)?)
    }

    pub(super) fn array(&self, parent: &'a Dictionary, key: &[u8]) -> Option<&'a [Object]> {
        self.get(parent, key)?.as_array().ok().map(Vec::as_slice)
    }

    pub(super) fn name(&self, parent: &'a Dictionary, key: &[u8]) -> Option<&'a [u8]> {
        self.get(parent, key)?.as_name().ok()
    }

    pub(super) fn number(&self, parent: &'a Dictionary, key: &[u8]) -> Option<f64> {
        as_number(self.get(parent, key)?)
    }

    /// The numbers of an array, as many as are wanted.
    pub(super) fn numbers<const N: usize>(
        &self,
        parent: &'a Dictionary,
        key: &[u8],
    ) -> Option<[f64; N]> {
        let array = self.array(parent, key)?;
        let mut numbers = [0.0; N];
        for (number, object) in numbers.iter_mut().zip(array) {
            *number = as_number(self.resolve(object))?;
        }
        (array.len() >= N).then_some(numbers)
    }

    /// Whether so much was decoded already that nothing more is.
    pub(super) fn is_exhausted(&self) -> bool {
        self.budget.get() == 0
    }

    /// The bytes of a stream after its filters; none where they cannot be had within `limit`.
    pub(super) fn decode(&self, stream: &'a Stream, limit: usize) -> Option<Vec<u8>> {
        let limit = limit.min(self.budget.get());
        let decoded = if is_plain(&stream.dict) {
            stream.get_plain_content_with_limit(limit)
        } else {
            self.plain(stream).get_plain_content_with_limit(limit)
        };
        match decoded {
            Ok(bytes) => {
                self.budget.set(self.budget.get().saturating_sub(bytes.len()));
                Some(bytes)
            }
            Err(error) => {
                if matches!(error, Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) {
                    self.budget.set(self.budget.get().saturating_sub(limit));
                }
                None
            }
        }
    }

    /// The stream with its filters written out.
    fn plain(&self, stream: &'a Stream) -> Stream {
        let mut dictionary = Dictionary::new();
        for (long, short) in [(&b"Filter"[..], &b"F"[..]), (b"DecodeParms", b"DP")] {
            let object = self.get(&stream.dict, long).or_else(|| self.get(&stream.dict, short));
            let Some(object) = object else { continue };
            let object = match object {
                Object::Array(items) => {
                    Object::Array(items.iter().map(|item| self.written_out(item)).collect())
                }
                object => self.written_out(object),
            };
            dictionary.set(long, object);
        }
        Stream::new(dictionary, stream.content.clone())
    }

    fn written_out(&self, object: &'a Object) -> Object {
        match self.resolve(object) {
            Object::Name(name) => Object::Name(long_filter(name).unwrap_or(name).to_vec()),
            Object::Dictionary(parameters) => Object::Dictionary(
                parameters
                    .iter()
                    .map(|(key, value)| (key.clone(), self.resolve(value).clone()))
                    .filter(|(_, value)| as_number(value).is_some())
                    .collect(),
            ),
            _ => Object::Null,
        }
    }
}

/// Whether the decoder understands the filters as they are written: it follows no references
/// and knows no short names.
fn is_plain(dictionary: &Dictionary) -> bool {
    let direct = |object: &Object| match object {
        Object::Array(items) => items.iter().all(|item| item.as_reference().is_err()),
        object => object.as_reference().is_err(),
    };
    let short = |name: &Object| name.as_name().is_ok_and(|name| long_filter(name).is_some());
    [&b"Filter"[..], b"DecodeParms", b"F", b"DP"].iter().all(|key| {
        dictionary.get(key).map_or(true, |object| {
            key.len() > 2
                && direct(object)
                && !short(object)
                && !object.as_array().is_ok_and(|items| items.iter().any(short))
        })
    })
}

/// The full name of a filter that is written by its short one.
fn long_filter(name: &[u8]) -> Option<&'static [u8]> {
    let long: &[u8] = match name {
        b"Fl" => b"FlateDecode",
        b"LZW" => b"LZWDecode",
        b"A85" => b"ASCII85Decode",
        b"AHx" => b"ASCIIHexDecode",
        b"RL" => b"RunLengthDecode",
        b"CCF" => b"CCITTFaxDecode",
        b"DCT" => b"DCTDecode",
        _ => return None,
    };
    Some(long)
}

/// A dictionary, or a stream's.
pub(super) fn as_dictionary(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(dictionary) => Some(dictionary),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

/// A number that can be calculated with.
pub(super) fn as_number(object: &Object) -> Option<f64> {
    const LARGEST: f64 = 1e12;
    let number = f64::from(object.as_float().ok()?);
    number.is_finite().then(|| number.clamp(-LARGEST, LARGEST))
}

/// A small whole number.
pub(super) fn as_index(object: &Object) -> Option<u32> {
    let number = as_number(object)?;
    (0.0..=4_294_967_295.0).contains(&number).then(|| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
        let index = number as u32;
        index
    })
}

/// Things that are read once and then used again, by the number of their object.
pub(super) type ById<T> = HashMap<ObjectId, T>;
