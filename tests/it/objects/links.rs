//! Presigned links permit the signed request and nothing else.

use super::*;

/// Garage answers 400 where AWS and the embedded store answer 403; both are refusals.
fn assert_refused(setup: &AnyStore, status: StatusCode, what: &str) {
    let as_400 = setup.is_garage() && status == StatusCode::BAD_REQUEST;
    assert!(as_400 || status == StatusCode::FORBIDDEN, "{what}: {status}");
}

on_both_stores! {
    async fn link_accepts_only_the_signed_upload(setup: AnyStore) {
        let link = setup.link("a", "right", HOUR);
        assert_eq!(upload(&link, "right").await, StatusCode::OK);
        assert_eq!(setup.text("a").await, "right");
        setup.put("a", "old").await;

        let with = |change: &dyn Fn(&mut PresignedPut)| {
            let mut changed = link.clone();
            change(&mut changed);
            changed
        };
        let longer = with(&|link| link.headers[0].1 = "6".into());
        let without_hash = with(&|link| link.headers.truncate(2));
        let other_type = with(&|link| link.headers[1].1 = "text/html".into());
        let other_key = with(&|link| link.url = link.url.replacen("/a?", "/b?", 1));
        let longer_life = with(&|link| link.url = link.url.replacen("Expires=3600", "Expires=36000", 1));
        let tampered = with(&|link| {
            let last = if link.url.pop() == Some('0') { '1' } else { '0' };
            link.url.push(last);
        });
        let unsigned = with(&|link| link.url = link.url.split('?').next().unwrap().to_owned());
        for (what, link, body) in [
            ("another length", &longer, "longer"),
            ("no hash", &without_hash, "wrong"),
            ("another type", &other_type, "right"),
            ("another key", &other_key, "right"),
            ("a longer life", &longer_life, "right"),
            ("another signature", &tampered, "right"),
            ("no signature", &unsigned, "right"),
        ] {
            assert_refused(&setup, upload(link, body).await, what);
        }
        assert_eq!(setup.text("a").await, "old");
        assert!(matches!(setup.store.head("b").await, Err(ObjectError::NotFound)));
    }

    async fn link_expires(setup: AnyStore) {
        // Signed as of the second that has begun: without any life it expires at once.
        let link = setup.link("a", "late", Duration::ZERO);
        assert_refused(&setup, upload(&link, "late").await, "late");
        assert!(matches!(setup.store.head("a").await, Err(ObjectError::NotFound)));
    }

    async fn link_cannot_be_extended_by_unsigned_headers_and_parameters(setup: AnyStore) {
        setup.put("secret", "of another person").await;
        let source = format!("{}/secret", setup.settings.bucket);
        let link = setup.link("mine", "right", HOUR);
        let copying = |request: reqwest::RequestBuilder| request.header("x-amz-copy-source", &source);
        let mut request = reqwest::Client::new().put(&link.url).body("right");
        for (name, value) in &link.headers {
            request = request.header(*name, value);
        }
        let answer = copying(request).send().await.unwrap();
        assert_refused(&setup, answer.status(), "a copy");

        // The same with a list of signed headers that was not signed.
        let disguised = link.url.replace("X-Amz-Signature", "X%2DAmz-Signature");
        let list = "content-length;content-type;host;x-amz-checksum-sha256;x-amz-copy-source";
        let authorization = format!("AWS4-HMAC-SHA256 Credential=key/x, SignedHeaders={list}, Signature=00");
        let mut request = reqwest::Client::new().put(&disguised).body("right").header("authorization", authorization);
        for (name, value) in &link.headers {
            request = request.header(*name, value);
        }
        let answer = copying(request).send().await.unwrap();
        assert_refused(&setup, answer.status(), "a copy");
        assert!(matches!(setup.store.head("mine").await, Err(ObjectError::NotFound)));

        let reading = setup.store.presign_get("secret", Caching::Own, None);
        let deleted = reqwest::Client::new().delete(&reading).send().await.unwrap();
        assert_refused(&setup, deleted.status(), "a removal");
        assert_eq!(setup.text("secret").await, "of another person");
    }
}
