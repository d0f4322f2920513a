//! The common behaviour of every object store: the embedded one and a real S3 server.

use super::*;

on_both_stores! {
    async fn object_is_read_as_it_was_written(setup: AnyStore) {
        let bytes: Bytes = (0..3_000_000_u32).map(|i| (i % 251) as u8).collect::<Vec<u8>>().into();
        setup.store.put("a/b.jpg", bytes.clone(), JPEG, &hash(&bytes)).await.unwrap();

        assert_eq!(setup.store.get_bytes("a/b.jpg", 3_000_000).await.unwrap(), bytes);
        assert_eq!(setup.store.read_hash("a/b.jpg").await.unwrap(), (3_000_000, hash(&bytes)));
        let head = setup.store.head("a/b.jpg").await.unwrap();
        assert_eq!((head.length, head.content_type.as_deref(), head.sha256), (3_000_000, Some(JPEG), Some(hash(&bytes))));
        let too_large = setup.store.get_bytes("a/b.jpg", 2_999_999).await;
        assert!(matches!(too_large, Err(ObjectError::TooLarge { limit: 2_999_999 })));

        setup.store.delete("a/b.jpg").await.unwrap();
        setup.store.delete("a/b.jpg").await.unwrap();
        assert!(matches!(setup.store.head("a/b.jpg").await, Err(ObjectError::NotFound)));
        assert!(matches!(setup.store.get_stream("a/b.jpg").await, Err(ObjectError::NotFound)));
        assert_eq!(setup.count().await, 0);
    }

    async fn empty_object_is_stored(setup: AnyStore) {
        setup.put("empty", "").await;
        assert_eq!(setup.text("empty").await, "");
        assert_eq!(setup.store.head("empty").await.unwrap().length, 0);
    }

    async fn range_of_an_object_can_be_read(setup: AnyStore) {
        setup.put("a", "0123456789").await;
        let link = setup.store.presign_get("a", Caching::Own, Some("image/png"));
        let client = reqwest::Client::new();
        for (range, status, expected) in [
            ("bytes=0-0", 206, "0"),
            ("bytes=2-4", 206, "234"),
            ("bytes=7-", 206, "789"),
            ("bytes=-3", 206, "789"),
            ("bytes=5-99", 206, "56789"),
            ("bytes=0-9", 206, "0123456789"),
        ] {
            let answer = client.get(&link).header("range", range).send().await.unwrap();
            assert_eq!(answer.status(), status, "{range}");
            if setup.is_garage() {
                // For a range Garage returns the stored type, not that of the link: the type that the upload signed.
                assert_eq!(answer.headers()["content-type"], JPEG);
            } else {
                assert_eq!(answer.headers()["content-type"], "image/png");
                assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
            }
            assert_eq!(answer.headers()["cache-control"], "private, max-age=300, immutable");
            assert_eq!(answer.content_length(), Some(expected.len() as u64));
            assert_eq!(answer.text().await.unwrap(), expected, "{range}");
        }
        let beyond = client.get(&link).header("range", "bytes=10-").send().await.unwrap();
        assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        let whole = client.get(&link).send().await.unwrap();
        assert_eq!(whole.headers()["content-type"], "image/png");
        assert_eq!(whole.headers()["cache-control"], "private, max-age=300, immutable");
        assert_eq!((whole.status(), whole.text().await.unwrap()), (StatusCode::OK, "0123456789".to_owned()));
    }

    async fn copy_keeps_bytes_and_type_and_outlives_its_source(setup: AnyStore) {
        setup.put("staging/ä 1+2%", "bytes").await;
        setup.store.copy("staging/ä 1+2%", "photos/1").await.unwrap();
        setup.store.delete("staging/ä 1+2%").await.unwrap();
        assert_eq!(setup.text("photos/1").await, "bytes");
        let head = setup.store.head("photos/1").await.unwrap();
        assert_eq!((head.content_type.as_deref(), head.sha256), (Some(JPEG), Some(hash("bytes"))));
        assert!(matches!(setup.store.copy("staging/none", "photos/1").await, Err(ObjectError::NotFound)));
        assert_eq!(setup.text("photos/1").await, "bytes");
    }

    async fn listing_is_complete_and_in_order_over_pages(setup: AnyStore) {
        let mut keys = vec!["a", "a/", "a/b", "a/b/c", "a//b", "a-b", "a.b", "B/x", "a/ü", "a/bb", "b", "a/<&>\"'"];
        join_all(keys.iter().map(|key| setup.put(key, key))).await;
        keys.sort_unstable();
        for prefix in ["", "a", "a/", "a/b", "B/", "none", "a/b/c"] {
            let expected: Vec<&str> = keys.iter().copied().filter(|key| key.starts_with(prefix)).collect();
            for most in [1, 2, 5, 100] {
                let (mut found, mut next) = (Vec::new(), None);
                loop {
                    let page = setup.store.list(prefix, next.as_deref(), most).await.unwrap();
                    assert!(page.objects.len() <= usize::from(most));
                    found.extend(page.objects);
                    next = page.next;
                    if next.is_none() {
                        break;
                    }
                }
                let found_keys: Vec<&str> = found.iter().map(|object| object.key.as_str()).collect();
                assert_eq!(found_keys, expected, "prefix {prefix:?}, {most} a page");
                assert!(found.iter().all(|object| object.length == object.key.len() as u64));
            }
        }
    }

    async fn wrong_digest_leaves_the_old_object(setup: AnyStore) {
        setup.put("a", "old").await;
        let refused = setup.store.put("a", Bytes::from_static(b"new"), JPEG, &hash("other")).await;
        assert!(matches!(refused, Err(ObjectError::Refused { status: 400, .. })), "{refused:?}");
        assert_eq!(upload(&setup.link("a", "new", HOUR), "neu").await, StatusCode::BAD_REQUEST);
        assert_eq!(setup.text("a").await, "old");
        assert_eq!(setup.count().await, 1, "the refused uploads are gone");
    }

    async fn checksums_of_other_kinds_are_checked_too(setup: AnyStore) {
        let sdk = sdk(&setup.settings);
        let put = || sdk.put_object().bucket(&setup.settings.bucket).key("a").body(b"hello".to_vec().into());
        put().content_md5("XUFAKrxLKna5cZ2REBfFkg==").send().await.unwrap();
        put().checksum_crc32("NhCmhg==").send().await.unwrap();
        // By default this SDK sends a CRC as a trailer after the body.
        put().send().await.unwrap();
        assert!(put().content_md5("1B2M2Y8AsgTpgAmY7PhCfg==").send().await.is_err());
        assert!(put().checksum_crc32("AAAAAA==").send().await.is_err());
        assert_eq!(setup.text("a").await, "hello");
    }

    async fn writers_of_one_key_never_mix(setup: AnyStore) {
        let text = |writer: usize| format!("{writer}").repeat(100_000 + writer);
        for _ in 0..3 {
            let writing = join_all((0..8).map(|writer| async move { text(writer) }));
            let texts = writing.await;
            let results = join_all(texts.iter().map(|text| put(&setup.store, "same", text))).await;
            assert!(results.iter().all(Result::is_ok), "{results:?}");
            let found = setup.text("same").await;
            assert!(texts.contains(&found), "{} bytes, of no writer", found.len());
            let head = setup.store.head("same").await.unwrap();
            assert_eq!((head.length, head.sha256), (found.len() as u64, Some(hash(&found))));
        }
        assert_eq!(setup.count().await, 1);
    }

    async fn reader_keeps_the_object_that_it_opened(setup: AnyStore) {
        let old = "old ".repeat(500_000);
        setup.put("a", &old).await;
        let mut reader = setup.store.get_stream("a").await.unwrap();
        let mut read = reader.chunk().await.unwrap().unwrap().to_vec();
        setup.put("a", "new").await;
        while let Some(chunk) = reader.chunk().await.unwrap() {
            read.extend_from_slice(&chunk);
        }
        assert!(read == old.as_bytes());
        assert_eq!(setup.text("a").await, "new");
    }

    async fn object_and_its_copy_have_a_cache_lifetime(setup: AnyStore) {
        setup.put("a", "bytes").await;
        setup.store.copy("a", "b").await.unwrap();
        for key in ["a", "b"] {
            let head = sdk(&setup.settings).head_object().bucket(&setup.settings.bucket).key(key).send().await.unwrap();
            assert_eq!(head.cache_control(), Some("private, max-age=300, immutable"), "{key}");
        }
        // An upload by a link sets no caching; the link to read sets it.
        assert_eq!(upload(&setup.link("c", "bytes", HOUR), "bytes").await, StatusCode::OK);
        let read = reqwest::get(setup.store.presign_get("c", Caching::Own, None)).await.unwrap();
        assert_eq!(read.headers()["cache-control"], "private, max-age=300, immutable");
        assert_eq!(read.headers()["content-type"], JPEG);
    }
}
