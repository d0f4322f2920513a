//! Messages, links and invitations in the history of a home, and what people hear of it.

use serde_json::json;
use tests::ids::v7;

use super::History;

impl History<'_> {
    /// A message to the owner of which nobody knows whether it was sent.
    pub(super) async fn message(&mut self) {
        let id = self.fixture.message_in_doubt().await;
        self.note("Message", "message in doubt", id);
        let words = self.text("words of a mail server");
        self.fixture.answer_message(id, &words).await;
        let settled = self.fixture.message_in_doubt().await;
        self.note("Message", "message that was settled", settled);
        let note = self.text("why a message was settled");
        let input = json!({ "messageAttemptId": settled, "resolution": "FAILED", "note": note });
        self.fixture.run("manager", "messageResolve", input).await;
    }

    /// Customer relations make the owner's link to the home.
    pub(super) async fn link(&mut self) {
        let id = self.note("UnitInvite", "owner's link", v7());
        let owner = self.fixture.app.person_id(&self.fixture.login("owner"));
        let input = json!({ "inviteId": id, "unitId": self.fixture.unit_id(), "personId": owner });
        self.fixture.run("relations", "unitInvite", input).await;
    }

    /// What contractor A's lead has heard of the first defect.
    pub(super) async fn hear(&mut self) {
        let lead = self.fixture.login("lead.a");
        let id = self.fixture.entry_of("lead.a", self.id("Defect", "a")).await;
        self.note("InboxEntry", "entry of A's lead", id);
        self.secrets.last_mut().expect("noted").who.insert(lead);
    }

    /// The delivery manager invites a person who has not accepted yet.
    pub(super) async fn invite(&mut self) {
        let name = self.text("name of an invited person");
        let email = self.address("address of an invited person");
        let project = self.fixture.project;
        let invitation = json!({ "invitationId": v7(), "projectId": project.id, "login": "invited", "name": name,
            "email": email, "companyId": project.company("DEV"), "role": "SITE_ENGINEER" });
        self.fixture.run("manager", "memberInvite", invitation).await;
    }
}
