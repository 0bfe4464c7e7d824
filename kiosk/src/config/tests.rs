//! What a configuration may say, and what is said of one that is wrong.

use super::*;
use jiff::civil::date;
use xinting_hw::audio::Profile;
use xinting_hw::hook::HookContact;

fn refused(text: &str) -> String {
    Config::parse(Path::new("kiosk.toml"), text)
        .unwrap_err()
        .to_string()
}

#[test]
fn an_empty_file_is_a_booth_without_devices() {
    let config = Config::parse(Path::new("kiosk.toml"), "").unwrap();
    assert!(!config.production);
    assert_eq!(config.modem.port, None);
    assert_eq!(config.district.url, None);
    assert_eq!(config.renderer, Renderer::Software);
    assert_eq!(config.lang, DefaultLang(Lang::ZhCn));
    assert_eq!(config.zone.0.iana_name(), Some("Asia/Shanghai"));
}

#[test]
fn every_key_is_understood() {
    let text = r#"
            production = true
            zone = "Asia/Urumqi"
            renderer = "femtovg"
            audience = "primary"
            lang = "en"
            [modem]
            port = "/dev/ttyUSB2"
            pin = "0123"
            power_command = ["/usr/local/bin/modem-power", "cycle"]
            [hook]
            device = "/dev/input/by-path/platform-gpio-keys-event"
            key = "switch:2"
            lifted_when_pressed = true
            [audio]
            host = "pulseaudio"
            device = "card"
            ceiling_db = -7.5
            quiet_from = "21:30"
            quiet_to = "07:00"
            quiet_db = -12
            profile = "speaker"
            [district]
            url = "https://xinting.example.edu.cn/"
            code = "ABCD-EFGH"
            [stick]
            device = "/dev/xinting-stick"
            [packs]
            image = "/opt/packs"
        "#;
    let config = Config::parse(Path::new("kiosk.toml"), text).unwrap();
    assert_eq!(config.hook.key.0, HookContact::Switch(2));
    assert!(config.hook.config().lifted_when_pressed);
    assert_eq!(config.audience, DefaultAudience(Audience::Primary));
    assert_eq!(config.audio.profile.0, Profile::Speaker);
    assert_eq!(config.audio.loudness().at(None), -7.5);
    let url = config.district.url.unwrap();
    assert_eq!(
        url.join("/v1/reports"),
        "https://xinting.example.edu.cn/v1/reports"
    );
}

#[test]
fn errors_name_file_line_and_key() {
    let cases = [
        ("production = 3\n", "kiosk.toml, line 1, key production:"),
        (
            "[modem]\n\nport = 5\n",
            "kiosk.toml, line 3, key modem.port:",
        ),
        (
            "[modem]\nprot = \"/dev/x\"\n",
            "kiosk.toml, line 2, key modem.prot: unknown field `prot`, expected one of `port`,",
        ),
        (
            "[modem]\nport = \"ttyUSB2\"\n",
            "key modem.port: \"ttyUSB2\" names no port: a port is an absolute path such as /dev/ttyUSB2, or usb:",
        ),
        (
            "[modem]\nport = \"usb:2c7c\"\n",
            "key modem.port: \"usb:2c7c\" names no port: the numbers after usb:",
        ),
        (
            "[modem]\npower_command = [\"gpioset\", \"1\"]\n",
            "key modem.power_command: \"gpioset\" is no whole path; write the program and its arguments apart",
        ),
        (
            "[modem]\npower_command = []\n",
            "key modem.power_command: \"\" is no whole path",
        ),
        (
            "[hook]\ndevice = \"event3\"\n",
            "key hook.device: \"event3\" is no whole path; write one that stays",
        ),
        (
            "[hook]\nkey = 4000\n",
            "key hook.key: there is no key 4000; write a number up to 767",
        ),
        (
            "[hook]\nkey = \"phone\"\n",
            "key hook.key: \"phone\" is no contact: a contact is key:CODE",
        ),
        (
            "# first\nzone = \"Asia/Shangai\"\n",
            "line 2, key zone: there is no time zone \"Asia/Shangai\"",
        ),
        (
            "audience = \"baby\"\n",
            "key audience: there is no audience \"baby\"; write \"primary\" or",
        ),
        ("lang = \"de\"\n", "key lang: there is no language \"de\""),
        (
            "renderer = \"skia\"\n",
            "key renderer: unknown variant `skia`",
        ),
        (
            "[district]\nurl = \"http://10.0.0.1\"\n",
            "key district.url: plain http is for this machine only",
        ),
        (
            "[district]\nurl = \"10.0.0.1\"\n",
            "key district.url: \"10.0.0.1\" is no address",
        ),
        (
            "[district]\nurl = \"http://127.0.0.1@evil\"\n",
            "key district.url:",
        ),
        ("[modem\nport = 1\n", "kiosk.toml, line 1"),
        (
            "production = true\n[stick]\nfolder = \"x\"\n",
            "line 3, key stick.folder: a folder as stick",
        ),
        (
            "# no folder here\nproduction = true\n[stick]\n  folder = \"x\"\n",
            "line 4, key stick.folder: a folder as stick",
        ),
        ("[sticks]\n", "line 1, key sticks: unknown field `sticks`"),
        (
            "[audio]\nceiling_db = 3\n",
            "line 2, key audio.ceiling_db: a gain of 3 dB is not possible here; write -60 to 0",
        ),
        (
            "[audio]\nceiling_db = nan\n",
            "key audio.ceiling_db: a gain of NaN dB is not possible here",
        ),
        (
            "[audio]\nceiling_db = \"loud\"\n",
            "key audio.ceiling_db: a gain is a number of dB from -60 to 0, such as -12 or -7.5",
        ),
        (
            "[audio]\nquiet_from = \"9:00\"\n",
            "key audio.quiet_from: \"9:00\" is no time of day; write one such as \"21:30\"",
        ),
        (
            "[audio]\nquiet_to = \"24:00\"\n",
            "key audio.quiet_to: \"24:00\" is no time of day",
        ),
        (
            "[audio]\nquiet_from = \"21:00\"\n",
            "line 2, key audio.quiet_from: quiet hours that begin and do not end; write quiet_to",
        ),
        (
            "[audio]\n# quiet_to is said here\nquiet_to = \"07:00\"\n",
            "line 3, key audio.quiet_to: quiet hours that end and do not begin; write quiet_from",
        ),
        (
            "[audio]\nquiet_db = -5\n",
            "line 2, key audio.quiet_db: quieter by this, but no hours",
        ),
        (
            "[audio]\nquiet_from = \"07:00\"\nquiet_to = \"07:00\"\n",
            "line 3, key audio.quiet_to: quiet hours that end when they begin",
        ),
        (
            "[audio]\nprofile = \"boombox\"\n",
            "key audio.profile: nothing is listened to with \"boombox\"; write \"speaker\" or",
        ),
    ];
    for (text, expected) in cases {
        let said = refused(text);
        assert!(
            said.contains(expected),
            "{text:?} said {said:?}, not {expected:?}"
        );
    }
}

