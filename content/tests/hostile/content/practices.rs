//! Practices, their captions and the beds of sound under them.

use super::edited;
use crate::desk::Case;

pub(crate) fn practices() -> Vec<Case> {
    let mut cases = edited(
        "practices",
        "practices/breath.toml",
        &[
            (
                "breath of nothing",
                "inhale_ms = 4000",
                "inhale_ms = 0",
                "no comfortable breath",
            ),
            (
                "breath of a minute",
                "exhale_ms = 6000",
                "exhale_ms = 60000",
                "no comfortable breath",
            ),
            (
                "breath beyond 64 bits",
                "exhale_ms = 6000",
                "exhale_ms = 18446744073709551616",
                "breath.toml",
            ),
            (
                "breath of the largest number",
                "inhale_ms = 4000",
                "inhale_ms = 9223372036854775807",
                "no comfortable breath",
            ),
            (
                "two largest numbers",
                "[sound]",
                "[[pace]]\ninhale_ms = 9223372036854775807\nexhale_ms = 9223372036854775807\n\n[sound]",
                "no comfortable breath",
            ),
            (
                "lead-in of an hour",
                "lead_in_ms = 0",
                "lead_in_ms = 3600000",
                "longer than a minute",
            ),
            (
                "two hours and more",
                "duration_ms = 60000",
                "duration_ms = 7200001",
                "outside",
            ),
            (
                "no time",
                "duration_ms = 60000",
                "duration_ms = 0",
                "outside",
            ),
            (
                "a negative time",
                "duration_ms = 60000",
                "duration_ms = -1",
                "breath.toml",
            ),
            (
                "kind unknown",
                "\"breathing\"\ntitle",
                "\"hypnosis\"\ntitle",
                "not known here",
            ),
            (
                "ends before its captions",
                "duration_ms = 60000",
                "duration_ms = 1000",
                "after the practice",
            ),
            (
                "a pace without a sound",
                "[sound]",
                "[[pace]]\ninhale_ms = 4000\nexhale_ms = 6000\n\n[[pace]]\ninhale_ms = 5000\nexhale_ms = 7000\n\n[sound]",
                "not there",
            ),
        ],
    );
    cases.extend(edited(
        "practices",
        "practices/walk.toml",
        &[
            (
                "sound that goes up",
                "sounds/walk.flac",
                "sounds/../walk.flac",
                "no sound file",
            ),
            (
                "absolute sound",
                "sounds/walk.flac",
                "/dev/random.flac",
                "no sound file",
            ),
            (
                "sound of the network",
                "sounds/walk.flac",
                "https://example.org/a.flac",
                "no sound file",
            ),
            (
                "a text as a sound",
                "sounds/walk.flac",
                "hotlines.toml",
                "no sound file",
            ),
            ("AAC", "sounds/walk.flac", "sounds/walk.m4a", "AAC"),
            (
                "the cue of another practice as its own",
                "sounds/walk.flac",
                "sounds/breath.4000-6000.flac",
                "is made by the recipe of practices/breath.toml",
            ),
            (
                "a bed of a recipe as a voice",
                "[sound]",
                "[voice]\nzh = \"sounds/rain.bed.flac\"\n\n[sound]",
                "is made by the recipe of beds/rain.toml",
            ),
            (
                "a program as a sound",
                "sounds/walk.flac",
                "sounds/walk.exe",
                "no sound file",
            ),
            (
                "neither sound nor recipe",
                "file = \"sounds/walk.flac\"",
                "seed = 1",
                "exactly one of recipe and file",
            ),
            (
                "sound and recipe",
                "file = \"sounds/walk.flac\"",
                "file = \"sounds/walk.flac\"\nrecipe = \"rain\"",
                "exactly one of recipe and file",
            ),
            (
                "bed gain not a number",
                "gain_db = -8.0",
                "gain_db = nan",
                "outside",
            ),
            (
                "bed gain infinite",
                "gain_db = -8.0",
                "gain_db = -inf",
                "outside",
            ),
            (
                "bed louder than it is",
                "gain_db = -8.0",
                "gain_db = 12.0",
                "outside",
            ),
            (
                "bed that goes up",
                "id = \"rain\"",
                "id = \"../rain\"",
                "not an id",
            ),
        ],
    ));
    cases
}

pub(crate) fn captions() -> Vec<Case> {
    let cue = "00:05.000 --> 00:10.000";
    let mut cases = edited(
        "captions",
        "practices/walk.en.vtt",
        &[
            ("no head", "WEBVTT", "SUBRIP", "does not begin with WEBVTT"),
            (
                "style",
                "NOTE nothing",
                "STYLE\n::cue { color: red }",
                "neither a cue nor a NOTE",
            ),
            (
                "region",
                "NOTE nothing",
                "REGION\nid:a",
                "neither a cue nor a NOTE",
            ),
            ("tag", "slowly", "<b>slowly</b>", "markup"),
            ("voice tag", "slowly", "<v Somebody>slowly", "markup"),
            ("entity", "slowly", "slowly&lrm;", "markup"),
            (
                "settings",
                cue,
                "00:05.000 --> 00:10.000 line:0",
                "no span of time",
            ),
            (
                "backwards",
                cue,
                "00:10.000 --> 00:05.000",
                "no span of time",
            ),
            (
                "overlap",
                cue,
                "00:04.999 --> 00:10.000",
                "before the one above has ended",
            ),
            (
                "nine thousand hours",
                cue,
                "00:05.000 --> 9999:59:59.999",
                "walk.en.vtt",
            ),
            (
                "too many digits",
                cue,
                "00:05.000 --> 99999:59:59.999",
                "no span of time",
            ),
            (
                "negative",
                cue,
                "00:05.000 --> -0:10.000",
                "no span of time",
            ),
            (
                "other times",
                cue,
                "00:05.000 --> 00:11.000",
                "times differ",
            ),
            ("three lines", "slowly", "slowly\nand\nmore", "has 4 lines"),
            (
                "a line less",
                "\nslowly",
                "",
                "only one language has a second line",
            ),
            ("secrecy", "slowly", "nobody will know", "promises secrecy"),
            (
                "control character",
                "slowly",
                "slow\u{7}ly",
                "control character",
            ),
            (
                "turned round",
                "slowly",
                "slow\u{202e}ly",
                "control character",
            ),
            ("nothing to be seen", "slowly", "\u{200b}", "blank"),
            (
                "a thousand and one characters",
                "slowly",
                &"a".repeat(1_001),
                "more than 1000",
            ),
        ],
    );
    cases.extend(edited(
        "beds",
        "beds/rain.toml",
        &[
            (
                "symbol unknown",
                "symbol = \"rain\"",
                "symbol = \"skull\"",
                "not known here",
            ),
            ("title blank", "\"雨\"", "\"\"", "blank"),
            (
                "sound that goes up",
                "recipe = \"rain\"\nseed = 5",
                "file = \"../rain.flac\"",
                "no sound file",
            ),
            ("seed negative", "seed = 5", "seed = -5", "rain.toml"),
        ],
    ));
    cases
}
