//! What the page costs: an overview of a thousand deadlines, a picture, and a crowd of readers
//! while posts fall due.

use super::engine::{middle, open, runtime};
use super::{folder, median, parse, print, record};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use docket::domain::{Docket, Plan, Seen, Timestamp};
use docket::engine::{Engine, Found, InForce, Limits, Planner, Pulse, State};
use docket::ports::{Clock, Failure, History, Outgoing, Receipt, Sink};
use docket::web::{Metrics, Server, Site, router};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::Instant;
use tower::ServiceExt as _;

/// So many requests a second are asked, over so many connections.
const REQUESTS: u32 = 2_000;
const CONNECTIONS: u32 = 16;
/// So many posts fall due one after the other, so far apart.
const POSTS: usize = 100;
const APART_MS: u32 = 30;
const APART: Duration = Duration::from_millis(APART_MS as u64);
/// With the crowd and without it, so often.
const ROUNDS: usize = 3;

fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("an instant")
}

/// The page of a record, as a router.
fn site(docket: Docket) -> axum::Router {
    let plan = Plan::new(&Arc::new(docket), Arc::new([]), &Seen::default());
    let pulse = Arc::new(Pulse::default());
    pulse.publish(State {
        in_force: Some(InForce {
            plan: Arc::new(plan),
            revision: 1,
            follows: Arc::default(),
        }),
        ..State::default()
    });
    router(Arc::new(Site::new(pulse, noon, None, Metrics::apart().0)))
}

/// Answers of a page, in bytes. What was asked before is answered from what is kept.
struct Asker {
    router: axum::Router,
    runtime: tokio::runtime::Runtime,
    asked: usize,
}

impl Asker {
    fn of(docket: Docket) -> Self {
        Self {
            router: site(docket),
            runtime: runtime(false),
            asked: 0,
        }
    }

    fn ask(&self, address: &str) -> usize {
        let request = Request::get(address).body(Body::empty());
        let answer = self.router.clone().oneshot(request.expect("a request"));
        self.runtime.block_on(async {
            let body = answer.await.expect("an answer").into_body();
            to_bytes(body, usize::MAX).await.expect("a body").len()
        })
    }

    /// Asks as of a moment that nobody has asked for.
    fn ask_anew(&mut self, path: &str) -> usize {
        self.asked += 1;
        let (minute, second) = (self.asked / 60, self.asked % 60);
        self.ask(&format!(
            "{path}?as_of=2026-11-22T12:{minute:02}:{second:02}Z"
        ))
    }
}

pub(super) fn pages(now: Timestamp) {
    println!("pages of 1,000 deadlines, over HTTP without a socket");
    let text = record(1_000, 0);
    let base = median(11, || parse(&text, now));
    let mut page = Asker::of(parse(&text, now));
    let bytes = page.ask("/");
    let made = median(21, || page.ask_anew("/"));
    let what = format!("  the overview, {} kB, made and packed", bytes / 1_000);
    print(&what, made, "reading the record", base);
    let kept = median(101, || page.ask("/"));
    print("  the overview, kept", kept, "making it", made);
    let listed = median(21, || page.ask_anew("/api/v1/deadlines"));
    print("  the list as JSON", listed, "reading the record", base);
    let one = median(21, || page.ask_anew("/deadlines/deadline-7"));
    print("  the page of one deadline", one, "the overview", made);
    let first = median(1, || page.ask("/timeline.png?width=960"));
    let pixels = median(101, || page.ask("/timeline.png?width=960"));
    print("  the timeline as PNG, drawn", first, "the overview", made);
    print("  the timeline as PNG, kept", pixels, "drawing it", first);
}

/// Runs the crowd on one core, where that can be had.
pub(super) fn readers() {
    let program = std::env::current_exe().expect("it has a name");
    let mut pinned = Command::new("taskset");
    let pinned = pinned.args(["-c", "0"]).arg(program).arg("crowd").status();
    if let Ok(status) = pinned {
        assert!(status.success(), "the crowd came to nothing");
    } else {
        println!("(no `taskset` here: on all cores)");
        crowd();
    }
}

/// How late posts are with a crowd that reads and without. Bot and crowd share what there is.
pub(super) fn crowd() {
    println!("{POSTS} posts that fall due one after the other, bot and readers on one core");
    let (mut quiet, mut busy, mut answered) = (Vec::new(), Vec::new(), 0.0);
    for _ in 0..ROUNDS {
        quiet.extend(posts_with(0).0);
        let (late, each_second) = posts_with(CONNECTIONS);
        busy.extend(late);
        answered = each_second;
    }
    println!("  {answered:.0} requests a second answered in the last round");
    let worst = |late: &[Duration]| {
        let mut late = late.to_vec();
        late.sort_unstable();
        late[late.len() * 99 / 100]
    };
    let alone = "that without readers";
    print(
        "  late, median",
        middle(busy.clone()),
        alone,
        middle(quiet.clone()),
    );
    print("  late, 99 %", worst(&busy), alone, worst(&quiet));
}

/// A clock on which a minute lasts as long as posts are apart.
#[derive(Clone, Copy)]
struct Fast {
    start: Timestamp,
    began: Instant,
}

impl Fast {
    /// When the clock shows an instant.
    fn when(self, at: Timestamp) -> Instant {
        let minutes = (at - self.start).as_seconds_f64() / 60.0;
        self.began + APART.mul_f64(minutes)
    }
}

