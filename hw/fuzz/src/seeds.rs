//! The first inputs of a corpus: transcripts of whole calls, written by playing them against the simulated modem, once
//! as the script that plays them again and once as nothing but what the modem said.
//!
//! Nothing is copied from anybody: every line is the simulator's.

use std::time::Duration;

use xinting_hw::modem::dialect::DialectId;

use super::dialect::{LEFT_ALONE, Play, SMALL_READS, UNNAMED, WITH_MODEM, WITH_PIN, WITH_POWER};
use super::stage::{
    Cue, Cues, DIAL, DIAL_EMERGENCY, DIAL_OTHER, HANG_UP, LAST, PLUG, SPLIT, TONE, UNPLUG, VERB,
    VOLUME, WAIT, WAIT_DEADLINE, WAIT_LONG,
};

/// One input and what it is called.
#[derive(Debug)]
pub struct Seed {
    /// A file name.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

/// Longest input that a campaign tries, in bytes; `scripts/soak` tells the fuzzer the same.
pub const LONGEST: usize = 4_096;

/// Scripts in words, one cue a word; `!VERB` is a verb of the simulator's language with `_` for blanks, a number is
/// milliseconds.
const SCRIPTS: &[(&str, &str)] = &[
    ("answered", "200 dial 600 hang-up 300"),
    ("remote-end", "200 dial 400 !hang-up 200"),
    ("busy", "200 !busy dial 300"),
    ("no-answer", "200 !no-answer dial 1000"),
    ("no-carrier", "200 !no-carrier dial 400"),
    ("ring-forever", "200 !ring-forever dial 2500"),
    ("refused", "200 !refuse dial 100"),
    ("taken-back", "dial hang-up 100"),
    ("one-breath", "200 dial hang-up 300"),
    ("during-start", "dial 400 hang-up 100"),
    (
        "two-dials",
        "200 dial other 300 hang-up other 500 hang-up 300",
    ),
    ("emergency", "200 emergency 400 hang-up 200"),
    (
        "emergency-without-sim",
        "!fail-always_no-sim 200 emergency 400 hang-up 200",
    ),
    (
        "tones",
        "200 dial 300 tone tone tone 100 volume 50 hang-up 200",
    ),
    ("connect", "!dial-style_connect 200 dial 400 hang-up 200"),
    ("late-ok", "!dial-style_late-ok 200 dial 400 hang-up 200"),
    ("bare-cr", "!line-ends_cr 200 dial 400 hang-up 200"),
    ("noise", "!fail-always_noise 200 dial 400 hang-up 300"),
    ("babble", "200 !fail-always_babble dial 300 !clear_all 500"),
    (
        "silence",
        "200 !fail-always_silence dial 3000 !clear_all 2000 dial 300",
    ),
    ("mute", "200 !fail-always_mute dial 300 !clear_all 500"),
    ("late-final", "200 !fail_late-final dial 800 hang-up 900"),
    ("cme", "200 !fail_cme_30 dial 300 !fail_cme_10 dial 300"),
    ("no-sim", "!fail-always_no-sim 300 dial 200 !clear_all 500"),
    (
        "not-registered",
        "!fail-always_not-registered 300 dial 1500 !clear_all 500",
    ),
    (
        "bare-list",
        "200 !fail-always_clcc-bare-ok dial 800 hang-up 500",
    ),
    (
        "chup-keeps",
        "200 !fail-always_chup-keeps-call dial 300 hang-up 500",
    ),
    (
        "all-keep",
        "200 !fail-always_chup-keeps-call !fail-always_ath-keeps-call !fail-always_chld-keeps-call dial 300 hang-up 900",
    ),
    (
        "unplug-ringing",
        "200 !ring-forever dial 150 unplug 300 plug 300 dial 300 hang-up 200",
    ),
    (
        "reset-in-call",
        "200 dial 400 !reset 300 dial 400 hang-up 200",
    ),
    ("incoming", "200 !ring 300 dial 300 !ring 100 hang-up 200"),
    ("waiting-call", "200 dial 400 !ring 200 hang-up 300"),
    ("pin", "!pin_80808080 300 dial 400 hang-up 200"),
    (
        "wrong-pin",
        "!pin_1234 300 dial 300 emergency 300 hang-up 200",
    ),
    ("puk", "!puk 300 dial 300"),
    (
        "card",
        "200 dial 300 !sim_pull 200 dial 200 !sim_insert 500 dial 300",
    ),
    (
        "network",
        "200 dial 300 !network_lost_for_1s 300 dial 1500 !network_denied 300 dial 200 !network_back 300",
    ),
    ("roaming", "!network_roaming 300 dial 300 hang-up 200"),
    ("volte-off", "!volte_off 500 dial 300 hang-up 200"),
    (
        "volte-refused",
        "!volte_off !fail-always_volte-refused !fail-always_lte-only 500 dial 300 hang-up 200",
    ),
    (
        "freeze",
        "200 !fail-always_freeze dial 2500 !fail-always_silence 6000 dial 500",
    ),
    ("freeze-hard", "300 !fail-always_freeze-hard 9000 dial 3000"),
    (
        "flood",
        "200 !fail-always_flood dial 200 hang-up !clear_all 300",
    ),
    (
        "wrong-baud",
        "!fail-always_wrong-baud 500 dial 500 !clear_all 900",
    ),
    (
        "split",
        "!fail-always_split-reads !fail-always_urc-inside 400 dial 500 hang-up 300",
    ),
    (
        "merged",
        "!fail-always_merged !fail-always_lower-case !fail-always_echo-on 600 dial 800 hang-up 500",
    ),
    (
        "no-final",
        "!fail-always_cpin-no-final !fail-always_cfun-refused 900 dial 300 hang-up 200",
    ),
    (
        "dial-lost",
        "200 !fail_dial-lost dial 3500 !fail_dial-silent dial 500 hang-up 300 !fail_no-voice dial 300",
    ),
    (
        "early-no-carrier",
        "200 !fail_early-no-carrier dial 900 hang-up 300",
    ),
    (
        "early-active",
        "200 !fail_active-at-ringback dial 400 hang-up 300",
    ),
    (
        "no-carrier-then-answer",
        "200 !no-carrier !answer dial 1200 hang-up 300",
    ),
    (
        "list-error",
        "200 !fail-always_clcc-error dial 500 !hang-up 500",
    ),
    (
        "list-forms",
        "!list-form_short 300 dial 300 !list-form_data-mode 200 hang-up 100 !list-form_extra dial 300 hang-up 200",
    ),
    (
        "chup-error",
        "200 !fail-always_chup-error dial 300 hang-up 500",
    ),
    ("rename", "200 dial 400 !rename_/x 300 dial 300 hang-up 300"),
    ("power-cycle", "200 dial 400 !power-cycle 500 dial 300"),
    (
        "another-module",
        "200 !profile_huawei 500 dial 300 !profile_simcom_SIM800C 500 dial 300",
    ),
    (
        "ok-connect",
        "!dial-style_ok-connect 200 dial 400 hang-up 200",
    ),
    ("radio-off", "!radio_off 300 dial 300 hang-up 100"),
    (
        "deadlines",
        "deadline deadline deadline dial deadline deadline deadline deadline hang-up deadline",
    ),
];

/// Lines that no transcript has: the forms in which answers and reports were seen elsewhere, as the documentation of
/// the parsers describes them, and some that are nearly right.
const LINES: &[&str] = &[
    "OK",
    "ERROR",
    "CONNECT",
    "CONNECT 9600",
    "RING",
    "RDY",
    "NO CARRIER",
    "BUSY",
    "NO ANSWER",
    "NO DIALTONE",
    "+CME ERROR: 10",
    "+CME ERROR: SIM not inserted",
    "+CMS ERROR: 500",
    "+CPIN: READY",
    "+CPIN: SIM PIN",
    "+CPIN: SIM PUK",
    "+CPIN: NOT READY",
    "+CPINR: SIM PIN,3,3",
    "+SPIC: 3,10,3,10",
    "^CPIN: SIM PIN,3,10,3,10,3",
    "+CREG: 0,1",
    "+CREG: 5",
    "+CEREG: 0,5,\"1A2B\",\"01\",7",
    "+CREG: 0,3",
    "+CSQ: 23,99",
    "+CSQ: 99,99",
    "+COPS: 0,0,\"A, B\",7",
    "+CFUN: 0",
    "+CFUN: 1",
    "+CLVL: (0-7)",
    "+CLCC: 1,0,0,0,0,\"10987654321\",129",
    "+CLCC: 1,0,2,0,0,10987654321,129",
    "+CLCC: 1,0,3",
    "+CLCC: 1,1,4,0,0,\"\",128,\"\"",
    "+CLCC: 1,0,6,0,0",
    "+CLCC: 1,0,0,1,0,\"\",128",
    "VOICE CALL: BEGIN",
    "VOICE CALL: END: 000012",
    "^DSCI: 1,0,3,0,10987654321,129",
    "^DSCI: 1,0,7,0,,129",
    "+QIND: \"ccinfo\",1,0,-1,0,0,\"10987654321\",129",
    "^ORIG:1,0",
    "^CONF:1",
    "^CONN:1,0",
    "^CEND:1,12,104,31",
    "+UCALLSTAT: 1,0",
    "+UCALLSTAT: 1,6",
    "+CIREG: 0,1",
    "+QCFG: \"ims\",1,1",
    "+CAVIMS: 1",
    "SIMCOM_SIM800C",
    "+CGMM: \"EC25\"",
    "AirM2M",
    "huawei",
    "u-blox",
];

/// Circumstances each script is played in.
const CIRCUMSTANCES: [u8; 3] = [
    WITH_MODEM | WITH_PIN,
    WITH_MODEM | SMALL_READS | LEFT_ALONE | 0x40,
    WITH_MODEM | WITH_PIN | WITH_POWER | 0x80,
];

/// One line each, and all of them together with either end.
#[must_use]
pub fn of_lines() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = LINES
        .iter()
        .enumerate()
        .map(|(index, line)| Seed {
            name: format!("line-{index}"),
            bytes: format!("\r\n{line}\r\n").into_bytes(),
        })
        .collect();
    for (name, end) in [("all-crlf", "\r\n"), ("all-cr", "\r")] {
        seeds.push(Seed {
            name: name.to_owned(),
            bytes: LINES.join(end).into_bytes(),
        });
    }
    seeds
}

