//! Who may publish what: packs that are whole and signed, by a key that may not sign this.
//!
//! The booth trusts one root and has its key list; the school `our-school` may publish its own counsellor and articles,
//! one key of two being enough; the district needs two of three keys.

use crate::desk::{Base, Booth, Case, Signed, publisher};
use crate::keys::Key;
use xinting_content::id::PackId;
use xinting_content::layer::PackKind;
use xinting_content::trust::{Content, KeyList, Publisher, Revocation, Trust};
use xinting_content::{Text, document::Document};

const FAMILY: &str = "publishers";

pub(crate) fn root() -> Key {
    Key::named("root")
}

pub(crate) fn district(number: usize) -> Key {
    Key::named(&format!("district {number}"))
}

fn other_school() -> Key {
    Key::named("other school")
}

/// The list that a booth has in force here.
pub(crate) fn list() -> KeyList {
    let one = |id: &str, keys: &[Key], needs, packs: &[PackKind], content: &[Content]| Publisher {
        id: PackId::new(id).unwrap(),
        name: Text::new("某处", "Some place").unwrap(),
        keys: keys.iter().map(Key::public).collect(),
        needs,
        packs: packs.to_vec(),
        content: content.to_vec(),
    };
    let school = [Content::Counsellor, Content::Articles];
    KeyList {
        issuer: PackId::new("district").unwrap(),
        version: 5,
        issued: jiff::civil::date(2026, 11, 1),
        until: jiff::civil::date(2027, 11, 1),
        roots: vec![root().public()],
        threshold: 1,
        publishers: vec![
            one(
                "our-school",
                &[publisher(), Key::named("deputy")],
                1,
                &[PackKind::School],
                &school,
            ),
            one(
                "other-school",
                &[other_school()],
                1,
                &[PackKind::School],
                &school,
            ),
            one(
                "district",
                &[district(1), district(2), district(3)],
                2,
                &[PackKind::District],
                &Content::ALL,
            ),
        ],
        revoked: Vec::new(),
    }
}

/// A file of this list, signed by these keys.
pub(crate) fn signed_list(list: &KeyList, keys: &[Key]) -> Vec<u8> {
    let bytes = list.to_bytes();
    let texts: Vec<String> = keys
        .iter()
        .map(|key| key.sign(&bytes, &list.trusted_comment()))
        .collect();
    let mut out = Vec::new();
    Document::write(&mut out, "keys.json", &bytes, &texts).unwrap();
    out
}

/// A booth with this list in force.
pub(crate) fn booth_with(list: &KeyList) -> Booth {
    let roots = Trust::roots(vec![root().public()]);
    let (trust, _) = roots
        .accept(signed_list(list, &[root()]).as_slice())
        .unwrap();
    Booth {
        trust,
        lowest: None,
    }
}

fn revoking(keys: &[Key]) -> Booth {
    let mut list = list();
    for key in keys {
        for publisher in &mut list.publishers {
            publisher.keys.retain(|known| known.id() != key.id());
        }
        list.revoked.push(Revocation {
            key: key.id(),
            reason: "lost".to_owned(),
        });
    }
    booth_with(&list)
}

fn case(name: &str, what: &str, booth: fn() -> Booth) -> Case {
    Case::new(FAMILY, name, what).booth(move |found| *found = booth())
}

fn listed() -> Booth {
    booth_with(&list())
}

fn by(keys: fn() -> Vec<Key>) -> impl Fn(&mut Signed) {
    move |signed| signed.by(&keys().iter().collect::<Vec<&Key>>())
}

/// The school's good pack under another publisher's name, in both places.
fn published_by(case: Case, id: &'static str) -> Case {
    case.files(move |files| {
        files.edit(
            "pack.toml",
            "publisher = \"our-school\"",
            &format!("publisher = \"{id}\""),
        );
    })
    .info(move |info| info.publisher = id.to_owned())
}

