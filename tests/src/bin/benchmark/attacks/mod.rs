//! `benchmark attacks`: the times of honest requests beside attacks.

mod sign_in;

use crate::Fault;

pub(crate) async fn run() -> Result<(), Fault> {
    sign_in::run().await
}
