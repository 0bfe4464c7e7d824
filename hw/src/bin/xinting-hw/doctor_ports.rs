//! Serial ports looked at from outside: whether they are there, whether this user may open them, who has them open.
//!
//! It reads files of the system and opens no port.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};
use xinting_hw::modem::DeviceTree;

use crate::doctor::Page;
use crate::output::Trouble;

/// The group that owns serial ports on Debian.
const USUAL_GROUP: &str = "dialout";
const MODEM_MANAGER: &str = "ModemManager";
const STOP_MODEM_MANAGER: &str = "sudo systemctl disable --now ModemManager";

/// Where the system tells about itself. Anything but the default is for tests.
#[derive(Debug)]
pub(crate) struct System {
    proc: PathBuf,
    groups: PathBuf,
}

impl Default for System {
    fn default() -> Self {
        Self {
            proc: "/proc".into(),
            groups: "/etc/group".into(),
        }
    }
}

/// A program that has a port open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    pid: u32,
    name: String,
}

/// Who has a port open, as far as this user may see.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Holders {
    pub(crate) found: Vec<Holder>,
    /// Some programs' files could not be read.
    pub(crate) hidden: bool,
}

impl Holders {
    /// The programs by name, and what to do about them.
    pub(crate) fn words(&self) -> (String, String) {
        if self.found.is_empty() {
            let text = "another program holds it, and this user may not see which".to_owned();
            let mend =
                "run `sudo xinting-hw doctor` with the same words to be told which, and stop it"
                    .to_owned();
            return (text, mend);
        }
        let names: Vec<String> = self
            .found
            .iter()
            .map(|holder| format!("{} (process {})", holder.name, holder.pid))
            .collect();
        let text = format!("held by {}", names.join(", "));
        let mend = match &self.found[0] {
            holder if holder.name == MODEM_MANAGER => STOP_MODEM_MANAGER.to_owned(),
            holder if holder.name.starts_with("xinting-kiosk") => {
                "stop the booth while you try its modem out (sudo systemctl stop kiosk)".to_owned()
            }
            holder => format!("end that program, such as with: sudo kill {}", holder.pid),
        };
        (text, mend)
    }
}

impl System {
    fn processes(&self) -> Vec<(u32, PathBuf)> {
        let mut processes: Vec<_> = fs::read_dir(&self.proc)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
            .collect();
        processes.sort();
        processes
    }

    fn name(folder: &Path) -> String {
        fs::read_to_string(folder.join("comm"))
            .map(|name| name.trim().to_owned())
            .unwrap_or_default()
    }

    /// Who has `port` open, this program left out.
    pub(crate) fn holders(&self, port: &Path) -> Holders {
        let device = fs::canonicalize(port).unwrap_or_else(|_| port.to_owned());
        let mut holders = Holders {
            found: Vec::new(),
            hidden: false,
        };
        for (pid, folder) in self.processes() {
            if pid == std::process::id() {
                continue;
            }
            let Ok(files) = fs::read_dir(folder.join("fd")) else {
                holders.hidden = true;
                continue;
            };
            if files
                .flatten()
                .any(|file| fs::read_link(file.path()).is_ok_and(|target| target == device))
            {
                holders.found.push(Holder {
                    pid,
                    name: Self::name(&folder),
                });
            }
        }
        holders
    }

    fn runs(&self, name: &str) -> bool {
        // The kernel keeps 15 characters of a name.
        self.processes()
            .iter()
            .any(|(_, folder)| Self::name(folder) == name)
    }

