//! The contents of creates and operations, as databases hold fingerprints of them. A name that changes here gives every
//! repetition another content. A new field is left out while it holds its default.

use domain::defect::Severity;
use domain::photo::PhotoStage;
use domain::unit::OwnerKind;
use domain::unit::readiness::BlockerCode;
use domain::{Language, Party, Role};
use jiff::civil::date;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::checklist::ItemInput;
use crate::checklist::create::CreateChecklist;
use crate::credentials::invitation::{Invited, InvitedUnit};
use crate::credentials::invite::Invite;
use crate::defect::PinInput;
use crate::defect::log::LogDefect;
use crate::operation::Operation;
use crate::photo::declare::{DeclarePhoto, PhotoSubject};
use crate::round::create::{CreateRound, ScopeInput};
use crate::unit::review::Review;
use crate::unit::waive::Waive;

/// An id of the tests; the expected texts write it as `@` and its last digit.
fn id<I: From<Uuid>>(digit: u128) -> I {
    Uuid::from_u128(digit).into()
}

fn check(content: &impl Serialize, expected: &str) {
    let expected = expected.replace('@', "00000000-0000-0000-0000-00000000000");
    assert_eq!(canonical(content).expect("JSON"), expected);
}

fn bare_defect() -> LogDefect {
    LogDefect {
        defect_id: id(1),
        unit_id: id(2),
        room_id: None,
        type_code: "WALL.CRACK".to_owned(),
        description: None,
        severity: None,
        trade: None,
        pin: None,
        inspection_id: None,
        check_item_id: None,
        occurred_at: Some(domain::Timestamp(1)),
    }
}

#[test]
fn a_fingerprint_is_the_sha256_of_the_canonical_text() {
    let hash = hex::encode(fingerprint(&bare_defect()).expect("a fingerprint"));
    assert_eq!(hash, "4bdd9bd50bcfe6925f91f280371f7aa378b80a74b2d89d671b8927420a3170b6");
}

#[test]
fn a_defect() {
    check(
        &bare_defect(),
        r#"{"check_item_id":null,"defect_id":"@1","description":null,"inspection_id":null,"pin":null,"room_id":null,"severity":null,"trade":null,"type_code":"WALL.CRACK","unit_id":"@2"}"#,
    );
    let whole = LogDefect {
        room_id: Some(id(3)),
        description: Some("wet 墙".to_owned()),
        severity: Some(Severity::Major),
        trade: Some("PLASTER".to_owned()),
        pin: Some(PinInput { x: 0.25, y: 0.5, plan_id: Some(id(4)) }),
        inspection_id: Some(id(5)),
        check_item_id: Some(id(6)),
        ..bare_defect()
    };
    check(
        &whole,
        r#"{"check_item_id":"@6","defect_id":"@1","description":"wet 墙","inspection_id":"@5","pin":{"plan_id":"@4","x":0.25,"y":0.5},"room_id":"@3","severity":"MAJOR","trade":"PLASTER","type_code":"WALL.CRACK","unit_id":"@2"}"#,
    );
}

#[test]
fn a_photo_of_a_defect_and_one_of_a_signature() {
    let photo = |subject, stage| DeclarePhoto {
        photo_id: id(1),
        sha256: "ab".to_owned(),
        byte_size: 1_000,
        content_type: "image/jpeg".to_owned(),
        width: Some(64),
        height: Some(48),
        subject,
        stage,
        occurred_at: Some(domain::Timestamp(1)),
        device_id: Some(id(9)),
    };
    check(
        &photo(PhotoSubject::Defect(id(2)), PhotoStage::Before),
        r#"{"byte_size":1000,"content_type":"image/jpeg","photo_id":"@1","sha256":"ab","stage":"BEFORE","subject":{"Defect":"@2"}}"#,
    );
    check(
        &photo(PhotoSubject::Signature { project_id: id(3) }, PhotoStage::Signature),
        r#"{"byte_size":1000,"content_type":"image/jpeg","photo_id":"@1","sha256":"ab","stage":"SIGNATURE","subject":{"Signature":{"project_id":"@3"}}}"#,
    );
}

#[test]
fn a_review_of_a_unit() {
    let review = Review {
        review_id: id(1),
        unit_id: id(2),
        rating: Some(4),
        body: "bright".to_owned(),
        signature_photo_id: Some(id(3)),
        content_hash: Some("ab".to_owned()),
        occurred_at: Some(domain::Timestamp(1)),
    };
    check(
        &review,
        r#"{"body":"bright","content_hash":"ab","rating":4,"review_id":"@1","signature_photo_id":"@3","unit_id":"@2"}"#,
    );
}

