//! Several server processes on one database: a commit in one reaches subscribers of another.

use app::App;
use sqlx::{Connection, PgConnection};
use store::db::{Backend, Db};
use tests::app::TestApp;
use tests::database::TestDb;
use tests::on_both_databases;
use transport::LiveLimits;

use super::setup::{BLIND, Process, QUICK, token};
use super::socket::Socket;

/// A subscriber of the project in one process, after the first message.
async fn follower(app: &TestApp, process: &Process) -> (Socket, String) {
    let mut socket = Socket::signed_in(process.address, &token(app, "site").await).await;
    socket.follow("a", app.project.id).await;
    let first = socket.cursor("a").await;
    (socket, first)
}

/// Waits until the process listens, as the database reports it; returns the number of the connection.
async fn listening(db: &TestDb, but: Option<i32>) -> i32 {
    let mut admin = PgConnection::connect(&db.settings.url).await.expect("a connection");
    let sql = "SELECT pid FROM pg_stat_activity
               WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid IS DISTINCT FROM $1";
    loop {
        let found: Option<i32> = sqlx::query_scalar(sql).bind(but).fetch_optional(&mut admin).await.expect("an answer");
        if let Some(pid) = found {
            return pid;
        }
        tokio::task::yield_now().await;
    }
}

on_both_databases! {
    async fn poll_finds_commits_of_other_processes(db: TestDb) {
        let app = TestApp::start(&db).await;
        let here = Process::start(&app, QUICK).await;
        // The other process sends no notifications.
        let elsewhere = App { db: Db::connect(&db.settings).await.expect("the database opens"), ..app.app.clone() };
        let there = Process::isolated(elsewhere, QUICK, LiveLimits::default()).await;
        let (mut socket, first) = follower(&app, &here).await;
        there.log_defect(&token(&app, "manager").await, app.project.unit("1-101")).await;
        assert_ne!(socket.cursor("a").await, first);
    }

    async fn notifications_arrive_at_once_also_after_a_lost_connection(db: TestDb) {
        if db.backend() == Backend::Sqlite {
            return;
        }
        let app = TestApp::start(&db).await;
        let here = Process::another(&app, &db, BLIND).await;
        let pid = listening(&db, None).await;
        let there = Process::another(&app, &db, BLIND).await;
        listening(&db, Some(pid)).await;
        let manager = token(&app, "manager").await;
        let (mut socket, first) = follower(&app, &here).await;
        there.log_defect(&manager, app.project.unit("1-101")).await;
        let second = socket.cursor("a").await;
        assert_ne!(second, first);

        let mut admin = PgConnection::connect(&db.settings.url).await.expect("a connection");
        let cut = sqlx::query("SELECT pg_terminate_backend($1)").bind(pid);
        cut.execute(&mut admin).await.expect("cut");
        // Published while no process listens, or after: both arrive.
        there.log_defect(&manager, app.project.unit("1-101")).await;
        let third = socket.cursor("a").await;
        assert_ne!(third, second);
        there.log_defect(&manager, app.project.unit("1-101")).await;
        assert_ne!(socket.cursor("a").await, third);
    }

    async fn projects_without_subscribers_are_not_polled(db: TestDb) {
        let app = TestApp::start(&db).await;
        let often = app::live::LiveSettings { poll_interval: std::time::Duration::from_millis(1), ..QUICK };
        let process = Process::another(&app, &db, often).await;
        let before = process.app.db.statements().count();
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        assert_eq!(process.app.db.statements().count(), before, "looks at nothing");
        let (socket, _) = follower(&app, &process).await;
        drop(socket);
        let quiet = async {
            loop {
                let before = process.app.db.statements().count();
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                if process.app.db.statements().count() == before {
                    return;
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), quiet).await.expect("it is quiet again");
    }
}