/// What a program could write to the simulated modem, with all its verbs.
#[must_use]
pub fn of_the_machine() -> Vec<Seed> {
    let session = "AT\rATE0\rAT+CMEE=1\rATI\rAT+CGMI\rAT+CGMM\rAT+CFUN?\rAT+CFUN=1\rAT+CPIN?\r\
                   AT+CREG?\rAT+CEREG?\rAT+CSQ\rAT+COPS?\rAT+CLCC\rAT+CLVL=?\rAT+CLVL=3\r";
    SCRIPTS
        .iter()
        .zip(0..)
        .map(|((name, words), which)| Seed {
            name: (*name).to_owned(),
            bytes: [
                &[which],
                session.as_bytes(),
                &script(words),
                b"AT+CLCC\rATH\rAT+CHLD=1\rAT+CFUN=4\r",
            ]
            .concat(),
        })
        .collect()
}

/// The seeds of a target.
#[must_use]
pub fn of(target: &str) -> Vec<Seed> {
    match target.strip_prefix("dialect_").map(str::parse) {
        Some(Ok(dialect)) => of_dialect(dialect),
        _ if target == "sim_machine" => of_the_machine(),
        _ => of_lines(),
    }
}

/// The scripts of one family, and the transcripts that come of them.
///
/// # Panics
/// When a script does not hold: see [`super::dialect::run`].
#[must_use]
pub fn of_dialect(dialect: DialectId) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (name, words) in SCRIPTS {
        let script = script(words);
        for (index, circumstances) in CIRCUMSTANCES.iter().enumerate() {
            let mut bytes = vec![*circumstances];
            bytes.extend_from_slice(&script);
            seeds.push(Seed {
                name: format!("{name}-{index}"),
                bytes,
            });
        }
        seeds.push(Seed {
            name: format!("{name}-said"),
            bytes: transcript(dialect, &script),
        });
    }
    seeds
}

