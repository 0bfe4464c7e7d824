//! Reading the district's CSV in a test: rows as maps from column to text.

use std::collections::BTreeMap;

/// The rows of a CSV without quoted fields, which the district's export is.
///
/// # Panics
/// If a row has more or fewer fields than the header, or a field is quoted.
pub fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    assert!(!text.contains('"'), "a quoted field: {text}");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            assert_eq!(fields.len(), header.len(), "{line}");
            header
                .iter()
                .zip(fields)
                .map(|(name, field)| ((*name).to_owned(), field.to_owned()))
                .collect()
        })
        .collect()
}
