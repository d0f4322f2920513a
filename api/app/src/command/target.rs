//! What each command is about.

use domain::object_kind::ObjectKind as K;
use uuid::Uuid;

use super::Command;
use crate::operation::Target;
use crate::photo::declare::PhotoSubject;

impl Command {
    /// The object that the command makes or changes, and what must be there for it.
    #[must_use]
    pub fn target(&self) -> Target {
        match self {
            Self::UnitInspectionStart(header) | Self::UnitInspectionSubmit(header) => inspection(header.target),
            Self::CheckResultsRecord(input) => inspection(input.header.target),
            Self::CheckResultsClear(input) => inspection(input.header.target),
            Self::UnitInspectionSign(input) => inspection(input.header.target),
            Self::UnitInspectionReopen(input) | Self::UnitInspectionMarkInaccessible(input) => {
                inspection(input.header.target)
            }
            Self::DefectLog(input) => Target::new(K::Defect, input.defect_id, K::Unit, input.unit_id),
            Self::DefectUpdate(input) => defect(input.header.target),
            Self::DefectAssign(input) => defect(input.header.target),
            Self::DefectStart(header) | Self::DefectResume(header) => defect(header.target),
            Self::DefectReportFixed(input) => needing(defect(input.header.target), &input.photo_ids),
            Self::DefectVerify(input) => defect(input.header.target),
            Self::DefectDispute(input) => defect(input.header.target),
            Self::DefectResolveDispute(input) => defect(input.header.target),
            Self::DefectVoid(input) => defect(input.header.target),
            Self::DefectWithdraw(input)
            | Self::DefectRestore(input)
            | Self::DefectReopen(input)
            | Self::DefectHold(input) => defect(input.header.target),
            Self::DefectMerge(input) => needing(defect(input.header.target), &[input.into]),
            Self::DefectUnmerge(input) => defect(input.header.target),
            Self::DefectComment(input) => Target::new(K::Comment, input.comment_id, K::Defect, input.header.target),
            Self::PhotoUploadCreate(input) => declared_photo(input.photo_id, input.subject),
            Self::PhotoMark(input) => Target::on(K::Photo, input.photo_id),
            Self::PhotoWithdraw(input) => Target::on(K::Photo, input.header.target),
            Self::PhotoUpdate(input) => needing(Target::on(K::Photo, input.header.target), input.defect_id.as_slice()),
            Self::UnitReview(input) => {
                let review = Target::new(K::Review, input.review_id, K::Unit, input.unit_id);
                needing(review, input.signature_photo_id.as_slice())
            }
        }
    }
}

const fn inspection(id: Uuid) -> Target {
    Target::on(K::UnitInspection, id)
}

const fn defect(id: Uuid) -> Target {
    Target::on(K::Defect, id)
}

const fn declared_photo(id: Uuid, subject: PhotoSubject) -> Target {
    match subject {
        PhotoSubject::Defect(defect_id) => Target::new(K::Photo, id, K::Defect, defect_id),
        PhotoSubject::Signature { project_id } => Target::new(K::Photo, id, K::Project, project_id),
    }
}

fn needing(target: Target, needs: &[Uuid]) -> Target {
    Target { needs: needs.to_vec(), ..target }
}
