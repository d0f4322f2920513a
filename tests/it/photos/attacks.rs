//! A photo is shown only when its bytes are durable and checked: attacks on the uploaded bytes, at every moment,
//! through a store that accepts anything.
//!
//! The attacker writes to the key of the upload with the store's own keys, as an uploader could if the store checked
//! neither length nor hash. `PHOTO_ATTACKS=1000` is the long form, `PROOF_SEED` repeats a run.

use std::time::Duration;

use app::Context;
use app::photo::PhotoRow;
use app::photo::complete::complete;
use app::photo::declare::{Declaration, DeclarePhoto, PhotoSubject, declare_photo};
use app::photo::verify::{Thoroughness, verify_objects};
use bytes::Bytes;
use domain::Caller;
use domain::photo::PhotoStage;
use futures::future::join_all;
use sha2::{Digest, Sha256};
use tests::app::TestApp;
use tests::dice::{Dice, number};
use tests::on_both_databases;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::pictures::some_jpeg;
use super::{Shot, log_defect, sha256};

/// The change of the bytes.
#[derive(Clone, Copy, Debug)]
enum Wound {
    Flipped,
    Cut,
    Extended,
    Replaced,
    Emptied,
}

/// The moment of the change.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// Completed before anything is uploaded.
    BeforeUpload,
    /// The wrong bytes are uploaded by the link.
    ByLink,
    /// Between upload and completion.
    BeforeCompletion,
    /// During the completion; several are sent, and wrong and right bytes alternate.
    Meanwhile,
    /// The completion is cancelled somewhere, as by a kill of the server, and then the bytes change.
    BrokenOff,
    /// After the completion.
    Afterwards,
}

const WOUNDS: [Wound; 5] = [Wound::Flipped, Wound::Cut, Wound::Extended, Wound::Replaced, Wound::Emptied];
const MOMENTS: [Moment; 6] = [
    Moment::BeforeUpload,
    Moment::ByLink,
    Moment::BeforeCompletion,
    Moment::Meanwhile,
    Moment::BrokenOff,
    Moment::Afterwards,
];

fn wounded(wound: Wound, right: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = right.to_vec();
    match wound {
        Wound::Flipped => bytes[dice.below(right.len())] ^= 1 << dice.below(8),
        Wound::Cut => bytes.truncate(1 + dice.below(right.len() - 1)),
        Wound::Extended => {
            let more = 1 + dice.below(64);
            bytes.extend(dice.bytes(more));
        }
        // Another picture of the same length.
        Wound::Replaced => bytes = some_jpeg(),
        Wound::Emptied => bytes.clear(),
    }
    bytes
}

struct Setup {
    app: TestApp,
    caller: Caller,
    defect_id: Uuid,
}

impl Setup {
    async fn new(db: &tests::database::TestDb) -> Self {
        let app = TestApp::start(db).await;
        let site = app.user("site").await;
        let defect_id = log_defect(&app, &site, "1-101").await;
        let caller = app::session::authenticate::load(&app.app, app.person_id("site").into(), None).await;
        let caller = caller.expect("the database answers").expect("a person");
        Self { app, caller, defect_id }
    }

    async fn declare(&self, shot: &Shot) -> Declaration {
        let input = DeclarePhoto {
            photo_id: shot.id.into(),
            sha256: sha256(&shot.bytes),
            byte_size: i64::try_from(shot.bytes.len()).expect("short"),
            content_type: shot.content_type.to_owned(),
            width: None,
            height: None,
            subject: PhotoSubject::Defect(self.defect_id.into()),
            stage: PhotoStage::Before,
            occurred_at: None,
            device_id: None,
        };
        declare_photo(Context::new(&self.app.app, &self.caller), input).await.expect("declared")
    }

    /// The key of the upload.
    async fn place(&self, shot: &Shot) -> String {
        let declared = self.declare(shot).await;
        declared.photo.into_inner().staging_key.or(self.row(shot).await.staging_key).expect("a place for the upload")
    }

    async fn write(&self, place: &str, bytes: &[u8]) {
        let digest = Sha256::digest(bytes).into();
        let written = self.app.app.objects.put(place, Bytes::copy_from_slice(bytes), "image/jpeg", &digest).await;
        written.expect("the store takes anything");
    }

    /// Uploads by the link, as a tablet does; returns whether it was accepted.
    async fn upload(&self, declared: &Declaration, bytes: &[u8]) -> bool {
        let link = declared.upload.whole.as_ref().expect("a link");
        let mut request = self.app.client().put(&link.url).body(bytes.to_vec());
        for (name, value) in link.headers.iter().filter(|(name, _)| *name != "content-length") {
            request = request.header(*name, value);
        }
        request.send().await.expect("an answer").status().is_success()
    }

    async fn complete(&self, shot: &Shot) -> bool {
        complete(Context::new(&self.app.app, &self.caller), shot.id.into()).await.is_ok()
    }

    async fn row(&self, shot: &Shot) -> PhotoRow {
        store::photos::load(self.app.app.db.read(), shot.id.into())
            .await
            .expect("the database answers")
            .expect("a photo")
    }

    /// The faults of the shown photo: once its bytes count as received, they must be the right ones.
    async fn seen(&self, shot: &Shot) -> Result<bool, String> {
        let row = self.row(shot).await;
        let Some(key) = row.object_key else { return Ok(false) };
        let found = self.app.app.objects.read_hash(&key).await;
        match found {
            Ok((_, hash)) if hash.as_slice() == row.sha256 => Ok(true),
            Ok(_) => Err(format!("{} is seen with other bytes", row.state)),
            Err(error) => Err(format!("{} is seen, and its bytes are not there: {error}", row.state)),
        }
    }

