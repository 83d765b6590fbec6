//! Exports: files that read back as the rows they were made of, in flat memory, masked unless there is a reason.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use escalon_cli::export::{ExportError, Format, export};
use escalon_domain::access::Permission;
use escalon_projections::{
    ReadError, Scope,
    analytics::{Cell, Kind, VIEWS, View},
};
use escalon_tests::TestApp;
use parquet::{
    basic::{LogicalType, TimeUnit, Type as Physical},
    file::reader::{FileReader, SerializedFileReader},
    record::Field,
};
use sqlx::{Connection, Executor, PgConnection, Row};

use super::analytics::{analyst, scene, worked};

fn view(name: &str) -> &'static View {
    VIEWS.iter().find(|view| view.name == name).unwrap()
}

async fn cells(app: &TestApp, scope: &Scope, view: &View, unmasked: bool) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    let mut snapshot = app.app.reads.analytics(scope, unmasked).await.unwrap();
    let keep = |cells: &[Cell]| -> Result<(), ReadError> {
        rows.push(cells.to_vec());
        Ok(())
    };
    snapshot.read(view, keep).await.unwrap();
    rows
}

fn as_field(cell: &Cell) -> Field {
    match cell {
        Cell::Null => Field::Null,
        Cell::Text(text) => Field::Str(text.clone()),
        Cell::Integer(number) => Field::Long(*number),
        Cell::Number(number) => Field::Double(*number),
        Cell::Flag(flag) => Field::Bool(*flag),
        Cell::Moment(moment) => Field::TimestampMicros(moment.timestamp_micros()),
        Cell::Day(day) => {
            let since = *day - chrono::NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
            Field::Date(i32::try_from(since.num_days()).unwrap())
        }
    }
}

#[tokio::test]
async fn parquet_reads_back_as_the_rows_of_every_view_with_their_types() {
    let (app, acme, _) = scene().await;
    let (scope, directory) = (Scope::of(&acme), tempfile::tempdir().unwrap());
    for view in VIEWS {
        let rows = cells(&app, &scope, view, true).await;
        assert!(!rows.is_empty(), "{}", view.name);
        let path = directory.path().join(view.name);
        let mut snapshot = app.app.reads.analytics(&scope, true).await.unwrap();
        let written = export(&mut snapshot, view, Format::Parquet, path.clone(), false).await.unwrap();
        assert_eq!(written.rows, rows.len() as u64);

        let reader = SerializedFileReader::new(fs::File::open(&path).unwrap()).unwrap();
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        for (column, written) in view.columns.iter().zip(schema.columns()) {
            let expected = match column.kind {
                Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
                Kind::Integer => (Physical::INT64, None),
                Kind::Number => (Physical::DOUBLE, None),
                Kind::Flag => (Physical::BOOLEAN, None),
                Kind::Moment => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
                Kind::Day => (Physical::INT32, Some(LogicalType::Date)),
            };
            let found = (written.physical_type(), written.logical_type_ref().cloned());
            assert_eq!((written.name(), found), (column.name, expected), "{}", view.name);
        }
        let read: Vec<Vec<Field>> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap().into_columns().into_iter().map(|(_, field)| field).collect())
            .collect();
        let expected: Vec<Vec<Field>> = rows.iter().map(|row| row.iter().map(as_field).collect()).collect();
        assert_eq!(read, expected, "{}", view.name);
    }
}

#[tokio::test]
async fn an_export_is_what_an_analyst_reads_masked_and_in_clear() {
    let (app, acme, _) = scene().await;
    for unmasked in [false, true] {
        let mut ann = analyst(&app, &acme, unmasked).await;
        for view in VIEWS {
            let texts: Vec<&str> =
                view.columns.iter().filter(|one| one.kind == Kind::Text).map(|one| one.name).collect();
            let (select, key) = (texts.join(", "), view.key.join(", "));
            let sql = format!("select {select} from analytics.{} order by {key}", view.name);
            let read: Vec<Vec<Option<String>>> = sqlx::query(&sql)
                .fetch_all(&mut ann)
                .await
                .unwrap()
                .iter()
                .map(|row| (0..texts.len()).map(|place| row.get(place)).collect())
                .collect();
            let exported = cells(&app, &Scope::of(&acme), view, unmasked).await;
            let text = |(cell, column): (&Cell, &escalon_projections::analytics::Column)| match cell {
                Cell::Text(text) => Some(Some(text.clone())),
                Cell::Null if column.kind == Kind::Text => Some(None),
                _ => None,
            };
            let exported: Vec<Vec<Option<String>>> =
                exported.iter().map(|row| row.iter().zip(view.columns).filter_map(text).collect()).collect();
            assert_eq!(exported, read, "{}", view.name);
        }
    }
}

