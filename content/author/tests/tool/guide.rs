//! The guide for authors does what it says: its commands are run in their order, in an empty folder,
//! and its example passes every check.

use crate::desk::Desk;
use std::path::{Path, PathBuf};
use std::process::Command;

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The blocks of the guide that are marked `sh`.
fn blocks(guide: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = guide.lines();
    while let Some(line) = lines.next() {
        if line == "```sh" {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push(block.join("\n"));
        }
    }
    blocks
}

#[test]
fn the_commands_of_the_guide_are_run_in_their_order() {
    let guide = std::fs::read_to_string(project().join("docs/authors.md")).unwrap();
    let blocks = blocks(&guide);
    assert!(blocks.len() >= 10, "{} blocks", blocks.len());
    let desk = Desk::new();
    std::fs::create_dir(desk.path("guide")).unwrap();
    let tool = Path::new(env!("CARGO_BIN_EXE_xinting-pack"));
    let path = format!(
        "{}:{}",
        tool.parent().unwrap().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    for (number, block) in blocks.iter().enumerate() {
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", block])
            .current_dir(desk.path("guide"))
            .env("PATH", &path)
            .env("XINTING", std::fs::canonicalize(project()).unwrap())
            .env("XDG_CACHE_HOME", desk.path("cache"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "block {number}:\n{block}\n{said}");
        let told = String::from_utf8_lossy(&output.stdout);
        if block.contains("xinting-pack diff") {
            let line = "changed  article 换了新班级（示例）: 1 line changed (Chinese)";
            assert!(told.contains(line), "{told}");
        }
        if block.contains("config verify") {
            let line = "verified: signed by 2 of the 2 roots in force that must sign it";
            assert!(told.contains(line), "{told}");
        }
        if block.contains("--password-file password") {
            let data = std::fs::metadata(desk.path("guide/password")).unwrap();
            let mode = std::os::unix::fs::MetadataExt::mode(&data);
            assert_eq!(mode & 0o777, 0o600, "only its owner reads the password");
        }
        if block.contains("--keys district.xkeys") && block.contains("verify next.xpack") {
            let line = "2 of the 2 signatures that the key list asks of Example District: enough";
            assert!(told.contains(line), "{told}");
        }
    }
    println!("{} blocks of the guide were run", blocks.len());
}

#[test]
fn the_example_has_nothing_to_correct_and_stays_out_of_real_booths() {
    let desk = Desk::new();
    desk.good(&["keygen", "mine", "--no-password"]);
    let project = project();
    let example = project.join("content/author/example");
    let starter = project.join("content/starter");
    let (example, starter) = (example.to_str().unwrap(), starter.to_str().unwrap());
    let told = desk.tool(&["check", example, "--over", starter]);
    let warnings = String::from_utf8(told.stderr).unwrap();
    assert!(told.status.success() && warnings.is_empty(), "{warnings}");
    desk.good(&["build", example, "-o", "e.xpack", "--key", "mine.key"]);
    let refused = desk.bad(
        1,
        &["verify", "e.xpack", "--trust", "mine.pub", "--production"],
    );
    assert!(refused.contains("示例"), "{refused}");
}
