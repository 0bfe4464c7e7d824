//! `xinting-hw doctor`: one page on every device, with what to do about each trouble.
//!
//! It looks at ports without opening them; only a port named with `--port` is talked to, and, with `--scan`, the other
//! ports of the same USB device. It dials nothing.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use rustix::fs::{Access, access};
use xinting_hw::audio;
use xinting_hw::modem::{AbsentCause, ModemEvent, ModemHealth, PortChoice, VolteState};
use xinting_hw::usb::{MountedStickConfig, sticks_in};

use crate::doctor_ports::{self, System, siblings};
use crate::modem::{Line, Met};
use crate::modem_exam::{Exam, Speed, USUAL_BAUD, Voice, device_file};
use crate::modem_words::{health_words, mend, registration_words, volte_words};
use crate::output::{Trouble, line, time};

#[derive(Debug, Args)]
#[command(after_help = "\
What it can tell of a modem: not plugged in, no permission, held by another program (and which), not a modem's port,
another speed, no SIM, PIN, wrong PIN, PUK, refused by the network, no network, weak signal, no VoLTE, no voice.
Exit status 0: nothing to mend; 1: something is, marked !! on the page.")]
pub(crate) struct DoctorArgs {
    /// The modem's port, to be talked to as well; without it ports are only looked at.
    #[arg(long, value_name = "PORT")]
    port: Option<PortChoice>,
    /// Where the named port does not answer, try the other ports of the same USB device too.
    #[arg(long, requires = "port")]
    scan: bool,
    /// A file with the SIM's PIN. It is entered once, if the card asks; a wrong one is not tried again.
    #[arg(long, value_name = "FILE", requires = "port")]
    pin_file: Option<PathBuf>,
    /// How long a modem may take to find its network.
    #[arg(long = "for", value_name = "TIME", default_value = "30s", value_parser = time)]
    wait: Duration,
    /// Look at this alone.
    #[arg(long, value_enum, value_name = "WHAT")]
    only: Option<Section>,
    /// A device node of the stick reader; a name that ends in * stands for every node that begins so.
    #[arg(long, value_name = "NODE", default_values_os_t = MountedStickConfig::default().devices)]
    stick: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Section {
    Modem,
    Sound,
    Sticks,
}

/// The page as it grows, and whether anything on it wants mending.
#[derive(Debug, Default)]
pub(crate) struct Page {
    troubles: usize,
}

impl Page {
    pub(crate) fn title(&self, text: &str) -> Result<(), Trouble> {
        line(format!("\n{text}"))
    }

    pub(crate) fn good(&self, text: impl std::fmt::Display) -> Result<(), Trouble> {
        line(format!("  ok    {text}"))
    }

    pub(crate) fn note(&self, text: impl std::fmt::Display) -> Result<(), Trouble> {
        line(format!("  -     {text}"))
    }

