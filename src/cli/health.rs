//! `docket health`: asks a running bot on this machine whether it is alive. For images that have no
//! other program to ask with; it is no command for people, so the help leaves it out.

use super::context::Context;
use super::{Answer, Failure};
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

/// Longer than this nobody who watches over a process waits.
const ANSWER_MAX: Duration = Duration::from_secs(5);

pub(super) fn run(context: &Context) -> Result<Answer, Failure> {
    if context.listen.is_empty() {
        return Ok("the page is not served: nothing is known\n"
            .to_owned()
            .into());
    }
    let failed = |why: String| Failure::problem(format!("`{}`: {why}", context.listen));
    let answer = ask(&context.listen).map_err(|error| failed(error.to_string()))?;
    if answer.starts_with("HTTP/1.1 200 ") {
        return Ok("alive\n".to_owned().into());
    }
    let said = answer.lines().last().unwrap_or("it says nothing");
    Err(failed(said.to_owned()))
}

fn ask(listen: &str) -> std::io::Result<String> {
    let address = listen.to_socket_addrs()?.next();
    let address = reachable(address.ok_or(std::io::ErrorKind::AddrNotAvailable)?);
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_MAX)?;
    stream.set_read_timeout(Some(ANSWER_MAX))?;
    stream.set_write_timeout(Some(ANSWER_MAX))?;
    let ask = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(ask.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Where one can be asked who listens everywhere.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
