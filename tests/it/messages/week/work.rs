//! The work of the week: defects are found, assigned, repaired, disputed and talked about; people hear of it in their
//! inboxes.

use serde_json::json;
use tests::ids::v7;
use uuid::Uuid;

use super::super::setup::{hears, unread};
use super::{CANARY, Week};
use crate::evidence::{log, run};

/// The homes of the fixture.
const UNITS: [&str; 6] = ["1-101", "1-102", "1-201", "1-202", "1-301", "1-302"];
/// What somebody has heard who has heard nothing.
const NOTHING: [&str; 0] = [];
/// So many people of each company have an own part in the script; the others only join in.
const NAMED: usize = 2;
/// People whom comments name, beside the owners who have come by links.
const EVERYBODY: [&str; 23] = [
    "manager",
    "relations",
    "lead.a",
    "worker.a",
    "lead.b",
    "worker.b",
    "supervisor",
    "property",
    "escort",
    "owner1",
    "owner2",
    "x.manager",
    "root",
    "dev.0",
    "dev.1",
    "a.0",
    "a.1",
    "b.0",
    "b.1",
    "sup.0",
    "sup.1",
    "prop.0",
    "prop.1",
];

/// The developer's staff but for the site engineer, who writes the comments.
const DEVELOPER: [&str; 4] = ["manager", "relations", "dev.0", "dev.1"];
/// The staff of supervisor and property service.
const OTHERS: [&str; 7] = ["supervisor", "sup.0", "sup.1", "property", "escort", "prop.0", "prop.1"];

/// The staff that sees a contractor's defects.
pub(super) fn staff_of(company: &str) -> Vec<&'static str> {
    let contractor = match company {
        "A" => ["lead.a", "worker.a", "a.0", "a.1"],
        _ => ["lead.b", "worker.b", "b.0", "b.1"],
    };
    [&DEVELOPER[..], &OTHERS[..], &contractor[..]].concat()
}