    pub(crate) fn trouble(
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
    let wanted = |section| args.only.is_none_or(|only| only == section);
    if wanted(Section::Modem) {
        modem_and_ports(&mut page, args)?;
    }
    if wanted(Section::Sound) {
        sound(&mut page)?;
    }
    if wanted(Section::Sticks) {
        sticks(&mut page, &args.stick)?;
    }
    line(match page.troubles {
        0 => "\nNothing to mend.".to_owned(),
        1 => "\nOne thing to mend, marked !! above.".to_owned(),
        more => format!("\n{more} things to mend, marked !! above."),
    })?;
    Ok(page.troubles == 0)
}

fn modem_and_ports(page: &mut Page, args: &DoctorArgs) -> Result<(), Trouble> {
    let device = args.port.as_ref().and_then(device_file);
    let usable = doctor_ports::section(page, &System::default(), device.as_deref())?;
    match (&args.port, &device) {
        (Some(port), None) => page.trouble(
            format!("no one device is {port}"),
            "compare with the ports above; where several fit, add the serial number or the interface (#2)",
        ),
        (Some(port), Some(device)) if usable => modem(page, args, port, device),
        _ => Ok(()),
    }
}

fn modem(
    page: &mut Page,
    args: &DoctorArgs,
    port: &PortChoice,
    device: &Path,
) -> Result<(), Trouble> {
    page.title("Modem")?;
    let driver = Line::open(port, args.pin_file.as_deref())?;
    let met = driver.meet(args.wait, |event| match event {
        ModemEvent::Identified {
            model,
            manufacturer,
            dialect,
        } => page.good(match name_of(manufacturer, model) {
            name if name.is_empty() => format!("it does not say who it is (dialect {dialect})"),
            name => format!("it calls itself {name} (dialect {dialect})"),
        }),
        _ => Ok(()),
    })?;
    // The port must be free for what follows.
    drop(driver);
    match &met.health {
        ModemHealth::Absent(AbsentCause::PortInUse) => {
            let (who, mend) = System::default().holders(device).words();
            return page.trouble(format!("{} is {who}", device.display()), mend);
        }
        ModemHealth::Starting | ModemHealth::NotResponding => {
            return no_answer(page, device, args.scan);
        }
        _ => {}
    }
    match mend(&met.health) {
        Some(advice) => page.trouble(health_words(&met.health), advice)?,
        None => page.good(health_words(&met.health))?,
    }
    if met.answers() {
        voice(page, &met, device)?;
    }
    Ok(())
}

/// Manufacturer and model in one; many a model begins with its maker.
fn name_of(manufacturer: &str, model: &str) -> String {
    if model.starts_with(manufacturer) {
        return model.to_owned();
    }
    format!("{manufacturer} {model}").trim().to_owned()
}

/// What a modem that answers has for calls: registration of both kinds, voice over LTE, voice at all.
fn voice(page: &mut Page, met: &Met, device: &Path) -> Result<(), Trouble> {
    if let Some(found) = Exam::open(device, USUAL_BAUD).map(|mut exam| exam.examine()) {
        page.note(format!(
            "2G/3G: {}; LTE: {}",
            registration_words(found.circuit),
            registration_words(found.lte)
        ))?;
        match found.voice {
            Voice::Offered => page.good("it knows the commands of a voice call")?,
            Voice::Unknown => page.note("it does not say whether it has voice")?,
            Voice::Refused => page.trouble(
                "it refuses every command of a voice call: it may be sold for data alone",
                "read its full name off the label and compare it with the maker's list of variants with voice",
            )?,
        }
    }
    if !met.health.can_call() {
        // Nothing can be known of VoLTE before there is a network.
        return Ok(());
    }
    let volte = met.volte.unwrap_or(VolteState::Unknown);
    let text = format!("VoLTE: {}", volte_words(volte));
    match volte {
        VolteState::Registered => page.good(text)?,
        VolteState::Unknown => page.note(text)?,
        VolteState::On => page.trouble(
            text,
            "ask the operator to allow VoLTE for this card, and wait some minutes after that; a call may still go over 2G or 3G",
        )?,
        VolteState::Off => page.trouble(
            text,
            "it could not be switched on: ask the operator for VoLTE on this card, and the maker for a firmware with it",
        )?,
    }
    page.note("it was not dialled; a test call shows whether its supply bears the 2 A bursts (`xinting-hw modem --port PORT dial NUMBER`)")
}

/// A port that opens and does not answer like a modem: another speed, another port, no power.
fn no_answer(page: &mut Page, device: &Path, scan: bool) -> Result<(), Trouble> {
    let speed = Exam::open(device, USUAL_BAUD).map(|mut exam| exam.find_speed());
    match speed {
        Some(Speed::Usual) => {
            return page.trouble(
                "it answers AT now and then, and not like a modem that is well",
                "take its power away for ten seconds; look at its supply and cable",
            );
        }
        Some(Speed::Other(baud)) => {
            return page.trouble(
                format!("it listens at {baud} baud, and a booth speaks {USUAL_BAUD}"),
                format!(
                    "tell it once at {baud} baud: AT+IPR={USUAL_BAUD}, then AT&W (such as with: picocom -b {baud} {})",
                    device.display()
                ),
            );
        }
        Some(Speed::Noise) => {
            return page.trouble(
                "what comes from it is no text at any speed: a wrong speed, a wrong voltage, or another device",
                "check its speed (AT+IPR), that the grounds are joined, and that the levels are right (1.8 V, 3.3 V, RS-232)",
            );
        }
        Some(Speed::Silent) | None => {}
    }
    let others = siblings(device);
    if others.is_empty() {
        return page.trouble(
            "nothing answers here at any speed",
            "give the module power (and press its power key), and check that this is its AT port",
        );
    }
    if !scan {
        return page.trouble(
            "nothing answers here at any speed",
            format!(
                "this device has {} other ports, and a module takes commands on one or two only: add --scan to try them",
                others.len()
            ),
        );
    }
    let answering: Vec<String> = others
        .iter()
        .filter(|port| Exam::open(port, USUAL_BAUD).is_some_and(|mut exam| exam.answers()))
        .map(|port| port.display().to_string())
        .collect();
    if answering.is_empty() {
        return page.trouble(
            "nothing answers here, nor on the other ports of this device",
            "take the module's power away for ten seconds; it may hang, or lack its driver's AT port",
        );
    }
    page.trouble(
        format!(
            "nothing answers here, but something does on {}",
            answering.join(", ")
        ),
        format!("name {} as the modem's port", answering[0]),
    )
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

fn sticks(page: &mut Page, devices: &[PathBuf]) -> Result<(), Trouble> {
    page.title("USB sticks")?;
    let helper = MountedStickConfig::default().helper;
    match fs::metadata(&helper) {
        Err(_) => page.note(format!(
            "{} is not installed: no stick reader configured",
            helper.display()
        ))?,
        // A group of its own may be the only one that may run it.
        Ok(about)
            if !rustix::process::geteuid().is_root()
                && (about.uid() != 0
                    || about.permissions().mode() & 0o4000 == 0
                    || access(&helper, Access::EXEC_OK).is_err()) =>
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
    for device in devices {
        if fs::metadata(device).is_ok_and(|about| !about.file_type().is_block_device()) {
            page.trouble(
                format!("{} is not a block device", device.display()),
                "point the udev rule at the stick's partition",
            )?;
        }
    }
    let sticks = sticks_in(devices);
    for stick in &sticks {
        page.good(format!("a stick is in at {}", stick.display()))?;
    }
    if sticks.is_empty() {
        let names: Vec<_> = devices
            .iter()
            .map(|device| device.display().to_string())
            .collect();
        page.note(format!("no stick in the reader ({})", names.join(", ")))?;
    }
    Ok(())
}
