//! The SQL of the store: one connection, one statement a need. No thread, no policy about when to write.
//!
//! WAL with `synchronous=FULL`, so that what was committed survives a power cut; `secure_delete`, so that what was
//! deleted leaves no bytes; and the WAL is emptied after every write that replaces something, because an old page in
//! it is an old state that can be read.

mod outbox;

use super::{AdminLogEntry, OutboxRow, Running, Setting};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, params};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use xinting_usage::SignedReport;

/// Version of the schema that this program writes, kept in `user_version`.
const SCHEMA: i64 = 1;
/// How many lines of the admin log are kept.
const ADMIN_LOG_LINES: i64 = 500;
/// Another process (the installer's `sqlite3`) may hold the file for a moment.
const BUSY: Duration = Duration::from_secs(2);

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The folder of the store cannot be made.
    #[error("making the folder {path}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// SQLite said no.
    #[error("{doing}")]
    Sql {
        /// What we were doing.
        doing: &'static str,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// Written by a newer program.
    #[error(
        "the store has schema version {found}; this program knows version {SCHEMA}; install the newer program again"
    )]
    Newer {
        /// Its version.
        found: i64,
    },
    /// SQLite's own check found damage.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

impl DbError {
    /// Whether the file itself is no longer a database, as against a disk that is full or gone.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged(_) => true,
            Self::Sql { source, .. } => matches!(
                source.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            ),
            Self::Folder { .. } | Self::Newer { .. } => false,
        }
    }
}

fn sql(doing: &'static str) -> impl FnOnce(rusqlite::Error) -> DbError {
    move |source| DbError::Sql { doing, source }
}

/// An open store.
#[derive(Debug)]
pub struct Db {
    connection: Connection,
}

