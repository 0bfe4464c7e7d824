//! `config`: a booth's configuration, signed, so that it can be carried to it on a stick.
//!
//! Whether the booth can use it, the booth says: it reads and validates it before it takes its place.
//! Here it is only seen to be TOML.

use super::sign::written;
use super::{Failure, known, opened, password, text_of, write};
use crate::arguments::TrustArguments;
use std::path::{Path, PathBuf};
use xinting_author::keys::SigningPair;
use xinting_content::document::{CONFIG, ConfigFor, Document, LARGEST_DOCUMENT_BYTES};
use xinting_content::layer::read_toml;

pub(crate) fn config_build(
    file: &Path,
    booth: &str,
    version: u64,
    out: &Path,
    signing: &[PathBuf],
    password_file: Option<&Path>,
) -> Result<String, Failure> {
    let text = text_of(file)?;
    let (_, faults) = read_toml::<toml::Table>(&file.display().to_string(), &text);
    if !faults.is_empty() {
        return Err(Failure::Refused(super::listed(&faults)));
    }
    if text.len() > LARGEST_DOCUMENT_BYTES as usize {
        let text = format!(
            "error: {} is larger than a configuration may be",
            file.display()
        );
        return Err(Failure::Refused(text));
    }
    let plain = |byte: u8| byte.is_ascii_graphic();
    if booth.is_empty() || !booth.bytes().all(plain) {
        let text = format!(
            "“{booth}” is no booth's id; write it as the district names it, or '*' for all"
        );
        return Err(Failure::misuse(text));
    }
    if version == 0 || version > u64::from(u32::MAX) {
        return Err(Failure::misuse(
            "begin with --version 1 and add 1 with every configuration",
        ));
    }
    let config = ConfigFor {
        booth: (booth != "*").then(|| booth.to_owned()),
        version,
    };
    let comment = config.trusted_comment();
    let mut signatures = Vec::new();
    let mut ids: Vec<String> = Vec::new();
    for path in signing {
        let secret = password_file.map(password).transpose()?;
        let pair = SigningPair::open(path, secret).map_err(|error| Failure::refused(&error))?;
        if ids.contains(&pair.id().to_string()) {
            return Err(Failure::misuse(format!(
                "{} is named twice",
                path.display()
            )));
        }
        ids.push(pair.id().to_string());
        signatures.push(pair.sign_as(text.as_bytes(), &comment));
    }
    write(out, &written(CONFIG, text.as_bytes(), &signatures)?)?;
    let whose = match &config.booth {
        Some(booth) => format!("the booth {booth}"),
        None => "every booth".to_owned(),
    };
    Ok(format!(
        "configuration for {whose}, version {version}\n{}: signed by {}\nthe booth itself says whether it \
         can use it, before it takes its place\n",
        out.display(),
        ids.join(", ")
    ))
}

pub(crate) fn config_show(file: &Path, trust: &TrustArguments) -> Result<String, Failure> {
    let (_, known) = known(trust)?;
    let document = Document::open(opened(file)?, CONFIG, &known);
    let document = document.map_err(|error| Failure::about(file, &error))?;
    let config = document.config_for();
    let config = config.map_err(|error| Failure::about(file, &error))?;
    let whose = match &config.booth {
        Some(booth) => format!("the booth {booth}"),
        None => "every booth".to_owned(),
    };
    let ids: Vec<String> = document.signers.iter().map(ToString::to_string).collect();
    Ok(format!(
        "configuration for {whose}, version {}, signed by {}\n\n{}",
        config.version,
        ids.join(", "),
        String::from_utf8_lossy(&document.bytes)
    ))
}
