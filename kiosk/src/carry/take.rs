//! Takes in what was found on a stick. Every step can be repeated after a power cut.

use super::found::{Carried, CarriedKind, Content, Seen};
use super::{Carrier, CarryError, config_file};
use crate::log_event::{LogEvent, log};
use crate::store::{AdminLogEntry, Setting, Settled};
use crate::upstream::UpstreamEvent;
use jiff::civil::DateTime;
use xinting_content::{Lang, Trust};
use xinting_wire::BoothId;

/// What was taken in.
#[derive(Debug, Clone)]
pub enum Taken {
    /// A key list is in force.
    KeyList {
        /// Whom the booth trusts with it.
        trust: Trust,
        /// Its version.
        version: u64,
    },
    /// A configuration was put in place, for the next start.
    Config {
        /// Its version.
        version: u64,
    },
    /// Receipts were taken in.
    Receipts(Settled),
    /// The booth is enrolled.
    Enrolled {
        /// Its id.
        booth: BoothId,
        /// The district offers its root key, which an admin now accepts or declines.
        root_offered: bool,
    },
}

impl Taken {
    /// What that means, a sentence for the admin.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::KeyList { version, .. } => (
                format!("密钥清单版本 {version} 已生效"),
                format!("Key list {version} is in force"),
            ),
            Self::Config { version } => (
                format!("配置版本 {version} 已采用，下次启动时生效；原来的配置还留着"),
                format!(
                    "Configuration {version} is in place and takes effect at the next start; the one before is kept"
                ),
            ),
            Self::Receipts(Settled {
                acknowledged,
                set_aside: 0,
                ..
            }) => (
                format!("区平台已收到 {acknowledged} 份报告，亭里的副本删掉了"),
                format!("The district has {acknowledged} reports; the booth has forgotten them"),
            ),
            Self::Receipts(Settled {
                acknowledged,
                set_aside,
                ..
            }) => (
                format!(
                    "区平台已收到 {acknowledged} 份报告；有 {set_aside} 份被拒收，见“待发报告”"
                ),
                format!(
                    "The district has {acknowledged} reports and refused {set_aside}; see the waiting reports"
                ),
            ),
            Self::Enrolled {
                booth,
                root_offered: false,
            } => (
                format!("已在区平台登记，编号 {booth}"),
                format!("Enrolled with the district as {booth}"),
            ),
            Self::Enrolled {
                booth,
                root_offered: true,
            } => (
                format!(
                    "已在区平台登记，编号 {booth}；区平台还提供了它的根公钥，请核对指纹后再决定"
                ),
                format!(
                    "Enrolled with the district as {booth}; it also offers its root key: compare the fingerprint, then decide"
                ),
            ),
        };
        match lang {
            Lang::ZhCn => zh,
            Lang::En => en,
        }
    }
}

/// Takes in what was found.
pub(super) fn take(
    carrier: &mut Carrier,
    carried: &Carried,
    now: Option<DateTime>,
) -> Result<Taken, CarryError> {
    let Ok(Seen(content)) = &carried.seen else {
        // It was refused when it was looked at, and nothing has been read since.
        return Err(match carried.kind {
            CarriedKind::KeyList | CarriedKind::Config => CarryError::Answer,
            CarriedKind::Receipts => CarryError::NothingLeft,
            CarriedKind::Enrolled => CarryError::OtherBooth,
        });
    };
    match content {
        Content::KeyList { bytes, .. } => key_list(carrier, bytes, now),
        Content::Config { text, version, .. } => config(carrier, text, *version, now),
        Content::Receipts(rows) => {
            let rows = rows.clone();
            let settled = carrier.parts.store.settle(rows).ok_or(CarryError::Store)?;
            carrier.note(now, AdminLogEntry::ReceiptsTaken(settled.acknowledged));
            Ok(Taken::Receipts(settled))
        }
        Content::Enrolled { booth, root } => {
            // By network meanwhile? Then that holds: it is the same key, and so the same id, or the code was used.
            if let Some(booth) = carrier.parts.booth.get() {
                return Err(CarryError::EnrolledAlready { booth });
            }
            // The root first: whoever has an id is not asked again.
            if let Some(root) = root {
                carrier.keep(Setting::RootOffered, root.as_str().to_owned())?;
                (carrier.parts.tell)(UpstreamEvent::RootOffered(root.as_str().to_owned()));
            }
            carrier.keep(Setting::BoothId, booth.as_str().to_owned())?;
            carrier.parts.booth.set(booth.clone());
            carrier.note(now, AdminLogEntry::EnrolledByStick);
            (carrier.parts.tell)(UpstreamEvent::Enrolled(booth.clone()));
            Ok(Taken::Enrolled {
                booth: booth.clone(),
                root_offered: root.is_some(),
            })
        }
    }
}

fn key_list(
    carrier: &mut Carrier,
    bytes: &[u8],
    now: Option<DateTime>,
) -> Result<Taken, CarryError> {
    let trust = carrier.parts.trust.accept(bytes)?;
    let version = carrier.parts.trust.version();
    // The folder of keys knows it already; the store is the second to know, for when a file there goes bad.
    let highest = carrier.parts.trust.highest().to_string();
    let _owed = carrier.parts.store.set(Setting::KeyListVersion, highest);
    carrier.note(now, AdminLogEntry::KeyListTaken(version));
    Ok(Taken::KeyList { trust, version })
}

fn config(
    carrier: &mut Carrier,
    text: &str,
    version: u64,
    now: Option<DateTime>,
) -> Result<Taken, CarryError> {
    config_file::put(&carrier.parts.config, text)?;
    // After a power cut here the same configuration is simply taken once more.
    carrier.config_version = version;
    if !carrier
        .parts
        .store
        .set_now(Setting::ConfigVersion, version.to_string())
    {
        log(LogEvent::StickFault(
            "the version of the configuration is not on disk yet",
        ));
    }
    carrier.note(now, AdminLogEntry::ConfigTaken(version));
    Ok(Taken::Config { version })
}
