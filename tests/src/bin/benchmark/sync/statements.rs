//! How many SQL statements a page of changes costs, as the database counts them.

use std::time::Duration;

use super::client::Client;
use crate::Fault;
use crate::stock::{Stock, connect};

/// Pages of each size.
const PAGES: u32 = 200;
/// After this long without work, every connection of PostgreSQL has told what it did.
const TOLD: Duration = Duration::from_secs(12);

/// Prints the statements of a page, for pages of 10 and of 500.
pub(crate) async fn measure(stock: &Stock, client: &Client) -> Result<(), Fault> {
    let cursors = client.load(|_| Ok(())).await?.cursors;
    let cursor = cursors.get(cursors.len() / 2).ok_or("no pages")?;
    let idle = counted(stock).await?;
    let idle = counted(stock).await? - idle;
    for first in [10, 500] {
        let before = counted(stock).await?;
        for _ in 0..PAGES {
            client.page(Some(cursor), first, None).await?;
        }
        let pages = counted(stock).await? - before - idle;
        println!("a page of {first}: {:.1} statements", f64::from(i32::try_from(pages)?) / f64::from(PAGES));
    }
    Ok(())
}

/// Transactions of the database: reading begins none of its own, so each statement is one.
async fn counted(stock: &Stock) -> Result<i64, Fault> {
    tokio::time::sleep(TOLD).await;
    let mut connection = connect(&stock.url).await?;
    let select = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()";
    Ok(sqlx::query_scalar(select).fetch_one(&mut connection).await?)
}
