//! The complete handover of one home by its people over HTTP: from the import to the owner's signature.

mod camera;
mod contractor_sight;
mod findings;
mod import;
mod inspecting;
mod owner_finding;
mod owner_sight;
mod readiness;
mod remarks;
mod repairing;
mod rounds;
mod second_round;
mod site;

use serde_json::json;
use tests::app::TestApp;
use tests::on_both_databases;

use self::findings::BLOCKING;
use self::inspecting::Unsent;
use self::rounds::Round;
use self::site::Site;

on_both_databases! {
    async fn home_is_inspected_repaired_and_handed_over(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = &import::import(&app).await;
        readiness::expect(site, "mei", &[("NOT_INSPECTED", None)]).await;

        let (first, planned) = Round::open(site, 1, None).await;
        assert_eq!(planned, 40);
        let unsent = inspecting::inspect(site, &first).await;
        sign_first_round(site, &first, unsent).await;
        repair(site).await;

        second_round::meanwhile(site).await;
        let second = second_round::inspect_again(site, &first).await;
        readiness::expect(site, "mei", &[]).await;
        // The other homes are in round 1, too, and not inspected yet.
        assert_eq!(readiness::overview(site).await, [1, 39, 0]);

        hand_over(site, &[&first, &second]).await;
    }
}

/// Round 1 is submitted and signed; the last photo is uploaded; only the open defects block.
async fn sign_first_round(site: &Site<'_>, round: &Round<'_>, unsent: Unsent) {
    let open = readiness::open_defects(site, &BLOCKING);
    let photo = ("PHOTO_MISSING", Some(unsent.id()));
    let unsigned = ("ROUND_NOT_SIGNED", Some(round.inspection));
    readiness::expect(site, "mei", &[&open[..], &[photo, unsigned]].concat()).await;
    assert_eq!(readiness::overview(site).await, [0, 40, 0]);

    assert_eq!(round.run("sun", "SUBMIT", json!({})).await["status"], "SUBMITTED");
    round.sign_by_all().await;
    readiness::expect(site, "mei", &[&open[..], &[photo]].concat()).await;
    unsent.send(site).await;
    readiness::expect(site, "mei", &open).await;
}

/// Contractor A repairs eight and disputes two, and no other contractor verifies or reads them.
async fn repair(site: &Site<'_>) {
    repairing::assign_by_hand(site).await;
    repairing::repair_eight(site).await;
    repairing::contractors_do_not_verify(site).await;
    remarks::talk(site).await;
    contractor_sight::b_reads_nothing_of_a(site).await;
    repairing::dispute(site).await;
    repairing::verify_eight(site).await;
}

/// The owner sees nothing, then his home; his finding is repaired, and he confirms and signs.
async fn hand_over(site: &Site<'_>, rounds: &[&Round<'_>]) {
    for login in ["oleg", "otto"] {
        owner_sight::nothing(site, login, rounds).await;
    }
    owner_sight::open(site).await;
    owner_sight::exactly_his_unit(site).await;
    owner_sight::nothing(site, "otto", rounds).await;
    owner_finding::find(site).await;
    owner_finding::confirm(site).await;
    owner_finding::sign(site).await;
}
