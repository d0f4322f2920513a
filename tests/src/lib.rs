//! The infrastructure of the integration tests.

pub mod app;
pub mod database;
pub mod dice;
pub mod fault_proxy;
pub mod faulty_network;
pub mod fixture;
pub mod ids;
pub mod release;
pub mod runtime;
pub mod snapshot;
pub mod standing_server;
pub mod stores;
pub mod tablet;
pub mod user;
