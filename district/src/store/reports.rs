//! Reports: each stored once, and read back in order.

use jiff::civil::Date;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _};
use xinting_wire::{CELL_COUNT, Cell, Report, Signature, body_hash};

use super::{Store, StoreError, doing};

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    /// It is on the disk now.
    New,
    /// The same bytes were there before.
    Same,
    /// Other bytes are there under this key; they stay.
    Conflict,
}

/// A stored report, for the export.
#[derive(Debug)]
pub(crate) struct ReportRow {
    pub(crate) school: String,
    pub(crate) booth: String,
    pub(crate) epoch: i64,
    pub(crate) sequence: i64,
    pub(crate) day: String,
    pub(crate) noise: String,
    pub(crate) cells: [i64; CELL_COUNT],
}

/// `visits, visits_primary, …`, each name passed through `form`. The names are
/// constants of the program, so building SQL of them is safe.
pub(super) fn columns(form: impl Fn(&str) -> String) -> String {
    Cell::ALL.map(|cell| form(cell.name())).join(", ")
}

/// Reads all cells from the columns that begin at `from`.
pub(super) fn cells(row: &SqliteRow, from: usize) -> Result<[i64; CELL_COUNT], sqlx::Error> {
    let mut values = [0; CELL_COUNT];
    for cell in Cell::ALL {
        values[cell.index()] = row.try_get(from + cell.index())?;
    }
    Ok(values)
}

impl Store {
    /// Stores a verified report if nothing is there under its key. On return
    /// it is on the disk. `now` in seconds since 1970.
    pub(crate) async fn put_report(
        &self,
        report: &Report,
        body: &[u8],
        signature: &Signature,
        now: i64,
    ) -> Result<Stored, StoreError> {
        let failed = || doing("store a report");
        let hash = body_hash(body);
        let insert = format!(
            "INSERT INTO report (booth, epoch, sequence, day, noise, received_at, body_hash, body,
                                 signature, {})
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, {})
             ON CONFLICT (booth, epoch, sequence) DO NOTHING",
            columns(str::to_owned),
            columns(|_| "?".to_owned()),
        );
        let mut query = sqlx::query(AssertSqlSafe(insert))
            .bind(report.booth.as_str())
            .bind(i64::from(report.epoch))
            .bind(i64::from(report.sequence))
            .bind(report.period.date().to_string())
            .bind(report.noise.kind())
            .bind(now)
            .bind(hash.as_slice())
            .bind(body)
            .bind(signature.as_bytes().as_slice());
        for value in report.cells.values() {
            query = query.bind(*value);
        }
        let done = query.execute(&self.pool).await.map_err(failed())?;
        if done.rows_affected() == 1 {
            return Ok(Stored::New);
        }
        let row = sqlx::query(
            "SELECT body_hash FROM report WHERE booth = ? AND epoch = ? AND sequence = ?",
        )
        .bind(report.booth.as_str())
        .bind(i64::from(report.epoch))
        .bind(i64::from(report.sequence))
        .fetch_one(&self.pool)
        .await
        .map_err(failed())?;
        let stored: Vec<u8> = row.try_get(0).map_err(failed())?;
        Ok(if stored == hash {
            Stored::Same
        } else {
            Stored::Conflict
        })
    }

    /// The days between `from` and `to`, both included, that have reports.
    pub(crate) async fn report_days(
        &self,
        from: Option<Date>,
        to: Option<Date>,
    ) -> Result<Vec<String>, StoreError> {
        let failed = || doing("list the days with reports");
        let rows =
            sqlx::query("SELECT DISTINCT day FROM report WHERE day >= ? AND day <= ? ORDER BY day")
                .bind(from.map_or_else(|| "0000".to_owned(), |date| date.to_string()))
                .bind(to.map_or_else(|| "9999-99".to_owned(), |date| date.to_string()))
                .fetch_all(&self.pool)
                .await
                .map_err(failed())?;
        rows.iter()
            .map(|row| row.try_get(0).map_err(failed()))
            .collect()
    }

    /// The reports of one day, by school, booth, epoch and sequence.
    pub(crate) async fn reports_of(&self, day: &str) -> Result<Vec<ReportRow>, StoreError> {
        let failed = || doing("read the reports of a day");
        let select = format!(
            "SELECT b.school, r.booth, r.epoch, r.sequence, r.day, r.noise, {}
             FROM report r JOIN booth b ON b.id = r.booth
             WHERE r.day = ? ORDER BY b.school, r.booth, r.epoch, r.sequence",
            columns(|name| format!("r.{name}")),
        );
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(day)
            .fetch_all(&self.pool)
            .await
            .map_err(failed())?;
        rows.iter()
            .map(|row| {
                Ok(ReportRow {
                    school: row.try_get(0)?,
                    booth: row.try_get(1)?,
                    epoch: row.try_get(2)?,
                    sequence: row.try_get(3)?,
                    day: row.try_get(4)?,
                    noise: row.try_get(5)?,
                    cells: cells(row, 6)?,
                })
            })
            .collect::<Result<_, sqlx::Error>>()
            .map_err(failed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layouts_have_every_cell_and_no_other() {
        let layout = include_str!("../../migrations/0001_first_layout.sql");
        let report = &layout[layout.find("CREATE TABLE report").unwrap()..];
        let added = include_str!("../../migrations/0002_felt.sql").lines();
        let added = added.filter_map(|line| {
            let line = line.strip_prefix("ALTER TABLE report ADD COLUMN ")?;
            line.strip_suffix(" INTEGER NOT NULL DEFAULT 0;")
        });
        let columns: Vec<&str> = report
            .lines()
            .skip_while(|line| !line.contains("signature"))
            .skip(1)
            .filter_map(|line| line.trim().strip_suffix(" INTEGER NOT NULL,"))
            .chain(added)
            .collect();
        assert_eq!(columns, Cell::ALL.map(Cell::name));
    }
}
