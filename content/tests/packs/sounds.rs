//! Beds, paces, voices: what is read, what is refused in which words, and what layering makes of them.

use crate::sample::{Files, Signer, build, full, open};
use xinting_content::layer::Span;
use xinting_content::{BedId, Lang, Library, LibraryError, PracticeId};

const BED: &str =
    "title = { zh = \"雨\", en = \"Rain\" }\nsymbol = \"rain\"\n[sound]\nrecipe = \"rain\"\n";

const PACES: &str = "seed = 3\n[[pace]]\ninhale_ms = 2500\nexhale_ms = 3750\n[[pace]]\ninhale_ms = 4000\n\
                     exhale_ms = 6000\n[voice]\nzh = \"sounds/words.opus\"\n";

/// One of everything, with a bed under the breathing, two paces and a Chinese voice.
fn rich() -> Files {
    full()
        .edit("pack.toml", "practices =", "beds = [\"rain\"]\npractices =")
        .put("beds/rain.toml", BED)
        .put("sounds/words.opus", "nothing here looks inside")
        .edit("practices/breath.toml", "seed = 3\n", PACES)
        .edit(
            "practices/breath.toml",
            "[breathing]",
            "end_bell = false\nbed = { id = \"rain\", gain_db = -6.5 }\n[breathing]",
        )
}

fn id(name: &str) -> PracticeId {
    PracticeId::new(name).unwrap()
}

#[test]
fn a_built_pack_gives_back_beds_paces_voice_and_their_gains() {
    let signer = Signer::new();
    let layer = open(&build(&rich(), &signer), &signer)
        .unwrap()
        .layer()
        .unwrap();
    let library = Library::from_layers(&[&layer]).unwrap();
    let breath = library.practice(&id("breath")).unwrap();
    let rain = BedId::new("rain").unwrap();
    assert_eq!(breath.bed, Some((rain.clone(), -6.5)));
    assert!(!breath.end_bell);
    assert_eq!(breath.first_pace(), Some(1));
    let paces: Vec<(u64, &str)> = breath
        .paces
        .iter()
        .map(|pace| (pace.breath_ms(), pace.sound.as_str()))
        .collect();
    assert_eq!(
        paces,
        [
            (6_250, "sounds/breath.2500-3750.flac"),
            (10_000, "sounds/breath.4000-6000.flac"),
        ]
    );
    assert_eq!(breath.sound, breath.paces[1].sound);
    let voice = breath.voice.get(Lang::ZhCn).unwrap();
    assert_eq!(voice.sound, "sounds/words.opus");
    assert!(breath.voice.get(Lang::En).is_none());
    let bed = library.bed(&rain).unwrap();
    assert_eq!(bed.sound, "sounds/rain.bed.flac");
    assert_eq!(library.bed_layer(&rain), Some(0));
    // Every sound carries the gain that its file was packed with.
    for gain in [
        breath.gain_db,
        breath.paces[0].gain_db,
        voice.gain_db,
        bed.gain_db,
    ] {
        assert!((gain - -3.3).abs() < 0.001, "{gain}");
    }
    let spans: Vec<Span> = layer.sounds.iter().map(|plan| plan.span).collect();
    assert!(spans.contains(&Span::Within(60_000)) && spans.contains(&Span::Loop));
}

#[test]
fn what_is_not_said_has_a_gentle_default() {
    let layer = full().layer().unwrap();
    let (breath, lake) = (&layer.practices[0], &layer.practices[1]);
    assert_eq!(breath.bed, None);
    assert!(breath.end_bell && !lake.end_bell);
    assert_eq!(breath.paces.len(), 1, "the pace of [breathing] alone");
    assert!(lake.paces.is_empty() && lake.first_pace().is_none());
    for practice in [breath, lake] {
        assert!(practice.ease.get(Lang::ZhCn).contains("停下来"));
        assert!(practice.ease.get(Lang::En).contains("stop at any time"));
    }
}

