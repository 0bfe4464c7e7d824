//! `verify`, `show` and `diff`: packs as a booth and as an author see them.

use super::{Failure, content, describe, difference, open, sign, trusted};
use crate::arguments::TrustArguments;
use serde_json::json;
use std::path::Path;
use xinting_author::{parallel, sounds};
use xinting_content::trust::SignedBy;
use xinting_content::{PackError, Trust};

pub(crate) fn verify(
    file: &Path,
    trust: &TrustArguments,
    at_least: Option<u64>,
    production: bool,
) -> Result<String, Failure> {
    let trust = trusted(trust)?;
    let pack = open(file, &trust, at_least)?;
    if production {
        pack.fit_for_production()
            .map_err(|error| Failure::about(file, &error))?;
    }
    let layer = content(file, &pack)?;
    // A booth decodes a sound when it plays it; here it is known before.
    sounds::decode(&pack, &layer.sounds, parallel::cores()).map_err(|faults| {
        let error = PackError::Content { faults };
        Failure::about(file, &error)
    })?;
    Ok(format!(
        "{}\nverified: {}\n{}",
        describe::layer(&layer),
        describe::signers(&pack),
        sign::enough(&pack, &trust),
    ))
}

pub(crate) fn show(file: &Path, trust: &TrustArguments, as_json: bool) -> Result<String, Failure> {
    let trust: Trust = trusted(trust)?;
    let pack = open(file, &trust, None)?;
    let layer = content(file, &pack)?;
    if !as_json {
        return Ok(describe::everything(&pack, &layer, &trust));
    }
    let manifest: serde_json::Value = serde_json::from_slice(pack.manifest_bytes())
        .map_err(|error| Failure::about(file, &error))?;
    let signers: Vec<String> = pack.signers().iter().map(ToString::to_string).collect();
    let shown = json!({
        "manifest": manifest,
        "signers": signers,
        "signed_by": match pack.signed_by() {
            SignedBy::Root => "root",
            SignedBy::Publisher => "publisher",
        },
        "things": describe::things(&layer),
    });
    printed(&shown)
}

pub(crate) fn diff(
    old: &Path,
    new: &Path,
    trust: &TrustArguments,
    as_json: bool,
) -> Result<String, Failure> {
    let trust = trusted(trust)?;
    let (before, after) = (open(old, &trust, None)?, open(new, &trust, None)?);
    let (from, to) = (content(old, &before)?, content(new, &after)?);
    let changes = difference::between((&before, &from), (&after, &to));
    if as_json {
        let shown = json!({
            "old": describe::info(before.info()),
            "new": describe::info(after.info()),
            "changes": changes,
        });
        return printed(&shown);
    }
    Ok(difference::told(&before, &after, &changes))
}

/// JSON, a thing a line.
pub(super) fn printed(value: &serde_json::Value) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    Ok(text.map_err(|error| Failure::refused(&error))? + "\n")
}