#[test]
fn a_round() {
    let round = |scope, required_contractors| CreateRound {
        round_id: id(1),
        project_id: id(2),
        stage: "HANDOVER".to_owned(),
        number: 3,
        name: "Round 3".to_owned(),
        planned_from: Some(date(2026, 3, 2)),
        planned_to: None,
        required_parties: vec![Party::Developer, Party::Contractor],
        required_contractors,
        checklist_id: id(4),
        scope,
        occurred_at: Some(domain::Timestamp(1)),
    };
    // Named contractors came later: a round without them has the fingerprint of before.
    check(
        &round(ScopeInput::Homes, Vec::new()),
        r#"{"checklist_id":"@4","name":"Round 3","number":3,"planned_from":"2026-03-02","planned_to":null,"project_id":"@2","required_parties":["DEVELOPER","CONTRACTOR"],"round_id":"@1","scope":"Homes","stage":"HANDOVER"}"#,
    );
    check(
        &round(ScopeInput::Buildings(vec![id(5)]), vec![id(7)]),
        r#"{"checklist_id":"@4","name":"Round 3","number":3,"planned_from":"2026-03-02","planned_to":null,"project_id":"@2","required_contractors":["@7"],"required_parties":["DEVELOPER","CONTRACTOR"],"round_id":"@1","scope":{"Buildings":["@5"]},"stage":"HANDOVER"}"#,
    );
    check(
        &round(ScopeInput::Units(vec![id(6)]), Vec::new()),
        r#"{"checklist_id":"@4","name":"Round 3","number":3,"planned_from":"2026-03-02","planned_to":null,"project_id":"@2","required_parties":["DEVELOPER","CONTRACTOR"],"round_id":"@1","scope":{"Units":["@6"]},"stage":"HANDOVER"}"#,
    );
}

#[test]
fn a_checklist() {
    let item = ItemInput {
        code: "LIV-1".to_owned(),
        room_type: "LIVING".to_owned(),
        part: Some("WALL".to_owned()),
        zh: "检查".to_owned(),
        en: "Look".to_owned(),
        mandatory: true,
        measurement_code: None,
    };
    let checklist = CreateChecklist {
        checklist_id: id(1),
        project_id: id(2),
        name: "Home".to_owned(),
        items: vec![item],
        occurred_at: Some(domain::Timestamp(1)),
    };
    check(
        &checklist,
        r#"{"checklist_id":"@1","items":[{"code":"LIV-1","en":"Look","mandatory":true,"measurement_code":null,"part":"WALL","room_type":"LIVING","zh":"检查"}],"name":"Home","project_id":"@2"}"#,
    );
}

#[test]
fn a_waiver() {
    let waiver = Waive {
        waiver_id: id(1),
        unit_id: id(2),
        blocker: BlockerCode::PhotoMissing,
        subject_id: Some(id(3)),
        reason: "seen on site".to_owned(),
    };
    check(
        &waiver,
        r#"{"blocker":"PHOTO_MISSING","reason":"seen on site","subject_id":"@3","unit_id":"@2","waiver_id":"@1"}"#,
    );
}

#[test]
fn an_invitation_of_staff_and_of_an_owner() {
    let invite = |phone: Option<&str>, language, invited| Invite {
        invitation_id: id(1),
        project_id: id(2),
        login: "zhou".to_owned(),
        name: "Zhou".to_owned(),
        phone: phone.map(str::to_owned),
        // It came later: an invitation without one has the fingerprint of before.
        email: None,
        language,
        invited,
    };
    check(
        &invite(Some("1"), Some(Language::Zh), Invited::Member { company_id: id(3), role: Role::Worker }).content(),
        r#"{"invitation":{"invitation_id":"@1","invited":{"Member":{"company_id":"@3","role":"WORKER"}},"language":"ZH","login":"zhou","name":"Zhou","phone":"1","project_id":"@2"}}"#,
    );
    let units = vec![InvitedUnit { unit_id: id(4), kind: OwnerKind::CoOwner, until: None }];
    check(
        &invite(None, None, Invited::Owner { units }).content(),
        r#"{"invitation":{"invitation_id":"@1","invited":{"Owner":{"units":[{"kind":"CO_OWNER","unitId":"@4"}]}},"language":null,"login":"zhou","name":"Zhou","phone":null,"project_id":"@2"}}"#,
    );
}

#[test]
fn a_pushed_operation() {
    let input = json!({ "reason": "no paint", "defectId": id::<Uuid>(3) });
    let operation = Operation {
        base_version: Some(2),
        command: "defectHold",
        occurred_at: Some(domain::Timestamp(1)),
        ..Operation::unreadable(id(1), id(2), input)
    };
    check(
        &operation.content(),
        r#"{"baseVersion":2,"command":"defectHold","input":{"defectId":"@3","reason":"no paint"}}"#,
    );
    let blind = Operation { base_version: None, ..operation };
    check(
        &blind.content(),
        r#"{"baseVersion":null,"command":"defectHold","input":{"defectId":"@3","reason":"no paint"}}"#,
    );
}