    /// One attack; returns whether the photo is shown afterwards, with the right bytes.
    async fn attack(&self, shot: &Shot, moment: Moment, wound: Wound, dice: &mut Dice) -> Result<bool, String> {
        let wrong = wounded(wound, &shot.bytes, dice);
        match moment {
            Moment::BeforeUpload => {
                self.declare(shot).await;
                self.complete(shot).await;
            }
            Moment::ByLink => {
                if self.upload(&self.declare(shot).await, &wrong).await {
                    return Err("the store took other bytes than those of the link".to_owned());
                }
                self.complete(shot).await;
            }
            Moment::BeforeCompletion => {
                self.write(&self.place(shot).await, &wrong).await;
                self.complete(shot).await;
            }
            Moment::Meanwhile => self.race(shot, &wrong).await,
            Moment::BrokenOff => self.break_off(shot, &wrong, dice).await,
            Moment::Afterwards => {
                let place = self.place(shot).await;
                self.write(&place, &shot.bytes).await;
                self.complete(shot).await;
                self.write(&place, &wrong).await;
                self.complete(shot).await;
            }
        }
        self.seen(shot).await
    }

    async fn race(&self, shot: &Shot, wrong: &[u8]) {
        let place = self.place(shot).await;
        self.write(&place, &shot.bytes).await;
        let done = CancellationToken::new();
        let writing = async {
            while !done.is_cancelled() {
                self.write(&place, wrong).await;
                self.write(&place, &shot.bytes).await;
            }
        };
        let completing = async {
            join_all((0..3).map(|_| self.complete(shot))).await;
            done.cancel();
        };
        tokio::join!(writing, completing);
    }

    async fn break_off(&self, shot: &Shot, wrong: &[u8], dice: &mut Dice) {
        let place = self.place(shot).await;
        let (before, after) =
            if dice.chance(50) { (shot.bytes.as_slice(), wrong) } else { (wrong, shot.bytes.as_slice()) };
        self.write(&place, before).await;
        // The request is dropped at any point.
        let _ = tokio::time::timeout(Duration::from_micros(dice.throw() % 20_000), self.complete(shot)).await;
        self.write(&place, after).await;
        self.complete(shot).await;
    }

    /// Uploads the right bytes afterwards.
    async fn heal(&self, shot: &Shot) -> Result<(), String> {
        for _ in 0..3 {
            let declared = self.declare(shot).await;
            if declared.upload.whole.is_some() && !self.upload(&declared, &shot.bytes).await {
                return Err("the right bytes are not taken".to_owned());
            }
            if self.complete(shot).await {
                self.app.run_jobs().await;
                let state = self.row(shot).await.state;
                return if state.as_str() == "READY" { Ok(()) } else { Err(format!("it has become {state}")) };
            }
        }
        Err("it can never be completed".to_owned())
    }
}

/// Runs attacks repeatedly. Returns how often the photo was shown before its repair, always with the right bytes; or
/// the faults.
async fn attacks(setup: &Setup, count: usize, moments: &[Moment], dice: &mut Dice) -> Result<usize, Vec<String>> {
    let (mut seen, mut faults) = (0, Vec::new());
    for _ in 0..count {
        let (moment, wound) = (*dice.pick(moments), *dice.pick(&WOUNDS));
        let shot = Shot::jpeg(some_jpeg());
        let outcome = match setup.attack(&shot, moment, wound, dice).await {
            Ok(visible) => {
                seen += usize::from(visible);
                setup.heal(&shot).await.and(setup.seen(&shot).await)
            }
            wrong => wrong,
        };
        faults.extend(outcome.err().map(|fault| format!("{wound:?} {moment:?}: {fault}")));
    }
    let how = Thoroughness { hashed_percent: 100, repair: false };
    let told = |finding: &app::photo::verify::Finding| finding.is_wrong().then(|| finding.to_string());
    let looked = verify_objects(&setup.app.app, how, |_, finding| faults.extend(finding.and_then(told))).await;
    looked.expect("the look comes to its end");
    if faults.is_empty() { Ok(seen) } else { Err(faults) }
}

on_both_databases! {
    async fn no_attack_shows_other_bytes(db: TestDb) {
        let setup = Setup::new(&db).await;
        let count = number("PHOTO_ATTACKS", 100);
        match attacks(&setup, count, &MOMENTS, &mut Dice::announced("attacks")).await {
            Ok(seen) => println!("{count} attacks, 0 seen with other bytes, {seen} seen with the right ones"),
            Err(faults) => panic!("{faults:#?}"),
        }
    }

    // The product believes that this store accepts only the declared bytes, but it accepts anything. So the bytes are
    // not copied before they are checked, and can change meanwhile.
    async fn a_store_that_does_not_keep_its_word_is_found_out(db: TestDb) {
        let setup = Setup::new(&db).await;
        let traits = setup.app.app.objects.probe().await.expect("a good store");
        if !(traits.enforces_sha256 && traits.enforces_length) {
            println!("skipped: this store gives no such word");
            return;
        }
        let mut dice = Dice::announced("a store that lies");
        for _ in 0..20 {
            if let Err(faults) = attacks(&setup, 20, &[Moment::Meanwhile], &mut dice).await {
                assert!(faults.iter().any(|fault| fault.contains("is seen with other bytes")), "{faults:#?}");
                return;
            }
        }
        panic!("400 attacks on an unguarded upload, and none succeeded: the attacks prove nothing");
    }
}
