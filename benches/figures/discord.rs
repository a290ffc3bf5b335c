//! What Discord gets of the bot, and how fast: the real binary against the double with Discord's
//! limits on.

use crate::double::Double;
use crate::double::limits::Limits;
use crate::double::permissions::Permissions;
use crate::double::route::Endpoint;
use crate::double::snowflake::Snowflake;
use crate::double::state::State;
use crate::double::world::Kind;
use crate::{median, megabytes, memory_of, print};
use std::fmt::Write as _;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// What Discord takes in a second in all, and in five seconds in one channel.
const A_SECOND: f64 = 50.0;
const A_BUCKET: usize = 5;
const BUCKET_SECONDS: f64 = 5.0;
/// So many commands tell how long one takes.
const COMMANDS: usize = 200;

/// The real bot in a world of so many servers with so many channels each.
struct Stage {
    double: Double,
    folder: TempDir,
    channels: Vec<Snowflake>,
    /// Somebody on the last server.
    reader: Snowflake,
    bot: Option<Child>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(bot) = &mut self.bot {
            drop(bot.kill());
            drop(bot.wait());
        }
    }
}

impl Stage {
    fn new(servers: usize, channels: usize) -> Self {
        let double = Double::start();
        let (channels, reader) = double.world(|world| {
            let mut all = Vec::new();
            let mut reader = None;
            for server in 0..servers {
                let guild = world.add_guild(&format!("Server {server}"));
                let role = world.add_role(guild, "readers");
                world.role(guild, role).permissions = Permissions::VIEW_CHANNEL;
                for channel in 0..channels {
                    all.push(world.add_channel(guild, Kind::Text, &format!("channel-{channel}")));
                }
                reader = Some(world.add_member(guild, "ada"));
            }
            (all, reader.expect("a server"))
        });
        double.state(|state| state.limits = Limits::discord());
        Self {
            double,
            folder: crate::folder(),
            channels,
            reader,
            bot: None,
        }
    }

    /// A record of so many deadlines for all channels, with as many outcomes of them.
    fn write(&self, deadlines: usize, outcomes: usize) {
        let mut text = "zone = \"UTC\"\n".to_owned();
        for number in 0..deadlines {
            let _ = write!(
                text,
                "[[deadline]]\nid = \"deadline-{number}\"\ntitle = \"Deadline number {number}\"\n\
                 due = 2099-03-05T12:00\nannounced = 2025-01-01\n"
            );
            if number < outcomes {
                text += "[deadline.outcome]\nresult = \"met\"\non = 2026-01-22\n";
            }
        }
        for id in &self.channels {
            let _ = write!(text, "[[channel]]\nid = \"{id}\"\n");
        }
        let aside = self.folder.path().join("aside");
        fs::write(&aside, text).expect("a record");
        fs::rename(aside, self.folder.path().join("deadlines.toml")).expect("a record");
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docket"));
        command
            .current_dir(self.folder.path())
            .args(["run", "--listen", ""])
            .env("DISCORD_TOKEN", self.double.token())
            .env("DISCORD_API_URL", self.double.url())
            .env_remove("RUST_LOG")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Starts the bot, and waits until it has nothing left to do.
    fn start(&mut self) {
        self.bot = Some(self.command().spawn().expect("it starts"));
        let channels = self.channels.len();
        self.wait(|state| {
            state.gateway.is_up() && state.traffic.count(Endpoint::History) >= channels
        });
    }

    fn wait(&self, mut is_so: impl FnMut(&mut State) -> bool) {
        while !self.double.state(&mut is_so) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// How long commands take until their answer is there, shortest first.
    #[expect(
        clippy::disallowed_methods,
        reason = "a benchmark measures elapsed time"
    )]
    fn answers(&self, mut goes_on: impl FnMut() -> bool) -> Vec<Duration> {
        let mut times = Vec::new();
        while goes_on() && times.len() < COMMANDS {
            let began = std::time::Instant::now();
            let channel = *self.channels.last().expect("a channel");
            let asked = self.double.slash(self.reader, channel, "deadlines");
            asked.send().reply();
            times.push(began.elapsed());
            // People do not ask as fast as they can.
            std::thread::sleep(Duration::from_millis(50));
        }
        times.sort_unstable();
        times
    }

