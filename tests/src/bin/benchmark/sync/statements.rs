//! The number of SQL statements of a page of changes.
//!
//! The pages are requested from a server in this process without background work, and the statements are counted at its
//! own connections. So each counted statement belongs to a page, whatever else uses the database.

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

/// The number of pages of each size.
const PAGES: u32 = 200;

/// Prints the number of statements for pages of 10 and of 500, as one of the people of the stock.
pub(crate) async fn measure(stock: &Stock, person: usize) -> Result<(), Fault> {
    let db = Db::connect(&DbSettings::new(&stock.url)).await?;
    // No photo is requested, so the object store may be missing.
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
