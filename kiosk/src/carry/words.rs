//! What is said about what a stick carries, in the admin's words: Chinese first, English beside it.

use super::CarryError;
use super::key_stick;
use crate::error::chain;
use crate::trust::document_words;
use std::io::ErrorKind;
use xinting_content::Lang;
use xinting_hw::usb::UsbError;

/// A name that came from a stick, as it is shown: nothing in it moves what stands beside it.
#[must_use]
pub fn shown_name(name: &str) -> String {
    let turns = |c: &char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    name.chars()
        .filter(|c| !c.is_control() && !turns(c))
        .collect()
}

impl CarryError {
    /// One sentence for the admin: what is wrong, and what to do.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Trust(error) => return error.sentence(lang),
            Self::Document(error) => return document_words(error, lang),
            Self::Read { file, source } => {
                let file = shown_name(file);
                (
                    format!("读不了 U 盘上的 {file}（{source}）；请拔下重插，或重新拷贝一次"),
                    format!("{file} on the stick cannot be read ({source}); put the stick in again, or copy the file again"),
                )
            }
            Self::TooLong { file, .. } => {
                let file = shown_name(file);
                (
                    format!("{file} 太长，不是心亭用的文件；请换成正确的文件"),
                    format!("{file} is too long to be what its name says; take the right file"),
                )
            }
            Self::ConfigElsewhere { booth } => (
                format!("这份配置是给 {booth} 的，不是给这台的；请换成这台的配置"),
                format!("this configuration is for {booth}, not for this booth; take this booth's own"),
            ),
            Self::ConfigOlder { found, in_place } => (
                format!("这份配置是版本 {found}，比采用过的版本 {in_place} 旧；请用更高的版本"),
                format!("this configuration is version {found}, older than version {in_place}, which was in place; take a higher one"),
            ),
            Self::ConfigAlready { version } => (
                format!("这份配置（版本 {version}）已经采用了，不用再来一次"),
                format!("this configuration (version {version}) is in place already; there is nothing to do"),
            ),
            Self::ConfigNoStick => (
                "这份配置里没有写 U 盘读取口，采用以后就不能再用 U 盘改回来了；请让区里在 [stick] 里写上 device".to_owned(),
                "this configuration names no socket for sticks, so no stick could mend it later; have `device` written under [stick]".to_owned(),
            ),
            Self::Config(error) => (
                format!("这份配置用不了，没有采用：{error}"),
                format!("this configuration cannot be used and was not put in place: {error}"),
            ),
            Self::ConfigPlace { path, source } if read_only(source.kind()) => (
                format!("{} 所在的文件夹不能写（{source}），配置没有变；请安装人员改好权限，或直接在那里换文件", path.display()),
                format!("the folder of {} cannot be written ({source}) and nothing has changed; have the installer put the file there, or give the booth the right to", path.display()),
            ),
            Self::ConfigPlace { path, source } => (
                format!("没能放好 {}（{source}），配置没有变；请检查存储", path.display()),
                format!("{} could not be put in place ({source}) and nothing has changed; check the disk", path.display()),
            ),
            Self::Letter(_) | Self::Answer => (
                "区平台写的文件看不懂；请在区平台重新运行 xinting-district import".to_owned(),
                "what the district wrote cannot be understood; run xinting-district import again".to_owned(),
            ),
            Self::OtherBooth => (
                "这是给另一台心亭的；请把 U 盘插到那一台".to_owned(),
                "this is for another booth; put the stick into that one".to_owned(),
            ),
            Self::NothingLeft => (
                "这些回执都已经处理过了，不用再收".to_owned(),
                "these receipts have all been taken in; there is nothing to do".to_owned(),
            ),
            Self::OtherBytes => (
                "回执写的报告和亭里的不一样，没有采用；请重新导出，再到区平台导入".to_owned(),
                "the receipts are about other reports than those that are here and were not believed; export again and import again".to_owned(),
            ),
            Self::EnrolledAlready { booth } => (
                format!("这台心亭已经登记过了，编号 {booth}，不用再收"),
                format!("this booth is enrolled already, as {booth}; there is nothing to do"),
            ),
            Self::EnrolRefused { status, message } => (
                format!("区平台没有同意登记（{status}：{message}）；请换一个登记码"),
                format!("the district refused to enrol this booth ({status}: {message}); take another code"),
            ),
            Self::Store => (
                "亭里的存储现在用不了，什么都没有变；请检查存储后再试".to_owned(),
                "the booth's store cannot be used now and nothing has changed; check the disk and try again".to_owned(),
            ),
            Self::Write { source, .. } if source.kind() == ErrorKind::StorageFull => (
                "U 盘满了，没有写完；请腾出空间，或换一个 U 盘".to_owned(),
                "the stick is full and not everything was written; make room on it, or use another".to_owned(),
            ),
            Self::Write { source, .. } if source.kind() == ErrorKind::PermissionDenied => (
                "这个 U 盘不让心亭往里写，多半是 ext4 格式，根文件夹只归 root；请换一个 FAT32 或 exFAT 格式的 U 盘".to_owned(),
                "this stick does not let the booth write to it: most likely it is ext4 and its root folder is root's own; use one formatted as FAT32 or exFAT".to_owned(),
            ),
            Self::Write { source, .. } if read_only(source.kind()) => (
                "U 盘写不进去，可能有写保护；请拨开写保护开关，或换一个 U 盘".to_owned(),
                "the stick cannot be written; it may be write-protected: move its switch, or use another".to_owned(),
            ),
            Self::KeyStickStore => (
                "亭里的存储现在用不了，没做成钥匙盘，这个 U 盘现在打不开维护；请检查存储，再做一次".to_owned(),
                "the booth's store cannot be used now, so no key stick was made and this stick opens nothing; check the disk and make it again".to_owned(),
            ),
            Self::KeySticksKept => (
                "亭里的存储现在用不了，没能记下：钥匙盘现在都打不开维护了，但重新启动以后又会有效；请检查存储，再作废一次".to_owned(),
                "the booth's store cannot be used now, so this is forgotten at the next start: no key stick opens maintenance until then, and all of them do after it; check the disk and void them again".to_owned(),
            ),
            Self::Write { file, source } => (
                format!("没写完 {file}（{source}）；请把 U 盘插好再试一次，报告都还在亭里"),
                format!("{file} was not written to its end ({source}); put the stick in firmly and try again, the reports are still in the booth"),
            ),
            Self::NotAsWritten { .. } => (
                "写进 U 盘的内容读回来不一样，不能用它；请换一个 U 盘".to_owned(),
                "the stick does not give back what was written to it; use another".to_owned(),
            ),
            Self::Stopped => (
                "已停止；报告都还在亭里".to_owned(),
                "stopped; the reports are still in the booth".to_owned(),
            ),
            Self::KeySticksFull => (
                format!("已经有 {} 个钥匙盘；请先全部作废，再重新制作", key_stick::MOST),
                format!("there are {} key sticks already; forget them all, then make new ones", key_stick::MOST),
            ),
            Self::Randomness(_) => (
                "系统没有给出随机数，没做成钥匙盘；请重新启动再试".to_owned(),
                "the system gave no randomness and no key stick was made; restart and try again".to_owned(),
            ),
        };
        match lang {
            Lang::ZhCn => zh,
            Lang::En => en,
        }
    }

    /// The whole chain in English, for the log.
    #[must_use]
    pub fn for_the_log(&self) -> String {
        chain(self)
    }

    /// The same words where the stick could not even be made writable.
    #[must_use]
    pub fn not_writable(error: &UsbError) -> Self {
        Self::Write {
            file: String::new(),
            source: std::io::Error::new(ErrorKind::ReadOnlyFilesystem, chain(error)),
        }
    }
}

fn read_only(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied
    )
}
