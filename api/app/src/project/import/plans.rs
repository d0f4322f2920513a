//! Floor plans of unit types: a new picture is a new version, so that old pins keep their place.

use domain::id::{ProjectId, UnitTypeId};
use domain::import::ImportedKind;
use domain::object_kind::ObjectKind;
use store::entity::{unit_type_plans, unit_types};

use super::pictures::{Picture, StoredPicture};
use super::places::UnitTypes;
use super::report::Tally;
use super::write::Import;
use crate::App;
use crate::error::{Error, Result};

/// Puts the pictures into the object store, under keys made of their content. This happens before the transaction,
/// because an unused object does no harm, while a row without its bytes does.
pub(super) async fn store_pictures(
    app: &App,
    project_id: ProjectId,
    pictures: Vec<Picture>,
) -> Result<Vec<StoredPicture>> {
    let known = store::import::plan_hashes(app.db.read(), project_id).await?;
    let mut stored = Vec::with_capacity(pictures.len());
    for picture in pictures {
        let key = format!("projects/{project_id}/plans/{}", hex::encode(picture.sha256));
        if !known.contains(picture.sha256.as_slice()) {
            let put = app.objects.put(&key, picture.bytes.clone(), picture.content_type.as_str(), &picture.sha256);
            put.await.map_err(Error::internal)?;
        }
        stored.push(StoredPicture { picture, key });
    }
    Ok(stored)
}

impl Import<'_> {
    pub(super) async fn plans(&mut self, unit_types: &mut UnitTypes) -> Result<()> {
        let there = store::import::load::<unit_type_plans::Entity>(&self.work.tx, self.project_id).await?;
        let mut tally = Tally::new(ImportedKind::Plan);
        let (mut plans, mut types) = (Vec::new(), Vec::new());
        for stored in &self.file.pictures {
            let code = &self.file.document.unit_types[stored.picture.unit_type].code;
            let Some(unit_type) = unit_types.get_mut(code) else { continue };
            let current = there.iter().find(|plan| Some(plan.id) == unit_type.current_plan_id);
            if current.is_some_and(|plan| plan.sha256.as_deref() == Some(stored.picture.sha256.as_slice())) {
                tally.unchanged += 1;
                continue;
            }
            if current.is_some() {
                tally.updated += 1
            } else {
                tally.created += 1
            }
            let earlier = there.iter().filter(|plan| plan.unit_type_id == unit_type.id).map(|plan| plan.number).max();
            let plan = self.plan(unit_type, stored, earlier.unwrap_or_default() + 1)?;
            unit_type.current_plan_id = Some(plan.id);
            plans.push(plan);
            types.push(unit_type.clone());
        }
        let changed: Vec<UnitTypeId> = types.iter().map(|row| row.id).collect();
        store::import::save::<unit_type_plans::Entity>(&self.work.tx, plans).await?;
        store::import::save::<unit_types::Entity>(&self.work.tx, types).await?;
        for id in changed {
            self.mark_changed(ObjectKind::UnitType, id);
        }
        self.tallies.push(tally);
        Ok(())
    }

    fn plan(
        &self,
        unit_type: &unit_types::Model,
        stored: &StoredPicture,
        number: i32,
    ) -> Result<unit_type_plans::Model> {
        let picture = &stored.picture;
        Ok(unit_type_plans::Model {
            id: self.work.new_id(),
            project_id: self.project_id,
            unit_type_id: unit_type.id,
            number,
            object_key: Some(stored.key.clone()),
            content_type: picture.content_type,
            width: i32::try_from(picture.width).map_err(Error::internal)?,
            height: i32::try_from(picture.height).map_err(Error::internal)?,
            sha256: Some(picture.sha256.to_vec()),
            created_at: self.work.now.0,
        })
    }
}