#[test]
fn a_later_bed_lies_in_the_place_of_the_earlier_and_plays_from_its_own_pack() {
    let below = rich().layer().unwrap();
    let above = rich()
        .edit("pack.toml", "kind = \"starter\"", "kind = \"school\"")
        .edit("beds/rain.toml", "Rain", "Our rain")
        .layer()
        .unwrap();
    let library = Library::from_layers(&[&below, &above]).unwrap();
    assert_eq!(library.beds().len(), 1);
    assert_eq!(library.beds()[0].title.get(Lang::En), "Our rain");
    assert_eq!(library.bed_layer(&library.beds()[0].id), Some(1));
    assert_eq!(library.bed_layer(&BedId::new("sea").unwrap()), None);
}

#[test]
fn a_bed_that_no_pack_holds_leaves_no_library() {
    let layer = rich()
        .edit("practices/breath.toml", "id = \"rain\"", "id = \"sea\"")
        .layer()
        .unwrap();
    let error = Library::from_layers(&[&layer]).unwrap_err();
    assert!(matches!(error, LibraryError::NoBed { .. }));
    let text = error.to_string();
    assert!(
        text.contains("practices/breath.toml") && text.contains("beds/sea.toml"),
        "{text}"
    );
}

#[test]
fn faults_of_sounds_name_file_line_key_and_remedy() {
    let breath = "practices/breath.toml";
    for (file, from, to, begins, holds) in [
        (
            breath,
            "gain_db = -6.5",
            "gain_db = 3.0",
            "bed.gain_db: ",
            "outside -60 to 0",
        ),
        (
            breath,
            "gain_db = -6.5",
            "gain_db = nan",
            "bed.gain_db: ",
            "outside -60 to 0",
        ),
        (
            breath,
            "id = \"rain\"",
            "id = \"Rain\"",
            "bed.id: ",
            "is not an id",
        ),
        (
            breath,
            "inhale_ms = 2500",
            "inhale_ms = 999",
            "pace.inhale_ms: ",
            "no comfortable breath",
        ),
        (
            breath,
            "inhale_ms = 2500",
            "inhale_ms = 9000",
            "pace: ",
            "from fast to slow",
        ),
        (
            breath,
            "exhale_ms = 3750",
            "exhale_ms = 3750\nfile = \"sounds/words.opus\"",
            "pace.file: ",
            "remove the file",
        ),
        (
            breath,
            "exhale_ms = 6000\n[voice]",
            "exhale_ms = 6001\n[voice]",
            "pace: ",
            "no [[pace]] is that of [breathing]",
        ),
        (breath, "words.opus", "words.m4a", "voice.zh: ", "AAC"),
        (
            breath,
            "words.opus",
            "other.opus",
            "voice.zh: ",
            "not there",
        ),
        (
            breath,
            "zh = \"sounds/words.opus\"",
            "",
            "voice: ",
            "names no recording",
        ),
        (
            "beds/rain.toml",
            "symbol = \"rain\"",
            "symbol = \"fog\"",
            "symbol: ",
            "lotus, stone, lake, rain",
        ),
        (
            "beds/rain.toml",
            "recipe = \"rain\"",
            "seed = 2",
            "sound: ",
            "name a recipe",
        ),
        (
            "beds/rain.toml",
            "recipe = \"rain\"",
            "loudness = 2",
            "sound",
            "unknown field",
        ),
    ] {
        let faults = rich().edit(file, from, to).layer().unwrap_err();
        let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let found = texts.iter().any(|text| {
            let rest = text
                .strip_prefix(file)
                .and_then(|text| text.strip_prefix(':'));
            let rest = rest.map(|text| text.trim_start_matches(|c: char| c.is_ascii_digit()));
            rest.is_some_and(|text| text.starts_with(&format!(": {begins}")))
                && text.contains(holds)
        });
        assert!(found, "{from} → {to}: {texts:#?}");
        assert!(
            texts.iter().all(|text| text.contains("; ")),
            "no remedy: {texts:#?}"
        );
    }
}

