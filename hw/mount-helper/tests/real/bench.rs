//! The place around the helper: a mount namespace, loop devices that are shown below a USB port, images, and what can
//! be seen of a mount. It never touches a device that it did not make.

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rustix::fs::{CWD, FileType, Mode, major, makedev, minor, mknodat};
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_change, unmount,
};
use rustix::thread::{UnshareFlags, unshare_unsafe};

/// The helper as it was built.
pub(crate) const HELPER: &str = env!("CARGO_BIN_EXE_xinting-mount");
/// Where it mounts.
pub(crate) const POINT: &str = "/run/xinting/stick";
/// Nobody in particular.
pub(crate) const NOBODY: u32 = 65534;

const SYS: &str = "/sys/dev/block";
/// Everything that is made for a test lies here, on a tmpfs of this namespace.
const PLACE: &str = "/run/bench";

/// The namespace. There is one, for the whole program.
pub(crate) struct Bench {
    runs: Cell<usize>,
    made: Cell<usize>,
}

/// An image on a loop device. The device is let go when its last user is: this value, a mount, or this process.
pub(crate) struct Loop {
    pub(crate) node: PathBuf,
    pub(crate) image: PathBuf,
    open: Option<fs::File>,
}

impl Bench {
    /// Leaves the mount namespace of everybody else. Before any thread is started.
    pub(crate) fn new() -> Self {
        // SAFETY: only the mounts are unshared, no file descriptors, and this process has one thread.
        unsafe { unshare_unsafe(UnshareFlags::NEWNS) }.expect("leaving the mount namespace");
        let private = MountPropagationFlags::REC | MountPropagationFlags::PRIVATE;
        mount_change("/", private).expect("making all mounts private");
        tmpfs("/run");
        for folder in [PLACE, "/run/udev/rules.d", "/run/links"] {
            fs::create_dir_all(folder).unwrap();
        }
        Self {
            runs: Cell::new(0),
            made: Cell::new(0),
        }
    }

    pub(crate) fn runs(&self) -> usize {
        self.runs.get()
    }

