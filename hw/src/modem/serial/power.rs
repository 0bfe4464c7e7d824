//! The configured command that takes the modem's power away and gives it back, while it runs.
//!
//! It is run as given, without a shell, with nothing on its input and its output thrown away, in a process group of its
//! own so that what it started ends with it. Deliberately not here: when it is run.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};

use crate::modem::PowerCycleError;

/// How long the command may take before it is ended.
pub const POWER_LIMIT: Duration = Duration::from_secs(30);
/// How often a command is looked at where the kernel cannot say by itself that it ended (before Linux 5.3).
const LOOK: Duration = Duration::from_millis(200);

/// A running command.
#[derive(Debug)]
pub(super) struct PowerCommand {
    child: Child,
    ended: Option<OwnedFd>,
    limit: Option<Duration>,
}

impl PowerCommand {
    pub(super) fn start(argv: Option<&[String]>, now: Duration) -> Result<Self, PowerCycleError> {
        let (program, arguments) = argv
            .and_then(<[String]>::split_first)
            .ok_or(PowerCycleError::NotConfigured)?;
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            .process_group(0)
            .spawn()
            .map_err(|error| {
                tracing::warn!(program, %error, "the modem's power command cannot be run");
                PowerCycleError::Failed
            })?;
        let ended = Pid::from_child(&child);
        Ok(Self {
            child,
            ended: pidfd_open(ended, PidfdFlags::empty()).ok(),
            limit: Some(now.saturating_add(POWER_LIMIT)),
        })
    }

    /// Becomes readable when the command ends.
    pub(super) fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.ended.as_ref().map(AsFd::as_fd)
    }

    /// When [`PowerCommand::poll`] wants to be called at the latest.
    pub(super) fn poll_timeout(&self, now: Duration) -> Option<Duration> {
        let look = self.ended.is_none().then_some(now.saturating_add(LOOK));
        [self.limit, look].into_iter().flatten().min()
    }

    /// Looks how it stands. The result is given once; a command that had to be ended goes on being waited for.
    pub(super) fn poll(&mut self, now: Duration) -> Progress {
        let told = self.limit.is_none();
        match self.child.try_wait() {
            Ok(None) => {
                if self.limit.is_some_and(|limit| limit <= now) {
                    tracing::warn!("the modem's power command took too long and is ended");
                    self.limit = None;
                    // It may end by itself in this very moment.
                    let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
                    return Progress::TimedOut;
                }
                Progress::Running
            }
            _ if told => Progress::Over,
            Ok(Some(status)) if status.success() => Progress::Ended(Ok(())),
            Ok(Some(status)) => {
                tracing::warn!(%status, "the modem's power command failed");
                Progress::Ended(Err(PowerCycleError::Failed))
            }
            Err(error) => {
                tracing::warn!(%error, "the modem's power command cannot be waited for");
                Progress::Ended(Err(PowerCycleError::Failed))
            }
        }
    }
}

/// How a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// It runs.
    Running,
    /// It ended.
    Ended(Result<(), PowerCycleError>),
    /// It was told to end, and has not yet.
    TimedOut,
    /// It ended after it had been told to.
    Over,
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn argv(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn to_its_end(command: &mut PowerCommand, now: Duration) -> Progress {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let progress = command.poll(now);
            if progress != Progress::Running || Instant::now() > until {
                return progress;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn what_becomes_of_a_command() {
        let failed = Progress::Ended(Err(PowerCycleError::Failed));
        for (words, wanted) in [
            (&["true"][..], Progress::Ended(Ok(()))),
            (&["false"], failed),
            // Without a shell this is an argument like any other.
            (&["test", "$HOME", "=", "$HOME"], Progress::Ended(Ok(()))),
        ] {
            let mut command = PowerCommand::start(Some(&argv(words)), Duration::ZERO).unwrap();
            assert_eq!(
                to_its_end(&mut command, Duration::ZERO),
                wanted,
                "{words:?}"
            );
        }
        for words in [None, Some(&argv(&[])[..])] {
            let refused = PowerCommand::start(words, Duration::ZERO).unwrap_err();
            assert_eq!(refused, PowerCycleError::NotConfigured);
        }
        let nothing = argv(&["/nowhere/power"]);
        let refused = PowerCommand::start(Some(&nothing), Duration::ZERO).unwrap_err();
        assert_eq!(refused, PowerCycleError::Failed);
    }

    #[test]
    fn a_command_that_hangs_is_ended_with_all_it_started() {
        let place = tempfile::tempdir().unwrap();
        let mark = place.path().join("mark");
        // The shell is the command under test here, and its child the one that must not survive it.
        let script = format!("(sleep 100; echo > {}) & wait", mark.display());
        let words = argv(&["sh", "-c", &script]);
        let mut command = PowerCommand::start(Some(&words), Duration::ZERO).unwrap();
        let before = POWER_LIMIT - Duration::from_millis(1);
        assert_eq!(command.poll(before), Progress::Running);
        assert_eq!(command.poll_timeout(before), Some(POWER_LIMIT));
        assert_eq!(command.poll(POWER_LIMIT), Progress::TimedOut);
        assert_eq!(to_its_end(&mut command, POWER_LIMIT), Progress::Over);
        assert!(!mark.exists());
    }
}
