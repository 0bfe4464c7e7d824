//! What the simulated modem of each maker says, line by line: raw AT dialogues in the makers' own order, without any
//! driver of ours.
//!
//! A dialogue is text, a line each: `> command`, `< answer` (every line that comes, in order, and no other), `@ 60ms`
//! lets time pass, `! verb` steers the modem. Echo is off from the start. Time is simulated.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

#[path = "modem_sim_dialogues/calls.rs"]
mod calls;
#[path = "modem_sim_dialogues/card.rs"]
mod card;
#[path = "modem_sim_dialogues/others.rs"]
mod others;
#[path = "modem_sim_dialogues/quectel.rs"]
mod quectel;
#[path = "modem_sim_dialogues/simcom.rs"]
mod simcom;
#[path = "modem_sim_dialogues/stage.rs"]
mod stage;

use stage::play;
use xinting_hw::modem::sim::Profile;

#[test]
fn each_maker_says_who_it_is() {
    let table = [
        ("generic", None, "XINTING", "XINTING SIM GENERIC"),
        ("simcom", Some("SIM800C"), "SIMCOM_Ltd", "SIM800C"),
        ("simcom", Some("SIM7600"), "SIMCOM INCORPORATED", "SIM7600"),
        ("simcom", Some("A7670"), "SIMCOM INCORPORATED", "A7670"),
        ("quectel", None, "Quectel", "EC25"),
        ("air724", None, "AirM2M", "AirM2M Air724UG"),
        ("huawei", None, "huawei", "MU509"),
        ("ublox", None, "u-blox", "SARA-U201"),
    ];
    assert_eq!(table.len(), Profile::all().count());
    for (name, model, maker, called) in table {
        play(
            name,
            model,
            &format!(
                "> AT+CGMI
                 < {maker}
                 < OK
                 > AT+CGMM
                 < {called}
                 < OK"
            ),
        );
    }
}

#[test]
fn another_makers_module_starts_with_its_own_words() {
    play(
        "generic",
        None,
        "> ATD10010;
         < OK
         ! profile huawei
         @ 100ms
         < ^SYSSTART
         < ^SIMST:1
         < ^SRVST:2
         > ATE0
         < ATE0
         < OK
         > AT+CGMM
         < MU509
         < OK
         > AT+CLCC
         < OK",
    );
}
