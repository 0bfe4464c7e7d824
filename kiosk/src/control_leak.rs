//! A leak on purpose, in a build of its own (`--features control-leak`): writes the words of every answer to the log.
//! It exists so that the canary tests can show that they would see a leak. No other build contains it.

use xinting_session::{Input, Now, Screen, Session};

/// Writes the answer that is about to be given.
pub(crate) fn leak(session: &Session, now: Now, input: &Input) {
    let (
        Input::Answer(choice),
        Screen::Item {
            instrument, index, ..
        },
    ) = (input, session.screen(now))
    else {
        return;
    };
    let options = session
        .library()
        .instrument(&instrument)
        .and_then(|found| found.items.get(index))
        .map(|item| &item.options);
    if let Some(option) = options.and_then(|options| options.get(*choice)) {
        tracing::info!(
            answer = option.text.get(xinting_content::Lang::ZhCn),
            "leaked on purpose"
        );
    }
}
