//! What the layers leave together: nobody may be left without a line, words of support and a person.

use crate::desk::{Base, Case};
use crate::sample::Files;

/// A pack without something that the whole must have.
fn whole(
    name: &str,
    what: &str,
    change: impl Fn(&mut Files) + 'static,
    variant: &'static str,
    saying: &str,
) -> Case {
    Case::new("whole library", name, what)
        .on(Base::Starter)
        .files(change)
        .refused(variant, saying)
}

pub(crate) fn wholes() -> Vec<Case> {
    let no_line =
        |files: &mut Files| files.edit("hotlines.toml", "emergency = false", "emergency = true");
    let gone = |name: &'static str| move |files: &mut Files| drop(files.0.remove(name));
    let mut cases = Vec::from([
        whole(
            "no lines",
            "a starter pack without lines",
            gone("hotlines.toml"),
            "NoLine",
            "no hotline",
        ),
        whole(
            "empty lines",
            "hotlines.toml is empty",
            |f| f.put("hotlines.toml", ""),
            "NoLine",
            "no hotline",
        ),
        whole(
            "emergency lines only",
            "every line is an emergency number",
            no_line,
            "NoLine",
            "no hotline",
        ),
        whole(
            "no support",
            "a starter pack without support words",
            gone("support.toml"),
            "NoSupport",
            "no support words",
        ),
        whole(
            "no counsellor",
            "a starter pack without a counsellor",
            gone("counsellor.toml"),
            "NoCounsellor",
            "no counsellor",
        ),
        whole(
            "no bed",
            "the bed of a practice is gone",
            |f| {
                f.edit("pack.toml", "beds = [\"rain\"]\n", "");
                f.0.remove("beds/rain.toml");
                f.0.remove("sounds/rain.bed.flac");
            },
            "NoBed",
            "asks for the bed rain",
        ),
        whole(
            "dangling article",
            "a result suggests an article that nobody holds",
            |f| {
                f.edit("instruments/phq-a.toml", "article:waves", "article:gone");
            },
            "Dangling",
            "suggests article:gone",
        ),
        whole(
            "dangling practice",
            "a result suggests a practice that nobody holds",
            |f| {
                f.edit("instruments/phq-a.toml", "practice:breath", "practice:gone");
            },
            "Dangling",
            "suggests practice:gone",
        ),
    ]);
    // A school's pack cannot take the last line away: it only adds and replaces.
    cases.push(
        Case::new(
            "whole library",
            "the only line replaced by an emergency number",
            "a school's line takes the id of the only one there is",
        )
        .files(|files| {
            let lines = crate::sample::starter().0["hotlines.toml"].clone();
            files.put("hotlines.toml", lines);
            files.edit("hotlines.toml", "emergency = false", "emergency = true");
        })
        .refused("NoLine", "no hotline"),
    );
    cases
}
