//! Texts as people type them: searched and sorted the same on both databases, with codes that cannot be confused, and
//! in the reader's preferred language.

use app::project::import::{Format, ImportFile, import_project};
use domain::{Caller, Language};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use store::entity::{defects, units};
use store::keys::Lookalikes;
use tests::app::TestApp;
use tests::fixture::PASSWORD;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;

const UNITS: &str = "query($id: ID!, $filter: UnitFilter, $orderBy: UnitOrder) { project(id: $id) { timeZone
    units(filter: $filter, orderBy: $orderBy, first: 100) { nodes { code } } } }";
const COUNT: &str = "query($id: ID!, $text: String) { project(id: $id) { defectCount(filter: { text: $text }) } }";

/// A file of one building with these units: code and entrance.
fn file(code: &str, zone: &str, units: &[(&str, &str)]) -> Value {
    let unit = |(code, entrance): &(&str, &str)| json!({ "code": code, "building": "1", "entrance": entrance, "floor": 1, "unitType": "A" });
    json!({
        "version": 1,
        "project": { "code": code, "name": "Mi\u{202E}ni", "timeZone": zone },
        "companies": [{ "code": "DEV", "name": "Developer", "kind": "DEVELOPER" }],
        "people": [{ "login": format!("m.{}", code.to_lowercase()), "name": "M", "company": "DEV", "role": "DELIVERY_MANAGER", "password": PASSWORD }],
        "buildings": [{ "code": "1", "name": "One", "floors": 20 }],
        "unitTypes": [{ "code": "A", "name": "Home", "fitout": "FITTED",
            "rooms": [{ "code": "L", "name": "Living", "roomType": "LIVING" }] }],
        "units": units.iter().map(unit).collect::<Vec<_>>(),
    })
}

async fn import(app: &TestApp, file: &Value) -> Result<uuid::Uuid, Vec<String>> {
    let bytes = format!("\u{FEFF}{file}").into_bytes().into();
    let file = ImportFile { bytes, format: Format::Json, folder: None };
    match import_project(&app.app, &Caller::operator(), file).await {
        Ok(report) => Ok(report.project_id.uuid()),
        Err(app::Error::Refused(refusals)) => {
            Err(refusals.iter().map(|refusal| refusal.message(Language::En)).collect())
        }
        Err(error) => panic!("{}", error.chain()),
    }
}

async fn codes(user: &User<'_>, project: uuid::Uuid, more: Value) -> Vec<String> {
    let mut variables = json!({ "id": project });
    for (name, value) in more.as_object().expect("arguments") {
        variables[name] = value.clone();
    }
    let nodes = user.ok(UNITS, variables).await["project"]["units"]["nodes"].clone();
    nodes.as_array().expect("nodes").iter().map(|node| node["code"].as_str().expect("a code").to_owned()).collect()
}

