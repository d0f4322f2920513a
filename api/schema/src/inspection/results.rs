//! The results of a unit inspection, and its signatures.

use app::redacted::Redacted;
use async_graphql::Object;
use domain::id::Id;
use domain::inspection::CheckOutcome;
use domain::{Party, Role};
use store::entity::{check_results, measurements, signatures};
use uuid::Uuid;

use crate::checklist::types::ChecklistItem;
use crate::error::{ApiError, ApiResult};
use crate::photo::types::Photo;
use crate::plan::{ToOne, planned};
use crate::project::types::{Company, Person, row_type};
use crate::project::vocabulary::MeasurementRule;
use crate::scalars::{DateTime, Uid};
use crate::unit::types::Room;

row_type! {
    /// A company's result of a checklist item in a room.
    CheckResult(Redacted<check_results::Model>);
    /// A company's measurement of a checklist item in a room.
    Measurement(Redacted<measurements::Model>);
    /// A party's signature under exactly the content shown to it.
    Signature(Redacted<signatures::Model>);
}

/// An id that is shown to the viewer, none where it was blanked.
fn unless_nil<I: Id>(id: I) -> Option<I> {
    Some(id).filter(|id| *id != I::from(Uuid::nil()))
}

#[Object(use_type_description)]
impl CheckResult {
    /// The result's id.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The room.
    fn room(&self) -> ToOne<Room> {
        ToOne::by(self.0.room_id)
    }

    /// The checklist item.
    fn item(&self) -> ToOne<ChecklistItem> {
        ToOne::by(self.0.item_id)
    }

    /// The finding.
    fn result(&self) -> CheckOutcome {
        self.0.result
    }

    /// Whether the item's rule gave it from a measurement, not a person.
    fn by_measurement(&self) -> bool {
        self.0.measurement_id.is_some()
    }

    /// In words. Staff only.
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The party that found it.
    fn party(&self) -> Party {
        self.0.party
    }

    /// The company that found it. Staff only.
    fn company(&self) -> ToOne<Company> {
        ToOne::by(unless_nil(self.0.company_id))
    }

    /// Who recorded it last. Staff only.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(unless_nil(self.0.person_id))
    }

    /// When it was recorded, by the device's clock.
    fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When the server got it.
    fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }

    /// Raised by one with each change.
    fn version(&self) -> i32 {
        self.0.version
    }
}

#[Object(use_type_description)]
impl Measurement {
    /// The measurement's id.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The room.
    fn room(&self) -> ToOne<Room> {
        ToOne::by(self.0.room_id)
    }

    /// The checklist item.
    fn item(&self) -> ToOne<ChecklistItem> {
        ToOne::by(self.0.item_id)
    }

    /// The rule that judged it.
    fn rule(&self) -> ToOne<MeasurementRule> {
        ToOne::by((self.0.project_id, self.0.rule_code.clone()))
    }

    /// The design value, as a decimal, where the rule needs one.
    fn design(&self) -> Option<&str> {
        self.0.design.as_deref()
    }

    /// The readings, as decimals, in the order measured.
    fn readings(&self) -> ApiResult<Vec<String>> {
        serde_json::from_value(self.0.readings.clone()).map_err(ApiError::internal)
    }

    /// How many readings are out of tolerance 爆点.
    fn out_of_tolerance(&self) -> i32 {
        self.0.out_of_tolerance
    }

    /// Whether all of it is in tolerance.
    fn in_tolerance(&self) -> bool {
        self.0.in_tolerance
    }

    /// The party that measured.
    fn party(&self) -> Party {
        self.0.party
    }

    /// The company that measured. Staff only.
    fn company(&self) -> ToOne<Company> {
        ToOne::by(unless_nil(self.0.company_id))
    }

    /// Who recorded it last. Staff only.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(unless_nil(self.0.person_id))
    }

    /// When it was measured, by the device's clock.
    fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When the server got it.
    fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }

    /// Raised by one with each change.
    fn version(&self) -> i32 {
        self.0.version
    }
}

#[Object(use_type_description)]
impl Signature {
    /// The signature's id.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The party that signed.
    fn party(&self) -> Party {
        self.0.party
    }

    /// In which role.
    fn role(&self) -> Role {
        self.0.role
    }

    /// The signer's name as it was then; for owners only of their own signatures. An owner's name is for delivery
    /// manager, customer relations and property service.
    fn signer_name(&self) -> Option<&str> {
        Some(self.0.signer_name.as_str()).filter(|name| !name.is_empty())
    }

    /// The signer; for owners only themselves.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(unless_nil(self.0.person_id))
    }

    /// The signer's company; null for customers. Staff only.
    fn company(&self) -> ToOne<Company> {
        ToOne::by(self.0.company_id)
    }

    /// The image of the signature; for owners only of their own signatures.
    fn photo(&self) -> ToOne<Photo> {
        ToOne::by(self.0.photo_id)
    }

    /// SHA-256 in hexadecimal of exactly the signed content.
    fn content_hash(&self) -> String {
        hex::encode(&self.0.content_hash)
    }

    /// Which submission was signed.
    fn submission_no(&self) -> i32 {
        self.0.submission_no
    }

    /// When it was signed, by the device's clock.
    fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When the server got it.
    fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }

    /// When a reopening made it history; null while it counts.
    fn superseded_at(&self) -> Option<DateTime> {
        self.0.superseded_at.map(Into::into)
    }
}

planned! {
    CheckResult {
        "id" => leaf(id);
        "room" => one(room);
        "item" => one(item);
        "result" => leaf(result);
        "byMeasurement" => leaf(by_measurement);
        "note" => leaf(note);
        "party" => leaf(party);
        "company" => one(company);
        "person" => one(person);
        "occurredAt" => leaf(occurred_at);
        "recordedAt" => leaf(recorded_at);
        "version" => leaf(version);
    }
}

planned! {
    Measurement {
        "id" => leaf(id);
        "room" => one(room);
        "item" => one(item);
        "rule" => one(rule);
        "design" => leaf(design);
        "readings" => leaf(readings);
        "outOfTolerance" => leaf(out_of_tolerance);
        "inTolerance" => leaf(in_tolerance);
        "party" => leaf(party);
        "company" => one(company);
        "person" => one(person);
        "occurredAt" => leaf(occurred_at);
        "recordedAt" => leaf(recorded_at);
        "version" => leaf(version);
    }
}

planned! {
    Signature {
        "id" => leaf(id);
        "party" => leaf(party);
        "role" => leaf(role);
        "signerName" => leaf(signer_name);
        "person" => one(person);
        "company" => one(company);
        "photo" => one(photo);
        "contentHash" => leaf(content_hash);
        "submissionNo" => leaf(submission_no);
        "occurredAt" => leaf(occurred_at);
        "recordedAt" => leaf(recorded_at);
        "supersededAt" => leaf(superseded_at);
    }
}
