//! `preview`: what a pack looks like in the booth, drawn by the booth itself.
//!
//! The pack and the ones below it are signed anew with a key that exists for this run only, in a
//! temporary folder, and the booth's own tour is taken over them. Nothing of it can be installed
//! anywhere.

use super::author::Progress;
use super::{Failure, building, content, here, open, sentence, trusted};
use crate::arguments::{Look, TrustArguments};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use xinting_author::album::{self, Album};
use xinting_author::interrupt::UnderWay;
use xinting_author::keys::SigningPair;
use xinting_author::{build as making, parallel, place};
use xinting_content::{Audience, Layer, PackKind};

/// The booth's program.
const KIOSK: &str = "xinting-kiosk";

pub(crate) fn preview(
    of: &Path,
    out: &Path,
    over: &[PathBuf],
    kiosk: Option<&Path>,
    look: &Look,
    trust: &TrustArguments,
) -> Result<String, Failure> {
    let kiosk = found(kiosk)?;
    let key = SigningPair::throw_away().map_err(|error| Failure::refused(&error))?;
    let (desk, under_way) = UnderWay::making(tempfile::tempdir, |desk| desk.path())
        .map_err(|error| Failure::writing(Path::new("a temporary folder"), &error))?;
    let bench = Bench {
        key: &key,
        packs: desk.path().join("packs"),
        trust,
        progress: Progress::new(),
    };
    std::fs::create_dir_all(&bench.packs)
        .map_err(|error| Failure::writing(&bench.packs, &error))?;
    let layer = bench.lay(of, "previewed")?;
    let mut below: Vec<Layer> = Vec::new();
    for (number, path) in (1..).zip(bases(over, &layer, of)?) {
        below.push(bench.lay(&path, &format!("below-{number}"))?);
    }
    bench.progress.end();
    let public = desk.path().join("preview.pub");
    place::write_whole(&public, key.public_text().as_bytes())
        .map_err(|error| Failure::writing(&public, &error))?;
    std::fs::create_dir_all(out).map_err(|error| Failure::writing(out, &error))?;
    let out = &std::path::absolute(out).map_err(|error| Failure::writing(out, &error))?;
    let audience = audience(look, &layer);
    let booth = Booth {
        audience,
        kiosk: &kiosk,
        root: desk.path(),
        packs: &bench.packs,
        public: &public,
        look,
    };
    let album = Album::new(&layer, look.lang.as_deref().unwrap_or("zh-CN"));
    bench.progress.tell("taking the booth's tour");
    let toured = booth.run(&["--tour".as_ref(), out.as_os_str()]);
    bench.progress.end();
    toured?;
    let flow = desk.path().join("added.flow");
    let mut shown = false;
    if let Some(steps) = album.flow(audience, &below) {
        place::write_whole(&flow, steps.as_bytes())
            .map_err(|error| Failure::writing(&flow, &error))?;
        bench.progress.tell("opening what the pack adds");
        let shots = out.as_os_str();
        let played = booth.run(&[
            "--flow".as_ref(),
            flow.as_os_str(),
            "--shots".as_ref(),
            shots,
        ]);
        bench.progress.end();
        match played {
            Ok(()) => shown = true,
            // The tour is there; these pictures come on top of it.
            Err(Failure::Refused(text) | Failure::Misuse(text)) => super::note(&format!(
                "not everything the pack adds could be opened: {text}"
            )),
        }
    }
    let index = out.join("index.html");
    let page = album::page(out, &album, shown).map_err(|error| Failure::writing(out, &error))?;
    place::write_whole(&index, page.text.as_bytes())
        .map_err(|error| Failure::writing(&index, &error))?;
    drop(under_way);
    Ok(format!(
        "{} pictures; open {}\n",
        page.pictures,
        index.display()
    ))
}

/// The kiosk named, or beside this tool, or on PATH.
fn found(named: Option<&Path>) -> Result<PathBuf, Failure> {
    let absent = |place: &str| {
        let hint = "build it (cargo build -p xinting-kiosk) or name it with --kiosk";
        Failure::Refused(format!(
            "error: a preview is drawn by the booth's own program, and {KIOSK} is not {place}; {hint}"
        ))
    };
    if let Some(kiosk) = named {
        let there = kiosk.is_file();
        let absolute = std::path::absolute(kiosk).unwrap_or_else(|_| kiosk.to_owned());
        return there
            .then_some(absolute)
            .ok_or_else(|| absent(&format!("at {}", kiosk.display())));
    }
    let beside = std::env::current_exe().ok();
    let beside = beside.and_then(|tool| Some(tool.parent()?.join(KIOSK)));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join(KIOSK));
    beside
        .into_iter()
        .chain(on_path)
        .find(|kiosk| kiosk.is_file())
        .ok_or_else(|| absent("beside this tool and not on PATH"))
}

