//! Sticks that hold too much, end early or are pulled out, and a disk that is full.

use super::super::stick::{Stop, pour};
use super::*;

#[test]
fn only_pack_files_near_the_root_of_a_stick_are_looked_at() {
    let booth = Booth::new();
    let shelf = booth.open_well();
    for name in [
        "photo.jpg",
        ".hidden.xpack",
        "._mac.xpack",
        ".dir/a.xpack",
        "deep/er/b.xpack",
        "xpack",
    ] {
        booth.write(&format!("stick/{name}"), b"x");
    }
    fs::create_dir(booth.path("stick/folder.xpack")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", booth.path("stick/link.xpack")).unwrap();
    booth.write("stick/z.xpack", b"x");
    booth.write("stick/a/b.xpack", b"x");
    let found = booth.inspect(&shelf).unwrap();
    let names: Vec<&str> = found
        .iter()
        .map(|found| match found {
            Found::Refused { file, .. } => file.as_str(),
            Found::Good(candidate) => &candidate.file,
        })
        .collect();
    assert_eq!(names, ["z.xpack", "a/b.xpack"]);
    for number in 0..50 {
        booth.write(&format!("stick/many-{number}.xpack"), b"x");
    }
    assert_eq!(booth.inspect(&shelf).unwrap().len(), 32);
}

#[test]
fn a_stick_pulled_out_or_given_up_leaves_nothing() {
    let booth = Booth::new();
    let shelf = booth.open_well();
    booth.write("stick/oak.xpack", &booth.school(1));
    let stopped = shelf.inspect(&booth.path("stick"), &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(ShelfError::Stopped)));
    let pulled = shelf.inspect(&booth.path("stick"), &mut |_| {
        // As a yank looks to whoever holds the file open: it ends, and its name is gone.
        if let Ok(file) = fs::File::options()
            .write(true)
            .open(booth.path("stick/oak.xpack"))
        {
            file.set_len(10).unwrap();
            fs::remove_file(booth.path("stick/oak.xpack")).unwrap();
        }
        ControlFlow::Continue(())
    });
    let error = pulled.unwrap_err();
    assert!(matches!(error, ShelfError::StickGone), "{error:?}");
    assert!(error.sentence(Lang::ZhCn).contains("拔出"));
    assert!(booth.on_disk().is_empty());
    fs::remove_dir_all(booth.path("stick")).unwrap();
    assert!(matches!(
        booth.inspect(&shelf),
        Err(ShelfError::StickUnreadable(_))
    ));
}

#[test]
fn a_dropped_candidate_takes_its_copy_along() {
    let booth = Booth::new();
    let shelf = booth.open_well();
    booth.write("stick/oak.xpack", &booth.school(1));
    let found = booth.inspect(&shelf).unwrap();
    assert_eq!(booth.on_disk().len(), 1);
    drop(found);
    assert!(booth.on_disk().is_empty());
}

#[test]
fn a_full_disk_and_a_file_that_grows_or_shrinks_stop_the_copying() {
    struct Full(usize);
    impl io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let room = bytes.len().min(self.0);
            self.0 -= room;
            Ok(room)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let on = &mut |_| ControlFlow::Continue(());
    let bytes = vec![7; 1000];
    let Err(Stop::Writing(error)) = pour(&bytes[..], &mut Full(999), 1000, on) else {
        panic!()
    };
    let error = ShelfError::disk("copying")(error);
    assert!(matches!(error, ShelfError::DiskFull { .. }));
    assert!(error.sentence(Lang::En).contains("disk is full"));
    assert_eq!(pour(&bytes[..], &mut Full(1000), 1000, on).unwrap(), 1000);
    for total in [999, 1001] {
        assert!(
            matches!(
                pour(&bytes[..], &mut Full(2000), total, on),
                Err(Stop::Reading(_))
            ),
            "{total}"
        );
    }
}

#[test]
fn a_pack_larger_than_any_is_not_even_copied() {
    let booth = Booth::new();
    let shelf = booth.open_well();
    let file = fs::File::create(booth.path("stick/huge.xpack")).unwrap();
    file.set_len(xinting_content::pack::LARGEST_PACK_BYTES + 1)
        .unwrap();
    let found = shelf
        .inspect(&booth.path("stick"), &mut |_| panic!("copied"))
        .unwrap();
    let [
        Found::Refused {
            reason: ShelfError::Pack(PackError::TooLarge { .. }),
            ..
        },
    ] = &found[..]
    else {
        panic!("{found:?}")
    };
}
