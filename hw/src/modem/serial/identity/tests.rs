//! The search against a simulated tree. Any device files do: here those that every system has.

use std::os::unix::fs::MetadataExt;

use super::super::sim_usb::SimUsb;
use super::*;

/// Device files with numbers of their own; they are never opened.
const FILES: [&str; 5] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
];

struct Desk {
    usb: SimUsb,
    _place: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let usb = SimUsb::new(place.path()).unwrap();
        Self { usb, _place: place }
    }

    /// Plugs in; `file` is an index into [`FILES`].
    fn plug(&self, name: &str, file: usize, identity: &UsbIdentity) {
        self.usb
            .add(name, Path::new(FILES[file]), identity)
            .unwrap();
    }

    fn search(&self, choice: &str) -> Search {
        let choice = match choice.strip_prefix("tty") {
            Some(_) => PortChoice::Path(self.usb.port(choice)),
            None => choice.parse().unwrap(),
        };
        Search::new(choice, self.usb.tree())
    }

    fn found(&self, name: &str) -> Result<PathBuf, AbsentCause> {
        Ok(self.usb.port(name))
    }
}

fn number(file: usize) -> u64 {
    std::fs::metadata(FILES[file]).unwrap().rdev()
}

fn modem(serial: Option<&str>, place: &str) -> UsbIdentity {
    UsbIdentity {
        vendor: 0x2c7c,
        product: 0x0125,
        serial: serial.map(str::to_owned),
        interface: Some(2),
        place: place.to_owned(),
    }
}

fn other() -> UsbIdentity {
    UsbIdentity {
        vendor: 0x1e0e,
        product: 0x9001,
        ..modem(None, "1-9")
    }
}

#[test]
fn the_tree_is_read_whatever_links_lead_there() {
    let desk = Desk::new();
    desk.plug("ttyUSB2", 0, &modem(Some("A1"), "1-1.4"));
    desk.plug("ttyUSB0", 1, &other());
    let tree = desk.usb.tree();
    let names: Vec<_> = tree.usb_ports().into_iter().map(|port| port.path).collect();
    assert_eq!(names, [desk.usb.port("ttyUSB0"), desk.usb.port("ttyUSB2")]);
    let link = desk.usb.port("modem");
    std::os::unix::fs::symlink(desk.usb.port("ttyUSB2"), &link).unwrap();
    assert_eq!(tree.identity_of(&link), Some(modem(Some("A1"), "1-1.4")));
    assert_eq!(
        modem(Some("A1"), "1-1.4").to_string(),
        "usb:2c7c:0125:A1#2 at 1-1.4"
    );
    assert_eq!(tree.identity_of(Path::new(FILES[2])), None);
    assert_eq!(tree.identity_of(&desk.usb.port("ttyUSB9")), None);
    desk.usb.remove("ttyUSB2").unwrap();
    assert_eq!(tree.usb_ports().len(), 1);
    let nowhere = DeviceTree {
        sys: "/nowhere".into(),
        dev: "/nowhere".into(),
    };
    assert_eq!(nowhere.usb_ports(), []);
}

#[test]
fn files_with_nonsense_in_them_name_no_device() {
    let desk = Desk::new();
    desk.plug("ttyUSB2", 0, &modem(None, "1-1"));
    let device = desk.usb.tree().sys.join("devices/usb1/1-1");
    for nonsense in [&b""[..], b"zz", b"12345678", b"\xff\xfe", b"2c7c 0125"] {
        std::fs::write(device.join("idVendor"), nonsense).unwrap();
        assert_eq!(desk.usb.tree().usb_ports(), [], "{nonsense:?}");
    }
}

#[test]
fn a_path_is_followed_to_another_name() {
    let desk = Desk::new();
    let ours = modem(Some("A1"), "1-1");
    desk.plug("ttyUSB2", 0, &ours);
    let mut search = desk.search("ttyUSB2");
    assert_eq!(search.find(), desk.found("ttyUSB2"));
    assert_eq!(search.opened(number(0)), Ok(()));

    desk.usb.remove("ttyUSB2").unwrap();
    search.lost();
    assert_eq!(search.find(), Err(AbsentCause::NoSuchPort));

    // Another modem takes the old name: it is not taken for ours.
    desk.plug("ttyUSB2", 1, &other());
    assert_eq!(search.find(), Err(AbsentCause::OtherDevice));
    // Neither is one of the same make with another serial number, nor another port of ours.
    desk.plug("ttyUSB3", 2, &modem(Some("B2"), "1-3"));
    let other_port = UsbIdentity {
        interface: Some(3),
        ..ours.clone()
    };
    desk.plug("ttyUSB4", 3, &other_port);
    assert_eq!(search.find(), Err(AbsentCause::OtherDevice));

    desk.plug("ttyUSB5", 4, &ours);
    assert_eq!(search.find(), desk.found("ttyUSB5"));
    assert_eq!(search.opened(number(4)), Ok(()));
}

