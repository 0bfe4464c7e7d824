//! The modules of SIMCom: three generations, which list, end and announce calls each in a way of their own.

use super::play;

#[test]
fn a_sim800c_lists_calls_unasked_and_a_name_behind_each() {
    play(
        "simcom",
        Some("SIM800C"),
        r#"> AT+CLCC=1
           < OK
           > ATD10010;
           < OK
           < +CLCC: 1,0,2,0,0,"10010",129,""
           @ 70ms
           < +CLCC: 1,0,3,0,0,"10010",129,""
           > AT+MORING=1
           < OK
           @ 150ms
           < MO CONNECTED
           < +CLCC: 1,0,0,0,0,"10010",129,""
           > AT+CLCC
           < +CLCC: 1,0,0,0,0,"10010",129,""
           < OK
           > AT+VTS=5
           < OK
           > ATH
           < +CLCC: 1,0,6,0,0,"10010",129,""
           < OK
           > AT+CLCC
           < OK
           ! busy
           > ATD10010;
           < OK
           < +CLCC: 2,0,2,0,0,"10010",129,""
           @ 70ms
           < +CLCC: 2,0,6,0,0,"10010",129,""
           < BUSY
           > AT+CIREG?
           < +CIREG: 0,0
           < OK
           > AT+CAVIMS?
           < ERROR
           ! reset
           @ 100ms
           < RDY
           < +CFUN: 1
           < +CPIN: READY
           < Call Ready
           < SMS Ready"#,
    );
}

#[test]
fn a_sim7600_answers_ok_to_ath_and_keeps_the_call_until_told_otherwise() {
    play(
        "simcom",
        Some("SIM7600"),
        r#"> AT+CVHU?
           < +CVHU: 1
           < OK
           > ATD10010;
           < OK
           @ 250ms
           < VOICE CALL: BEGIN
           > ATH
           < OK
           > AT+CLCC
           < +CLCC: 1,0,0,0,0,"10010",129
           < OK
           @ 17s
           > AT+CVHU=0
           < OK
           > ATH
           < VOICE CALL: END: 000017
           < OK
           > AT+CLCC
           < OK
           > ATD10010;
           < OK
           @ 250ms
           < VOICE CALL: BEGIN
           @ 61s
           ! hang-up
           < VOICE CALL: END: 000101
           < NO CARRIER
           ! no-answer
           > ATD10010;
           < OK
           @ 700ms
           < VOICE CALL: END
           < NO ANSWER
           > AT+SPIC
           < +SPIC: 3,10,3,10
           < OK
           > AT+MORING=1
           < ERROR
           > AT+CLCC=?
           < +CLCC: (0-1)
           < OK
           > AT+CRESET
           < OK
           > AT
           @ 100ms
           < RDY
           < +CPIN: READY
           < SMS DONE
           < PB DONE"#,
    );
}

#[test]
fn an_a7670_says_begin_while_it_still_rings() {
    play(
        "simcom",
        Some("A7670"),
        r#"> AT+CAVIMS?
           < +CAVIMS: 1
           < OK
           > AT+CIREG?
           < +CIREG: 1,1,15
           < OK
           ! ring-forever
           > ATD10010;
           < OK
           @ 70ms
           < VOICE CALL: BEGIN
           > AT+CLCC
           < +CLCC: 1,0,0,0,0,"10010",129
           < OK
           > AT+CHUP
           < VOICE CALL: END: 000000
           < OK
           > AT+CAVIMS=0
           < OK
           > AT+CIREG?
           < +CIREG: 1,0
           < OK
           ! volte on
           ! fail-always volte-refused
           > AT+CAVIMS=1
           < ERROR
           ! reset
           @ 100ms
           < *ATREADY: 1
           < +CPIN: READY
           < SMS DONE
           < PB DONE"#,
    );
}