    /// From the first to the last of the posts, and how often Discord said that it was too much.
    fn posted(&self) -> (f64, usize) {
        self.double.state(|state| {
            let posts = state.traffic.requests.iter();
            let posts = posts.filter(|it| it.endpoint == Some(Endpoint::CreateMessage));
            let times: Vec<_> = posts.map(|it| it.at).collect();
            let took = times.iter().max().expect("posts") - times.iter().min().expect("posts");
            let took = Duration::from_millis(u64::try_from(took).expect("time goes on"));
            (took.as_secs_f64(), state.traffic.answered(429))
        })
    }
}

fn posts(state: &mut State) -> usize {
    state.traffic.count(Endpoint::CreateMessage)
}

fn p99(times: &[Duration]) -> Duration {
    times[times.len() * 99 / 100]
}

/// Many posts at one instant: in as many channels, with commands meanwhile, and in one.
pub(super) fn storm() {
    const MANY: usize = 1_000;
    const FEW: usize = 50;
    println!("{MANY} posts due at once in {MANY} channels, 10 servers, Discord's limits");
    let mut stage = Stage::new(10, MANY / 10);
    stage.write(1, 0);
    stage.start();
    let idle = stage.answers(|| true);
    stage.write(1, 1);
    stage.wait(|state| posts(state) > 0);
    let busy = stage.answers(|| stage.double.state(posts) < MANY);
    stage.wait(|state| posts(state) >= MANY && state.world.messages.len() >= MANY);
    let (took, refused) = stage.posted();
    let bound = f64::from(u32::try_from(MANY).expect("few")) / A_SECOND - 1.0;
    println!(
        "  last after {took:.1} s, {:.2} of the bound of {bound:.1} s; {refused} times 429",
        took / bound
    );
    print(
        &format!(
            "  answer to a command meanwhile, 99th of 100 ({} asked)",
            busy.len()
        ),
        p99(&busy),
        "idle",
        p99(&idle),
    );
    drop(stage);
    println!("{FEW} posts due at once in one channel");
    let mut stage = Stage::new(1, 1);
    stage.write(FEW, 0);
    stage.start();
    stage.write(FEW, FEW);
    stage.wait(|state| posts(state) >= FEW && state.world.messages.len() >= FEW);
    let (took, refused) = stage.posted();
    let windows = u32::try_from(FEW / A_BUCKET - 1).expect("few");
    let bound = f64::from(windows) * BUCKET_SECONDS;
    println!(
        "  last after {took:.1} s, {:.2} of the bound of {bound:.1} s; {refused} times 429",
        took / bound
    );
}

/// From the start of the process until it identifies itself.
pub(super) fn identify() {
    println!("`docket run` with a token, from start to IDENTIFY");
    let version = median(31, || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docket"));
        command
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .expect("it runs")
    });
    let mut stages: Vec<_> = (0..11).map(|_| Stage::new(1, 1)).collect();
    let took = median(11, || {
        let mut stage = stages.pop().expect("one for each run");
        stage.write(1, 0);
        stage.bot = Some(stage.command().spawn().expect("it starts"));
        stage.wait(|state| state.gateway.is_up());
        stage
    });
    print("  identified", took, "`docket --version`", version);
}

/// What a bot on many servers keeps in memory.
pub(super) fn residence() {
    println!("memory of an idle `docket run`, 10 channels on each server");
    let mut base = None;
    for servers in [1, 10, 100] {
        let mut stage = Stage::new(servers, 10);
        stage.write(29, 0);
        stage.start();
        let memory = memory_of(stage.bot.as_ref().expect("it runs").id());
        let base = *base.get_or_insert(memory);
        println!(
            "  {servers} servers: {:.1} MB, {:.2} of that with one",
            megabytes(memory),
            megabytes(memory) / megabytes(base)
        );
    }
}
