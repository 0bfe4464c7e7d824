//! Tables in the documents that name tests: reading their rows and finding the tests. What a table must say is the
//! business of the test that reads it.

use std::path::Path;

/// The cells of every row that begins with a number.
#[must_use]
pub fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|row| row.split(" | ").map(str::trim).collect::<Vec<_>>())
        .filter(|cells| cells[0].parse::<u32>().is_ok())
        .collect()
}

/// What stands between backticks.
#[must_use]
pub fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Whether a file below the clone holds a function of this name.
#[must_use]
pub fn is_there(root: &Path, file: &str, test: &str) -> bool {
    let text = std::fs::read_to_string(root.join(file));
    text.is_ok_and(|text| text.contains(&format!("fn {test}(")))
}

/// Whether this flow is there and one of the journeys plays it.
#[must_use]
pub fn is_played(root: &Path, flow: &str) -> bool {
    let name = flow
        .trim_start_matches("tests/flows/")
        .trim_end_matches(".flow");
    let plays = |journeys: &str| {
        let text = std::fs::read_to_string(root.join("tests/tests").join(journeys));
        text.is_ok_and(|text| {
            [format!("\"{name}\""), format!("{name}.flow")]
                .iter()
                .any(|said| text.contains(said))
        })
    };
    root.join(flow).is_file() && ["journeys.rs", "journeys_sticks.rs"].into_iter().any(plays)
}
