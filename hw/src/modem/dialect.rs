//! What single makers' modules say and want beyond 3GPP 27.007: one small file for each family.
//!
//! Everything here is pure: a line in, its meaning out; no state, no port, no clock. The order of commands, deadlines
//! and the truth about a call are the core's. Lines that end a call in V.250's words (`NO CARRIER`, `BUSY`, …) and the
//! answers of 27.007 are not read here.
//!
//! Two makers give the same word opposite numbers, so a line is read by the dialect of the module that sent it and by
//! no other. Each habit names its source; `docs/modems.md` lists them all.

use std::fmt;
use std::str::FromStr;

pub mod air724;
pub mod generic;
pub mod huawei;
pub mod quectel;
pub mod simcom;
pub mod ublox;

#[cfg(test)]
mod tests;

/// A family of modules that share their habits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DialectId {
    /// 27.007 and V.250 alone: anything not known by name.
    Generic,
    /// SIMCom: SIM800C, SIM7600, A7670, A7672.
    Simcom,
    /// Quectel: EC20, EC25, EG25.
    Quectel,
    /// AirM2M (Luat): Air724.
    Air724,
    /// Huawei data cards and modules.
    Huawei,
    /// u-blox: SARA, LARA, TOBY, LISA.
    Ublox,
}

impl DialectId {
    /// Every family, the unknown one first.
    pub const ALL: [Self; 6] = [
        Self::Generic,
        Self::Simcom,
        Self::Quectel,
        Self::Air724,
        Self::Huawei,
        Self::Ublox,
    ];

    /// The name used on command lines and in output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::Simcom => "simcom",
            Self::Quectel => "quectel",
            Self::Air724 => "air724",
            Self::Huawei => "huawei",
            Self::Ublox => "ublox",
        }
    }

    /// The family's habits.
    #[must_use]
    pub fn dialect(self) -> &'static dyn Dialect {
        match self {
            Self::Generic => &generic::Generic,
            Self::Simcom => &simcom::Simcom,
            Self::Quectel => &quectel::Quectel,
            Self::Air724 => &air724::Air724,
            Self::Huawei => &huawei::Huawei,
            Self::Ublox => &ublox::Ublox,
        }
    }
}

impl fmt::Display for DialectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no dialect has this name; known are generic, simcom, quectel, air724, huawei and ublox")]
pub struct UnknownDialect;

impl FromStr for DialectId {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|id| id.name().eq_ignore_ascii_case(text.trim()))
            .ok_or(UnknownDialect)
    }
}

/// What one family of modules says and wants.
pub trait Dialect: fmt::Debug + Send + Sync {
    /// Which family this is.
    fn id(&self) -> DialectId;

    /// Reads one whole line that was not asked for, in this maker's own words; `None` for everything else.
    ///
    /// The end of a call that came from outside gives `None` where the line tells the direction: it says nothing about
    /// the call that was dialled. So does a data connection.
    fn read(&self, line: &str) -> Option<CallSign>;

    /// Commands that switch the maker's call reports on, sent once after echo and error codes were set. Any final
    /// result is good: a module that refuses one is only followed by `+CLCC` instead.
    fn prepare(&self) -> &'static [&'static str] {
        &[]
    }

    /// How voice over LTE is switched on; `None` when there is nothing to switch or the way is not known.
    fn volte(&self) -> Option<&'static Volte> {
        None
    }

    /// The whole command line, without its `\r`, that sends one tone of 0 to 9, `*`, `#`, A to D (in either case).
    /// For any other character it is a bare `AT`, which does nothing.
    fn tone(&self, tone: char) -> String {
        tone_line("AT+VTS=", tone, "")
    }

    /// Restarts the module. 27.007 section 8.2 defines `+CFUN=1,1`: full functionality, after a reset.
    fn soft_reset(&self) -> &'static str {
        "AT+CFUN=1,1"
    }

    /// How the tries left for the SIM's PIN are asked for. 27.007 section 8.65 has `+CPINR`, which few makers know.
    fn pin_tries(&self) -> &'static PinTries {
        &PIN_TRIES
    }

    /// What this maker's modules want first of all for hanging up, before the ladder that is common to all.
    fn hang_up_first(&self) -> &'static [&'static str] {
        &[]
    }
}

/// How a family switches voice over LTE on.
#[derive(Debug, Clone, Copy)]
pub struct Volte {
    /// Asks whether it is on.
    pub query: &'static str,
    /// Reads the answer to [`Volte::query`]; `None` when it does not tell.
    pub is_on: fn(&[String]) -> Option<bool>,
    /// Switches it on; sent only when [`Volte::is_on`] said no.
    pub enable: &'static [&'static str],
    /// True when the module must restart for it.
    pub needs_reset: bool,
    /// Asks whether the module has registered for voice with the network's IMS, and reads the answer (`None` when it
    /// does not tell); `None` where no such question is known.
    pub verify: Option<(&'static str, ReadAnswer)>,
}

/// How a family tells the tries left for the SIM's PIN.
#[derive(Debug, Clone, Copy)]
pub struct PinTries {
    /// Asks for them.
    pub query: &'static str,
    /// Reads the answer: tries left for the PIN, 0 to 10; `None` when it does not tell.
    pub read: fn(&[String]) -> Option<u8>,
}

/// `+CPINR: <code>,<retries>[,<default_retries>]`, a line for each code; the PIN's code is `SIM PIN`.
static PIN_TRIES: PinTries = PinTries {
    query: "AT+CPINR=\"SIM PIN\"",
    read: |lines| {
        lines.iter().find_map(|line| {
            let fields = split(after(line, "+CPINR")?);
            if !fields.first()?.eq_ignore_ascii_case("SIM PIN") {
                return None;
            }
            tries(&fields, 1)
        })
    },
};

