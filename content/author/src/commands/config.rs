//! `config`: a booth's configuration, signed, so that it can be carried to it on a stick.
//!
//! Whether the booth can use it, the booth says: it reads and validates it before it takes its place.
//! Here it is only seen to be TOML.

use super::sign::written;
use super::standing::{Standing, verdict_on_config};
use super::{Failure, Kind, expected, opened, signing_keys, text_of, trusted, write};
use crate::arguments::TrustArguments;
use std::path::{Path, PathBuf};
use xinting_content::Fault;
use xinting_content::document::{CONFIG, ConfigFor, Document, LARGEST_DOCUMENT_BYTES};
use xinting_content::layer::read_toml;

/// Where to look, for whoever has a key or a value wrong.
const CORRECT: &str = "correct it as TOML is written (https://toml.io); what a booth reads in its kiosk.toml is \
                       said in the project's README.md, under \"Setting up one booth\"";

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
        // It is no file of a pack, and the booth's own words for its keys are better than ours.
        let pointed = faults.into_iter().map(|mut fault| {
            fault.remedy = CORRECT.to_owned();
            fault
        });
        let faults: Vec<Fault> = pointed.collect();
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
    let pairs = signing_keys(signing, password_file)?;
    let signed = pairs
        .iter()
        .map(|pair| pair.sign_as(text.as_bytes(), &comment));
    let signatures: Vec<String> = signed.collect();
    let ids: Vec<String> = pairs.iter().map(|pair| pair.id().to_string()).collect();
    write(out, &written(CONFIG, text.as_bytes(), &signatures)?)?;
    let whose = whose(&config);
    Ok(format!(
        "configuration for {whose}, version {version}\n{}: signed by {}\nthe booth itself says whether it \
         can use it, before it takes its place\n",
        out.display(),
        ids.join(", ")
    ))
}

pub(crate) fn config_show(file: &Path, trust: &TrustArguments) -> Result<String, Failure> {
    let standing = Standing::of(trust)?;
    let document = standing.config(file)?;
    Ok(format!(
        "{}{}\n{}",
        told(file, &document)?,
        verdict_on_config(&standing.trusted, &document),
        String::from_utf8_lossy(&document.bytes)
    ))
}

pub(crate) fn config_verify(file: &Path, trust: &TrustArguments) -> Result<String, Failure> {
    let trusted = trusted(trust)?;
    expected(file, Kind::Config)?;
    let document = Document::open(opened(file)?, CONFIG, &trusted);
    let document = document.map_err(|error| Failure::about(file, &error))?;
    Ok(format!(
        "{}verified: {}",
        told(file, &document)?,
        verdict_on_config(&trusted, &document)
    ))
}

fn told(file: &Path, document: &Document) -> Result<String, Failure> {
    let config = document.config_for();
    let config = config.map_err(|error| Failure::about(file, &error))?;
    let ids: Vec<String> = document.signers.iter().map(ToString::to_string).collect();
    Ok(format!(
        "configuration for {}, version {}, signed by {}\n",
        whose(&config),
        config.version,
        ids.join(", ")
    ))
}

fn whose(config: &ConfigFor) -> String {
    match &config.booth {
        Some(booth) => format!("the booth {booth}"),
        None => "every booth".to_owned(),
    }
}
