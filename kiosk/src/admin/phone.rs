//! The line of the health page about the phone: module, card, network, voice over LTE, handset, and what to do where
//! one of them is wrong. No number, no call and no length of one has a place in it.

use super::{Device, DeviceHealth, HealthState};
use xinting_content::Lang;
use xinting_hw::modem::{AbsentCause, DialectId, ModemHealth, SimProblem, VolteState};

/// What the modem and the switch below the handset last said of themselves.
#[derive(Debug, Clone)]
pub struct PhoneFacts {
    /// The language the line is read in.
    pub lang: Lang,
    /// The port as configured.
    pub port: Option<String>,
    /// The modem.
    pub health: ModemHealth,
    /// Who it is, once it has said so.
    pub module: Option<Module>,
    /// Voice over LTE.
    pub volte: VolteState,
    /// The switch below the handset.
    pub hook: HookFacts,
    /// What was wrong last, and the local time where it is known.
    pub trouble: Option<(Trouble, String)>,
}

/// A module by its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Its model; may be empty.
    pub model: String,
    /// Its maker; may be empty.
    pub manufacturer: String,
    /// Whose habits are followed.
    pub dialect: DialectId,
}

/// The switch below the handset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookFacts {
    /// The configuration names none.
    NotConfigured,
    /// It has not said anything yet.
    Silent,
    /// The handset lies on it.
    Down,
    /// The handset is lifted.
    Lifted,
    /// It cannot be asked.
    Gone,
}

/// What can have been wrong with the modem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Its port vanished or could not be opened.
    Gone,
    /// It did not answer.
    NotResponding,
    /// Its card could not be used.
    NoSim,
    /// It lost its network.
    NoNetwork,
    /// The network refused it.
    Denied,
}

impl PhoneFacts {
    /// A booth's phone before anything was heard of it.
    #[must_use]
    pub fn new(lang: Lang, port: Option<String>, hook: HookFacts) -> Self {
        let health = match port {
            Some(_) => ModemHealth::Starting,
            None => ModemHealth::Absent(AbsentCause::NotConfigured),
        };
        Self {
            lang,
            port,
            health,
            module: None,
            volte: VolteState::Unknown,
            hook,
            trouble: None,
        }
    }

    /// The modem said how it is, at this local time.
    pub fn hear(&mut self, health: ModemHealth, at: String) {
        let trouble = trouble(&health, &self.health);
        let before = self.trouble.as_ref().map(|(before, _)| *before);
        let was_well = matches!(
            self.health,
            ModemHealth::Registered { .. } | ModemHealth::Starting
        );
        if let Some(trouble) = trouble
            && (was_well || before != Some(trouble))
        {
            self.trouble = Some((trouble, at));
        }
        self.health = health;
    }

    /// The line of the health page.
    #[must_use]
    pub fn line(&self) -> DeviceHealth {
        let say = |zh: &str, en: &str| choose(self.lang, zh, en);
        let state = state(&self.health);
        let mut parts = Vec::new();
        if !matches!(self.health, ModemHealth::Absent(_)) {
            parts.extend(self.module_words());
        }
        parts.extend(self.network_words());
        parts.extend(self.hint());
        match self.hook {
            HookFacts::NotConfigured | HookFacts::Silent => {}
            HookFacts::Down => parts.push(say("听筒放着", "handset down")),
            HookFacts::Lifted => parts.push(say("听筒拿起来了", "handset lifted")),
            HookFacts::Gone => parts.push(say(
                "听筒开关读不到：检查配置里 [hook] 的 device，把运行本机的用户加入 input 组",
                "hook switch cannot be read: check device under [hook], add the booth's user to the group input",
            )),
        }
        if let (Some((trouble, at)), HealthState::Good | HealthState::Starting) =
            (&self.trouble, state)
        {
            let what = self.trouble_words(*trouble);
            parts.push(match self.lang {
                Lang::ZhCn => format!("上次的问题：{what} {at}"),
                Lang::En => format!("last trouble: {what} {at}"),
            });
        }
        let parts: Vec<&str> = parts.iter().map(|part| part.trim()).collect();
        DeviceHealth {
            device: Device::Modem,
            state,
            detail: parts.join(" · "),
        }
    }