/// What the modem says in a script, with the times and wishes in between, for a core that has no modem on its line.
fn transcript(dialect: DialectId, script: &[u8]) -> Vec<u8> {
    let mut play = Play::new(dialect, WITH_MODEM);
    let mut bytes = vec![UNNAMED | WITH_POWER];
    let mut told = Duration::ZERO;
    let mut tell = |bytes: &mut Vec<u8>, play: &mut Play| {
        for (at, said) in play.take_heard() {
            wait(bytes, at - told);
            told = at;
            // Garbage must not be taken for directions.
            bytes.extend(said.iter().map(|byte| match *byte {
                DIAL..=LAST => 0xff,
                byte => byte,
            }));
            bytes.push(SPLIT);
        }
        wait(bytes, play.now() - told);
        told = play.now();
    };
    tell(&mut bytes, &mut play);
    let mut rest = script;
    for cue in Cues::new(script) {
        let (this, next) = rest.split_at(length(cue));
        rest = next;
        // A verb means nothing to a core alone, and the time is told with what was said.
        if !matches!(cue, Cue::Verb(_) | Cue::Wait(_) | Cue::WaitDeadline) {
            bytes.extend_from_slice(this);
        }
        play.cue(cue);
        tell(&mut bytes, &mut play);
    }
    // A flood says more than an input may have.
    bytes.truncate(LONGEST);
    bytes
}

