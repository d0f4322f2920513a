//! Every entity reads its table: a column that is in one and not in the other fails here.

use sea_orm::EntityTrait;
use store::entity;
use tests::on_both_databases;

macro_rules! read_each {
    ($db:ident: $($table:ident),+ $(,)?) => {
        $(
            let rows = entity::$table::Entity::find().all($db.read()).await;
            assert!(rows.is_ok(), "{}: {rows:?}", stringify!($table));
        )+
    };
}

on_both_databases! {
    async fn every_entity_reads_its_table(db: TestDb) {
        read_each!(
            db: changes, check_results, checklist_items, checklist_versions, checklists, client_ids, companies,
            buildings, defect_comments, defect_companies, defect_types, defects, disputes, events, jobs,
            measurement_rules, measurements, memberships, people, photos, project_clock, projects,
            readiness_waivers, repair_attempts, responsibility_rules, rooms, round_units, rounds, sessions,
            sign_in_attempts, signatures, terms, unit_inspections, unit_owners, unit_reviews, unit_type_plans,
            unit_type_rooms, unit_types, units, verdicts,
        );
    }
}
