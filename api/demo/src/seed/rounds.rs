//! Seeds rounds and unit inspections: planning, begin, results, submission, signatures.

use app::context::Context;
use app::error::{Error, Result};
use app::input::{CommandHeader, ReasonedCommand};
use app::inspection;
use app::inspection::results::{MeasurementInput, RecordResults, ResultInput, record_results};
use app::inspection::sign::{Sign, sign};
use app::inspection::submit::{Submission, submit};
use app::photo::declare::PhotoSubject;
use app::round;
use app::round::create::{CreateRound, ScopeInput, create};
use domain::Party;
use domain::id::InspectionId;
use domain::inspection::CheckOutcome;
use domain::photo::PhotoStage;

use super::Seeder;
use super::photos::Picture;
use crate::calendar::Calendar;
use crate::checklist::reading;
use crate::people::{ENGINEERS, ESCORT, MANAGER, SUPERVISORS, writes_chinese};
use crate::texts::{self, in_language};
use crate::timeline::{DefectHistory, InspectionAction, ROUNDS, RoundAction, RoundSpec};

/// The number of readings of a measured item.
const READINGS: usize = 4;

/// The records of a party: results and measurements.
type Records = (Vec<ResultInput>, Vec<MeasurementInput>);

impl Seeder {
    pub(super) async fn round(&mut self, index: usize, action: RoundAction) -> Result<()> {
        let manager = self.caller(MANAGER)?;
        if action == RoundAction::Plan {
            let input = self.plan(&ROUNDS[index])?;
            let round = create(Context::new(&self.app, manager), input).await?;
            self.rounds.push(round.id);
            return Ok(());
        }
        let round_id = self.rounds.get(index).copied();
        let round_id = round_id.ok_or_else(|| Error::internal(format!("round {index} is not planned")))?;
        let header = CommandHeader::on(round_id);
        if action == RoundAction::Close {
            round::close(Context::new(&self.app, manager), header).await?;
            return Ok(());
        }
        round::open(Context::new(&self.app, manager), header).await?;
        let units = self.timeline.homes.iter().map(|home| self.places.unit(&home.code).map(|unit| unit.id));
        let units = units.collect::<Result<Vec<_>>>()?;
        let made = store::inspections::of_units(self.app.db.read(), &manager.visibility(), &units).await?;
        let of_round = made.into_iter().filter(|inspection| inspection.round_id == round_id);
        self.inspections.extend(of_round.map(|inspection| ((index, inspection.unit_id), inspection.id)));
        Ok(())
    }

    fn plan(&self, spec: &RoundSpec) -> Result<CreateRound> {
        let calendar = Calendar::before(self.now, crate::site::TIME_ZONE)?;
        let (from, to) = spec.planned;
        Ok(CreateRound {
            round_id: self.app.ids.next(),
            project_id: self.places.project_id,
            stage: spec.stage.to_owned(),
            number: spec.number,
            name: spec.name.to_owned(),
            planned_from: Some(calendar.day(from)?),
            planned_to: Some(calendar.day(to)?),
            required_parties: spec.parties.to_vec(),
            required_contractors: Vec::new(),
            checklist_id: self.places.checklist_id,
            scope: ScopeInput::Homes,
            occurred_at: None,
        })
    }

    /// The inspection in which a defect is found.
    pub(super) fn inspection_of(&self, history: &DefectHistory) -> Result<Option<InspectionId>> {
        history.found_in.map(|(round, home)| self.inspection_id(round, home)).transpose()
    }

    fn inspection_id(&self, round: usize, home: usize) -> Result<InspectionId> {
        let unit_id = self.places.unit(&self.timeline.homes[home].code)?.id;
        let found = self.inspections.get(&(round, unit_id)).copied();
        found.ok_or_else(|| Error::internal(format!("round {round} does not inspect home {home}")))
    }

    pub(super) async fn inspect(&self, round: usize, home: usize, action: InspectionAction) -> Result<()> {
        let header = CommandHeader::on(self.inspection_id(round, home)?);
        let engineer = inspector(Party::Developer, home);
        match action {
            InspectionAction::Start => inspection::start(self.context(engineer)?, header).await.map(drop),
            InspectionAction::Inaccessible => {
                let reason = in_language(texts::LOCKED, writes_chinese(engineer)).to_owned();
                let input = ReasonedCommand { header, reason };
                inspection::mark_inaccessible(self.context(engineer)?, input).await.map(drop)
            }
            InspectionAction::Record(party) => {
                let (results, measurements) = self.records(round, home, party)?;
                let ctx = self.context(inspector(party, home))?;
                record_results(ctx, RecordResults { header, results, measurements }).await.map(drop)
            }
            InspectionAction::Submit => match submit(self.context(engineer)?, header).await? {
                Submission::Done(_) => Ok(()),
                Submission::Incomplete { refusals, .. } => Err(Error::Refused(refusals)),
            },
            InspectionAction::Sign(party) => self.sign(header, inspector(party, home)).await,
        }
    }

    /// The items that a party inspects: the developer all, the supervisor its own selection.
    fn records(&self, round: usize, home: usize, party: Party) -> Result<Records> {
        let unit = self.places.unit(&self.timeline.homes[home].code)?;
        let failed = |room: &str, part: &str| {
            let here = |history: &&DefectHistory| history.found_in == Some((round, home)) && history.room == room;
            self.timeline.histories.iter().filter(here).any(|history| history.finding.part() == part)
        };
        let mut records = Records::default();
        for (n, room) in unit.rooms.iter().enumerate() {
            if party != Party::Developer && !(n + home).is_multiple_of(3) {
                continue;
            }
            for (m, item) in self.places.items.iter().filter(|item| item.room_type == room.room_type).enumerate() {
                let good = !failed(&room.code, item.part.as_deref().unwrap_or_default());
                let (room_id, item_id) = (room.id, item.id);
                if let Some(rule) = &item.measurement_code {
                    let turn = home + n + m;
                    // One reading is bad, not all of the wall.
                    let readings =
                        (0..READINGS).map(|k| reading(rule, good || k != turn % READINGS, turn + k).to_owned());
                    let design = None;
                    records.1.push(MeasurementInput { room_id, item_id, design, readings: readings.collect() });
                } else {
                    let outcome = if good { CheckOutcome::Pass } else { CheckOutcome::Fail };
                    records.0.push(ResultInput { room_id, item_id, outcome, note: None });
                }
            }
        }
        Ok(records)
    }

    /// Signs the present content of the inspection, with a drawn signature.
    async fn sign(&self, header: CommandHeader<InspectionId>, nick: &str) -> Result<()> {
        let caller = self.caller(nick)?;
        let row = inspection::read::find_inspection(&self.app, caller, header.target).await?;
        let hash = row.and_then(|row| row.into_inner().content_hash);
        let content_hash = hash.ok_or_else(|| Error::internal("the inspection is not submitted"))?;
        let subject = PhotoSubject::Signature { project_id: self.places.project_id };
        let photo_id = self.take_photo(nick, subject, PhotoStage::Signature, Picture::of_signature(nick)?).await?;
        let signature_id = self.app.ids.next();
        let content_hash = hex::encode(content_hash);
        sign(Context::new(&self.app, caller), Sign { header, signature_id, content_hash, photo_id: Some(photo_id) })
            .await
            .map(drop)
    }
}

/// The person who inspects a unit for a party.
const fn inspector(party: Party, home: usize) -> &'static str {
    match party {
        Party::Supervisor => SUPERVISORS[home % 2],
        Party::Property => ESCORT,
        Party::Developer | Party::Contractor | Party::Customer => ENGINEERS[home % 2],
    }
}
