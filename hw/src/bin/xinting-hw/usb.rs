//! `xinting-hw usb watch`: sticks that come and go, as the booth sees them, and an export on request.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use xinting_hw::usb::{
    ListedKind, MountedStick, MountedStickConfig, NoStickReader, Stick, StickEvent, StickFault,
    StickPort, UsbSim,
};

use crate::output::{Trouble, interrupted, line, time};

/// Names of a stick's root that are shown.
const SHOWN: usize = 20;
/// The file that `--write-test` leaves on the stick.
const TEST_FILE: &str = "xinting-write-test.txt";
const TEST_TEXT: &[u8] = "心亭 xinting: this stick can be written to\n".as_bytes();

#[derive(Debug, Subcommand)]
pub(crate) enum UsbCommand {
    /// Show sticks coming and going until Ctrl-C.
    Watch(WatchArgs),
}

#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// A device node to watch, such as /dev/sda1; a name that ends in * stands for every node that begins so. May be
    /// given several times: the first stick that is in serves.
    #[arg(long, value_name = "NODE", default_values_os_t = MountedStickConfig::default().devices)]
    device: Vec<PathBuf>,
    /// The mount helper.
    #[arg(long, value_name = "PROGRAM", default_value_os_t = MountedStickConfig::default().helper)]
    helper: PathBuf,
    /// Show this folder as if it were a stick, and touch no device.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["device", "helper"])]
    folder: Option<PathBuf>,
    /// What is wrong with the stick of --folder, such as "yank a.xtpack 4096". May be given several times.
    #[arg(long, value_name = "WORDS", requires = "folder")]
    fault: Vec<StickFault>,
    /// Write a small file to each stick, as an export would, and make it read-only again.
    #[arg(long)]
    write_test: bool,
    /// Release each stick when it has been looked at, as the booth does before it says that it may be taken out.
    #[arg(long)]
    release: bool,
    /// Stop after this time.
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    stop_after: Option<Duration>,
    /// Write one JSON object a line.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: &UsbCommand) -> Result<bool, Trouble> {
    let UsbCommand::Watch(args) = command;
    let interrupted = interrupted()?;
    let mut watch = Watch {
        args,
        reader: reader(args)?,
        others: 0,
        well: true,
    };
    let until = args.stop_after.map(|time| Instant::now() + time);
    let watched: Vec<_> = match &args.folder {
        Some(folder) => vec![folder.display().to_string()],
        None => args
            .device
            .iter()
            .map(|one| one.display().to_string())
            .collect(),
    };
    watch.tell(
        || format!("watching {} until Ctrl-C", watched.join(", ")),
        || json!({ "event": "watching", "devices": watched }),
    )?;
    while !interrupted.is_set() && until.is_none_or(|until| Instant::now() < until) {
        watch.step()?;
    }
    if watch.reader.current().is_some() {
        let released = watch.reader.release();
        released.map_err(|error| Trouble::from_error(&error, "pull the stick out"))?;
    }
    Ok(watch.well)
}

fn reader(args: &WatchArgs) -> Result<Box<dyn StickPort>, Trouble> {
    let Some(folder) = &args.folder else {
        if !args.helper.exists() {
            return Err(Trouble::new(
                format!(
                    "{}: the mount helper {} is not installed",
                    NoStickReader.health().describe(),
                    args.helper.display()
                ),
                "scripts/board/README.md says how to install it; --folder shows a folder as a stick",
            ));
        }
        return Ok(Box::new(MountedStick::new(MountedStickConfig {
            devices: args.device.clone(),
            helper: args.helper.clone(),
            ..MountedStickConfig::default()
        })));
    };
    let sim = UsbSim::new();
    for fault in &args.fault {
        sim.fault(fault.clone());
    }
    sim.insert(folder)
        .map_err(|error| Trouble::from_error(&error, "name a folder that is there"))?;
    Ok(Box::new(sim.port()))
}

struct Watch<'a> {
    args: &'a WatchArgs,
    reader: Box<dyn StickPort>,
    others: usize,
    well: bool,
}

