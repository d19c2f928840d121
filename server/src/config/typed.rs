//! From the tree of settings to typed configuration. Errors keep the path of the setting, and for
//! an unknown key what was expected in its place.

use std::fmt;

use serde::Deserialize;
use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::tree::{Node, Scalar};

/// Why a setting has no meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where it stands: names of tables, numbers in lists.
    pub(crate) path: Vec<String>,
    /// What is wrong with it.
    pub(crate) reason: Reason,
}

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reason {
    /// There is no such key; the path ends with it.
    UnknownKey {
        /// The keys that there are beside it.
        expected: &'static [&'static str],
    },
    /// A value that cannot be taken.
    Value(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::UnknownKey { .. } => write!(f, "unknown key"),
            Reason::Value(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Fault {}

impl serde::de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { path: Vec::new(), reason: Reason::Value(message.to_string()) }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self { path: vec![field.to_owned()], reason: Reason::UnknownKey { expected } }
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format!("'{variant}' is none of {}", expected.join(", ")))
    }
}

impl Fault {
    fn below(mut self, step: impl Into<String>) -> Self {
        self.path.insert(0, step.into());
        self
    }
}

/// The typed configuration.
pub(crate) fn typed<'de, T: Deserialize<'de>>(node: Node) -> Result<T, Fault> {
    T::deserialize(node)
}

impl IntoDeserializer<'_, Fault> for Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Numbers and booleans that stand in a variable are read when a type asks for one.
macro_rules! parse_untyped {
    ($($method:ident: $type:ty => $visit:ident, $what:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match &self {
                Self::Leaf(Scalar::Untyped(text), _) => match text.trim().parse::<$type>() {
                    Ok(value) => visitor.$visit(value),
                    Err(_) => Err(Fault::custom(format!("'{text}' is no {}", $what))),
                },
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> serde::Deserializer<'de> for Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Self::Table(entries) => {
                visitor.visit_map(Entries { rest: entries.into_iter(), value: None })
            }
            Self::List(items, _) => visitor.visit_seq(Items { rest: items.into_iter(), index: 0 }),
            Self::Leaf(Scalar::Boolean(value), _) => visitor.visit_bool(value),
            Self::Leaf(Scalar::Integer(value), _) => visitor.visit_i64(value),
            Self::Leaf(Scalar::Float(value), _) => visitor.visit_f64(value),
            Self::Leaf(Scalar::Text(value) | Scalar::Untyped(value), _) => {
                visitor.visit_string(value)
            }
        }
    }

    parse_untyped! {
        deserialize_bool: bool => visit_bool, "'true' or 'false'";
        deserialize_i8: i64 => visit_i64, "whole number";
        deserialize_i16: i64 => visit_i64, "whole number";
        deserialize_i32: i64 => visit_i64, "whole number";
        deserialize_i64: i64 => visit_i64, "whole number";
        deserialize_u8: u64 => visit_u64, "whole number from 0";
        deserialize_u16: u64 => visit_u64, "whole number from 0";
        deserialize_u32: u64 => visit_u64, "whole number from 0";
        deserialize_u64: u64 => visit_u64, "whole number from 0";
        deserialize_f32: f64 => visit_f64, "number";
        deserialize_f64: f64 => visit_f64, "number";
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self {
            Self::Leaf(Scalar::Text(variant) | Scalar::Untyped(variant), _) => {
                visitor.visit_enum(Variant { name: variant, content: None })
            }
            Self::Table(entries) if entries.len() == 1 => match entries.into_iter().next() {
                Some((name, _)) if !variants.contains(&name.as_str()) => {
                    Err(Fault::unknown_field(&name, variants))
                }
                Some((name, content)) => {
                    visitor.visit_enum(Variant { name, content: Some(content) })
                }
                None => Err(Fault::custom("an empty table")),
            },
            _ => Err(Fault::custom(format!(
                "{name} is one of {}, by name or as a table of that one name",
                variants.join(", ")
            ))),
        }
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

struct Entries {
    rest: std::collections::btree_map::IntoIter<String, Node>,
    value: Option<(String, Node)>,
}

impl<'de> MapAccess<'de> for Entries {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some((key, node)) = self.rest.next() else { return Ok(None) };
        self.value = Some((key.clone(), node));
        let key: StringDeserializer<Fault> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (key, node) = self.value.take().unwrap_or_default();
        seed.deserialize(node).map_err(|fault| fault.below(key))
    }
}

struct Items {
    rest: std::vec::IntoIter<Node>,
    index: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(node) = self.rest.next() else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        seed.deserialize(node).map(Some).map_err(|fault| fault.below(index.to_string()))
    }
}

struct Variant {
    name: String,
    content: Option<Node>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Fault;
    type Variant = Content;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content), Fault> {
        let name: StringDeserializer<Fault> = self.name.clone().into_deserializer();
        Ok((seed.deserialize(name)?, Content { name: self.name, node: self.content }))
    }
}

struct Content {
    name: String,
    node: Option<Node>,
}

impl<'de> VariantAccess<'de> for Content {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.node {
            Some(Node::Table(entries)) if !entries.is_empty() => {
                let key = entries.into_keys().next().unwrap_or_default();
                Err(Fault::unknown_field(&key, &[]).below(self.name))
            }
            _ => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        let Self { name, node } = self;
        seed.deserialize(node.unwrap_or_default()).map_err(|fault| fault.below(name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        let Self { name, node } = self;
        serde::Deserializer::deserialize_seq(node.unwrap_or_default(), visitor)
            .map_err(|fault| fault.below(name))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let Self { name, node } = self;
        match node.unwrap_or_default() {
            Node::Table(entries) => {
                visitor.visit_map(Entries { rest: entries.into_iter(), value: None })
            }
            _ => Err(Fault::custom("expected a table")),
        }
        .map_err(|fault| fault.below(name))
    }
}
