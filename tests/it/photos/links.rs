//! Links end: expired, edited, used for another purpose, reused, or of a person whose rights have ended. No attempt
//! succeeds.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::presigning::PresigningConfig;
use axum::Router;
use futures::stream::{self, StreamExt};
use reqwest::{Method, StatusCode};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{memberships, photos};
use tests::app::TestApp;
use tests::dice::Dice;
use tests::on_both_databases;

use super::pictures::some_jpeg;
use super::{COMPLETE, CREATE, PHOTO, Shot, get, log_defect, on_garage, put};

const REVOKE: &str = "mutation { sessionRevoke(input: {}) { userErrors { code } } }";
const SIGN_IN: &str = "mutation($login: String!, $password: String!) {
    sessionCreate(input: { login: $login, password: $password }) { session { accessToken } userErrors { code } } }";

/// A link with its headers, as a client uses it.
#[derive(Clone)]
struct Use {
    what: String,
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Use {
    fn read(url: &Value) -> Self {
        let url = url.as_str().expect("a link").to_owned();
        Self { what: "as it is".into(), method: Method::GET, url, headers: Vec::new(), body: Vec::new() }
    }

    fn upload(link: &Value, bytes: &[u8]) -> Self {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let headers = link["headers"].as_array().expect("headers").iter();
        let headers = headers.map(|header| (text(&header["name"]), text(&header["value"])));
        Self {
            what: "as it is".into(),
            method: Method::PUT,
            url: text(&link["url"]),
            headers: headers.filter(|(name, _)| name != "content-length").collect(),
            body: bytes.to_vec(),
        }
    }

    fn with(&self, what: impl Into<String>, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = Self { what: what.into(), ..self.clone() };
        change(&mut changed);
        changed
    }

    fn header(&self, name: &str, value: &str) -> Self {
        self.with(format!("{name}: {value}"), |used| {
            used.headers.retain(|(other, _)| other != name);
            used.headers.push((name.to_owned(), value.to_owned()));
        })
    }

    /// The link with each character after its origin changed, one at a time, and never to an equivalent one.
    fn edited(&self, dice: &mut Dice) -> Vec<Self> {
        let origin = self.url.match_indices('/').nth(2).expect("a path").0;
        let edit = |position: usize, dice: &mut Dice| {
            let old = self.url.as_bytes()[position];
            let letters = b"abcdefghijklmnopqrstuvwxyz0123456789";
            let new = loop {
                let new = *dice.pick(letters);
                if !new.eq_ignore_ascii_case(&old) {
                    break new;
                }
            };
            self.with(format!("character {position} is {}", char::from(new)), |used| {
                used.url.replace_range(position..=position, &char::from(new).to_string());
            })
        };
        (origin + 1..self.url.len()).map(|position| edit(position, dice)).collect()
    }

    /// Sends the attempt; returns its description if it succeeded.
    async fn done(self, client: &reqwest::Client) -> Option<String> {
        let mut request = client.request(self.method.clone(), &self.url).body(self.body);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.expect("an answer");
        let done = answer.status().is_success().then(|| format!("{} {}: {}", self.method, self.url, self.what));
        answer.bytes().await.expect("a whole answer");
        done
    }
}

/// Tries all; returns those that succeeded.
async fn successes(client: &reqwest::Client, tries: Vec<Use>) -> Vec<String> {
    let tries = stream::iter(tries).map(|used| used.done(client)).buffer_unordered(8);
    tries.collect::<Vec<_>>().await.into_iter().flatten().collect()
}

/// A ready photo, one that waits for its upload, and the links to both.
struct Setup {
    app: TestApp,
    ready: Shot,
    read: Use,
    waiting: Shot,
    upload: Use,
}

impl Setup {
    async fn new(db: &tests::database::TestDb) -> Self {
        let app = TestApp::start(db).await;
        let (ready, waiting, read, upload) = {
            let site = app.user("site").await;
            let defect = log_defect(&app, &site, "1-101").await;
            let (ready, waiting) = (Shot::jpeg(some_jpeg()), Shot::jpeg(some_jpeg()));
            let photo = ready.take(&app, &site, defect, "BEFORE").await;
            let link = waiting.declare(&site, defect, "BEFORE").await;
            let upload = Use::upload(&link, &waiting.bytes);
            (ready, waiting, Use::read(&photo["original"]), upload)
        };
        Self { app, ready, read, waiting, upload }
    }

