//! What is read of a project, by whom.

use serde_json::json;
use tests::app::TestApp;
use tests::on_both_databases;

on_both_databases! {
    async fn everybody_signs_in_and_sees_the_own_project_only(db: TestDb) {
        let app = TestApp::start(&db).await;
        let document = "query($id: ID!) { viewer { name } project(id: $id) { code } }";
        for (login, project, seen) in [
            ("manager", &app.project, true),
            ("worker.a", &app.project, true),
            ("x.manager", &app.other, true),
            ("x.manager", &app.project, false),
            ("manager", &app.other, false),
            ("owner1", &app.project, false),
            ("root", &app.project, false),
        ] {
            let user = app.user(login).await;
            let data = user.ok(document, json!({ "id": project.id })).await;
            assert_eq!(data["project"]["code"] == json!(project.code), seen, "{login}: {data}");
        }
        assert_eq!(app.nobody().refused(document, json!({ "id": app.project.id })).await, ["UNAUTHENTICATED"]);
    }
}
