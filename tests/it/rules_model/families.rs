//! Void defects and duplicates in the model. The original of a duplicate is always valid: when it is merged, its
//! duplicates follow; when it becomes void, they are restored.

use super::model::{Model, Status};
use super::people::Severity;

impl Model {
    pub(super) fn void(&mut self, index: usize, duplicate: bool, of: Option<usize>) -> bool {
        match (duplicate, of) {
            (false, _) => {
                self.lay_down(index, false);
                self.bring_back_duplicates(index);
            }
            (true, Some(survivor)) if self.can_repeat(index, survivor) => {
                self.lay_down(index, false);
                self.join(index, survivor);
            }
            (true, _) => return false,
        }
        self.defects[index].events.push("DEFECT_VOIDED");
        true
    }

    pub(super) fn merge(&mut self, index: usize, into: usize) -> bool {
        if !self.can_repeat(index, into) || !self.defects[into].status.is_alive() {
            return false;
        }
        // The most severe one first, because no defect is merged into a less severe one.
        let place = |index: usize| Severity::ALL.iter().position(|severity| *severity == self.defects[index].severity);
        if place(into) > place(index) {
            return false;
        }
        self.lay_down(index, true);
        self.join(index, into);
        self.defects[index].events.push("DEFECT_MERGED");
        true
    }

    /// Another defect of the same unit that is not void.
    fn can_repeat(&self, index: usize, survivor: usize) -> bool {
        let (one, two) = (&self.defects[index], &self.defects[survivor]);
        index != survivor && one.unit == two.unit && two.status != Status::Void
    }

    /// Makes a defect void; the clock stops.
    pub(super) fn lay_down(&mut self, index: usize, merged: bool) {
        let now = self.now;
        let defect = &mut self.defects[index];
        (defect.before_void, defect.shown_before_void) = (Some(defect.status), Some(defect.shown));
        (defect.status, defect.shown) = (Status::Void, Status::Void);
        defect.merged = merged;
        defect.stopped = defect.stopped.or(Some(now));
    }

    fn join(&mut self, index: usize, survivor: usize) {
        self.defects[index].repeats = Some(survivor);
        self.defects[index].named = Some(survivor);
        self.defects[survivor].events.push("DEFECT_DUPLICATE_ADDED");
        for other in self.duplicates_of(index) {
            self.point(other, survivor);
        }
    }

    /// Removes a defect from the original into which it was merged, with the duplicates that it brought along.
    pub(super) fn leave(&mut self, index: usize) {
        let Some(survivor) = self.defects[index].repeats else { return };
        self.defects[survivor].events.push("DEFECT_DUPLICATE_REMOVED");
        for other in self.duplicates_of(survivor) {
            if other != index && self.came_with(other, index, survivor) {
                self.point(other, index);
            }
        }
    }

    pub(super) fn bring_back_duplicates(&mut self, survivor: usize) {
        for other in self.duplicates_of(survivor) {
            let event = if self.defects[other].merged { "DEFECT_UNMERGED" } else { "DEFECT_RESTORED" };
            self.take_back(other, event);
        }
    }

    /// Restores the earlier state. A dispute that ended by voiding stays ended; one that was open when the defect was
    /// merged continues.
    pub(super) fn take_back(&mut self, index: usize, event: &'static str) {
        let (now, days) = (self.now, self.rules.days);
        let defect = &mut self.defects[index];
        let merged = defect.merged;
        let before = defect.before_void.take().filter(|status| *status != Status::Disputed || merged);
        let otherwise = if defect.company.is_some() { Status::Assigned } else { Status::Open };
        defect.status = before.unwrap_or(otherwise);
        defect.shown = defect.shown_before_void.take().unwrap_or(defect.status);
        match defect.status {
            Status::Assigned | Status::InProgress | Status::Rework if !defect.held => defect.run(now, days),
            Status::Open => (defect.due, defect.stopped) = (None, None),
            _ => {}
        }
        (defect.merged, defect.repeats, defect.named) = (false, None, None);
        defect.events.push(event);
    }

    fn duplicates_of(&self, survivor: usize) -> Vec<usize> {
        (0..self.defects.len()).filter(|index| self.defects[*index].repeats == Some(survivor)).collect()
    }

    /// Whether `other` is a duplicate of the original only because `through` was merged into it.
    fn came_with(&self, other: usize, through: usize, survivor: usize) -> bool {
        let mut next = self.defects[other].named;
        while let Some(named) = next {
            if named == through {
                return true;
            }
            if named == survivor {
                return false;
            }
            next = self.defects[named].named;
        }
        false
    }

    fn point(&mut self, other: usize, survivor: usize) {
        self.defects[other].repeats = Some(survivor);
        self.defects[other].events.push("DEFECT_DUPLICATE_MOVED");
    }
}
