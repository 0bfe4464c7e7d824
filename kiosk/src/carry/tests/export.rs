//! What goes out: the very bytes, nothing secret, and a stick that fails at any byte.

use super::*;

#[test]
fn an_export_holds_the_very_bytes_of_the_network_and_the_booth_keeps_them() {
    let mut rig = Rig::new(Some("b-1"));
    rig.days("b-1", 3);
    let exported = rig.export();
    assert_eq!(
        (exported.reports, exported.folder.as_str()),
        (3, "xinting-b-1-2026-11-22")
    );
    for row in rig.outbox() {
        let file = format!(
            "{}/reports/{}.json",
            exported.folder, row.report.idempotency_key
        );
        let letter = Letter::decode(&rig.written(&file)).unwrap();
        assert_eq!(letter.body.as_bytes(), row.report.body);
        assert_eq!(letter.signature, row.report.signature);
        assert_eq!(letter.idempotency_key, Some(row.report.idempotency_key));
    }
    for file in ["about.json", "log.txt", "admin-log.txt", "kiosk.toml"] {
        rig.written(&format!("{}/{file}", exported.folder));
    }
    let total: usize = every_file(&rig.at("stick"))
        .iter()
        .map(|(_, bytes)| bytes.len())
        .sum();
    assert_eq!((exported.files, exported.bytes), (7, total as u64));
    assert_eq!(
        rig.outbox().len(),
        3,
        "only a receipt or the network takes them away"
    );
    // The same day again, after a restart, goes over the same files.
    rig.restart();
    rig.export();
    assert_eq!(every_file(&rig.at("stick")).len(), 7);
    let admin = String::from_utf8(rig.written("xinting-b-1-2026-11-22/admin-log.txt")).unwrap();
    assert!(admin.contains("2026-11-22 13:57 exported 3"), "{admin}");
}

#[test]
fn nothing_secret_and_no_time_of_a_visit_goes_out() {
    let mut rig = Rig::new(Some("b-1"));
    rig.days("b-1", 1);
    log(LogEvent::QueueFull(crate::event::Whose::Dial));
    log(LogEvent::QueueFull(crate::event::Whose::HangUp));
    let stick = rig.stick();
    rig.carrier().make_key_stick(&stick, NOW).unwrap();
    let secret = rig.written(key_stick::FILE);
    fs::remove_file(rig.at("stick").join(key_stick::FILE)).unwrap();
    rig.export();
    let hashes = rig.carrier().key_sticks.to_string();
    let seed = [7_u8; 32];
    let canaries: [(&str, Vec<u8>); 8] = [
        ("the SIM's PIN", b"7391".to_vec()),
        ("the enrolment code", b"K7PQ".to_vec()),
        ("the booth's seed", seed.to_vec()),
        (
            "the booth's seed in digits",
            key_stick::hex(&seed).into_bytes(),
        ),
        ("a key stick's secret", secret[..40].to_vec()),
        ("its hash", hashes.into_bytes()),
        ("that somebody dialled", b"Dial".to_vec()),
        ("that somebody hung up", b"HangUp".to_vec()),
    ];
    let files = every_file(&rig.at("stick"));
    for (path, bytes) in &files {
        for (what, canary) in &canaries {
            let found = bytes.windows(canary.len()).any(|window| window == canary);
            assert!(!found, "{what} in {}", path.display());
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        // Of all files the admin's log alone tells times: what admins did.
        if name != "admin-log.txt" {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let colon = |at: usize| {
                let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
                at >= 2 && digit(at - 1) && digit(at - 2) && digit(at + 1) && digit(at + 2)
            };
            let time = text.match_indices(':').find(|(at, _)| colon(*at));
            assert_eq!(time, None, "{name}: {text}");
        }
    }
    let log = files
        .iter()
        .find(|(path, _)| path.ends_with("log.txt"))
        .unwrap();
    assert!(
        String::from_utf8_lossy(&log.1).contains("QueueFull(Modem)"),
        "the log was searched"
    );
}

#[test]
fn a_stick_that_fails_at_any_byte_leaves_whole_files_and_every_report_in_the_booth() {
    let mut rig = Rig::new(Some("b-1"));
    rig.days("b-1", 2);
    let whole = rig.export();
    let good: Vec<_> = every_file(&rig.at("stick"));
    let named = |path: &Path| path.file_name().unwrap().to_owned();
    let is_whole = |file: &(PathBuf, Vec<u8>)| {
        let same = good
            .iter()
            .find(|(path, _)| named(path) == named(&file.0))
            .unwrap();
        // The logs have gone on.
        named(&file.0).to_str().unwrap().ends_with(".txt") || same.1 == file.1
    };
    let first = format!("{}/reports/b-1.77.1.json", whole.folder);
    let mut faults: Vec<StickFault> = vec![StickFault::Protected];
    for at in [0, 1, 700, 1400, 2000, whole.bytes - 1] {
        faults.push(StickFault::Full { at });
    }
    let length = rig.written(&first).len() as u64;
    for at in [0, 1, length / 2, length - 1] {
        faults.push(StickFault::Yank {
            file: first.clone(),
            at,
        });
    }
    for fault in faults {
        let folder = tempfile::tempdir().unwrap();
        let sim = UsbSim::new();
        sim.insert(folder.path()).unwrap();
        let mut port = sim.port();
        let _inserted = port.wait_event(std::time::Duration::ZERO).unwrap();
        let stick = port.current().unwrap();
        sim.fault(fault.clone());
        let exported = match port.make_writable() {
            Ok(()) => rig.carrier().export(&*stick.files, about(), NOW, &mut |_| {
                ControlFlow::Continue(())
            }),
            Err(error) => Err(CarryError::not_writable(&error)),
        };
        let error = exported.unwrap_err();
        let zh = in_chinese(&error);
        match fault {
            StickFault::Protected => assert!(zh.contains("写保护"), "{zh}"),
            StickFault::Full { .. } => assert!(zh.contains("满了"), "{fault:?} {zh}"),
            _ => assert!(zh.contains("报告都还在亭里"), "{fault:?} {zh}"),
        }
        for file in every_file(folder.path()) {
            let part = file.0.to_str().unwrap().ends_with(".part");
            assert!(part || is_whole(&file), "{fault:?}: {}", file.0.display());
        }
        assert_eq!(rig.outbox().len(), 2);
    }
    fs::remove_dir_all(rig.at("stick").join(whole.folder)).unwrap();
    assert_eq!(
        rig.export().files,
        whole.files,
        "another stick takes all of it"
    );
}

#[test]
fn an_export_can_be_stopped_between_any_two_chunks() {
    let mut rig = Rig::new(Some("b-1"));
    rig.days("b-1", 1);
    for stop_after in 0..8 {
        let stick = rig.stick();
        let mut told = 0;
        let stopped = rig.carrier().export(&stick, about(), NOW, &mut |_| {
            told += 1;
            if told > stop_after {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert!(matches!(stopped, Err(CarryError::Stopped)), "{stopped:?}");
        assert_eq!(rig.outbox().len(), 1);
    }
}
