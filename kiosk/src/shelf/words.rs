//! What an admin reads when a pack is refused or another one serves: which pack, what is wrong, what to do.
//!
//! The sentences of a refused pack are `content`'s in English; here they are in Chinese, beside those of this module.

use super::{Change, ChangeKind, ShelfError, ShelfNotice, What};
use crate::error::chain;
use xinting_content::pack::PackError;
use xinting_content::{Forbidden, Lang, LibraryError};

impl ShelfError {
    /// One sentence for the admin.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Pack(error) => return pack(error, lang),
            Self::Library(error) => return library(error, lang),
            Self::Already { version } => (
                format!("这个版本（{version}）已经装好了，不用再装"),
                format!("this version ({version}) is already installed; there is nothing to do"),
            ),
            Self::NothingKept => (
                "这台心亭里没有保留别的版本，退不回去".to_owned(),
                "no other version is kept here; there is nothing to go back to".to_owned(),
            ),
            Self::KeptBad { version } => (
                format!(
                    "保留的版本 {version} 在本机的存储上坏了，换不过去；现在这样照常能用，要换就用 U 盘装一个更新的版本"
                ),
                format!(
                    "version {version}, which was kept, has gone bad on the booth's disk; the booth goes on as it is, and a newer version can be installed from a stick"
                ),
            ),
            Self::StillNeeded(reason) => (
                format!("别的内容包还少不了它，没有停用：{}", library(reason, Lang::ZhCn)),
                format!(
                    "the other packs cannot do without it, and it stays in service: {}",
                    library(reason, Lang::En)
                ),
            ),
            Self::NothingLeft(reason) => (
                format!(
                    "照这份密钥清单，亭里的内容包就都不能用了（{}），所以没有启用它；请先装上由根密钥签名的内容包，再试一次",
                    library(reason, Lang::ZhCn)
                ),
                format!(
                    "by this key list none of the packs here could be shown any more ({}), so it is not in force; install packs signed by a root key first",
                    library(reason, Lang::En)
                ),
            ),
            Self::OtherPublisher { publisher } => (
                format!("这个内容包的编号归另一位发布者（{publisher}）；请向发布者核实，或请根密钥的保管人签名"),
                format!(
                    "packs of this id are published by {publisher}; ask who made this one, or have it signed by a root key"
                ),
            ),
            Self::Changed => (
                "U 盘前后两次给出的内容不一样，没有安装；请换一个 U 盘，重新拷贝".to_owned(),
                "the stick gave other bytes than when it was looked at, and nothing was installed; use another stick and copy the file again"
                    .to_owned(),
            ),
            Self::DiskSpoils => (
                "写进亭里的内容读出来不一样，没有安装；亭里的存储可能坏了，请更换".to_owned(),
                "what was written to the booth's disk came back otherwise and nothing was installed; the disk may be failing, replace it"
                    .to_owned(),
            ),
            Self::NoRoom {
                needed_bytes,
                free_bytes,
            } => (
                format!(
                    "亭里的存储空间不够：要 {} MB，只剩 {} MB；请先腾出空间",
                    megabytes(*needed_bytes),
                    free_bytes / MEGABYTE
                ),
                format!(
                    "there is too little room in the booth: {} MB are needed and {} MB are free; make room first",
                    megabytes(*needed_bytes),
                    free_bytes / MEGABYTE
                ),
            ),
            Self::StickUnreadable(error) => (
                format!("读不了这个 U 盘（{error}）；请拔下重插，或换一个 U 盘"),
                format!(
                    "the stick cannot be read ({error}); take it out and put it in again, or use another"
                ),
            ),
            Self::StickGone => (
                "还没读完，U 盘就被拔出了；请插回去再试一次".to_owned(),
                "the stick was pulled out before it was read; put it in again".to_owned(),
            ),
            Self::Stopped => (
                "已停止，没有安装；亭里的内容没有变".to_owned(),
                "stopped; nothing was installed and the booth keeps what it had".to_owned(),
            ),
            Self::DiskFull { .. } => (
                "亭里的存储空间满了，没有安装；请先腾出空间".to_owned(),
                "the booth's disk is full and nothing was installed; make room on it first"
                    .to_owned(),
            ),
            Self::Disk { .. } => (
                format!("亭里的存储写不进去，没有安装；请检查存储：{}", chain(self)),
                format!(
                    "the booth's disk cannot be written and nothing was installed; check it: {}",
                    chain(self)
                ),
            ),
        };
        choose(lang, zh, en)
    }
}

