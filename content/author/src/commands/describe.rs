//! Packs in words, for the author.

use std::fmt::Write;
use xinting_author::build::Built;
use xinting_content::pack::Entry;
use xinting_content::{Lang, Layer, PackInfo, VerifiedPack};

fn heading(info: &PackInfo) -> String {
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

/// One paragraph.
pub(super) fn layer(layer: &Layer) -> String {
    let count = |number: usize, one: &str, more: &str| match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {more}"),
    };
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
pub(super) fn file(built: &Built) -> String {
    format!(
        "{}\n{} files, {}, {} → ",
        heading(built.pack.info()),
        built.pack.manifest().entries.len(),
        size(built.bytes.len() as u64),
        signers(&built.pack),
    )
}

/// By whom it is signed.
pub(super) fn signers(pack: &VerifiedPack) -> String {
    let ids: Vec<String> = pack.signers().iter().map(ToString::to_string).collect();
    format!("signed by {}", ids.join(", "))
}

/// Everything in it.
pub(super) fn everything(pack: &VerifiedPack, content: &Layer) -> String {
    let mut text = layer(content);
    let _ = writeln!(text, "\n{}\n", signers(pack));
    for instrument in &content.instruments {
        let audiences: Vec<&str> = instrument.audiences.iter().map(|a| a.name()).collect();
        let _ = writeln!(
            text,
            "instrument {}: {} items, totals {} to {}, for {}",
            instrument.id,
            instrument.items.len(),
            instrument.total_range().0,
            instrument.total_range().1,
            audiences.join(", "),
        );
    }
    for article in &content.articles {
        let _ = writeln!(
            text,
            "article {}: {}",
            article.id,
            article.title.get(Lang::ZhCn)
        );
    }
    for practice in &content.practices {
        let _ = writeln!(
            text,
            "practice {}: {} s, gain {:.1} dB",
            practice.id,
            practice.duration_ms / 1_000,
            practice.gain_db,
        );
    }
    for bed in &content.beds {
        let _ = writeln!(
            text,
            "bed {}: {}, gain {:.1} dB",
            bed.id,
            bed.title.get(Lang::ZhCn),
            bed.gain_db,
        );
    }
    for line in &content.lines {
        let _ = writeln!(
            text,
            "line {}: {}, {} (checked {})",
            line.id,
            line.number,
            line.name.get(Lang::ZhCn),
            line.verified,
        );
    }
    text.push('\n');
    for entry in &pack.manifest().entries {
        let stored = u64::from(entry.member.stored_size);
        let _ = writeln!(text, "{:>10}  {}", size(stored), entry.member.name);
    }
    text
}

/// What `new` changes against `old`.
pub(super) fn difference(old: &VerifiedPack, new: &VerifiedPack) -> String {
    let mut text = format!("- {}\n+ {}\n", heading(old.info()), heading(new.info()));
    let before = text.len();
    let find = |entries: &[Entry], name: &str| -> Option<[u8; 32]> {
        let entry = entries.iter().find(|entry| entry.member.name == name)?;
        Some(entry.sha256)
    };
    let (old, new) = (&old.manifest().entries, &new.manifest().entries);
    for entry in new {
        let name = &entry.member.name;
        match find(old, name) {
            None => {
                let _ = writeln!(text, "new      {}", called(name));
            }
            Some(hash) if hash != entry.sha256 => {
                let _ = writeln!(text, "changed  {}", called(name));
            }
            Some(_) => {}
        }
    }
    for entry in old {
        if find(new, &entry.member.name).is_none() {
            let _ = writeln!(text, "gone     {}", called(&entry.member.name));
        }
    }
    if text.len() == before {
        text.push_str("nothing else differs\n");
    }
    text
}

/// A file as its author thinks of it.
fn called(name: &str) -> String {
    let Some((folder, file)) = name.split_once('/') else {
        return match name {
            "pack.toml" => "the pack's own description".to_owned(),
            "hotlines.toml" => "the hotlines".to_owned(),
            "support.toml" => "the support words".to_owned(),
            "counsellor.toml" => "the counsellor".to_owned(),
            "calendar.toml" => "the daily sentences".to_owned(),
            _ => name.to_owned(),
        };
    };
    let (id, ending) = file.split_once('.').unwrap_or((file, ""));
    let thing = folder.strip_suffix('s').unwrap_or(folder);
    match ending {
        "toml" => format!("{thing} {id}"),
        "zh-CN.md" | "zh-CN.vtt" => format!("{thing} {id}, Chinese text"),
        "en.md" | "en.vtt" => format!("{thing} {id}, English text"),
        _ => format!("{thing} {id}"),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
