//! The address of a ledger on PostgreSQL: a URL as libpq takes it. Never shows the password.

use std::fmt;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

/// How long to wait for one server to take a connection, unless the URL says otherwise.
const CONNECT_MAX: Duration = Duration::from_secs(3);
/// How long what was sent may stay without a sign that it arrived, unless the URL says otherwise.
const UNHEARD_MAX: Duration = Duration::from_secs(8);
/// How long a connection may be silent before it is probed.
const SILENT_MAX: Duration = Duration::from_secs(30);

/// Where a ledger on PostgreSQL is, and how to get in.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    config: Box<Config>,
    is_verified: bool,
}

impl Address {
    /// The address that a URL spells.
    ///
    /// # Errors
    /// If it spells none. Nothing of it is repeated: any part may be one of a password that was
    /// written without its special characters encoded.
    pub(in crate::store) fn parse(url: &str) -> Result<Self, String> {
        let (url, is_verified) = without_verification(url);
        let mut config: Config = url.parse().map_err(|_| {
            "the address of the ledger is not one of PostgreSQL: it looks like \
             `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require`, with special \
             characters of the password as `%40`, and `sslmode` is disable, prefer, require or \
             verify-full"
                .to_owned()
        })?;
        let hosts = config.get_hosts();
        if hosts.is_empty() && config.get_hostaddrs().is_empty() {
            return Err("the address of the ledger names no host".to_owned());
        }
        let is_broken = |host: &Host| matches!(host, Host::Tcp(name) if name.contains('@'));
        if hosts.iter().any(is_broken) {
            let why = "the address of the ledger has more than one `@`: write that of the \
                       password as `%40`";
            return Err(why.to_owned());
        }
        // As libpq does: nobody listens in on a socket of the machine, and servers have no TLS
        // there.
        if !hosts.is_empty() && hosts.iter().all(|host| matches!(host, Host::Unix(_))) {
            config.ssl_mode(SslMode::Disable);
        }
        // A standby can be reached, but a ledger cannot be kept there.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        if config.get_application_name().is_none() {
            config.application_name("docket");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_MAX);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(UNHEARD_MAX);
        }
        if config.get_keepalives_idle() > Duration::from_hours(1) {
            config.keepalives_idle(SILENT_MAX);
        }
        Ok(Self {
            config: Box::new(config),
            is_verified,
        })
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// Whether the server has to prove that it is the one named.
    pub(super) fn is_verified(&self) -> bool {
        self.is_verified
    }
}

/// The URL as the driver takes it, which knows nothing of `verify-full`, and whether it said that.
fn without_verification(url: &str) -> (String, bool) {
    const VERIFIED: &str = "sslmode=verify-full";
    let Some((base, query)) = url.rsplit_once('?') else {
        return (url.to_owned(), false);
    };
    let is_verified = query.split('&').any(|it| it == VERIFIED);
    let query: Vec<_> = query
        .split('&')
        .map(|it| match it {
            VERIFIED => "sslmode=require",
            _ => it,
        })
        .collect();
    (format!("{base}?{}", query.join("&")), is_verified)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        let ports = self.config.get_ports();
        for (nth, host) in self.config.get_hosts().iter().enumerate() {
            f.write_str(if nth > 0 { "," } else { "" })?;
            match host {
                Host::Tcp(name) if name.contains(':') => write!(f, "[{name}]")?,
                Host::Tcp(name) => f.write_str(name)?,
                Host::Unix(path) => write!(f, "{}", path.display())?,
            }
            // A single one is that of all hosts.
            let place = if ports.len() == 1 { 0 } else { nth };
            if let Some(port) = ports.get(place) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}
