//! Packs in words, for the author.

use serde_json::{Value, json};
use std::fmt::Write;
use xinting_content::instrument::{Instrument, InstrumentKind};
use xinting_content::pack::archive::Method;
use xinting_content::practice::PracticeKind;
use xinting_content::trust::SignedBy;
use xinting_content::{Audience, Lang, Layer, PackInfo, Trust, VerifiedPack};

pub(super) fn heading(info: &PackInfo) -> String {
    let sample = if info.sample {
        " (示例, a sample)"
    } else {
        ""
    };
    format!(
        "{} {} (version {}), a {} pack by {}: {} · {}{sample}",
        info.id,
        info.release,
        info.version,
        info.kind.name(),
        info.publisher,
        info.title.get(Lang::ZhCn),
        info.title.get(Lang::En),
    )
}

/// What a pack says about itself, for programs.
pub(super) fn info(info: &PackInfo) -> Value {
    json!({
        "id": info.id.as_str(),
        "kind": info.kind.name(),
        "publisher": info.publisher,
        "version": info.version,
        "release": info.release,
    })
}

/// One paragraph.
pub(super) fn layer(layer: &Layer) -> String {
    let count = super::counted;
    let parts = [
        count(layer.instruments.len(), "instrument", "instruments"),
        count(layer.articles.len(), "article", "articles"),
        count(layer.practices.len(), "practice", "practices"),
        count(layer.beds.len(), "bed", "beds"),
        count(layer.lines.len(), "line", "lines"),
        count(
            layer.calendar.dated.len() + layer.calendar.rotating.len(),
            "daily sentence",
            "daily sentences",
        ),
    ];
    format!("{}\n{}", heading(&layer.info), parts.join(", "))
}

/// What was written, up to the name of the file.
pub(super) fn file(pack: &VerifiedPack, bytes: u64) -> String {
    format!(
        "{}\n{} files, {}, {} → ",
        heading(pack.info()),
        pack.manifest().entries.len(),
        size(bytes),
        signers(pack),
    )
}

/// By whom it is signed.
pub(super) fn signers(pack: &VerifiedPack) -> String {
    let ids: Vec<String> = pack.signers().iter().map(ToString::to_string).collect();
    format!("signed by {}", ids.join(", "))
}

pub(super) fn audiences(audiences: &[Audience]) -> String {
    let names: Vec<&str> = audiences.iter().map(|who| who.name()).collect();
    names.join(", ")
}

/// Everything in it.
pub(super) fn everything(pack: &VerifiedPack, content: &Layer, trust: &Trust) -> String {
    let info = pack.info();
    let mut text = layer(content);
    let by = match pack.signed_by() {
        SignedBy::Root => "on the authority of a root key",
        SignedBy::Publisher => "on the authority of its publisher",
    };
    let _ = writeln!(text, "\n{}, {by}", signers(pack));
    if let Some(name) = trust.publisher_name(&info.publisher) {
        let (zh, en) = (name.get(Lang::ZhCn), name.get(Lang::En));
        let _ = writeln!(text, "publisher {}: {zh} · {en}", info.publisher);
    }
    let _ = writeln!(text, "for {}", audiences(&info.audiences));
    let languages: Vec<&str> = info.languages.iter().map(|lang| lang.tag()).collect();
    let _ = writeln!(text, "in {}", languages.join(", "));
    let _ = writeln!(text, "needs app {} or later\n", info.minimum_app);
    for thing in described(content) {
        let _ = writeln!(text, "{thing}");
    }
    text.push('\n');
    for entry in &pack.manifest().entries {
        let stored = u64::from(entry.member.stored_size);
        let how = match entry.member.method {
            Method::Stored => String::new(),
            Method::Deflated => format!(" (unpacked {})", size(u64::from(entry.member.size))),
        };
        let gain = entry
            .gain_db
            .map_or(String::new(), |db| format!(" ({db:.1} dB)"));
        let name = &entry.member.name;
        let _ = writeln!(text, "{:>10}  {name}{how}{gain}", size(stored));
    }
    text
}

