//! Whose module the simulator is: for each maker one small file with its true habits, the bad ones too.
//!
//! A [`Maker`] says what is different from 27.007 and V.250 by the letter; what is the same for all is in
//! [`super::machine`]. The habits were taken from drivers, firmware and dialogues that can be read, each with its
//! source beside it; what no source was read for is marked `unverified`, and a manual that is only named was not read.
//! Nothing here is shared with the driver's own dialects, so that an error there is not answered by the same error
//! here.

use std::fmt;

use super::card::CardState;
use super::habits::DialStyle;

mod air724;
mod generic;
mod huawei;
mod quectel;
mod simcom;
mod ublox;

/// Where a call stands, by the numbers of `+CLCC` (27.007 section 7.18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stat {
    /// 0.
    Active = 0,
    /// 2.
    Dialling = 2,
    /// 3.
    Alerting = 3,
    /// 4.
    Incoming = 4,
    /// 5.
    Waiting = 5,
}

/// A call as a maker's words show it.
#[derive(Clone, Copy)]
pub struct CallView<'a> {
    /// The module's number for it.
    pub id: u8,
    /// True when somebody else dialled.
    pub incoming: bool,
    /// Where it stands.
    pub stat: Stat,
    /// Its digits; empty where the caller hides them.
    pub number: &'a str,
}

/// What happened to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// The dial was taken.
    Dialling,
    /// The other side rings.
    Alerting,
    /// The line is open.
    Taken,
    /// Somebody calls.
    Incoming,
    /// It is over.
    Ended {
        /// How long the line was open; `None` when it never was.
        seconds: Option<u64>,
        /// Why.
        why: Why,
    },
}

/// Why a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was hung up here.
    Here,
    /// The other side or the network ended it, or it never came to be.
    Remote,
    /// The other side was busy.
    Busy,
    /// Nobody took it.
    NoAnswer,
}

impl Why {
    /// Cause of 24.008 table 10.5.123, which makers put into their reports.
    #[must_use]
    pub const fn cause(self) -> u8 {
        match self {
            Self::Here | Self::Remote => 16,
            Self::Busy => 17,
            Self::NoAnswer => 19,
        }
    }
}

/// What commands have switched in the module. The fields marked kept survive a restart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Switches {
    /// The maker's call reports.
    pub reports: bool,
    /// A second kind of call reports, where the maker has two.
    pub more_reports: bool,
    /// `+CVHU`, 0 to 2.
    pub hang_up_mode: u8,
    /// `ATX`, 0 to 4.
    pub result_form: u8,
    /// Kept: `VoLTE` is to be on.
    pub volte_wanted: bool,
    /// `VoLTE` is on; follows the wish at once or after a restart.
    pub volte: bool,
    /// IMS has taken the module in (27.007 section 8.71).
    pub ims_registered: bool,
}

/// What a maker's own command may need to know of the rest of the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// What the card wants.
    pub card: CardState,
    /// PIN tries left, 0 to 3.
    pub pin: u8,
    /// PUK tries left, 0 to 10.
    pub puk: u8,
    /// False when switching `VoLTE` on is to be refused.
    pub may_switch: bool,
    /// A call is up.
    pub in_call: bool,
}

/// Answer to a command only this maker has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// These lines and OK.
    Lines(Vec<String>),
    /// An error with this 27.007 code.
    Error(u16),
    /// OK, and all calls end.
    HangUp,
}

impl Answer {
    fn ok() -> Self {
        Self::Lines(Vec::new())
    }

    fn line(line: String) -> Self {
        Self::Lines(vec![line])
    }
}

/// How a dial without a usable card or network is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `+CME ERROR` with the code that fits.
    Code,
    /// NO CARRIER at once.
    NoCarrier,
}

