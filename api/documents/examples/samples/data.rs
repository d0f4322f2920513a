//! Made-up records and lists for the samples and the tests.

use bytes::Bytes;
use documents::{
    About, CheckResult, Defect, DefectGroup, DefectList, InspectionRecord, Measurement, Participant, Photo, Picture,
    Pin, Plan, Room, Signature, SignedContent, Status, Tone,
};
use domain::{Language, Timestamp};
use jiff::tz::TimeZone;

use crate::words::{LONG, NORMAL, Texts};

/// A picture of the demo project.
fn asset(path: &str) -> Picture {
    let path = format!("{}/../demo/assets/{path}", env!("CARGO_MANIFEST_DIR"));
    Picture::File(std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}")).into())
}

/// A photo that is higher than wide: a wall with a crack.
fn portrait() -> Picture {
    let (width, height) = (360_u16, 480_u16);
    let pixel = |x: u16, y: u16| {
        let shade = u8::try_from(150 + (u32::from(x) + u32::from(y)) / 12).unwrap_or(220);
        let crack = x.abs_diff(120 + y / 4 + (y / 9 % 5) * 3) < 3;
        if crack { [60, 52, 48] } else { [shade, shade.saturating_sub(6), shade.saturating_sub(18)] }
    };
    let pixels: Vec<u8> = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, 80);
    encoder.encode(&pixels, width, height, jpeg_encoder::ColorType::Rgb).expect("a JPEG");
    Picture::File(bytes.into())
}

fn texts(language: Language, long: bool) -> &'static Texts {
    let at = usize::from(language == Language::Zh);
    if long { &LONG[at] } else { &NORMAL[at] }
}

fn moment(day: u32, minute: u32) -> Timestamp {
    let start = Timestamp::from_rfc3339("2026-03-01T01:00:00Z").expect("a moment");
    start.plus_seconds(i64::from(day * 86_400 + minute * 60))
}

pub(crate) fn about(language: Language, long: bool) -> About {
    About {
        language,
        zone: TimeZone::get("Asia/Shanghai").expect("a zone"),
        made_at: moment(5, 31),
        project: texts(language, long).project.to_owned(),
    }
}

fn status(text: &str, tone: Tone) -> Status {
    Status { text: text.to_owned(), tone }
}

