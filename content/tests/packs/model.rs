//! Random lists and signers against a model that counts the rules out: whether a list is taken, whether
//! a pack is. The model knows keys as numbers and has no bytes.

use crate::lists::{list, revocation, school_pack, xkeys};
use crate::sample::{Signer, build, tiny};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::io::Cursor;
use std::sync::OnceLock;
use xinting_content::layer::PackKind;
use xinting_content::trust::{Content, Publisher};
use xinting_content::{KeyList, PackId, SignedBy, Text, Trust, VerifiedPack};

/// Keys 0 to 7.
fn signers() -> &'static [Signer] {
    static SIGNERS: OnceLock<Vec<Signer>> = OnceLock::new();
    SIGNERS.get_or_init(|| (0..8).map(|_| Signer::new()).collect())
}

type Keys = Vec<usize>;

/// A list as plain numbers; perhaps a bad one.
#[derive(Debug, Clone)]
struct Plain {
    version: u64,
    roots: Keys,
    threshold: usize,
    /// For the publishers `p0`, `p1`: keys, needed, school packs, counsellor.
    publishers: Vec<(Keys, usize, bool, bool)>,
    revoked: Keys,
    /// The keys that signed, in order, perhaps again and again.
    signed: Keys,
}

impl Plain {
    fn list(&self) -> KeyList {
        let publisher =
            |(at, (held, needs, schools, counsellor)): (usize, &(Keys, usize, bool, bool))| {
                Publisher {
                    id: PackId::new(&format!("p{at}")).unwrap(),
                    name: Text::new("某校", "A school").unwrap(),
                    keys: held.iter().map(|key| signers()[*key].public()).collect(),
                    needs: *needs,
                    packs: vec![if *schools {
                        PackKind::School
                    } else {
                        PackKind::District
                    }],
                    content: vec![if *counsellor {
                        Content::Counsellor
                    } else {
                        Content::Calendar
                    }],
                }
            };
        let mut list = list(self.version, &[]);
        list.roots = self
            .roots
            .iter()
            .map(|key| signers()[*key].public())
            .collect();
        list.threshold = self.threshold;
        list.publishers = self.publishers.iter().enumerate().map(publisher).collect();
        let revoked = self.revoked.iter();
        list.revoked = revoked
            .map(|key| revocation(signers()[*key].public().id()))
            .collect();
        list
    }

    /// Every key is named once and none of them is revoked; thresholds can be reached.
    fn is_well_made(&self) -> bool {
        let theirs = self.publishers.iter().flat_map(|publisher| &publisher.0);
        let named: Vec<usize> = self
            .roots
            .iter()
            .chain(theirs)
            .chain(&self.revoked)
            .copied()
            .collect();
        let once = named.iter().collect::<BTreeSet<_>>().len() == named.len();
        let reached = |needed: usize, keys: &Keys| needed >= 1 && needed <= keys.len();
        once && reached(self.threshold, &self.roots)
            && self
                .publishers
                .iter()
                .all(|(keys, needs, ..)| reached(*needs, keys))
    }
}

/// What the model trusts.
#[derive(Debug, Clone)]
struct Model {
    roots: BTreeSet<usize>,
    threshold: usize,
    in_force: Option<Plain>,
}

impl Model {
    fn takes(&self, next: &Plain) -> bool {
        let signed: BTreeSet<usize> = next.signed.iter().copied().collect();
        let new: BTreeSet<usize> = next.roots.iter().copied().collect();
        let revoked = self.in_force.iter().flat_map(|list| &list.revoked);
        let counts = |roots: &BTreeSet<usize>| signed.intersection(roots).count();
        next.is_well_made()
            && !signed.is_empty()
            && signed
                .iter()
                .all(|key| self.roots.contains(key) || new.contains(key))
            && !revoked.clone().any(|key| signed.contains(key))
            && counts(&self.roots) >= self.threshold
            && counts(&new) >= next.threshold
            && self
                .in_force
                .as_ref()
                .is_none_or(|list| next.version > list.version)
    }

    fn take(&mut self, next: &Plain) {
        self.roots = next.roots.iter().copied().collect();
        self.threshold = next.threshold;
        self.in_force = Some(next.clone());
    }

    /// A school's pack with a counsellor, by the publisher `p<at>`.
    fn permits(&self, at: usize, by: &Keys) -> Option<SignedBy> {
        let signed: BTreeSet<usize> = by.iter().copied().collect();
        let mut known = self.roots.clone();
        if let Some(list) = &self.in_force {
            known.extend(list.publishers.iter().flat_map(|publisher| &publisher.0));
            if list.revoked.iter().any(|key| signed.contains(key)) {
                return None;
            }
        }
        if signed.is_empty() || !signed.is_subset(&known) {
            return None;
        }
        if signed.iter().any(|key| self.roots.contains(key)) {
            return Some(SignedBy::Root);
        }
        let (keys, needs, schools, counsellor) = self.in_force.as_ref()?.publishers.get(at)?;
        let own = keys.iter().filter(|key| signed.contains(key)).count();
        (own >= *needs && *schools && *counsellor).then_some(SignedBy::Publisher)
    }
}

