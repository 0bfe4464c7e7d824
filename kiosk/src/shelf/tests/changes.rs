//! What an admin reads that a pack would change for visitors, whichever pack it was in before.

use super::*;

/// What is told of the one pack on the stick, and how many files it adds, changes and takes away.
fn told(booth: &Booth, shelf: &Shelf, pack: &Sources) -> (Vec<String>, [usize; 3]) {
    booth.write("stick/new.xpack", &pack.signed(&booth.publisher));
    let found = booth.look(shelf).remove(0);
    let changes = found.offer.expect("a good pack").changes;
    let words = changes.each.iter().map(|change| change.words(Lang::En));
    (
        words.collect(),
        [changes.added, changes.changed, changes.removed],
    )
}

#[test]
fn a_pack_that_is_new_here_says_what_it_lays_over_of_other_packs() {
    let booth = Booth::new();
    let shelf = booth.open_well();
    let support = Sources::starter(5);
    let support = support.text("support.toml").replace("Words", "Other words");
    let pack = Sources::new("elm", "district", 1)
        .with("hotlines.toml", &line("day", false))
        .with("support.toml", &support)
        .with_lake("calm");
    // The counsellor, too, was the starter's; the practice is among what the pack holds.
    assert_eq!(
        told(&booth, &shelf, &pack),
        (
            [
                "Changed hotlines",
                "Changed support words",
                "Changed counsellor"
            ]
            .map(str::to_owned)
            .to_vec(),
            [8, 0, 0]
        )
    );
}

#[test]
fn what_lies_below_another_pack_changes_nothing_and_comes_back_when_that_is_gone() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    let above = Sources::new("oak", "school", 1).with_lake("above");
    booth
        .install(&mut shelf, &above.signed(&booth.publisher))
        .unwrap();
    let below = Sources::new("elm", "district", 1).with_lake("below");
    assert_eq!(told(&booth, &shelf, &below), (vec![], [6, 0, 0]));
    booth
        .install(&mut shelf, &below.signed(&booth.publisher))
        .unwrap();
    // Without its own lake the school shows the district's, whose words are the same and whose sound is another.
    let (words, files) = told(&booth, &shelf, &Sources::new("oak", "school", 2));
    assert_eq!(words, ["Changed counsellor", "Changed sound: lake"]);
    assert_eq!(files, [0, 2, 4]);
}
