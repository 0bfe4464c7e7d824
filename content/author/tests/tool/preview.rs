//! Previews: the booth is asked for its tour over packs it can verify, and what it says is passed on. A
//! booth of a few lines of shell stands in for the real one, which the project's own runs use.

use crate::desk::Desk;
use std::os::unix::fs::PermissionsExt;

const BOOTH: &str = r#"#!/bin/bash
out=""; shots=""; packs=""; trust=""
while [ $# -gt 0 ]; do
  case $1 in
    --tour) out=$2; shift ;; --shots) shots=$2; shift ;; --flow) flow=$2; shift ;;
    --packs) packs=$2; shift ;; --trust) trust=$2; shift ;;
  esac
  shift
done
for pack in "$packs"/*.xpack; do "$XINTING_PACK" verify "$pack" --trust "$trust" >/dev/null || exit 1; done
if [ -n "$shots" ]; then grep -q 'tap 怎么找到我们' "$flow" && touch "$shots/added-finding-us.png"; exit; fi
touch "$out/01-attract.png" "$out/02-learn.png" "$out/100-night.png" "$out/11-counsellor.png"
"#;

fn booth(desk: &Desk, text: &str) -> String {
    let tool = env!("CARGO_BIN_EXE_xinting-pack");
    desk.put("booth", &text.replace("$XINTING_PACK", tool));
    let path = desk.path("booth");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_page_shows_what_the_pack_adds_first() {
    let desk = Desk::new();
    desk.good(&["new", "ours"]);
    let booth = booth(&desk, BOOTH);
    let told = desk.good(&[
        "preview", "ours", "-o", "out", "--over", "little", "--kiosk", &booth,
    ]);
    assert!(told.starts_with("5 pictures; open "), "{told}");
    let page = std::fs::read_to_string(desk.path("out/index.html")).unwrap();
    let at = |name: &str| page.find(name).unwrap_or_else(|| panic!("{name}: {page}"));
    assert!(at("added-finding-us.png") < at("02-learn.png"));
    assert!(at("02-learn.png") < at("11-counsellor.png"));
    assert!(at("11-counsellor.png") < at("其他画面") && at("其他画面") < at("100-night.png"));
    assert!(page.contains("怎么找到我们"));
}

#[test]
fn a_booth_that_is_not_there_or_will_not_is_named_in_words() {
    let desk = Desk::new();
    desk.good(&["new", "ours"]);
    let preview = [
        "preview", "ours", "-o", "out", "--over", "little", "--kiosk",
    ];
    let told = desk.bad(1, &[&preview[..], &["nowhere"]].concat());
    assert!(told.contains("cargo build -p xinting-kiosk"), "{told}");
    let booth = booth(
        &desk,
        "#!/bin/bash\necho 'xinting-kiosk: no font' >&2\nexit 1\n",
    );
    let told = desk.bad(1, &[&preview[..], &[booth.as_str()]].concat());
    assert!(
        told.contains("would not show it: xinting-kiosk: no font"),
        "{told}"
    );
    assert!(!desk.path("out/index.html").exists());
    let told = desk.bad(2, &["preview", "ours", "-o", "out", "--kiosk", &booth]);
    assert!(told.contains("--over starter.xpack"), "{told}");
}
