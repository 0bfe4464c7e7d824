//! From an open port to a module that can call: radio, card and PIN, voice over LTE; and what the watch notices later.

use std::time::Duration;

use xinting_hw::modem::{
    CallState, DriverRequest, ModemEvent, ModemHealth, PowerCycleError, SimProblem, Timings,
    VolteState,
};

use crate::module::{MS, Module};

type Rows = &'static [(&'static str, &'static str)];

const LOCKED: (&str, &str) = ("AT+CPIN?", "+CPIN: SIM PIN|OK");

fn volte(module: &Module) -> Vec<VolteState> {
    let state = |event: &ModemEvent| match event {
        ModemEvent::Volte(state) => Some(*state),
        _ => None,
    };
    module.events.iter().filter_map(state).collect()
}

#[test]
fn a_radio_that_is_off_is_switched_on_and_asked_again() {
    let mut module = Module::new(&[("AT+CFUN?", "+CFUN: 0|OK"), ("AT+CFUN=1", "+CME ERROR: 14")]);
    module.run(MS * 60);
    assert!(module.times("AT+CFUN=1") >= 1);
    module.put("AT+CFUN=1", "OK");
    module.put("AT+CFUN?", "+CFUN: 1|OK");
    module.run(Duration::from_secs(1));
    assert!(module.core.health().can_call());
    assert!(module.times("AT+CFUN=1") <= 3);
}

#[test]
fn a_busy_card_is_asked_until_it_is_ready() {
    let mut module = Module::new(&[("AT+CPIN?", "+CME ERROR: 14")]);
    module.run(Duration::from_secs(1));
    assert_eq!(*module.core.health(), ModemHealth::Starting);
    module.put("AT+CPIN?", "+CPIN: READY|OK");
    module.run(MS * 200);
    assert!(module.core.health().can_call());
}

#[test]
fn the_configured_pin_is_entered_once() {
    let mut module = Module::with_pin(&[LOCKED], Some("4711"));
    module.put("AT+CPIN=\"4711\"", "OK");
    module.run(MS * 10);
    assert_eq!(module.times("AT+CPIN=\"4711\""), 1);
    module.put("AT+CPIN?", "+CPIN: READY|OK");
    module.run(Duration::from_secs(1));
    assert!(module.core.health().can_call());
    // It was good, so a restart may enter it again; what is then refused is never entered a third time.
    module.put("AT+CPIN?", LOCKED.1);
    module.put("AT+CPIN=\"4711\"", "+CME ERROR: 16");
    module.say("RDY");
    module.run(Duration::from_secs(1));
    for _ in 0..3 {
        module.say("RDY");
        module.run(Duration::from_secs(1));
    }
    assert_eq!(module.times("AT+CPIN=\"4711\""), 2);
    let wanted = ModemHealth::NoSim(SimProblem::WrongPin);
    assert_eq!(*module.core.health(), wanted);
}

#[test]
fn a_pin_is_never_tried_twice_nor_with_the_last_try_nor_instead_of_a_puk() {
    let table: [(Rows, usize, SimProblem); 5] = [
        (
            &[LOCKED, ("AT+CPIN=", "+CME ERROR: 16")],
            1,
            SimProblem::WrongPin,
        ),
        (&[LOCKED, ("AT+CPIN=", "")], 1, SimProblem::WrongPin),
        (
            &[LOCKED, ("AT+CPINR", "+CPINR: SIM PIN,1,3|OK")],
            0,
            SimProblem::NeedsPin,
        ),
        (
            &[
                LOCKED,
                ("AT+CPINR", "+CPINR: SIM PIN,3,3|OK"),
                ("AT+CPIN=", "ERROR"),
            ],
            1,
            SimProblem::WrongPin,
        ),
        (
            &[("AT+CPIN?", "+CPIN: SIM PUK|OK")],
            0,
            SimProblem::NeedsPuk,
        ),
    ];
    for (rows, times, problem) in table {
        let mut module = Module::with_pin(rows, Some("4711"));
        module.run(Duration::from_secs(4));
        for _ in 0..2 {
            // Neither a port that comes back nor a module that starts again is a reason to try again.
            module.core.port_opened(module.now);
            module.run(Duration::from_secs(2));
            module.say("RDY");
            module.run(Duration::from_secs(2));
        }
        assert_eq!(module.times("AT+CPIN="), times, "{rows:?}");
        assert_eq!(
            *module.core.health(),
            ModemHealth::NoSim(problem),
            "{rows:?}"
        );
    }
    let mut without = Module::new(&[LOCKED]);
    without.run(Duration::from_secs(1));
    assert_eq!(without.times("AT+CPIN="), 0);
    assert_eq!(
        *without.core.health(),
        ModemHealth::NoSim(SimProblem::NeedsPin)
    );
}