impl Week<'_> {
    /// In each home the site engineer finds a defect of contractor A's and one of B's, and the leads hear of it at once.
    pub(super) async fn find_defects(&mut self) {
        let policy = json!({ "projectId": self.site.app.project.id, "afterPhotoRequired": false });
        run(self.user("manager"), "projectPolicyUpdate", policy).await;
        for unit in UNITS {
            for (company, kind) in [("A", "WALL.CRACK"), ("B", "WALL.TILE_CRACK")] {
                let words = json!({ "type": kind, "description": format!("{CANARY} {company} in {unit}") });
                let id = log(self.site.app, self.user("site"), unit, words).await;
                self.defects.insert((company, unit), id);
            }
        }
        for lead in ["lead.a", "lead.b"] {
            assert_eq!(unread(self.user(lead)).await, ["ASSIGNED"; UNITS.len()], "{lead}");
        }
    }

    /// The leads name their people, who hear of it at once.
    pub(super) async fn assign_defects(&self) {
        for (company, lead) in [("A", "lead.a"), ("B", "lead.b")] {
            for (n, unit) in UNITS.into_iter().enumerate() {
                let worker = self.user(&format!("{}.{}", company.to_lowercase(), n % NAMED));
                let named = json!({ "defectId": self.defect(company, unit), "assigneeId": worker.id });
                run(self.user(lead), "defectAssign", named).await;
            }
            for n in 0..NAMED {
                let worker = self.user(&format!("{}.{n}", company.to_lowercase()));
                assert_eq!(unread(worker).await, ["ASSIGNED"; UNITS.len() / NAMED], "{}", worker.login);
            }
        }
    }

    /// Repairs, a verdict for and one against, a dispute. What was heard before is read first.
    pub(super) async fn repair_and_dispute(&self) {
        for login in ["a.0", "b.0", "lead.a", "lead.b", "manager", "site"] {
            hears(self.user(login)).await;
        }
        let (good, bad, disputed) = (self.defect("A", "1-101"), self.defect("A", "1-201"), self.defect("B", "1-101"));
        for defect in [good, bad] {
            run(self.user("a.0"), "defectReportFixed", json!({ "defectId": defect, "attemptId": v7() })).await;
        }
        let verdict = |defect: Uuid, passed: bool| json!({ "defectId": defect, "verdictId": v7(), "passed": passed, "note": format!("{CANARY} of a verdict") });
        run(self.user("supervisor"), "defectVerify", verdict(good, true)).await;
        run(self.user("supervisor"), "defectVerify", verdict(bad, false)).await;
        let reason = format!("{CANARY} of a dispute");
        let dispute = json!({ "defectId": disputed, "disputeId": v7(), "ground": "NOT_OURS", "reason": reason });
        run(self.user("lead.b"), "defectDispute", dispute).await;
        for (login, expected) in [
            ("a.0", &["VERIFIED", "SENT_BACK"][..]),
            ("lead.a", &["SENT_BACK"][..]),
            ("site", &["VERIFIED", "DISPUTED"][..]),
            ("manager", &["DISPUTED"][..]),
            ("lead.b", &NOTHING[..]),
            ("b.0", &NOTHING[..]),
        ] {
            assert_eq!(unread(self.user(login)).await, expected, "{login}");
        }
    }

    /// Comments on a defect of a contractor that name everybody: those hear of them who may read them, and nobody else.
    pub(super) async fn discuss(&mut self, company: &'static str) {
        let defect = self.defect(company, "1-202");
        self.comment((defect, "INTERNAL"), &DEVELOPER).await;
        self.comment((defect, "SHARED"), &staff_of(company)).await;
    }

    /// The delivery manager mentions those who want no more digests.
    pub(super) async fn mention(&self, logins: &[&str]) {
        let names: Vec<String> = logins.iter().map(|login| format!("@{login}")).collect();
        let body = format!("{CANARY} {}", names.join(" "));
        let defect = self.defect("A", "1-202");
        let comment = json!({ "defectId": defect, "commentId": v7(), "body": body, "visibility": "SHARED" });
        run(self.user("manager"), "defectComment", comment).await;
    }

    /// The site engineer's comment on a defect that names everybody. Whoever of them is listed, and only those, hears.
    pub(super) async fn comment(&mut self, (defect, visibility): (Uuid, &str), expected: &[&str]) {
        let id = v7();
        let body = format!("{CANARY} {}", self.mentions());
        let comment = json!({ "defectId": defect, "commentId": id, "body": body, "visibility": visibility });
        run(self.user("site"), "defectComment", comment).await;
        let mut expected: Vec<Uuid> = expected.iter().map(|name| self.person_id(name)).collect();
        let mut heard = self.hearers_of_comment(id).await;
        expected.sort_unstable();
        heard.sort_unstable();
        if heard != expected {
            let names: Vec<String> = heard.iter().map(|id| self.name_of(*id)).collect();
            self.faults.push(format!("a comment for {visibility} was heard by {names:?}"));
        }
    }

    /// Everybody whom the script names, behind an `@`.
    fn mentions(&self) -> String {
        let owners = self.owners.iter().map(|owner| owner.name.as_str());
        EVERYBODY.into_iter().chain(owners).map(|name| format!("@{name}")).collect::<Vec<_>>().join(" ")
    }

    /// A device of a worker holds work, and is not heard of for a day.
    pub(super) async fn report_a_device(&self) {
        let project = &self.site.app.project;
        let waiting = json!([{ "unitId": project.unit("1-102"), "operations": 3, "photos": 0, "photoBytes": 0 }]);
        let report = json!({ "projectId": project.id, "deviceId": v7(), "deviceName": "phone", "waiting": waiting });
        run(self.user("worker.b"), "deviceReport", report).await;
    }

    /// What the server does by itself at intervals: it looks at devices and at due times.
    pub(super) async fn look_around(&self) {
        let app = &self.site.app.app;
        app::inbox::notify_of_late_devices(app).await.expect("a look at the devices");
        app::defect::escalate::escalate_due_defects(app).await.expect("a round of escalation");
    }

    /// The reasons in somebody's inbox that were not read, each once in a row.
    pub(super) async fn reasons(&self, login: &str) -> Vec<String> {
        let mut kinds = unread(self.user(login)).await;
        kinds.dedup();
        kinds
    }

    /// A defect by its company and home.
    pub(super) fn defect(&self, company: &'static str, unit: &'static str) -> Uuid {
        self.defects[&(company, unit)]
    }
}
