//! What else may lie on a stick: very many names, pipes, links.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use ed25519_dalek::SigningKey;
use xinting_wire::Cell;

use super::{DAY, Export, by_stick, import};
use crate::rig::District;

#[test]
fn an_export_is_found_among_thirty_thousand_photographs() {
    let district = District::new("");
    let stick = tempfile::tempdir().unwrap();
    let booth = by_stick(&district, stick.path(), 1);
    let export = Export::new(stick.path(), "xinting-z");
    let body = booth.report(1, DAY, &[(Cell::Visits, 12)]);
    export.report(&booth, 1, &body);
    for number in 0..30_000 {
        fs::write(stick.path().join(format!("{number}.jpg")), "").unwrap();
    }
    let (status, table, words) = import(&district, stick.path());
    assert_eq!(status, Some(0), "{words}");
    assert_eq!(table.matches(" 201 stored").count(), 1, "{table}");
}

#[test]
fn what_was_not_looked_at_is_said() {
    let district = District::new("");
    let stick = tempfile::tempdir().unwrap();
    let export = Export::new(stick.path(), "xinting-z");
    let reports = export.folder.join("reports");
    let put = |number: usize| fs::write(reports.join(format!("{number:05}.json")), "x").unwrap();
    (0..10_000).for_each(put);
    let (status, table, words) = import(&district, stick.path());
    assert_eq!((status, table.matches(" 400 ").count()), (Some(1), 10_000));
    assert!(words.contains("10000 of 10000 were refused"), "{words}");
    assert!(!words.contains("the booth learns of it"), "{words}");
    assert_eq!(
        export.receipts(),
        [],
        "nothing could be read, nothing is answered"
    );
    put(10_000);
    let (status, table, words) = import(&district, stick.path());
    assert_eq!((status, table.matches(" 400 ").count()), (Some(1), 10_000));
    assert!(
        words.contains("holds more than 10000") && words.contains("not looked at"),
        "{words}"
    );
    assert!(
        words.contains("xinting-z/reports") && words.contains("import again"),
        "{words}"
    );
}

#[test]
fn pipes_and_links_are_named_and_neither_waited_for_nor_followed() {
    let district = District::new("");
    let stick = tempfile::tempdir().unwrap();
    let booth = by_stick(&district, stick.path(), 1);
    let outside = tempfile::tempdir().unwrap();
    let elsewhere = Export::new(outside.path(), "xinting-elsewhere");
    elsewhere.report(&booth, 1, &booth.report(1, DAY, &[(Cell::Visits, 12)]));
    elsewhere.request(
        &district.code("no-2", "第二中学"),
        &SigningKey::from_bytes(&[2; 32]),
    );
    let pipe = |path: PathBuf| {
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mkfifoat(rustix::fs::CWD, path, mode).unwrap();
    };
    let folder = |name: &str| {
        fs::create_dir(stick.path().join(name)).unwrap();
        stick.path().join(name)
    };
    pipe(folder("xinting-a").join("enrol-request.json"));
    let linked = folder("xinting-b");
    symlink(
        elsewhere.folder.join("enrol-request.json"),
        linked.join("enrol-request.json"),
    )
    .unwrap();
    symlink(elsewhere.folder.join("reports"), linked.join("reports")).unwrap();
    pipe(folder("xinting-c").join("reports"));
    let letters = Export::new(stick.path(), "xinting-d");
    pipe(letters.folder.join("reports/1.json"));
    pipe(letters.folder.join("receipts.json"));
    pipe(letters.folder.join("receipts.json.new"));
    symlink(&elsewhere.folder, stick.path().join("xinting-e")).unwrap();
    let before = district.csv();
    let (status, table, words) = import(&district, stick.path());
    assert_eq!(status, Some(1));
    assert!(words.contains("5 of 5 were refused"), "{table}\n{words}");
    assert_eq!(
        table.matches("400 this is no regular file").count(),
        3,
        "{table}"
    );
    assert_eq!(table.matches("400 this is no folder").count(), 2, "{table}");
    assert_eq!(table.matches("enrol-request.json").count(), 2, "{table}");
    assert_eq!(letters.receipts(), [], "put in the place of the pipes");
    assert!(!elsewhere.folder.join("receipts.json").exists());
    assert!(!elsewhere.folder.join("enrolled.json").exists());
    assert_eq!(district.csv(), before);
    // The folder alone, as an operator would name it.
    let (status, table, _) = import(&district, &stick.path().join("xinting-a"));
    assert_eq!(status, Some(1));
    assert!(
        table.contains("enrol-request.json") && table.contains(" 400 "),
        "{table}"
    );
}
