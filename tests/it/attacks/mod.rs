//! Attacks of strangers and thieves that once succeeded.

mod connections;
