//! The tables of the database, as one set of migrations for SQLite and PostgreSQL.

mod apply;
mod m0001_01_people;
mod m0001_02_project;
mod m0001_03_taxonomy;
mod m0001_04_inspection;
mod m0001_05_defect;
mod m0001_06_record;
mod m0001_07_photo;
mod m0001_08_unit;
mod m0002_01_photo;
mod m0003_01_sync;
mod m0004_01_membership;
mod m0004_02_links;
mod m0004_03_sessions;
mod m0004_04_quotas;
mod m0004_09_photo;
mod m0005_01_duplicates;
mod m0005_02_rules;
mod m0005_10_late;
mod m0005_11_first_pass;
mod m0005_12_lineage;
mod m0005_20_photo;
mod m0005_21_moments;
mod m0005_22_keys;
mod m0005_23_content;
mod m0005_24_escalation;
mod m0005_25_probe;
mod m0005_30_contact;
mod m0005_31_shown;
mod m0005_32_sign_in;
mod m0005_33_shown_steps;
mod m0005_34_shown_status;
mod m0006_01_outbox;
mod m0006_02_addresses;
mod m0006_03_inbox;
mod m0006_04_preferences;
mod m0006_10_links;
mod table;

pub use apply::{ApplyError, apply};

use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

/// All migrations, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_01_people::Migration),
            Box::new(m0001_02_project::Migration),
            Box::new(m0001_03_taxonomy::Migration),
            Box::new(m0001_04_inspection::Migration),
            Box::new(m0001_05_defect::Migration),
            Box::new(m0001_06_record::Migration),
            Box::new(m0001_07_photo::Migration),
            Box::new(m0001_08_unit::Migration),
            Box::new(m0002_01_photo::Migration),
            Box::new(m0003_01_sync::Migration),
            Box::new(m0004_01_membership::Migration),
            Box::new(m0004_02_links::Migration),
            Box::new(m0004_03_sessions::Migration),
            Box::new(m0004_04_quotas::Migration),
            Box::new(m0004_09_photo::Migration),
            Box::new(m0005_01_duplicates::Migration),
            Box::new(m0005_02_rules::Migration),
            Box::new(m0005_10_late::Migration),
            Box::new(m0005_11_first_pass::Migration),
            Box::new(m0005_12_lineage::Migration),
            Box::new(m0005_20_photo::Migration),
            Box::new(m0005_21_moments::Migration),
            Box::new(m0005_22_keys::Migration),
            Box::new(m0005_23_content::Migration),
            Box::new(m0005_24_escalation::Migration),
            Box::new(m0005_25_probe::Migration),
            Box::new(m0005_30_contact::Migration),
            Box::new(m0005_31_shown::Migration),
            Box::new(m0005_32_sign_in::Migration),
            Box::new(m0005_33_shown_steps::Migration),
            Box::new(m0005_34_shown_status::Migration),
            Box::new(m0006_01_outbox::Migration),
            Box::new(m0006_02_addresses::Migration),
            Box::new(m0006_03_inbox::Migration),
            Box::new(m0006_04_preferences::Migration),
            Box::new(m0006_10_links::Migration),
        ]
    }
}
