//! What messages and owners' links make of the data of earlier releases.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{inbox_entries, message_attempts, people, sessions, unit_owners};
use tests::ids::v7;
use tests::on_release;

on_release! { "m0003":
    async fn people_keep_their_phones_and_have_no_address_yet(old: Release) {
        let rows = people::Entity::find().all(old.app.db.read()).await.expect("the people");
        assert!(rows.len() > 30 && rows.iter().all(|row| row.email.is_none()));
        let contact = "{ viewer { contact { email phone phoneNumber phoneConfirmed } } }";
        let worker = old.person("sun.worker").await.ask(contact, json!({})).await["viewer"]["contact"].clone();
        let expected = json!({ "email": null, "phone": "+86 138 0000 0001", "phoneNumber": "+8613800000001",
            "phoneConfirmed": false });
        assert_eq!(worker, expected);
        // The first address is the person's to enter.
        let update = "mutation { personUpdate(input: { email: \"sun.bo@main.example\" }) {
            person { email } userErrors { code } } }";
        let updated = old.person("sun.worker").await.ask(update, json!({})).await["personUpdate"].clone();
        assert_eq!(updated, json!({ "person": { "email": "sun.bo@main.example" }, "userErrors": [] }));
    }

    async fn nobody_hears_of_what_was_before_and_everybody_of_what_comes(old: Release) {
        let entries = inbox_entries::Entity::find().count(old.app.db.read()).await.expect("the entries");
        let messages = message_attempts::Entity::find().count(old.app.db.read()).await.expect("the messages");
        assert_eq!((entries, messages), (0, 0));
        assert_eq!(app::inbox::send_due_digests(&old.app).await.expect("the digests"), 0);
        let viewer = "{ viewer { unreadCount messagePreferences { channel digestAt quietFrom switchedOff { kind } } } }";
        let engineer = old.person("lin.site").await;
        let usual = json!({ "channel": null, "digestAt": "07:30", "quietFrom": null, "switchedOff": [] });
        let before = engineer.ask(viewer, json!({})).await["viewer"].clone();
        assert_eq!(before, json!({ "unreadCount": 0, "messagePreferences": usual }));
        let comment = "mutation($input: DefectCommentInput!) { defectComment(input: $input) { userErrors { code } } }";
        let input = json!({ "defectId": old.known["defects"][0], "commentId": v7(), "body": "@lin.site, please look",
            "visibility": "SHARED" });
        let said = old.person("chen.manager").await.ask(comment, json!({ "input": input })).await;
        assert_eq!(said["defectComment"]["userErrors"], json!([]));
        assert_eq!(engineer.ask(viewer, json!({})).await["viewer"]["unreadCount"], 1);
    }

    async fn owners_of_before_own_their_homes_as_before_and_get_links(old: Release) {
        let rows = unit_owners::Entity::find().all(old.app.db.read()).await.expect("the owners");
        assert!(!rows.is_empty());
        for row in rows {
            assert_eq!((row.power_until_day, row.counts_from, row.counts_until), (None, None, None), "{}", row.id);
        }
        let rows = sessions::Entity::find().all(old.app.db.read()).await.expect("the sessions");
        assert!(!rows.is_empty() && rows.iter().all(|row| row.unit_id.is_none() && row.link_id.is_none()));
        // An owner without a password, whose home is not opened yet.
        let owner = people::Entity::find().filter(people::Column::Login.eq("zhou.owner"));
        let owner = owner.one(old.app.db.read()).await.expect("the people").expect("an owner");
        let owned = unit_owners::Entity::find().filter(unit_owners::Column::PersonId.eq(owner.id));
        let owned = owned.one(old.app.db.read()).await.expect("the owners").expect("an ownership");
        let manager = old.person("chen.manager").await;
        let read = "query($id: ID!) { unit(id: $id) { owners { counts powerUntil invite { id } person { name } } } }";
        let owners = manager.ask(read, json!({ "id": owned.unit_id })).await["unit"]["owners"].clone();
        let expected = json!({ "counts": true, "powerUntil": null, "invite": null, "person": { "name": "Zhou Jie" } });
        assert!(owners.as_array().is_some_and(|owners| owners.contains(&expected)), "{owners:#}");
        let invite = "mutation($input: UnitInviteInput!) { unitInvite(input: $input) {
            link codesTo invite { person { name } } userErrors { code } } }";
        let input = json!({ "inviteId": v7(), "unitId": owned.unit_id, "personId": owner.id });
        let made = manager.ask(invite, json!({ "input": input })).await["unitInvite"].clone();
        assert_eq!((&made["userErrors"], &made["invite"]["person"]["name"]), (&json!([]), &json!("Zhou Jie")));
        let token = made["link"].as_str().and_then(|link| link.strip_prefix("/link#")).expect("a link");
        // This server has no channel, so no code can be sent.
        assert_eq!(made["codesTo"], Value::Null);
        let request = "mutation($input: SessionCodeRequestInput!) { sessionCodeRequest(input: $input) {
            userErrors { code } } }";
        let asked = manager.ask(request, json!({ "input": { "token": token } })).await["sessionCodeRequest"].clone();
        assert_eq!(asked["userErrors"], json!([{ "code": "NO_CHANNEL" }]));
    }
}
