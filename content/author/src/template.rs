//! A new folder to begin from: small, complete, and good as it stands.

use crate::place;
use std::io;
use std::path::{Path, PathBuf};
use xinting_content::{PackId, PackKind};

const FILES: [(&str, &str); 7] = [
    ("pack.toml", include_str!("../templates/pack.toml")),
    (
        "counsellor.toml",
        include_str!("../templates/counsellor.toml"),
    ),
    ("hotlines.toml", include_str!("../templates/hotlines.toml")),
    ("calendar.toml", include_str!("../templates/calendar.toml")),
    (
        "articles/finding-us.toml",
        include_str!("../templates/finding-us.toml"),
    ),
    (
        "articles/finding-us.zh-CN.md",
        include_str!("../templates/finding-us.zh-CN.md"),
    ),
    (
        "articles/finding-us.en.md",
        include_str!("../templates/finding-us.en.md"),
    ),
];

/// What comes with `--full`: an example of every kind of content beside the small pack.
const FURTHER: [(&str, &str); 6] = [
    (
        "instruments/week-check.toml",
        include_str!("../templates/full/week-check.toml"),
    ),
    (
        "practices/three-breaths.toml",
        include_str!("../templates/full/three-breaths.toml"),
    ),
    (
        "practices/three-breaths.zh-CN.vtt",
        include_str!("../templates/full/three-breaths.zh-CN.vtt"),
    ),
    (
        "practices/three-breaths.en.vtt",
        include_str!("../templates/full/three-breaths.en.vtt"),
    ),
    (
        "beds/drizzle.toml",
        include_str!("../templates/full/drizzle.toml"),
    ),
    (
        "support.toml",
        include_str!("../templates/full/support.toml"),
    ),
];

/// The lists of `pack.toml` that name what comes with `--full`.
const LISTED: [(&str, &str); 2] = [
    ("instruments = []", "instruments = [\"week-check\"]"),
    (
        "practices = []",
        "practices = [\"three-breaths\"]\nbeds = [\"drizzle\"]",
    ),
];

/// How much to begin from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A small pack: an article, the counsellor, the calendar.
    Small,
    /// And an example of every other kind of content.
    Full,
}

/// Why no folder was made.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Something is there.
    #[error("{0} is there already and not empty; name a new folder")]
    Exists(PathBuf),
    /// The disk refused.
    #[error(
        "writing {path}: {source}; check the folder that it is to lie in, who may write there, and the space in it"
    )]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Writes the folder of a new pack. Nothing that exists is touched.
///
/// # Errors
/// [`TemplateError`].
pub fn write(dir: &Path, id: &PackId, kind: PackKind, scope: Scope) -> Result<(), TemplateError> {
    let taken = match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(_) if dir.is_file() => true,
        Err(source) => {
            let path = dir.to_owned();
            return Err(TemplateError::Write { path, source });
        }
    };
    if taken {
        return Err(TemplateError::Exists(dir.to_owned()));
    }
    let further = FURTHER.iter().filter(|_| scope == Scope::Full);
    for (name, text) in FILES.iter().chain(further) {
        let path = dir.join(name);
        let mut text = text
            .replace("{id}", id.as_str())
            .replace("{kind}", kind.name())
            .replace(
                "{whose}",
                if kind == PackKind::District {
                    "我们区"
                } else {
                    "我们学校"
                },
            )
            .replace(
                "{whose_en}",
                if kind == PackKind::District {
                    "Our district"
                } else {
                    "Our school"
                },
            );
        if scope == Scope::Full {
            for (small, full) in LISTED {
                text = text.replace(small, full);
            }
        }
        let folder = path.parent().unwrap_or(dir);
        std::fs::create_dir_all(folder)
            .and_then(|()| place::write_whole(&path, text.as_bytes()))
            .map_err(|source| TemplateError::Write { path, source })?;
    }
    Ok(())
}
