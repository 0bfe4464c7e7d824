//! What must hold of whatever has been accepted, whoever made it and however.

use super::keys::Key;
use super::sample::{self, Files};
use std::io::{Cursor, Read};
use std::sync::OnceLock;
use xinting_content::pack::signature::trusted_comment;
use xinting_content::pack::{Entry, Glance, Manifest, PackError};
use xinting_content::trust::Trust;
use xinting_content::{
    Audience, Fault, Lang, Layer, Library, PackKind, Source, Text, VerifiedPack,
};

/// The key that signs every pack here.
pub fn publisher() -> Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(|| Key::named("publisher")).clone()
}

/// A booth that trusts it.
pub fn trust() -> Trust {
    static TRUST: OnceLock<Trust> = OnceLock::new();
    TRUST
        .get_or_init(|| Trust::roots(vec![publisher().public()]))
        .clone()
}

/// The starter pack that lies below all others.
pub fn below() -> &'static Layer {
    static BELOW: OnceLock<Layer> = OnceLock::new();
    BELOW.get_or_init(|| Layer::read(&sample::starter()).expect("the sample keeps the rules"))
}

/// Lays out files as a signed pack; `None` where they are more than a pack can hold.
pub fn pack(layer: &Layer, files: &Files) -> Option<Vec<u8>> {
    let packed: Option<Vec<(Entry, Vec<u8>)>> = files
        .0
        .iter()
        .map(|(name, bytes)| Entry::pack(name, bytes, files.gain_db(name)))
        .collect();
    let packed = packed?;
    let manifest = Manifest {
        info: layer.info.clone(),
        entries: packed.iter().map(|(entry, _)| entry.clone()).collect(),
    };
    let bytes = manifest.to_bytes();
    let comment = trusted_comment(layer.info.id.as_str(), layer.info.version);
    let mut out = Vec::new();
    let signatures = [publisher().sign(&bytes, &comment)];
    xinting_content::pack::write(&mut out, &bytes, &signatures, &packed).ok()?;
    Some(out)
}

/// A file of a pack that was opened: glancing at it says the same, laying it out again gives the same bytes, and every
/// file comes out as the manifest says.
///
/// # Panics
/// Where it does not hold.
pub fn of_pack(file: &[u8], pack: &VerifiedPack) {
    let mut counted = Counted {
        from: file,
        taken: 0,
    };
    let glance = Glance::read(&mut counted, file.len() as u64, &trust())
        .expect("what opens can be glanced at");
    assert_eq!(glance.manifest(), pack.manifest());
    assert_eq!(glance.manifest_sha256(), pack.manifest_sha256());
    assert!(
        counted.taken <= (1 << 20) + (40 << 10),
        "a glance took {} bytes",
        counted.taken
    );
    let mut files = Vec::new();
    for entry in &pack.manifest().entries {
        let name = &entry.member.name;
        let (entry, stored) = pack.read_stored(name).expect("what opens can be read");
        files.push((entry.clone(), stored));
        if let Ok(bytes) = pack.read(name) {
            assert_eq!(bytes.len(), entry.member.size as usize, "{name}");
        }
    }
    let mut again = Vec::new();
    xinting_content::pack::write(&mut again, pack.manifest_bytes(), pack.signatures(), &files)
        .expect("it was one");
    assert!(again == file, "laid out again it is another file");
    assert!(Glance::read(&file[..file.len() - 1], file.len() as u64 - 1, &trust()).is_err());
}

/// How much of it has been read.
struct Counted<'a> {
    from: &'a [u8],
    taken: usize,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let taken = self.from.read(into)?;
        self.taken += taken;
        Ok(taken)
    }
}

/// Faults that an author can do something about.
///
/// # Panics
/// Where one says nothing, or there are too many.
pub fn of_faults(faults: &[Fault]) {
    assert!(
        !faults.is_empty() && faults.len() <= 520,
        "{} faults",
        faults.len()
    );
    for fault in faults {
        assert!(
            !fault.what.is_empty() && !fault.remedy.is_empty(),
            "{fault:?}"
        );
    }
}

