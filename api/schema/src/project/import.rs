//! Setting a project up from one file.

use app::project::import::{Format, ImportFile, ImportReport as Report, Tally, import_project};
use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use domain::Language;
use domain::import::ImportedKind;
use domain::words::Bilingual;

use super::types::Project;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, split};

/// Importing projects.
#[derive(Default)]
pub struct ImportMutation;

/// How an import file is written.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum ImportFormat {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

/// An import file.
#[derive(InputObject)]
pub struct ProjectImportInput {
    /// How it is written.
    pub format: ImportFormat,
    /// The text of the file. A request has at most 1 MiB; larger files are imported on the command line.
    pub content: String,
}

/// What an import did with the things of one kind.
#[derive(SimpleObject)]
pub struct ImportTally {
    /// The kind.
    pub kind: ImportedKind,
    /// New ones.
    pub created: i32,
    /// Those that the file changed.
    pub updated: i32,
    /// Those that were as the file says.
    pub unchanged: i32,
    /// How many are in the project and not in the file. They stay.
    pub not_in_file: i32,
    /// Their codes, 100 at most.
    pub not_in_file_codes: Vec<String>,
}

/// Something that the file said and the import did not do, or that it changed of a person or company who was there.
#[derive(SimpleObject)]
pub struct ImportNote {
    /// The place in the file, like `people[3].phone`.
    pub path: String,
    /// The entry that was ignored, with the reason, or the change that was made.
    pub message: String,
}

/// What an import did.
#[derive(SimpleObject)]
pub struct ImportReport {
    /// The counts of each kind of entry.
    pub kinds: Vec<ImportTally>,
    /// The entries of the file that the import left out, and each change of an existing person or company.
    pub notes: Vec<ImportNote>,
}

/// The imported project.
#[derive(SimpleObject)]
pub struct ProjectImportPayload {
    /// The project; null when refused.
    pub project: Option<Project>,
    /// The counts and notes of the import; null when refused.
    pub report: Option<ImportReport>,
    /// The problems of the file, each with its place as `field`; then nothing was written.
    pub user_errors: Vec<UserError>,
}

impl ImportReport {
    /// A report in the language of who asked.
    fn new(report: Report, language: Language) -> Self {
        let told = |message: Bilingual| message.of(language).to_owned();
        let notes = report.notes.into_iter().map(|note| ImportNote { path: note.path, message: told(note.message) });
        Self { kinds: report.tallies.into_iter().map(ImportTally::from).collect(), notes: notes.collect() }
    }
}

impl From<Tally> for ImportTally {
    fn from(tally: Tally) -> Self {
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Self {
            kind: tally.kind,
            created: number(tally.created),
            updated: number(tally.updated),
            unchanged: number(tally.unchanged),
            not_in_file: number(tally.not_in_file),
            not_in_file_codes: tally.not_in_file_codes,
        }
    }
}

#[Object]
impl ImportMutation {
    /// Sets a project up from one file, or brings it up to date from a later one: companies, people, buildings, unit
    /// types, units, owners, rules, checklists. All or nothing; nothing is ever deleted. Administrators any project, a
    /// delivery manager the own one again. Only an administrator's import changes people who are there, and the report
    /// names each change.
    async fn project_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: ProjectImportInput,
    ) -> ApiResult<ProjectImportPayload> {
        let format = match input.format {
            ImportFormat::Json => Format::Json,
            ImportFormat::Yaml => Format::Yaml,
        };
        let file = ImportFile { bytes: input.content.into_bytes().into(), format, folder: None };
        let caller = ctx.caller()?;
        let (report, user_errors) = split(import_project(ctx.app(), caller, file).await, ctx.language())?;
        let project = match &report {
            Some(report) => app::project::read::imported(ctx.app(), caller, report.project_id).await?,
            None => None,
        };
        Ok(ProjectImportPayload {
            project: project.map(Project::from),
            report: report.map(|report| ImportReport::new(report, ctx.language())),
            user_errors,
        })
    }
}
