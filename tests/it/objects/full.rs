//! The embedded store on a full disk.

use super::crash::serve;
use super::*;

/// A store whose files can have at most a megabyte: the system refuses more in the middle of a write, as on a full
/// disk.
async fn start(folder: &TempDir) -> (tokio::process::Child, ObjectStore) {
    let mut shell = tokio::process::Command::new("sh");
    // The signal of that refusal would end the process; a full disk sends none.
    shell.args(["-c", "trap '' XFSZ; ulimit -f 2048; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_object_store")]);
    let (child, address) = serve(&mut shell, folder).await;
    (child, ObjectStore::new(&settings(&address)).unwrap())
}

fn files(folder: &TempDir, below: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path().join(below)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn full_disk_is_reported_leaves_nothing_incomplete_and_the_store_continues() {
    let folder = tempfile::tempdir().unwrap();
    let (_child, store) = start(&folder).await;
    put(&store, "a", "old").await.unwrap();
    let large = parts::bytes(1, 3 << 20);
    let full = store.put("a", large.clone(), JPEG, &hash(&large)).await.unwrap_err();
    assert!(full.is_passing() && full.to_string().contains("InsufficientStorage (HTTP 507)"), "{full}");
    let by_link = store.presign_put("b", large.len() as u64, JPEG, &hash(&large), HOUR);
    assert_eq!(upload(&by_link, large.clone()).await, StatusCode::INSUFFICIENT_STORAGE);
    let id = store.begin_parts("c", JPEG).await.unwrap();
    assert_eq!(parts::send(&store, "c", &id, 1, &large).await, StatusCode::INSUFFICIENT_STORAGE);
    assert_eq!(store.parts("c", &id).await.unwrap(), []);

    assert_eq!(files(&folder, "incoming"), Vec::<String>::new(), "nothing half is left");
    assert_eq!(files(&folder, "buckets/photos"), ["a.obj"]);
    assert_eq!(store.get_bytes("a", 10).await.unwrap(), "old");
    put(&store, "b", "small").await.unwrap();
    assert_eq!(parts::send(&store, "c", &id, 1, &parts::bytes(1, 10)).await, StatusCode::OK);
    store.join_parts("c", &id, &store.parts("c", &id).await.unwrap()).await.unwrap();
    assert_eq!(store.read_hash("c").await.unwrap().1, hash(parts::bytes(1, 10)));
}

#[tokio::test]
async fn full_disk_at_the_join_keeps_the_parts() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::on(folder).await;
    let id = setup.store.begin_parts("a", JPEG).await.unwrap();
    let (one, two) = (parts::bytes(1, 5 << 20), parts::bytes(2, 10));
    for (number, part) in [(1, &one), (2, &two)] {
        assert_eq!(parts::send(&setup.store, "a", &id, number, part).await, StatusCode::OK);
    }
    let named = setup.store.parts("a", &id).await.unwrap();
    setup.running.shutdown().await;

    let (mut child, store) = start(&setup.folder).await;
    let full = store.join_parts("a", &id, &named).await.unwrap_err();
    assert!(full.is_passing(), "{full}");
    assert!(matches!(store.head("a").await, Err(ObjectError::NotFound)));
    assert_eq!(files(&setup.folder, "incoming"), Vec::<String>::new());
    child.kill().await.unwrap();

    let setup = Setup::on(setup.folder).await;
    setup.store.join_parts("a", &id, &setup.store.parts("a", &id).await.unwrap()).await.unwrap();
    assert_eq!(setup.store.read_hash("a").await.unwrap().1, hash([one, two].concat()));
}
