//! Daily quotas of the objects that a person may add: counted in the write transaction, never twice for the same
//! create, and refused with a separate code by every mutation.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::{User, user_errors};
use uuid::Uuid;

use crate::photos::pictures::some_jpeg;
use crate::photos::{COMPLETE, CREATE, Shot};
use crate::sync::{Tablet, codes, log_input, operation, outcomes};

const DAY: i64 = 24 * 60 * 60;
const POLICY: &str = "mutation($input: ProjectPolicyUpdateInput!) { projectPolicyUpdate(input: $input) {
    project { policy { dailyQuota { photos photoBytes comments defects } ownerDailyQuota { defects } } }
    userErrors { code field message } } }";
const LOG: &str =
    "mutation($input: DefectLogInput!) { defectLog(input: $input) { defect { id } userErrors { code message } } }";
const COMMENT: &str = "mutation($input: DefectCommentInput!) { defectComment(input: $input) { userErrors { code } } }";

async fn limit(app: &TestApp, quota: Value) -> Value {
    let mut input = json!({ "projectId": app.project.id });
    input["dailyQuota"] = quota;
    let payload = app.user("manager").await.ok(POLICY, json!({ "input": input })).await;
    payload["projectPolicyUpdate"]["project"]["policy"].clone()
}

async fn log(app: &TestApp, user: &User<'_>, id: Uuid) -> Vec<Value> {
    user_errors(&user.read(LOG, json!({ "input": log_input(app, id, "1-101") })).await)
}

fn is_beyond(errors: &[Value]) -> bool {
    errors.iter().any(|error| error["code"] == "QUOTA_EXCEEDED")
}