impl Clock for Fast {
    fn now(&self) -> Timestamp {
        let passed = (self.began.elapsed() * 60_000 / APART_MS).as_millis();
        let passed = i64::try_from(passed).expect("a short run");
        self.start + chrono::TimeDelta::milliseconds(passed)
    }

    async fn sleep(&self, duration: Duration) {
        let minutes = duration.as_secs_f64().min(3_600.0) / 60.0;
        tokio::time::sleep(APART.mul_f64(minutes)).await;
    }
}

/// A sink that notes how late each post is.
struct Timed {
    clock: Fast,
    late: Arc<Mutex<Vec<Duration>>>,
    done: Arc<Notify>,
}

impl Sink for Timed {
    type Permit = ();

    async fn ready(&self, _: &str) {}

    async fn post(&self, (): (), post: Outgoing<'_>) -> Result<Receipt, Failure> {
        let mut late = self.late.lock().expect("no panic");
        late.push(self.clock.when(post.notice.at).elapsed());
        if late.len() == POSTS {
            self.done.notify_one();
        }
        Ok(Receipt::default())
    }

    async fn history(&self, _: &str, _: Timestamp) -> Result<History, Failure> {
        Ok(History::Posts(Vec::new()))
    }

    async fn time(&self) -> Result<Option<Timestamp>, Failure> {
        Ok(None)
    }
}

/// How late each post is while so many connections ask, and how many requests a second were
/// answered.
fn posts_with(connections: u32) -> (Vec<Duration>, f64) {
    let folder = folder();
    let start = noon();
    // Time to put the record in force, and for the crowd to come.
    let mut text =
        "zone = \"UTC\"\nremind = []\n[[channel]]\nid = \"100000000000000000\"\n".to_owned();
    for number in 0..POSTS {
        let due = start + chrono::TimeDelta::minutes(20 + i64::try_from(number).expect("few"));
        let due = due.format("%Y-%m-%dT%H:%M");
        let _ = write!(
            text,
            "[[deadline]]\nid = \"deadline-{number}\"\ntitle = \"Deadline number {number}\"\n\
             due = {due}\n"
        );
    }
    let pulse: Arc<Pulse> = Arc::default();
    let server = Server::open("127.0.0.1:0").expect("an address");
    let address = server.address();
    let site = Site::new(Arc::clone(&pulse), noon, None, Metrics::apart().0);
    server.begin(site).expect("a thread");
    let ledger = open(&folder.path().join("ledger.db"), start);
    let crowd = Crowd::begin(address, connections);
    let late = runtime(false).block_on(async {
        let began = Instant::now();
        let sink = Timed {
            clock: Fast { start, began },
            late: Arc::default(),
            done: Arc::default(),
        };
        let (late, done) = (Arc::clone(&sink.late), Arc::clone(&sink.done));
        let engine = Engine {
            clock: sink.clock,
            ledger,
            sink,
            planner: Planner::new("record".to_owned(), |docket, _| docket.audience(), false),
            limits: Limits::default(),
            pulse,
        };
        let (tell, edits) = tokio::sync::mpsc::channel(1);
        tell.send(Found::Bytes(text.into_bytes()))
            .await
            .expect("there is room");
        engine
            .run(edits, done.notified())
            .await
            .expect("nothing fails");
        late
    });
    let late = late.lock().expect("no panic").clone();
    (late, crowd.end())
}

/// Readers on a thread of their own.
struct Crowd {
    thread: std::thread::JoinHandle<f64>,
    is_over: Arc<AtomicBool>,
}

impl Crowd {
    fn begin(address: SocketAddr, connections: u32) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let reads = move || {
            runtime(false).block_on(async {
                let (began, answered) = (Instant::now(), AtomicUsize::new(0));
                let readers = (0..connections).map(|_| read(address, &over, &answered));
                futures_util::future::join_all(readers).await;
                let answered = u32::try_from(answered.into_inner()).expect("a short run");
                f64::from(answered) / began.elapsed().as_secs_f64()
            })
        };
        Self {
            thread: std::thread::spawn(reads),
            is_over,
        }
    }

    /// Sends them home, and tells how many requests a second were answered.
    fn end(self) -> f64 {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().expect("no reader fails")
    }
}

/// Asks one request after the other, as often as is due.
async fn read(address: SocketAddr, is_over: &AtomicBool, answered: &AtomicUsize) {
    const PATHS: [&str; 4] = [
        "/",
        "/deadlines/deadline-7",
        "/api/v1/deadlines",
        "/timeline.svg",
    ];
    let mut stream = TcpStream::connect(address).await.expect("a place");
    let mut turns = tokio::time::interval(Duration::from_secs(1) * CONNECTIONS / REQUESTS);
    for path in PATHS.iter().cycle() {
        turns.tick().await;
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let ask = format!("GET {path} HTTP/1.1\r\nHost: docket\r\nAccept-Encoding: gzip\r\n\r\n");
        stream.write_all(ask.as_bytes()).await.expect("it is heard");
        whole(&mut stream).await;
        answered.fetch_add(1, Ordering::Relaxed);
    }
}

/// Reads an answer to its end.
async fn whole(stream: &mut TcpStream) {
    let mut answer = Vec::new();
    loop {
        stream.read_buf(&mut answer).await.expect("an answer");
        let Some(end) = answer.windows(4).position(|it| it == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
        let (_, length) = head.split_once("content-length: ").expect("a length");
        let length = length
            .lines()
            .next()
            .and_then(|it| it.parse::<usize>().ok());
        if answer.len() >= end + 4 + length.expect("a number") {
            return;
        }
    }
}
