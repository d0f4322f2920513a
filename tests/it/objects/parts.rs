//! Multipart uploads by links, as a tablet does.

use blob_store::{Part, UnfinishedParts};

use super::*;

/// The minimum size of a part that is not the last.
const SMALLEST: usize = 5 << 20;

/// Bytes that differ by position and by part.
pub(super) fn bytes(seed: usize, length: usize) -> Bytes {
    (0..length).map(|i| ((i / 7 + seed * 31) % 251) as u8).collect::<Vec<u8>>().into()
}

pub(super) async fn send(store: &ObjectStore, key: &str, upload_id: &str, number: u16, part: &Bytes) -> StatusCode {
    let link = store.presign_part(key, upload_id, number, part.len() as u64, HOUR);
    upload(&link, part.clone()).await
}

fn numbers(parts: &[Part]) -> Vec<(u16, u64)> {
    parts.iter().map(|part| (part.number, part.length)).collect()
}

on_both_stores! {
    async fn parts_are_joined_to_one_object(setup: AnyStore) {
        let (store, key) = (&setup.store, "staging/ä 1+2%/clip");
        let id = store.begin_parts(key, "video/mp4").await.unwrap();
        let [first, second, last] = [bytes(1, SMALLEST), bytes(2, SMALLEST + 1), bytes(3, 1000)];
        // In any order, and one of them twice: the last one is used.
        for (number, part) in [(7, &last), (2, &bytes(9, SMALLEST)), (1, &first), (2, &second)] {
            assert_eq!(send(store, key, &id, number, part).await, StatusCode::OK);
        }
        assert!(matches!(store.head(key).await, Err(ObjectError::NotFound)), "nothing is there before the joining");
        let parts = store.parts(key, &id).await.unwrap();
        let length = SMALLEST as u64;
        assert_eq!(numbers(&parts), [(1, length), (2, length + 1), (7, 1000)]);

        store.join_parts(key, &id, &parts).await.unwrap();
        let whole = [first, second, last].concat();
        assert_eq!(store.read_hash(key).await.unwrap(), (whole.len() as u64, hash(&whole)));
        let head = store.head(key).await.unwrap();
        assert_eq!((head.length, head.content_type.as_deref()), (whole.len() as u64, Some("video/mp4")));
        if setup.is_garage() {
            // Garage keeps no hash of a joined object: `None`, so the bytes are hashed by reading.
            assert_eq!(head.sha256, None);
        } else {
            assert_eq!(head.sha256, Some(hash(&whole)));
        }
        // The answer may have been lost.
        store.join_parts(key, &id, &parts).await.unwrap();
        assert!(matches!(store.parts(key, &id).await, Err(ObjectError::NotFound)));
        assert_eq!(send(store, key, &id, 1, &bytes(1, 10)).await, StatusCode::NOT_FOUND);
        assert_eq!(store.unfinished_parts("", None, 10).await.unwrap().uploads, []);
        assert_eq!(setup.count().await, 1);
    }

    async fn link_accepts_only_the_signed_part(setup: AnyStore) {
        let store = &setup.store;
        let id = store.begin_parts("a", JPEG).await.unwrap();
        let other = store.begin_parts("b", JPEG).await.unwrap();
        let link = store.presign_part("a", &id, 3, 5, HOUR);
        let with = |from: &str, to: &str| {
            assert!(link.url.contains(from));
            PresignedPut { url: link.url.replacen(from, to, 1), headers: link.headers.clone() }
        };
        let mut longer = link.clone();
        longer.headers[0].1 = "6".into();
        for (what, link, body) in [
            ("another length", &longer, "longer"),
            ("another number", &with("partNumber=3", "partNumber=4"), "right"),
            ("another upload", &with(&id, &other), "right"),
            ("another key", &with("/a?", "/b?"), "right"),
            ("a whole object", &with("&partNumber=3", ""), "right"),
            ("a longer life", &with("Expires=3600", "Expires=36000"), "right"),
            ("expired", &store.presign_part("a", &id, 3, 5, Duration::ZERO), "right"),
        ] {
            let status = upload(link, body).await;
            assert!([StatusCode::FORBIDDEN, StatusCode::BAD_REQUEST].contains(&status), "{what}: {status}");
        }
        assert_eq!(store.parts("a", &id).await.unwrap(), []);
        assert_eq!(upload(&link, "right").await, StatusCode::OK);
        assert_eq!(numbers(&store.parts("a", &id).await.unwrap()), [(3, 5)]);
        assert_eq!(store.parts("b", &other).await.unwrap(), []);
        assert!(matches!(store.parts("b", &id).await, Err(ObjectError::NotFound)), "not for another key");
    }

    async fn invalid_join_is_refused_and_the_old_object_stays(setup: AnyStore) {
        let store = &setup.store;
        setup.put("a", "old").await;
        let id = store.begin_parts("a", JPEG).await.unwrap();
        for (number, length) in [(1, SMALLEST), (2, 10), (3, 10)] {
            assert_eq!(send(store, "a", &id, number, &bytes(1, length)).await, StatusCode::OK);
        }
        let parts = store.parts("a", &id).await.unwrap();
        let [one, two, three] = &parts[..] else { panic!("{parts:?}") };
        let foreign = Part { etag: two.etag.clone(), ..one.clone() };
        let absent = Part { number: 9, ..two.clone() };
        for (what, named) in [
            // Garage also joins small parts. Nothing relies on the refusal.
            ("a small one in front", if setup.is_garage() { vec![] } else { vec![one, two, three] }),
            ("none", vec![]),
            ("out of order", vec![two, one]),
            ("the same twice", vec![one, one]),
            ("another tag", vec![&foreign, two]),
            ("one that is not there", vec![one, &absent]),
        ] {
            let named: Vec<Part> = named.into_iter().cloned().collect();
            let refused = store.join_parts("a", &id, &named).await;
            assert!(matches!(refused, Err(ObjectError::Refused { status: 400, .. })), "{what}: {refused:?}");
        }
        assert_eq!(setup.text("a").await, "old");
        store.join_parts("a", &id, &[one.clone(), three.clone()]).await.unwrap();
        let whole = [bytes(1, SMALLEST), bytes(1, 10)].concat();
        assert_eq!(store.read_hash("a").await.unwrap().1, hash(&whole), "parts that are not named are left out");
    }

    async fn aborted_upload_is_removed_with_its_parts(setup: AnyStore) {
        let store = &setup.store;
        let id = store.begin_parts("a", JPEG).await.unwrap();
        assert_eq!(send(store, "a", &id, 1, &bytes(1, 1000)).await, StatusCode::OK);
        let parts = store.parts("a", &id).await.unwrap();
        store.abort_parts("a", &id).await.unwrap();
        store.abort_parts("a", &id).await.unwrap();
        for unknown in ["", "..", "../incoming", "x", &"a".repeat(32), "00"] {
            let aborted = store.abort_parts("a", unknown).await;
            assert!(aborted.is_ok() || matches!(aborted, Err(ObjectError::Refused { .. } | ObjectError::Other { .. })));
        }
        assert!(matches!(store.parts("a", &id).await, Err(ObjectError::NotFound)));
        assert!(matches!(store.join_parts("a", &id, &parts).await, Err(ObjectError::NotFound)));
        assert_eq!(send(store, "a", &id, 2, &bytes(1, 10)).await, StatusCode::NOT_FOUND);
        assert_eq!(setup.count().await, 0);
    }

    async fn unfinished_uploads_and_parts_are_listed_by_pages(setup: AnyStore) {
        let store = &setup.store;
        let mut begun = Vec::new();
        for key in ["a/1", "a/1", "a/2", "b/1", "c/<&>ä"] {
            begun.push((key.to_owned(), store.begin_parts(key, JPEG).await.unwrap()));
        }
        begun.sort();
        for prefix in ["", "a/", "b", "none"] {
            for most in [1, 2, 100] {
                let (mut found, mut next) = (Vec::new(), None);
                loop {
                    let page = store.unfinished_parts(prefix, next.as_ref(), most).await.unwrap();
                    assert!(page.uploads.len() <= usize::from(most));
                    found.extend(page.uploads.into_iter().map(|UnfinishedParts { key, upload_id, begun_at }| {
                        assert!(begun_at > 1_700_000_000);
                        (key, upload_id)
                    }));
                    next = page.next;
                    if next.is_none() {
                        break;
                    }
                }
                found.sort();
                let expected: Vec<_> = begun.iter().filter(|(key, _)| key.starts_with(prefix)).cloned().collect();
                assert_eq!(found, expected, "prefix {prefix:?}, {most} a page");
            }
        }
        let (key, id) = &begun[0];
        let part = bytes(1, 3);
        for number in [10_000, 1, 2, 1001] {
            assert_eq!(send(store, key, id, number, &part).await, StatusCode::OK);
        }
        assert_eq!(numbers(&store.parts(key, id).await.unwrap()), [(1, 3), (2, 3), (1001, 3), (10_000, 3)]);
        // Garage accepts any number; the client's callers count from 1.
        for number in [0, 10_001].into_iter().filter(|_| !setup.is_garage()) {
            assert_eq!(send(store, key, id, number, &part).await, StatusCode::BAD_REQUEST, "part {number}");
        }
        let page = sdk(&setup.settings).list_parts().bucket(&setup.settings.bucket).key(key).upload_id(id);
        let page = page.max_parts(2).part_number_marker("1").send().await.unwrap();
        assert_eq!((page.parts().len(), page.is_truncated(), page.next_part_number_marker()), (2, Some(true), Some("1001")));
    }

    async fn all_parts_are_listed_over_several_pages(setup: AnyStore) {
        let store = &setup.store;
        let id = store.begin_parts("a", JPEG).await.unwrap();
        let client = reqwest::Client::new();
        for some in (1..=1_100).collect::<Vec<u16>>().chunks(50) {
            let sent = join_all(some.iter().map(|number| {
                client.put(store.presign_part("a", &id, *number, 1, HOUR).url).body("x").send()
            }));
            assert!(sent.await.into_iter().all(|answer| answer.unwrap().status() == StatusCode::OK));
        }
        let parts = store.parts("a", &id).await.unwrap();
        assert!(parts.iter().map(|part| part.number).eq(1..=1_100), "{}", parts.len());
    }

    async fn part_that_differs_from_its_declaration_is_not_stored(setup: AnyStore) {
        let (store, sdk) = (&setup.store, sdk(&setup.settings));
        let id = store.begin_parts("a", JPEG).await.unwrap();
        let part = || sdk.upload_part().bucket(&setup.settings.bucket).key("a").upload_id(&id).part_number(1);
        let body = || b"hello".to_vec().into();
        let wrong = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash("other"));
        assert!(part().body(body()).checksum_sha256(wrong).send().await.is_err());
        assert!(part().body(body()).content_md5("1B2M2Y8AsgTpgAmY7PhCfg==").send().await.is_err());
        let listed = store.parts("a", &id).await.unwrap();
        assert!(listed.is_empty(), "{listed:?}");
        assert!(part().body(body()).content_md5("XUFAKrxLKna5cZ2REBfFkg==").send().await.is_ok());
        assert_eq!(numbers(&store.parts("a", &id).await.unwrap()), [(1, 5)]);
    }
}

