//! What the sound device is told apart from any practice.

use super::*;

/// A booth of this configuration, at that hour of one day.
fn quiet_booth() -> Booth {
    let text =
        "[audio]\nceiling_db = -6\nquiet_from = \"21:00\"\nquiet_to = \"07:00\"\nquiet_db = -9\n";
    let config = crate::config::Config::parse(std::path::Path::new("kiosk.toml"), text).unwrap();
    let mut booth = booth_with(None, None);
    booth.sound = SoundRules::new(config.audio.loudness());
    booth
}

fn told(commands: Vec<Command>) -> Vec<Command> {
    let sound = |command: &Command| matches!(command, Command::Ceiling(_) | Command::Warm(_));
    commands.into_iter().filter(sound).collect()
}

fn at_hour(minutes: u32, hour: i8) -> Now {
    at(minutes, Some(date(2026, 5, 25).at(hour, 0, 0, 0)))
}

#[test]
fn quiet_hours_change_the_ceiling_once_each_way() {
    let mut booth = quiet_booth();
    let cases = [
        (at(0, None), vec![]),
        (at_hour(1, 20), vec![]),
        (at_hour(2, 21), vec![Command::Ceiling(-15.0)]),
        (at_hour(3, 23), vec![]),
        // The clock is not known any more.
        (at(4, None), vec![Command::Ceiling(-6.0)]),
        (at_hour(5, 3), vec![Command::Ceiling(-15.0)]),
        (at_hour(6, 7), vec![Command::Ceiling(-6.0)]),
        (at_hour(7, 8), vec![]),
    ];
    for (now, expected) in cases {
        assert_eq!(told(booth.handle(now, Event::Tick)), expected, "{now:?}");
    }
}

#[test]
fn sound_is_ready_while_somebody_is_there() {
    let mut booth = booth_with(None, None);
    let touch = || Event::Visitor(Input::Touch);
    assert_eq!(
        told(booth.handle(morning(0), touch())),
        [Command::Warm(true)]
    );
    assert_eq!(told(booth.handle(morning(0), touch())), []);
    let end = Event::Visitor(Input::End);
    assert_eq!(told(booth.handle(morning(0), end)), [Command::Warm(false)]);
}

#[test]
fn what_the_device_did_not_take_is_told_again_and_not_in_a_circle() {
    let mut booth = quiet_booth();
    let night = [Command::Ceiling(-15.0)];
    assert_eq!(told(booth.handle(at_hour(1, 22), Event::Tick)), night);
    let undone = booth.handle(at_hour(1, 22), Event::Undone(Whose::Sound));
    assert_eq!(told(undone), []);
    let all = [Command::Ceiling(-15.0), Command::Warm(false)];
    assert_eq!(told(booth.handle(at_hour(2, 22), Event::Tick)), all);
}