/// The school's good pack as one of another kind.
fn of_kind(case: Case, name: &'static str, kind: PackKind) -> Case {
    case.files(move |files| {
        files.edit(
            "pack.toml",
            "kind = \"school\"",
            &format!("kind = \"{name}\""),
        );
        files.edit(
            "counsellor.toml",
            "room = { zh = \"二楼\", en = \"Second floor\" }\n",
            "",
        );
    })
    .info(move |info| info.kind = kind)
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case(
            "revoked",
            "the key of the publisher has been revoked, and it has another",
            || revoking(&[publisher()]),
        )
        .refused("Revoked", "signed by the revoked key"),
        case(
            "revoked beside a good one",
            "a revoked key signed beside one that is not",
            || revoking(&[publisher()]),
        )
        .signed(by(|| vec![Key::named("deputy"), publisher()]))
        .refused("Revoked", "signed by the revoked key"),
        case(
            "revoked beside the root",
            "a revoked key signed beside the root",
            || revoking(&[publisher()]),
        )
        .signed(by(|| vec![root(), publisher()]))
        .refused("Revoked", "signed by the revoked key"),
        case("stranger", "a key that the list does not name", listed)
            .signed(by(|| vec![Key::named("stranger")]))
            .refused("Stranger", "is not trusted here"),
        case(
            "stranger beside the root",
            "a stranger signed beside the root",
            listed,
        )
        .signed(by(|| vec![root(), Key::named("stranger")]))
        .refused("Stranger", "is not trusted here"),
        case(
            "another school's key",
            "one school's key signs another school's pack",
            listed,
        )
        .signed(by(|| vec![other_school()]))
        .refused(
            "NotPermitted",
            "signed by another publisher than “our-school”",
        ),
        case(
            "the district's keys",
            "the district's keys sign in a school's name",
            listed,
        )
        .signed(by(|| vec![district(1), district(2)]))
        .refused(
            "NotPermitted",
            "signed by another publisher than “our-school”",
        ),
        published_by(
            case(
                "naming another school",
                "a school names another school as its publisher",
                listed,
            ),
            "other-school",
        )
        .refused(
            "NotPermitted",
            "signed by another publisher than “other-school”",
        ),
        published_by(
            case(
                "naming the district",
                "a school names the district as its publisher",
                listed,
            ),
            "district",
        )
        .refused(
            "NotPermitted",
            "signed by another publisher than “district”",
        ),
        published_by(
            case(
                "naming nobody",
                "a school names a publisher that the list does not know",
                listed,
            ),
            "nobody",
        )
        .refused("NotPermitted", "names no publisher “nobody”"),
        of_kind(
            case(
                "right key, a district's pack",
                "a school publishes a pack for the district",
                listed,
            ),
            "district",
            PackKind::District,
        )
        .refused("NotPermitted", "may not publish packs of the kind district"),
        of_kind(
            case(
                "right key, a starter pack",
                "a school publishes a starter pack",
                listed,
            ),
            "starter",
            PackKind::Starter,
        )
        .refused("NotPermitted", "may not publish packs of the kind starter"),
        published_by(
            case(
                "one of two",
                "one key of the district signed, and two must",
                listed,
            ),
            "district",
        )
        .files(|files| {
            files.edit(
                "counsellor.toml",
                "room = { zh = \"二楼\", en = \"Second floor\" }\n",
                "",
            )
        })
        .files(|files| files.edit("pack.toml", "kind = \"school\"", "kind = \"district\""))
        .info(|info| info.kind = PackKind::District)
        .signed(by(|| vec![district(1)]))
        .refused("TooFewSignatures", "1 of"),
        published_by(
            case(
                "one of two, twice",
                "one key of the district signed twice, and two must",
                listed,
            ),
            "district",
        )
        .files(|files| {
            files.edit(
                "counsellor.toml",
                "room = { zh = \"二楼\", en = \"Second floor\" }\n",
                "",
            )
        })
        .files(|files| files.edit("pack.toml", "kind = \"school\"", "kind = \"district\""))
        .info(|info| info.kind = PackKind::District)
        .signed(by(|| vec![district(1), district(1)]))
        .refused("TooFewSignatures", "1 of"),
        published_by(
            case(
                "one of two and a school",
                "a school's key stands in for the district's second",
                listed,
            ),
            "district",
        )
        .files(|files| {
            files.edit(
                "counsellor.toml",
                "room = { zh = \"二楼\", en = \"Second floor\" }\n",
                "",
            )
        })
        .files(|files| files.edit("pack.toml", "kind = \"school\"", "kind = \"district\""))
        .info(|info| info.kind = PackKind::District)
        .signed(by(|| vec![district(1), other_school()]))
        .refused("TooFewSignatures", "1 of"),
        case(
            "the first root, after rotation",
            "the root that was trusted first, after it handed over",
            || {
                let mut list = list();
                list.roots = vec![Key::named("next root").public()];
                let file = signed_list(&list, &[root(), Key::named("next root")]);
                let (trust, _) = Trust::roots(vec![root().public()])
                    .accept(file.as_slice())
                    .unwrap();
                Booth {
                    trust,
                    lowest: None,
                }
            },
        )
        .signed(by(|| vec![root()]))
        .refused("Stranger", "is not trusted here"),
        case(
            "older though by the root",
            "the root signs a version below the one that is here",
            || Booth {
                lowest: Some(4),
                ..listed()
            },
        )
        .signed(by(|| vec![root()]))
        .refused("Older", "version 3, and 4 is here"),
        case(
            "the publisher under the root's id",
            "a publisher's key takes the root's id",
            listed,
        )
        .signed(|signed| signed.by(&[&publisher().under(root().id())]))
        .refused("Altered", "does not fit"),
    ];
    for (file, text) in [
        (
            "support.toml",
            crate::sample::starter().0["support.toml"].clone(),
        ),
        (
            "hotlines.toml",
            crate::sample::starter().0["hotlines.toml"].clone(),
        ),
        (
            "calendar.toml",
            crate::sample::starter().0["calendar.toml"].clone(),
        ),
        (
            "instruments/phq-a.toml",
            crate::sample::starter().0["instruments/phq-a.toml"].clone(),
        ),
        (
            "beds/rain.toml",
            crate::sample::starter().0["beds/rain.toml"].clone(),
        ),
        (
            "practices/walk.toml",
            crate::sample::starter().0["practices/walk.toml"].clone(),
        ),
        ("sounds/walk.flac", b"a sound".to_vec()),
        ("articles-of-mine/x.toml", Vec::new()),
        ("Articles/x.toml", Vec::new()),
        ("extra.bin", Vec::new()),
    ] {
        cases.push(
            case(
                &format!("a school's {file}"),
                "a school publishes what is not its own to publish",
                listed,
            )
            .files(move |files| files.put(file, &text))
            .refused(
                "NotPermitted",
                format!("“our-school” may not publish “{file}”"),
            ),
        );
    }
    cases
}

