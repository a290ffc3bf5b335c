//! PostgreSQL for tests: a throw-away server of this process, or the one that
//! `DOCKET_TEST_POSTGRES` names; a fresh database for each test.
//!
//! The server is Debian's, found by itself. It listens on a socket in a folder of its own, and is
//! looked after by a small guard that stops it and removes the folder when the process of the tests
//! is gone, however it went: the guard notices because the pipe from it ends.

use crate::support::{self, setting};
use docket::store::{Location, Store};
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio_postgres::{Client, NoTls};

/// Whether what is written survives a crash of the server. Slow, and only then of any use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disk {
    Durable,
    Careless,
}

/// What becomes of the server and its folder when this process is gone, in whatever way. It does
/// not hear what the terminal says to the tests: it has to outlive them.
const GUARD: &str = r#"
    trap '' HUP INT TERM
    cat
    "$@" -m immediate -w stop
    rm -rf "$FOLDER"
"#;

/// A server with a folder of its own. Gone when dropped.
pub(crate) struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    settings: String,
    guard: Child,
}

impl Cluster {
    /// Makes a server and starts it, if there is one on this machine.
    pub(crate) fn begin(disk: Disk) -> Result<Self, String> {
        let bin = newest("/usr/lib/postgresql").ok_or("none in /usr/lib/postgresql")?;
        let folder = tempfile::Builder::new()
            .prefix("docket-postgres-")
            .tempdir()
            .map_err(|error| error.to_string())?
            .keep();
        let fast = match disk {
            Disk::Careless => "-c fsync=off -c full_page_writes=off",
            Disk::Durable => "",
        };
        let settings = format!(
            "-k '{}' -c listen_addresses='' -c shared_buffers=32MB -c max_connections=100 {fast}",
            folder.display()
        );
        if is_root() {
            must(Command::new("chown").arg("postgres:").arg(&folder))?;
        }
        let pg_ctl = as_server(&bin.join("pg_ctl"), &folder);
        let guard = Command::new("/bin/sh")
            .args(["-c", GUARD, "guard"])
            .arg(pg_ctl.get_program())
            .args(pg_ctl.get_args())
            .arg("-D")
            .arg(folder.join("data"))
            .env("FOLDER", &folder)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|error| error.to_string())?;
        let cluster = Self {
            folder,
            bin,
            settings,
            guard,
        };
        let mut initdb = as_server(&cluster.bin.join("initdb"), &cluster.folder);
        initdb
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"])
            .args(["--no-sync", "--no-instructions", "-D"])
            .arg(cluster.folder.join("data"));
        must(&mut initdb)?;
        cluster.start()?;
        Ok(cluster)
    }

    /// Starts it again. It has recovered when this returns.
    pub(crate) fn start(&self) -> Result<(), String> {
        let log = self.folder.join("log");
        must(
            self.pg_ctl()
                .args(["-w", "-t", "60", "-o", &self.settings, "-l"])
                .arg(log)
                .arg("start"),
        )
    }

    /// Stops it at once, as if it had crashed: what was not on the disk is gone.
    pub(crate) fn crash(&self) -> Result<(), String> {
        must(self.pg_ctl().args(["-m", "immediate", "-w", "stop"]))
    }

    /// Keeps a copy of all that it knows now.
    pub(crate) fn keep(&self) -> Result<(), String> {
        self.crash()?;
        self.copy("data", "kept")?;
        self.start()
    }

    /// Puts the copy in its place: what was committed since is gone, as after a failover to a server
    /// that was behind.
    pub(crate) fn roll_back(&self) -> Result<(), String> {
        self.crash()?;
        self.copy("kept", "data")?;
        self.start()
    }

    fn copy(&self, from: &str, to: &str) -> Result<(), String> {
        must(as_server(Path::new("/bin/rm"), &self.folder).args(["-rf", to]))?;
        must(as_server(Path::new("/bin/cp"), &self.folder).args(["-a", from, to]))
    }

    /// Its address, for those who may make databases.
    pub(crate) fn url(&self) -> String {
        format!(
            "postgres://postgres@/postgres?host={}",
            self.folder.display()
        )
    }

    fn pg_ctl(&self) -> Command {
        let mut pg_ctl = as_server(&self.bin.join("pg_ctl"), &self.folder);
        pg_ctl.arg("-D").arg(self.folder.join("data"));
        pg_ctl
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The end of the pipe is what the guard waits for.
        drop(self.guard.stdin.take());
        drop(self.guard.wait());
    }
}