    /// Name and members of a group.
    fn group(&self, id: u32) -> Option<(String, Vec<String>)> {
        let text = fs::read_to_string(&self.groups).ok()?;
        text.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            let found: u32 = fields.nth(1)?.parse().ok()?;
            let members = fields.next()?.split(',').map(str::to_owned).collect();
            (found == id).then(|| (name.to_owned(), members))
        })
    }

    /// Why a port of group `id` may not be opened by `user`, and what to do.
    fn no_permission(&self, id: u32, user: &str) -> (String, String) {
        let (group, members) = self
            .group(id)
            .unwrap_or_else(|| (USUAL_GROUP.to_owned(), Vec::new()));
        if members.iter().any(|member| member == user) {
            return (
                format!(
                    "{user} was put into the group {group}, which only the next log-in takes note of"
                ),
                "log out and in again, or restart the machine".to_owned(),
            );
        }
        if group == "root" {
            return (
                "it belongs to root alone".to_owned(),
                format!(
                    "sudo chgrp {USUAL_GROUP} PORT && sudo chmod 660 PORT, or a udev rule that does it for good"
                ),
            );
        }
        (
            format!("it belongs to the group {group}, and {user} is not in it"),
            format!("sudo usermod -aG {group} {user}, then log in again"),
        )
    }
}

/// Writes the section about ports. `named` is the one that will be talked to; true when that makes sense.
pub(crate) fn section(
    page: &mut Page,
    system: &System,
    named: Option<&Path>,
) -> Result<bool, Trouble> {
    page.title("Modem ports")?;
    let tree = DeviceTree::default();
    let mut found: Vec<PathBuf> = tree.usb_ports().into_iter().map(|port| port.path).collect();
    let any_usb = !found.is_empty();
    let named_device = named.map(|path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()));
    if let (Some(named), Some(device)) = (named, &named_device)
        && !found.contains(device)
    {
        found.push(named.to_owned());
    }
    if found.is_empty() {
        page.note("no USB serial port: no modem is plugged in, or its driver (option, cdc_acm) is missing")?;
    }
    let mut usable = named.is_some();
    for port in found {
        let well = one(page, system, &tree, &port)?;
        if named == Some(&*port) || named_device.as_deref() == Some(&*port) {
            usable = well;
        }
    }
    if any_usb && system.runs(MODEM_MANAGER) {
        page.trouble(
            "ModemManager is running, and takes modems' ports whenever they appear",
            STOP_MODEM_MANAGER,
        )?;
    }
    if named.is_none() && any_usb {
        page.note("nothing was opened; name the modem's port with --port to have it asked")?;
    }
    Ok(usable)
}

/// Writes what there is to say about one port; true when it can be opened as far as can be seen from outside.
fn one(page: &mut Page, system: &System, tree: &DeviceTree, port: &Path) -> Result<bool, Trouble> {
    let name = port.display();
    let Ok(about) = fs::metadata(port) else {
        page.trouble(
            format!("{name} does not exist"),
            "plug the modem in and give it power, or name another port",
        )?;
        return Ok(false);
    };
    if !about.file_type().is_char_device() {
        page.trouble(
            format!("{name} is not a serial port"),
            "name a port such as /dev/ttyUSB2",
        )?;
        return Ok(false);
    }
    if access(port, Access::READ_OK | Access::WRITE_OK).is_err() {
        let user = std::env::var("USER").unwrap_or_else(|_| "\"$USER\"".to_owned());
        let (why, mend) = system.no_permission(about.gid(), &user);
        page.trouble(
            format!("{name} may not be opened by this user: {why}"),
            mend.replace("PORT", &name.to_string()),
        )?;
        return Ok(false);
    }
    let identity = tree.identity_of(port);
    if identity.is_some() {
        // A pty is held by whoever made it, which is as it should be; there the attempt to open it must tell.
        let holders = system.holders(port);
        if !holders.found.is_empty() {
            let (who, mend) = holders.words();
            page.trouble(format!("{name} is {who}"), mend)?;
            return Ok(false);
        }
    }
    let device = identity
        .map(|found| format!(", {found}"))
        .unwrap_or_default();
    let alias = stable_name(port)
        .map(|name| format!(", stable name {}", name.display()))
        .unwrap_or_default();
    page.good(format!("{name} may be opened{device}{alias}"))?;
    Ok(true)
}

