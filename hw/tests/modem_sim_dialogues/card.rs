//! The card, its PIN and the network, whoever made the module.

use super::play;

#[test]
fn a_wrong_pin_is_counted_and_the_count_outlives_a_restart() {
    play(
        "generic",
        None,
        r#"! pin 1234
           > AT+CMEE=1
           < OK
           > AT+CPIN?
           < +CPIN: SIM PIN
           < OK
           > AT+CREG?
           < +CREG: 0,2
           < OK
           > ATD10010;
           < +CME ERROR: 11
           > AT+CPIN="0000"
           < +CME ERROR: 16
           > AT+CPINR="SIM PIN"
           < +CPINR: SIM PIN,2,3
           < OK
           ! power-cycle
           @ 100ms
           < RDY
           > ATE0
           < ATE0
           < OK
           > AT+CMEE=2
           < OK
           > AT+CPIN="0000"
           < +CME ERROR: incorrect password
           > AT+CPIN="0000"
           < +CME ERROR: SIM PUK required
           > AT+CPIN?
           < +CPIN: SIM PUK
           < OK
           > AT+CPIN="1234"
           < +CME ERROR: SIM PUK required
           > AT+CPINR
           < +CPINR: SIM PIN,0,3
           < +CPINR: SIM PUK,10,10
           < OK
           > ATD10010;
           < +CME ERROR: SIM PUK required
           > AT+CPIN="12345678","4321"
           < OK
           @ 60ms
           < +CPIN: READY
           > AT+CREG?
           < +CREG: 0,1
           < OK"#,
    );
}

#[test]
fn every_maker_counts_pin_tries_in_its_own_words() {
    for (name, model, question, answer) in [
        ("simcom", Some("SIM800C"), "AT+SPIC", "+SPIC: 2,3,10,10"),
        ("simcom", Some("A7670"), "AT+SPIC", "+SPIC: 2,10,3,10"),
        ("quectel", None, "AT+QPINC=\"SC\"", "+QPINC: \"SC\",2,10"),
        ("huawei", None, "AT^CPIN?", "^CPIN: SIM PIN,2,10,2,10,3"),
        ("ublox", None, "AT+UPINCNT", "+UPINCNT: 2,3,10,10"),
    ] {
        play(
            name,
            model,
            &format!(
                "! pin 1234\n> AT+CPIN=\"1111\"\n< ERROR\n> {question}\n< {answer}\n< OK\n> AT+CPIN=\"1234\"\n< OK"
            ),
        );
    }
}

#[test]
fn a_pulled_card_ends_the_call_and_a_new_one_needs_a_moment() {
    play(
        "generic",
        None,
        r#"> AT+CMEE=1
           < OK
           > ATD10010;
           < OK
           @ 250ms
           ! sim pull
           < NO CARRIER
           < +CPIN: NOT READY
           > AT+CPIN?
           < +CME ERROR: 10
           > ATD10010;
           < +CME ERROR: 10
           > ATD110;
           < OK
           > AT+CHUP
           < OK
           ! sim insert
           > AT+CPIN?
           < +CME ERROR: 14
           @ 40ms
           < +CPIN: READY
           @ 40ms
           > AT+CPIN?
           < +CPIN: READY
           < OK
           > AT+CREG?
           < +CREG: 0,1
           < OK"#,
    );
}

#[test]
fn the_network_goes_and_comes_back_and_says_so_where_asked_to() {
    play(
        "generic",
        None,
        r#"> AT+CREG=1
           < OK
           > AT+CEREG=2
           < OK
           > AT+CEREG?
           < +CEREG: 2,1,"1A2B","01CE8B02",7
           < OK
           > ATD10010;
           < OK
           @ 250ms
           ! network lost for 300ms
           < NO CARRIER
           < +CREG: 2
           < +CEREG: 2
           > AT+COPS?
           < +COPS: 0
           < OK
           @ 310ms
           < +CREG: 1
           < +CEREG: 1,"1A2B","01CE8B02",7
           ! network denied
           < +CREG: 3
           < +CEREG: 3
           > ATD10010;
           < ERROR
           ! network roaming
           < +CREG: 5
           < +CEREG: 5,"1A2B","01CE8B02",7
           ! network back
           < +CREG: 1
           < +CEREG: 1,"1A2B","01CE8B02",7"#,
    );
}
