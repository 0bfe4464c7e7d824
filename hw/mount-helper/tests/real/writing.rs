//! What an export leaves on a stick, and sticks that are in use or gone.

use super::bench::{Bench, POINT, Plain, mounted};
use super::reading::locked;
use super::{Case, Outcome};
use rustix::mount::MountFlags;
use std::fs;
use std::io::{Read, Seek};
use std::path::Path;

pub(crate) const CASES: &[Case] = &[
    ("what was written is there after the release", written),
    ("a stick in use is not released", in_use),
    ("a stick that was pulled out is let go of", pulled),
    ("also while it is being read or written to", pulled_in_use),
    (
        "another stick takes the place of one that was pulled out",
        next,
    ),
];

fn at(path: &str) -> std::path::PathBuf {
    Path::new(POINT).join(path)
}

fn written(bench: &Bench) -> Outcome {
    let stick = bench.plug(&bench.stick());
    let report = vec![9; 2_000_000];
    bench.helper("write", &stick.node).unwrap();
    locked(true);
    fs::create_dir(at("reports")).unwrap();
    fs::write(at("reports/r.json"), &report).unwrap();
    bench.helper("release", &stick.node).unwrap();
    assert_eq!(mounted(), None);
    // What is in the image now is what somebody would find who pulls the stick out now.
    let pulled = bench.folder().join("pulled");
    fs::copy(&stick.image, &pulled).unwrap();
    let again = bench.attach(&pulled, &["-r"]);
    let plain = Plain::mount(bench, &again, "ext4", MountFlags::RDONLY);
    assert!(fs::read(plain.0.join("reports/r.json")).unwrap() == report);
    assert!(plain.0.join("a.xtpack").exists());
    Outcome::Seen(format!("{} bytes", report.len()))
}

fn in_use(bench: &Bench) -> Outcome {
    let stick = bench.plug(&bench.stick());
    bench.helper("read", &stick.node).unwrap();
    let open = fs::File::open(at("a.xtpack")).unwrap();
    bench.refused("release", &stick.node, "a program is still using the stick");
    assert!(mounted().is_some());
    drop(open);
    bench.helper("release", &stick.node).unwrap();
    assert_eq!(mounted(), None);
    Outcome::Held
}

fn pulled(bench: &Bench) -> Outcome {
    let mut stick = bench.plug(&bench.stick());
    bench.helper("read", &stick.node).unwrap();
    bench.yank(&mut stick);
    assert!(mounted().is_some(), "the mount outlives the device");
    bench.helper("release", &stick.node).unwrap();
    assert_eq!(mounted(), None);
    Outcome::Held
}

fn pulled_in_use(bench: &Bench) -> Outcome {
    for verb in ["read", "write"] {
        let mut stick = bench.plug(&bench.stick());
        bench.helper(verb, &stick.node).unwrap();
        let mut open = fs::File::open(at("packs/b.xtpack")).unwrap();
        let mut first = [0; 4];
        open.read_exact(&mut first).unwrap();
        if verb == "write" {
            fs::write(at("late"), vec![1; 100_000]).unwrap();
        }
        bench.yank(&mut stick);
        bench.helper("release", &stick.node).unwrap();
        assert_eq!(mounted(), None, "{verb}");
        // What the kernel still remembers may be read; the rest is an error and no endless wait.
        let _ = open
            .rewind()
            .and_then(|()| open.read_to_end(&mut Vec::new()));
        drop(open);
        bench.clear();
    }
    Outcome::Held
}

fn next(bench: &Bench) -> Outcome {
    let mut first = bench.plug(&bench.stick());
    bench.helper("read", &first.node).unwrap();
    let second = bench.plug(&bench.stick());
    // Its own node is gone, and whoever is in now asks for the place.
    bench.yank(&mut first);
    let dev = Path::new("/dev");
    rustix::mount::unmount(dev, rustix::mount::UnmountFlags::DETACH).unwrap();
    bench.refused("read", &second.node, "release it first");
    bench.helper("release", &second.node).unwrap();
    bench.helper("read", &second.node).unwrap();
    locked(false);
    Outcome::Held
}
