//! The device's time in the input of each command.

use domain::Timestamp;

use crate::defect::assign::Assign;
use crate::defect::comment::Comment;
use crate::defect::dispute::{DisputeDefect, ResolveDispute};
use crate::defect::log::LogDefect;
use crate::defect::merge::{MergeDefect, UnmergeDefect};
use crate::defect::report_fixed::ReportFixed;
use crate::defect::update::UpdateDefect;
use crate::defect::verify::Verify;
use crate::defect::void::VoidDefect;
use crate::input::{CommandHeader, ReasonedCommand};
use crate::inspection::results::RecordResults;
use crate::inspection::results::clear::ClearResults;
use crate::inspection::sign::Sign;
use crate::photo::annotate::AnnotatePhoto;
use crate::photo::corrections::UpdatePhoto;
use crate::photo::declare::DeclarePhoto;
use crate::unit::review::Review;

/// An input with the device's time.
pub(super) trait Timed {
    /// The device's time.
    fn occurred_at(&self) -> Option<Timestamp>;
    /// Sets the device's time.
    fn set_occurred_at(&mut self, moment: Option<Timestamp>);
}

macro_rules! timed {
    ($input:ident $(<$id:ident>)? => $($field:ident).+) => {
        impl $(<$id>)? Timed for $input $(<$id>)? {
            fn occurred_at(&self) -> Option<Timestamp> {
                self.$($field).+
            }

            fn set_occurred_at(&mut self, moment: Option<Timestamp>) {
                self.$($field).+ = moment;
            }
        }
    };
}

timed!(CommandHeader<I> => occurred_at);
timed!(LogDefect => occurred_at);
timed!(DeclarePhoto => occurred_at);
timed!(AnnotatePhoto => occurred_at);
timed!(Review => occurred_at);
timed!(ReasonedCommand<I> => header.occurred_at);
timed!(Assign => header.occurred_at);
timed!(Comment => header.occurred_at);
timed!(DisputeDefect => header.occurred_at);
timed!(ResolveDispute => header.occurred_at);
timed!(MergeDefect => header.occurred_at);
timed!(UnmergeDefect => header.occurred_at);
timed!(ReportFixed => header.occurred_at);
timed!(UpdateDefect => header.occurred_at);
timed!(Verify => header.occurred_at);
timed!(VoidDefect => header.occurred_at);
timed!(RecordResults => header.occurred_at);
timed!(ClearResults => header.occurred_at);
timed!(Sign => header.occurred_at);
timed!(UpdatePhoto => header.occurred_at);