    fn module_words(&self) -> Vec<String> {
        let Some(module) = &self.module else {
            return Vec::new();
        };
        let mut words = vec![module.model.clone(), module.manufacturer.clone()];
        words.push(module.dialect.name().to_owned());
        words.retain(|word| !word.is_empty());
        // Some models are named after their maker, some makers after the dialect.
        words.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
        words
    }

    fn network_words(&self) -> Vec<String> {
        let say = |zh: &str, en: &str| choose(self.lang, zh, en);
        let mut words = Vec::new();
        match &self.health {
            ModemHealth::Registered {
                roaming,
                operator,
                rssi_dbm,
            } => {
                words.extend(operator.clone());
                words.extend(roaming.then(|| say("漫游", "roaming")));
                words.push(self.signal(*rssi_dbm));
                words.extend(match self.volte {
                    VolteState::Unknown => None,
                    VolteState::Off => Some(say("VoLTE 没开", "VoLTE off")),
                    VolteState::On => Some(say("VoLTE 已开", "VoLTE on")),
                    VolteState::Registered => Some(say("VoLTE 可用", "VoLTE ready")),
                });
            }
            ModemHealth::Searching { rssi_dbm } => words.push(self.signal(*rssi_dbm)),
            ModemHealth::Absent(_)
            | ModemHealth::Starting
            | ModemHealth::NotResponding
            | ModemHealth::NoSim(_)
            | ModemHealth::Denied => {}
        }
        words
    }

    fn signal(&self, rssi_dbm: Option<i16>) -> String {
        match (rssi_dbm, self.lang) {
            (None, Lang::ZhCn) => "信号强弱不明".to_owned(),
            (None, Lang::En) => "signal unknown".to_owned(),
            (Some(dbm), Lang::ZhCn) => format!("信号 {} 格，共 5 格（{dbm} dBm）", bars(dbm)),
            (Some(dbm), Lang::En) => format!("signal {} of 5 bars ({dbm} dBm)", bars(dbm)),
        }
    }

    /// What to do, where something is wrong.
    fn hint(&self) -> Option<String> {
        let port = self.port.as_deref().unwrap_or_default();
        let (zh, en) = match &self.health {
            ModemHealth::Absent(AbsentCause::NotConfigured) | ModemHealth::Starting => return None,
            ModemHealth::Absent(AbsentCause::NoSuchPort) => {
                return Some(match self.lang {
                    Lang::ZhCn => format!("配置里写的是 {port}：检查插头和供电"),
                    Lang::En => format!("the configuration says {port}: check plug and power"),
                });
            }
            ModemHealth::Absent(AbsentCause::PermissionDenied) => (
                "把运行本机的用户加入 dialout 组，再重启",
                "add the booth's user to the group dialout and restart",
            ),
            ModemHealth::Absent(AbsentCause::PortInUse) => (
                "端口被别的程序占着：停用 ModemManager，或让它不碰这个模块",
                "another program holds the port: stop ModemManager, or keep it off this module",
            ),
            ModemHealth::Absent(AbsentCause::OpenFailed) => (
                "端口打不开：拔下重插，再看系统日志",
                "the port does not open: unplug and plug it in again, then see the system's log",
            ),
            ModemHealth::Absent(AbsentCause::Ambiguous) => (
                "有几个端口都符合：在配置的 port 里写上序列号或接口号",
                "several ports fit: add the serial number or the interface to port",
            ),
            ModemHealth::Absent(AbsentCause::OtherDevice) => (
                "这个端口现在是另一台设备：插回原来的模块，或改配置里的 port",
                "the port is another device now: plug the former module in, or change port",
            ),
            ModemHealth::NotResponding => (
                "检查供电（拨号时要 2 A）和波特率；写了 power_command 就会自己断电重来",
                "check the supply (2 A while dialling) and the speed; with power_command it is switched off and on",
            ),
            ModemHealth::NoSim(SimProblem::Absent) => (
                "卡槽里没有电话卡：断电，插好，再通电",
                "no card in the holder: switch off, insert it, switch on",
            ),
            ModemHealth::NoSim(SimProblem::NeedsPin) => (
                "电话卡要 PIN：在配置里写 pin，或在手机上取消 PIN",
                "the card wants its PIN: write pin in the configuration, or remove the PIN in a phone",
            ),
            ModemHealth::NoSim(SimProblem::WrongPin) => (
                "配置里的 PIN 不对，不会再试：改对 pin，再重启",
                "the configured PIN is wrong and is not tried again: correct pin and restart",
            ),
            ModemHealth::NoSim(SimProblem::NeedsPuk) => (
                "电话卡锁住了，要 PUK：拿到手机上解锁",
                "the card is locked and wants its PUK: unlock it in a phone",
            ),
            ModemHealth::NoSim(SimProblem::Faulty) => (
                "电话卡读不出来：擦净触点，或换一张",
                "the card cannot be read: clean its contacts, or try another",
            ),
            ModemHealth::Searching { .. } => (
                "检查天线；看卡有没有停机；只有 2G 的模块可能已经没有网络",
                "check the antenna; ask whether the card is active; a 2G module may find no network any more",
            ),
            ModemHealth::Denied => (
                "问运营商：欠费、未实名，或不许打电话",
                "ask the operator: unpaid, unregistered, or no voice on this card",
            ),
            ModemHealth::Registered { .. } if self.volte == VolteState::Off => (
                "2G、3G 已停的地方打不出去：请运营商开通 VoLTE",
                "no call where 2G and 3G are gone: ask the operator for VoLTE",
            ),
            ModemHealth::Registered {
                rssi_dbm: Some(dbm),
                ..
            } if bars(*dbm) < 2 => (
                "信号弱：把天线移到窗边，或换一根",
                "weak signal: move the antenna to a window, or try another",
            ),
            ModemHealth::Registered { .. } => return None,
        };
        Some(choose(self.lang, zh, en))
    }

