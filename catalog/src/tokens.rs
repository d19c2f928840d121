//! Client tokens: the same token for the same operation means the same result.