async fn csv(app: &TestApp, scope: &Scope, name: &str, unmasked: bool, path: &Path) -> String {
    let mut snapshot = app.app.reads.analytics(scope, unmasked).await.unwrap();
    export(&mut snapshot, view(name), Format::Csv, path.to_owned(), false).await.unwrap();
    fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn csv_is_quoted_and_no_formula_of_a_spreadsheet() {
    let (app, acme, _) = scene().await;
    let title = "=HYPERLINK(\"http://evil.test\",\"click, please\")\nsecond line";
    worked(&app, &acme, title).await;
    app.settle().await;
    let (scope, directory) = (Scope::of(&acme), tempfile::tempdir().unwrap());
    let path = directory.path().join("tickets.csv");
    let text = csv(&app, &scope, "tickets", true, &path).await;
    let (header, _) = text.split_once("\r\n").unwrap();
    let names: Vec<&str> = view("tickets").columns.iter().map(|column| column.name).collect();
    assert_eq!(header, names.join(","));
    assert!(text.ends_with("\r\n"));
    let quoted = "\"'=HYPERLINK(\"\"http://evil.test\"\",\"\"click, please\"\")\nsecond line\"";
    assert!(text.contains(quoted), "{text}");
    assert!(text.contains("2026-01-05T09:00:00.000000Z") && text.contains(",18000,"), "{text}");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let phones = directory.path().join("escalations.csv");
    assert!(csv(&app, &scope, "escalations", true, &phones).await.contains(",'+44 98123 45678,"));
    let masked = directory.path().join("masked.csv");
    let masked = csv(&app, &scope, "escalations", false, &masked).await;
    assert!(masked.contains("'+4****5678") && !masked.contains("Lovelace"), "{masked}");
}

#[tokio::test]
async fn a_file_that_is_there_stays_and_no_half_file_is_left() {
    let (app, acme, _) = scene().await;
    let (scope, directory) = (Scope::of(&acme), tempfile::tempdir().unwrap());
    let path = directory.path().join("tickets.csv");
    fs::write(&path, "mine").unwrap();
    let mut snapshot = app.app.reads.analytics(&scope, false).await.unwrap();
    let refused = export(&mut snapshot, view("tickets"), Format::Csv, path.clone(), false).await.unwrap_err();
    assert!(matches!(refused, ExportError::Exists(_)), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    export(&mut snapshot, view("tickets"), Format::Csv, path.clone(), true).await.unwrap();
    assert!(fs::read_to_string(&path).unwrap().starts_with("ticket_id,"));

    // The database goes away in the middle.
    let owner = PgConnection::connect_with(&app.options).await.unwrap();
    let ended = "select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'escalon' and datname = current_database()";
    { owner }.execute(ended).await.unwrap();
    let other = directory.path().join("members.csv");
    let broken = export(&mut snapshot, view("members"), Format::Csv, other, false).await.unwrap_err();
    assert!(matches!(broken, ExportError::Read(ReadError::Store(_))), "{broken}");
    let nowhere = directory.path().join("missing").join("x.csv");
    let refused = export(&mut snapshot, view("members"), Format::Parquet, nowhere, false).await.unwrap_err();
    assert!(matches!(refused, ExportError::File { .. }), "{refused}");
    let left: Vec<_> =
        fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["tickets.csv"]);
}

#[tokio::test]
async fn reading_views_needs_permissions() {
    let (app, acme, _) = scene().await;
    let nobody = app.member(&acme, "nobody", &[]).await;
    let viewer = app.member(&acme, "viewer", &[Permission::AnalyticsView]).await;
    let refused = app.app.reads.analytics(&Scope::of(&nobody), false).await.err().unwrap();
    assert!(matches!(refused, ReadError::NotPermitted { permission: Permission::AnalyticsView }));
    assert!(app.app.reads.analytics(&Scope::of(&viewer), false).await.is_ok());
    let refused = app.app.reads.analytics(&Scope::of(&viewer), true).await.err().unwrap();
    assert!(matches!(refused, ReadError::NotPermitted { permission: Permission::PersonalDataView }));
}
