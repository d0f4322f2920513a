//! `benchmark attacks`: the times of honest requests beside attacks.

mod connections;

use crate::Fault;

pub(crate) async fn run() -> Result<(), Fault> {
    connections::run().await
}
