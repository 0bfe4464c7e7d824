//! The installer's guard: real lines that nobody should ring to try a modem out.
//!
//! It is not a directory of lines and the kiosk does not use it: which line a visitor may call comes from a verified
//! pack.

use super::DialNumber;

/// Crisis and emergency numbers in mainland China that must not be dialled by accident.
pub const GUARDED: [&str; 8] = [
    "110", "119", "120", "122", "12355", "12356", "12320", "962525",
];

/// True when `number` reaches one of [`GUARDED`], also behind an area code (021, 0571 …), a country code, or a
/// carrier's prefix.
#[must_use]
pub fn is_guarded(number: &DialNumber) -> bool {
    let digits = number.digits();
    GUARDED.iter().any(|guarded| {
        digits.strip_suffix(guarded).is_some_and(|prefix| {
            // A short number at the end of a mobile or fixed number is chance; behind a code it is that line.
            prefix.is_empty()
                || (prefix.starts_with('0') && prefix.len() <= 6)
                || (prefix.starts_with("86") && prefix.len() <= 6)
                || (prefix.starts_with('1') && prefix.len() == 5 && prefix[1..].starts_with("79"))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guarded_numbers_with_and_without_codes() {
        for text in [
            "110",
            "119",
            "120",
            "122",
            "12355",
            "12356",
            "12320",
            "962525",
            "02112356",
            "0571962525",
            "8612356",
            "008612356",
        ] {
            assert!(is_guarded(&DialNumber::new(text).unwrap()), "{text}");
        }
        for text in [
            "10010",
            "10086",
            "13800138000",
            "13812312356",
            "112",
            "1234",
        ] {
            assert!(!is_guarded(&DialNumber::new(text).unwrap()), "{text}");
        }
    }
}
