//! Codes that are equal after normalisation.

use app::recount::codes::find_lookalikes;

use super::super::error::StartError;
use super::super::start::Services;

pub(super) async fn list(services: &Services) -> Result<(), StartError> {
    let lookalikes = find_lookalikes(&services.app).await?;
    println!("codes that read the same: {}", lookalikes.len());
    for line in lookalikes {
        println!("  {line}");
    }
    Ok(())
}
