//! Every key that the configuration knows, learnt from the types themselves, so that a suggestion
//! can never name a key that is not there, and a test can hold the documentation to the types.
//!
//! A type is asked to deserialise itself from nothing; what it asks for is noted. One visit shows
//! one level, so that each key that was found is visited in turn.

use std::cell::RefCell;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};

/// Stands in a key for a name that is the user's own.
const ANY_NAME: &str = "NAME";

/// The deepest nesting that is looked into.
const DEPTH: usize = 8;

/// The keys of a type as dotted paths, tables left out. Items of lists have their list's path:
/// `models.embedding.match`.
pub(crate) fn keys_of<T: for<'de> Deserialize<'de>>() -> Vec<String> {
    let mut keys = Vec::new();
    let mut waiting = vec![Vec::new()];
    while let Some(path) = waiting.pop() {
        let found = RefCell::new(Found::Value);
        // The visit ends with an error, always: there is no value to be had.
        drop(T::deserialize(Explorer { path: &path, found: &found }));
        let below = match found.into_inner() {
            Found::Value => Vec::new(),
            Found::List => vec![Step::Item],
            Found::Map => vec![Step::Entry],
            Found::Fields(fields) => fields.iter().map(|field| Step::Name(field)).collect(),
            Found::Variants(variants) => {
                keys.push(dotted(&path));
                variants.iter().map(|variant| Step::Variant(variant)).collect()
            }
        };
        if below.is_empty() && !matches!(path.last(), None | Some(Step::Variant(_) | Step::Item)) {
            keys.push(dotted(&path));
        }
        if path.len() < DEPTH {
            waiting.extend(below.into_iter().map(|step| [path.as_slice(), &[step]].concat()));
        }
    }
    keys.sort();
    keys.dedup();
    keys
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Name(&'static str),
    Variant(&'static str),
    Item,
    Entry,
}

fn dotted(path: &[Step]) -> String {
    let names = path.iter().filter_map(|step| match step {
        Step::Name(name) | Step::Variant(name) => Some(*name),
        Step::Entry => Some(ANY_NAME),
        Step::Item => None,
    });
    names.collect::<Vec<_>>().join(".")
}

/// What a type turned out to be.
#[derive(Debug)]
enum Found {
    Value,
    List,
    Map,
    Fields(&'static [&'static str]),
    Variants(&'static [&'static str]),
}

/// How every visit ends.
#[derive(Debug)]
struct Seen;

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("seen")
    }
}

impl std::error::Error for Seen {}

impl serde::de::Error for Seen {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

#[derive(Debug, Clone, Copy)]
struct Explorer<'a> {
    path: &'a [Step],
    found: &'a RefCell<Found>,
}

impl Explorer<'_> {
    fn next(self) -> Option<(Step, Self)> {
        let (first, rest) = self.path.split_first()?;
        Some((*first, Self { path: rest, found: self.found }))
    }

    fn note<T>(self, found: Found) -> Result<T, Seen> {
        self.found.replace(found);
        Err(Seen)
    }
}

impl<'de> serde::Deserializer<'de> for Explorer<'_> {
    type Error = Seen;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Seen> {
        self.note(Found::Value)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Seen> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Seen> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Seen> {
        match self.next() {
            Some((Step::Name(name), value)) => {
                visitor.visit_map(OneEntry { name, value: Some(value) })
            }
            _ => self.note(Found::Fields(fields)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Seen> {
        match self.next() {
            Some((Step::Item, item)) => visitor.visit_seq(OneItem(Some(item))),
            _ => self.note(Found::List),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Seen> {
        match self.next() {
            Some((Step::Entry, value)) => {
                visitor.visit_map(OneEntry { name: ANY_NAME, value: Some(value) })
            }
            _ => self.note(Found::Map),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Seen> {
        match self.next() {
            Some((Step::Variant(name), content)) => {
                visitor.visit_enum(OneVariant { name, content })
            }
            _ => self.note(Found::Variants(variants)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct tuple tuple_struct identifier ignored_any
    }
}

struct OneEntry<'a> {
    name: &'static str,
    value: Option<Explorer<'a>>,
}

impl<'de> MapAccess<'de> for OneEntry<'_> {
    type Error = Seen;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Seen> {
        if self.value.is_none() {
            return Ok(None);
        }
        let name: StrDeserializer<'_, Seen> = self.name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Seen> {
        seed.deserialize(self.value.take().ok_or(Seen)?)
    }
}

struct OneItem<'a>(Option<Explorer<'a>>);

impl<'de> SeqAccess<'de> for OneItem<'_> {
    type Error = Seen;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Seen> {
        self.0.take().map(|item| seed.deserialize(item)).transpose()
    }
}

struct OneVariant<'a> {
    name: &'static str,
    content: Explorer<'a>,
}

impl<'de, 'a> EnumAccess<'de> for OneVariant<'a> {
    type Error = Seen;
    type Variant = VariantContent<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, VariantContent<'a>), Seen> {
        let name: StrDeserializer<'_, Seen> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, VariantContent(self.content)))
    }
}

struct VariantContent<'a>(Explorer<'a>);

impl<'de> VariantAccess<'de> for VariantContent<'_> {
    type Error = Seen;

    fn unit_variant(self) -> Result<(), Seen> {
        self.0.note(Found::Value)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Seen> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Seen> {
        self.0.note(Found::Value)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Seen> {
        serde::Deserializer::deserialize_struct(self.0, "", fields, visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its names are looked at")]
    struct Root {
        name: String,
        section: Option<Section>,
        routes: Vec<Route>,
        servers: std::collections::BTreeMap<String, Server>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its names are looked at")]
    struct Section {
        size: std::num::NonZeroU32,
        backend: Backend,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[expect(dead_code, reason = "only its names are looked at")]
    enum Backend {
        Here,
        There(Server),
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its names are looked at")]
    struct Server {
        url: String,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its names are looked at")]
    struct Route {
        r#match: String,
    }

    #[test]
    fn every_level_is_found() {
        let expect = [
            "name",
            "routes.match",
            "section.backend",
            "section.backend.there.url",
            "section.size",
            "servers.NAME.url",
        ];
        assert_eq!(keys_of::<Root>(), expect);
    }
}
