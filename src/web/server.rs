//! Opens the address and answers, on a thread of its own: a storm of readers delays no post.
//!
//! Readers may be slow, silent or many. A request has ten seconds to arrive; a connection lives
//! two minutes at most; and when there are too many, the one that has asked for nothing for the
//! longest time makes room.

use super::{Site, router};
use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{io, thread};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::{interval, sleep, timeout};

/// So many connections at once. Each takes a file, of which a process commonly has 1,024.
const CONNECTIONS_MAX: usize = 512;
/// A request must have arrived so long after the one before it was answered.
const REQUEST_MAX: Duration = Duration::from_secs(10);
/// A connection that is older is closed, whatever it does.
const CONNECTION_MAX: Duration = Duration::from_mins(2);
/// The head of a request is not longer, in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Why the page cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on `{address}`: {error}")]
pub struct ServerError {
    address: String,
    error: io::Error,
}

/// An open address that nobody answers on yet.
#[derive(Debug)]
pub struct Server {
    listener: std::net::TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Opens an address, such as `127.0.0.1:8080`; port 0 is any that is free.
    ///
    /// # Errors
    /// If it is none, or somebody else has it.
    pub fn open(address: &str) -> Result<Self, ServerError> {
        let open = || {
            let listener = std::net::TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            Ok(Self { listener, address })
        };
        open().map_err(|error| ServerError {
            address: address.to_owned(),
            error,
        })
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers from now on, on a thread of its own, until the process ends: an answer changes
    /// nothing, so there is nothing to bring to an end.
    ///
    /// # Errors
    /// If there cannot be another thread.
    pub fn begin(self, site: Site) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(1)
            .build()?;
        let serve = move || {
            runtime.block_on(async {
                match TcpListener::from_std(self.listener) {
                    Ok(listener) => serve(listener, Arc::new(site)).await,
                    Err(error) => tracing::error!(%error, "the page cannot be served"),
                }
            });
        };
        thread::Builder::new().name("web".to_owned()).spawn(serve)?;
        Ok(())
    }
}

async fn serve(listener: TcpListener, site: Arc<Site>) {
    let metrics = site.metrics.clone();
    tokio::spawn(async move {
        let mut minutes = interval(Duration::from_mins(1));
        loop {
            minutes.tick().await;
            metrics.tidy();
        }
    });
    let router = router(site);
    let mut open = Connections::default();
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // A reader who is gone again, or no more files: the second takes a while to mend.
            Err(error) => {
                tracing::debug!(%error, "a connection was not taken");
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        open.make_room();
        let busy = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(timeout(
            CONNECTION_MAX,
            answer(stream, router.clone(), busy.clone()),
        ));
        open.add(busy, task.abort_handle());
    }
}

/// Answers the requests of one connection.
async fn answer(stream: TcpStream, router: Router, busy: Arc<AtomicUsize>) {
    let router = TowerToHyperService::new(router);
    let counted = service_fn(move |request| {
        busy.fetch_add(1, Ordering::Relaxed);
        let (answer, busy) = (router.call(request), busy.clone());
        async move {
            let answer = answer.await;
            busy.fetch_sub(1, Ordering::Relaxed);
            answer
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), counted);
    // Readers go away in the middle of things: nothing is wrong with that.
    if let Err(error) = connection.await {
        tracing::trace!(%error, "a connection ended");
    }
}

/// The connections that are open, oldest first.
#[derive(Default)]
struct Connections(VecDeque<(Arc<AtomicUsize>, AbortHandle)>);

impl Connections {
    fn add(&mut self, busy: Arc<AtomicUsize>, task: AbortHandle) {
        self.0.push_back((busy, task));
    }

    /// Closes the oldest connection on which nothing is being answered, if there are too many; if
    /// all are busy, the oldest.
    fn make_room(&mut self) {
        if self.0.len() < CONNECTIONS_MAX {
            return;
        }
        self.0.retain(|(_, task)| !task.is_finished());
        if self.0.len() < CONNECTIONS_MAX {
            return;
        }
        let mut idle = self.0.iter();
        let idle = idle.position(|(busy, _)| busy.load(Ordering::Relaxed) == 0);
        if let Some((_, task)) = self.0.remove(idle.unwrap_or(0)) {
            task.abort();
        }
    }
}