/// What each of the cases above is a change of.
#[test]
fn what_each_may_publish_is_accepted() {
    let accepted = |case: Case| {
        let (bytes, booth) = case.on(Base::School).make();
        crate::desk::verdict(bytes, &booth).unwrap_or_else(|error| panic!("{error:?}"))
    };
    let school = || Case::new("", "", "").booth(|booth| *booth = listed());
    let districts = || {
        published_by(
            of_kind(school(), "district", PackKind::District),
            "district",
        )
    };
    accepted(school());
    accepted(school().signed(by(|| vec![Key::named("deputy")])));
    accepted(school().signed(by(|| vec![publisher(), Key::named("deputy")])));
    accepted(school().signed(by(|| vec![root()])));
    accepted(school().signed(by(|| vec![publisher(), root()])));
    accepted(districts().signed(by(|| vec![district(3), district(1)])));
    accepted(districts().signed(by(|| vec![root()])));
    accepted(of_kind(school(), "district", PackKind::District).signed(by(|| vec![root()])));
    accepted(
        Case::new("", "", "")
            .booth(|booth| *booth = revoking(&[publisher()]))
            .signed(by(|| vec![Key::named("deputy")])),
    );
}

/// A clock at either end of time: dates warn and never lock anybody out.
#[test]
fn clocks_at_1970_and_2099_are_accepted_and_warn() {
    let booth = listed();
    let mut accepted = 0;
    for (year, warns) in [(1970, true), (2026, false), (2099, true)] {
        let today = jiff::civil::date(year, 12, 1);
        let warnings = booth.trust.warnings(Some(today));
        assert_eq!(!warnings.is_empty(), warns, "{year}: {warnings:?}");
        let (bytes, booth) = Case::new("", "", "")
            .booth(|booth| *booth = listed())
            .make();
        crate::desk::verdict(bytes, &booth).unwrap();
        accepted += 1;
    }
    assert_eq!(booth.trust.warnings(None), []);
    use std::io::Write;
    writeln!(
        std::io::stdout().lock(),
        "clocks at 1970, 2026 and 2099: {accepted} of 3 packs accepted, 2 of 3 with a warning"
    )
    .unwrap();
}