/// A line a thing.
fn described(content: &Layer) -> Vec<String> {
    let mut lines: Vec<String> = content.instruments.iter().map(instrument).collect();
    for article in &content.articles {
        lines.push(format!(
            "article {}: {} · {}; on {}, {} min, for {}",
            article.id,
            article.title.get(Lang::ZhCn),
            article.title.get(Lang::En),
            article.theme,
            article.minutes,
            audiences(&article.audiences),
        ));
    }
    for practice in &content.practices {
        let kind = match practice.kind {
            PracticeKind::Breathing { .. } => "breathing",
            PracticeKind::Guided => "guided",
            PracticeKind::Soundscape => "a soundscape",
        };
        lines.push(format!(
            "practice {}: {} s, gain {:.1} dB; {} · {}, {kind}, {} captions, for {}",
            practice.id,
            practice.duration_ms / 1_000,
            practice.gain_db,
            practice.title.get(Lang::ZhCn),
            practice.title.get(Lang::En),
            practice.captions.len(),
            audiences(&practice.audiences),
        ));
    }
    for bed in &content.beds {
        lines.push(format!(
            "bed {}: {}, gain {:.1} dB",
            bed.id,
            bed.title.get(Lang::ZhCn),
            bed.gain_db,
        ));
    }
    for line in &content.lines {
        let emergency = if line.emergency {
            ", an emergency number"
        } else {
            ""
        };
        lines.push(format!(
            "line {}: {}, {}; {} (checked {}){emergency}",
            line.id,
            line.number,
            line.name.get(Lang::ZhCn),
            line.hours_words.get(Lang::ZhCn),
            line.verified,
        ));
    }
    if let Some(counsellor) = &content.counsellor {
        lines.push(format!("counsellor: {}", counsellor.who.get(Lang::ZhCn)));
    }
    if let Some(support) = &content.support {
        lines.push(format!("support words: {}", support.thanks.get(Lang::ZhCn)));
    }
    lines
}

fn instrument(instrument: &Instrument) -> String {
    let kind = match instrument.kind {
        InstrumentKind::Standard => "instrument",
        InstrumentKind::CheckIn => "check-in",
    };
    let risk: Vec<String> = (1..)
        .zip(&instrument.items)
        .filter(|(_, item)| item.risk_at.is_some())
        .map(|(number, _)| number.to_string())
        .collect();
    let mut line = format!(
        "{kind} {}: {} items, totals {} to {}, for {}",
        instrument.id,
        instrument.items.len(),
        instrument.total_range().0,
        instrument.total_range().1,
        audiences(&instrument.audiences),
    );
    let bands: Vec<String> = instrument
        .bands
        .iter()
        .map(|band| {
            let support = if band.support { " (opens support)" } else { "" };
            format!("{} {}–{}{support}", band.id, band.from, band.to)
        })
        .collect();
    if !bands.is_empty() {
        let _ = write!(line, "; bands {}", bands.join(", "));
    }
    if !risk.is_empty() {
        let _ = write!(line, "; item {} opens support at once", risk.join(", "));
    }
    line
}

/// The things of a layer, for programs.
pub(super) fn things(content: &Layer) -> Value {
    let instruments = content.instruments.iter().map(|one| {
        let bands = one.bands.iter().map(|band| {
            json!({
                "id": band.id, "from": band.from, "to": band.to, "support": band.support
            })
        });
        json!({
            "id": one.id.as_str(),
            "items": one.items.len(),
            "totals": [one.total_range().0, one.total_range().1],
            "audiences": names(&one.audiences),
            "bands": bands.collect::<Vec<Value>>(),
        })
    });
    let articles = content.articles.iter().map(|one| {
        json!({
            "id": one.id.as_str(),
            "title": title(&one.title),
            "theme": one.theme,
            "minutes": one.minutes,
            "audiences": names(&one.audiences),
        })
    });
    let practices = content.practices.iter().map(|one| {
        json!({
            "id": one.id.as_str(),
            "title": title(&one.title),
            "duration_ms": one.duration_ms,
            "captions": one.captions.len(),
            "audiences": names(&one.audiences),
        })
    });
    let beds = content.beds.iter();
    let beds = beds.map(|one| json!({ "id": one.id.as_str(), "title": title(&one.title) }));
    let lines = content.lines.iter().map(|one| {
        json!({
            "id": one.id.as_str(),
            "number": one.number,
            "name": title(&one.name),
            "emergency": one.emergency,
            "priority": one.priority,
            "verified": one.verified.to_string(),
        })
    });
    json!({
        "instruments": instruments.collect::<Vec<Value>>(),
        "articles": articles.collect::<Vec<Value>>(),
        "practices": practices.collect::<Vec<Value>>(),
        "beds": beds.collect::<Vec<Value>>(),
        "lines": lines.collect::<Vec<Value>>(),
        "support": content.support.is_some(),
        "counsellor": content.counsellor.is_some(),
        "daily_sentences": content.calendar.dated.len() + content.calendar.rotating.len(),
    })
}

fn names(audiences: &[Audience]) -> Vec<&'static str> {
    audiences.iter().map(|who| who.name()).collect()
}

fn title(text: &xinting_content::Text) -> Value {
    json!({ "zh-CN": text.get(Lang::ZhCn), "en": text.get(Lang::En) })
}

pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
