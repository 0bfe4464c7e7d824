//! A desk to work at: a temporary folder outside any clone, a little pack, the tool.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) struct Desk {
    dir: tempfile::TempDir,
}

const PACK: &str = r#"id = "little"
kind = "school"
publisher = "nobody"
version = 3
release = "1.0"
title = { zh = "小包", en = "Little" }
languages = ["zh-CN", "en"]
audiences = ["junior"]
practices = ["breath"]
"#;

const COUNSELLOR: &str = r#"who = { zh = "学校心理老师", en = "The school counsellor" }
how = { zh = "不用预约", en = "No appointment" }
about = [{ zh = "什么都可以聊", en = "Anything" }]
"#;

const PRACTICE: &str = r#"audiences = ["junior"]
kind = "breathing"
title = { zh = "呼吸", en = "Breathing" }
summary = { zh = "一句", en = "One line" }
symbol = "lotus"
duration_ms = 12000
evidence = { zh = "有", en = "Some" }
[breathing]
lead_in_ms = 2000
inhale_ms = 4000
exhale_ms = 6000
[sound]
recipe = "breathing"
seed = 5
"#;

impl Desk {
    /// With the source of a little pack in `little/`: a counsellor and ten seconds of breathing.
    pub(crate) fn new() -> Self {
        let desk = Desk {
            dir: tempfile::tempdir().unwrap(),
        };
        let captions = |line| format!("WEBVTT\n\n00:02.000 --> 00:06.000\n{line}\n");
        desk.put("little/pack.toml", PACK);
        desk.put("little/counsellor.toml", COUNSELLOR);
        desk.put("little/practices/breath.toml", PRACTICE);
        desk.put("little/practices/breath.zh-CN.vtt", &captions("吸气"));
        desk.put("little/practices/breath.en.vtt", &captions("In"));
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{name} does not hold {from}");
        self.put(name, &text.replacen(from, to, 1));
    }

    pub(crate) fn tool(&self, arguments: &[&str]) -> Output {
        self.tool_in(self.dir.path(), arguments)
    }

    pub(crate) fn tool_in(&self, folder: &Path, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_xinting-pack"))
            .args(arguments)
            .current_dir(folder)
            .env("XDG_CACHE_HOME", self.path("cache"))
            .output()
            .unwrap()
    }

    /// Runs what must succeed; gives what it printed.
    pub(crate) fn good(&self, arguments: &[&str]) -> String {
        let output = self.tool(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs what must fail with this status; gives the complaint.
    pub(crate) fn bad(&self, status: i32, arguments: &[&str]) -> String {
        let output = self.tool(arguments);
        assert_eq!(
            output.status.code(),
            Some(status),
            "{arguments:?}: {}",
            said(&output)
        );
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    }

    /// A key without a password, and `little.xpack` signed by it.
    pub(crate) fn built(self) -> Self {
        self.good(&["keygen", "mine", "--no-password"]);
        self.good(&["build", "little", "-o", "little.xpack", "--key", "mine.key"]);
        self
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