impl Db {
    /// Opens the store at `path` and makes what it lacks.
    ///
    /// # Errors
    /// Every [`DbError`]; [`DbError::is_damage`] says whether the file is beyond use.
    pub fn open(path: &Path) -> Result<Self, DbError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| DbError::Folder {
                path: folder.to_owned(),
                source,
            })?;
        }
        // Its user's own, like the key; what SQLite makes beside it takes the same mode. Where it cannot be made,
        // SQLite says why.
        let _there_or_refused = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path);
        let connection = Connection::open(path).map_err(sql("opening the store"))?;
        Self::prepare(connection)
    }

    /// A store that lives as long as the process, for a booth whose disk cannot be used.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn in_memory() -> Result<Self, DbError> {
        let connection = Connection::open_in_memory().map_err(sql("opening a store in memory"))?;
        Self::prepare(connection)
    }

    /// The settings that can still be read from a file that cannot be opened for use, or has been set aside: a full
    /// disk or a damaged page elsewhere must not take the admin's PIN off. Nothing is written, not even beside it.
    #[must_use]
    pub fn salvage(path: &Path) -> BTreeMap<Setting, String> {
        let Ok(path) = std::path::absolute(path) else {
            return BTreeMap::new();
        };
        let mut uri = String::from("file:");
        for byte in path.as_os_str().as_bytes() {
            match byte {
                b'/' | b'-' | b'_' | b'.' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {
                    uri.push(char::from(*byte));
                }
                other => uri.push_str(&format!("%{other:02X}")),
            }
        }
        // The WAL is emptied after every write, so the file alone is the whole of it.
        uri.push_str("?immutable=1");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let Ok(connection) = Connection::open_with_flags(uri, flags) else {
            return BTreeMap::new();
        };
        let db = Self { connection };
        let read = |setting: Setting| Some((setting, db.setting(setting).ok()??));
        Setting::ALL.into_iter().filter_map(read).collect()
    }

    fn prepare(connection: Connection) -> Result<Self, DbError> {
        let doing = "setting the store up";
        connection.busy_timeout(BUSY).map_err(sql(doing))?;
        // The pragma answers with the mode it chose: `memory` for a store in memory, which is fine.
        connection
            .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))
            .map_err(sql(doing))?;
        connection
            .pragma_update(None, "synchronous", "full")
            .map_err(sql(doing))?;
        connection
            .pragma_update_and_check(None, "secure_delete", "on", |row| row.get::<_, i64>(0))
            .map_err(sql(doing))?;
        // Statement journals and sorts stay in memory: nothing is written beside the store.
        connection
            .pragma_update(None, "temp_store", "memory")
            .map_err(sql(doing))?;
        let verdict: String = connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(sql("checking the store"))?;
        if verdict != "ok" {
            return Err(DbError::Damaged(verdict));
        }
        let mut db = Self { connection };
        db.migrate()?;
        Ok(db)
    }

    fn migrate(&mut self) -> Result<(), DbError> {
        let found: i64 = self
            .connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .map_err(sql("reading the store's version"))?;
        match found {
            SCHEMA => Ok(()),
            0 => {
                let doing = "making the store's tables";
                let transaction = self.connection.transaction().map_err(sql(doing))?;
                transaction
                    .execute_batch(include_str!("schema_1.sql"))
                    .map_err(sql(doing))?;
                transaction
                    .pragma_update(None, "user_version", SCHEMA)
                    .map_err(sql(doing))?;
                transaction.commit().map_err(sql(doing))
            }
            _ => Err(DbError::Newer { found }),
        }
    }

    /// The value of a setting.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn setting(&self, setting: Setting) -> Result<Option<String>, DbError> {
        self.connection
            .query_row(
                "SELECT value FROM settings WHERE name = ?1",
                [setting.name()],
                |row| row.get(0),
            )
            .optional()
            .map_err(sql("reading a setting"))
    }

    /// Keeps a setting.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn set(&mut self, setting: Setting, value: &str) -> Result<(), DbError> {
        self.connection
            .execute(
                "INSERT INTO settings (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [setting.name(), value],
            )
            .map_err(sql("keeping a setting"))?;
        self.empty_wal()
    }

    /// The running tally; `None` in a new store and where the row is damaged.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn running(&self) -> Result<Option<Running>, DbError> {
        let row: Option<(Vec<u8>, Vec<u8>)> = self
            .connection
            .query_row("SELECT period, cells FROM tally WHERE id = 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()
            .map_err(sql("reading the tally"))?;
        Ok(row.and_then(|(period, cells)| Running::from_rows(&period, &cells)))
    }

    /// Rewrites the running tally.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn save(&mut self, running: &Running) -> Result<(), DbError> {
        write_tally(&self.connection, running)?;
        self.empty_wal()
    }

    /// Closes a period: its report and the next period's empty tally, both or neither. Saying it again with the same
    /// report changes nothing.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn close(
        &mut self,
        date: &str,
        report: Option<&SignedReport>,
        next: &Running,
    ) -> Result<(), DbError> {
        let doing = "closing a period";
        let transaction = self.connection.transaction().map_err(sql(doing))?;
        if let Some(report) = report {
            transaction
                .execute(
                    "INSERT INTO outbox (key, date, signature, body) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (key) DO NOTHING",
                    params![report.idempotency_key, date, report.signature, report.body],
                )
                .map_err(sql(doing))?;
        }
        write_tally(&transaction, next)?;
        transaction.commit().map_err(sql(doing))?;
        self.empty_wal()
    }

    /// Takes over what a store in memory held, all of it or nothing: settings, reports in their order, the running
    /// tally. A PIN that is here stays: a pad that could not read it must not be a way around it. What was counted into
    /// the period that was open here is replaced: the booth has gone on with another. Gives the reports' rows here by
    /// their rows there.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn adopt(
        &mut self,
        settings: &BTreeMap<Setting, String>,
        reports: &[OutboxRow],
        running: Option<&Running>,
    ) -> Result<BTreeMap<i64, i64>, DbError> {
        let doing = "moving the store from memory to disk";
        let mut moved = BTreeMap::new();
        let transaction = self.connection.transaction().map_err(sql(doing))?;
        for (setting, value) in settings {
            let keep = match setting {
                Setting::PinHash | Setting::KeySticks => {
                    "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING"
                }
                Setting::BoothId | Setting::PinWrong | Setting::RootOffered => {
                    "INSERT INTO settings (name, value) VALUES (?1, ?2)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value"
                }
                // A ratchet never goes down.
                Setting::KeyListVersion | Setting::ConfigVersion => {
                    "INSERT INTO settings (name, value) VALUES (?1, ?2)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value
                     WHERE CAST(excluded.value AS INTEGER) > CAST(value AS INTEGER)"
                }
            };
            transaction
                .execute(keep, [setting.name(), value])
                .map_err(sql(doing))?;
        }
        for row in reports {
            let (status, message) = row.refused.clone().unzip();
            transaction
                .execute(
                    "INSERT INTO outbox (key, date, signature, body, status, message)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (key) DO NOTHING",
                    params![
                        row.report.idempotency_key,
                        row.date,
                        row.report.signature,
                        row.report.body,
                        status,
                        message.unwrap_or_default(),
                    ],
                )
                .map_err(sql(doing))?;
            let id = transaction
                .query_row(
                    "SELECT id FROM outbox WHERE key = ?1",
                    [&row.report.idempotency_key],
                    |found| found.get(0),
                )
                .map_err(sql(doing))?;
            moved.insert(row.id, id);
        }
        if let Some(running) = running {
            write_tally(&transaction, running)?;
        }
        transaction.commit().map_err(sql(doing))?;
        self.empty_wal()?;
        Ok(moved)
    }

    /// Notes what an admin did. `at` is local time, or empty while the clock is unknown.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn log_admin(&mut self, at: &str, entry: AdminLogEntry) -> Result<(), DbError> {
        let doing = "writing the admin log";
        self.connection
            .execute(
                "INSERT INTO admin_log (at, event) VALUES (?1, ?2)",
                [at, entry.to_string().as_str()],
            )
            .map_err(sql(doing))?;
        self.connection
            .execute(
                "DELETE FROM admin_log WHERE id <= (SELECT max(id) FROM admin_log) - ?1",
                [ADMIN_LOG_LINES],
            )
            .map_err(sql(doing))?;
        Ok(())
    }

    /// The admin's log, oldest first: local time or an empty text, and what was done.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub fn admin_log(&self) -> Result<Vec<(String, String)>, DbError> {
        let doing = "reading the admin log";
        let mut statement = self
            .connection
            .prepare_cached("SELECT at, event FROM admin_log ORDER BY id")
            .map_err(sql(doing))?;
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(sql(doing))?;
        rows.collect::<Result<_, _>>().map_err(sql(doing))
    }

    /// As if the disk had room for this many pages more.
    #[cfg(test)]
    pub(super) fn room_for(&self, pages: i64) {
        let has: i64 = self
            .connection
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        self.connection
            .pragma_update_and_check(None, "max_page_count", has + pages, |_| Ok(()))
            .unwrap();
    }

    /// Moves the WAL into the database and cuts it to nothing. Without readers, which a booth has not, it cannot be
    /// refused for long; if it is, the next write does it.
    fn empty_wal(&self) -> Result<(), DbError> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(sql("emptying the write-ahead log"))
    }
}

fn write_tally(connection: &Connection, running: &Running) -> Result<(), DbError> {
    connection
        .execute(
            "INSERT INTO tally (id, period, cells) VALUES (1, ?1, ?2)
             ON CONFLICT (id) DO UPDATE SET period = excluded.period, cells = excluded.cells",
            params![running.period_row(), running.cells_row()],
        )
        .map_err(sql("writing the tally"))?;
    Ok(())
}
