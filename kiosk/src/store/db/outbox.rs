//! The outbox: reports that wait for the district, or were set aside by it.

use super::super::{OutboxRow, Receipted, Settled};
use super::{Db, DbError, sql};
use rusqlite::{OptionalExtension, params};
use xinting_usage::SignedReport;

impl Db {
    /// The oldest report that waits, if any.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn next_waiting(&self) -> Result<Option<OutboxRow>, DbError> {
        Ok(self.outbox()?.into_iter().find(|row| row.refused.is_none()))
    }

    /// Every report that is here, oldest first.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn outbox(&self) -> Result<Vec<OutboxRow>, DbError> {
        let doing = "reading the outbox";
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT id, key, date, signature, body, status, message FROM outbox ORDER BY id",
            )
            .map_err(sql(doing))?;
        let rows = statement
            .query_map([], |row| {
                let status: Option<u16> = row.get(5)?;
                let message: String = row.get(6)?;
                Ok(OutboxRow {
                    id: row.get(0)?,
                    date: row.get(2)?,
                    report: SignedReport {
                        idempotency_key: row.get(1)?,
                        signature: row.get(3)?,
                        body: row.get(4)?,
                    },
                    refused: status.map(|status| (status, message)),
                })
            })
            .map_err(sql(doing))?;
        rows.collect::<Result<_, _>>().map_err(sql(doing))
    }

    /// Forgets a report that the district has.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn acknowledged(&mut self, id: i64) -> Result<(), DbError> {
        self.connection
            .execute("DELETE FROM outbox WHERE id = ?1", [id])
            .map_err(sql("deleting an acknowledged report"))?;
        self.empty_wal()
    }

    /// Sets a report aside that the district will never take.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn set_aside(&mut self, id: i64, status: u16, message: &str) -> Result<(), DbError> {
        self.connection
            .execute(
                "UPDATE outbox SET status = ?2, message = ?3 WHERE id = ?1",
                params![id, status, message],
            )
            .map_err(sql("setting a refused report aside"))?;
        Ok(())
    }

    /// Takes the district's receipts in, all of them or none: only rows about the very bytes that are here count.
    /// Saying it again changes nothing.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn settle(&mut self, receipts: &[Receipted]) -> Result<Settled, DbError> {
        let doing = "taking receipts in";
        let mut settled = Settled::default();
        let transaction = self.connection.transaction().map_err(sql(doing))?;
        for receipt in receipts {
            let row: Option<(i64, Vec<u8>)> = transaction
                .query_row(
                    "SELECT id, body FROM outbox WHERE key = ?1",
                    [&receipt.key],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()
                .map_err(sql(doing))?;
            let Some((id, body)) = row else {
                settled.unknown += 1;
                continue;
            };
            if xinting_wire::body_hash(&body) != receipt.body_sha256 {
                settled.other_bytes += 1;
                continue;
            }
            match &receipt.refused {
                None => {
                    transaction
                        .execute("DELETE FROM outbox WHERE id = ?1", [id])
                        .map_err(sql(doing))?;
                    settled.acknowledged += 1;
                }
                Some((status, message)) => {
                    transaction
                        .execute(
                            "UPDATE outbox SET status = ?2, message = ?3 WHERE id = ?1",
                            params![id, status, message],
                        )
                        .map_err(sql(doing))?;
                    settled.set_aside += 1;
                }
            }
        }
        transaction.commit().map_err(sql(doing))?;
        self.empty_wal()?;
        Ok(settled)
    }
}
