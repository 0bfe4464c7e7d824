//! What each sign means for a call, as tables.

use super::*;
use crate::modem::RefusedReason;

/// One sign, as short text: a CLCC status digit, `-` for an empty list, `?` for a list that failed, or a word.
fn play(signs: &str) -> Vec<Verdict> {
    let mut call = Call::new(DialNumber::new("10010").unwrap(), Urgency::Ordinary);
    call.placed_at = Some(Duration::ZERO);
    signs
        .split_whitespace()
        .map(|sign| match sign {
            "-" => call.on_list(&[], 0),
            "-owed" => call.on_list(&[], 1),
            "?" => call.on_list_failed(),
            "ok" => call.on_dial_final(FinalResult::Ok),
            "late-ok" => {
                call.final_owed = true;
                call.on_dial_final(FinalResult::Ok)
            }
            "connect" => call.on_dial_final(FinalResult::Connect),
            "cme30" => call.on_dial_final(FinalResult::Cme(Some(30))),
            "busy" => {
                call.on_word(EndWord::Busy);
                Verdict::Same
            }
            "nocarrier" => {
                call.on_word(EndWord::NoCarrier);
                Verdict::Same
            }
            "noanswer" => {
                call.on_word(EndWord::NoAnswer);
                Verdict::Same
            }
            status => {
                let line = format!("+CLCC: 1,0,{status},0,0,\"10010\",129");
                call.on_list(&[CallEntry::parse(&line).unwrap()], 0)
            }
        })
        .collect()
}

#[test]
fn the_rule_about_the_list() {
    use CallOutcome::{Busy, NoAnswer, NoCarrier, Refused, RemoteEnded};
    use Verdict::{Alerting, Ended, LineOpen, Same};
    let table = [
        (
            "ok 2 3 0 - -",
            vec![Same, Same, Alerting, LineOpen, Same, Ended(RemoteEnded)],
        ),
        // A bare OK before the call was listed is never the end, however often.
        ("ok - - - - - - - -", vec![Same; 9]),
        ("ok - - 3 0", vec![Same, Same, Same, Alerting, LineOpen]),
        ("connect - - - -", vec![LineOpen, Same, Same, Same, Same]),
        // A late OK opens the line only where no list ever shows the call.
        ("- - late-ok - -", vec![Same, Same, LineOpen, Same, Same]),
        ("- late-ok", vec![Same, Same]),
        ("2 2 late-ok 3", vec![Same, Same, Same, Alerting]),
        ("? ? ? late-ok", vec![Same; 4]),
        // One empty list may be a late answer to something else.
        (
            "ok 0 - 0 - -",
            vec![Same, LineOpen, Same, Same, Same, Ended(RemoteEnded)],
        ),
        (
            "ok 0 -owed -owed -owed",
            vec![Same, LineOpen, Same, Same, Ended(RemoteEnded)],
        ),
        // A word and an empty list agree.
        (
            "ok 0 nocarrier -",
            vec![Same, LineOpen, Same, Ended(RemoteEnded)],
        ),
        (
            "ok 3 nocarrier -",
            vec![Same, Alerting, Same, Ended(NoCarrier)],
        ),
        ("ok busy -", vec![Same, Same, Ended(Busy)]),
        (
            "ok 3 noanswer -",
            vec![Same, Alerting, Same, Ended(NoAnswer)],
        ),
        // An early NO CARRIER gives way to a list that shows the call.
        ("ok nocarrier - 2 3", vec![Same, Same, Same, Same, Alerting]),
        ("ok nocarrier - -", vec![Same, Same, Same, Ended(NoCarrier)]),
        ("ok 0 nocarrier 0 0", vec![Same, LineOpen, Same, Same, Same]),
        // Without a list the word stands after two tries.
        ("ok busy ? ?", vec![Same, Same, Same, Ended(Busy)]),
        ("ok ? ? ? ?", vec![Same; 5]),
        // SIMCom's 6 is a call that is over.
        ("ok 0 6 6", vec![Same, LineOpen, Same, Ended(RemoteEnded)]),
        ("cme30", vec![Ended(Refused(RefusedReason::NoNetwork))]),
        // It never goes back.
        ("ok 0 3 2", vec![Same, LineOpen, Same, Same]),
        ("ok 2 - -", vec![Same, Same, Same, Ended(NoCarrier)]),
    ];
    for (signs, wanted) in table {
        assert_eq!(play(signs), wanted, "{signs}");
    }
}