    /// A new empty folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.made.set(self.made.get() + 1);
        let folder = Path::new(PLACE).join(self.made.get().to_string());
        fs::create_dir(&folder).unwrap();
        folder
    }

    /// Takes away what a case has mounted and made.
    pub(crate) fn clear(&self) {
        for point in [POINT, "/dev", SYS] {
            // `/dev` and `/sys/dev/block` are only left alone when nothing of ours lies over them.
            while is_ours(point) {
                let _ = unmount(point, UnmountFlags::DETACH);
            }
        }
        for folder in [PLACE, "/run/links", "/run/udev/rules.d"] {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                let _ = match path.symlink_metadata().is_ok_and(|about| about.is_dir()) {
                    true => fs::remove_dir_all(&path),
                    false => fs::remove_file(&path),
                };
            }
        }
        let _ = fs::remove_file(POINT).or_else(|_| fs::remove_dir_all("/run/xinting"));
    }

    /// Puts an image into a loop device, and shows that below a USB port.
    pub(crate) fn plug(&self, image: &Path) -> Loop {
        let stick = self.attach(image, &[]);
        self.show_on_usb(&stick.node);
        stick
    }

    /// Puts an image into a loop device, which is nowhere near USB.
    pub(crate) fn attach(&self, image: &Path, more: &[&str]) -> Loop {
        let said = tool("losetup", &["-f", "--show"], more, image);
        let node = PathBuf::from(said.trim());
        let open = fs::File::open(&node).unwrap();
        if more.contains(&"-P") && !first_partition(&node).exists() {
            // A kernel that reads no partition tables takes the partitions from one who does.
            tool("partx", &["-a"], &[], &node);
        }
        // From now on the device lives only as long as somebody uses it.
        tool("losetup", &["-d"], &[], &node);
        assert!(fs::metadata(&node).unwrap().file_type().is_block_device());
        Loop {
            node,
            image: image.to_owned(),
            open: Some(open),
        }
    }

    /// The first partition of a loop device that was attached with `-P`, below a USB port too.
    pub(crate) fn partition(&self, disk: &Loop) -> PathBuf {
        let name = disk
            .node
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let node = first_partition(&disk.node);
        assert!(node.exists(), "the kernel found no partition");
        let port = Path::new(SYS).join(format!("usb9/9-1/block/{name}"));
        fs::create_dir_all(port.join(format!("{name}p1"))).unwrap();
        fs::write(port.join(format!("{name}p1/partition")), "1\n").unwrap();
        show(&node, &format!("usb9/9-1/block/{name}/{name}p1"));
        node
    }

    /// From now on the kernel's list of block devices is ours.
    pub(crate) fn show_on_usb(&self, node: &Path) {
        if !is_ours(SYS) {
            tmpfs(SYS);
        }
        let name = node.file_name().unwrap().to_string_lossy().into_owned();
        let port = format!("usb9/9-1/block/{name}");
        fs::create_dir_all(Path::new(SYS).join(&port)).unwrap();
        show(node, &port);
    }

    /// Pulls the stick out: its node and the kernel's entry are gone, and nothing can be read any more. Until
    /// [`Bench::clear`] there is no other device either.
    pub(crate) fn yank(&self, stick: &mut Loop) {
        fs::remove_file(Path::new(SYS).join(number(&stick.node))).unwrap();
        fs::OpenOptions::new()
            .write(true)
            .truncate(true)
            .open(&stick.image)
            .unwrap();
        stick.open = None;
        self.private_dev(&[]);
    }

    /// Covers `/dev` with a folder that holds these block devices.
    pub(crate) fn private_dev(&self, nodes: &[&Path]) {
        let numbers: Vec<_> = nodes
            .iter()
            .map(|node| (node.to_path_buf(), fs::metadata(node).unwrap().rdev()))
            .collect();
        tmpfs("/dev");
        let mode = Mode::from_raw_mode(0o666);
        let character = FileType::CharacterDevice;
        mknodat(CWD, "/dev/null", character, mode, makedev(1, 3)).unwrap();
        for (node, rdev) in numbers {
            mknodat(CWD, node, FileType::BlockDevice, mode, rdev).unwrap();
        }
    }

    /// The helper's answer, as root.
    pub(crate) fn helper(&self, verb: &str, node: &Path) -> Result<(), String> {
        self.answer(Command::new(HELPER).arg(verb).arg(node))
    }

    /// The helper's answer to anybody, run from `program`.
    pub(crate) fn helper_as(
        &self,
        program: &Path,
        uid: u32,
        verb: &str,
        node: &Path,
    ) -> Result<(), String> {
        self.answer(Command::new(program).arg(verb).arg(node).uid(uid).gid(uid))
    }

    fn answer(&self, command: &mut Command) -> Result<(), String> {
        self.runs.set(self.runs.get() + 1);
        let done = command.output().unwrap();
        match done.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&done.stderr).into_owned()),
        }
    }

    /// The helper refuses, with these words in its reason.
    #[track_caller]
    pub(crate) fn refused(&self, verb: &str, node: &Path, words: &str) {
        let said = self.helper(verb, node).expect_err("it did as it was told");
        assert!(said.contains(words), "{said:?} instead of {words:?}");
        assert_eq!(said.lines().count(), 1, "{said:?}");
    }

    /// A copy of the helper that anybody may run; with `setuid`, as it is installed.
    pub(crate) fn installed(&self, setuid: bool) -> PathBuf {
        let program = self.folder().join("xinting-mount");
        fs::copy(HELPER, &program).unwrap();
        let mode = if setuid { 0o4755 } else { 0o755 };
        fs::set_permissions(&program, fs::Permissions::from_mode(mode)).unwrap();
        program
    }

    /// An ext4 image that holds what `fill` puts into a folder.
    pub(crate) fn ext4(&self, more: &[&str], fill: impl FnOnce(&Path)) -> PathBuf {
        let folder = self.folder();
        let contents = folder.join("contents");
        fs::create_dir(&contents).unwrap();
        fill(&contents);
        let image = folder.join("image");
        fs::File::create(&image).unwrap().set_len(16 << 20).unwrap();
        let quiet = ["-q", "-F", "-E", "lazy_itable_init=0", "-d"];
        let mut words: Vec<&OsStr> = quiet.iter().map(OsStr::new).collect();
        words.push(contents.as_os_str());
        words.extend(more.iter().map(OsStr::new));
        tool("mkfs.ext4", &words, &[], &image);
        image
    }

    /// An ext4 image with a pack on it.
    pub(crate) fn stick(&self) -> PathBuf {
        self.ext4(&[], |root| {
            fs::write(root.join("a.xtpack"), vec![7; 300_000]).unwrap();
            fs::create_dir(root.join("packs")).unwrap();
            fs::write(root.join("packs/b.xtpack"), b"another").unwrap();
        })
    }

    /// The image as the only partition of a disk.
    pub(crate) fn partitioned(&self, image: &Path) -> PathBuf {
        const START: u32 = 2048;
        let mut disk = vec![0; START as usize * 512];
        let inside = fs::read(image).unwrap();
        let sectors = u32::try_from(inside.len() / 512).unwrap();
        // The first of the four entries of a DOS partition table: not active, Linux, where it begins, how long it is.
        disk[446 + 4] = 0x83;
        disk[446 + 8..446 + 12].copy_from_slice(&START.to_le_bytes());
        disk[446 + 12..446 + 16].copy_from_slice(&sectors.to_le_bytes());
        disk[510..512].copy_from_slice(&[0x55, 0xaa]);
        disk.extend(inside);
        let path = self.folder().join("disk");
        fs::write(&path, disk).unwrap();
        path
    }
}

