//! `xinting-hw doctor`: one page on every device, with what to do about each trouble.
//!
//! It looks at ports without opening them; only a port named with `--port` is talked to.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use clap::Args;
use rustix::fs::{Access, access};
use xinting_hw::audio;
use xinting_hw::modem::{ModemConfig, ModemEvent, ModemHandle, ModemHealth};
use xinting_hw::usb::MountedStickConfig;

use crate::modem_words::{health_words, mend};
use crate::output::{Trouble, line};

/// Long enough for a modem that has just been given power to find its network.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// The modem's port, to be talked to as well; without it ports are only looked at.
    #[arg(long, value_name = "PORT")]
    port: Option<PathBuf>,
    /// The device node of the stick reader.
    #[arg(long, value_name = "NODE", default_value_os_t = MountedStickConfig::default().device)]
    stick: PathBuf,
}

/// The page as it grows, and whether anything on it wants mending.
#[derive(Debug, Default)]
struct Page {
    troubles: usize,
}

impl Page {
    fn title(&self, text: &str) -> Result<(), Trouble> {
        line(format!("\n{text}"))
    }

    fn good(&self, text: impl std::fmt::Display) -> Result<(), Trouble> {
        line(format!("  ok    {text}"))
    }

    fn note(&self, text: impl std::fmt::Display) -> Result<(), Trouble> {
        line(format!("  -     {text}"))
    }

    fn trouble(
        &mut self,
        text: impl std::fmt::Display,
        mend: impl std::fmt::Display,
    ) -> Result<(), Trouble> {
        self.troubles += 1;
        line(format!("  !!    {text}\n        do: {mend}"))
    }
}

pub(crate) fn run(args: &DoctorArgs) -> Result<bool, Trouble> {
    let mut page = Page::default();
    line(format!(
        "xinting-hw {}: what is there, what is wrong, how to mend it",
        env!("CARGO_PKG_VERSION")
    ))?;
    ports(&mut page, args.port.as_deref())?;
    if let Some(port) = &args.port {
        modem(&mut page, port)?;
    }
    sound(&mut page)?;
    sticks(&mut page, &args.stick)?;
    line(match page.troubles {
        0 => "\nNothing to mend.".to_owned(),
        1 => "\nOne thing to mend, marked !! above.".to_owned(),
        more => format!("\n{more} things to mend, marked !! above."),
    })?;
    Ok(page.troubles == 0)
}

fn ports(page: &mut Page, named: Option<&Path>) -> Result<(), Trouble> {
    page.title("Modem ports")?;
    let mut found = serial_ports();
    if let Some(named) = named
        && !found.contains(&named.to_owned())
    {
        found.push(named.to_owned());
    }
    if found.is_empty() {
        return page.note("no USB serial port: no modem is plugged in, or its driver (option, cdc_acm) is missing");
    }
    for port in found {
        let Ok(about) = fs::metadata(&port) else {
            page.trouble(
                format!("{} does not exist", port.display()),
                "plug the modem in, or name another port",
            )?;
            continue;
        };
        if !about.file_type().is_char_device() {
            page.trouble(
                format!("{} is not a serial port", port.display()),
                "name a port such as /dev/ttyUSB2",
            )?;
        } else if access(&port, Access::READ_OK | Access::WRITE_OK).is_err() {
            page.trouble(
                format!("{} may not be opened by this user", port.display()),
                "sudo usermod -aG dialout \"$USER\", then log in again",
            )?;
        } else {
            let alias = stable_name(&port)
                .map(|name| format!(", stable name {}", name.display()))
                .unwrap_or_default();
            page.good(format!("{} may be opened{alias}", port.display()))?;
        }
    }
    if named.is_none() {
        page.note("nothing was opened; name the modem's port with --port to have it asked")?;
    }
    Ok(())
}

fn modem(page: &mut Page, port: &Path) -> Result<(), Trouble> {
    page.title("Modem")?;
    let (tell, events) = channel();
    let config = ModemConfig {
        port: Some(port.into()),
        ..ModemConfig::default()
    };
    let _driver =
        ModemHandle::start(config, move |event| drop(tell.send(event))).map_err(|error| {
            Trouble::from_error(&error, "try again; the system is short of resources")
        })?;
    let until = Instant::now() + PATIENCE;
    let mut health = ModemHealth::Starting;
    while let Ok(event) = events.recv_timeout(until.saturating_duration_since(Instant::now())) {
        match event {
            ModemEvent::Identified { model, .. } => {
                page.good(format!("it calls itself {model}"))?
            }
            ModemEvent::Health(found) => {
                health = found;
                if !matches!(
                    health,
                    ModemHealth::Starting | ModemHealth::Searching { .. }
                ) {
                    break;
                }
            }
            ModemEvent::Call(_) | ModemEvent::Volte(_) => {}
        }
    }
    match mend(&health) {
        Some(advice) => page.trouble(health_words(&health), advice),
        None => page.good(health_words(&health)),
    }
}

fn sound(page: &mut Page) -> Result<(), Trouble> {
    page.title("Sound")?;
    let mend = "plug a sound card in, and add the user to the group audio; practices run with captions until then";
    let devices = match audio::list_devices(None) {
        Ok(devices) => devices,
        Err(error) => return page.trouble(error, mend),
    };
    // ALSA lists its plug-ins beside the cards; the one called null swallows everything.
    let mut usable = devices
        .iter()
        .filter(|device| device.id != "null" && device.format.is_some())
        .peekable();
    if usable.peek().is_none() {
        return page.trouble("no sound card that plays 48 kHz", mend);
    }
    for device in usable {
        let chosen = if device.default {
            " (used where none is named)"
        } else {
            ""
        };
        page.good(format!("{}{chosen}", device.name))?;
    }
    Ok(())
}

fn sticks(page: &mut Page, device: &Path) -> Result<(), Trouble> {
    page.title("USB sticks")?;
    let helper = MountedStickConfig::default().helper;
    match fs::metadata(&helper) {
        Err(_) => page.note(format!(
            "{} is not installed: no stick reader configured",
            helper.display()
        ))?,
        Ok(about)
            if about.permissions().mode() & 0o4111 != 0o4111
                && !rustix::process::geteuid().is_root() =>
        {
            page.trouble(
                format!("{} may not mount", helper.display()),
                format!(
                    "sudo chown root {0} && sudo chmod 4755 {0}",
                    helper.display()
                ),
            )?
        }
        Ok(_) => page.good(format!("{} is installed", helper.display()))?,
    }
    match fs::metadata(device) {
        Ok(about) if about.file_type().is_block_device() => {
            page.good(format!("a stick is in at {}", device.display()))
        }
        Ok(_) => page.trouble(
            format!("{} is not a block device", device.display()),
            "point the udev rule at the stick's partition",
        ),
        Err(_) => page.note(format!(
            "no stick in the reader ({} does not exist)",
            device.display()
        )),
    }
}

fn serial_ports() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/dev") else {
        return Vec::new();
    };
    let mut ports: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("ttyUSB") || name.starts_with("ttyACM")
        })
        .map(|entry| entry.path())
        .collect();
    ports.sort();
    ports
}

/// A name that stays the same when the modem is plugged in elsewhere.
fn stable_name(port: &Path) -> Option<PathBuf> {
    fs::read_dir("/dev/serial/by-id")
        .ok()?
        .flatten()
        .map(|link| link.path())
        .find(|link| fs::canonicalize(link).is_ok_and(|target| target == *port))
}
