//! The reason of a transport error, in the language of the reader.

use serde_json::{Value, json};
use transport::{Rate, Settings};

use super::server::{Answer, Server, send, settings};

/// A reason that people read: the request that causes it, and the expected texts.
struct Case {
    body: String,
    token: Option<&'static str>,
    refused: (u16, &'static str),
    english: &'static str,
    chinese: &'static str,
}

fn query(document: &str) -> String {
    json!({ "query": document }).to_string()
}

/// Bodies of anonymous clients may have a thousand bytes.
fn cases() -> [Case; 8] {
    let long = json!({ "query": "{ hello }", "variables": { "x": "y".repeat(2_000) } }).to_string();
    let case = |body, token, refused, english, chinese| Case { body, token, refused, english, chinese };
    let unknown = ("the access token is unknown or has expired", "登录已失效，请重新登录");
    let too_large = (
        "the body is over 1000 bytes, the limit of requests without a valid access token",
        "请求内容超过 1000 字节（未登录时的上限）",
    );
    let later = ("the database took too long; try again in 5 s", "数据库响应超时；请在 5 秒后重试");
    [
        case(query("{ hello }"), Some("expired"), (401, "UNAUTHENTICATED"), unknown.0, unknown.1),
        case(long, None, (413, "BODY_TOO_LARGE"), too_large.0, too_large.1),
        case(query("{ boom }"), None, (500, "INTERNAL"), "internal error", "服务器内部错误"),
        case(query("{ hello internal }"), None, (200, "INTERNAL"), "internal error", "服务器内部错误"),
        case(query("{ slow }"), None, (503, "TIMEOUT"), later.0, later.1),
        case(query("{ hello }"), Some("of-a-slow-database"), (503, "TIMEOUT"), later.0, later.1),
        // The rest of the answer stands.
        case(query("{ hello slow }"), None, (200, "TIMEOUT"), "the database took too long", "数据库响应超时"),
        // An error of the client program is in English for its author.
        case("nonsense".to_owned(), None, (400, "BAD_REQUEST"), "the body is not JSON", "the body is not JSON"),
    ]
}

async fn ask(server: &Server, body: &str, token: Option<&str>, language: &str) -> Answer {
    let mut request = server.post().header("content-type", "application/json").header("accept-language", language);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    send(request.body(body.to_owned())).await
}

fn message(answer: &Answer) -> &str {
    answer.body["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("no message: {}", answer.text))
}

#[tokio::test]
async fn reason_is_in_the_clients_preferred_language() {
    let server = Server::with(Settings { anonymous_body_bytes: 1_000, ..settings() }).await;
    for Case { body, token, refused, english, chinese } in cases() {
        for (language, expected) in [("en-GB", english), ("zh-CN, en;q=0.5", chinese), ("fr", english)] {
            let answer = ask(&server, &body, token, language).await;
            assert_eq!((answer.status, answer.code()), (refused.0, Some(refused.1)), "{language}: {}", answer.text);
            assert!(message(&answer).starts_with(expected), "{language}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn answer_that_requires_a_wait_says_how_long() {
    for (language, before, behind) in
        [("en", "too many points spent; try again in ", " s"), ("zh", "请求过于频繁；请在 ", " 秒后重试")]
    {
        let rate = Some(Rate { points: 1.0, per_second: 0.01 });
        let server = Server::with(Settings { rate, ..settings() }).await;
        let body = query("{ hello }");
        assert_eq!(ask(&server, &body, None, language).await.status, 200);
        let answer = ask(&server, &body, None, language).await;
        assert_eq!((answer.status, answer.code()), (429, Some("RATE_LIMITED")));
        let seconds = answer.header("retry-after").expect("Retry-After");
        assert_eq!(message(&answer), format!("{before}{seconds}{behind}"));
    }
}

#[tokio::test]
async fn language_of_the_person_has_precedence_over_that_of_the_client() {
    let server = Server::start().await;
    for (token, language, expected) in [("of-bo", "en", "服务器内部错误"), ("of-ana", "zh", "internal error")] {
        for document in ["{ boom }", "{ hello internal }"] {
            let answer = ask(&server, &query(document), Some(token), language).await;
            assert_eq!(answer.code(), Some("INTERNAL"));
            assert_eq!(answer.body["errors"][0]["message"], Value::from(expected), "{token} {document}");
        }
    }
}
