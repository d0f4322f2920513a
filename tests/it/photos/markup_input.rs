//! Hostile annotations: refused with the place of each fault, at little cost, and nothing changes.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::pictures::some_jpeg;
use super::{Shot, log_defect};

const MARK: &str = "mutation($input: PhotoMarkInput!) { photoMark(input: $input) {
    photo { id } userErrors { code field message } } }";

fn input(photo: Uuid, shapes: &Value) -> Value {
    json!({ "input": { "photoId": photo, "shapes": shapes } })
}

/// The user errors as `CODE field.path`, of an answer that changes nothing.
async fn faults(user: &User<'_>, photo: Uuid, shapes: &Value) -> Vec<String> {
    user.refused(MARK, input(photo, shapes)).await;
    let answer = user.query(MARK, input(photo, shapes)).await;
    let errors = answer["data"]["photoMark"]["userErrors"].as_array().expect("user errors").clone();
    let path = |error: &Value| {
        let steps: Vec<&str> = error["field"].as_array().expect("a path").iter().filter_map(Value::as_str).collect();
        format!("{} {}", error["code"].as_str().expect("a code"), steps.join("."))
    };
    errors.iter().map(path).collect()
}

async fn ready(app: &TestApp, user: &User<'_>) -> Uuid {
    let defect = log_defect(app, user, "1-101").await;
    let shot = Shot::jpeg(some_jpeg());
    shot.take(app, user, defect, "BEFORE").await;
    shot.id
}

fn freehand(points: Vec<Value>) -> Value {
    json!({ "freehand": { "points": points } })
}

on_both_databases! {
    async fn each_fault_of_an_annotation_is_reported_at_its_place(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let photo = ready(&app, &site).await;
        let here = json!({ "x": 0.5, "y": 0.5 });
        let shapes = json!([
            { "arrow": { "from": here, "to": here } },
            { "circle": { "centre": { "x": -0.1, "y": 1.1 }, "radiusX": 0, "radiusY": 1e300 } },
            freehand(vec![here.clone(), json!({ "x": 1.1, "y": -1e-9 })]),
            freehand(Vec::new()),
            { "text": { "at": here, "text": " \n " } },
            { "text": { "at": here, "text": "x".repeat(201) } },
            { "text": { "at": here, "text": "a\u{202e}b" } },
            { "text": { "at": here, "text": "a\nb" } },
            { "measure": { "from": here, "to": { "x": 1, "y": 1 }, "label": "8".repeat(41) } },
            { "text": { "at": here, "text": "\u{3164}\u{2800}\u{115f}" } },
            { "measure": { "from": here, "to": { "x": 1, "y": 1 }, "label": "\u{ad}" } },
        ]);
        assert_eq!(faults(&site, photo, &shapes).await, [
            "INVALID_VALUE shapes.0.arrow.to",
            "INVALID_VALUE shapes.1.circle.centre.x",
            "INVALID_VALUE shapes.1.circle.centre.y",
            "INVALID_VALUE shapes.1.circle.radiusX",
            "INVALID_VALUE shapes.1.circle.radiusY",
            "INVALID_VALUE shapes.2.freehand.points.1.x",
            "INVALID_VALUE shapes.2.freehand.points.1.y",
            "INVALID_VALUE shapes.3.freehand.points",
            "TEXT_REQUIRED shapes.4.text.text",
            "TEXT_TOO_LONG shapes.5.text.text",
            "TEXT_INVALID shapes.6.text.text",
            "TEXT_INVALID shapes.7.text.text",
            "TEXT_TOO_LONG shapes.8.measure.label",
            "TEXT_REQUIRED shapes.9.text.text",
            "TEXT_REQUIRED shapes.10.measure.label",
        ]);
        let answer = site.query(MARK, input(photo, &json!([{ "arrow": { "from": here, "to": here } }]))).await;
        let message = &answer["data"]["photoMark"]["userErrors"][0]["message"];
        assert_eq!(*message, "This value is not possible: a line leads to another place.");
    }

    async fn too_large_annotations_are_refused(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let photo = ready(&app, &site).await;
        let points = |count| vec![json!({ "x": 0, "y": 2 }); count];
        let circle = json!({ "circle": { "centre": { "x": 0, "y": 0 }, "radiusX": 1, "radiusY": 1 } });
        for (shapes, fault) in [
            (json!([freehand(points(2_001))]), "TOO_MANY shapes.0.freehand.points"),
            (json!([freehand(points(60_000))]), "TOO_MANY shapes.0.freehand.points"),
            (json!(vec![freehand(points(1_001)); 10]), "TOO_MANY shapes"),
            (json!(vec![circle; 101]), "TOO_MANY shapes"),
            (json!(vec![json!({ "text": { "at": { "x": 0, "y": 0 }, "text": "x".repeat(200) } }); 11]), "TOO_MANY shapes"),
        ] {
            assert_eq!(faults(&site, photo, &shapes).await, [fault]);
        }
        // Of thousands of faults as many are reported as fit into an answer.
        assert_eq!(faults(&site, photo, &json!([freehand(points(2_000))])).await.len(), 50);
        // A million points are refused by the limit of the body, and so is a tenth of them.
        let too_many = input(photo, &json!([freehand(points(100_000))]));
        assert_eq!(site.refused(MARK, too_many).await, ["BODY_TOO_LARGE"]);
    }

    async fn invalid_numbers_and_shapes_are_errors_of_the_client(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let photo = ready(&app, &site).await;
        let here = json!({ "x": 0.5, "y": 0.5 });
        let circle = |radius: Value| json!([{ "circle": { "centre": here, "radiusX": radius, "radiusY": 0.1 } }]);
        for odd in [
            circle(json!("0.1")),
            circle(json!(null)),
            circle(json!("NaN")),
            circle(json!([0.1])),
            json!([{}]),
            json!([null]),
            json!("[]"),
            json!([{ "arrow": null }]),
            json!([{ "star": { "at": here } }]),
            json!([{ "arrow": { "from": here, "to": here }, "text": { "at": here, "text": "two" } }]),
            json!([{ "text": { "at": here, "text": "x", "colour": "PINK" } }]),
            json!([{ "text": { "at": here, "text": 7 } }]),
        ] {
            let codes = site.refused(MARK, input(photo, &odd)).await;
            assert!(codes.iter().all(|code| code != "INTERNAL"), "{odd}: {codes:?}");
            let answer = site.query(MARK, input(photo, &odd)).await;
            assert!(answer["errors"].is_array(), "{odd}: {answer}");
        }
        // Numbers that JSON cannot express, as text of a document and of a body.
        for number in ["1e999", "-1e999", "NaN", "Infinity", "0x1", "1.", "1e-400"] {
            let document = format!(
                "mutation {{ photoMark(input: {{ photoId: \"{photo}\", shapes: [{{ circle: {{
                    centre: {{ x: {number}, y: -1 }}, radiusX: 0.1, radiusY: 0.1 }} }}] }}) {{ userErrors {{ code }} }} }}"
            );
            let codes = site.refused(&document, json!({})).await;
            assert!(codes.iter().all(|code| code != "INTERNAL"), "{number}: {codes:?}");
        }
    }
}
