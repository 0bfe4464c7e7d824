//! Preparing a desk in a clone that is a folder of the test, with a tool that copies packs made beforehand.

use super::*;
use crate::shelf::maker::{Publisher, Sources};
use std::os::unix::fs::symlink;
use tempfile::TempDir;

/// A clone, an empty root, and a folder with the kiosk and its tool.
struct Place {
    at: TempDir,
    root: PathBuf,
    bin: PathBuf,
    cwd: PathBuf,
}

/// The tool is the shell itself: called with `build DIR -o FILE` in the clone, it runs the clone's file `build`.
/// (A script that was just written cannot always be executed while other tests start programs.)
const BUILD: &str = "mkdir -p .dev && cp made/pack.pub .dev/pack.pub && cp \"made/$(basename \"$1\").xpack\" \"$3\" \
                     && basename \"$1\" >> built\n";

impl Place {
    fn new() -> Self {
        let at = TempDir::new().unwrap();
        let path = |name: &str| at.path().join(name);
        let (root, bin, cwd) = (path("root"), path("bin"), path("clone/content"));
        let place = Self { at, root, bin, cwd };
        place.write("clone/Cargo.toml", "[workspace]\n");
        for source in ["starter", "sample-school"] {
            place.write(&format!("clone/content/{source}/pack.toml"), "");
            place.write(&format!("clone/content/{source}/articles/one.md"), "");
        }
        place.write("clone/build", BUILD);
        fs::create_dir(place.path("bin")).unwrap();
        fs::create_dir(place.path("root")).unwrap();
        symlink("/bin/sh", place.path("bin/xinting-pack")).unwrap();
        place.sign_with(&Publisher::new());
        place
    }

    fn sign_with(&self, publisher: &Publisher) {
        self.write("clone/made/pack.pub", publisher.key_text());
        self.write(
            "clone/made/starter.xpack",
            Sources::starter(1).signed(publisher),
        );
        self.write(
            "clone/made/sample-school.xpack",
            Sources::new("oak", "school", 1).signed(publisher),
        );
    }

    fn path(&self, name: &str) -> PathBuf {
        self.at.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            root: &self.root,
            exe_dir: &self.bin,
            cwd: &self.cwd,
            config: None,
            packs: None,
            trust: None,
        }
    }

    fn prepare(&self) -> Result<Option<Prepared>, CloneError> {
        prepare(&self.desk())
    }

    /// What the tool was asked to build since the last time, in order.
    fn built(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("clone/built")).unwrap_or_default();
        let _none = fs::remove_file(self.path("clone/built"));
        text.lines().map(str::to_owned).collect()
    }

    fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }
}

#[test]
fn an_empty_root_gets_configuration_key_and_packs() {
    let place = Place::new();
    let prepared = place.prepare().unwrap().unwrap();
    let image = place.path("clone/target/packs");
    assert_eq!(
        prepared,
        Prepared {
            clone: place.path("clone"),
            image: Some(image.clone())
        }
    );
    assert_eq!(place.built(), ["starter", "sample-school"]);
    assert!(image.join("starter.xpack").is_file() && image.join("sample-school.xpack").is_file());
    let config = fs::read_to_string(place.path("root/etc/xinting/kiosk.toml")).unwrap();
    assert_eq!(config, DEFAULT_CONFIG);
    let key = fs::read(place.path("root/etc/xinting/trust/dev.pub")).unwrap();
    assert_eq!(key, fs::read(place.path("clone/.dev/pack.pub")).unwrap());
    let left: Vec<_> = fs::read_dir(place.path("root/etc/xinting"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn packs_are_made_again_only_when_something_changed() {
    let place = Place::new();
    place.prepare().unwrap();
    place.built();
    place.prepare().unwrap();
    assert!(place.built().is_empty());
    let later = std::time::SystemTime::now();
    let article = fs::File::options()
        .write(true)
        .open(place.path("clone/content/starter/articles/one.md"));
    article.unwrap().set_modified(later).unwrap();
    place.prepare().unwrap();
    assert_eq!(place.built(), ["starter"]);
    fs::remove_file(place.path("clone/content/sample-school/articles/one.md")).unwrap();
    place.prepare().unwrap();
    assert_eq!(place.built(), ["sample-school"]);
    place.write("clone/target/packs/starter.xpack", b"cut off");
    place.prepare().unwrap();
    assert_eq!(place.built(), ["starter"]);
    // The key was lost and made anew: what the old one signed is worth nothing, and the root learns the new one.
    let publisher = Publisher::new();
    place.sign_with(&publisher);
    place.write("clone/.dev/pack.pub", publisher.key_text());
    place.prepare().unwrap();
    assert_eq!(place.built(), ["starter", "sample-school"]);
    assert_eq!(
        fs::read_to_string(place.path("root/etc/xinting/trust/dev.pub")).unwrap(),
        publisher.key_text()
    );
}

#[test]
fn many_kiosks_at_once_make_the_packs_once() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let place = &place;
            scope.spawn(move || {
                // Half of them share a root as well.
                let root = place.path(&format!("root-{}", number / 2));
                prepare(&Desk {
                    root: &root,
                    ..place.desk()
                })
                .unwrap()
                .unwrap();
                assert_eq!(
                    fs::read_to_string(root.join("etc/xinting/kiosk.toml")).unwrap(),
                    DEFAULT_CONFIG
                );
            });
        }
    });
    assert_eq!(place.built(), ["starter", "sample-school"]);
}

