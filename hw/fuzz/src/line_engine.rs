//! The line engine against a second one, written from its documentation in the most obvious way.

use xinting_hw::modem::line::{LONGEST_LINE, LineEngine};

/// Cuts the bytes in both ways, and once more after the engine was told to forget what it holds.
///
/// # Panics
/// When the two disagree, or a line is longer than it may be.
pub fn run(input: &[u8]) {
    let mut engine = LineEngine::new();
    let wanted = obvious(input);
    assert_eq!(cut(&mut engine, input), wanted, "a fresh engine");
    engine.reset();
    assert_eq!(cut(&mut engine, input), wanted, "after a reset");
    for line in &wanted {
        assert!(line.len() <= LONGEST_LINE, "a line of {} bytes", line.len());
        assert_eq!(line.trim(), line);
    }
}

fn cut(engine: &mut LineEngine, input: &[u8]) -> Vec<String> {
    input.iter().filter_map(|byte| engine.push(*byte)).collect()
}

/// Whole lines only; what is not printable vanishes; what is too long or blank is no line.
fn obvious(input: &[u8]) -> Vec<String> {
    let mut pieces: Vec<&[u8]> = input.split(|byte| matches!(byte, b'\r' | b'\n')).collect();
    pieces.pop();
    pieces
        .into_iter()
        .map(|piece| {
            piece
                .iter()
                .filter(|byte| matches!(byte, b' '..=b'~'))
                .map(|byte| char::from(*byte))
                .collect::<String>()
        })
        .filter(|line| line.len() <= LONGEST_LINE)
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}
