//! Names that stand for two things at once, and what lies in a folder beside a pack's files: nothing of an author's is
//! replaced or left out without a word.

use crate::desk::Desk;

const CUE: &str = "little/sounds/breath.4000-6000.flac";

/// What `check` and `build` say, one after the other; both must refuse.
fn refused(desk: &Desk) -> [String; 2] {
    desk.good(&["keygen", "mine", "--no-password"]);
    let told = [
        desk.bad(1, &["check", "little"]),
        desk.bad(
            1,
            &["build", "little", "-o", "little.xpack", "--key", "mine.key"],
        ),
    ];
    assert!(!desk.path("little.xpack").exists());
    told
}

#[test]
fn a_recording_in_the_place_of_a_rendering_is_refused() {
    let desk = Desk::new();
    desk.put(CUE, "recorded by hand");
    for told in refused(&desk) {
        let place =
            "practices/breath.toml:12:1: sound: “sounds/breath.4000-6000.flac” lies in the folder";
        assert!(
            told.contains(place) && told.contains("rename the recording"),
            "{told}"
        );
    }
}

#[test]
fn a_voice_called_as_the_rendering_is_refused() {
    let desk = Desk::new();
    let voice = "[voice]\nzh = \"sounds/breath.4000-6000.flac\"\n[sound]";
    desk.edit("little/practices/breath.toml", "[sound]", voice);
    desk.put(CUE, "recorded by hand");
    for told in refused(&desk) {
        let place = "practices/breath.toml:13:6: voice.zh: “sounds/breath.4000-6000.flac” is made by the recipe";
        assert!(
            told.contains(place) && told.contains("rename the recording"),
            "{told}"
        );
    }
}

#[test]
fn a_file_that_no_booth_would_take_is_refused_at_once() {
    let desk = Desk::new();
    desk.put("little/sounds/long.flac", "");
    let file = std::fs::File::options()
        .write(true)
        .open(desk.path("little/sounds/long.flac"));
    file.unwrap().set_len((256 << 20) + 1).unwrap();
    for told in refused(&desk) {
        let fault =
            "sounds/long.flac: it has 268435457 bytes, and 268435456 are the most; make it smaller";
        assert!(told.contains(fault), "{told}");
    }
}

#[test]
fn more_text_than_a_pack_holds_is_refused_at_once() {
    let desk = Desk::new();
    let text = "#".repeat(8 << 20);
    for number in 1..=8 {
        desk.put(&format!("little/articles/{number}.en.md"), &text);
    }
    for told in refused(&desk) {
        let fault = "more than the 67108864 bytes of text that a pack holds; ";
        assert!(told.contains(fault), "{told}");
    }
}

#[test]
fn one_text_that_is_too_large_is_no_fault_of_the_others() {
    let desk = Desk::new();
    let place = desk.path("little/articles");
    std::fs::create_dir_all(&place).unwrap();
    let file = std::fs::File::create(place.join("aaa.en.md")).unwrap();
    file.set_len(70 << 20).unwrap();
    for told in refused(&desk) {
        assert!(
            told.contains("aaa.en.md: with it the folder has more than"),
            "{told}"
        );
        assert!(!told.contains("pack.toml"), "{told}");
    }
}

#[test]
fn a_folder_where_a_text_should_be_is_refused() {
    for name in [
        "hotlines.toml",
        "support.toml",
        "articles/waves.zh-CN.md",
        "practices/breath.EN.VTT",
    ] {
        let desk = Desk::new();
        std::fs::create_dir_all(desk.path(&format!("little/{name}"))).unwrap();
        for told in refused(&desk) {
            let fault = format!("{name}: it is a folder and has the name of a text; ");
            assert!(told.contains(&fault), "{told}");
        }
    }
}

#[test]
fn a_text_behind_a_byte_order_mark_is_held_to_the_same_rules() {
    let desk = Desk::new();
    desk.edit(
        "little/pack.toml",
        "practices",
        "articles = [\"waves\"]\npractices",
    );
    desk.put(
        "little/articles/waves.toml",
        "audiences = [\"junior\"]\ntheme = \"worry\"\ntitle = { zh = \"浪\", en = \"Waves\" }\n\
         summary = { zh = \"一句\", en = \"One line\" }\nminutes = 1\n",
    );
    desk.put("little/articles/waves.zh-CN.md", "\u{feff}# 浪\n\n一段\n");
    desk.put("little/articles/waves.en.md", "\u{feff}1. numbered\n");
    for told in refused(&desk) {
        let place = "articles/waves.en.md:1:1: ";
        assert!(
            told.contains(place) && told.contains("a numbered list"),
            "{told}"
        );
    }
    desk.put(
        "little/articles/waves.en.md",
        "\u{feff}# Waves\n\nA paragraph\n",
    );
    desk.good(&["build", "little", "-o", "little.xpack", "--key", "mine.key"]);
    desk.good(&["verify", "little.xpack", "--trust", "mine.pub"]);
}