impl ShelfNotice {
    /// One sentence for the admin and the log.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::NotUsable {
                id,
                version,
                reason,
                instead,
            } => {
                let (zh, en) = match instead {
                    Some(instead) => (
                        format!("现在用的是版本 {instead}"),
                        format!("version {instead} serves instead"),
                    ),
                    None => (
                        "现在没有可用的版本".to_owned(),
                        "no version of it serves".to_owned(),
                    ),
                };
                (
                    format!(
                        "内容包“{id}”版本 {version} 用不了，{zh}；请重新安装。原因：{}",
                        kept(reason, Lang::ZhCn)
                    ),
                    format!(
                        "pack {id} version {version} cannot be used and {en}; install it again: {}",
                        kept(reason, Lang::En)
                    ),
                )
            }
            Self::ImageNotUsable { file, reason } => (
                format!(
                    "系统自带的内容包 {file} 用不了：{}",
                    kept(reason, Lang::ZhCn)
                ),
                format!(
                    "the pack {file} that came with the system cannot be used: {}",
                    kept(reason, Lang::En)
                ),
            ),
            Self::WentBad {
                id,
                version,
                instead: Some(instead),
            } => (
                format!(
                    "内容包“{id}”版本 {version} 在存储上坏了，现在用的是版本 {instead}；请重新安装"
                ),
                format!(
                    "pack {id} version {version} has gone bad on the disk and version {instead} serves; install it again"
                ),
            ),
            Self::WentBad {
                id,
                version,
                instead: None,
            } => (
                format!("内容包“{id}”版本 {version} 在存储上坏了，也没有别的版本；请重新安装"),
                format!(
                    "pack {id} version {version} has gone bad on the disk and no other version is here; install it again"
                ),
            ),
            Self::BadServes { id, version } => (
                format!(
                    "内容包“{id}”版本 {version} 有一部分坏了，因为没有别的可用，先用着；请尽快重新安装"
                ),
                format!(
                    "pack {id} version {version} is partly bad and serves because nothing else does; install it again soon"
                ),
            ),
            Self::RatchetLost { id } => (
                format!("内容包“{id}”装过的最高版本的记录坏了，已按现有版本重新记下"),
                format!(
                    "how high the versions of pack {id} had been was lost; it begins again with what is here"
                ),
            ),
            Self::KeptInMemory { reason } => (
                format!(
                    "现在允许使用的内容包合不成一套，先接着用内存里的；请装上可用的内容包：{}",
                    library(reason, Lang::ZhCn)
                ),
                format!(
                    "the packs that may be used now make no library, so the one in memory stays; install packs that do: {}",
                    library(reason, Lang::En)
                ),
            ),
            Self::PointerLost {
                id,
                serves: Some(version),
            } => (
                format!("内容包“{id}”的版本记录丢了，现在用能找到的最新版本 {version}"),
                format!(
                    "which version of pack {id} serves was lost; version {version}, the newest that is good, does"
                ),
            ),
            Self::PointerLost { id, serves: None } => (
                format!("内容包“{id}”的版本记录丢了，也没有可用的版本；请重新安装"),
                format!(
                    "which version of pack {id} serves was lost and none is good; install it again"
                ),
            ),
            Self::LeftOut {
                id,
                version,
                reason,
            } => (
                format!(
                    "内容包“{id}”版本 {version} 和其他内容包合不到一起，先不用它：{}",
                    library(reason, Lang::ZhCn)
                ),
                format!(
                    "pack {id} version {version} was left out: {}",
                    library(reason, Lang::En)
                ),
            ),
            Self::Disk { path, reason } => (
                format!("读写 {} 时出错（{reason}）；请检查存储", path.display()),
                format!(
                    "{} cannot be read or written ({reason}); check the disk",
                    path.display()
                ),
            ),
        };
        choose(lang, zh, en)
    }
}

const MEGABYTE: u64 = 1_000_000;

/// Rounded up: what is said to be needed is enough.
fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(MEGABYTE)
}

impl Change {
    /// What would be different, in a few words.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        let (zh_kind, en_kind) = match self.kind {
            ChangeKind::Added => ("新", "New"),
            ChangeKind::Changed => ("改", "Changed"),
            ChangeKind::Removed => ("去掉", "Removed"),
        };
        let (zh_what, en_what) = match self.what {
            What::Hotlines => ("热线", "hotlines"),
            What::Support => ("支持的话", "support words"),
            What::Counsellor => ("心理老师", "counsellor"),
            What::Instrument => ("自评", "self-check"),
            What::Article => ("文章", "article"),
            What::Practice => ("放松练习", "practice"),
            What::Bed => ("背景声", "bed of sound"),
            What::Sound => ("声音", "sound"),
            What::Calendar => ("每日一句", "daily sentences"),
        };
        let title = self.title.as_ref().map(|title| title.get(lang));
        let name = title.unwrap_or(&self.id);
        let (zh_rest, en_rest) = match name {
            "" => (String::new(), String::new()),
            name => (format!("：{name}"), format!(": {name}")),
        };
        let zh = format!("{zh_kind}{zh_what}{zh_rest}");
        choose(lang, zh, format!("{en_kind} {en_what}{en_rest}"))
    }
}

fn choose(lang: Lang, zh: String, en: String) -> String {
    match lang {
        Lang::ZhCn => zh,
        Lang::En => en,
    }
}

