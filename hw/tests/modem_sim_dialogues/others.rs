//! The modules of AirM2M, Huawei and u-blox: how each tells that a call goes on and why it ended.

use super::play;

#[test]
fn an_air724_calls_over_volte_only_and_says_busy_only_after_atx4() {
    play(
        "air724",
        None,
        r#"> AT+SETVOLTE?
           < +SETVOLTE: 0
           < OK
           > ATD10010;
           < OK
           < +CIEV: "CALL",1
           @ 70ms
           < +CIEV: "SOUNDER",0
           < +CIEV: "CALL",0
           < NO CARRIER
           > AT+SETVOLTE=1
           < OK
           > AT+CIREG?
           < +CIREG: 0,1
           < OK
           > ATD10010;
           < OK
           < +CIEV: "CALL",1
           @ 70ms
           < +CIEV: "SOUNDER",1
           @ 150ms
           < CONNECT
           > AT+SETVOLTE=0
           < ERROR
           > AT+VTS=5
           < OK
           > AT+CHUP
           < +CIEV: "SOUNDER",0
           < +CIEV: "CALL",0
           < OK
           ! busy
           > ATD10010;
           < OK
           < +CIEV: "CALL",1
           @ 70ms
           < +CIEV: "SOUNDER",0
           < +CIEV: "CALL",0
           < NO CARRIER
           > ATX4
           < OK
           ! busy
           > ATD10010;
           < OK
           < +CIEV: "CALL",1
           @ 70ms
           < +CIEV: "SOUNDER",0
           < +CIEV: "CALL",0
           < BUSY
           > AT+RESET
           < OK
           @ 100ms
           < RDY
           < +CPIN: READY
           < ^MODE: 17,17
           < +E_UTRAN Service
           < +CGEV: ME PDN ACT 1"#,
    );
}

#[test]
fn a_huawei_tells_why_a_call_ended_in_a_number_only() {
    play(
        "huawei",
        None,
        r#"> ATD10010;
           < OK
           < ^ORIG:1,0
           @ 70ms
           < ^CONF:1
           @ 150ms
           < ^CONN:1,0
           > AT+VTS=5
           < ERROR
           > AT^DTMF=1,5
           < OK
           @ 9s
           > AT+CHUP
           < ^CEND:1,9,29,16
           < OK
           ! busy
           > ATD10010;
           < OK
           < ^ORIG:2,0
           @ 70ms
           < ^CEND:2,0,25,17
           < NO CARRIER
           > AT^CURC=0
           < OK
           ! busy
           > ATD10010;
           < OK
           @ 70ms
           < NO CARRIER
           > AT^CPIN?
           < ^CPIN: READY,,10,3,10,3
           < OK
           > AT^RESET
           < OK
           @ 100ms
           < ^SYSSTART
           < ^SIMST:1
           < ^SRVST:2"#,
    );
}

#[test]
fn a_ublox_says_seven_and_zero_for_taken_and_nothing_at_its_start() {
    play(
        "ublox",
        None,
        r#"> AT+UCALLSTAT=1
           < OK
           > ATD10010;
           < OK
           < +UCALLSTAT: 1,2
           @ 70ms
           < +UCALLSTAT: 1,3
           @ 150ms
           < +UCALLSTAT: 1,7
           < +UCALLSTAT: 1,0
           > AT+CHUP
           < +UCALLSTAT: 1,6
           < OK
           ! no-carrier
           > ATD10010;
           < OK
           < +UCALLSTAT: 2,2
           @ 70ms
           < +UCALLSTAT: 2,6
           < NO CARRIER
           > AT+UPINCNT
           < +UPINCNT: 3,3,10,10
           < OK
           > AT+CFUN=16
           < OK
           @ 200ms
           > AT
           < AT
           < OK"#,
    );
}
