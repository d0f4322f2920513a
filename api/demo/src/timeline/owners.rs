//! Homes that are opened to their owners: findings, their outcome, and reviews.

use app::error::{Error, Result};
use domain::defect::CommentVisibility;

use super::defects::{self, DefectHistory};
use super::lifecycles::{Step, When};
use super::{Action, Timeline};
use crate::calendar::Calendar;
use crate::findings;
use crate::plans::PlanSpec;

use Step::{Assign, Confirm, Fix, Name, Pass, Reject, Say, Start};
use When::In;

/// A home that is opened.
pub(crate) struct Opened {
    /// The unit's code.
    pub(crate) unit: &'static str,
    /// The owner.
    pub(crate) owner: &'static str,
    /// Stars and text of the review, if there is one.
    pub(crate) review: Option<(i32, &'static str)>,
    /// The life of each finding.
    findings: &'static [&'static [(When, Step)]],
}

/// The actions on such a home besides those on its defects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnerAction {
    /// The developer opens it.
    Open,
    /// The owner reviews it.
    Review,
}

const TOLD: Step = Say(CommentVisibility::Owner);

/// The homes.
pub(crate) const OPENED: &[Opened] = &[
    Opened {
        unit: "1-1-202",
        owner: "emma.clark",
        review: None,
        findings: &[
            &[(In(0), TOLD), (In(1), Start), (In(1), Fix), (In(1), Confirm)],
            &[(In(1), Fix), (In(0), Reject), (In(1), Fix)],
            &[(In(2), Fix)],
            &[(In(1), Assign("YAJU")), (In(0), Name)],
        ],
    },
    Opened {
        unit: "1-1-301",
        owner: "zhang.wei",
        review: Some((4, "整体不错，整改很及时。厨房柜门已经调好，希望交付前再保洁一次。")),
        findings: &[&[(In(1), Fix), (In(1), Pass), (In(0), Confirm)], &[(In(1), Name), (In(1), Fix), (In(1), Confirm)]],
    },
    Opened { unit: "1-1-403", owner: "xu.hong", review: None, findings: &[&[(In(1), Name), (In(1), Start)]] },
    Opened {
        unit: "1-1-501",
        owner: "sofia.rossi",
        review: Some((
            5,
            "Everything that I found was repaired within two days. Thank you, I look forward to moving in.",
        )),
        findings: &[&[(In(1), Fix), (In(1), Confirm)]],
    },
    Opened {
        unit: "1-1-602",
        owner: "yang.lin",
        review: Some((3, "采光很好，但隔壁装修声音大，主卧衣柜移门还不太顺。")),
        findings: &[&[(In(1), Name)]],
    },
];

/// The working day before today on which the homes are opened.
const DAY: usize = 5;

pub(super) fn write(timeline: &mut Timeline, calendar: &Calendar, plans: &[PlanSpec]) -> Result<()> {
    for (n, opened) in OPENED.iter().enumerate() {
        let minutes = i64::try_from(n * 9).unwrap_or(0);
        timeline.add(calendar.at(DAY, 17 * 60 + minutes)?, Action::Owner(n, OwnerAction::Open));
        for (m, steps) in opened.findings.iter().enumerate() {
            let history = history(timeline, plans, opened, n + m)?;
            let minute = 10 * 60 + minutes + i64::try_from(m * 6).unwrap_or(0);
            defects::schedule(timeline, calendar, history, (DAY - 1, minute), steps)?;
        }
        if opened.review.is_some() {
            timeline.add(calendar.at(1, 19 * 60 + minutes)?, Action::Owner(n, OwnerAction::Review));
        }
    }
    timeline.add(calendar.ago(35), Action::Waive(18, 24));
    Ok(())
}

fn history(timeline: &Timeline, plans: &[PlanSpec], opened: &Opened, turn: usize) -> Result<DefectHistory> {
    let home = timeline.homes.iter().find(|home| home.code == opened.unit);
    let home = home.ok_or_else(|| Error::internal(format!("there is no home {}", opened.unit)))?;
    let (finding, room) = defects::room_for(plans, home.unit_type, findings::OWN, turn)?;
    Ok(DefectHistory {
        finding,
        unit: home.code.clone(),
        room: room.code.to_owned(),
        room_type: room.room_type,
        pin: Some(defects::pin_in(room, 500 + turn as u64)),
        by: opened.owner,
        found_in: None,
        duplicate_of_history: None,
    })
}
