//! Schools, codes, booths and tokens.

use sqlx::{Row as _, SqliteConnection};
use xinting_wire::{BoothId, PublicKey, SchoolId};

use super::{Store, StoreError, doing};
use crate::secret;

/// What became of a request to enrol.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Enrolled {
    /// A new booth.
    New(BoothId),
    /// The same key had used this code before, or another one of its school.
    Again(BoothId),
    /// The code is unknown, expired, used by another key, or its booth revoked.
    BadCode,
    /// The key is enrolled already, at another school.
    KeyTaken,
}

/// A booth that may be asking.
#[derive(Debug)]
pub(crate) struct KnownBooth {
    pub(crate) key: PublicKey,
    pub(crate) revoked: bool,
}

impl Store {
    /// Makes the school known under this name, or renames it.
    pub(crate) async fn put_school(&self, id: &SchoolId, name: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO school (id, name) VALUES (?, ?)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        )
        .bind(id.as_str())
        .bind(name)
        .execute(&self.pool)
        .await
        .map_err(doing("store a school"))?;
        Ok(())
    }

    /// Whether the school was ever named.
    pub(crate) async fn has_school(&self, id: &SchoolId) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 FROM school WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(doing("look up a school"))?;
        Ok(row.is_some())
    }

    /// Makes a one-use code for a school that is known. Only its hash is kept.
    pub(crate) async fn new_code(
        &self,
        school: &SchoolId,
        expires_at: i64,
    ) -> Result<String, StoreError> {
        let code = secret::new_code().map_err(StoreError::Randomness)?;
        sqlx::query("INSERT INTO enrol_code (hash, school, expires_at) VALUES (?, ?, ?)")
            .bind(secret::code_hash(&code).as_slice())
            .bind(school.as_str())
            .bind(expires_at)
            .execute(&self.pool)
            .await
            .map_err(doing("store an enrolment code"))?;
        Ok(code)
    }

    /// Trades a code for a booth id. `now` in seconds since 1970.
    pub(crate) async fn enrol(
        &self,
        code: &str,
        key: &PublicKey,
        now: i64,
    ) -> Result<Enrolled, StoreError> {
        let failed = || doing("enrol a booth");
        let hash = secret::code_hash(code);
        // Immediate: the code is read and used up under one write lock.
        let mut tx = self
            .pool
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(failed())?;
        let found = sqlx::query(
            "SELECT c.school, c.expires_at, b.id, b.public_key, b.revoked_at
             FROM enrol_code c LEFT JOIN booth b ON b.id = c.booth WHERE c.hash = ?",
        )
        .bind(hash.as_slice())
        .fetch_optional(&mut *tx)
        .await
        .map_err(failed())?;
        let Some(found) = found else {
            return Ok(Enrolled::BadCode);
        };
        let used_by: Option<String> = found.try_get(2).map_err(failed())?;
        if let Some(booth) = used_by {
            let stored: Vec<u8> = found.try_get(3).map_err(failed())?;
            let revoked: Option<i64> = found.try_get(4).map_err(failed())?;
            if stored != key.as_bytes() || revoked.is_some() {
                return Ok(Enrolled::BadCode);
            }
            return Ok(Enrolled::Again(stored_id(&booth)?));
        }
        let expires_at: i64 = found.try_get(1).map_err(failed())?;
        if expires_at <= now {
            return Ok(Enrolled::BadCode);
        }
        let school: String = found.try_get(0).map_err(failed())?;
        let enrolled = match active(&mut tx, key).await? {
            // It asks again with another code, because the first answer got lost.
            Some((booth, at)) if at == school => Enrolled::Again(booth),
            Some(_) => return Ok(Enrolled::KeyTaken),
            None => Enrolled::New(add(&mut tx, &school, key, now).await?),
        };
        if let Enrolled::New(booth) | Enrolled::Again(booth) = &enrolled {
            sqlx::query("UPDATE enrol_code SET booth = ? WHERE hash = ?")
                .bind(booth.as_str())
                .bind(hash.as_slice())
                .execute(&mut *tx)
                .await
                .map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(enrolled)
    }

    /// The booth of that id, if it was ever enrolled.
    pub(crate) async fn booth(&self, id: &BoothId) -> Result<Option<KnownBooth>, StoreError> {
        let failed = || doing("look up a booth");
        let row = sqlx::query("SELECT public_key, revoked_at FROM booth WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(failed())?;
        let Some(row) = row else {
            return Ok(None);
        };
        let key: Vec<u8> = row.try_get(0).map_err(failed())?;
        let revoked: Option<i64> = row.try_get(1).map_err(failed())?;
        let key = key
            .as_slice()
            .try_into()
            .ok()
            .and_then(|bytes| PublicKey::from_bytes(bytes).ok())
            .ok_or(StoreError::Corrupt("a booth key"))?;
        Ok(Some(KnownBooth {
            key,
            revoked: revoked.is_some(),
        }))
    }

    /// Refuses the booth from now on; what it sent stays. False if it is unknown.
    pub(crate) async fn revoke(&self, id: &BoothId, now: i64) -> Result<bool, StoreError> {
        let done =
            sqlx::query("UPDATE booth SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?")
                .bind(now)
                .bind(id.as_str())
                .execute(&self.pool)
                .await
                .map_err(doing("revoke a booth"))?;
        Ok(done.rows_affected() == 1)
    }

    /// Makes a token that may read the export. Only its hash is kept.
    pub(crate) async fn new_token(&self, now: i64) -> Result<String, StoreError> {
        let token = secret::new_token().map_err(StoreError::Randomness)?;
        sqlx::query("INSERT INTO read_token (hash, created_at) VALUES (?, ?)")
            .bind(secret::token_hash(&token).as_slice())
            .bind(now)
            .execute(&self.pool)
            .await
            .map_err(doing("store a read token"))?;
        Ok(token)
    }

    /// Whether the token may read.
    pub(crate) async fn has_token(&self, token: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 FROM read_token WHERE hash = ?")
            .bind(secret::token_hash(token).as_slice())
            .fetch_optional(&self.pool)
            .await
            .map_err(doing("look up a read token"))?;
        Ok(row.is_some())
    }

    /// Takes a token back. False if it is unknown.
    pub(crate) async fn remove_token(&self, token: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM read_token WHERE hash = ?")
            .bind(secret::token_hash(token).as_slice())
            .execute(&self.pool)
            .await
            .map_err(doing("remove a read token"))?;
        Ok(done.rows_affected() == 1)
    }
}

/// The booth that this key is now, and its school.
async fn active(
    connection: &mut SqliteConnection,
    key: &PublicKey,
) -> Result<Option<(BoothId, String)>, StoreError> {
    let failed = || doing("look up a key");
    let row =
        sqlx::query("SELECT id, school FROM booth WHERE public_key = ? AND revoked_at IS NULL")
            .bind(key.as_bytes().as_slice())
            .fetch_optional(connection)
            .await
            .map_err(failed())?;
    let Some(row) = row else {
        return Ok(None);
    };
    let id: String = row.try_get(0).map_err(failed())?;
    let school = row.try_get(1).map_err(failed())?;
    Ok(Some((stored_id(&id)?, school)))
}

async fn add(
    connection: &mut SqliteConnection,
    school: &str,
    key: &PublicKey,
    now: i64,
) -> Result<BoothId, StoreError> {
    let booth = secret::new_booth().map_err(StoreError::Randomness)?;
    sqlx::query("INSERT INTO booth (id, school, public_key, enrolled_at) VALUES (?, ?, ?, ?)")
        .bind(booth.as_str())
        .bind(school)
        .bind(key.as_bytes().as_slice())
        .bind(now)
        .execute(connection)
        .await
        .map_err(doing("store a booth"))?;
    Ok(booth)
}

fn stored_id(id: &str) -> Result<BoothId, StoreError> {
    id.parse().map_err(|_| StoreError::Corrupt("a booth id"))
}