/// The programs of the newest PostgreSQL.
fn newest(folder: &str) -> Option<PathBuf> {
    let versions = fs::read_dir(folder).ok()?.flatten();
    let numbered = versions.filter_map(|it| {
        let number: u32 = it.file_name().to_str()?.parse().ok()?;
        Some((number, it.path().join("bin")))
    });
    let (_, bin) = numbered
        .filter(|(_, bin)| bin.join("initdb").exists())
        .max()?;
    Some(bin)
}

/// A program as the user of the server: root may not be it.
fn as_server(program: &Path, folder: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C")
        .current_dir(folder)
        .stdin(Stdio::null())
        .process_group(0);
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

/// Runs a command to its end. What it says goes to a file: a server that it starts keeps that open.
fn must(command: &mut Command) -> Result<(), String> {
    let said = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    let to = || said.reopen().map_err(|error| error.to_string());
    let status = command.stdout(to()?).stderr(to()?).status();
    let program = command.get_program().display().to_string();
    let why = match status {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    let said = fs::read_to_string(said.path()).unwrap_or_default();
    Err(format!("`{program}`: {why}: {said}"))
}

/// The address by which databases are made.
fn server() -> Result<&'static str, &'static str> {
    /// The throw-away server is never dropped: its guard sees the process end.
    static SERVER: OnceLock<Result<(String, Option<Cluster>), String>> = OnceLock::new();
    let server = SERVER.get_or_init(|| match setting("DOCKET_TEST_POSTGRES") {
        Some(url) => Ok((url, None)),
        None => Cluster::begin(Disk::Careless).map(|it| (it.url(), Some(it))),
    });
    match server {
        Ok((url, _)) => Ok(url),
        Err(why) => Err(why),
    }
}

/// What a test does without PostgreSQL.
pub(crate) fn skip(why: &str) {
    support::skip("PostgreSQL", why);
}

/// A database of one test. Gone when dropped.
pub(crate) struct Database {
    admin: String,
    name: String,
}

impl Database {
    /// A fresh one. None, and it was said why, if there is no server.
    pub(crate) async fn fresh() -> Option<Self> {
        match server() {
            Ok(admin) => Some(Self::on(admin).await),
            Err(why) => {
                skip(why);
                None
            }
        }
    }

    /// A fresh one on a server.
    pub(crate) async fn on(admin: &str) -> Self {
        static NTH: AtomicU32 = AtomicU32::new(0);
        let nth = NTH.fetch_add(1, Ordering::Relaxed);
        let name = format!("docket_test_{}_{nth}", std::process::id());
        let sql = format!("CREATE DATABASE {name}");
        client(admin)
            .await
            .batch_execute(&sql)
            .await
            .expect("a database");
        let admin = admin.to_owned();
        Self { admin, name }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        let (base, query) = match self.admin.split_once('?') {
            Some((base, query)) => (base, format!("?{query}")),
            None => (self.admin.as_str(), String::new()),
        };
        let (scheme, rest) = base.split_once("://").expect("a URL");
        let (host, _) = rest.split_once('/').unwrap_or((rest, ""));
        format!("{scheme}://{host}/{}{query}", self.name)
    }

    /// Its address, as the bot sees it.
    pub(crate) fn location(&self) -> Location {
        Location::parse(&self.url()).expect("an address")
    }

    /// The ledger in it.
    pub(crate) async fn store(&self) -> Store {
        let opened = Store::open(&self.location(), crate::support::noon()).await;
        opened.expect("a ledger").store
    }

    /// A way to what is in it, past the ledger.
    pub(crate) async fn client(&self) -> Client {
        client(&self.url()).await
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let admin = self.admin.clone();
        // A thread, because a runtime may not be begun in another one.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                // A server that was stopped has none any more.
                if let Ok((client, connection)) = tokio_postgres::connect(&admin, NoTls).await {
                    tokio::spawn(connection);
                    drop(client.batch_execute(&sql).await);
                }
            });
        });
        drop(dropping.join());
    }
}

async fn client(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    client
}
