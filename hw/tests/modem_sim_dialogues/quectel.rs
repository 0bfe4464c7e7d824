//! The modules of Quectel: two ways of listing calls, a data connection among them, and VoLTE after a restart.

use super::play;

#[test]
fn a_quectel_lists_its_data_connection_and_speaks_two_numberings() {
    play(
        "quectel",
        None,
        r#"> AT+CLCC
           < +CLCC: 1,1,0,1,0,"",128
           < OK
           > AT^DSCI=1
           < OK
           > AT+QINDCFG="ccinfo",1,0
           < OK
           > ATD10010;
           < OK
           < ^DSCI: 2,0,2,0,10010,129
           < +QIND: "ccinfo",2,0,2,0,0,"10010",129
           @ 70ms
           < ^DSCI: 2,0,7,0,10010,129
           < +QIND: "ccinfo",2,0,3,0,0,"10010",129
           @ 150ms
           < ^DSCI: 2,0,3,0,10010,129
           < +QIND: "ccinfo",2,0,0,0,0,"10010",129
           > AT+CLCC
           < +CLCC: 1,1,0,1,0,"",128
           < +CLCC: 2,0,0,0,0,"10010",129
           < OK
           > AT+VTS=5
           < ERROR
           > AT+VTS="5"
           < OK
           ! hang-up
           < ^DSCI: 2,0,6,0,10010,129
           < +QIND: "ccinfo",2,0,-1,0,0,"10010",129
           < NO CARRIER
           > AT+QINDCFG="ccinfo",0,0
           < OK
           > AT^DSCI=0
           < OK
           > ATD10010;
           < OK
           > AT+QHUP=16
           < OK
           > AT+CLCC
           < +CLCC: 1,1,0,1,0,"",128
           < OK"#,
    );
}

#[test]
fn a_quectel_has_volte_only_after_a_restart_and_keeps_it() {
    play(
        "quectel",
        None,
        r#"! fail-always lte-only
           > AT+QCFG="ims"
           < +QCFG: "ims",0,0
           < OK
           > ATD10010;
           < OK
           @ 70ms
           < NO CARRIER
           > AT+QCFG="ims",1
           < OK
           > AT+QCFG="ims"
           < +QCFG: "ims",1,0
           < OK
           > AT+CFUN=1,1
           < OK
           @ 100ms
           < RDY
           < +CFUN: 1
           < +CPIN: READY
           < +QUSIM: 1
           < +QIND: SMS DONE
           < +QIND: PB DONE
           > ATE0
           < ATE0
           < OK
           > AT+QCFG="ims"
           < +QCFG: "ims",1,1
           < OK
           > ATD10010;
           < OK
           @ 250ms
           > AT+CLCC
           < +CLCC: 1,1,0,1,0,"",128
           < +CLCC: 2,0,0,0,0,"10010",129
           < OK"#,
    );
}

#[test]
fn a_quectel_without_a_card_refuses_even_an_emergency_call() {
    play(
        "quectel",
        None,
        "! sim pull
         < +CPIN: NOT READY
         > AT+CMEE=1
         < OK
         > AT+CPIN?
         < +CME ERROR: 10
         > ATD112;
         < NO CARRIER",
    );
}
