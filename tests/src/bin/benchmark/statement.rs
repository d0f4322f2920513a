//! The reference server of the comparison: axum, with one statement for each read whose JSON is sent unchanged.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{StatusCode, header};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

use crate::Fault;
use crate::reads::Read;
use crate::sync::dump;

const PHOTO: &str = "json_build_object('id', ph.id, 'stage', ph.stage, 'state', ph.state, 'width', ph.width,
    'height', ph.height)";

const DEFECT: &str = "'id', d.id, 'number', 'D-' || lpad(d.number::text, 6, '0'), 'status', d.status,
    'severity', d.severity, 'description', d.description,
    'dueAt', to_char(to_timestamp(d.due_at / 1000000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')";

const ASSIGNEE: &str = "'assignee', CASE WHEN p.id IS NOT NULL THEN json_build_object('id', p.id, 'name', p.name) END";

fn unit() -> String {
    format!(
        "SELECT json_build_object('data', json_build_object('unit', json_build_object(
            'id', u.id, 'code', u.code, 'floor', u.floor, 'rooms', (
                SELECT coalesce(json_agg(json_build_object(
                    'id', r.id, 'code', r.code, 'name', r.name, 'roomType', r.room_type, 'defects', (
                        SELECT coalesce(json_agg(json_build_object({DEFECT},
                            'pin', CASE WHEN d.pin_x IS NOT NULL THEN json_build_object('x', d.pin_x, 'y', d.pin_y) END,
                            'responsibleCompany',
                                CASE WHEN c.id IS NOT NULL THEN json_build_object('id', c.id, 'name', c.name) END,
                            {ASSIGNEE}, 'photos', (
                                SELECT coalesce(json_agg({PHOTO} ORDER BY ph.occurred_at, ph.id), '[]')
                                FROM photos ph WHERE ph.defect_id = d.id
                            )) ORDER BY d.number), '[]')
                        FROM defects d
                        LEFT JOIN companies c ON c.id = d.responsible_company_id
                        LEFT JOIN people p ON p.id = d.assignee_id
                        WHERE d.room_id = r.id
                    )) ORDER BY r.sort), '[]')
                FROM rooms r WHERE r.unit_id = u.id
            ))))::text FROM units u WHERE u.id = $1"
    )
}

fn list() -> String {
    format!(
        "SELECT json_build_object('data', json_build_object('project', json_build_object('defects',
            json_build_object('nodes', coalesce(json_agg(json_build_object({DEFECT}, {ASSIGNEE}, 'photos', (
                SELECT coalesce(json_agg({PHOTO} ORDER BY ph.occurred_at, ph.id), '[]') FROM (
                    SELECT * FROM photos WHERE defect_id = d.id ORDER BY occurred_at, id LIMIT 2) ph
            )) ORDER BY d.due_order, d.id), '[]')))))::text
        FROM (SELECT * FROM defects WHERE project_id = $1 AND status = 'FIXED' ORDER BY due_order, id LIMIT 50) d
        LEFT JOIN people p ON p.id = d.assignee_id"
    )
}

/// One read's statement.
#[derive(Clone)]
struct Statement {
    pool: PgPool,
    sql: std::sync::Arc<str>,
}

async fn answer(State(statement): State<Statement>, id: String) -> Result<Response, StatusCode> {
    let id = Uuid::parse_str(&id).map_err(|_| StatusCode::BAD_REQUEST)?;
    let sql = sqlx::AssertSqlSafe(statement.sql.to_string());
    let found: String = sqlx::query_scalar(sql)
        .bind(id)
        .fetch_one(&statement.pool)
        .await
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], found).into_response())
}

#[tokio::main]
pub(crate) async fn serve() -> Result<(), Fault> {
    // The same number of connections as the program's readers.
    let pool = PgPoolOptions::new().max_connections(8).connect(&std::env::var("DATABASE_URL")?).await?;
    let route = |sql: String| post(answer).with_state(Statement { pool: pool.clone(), sql: sql.into() });
    let router = Router::new()
        .route(Read::Unit.path(), route(unit()))
        .route(Read::List.path(), route(list()))
        .route(dump::PATH, route(dump::statement()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/", listener.local_addr()?);
    Ok(axum::serve(listener, router).await?)
}
