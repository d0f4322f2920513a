//! A request whose body comes late: its sender is authenticated again when the body is complete.

use serde_json::json;
use tests::app::TestApp;
use tests::fixture::PASSWORD;
use tests::on_both_databases;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Reads until the text is there.
async fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut read = String::new();
    while !read.contains(text) {
        let mut bytes = [0; 4_096];
        let count = stream.read(&mut bytes).await.expect("an answer");
        assert!(count > 0, "it ends without {text:?}: {read}");
        read += &String::from_utf8_lossy(&bytes[..count]);
    }
    read
}

on_both_databases! {
    async fn rights_that_ended_before_the_body_came_have_ended(db: TestDb) {
        let app = TestApp::start(&db).await;
        let sign_in = "mutation($login: String!, $password: String!) {
            sessionCreate(input: { login: $login, password: $password }) { session { accessToken } } }";
        let session = app.ask(None, sign_in, json!({ "login": "site", "password": PASSWORD })).await;
        let token = session["data"]["sessionCreate"]["session"]["accessToken"].as_str().expect("a token").to_owned();
        let body = json!({ "query": "{ viewer { name } }" }).to_string();
        let address = app.url("").trim_start_matches("http://").to_owned();
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             authorization: Bearer {token}\r\nexpect: 100-continue\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.expect("the head is sent");
        // The server waits for the body, and has already checked the token.
        read_until(&mut stream, "100 Continue\r\n\r\n").await;
        let revoked = app.ask(Some(&token), "mutation { sessionRevoke(input: {}) { revoked } }", json!({})).await;
        assert_eq!(revoked["data"]["sessionRevoke"]["revoked"], true, "{revoked}");
        stream.write_all(body.as_bytes()).await.expect("the body is sent");
        let answer = read_until(&mut stream, "UNAUTHENTICATED").await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
}