fn some_keys(most: usize) -> impl Strategy<Value = Keys> {
    prop::collection::vec(0usize..8, 0..=most)
}

/// Mostly good: eight keys dealt out to roots, publishers and the revoked, sometimes with a slip.
fn plain() -> impl Strategy<Value = Plain> {
    let deal = Just((0..8).collect::<Vec<usize>>()).prop_shuffle();
    let cuts = (1usize..4, 1usize..3, 1usize..3, 0usize..2);
    let needs = (1usize..3, 1usize..3, 1usize..3);
    let rights = prop::collection::vec((prop::bool::weighted(0.8), prop::bool::weighted(0.8)), 2);
    let slip = prop::option::weighted(0.1, (0usize..4, 0usize..8));
    (1u64..6, deal, cuts, needs, rights, some_keys(5), slip).prop_map(
        |(version, deal, (roots, first, second, revoked), needs, rights, signed, slip)| {
            let mut deal = deal.into_iter();
            let mut next = |count: usize| deal.by_ref().take(count).collect::<Keys>();
            let mut plain = Plain {
                version,
                roots: next(roots),
                threshold: needs.0,
                publishers: vec![
                    (next(first), needs.1.min(first), rights[0].0, rights[0].1),
                    (next(second), needs.2.min(second), rights[1].0, rights[1].1),
                ],
                revoked: next(revoked),
                signed,
            };
            match slip {
                Some((0, key)) => plain.roots.push(key),
                Some((1, key)) => plain.revoked.push(key),
                Some((2, key)) => plain.publishers[0].0.push(key),
                Some((_, needs)) => plain.publishers[1].1 = needs,
                None => {}
            }
            plain
        },
    )
}

fn check_packs(trust: &Trust, model: &Model, by: &Keys) -> Result<(), TestCaseError> {
    let signing: Vec<&Signer> = by.iter().map(|key| &signers()[*key]).collect();
    for at in 0..3 {
        let pack = school_pack(&format!("p{at}"), &signing);
        let found = VerifiedPack::open(Cursor::new(pack), trust, None);
        let found = found.ok().map(|pack| pack.signed_by());
        prop_assert_eq!(found, model.permits(at, by), "p{} by {:?}", at, by);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn lists_and_packs_are_taken_by_the_rules_and_by_nothing_else(
        first in prop::collection::btree_set(0usize..8, 1..4),
        lists in prop::collection::vec(plain(), 1..6),
        packs in prop::collection::vec(some_keys(3), 1..5),
        help in 0usize..3,
    ) {
        let keys = first.iter().map(|key| signers()[*key].public()).collect();
        let mut trust = Trust::roots(keys);
        let mut model = Model { roots: first, threshold: 1, in_force: None };
        for mut next in lists {
            if help > 0 {
                // Otherwise most lists lack a signature: here none does, or one key signs thrice.
                next.signed.retain(|key| model.roots.contains(key) || next.roots.contains(key));
                next.signed.extend(model.roots.iter().chain(&next.roots));
                if help > 1 {
                    next.signed = vec![next.signed[0]; 3];
                }
                next.version += model.in_force.as_ref().map_or(0, |list| list.version);
            }
            let signing: Vec<&Signer> = next.signed.iter().map(|key| &signers()[*key]).collect();
            let file = xkeys(&next.list(), &signing);
            let found = trust.accept(file.as_slice());
            prop_assert_eq!(found.is_ok(), model.takes(&next), "{:?}: {:?} {:?}", found.err(), model, next);
            if let Ok((after, _)) = found {
                trust = after;
                model.take(&next);
            }
            for by in &packs {
                check_packs(&trust, &model, by)?;
            }
        }
    }
}

/// The generator above is worth something: of its lists many are taken and many refused.
#[test]
fn the_model_takes_and_refuses() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let model = Model {
        roots: BTreeSet::from([0, 1, 2]),
        threshold: 1,
        in_force: None,
    };
    let mut taken = 0;
    for _ in 0..400 {
        let mut next = plain().new_tree(&mut runner).unwrap().current();
        next.signed = next.roots.iter().copied().chain([0]).collect();
        taken += usize::from(model.takes(&next));
    }
    assert!((100..390).contains(&taken), "{taken} of 400");
    let root = &signers()[0];
    assert!(VerifiedPack::open(Cursor::new(build(&tiny(), root)), &root.trust(), None).is_ok());
}
