//! The database: SQLite, write-ahead log, every commit on the disk before it
//! is acknowledged. Other processes (`enrol`, `export`) may use it meanwhile.

mod enrolment;
mod figures;
mod reports;

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use thiserror::Error;

pub(crate) use enrolment::Enrolled;
pub(crate) use figures::{BoothFigures, Figures};
pub(crate) use reports::Stored;

/// How long a statement waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(10);

/// Why the database did not do what was asked.
#[derive(Debug, Error)]
pub(crate) enum StoreError {
    #[error("cannot open the database {path}")]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot open the database {path}")]
    Open {
        path: PathBuf,
        #[source]
        source: sqlx::Error,
    },
    #[error("cannot bring the database {path} to this version's layout")]
    Migrate {
        path: PathBuf,
        #[source]
        source: sqlx::migrate::MigrateError,
    },
    #[error("cannot {doing}")]
    Query {
        doing: &'static str,
        #[source]
        source: sqlx::Error,
    },
    #[error("the database holds {0} that this program did not write")]
    Corrupt(&'static str),
    #[error("the system gave no random bytes")]
    Randomness(#[source] getrandom::Error),
}

/// Adds to an SQL error what was being done.
fn doing(doing: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |source| StoreError::Query { doing, source }
}

/// The district's database.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pool: SqlitePool,
}

impl Store {
    /// Opens the file, making it (readable by its owner only) and its tables
    /// where they are missing.
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        let file_error = |source| StoreError::File {
            path: path.to_owned(),
            source,
        };
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)
            .map_err(file_error)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        // Two programs that first see an empty file at once must not both lay it out.
        let layout = lock(path).map_err(file_error)?;
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await
            .map_err(|source| StoreError::Open {
                path: path.to_owned(),
                source,
            })?;
        sqlx::migrate!("./migrations")
            .run(&pool)
            .await
            .map_err(|source| StoreError::Migrate {
                path: path.to_owned(),
                source,
            })?;
        drop(layout);
        Ok(Self { pool })
    }

    /// Waits for what is running, and folds the log back into the file.
    pub(crate) async fn close(self) {
        self.pool.close().await;
    }
}

/// Holds the lock beside the database until the file is dropped.
fn lock(database: &Path) -> io::Result<File> {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(name)?;
    file.lock()?;
    Ok(file)
}
