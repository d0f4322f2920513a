//! Starting and stopping: the data folder, the database, the store, the demo, the jobs, the listener.

use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use ::http::HeaderValue;
use app::App;
use demo::DemoPerson;
use store::db::DbSettings;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use transport::{LiveLimits, Rate};

use super::checks;
use super::connections::connections;
use super::error::StartError;
use super::messages;
use super::objects::{self, Objects};
use super::output;
use super::private;
use super::settings::Settings;
use crate::application;
use crate::page::{self, PageSettings};

/// The program's parts while it runs.
pub(super) struct Services {
    pub(super) app: App,
    pub(super) objects: Objects,
    /// The lock on the data folder, held while the program runs.
    _lock: Option<File>,
}

impl Services {
    /// Opens the services that commands and the server need.
    pub(super) async fn open(settings: &Settings) -> Result<Self, StartError> {
        checks::check(settings)?;
        private::keep_private();
        let lock = lock_data(settings)?;
        let url = settings.database_url();
        let file = url.strip_prefix("sqlite:").map(|path| Path::new(path.trim_start_matches("//")));
        private::close_to_others(lock.as_ref().map(|_| settings.data.as_path()), file);
        let mut database = DbSettings::new(url.clone());
        database.readers = settings.database_connections;
        database.writers = settings.database_connections;
        let db = crate::database::open(&database).await?;
        let objects = objects::open(settings).await?;
        let mut app = App::new(db, Arc::clone(&objects.client));
        if let Some(font_source) = checks::font_source(settings)? {
            app.font_source = font_source;
        }
        app.demo = settings.demo();
        app.channels = Arc::new(messages::channels(settings)?);
        app.public_url = settings.base_url(settings.listen).into();
        Ok(Self { app, objects, _lock: lock })
    }

    /// Closes everything in order.
    pub(super) async fn close(self) {
        if let Err(error) = self.app.db.close().await {
            tracing::warn!(%error, "the database did not close cleanly");
        }
        if let Some(store) = self.objects.embedded {
            store.shutdown().await;
        }
    }
}

/// Locks the data folder: SQLite has one writer, and the demo one seed.
fn lock_data(settings: &Settings) -> Result<Option<File>, StartError> {
    if settings.database_url.is_some() && settings.s3_endpoint.is_some() {
        return Ok(None);
    }
    let shown = settings.data.display();
    private::make_folder(&settings.data)
        .map_err(|error| StartError::Data(format!("{shown} cannot be made: {error}")))?;
    let file = File::create(settings.data.join("lock"))
        .map_err(|error| StartError::Data(format!("{shown} cannot be written to: {error}")))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(_) => Err(StartError::Data(format!("{shown} is in use by another running program; stop that first"))),
    }
}