/// Who looks: whoever is named, else the middle school if the pack is for it, else whom it is for first.
fn audience(look: &Look, layer: &Layer) -> Audience {
    let named = look.audience.as_deref().and_then(Audience::from_name);
    let theirs = &layer.info.audiences;
    let usual = theirs
        .contains(&Audience::Junior)
        .then_some(Audience::Junior);
    named
        .or(usual)
        .or(theirs.first().copied())
        .unwrap_or(Audience::Junior)
}

/// What lies below: the packs named, or the clone's starter where nothing is named and one is needed.
fn bases(over: &[PathBuf], layer: &Layer, of: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !over.is_empty() || layer.info.kind == PackKind::Starter {
        return Ok(over.to_vec());
    }
    let clone = here().or_else(|| place::clone_around(of));
    let starter = clone.map(|clone| clone.join("content/starter"));
    match starter.filter(|starter| starter.is_dir()) {
        Some(starter) => Ok(vec![starter]),
        None => {
            let text = "a pack is shown over the starter; name it with --over starter.xpack";
            Err(Failure::misuse(text))
        }
    }
}

/// Where packs are made ready to be shown.
struct Bench<'a> {
    key: &'a SigningPair,
    packs: PathBuf,
    trust: &'a TrustArguments,
    progress: Progress,
}

impl Bench<'_> {
    /// Puts a pack, or a folder built for it, among those to be shown.
    fn lay(&self, path: &Path, name: &str) -> Result<Layer, Failure> {
        let (bytes, layer) = if path.is_dir() {
            let clone = here().or_else(|| place::clone_around(path));
            let cache = place::sound_cache(clone.as_deref());
            let options = making::Options {
                cache: cache.as_deref(),
                threads: parallel::cores(),
            };
            let shown = path.display();
            let told = |text: &str| self.progress.tell(&format!("{shown}: {text}"));
            let built = making::build(path, self.key, options, told);
            let built = built.map_err(|error| {
                self.progress.end();
                building(&error)
            })?;
            let layer = content(path, &built.pack)?;
            (built.bytes, layer)
        } else {
            let pack = open(path, &trusted(self.trust)?, None)?;
            let layer = content(path, &pack)?;
            let bytes = making::signed_anew(&pack, self.key).map_err(|error| building(&error))?;
            (bytes, layer)
        };
        let file = self.packs.join(format!("{name}.xpack"));
        place::write_whole(&file, &bytes).map_err(|error| Failure::writing(&file, &error))?;
        Ok(layer)
    }
}

/// The booth, with a root that is forgotten afterwards.
struct Booth<'a> {
    kiosk: &'a Path,
    root: &'a Path,
    packs: &'a Path,
    public: &'a Path,
    look: &'a Look,
    audience: Audience,
}

impl Booth<'_> {
    fn run(&self, what: &[&std::ffi::OsStr]) -> Result<(), Failure> {
        let root = self.root.join("root");
        let config = root.join("etc/xinting/kiosk.toml");
        // An empty configuration is a booth with every default; outside a clone it makes none itself.
        std::fs::create_dir_all(config.parent().unwrap_or(&root))
            .and_then(|()| place::write_whole(&config, b""))
            .map_err(|error| Failure::writing(&config, &error))?;
        let mut command = Command::new(self.kiosk);
        command
            .arg("--root")
            .arg(&root)
            .args(what)
            .arg("--packs")
            .arg(self.packs)
            .arg("--trust")
            .arg(self.public)
            .args(["--size", self.look.size.as_deref().unwrap_or("1080x1920")])
            .current_dir(self.root)
            .stdin(Stdio::null());
        if let Some(lang) = &self.look.lang {
            command.args(["--lang", lang]);
        }
        command.args(["--audience", self.audience.name()]);
        let output = command.output().map_err(|error| {
            let kiosk = self.kiosk.display();
            Failure::Refused(format!("error: starting {kiosk}: {}", sentence(&error)))
        })?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().rev().find(|line| !line.trim().is_empty());
        let said = said.unwrap_or("it gave no reason");
        Err(Failure::Refused(format!(
            "error: the booth would not show it: {said}"
        )))
    }
}