#[test]
fn outside_a_clone_and_in_production_nothing_is_made() {
    let place = Place::new();
    let elsewhere = place.path("bin");
    assert_eq!(
        prepare(&Desk {
            cwd: &elsewhere,
            ..place.desk()
        })
        .unwrap(),
        None
    );
    assert!(!place.has("root/etc"));
    place.write("root/etc/xinting/kiosk.toml", "production = true\n");
    assert_eq!(place.prepare().unwrap(), None);
    assert!(!place.has("root/etc/xinting/trust") && !place.has("clone/target"));
    assert!(place.built().is_empty());
}

#[test]
fn what_is_named_or_there_is_respected() {
    let place = Place::new();
    let (packs, key) = (place.path("elsewhere"), place.path("other.pub"));
    let named = prepare(&Desk {
        packs: Some(&packs),
        trust: Some(&key),
        ..place.desk()
    });
    assert_eq!(named.unwrap().unwrap().image, None);
    place.write(
        "root/etc/xinting/kiosk.toml",
        "[packs]\nimage = \"/somewhere\"\n",
    );
    assert_eq!(place.prepare().unwrap().unwrap().image, None);
    place.write("root/etc/xinting/kiosk.toml", "lang = \"en\"\n");
    place.write("root/usr/share/xinting/packs/own.xpack", "");
    assert_eq!(place.prepare().unwrap().unwrap().image, None);
    assert!(place.built().is_empty());
    assert!(
        !place.has("root/etc/xinting/trust"),
        "no key was made, so none is trusted"
    );
    assert_eq!(
        fs::read_to_string(place.path("root/etc/xinting/kiosk.toml")).unwrap(),
        "lang = \"en\"\n"
    );
}

#[test]
fn a_named_key_alone_keeps_the_development_key_out() {
    let place = Place::new();
    let key = place.path("other.pub");
    assert!(
        prepare(&Desk {
            trust: Some(&key),
            ..place.desk()
        })
        .unwrap()
        .unwrap()
        .image
        .is_some()
    );
    assert!(!place.has("root/etc/xinting/trust"));
}

#[test]
fn what_is_wrong_is_said() {
    let place = Place::new();
    let missing = place.path("missing.toml");
    let error = prepare(&Desk {
        config: Some(&missing),
        ..place.desk()
    })
    .unwrap_err();
    assert!(
        matches!(error, CloneError::Config(ConfigError::Read { .. })),
        "{error:?}"
    );
    place.write("root/etc/xinting/kiosk.toml", "[modem\n");
    assert!(
        place
            .prepare()
            .unwrap_err()
            .to_string()
            .contains("kiosk.toml, line 1")
    );
    fs::remove_file(place.path("root/etc/xinting/kiosk.toml")).unwrap();

    place.write(
        "clone/build",
        "echo first >&2; echo 'error: article one: no title' >&2; exit 1\n",
    );
    let error = place.prepare().unwrap_err().to_string();
    assert!(
        error.ends_with("content/starter: error: article one: no title"),
        "{error}"
    );
    fs::remove_file(place.path("bin/xinting-pack")).unwrap();
    let error = place.prepare().unwrap_err().to_string();
    assert!(
        error
            .contains("bin/xinting-pack is missing; build it with `cargo build -p xinting-author`"),
        "{error}"
    );
}

#[test]
fn every_key_of_the_default_configuration_is_understood() {
    let text: Vec<&str> = DEFAULT_CONFIG
        .lines()
        .map(|line| {
            line.strip_prefix("# ")
                .filter(|rest| rest.contains(" = "))
                .unwrap_or(line)
        })
        .collect();
    let config = Config::parse(Path::new("kiosk.toml"), &text.join("\n")).unwrap();
    assert!(
        config.modem.port.is_some()
            && config.modem.pin.is_some()
            && config.modem.power_command.is_some()
            && config.hook.device.is_some()
            && config.district.code.is_some()
            && config.packs.image.is_some()
    );
    assert!(
        config.stick.device.is_some()
            && config.stick.folder.is_some()
            && config.audio.device.is_some()
    );
    assert!(!config.production);
    let empty = Config::parse(Path::new("kiosk.toml"), DEFAULT_CONFIG).unwrap();
    assert!(empty.district.url.is_none() && empty.stick.folder.is_none());
}

#[test]
fn preparing_a_desk_is_no_start_with_its_configuration() {
    let place = Place::new();
    place.prepare().unwrap();
    let trial = "root/etc/xinting/kiosk.toml.trial";
    place.write(trial, "0\n");
    for _ in 0..4 {
        place.prepare().unwrap();
    }
    assert_eq!(fs::read_to_string(place.path(trial)).unwrap(), "0\n");
}
