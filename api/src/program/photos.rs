//! `handover photos …`: verification and garbage collection of the objects of photos, started by an operator.

use std::time::Duration;

use app::photo::gc::{GcReport, collect};
use app::photo::verify::{Finding, Thoroughness, VerifyProgress, verify_objects};
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use super::error::StartError;
use super::output;
use super::settings::Settings;
use super::start::Services;

/// The actions on the objects of photos.
#[derive(Subcommand)]
pub(super) enum PhotosCommand {
    /// Compares the object store with the database in both directions and lists missing, altered and orphaned objects.
    /// Fails if a problem remains. Never deletes anything.
    Verify {
        /// The percentage of originals whose bytes are read and hashed; of the others only the length is checked.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(0..=100))]
        hash: u8,
        /// Makes missing renditions again from their originals.
        #[arg(long)]
        repair: bool,
    },
    /// Completes uploads that were never reported as complete, and removes orphaned objects, as the server does each
    /// hour.
    Clean {
        /// Removes only objects older than this number of hours; by default that of the setting.
        #[arg(long)]
        older_than_hours: Option<u32>,
    },
}

pub(super) async fn run(settings: &Settings, command: PhotosCommand) -> Result<(), StartError> {
    let services = Services::open(settings).await?;
    let done = match command {
        PhotosCommand::Verify { hash, repair } => {
            verify(&services, Thoroughness { hashed_percent: hash, repair }).await
        }
        PhotosCommand::Clean { older_than_hours } => {
            let hours = older_than_hours.map(|hours| Duration::from_secs(u64::from(hours) * 60 * 60));
            let cleaned = collect(&services.app, hours.unwrap_or_else(|| settings.photo_abandoned_after())).await;
            cleaned.map_err(StartError::from).and_then(|cleaned| print_report(&cleaned))
        }
    };
    services.close().await;
    done
}

fn print_report(cleaned: &GcReport) -> Result<(), StartError> {
    output::line(format_args!("uploads completed: {}", cleaned.completed))?;
    output::line(format_args!("uploads removed: {}", cleaned.uploads_removed))?;
    output::line(format_args!("objects of no photo removed: {}", cleaned.orphans_removed))?;
    output::line(format_args!("photos removed by policy: {}", cleaned.photos_removed))?;
    Ok(output::line(format_args!("copies without metadata made: {}", cleaned.copies_made))?)
}

async fn verify(services: &Services, how: Thoroughness) -> Result<(), StartError> {
    let total = store::photos::stored_count(services.app.db.read()).await.map_err(app::Error::from)?;
    let bar = ProgressBar::new(total);
    // An invalid template is a programming error; the plain bar is good enough then.
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} photos, {msg}, {eta} to go") {
        bar.set_style(style);
    }
    let mut wrong = 0;
    let mut orphans = 0;
    let mut printed = Ok(());
    let looked = verify_objects(&services.app, how, |looked: &VerifyProgress, finding: Option<&Finding>| {
        bar.set_position(looked.photos);
        bar.set_message(format!("{} objects", looked.objects));
        if let Some(finding) = finding {
            wrong += u64::from(finding.is_wrong());
            orphans += u64::from(matches!(finding, Finding::Orphan(_)));
            if printed.is_ok() {
                printed = bar.suspend(|| output::line(finding));
            }
        }
    })
    .await;
    bar.finish_and_clear();
    let looked = looked?;
    printed?;
    output::line(format_args!("photos looked at: {}, hashed: {}", looked.photos, looked.hashed))?;
    output::line(format_args!("objects looked at: {}, of no photo: {orphans}", looked.objects))?;
    if wrong == 0 { Ok(()) } else { Err(StartError::PhotosWrong(wrong)) }
}
