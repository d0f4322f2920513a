//! The page, requested as a browser does.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Body;
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::{DemoPerson, PageSettings, examples, router};

async fn get(router: &Router, path: &str, tag: Option<&str>) -> Response<Body> {
    let mut request = Request::get(path);
    if let Some(tag) = tag {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer")
}

async fn text(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn demo() -> PageSettings {
    let person = DemoPerson {
        login: "ana".into(),
        password: "secret".into(),
        name: "Ana".into(),
        role: "SITE_ENGINEER".into(),
        party: "DEVELOPER".into(),
    };
    PageSettings { people: Some(vec![person]), picture_origins: vec!["http://127.0.0.1:9000".into()], messages: None }
}

/// The links of an HTML text to files of this server.
fn links(html: &str) -> Vec<String> {
    let quoted = html.split(['"']).filter(|part| part.starts_with('/'));
    quoted.map(str::to_owned).collect()
}

#[tokio::test]
async fn page_loads_every_file_from_this_server() {
    let router = router(demo());
    let page = get(&router, "/", None).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(page.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    let html = text(page).await;
    assert!(!html.contains("http://") && !html.contains("https://"), "the page names another server");
    let links = links(&html);
    assert_eq!(links.len(), 8, "{links:?}");
    for link in links {
        let file = get(&router, &link, None).await;
        assert_eq!(file.status(), StatusCode::OK, "{link}");
        let kind = file.headers()[header::CONTENT_TYPE].to_str().expect("a type").to_owned();
        let fits = [(".js", "text/javascript"), (".css", "text/css"), (".svg", "image/svg")];
        let fit = fits.iter().any(|(ending, start)| link.ends_with(ending) && kind.starts_with(start));
        assert!(fit, "{link} is sent as {kind}");
    }
}

#[tokio::test]
async fn policy_allows_scripts_of_this_server_and_pictures_of_the_store() {
    let page = get(&router(demo()), "/", None).await;
    let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("a policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
    assert!(policy.contains("img-src 'self' data: http://127.0.0.1:9000;"), "{policy}");
    assert!(policy.contains("connect-src 'self' http://127.0.0.1:9000;"), "{policy}");
    let sly = PageSettings { picture_origins: vec!["x; script-src *".into()], ..PageSettings::default() };
    let page = get(&router(sly), "/", None).await;
    let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("a policy");
    assert!(!policy.contains('*'), "{policy}");
}

#[tokio::test]
async fn unchanged_file_is_not_sent_again() {
    let router = router(demo());
    let first = get(&router, "/assets/graphiql.min.js", None).await;
    let tag = first.headers()[header::ETAG].to_str().expect("a tag").to_owned();
    let again = get(&router, "/assets/graphiql.min.js", Some(&format!("\"other\", W/{tag}"))).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(text(again).await, "");
    let other = get(&router, "/assets/page.js", Some(&tag)).await;
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn people_are_listed_only_while_the_demo_is_on() {
    let told = get(&router(demo()), "/demo/people.json", None).await;
    assert_eq!(told.headers()[header::CACHE_CONTROL], "no-store");
    let people: serde_json::Value = serde_json::from_str(&text(told).await).expect("JSON");
    assert_eq!(people[0]["login"], "ana");
    assert_eq!(people[0]["role"], "SITE_ENGINEER");
    for path in ["/demo/people.json", "/demo/messages.json"] {
        let silent = get(&router(PageSettings::default()), path, None).await;
        assert_eq!(silent.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn unknown_file_is_not_found() {
    for path in ["/assets/README.md", "/assets/..%2fCargo.toml", "/assets/", "/demo"] {
        assert_eq!(get(&router(demo()), path, None).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn disabled_page_says_only_that_it_is_disabled() {
    for path in ["/", "/assets/graphiql.min.js", "/assets/examples.json", "/demo/people.json"] {
        let answer = get(&super::none(), path, None).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(text(answer).await.len() < 100, "{path}");
    }
}

#[test]
fn operations_of_examples_have_unique_names() {
    let mut names = BTreeSet::new();
    for example in examples::all() {
        let document = async_graphql::parser::parse_query(example.query).expect("an example");
        for (name, _) in document.operations.iter() {
            let name = name.unwrap_or_else(|| panic!("{}: an operation without a name", example.name));
            assert!(names.insert(name.to_string()), "{}: {name} is twice", example.name);
        }
    }
}

#[tokio::test]
async fn every_example_file_is_on_the_page_and_can_be_parsed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/examples");
    let names = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    let names: BTreeSet<String> =
        names.filter_map(|name| Some(name.to_str()?.strip_suffix(".graphql")?.to_owned())).collect();
    assert_eq!(names, examples::all().map(|example| example.name.to_owned()).collect());
    for example in examples::all() {
        assert_ne!(example.title, example.name, "{}: no title", example.name);
        async_graphql::parser::parse_query(example.query).unwrap_or_else(|error| panic!("{}: {error}", example.name));
        let variables: serde_json::Value = serde_json::from_str(example.variables).expect("JSON");
        assert!(variables.is_object(), "{}: variables are an object", example.name);
        if !example.lookup.is_empty() {
            let lookup = async_graphql::parser::parse_query(&example.lookup);
            lookup.unwrap_or_else(|error| panic!("{}: {error}", example.name));
        }
    }
    let served = text(get(&router(demo()), "/assets/examples.json", None).await).await;
    let served: serde_json::Value = serde_json::from_str(&served).expect("JSON");
    assert_eq!(served.as_array().map(Vec::len), Some(examples::all().count()));
}