    fn trouble_words(&self, trouble: Trouble) -> String {
        let (zh, en) = match trouble {
            Trouble::Gone => ("端口不见了", "the port was gone"),
            Trouble::NotResponding => ("没有回应", "no answer"),
            Trouble::NoSim => ("电话卡用不了", "the card could not be used"),
            Trouble::NoNetwork => ("没有网络", "no network"),
            Trouble::Denied => ("网络拒绝了这张卡", "the network refused the card"),
        };
        choose(self.lang, zh, en)
    }
}

fn choose(lang: Lang, zh: &str, en: &str) -> String {
    match lang {
        Lang::ZhCn => zh.to_owned(),
        Lang::En => en.to_owned(),
    }
}

fn state(health: &ModemHealth) -> HealthState {
    match health {
        ModemHealth::Absent(AbsentCause::NotConfigured) => HealthState::NotConfigured,
        ModemHealth::Absent(AbsentCause::NoSuchPort) => HealthState::Absent,
        ModemHealth::Absent(AbsentCause::PermissionDenied | AbsentCause::PortInUse) => {
            HealthState::Denied
        }
        ModemHealth::Absent(
            AbsentCause::OpenFailed | AbsentCause::Ambiguous | AbsentCause::OtherDevice,
        ) => HealthState::Fault,
        ModemHealth::Starting => HealthState::Starting,
        ModemHealth::NotResponding => HealthState::NotResponding,
        ModemHealth::NoSim(_) => HealthState::NoSim,
        ModemHealth::Searching { .. } => HealthState::Searching,
        ModemHealth::Denied => HealthState::Refused,
        ModemHealth::Registered { .. } => HealthState::Good,
    }
}

fn trouble(now: &ModemHealth, before: &ModemHealth) -> Option<Trouble> {
    match now {
        ModemHealth::Absent(AbsentCause::NotConfigured)
        | ModemHealth::Starting
        | ModemHealth::Registered { .. } => None,
        ModemHealth::Absent(_) => Some(Trouble::Gone),
        ModemHealth::NotResponding => Some(Trouble::NotResponding),
        ModemHealth::NoSim(_) => Some(Trouble::NoSim),
        // Every start looks for its network for a while.
        ModemHealth::Searching { .. } => {
            matches!(before, ModemHealth::Registered { .. }).then_some(Trouble::NoNetwork)
        }
        ModemHealth::Denied => Some(Trouble::Denied),
    }
}