    /// All attempts with both links.
    fn tries(&self, dice: &mut Dice) -> Vec<Use> {
        let mut tries = self.read.edited(dice);
        tries.extend(self.upload.edited(dice));
        tries.extend(self.read_misused());
        tries.extend(self.upload_misused());
        tries
    }

    fn read_misused(&self) -> Vec<Use> {
        let read = &self.read;
        let methods = [Method::PUT, Method::DELETE, Method::POST, Method::PATCH];
        let mut tries: Vec<Use> =
            methods.map(|method| read.with("another method", |used| used.method = method)).into_iter().collect();
        let unsigned = |used: &mut Use| used.url.truncate(used.url.find('?').unwrap_or(0));
        tries.push(read.with("no signature", unsigned));
        for more in ["&response-content-type=text%2Fhtml", "&uploadId=1", "&acl", "&versionId=1", "&partNumber=1"] {
            tries.push(read.with(more, |used| used.url.push_str(more)));
        }
        tries.push(read.header("x-amz-checksum-mode", "ENABLED"));
        tries.push(read.header("host", "elsewhere.example"));
        let bucket = |used: &mut Use| {
            let (path, query) = used.url.split_once('?').unwrap_or_default();
            let origin = path.match_indices('/').nth(3).map_or(0, |(end, _)| end);
            used.url = format!("{}/?list-type=2&{query}", &path[..origin]);
        };
        tries.push(read.with("a list of all keys", bucket));
        tries
    }