/// Why a pack on the booth's own disk cannot be used: no stick is to blame.
fn kept(error: &PackError, lang: Lang) -> String {
    let (zh, en) = match error {
        PackError::Io(_) => (
            "亭里存着的文件读不出来",
            "its file on the booth's disk cannot be read",
        ),
        PackError::Truncated { .. } => (
            "亭里存着的文件不完整",
            "its file on the booth's disk is not whole",
        ),
        PackError::Altered { .. } => (
            "亭里存着的文件和签名对不上了",
            "its file on the booth's disk does not fit its signature any more",
        ),
        _ => return pack(error, lang),
    };
    choose(lang, zh.to_owned(), en.to_owned())
}

fn pack(error: &PackError, lang: Lang) -> String {
    let zh = match error {
        PackError::Io(_) => "内容包读不完整；请检查 U 盘，重新拷贝一次".to_owned(),
        PackError::NotAPack { .. } => "这不是内容包；请选用 xinting-pack 做出来的文件".to_owned(),
        PackError::Truncated {
            found,
            expected: Some(bytes),
        } => {
            format!(
                "内容包不完整：应有 {bytes} 字节，只有 {found} 字节；请重新拷贝，拷完先弹出再拔"
            )
        }
        PackError::Truncated {
            found,
            expected: None,
        } => {
            format!("内容包不完整，到 {found} 字节就断了；请重新拷贝，拷完先弹出再拔")
        }
        PackError::Altered { .. } => "内容包被改动过，和签名对不上；请向发布者重新索取".to_owned(),
        PackError::Unsigned => "内容包没有签名；请向发布者索取签过名的文件".to_owned(),
        PackError::Stranger { key } => {
            format!(
                "内容包由本机不认识的密钥 {key} 签名，没有安装；请问发给您的人，或请区里把这位发布者写进密钥清单"
            )
        }
        PackError::Revoked { key } => {
            format!("内容包由已作废的密钥 {key} 签名；请向发布者索取用新密钥签名的内容包")
        }
        PackError::NotPermitted { what } => {
            let why = match what {
                Forbidden::UnknownPublisher { publisher } => {
                    format!("密钥清单里没有发布者“{publisher}”")
                }
                Forbidden::OthersKey { publisher } => {
                    format!("它说自己是“{publisher}”的，签名的却是别的发布者")
                }
                Forbidden::Kind { publisher, kind } => {
                    format!("“{publisher}”不可以发布这一类（{kind}）的内容包")
                }
                Forbidden::File { publisher, file } => {
                    format!("“{publisher}”不可以发布 {file}")
                }
            };
            format!("内容包没有得到许可：{why}；请让有权的人签名，或联系密钥清单的管理人")
        }
        PackError::TooFewSignatures { have, need } => {
            format!("内容包的签名不够：要 {need} 个，只有 {have} 个；请发布者补签")
        }
        PackError::NoTrust => {
            "这台心亭还没有信任任何公钥，什么内容包都不能装；请先把公钥装进 trust/".to_owned()
        }
        PackError::Older { found, installed } => {
            format!(
                "这是版本 {found}，本机装过版本 {installed}，不能再装更旧的；请用版本 {installed} 或更新的，要旧的就用“退回上一版”"
            )
        }
        PackError::Newer { .. } => "内容包需要更新的程序；请先给心亭升级".to_owned(),
        PackError::Sample { id } => {
            format!("“{id}”是示例内容包，正式使用的心亭不装；请安装学校自己的内容包")
        }
        PackError::TooLarge { .. } => "内容包太大了；请删减一些文件，重新制作".to_owned(),
        PackError::BadlyMade { .. } => {
            "内容包的签名有效，但文件格式不符合规定；请用这一版 xinting-pack 重新制作".to_owned()
        }
        PackError::Content { faults } => {
            format!(
                "内容包里有 {} 处内容不合要求；请作者运行 xinting-pack check 查看",
                faults.len()
            )
        }
        PackError::NoSuchFile { name } => format!("内容包里缺少 {name}；请重新安装"),
    };
    choose(lang, zh, error.to_string())
}

fn library(error: &LibraryError, lang: Lang) -> String {
    let zh = match error {
        LibraryError::Pack(error) => return pack(error, lang),
        LibraryError::NoLine => "合起来没有一条可打的求助热线；请装上基础内容包".to_owned(),
        LibraryError::NoSupport => "合起来没有支持的话；请装上基础内容包".to_owned(),
        LibraryError::NoCounsellor => "合起来没有写明可以找谁；请装上基础内容包".to_owned(),
        LibraryError::Dangling {
            instrument,
            suggestion,
        } => {
            format!("“{instrument}”推荐的 {suggestion} 哪个内容包里都没有；请作者补上")
        }
        LibraryError::NoBed { practice, bed } => {
            format!("练习“{practice}”要用背景声 {bed}，可是哪个内容包里都没有；请作者补上")
        }
        LibraryError::Order { above, below } => {
            format!("{above} 类内容包不能放在 {below} 类之上；请重新制作")
        }
    };
    choose(lang, zh, error.to_string())
}
