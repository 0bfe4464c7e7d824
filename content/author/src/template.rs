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

/// Why no folder was made.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Something is there.
    #[error("{0} is there already and not empty; name a new folder")]
    Exists(PathBuf),
    /// The disk refused.
    #[error("writing {path}")]
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
pub fn write(dir: &Path, id: &PackId, kind: PackKind) -> Result<(), TemplateError> {
    let taken = match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    };
    if taken {
        return Err(TemplateError::Exists(dir.to_owned()));
    }
    for (name, text) in FILES {
        let path = dir.join(name);
        let text = text
            .replace("{id}", id.as_str())
            .replace("{kind}", kind.name());
        let folder = path.parent().unwrap_or(dir);
        std::fs::create_dir_all(folder)
            .and_then(|()| place::write_whole(&path, text.as_bytes()))
            .map_err(|source| TemplateError::Write { path, source })?;
    }
    Ok(())
}
