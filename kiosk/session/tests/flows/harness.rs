//! Plays a flow against the pure session: time stands still but for `wait` and what `expect` waits
//! for. The one place of these tests that touches the session.

use crate::labels::{Shown, shown};
use crate::modem::Modem;
use expect_test::Expect;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use xinting_content::{Audience, Lang, fixture};
use xinting_session::flow::{Step, parse};
use xinting_session::{
    CanCall, Devices, Effect, Input, Now, PlayerCommand, PlayerEvent, Screen, Session, Settings,
    SoundState,
};

/// How long `expect` waits for what it names.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a soundscape fades.
const FADE: Duration = Duration::from_secs(4);

/// Plays `flow` and compares what came of it: for each line the effects it had, at the end the screen.
pub(crate) fn check(flow: &str, expected: &Expect) {
    expected.assert_eq(&play(flow));
}

/// Plays `flow`; see [`check`].
pub(crate) fn play(flow: &str) -> String {
    let mut booth = Booth::new();
    for (line, step) in parse(flow).expect("the flow is well written") {
        booth.step(line, step);
    }
    let screen = booth.session.screen(booth.now);
    writeln!(booth.story, "{screen:?}").expect("a string takes everything");
    if booth.modem.in_call() && !booth.session.in_visit() {
        booth.story.push_str("a call is up without a visit\n");
    }
    if let Some(strip) = booth.session.strip(booth.now) {
        writeln!(booth.story, "{strip:?}").expect("a string takes everything");
    }
    booth.story
}

struct Booth {
    session: Session,
    modem: Modem,
    /// When the player has faded out and says so.
    faded: Option<Duration>,
    now: Now,
    story: String,
}

impl Booth {
    fn new() -> Self {
        let settings = Settings {
            audience: Audience::Junior,
            lang: Lang::ZhCn,
            devices: Devices {
                can_call: CanCall::Yes,
                sound: SoundState::Present,
            },
        };
        Self {
            session: Session::new(Arc::new(fixture::library()), settings),
            modem: Modem::default(),
            faded: None,
            now: Now {
                monotonic: Duration::from_secs(1000),
                civil: None,
            },
            story: String::new(),
        }
    }

    fn step(&mut self, line: usize, step: Step) {
        match step {
            Step::Tap(label) => {
                let input = self.find(&label).and_then(|shown| shown.does);
                let input = input.unwrap_or_else(|| {
                    panic!(
                        "line {line}: nothing to tap called {label}; {}",
                        self.labels()
                    )
                });
                self.send(&format!("tap {label}"), input);
            }
            Step::Wait(time) => self.wait(self.now.monotonic + time),
            Step::Expect(label) => self.expect(line, &label),
            Step::ExpectNot(label) => assert!(
                self.find(&label).is_none(),
                "line {line}: {label} is on the screen"
            ),
            Step::SimModem(words) => {
                if let Some(can_call) = self.modem.script(&words, self.now.monotonic) {
                    let sound = self.session.devices().sound;
                    let devices = Devices { can_call, sound };
                    self.send(&format!("sim modem {words}"), Input::Devices(devices));
                }
                self.wait(self.now.monotonic);
            }
            Step::GestureAdmin => self.send("gesture admin", Input::AdminGesture),
            Step::Clock(at) => self.now.civil = Some(at),
            // Nothing a pure session could take or keep.
            Step::Shot(_) | Step::DayEnd => {}
            Step::HookLift => self.send("sim hook lift", Input::HookLifted),
            Step::HookDown => self.send("sim hook down", Input::HookDown),
            Step::Type(_)
            | Step::SimAudio(_)
            | Step::SimStick(_)
            | Step::NetworkUp
            | Step::NetworkDown
            | Step::StickInsert(_)
            | Step::StickPull
            | Step::Restart => panic!("line {line}: only a whole booth can do that"),
        }
    }

    fn expect(&mut self, line: usize, label: &str) {
        let until = self.now.monotonic + PATIENCE;
        while self.find(label).is_none() {
            let next = self.next_moment().filter(|next| *next <= until);
            let next = next.unwrap_or_else(|| {
                panic!(
                    "line {line}: {label} is not on the screen; {}",
                    self.labels()
                )
            });
            self.wait(next);
        }
    }

    fn labels(&self) -> String {
        let labels: Vec<String> = shown(&self.session, self.now)
            .into_iter()
            .map(|shown| shown.label)
            .collect();
        format!("there is: {}", labels.join(" · "))
    }

    fn find(&self, label: &str) -> Option<Shown> {
        shown(&self.session, self.now)
            .into_iter()
            .find(|shown| shown.label == label)
    }

    fn next_moment(&self) -> Option<Duration> {
        let moments = [self.session.next_deadline(), self.modem.next(), self.faded];
        moments.into_iter().flatten().min()
    }

    fn wait(&mut self, until: Duration) {
        while let Some(next) = self.next_moment().filter(|next| *next <= until) {
            self.set_time(next);
            if self.faded.take_if(|at| *at <= next).is_some() {
                self.send("faded", Input::Player(PlayerEvent::Ended));
            } else if self.modem.next().is_some_and(|at| at <= next) {
                let event = self.modem.say().expect("it has something to say");
                self.send(&format!("modem {event:?}"), Input::CallEvent(event));
            } else {
                self.send("tick", Input::Tick);
            }
        }
        self.set_time(until);
    }

    fn set_time(&mut self, monotonic: Duration) {
        self.now.monotonic = self.now.monotonic.max(monotonic);
    }

    fn send(&mut self, why: &str, input: Input) {
        let before = self.session.screen(self.now);
        let effects = self.session.handle(self.now, input);
        for effect in &effects {
            self.modem.hear(effect, self.now.monotonic);
            match effect {
                Effect::Player(PlayerCommand::Finish { .. }) => {
                    self.faded = Some(self.now.monotonic + FADE);
                }
                Effect::Player(PlayerCommand::Start { .. } | PlayerCommand::Stop) => {
                    self.faded = None;
                }
                _ => {}
            }
        }
        if effects.contains(&Effect::VisitEnded) {
            assert!(!self.session.in_visit() && self.session.strip(self.now).is_none());
        }
        let after = self.session.screen(self.now);
        let mut told = Vec::new();
        if name(&before) != name(&after) {
            told.push(format!("→ {}", name(&after)));
        }
        told.extend(effects.iter().map(|effect| format!("{effect:?}")));
        if !told.is_empty() {
            writeln!(self.story, "{why}: {}", told.join(", ")).expect("a string takes everything");
        }
    }
}

/// The bare name of a screen.
fn name(screen: &Screen) -> String {
    let text = format!("{screen:?}");
    text.split([' ', '(', '{'])
        .next()
        .unwrap_or_default()
        .to_owned()
}
