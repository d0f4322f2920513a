//! The GraphQL schema: thin resolvers over the use cases, and what they share.

pub mod error;
pub mod loading;