/// A file system mounted plainly, beside the helper, to see that what the helper prevents can be done at all.
pub(crate) struct Plain(pub(crate) PathBuf);

impl Plain {
    pub(crate) fn mount(bench: &Bench, stick: &Loop, kind: &str, flags: MountFlags) -> Self {
        let point = bench.folder();
        mount(&stick.node, &point, kind, flags, None).unwrap();
        Self(point)
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        let _ = unmount(&self.0, UnmountFlags::DETACH);
    }
}

/// How the kernel names it.
pub(crate) fn first_partition(disk: &Path) -> PathBuf {
    PathBuf::from(format!("{}p1", disk.display()))
}

/// The options under which something is mounted at the stick's place: those of the mount and those of the file
/// system.
pub(crate) fn mounted() -> Option<(Vec<String>, Vec<String>)> {
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let line = table
        .lines()
        .find(|line| line.split(' ').nth(4) == Some(POINT))?;
    let list = |text: &str| text.split(',').map(str::to_owned).collect();
    Some((
        list(line.split(' ').nth(5).unwrap()),
        list(line.split(' ').next_back().unwrap()),
    ))
}

/// Whether the kernel can mount this, after it was asked to load what it takes.
pub(crate) fn offered(kind: &str) -> bool {
    let knows = || {
        let known = fs::read_to_string("/proc/filesystems").unwrap();
        known.split_whitespace().any(|word| word == kind)
    };
    if !knows() {
        let _no_modules = Command::new("modprobe").arg(kind).output();
    }
    knows()
}

/// Runs a tool of the system and gives back what it printed.
#[track_caller]
pub(crate) fn tool(
    program: &str,
    words: &[impl AsRef<OsStr>],
    more: &[&str],
    last: impl AsRef<OsStr>,
) -> String {
    let mut command = Command::new(program);
    command.args(words).args(more).arg(last);
    // Where the tools of an administrator are not on everybody's path.
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; scripts/setup installs it"));
    let complaint = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{program}: {complaint}");
    String::from_utf8(stdout).unwrap()
}

/// An entry in the kernel's list. A number that was another device's before is this one's now.
fn show(node: &Path, place: &str) {
    let entry = Path::new(SYS).join(number(node));
    let _ = fs::remove_file(&entry);
    symlink(place, entry).unwrap();
}

/// A device's number as the kernel's lists write it.
fn number(node: &Path) -> String {
    let rdev = fs::metadata(node).unwrap().rdev();
    format!("{}:{}", major(rdev), minor(rdev))
}

fn tmpfs(point: &str) {
    let options = c"mode=755";
    mount("bench", point, "tmpfs", MountFlags::empty(), options)
        .unwrap_or_else(|error| panic!("mounting over {point}: {error}"));
}

/// Whether the last thing that was mounted there is from this namespace.
fn is_ours(point: &str) -> bool {
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let at = |line: &&str| line.split(' ').nth(4) == Some(point);
    let last = table.lines().rfind(at);
    last.is_some_and(|line| {
        let source = line
            .split(" - ")
            .nth(1)
            .and_then(|rest| rest.split(' ').nth(1));
        point == POINT || source == Some("bench")
    })
}
