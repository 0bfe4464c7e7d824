//! What a touch on the n-th thing of a list means: set when the list is drawn, read when it is touched.

use xinting_session::Input;

/// The inputs behind the lists that stand on the screen.
#[derive(Debug, Default)]
pub(super) struct Choices {
    /// Doors of the home page, by door number.
    pub(super) cards: Vec<Input>,
    pub(super) articles: Vec<Input>,
    pub(super) practices: Vec<Input>,
    pub(super) suggestions: Vec<Input>,
    pub(super) lines: Vec<Input>,
    /// The line of the page that stands: 现在打, 再试一次, 再打一次.
    pub(super) call: Option<Input>,
}

/// The input at a place that came from the screen.
pub(super) fn at(list: &[Input], place: i32) -> Option<Input> {
    list.get(usize::try_from(place).ok()?).cloned()
}
