//! The permitted readers of every text and every object of a history, in one table each.

use std::collections::BTreeSet;

use uuid::Uuid;

/// Texts of a history by name, and the parties that may read them: `d` developer, `s` supervisor, `p` property service,
/// `a` and `b` the contractors, `o` the unit's owner. Defects named `a` are contractor A's, `b` B's; `moved` went from
/// A to B.
pub(super) const TEXTS: &[(&str, &str)] = &[
    ("round", "dspabo"),
    ("result of the developer", "dsp"),
    ("result of A", "dspa"),
    ("why inaccessible", "dspab"),
    ("why the inspection was reopened", "dspab"),
    ("description of a", "dspao"),
    ("earlier description of a", "dspa"),
    ("hold that ended", "dspa"),
    ("hold", "dspa"),
    ("assignment", "dspa"),
    ("attempt on a", "dspa"),
    ("fail", "dspa"),
    ("pass", "dspa"),
    ("why a was reopened", "dspa"),
    ("dispute", "dspa"),
    ("why void", "dspa"),
    ("description of the void one", "dspa"),
    ("why merged", "dspa"),
    ("description of the moved one", "dspabo"),
    ("dispute of the moved one", "dspab"),
    ("resolution", "dspab"),
    ("internal of the developer", "d"),
    ("internal of the supervisor", "s"),
    ("internal of the property service", "p"),
    ("internal of A", "a"),
    ("internal of B", "b"),
    ("shared comment", "dspab"),
    ("comment for the owner", "dspabo"),
    ("comment by the owner", "dspabo"),
    ("description of b", "dspbo"),
    ("attempt on b", "dspb"),
    ("owner's finding", "dspao"),
    ("owner's verdict", "dspao"),
    ("waiver of a defect", "dsp"),
    ("waiver of a round", "dsp"),
    ("revocation", "dsp"),
    ("why opened", "dspab"),
    ("review", "dspo"),
    // The GPS position is in the original, which its photographer and the own company may read.
    ("place of the photo", "d"),
    ("place of the repair's photo", "a"),
    ("place of the owner's photo", "o"),
    ("why a photo was written off", "dspa"),
    ("why a photo was withdrawn", "dspa"),
    ("why an original was read", "dspa"),
    ("words on the photo", "dspao"),
    ("description that stands", "dspao"),
    // Those who decide on it, and its author.
    ("description that waits", "ds"),
    // Those who wait for devices, and the devices' people.
    ("tablet of the supervisor", "dsp"),
    ("tablet of A", "dspa"),
    ("why a tablet was excused", "dspa"),
    // Those who may withdraw the invitation.
    ("name of an invited person", "d"),
    ("address of an invited person", "d"),
    // Who looks after messages.
    ("words of a mail server", "d"),
    ("why a message was settled", "d"),
];

/// Objects of a story by kind and name, and the parties that may know of them.
pub(super) const THINGS: &[(&str, &str, &str)] = &[
    ("Project", "project", "dspabo"),
    ("Building", "building", "dspabo"),
    ("Plan", "plan", "dspabo"),
    ("UnitType", "unit type", "dspabo"),
    ("Item", "item", "dspabo"),
    ("Company", "company", "dspab"),
    ("Person", "person", "dspab"),
    ("Rule", "rule", "dspab"),
    ("Membership", "membership", "dspab"),
    ("Ownership", "ownership", "dp"),
    ("Checklist", "checklist", "dspab"),
    // Only the person of a session reads its id, and administrators who query that person's sessions.
    ("Session", "session", ""),
    ("Unit", "unit", "dspabo"),
    ("Room", "room", "dspabo"),
    ("Round", "round", "dspabo"),
    ("Round", "planned round", "dspab"),
    ("Inspection", "inspection", "dspabo"),
    ("Inspection", "inaccessible inspection", "dspabo"),
    ("Signature", "signature", "dspabo"),
    ("Defect", "a", "dspao"),
    ("Defect", "held", "dspao"),
    ("Defect", "disputed", "dspao"),
    ("Defect", "void", "dspa"),
    ("Defect", "merged", "dspa"),
    ("Defect", "moved", "dspabo"),
    ("Defect", "b", "dspbo"),
    ("Defect", "finding", "dspao"),
    ("Defect", "contested", "dspao"),
    ("Defect", "late", "dspao"),
    ("Edit", "description that waits", "ds"),
    ("Tablet", "tablet of A", "dspa"),
    ("Attempt", "attempt", "dspao"),
    ("Attempt", "attempt on b", "dspbo"),
    ("Verdict", "verdict", "dspao"),
    ("Verdict", "owner's verdict", "dspao"),
    ("Dispute", "dispute", "dspa"),
    ("Dispute", "dispute of the moved one", "dspab"),
    ("Comment", "internal of the developer", "d"),
    ("Comment", "internal of the supervisor", "s"),
    ("Comment", "internal of the property service", "p"),
    ("Comment", "internal of A", "a"),
    ("Comment", "internal of B", "b"),
    ("Comment", "shared comment", "dspab"),
    ("Comment", "comment for the owner", "dspabo"),
    ("Comment", "comment by the owner", "dspabo"),
    ("Photo", "before", "dspao"),
    ("Photo", "after", "dspao"),
    ("Photo", "missing", "dspa"),
    ("Photo", "written off", "dspa"),
    ("Photo", "withdrawn", "dspa"),
    ("Photo", "before of b", "dspbo"),
    ("Photo", "owner's", "dspao"),
    ("SignaturePhoto", "signature photo", "dsp"),
    ("SignaturePhoto", "owner's signature photo", "dspo"),
    ("Review", "review", "dspo"),
    ("Waiver", "waiver of a defect", "dsp"),
    ("Waiver", "waiver of a round", "dsp"),
    ("Message", "message in doubt", "d"),
    ("Message", "message that was settled", "d"),
    // Its event is for those who see the owners of units.
    ("UnitInvite", "owner's link", "dp"),
    // Of one person alone.
    ("InboxEntry", "entry of A's lead", ""),
];

/// The parties that may read a text.
pub(super) fn readers(text: &str) -> &'static str {
    let found = TEXTS.iter().find(|(name, _)| *name == text);
    found.unwrap_or_else(|| panic!("say in the table who may read {text:?}")).1
}

/// The kind of an object, and the parties that may know it.
pub(super) fn thing(kind: &str, name: &str) -> (&'static str, &'static str) {
    let found = THINGS.iter().find(|(of, called, _)| *of == kind && *called == name);
    let (kind, _, letters) = found.unwrap_or_else(|| panic!("say in the table who may know of {kind} {name:?}"));
    (kind, letters)
}

/// A text that only some people may read.
pub(super) struct Secret {
    pub(super) name: String,
    /// Its form in answers.
    pub(super) text: String,
    /// The logins of the permitted readers.
    pub(super) who: BTreeSet<String>,
    /// The object, if the text is an id: its history, kind and id.
    pub(super) thing: Option<(&'static str, &'static str, Uuid)>,
}

impl Secret {
    pub(super) fn new(name: String, text: String, who: Vec<String>) -> Self {
        Self { name, text, who: who.into_iter().collect(), thing: None }
    }

    pub(super) fn is_open_to(&self, login: &str) -> bool {
        self.who.contains(login)
    }
}