#[tokio::test]
async fn restart_keeps_parts_and_leaves_no_files_of_joined_or_aborted_uploads() {
    let setup = Setup::new().await;
    let id = setup.store.begin_parts("a", JPEG).await.unwrap();
    assert_eq!(send(&setup.store, "a", &id, 1, &bytes(1, 10)).await, StatusCode::OK);
    let aborted = setup.store.begin_parts("b", JPEG).await.unwrap();
    assert_eq!(send(&setup.store, "b", &aborted, 1, &bytes(2, 10)).await, StatusCode::OK);
    setup.store.abort_parts("b", &aborted).await.unwrap();
    assert_eq!(setup.files(), 2, "the upload and its part");
    setup.running.shutdown().await;

    let setup = Setup::on(setup.folder).await;
    let parts = setup.store.parts("a", &id).await.unwrap();
    assert_eq!(numbers(&parts), [(1, 10)]);
    setup.store.join_parts("a", &id, &parts).await.unwrap();
    assert_eq!(setup.store.read_hash("a").await.unwrap().1, hash(bytes(1, 10)));
    assert_eq!(setup.files(), 1, "the object alone");
}

#[tokio::test]
async fn only_one_of_concurrent_joins_and_aborts_succeeds() {
    let setup = Setup::new().await;
    for round in 0..8 {
        let key = format!("a/{round}");
        let id = setup.store.begin_parts(&key, JPEG).await.unwrap();
        let (one, two) = (bytes(1, SMALLEST), bytes(2, 100_000));
        send(&setup.store, &key, &id, 1, &one).await;
        send(&setup.store, &key, &id, 2, &two).await;
        let parts = setup.store.parts(&key, &id).await.unwrap();
        let (joined, again, aborted, late) = futures::join!(
            setup.store.join_parts(&key, &id, &parts),
            setup.store.join_parts(&key, &id, &parts),
            setup.store.abort_parts(&key, &id),
            send(&setup.store, &key, &id, 2, &two)
        );
        aborted.unwrap();
        assert!(late == StatusCode::OK || late == StatusCode::NOT_FOUND, "{late}");
        let whole = hash([one, two].concat());
        match setup.store.read_hash(&key).await {
            Ok((_, found)) => assert_eq!(found, whole),
            Err(error) => {
                assert!(matches!(error, ObjectError::NotFound) && joined.is_err() && again.is_err(), "{error}")
            }
        }
    }
    assert_eq!(setup.store.unfinished_parts("", None, 10).await.unwrap().uploads, []);
    assert_eq!(setup.files(), setup.count().await, "no parts are left");
}