/// How many bytes a cue takes.
fn length(cue: Cue<'_>) -> usize {
    match cue {
        Cue::Say(bytes) => bytes.len(),
        Cue::Verb(line) => line.len() + 2,
        Cue::Wait(_) | Cue::Tone(_) | Cue::Volume(_) => 2,
        _ => 1,
    }
}

/// Words into bytes.
fn script(words: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in words.split_whitespace() {
        match word {
            "dial" => bytes.push(DIAL),
            "other" => bytes.push(DIAL_OTHER),
            "emergency" => bytes.push(DIAL_EMERGENCY),
            "hang-up" => bytes.push(HANG_UP),
            "unplug" => bytes.push(UNPLUG),
            "plug" => bytes.push(PLUG),
            "deadline" => bytes.push(WAIT_DEADLINE),
            "tone" => bytes.extend_from_slice(&[TONE, b'5']),
            "volume" => bytes.extend_from_slice(&[VOLUME, 70]),
            _ if word.starts_with('!') => {
                bytes.push(VERB);
                bytes.extend_from_slice(word[1..].replace('_', " ").as_bytes());
                bytes.push(b'\n');
            }
            _ => wait(
                &mut bytes,
                Duration::from_millis(word.parse().unwrap_or_default()),
            ),
        }
    }
    bytes
}

/// A wait as directions, to the millisecond.
fn wait(bytes: &mut Vec<u8>, time: Duration) {
    const LONG: u128 = 40;
    let most = u128::from(u8::MAX);
    let mut ms = time.as_millis();
    while ms > 0 {
        let (direction, units, each) = if ms >= LONG {
            (WAIT_LONG, (ms / LONG).min(most), LONG)
        } else {
            (WAIT, ms, 1)
        };
        bytes.extend_from_slice(&[direction, u8::try_from(units).unwrap_or(u8::MAX)]);
        ms -= units * each;
    }
}