on_both_databases! {
    async fn policy_sets_the_quotas_and_null_resets_them(db: TestDb) {
        let app = TestApp::start(&db).await;
        let policy = limit(&app, json!({ "defects": 7 })).await;
        assert_eq!(policy["dailyQuota"], json!({ "photos": 5_000, "photoBytes": 20_000_000_000_i64, "comments": 3_000, "defects": 7 }));
        assert_eq!(policy["ownerDailyQuota"], json!({ "defects": 300 }));
        assert_eq!(limit(&app, Value::Null).await["dailyQuota"]["defects"], json!(3_000));
        let input = json!({ "projectId": app.project.id, "dailyQuota": { "photoBytes": -1 } });
        let refused = app.user("manager").await.read(POLICY, json!({ "input": input })).await;
        assert_eq!(user_errors(&refused)[0]["code"], "INVALID_VALUE");
        assert_eq!(user_errors(&refused)[0]["field"], json!(["dailyQuota"]));
    }

    async fn create_beyond_the_quota_is_refused_and_a_repetition_is_not(db: TestDb) {
        let app = TestApp::start(&db).await;
        limit(&app, json!({ "defects": 2, "comments": 1, "photos": 1 })).await;
        let site = app.user("site").await;
        let ids = [v7(), v7(), v7()];
        assert!(log(&app, &site, ids[0]).await.is_empty());
        for _ in 0..3 {
            assert!(log(&app, &site, ids[0]).await.is_empty(), "the same again");
        }
        assert!(log(&app, &site, ids[1]).await.is_empty());
        let beyond = log(&app, &site, ids[2]).await;
        assert!(is_beyond(&beyond), "{beyond:#?}");
        // The day of the project, in Shanghai, and its end.
        let message = beyond[0]["message"].as_str().expect("a message");
        assert!(message.contains("at most 2 defects") && message.contains("2026-03-02T16:00:00.000Z"), "{message}");
        assert!(log(&app, &site, ids[1]).await.is_empty(), "a repetition at the limit");
        assert!(log(&app, &app.user("supervisor").await, v7()).await.is_empty(), "another person");

        let comment = |id: Uuid| json!({ "input": { "defectId": ids[0], "commentId": id, "body": "seen", "visibility": "SHARED" } });
        let said = v7();
        for (id, refused) in [(said, false), (said, false), (v7(), true), (said, false)] {
            assert_eq!(is_beyond(&user_errors(&site.read(COMMENT, comment(id)).await)), refused);
        }
        let [one, two] = [Shot::jpeg(vec![1; 100]), Shot::jpeg(vec![2; 100])];
        for (shot, refused) in [(&one, false), (&one, false), (&two, true), (&one, false)] {
            let answer = site.read(CREATE, shot.input(ids[0], "BEFORE")).await;
            assert_eq!(is_beyond(&user_errors(&answer)), refused, "{answer:#}");
        }
        app.advance_seconds(DAY);
        assert!(log(&app, &site, ids[2]).await.is_empty(), "the next day");
    }

    async fn bytes_of_photos_are_limited(db: TestDb) {
        let app = TestApp::start(&db).await;
        limit(&app, json!({ "photoBytes": 1_000 })).await;
        let site = app.user("site").await;
        let defect = v7();
        log(&app, &site, defect).await;
        let declared = async |bytes: usize| {
            let shot = Shot::jpeg(vec![u8::try_from(bytes % 251).expect("small"); bytes]);
            !is_beyond(&user_errors(&site.read(CREATE, shot.input(defect, "BEFORE")).await))
        };
        assert!(declared(700).await);
        assert!(!declared(301).await);
        assert!(declared(300).await, "what was refused took nothing");
        assert!(!declared(1).await);
    }

    async fn owners_have_separate_quotas(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let input = json!({ "projectId": app.project.id, "ownerDailyQuota": { "defects": 1 } });
        app.user("manager").await.ok(POLICY, json!({ "input": input })).await;
        let owner = app.user("owner1").await;
        assert!(log(&app, &owner, v7()).await.is_empty());
        assert!(is_beyond(&log(&app, &owner, v7()).await));
        let site = app.user("site").await;
        assert!(log(&app, &site, v7()).await.is_empty() && log(&app, &site, v7()).await.is_empty());
    }

    async fn concurrent_creates_do_not_exceed_the_quota(db: TestDb) {
        let app = TestApp::start(&db).await;
        limit(&app, json!({ "defects": 5 })).await;
        let site = app.user("site").await;
        log(&app, &site, v7()).await;
        let tries = (0..12).map(|_| log(&app, &site, v7()));
        let errors = futures::future::join_all(tries).await;
        assert_eq!(errors.iter().filter(|errors| errors.is_empty()).count(), 4, "{errors:#?}");
        assert!(errors.iter().all(|errors| errors.is_empty() || is_beyond(errors)), "{errors:#?}");
    }

    async fn push_beyond_the_quota_is_refused_and_checked_again_the_next_day(db: TestDb) {
        let app = TestApp::start(&db).await;
        limit(&app, json!({ "defects": 1, "comments": 1 })).await;
        let site = Tablet::of(&app, "site").await;
        let (first, second) = (v7(), v7());
        let comment = |defect: Uuid| {
            let input = json!({ "defectId": defect, "commentId": v7(), "body": "seen", "visibility": "SHARED" });
            operation("defectComment", input, None)
        };
        let batch = [
            operation("defectLog", log_input(&app, first, "1-101"), None),
            operation("defectLog", log_input(&app, second, "1-101"), None),
            comment(second),
            comment(first),
        ];
        let results = site.push(&batch).await;
        assert_eq!(outcomes(&results), ["APPLIED", "REJECTED", "REJECTED", "APPLIED"]);
        assert_eq!(codes(&results[1]), ["QUOTA_EXCEEDED"]);
        assert_eq!(codes(&results[2]), ["DEPENDENCY_FAILED"]);
        let again = site.push(&batch).await;
        assert_eq!(outcomes(&again), ["ALREADY_APPLIED", "REJECTED", "REJECTED", "ALREADY_APPLIED"]);
        app.advance_seconds(DAY);
        let next = site.push(&batch).await;
        assert_eq!(outcomes(&next), ["ALREADY_APPLIED", "APPLIED", "APPLIED", "ALREADY_APPLIED"]);
    }

    async fn bytes_that_were_read_recently_are_not_read_again(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = v7();
        log(&app, &site, defect).await;
        let first = Shot::jpeg(some_jpeg());
        first.take(&app, &site, defect, "BEFORE").await;
        // The same bytes as another photo: they are read once.
        let twin = Shot { id: v7(), ..Shot::jpeg(first.bytes.clone()) };
        assert!(twin.declare(&site, defect, "BEFORE").await.is_null());
        let key = object_key(&app, first.id).await;
        app.app.objects.delete(&key).await.expect("deleted");
        // The bytes are not checked again for some minutes, however often the photo is declared; then they are found
        // missing.
        for _ in 0..3 {
            assert!(twin.declare(&site, defect, "BEFORE").await.is_null());
        }
        app.advance_seconds(5 * 60);
        assert!(twin.declare(&site, defect, "BEFORE").await.is_object());
        let refused = site.read(COMPLETE, json!({ "id": twin.id })).await;
        assert_eq!(user_errors(&refused)[0]["code"], "PHOTO_NOT_THERE");
    }
}

async fn object_key(app: &TestApp, id: Uuid) -> String {
    let photo = store::photos::load(app.app.db.read(), id.into()).await.expect("a read").expect("a photo");
    photo.object_key.expect("a place")
}
