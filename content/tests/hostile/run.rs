//! All the cases together: accepted before the change, refused after it, in the words that fit; and how many there are.

use crate::desk::{Base, Booth, Case, good, verdict};
use crate::{container, content, manifests, names, publishers, signatures, sizes};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

fn all() -> Vec<Case> {
    [
        container::cases(),
        names::cases(),
        sizes::cases(),
        manifests::cases(),
        signatures::cases(),
        publishers::cases(),
        content::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is wrong with how a case ended, if anything.
fn judge(case: &Case, good: &[u8]) -> Option<String> {
    let (bytes, booth) = case.make();
    let told = |what: String| {
        Some(format!(
            "{} / {} ({}): {what}",
            case.family, case.name, case.what
        ))
    };
    let untouched = bytes == good;
    if untouched
        && !case
            .changes
            .iter()
            .any(|change| matches!(change, crate::desk::Change::Booth(_)))
    {
        return told("the change changes nothing".to_owned());
    }
    match verdict(bytes, &booth) {
        Ok(_) => told("ACCEPTED".to_owned()),
        Err((variant, sentence)) => {
            let (expected, saying) = &case.refused;
            (variant != *expected || !sentence.contains(saying.as_str()))
                .then(|| {
                    told(format!(
                        "refused as {variant} “{sentence}”, expected {expected} “{saying}”"
                    ))
                })
                .flatten()
        }
    }
}

#[test]
fn every_hostile_pack_is_refused_for_its_reason() {
    let cases = all();
    let goods: BTreeMap<bool, Vec<u8>> = [Base::Starter, Base::School]
        .map(|base| (base == Base::Starter, good(base)))
        .into();
    for bytes in goods.values() {
        verdict(bytes.clone(), &Booth::trusting_the_publisher()).unwrap();
    }
    let mut families: BTreeMap<&str, usize> = BTreeMap::new();
    let mut names = BTreeSet::new();
    let mut wrong = Vec::new();
    let mut slowest = (std::time::Duration::ZERO, "");
    for case in &cases {
        let began = std::time::Instant::now();
        assert!(
            !case.what.is_empty() && !case.refused.0.is_empty(),
            "{}",
            case.name
        );
        assert!(
            names.insert((case.family, case.name.clone())),
            "{} / {} twice",
            case.family,
            case.name
        );
        wrong.extend(judge(case, &goods[&(case.base == Base::Starter)]));
        *families.entry(case.family).or_default() += 1;
        slowest = slowest.max((began.elapsed(), case.name.as_str()));
    }
    let mut out = std::io::stdout().lock();
    for (family, count) in &families {
        writeln!(out, "{count:5}  {family}").unwrap();
    }
    writeln!(
        out,
        "hostile packs: {} refused, {} accepted or refused for another reason; slowest: {} ({} ms)",
        cases.len() - wrong.len(),
        wrong.len(),
        slowest.1,
        slowest.0.as_millis()
    )
    .unwrap();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
    assert!(cases.len() >= 200, "only {} hostile packs", cases.len());
}

/// The same cases give the same bytes, or a failure could not be looked at again.
#[test]
fn hostile_packs_are_the_same_every_time() {
    for (first, second) in all().iter().zip(all()).step_by(7) {
        assert_eq!(first.make().0, second.make().0, "{}", first.name);
    }
}
