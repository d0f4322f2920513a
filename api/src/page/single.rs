//! The pages that open links: `/join` for invitations and password resets, `/link` for owners. Each is one HTML file with
//! a style sheet and one script. They are served with the demo off, too.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, HeaderValue, header};

use super::files::{CSS, File, HTML, JS};
use super::{missing, send};

/// Everything comes from this server, nothing is inline, and no other page may frame it.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

/// A page with its files.
struct SinglePage {
    /// `/join`; its files are below it.
    path: &'static str,
    html: &'static [u8],
    /// The names of the style sheet and the script, each with its type.
    files: [(&'static str, &'static str, &'static [u8]); 2],
}

/// A file of `api/assets`.
macro_rules! held {
    ($name:literal) => {
        include_bytes!(concat!("../../assets/", $name)).as_slice()
    };
}

/// The pages.
static PAGES: [SinglePage; 2] = [
    SinglePage {
        path: "/join",
        html: held!("join.html"),
        files: [("join.css", CSS, held!("join.css")), ("join.js", JS, held!("join.js"))],
    },
    SinglePage {
        path: "/link",
        html: held!("link.html"),
        files: [("link.css", CSS, held!("link.css")), ("link.js", JS, held!("link.js"))],
    },
];

/// The routes of the pages and of their files.
pub fn router() -> Router {
    PAGES.iter().fold(Router::new(), |router, page| {
        let whole = move |headers: HeaderMap| async move { html(page, &headers) };
        let part = move |Path(name): Path<String>, headers: HeaderMap| async move { file(page, &name, &headers) };
        router.route(page.path, get(whole)).route(&format!("{}/{{name}}", page.path), get(part))
    })
}

fn html(page: &SinglePage, headers: &HeaderMap) -> Response {
    let mut response = send(&File::new(HTML, page.html), headers);
    let told = response.headers_mut();
    told.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    told.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn file(page: &SinglePage, name: &str, headers: &HeaderMap) -> Response {
    let found = page.files.iter().find(|(known, ..)| *known == name);
    found.map_or_else(missing, |(_, kind, bytes)| send(&File::new(kind, bytes), headers))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::{Request, StatusCode};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn get_text(path: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let response = router().oneshot(request).await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        (status, headers, String::from_utf8(bytes.to_vec()).expect("text"))
    }

    #[tokio::test]
    async fn a_page_loads_only_files_of_its_own_and_nothing_inline() {
        for page in ["join", "link"] {
            let (status, headers, html) = get_text(&format!("/{page}")).await;
            assert_eq!(status, StatusCode::OK);
            let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("a policy");
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
            assert!(!html.contains("://") && !html.contains("style=") && !html.contains("<style"), "{html}");
            let own = format!("<script defer src=\"/{page}/");
            assert!(html.matches("<script").count() == 1 && html.contains(&own), "{html}");
            for (ending, kind) in [("js", "text/javascript"), ("css", "text/css")] {
                let path = format!("/{page}/{page}.{ending}");
                assert!(html.contains(&path));
                let (status, headers, text) = get_text(&path).await;
                assert_eq!(status, StatusCode::OK, "{path}");
                assert!(headers[header::CONTENT_TYPE].to_str().expect("a type").starts_with(kind));
                assert!(!text.contains("innerHTML") && !text.contains("eval("), "{path}");
            }
            assert_eq!(get_text(&format!("/{page}/page.js")).await.0, StatusCode::NOT_FOUND);
        }
    }
}
