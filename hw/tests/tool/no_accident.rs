//! The claim: no test, bench, demo or script opens a real serial port, unless somebody names it.
//!
//! It reads the sources: only the driver and this tool's own questions may open a port at all, and nowhere does the name
//! of a real one stand in code except where it is a text for people, or a text to be parsed and never opened.

use std::fs;
use std::path::{Path, PathBuf};

use xinting_hw::modem::ModemConfig;

/// Who may open serial ports. Both take the port from whoever called them.
const OPENERS: [&str; 2] = [
    "hw/src/modem/serial/port.rs",
    "hw/src/bin/xinting-hw/modem_exam.rs",
];

/// Where a real port's name stands in code (beginnings of paths), and why none is opened by it.
const NAMES: [(&str, &str); 12] = [
    (
        "content/author/src/keys.rs",
        "the terminal that a password is typed on",
    ),
    ("hw/src/bin/xinting-hw.rs", "examples in --help"),
    (
        "hw/src/bin/xinting-hw/doctor_ports.rs",
        "advice; and links below /dev/serial, which are read and not opened",
    ),
    ("hw/src/bin/xinting-hw/modem_words.rs", "advice"),
    (
        "hw/src/modem/serial/choice.rs",
        "an error's example, and texts that are parsed",
    ),
    ("hw/tests/tool/no_accident.rs", "this file"),
    ("kiosk/src/config", "an example, and texts that are parsed"),
    ("kiosk/src/carry", "texts whose secrets are taken out"),
    (
        "kiosk/src/admin",
        "pages as values: nothing there opens anything",
    ),
    (
        "kiosk/src/booth",
        "the visit as values: nothing there opens anything",
    ),
    ("kiosk/src/tour/stops.rs", "a picture of a page"),
    ("kiosk/tests/command.rs", "a configuration that is refused"),
];

/// Beginnings of the names of real serial ports.
const REAL: [&str; 3] = ["/dev/tty", "/dev/serial", "/dev/cu"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every file below `folder` that could be run or compiled, or that tells a program what to do.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let about = entry.file_type().unwrap();
        if about.is_dir() && !name.starts_with('.') && !name.starts_with("target") {
            sources(&path, found);
        } else if about.is_file() {
            let kind = path.extension().unwrap_or_default().to_string_lossy();
            let known = [
                "rs", "py", "sh", "toml", "flow", "slint", "service", "rules",
            ];
            if known.contains(&&*kind) || path.parent().is_some_and(|in_| in_.ends_with("scripts"))
            {
                found.push(path);
            }
        }
    }
}

/// The lines of a file that are not comment, with their numbers.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line))
        .filter(|(_, line)| {
            let line = line.trim_start();
            !line.starts_with("//") && !line.starts_with('#')
        })
}

#[test]
fn no_source_opens_a_real_port_by_itself() {
    let root = root();
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 200, "the sources were not found");
    assert!(
        files.iter().any(|file| file.ends_with("scripts/run")),
        "the scripts were not found"
    );
    let mut wrong = Vec::new();
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        let name = file
            .strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let may_open = OPENERS.contains(&&*name) || name == "hw/tests/tool/no_accident.rs";
        let may_name = NAMES.iter().any(|(known, _)| name.starts_with(known));
        for (number, line) in code(&text) {
            let opens = ["TTYPort::open", "serialport::new", "open_native"]
                .iter()
                .any(|word| line.contains(word));
            if opens && !may_open {
                wrong.push(format!("{name}:{number} opens a serial port: {line}"));
            }
            if !may_name && REAL.iter().any(|real| line.contains(real)) {
                wrong.push(format!("{name}:{number} names a real port: {line}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "a real port must come from the configuration or the command line; where it is only a text, say so in NAMES:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn without_a_word_there_is_no_port() {
    assert_eq!(ModemConfig::default().port, None);
    // The tool has no port of its own either.
    for words in [
        &["modem", "probe"][..],
        &["modem", "dial", "10010"],
        &["modem", "monitor"],
    ] {
        let done = crate::desk::tool().args(words).output().unwrap();
        assert_eq!(done.status.code(), Some(2), "{words:?}");
        assert!(String::from_utf8_lossy(&done.stderr).contains("--port"));
    }
}