on_both_databases! {
    async fn each_spelling_finds_the_same_defects(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let log = "mutation($input: DefectLogInput!) { defectLog(input: $input) { defect { description } userErrors { code } } }";
        for words in ["K\u{FC}che", "Ku\u{308}che \u{202E}x", "STRASSE", "Straße"] {
            let unit = app.project.unit("1-101");
            let input = json!({ "defectId": v7(), "unitId": unit, "type": "WALL.CRACK", "description": words });
            let told = site.ok(log, json!({ "input": input })).await["defectLog"]["defect"]["description"].clone();
            assert!(!told.as_str().expect("words").contains('\u{202E}'));
        }
        for (text, count) in [
            ("K\u{FC}che", 2),
            ("KU\u{308}CHE", 2),
            ("Ｋ\u{FC}che", 2),
            ("straße", 2),
            ("strasse", 2),
            ("１-１０１", 4),
            ("1-101", 4),
            ("D-00000１", 1),
        ] {
            let found = site.ok(COUNT, json!({ "id": app.project.id, "text": text })).await;
            assert_eq!(found["project"]["defectCount"], json!(count), "{text}");
        }
    }

    async fn units_are_found_in_any_letter_form_and_sorted_by_code_point_and_by_walk(db: TestDb) {
        let app = TestApp::start(&db).await;
        let listed = ["К1-201", "Ä-201", "ß-1", "İst-1", "b-1", "B-2", "-1", "1_1", "1-1", "1.1"];
        let units: Vec<(&str, &str)> = listed.iter().map(|code| (*code, "1")).collect();
        let project = import(&app, &file("CODES", "asia/shanghai", &units)).await.expect("imported");
        let names = ["十一单元", "三单元", "一单元", "十单元", "二单元"];
        let units: Vec<(String, &str)> = names.iter().map(|name| (format!("{name}-101"), *name)).collect();
        let units: Vec<(&str, &str)> = units.iter().map(|(code, name)| (code.as_str(), *name)).collect();
        let walk = import(&app, &file("WALK", "Asia/Shanghai", &units)).await.expect("imported");
        let reader = app.newcomer("m.codes").await;
        let walker = app.newcomer("m.walk").await;
        let found = |text: &'static str| codes(&reader, project, json!({ "filter": { "code": text } }));
        for (text, code) in [("к1-201", "К1-201"), ("Ä-201", "Ä-201"), ("a\u{308}-201", "Ä-201"), ("SS-", "ß-1"), ("ist-", "İst-1"), ("IST-", "İst-1")] {
            assert_eq!(found(text).await, [code], "{text}");
        }
        let mut sorted = listed.map(str::to_owned).to_vec();
        sorted.sort_unstable();
        assert_eq!(codes(&reader, project, json!({ "orderBy": { "field": "CODE" } })).await, sorted);
        let walked = codes(&walker, walk, json!({ "orderBy": { "field": "PLACE" } })).await;
        assert_eq!(walked, ["一单元-101", "二单元-101", "三单元-101", "十单元-101", "十一单元-101"]);
        let told = reader.ok(UNITS, json!({ "id": project })).await["project"]["timeZone"].clone();
        assert_eq!(told, "Asia/Shanghai");
    }

    async fn codes_that_look_alike_are_refused(db: TestDb) {
        let app = TestApp::start(&db).await;
        for odd in ["1-301\u{200B}", "\u{FEFF}1-301", "1\u{AD}-301", "1\u{2060}-301", "１-301", "\u{202D}1-301\u{202C}"] {
            let refused = import(&app, &file("TWINS", "Asia/Shanghai", &[("1-301", "1"), (odd, "1")])).await;
            let told = refused.expect_err("refused");
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(told[0].starts_with("units[1].code: the code") && told[0].contains("U+"), "{told:?}");
        }
        // An existing pair of an earlier version stays, and a new equal code is refused.
        let plain = file("TWINS", "Asia/Shanghai", &[("1-301", "1")]);
        let project = import(&app, &plain).await.expect("imported");
        let of_project = units::Column::ProjectId.eq(project);
        let odd = units::Entity::update_many().col_expr(units::Column::Code, Expr::value("１-301")).filter(of_project);
        app.app.db.write(async |tx| odd.exec(tx).await).await.expect("changed");
        assert_eq!(import(&app, &file("TWINS", "Asia/Shanghai", &[("１-301", "1")])).await, Ok(project));
        let told = import(&app, &plain).await.expect_err("refused");
        assert!(told[0].contains("reads the same"), "{told:?}");
    }

    async fn code_in_another_letter_form_is_the_same_code(db: TestDb) {
        let app = TestApp::start(&db).await;
        let units = |codes: [&'static str; 2]| file("LETTERS", "Asia/Shanghai", &codes.map(|code| (code, "1")));
        let told = import(&app, &units(["A-1", "a-1"])).await.expect_err("refused");
        let twin = "units[1].code: the unit \"a-1\" reads the same as \"A-1\" at units[0].code;";
        assert!(told.len() == 1 && told[0].starts_with(twin), "{told:?}");
        let project = import(&app, &units(["A-1", "A-2"])).await.expect("imported");
        let mut trades = units(["A-1", "A-2"]);
        trades["taxonomy"] = json!({ "trades": [{ "code": "X1", "zh": "甲", "en": "One" }] });
        assert_eq!(import(&app, &trades).await, Ok(project));
        let mut company = units(["A-1", "A-2"]);
        company["companies"][0]["code"] = json!("dev");
        company["people"][0]["company"] = json!("dev");
        trades["taxonomy"]["trades"][0]["code"] = json!("x1");
        for other in [units(["a-1", "A-2"]), company, trades] {
            let told = import(&app, &other).await.expect_err("refused");
            assert!(told.len() == 1 && told[0].contains("reads the same"), "{told:?}");
        }
        assert!(store::keys::find_lookalikes(&app.app.db).await.expect("read").is_empty());
        // An existing pair of an earlier version stays, and people are notified.
        let twin = units::Entity::update_many()
            .col_expr(units::Column::Code, Expr::value("a-1"))
            .filter(units::Column::ProjectId.eq(project))
            .filter(units::Column::Code.eq("A-2"));
        let stale = units::Entity::update_many().col_expr(units::Column::OrderVersion, Expr::value(2));
        app.app.db.write(async |tx| { twin.exec(tx).await?; stale.exec(tx).await }).await.expect("changed");
        let filled = store::keys::fill(&app.app.db).await.expect("filled");
        let codes = vec!["A-1".to_owned(), "a-1".to_owned()];
        assert_eq!(filled.lookalikes, [Lookalikes { project_id: project.into(), list: "units".to_owned(), codes }]);
        let line = "LETTERS: A-1 and a-1 of units read the same; all stay".to_owned();
        assert_eq!(app::recount::codes::find_lookalikes(&app.app).await.expect("read"), [line]);
        assert_eq!(import(&app, &units(["A-1", "a-1"])).await, Ok(project));
    }

    async fn rows_of_an_earlier_version_get_their_comparison_keys(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let log = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code } } }";
        let input = json!({ "defectId": v7(), "unitId": app.project.unit("1-101"), "type": "WALL.CRACK", "description": "K\u{FC}che" });
        site.ok(log, json!({ "input": input })).await;
        let right = units::Entity::find().order_by_asc(units::Column::Id).all(app.app.db.read()).await.expect("units");
        let none = || Expr::value(Option::<String>::None);
        let stale = units::Entity::update_many()
            .col_expr(units::Column::Search, none())
            .col_expr(units::Column::CodeKey, none())
            .col_expr(units::Column::OrderVersion, Expr::value(Option::<i32>::None))
            .col_expr(units::Column::PlaceOrder, Expr::value(7_i64));
        let old = defects::Entity::update_many()
            .col_expr(defects::Column::Search, Expr::value("ku\u{308}che"))
            .col_expr(defects::Column::SearchVersion, Expr::value(Option::<i32>::None));
        app.app.db.write(async |tx| { stale.exec(tx).await?; old.exec(tx).await }).await.expect("changed");
        let filled = store::keys::fill(&app.app.db).await.expect("filled");
        assert_eq!((filled.units, filled.defects), (right.len() as u64, 1));
        let now = units::Entity::find().order_by_asc(units::Column::Id).all(app.app.db.read()).await.expect("units");
        assert_eq!(now, right);
        let found = site.ok(COUNT, json!({ "id": app.project.id, "text": "K\u{FC}che" })).await;
        assert_eq!(found["project"]["defectCount"], json!(1));
        assert_eq!(store::keys::fill(&app.app.db).await.expect("filled").units, 0);
    }

    async fn messages_come_in_the_preferred_language(db: TestDb) {
        let app = TestApp::start(&db).await;
        let sign_in = "mutation { sessionCreate(input: { login: \"site\", password: \"wrong password\" }) { userErrors { message } } }";
        for (document, chinese, english) in [
            (sign_in, "账号或密码错误。", "Login or password is wrong."),
            ("{ viewer { name } }", "请先登录", "sign in first"),
        ] {
            for (accepted, message) in [("zh-CN,zh;q=0.9,en;q=0.8", chinese), ("en", english), ("de", english)] {
                let answer = app
                    .client()
                    .post(app.url("/graphql"))
                    .header("accept-language", accepted)
                    .json(&json!({ "query": document }))
                    .send()
                    .await
                    .expect("an answer");
                let answer = answer.text().await.expect("a body");
                assert!(answer.contains(message), "{accepted}: {answer}");
            }
        }
    }

    async fn problems_and_notes_of_an_import_come_in_the_persons_language(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        manager.ok("mutation { personUpdate(input: { language: ZH }) { userErrors { code } } }", json!({})).await;
        let import = "mutation($content: String!) { projectImport(input: { format: JSON, content: $content }) {
            report { notes { path message } } userErrors { code message field } } }";
        let mut file = tests::fixture::document("HOME", "");
        file["people"][1]["name"] = json!("孙丽华");
        let report = manager.ok(import, json!({ "content": file.to_string() })).await["projectImport"]["report"].clone();
        let note = json!({ "path": "people[1].name", "message": "已忽略：只有管理员的导入可以更改已有人员" });
        assert_eq!(report["notes"], json!([note]));
        file["buildings"][0]["floors"] = json!("many");
        let answer = manager.query(import, json!({ "content": file.to_string() })).await;
        let told = &answer["data"]["projectImport"]["userErrors"][0];
        assert_eq!(told["code"], "IMPORT_INVALID");
        assert_eq!(told["field"], json!(["buildings", "0", "floors"]));
        let expected = "buildings[0].floors：应为：整数（如 3），实际为：文字（第 1 行）";
        assert_eq!(told["message"], expected, "{answer}");
    }

    async fn invalid_value_is_reported_with_its_place_in_the_persons_language(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let log = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code } } }";
        let unit = app.project.unit("1-101");
        let cases = [
            (json!({ "unitId": "1-101" }), "\"input.unitId\": \"1-101\" is no id", "“input.unitId”：“1-101”不是有效的标识"),
            (json!({ "occurredAt": "yesterday" }), "\"input.occurredAt\": \"yesterday\" is no moment", "“input.occurredAt”：“yesterday”不是有效的时间"),
            (json!({ "pin": { "x": "left", "y": 0.5 } }), "\"input.pin.x\": \"left\" is no number", "“input.pin.x”：“left”不是数字"),
        ];
        for (language, is_chinese) in [("EN", false), ("ZH", true)] {
            let change = "mutation($language: Language!) { personUpdate(input: { language: $language }) { userErrors { code } } }";
            site.ok(change, json!({ "language": language })).await;
            for (given, english, chinese) in &cases {
                let mut input = json!({ "defectId": v7(), "unitId": unit, "type": "WALL.CRACK" });
                for (name, value) in given.as_object().expect("fields") {
                    input[name] = value.clone();
                }
                let answer = site.query(log, json!({ "input": input })).await;
                let error = &answer["errors"][0];
                let told = error["message"].as_str().expect("a message");
                assert!(told.starts_with(if is_chinese { *chinese } else { *english }), "{answer}");
                assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
                assert!(answer.get("data").is_none(), "nothing ran: {answer}");
            }
            let faults = site.query("{ nothing }", json!({})).await;
            let told = faults["errors"][0]["message"].as_str().expect("a message");
            assert!(told.is_ascii(), "an error of the client program is in English: {told}");
        }
        let both = "mutation { defectStart(input: {}) { userErrors { message } } }";
        let told = site.query(both, json!({})).await["data"]["defectStart"]["userErrors"][0]["message"].clone();
        assert_eq!(told, "该值无效：请指定一个问题或问题清单，二者选一。");
        let answer = app
            .client()
            .post(app.url("/graphql"))
            .header("accept-language", "zh_CN")
            .json(&json!({ "query": "{ unit(id: \"x\") { code } }" }))
            .send()
            .await
            .expect("an answer");
        let answer = answer.text().await.expect("a body");
        assert!(answer.contains("“id”：“x”不是有效的标识"), "{answer}");
    }

    async fn charset_is_accepted_by_all_its_names(db: TestDb) {
        let app = TestApp::start(&db).await;
        for (charset, status) in [("utf8", 200), ("UTF-8", 200), ("\"utf-8\"", 200), ("latin1", 415)] {
            let request = app.client().post(app.url("/graphql")).header("content-type", format!("application/json; charset={charset}"));
            let answer = request.body("{\"query\": \"{ apiInfo { version } }\"}").send().await.expect("an answer");
            assert_eq!(answer.status().as_u16(), status, "{charset}");
        }
    }
}
