//! A server process whose clock stands at a moment, for tests that kill it on another day than today.
//!
//! It consists of the program's own parts: the API over HTTP with receipts, and the sender of messages. What the program
//! does at intervals (digests, escalations) is left to the test.
//!
//! The settings have the names of the program's: `DATABASE_URL`, `HANDOVER_SMTP_PORT`, `HANDOVER_GATEWAY_SMS_URL` and
//! `HANDOVER_GATEWAY_SECRET`. The mail server is on this machine, without TLS; push notifications go to the same gateway.

use std::convert::Infallible;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use app::messages::MessageSender;
use app::{App, Clock};
use blob_store::ObjectStore;
use domain::Timestamp;
use message_channels::{ChannelSettings, Channels, GatewaySettings, SmtpSettings, SmtpTimeouts, SmtpTls};
use store::db::{Db, DbSettings};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use transport::limits::Limits;

use crate::app::listen;
use crate::runtime::block_on;
use crate::stores::settings_at;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What is logged: as much as the program logs without another setting.
const LOG: &str = "info,sqlx=warn,hyper=warn,h2=error";
/// Messages that are sent at once to the mail server.
const CONNECTIONS: usize = 4;

/// Serves until the process is killed; prints the address as one line. `moment` is where the clock stands, in RFC 3339.
#[must_use]
pub fn main(moment: &str) -> ExitCode {
    match block_on(serve(moment)) {
        Ok(never) => match never {},
        Err(fault) => {
            eprintln!("standing server: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(moment: &str) -> Result<Infallible, Fault> {
    // Without times and colours, so that tests can look for words.
    let log = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(LOG)).without_time().with_ansi(false);
    log.with_writer(io::stderr).init();
    let moment = Timestamp::from_rfc3339(moment).ok_or("the moment is not in RFC 3339")?;
    let mut database = DbSettings::new(std::env::var("DATABASE_URL")?);
    (database.readers, database.writers) = (4, 4);
    let db = Db::connect(&database).await?;
    // No photo is uploaded or read here.
    let objects = ObjectStore::new(&settings_at("127.0.0.1:9"))?;
    let app = App {
        clock: Clock::fixed(moment),
        channels: Arc::new(Channels::new(&channel_settings()?)?),
        ..App::new(db, Arc::new(objects))
    };
    let _sender = MessageSender::start(app.clone());
    let receipts = api::receipts::router(app.clone());
    let address = listen(app, receipts, Limits::default(), CancellationToken::new()).await;
    println!("http://{address}");
    std::future::pending().await
}

fn channel_settings() -> Result<ChannelSettings, Fault> {
    let gateway = GatewaySettings::new(std::env::var("HANDOVER_GATEWAY_SMS_URL")?, "gateway_sms_url");
    let smtp = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: std::env::var("HANDOVER_SMTP_PORT")?.parse()?,
        tls: SmtpTls::None,
        credentials: None,
        from: "Handover <handover@example.com>".to_owned(),
        connections: CONNECTIONS,
        timeouts: SmtpTimeouts::default(),
    };
    Ok(ChannelSettings {
        smtp: Some(smtp),
        sms: Some(gateway.clone()),
        push: Some(gateway),
        gateway_secret: Some(std::env::var("HANDOVER_GATEWAY_SECRET")?),
        ..ChannelSettings::default()
    })
}