/// Deletes this program's files from the data folder, unless another process uses it.
pub(super) fn reset(settings: &Settings) -> Result<(), StartError> {
    let _lock = lock_data(settings)?;
    let data = &settings.data;
    for name in ["handover.db", "handover.db-wal", "handover.db-shm", "objects-keys.json"] {
        match std::fs::remove_file(data.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    for folder in ["objects", "messages"] {
        match std::fs::remove_dir_all(data.join(folder)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// Serves until the process is told to stop, then finishes what was accepted.
pub(super) async fn serve(settings: &Settings) -> Result<(), StartError> {
    settings.check_demo()?;
    let mut services = Services::open(settings).await?;
    // Before the demo is seeded: nobody should wait for that to learn that the address is taken.
    let listener = TcpListener::bind(settings.listen).await;
    let listener = listener.map_err(|error| StartError::Listen(settings.listen, error))?;
    services.app.public_url = settings.base_url(listener.local_addr()?).into();
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    let Some(people) = stop.run_until_cancelled(people(&services, settings)).await else {
        services.close().await;
        return Ok(());
    };
    let people = people?;
    let frozen = app::inspection::lineage::freeze_closed(&services.app).await?;
    if frozen > 0 {
        tracing::info!(rounds = frozen, "the lineages of rounds closed by an earlier version are frozen");
    }
    let jobs = app::jobs::JobRunner::start(services.app.clone());
    let sender = app::messages::MessageSender::start(services.app.clone());
    if let Some(folder) = settings.message_folder() {
        let folder = std::path::absolute(&folder).unwrap_or(folder);
        tracing::info!(folder = %folder.display(), "messages end in this folder: no mail server and no gateway is set");
    }
    let abandoned_after = settings.photo_abandoned_after();
    let photo_gc = tokio::spawn(app::photo::gc::run(services.app.clone(), abandoned_after, stop.clone()));
    let session_gc = tokio::spawn(app::session::gc::run(services.app.clone(), stop.clone()));
    let escalation = tokio::spawn(app::defect::escalate::run_escalations(services.app.clone(), stop.clone()));
    let sync_gc = tokio::spawn(app::sync::gc::run(services.app.clone(), stop.clone()));
    let message_gc = tokio::spawn(app::messages::gc::run(services.app.clone(), stop.clone()));
    let inboxes = tokio::spawn(app::inbox::run(services.app.clone(), stop.clone()));
    // Told to stop after the last request: what that commits, other processes are told.
    let quiet = CancellationToken::new();
    let live = tokio::spawn(app::live::run(services.app.clone(), quiet.clone()));
    let pages = if settings.page() {
        page::router(PageSettings {
            people: people.as_deref().map(page_people),
            picture_origins: vec![services.objects.public_origin.clone()],
            messages: people.as_ref().map(|_| services.app.clone()),
        })
    } else {
        page::none()
    }
    .merge(page::single::router())
    .merge(crate::receipts::router(services.app.clone()))
    .merge(crate::unsubscribe::router(services.app.clone()));
    let transport_settings = transport_settings(settings)?;
    services.objects.allow_pages(page_origins(listener.local_addr()?, &transport_settings.cors_origins));
    let transport = application::transport(services.app.clone(), transport_settings, pages)
        .map_err(|error| StartError::Data(format!("the schema cannot be read: {error}")))?;
    greet(&listener, people.as_deref())?;
    transport::serve(listener, transport, stop.clone()).await?;
    stop.cancel();
    jobs.stop().await;
    sender.stop().await;
    quiet.cancel();
    if let Err(error) = photo_gc.await {
        tracing::error!(%error, "the garbage collection of photos ended with a panic");
    }
    if let Err(error) = session_gc.await {
        tracing::error!(%error, "the removal of old sessions ended badly");
    }
    if let Err(error) = escalation.await {
        tracing::error!(%error, "the escalation of defects ended badly");
    }
    if let Err(error) = sync_gc.await {
        tracing::error!(%error, "the garbage collection of operations ended with a panic");
    }
    if let Err(error) = message_gc.await {
        tracing::error!(%error, "the garbage collection of messages ended with a panic");
    }
    if let Err(error) = inboxes.await {
        tracing::error!(%error, "the digests of inboxes ended with a panic");
    }
    if let Err(error) = live.await {
        tracing::error!(%error, "live updates ended badly");
    }
    services.close().await;
    Ok(())
}

/// The demo's people, seeded if necessary; an interrupted seed starts again at the next start.
async fn people(services: &Services, settings: &Settings) -> Result<Option<Vec<DemoPerson>>, StartError> {
    if settings.demo() {
        return Ok(demo::seed_if_empty(&services.app, settings.demo_password.as_deref()).await?);
    }
    demo::note_if_there(&services.app).await?;
    Ok(None)
}

fn page_people(people: &[DemoPerson]) -> Vec<page::DemoPerson> {
    people
        .iter()
        .map(|person| page::DemoPerson {
            login: person.login.clone(),
            password: person.password.clone(),
            name: person.name.clone(),
            role: person.role.as_str().to_owned(),
            party: person.role.party().as_str().to_owned(),
        })
        .collect()
}

fn transport_settings(settings: &Settings) -> Result<transport::Settings, StartError> {
    let cors_origins = checks::cors_origins(settings)?;
    let mut transport = transport::Settings {
        introspection: settings.introspection(),
        trusted_proxies: settings.trusted_proxies.0.clone(),
        connections: connections(settings)?,
        cors_origins,
        hsts: settings.hsts,
        live: LiveLimits {
            per_address: settings.live_per_address,
            per_person: settings.live_per_person,
            ..LiveLimits::default()
        },
        ..transport::Settings::default()
    };
    transport.rate = match settings.rate_per_second {
        0 => None,
        per_second => Some(Rate { points: f64::from(per_second) * 10.0, per_second: f64::from(per_second) }),
    };
    Ok(transport)
}

/// The origins of pages that may use the object store: those of the settings, and this server's own as far as it is
/// known. Behind a proxy the settings must name it.
fn page_origins(own: SocketAddr, named: &[HeaderValue]) -> Vec<HeaderValue> {
    let mut own_origins = Vec::new();
    if !own.ip().is_unspecified() {
        own_origins.push(format!("http://{own}"));
    }
    if own.ip().is_unspecified() || own.ip().is_loopback() {
        own_origins.push(format!("http://localhost:{}", own.port()));
    }
    let own_origins = own_origins.into_iter().filter_map(|origin| HeaderValue::try_from(origin).ok());
    named.iter().cloned().chain(own_origins).collect()
}

/// Prints the address of the page and the people to act as.
fn greet(listener: &TcpListener, people: Option<&[DemoPerson]>) -> Result<(), StartError> {
    let mut text = format!("Handover is ready: http://{}/\n", listener.local_addr()?);
    if let Some(people) = people {
        let password = people.first().map_or("", |person| person.password.as_str());
        text.push_str(&format!("Demo sign-ins (password of all: {password}):\n"));
        for person in people {
            text.push_str(&format!("  {:<34} {:<22} {}\n", person.login, person.role.as_str(), person.name));
        }
    }
    text.push_str("Stop with Ctrl-C.\n");
    // A failure to print does not end the program.
    if let Err(error) = output::text(text) {
        tracing::warn!(%error, "the greeting could not be printed");
    }
    Ok(())
}

async fn stop_on_signal(stop: CancellationToken) {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        match terminate {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => {
                let _ = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
    tracing::info!("stopping: finishing what was accepted");
    stop.cancel();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_folder_in_use_is_not_emptied() {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings { data: folder.path().to_owned(), ..Settings::default() };
        let database = folder.path().join("handover.db");
        std::fs::write(&database, "rows").expect("written");
        let in_use = lock_data(&settings).expect("locked");
        assert!(reset(&settings).is_err());
        assert!(database.exists());
        drop(in_use);
        reset(&settings).expect("emptied");
        assert!(!database.exists());
    }

    #[test]
    fn demo_is_served_to_other_machines_only_if_a_setting_allows_it() {
        let at = |listen: &str| Settings { listen: listen.parse().expect(listen), ..Settings::default() };
        for own in ["127.0.0.1:8080", "127.8.9.1:8080", "[::1]:8080"] {
            assert!(at(own).check_demo().is_ok(), "{own}");
        }
        for exposed in ["0.0.0.0:8080", "[::]:8080", "192.168.1.5:8080"] {
            let refused = at(exposed).check_demo().expect_err(exposed).to_string();
            assert!(refused.contains("HANDOVER_DEMO=false") && refused.contains(exposed), "{refused}");
            assert!(Settings { demo: Some(false), ..at(exposed) }.check_demo().is_ok());
            assert!(Settings { demo_public: true, ..at(exposed) }.check_demo().is_ok());
        }
        let weak = Settings { demo_password: Some("handover-demo".to_owned()), ..Settings::default() };
        assert!(weak.check_demo().expect_err("published").to_string().contains("HANDOVER_DEMO_PASSWORD"));
    }

    #[test]
    fn store_accepts_own_pages_and_named_origins() {
        let named = [HeaderValue::from_static("https://app.example")];
        let of = |own: &str| page_origins(own.parse().expect("an address"), &named);
        assert_eq!(of("127.0.0.1:8080"), ["https://app.example", "http://127.0.0.1:8080", "http://localhost:8080"]);
        assert_eq!(of("10.0.0.5:80"), ["https://app.example", "http://10.0.0.5:80"]);
        assert_eq!(of("0.0.0.0:8080"), ["https://app.example", "http://localhost:8080"]);
    }
}