#[test]
fn paces_belong_to_breathing_and_shipped_cues_to_every_pace() {
    let lake = full().edit(
        "practices/lake.toml",
        "[sound]",
        "[[pace]]\ninhale_ms = 4000\nexhale_ms = 6000\n[sound]",
    );
    let faults = lake.layer().unwrap_err();
    assert!(
        faults[0].what.contains("only a breathing practice"),
        "{faults:?}"
    );
    let shipped = rich().edit(
        "practices/breath.toml",
        "recipe = \"breathing\"\nseed = 3",
        "file = \"sounds/words.opus\"",
    );
    let faults = shipped.layer().unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].what.contains("has no sound"), "{faults:?}");
    let given = rich()
        .edit(
            "practices/breath.toml",
            "recipe = \"breathing\"\nseed = 3",
            "file = \"sounds/words.opus\"",
        )
        .edit(
            "practices/breath.toml",
            "exhale_ms = 3750",
            "exhale_ms = 3750\nfile = \"sounds/lake.flac\"",
        )
        .layer()
        .unwrap();
    let sounds: Vec<&str> = given.practices[0]
        .paces
        .iter()
        .map(|p| p.sound.as_str())
        .collect();
    assert_eq!(sounds, ["sounds/lake.flac", "sounds/words.opus"]);
}

fn place_of(files: &Files, name: &str, words: &str) -> (Option<usize>, Option<usize>) {
    let text = std::str::from_utf8(&files.0[name]).unwrap();
    let before = &text[..text.find(words).unwrap()];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
    (Some(line), Some(column))
}

/// A recipe writes its file when the pack is built; nothing else may go by that name, or one replaces the
/// other unheard.
#[test]
fn a_name_that_a_recipe_makes_is_its_own() {
    let breath = "practices/breath.toml";
    let cue = "sounds/breath.4000-6000.flac";
    let bed = "sounds/rain.bed.flac";
    let voice = |name: &str| {
        rich()
            .edit(breath, "sounds/words.opus", name)
            .without("sounds/words.opus")
    };
    let lying = "lies in the folder, and this name is made by the recipe";
    let named = "is made by the recipe of ";
    for (name, files, page, words, key, what) in [
        (
            "a cue in the folder",
            rich().put(cue, "mine"),
            breath,
            "[[pace]]\ninhale_ms = 4000",
            "sound",
            lying,
        ),
        (
            "a bed in the folder",
            rich().put(bed, "mine"),
            "beds/rain.toml",
            "[sound]",
            "sound",
            lying,
        ),
        (
            "the voice called as the cue",
            voice(cue).put(cue, "mine"),
            breath,
            &format!("\"{cue}\""),
            "voice.zh",
            named,
        ),
        (
            "the voice called as the bed",
            voice(bed).put(bed, "mine"),
            breath,
            &format!("\"{bed}\""),
            "voice.zh",
            named,
        ),
        (
            "a cue called as the bed",
            rich()
                .edit("practices/lake.toml", "sounds/lake.flac", bed)
                .without("sounds/lake.flac")
                .put(bed, "mine"),
            "practices/lake.toml",
            "[sound]",
            "sound.file",
            named,
        ),
    ] {
        let (line, column) = place_of(&files, page, words);
        let faults = files.layer().unwrap_err();
        assert_eq!(faults.len(), 1, "{name}: {faults:#?}");
        let fault = &faults[0];
        assert_eq!(
            (
                fault.file.as_str(),
                fault.line,
                fault.column,
                fault.key.as_str()
            ),
            (page, line, column, key),
            "{name}"
        );
        assert!(fault.what.contains(what), "{name}: {fault}");
        assert!(
            fault.remedy.contains("rename the recording"),
            "{name}: {fault}"
        );
    }
}

#[test]
fn a_recording_beside_a_recipe_goes_by_a_name_of_its_own() {
    let files = rich().put("sounds/breath.wav", "mine").edit(
        "practices/breath.toml",
        "zh = \"sounds/words.opus\"",
        "zh = \"sounds/words.opus\"\nen = \"sounds/breath.wav\"",
    );
    let layer = files.layer().unwrap();
    let plans = layer
        .sounds
        .iter()
        .filter(|plan| plan.page.ends_with("breath.toml"));
    assert_eq!(plans.count(), 4, "two paces, two voices");
}

#[test]
fn a_file_that_two_ask_for_is_planned_once_for_each_length_it_must_have() {
    let layer = rich()
        .edit(
            "beds/rain.toml",
            "recipe = \"rain\"",
            "file = \"sounds/lake.flac\"",
        )
        .layer()
        .unwrap();
    let plans = layer
        .sounds
        .iter()
        .filter(|plan| plan.file == "sounds/lake.flac");
    assert_eq!(plans.count(), 1, "practice and bed both loop it");
}
