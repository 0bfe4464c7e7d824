//! The table of faults in `docs/call-faults.md` names tests that exist, for at least forty faults.

use std::path::Path;
use xinting_e2e::bins::workspace;

/// The issue of every row: number, fault, visitor, admin, tests.
fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|row| row.split(" | ").map(str::trim).collect::<Vec<_>>())
        .filter(|cells| cells[0].parse::<u32>().is_ok())
        .collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn is_there(root: &Path, file: &str, test: &str) -> bool {
    std::fs::read_to_string(root.join(file)).is_ok_and(|text| text.contains(&format!("fn {test}(")))
}

#[test]
fn every_row_has_a_test_that_exists() {
    let root = workspace();
    let text = std::fs::read_to_string(root.join("docs/call-faults.md")).expect("the table");
    let rows = rows(&text);
    assert!(rows.len() >= 40, "only {} faults", rows.len());
    for (place, cells) in rows.iter().enumerate() {
        assert_eq!(cells.len(), 5, "{cells:?}");
        assert_eq!(cells[0], (place + 1).to_string(), "rows are numbered");
        for cell in &cells[1..4] {
            assert!(!cell.is_empty(), "{cells:?}");
        }
        let mut file = None;
        let mut found = 0;
        for name in quoted(cells[4]) {
            if name.ends_with(".flow") {
                let journeys = root.join("tests/tests/journeys.rs");
                let played = std::fs::read_to_string(journeys).expect("the journeys");
                let short = name.trim_start_matches("tests/flows/");
                assert!(root.join(name).is_file(), "{name} is not there");
                assert!(played.contains(short), "{name} is not played");
                found += 1;
            } else if Path::new(name).extension().is_some() {
                assert!(root.join(name).is_file(), "{name} is not there");
                file = Some(name);
                found += usize::from(name.ends_with("property.rs"));
            } else if let Some((module, test)) = name.split_once("::") {
                let file = format!("hw/tests/faults/{module}.rs");
                assert!(is_there(&root, &file, test), "{name} is no test");
                found += 1;
            } else {
                let file = file.expect("a file before the test's name");
                assert!(is_there(&root, file, name), "{file} has no {name}");
                found += 1;
            }
        }
        assert!(found > 0, "no test: {cells:?}");
    }
}
