//! `xinting-hw usb watch`: sticks that come and go, as the booth sees them.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use serde_json::json;
use xinting_hw::usb::{MountedStick, MountedStickConfig, NoStickReader, StickEvent, StickPort};

use crate::output::{Trouble, interrupted, line, time};

#[derive(Debug, Subcommand)]
pub(crate) enum UsbCommand {
    /// Show sticks coming and going until Ctrl-C.
    Watch(WatchArgs),
}

#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// The device node to watch, such as /dev/xinting-stick or /dev/sda1.
    #[arg(long, value_name = "NODE")]
    device: Option<PathBuf>,
    /// The mount helper.
    #[arg(long, value_name = "PROGRAM", default_value_os_t = MountedStickConfig::default().helper)]
    helper: PathBuf,
    /// Stop after this time.
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    stop_after: Option<Duration>,
    /// Write one JSON object a line.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: &UsbCommand) -> Result<bool, Trouble> {
    let UsbCommand::Watch(args) = command;
    let Some(device) = &args.device else {
        return Err(Trouble::new(
            NoStickReader.health().describe(),
            "name the device node to watch with --device, such as /dev/sda1",
        ));
    };
    let interrupted = interrupted()?;
    let config = MountedStickConfig {
        device: device.clone(),
        helper: args.helper.clone(),
        ..MountedStickConfig::default()
    };
    let mut reader = MountedStick::new(config);
    let until = args.stop_after.map(|time| Instant::now() + time);
    if !args.json {
        line(format!("watching {} until Ctrl-C", device.display()))?;
    }
    let mut well = true;
    while !interrupted.is_set() && until.is_none_or(|until| Instant::now() < until) {
        match reader.wait_event(Duration::from_millis(500)) {
            Ok(None) => {}
            Ok(Some(StickEvent::Inserted(stick))) => {
                let files = std::fs::read_dir(&stick.root)
                    .map(Iterator::count)
                    .unwrap_or_default();
                line(if args.json {
                    json!({ "event": "inserted", "label": stick.label, "root": stick.root, "files": files }).to_string()
                } else {
                    format!(
                        "in   “{}”, {files} entries at {}",
                        stick.label,
                        stick.root.display()
                    )
                })?;
            }
            Ok(Some(StickEvent::Removed)) => {
                line(if args.json {
                    json!({ "event": "removed" }).to_string()
                } else {
                    "out".to_owned()
                })?;
            }
            Err(error) => {
                well = false;
                Trouble::from_error(&error, "`xinting-hw doctor` looks at the helper").tell();
            }
        }
    }
    if reader.current().is_some() {
        reader
            .release()
            .map_err(|error| Trouble::from_error(&error, "pull the stick out"))?;
    }
    Ok(well)
}
