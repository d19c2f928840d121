//! The operations that answer questions.

pub(crate) mod filter;
pub(crate) mod generation;
pub(crate) mod refusal;
pub(crate) mod result;
pub(crate) mod retrieve;
pub(crate) mod retrieve_and_generate;
pub(crate) mod search;
