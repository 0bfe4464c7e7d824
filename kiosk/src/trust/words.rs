//! What is said about keys, in the admin's words: Chinese first, English beside it.

use super::{TrustNotice, TrustStoreError};
use crate::error::chain;
use xinting_content::Lang;
use xinting_content::document::DocumentError;
use xinting_content::trust::{ListError, TrustError, TrustWarning};

fn choose(lang: Lang, zh: String, en: String) -> String {
    match lang {
        Lang::ZhCn => zh,
        Lang::En => en,
    }
}

impl TrustNotice {
    /// One sentence for the admin and the log.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::BadRoot { path } => (
                format!(
                    "{} 不是公钥文件，没有信任它；请换成正确的 .pub 文件",
                    path.display()
                ),
                format!(
                    "{} is no public key and is not trusted; put the right .pub file there",
                    path.display()
                ),
            ),
            Self::Damaged { file, reason } => (
                format!(
                    "保存的密钥文件 {file} 坏了，先用还能验证的那一份；请再装一次最新的密钥清单。原因：{reason}"
                ),
                format!(
                    "the kept key file {file} is damaged; the newest that still verifies serves. Take the latest key list in again: {reason}"
                ),
            ),
            Self::Mended { file } => (
                format!("保存的密钥文件 {file} 坏过，已用副本修好；不用做什么，常出现请检查存储"),
                format!(
                    "the kept key file {file} was damaged and is mended from its copy; nothing is to be done, but check the disk if it happens often"
                ),
            ),
            Self::Behind { in_force: 0, was } => (
                format!(
                    "密钥清单版本 {was} 的文件坏了，现在只信任最初的根公钥；请再装一次版本 {was} 或更新的清单"
                ),
                format!(
                    "the file of key list {was} is damaged and only the first root keys are trusted; take version {was} or a later one in again"
                ),
            ),
            Self::Behind { in_force, was } => (
                format!(
                    "密钥清单版本 {was} 的文件坏了，现在用的是版本 {in_force}；请再装一次版本 {was} 或更新的清单"
                ),
                format!(
                    "the file of key list {was} is damaged and version {in_force} is in force; take version {was} or a later one in again"
                ),
            ),
            Self::Folder { path, reason } => (
                format!(
                    "读不了保存密钥的文件夹 {}（{reason}）；请检查存储",
                    path.display()
                ),
                format!(
                    "the folder of keys {} cannot be read ({reason}); check the disk",
                    path.display()
                ),
            ),
        };
        choose(lang, zh, en)
    }
}

impl TrustStoreError {
    /// One sentence for the admin.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        match self {
            Self::List(error) => list(error, lang),
            Self::Behind { found, was } => choose(
                lang,
                format!("这份密钥清单是版本 {found}，这台心亭用过版本 {was}；请用版本 {was} 或更新的"),
                self.to_string(),
            ),
            Self::Keep { path, source } => choose(
                lang,
                format!("没能保存 {}（{source}），信任的密钥没有变；请检查存储", path.display()),
                format!("{} could not be kept ({source}) and nothing has changed; check the disk", path.display()),
            ),
            Self::RevokedRoot { key } => choose(
                lang,
                format!("区平台给的根公钥 {key} 已经作废了，没有采用；请告诉区里"),
                format!("the district's root key {key} is revoked and was not accepted; tell the district"),
            ),
            Self::NoKey => choose(
                lang,
                "区平台给的不是公钥；请在区平台检查 root_key 指的文件".to_owned(),
                "what the district offered is no public key; check the file that its root_key names".to_owned(),
            ),
        }
    }
}

/// A warning about a list's dates.
#[must_use]
pub fn warning(warning: &TrustWarning, lang: Lang) -> String {
    let zh = match warning {
        TrustWarning::NotYet { issued } => {
            format!("密钥清单的日期是 {issued}，比今天还晚；请检查心亭的时钟")
        }
        TrustWarning::EndsSoon { until } => {
            format!("密钥清单到 {until} 为止；请向保管人要下一份")
        }
        TrustWarning::Ended { until } => {
            format!("密钥清单 {until} 已到期，仍然有效；请向保管人要下一份")
        }
    };
    choose(lang, zh, warning.to_string())
}

/// Why a key list was refused.
#[must_use]
pub(super) fn list(error: &TrustError, lang: Lang) -> String {
    let zh = match error {
        TrustError::Document(error) => return document(error, lang),
        TrustError::List(ListError::BadlyMade { .. }) => {
            "密钥清单的签名有效，但格式不符合规定；请保管人改正后重新签名".to_owned()
        }
        TrustError::List(ListError::Newer { .. }) => {
            "密钥清单需要更新的程序；请先给心亭升级".to_owned()
        }
        TrustError::Already { version } => {
            format!("这份密钥清单（版本 {version}）已经在用了，不用再装")
        }
        TrustError::SameVersion { version } => {
            format!("正在用的是另一份版本 {version} 的密钥清单；请保管人给出更高的版本")
        }
        TrustError::Older { found, in_force } => {
            format!("密钥清单比正在用的旧：它是版本 {found}，正在用的是 {in_force}；请用更高的版本")
        }
        TrustError::OtherIssuer { found, in_force } => {
            format!(
                "这份密钥清单由 {found} 发出，正在用的由 {in_force} 发出；请向 {in_force} 要下一份"
            )
        }
        TrustError::TooFewNewRoots { have, need } => {
            format!("清单里新的根密钥要有 {need} 个签名，只有 {have} 个；请让新的根密钥也签名")
        }
    };
    choose(lang, zh, chain(error))
}

/// Why a signed document was refused.
#[must_use]
pub fn document(error: &DocumentError, lang: Lang) -> String {
    let zh = match error {
        DocumentError::Io(_) => "文件读不完整；请检查 U 盘，重新拷贝一次".to_owned(),
        DocumentError::NotADocument { .. } => {
            "这不是签名文件；请选用 xinting-pack 签过名的文件".to_owned()
        }
        DocumentError::Truncated { found } => {
            format!("文件不完整，到 {found} 字节就断了；请重新拷贝，拷完先弹出再拔")
        }
        DocumentError::Altered { .. } => {
            "文件被改动过，和签名对不上；请向签名的人重新索取".to_owned()
        }
        DocumentError::TooLarge { .. } => "文件太大了；请向签名的人要正确的文件".to_owned(),
        DocumentError::Unsigned => "文件没有签名；请用根密钥签名".to_owned(),
        DocumentError::Stranger { key } => {
            format!("文件由密钥 {key} 签名，它不是这里的根密钥；请用有效的根密钥签名")
        }
        DocumentError::Revoked { key } => {
            format!("文件由已作废的密钥 {key} 签名；请用有效的根密钥签名")
        }
        DocumentError::TooFewSignatures { have, need } => {
            format!("文件要有 {need} 个根密钥签名，只有 {have} 个；请再请一位保管人签名")
        }
        DocumentError::NoTrust => "这台心亭还没有信任任何根公钥；请先把公钥装进 trust/".to_owned(),
        DocumentError::OtherThing { .. } => {
            "签名写的是另一样东西，和文件对不上；请重新签名".to_owned()
        }
    };
    choose(lang, zh, chain(error))
}
