//! Installing a pack of 200 MB from a folder that stands for a stick, beside `cp`, `sync` and `sha256sum` of the same
//! file; its memory; and opening everything that is installed, as a booth does at its start.
//!
//! `packs FOLDER STARTER.xpack KEY.pub` measures below FOLDER, which must be on a real disk, and prints tables. Every
//! measured thing runs in a process of its own: this program again, told what to do. Writing goes through the real
//! shelf of the booth. Not measured: the stick's own speed.

#![expect(clippy::print_stdout, reason = "it prints tables")]

use std::error::Error;
use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use xinting_content::{PublicKey, Trust};
use xinting_e2e::crash::packs::Publisher;
use xinting_hw::usb::FolderFiles;
use xinting_kiosk::shelf::Shelf;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Runs of each, alternating.
const RUNS: usize = 7;
const SOUNDS: u64 = 20;
const SOUND_BYTES: u64 = 10_000_000;
const MEGABYTE: f64 = 1e6;

fn main() -> Outcome<()> {
    // `cargo bench` adds an argument of its own.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["install", folder] => install(Path::new(folder)),
        ["open", folder] => open(Path::new(folder)),
        [folder, starter, key] => measure(Path::new(folder), Path::new(starter), Path::new(key)),
        _ => Err("usage: packs FOLDER STARTER.xpack KEY.pub".into()),
    }
}

/// Everything is below one folder: `trust/`, `image/`, `stick/`, `packs/`.
fn trust(folder: &Path) -> Outcome<Trust> {
    let mut keys = Vec::new();
    for entry in fs::read_dir(folder.join("trust"))? {
        keys.push(PublicKey::parse(&fs::read_to_string(entry?.path())?)?);
    }
    Ok(Trust::roots(keys))
}

fn shelf(folder: &Path) -> Outcome<Shelf> {
    let (shelf, notices) = Shelf::open(
        &folder.join("packs"),
        Some(&folder.join("image")),
        trust(folder)?,
        false,
    );
    match notices.first() {
        None => Ok(shelf),
        Some(notice) => Err(format!("the shelf complains: {notice:?}").into()),
    }
}

/// Installs what is on the stick and prints milliseconds, and kilobytes of memory beyond what there was before.
fn install(folder: &Path) -> Outcome<()> {
    let mut shelf = shelf(folder)?;
    // Forgets the highest mark so far.
    fs::write("/proc/self/clear_refs", "5")?;
    let before = memory("VmRSS")?;
    let began = Instant::now();
    let stick = FolderFiles::read_only(folder.join("stick"))?;
    for found in shelf.look(&stick)? {
        if let Some(refusal) = found.refusal {
            return Err(refusal.into());
        }
        shelf.install(&stick, &found, &mut |_| ControlFlow::Continue(()))?;
    }
    let took = began.elapsed();
    let most = memory("VmHWM")?;
    println!("{} {}", took.as_secs_f64() * 1000.0, most - before);
    Ok(())
}

/// Opens what is installed and prints milliseconds, and kilobytes of memory beyond what there was before.
fn open(folder: &Path) -> Outcome<()> {
    let trust = trust(folder)?;
    let before = memory("VmRSS")?;
    let began = Instant::now();
    let (shelf, notices) = Shelf::open(
        &folder.join("packs"),
        Some(&folder.join("image")),
        trust,
        false,
    );
    let took = began.elapsed();
    if !notices.is_empty() || shelf.serving().len() != 3 {
        return Err(format!("not the three packs: {notices:?}").into());
    }
    println!(
        "{} {}",
        took.as_secs_f64() * 1000.0,
        memory("VmHWM")? - before
    );
    Ok(())
}

/// A line of `/proc/self/status`, in kilobytes.
fn memory(which: &str) -> Outcome<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(which));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(number.ok_or("the system says nothing of memory")?.parse()?)
}

