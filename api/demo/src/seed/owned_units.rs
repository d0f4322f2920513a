//! Seeds owned units: opening to their owners, owners' reviews, waivers of the delivery manager.

use std::ops::Range;

use app::error::{Error, Result};
use app::photo::declare::PhotoSubject;
use app::unit::open::{UnitsCommand, open_to_owners};
use app::unit::readiness;
use app::unit::review::{Review, review};
use app::unit::waive::{Waive, waive};
use domain::photo::PhotoStage;

use super::Seeder;
use super::photos::Picture;
use crate::people::{MANAGER, OWNERS, RELATIONS, writes_chinese};
use crate::texts::{self, in_language};
use crate::timeline::{OPENED, OwnerAction};

impl Seeder {
    pub(super) async fn home(&mut self, index: usize, action: OwnerAction) -> Result<()> {
        match action {
            OwnerAction::Open => self.open_home(OPENED[index].unit).await,
            OwnerAction::Review => self.review_home(index).await,
        }
    }

    /// Customer relations open a unit to its owners.
    async fn open_home(&mut self, code: &str) -> Result<()> {
        let unit_ids = vec![self.places.unit(code)?.id];
        let reason = Some(in_language(texts::OPENED, writes_chinese(RELATIONS)).to_owned());
        let input = UnitsCommand { unit_ids, reason, occurred_at: None };
        let answers = open_to_owners(self.context(RELATIONS)?, input).await?;
        if let Some(refusal) = answers.into_iter().find_map(|answer| answer.refusal) {
            return Err(refusal.into());
        }
        for owner in OWNERS.iter().filter(|owner| owner.units.iter().any(|(unit, _)| *unit == code)) {
            self.load_person(owner.nick, self.id_of(owner.nick)?).await?;
        }
        Ok(())
    }

    async fn review_home(&self, index: usize) -> Result<()> {
        let opened = &OPENED[index];
        let (rating, body) = opened.review.ok_or_else(|| Error::internal("there is no review"))?;
        let subject = PhotoSubject::Signature { project_id: self.places.project_id };
        let picture = Picture::of_signature(opened.owner)?;
        let photo_id = self.take_photo(opened.owner, subject, PhotoStage::Signature, picture).await?;
        let input = Review {
            review_id: self.app.ids.next(),
            unit_id: self.places.unit(opened.unit)?.id,
            rating: Some(rating),
            body: body.to_owned(),
            signature_photo_id: Some(photo_id),
            content_hash: None,
            occurred_at: None,
        };
        review(self.context(opened.owner)?, input).await.map(drop)
    }

    /// The delivery manager waives the blockers of the first of these units that is not ready.
    pub(super) async fn waive(&self, homes: Range<usize>) -> Result<()> {
        let manager = self.caller(MANAGER)?;
        for home in homes {
            let unit_id = self.places.unit(&self.timeline.homes[home].code)?.id;
            let found = readiness::of_units(&self.app, manager, &[unit_id]).await?.remove(&unit_id);
            let Some(found) = found.filter(|found| !found.ready) else { continue };
            for blocker in found.blockers {
                let input = Waive {
                    waiver_id: self.app.ids.next(),
                    unit_id,
                    blocker: blocker.code,
                    subject_id: blocker.subject_id,
                    reason: in_language(texts::WAIVED, writes_chinese(MANAGER)).to_owned(),
                };
                waive(self.context(MANAGER)?, input).await?;
            }
            return Ok(());
        }
        Ok(())
    }
}
