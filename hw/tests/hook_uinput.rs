//! The hook switch on a real input device, made with the kernel's `uinput` where the system lets one be made.
//!
//! Where it does not, this says so, and the simulated switch in `hook.rs` stands for it: its bytes take the same way.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags, open};
use rustix::ioctl::opcode::{from_components, none, write};
use rustix::ioctl::{Direction, IntegerSetter, NoArg, Opcode, Setter, Updater, ioctl};
use xinting_hw::hook::record::{EV_KEY, EV_SW, EV_SYN, Record};
use xinting_hw::hook::{
    EvdevHook, HookConfig, HookContact, HookError, HookEvent, HookHandle, HookPort,
};

/// Far above what anything here takes, for a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(20);
const PHONE: u16 = 169;
const HEADPHONE: u16 = 2;

/// `struct uinput_setup` of `<linux/uinput.h>`: bus, vendor, product, version, name, effects.
type Setup = [u8; 92];
/// Room for the name that `UI_GET_SYSNAME` gives.
type SysName = [u8; 64];

const UI_DEV_CREATE: Opcode = none(b'U', 1);
const UI_DEV_SETUP: Opcode = write::<Setup>(b'U', 3);
const UI_GET_SYSNAME: Opcode = from_components(Direction::Read, b'U', 44, size_of::<SysName>());
const UI_SET_EVBIT: Opcode = write::<i32>(b'U', 100);
const UI_SET_KEYBIT: Opcode = write::<i32>(b'U', 101);
const UI_SET_SWBIT: Opcode = write::<i32>(b'U', 109);

/// An input device of our own; it is gone when this is dropped.
struct Device {
    uinput: OwnedFd,
    node: PathBuf,
}

impl Device {
    fn new() -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let uinput = open("/dev/uinput", flags, Mode::empty())?;
        let mut setup: Setup = [0; 92];
        // Bus 6 is BUS_VIRTUAL; the numbers after it say nothing and only have to be there.
        setup[..8].copy_from_slice(&[6, 0, 1, 0, 1, 0, 1, 0]);
        setup[8..20].copy_from_slice(b"xinting test");
        // SAFETY: the opcodes are those of <linux/uinput.h>; those made with `IntegerSetter` take a number, `Setup` and
        // `SysName` are as large as the opcodes made from them say.
        unsafe {
            ioctl(
                &uinput,
                IntegerSetter::<UI_SET_EVBIT>::new_usize(EV_KEY.into()),
            )?;
            ioctl(
                &uinput,
                IntegerSetter::<UI_SET_KEYBIT>::new_usize(PHONE.into()),
            )?;
            ioctl(
                &uinput,
                IntegerSetter::<UI_SET_EVBIT>::new_usize(EV_SW.into()),
            )?;
            ioctl(
                &uinput,
                IntegerSetter::<UI_SET_SWBIT>::new_usize(HEADPHONE.into()),
            )?;
            ioctl(&uinput, Setter::<UI_DEV_SETUP, Setup>::new(setup))?;
            ioctl(&uinput, NoArg::<UI_DEV_CREATE>::new())?;
        }
        let node = node_of(&uinput)?;
        Ok(Self { uinput, node })
    }

    fn say(&self, kind: u16, code: u16, value: i32) {
        for record in [
            Record { kind, code, value },
            Record {
                kind: EV_SYN,
                code: 0,
                value: 0,
            },
        ] {
            rustix::io::write(&self.uinput, &record.to_bytes()).unwrap();
        }
    }

    fn config(&self, contact: HookContact) -> HookConfig {
        HookConfig {
            device: Some(self.node.clone()),
            contact,
            lifted_when_pressed: false,
        }
    }
}

/// The device file, when udev or devtmpfs has made it.
fn node_of(uinput: &OwnedFd) -> io::Result<PathBuf> {
    let mut name: SysName = [0; 64];
    // SAFETY: the opcode says how large the buffer is, and it is that large.
    unsafe {
        ioctl(
            uinput.as_fd(),
            Updater::<UI_GET_SYSNAME, SysName>::new(&mut name),
        )
    }?;
    let name = String::from_utf8_lossy(&name);
    let folder = PathBuf::from("/sys/devices/virtual/input").join(name.trim_end_matches('\0'));
    let until = Instant::now() + Duration::from_secs(2);
    loop {
        let node = std::fs::read_dir(&folder)?
            .flatten()
            .map(|entry| entry.file_name())
            .find(|name| name.to_string_lossy().starts_with("event"))
            .map(|name| PathBuf::from("/dev/input").join(name))
            .filter(|node| std::fs::File::open(node).is_ok());
        match node {
            Some(node) => return Ok(node),
            None if Instant::now() > until => return Err(io::ErrorKind::NotFound.into()),
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

#[test]
fn a_real_input_device_is_a_hook_switch() {
    let device = match Device::new() {
        Ok(device) => device,
        Err(error) => {
            eprintln!(
                "no input device could be made here ({error}): the real driver was not tried"
            );
            return;
        }
    };
    // What it is before anybody listens is told first.
    device.say(EV_KEY, PHONE, 1);
    let (tell, events) = channel();
    let handle = HookHandle::start(device.config(HookContact::PHONE), move |event| {
        _ = tell.send(event);
    })
    .unwrap();
    let expect = |event| assert_eq!(events.recv_timeout(PATIENCE), Ok(event));
    expect(HookEvent::Down);
    device.say(EV_KEY, PHONE, 0);
    expect(HookEvent::Lifted);
    device.say(EV_KEY, PHONE, 1);
    expect(HookEvent::Down);

    // The same device as a switch, and one that it has not.
    device.say(EV_SW, HEADPHONE, 1);
    let mut switch = EvdevHook::new(device.config(HookContact::Switch(HEADPHONE)));
    assert!(!switch.open().unwrap());
    device.say(EV_SW, HEADPHONE, 0);
    assert!(switch.open().unwrap());
    let missing = EvdevHook::new(device.config(HookContact::Key(28))).open();
    assert!(
        matches!(missing, Err(HookError::NoSuchContact { .. })),
        "{missing:?}"
    );

    drop(device);
    expect(HookEvent::Gone);
    drop(handle);
}
