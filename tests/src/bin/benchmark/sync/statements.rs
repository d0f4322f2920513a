//! How many SQL statements a page of changes costs.
//!
//! The pages are asked of a server in this process, without the program's background work, and counted at its own
//! connections: so each statement that is counted is one of a page, whatever else uses the database at the same time.

use std::sync::Arc;

use app::App;
use axum::Router;
use blob_store::ObjectStore;
use store::db::{Db, DbSettings};
use tests::app::listen;
use tests::stores::settings_at;
use tokio_util::sync::CancellationToken;
use transport::limits::Limits;

use super::client::Client;
use crate::Fault;
use crate::stock::Stock;

/// Pages of each size.
const PAGES: u32 = 200;

/// Prints the statements of a page, for pages of 10 and of 500, as one of the people of the stock.
pub(crate) async fn measure(stock: &Stock, person: usize) -> Result<(), Fault> {
    let db = Db::connect(&DbSettings::new(&stock.url)).await?;
    // No photo is asked for, so the object store need not be there.
    let objects = ObjectStore::new(&settings_at("127.0.0.1:9"))?;
    let stop = CancellationToken::new();
    let app = App::new(db.clone(), Arc::new(objects));
    let address = listen(app, Router::new(), Limits::default(), stop.clone()).await;
    let client = Client::sign_in_at(&address.to_string(), stock, person).await?;
    let outcome = pages(&db, &client).await;
    stop.cancel();
    db.close().await?;
    outcome
}

async fn pages(db: &Db, client: &Client) -> Result<(), Fault> {
    let cursors = client.load(|_| Ok(())).await?.cursors;
    let cursor = cursors.get(cursors.len() / 2).ok_or("no pages")?;
    for first in [10, 500] {
        let before = db.statements().count();
        for _ in 0..PAGES {
            client.page(Some(cursor), first, None).await?;
        }
        let statements = u32::try_from(db.statements().count() - before)?;
        println!("a page of {first}: {:.1} statements", f64::from(statements) / f64::from(PAGES));
    }
    Ok(())
}