fn measure(folder: &Path, starter: &Path, key: &Path) -> Outcome<()> {
    let place = folder.join("work");
    // What an earlier run left.
    let _none = fs::remove_dir_all(&place);
    prepare(&place, starter, key)?;
    let stick = place.join("stick/school.xpack");
    let bytes = fs::metadata(&stick)?.len();
    let work = work(&place)?;
    println!("load {}; {} MB; {work}\n", load()?, bytes / 1_000_000);

    let (mut ours, mut theirs, mut more) = (Vec::new(), Vec::new(), Vec::new());
    let packs = place.join("packs");
    let copy = place.join("copy");
    for _ in 0..RUNS {
        let _none = fs::remove_dir_all(&packs);
        settle(&place)?;
        let (took, memory) = again("install", &place)?;
        ours.push(took);
        more.push(memory / 1000.0);

        let _none = fs::remove_file(&copy);
        settle(&place)?;
        let began = Instant::now();
        let done = Command::new("sh")
            .args([
                "-c",
                "cp \"$1\" \"$2\" && sync \"$2\" && sha256sum \"$2\" >/dev/null",
                "sh",
            ])
            .args([&stick, &copy])
            .status()?;
        theirs.push(began.elapsed().as_secs_f64() * 1000.0);
        if !done.success() {
            return Err("cp, sync or sha256sum failed".into());
        }
    }
    fs::remove_file(&copy)?;
    let (ours, theirs) = (Spread::of(ours), Spread::of(theirs));
    println!(
        "| a pack of {:.0} MB, median of {RUNS} (least to most) | ours | cp + sync + sha256sum | ratio | aim |",
        bytes as f64 / MEGABYTE
    );
    println!("|---|---|---|---|---|");
    println!(
        "| installing, ms | {ours} | {theirs} | {:.2} | ≤ 1.5 |",
        ours.median / theirs.median
    );
    println!(
        "| memory during it over before, MB | {} | | | ≤ 16 |\n",
        Spread::of(more)
    );

    // Starter in the image; the district's beside the school's.
    fs::remove_file(&stick)?;
    fs::rename(
        place.join("district.xpack"),
        place.join("stick/district.xpack"),
    )?;
    again("install", &place)?;
    let (mut warm, mut cold, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    again("open", &place)?;
    for _ in 0..RUNS {
        let (took, more) = again("open", &place)?;
        warm.push(took);
        memory.push(more / 1000.0);
        forget(&place)?;
        cold.push(again("open", &place)?.0);
    }
    println!(
        "| starter, district and the school's {:.0} MB, median of {RUNS} (least to most) | ours | aim |",
        bytes as f64 / MEGABYTE
    );
    println!("|---|---|---|");
    println!(
        "| opening, in the page cache, ms | {} | ≤ 150 |",
        Spread::of(warm)
    );
    println!("| opening, from disk, ms | {} | ≤ 150 |", Spread::of(cold));
    println!(
        "| memory of what was opened, MB | {} | |",
        Spread::of(memory)
    );
    println!("\nload at the end {}", load()?);
    fs::remove_dir_all(&place)?;
    Ok(())
}

fn prepare(place: &Path, starter: &Path, key: &Path) -> Outcome<()> {
    for below in ["trust", "image", "stick"] {
        fs::create_dir_all(place.join(below))?;
    }
    let publisher = Publisher::new();
    fs::write(place.join("trust/publisher.pub"), publisher.key_text())?;
    fs::copy(key, place.join("trust/starter.pub"))?;
    fs::copy(starter, place.join("image/starter.xpack"))?;
    let district = publisher.sounding("district", 1, 1, SOUND_BYTES / 10);
    fs::write(place.join("district.xpack"), district)?;
    let school = publisher.sounding("school", 1, SOUNDS, SOUND_BYTES);
    fs::write(place.join("stick/school.xpack"), school)?;
    Ok(())
}

/// The file system it is measured on; one in memory proves nothing.
fn work(place: &Path) -> Outcome<String> {
    const TMPFS: u64 = 0x0102_1994;
    let kind = u64::try_from(rustix::fs::statfs(place)?.f_type)?;
    if kind == TMPFS {
        return Err("the folder is in memory; give one on a disk".into());
    }
    Ok(format!("file system {kind:#x}"))
}

/// What is still to be written of the files before does not disturb what is measured next.
fn settle(place: &Path) -> Outcome<()> {
    Ok(rustix::fs::syncfs(File::open(place)?)?)
}

/// Has the kernel forget the files' pages, so that they are read from the disk.
fn forget(place: &Path) -> Outcome<()> {
    settle(place)?;
    let mut open = vec![place.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path: PathBuf = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let file = File::open(path)?;
                rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed)?;
            }
        }
    }
    Ok(())
}

/// This program again, doing one thing; the two numbers that it prints.
fn again(what: &str, place: &Path) -> Outcome<(f64, f64)> {
    let output = Command::new(std::env::current_exe()?)
        .arg(what)
        .arg(place)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers: Vec<f64> = said
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    match numbers.as_slice() {
        [took, memory] => Ok((*took, *memory)),
        _ => Err(format!("{what}: {}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}

fn load() -> Outcome<String> {
    let loads = fs::read_to_string("/proc/loadavg")?;
    Ok(loads.split(' ').next().unwrap_or_default().to_owned())
}

struct Spread {
    least: f64,
    median: f64,
    most: f64,
}

impl Spread {
    fn of(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        Self {
            least: numbers[0],
            median: numbers[numbers.len() / 2],
            most: numbers[numbers.len() - 1],
        }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:.1} ({:.1} to {:.1})",
            self.median, self.least, self.most
        )
    }
}