#[test]
fn voice_over_lte_is_switched_on_and_never_believed_without_asking() {
    let off = ("AT+CAVIMS?", "+CAVIMS: 0|OK");
    let name = ("AT+CGMM", "A7672S|OK");
    let mut module = Module::new(&[name, off, ("AT+CIREG?", "+CIREG: 0,1|OK")]);
    module.run(MS * 100);
    assert_eq!(module.times("AT+CAVIMS=1"), 1);
    assert_eq!(volte(&module), [VolteState::Off]);

    let mut module = Module::new(&[
        name,
        ("AT+CAVIMS?", "+CAVIMS: 1|OK"),
        ("AT+CIREG?", "+CIREG: 0,1|OK"),
    ]);
    module.run(Duration::from_secs(1));
    assert_eq!(module.times("AT+CAVIMS=1"), 0, "it was on");
    assert_eq!(volte(&module), [VolteState::Registered]);
    module.put("AT+CIREG?", "+CIREG: 0,0|OK");
    module.run(Duration::from_secs(1));
    assert_eq!(volte(&module), [VolteState::Registered, VolteState::On]);
}

#[test]
fn a_module_is_restarted_for_voice_over_lte_once_and_never_while_somebody_calls() {
    let rows = [
        ("AT+CGMM", "EC25|OK"),
        ("AT+QCFG=\"ims\"", "+QCFG: \"ims\",2,0|OK"),
    ];
    let mut module = Module::new(&rows);
    module.run(Duration::from_secs(5));
    assert_eq!(module.times("AT+CFUN=1,1"), 1, "{:?}", module.heard);
    assert_eq!(volte(&module).last(), Some(&VolteState::Off));
    assert!(module.core.health().can_call());

    let mut calling = Module::new(&rows);
    calling.dial();
    calling.put("AT+CLCC", "+CLCC: 1,0,0,0,0,\"10010\",129|OK");
    calling.run(Duration::from_secs(3));
    assert_eq!(calling.times("AT+CFUN=1,1"), 0, "{:?}", calling.heard);
    assert!(calling.states().contains(&CallState::LineOpen));
}

#[test]
fn a_lost_network_and_a_pulled_card_are_noticed_and_their_return_too() {
    let mut module = Module::ready(&[]);
    module.put("AT+CREG?", "+CREG: 1,2|OK");
    module.put("AT+CEREG?", "+CEREG: 1,2|OK");
    module.say("+CREG: 2");
    module.run(MS * 100);
    assert!(matches!(
        module.core.health(),
        ModemHealth::Searching { .. }
    ));
    module.put("AT+CEREG?", "+CEREG: 1,5|OK");
    module.run(MS * 300);
    assert!(matches!(
        module.core.health(),
        ModemHealth::Registered { roaming: true, .. }
    ));
    module.put("AT+CPIN?", "+CME ERROR: 10");
    module.say("+CPIN: NOT INSERTED");
    module.run(MS * 100);
    assert_eq!(
        *module.core.health(),
        ModemHealth::NoSim(SimProblem::Absent)
    );
    module.put("AT+CPIN?", "+CPIN: READY|OK");
    module.run(MS * 300);
    assert!(module.core.health().can_call());
}

#[test]
fn unasked_words_cannot_put_the_watch_off_for_ever() {
    let mut module = Module::ready(&[]);
    let fast = Timings::fast();
    for _ in 0..40 {
        module.say("+CREG: 1");
        module.run(fast.settle / 2);
    }
    assert!(module.times("AT+CSQ") > 5, "{:?}", module.heard);
}

#[test]
fn a_module_that_stops_answering_is_reset_in_steps_with_growing_pauses() {
    let mut module = Module::ready(&[]);
    module.put("AT", "");
    module.run(Duration::from_secs(4));
    assert_eq!(*module.core.health(), ModemHealth::NotResponding);
    assert_eq!(module.times("AT+CFUN=1,1"), 1, "{:?}", module.heard);
    module.run(Duration::from_secs(2));
    assert_eq!(module.wishes, [DriverRequest::PowerCycle]);
    // Without a power command the port is opened anew at once.
    module
        .core
        .power_cycled(module.now, Err(PowerCycleError::NotConfigured));
    module.settle();
    assert_eq!(
        module.wishes,
        [DriverRequest::PowerCycle, DriverRequest::Reopen]
    );
    module.core.port_opened(module.now);
    let fast = Timings::fast();
    module.run(fast.recover * 2 - MS);
    assert_eq!(module.times("AT+CFUN=1,1"), 1, "the pause has grown");
    module.run(Duration::from_secs(1));
    assert_eq!(module.times("AT+CFUN=1,1"), 2);
    // A driver that never says how the power command went does not stop the rest.
    module.run(Duration::from_secs(60));
    let reopened = |wish: &&DriverRequest| **wish == DriverRequest::Reopen;
    assert!(
        module.wishes.iter().filter(reopened).count() >= 3,
        "{:?}",
        module.wishes
    );
    module.put("AT", "OK");
    module.put("AT+CPIN?", "+CPIN: READY|OK");
    module.put("AT+CREG?", "+CREG: 0,1|OK");
    module.run(Duration::from_secs(2));
    assert!(module.core.health().can_call());
    let wishes = module.wishes.len();
    module.run(Duration::from_secs(30));
    assert_eq!(
        module.wishes.len(),
        wishes,
        "a module that answers is left alone"
    );
}

#[test]
fn a_module_that_holds_a_good_call_is_never_reset() {
    let mut module = Module::ready(&[]);
    module.put("AT+CLCC", "+CLCC: 1,0,0,0,0,\"10010\",129|OK");
    module.dial();
    module.run(Duration::from_secs(15));
    assert!(module.wishes.is_empty() && module.times("AT+CFUN") == 0);
}
