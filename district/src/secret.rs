//! Codes, tokens and ids: made from the system's randomness, kept as hashes.
//! They carry far more randomness than anybody can try, so a plain SHA-256 is
//! enough and no slow hash is needed.

use sha2::{Digest as _, Sha256};
use xinting_wire::BoothId;
use xinting_wire::enrol::normal_code;

/// Letters and digits that cannot be taken for each other on paper: no 0 O, 1 I L, U.
const SYMBOLS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `N` symbols, each with equal chance: about 4.9 bits a symbol.
fn symbols(count: usize) -> Result<String, getrandom::Error> {
    let mut text = String::with_capacity(count);
    while text.len() < count {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        // 240 is the largest multiple of 30: values above it would favour some symbols.
        let fair = bytes.iter().filter(|byte| **byte < 240);
        text.extend(fair.map(|byte| char::from(SYMBOLS[usize::from(*byte) % SYMBOLS.len()])));
    }
    text.truncate(count);
    Ok(text)
}

/// A one-use enrolment code such as `K7PQ-3MWX-9RTD`, 58 bits.
pub(crate) fn new_code() -> Result<String, getrandom::Error> {
    let all = symbols(12)?;
    Ok(format!("{}-{}-{}", &all[..4], &all[4..8], &all[8..]))
}

/// A read token, 157 bits.
pub(crate) fn new_token() -> Result<String, getrandom::Error> {
    Ok(format!("xtd-{}", symbols(32)?))
}

/// An id for a new booth.
pub(crate) fn new_booth() -> Result<BoothId, getrandom::Error> {
    let id = format!("b-{}", symbols(10)?.to_ascii_lowercase());
    Ok(id
        .parse()
        .expect("invariant: lower-case symbols make an id"))
}

/// What is stored of a code.
pub(crate) fn code_hash(code: &str) -> [u8; 32] {
    hash(b"xinting enrol code\n", &normal_code(code))
}

/// What is stored of a read token.
pub(crate) fn token_hash(token: &str) -> [u8; 32] {
    hash(b"xinting read token\n", token)
}

fn hash(domain: &[u8], secret: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(domain);
    hasher.update(secret.as_bytes());
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let code = new_code().unwrap();
        assert_eq!(code.len(), 14);
        let typed = code.to_ascii_lowercase().replace('-', " ");
        assert_eq!(code_hash(&typed), code_hash(&code));
        assert_ne!(code_hash(&new_code().unwrap()), code_hash(&code));
    }

    #[test]
    fn secrets_differ_and_ids_are_ids() {
        assert_ne!(new_token().unwrap(), new_token().unwrap());
        assert_ne!(new_booth().unwrap(), new_booth().unwrap());
        assert_ne!(token_hash("A"), code_hash("A"));
    }
}