/// The field at `index` when it can be a number of tries.
fn tries(fields: &[&str], index: usize) -> Option<u8> {
    number(fields, index).filter(|tries| *tries <= 10)
}

/// Reads the information lines of an answer; `None` when they do not tell.
pub type ReadAnswer = fn(&[String]) -> Option<bool>;

/// What one line says about one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallSign {
    /// The module's number for the call, where the line gives it.
    pub id: Option<u8>,
    /// What happened to it.
    pub what: What,
}

/// What happened to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A call from here is on its way.
    Dialling,
    /// The other side of a call from here rings.
    Alerting,
    /// The line of a call from here is open. Not proof that a person answered.
    LineOpen,
    /// Somebody calls, or a call from outside is there in any other state.
    Incoming,
    /// The call is over, and how where the maker tells. Where it does not, V.250's word for it (`BUSY`, …) may still
    /// follow some milliseconds later.
    Ended(Option<EndHint>),
}

/// How a call ended, in the maker's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndHint {
    /// The other side is busy.
    Busy,
    /// It rang and nobody took it.
    NoAnswer,
    /// It was cleared in the normal way: by the other side, unless hanging up was asked for here.
    Remote,
}

/// Finds the family by what the module says about itself: the answer lines of `+CGMI`, `+CGMM` and `ATI`.
///
/// Capitals or not, prefixes such as `+CGMM:` or `Manufacturer:` and joined names (`SIMCOM_SIM800C`) do not matter.
/// A maker's name anywhere counts before a model's, because two makers may have given the same letters to a model.
/// Whoever is not known is [`DialectId::Generic`].
#[must_use]
pub fn identify(
    manufacturer: &[String],
    model: &[String],
    information: &[String],
) -> &'static dyn Dialect {
    let words: Vec<String> = [manufacturer, model, information]
        .into_iter()
        .flatten()
        .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-'))
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase)
        .collect();
    let known = |names: &[&str]| {
        words
            .iter()
            .any(|word| names.iter().any(|name| word.starts_with(name)))
    };
    FAMILIES
        .iter()
        .find(|family| known(family.makers))
        .or_else(|| FAMILIES.iter().find(|family| known(family.models)))
        .map_or(DialectId::Generic, |family| family.id)
        .dialect()
}

/// How the words of a family begin.
struct Family {
    id: DialectId,
    makers: &'static [&'static str],
    models: &'static [&'static str],
}

const FAMILIES: [Family; 5] = [
    Family {
        id: DialectId::Air724,
        makers: &["AIRM2M", "LUAT"],
        models: &["AIR72", "AIR78"],
    },
    Family {
        id: DialectId::Simcom,
        // The A7670 writes only "INCORPORATED" as its maker.
        makers: &["SIMCOM"],
        models: &["SIM5", "SIM7", "SIM8", "SIM9", "A76"],
    },
    Family {
        id: DialectId::Quectel,
        makers: &["QUECTEL"],
        // The QDC507 is an EC25 under another maker's name.
        models: &["EC2", "EG2", "EG9", "UC20", "QDC507"],
    },
    Family {
        id: DialectId::Huawei,
        makers: &["HUAWEI"],
        models: &["ME909", "MU509", "MU609", "MU709"],
    },
    Family {
        id: DialectId::Ublox,
        makers: &["U-BLOX", "UBLOX"],
        models: &["SARA-", "LARA-", "TOBY-", "LISA-", "LEON-"],
    },
];

/// What follows `name` and a colon, when the line begins with them; capitals, blanks around the colon and before the
/// name do not matter.
fn after<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let line = line.trim();
    let head = line.get(..name.len())?;
    if !head.eq_ignore_ascii_case(name) {
        return None;
    }
    let rest = line.get(name.len()..)?.trim_start();
    rest.strip_prefix(':').map(str::trim)
}

/// Fields split at commas outside quotes, without blanks and quotes.
fn split(text: &str) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    })
    .map(|field| field.trim().trim_matches('"').trim())
    .collect()
}

/// The field at `index` as a number.
fn number<T: FromStr>(fields: &[&str], index: usize) -> Option<T> {
    fields.get(index)?.parse().ok()
}

/// The fields of the first line that begins with `name`.
fn answer<'a>(lines: &'a [String], name: &str) -> Option<Vec<&'a str>> {
    lines.iter().find_map(|line| after(line, name)).map(split)
}

/// `+CIREG: <n>,<reg_info>[,<ext_info>]`: registered with IMS, and for voice where the module tells.
///
/// 27.007, "IMS registration information": `reg_info` 1 is registered, and bit 0 of the hexadecimal `ext_info` stands
/// for voice. Some firmware always writes 0 there, which tells nothing.
fn ims_registered(lines: &[String]) -> Option<bool> {
    let fields = answer(lines, "+CIREG")?;
    match number::<u8>(&fields, 1)? {
        0 => Some(false),
        1 => {
            let services = fields
                .get(2)
                .and_then(|text| u32::from_str_radix(text, 16).ok());
            match services {
                None => Some(true),
                Some(0) => None,
                Some(services) => Some(services & 1 == 1),
            }
        }
        _ => None,
    }
}

/// A command line around one tone; a bare `AT` for what is no tone, so that nothing else can slip into a command.
fn tone_line(before: &str, tone: char, after: &str) -> String {
    let tone = tone.to_ascii_uppercase();
    if matches!(tone, '0'..='9' | '*' | '#' | 'A'..='D') {
        format!("{before}{tone}{after}")
    } else {
        "AT".to_owned()
    }
}