    fn upload_misused(&self) -> Vec<Use> {
        let upload = &self.upload;
        let mut other = self.waiting.bytes.clone();
        other[100] ^= 1;
        let methods = [Method::GET, Method::DELETE, Method::POST, Method::HEAD];
        let mut tries: Vec<Use> =
            methods.map(|method| upload.with("another method", |used| used.method = method)).into_iter().collect();
        tries.push(upload.with("other bytes", |used| used.body = other));
        tries.push(upload.with("fewer bytes", |used| used.body.truncate(50)));
        tries.push(upload.with("more bytes", |used| used.body.push(0)));
        tries.push(upload.with("no headers", |used| used.headers.clear()));
        tries.push(upload.header("content-type", "text/html"));
        tries.push(upload.header("x-amz-checksum-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
        for (name, value) in [
            ("x-amz-copy-source", "handover/somebody/elses"),
            ("x-amz-acl", "public-read"),
            ("x-amz-meta-a", "b"),
            ("x-amz-tagging", "a=b"),
            ("x-amz-website-redirect-location", "/elsewhere"),
            ("x-amz-storage-class", "GLACIER"),
            ("x-amz-date", "20200101T000000Z"),
            ("x-amz-security-token", "x"),
        ] {
            tries.push(upload.header(name, value));
        }
        // A store that obeys this header removes the framing and stores the content. Garage ignores it, so without a
        // framing exactly the signed request is sent.
        if !on_garage() {
            tries.push(upload.header("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"));
        }
        tries.push(upload.header("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER").with(
            "framed",
            |used| {
                let frame = format!("{:x}\r\n", used.body.len());
                used.body = [frame.as_bytes(), &used.body, b"\r\n0\r\n\r\n"].concat();
            },
        ));
        let place = self.ready_place();
        tries.push(upload.with("another's place", |used| {
            let query = used.url.find('?').unwrap_or(0);
            used.url = format!("{place}{}", &used.url[query..]);
        }));
        tries.push(upload.with("a part", |used| used.url.push_str("&partNumber=1&uploadId=1")));
        tries
    }

    /// The address of the ready photo, without its signature.
    fn ready_place(&self) -> &str {
        self.read.url.split('?').next().unwrap_or_default()
    }

    async fn row(&self, shot: &Shot) -> photos::Model {
        store::photos::load(self.app.app.db.read(), shot.id.into())
            .await
            .expect("the database answers")
            .expect("a photo")
    }

    /// The AWS SDK's client of the store, which can sign as of any moment.
    fn signed_at(&self, key: &str, at: SystemTime) -> impl Future<Output = Value> {
        let rest = self.ready_place().strip_prefix("http://").expect("an address");
        let (address, path) = rest.split_once('/').expect("a path");
        let bucket = path.split('/').next().expect("a bucket").to_owned();
        let secret = std::env::var("TEST_S3_SECRET_KEY").unwrap_or_else(|_| "secret".to_owned());
        let access = std::env::var("TEST_S3_ACCESS_KEY").unwrap_or_else(|_| "key".to_owned());
        let region = std::env::var("TEST_S3_REGION").unwrap_or_else(|_| "local".to_owned());
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .endpoint_url(format!("http://{address}"))
            .region(Region::new(region))
            .credentials_provider(Credentials::new(access, secret, None, None, "test"))
            .force_path_style(true)
            .build();
        let life = PresigningConfig::builder().start_time(at).expires_in(Duration::from_secs(15 * 60)).build();
        let request = aws_sdk_s3::Client::from_conf(config).get_object().bucket(bucket).key(key);
        async move {
            let signed = request.presigned(life.expect("a life")).await.expect("signed");
            json!(signed.uri())
        }
    }
}

/// The time of a link's signature, by the clock of the store.
fn signed(link: &str) -> SystemTime {
    let date = link.split_once("X-Amz-Date=").expect("a date").1;
    let date = date.split('&').next().unwrap_or_default().replace('Z', "+0000");
    let moment = jiff::Timestamp::strptime("%Y%m%dT%H%M%S%z", date).expect("a moment");
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(moment.as_second()).expect("after 1970"))
}

on_both_databases! {
    async fn no_link_permits_an_unsigned_request(db: TestDb) {
        let setup = Setup::new(&db).await;
        let (ready, waiting) = (setup.row(&setup.ready).await, setup.row(&setup.waiting).await);
        let tries = setup.tries(&mut Dice::announced("edited links"));
        let count = tries.len();
        assert!(count >= 500, "{count}");
        let done = successes(setup.app.client(), tries).await;
        assert_eq!(done, [""; 0], "of {count}");
        println!("0 successes of {count}");

        assert_eq!((setup.row(&setup.ready).await, setup.row(&setup.waiting).await), (ready, waiting));
        let site = setup.app.user("site").await;
        assert_eq!(get(&setup.app, &setup.ready.read(&site).await["original"]).await.1, setup.ready.bytes);
        assert_eq!(site.refused(COMPLETE, json!({ "id": setup.waiting.id })).await, ["PHOTO_NOT_THERE"]);
        // Unchanged links work.
        let done = successes(setup.app.client(), vec![setup.read.clone(), setup.upload.clone()]).await;
        assert_eq!(done.len(), 2);
    }

    async fn a_store_that_checks_no_signatures_is_found_out(db: TestDb) {
        let setup = Setup::new(&db).await;
        let bytes = setup.ready.bytes.clone();
        let anything = Router::new().fallback(async move || bytes);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(axum::serve(listener, anything).into_future());
        let mut tries = setup.tries(&mut Dice::announced("a store that checks nothing"));
        let count = tries.len();
        for used in &mut tries {
            let path = used.url.match_indices('/').nth(2).map_or(0, |(start, _)| start);
            used.url = format!("http://{address}{}", &used.url[path..]);
        }
        assert_eq!(successes(setup.app.client(), tries).await.len(), count);
    }

    async fn links_expire(db: TestDb) {
        let setup = Setup::new(&db).await;
        let row = setup.row(&setup.ready).await;
        let key = row.object_key.expect("a place");
        let minutes = |count: u64| Duration::from_secs(count * 60);
        // A link to upload is signed at the moment of the request.
        let now = signed(&setup.upload.url);
        let young = Use::read(&setup.signed_at(&key, now - minutes(14)).await);
        assert_eq!(successes(setup.app.client(), vec![young]).await.len(), 1);
        let mut old = Vec::new();
        for age in [15, 16, 60, 24 * 60, 7 * 24 * 60, 365 * 24 * 60] {
            let used = Use::read(&setup.signed_at(&key, now - minutes(age)).await);
            old.push(used.with("a longer life", |used| used.url = used.url.replace("Expires=900", "Expires=604800")));
            old.push(used);
        }
        // Of tomorrow. Only the holder of the secret can sign it; Garage only checks that it has not expired.
        if !on_garage() {
            old.push(Use::read(&setup.signed_at(&key, now + minutes(24 * 60)).await));
        }
        assert_eq!(successes(setup.app.client(), old).await, [""; 0]);

        // A link to upload, around its expiry.
        let digest = <sha2::Sha256 as sha2::Digest>::digest(&setup.waiting.bytes).into();
        let length = setup.waiting.bytes.len() as u64;
        let short = setup.app.app.objects.presign_put("staging/short", length, "image/jpeg", &digest, Duration::from_secs(1));
        let upload = setup.upload.with("a second later", |used| used.url = short.url);
        let dies = async {
            while !successes(setup.app.client(), vec![upload.clone()]).await.is_empty() {}
        };
        tokio::time::timeout(Duration::from_secs(5), dies).await.expect("it dies");
    }

    async fn reused_upload_link_changes_nothing(db: TestDb) {
        let setup = Setup::new(&db).await;
        let site = setup.app.user("site").await;
        assert_eq!(successes(setup.app.client(), vec![setup.upload.clone()]).await.len(), 1);
        assert_eq!(setup.waiting.complete(&site).await, "RECEIVED");
        setup.app.run_jobs().await;
        let before = setup.row(&setup.waiting).await;
        for _ in 0..3 {
            successes(setup.app.client(), vec![setup.upload.clone()]).await;
            assert_eq!(setup.waiting.complete(&site).await, "READY");
        }
        assert_eq!(setup.row(&setup.waiting).await, before);
        assert_eq!(get(&setup.app, &setup.waiting.read(&site).await["original"]).await.1, setup.waiting.bytes);
    }

    async fn person_who_has_lost_the_right_gets_no_links(db: TestDb) {
        let app = TestApp::start(&db).await;
        let worker = app.user("worker.a").await;
        let defect = log_defect(&app, &app.user("site").await, "1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        let photo = shot.take(&app, &worker, defect, "BEFORE").await;
        let waiting = Shot::jpeg(some_jpeg());
        let link = waiting.declare(&worker, defect, "BEFORE").await;
        // Earlier links stay valid: to read for five minutes at most, to upload the declared bytes for half a day.
        for (link, most) in [(&photo["original"], 300), (&photo["url"], 300), (&photo["thumb"], 300), (&link["url"], 43_200)] {
            let life = link.as_str().expect("a link").split("X-Amz-Expires=").nth(1).expect("a life");
            let seconds: u32 = life.split('&').next().and_then(|text| text.parse().ok()).expect("seconds");
            assert!(seconds <= most, "{link}");
        }

        // An ended session.
        let signing_in = json!({ "login": "worker.a", "password": tests::fixture::PASSWORD });
        let session = app.ask(None, SIGN_IN, signing_in).await["data"]["sessionCreate"]["session"].clone();
        let token = session["accessToken"].as_str();
        assert!(app.ask(token, PHOTO, json!({ "id": shot.id })).await["data"]["photo"]["original"].is_string());
        app.ask(token, REVOKE, json!({})).await;
        for (document, variables) in asked(&shot, &waiting, defect) {
            let answer = app.ask(token, document, variables).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{answer}");
        }

        // An ended role.
        let gone = memberships::Entity::update_many()
            .col_expr(memberships::Column::Active, Expr::value(false))
            .filter(memberships::Column::PersonId.eq(app.person_id("worker.a")));
        app.app.db.write(async |tx| gone.exec(tx).await).await.expect("taken away");
        app.app.caller_cache.forget();
        assert_eq!(worker.ok(PHOTO, json!({ "id": shot.id })).await["photo"], Value::Null);
        for (document, variables) in asked(&shot, &waiting, defect).into_iter().skip(1) {
            assert_eq!(worker.refused(document, variables).await, ["NOT_FOUND"]);
        }
        // Its upload by the existing link contains the declared bytes or nothing.
        assert_eq!(put(&app, &link, &shot.bytes[1..]).await, StatusCode::FORBIDDEN);
    }
}

/// Every request that could return a link, or advance a photo.
fn asked(shot: &Shot, waiting: &Shot, defect: uuid::Uuid) -> [(&'static str, Value); 4] {
    [
        (PHOTO, json!({ "id": shot.id })),
        (CREATE, waiting.input(defect, "BEFORE")),
        (CREATE, Shot::jpeg(some_jpeg()).input(defect, "BEFORE")),
        (COMPLETE, json!({ "id": waiting.id })),
    ]
}
