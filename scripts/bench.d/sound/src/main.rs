//! Sound's part of scripts/bench: the same voice and two beds, played by our player, by rodio and by mpv into the same
//! private null sink in the same run; and the time from a command to the first sample that is not silence.
//!
//! Prints tables. Deliberately not here: any judgement, and any device that could be heard.

use std::error::Error;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use xinting_e2e::pulse::{Recorder, Route, SoundServer, now};
use xinting_hw::audio::{
    DeviceChoice, End, PlayerCommand, PlayerConfig, PlayerHandle, Role, Track,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Time for a player to open its files and fill its rings before it is measured.
const SETTLE: Duration = Duration::from_secs(6);
/// How long each is measured.
const MEASURED: Duration = Duration::from_secs(30);
/// Touches of one route.
const TOUCHES: usize = 120;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["play", "ours", files @ ..] => ours(files),
        ["play", "rodio", files @ ..] => by_rodio(files),
        ["touch", host, files @ ..] => touch(host, files),
        ["all", voice, bed, other] => all(&[voice, bed, other]),
        _ => Err("usage: xinting-bench-sound all VOICE BED BED".into()),
    }
}

fn player(host: &str, device: DeviceChoice) -> Outcome<PlayerHandle> {
    let config = PlayerConfig {
        device,
        host: Some(host.to_owned()),
        ..PlayerConfig::default()
    };
    Ok(PlayerHandle::start(config, |_| {})?)
}

fn read(file: &str) -> Outcome<Arc<[u8]>> {
    Ok(std::fs::read(file)?.into())
}

/// A practice: the first file as its voice, the others as its beds.
fn practice(files: &[&str]) -> Outcome<Vec<Track>> {
    let [voice, beds @ ..] = files else {
        return Err("name the files".into());
    };
    let mut tracks = vec![Track::new(Role::Voice, read(voice)?).looped(true)];
    for (number, bed) in (0..).zip(beds) {
        let bed = Track::new(Role::Bed(number), read(bed)?);
        tracks.push(bed.looped(true).gain_db(-6.0));
    }
    Ok(tracks)
}

/// Plays by our own player until killed.
fn ours(files: &[&str]) -> Outcome<()> {
    let tracks = practice(files)?;
    let player = player("alsa", DeviceChoice::Default)?;
    player.send(PlayerCommand::Load {
        tracks,
        start_ms: 0,
        end: End::default(),
    })?;
    player.send(PlayerCommand::Play)?;
    loop {
        std::thread::park();
    }
}

/// Plays by rodio until killed: decoders that go round, mixed by its own mixer.
fn by_rodio(files: &[&str]) -> Outcome<()> {
    use rodio::Source;
    let sink = rodio::DeviceSinkBuilder::open_default_sink()?;
    for (number, file) in files.iter().enumerate() {
        let bytes = std::io::Cursor::new(std::fs::read(file)?);
        let source = rodio::Decoder::new_looped(bytes)?;
        sink.mixer()
            .add(source.amplify(if number == 0 { 1.0 } else { 0.5 }));
    }
    loop {
        std::thread::park();
    }
}

/// Starts a practice again and again on a warm device; prints when each was asked for.
fn touch(host: &str, files: &[&str]) -> Outcome<()> {
    let player = player(host, DeviceChoice::Default)?;
    let tracks = practice(files)?;
    player.send(PlayerCommand::Warm(true))?;
    std::thread::sleep(Duration::from_secs(2));
    for number in 0..TOUCHES {
        println!("{}", now().as_nanos());
        player.send(PlayerCommand::Load {
            tracks: tracks.clone(),
            start_ms: 0,
            end: End::default(),
        })?;
        player.send(PlayerCommand::Play)?;
        // Uneven, so that touches fall everywhere between two buffers.
        std::thread::sleep(Duration::from_millis(400 + number as u64 % 21));
        player.send(PlayerCommand::Stop)?;
        std::thread::sleep(Duration::from_millis(350));
    }
    Ok(())
}