impl Watch<'_> {
    fn tell(
        &self,
        words: impl FnOnce() -> String,
        object: impl FnOnce() -> Value,
    ) -> Result<(), Trouble> {
        line(if self.args.json {
            object().to_string()
        } else {
            words()
        })
    }

    /// Something is not well; the watch goes on.
    fn trouble(&mut self, error: &dyn std::error::Error, hint: &str) {
        self.well = false;
        Trouble::from_error(error, hint).tell();
    }

    fn step(&mut self) -> Result<(), Trouble> {
        match self.reader.wait_event(Duration::from_millis(500)) {
            Ok(None) => {}
            Ok(Some(StickEvent::Inserted(stick))) => self.inserted(&stick)?,
            Ok(Some(StickEvent::Removed)) => {
                self.tell(|| "out".to_owned(), || json!({ "event": "removed" }))?;
            }
            Err(error) => self.trouble(&error, "`xinting-hw doctor` looks at the helper"),
        }
        let others = self.reader.others();
        if others != self.others {
            self.others = others;
            self.tell(
                || format!("{others} further in, not read"),
                || json!({ "event": "others", "count": others }),
            )?;
        }
        Ok(())
    }

    fn inserted(&mut self, stick: &Stick) -> Result<(), Trouble> {
        let root = &stick.root;
        let listed = stick.files.list("").unwrap_or_else(|error| {
            self.trouble(&error, "try the stick at a desk");
            Vec::new()
        });
        let names = listed.iter().take(SHOWN).map(|entry| {
            let kind = match entry.kind {
                ListedKind::File => "file",
                ListedKind::Folder => "folder",
                ListedKind::Other => "other",
            };
            json!({ "name": entry.name, "kind": kind, "bytes": entry.size_bytes })
        });
        let count = listed.len();
        self.tell(
            || format!("in   “{}”, {count} entries at {}", stick.label, root.display()),
            || json!({ "event": "inserted", "label": stick.label, "root": root, "files": count, "names": names.collect::<Vec<_>>() }),
        )?;
        if !self.args.json {
            for entry in listed.iter().take(SHOWN) {
                line(match entry.kind {
                    ListedKind::File => format!("     {:>12}  {}", entry.size_bytes, entry.name),
                    ListedKind::Folder => format!("     {:>12}  {}/", "", entry.name),
                    ListedKind::Other => format!("     {:>12}  {} (not read)", "", entry.name),
                })?;
            }
        }
        self.read_to_end(stick, &listed)?;
        if self.args.write_test {
            self.write_test(stick)?;
        }
        if self.args.release && self.reader.is_present(&stick.id) {
            match self.reader.release() {
                Ok(()) => self.tell(
                    || self.reader.health().describe().to_owned(),
                    || json!({ "event": "released" }),
                )?,
                Err(error) => self.trouble(&error, "see with `fuser -m` who uses it"),
            }
        }
        Ok(())
    }

    /// Reads the files that are shown, as an installation would.
    fn read_to_end(
        &mut self,
        stick: &Stick,
        listed: &[xinting_hw::usb::Listed],
    ) -> Result<(), Trouble> {
        let began = Instant::now();
        let mut bytes = 0;
        let files = listed.iter().take(SHOWN);
        for entry in files.filter(|entry| entry.kind == ListedKind::File) {
            let copied = stick
                .files
                .open(&entry.name)
                .and_then(|mut file| std::io::copy(&mut file, &mut std::io::sink()));
            match copied {
                Ok(read) => bytes += read,
                Err(error) => self.trouble(
                    &error,
                    &format!("the file {} cannot be read to its end", entry.name),
                ),
            }
        }
        let ms = began.elapsed().as_millis();
        self.tell(
            || format!("     {bytes} bytes read in {ms} ms"),
            || json!({ "event": "read", "bytes": bytes, "ms": ms }),
        )
    }

    fn write_test(&mut self, stick: &Stick) -> Result<(), Trouble> {
        if let Err(error) = self.reader.make_writable() {
            self.trouble(&error, "look for a little switch on its side");
            return Ok(());
        }
        let written = stick.files.write(TEST_FILE, &mut &*TEST_TEXT);
        let ended = self.reader.make_read_only();
        match &written {
            Ok(bytes) => self.tell(
                || format!("     {bytes} bytes written to {TEST_FILE}"),
                || json!({ "event": "written", "file": TEST_FILE, "bytes": bytes }),
            )?,
            Err(error) => self.trouble(error, "an export to this stick would fail as well"),
        }
        if let Err(error) = ended {
            self.trouble(&error, "pull the stick out");
        }
        Ok(())
    }
}
