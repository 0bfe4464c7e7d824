//! The simulator was written from other sources and shares nothing with the dialects; here the two are held against
//! each other: what one says the other must understand.

use super::*;
use crate::modem::sim::card::CardState;
use crate::modem::sim::profile::{
    Answer, CallView, Facts, Maker, News, Profile, Stat, Switches, Why,
};

const FACTS: Facts = Facts {
    card: CardState::Pin,
    pin: 2,
    puk: 9,
    may_switch: true,
    in_call: false,
};

/// Every simulated module with the dialect that recognises it.
fn pairs() -> impl Iterator<Item = (&'static dyn Maker, &'static dyn Dialect)> {
    Profile::all().map(|profile| {
        let maker = profile.maker();
        let dialect = identify(
            &lines(&[maker.manufacturer()]),
            &lines(&[maker.model()]),
            &lines(maker.information()),
        );
        (maker, dialect)
    })
}

fn ask(maker: &dyn Maker, switches: &mut Switches, command: &str) -> Option<Vec<String>> {
    let body = command.strip_prefix("AT").unwrap().to_ascii_uppercase();
    match maker.own_command(&body, switches, FACTS)? {
        Answer::Lines(lines) => Some(lines),
        Answer::HangUp => Some(Vec::new()),
        Answer::Error(_) => None,
    }
}

#[test]
fn each_module_is_recognised_by_one_question_alone() {
    for (maker, dialect) in pairs() {
        assert_eq!(dialect.id().name(), maker.name(), "{maker:?}");
        let by_model = identify(&[], &lines(&[maker.model()]), &[]);
        assert_eq!(by_model.id().name(), maker.name(), "{maker:?}");
    }
}

#[test]
fn what_is_said_of_a_call_is_understood() {
    let ended = |why| News::Ended {
        seconds: Some(5),
        why,
    };
    let table = [
        (News::Dialling, Stat::Dialling, What::Dialling),
        (News::Alerting, Stat::Alerting, What::Alerting),
        (News::Taken, Stat::Active, What::LineOpen),
        (ended(Why::Remote), Stat::Active, What::Ended(None)),
        (ended(Why::Busy), Stat::Dialling, What::Ended(None)),
        (ended(Why::NoAnswer), Stat::Alerting, What::Ended(None)),
    ];
    for (maker, dialect) in pairs() {
        let mut switches = maker.switches();
        for command in dialect.prepare() {
            let _ = ask(maker, &mut switches, command);
        }
        let mut signs = 0;
        for (news, stat, wanted) in table {
            let call = CallView {
                id: maker.first_call(),
                incoming: false,
                stat,
                number: "10010",
            };
            for word in maker.call_words(news, call, switches) {
                let Some(sign) = dialect.read(&word) else {
                    continue;
                };
                signs += 1;
                assert!(sign.id.is_none_or(|id| id == call.id), "{maker:?}: {word}");
                let what = match sign.what {
                    What::Ended(hint) => {
                        let fits = match (news, hint) {
                            (_, None) => true,
                            (News::Ended { why, .. }, Some(EndHint::Busy)) => why == Why::Busy,
                            (News::Ended { why, .. }, Some(EndHint::NoAnswer)) => {
                                why == Why::NoAnswer
                            }
                            (News::Ended { why, .. }, Some(EndHint::Remote)) => why == Why::Remote,
                            _ => false,
                        };
                        assert!(fits, "{maker:?}: {word} is {hint:?}");
                        What::Ended(None)
                    }
                    what => what,
                };
                assert_eq!(what, wanted, "{maker:?}: {word}");
            }
        }
        assert_eq!(
            signs > 0,
            dialect.id() != DialectId::Generic,
            "{maker:?} gave {signs} signs"
        );
    }
}

#[test]
fn a_call_from_outside_is_never_taken_for_ours() {
    for (maker, dialect) in pairs() {
        let mut switches = maker.switches();
        for command in dialect.prepare() {
            let _ = ask(maker, &mut switches, command);
        }
        let call = CallView {
            id: maker.first_call(),
            incoming: true,
            stat: Stat::Incoming,
            number: "10010",
        };
        for word in maker.call_words(News::Incoming, call, switches) {
            let what = dialect.read(&word).map(|sign| sign.what);
            assert!(
                matches!(what, None | Some(What::Incoming)),
                "{maker:?}: {word}"
            );
        }
    }
}

#[test]
fn daily_chatter_and_words_of_a_start_mean_nothing() {
    for (maker, dialect) in pairs() {
        let boot = [CardState::Ready, CardState::Pin, CardState::Absent]
            .into_iter()
            .flat_map(|card| maker.boot_words(card));
        for word in boot
            .chain([maker.chatter()])
            .chain(maker.other_calls().iter().copied())
        {
            assert_eq!(dialect.read(word), None, "{maker:?}: {word}");
        }
    }
}

#[test]
fn tones_restarts_and_tries_are_taken() {
    for (maker, dialect) in pairs() {
        for tone in "0123456789*#ABCD".chars() {
            let command = dialect.tone(tone);
            let body = command.strip_prefix("AT").unwrap();
            assert_eq!(maker.tone(body), Some(tone), "{maker:?}: {command}");
        }
        let restart = dialect.soft_reset().strip_prefix("AT").unwrap();
        assert!(maker.restarts().contains(&restart), "{maker:?}: {restart}");
        let tries = dialect.pin_tries();
        if let Some(answer) = ask(maker, &mut maker.switches(), tries.query) {
            assert_eq!(
                (tries.read)(&answer),
                Some(FACTS.pin),
                "{maker:?}: {answer:?}"
            );
        }
    }
}

#[test]
fn voice_over_lte_is_switched_on_and_read_back() {
    for (maker, dialect) in pairs() {
        let Some(volte) = dialect.volte() else {
            continue;
        };
        let mut switches = Switches::default();
        let Some(answer) = ask(maker, &mut switches, volte.query) else {
            // A module of the family without the switch.
            continue;
        };
        assert_eq!((volte.is_on)(&answer), Some(false), "{maker:?}: {answer:?}");
        for command in volte.enable {
            assert!(
                ask(maker, &mut switches, command).is_some(),
                "{maker:?}: {command}"
            );
        }
        let answer = ask(maker, &mut switches, volte.query).unwrap();
        assert_eq!((volte.is_on)(&answer), Some(true), "{maker:?}: {answer:?}");
        let Some((query, read)) = volte.verify else {
            continue;
        };
        for registered in [false, true] {
            switches.ims_registered = registered;
            if let Some(answer) = ask(maker, &mut switches, query) {
                assert_eq!(read(&answer), Some(registered), "{maker:?}: {answer:?}");
            }
        }
    }
}
