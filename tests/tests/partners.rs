//! The claim: the voice-call driver works with modems that nobody here wrote.
//!
//! The seven fake modems of the source package `python-gsmmodem-new` each sit behind a pty of their own
//! (`tests/partners/host.py`), and the installer's tool calls through them as it would through a real module. The fakes
//! are passive: the test says when the far end answers and hangs up, the fake says it in its own words.
//!
//! Deliberately not here: the fakes themselves. `scripts/setup` fetches them by version and hash, nothing is copied.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use xinting_e2e::bins::{bin, printed, run, workspace};

/// The fakes by name, and whether each keeps a list of calls (`+CLCC`) that a hang-up could be checked with.
const FAKES: [(&str, bool); 7] = [
    ("GenericTestModem", true),
    ("WavecomMultiband900E1800", false),
    ("HuaweiK3715", false),
    ("HuaweiE1752", false),
    ("QualcommM6280", true),
    ("ZteK3565Z", true),
    ("NokiaN79", true),
];

/// A number that is nobody's: the telephone regulator of the United Kingdom keeps 01632 960000 to 960999 free for films
/// and never assigns them. No guarded number is at its end, and nothing leaves the pty anyway.
const NUMBER: &str = "01632960001";

/// Longer than any deadline of the driver that a good run can meet.
const PATIENCE: Duration = Duration::from_secs(90);

/// The commands that ask a module to end a call.
const HANG_UPS: [&str; 4] = ["AT+CHUP", "ATH", "AT+CHLD=1", "AT+CFUN=4"];

fn package() -> PathBuf {
    let path = workspace().join("target/partners/python-gsmmodem-new-0.13.0.tar.gz");
    assert!(
        path.exists(),
        "{} is not there; run scripts/setup, which fetches it by version and hash",
        path.display()
    );
    path
}

fn host() -> Command {
    // Debian's own, which scripts/setup installs; the harness needs nothing but its standard library.
    let mut command = Command::new("/usr/bin/python3");
    command
        .arg(workspace().join("tests/partners/host.py"))
        .arg(package());
    command
}

/// What is heard from either side.
#[derive(Debug)]
enum Heard {
    /// A line of the harness.
    Host(String),
    /// An object of the tool.
    Tool(Value),
    /// The tool's output has ended.
    ToolDone,
}

/// One fake modem behind its pty, and whatever was heard so far.
struct Bench {
    _place: tempfile::TempDir,
    link: PathBuf,
    host: Child,
    words: ChildStdin,
    tell: Sender<Heard>,
    heard: Receiver<Heard>,
    /// Every command that came over the pty since the last [`Bench::dial`].
    commands: Vec<String>,
    /// Commands before this one came before the line opened.
    opened_at: usize,
    rang: bool,
}

impl Drop for Bench {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.host.kill();
        let _ = self.host.wait();
    }
}

