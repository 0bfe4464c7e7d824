//! Fingers and eyes of a flow: finds what carries a label, presses it where it stands, takes its picture.
//!
//! Deliberately not here: what a label means.

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery, ElementRoot};
use slint::platform::{PointerEventButton, WindowEvent};
use slint::{ComponentHandle, SharedString};
use std::cell::RefCell;
use std::future::poll_fn;
use std::path::Path;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

/// What carries this label and can be seen. Spaces and line breaks do not count: a title may be broken anywhere.
pub(super) fn find<R: ElementRoot>(root: &R, label: &str) -> Option<ElementHandle> {
    let wanted = squeezed(label);
    ElementQuery::from_root(root)
        .match_descendants()
        .match_predicate(move |element| {
            label_of(element).is_some_and(|label| squeezed(&label) == wanted) && seen(element)
        })
        .find_first()
}

/// What carries this label and can be touched. Of several the last drawn, which lies on top.
pub(super) fn find_touchable<R: ElementRoot>(root: &R, label: &str) -> Option<ElementHandle> {
    let wanted = squeezed(label);
    ElementQuery::from_root(root)
        .match_descendants()
        .match_predicate(move |element| {
            label_of(element).is_some_and(|label| squeezed(&label) == wanted)
                && touchable(element)
                && seen(element)
        })
        .find_all()
        .pop()
}

/// Every label on the screen, in the order drawn.
pub(super) fn labels<R: ElementRoot>(root: &R) -> Vec<String> {
    let elements = ElementQuery::from_root(root)
        .match_descendants()
        .match_predicate(seen)
        .find_all();
    let mut labels: Vec<String> = elements
        .iter()
        .filter_map(label_of)
        .map(|label| label.to_string())
        .collect();
    let mut told = std::collections::HashSet::new();
    labels.retain(|label| !label.is_empty() && told.insert(label.clone()));
    labels
}

/// Presses the middle of `element`; where it has been scrolled out of the window, does what it would do.
pub(super) async fn press<R: ComponentHandle>(root: &R, element: &ElementHandle) {
    let window = root
        .window()
        .size()
        .to_logical(root.window().scale_factor());
    let (at, size) = (element.absolute_position(), element.size());
    let (x, y) = (at.x + size.width / 2.0, at.y + size.height / 2.0);
    if x >= 0.0 && y >= 0.0 && x < window.width && y < window.height {
        element.single_click(PointerEventButton::Left).await;
    } else {
        element.invoke_accessible_default_action();
    }
}

/// Strikes a key of a keyboard.
pub(super) fn strike<R: ComponentHandle>(root: &R, character: char) {
    let text: SharedString = character.into();
    root.window()
        .dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
    root.window()
        .dispatch_event(WindowEvent::KeyReleased { text });
}

/// Writes what the window shows.
pub(super) fn shot<R: ComponentHandle>(root: &R, path: &Path) -> Result<(), String> {
    let pixels = root
        .window()
        .take_snapshot()
        .map_err(|error| format!("taking a picture: {error}"))?;
    crate::picture::write_png(path, &pixels)
        .map_err(|error| format!("writing {}: {error}", path.display()))
}

/// Lets real time pass while the event loop goes on.
pub(super) async fn sleep(time: Duration) {
    let waiting: Rc<RefCell<(bool, Option<Waker>)>> = Rc::default();
    let rung = Rc::clone(&waiting);
    slint::Timer::single_shot(time, move || {
        let waker = {
            let mut state = rung.borrow_mut();
            state.0 = true;
            state.1.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    });
    poll_fn(move |context| {
        let mut state = waiting.borrow_mut();
        if state.0 {
            return Poll::Ready(());
        }
        state.1 = Some(context.waker().clone());
        Poll::Pending
    })
    .await;
}

fn label_of(element: &ElementHandle) -> Option<SharedString> {
    element.accessible_label()
}

fn touchable(element: &ElementHandle) -> bool {
    element.accessible_enabled() != Some(false)
        && !matches!(
            element.accessible_role(),
            None | Some(AccessibleRole::Text | AccessibleRole::None)
        )
}

fn seen(element: &ElementHandle) -> bool {
    let size = element.size();
    size.width > 0.0 && size.height > 0.0 && element.computed_opacity() > 0.0
}

fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .collect()
}