/// The other ports of the same USB device.
pub(crate) fn siblings(port: &Path) -> Vec<PathBuf> {
    let tree = DeviceTree::default();
    let Some(own) = tree.identity_of(port) else {
        return Vec::new();
    };
    let device = fs::canonicalize(port).unwrap_or_else(|_| port.to_owned());
    tree.usb_ports()
        .into_iter()
        .filter(|other| other.identity.place == own.place && other.path != device)
        .map(|other| other.path)
        .collect()
}

/// A name that stays the same when the modem is plugged in elsewhere.
fn stable_name(port: &Path) -> Option<PathBuf> {
    let device = fs::canonicalize(port).ok()?;
    fs::read_dir("/dev/serial/by-id")
        .ok()?
        .flatten()
        .map(|link| link.path())
        .find(|link| fs::canonicalize(link).is_ok_and(|target| target == device))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A system with two programs, of which one has a port open, and three groups.
    fn system(place: &Path) -> System {
        let (proc, groups) = (place.join("proc"), place.join("group"));
        for (pid, name) in [("41", "ModemManager\n"), ("7", "sh\n")] {
            let files = proc.join(pid).join("fd");
            fs::create_dir_all(&files).unwrap();
            fs::write(proc.join(pid).join("comm"), name).unwrap();
        }
        std::os::unix::fs::symlink(place.join("ttyUSB2"), proc.join("41/fd/9")).unwrap();
        std::os::unix::fs::symlink("/dev/null", proc.join("7/fd/0")).unwrap();
        fs::create_dir_all(proc.join("self")).unwrap();
        fs::write(&groups, "root:x:0:\ndialout:x:20:lin,wang\nplugdev:x:46:\n").unwrap();
        fs::write(place.join("ttyUSB2"), "").unwrap();
        System { proc, groups }
    }

    #[test]
    fn whoever_has_a_port_open_is_named_with_the_way_to_end_it() {
        let place = tempfile::tempdir().unwrap();
        let place = fs::canonicalize(place.path()).unwrap();
        let system = system(&place);
        let holders = system.holders(&place.join("ttyUSB2"));
        assert_eq!(
            holders.found,
            [Holder {
                pid: 41,
                name: "ModemManager".to_owned()
            }]
        );
        let (text, mend) = holders.words();
        assert_eq!(text, "held by ModemManager (process 41)");
        assert_eq!(mend, STOP_MODEM_MANAGER);
        assert!(system.runs("ModemManager") && !system.runs("brltty"));
        assert!(system.holders(&place.join("group")).found.is_empty());
        let other = Holders {
            found: vec![Holder {
                pid: 9,
                name: "minicom".to_owned(),
            }],
            hidden: false,
        };
        assert_eq!(
            other.words().1,
            "end that program, such as with: sudo kill 9"
        );
        // A program whose files may not be read is not taken for nobody.
        fs::create_dir(system.proc.join("99")).unwrap();
        let holders = system.holders(&place.join("group"));
        assert!(holders.hidden);
        assert!(holders.words().1.contains("sudo"));
    }

    #[test]
    fn a_missing_permission_names_group_and_command() {
        let place = tempfile::tempdir().unwrap();
        let system = system(place.path());
        let (why, mend) = system.no_permission(20, "zhao");
        assert!(why.contains("dialout") && why.contains("zhao"), "{why}");
        assert_eq!(mend, "sudo usermod -aG dialout zhao, then log in again");
        let (_, mend) = system.no_permission(46, "zhao");
        assert!(mend.contains("-aG plugdev"), "{mend}");
        let (why, mend) = system.no_permission(20, "wang");
        assert!(
            why.contains("next log-in") && mend.contains("log out"),
            "{why}"
        );
        let (_, mend) = system.no_permission(0, "zhao");
        assert!(mend.contains("chgrp dialout"), "{mend}");
        let (_, mend) = system.no_permission(4711, "zhao");
        assert!(mend.contains("dialout"), "{mend}");
    }
}