#[test]
fn plain_http_is_for_loopback_only() {
    for good in [
        "http://127.0.0.1:8620",
        "http://localhost",
        "http://[::1]:80",
        "https://a.b/c",
    ] {
        assert!(DistrictUrl::try_from(good.to_owned()).is_ok(), "{good}");
    }
    for bad in [
        "http://127.0.0.1.evil.cn",
        "ftp://127.0.0.1",
        "https://",
        "https://a b",
        "http://localhost.evil",
    ] {
        assert!(DistrictUrl::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn a_file_that_is_no_text_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kiosk.toml");
    std::fs::write(&path, b"# \xe4\xbd\xa0\n[modem]\nport = \"\xc4\xe3\"\n").unwrap();
    let said = Config::read(&path).unwrap_err().to_string();
    assert!(
        said.contains("kiosk.toml, line 3, key modem.port: this is not UTF-8"),
        "{said}"
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::read(Path::new("nowhere/kiosk.toml")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "reading the configuration nowhere/kiosk.toml"
    );
}

#[test]
fn a_pin_that_everybody_can_read_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kiosk.toml");
    let cases = [
        ("[modem]\npin = \"7391\"\n", 0o644, true),
        ("[modem]\npin = \"7391\"\n", 0o600, false),
        ("[modem]\npin = \"7391\"\n", 0o640, false),
        ("[modem]\n", 0o644, false),
    ];
    for (text, mode, noticed) in cases {
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let config = Config::read(&file).unwrap();
        assert_eq!(config.shows_a_secret(&file), noticed, "{mode:o}");
    }
}

#[test]
fn a_pin_is_shown_nowhere_whatever_is_written_for_it() {
    let written = [
        "\"12a4\"",
        "\"7391739173\"",
        "7391",
        "0739",
        "73.91",
        "-7391",
        "7391739173917391739173917391",
        "[7391]",
        "{ a = 7391 }",
        "2073-09-11",
        "7391x",
        "'7391",
        "\"7391",
    ];
    for pin in written {
        for text in [
            format!("[modem]\npin = {pin}\n"),
            format!("[modem]\npim = {pin}\npin = {pin}\n"),
            format!("modem = {{ pin = {pin} }}\n"),
        ] {
            let said = refused(&text);
            for digits in ["73", "12a", "91"] {
                assert!(!said.contains(digits), "{text}: {said}");
            }
        }
    }
    assert!(
        refused("[modem]\npin = 1234\n").contains("key modem.pin: a SIM PIN is written in quotes")
    );
    let good = "[modem]\npin = \"7391\"\n";
    let config = Config::parse(Path::new("kiosk.toml"), good).unwrap();
    assert!(config.modem.pin.is_some());
    assert!(!format!("{config:?}").contains("7391"));
}

#[test]
fn quiet_hours_follow_the_clock_and_need_one() {
    let cases = [
        (
            "21:00",
            "07:00",
            &[
                (20, 59, false),
                (21, 0, true),
                (0, 0, true),
                (6, 59, true),
                (7, 0, false),
            ][..],
        ),
        (
            "12:00",
            "13:30",
            &[
                (11, 59, false),
                (12, 0, true),
                (13, 29, true),
                (13, 30, false),
                (0, 0, false),
            ][..],
        ),
    ];
    for (from, to, times) in cases {
        let text =
            format!("[audio]\nceiling_db = -6\nquiet_from = \"{from}\"\nquiet_to = \"{to}\"\n");
        let config = Config::parse(Path::new("kiosk.toml"), &text).unwrap();
        let loudness = config.audio.loudness();
        assert_eq!(loudness.at(None), -6.0);
        for (hour, minute, quiet) in times {
            let at = date(2026, 5, 25).at(*hour, *minute, 0, 0);
            let expected = if *quiet { -16.0 } else { -6.0 };
            assert_eq!(loudness.at(Some(at)), expected, "{from} {to} at {at}");
        }
    }
    let deep =
        "[audio]\nceiling_db = -50\nquiet_from = \"21:00\"\nquiet_to = \"07:00\"\nquiet_db = -30\n";
    let config = Config::parse(Path::new("kiosk.toml"), deep).unwrap();
    let night = date(2026, 5, 25).at(23, 0, 0, 0);
    assert_eq!(config.audio.loudness().at(Some(night)), -60.0);
}
