//! Ends the event loop in good order when the service manager or a person asks for it, so that a call is hung up and
//! what was counted is written.

use crate::log_event::{LogEvent, log};
use tokio::signal::unix::{SignalKind, signal};

/// SIGTERM and SIGINT end the event loop from now on. Without a thread for it they end the program as they always do.
pub fn quit_on_signals() {
    let waiting = std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build()?;
            runtime.block_on(async {
                let mut end = signal(SignalKind::terminate())?;
                let mut interrupt = signal(SignalKind::interrupt())?;
                tokio::select! {
                    _ = end.recv() => {}
                    _ = interrupt.recv() => {}
                }
                std::io::Result::Ok(())
            })?;
            // A loop that has ended already needs no end.
            let _ended = slint::quit_event_loop();
            std::io::Result::Ok(())
        });
    if let Err(error) = waiting {
        log(LogEvent::ActorFailed(&error.to_string()));
    }
}
