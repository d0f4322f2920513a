//! Comments on a defect and their readers: texts that no owner may ever find in an answer.

use serde_json::{Value, json};
use tests::ids::v7;

use super::findings::REPAIRED;
use super::site::Site;
use crate::inspections::setup::text;

/// The defect with the comments.
const TALKED_ABOUT: &str = REPAIRED[0];
/// The text for the owner.
pub(super) const FOR_THE_OWNER: &str = "We come on Tuesday.";
/// Internal texts, names and phones of people, companies, grounds of disputes, and other owners.
pub(super) const SECRETS: [&str; 23] = [
    "Meadow",
    "Aspen",
    "Rowan",
    "Alder",
    "Acacia",
    "Birch",
    "Banyan",
    "Spruce",
    "Hazel",
    "Poplar",
    "Olive",
    "0000 1111",
    "0000 2222",
    "0000 4444",
    "Willow Development",
    "Anchor",
    "Beacon",
    "Steady",
    "Porch",
    "quarrelsome",
    "between us",
    "among staff",
    "DISPUTE",
];

/// Both companies write internal comments, and one writes for all staff and for the owner.
pub(super) async fn talk(site: &Site<'_>) {
    let said = [
        ("adam", "INTERNAL", "between us: we were in a hurry"),
        ("ana", "INTERNAL", "between us: they always are"),
        ("aiko", "SHARED", "among staff: the wall must dry first"),
        ("rosa", "OWNER", FOR_THE_OWNER),
    ];
    for (login, visibility, body) in said {
        let comment = json!({ "commentId": v7(), "body": body, "visibility": visibility });
        site.run(login, "defectComment", TALKED_ABOUT, comment).await;
    }
    for (login, first) in [("adam", said[0].2), ("aiko", said[0].2), ("ana", said[1].2), ("mei", said[1].2)] {
        assert_eq!(heard(site, login).await, [first, said[2].2, said[3].2], "{login}");
    }
    assert_eq!(heard(site, "sun").await, [said[2].2, said[3].2]);
}

/// The comments that a person reads.
pub(super) async fn heard(site: &Site<'_>, login: &str) -> Vec<String> {
    let comments = site.read(login, TALKED_ABOUT, "comments { body }").await["comments"].clone();
    comments.as_array().into_iter().flatten().map(|comment| text(&comment["body"])).collect()
}

/// Asserts that an answer has none of the secrets in it.
pub(super) fn tells_nothing_internal(answer: &Value) {
    let whole = answer.to_string();
    for secret in SECRETS {
        assert!(!whole.contains(secret), "an owner reads {secret:?}:\n{answer:#}");
    }
}
