//! The PIN: its hash, and the lock after wrong tries.
//!
//! Hashing is slow on purpose, so it is done by whoever has a thread for it ([`hash`], [`matches()`]). The lock is pure:
//! time is an argument. It counts wrong tries, not moments, and the count is kept: a restart begins the wait anew
//! instead of ending it, and a clock that is turned changes nothing.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::time::Duration;

/// Fewest digits of a PIN.
pub const MIN_DIGITS: usize = 4;
/// Most digits of a PIN.
pub const MAX_DIGITS: usize = 8;
/// Wrong tries in a row that are free.
pub const FREE_TRIES: u32 = 5;
/// The wait after the last free try; doubled by every further one.
pub const FIRST_WAIT: Duration = Duration::from_secs(60);
/// The longest wait.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// A PIN could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("hashing the PIN: {0}")]
pub struct HashError(argon2::password_hash::Error);

/// The hash to keep: Argon2id with a random salt, in PHC form. Takes a tenth of a second or more.
///
/// # Errors
/// [`HashError`] if the system gives no random bytes.
pub fn hash(pin: &str) -> Result<String, HashError> {
    Argon2::default()
        .hash_password(pin.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(HashError)
}

/// Whether this is the PIN of that hash. A hash that cannot be read matches nothing. As slow as [`hash`].
#[must_use]
pub fn matches(pin: &str, kept: &str) -> bool {
    PasswordHash::new(kept).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(pin.as_bytes(), &hash)
            .is_ok()
    })
}

/// The lock on the PIN pad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    wrong: u32,
    /// When the last wait began, on the monotonic clock.
    since: Duration,
}

impl Lock {
    /// The lock as kept: after `wrong` wrong tries in a row, a wait that is due begins now.
    #[must_use]
    pub const fn restore(wrong: u32, now: Duration) -> Self {
        Self { wrong, since: now }
    }

    /// Wrong tries in a row, to be kept.
    #[must_use]
    pub const fn wrong(&self) -> u32 {
        self.wrong
    }

    /// Tries left before the pad locks.
    #[must_use]
    pub fn left(&self) -> u8 {
        u8::try_from(FREE_TRIES.saturating_sub(self.wrong)).unwrap_or(u8::MAX)
    }

    /// Notes a wrong try.
    pub fn missed(&mut self, now: Duration) {
        self.wrong = self.wrong.saturating_add(1);
        self.since = now;
    }

    /// Notes the right PIN.
    pub fn opened(&mut self) {
        self.wrong = 0;
    }

    /// Until when the pad is locked; `None` where it is not.
    #[must_use]
    pub fn until(&self, now: Duration) -> Option<Duration> {
        let beyond = self.wrong.checked_sub(FREE_TRIES)?;
        let wait = FIRST_WAIT
            .saturating_mul(1 << beyond.min(16))
            .min(LONGEST_WAIT);
        Some(self.since + wait).filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn five_wrong_tries_lock_for_a_minute_and_each_further_one_for_twice_as_long() {
        let mut lock = Lock::restore(0, at(0));
        for left in [4, 3, 2, 1] {
            lock.missed(at(10));
            assert_eq!((lock.left(), lock.until(at(10))), (left, None));
        }
        lock.missed(at(10));
        assert_eq!(lock.until(at(10)), Some(at(70)));
        assert_eq!(lock.until(at(69)), Some(at(70)));
        assert_eq!(lock.until(at(70)), None);
        for (begin, wait) in [
            (100, 120),
            (300, 240),
            (600, 480),
            (1200, 960),
            (3000, 1920),
            (6000, 3600),
            (20000, 3600),
        ] {
            lock.missed(at(begin));
            assert_eq!(lock.until(at(begin)), Some(at(begin + wait)));
        }
        lock.opened();
        assert_eq!((lock.left(), lock.until(at(20001))), (5, None));
    }

    #[test]
    fn a_restart_begins_the_wait_anew() {
        assert_eq!(Lock::restore(4, at(0)).until(at(0)), None);
        assert_eq!(Lock::restore(5, at(3)).until(at(3)), Some(at(63)));
        assert_eq!(Lock::restore(u32::MAX, at(3)).until(at(3)), Some(at(3603)));
    }

    #[test]
    fn a_hash_matches_its_pin_only_and_is_never_the_same_twice() {
        let kept = hash("2580").unwrap();
        assert!(kept.starts_with("$argon2id$"));
        assert!(!kept.contains("2580"));
        assert!(matches("2580", &kept));
        assert!(!matches("2581", &kept));
        assert_ne!(kept, hash("2580").unwrap());
        assert!(!matches("2580", ""));
        assert!(!matches("2580", "$argon2id$nonsense"));
    }
}