fn all(files: &[&str]) -> Outcome<()> {
    let before = load()?;
    let server = SoundServer::start();
    // Listens to each of them, so that the sink's pace is the same for all and none is measured that is silent.
    let listening = Recorder::start(&server);
    println!(
        "| player, a voice and two beds | CPU % of a core | PSS MB | heard, dBFS |\n|---|---|---|---|"
    );
    // A copy, because the memory of a program that runs twice is shared out between the two.
    let own = std::env::current_exe()?.with_file_name("xinting-bench-player");
    std::fs::copy(std::env::current_exe()?, &own)?;
    for (name, mut command) in [
        ("ours", by_this(&own, "ours", files)),
        ("rodio", by_this(&own, "rodio", files)),
        ("mpv", by_mpv(files)),
    ] {
        let child = server
            .lead(&mut command)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let measured = measured(child, &listening).map_err(|error| format!("{name}: {error}"))?;
        println!(
            "| {name} | {:.2} | {:.1} | {:.1} |",
            measured.cpu, measured.memory, measured.level
        );
        // What the server still holds is not the next one's.
        std::thread::sleep(Duration::from_secs(3));
    }
    drop(listening);
    println!(
        "\n| from command to first sample, warm device | p50 ms | p99 ms | most ms |\n|---|---|---|---|"
    );
    for route in Route::BOTH {
        let delays = delays(&server, &own, route, files)?;
        let at = |part: f64| delays[((delays.len() - 1) as f64 * part).round() as usize];
        println!(
            "| {} ({} times) | {:.1} | {:.1} | {:.1} |",
            route.host(),
            delays.len(),
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
    std::fs::remove_file(&own)?;
    println!("\nload before and after: {before} and {}", load()?);
    Ok(())
}

/// What else the machine has to do: runnable processes, averaged over a minute.
fn load() -> Outcome<String> {
    let words = std::fs::read_to_string("/proc/loadavg")?;
    Ok(words.split(' ').next().unwrap_or_default().to_owned())
}

fn by_this(own: &Path, how: &str, files: &[&str]) -> Command {
    let mut command = Command::new(own);
    command.args(["play", how]).args(files);
    command
}

fn by_mpv(files: &[&str]) -> Command {
    let mut command = Command::new("mpv");
    command.args(["--no-config", "--no-terminal", "--no-video"]);
    command.args(["--ao=alsa", "--loop-file=inf"]);
    command.arg("--lavfi-complex=[aid1]volume=1[a];[aid2]volume=0.5[b];[aid3]volume=0.5[c];[a][b][c]amix=inputs=3:normalize=0[ao]");
    for more in &files[1..] {
        command.arg(format!("--external-file={more}"));
    }
    command.arg(files[0]);
    command
}

/// What a player cost.
struct Measured {
    /// Percent of one core.
    cpu: f64,
    /// Proportional memory in MB.
    memory: f64,
    /// What the sink was given in the last five seconds, RMS in dB of full scale.
    level: f64,
}

/// Measures a player that runs, and ends it; an error where nothing of it is heard.
fn measured(mut child: Child, listening: &Recorder) -> Outcome<Measured> {
    std::thread::sleep(SETTLE);
    let before = ticks(child.id())?;
    let began = now();
    std::thread::sleep(MEASURED);
    let used = (ticks(child.id())? - before) as f64 / 100.0;
    let passed = (now() - began).as_secs_f64();
    let memory = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", child.id()))?;
    let pss: f64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|rest| rest.split_whitespace().next())
        .ok_or("no Pss")?
        .parse()?;
    let heard = listening.latest(5 * 48_000);
    child.kill()?;
    child.wait()?;
    let power: f64 = heard.iter().map(|sample| f64::from(sample * sample)).sum();
    let level = 10.0 * (power / heard.len() as f64).log10();
    if level < -60.0 {
        return Err(format!("plays nothing that is heard: {level:.0} dBFS").into());
    }
    Ok(Measured {
        cpu: used / passed * 100.0,
        memory: pss / 1024.0,
        level,
    })
}

/// User and system time of a process so far, in hundredths of a second.
fn ticks(process: u32) -> Outcome<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let after = stat.rsplit(')').next().ok_or("no stat")?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    Ok(fields[11].parse::<u64>()? + fields[12].parse::<u64>()?)
}

/// Milliseconds from each command to the first sample of its sound, ascending.
fn delays(server: &SoundServer, own: &Path, route: Route, files: &[&str]) -> Outcome<Vec<f64>> {
    let recorder = Recorder::start(server);
    let mut command = Command::new(own);
    let output = server
        .lead(&mut command)
        .args(["touch", route.host()])
        .args(files)
        .stderr(Stdio::inherit())
        .output()?;
    let heard = recorder.stop();
    let mut delays = Vec::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let asked = Duration::from_nanos(line.parse()?);
        let from = heard.frame_at(asked).max(0.0) as usize;
        if heard.samples[(from - from.min(480)) * 2..from * 2]
            .iter()
            .any(|sample| *sample != 0.0)
        {
            return Err("a touch into the sound of the one before".into());
        }
        let first = heard.samples[from * 2..]
            .iter()
            .position(|sample| *sample != 0.0)
            .ok_or("a touch without a sound")?;
        delays.push(first as f64 / 2.0 / 48.0);
    }
    delays.sort_by(f64::total_cmp);
    Ok(delays)
}
