//! Promises of the simulated modem that hold whatever it is sent and however it is steered, as any maker's module: it
//! never panics, never says more than a port's buffer holds, and time always moves on.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use xinting_hw::modem::SimOptions;
use xinting_hw::modem::sim::{Fault, Machine, Profile, SimVerb};

#[derive(Debug, Clone)]
enum Deed {
    Bytes(Vec<u8>),
    Line(String),
    Verb(String),
    Wait(u64),
}

fn any_line() -> impl Strategy<Value = String> {
    let command = prop::sample::select(vec![
        "",
        "I",
        "E0",
        "E1",
        "X4",
        "H",
        "A",
        "D10010;",
        "D112;",
        "D",
        "D;",
        "D+86;",
        "D1",
        "+CLCC",
        "+CLCC=1",
        "+CHUP",
        "+CHLD=0",
        "+CHLD=1",
        "+CHLD=12",
        "+CHLD=199",
        "+CHLD=",
        "+CVHU=0",
        "+CREG=2",
        "+CEREG=1",
        "+CREG?",
        "+CEREG?",
        "+COPS?",
        "+CSQ",
        "+CPIN?",
        "+CPIN=\"1234\"",
        "+CPIN=\"9\"",
        "+CPIN=1,2",
        "+CPIN=",
        "+CPINR",
        "+CMEE=2",
        "+CFUN=1",
        "+CFUN=4",
        "+CFUN=1,1",
        "+CFUN=16",
        "+CRESET",
        "^RESET",
        "+RESET",
        "+CLVL=?",
        "+CLVL=3",
        "+CLVL=999",
        "+VTS=5",
        "+VTS=\"5\"",
        "+VTS=",
        "+VTS=\"",
        "^DTMF=1,5",
        "^DTMF=1",
        "^DTMF=,",
        "^DSCI=1",
        "+QINDCFG=\"ccinfo\",1,0",
        "+QPINC?",
        "+QCFG=\"ims\"",
        "+QCFG=\"ims\",1",
        "+QHUP=16",
        "^CURC=1",
        "^CPIN?",
        "+UCALLSTAT=1",
        "+UPINCNT",
        "+SPIC",
        "+MORING=1",
        "+SETVOLTE=1",
        "+SETVOLTE?",
        "+CAVIMS=1",
        "+CAVIMS?",
        "+CIREG?",
    ])
    .prop_map(|body| format!("AT{body}"));
    prop_oneof![
        8 => command,
        1 => "\\PC{0,40}",
        1 => "AT[+^][A-Z]{1,6}[=?]{0,2}[0-9\",]{0,12}",
        1 => "A{600}",
    ]
}

fn any_verb() -> impl Strategy<Value = String> {
    let plain = prop::sample::select(vec![
        "answer",
        "answer after 10ms",
        "busy",
        "no-carrier",
        "refuse",
        "no-answer",
        "ring-forever",
        "hang-up",
        "ring",
        "reset",
        "power-cycle",
        "clear all",
        "signal unknown",
        "radio off",
        "network lost",
        "network lost for 100ms",
        "network denied",
        "network roaming",
        "network back",
        "sim pull",
        "sim insert",
        "pin 1234",
        "pin off",
        "puk",
        "volte on",
        "volte off",
        "dial-style connect",
        "dial-style late-ok",
        "dial-style ok-connect",
        "list-form short",
        "list-form data-mode",
        "line-ends cr",
        "fail cme 10",
        "unplug",
        "plug",
    ])
    .prop_map(str::to_owned);
    let fault = (
        prop::sample::select(vec!["fail", "fail-always", "clear"]),
        prop::sample::select(Fault::WORDS.to_vec()),
    )
        .prop_map(|(verb, (word, _))| format!("{verb} {word}"));
    let profile = prop::sample::select(Profile::all().collect::<Vec<_>>()).prop_map(|profile| {
        let maker = profile.maker();
        // A model's name may have a blank in it; then the first of that name is meant.
        if maker.model().contains(' ') {
            format!("profile {}", maker.name())
        } else {
            format!("profile {} {}", maker.name(), maker.model())
        }
    });
    prop_oneof![3 => plain, 3 => fault, 1 => profile]
}

fn any_deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        2 => vec(any::<u8>(), 0..200).prop_map(Deed::Bytes),
        5 => any_line().prop_map(Deed::Line),
        4 => any_verb().prop_map(Deed::Verb),
        3 => (0_u64..700).prop_map(Deed::Wait),
    ]
}

/// Takes everything that is due until `until`, in not more steps than there can be.
fn run(modem: &mut Machine, now: &mut Duration, until: Duration) {
    let mut steps = 0;
    loop {
        modem.tick(*now);
        let said = modem.take_output();
        assert!(said.len() <= 256 * 1024, "{} bytes at once", said.len());
        match modem.next_deadline() {
            Some(next) if next <= until => *now = next.max(*now),
            Some(_) | None => break,
        }
        steps += 1;
        assert!(steps < 20_000, "time stands still at {now:?}");
    }
    *now = until;
    modem.tick(until);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_takes_anything_as_any_makers_module(
        profile in prop::sample::select(Profile::all().collect::<Vec<_>>()),
        deeds in vec(any_deed(), 1..40),
    ) {
        let mut modem = Machine::with(&SimOptions::fast().with_profile(profile));
        let mut now = Duration::from_millis(100);
        for deed in deeds {
            match deed {
                Deed::Bytes(bytes) => modem.feed(now, &bytes),
                Deed::Line(line) => modem.feed(now, format!("{line}\r").as_bytes()),
                Deed::Verb(verb) => {
                    let verb = SimVerb::parse(&verb).unwrap();
                    let about_port = matches!(verb, SimVerb::Plug | SimVerb::Unplug);
                    prop_assert_eq!(modem.steer(now, verb).is_some(), about_port);
                }
                Deed::Wait(ms) => {
                    let until = now + Duration::from_millis(ms);
                    run(&mut modem, &mut now, until);
                }
            }
            prop_assert!(modem.calls_up() <= 7);
            prop_assert!(modem.pin_tries_left() <= 3);
        }
        // Whatever was done to it, its power makes it well again.
        let (clear, cycle) = (SimVerb::ClearAll, SimVerb::PowerCycle);
        modem.steer(now, clear);
        modem.steer(now, cycle);
        let until = now + Duration::from_secs(2);
        run(&mut modem, &mut now, until);
        prop_assert_eq!(modem.calls_up(), 0);
        modem.take_output();
        modem.feed(now, b"ATE0\r");
        modem.take_output();
        modem.feed(now, b"AT\r");
        let said = modem.take_output();
        prop_assert!(said == b"\r\nOK\r\n" || said == b"OK\r", "{:?}", said);
    }

    #[test]
    fn one_wrong_pin_costs_one_try(wrong in 0_u32..5, restarts in vec(any::<bool>(), 5)) {
        let mut modem = Machine::with(&SimOptions::fast());
        let mut now = Duration::from_millis(100);
        modem.steer(now, SimVerb::parse("pin 1234").unwrap());
        for restart in restarts.into_iter().take(wrong as usize) {
            if restart {
                modem.steer(now, SimVerb::Reset);
                let until = now + Duration::from_millis(200);
                run(&mut modem, &mut now, until);
            }
            modem.feed(now, b"AT+CPIN=\"0000\"\r");
        }
        prop_assert_eq!(u32::from(modem.pin_tries_left()), 3 - wrong.min(3));
        prop_assert_eq!(modem.pin_entries(), wrong.min(3));
    }
}
