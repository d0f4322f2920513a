//! Tablets and the server: nothing is lost, nothing is doubled, whatever breaks.

mod client;
mod convergence;
mod morning;
