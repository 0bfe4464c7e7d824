//! The words of the command line.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(
    name = "xinting-pack",
    version,
    about = "Checks, builds, signs and verifies content packs for a Xinting booth",
    after_help = "A pack is a folder of text files (see content/FORMAT.md) made into one signed file:\n\n  \
        xinting-pack new my-school                         a folder to begin from\n  \
        xinting-pack check my-school                       every fault, with file, line and remedy\n  \
        xinting-pack preview my-school -o pictures         how the booth will show it\n  \
        xinting-pack keygen my-school                      my-school.key (secret) and my-school.pub\n  \
        xinting-pack build my-school -o my.xpack --key my-school.key\n  \
        xinting-pack verify my.xpack --trust my-school.pub\n  \
        xinting-pack diff old.xpack my.xpack --trust my-school.pub\n\n\
        Key lists (*.xkeys): xinting-pack keys new, check, build, sign, show, verify\n\
        Configurations (*.xconf): xinting-pack config build, show, verify; sign adds a signature\n\n\
        A file is replaced whole or not at all. -o writes through a link to the file it stands for, and\n\
        never in the place of a device or a pipe.\n\n\
        docs/authors.md goes through it from an empty desk to a stick in the booth.\n\n\
        Inside a clone of the project, commands use its development key (.dev/pack.key,\n\
        .dev/pack.pub, made on first use) where none is named.\n\n\
        Exit status: 0 good, 1 refused, 2 misuse."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes a folder to begin from: a small pack that is good as it stands.
    New {
        /// The folder to make.
        dir: PathBuf,
        /// The pack's id. [default: the folder's name]
        #[arg(long)]
        id: Option<String>,
        /// Whose pack it is.
        #[arg(long, default_value = "school", value_parser = ["district", "school"])]
        kind: String,
        /// With a commented example of every kind of content.
        #[arg(long)]
        full: bool,
    },
    /// Checks a folder and names every fault with file, line, column and remedy; warnings beside them.
    ///
    /// Faults are what a booth would refuse (status 1). Warnings are what an author may want to better
    /// (status 0). Every sound is measured.
    Check {
        /// The folder that holds pack.toml.
        dir: PathBuf,
        /// A pack below it, as starter.xpack (or its folder): then every reference is checked, as a booth
        /// will. May be given several times.
        #[arg(long, value_name = "PACK")]
        over: Vec<PathBuf>,
        #[command(flatten)]
        trust: TrustArguments,
    },
    /// Builds a folder into one signed pack: checks it, renders its sounds, measures loudness.
    ///
    /// The same folder, key and tool give the same bytes. Rendered and measured sounds are kept for the
    /// next build. The file appears whole or not at all.
    Build {
        /// The folder that holds pack.toml.
        dir: PathBuf,
        /// The pack to write, by custom *.xpack, replaced if it is there; or a folder, such as a stick.
        #[arg(short, long)]
        out: PathBuf,
        /// How many sounds and files are worked on at once. [default: as many as there are cores]
        #[arg(short, long)]
        jobs: Option<usize>,
        #[command(flatten)]
        signing: Signing,
    },
    /// Shows what a pack or folder looks like: the booth's own pictures of it, and a page with them.
    ///
    /// No key is needed: the pictures are drawn with one that exists for this run only.
    Preview {
        /// A folder that holds pack.toml, or a pack.
        of: PathBuf,
        /// The folder of the pictures and of index.html.
        #[arg(short, long)]
        out: PathBuf,
        /// The packs below it, as starter.xpack or its folder. [default: the clone's starter]
        #[arg(long, value_name = "PACK")]
        over: Vec<PathBuf>,
        /// The booth's program. [default: beside this tool, then on PATH]
        #[arg(long, value_name = "FILE")]
        kiosk: Option<PathBuf>,
        #[command(flatten)]
        look: Look,
        #[command(flatten)]
        trust: TrustArguments,
    },
    /// Makes a key pair, NAME.key (secret, encrypted by a password) and NAME.pub, in minisign's format.
    Keygen {
        /// Path and name of the pair; an ending .key or .pub is not part of it.
        name: PathBuf,
        /// Do not encrypt the secret key. Only for keys that no real booth trusts.
        #[arg(long, conflicts_with = "password_file")]
        no_password: bool,
        /// Take the password from the first line of this file instead of asking.
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Adds a further signature to a pack, key list or configuration whose present ones are by known keys.
    ///
    /// With --keys LIST it says how many signatures the list asks for, and how many there are. A key whose
    /// signature would not count, or would spoil the file for a booth with these roots and lists, is refused,
    /// and the file is left as it was.
    Sign {
        /// The file.
        file: PathBuf,
        /// Where to write it; without this the file itself is replaced.
        #[arg(short, long)]
        out: Option<PathBuf>,
        #[command(flatten)]
        signing: Signing,
        #[command(flatten)]
        trust: TrustArguments,
    },
    /// Verifies a pack as a booth would: every signature, every byte, all content; and decodes every sound.
    Verify {
        /// The pack.
        file: PathBuf,
        #[command(flatten)]
        trust: TrustArguments,
        /// Refuse a version lower than this, as a booth that has it installed would.
        #[arg(long, value_name = "VERSION")]
        at_least: Option<u64>,
        /// Refuse a sample (示例), as a booth in production would.
        #[arg(long)]
        production: bool,
    },
    /// Verifies a pack and shows all that is in it.
    Show {
        /// The pack.
        file: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        trust: TrustArguments,
    },
    /// Verifies two packs and says what the newer one changes, in an author's words.
    ///
    /// What changes how an instrument scores, or where a call goes, is marked ⚠.
    Diff {
        /// The older pack.
        old: PathBuf,
        /// The newer pack.
        new: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        trust: TrustArguments,
    },
    /// Key lists: who may publish what on a district's booths.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Signed configurations, carried to a booth on a stick.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Scores one sheet and prints JSON: total, subscales, band, valid, risk.
    ///
    /// `total` is as scored (WHO-5 is 0 to 100). `risk` is true only when a risk item is endorsed; a
    /// band never sets it.
    Score {
        /// A pack, or a folder that holds pack.toml.
        pack: PathBuf,
        /// The instrument's id, for instance phq-a.
        instrument: String,
        /// The value chosen for each item, in order.
        #[arg(
            long,
            value_delimiter = ',',
            required = true,
            allow_hyphen_values = true
        )]
        answers: Vec<i32>,
        #[command(flatten)]
        trust: TrustArguments,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Makes a keys.toml to begin from.
    New {
        /// The file to make.
        file: PathBuf,
        /// Who issues the list: an id that never changes.
        #[arg(long)]
        issuer: String,
        /// A root's public key; may be given several times.
        #[arg(long = "root", value_name = "KEY", required = true)]
        roots: Vec<PathBuf>,
    },
    /// Checks a keys.toml and names every fault.
    Check {
        /// The keys.toml.
        file: PathBuf,
    },
    /// Builds and signs a key list.
    ///
    /// A list is taken by a booth if enough of the roots in force before it signed it, and enough of the
    /// roots it names itself: to change roots, sign with the old and the new one.
    ///
    /// With --trust and --keys it is judged as a booth would that has those. Revocations of the lists before
    /// it are carried on. Without them it is a first list, signed by roots that it names.
    Build {
        /// The keys.toml.
        file: PathBuf,
        /// The key list to write, by custom *.xkeys.
        #[arg(short, long)]
        out: PathBuf,
        /// A root's secret key; may be given several times.
        #[arg(long = "key", value_name = "KEY", required = true)]
        key: Vec<PathBuf>,
        /// Take the keys' password from the first line of this file instead of asking.
        #[arg(long)]
        password_file: Option<PathBuf>,
        /// Let go of the revocation of this key, which an earlier list (--keys) made; only if no copy of the
        /// key exists anywhere any more. May be given several times.
        #[arg(long, value_name = "KEY ID")]
        drop_revocation: Vec<String>,
        #[command(flatten)]
        after: TrustArguments,
    },
    /// Adds a root's signature to a key list; the same as `xinting-pack sign`.
    Sign {
        /// The key list.
        file: PathBuf,
        /// Where to write it; without this the file itself is replaced.
        #[arg(short, long)]
        out: Option<PathBuf>,
        #[command(flatten)]
        signing: Signing,
        #[command(flatten)]
        trust: TrustArguments,
    },
    /// Shows a key list whose signatures are by known keys.
    Show {
        /// The key list.
        file: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        trust: TrustArguments,
    },
    /// Verifies that a booth with these roots (and --keys lists before it) takes this list.
    Verify {
        /// The key list.
        file: PathBuf,
        #[command(flatten)]
        trust: TrustArguments,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Signs a kiosk.toml for one booth or for all.
    Build {
        /// The kiosk.toml.
        file: PathBuf,
        /// The booth's id, or '*' for every booth.
        #[arg(long)]
        booth: String,
        /// Rises with every configuration; a booth takes none below the one it has.
        #[arg(long)]
        version: u64,
        /// The file to write, by custom *.xconf.
        #[arg(short, long)]
        out: PathBuf,
        /// A root's secret key; may be given several times.
        #[arg(long = "key", value_name = "KEY", required = true)]
        key: Vec<PathBuf>,
        /// Take the keys' password from the first line of this file instead of asking.
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Shows a signed configuration whose signatures are by roots in force, and says if any is missing.
    Show {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        trust: TrustArguments,
    },
    /// Verifies that a booth with these roots (and --keys lists) takes this configuration.
    ///
    /// Every signature is by a root in force, and there are as many as the list in force asks for. Whether
    /// the booth can use what is written in it, the booth says.
    Verify {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        trust: TrustArguments,
    },
}

/// With which key to sign.
#[derive(Debug, Args)]
pub(crate) struct Signing {
    /// The secret key to sign with. [default: the clone's development key]
    #[arg(long)]
    pub(crate) key: Option<PathBuf>,
    /// Take the key's password from the first line of this file instead of asking.
    #[arg(long, requires = "key")]
    pub(crate) password_file: Option<PathBuf>,
}

/// Whom to trust.
#[derive(Debug, Args)]
pub(crate) struct TrustArguments {
    /// A root's public key; may be given several times. [default: the clone's development key]
    #[arg(long = "trust", value_name = "KEY")]
    pub(crate) keys: Vec<PathBuf>,
    /// A key list that these roots signed, and the next ones after it in their order.
    #[arg(long = "keys", value_name = "LIST")]
    pub(crate) lists: Vec<PathBuf>,
}

/// How a preview looks.
#[derive(Debug, Args)]
pub(crate) struct Look {
    /// Width and height in pixels. [default: 1080x1920]
    #[arg(long, value_name = "WxH")]
    pub(crate) size: Option<String>,
    /// The language of the screens.
    #[arg(long, value_parser = ["zh-CN", "en"])]
    pub(crate) lang: Option<String>,
    /// Who looks.
    #[arg(long, value_parser = ["primary", "junior", "senior", "parent"])]
    pub(crate) audience: Option<String>,
}
