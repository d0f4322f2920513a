//! `benchmark attacks`: the times of honest requests during attacks.

mod connections;
mod documents;
mod sign_in;

use crate::Fault;

pub(crate) async fn run() -> Result<(), Fault> {
    connections::run().await?;
    documents::run().await?;
    sign_in::run().await
}