impl Bench {
    fn start(name: &str) -> Self {
        let place = tempfile::tempdir().expect("a folder for the port");
        let link = place.path().join("modem");
        let mut host = host()
            .args([name.as_ref(), link.as_os_str()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts; scripts/setup installs it");
        let (tell, heard) = channel();
        let lines = BufReader::new(host.stdout.take().expect("piped")).lines();
        let teller = tell.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = teller.send(Heard::Host(line));
            }
        });
        let words = host.stdin.take().expect("piped");
        let mut bench = Self {
            _place: place,
            link,
            host,
            words,
            tell,
            heard,
            commands: Vec::new(),
            opened_at: 0,
            rang: false,
        };
        bench.wait(
            "the port",
            |heard, _| matches!(heard, Heard::Host(line) if line.starts_with("port ")),
        );
        bench
    }

    fn say(&mut self, word: &str) {
        writeln!(self.words, "{word}").expect("the harness listens");
    }

    fn tool(&self, words: &[&str]) -> Child {
        let mut child = Command::new(bin("xinting-hw"))
            .args(["modem", "--json", "--port"])
            .arg(&self.link)
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the tool starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let tell = self.tell.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let object = serde_json::from_str(&line)
                    .unwrap_or_else(|error| panic!("not an object: {line}: {error}"));
                let _ = tell.send(Heard::Tool(object));
            }
            let _ = tell.send(Heard::ToolDone);
        });
        child
    }

    /// Takes in what is heard until `enough` says so.
    fn wait(&mut self, what: &str, mut enough: impl FnMut(&Heard, &mut Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        loop {
            match self
                .heard
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                Ok(heard) => {
                    match &heard {
                        Heard::Host(line) if line == "rang" => self.rang = true,
                        Heard::Host(line) => {
                            if let Some(command) = line.strip_prefix("heard ") {
                                self.commands.push(command.to_owned());
                            }
                        }
                        Heard::Tool(object) => assert!(
                            !object.to_string().contains(NUMBER),
                            "the tool told the number: {object}"
                        ),
                        Heard::ToolDone => {}
                    }
                    if enough(&heard, self) {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => panic!(
                    "waited {} s in vain for {what}; the modem heard last {:?}",
                    PATIENCE.as_secs(),
                    self.last()
                ),
            }
        }
    }

    /// Waits for a state of the call, and gives its outcome. Any other state but the ones named before is wrong.
    fn wait_for_state(&mut self, state: &str, before: &[&str]) -> String {
        let mut outcome = String::new();
        self.wait(state, |heard, bench| match heard {
            Heard::Tool(object) => {
                let found = object["state"].as_str().unwrap_or_default();
                outcome = object["outcome"].as_str().unwrap_or_default().to_owned();
                assert!(
                    found == state || before.contains(&found),
                    "{state} was to come, not {object}; the modem heard last {:?}",
                    bench.last()
                );
                found == state
            }
            Heard::ToolDone => panic!("the tool ended before {state}"),
            Heard::Host(_) => false,
        });
        outcome
    }

    /// Starts a call and waits until the fake has said all that comes before an answer, and the driver, having got no
    /// more than that, asks for the list of calls as it does while a telephone rings.
    fn dial(&mut self, open_for: &str) -> Child {
        self.commands.clear();
        self.rang = false;
        let tool = self.tool(&["dial", NUMBER, "--for", open_for]);
        self.wait_for_state("dialling", &[]);
        self.wait("ringing", |_, bench| bench.rings());
        tool
    }

    /// True when the fake has said what comes before an answer, and the driver went on to ask for the list of calls.
    fn rings(&self) -> bool {
        let dialled = self
            .commands
            .iter()
            .rposition(|command| *command == format!("ATD{NUMBER};"));
        let asked = dialled.map_or(0, |at| {
            self.commands[at..]
                .iter()
                .filter(|command| *command == "AT+CLCC")
                .count()
        });
        self.rang && asked >= 2
    }

    fn answer(&mut self) {
        self.say("answer");
        self.wait_for_state("line_open", &["alerting"]);
        self.opened_at = self.commands.len();
    }

    fn wait_for_tool(&mut self, tool: &mut Child) -> Option<i32> {
        self.wait("the tool's end", |heard, _| {
            matches!(heard, Heard::ToolDone)
        });
        tool.wait().expect("it was started").code()
    }

    /// The last few commands, for messages.
    fn last(&self) -> &[String] {
        &self.commands[self.commands.len().saturating_sub(24)..]
    }

    /// The hang-up commands since the line opened, in order.
    fn hang_ups(&self) -> Vec<&str> {
        self.commands[self.opened_at..]
            .iter()
            .map(String::as_str)
            .filter(|command| HANG_UPS.contains(command))
            .collect()
    }
}

/// Asks how the modem is, and calls through it in every way a call can go.
fn work_with(name: &str, lists_calls: bool) -> String {
    let mut bench = Bench::start(name);
    // Whatever is told to hang up does so, until the last call below.
    bench.say("let-go on");

    let mut probe = bench.tool(&["probe", "--for", "30s"]);
    let mut health = Value::Null;
    bench.wait("health", |heard, _| match heard {
        Heard::Tool(object) => {
            if !object["health"].is_null() {
                health = object["health"].clone();
            }
            false
        }
        Heard::ToolDone => true,
        Heard::Host(_) => false,
    });
    let status = probe.wait().expect("it was started").code();
    assert_eq!(
        (health.as_str(), status),
        (Some("registered"), Some(0)),
        "ready; the modem heard last {:?}",
        bench.last()
    );

    // The far end answers and later hangs up.
    let mut tool = bench.dial("10m");
    bench.answer();
    bench.say("remote-end");
    assert_eq!(bench.wait_for_state("ended", &[]), "remote_ended");
    assert_eq!(bench.wait_for_tool(&mut tool), Some(0));

    // The far end answers and this side hangs up.
    let mut tool = bench.dial("200ms");
    bench.answer();
    assert_eq!(bench.wait_for_state("ended", &[]), "hung_up_here");
    assert_eq!(bench.wait_for_tool(&mut tool), Some(0));
    let hang_ups = bench.hang_ups().join(" ");
    assert!(!hang_ups.is_empty(), "no hang-up was written");

    // The far end will not answer: no line may be claimed, whatever word the fake has for it. Where the driver tries
    // once more it is turned away once more.
    let mut tool = bench.dial("10m");
    bench.say("reject");
    bench.rang = false;
    bench.wait("an end", |heard, bench| match heard {
        Heard::Tool(object) => {
            assert_ne!(object["state"], "line_open", "nobody answered");
            object["state"] == "ended"
        }
        Heard::ToolDone => panic!("the tool ended before the call"),
        Heard::Host(_) => {
            if bench.rings() {
                bench.say("reject");
                bench.rang = false;
            }
            false
        }
    });
    assert_eq!(bench.wait_for_tool(&mut tool), Some(1));

    // As it was written, a fake answers OK to a hang-up and keeps the call in its list. Every step there is must then
    // be taken, and none of them believed.
    let mut stubborn = String::new();
    if lists_calls {
        bench.say("let-go off");
        let mut tool = bench.dial("200ms");
        bench.answer();
        assert_eq!(bench.wait_for_state("ended", &[]), "modem_lost");
        bench.wait_for_tool(&mut tool);
        for command in HANG_UPS {
            assert!(
                bench.hang_ups().contains(&command),
                "{command} is missing in {:?}",
                bench.hang_ups()
            );
        }
        "; kept its call, and was not believed".clone_into(&mut stubborn);
    }
    format!(
        "ready, dialling, line open, remote end; hung up with {hang_ups}; a call nobody took{stubborn}"
    )
}

#[test]
fn the_seven_fake_modems() {
    let listed = run(host().arg("--list"));
    assert!(listed.status.success(), "{}", printed(&listed));
    let mut names: Vec<&str> = FAKES.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(
        String::from_utf8_lossy(&listed.stdout)
            .lines()
            .collect::<Vec<_>>(),
        names,
        "the package's fakes are these seven"
    );
    let failed: Vec<&str> = std::thread::scope(|scope| {
        let at_work = FAKES.map(|(name, lists_calls)| {
            let worker = scope.spawn(move || {
                let begun = Instant::now();
                let done = work_with(name, lists_calls);
                println!("{name}: {done} ({} s)", begun.elapsed().as_secs());
            });
            (name, worker)
        });
        at_work
            .into_iter()
            .filter_map(|(name, worker)| {
                worker.join().is_err().then(|| {
                    println!("{name}: FAILED, see above");
                    name
                })
            })
            .collect()
    });
    assert!(failed.is_empty(), "failed: {failed:?}");
}

/// Any other modem, where somebody names one: asked how it is, and dialled only where a number is named too.
#[test]
fn the_modem_that_was_named() {
    let Ok(port) = std::env::var("XINTING_TEST_MODEM") else {
        println!("no modem is named in XINTING_TEST_MODEM: none was opened");
        return;
    };
    let tool = |words: &[&str]| {
        run(Command::new(bin("xinting-hw"))
            .args(["modem", "--json", "--port"])
            .arg(Path::new(&port))
            .args(words))
    };
    let probe = tool(&["probe", "--for", "60s"]);
    println!("{port}: {}", printed(&probe));
    let said = String::from_utf8_lossy(&probe.stdout).into_owned();
    assert!(
        said.contains("\"health\"")
            && !said.contains("\"absent\"")
            && !said.contains("\"not_responding\""),
        "the modem answers"
    );
    let Ok(number) = std::env::var("XINTING_TEST_NUMBER") else {
        println!("no number is named in XINTING_TEST_NUMBER: none was dialled");
        return;
    };
    let call = tool(&["dial", &number, "--for", "5s"]);
    let said = String::from_utf8_lossy(&call.stdout).into_owned();
    assert!(
        said.contains("\"dialling\"") && said.contains("\"ended\""),
        "{}",
        printed(&call)
    );
}