#[test]
fn a_modem_that_moved_to_another_socket_is_known_again() {
    let desk = Desk::new();
    desk.plug("ttyUSB2", 0, &modem(None, "1-1"));
    let mut search = desk.search("usb:2c7c:0125");
    assert_eq!(search.find(), desk.found("ttyUSB2"));
    assert_eq!(search.opened(number(0)), Ok(()));
    desk.usb.remove("ttyUSB2").unwrap();
    search.lost();
    desk.plug("ttyUSB7", 1, &modem(None, "1-4"));
    assert_eq!(search.find(), desk.found("ttyUSB7"));
    assert_eq!(search.opened(number(1)), Ok(()));
}

#[test]
fn of_two_alike_the_socket_decides() {
    let desk = Desk::new();
    // Makers give whole series one serial number.
    let serial = Some("0123456789ABCDEF");
    desk.plug("ttyUSB2", 0, &modem(serial, "1-1"));
    desk.plug("ttyUSB6", 1, &modem(serial, "1-2"));
    let mut search = desk.search("ttyUSB6");
    assert_eq!(search.find(), desk.found("ttyUSB6"));
    assert_eq!(search.opened(number(1)), Ok(()));

    desk.usb.remove("ttyUSB6").unwrap();
    search.lost();
    // The one that was there all the while is not it.
    assert_eq!(search.find(), Err(AbsentCause::NoSuchPort));
    // Back in its socket under any name.
    desk.plug("ttyUSB9", 2, &modem(serial, "1-2"));
    assert_eq!(search.find(), desk.found("ttyUSB9"));

    // In a third socket it can only be ours, as the twin is still where it was.
    desk.usb.remove("ttyUSB9").unwrap();
    desk.plug("ttyUSB9", 2, &modem(serial, "1-3"));
    assert_eq!(search.find(), desk.found("ttyUSB9"));
    // Two strangers at once: refused.
    desk.plug("ttyUSB10", 3, &modem(serial, "1-4"));
    assert_eq!(search.find(), Err(AbsentCause::Ambiguous));
}

#[test]
fn a_choice_that_fits_several_is_refused() {
    let desk = Desk::new();
    desk.plug("ttyUSB2", 0, &modem(Some("A1"), "1-1"));
    let second_port = UsbIdentity {
        interface: Some(3),
        ..modem(Some("A1"), "1-1")
    };
    desk.plug("ttyUSB3", 1, &second_port);
    desk.plug("ttyUSB6", 2, &modem(Some("B2"), "1-5"));
    desk.plug("ttyUSB7", 3, &other());
    let table = [
        ("usb:2c7c:0125", Err(AbsentCause::Ambiguous)),
        ("usb:2c7c:0125#2", Err(AbsentCause::Ambiguous)),
        ("usb:2c7c:0125:A1", Err(AbsentCause::Ambiguous)),
        ("usb:2c7c:0125:A1#2", desk.found("ttyUSB2")),
        ("usb:2c7c:0125:B2", desk.found("ttyUSB6")),
        ("usb:2c7c:0125#3", desk.found("ttyUSB3")),
        ("usb:1e0e:9001", desk.found("ttyUSB7")),
        ("usb:1e0e:9001:A1", Err(AbsentCause::NoSuchPort)),
        ("usb:1e0e:9002", Err(AbsentCause::NoSuchPort)),
    ];
    for (choice, wanted) in table {
        assert_eq!(desk.search(choice).find(), wanted, "{choice}");
    }
}

#[test]
fn a_name_that_changed_hands_between_looking_and_opening_is_let_go() {
    let desk = Desk::new();
    desk.plug("ttyUSB2", 0, &modem(None, "1-1"));
    desk.plug("ttyUSB3", 1, &other());
    let mut search = desk.search("usb:2c7c:0125");
    assert_eq!(search.opened(number(1)), Err(AbsentCause::OtherDevice));
    assert_eq!(search.opened(number(2)), Err(AbsentCause::OtherDevice));
    assert_eq!(search.opened(number(0)), Ok(()));
    assert_eq!(search.opened(number(1)), Err(AbsentCause::OtherDevice));
    let mut search = desk.search("ttyUSB3");
    assert_eq!(search.opened(number(1)), Ok(()));
    assert_eq!(search.opened(number(0)), Err(AbsentCause::OtherDevice));
}

#[test]
fn a_port_of_no_usb_device_is_its_path_and_nothing_more() {
    let desk = Desk::new();
    let mut search = desk.search("ttyS0");
    assert_eq!(search.find(), desk.found("ttyS0"));
    assert_eq!(search.opened(number(2)), Ok(()));
    search.lost();
    assert_eq!(search.find(), desk.found("ttyS0"));
}