/// Signal strength from 0 to 5 bars, on the installer tool's scale: two carry a call, one does not carry it well.
const fn bars(rssi_dbm: i16) -> u8 {
    match rssi_dbm {
        -70.. => 5,
        -80..-70 => 4,
        -88..-80 => 3,
        -95..-88 => 2,
        -105..-95 => 1,
        ..-105 => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone() -> PhoneFacts {
        PhoneFacts::new(
            Lang::ZhCn,
            Some("/dev/ttyUSB2".to_owned()),
            HookFacts::NotConfigured,
        )
    }

    fn registered(rssi_dbm: i16) -> ModemHealth {
        ModemHealth::Registered {
            roaming: false,
            operator: Some("中国移动".to_owned()),
            rssi_dbm: Some(rssi_dbm),
        }
    }

    #[test]
    fn a_good_phone_says_who_it_is_and_how_well_it_hears() {
        let mut phone = phone();
        phone.hear(registered(-73), String::new());
        phone.volte = VolteState::Registered;
        phone.hook = HookFacts::Down;
        phone.module = Some(Module {
            model: "EC25".to_owned(),
            manufacturer: "Quectel".to_owned(),
            dialect: DialectId::Quectel,
        });
        let line = phone.line();
        assert_eq!(line.state, HealthState::Good);
        assert_eq!(
            line.detail,
            "EC25 · Quectel · 中国移动 · 信号 4 格，共 5 格（-73 dBm） · VoLTE 可用 · 听筒放着"
        );
        phone.lang = Lang::En;
        phone.volte = VolteState::Off;
        assert_eq!(
            phone.line().detail,
            "EC25 · Quectel · 中国移动 · signal 4 of 5 bars (-73 dBm) · VoLTE off · \
             no call where 2G and 3G are gone: ask the operator for VoLTE · handset down"
        );
    }

    #[test]
    fn whatever_is_wrong_says_what_to_do_in_both_languages() {
        use ModemHealth as Is;
        let wrong = [
            Is::Absent(AbsentCause::NoSuchPort),
            Is::Absent(AbsentCause::PermissionDenied),
            Is::Absent(AbsentCause::PortInUse),
            Is::Absent(AbsentCause::OpenFailed),
            Is::Absent(AbsentCause::Ambiguous),
            Is::Absent(AbsentCause::OtherDevice),
            Is::NotResponding,
            Is::NoSim(SimProblem::Absent),
            Is::NoSim(SimProblem::NeedsPin),
            Is::NoSim(SimProblem::WrongPin),
            Is::NoSim(SimProblem::NeedsPuk),
            Is::NoSim(SimProblem::Faulty),
            Is::Searching { rssi_dbm: None },
            Is::Denied,
            registered(-109),
        ];
        for health in wrong {
            let mut phone = phone();
            phone.hear(health.clone(), String::new());
            let zh = phone.line().detail;
            assert!(zh.contains(['：', '，', '；']), "{health:?}: {zh}");
            assert!(!zh.contains(": "), "{health:?} in Chinese: {zh}");
            phone.lang = Lang::En;
            phone.health = match health {
                Is::Registered { .. } => Is::Registered {
                    roaming: true,
                    operator: None,
                    rssi_dbm: Some(-109),
                },
                other => other,
            };
            let en = phone.line().detail;
            assert!(en.len() > 20 && !en.contains(['：', '，', '；']), "{en}");
        }
    }

    #[test]
    fn the_last_trouble_is_remembered_with_its_time() {
        let mut phone = phone();
        let searching = ModemHealth::Searching { rssi_dbm: None };
        phone.hear(searching.clone(), "05-25 08:00".to_owned());
        phone.hear(registered(-73), "05-25 08:01".to_owned());
        assert!(
            !phone.line().detail.contains("上次"),
            "looking is no trouble"
        );
        phone.hear(searching, "05-25 09:00".to_owned());
        phone.hear(registered(-73), "05-25 09:01".to_owned());
        assert!(
            phone
                .line()
                .detail
                .ends_with("上次的问题：没有网络 05-25 09:00")
        );
        phone.hear(
            ModemHealth::Absent(AbsentCause::NoSuchPort),
            "05-25 10:00".to_owned(),
        );
        phone.hear(ModemHealth::Starting, "05-25 10:01".to_owned());
        assert!(
            phone
                .line()
                .detail
                .ends_with("上次的问题：端口不见了 05-25 10:00")
        );
    }
}
