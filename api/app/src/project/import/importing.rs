//! One import at a time for each person.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::PersonId;
use domain::{Caller, RefusalCode};

use crate::error::Result;

/// The people whose imports are being done by this process.
#[derive(Debug, Clone, Default)]
pub struct Importing(Arc<Mutex<HashSet<PersonId>>>);

impl Importing {
    /// Begins an import of this person; it lasts as long as the returned value.
    ///
    /// # Errors
    /// `IMPORT_RUNNING` while another import of the person is being done.
    pub(super) fn begin(&self, caller: &Caller) -> Result<Turn> {
        if self.lock().insert(caller.person_id) {
            Ok(Turn { importing: self.clone(), person_id: caller.person_id })
        } else {
            Err(RefusalCode::ImportRunning.into())
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<PersonId>> {
        // A panic cannot leave the set half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A person's import while it is being done.
pub(super) struct Turn {
    importing: Importing,
    person_id: PersonId,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.importing.lock().remove(&self.person_id);
    }
}