/// A maker's habits. The defaults are 27.007 and V.250.
pub trait Maker: fmt::Debug + Send + Sync {
    /// The profile's name on the command line.
    fn name(&self) -> &'static str;
    /// The model's name on the command line and in `+CGMM`.
    fn model(&self) -> &'static str;
    /// The line of `+CGMI`.
    fn manufacturer(&self) -> &'static str;
    /// The lines of `ATI`.
    fn information(&self) -> &'static [&'static str];
    /// What it says after a restart, in order.
    fn boot_words(&self, card: CardState) -> Vec<&'static str>;

    /// What it says when the card is pulled or put in.
    fn card_words(&self, inserted: bool) -> &'static [&'static str] {
        if inserted {
            &["+CPIN: READY"]
        } else {
            &["+CPIN: NOT READY"]
        }
    }

    /// Something it says unasked in its daily life; by the standard a change of time zone (27.007 section 8.41).
    fn chatter(&self) -> &'static str {
        "+CTZV: +32"
    }

    /// What the switches are when it leaves the factory.
    fn switches(&self) -> Switches {
        Switches::default()
    }

    /// What `ATD` answers and when.
    fn dial_style(&self) -> DialStyle {
        DialStyle::OkAtOnce
    }

    /// What it says of a call, apart from the words of V.250.
    fn call_words(&self, _news: News, _call: CallView<'_>, _switches: Switches) -> Vec<String> {
        Vec::new()
    }

    /// The word of V.250 for a call's end, where the maker says one.
    fn end_word(&self, why: Why, _switches: Switches) -> Option<&'static str> {
        match why {
            Why::Here => None,
            Why::Remote => Some("NO CARRIER"),
            Why::Busy => Some("BUSY"),
            Why::NoAnswer => Some("NO ANSWER"),
        }
    }

    /// Lines in the list that are no voice call.
    fn other_calls(&self) -> &'static [&'static str] {
        &[]
    }

    /// The number of the first voice call.
    fn first_call(&self) -> u8 {
        1
    }

    /// A call in the list, or in an unasked list.
    fn list_line(&self, call: CallView<'_>, stat: u8) -> String {
        let direction = u8::from(call.incoming);
        format!(
            "+CLCC: {},{direction},{stat},0,0,\"{}\",129",
            call.id, call.number
        )
    }

    /// False when ATH does nothing to a voice call, and says OK.
    fn hook_ends_calls(&self, _switches: Switches) -> bool {
        true
    }

    /// The character of a tone command (`body` is what follows AT), `None` when it is none the maker takes.
    fn tone(&self, body: &str) -> Option<char> {
        one_tone(body.strip_prefix("+VTS=")?.trim_matches('"'))
    }

    /// Loudest value of `+CLVL`.
    fn loudest(&self) -> u8 {
        7
    }

    /// Commands that restart it, without AT.
    fn restarts(&self) -> &'static [&'static str] {
        &["+CFUN=1,1"]
    }

    /// True when it has no voice without `VoLTE`.
    fn needs_volte(&self) -> bool {
        false
    }

    /// True when it says that the line is open as soon as the other side rings.
    fn opens_at_ringback(&self) -> bool {
        false
    }

    /// How it refuses to dial without a card.
    fn without_card(&self) -> Refusal {
        Refusal::Code
    }

    /// True when an emergency number goes out without a card.
    fn emergency_without_card(&self) -> bool {
        true
    }

    /// Commands only this maker has; `None` for what it does not know.
    fn own_command(&self, _body: &str, _switches: &mut Switches, _facts: Facts) -> Option<Answer> {
        None
    }
}

/// One character that can be a tone.
fn one_tone(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let (Some(tone), None) = (chars.next(), chars.next()) else {
        return None;
    };
    matches!(tone, '0'..='9' | '*' | '#' | 'A'..='D').then_some(tone)
}

/// Every module the simulator can be; the first of a name is the one meant when no model is given.
static ALL: [&dyn Maker; 8] = [
    &generic::Generic,
    &simcom::Simcom::Sim7600,
    &simcom::Simcom::Sim800c,
    &simcom::Simcom::A7670,
    &quectel::Quectel,
    &air724::Air724,
    &huawei::Huawei,
    &ublox::Ublox,
];

/// One of the modules the simulator can be.
#[derive(Clone, Copy)]
pub struct Profile(&'static dyn Maker);

impl Profile {
    /// Names of the profiles.
    pub const NAMES: [&'static str; 6] =
        ["generic", "simcom", "quectel", "air724", "huawei", "ublox"];

    /// The profile of this name, and this model of it where there are several. Case does not matter.
    ///
    /// # Errors
    /// A sentence that lists what there is.
    pub fn find(name: &str, model: Option<&str>) -> Result<Self, String> {
        let named: Vec<_> = ALL
            .into_iter()
            .filter(|maker| maker.name().eq_ignore_ascii_case(name))
            .collect();
        let Some(first) = named.first() else {
            return Err(format!(
                "there is no profile “{name}”; the profiles are {}",
                Self::NAMES.join(", ")
            ));
        };
        let Some(model) = model else {
            return Ok(Self(*first));
        };
        named
            .iter()
            .find(|maker| maker.model().eq_ignore_ascii_case(model))
            .map(|maker| Self(*maker))
            .ok_or_else(|| {
                let models: Vec<_> = named.iter().map(|maker| maker.model()).collect();
                format!(
                    "the profile {name} has no model “{model}”; it has {}",
                    models.join(", ")
                )
            })
    }

    /// Every module there is.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.into_iter().map(Self)
    }

    /// Its habits.
    #[must_use]
    pub fn maker(self) -> &'static dyn Maker {
        self.0
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self(&generic::Generic)
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.name(), self.0.model())
    }
}

impl PartialEq for Profile {
    fn eq(&self, other: &Self) -> bool {
        (self.0.name(), self.0.model()) == (other.0.name(), other.0.model())
    }
}

impl Eq for Profile {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_found_by_name_and_model() {
        for name in Profile::NAMES {
            assert_eq!(Profile::find(name, None).unwrap().maker().name(), name);
        }
        for profile in Profile::all() {
            let maker = profile.maker();
            assert_eq!(
                Profile::find(maker.name(), Some(maker.model())),
                Ok(profile)
            );
        }
        assert_eq!(
            Profile::find("SIMCOM", Some("sim800c"))
                .unwrap()
                .maker()
                .model(),
            "SIM800C"
        );
        assert!(Profile::find("nokia", None).unwrap_err().contains("ublox"));
        let wrong = Profile::find("simcom", Some("EC25")).unwrap_err();
        assert!(wrong.contains("SIM7600"), "{wrong}");
    }
}
