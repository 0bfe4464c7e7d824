//! The table of faults in `docs/call-faults.md` names tests that exist, for at least forty faults.

use std::path::Path;
use xinting_e2e::bins::workspace;
use xinting_e2e::table::{is_played, is_there, quoted, rows};

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
                assert!(is_played(&root, name), "{name} is not there or not played");
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
