//! `benchmark attacks`: the times of honest requests beside attacks.

mod documents;

use crate::Fault;

pub(crate) async fn run() -> Result<(), Fault> {
    documents::run().await
}
