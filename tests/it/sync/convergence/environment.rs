//! A server for many histories, each in a separate project.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use api::application;
use app::App;
use axum::Router;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{checklist_items, memberships};
use tests::app::TestApp;
use tests::database::TestDb;
use tests::fixture::{self, FixtureProject, PASSWORD};
use tests::ids::v7;
use tests::tablet::session::Session;
use tokio_util::task::TaskTracker;
use transport::{Settings, Transport};
use uuid::Uuid;

use super::faulty_network::{FaultyNetwork, Server};
use super::history::PEOPLE;

/// The shared units of a project.
pub(super) const UNITS: [&str; 2] = ["1-101", "1-102"];

pub(super) struct Environment {
    pub(super) app: TestApp,
    pub(super) http: reqwest::Client,
    pub(super) server: Server,
    tasks: Mutex<TaskTracker>,
    tokens: HashMap<&'static str, String>,
}

/// The project of a history, with a round over the shared units.
pub(super) struct ProjectSetup {
    pub(super) project: FixtureProject,
    pub(super) inspections: HashMap<String, Uuid>,
    pub(super) items: HashMap<String, Uuid>,
}

impl Environment {
    pub(super) async fn start(db: &TestDb) -> Self {
        let app = TestApp::start(db).await;
        let (router, tasks) = transport(&app.app);
        let mut tokens = HashMap::new();
        for login in PEOPLE {
            tokens.insert(login, sign_in(&app, login).await);
        }
        let (http, server) = (reqwest::Client::new(), Arc::new(Mutex::new(router)));
        Self { app, http, server, tasks: Mutex::new(tasks), tokens }
    }

    pub(super) async fn new_project(&self) -> ProjectSetup {
        let project = fixture::another(&self.app.app, &format!("H{}", v7().simple())).await;
        self.app.open_to_owner(project.unit("1-101")).await;
        let round_id = v7();
        let units: Vec<Uuid> = UNITS.iter().map(|unit| project.unit(unit)).collect();
        let plan = json!({
            "roundId": round_id, "projectId": project.id, "stage": "HOUSEHOLD_ACCEPTANCE", "number": 1, "name": "Round 1",
            "requiredParties": ["DEVELOPER", "SUPERVISOR"], "checklistId": project.checklist, "unitIds": units,
            "plannedFrom": "2026-03-02", "plannedTo": "2026-03-06",
        });
        let create = "mutation($input: RoundCreateInput!) { roundCreate(input: $input) { userErrors { code } } }";
        self.ask("manager", create, json!({ "input": plan })).await;
        let open = "mutation($input: RoundOpenInput!) { roundOpen(input: $input) {
            round { inspections(first: 100) { nodes { id unit { code } } } } userErrors { code } } }";
        let opened = self.ask("manager", open, json!({ "input": { "roundId": round_id } })).await;
        let nodes = opened["roundOpen"]["round"]["inspections"]["nodes"].as_array().expect("inspections");
        let inspections = nodes.iter().map(|node| (text(&node["unit"]["code"]), uuid(&node["id"]))).collect();
        let items = checklist_items::Entity::find()
            .filter(checklist_items::Column::ChecklistVersionId.eq(project.checklist_version))
            .all(self.app.app.db.read())
            .await
            .expect("the items");
        let items = items.into_iter().map(|item| (item.code, item.id.uuid())).collect();
        ProjectSetup { project, inspections, items }
    }

    /// A session of a person over a connection.
    pub(super) fn session(&self, login: &'static str, network: &FaultyNetwork) -> Session<FaultyNetwork> {
        Session::with_token(network.clone(), self.app.person_id(login), self.tokens[login].clone())
    }

    /// Sends a document that must succeed.
    pub(super) async fn ask(&self, login: &str, document: &str, variables: Value) -> Value {
        let answer = self.app.ask(Some(&self.tokens[login]), document, variables).await;
        assert!(answer.get("errors").is_none(), "{login} asked\n{document}\nand got {answer:#}");
        answer["data"].clone()
    }

    /// Stops the server after its work in progress, and starts another one on the same data.
    pub(super) async fn restart(&self) {
        let old = &self.app.app;
        old.caller_cache.forget();
        let (clock, caller_cache) = (old.clock.clone(), old.caller_cache.clone());
        let app = App { clock, caller_cache, ..App::new(old.db.clone(), Arc::clone(&old.objects)) };
        let (router, tasks) = transport(&app);
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = router;
        let old = std::mem::replace(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner), tasks);
        old.close();
        old.wait().await;
    }

    /// Waits until interrupted requests are processed.
    pub(super) async fn comes_to_rest(&self) {
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        tasks.close();
        tasks.wait().await;
        tasks.reopen();
    }

    /// Ends a person's role in the project, or restores it.
    pub(super) async fn rights(&self, setup: &ProjectSetup, login: &str, given: bool) {
        let update = memberships::Entity::update_many()
            .col_expr(memberships::Column::Active, Expr::value(given))
            .filter(memberships::Column::ProjectId.eq(setup.project.id))
            .filter(memberships::Column::PersonId.eq(self.app.person_id(login)));
        self.app.app.db.write(async |tx| update.exec(tx).await).await.expect("a role");
        self.app.app.caller_cache.forget();
    }
}

fn transport(app: &App) -> (Router, TaskTracker) {
    let settings = Settings { rate: None, ..Settings::default() };
    let Transport { router, tasks, .. } =
        application::transport(app.clone(), settings, Router::new()).expect("the schema can be read");
    (router, tasks)
}

async fn sign_in(app: &TestApp, login: &str) -> String {
    let document = tests::tablet::documents::SESSION_CREATE;
    let answer = app.ask(None, document, json!({ "input": { "login": login, "password": PASSWORD } })).await;
    text(&answer["data"]["sessionCreate"]["session"]["accessToken"])
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(super) fn uuid(value: &Value) -> Uuid {
    text(value).parse().expect("an id")
}
