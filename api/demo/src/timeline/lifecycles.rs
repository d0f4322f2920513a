//! The lives of the demo's defects: their steps and the times of these.

use domain::defect::{CommentVisibility, DisputeGround};

use When::{Before, In};

/// The time of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// This number of working days after the step before.
    In(usize),
    /// This number of working days before today.
    Before(usize),
}

/// One command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The developer makes a company responsible by hand.
    Assign(&'static str),
    /// The lead names a worker.
    Name,
    /// The worker begins.
    Start,
    /// The worker reports the repair.
    Fix,
    /// A verifier passes it.
    Pass,
    /// A verifier sends it back.
    Fail,
    /// The lead disputes.
    Dispute(DisputeGround),
    /// The developer upholds the assignment.
    Uphold,
    /// The developer makes another company responsible.
    Reassign,
    /// The developer agrees that it is no defect.
    Withdraw,
    /// The developer stops the clock.
    Hold,
    /// The developer lets it run again.
    Resume,
    /// Entered in error.
    VoidError,
    /// No defect.
    VoidNone,
    /// A duplicate of the defect that the history duplicates.
    VoidDuplicate,
    /// Taken back from void.
    Restore,
    /// Merged into the defect that the history duplicates.
    Merge,
    /// The merge is undone.
    Unmerge,
    /// The property service finds it again.
    Reopen,
    /// A comment: by the lead to the own company, by the engineer to all staff, by customer relations to the owner.
    Say(CommentVisibility),
    /// The owner confirms the repair.
    Confirm,
    /// The owner rejects the repair.
    Reject,
}

use Step::{
    Assign, Dispute, Fail, Fix, Hold, Merge, Name, Pass, Reassign, Reopen, Restore, Resume, Say, Start, Unmerge,
    Uphold, VoidDuplicate, VoidError, VoidNone, Withdraw,
};

/// The steps of several defects.
pub(crate) struct Lifecycle {
    pub(crate) count: usize,
    pub(crate) steps: &'static [(When, Step)],
}

const fn lifecycle(count: usize, steps: &'static [(When, Step)]) -> Lifecycle {
    Lifecycle { count, steps }
}

const INTERNAL: Step = Say(CommentVisibility::Internal);
const SHARED: Step = Say(CommentVisibility::Shared);

/// Closed or void defects of the first round.
pub(super) const OVER: &[Lifecycle] = &[
    lifecycle(46, &[(In(1), Name), (In(1), Start), (In(2), Fix), (In(1), Pass)]),
    lifecycle(8, &[(In(1), Name), (In(0), INTERNAL), (In(1), Start), (In(2), Fix), (In(1), Pass), (In(0), SHARED)]),
    lifecycle(16, &[(In(3), Fix), (In(2), Pass)]),
    // After the due time.
    lifecycle(6, &[(In(2), Name), (In(14), Fix), (In(1), Pass)]),
    lifecycle(9, &[(In(1), Name), (In(1), Start), (In(2), Fix), (In(1), Fail), (In(3), Fix), (In(1), Pass)]),
    // Escalated by three failed attempts.
    lifecycle(
        2,
        &[
            (In(1), Fix),
            (In(1), Fail),
            (In(2), Fix),
            (In(1), Fail),
            (In(2), Fix),
            (In(1), Fail),
            (In(0), SHARED),
            (In(3), Fix),
            (In(1), Pass),
        ],
    ),
    lifecycle(2, &[(In(2), Fix), (In(1), Pass), (In(6), Reopen), (In(2), Fix), (In(1), Pass)]),
    lifecycle(2, &[(In(1), Dispute(DisputeGround::NotOurs)), (In(2), Uphold), (In(2), Fix), (In(1), Pass)]),
    lifecycle(2, &[(In(1), Dispute(DisputeGround::NotOurs)), (In(1), Reassign), (In(3), Fix), (In(1), Pass)]),
    lifecycle(2, &[(In(1), Dispute(DisputeGround::NotADefect)), (In(2), Withdraw)]),
    lifecycle(2, &[(In(2), Hold), (In(5), Resume), (In(1), Fix), (In(1), Pass)]),
    lifecycle(2, &[(In(1), VoidError)]),
    lifecycle(1, &[(In(2), VoidNone)]),
    lifecycle(1, &[(In(1), VoidNone), (In(1), Restore), (In(2), Fix), (In(1), Pass)]),
];

