//! The table of threats in `content/THREATS.md` names tests that exist: a file first, then tests of it.

use std::collections::BTreeSet;
use std::path::Path;
use xinting_e2e::bins::workspace;
use xinting_e2e::table::{is_played, is_there, quoted, rows};

#[test]
fn every_threat_has_a_test_that_exists() {
    let root = workspace();
    let text = std::fs::read_to_string(root.join("content/THREATS.md")).expect("the table");
    let rows = rows(&text);
    assert!(rows.len() >= 40, "only {} threats", rows.len());
    let mut tests = BTreeSet::new();
    for (place, cells) in rows.iter().enumerate() {
        assert_eq!(cells.len(), 5, "{cells:?}");
        assert_eq!(cells[0], (place + 1).to_string(), "rows are numbered");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{cells:?}");
        let mut file = None;
        let mut found = 0;
        for name in quoted(cells[4]) {
            if name.ends_with(".flow") {
                assert!(is_played(&root, name), "{name} is not there or not played");
                found += 1;
            } else if Path::new(name).extension().is_some() {
                assert!(root.join(name).is_file(), "{name} is not there");
                file = Some(name);
                continue;
            } else {
                let file = file.expect("a file before the test's name");
                assert!(is_there(&root, file, name), "{file} has no {name}");
                found += 1;
            }
            tests.insert(name);
        }
        assert!(found > 0, "no test: {cells:?}");
    }
    println!("{} threats, {} tests named", rows.len(), tests.len());
}