/// Content that was accepted: packed it is accepted again and reads the same, and a library made of it still leads to a
/// person.
///
/// # Panics
/// Where it does not hold.
pub fn of_layer(layer: &Layer, files: &Files) {
    let file = pack(layer, files).expect("accepted content fits into a pack");
    let opened = match VerifiedPack::open(Cursor::new(file.clone()), &trust(), None) {
        Ok(opened) => opened,
        // An author may write for an app that is still to come.
        Err(PackError::Newer { .. }) => return,
        Err(error) => panic!("what we laid out does not open: {error}"),
    };
    of_pack(&file, &opened);
    let again = opened.layer().expect("accepted content is accepted again");
    assert_eq!(
        format!("{layer:?}"),
        format!("{again:?}"),
        "packed it reads otherwise"
    );
    assert_eq!(opened.names(), files.names());
    let library = match layer.info.kind {
        PackKind::Starter => Library::from_layers(&[layer]),
        PackKind::District | PackKind::School => Library::from_layers(&[below(), layer]),
    };
    if let Ok(library) = library {
        of_library(&library);
    }
}

/// A library, whatever packs it is made of.
///
/// # Panics
/// Where it leaves somebody alone, or shows what cannot be shown.
pub fn of_library(library: &Library) {
    let lines = library.lines_at(None);
    assert!(!lines.is_empty(), "a library without a line");
    for line in lines.iter().chain(&library.emergency_lines()) {
        assert!(
            (3..=15).contains(&line.number.len())
                && line.number.bytes().all(|b| b.is_ascii_digit())
        );
        for text in [&line.name, &line.answers, &line.note, &line.hours_words] {
            fit(text);
        }
        for hour in 0..24 {
            let _ = line.open_at(Some(jiff::civil::date(2026, 11, 22).at(hour, 0, 0, 0)));
        }
    }
    let support = library.support();
    for text in [
        &support.thanks,
        &support.beside_you,
        &support.adult_title,
        &support.adult_who,
        &support.adult_say,
    ] {
        fit(text);
    }
    fit(&support.call_say);
    fit(&library.counsellor().who);
    assert!((1..=3).contains(&library.counsellor().about.len()));
    for audience in Audience::ALL {
        for instrument in library.instruments_for(audience) {
            let (low, high) = instrument.total_range();
            assert!(low <= high && !instrument.items.is_empty());
            for total in [low, low.midpoint(high), high] {
                let bands = instrument
                    .bands
                    .iter()
                    .filter(|band| (band.from..=band.to).contains(&total));
                assert!(
                    instrument.bands.is_empty() || bands.count() == 1,
                    "total {total} of {}",
                    instrument.id
                );
            }
            if instrument.id.as_str() == "phq-a" {
                assert_eq!(
                    instrument.items[8].risk_at,
                    Some(instrument.items[8].range().0 + 1)
                );
            }
        }
        for practice in library.practices_for(audience) {
            assert!((-60.0..=0.0).contains(&practice.gain_db) && practice.duration_ms > 0);
            assert!(library.sound_layer(&practice.id).is_some());
            assert!(
                practice
                    .captions
                    .windows(2)
                    .all(|pair| pair[0].end_ms <= pair[1].start_ms)
            );
            practice
                .captions
                .iter()
                .for_each(|caption| fit(&caption.line));
        }
        library
            .articles_for(audience)
            .for_each(|article| fit(&article.title));
    }
    for day in [
        None,
        Some(jiff::civil::date(2028, 2, 29)),
        Some(jiff::civil::date(1970, 1, 1)),
    ] {
        if let Some(text) = library.calendar().sentence(day) {
            fit(text);
        }
    }
}

/// A text that can be shown.
fn fit(text: &Text) {
    for lang in [Lang::ZhCn, Lang::En] {
        let words = text.get(lang);
        assert!(
            words.chars().any(|c| !c.is_whitespace() && !c.is_control()),
            "{words:?} shows nothing"
        );
        assert!(words.chars().count() <= 1_000, "{words:?} is too long");
        let turned = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(
            !words
                .chars()
                .any(|c| turned(c) || (c.is_control() && c != '\n')),
            "{words:?}"
        );
    }
}