fn plan(texts: &Texts) -> Plan {
    Plan { name: texts.unit_type.to_owned(), picture: asset("plans/A1.png") }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Files of photos of the demo project.
const PHOTOS: [&str; 8] = [
    "WALL.CRACK",
    "FLOOR.TILE_LIP",
    "WIN.SCRATCH",
    "SANI.FAUCET",
    "CAB.DOOR",
    "CEIL.CRACK",
    "RAIL.RUST",
    "WP.BATH_LEAK",
];

fn photos(n: usize, texts: &Texts) -> Vec<Photo> {
    let name = PHOTOS[n % PHOTOS.len()];
    let photo = |picture, caption: &str| Photo {
        picture,
        caption: format!("{caption} · 2026-03-0{} 10:{:02}", 1 + n % 4, n % 60),
        sha256: Some(format!("{:064x}", 0x1234_5678_9abc_u64 + n as u64)),
    };
    let before = if n % 3 == 1 { portrait() } else { asset(&format!("photos/{name}.before.jpg")) };
    match n % 4 {
        0 => vec![photo(before, texts.before), photo(asset(&format!("photos/{name}.after.jpg")), texts.after)],
        1 => vec![photo(before, texts.before), photo(Picture::Absent(texts.absent.to_owned()), texts.after)],
        2 => vec![photo(before, texts.before)],
        _ => {
            let mut all = vec![photo(before, texts.before), photo(portrait(), texts.before)];
            all.push(photo(Picture::File(Bytes::from_static(b"\xFF\xD8 broken")), texts.before));
            all.push(photo(asset(&format!("photos/{name}.after.jpg")), texts.after));
            if n % 8 == 7 { Vec::new() } else { all }
        }
    }
}

/// So many defects; those of a list name the unit.
pub(crate) fn defects(language: Language, long: bool, count: usize, unit: Option<&str>) -> Vec<Defect> {
    let texts = texts(language, long);
    let defect = |n: usize| {
        let (word, tone) = texts.states[n % texts.states.len()];
        let room = texts.rooms[n % texts.rooms.len()];
        let (kind, description) = texts.defects[n % texts.defects.len()];
        Defect {
            number: format!("D-{:06}", 140 + n),
            place: unit.into_iter().chain([room]).map(str::to_owned).collect(),
            part: texts.part.to_owned(),
            kind: kind.to_owned(),
            severity: texts.severity.to_owned(),
            status: status(word, tone),
            description: description.to_owned(),
            found: (n % 2 == 0).then(|| texts.found.to_owned()),
            company: Some(texts.companies[1].to_owned()),
            assignee: (n % 3 != 2).then(|| texts.people[2].to_owned()),
            due_at: Some(moment(7, 9 * 60)),
            is_overdue: n % 5 == 4,
            repair: (n % 4 == 0).then(|| texts.repair.to_owned()),
            #[allow(clippy::cast_precision_loss)]
            pin: (n % 6 != 5).then(|| Pin {
                plan: 0,
                x: 0.2 + 0.6 * ((n * 37) % 100) as f64 / 100.0,
                y: 0.2 + 0.6 * ((n * 61) % 100) as f64 / 100.0,
            }),
            photos: photos(n, texts),
        }
    };
    (0..count).map(defect).collect()
}

fn rooms(texts: &Texts) -> Vec<Room> {
    let result = |n: usize, item: &str| CheckResult {
        item: item.to_owned(),
        outcome: if n % 5 == 2 { status(texts.failed, Tone::Bad) } else { status(texts.passed, Tone::Good) },
        company: Some(texts.companies[n % 2].to_owned()),
        note: (n % 5 == 2).then(|| texts.note.to_owned()),
    };
    let measurement = |n: usize, item: &str| Measurement {
        item: item.to_owned(),
        readings: owned(if n == 0 { &["1.5", "2", "5", "0.5", "3"] } else { &["2801", "2799", "2803"] }),
        design: (n == 1).then(|| "2800".to_owned()),
        tolerance: if n == 0 { "≤ 4".to_owned() } else { "−10 … +10".to_owned() },
        unit: "mm".to_owned(),
        outcome: if n == 0 { status(texts.out, Tone::Bad) } else { status(texts.passed, Tone::Good) },
        company: Some(texts.companies[0].to_owned()),
    };
    let room = |name: &&str| Room {
        name: (*name).to_owned(),
        results: texts.items.iter().enumerate().map(|(n, item)| result(n, item)).collect(),
        measurements: texts.measured.iter().enumerate().map(|(n, item)| measurement(n, item)).collect(),
    };
    texts.rooms.iter().map(room).collect()
}

fn signatures(texts: &Texts) -> Vec<Signature> {
    let files = ["daniel.hartmann", "sun.lihua", "huang.li"];
    let signature = |(n, file): (usize, &&str)| Signature {
        picture: Some(asset(&format!("signatures/{file}.png"))),
        name: texts.people[n % texts.people.len()].to_owned(),
        role: texts.roles[n].to_owned(),
        party: texts.parties[n].to_owned(),
        company: Some(texts.companies[n].to_owned()),
        signed_at: moment(4, 30 + u32::try_from(n).unwrap_or(0)),
        recorded_at: moment(4, 45),
    };
    files.iter().enumerate().map(signature).collect()
}

/// A record with so many defects.
pub(crate) fn record(language: Language, long: bool, count: usize) -> InspectionRecord {
    let texts = texts(language, long);
    let participant = |n: usize| Participant {
        party: texts.parties[n].to_owned(),
        company: Some(texts.companies[n].to_owned()),
        people: vec![format!("{} ({})", texts.people[n], texts.roles[n])],
    };
    InspectionRecord {
        about: about(language, long),
        unit: "2-1-101".to_owned(),
        building: Some(texts.building.to_owned()),
        unit_type: Some(texts.unit_type.to_owned()),
        round: texts.round.to_owned(),
        stage: texts.stage.to_owned(),
        status: status(texts.signed, Tone::Good),
        started_at: Some(moment(3, 12)),
        submitted_at: Some(moment(4, 10)),
        participants: (0..3).map(participant).collect(),
        rooms: rooms(texts),
        defects: defects(language, long, count, None),
        plans: vec![plan(texts)],
        signatures: signatures(texts),
        unsigned: vec![texts.parties[3].to_owned()],
        content: Some(SignedContent {
            hash: "9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0".to_owned(),
            text: Some("{\"form\":2}".to_owned()),
        }),
    }
}

/// A list of so many defects.
pub(crate) fn list(language: Language, long: bool, count: usize) -> DefectList {
    let texts = texts(language, long);
    let mut all = defects(language, long, count, Some("2-1-101"));
    let rest = all.split_off(count.min(3));
    let group = |title: &str, defects| DefectGroup { title: Some(title.to_owned()), defects };
    let filter = |n: usize, value: &str| (texts.filters[n].to_owned(), value.to_owned());
    DefectList {
        about: about(language, long),
        filters: vec![filter(0, texts.companies[1]), filter(1, texts.building)],
        groups: vec![group("2-1-101", all), group("2-1-102", rest)],
        plans: vec![plan(texts)],
    }
}
