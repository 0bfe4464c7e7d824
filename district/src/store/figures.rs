//! Sums for the page. Adds up and counts; what is shown and how is not decided here.

use std::collections::BTreeMap;

use jiff::civil::Date;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};
use xinting_wire::{CELL_COUNT, Cell};

use super::reports::{cells, columns};
use super::{Store, StoreError, doing};

/// Everything the page is made of, for one stretch of days.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) days: BTreeMap<Date, DayFigures>,
    pub(crate) totals: [i64; CELL_COUNT],
    pub(crate) schools: Vec<SchoolFigures>,
    pub(crate) booths: Vec<BoothFigures>,
    /// Codes that were printed and can still be used.
    pub(crate) open_codes: i64,
    /// Reports of any stretch that are dated after today.
    pub(crate) ahead: i64,
    /// The kinds of noise among the reports.
    pub(crate) noise: Vec<String>,
}

impl Figures {
    /// One sum over the whole stretch.
    pub(crate) fn total(&self, cell: Cell) -> i64 {
        self.totals[cell.index()]
    }
}

/// One day of all booths.
#[derive(Debug)]
pub(crate) struct DayFigures {
    pub(crate) visits: i64,
    pub(crate) booths: i64,
}

/// One school.
#[derive(Debug)]
pub(crate) struct SchoolFigures {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Booths enrolled and not revoked.
    pub(crate) booths: i64,
    pub(crate) totals: [i64; CELL_COUNT],
}

impl SchoolFigures {
    /// One sum of this school.
    pub(crate) fn total(&self, cell: Cell) -> i64 {
        self.totals[cell.index()]
    }
}

/// One booth.
#[derive(Debug)]
pub(crate) struct BoothFigures {
    pub(crate) id: String,
    pub(crate) school: String,
    pub(crate) revoked: bool,
    /// The latest day it reported, of any stretch.
    pub(crate) last_day: Option<Date>,
    /// Reports within the stretch.
    pub(crate) reports: i64,
}

impl Store {
    /// The latest reported day that is not after `today`.
    pub(crate) async fn latest_day(&self, today: Date) -> Result<Option<Date>, StoreError> {
        let failed = || doing("find the latest report");
        let row = sqlx::query("SELECT max(day) FROM report WHERE day <= ?")
            .bind(today.to_string())
            .fetch_one(&self.pool)
            .await
            .map_err(failed())?;
        let day: Option<String> = row.try_get(0).map_err(failed())?;
        day.map(|text| date(&text)).transpose()
    }

    /// Adds up the days from `from` to `to`, both included. `now` in seconds
    /// since 1970. All sums are of one moment.
    pub(crate) async fn figures(
        &self,
        from: Date,
        to: Date,
        today: Date,
        now: i64,
    ) -> Result<Figures, StoreError> {
        let failed = || doing("add up the reports");
        let stretch = Stretch {
            first: from.to_string(),
            last: to.to_string(),
        };
        let mut tx = self.pool.begin().await.map_err(failed())?;
        let days = stretch.days(&mut tx).await?;
        let schools = stretch.schools(&mut tx).await?;
        let booths = stretch.booths(&mut tx).await?;
        let noise = stretch.noise(&mut tx).await?;
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM enrol_code WHERE booth IS NULL AND expires_at > ?),
                    (SELECT count(*) FROM report WHERE day > ?)",
        )
        .bind(now)
        .bind(today.to_string())
        .fetch_one(&mut *tx)
        .await
        .map_err(failed())?;
        let open_codes = row.try_get(0).map_err(failed())?;
        let ahead = row.try_get(1).map_err(failed())?;
        tx.commit().await.map_err(failed())?;

        let mut totals = [0; CELL_COUNT];
        for school in &schools {
            for (total, part) in totals.iter_mut().zip(school.totals) {
                *total += part;
            }
        }
        Ok(Figures {
            days,
            totals,
            schools,
            booths,
            open_codes,
            ahead,
            noise,
        })
    }
}

/// First and last day, as they are stored.
struct Stretch {
    first: String,
    last: String,
}

impl Stretch {
    async fn days(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<BTreeMap<Date, DayFigures>, StoreError> {
        let failed = || doing("add up the days");
        let rows = sqlx::query(
            "SELECT day, sum(visits), count(DISTINCT booth) FROM report
             WHERE day BETWEEN ? AND ? GROUP BY day",
        )
        .bind(&self.first)
        .bind(&self.last)
        .fetch_all(connection)
        .await
        .map_err(failed())?;
        let mut days = BTreeMap::new();
        for row in rows {
            let day: String = row.try_get(0).map_err(failed())?;
            let visits = row.try_get(1).map_err(failed())?;
            let booths = row.try_get(2).map_err(failed())?;
            days.insert(date(&day)?, DayFigures { visits, booths });
        }
        Ok(days)
    }

    async fn schools(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Vec<SchoolFigures>, StoreError> {
        let failed = || doing("add up the schools");
        let select = format!(
            "SELECT s.id, s.name,
                    (SELECT count(*) FROM booth WHERE school = s.id AND revoked_at IS NULL), {}
             FROM school s
             LEFT JOIN booth b ON b.school = s.id
             LEFT JOIN report r ON r.booth = b.id AND r.day BETWEEN ? AND ?
             GROUP BY s.id ORDER BY s.id",
            columns(|name| format!("coalesce(sum(r.{name}), 0)")),
        );
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(&self.first)
            .bind(&self.last)
            .fetch_all(connection)
            .await
            .map_err(failed())?;
        rows.iter()
            .map(|row| {
                Ok(SchoolFigures {
                    id: row.try_get(0)?,
                    name: row.try_get(1)?,
                    booths: row.try_get(2)?,
                    totals: cells(row, 3)?,
                })
            })
            .collect::<Result<_, sqlx::Error>>()
            .map_err(failed())
    }

    /// Active booths first, the longest silent before the others.
    async fn booths(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Vec<BoothFigures>, StoreError> {
        let failed = || doing("list the booths");
        let rows = sqlx::query(
            "SELECT b.id, s.name, b.revoked_at IS NOT NULL, max(r.day),
                    count(*) FILTER (WHERE r.day BETWEEN ? AND ?)
             FROM booth b JOIN school s ON s.id = b.school LEFT JOIN report r ON r.booth = b.id
             GROUP BY b.id ORDER BY b.revoked_at IS NOT NULL, max(r.day), s.id, b.id",
        )
        .bind(&self.first)
        .bind(&self.last)
        .fetch_all(connection)
        .await
        .map_err(failed())?;
        let mut booths = Vec::with_capacity(rows.len());
        for row in rows {
            let last_day: Option<String> = row.try_get(3).map_err(failed())?;
            booths.push(BoothFigures {
                id: row.try_get(0).map_err(failed())?,
                school: row.try_get(1).map_err(failed())?,
                revoked: row.try_get(2).map_err(failed())?,
                last_day: last_day.map(|text| date(&text)).transpose()?,
                reports: row.try_get(4).map_err(failed())?,
            });
        }
        Ok(booths)
    }

    async fn noise(&self, connection: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
        let failed = || doing("look up the noise");
        let rows = sqlx::query(
            "SELECT DISTINCT noise FROM report WHERE day BETWEEN ? AND ? ORDER BY noise",
        )
        .bind(&self.first)
        .bind(&self.last)
        .fetch_all(connection)
        .await
        .map_err(failed())?;
        rows.iter()
            .map(|row| row.try_get(0).map_err(failed()))
            .collect()
    }
}

fn date(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt("a date"))
}