/// Living defects of the first round.
pub(super) const ALIVE: &[Lifecycle] = &[
    lifecycle(3, &[(In(2), Fix), (In(1), Pass), (Before(5), Reopen)]),
    lifecycle(6, &[(In(1), Name), (In(2), Start), (Before(2), Fix)]),
    lifecycle(3, &[(In(2), Fix), (In(1), Fail), (Before(1), Fix)]),
    lifecycle(5, &[(In(1), Name), (In(1), Start), (In(5), Fix), (Before(4), Fail), (In(0), SHARED)]),
    // Escalated, and still alive.
    lifecycle(2, &[(In(1), Fix), (In(1), Fail), (In(3), Fix), (In(1), Fail), (In(4), Fix), (Before(3), Fail)]),
    // Overdue.
    lifecycle(4, &[(In(1), Name), (Before(9), Start), (In(0), INTERNAL)]),
    lifecycle(3, &[(In(2), Name)]),
    lifecycle(2, &[]),
    lifecycle(3, &[(In(2), Name), (Before(4), Dispute(DisputeGround::NotOurs))]),
    lifecycle(1, &[(Before(3), Dispute(DisputeGround::NotADefect))]),
    lifecycle(1, &[(In(3), Dispute(DisputeGround::NotOurs)), (Before(6), Reassign)]),
    lifecycle(3, &[(In(1), Name), (In(3), Hold)]),
];

/// Defects of the first round without a responsibility rule.
pub(super) const UNROUTED: &[Lifecycle] = &[
    lifecycle(7, &[]),
    lifecycle(6, &[(In(1), Assign("HENGTAI")), (In(1), Name), (In(4), Fix), (In(1), Pass)]),
    lifecycle(2, &[(In(1), Assign("HENGTAI")), (In(1), Name), (Before(2), Start)]),
];

/// Defects that another person had already logged.
pub(super) const DUPLICATES: &[Lifecycle] = &[
    lifecycle(2, &[(In(1), VoidDuplicate)]),
    lifecycle(3, &[(In(1), Merge)]),
    lifecycle(1, &[(In(1), Merge), (In(0), Unmerge), (In(3), Fix), (In(1), Pass)]),
];

/// The steps of the originals of duplicates.
pub(super) const DUPLICATED: &[(When, Step)] = &[(In(2), Name), (In(1), Start), (In(2), Fix), (In(1), Pass)];

/// Defects of the second round; steps in the future are left out.
pub(super) const SECOND: &[Lifecycle] = &[
    lifecycle(8, &[(In(1), Name), (In(1), Start), (In(2), Fix), (In(1), Pass)]),
    lifecycle(6, &[(In(2), Fix), (In(1), Pass)]),
    lifecycle(6, &[(In(1), Name)]),
    lifecycle(4, &[(In(1), Name), (In(1), Start)]),
    lifecycle(4, &[(In(1), Name), (In(1), Fix), (In(1), Fail)]),
];

/// Defects of the common parts.
pub(super) const COMMON: &[Lifecycle] = &[
    lifecycle(4, &[(In(1), Assign("HENGTAI")), (In(3), Fix), (In(1), Pass)]),
    lifecycle(2, &[(In(2), Assign("ANJIE"))]),
    lifecycle(2, &[]),
];

/// Every step list of a table, repeated by its count.
pub(super) fn led(lives: &'static [Lifecycle]) -> impl Iterator<Item = &'static [(When, Step)]> {
    lives.iter().flat_map(|life| std::iter::repeat_n(life.steps, life.count))
}
