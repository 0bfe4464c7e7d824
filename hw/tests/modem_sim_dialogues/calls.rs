//! Dialling, the list of calls and a second call, in all their forms.

use super::play;

#[test]
fn the_three_families_of_dialling_and_the_fourth() {
    for (style, first, taken) in [
        ("ok", "< OK", ""),
        ("connect", "", "< CONNECT"),
        ("late-ok", "", "< OK"),
        ("ok-connect", "< OK", "< CONNECT"),
    ] {
        play(
            "generic",
            None,
            &format!("! dial-style {style}\n> ATD10010;\n{first}\n@ 250ms\n{taken}"),
        );
    }
}

#[test]
fn all_forms_of_the_list() {
    for (form, line) in [
        ("own", "+CLCC: 1,0,2,0,0,\"10010\",129"),
        ("unquoted", "+CLCC: 1,0,2,0,0,10010,129"),
        ("short", "+CLCC: 1,0,2,0,0"),
        ("extra", "+CLCC: 1,0,2,0,0,\"10010\",129,\"\""),
        ("data-mode", "+CLCC: 1,0,2,1,0,\"10010\",129"),
    ] {
        play(
            "generic",
            None,
            &format!("! list-form {form}\n> ATD10010;\n< OK\n> AT+CLCC\n< {line}\n< OK"),
        );
    }
}

#[test]
fn with_a_call_waiting_chld_1_takes_the_stranger_and_chup_ends_all() {
    play(
        "generic",
        None,
        r#"> ATD10010;
           < OK
           @ 250ms
           ! ring
           < +CCWA: "",128,1
           > AT+CLCC
           < +CLCC: 1,0,0,0,0,"10010",129
           < +CLCC: 2,1,5,0,0,"",129
           < OK
           > AT+CHLD=1
           < OK
           > AT+CLCC
           < +CLCC: 2,1,0,0,0,"",129
           < OK
           ! ring
           < +CCWA: "",128,1
           > AT+CHLD=0
           < OK
           > AT+CLCC
           < +CLCC: 2,1,0,0,0,"",129
           < OK
           > AT+CHUP
           < OK
           > AT+CLCC
           < OK
           ! ring
           < RING
           @ 260ms
           < RING
           > AT+CHUP
           < OK
           @ 600ms"#,
    );
}
