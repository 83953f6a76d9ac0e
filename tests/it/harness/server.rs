//! A small PingOne with a plan of what goes wrong, and with a log of what is true.
//!
//! It shares no code with the program: neither its sandbox nor its idea of the
//! contract. It runs on a thread of its own and outlives the processes it judges.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::faults::{Plan, Sight};
use super::http::{Reader, Request};
use super::reply::{self, Reply};
use super::service::{Handled, Late, Service};
use super::time::{now, until};
use super::truth::Truth;
use super::wave::Wave;

/// How long anything is waited for that must come.
const PATIENCE: Duration = Duration::from_secs(30);
/// The header in which a client names its request.
const TRANSACTION: &str = "x-ping-external-transaction-id";
/// How long a client is kept waiting that is told nothing.
const SILENCE: Duration = Duration::from_secs(10);

pub(crate) struct Server {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    service: Service,
    connections: AtomicU64,
    /// Requests to the API that were answered.
    answered: AtomicU64,
    /// Connections that are open, and requests that have yet to take effect.
    busy: AtomicU64,
    longest_nap: Mutex<Duration>,
}

/// Counts as busy until it is dropped.
struct Busy(Arc<Shared>);

impl Busy {
    fn new(shared: &Arc<Shared>) -> Self {
        shared.busy.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(shared))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Server {
    pub(crate) fn start(plan: Plan, wave: &Wave, settle: Duration) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let bind = || runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let (listener, trap) = (bind(), bind());
        let own = [&listener, &trap].map(|listener| listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            service: Service::new(plan, wave, settle, own),
            connections: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            busy: AtomicU64::new(0),
            longest_nap: Mutex::default(),
        });
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::spawn(watch_the_clock(Arc::clone(&served)));
                tokio::spawn(guard_the_trap(Arc::clone(&served), trap));
                tokio::select! {
                    () = accept(&served, &listener) => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            shared,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.shared.service.address
    }

    /// An address on this machine that no request has a reason to go to.
    pub(crate) fn trap(&self) -> SocketAddr {
        self.shared.service.trap
    }

    pub(crate) fn truth(&self) -> MutexGuard<'_, Truth> {
        self.shared.service.truth()
    }

    /// From now on, another plan.
    pub(crate) fn change_plan(&self, plan: Plan) {
        self.shared.service.change_plan(plan);
    }

    /// Rings once so many more create requests have come.
    pub(crate) fn ring_after(&self, posts: u64) -> mpsc::Receiver<()> {
        self.shared.service.ring_after(posts)
    }

    /// Waits until every connection is closed and everything that comes late has come.
    pub(crate) fn quiesce(&self) {
        until("the end of all requests", PATIENCE, || {
            self.shared.busy.load(Ordering::SeqCst) == 0
        });
    }

    /// How long the server was kept from running at the most: its lag adds to that of its plan.
    pub(crate) fn longest_nap(&self) -> Duration {
        *self.shared.longest_nap.lock().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

async fn watch_the_clock(shared: Arc<Shared>) {
    const TICK: Duration = Duration::from_millis(10);
    loop {
        let before = now();
        tokio::time::sleep(TICK).await;
        let nap = before.elapsed().saturating_sub(TICK);
        let mut longest = shared.longest_nap.lock().unwrap();
        *longest = nap.max(*longest);
    }
}

async fn guard_the_trap(shared: Arc<Shared>, trap: TcpListener) {
    while let Ok((_, peer)) = trap.accept().await {
        let what = format!("H: another host was connected to, from {peer}");
        shared.service.truth().complain(what);
    }
}

async fn accept(shared: &Arc<Shared>, listener: &TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let nth = shared.connections.fetch_add(1, Ordering::SeqCst);
        if shared.service.plan().is_slammed(nth) {
            shared.service.truth().count("slammed");
            continue;
        }
        stream.set_nodelay(true).unwrap();
        let busy = Busy::new(shared);
        tokio::spawn(converse(busy, stream, nth));
    }
}

/// Answers the requests of one connection until it ends.
async fn converse(busy: Busy, mut stream: TcpStream, connection: u64) {
    let service = &busy.0.service;
    let mut reader = Reader::new();
    let mut second = None;
    loop {
        let Some(request) = next_request(&mut reader, &mut stream, &mut second, service).await
        else {
            return;
        };
        // Who takes the second answer for the next one's may go on too early.
        if reader.has_more() && service.plan().seconds == 0 {
            let what = "shape: two requests at once on one connection".to_owned();
            service.truth().complain(what);
        }
        let Handled {
            reply,
            device,
            mut late,
        } = service.handle(&request, connection);
        let reply = match (reply, late.take()) {
            (Reply::Slow, Some(slow)) => {
                // It takes effect even where nobody waits for it any more.
                let shown = slow.happen(service).await;
                reply::seen(Sight::Documented, 201, &shown)
            }
            (reply, other) => {
                late = other;
                reply
            }
        };
        let (name, plan) = (request.header(TRANSACTION), service.plan());
        let is_api = name.is_some();
        let name = name.filter(|_| plan.names);
        if is_api && second.is_none() {
            let nth = busy.0.answered.fetch_add(1, Ordering::SeqCst);
            second = plan.second(nth).and_then(|(late, status)| {
                let reply = reply::second(&reply, status)?.naming(name);
                Some((now() + late, reply))
            });
        }
        let reply = reply.naming(name);
        let reply = match plan.clock {
            Some(_) => reply.dated(service.wall()),
            None => reply,
        };
        if reply == Reply::Nothing {
            reply::hold_back(&mut stream, SILENCE).await;
        }
        if let Some(device) = device {
            service.truth().post_ends(device);
        }
        let goes_on = reply::send(&mut stream, &reply).await;
        if let Some(late) = late {
            let busy = Busy::new(&busy.0);
            tokio::spawn(async move { late.happen(&busy.0.service).await });
        }
        if !goes_on {
            return;
        }
    }
}

/// The next request of a connection; nothing where it has ended. A second answer goes out once it
/// is due.
async fn next_request(
    reader: &mut Reader,
    stream: &mut TcpStream,
    second: &mut Option<(Instant, Reply)>,
    service: &Service,
) -> Option<Request> {
    let request = loop {
        let Some((at, reply)) = &*second else {
            break reader.request(stream).await;
        };
        tokio::select! {
            biased;
            () = wait_until(*at) => {}
            request = reader.request(stream) => break request,
        }
        if !reply::send(stream, reply).await {
            return None;
        }
        *second = None;
    };
    request.unwrap_or_else(|error| {
        let what = format!("shape: a request that is no HTTP: {error}");
        service.truth().complain(what);
        None
    })
}

/// Waits more exactly than by a timer's milliseconds.
async fn wait_until(at: Instant) {
    const EXACT: Duration = Duration::from_millis(2);
    let left = at.saturating_duration_since(now());
    tokio::time::sleep(left.saturating_sub(EXACT)).await;
    while now() < at {
        tokio::task::yield_now().await;
    }
}

impl Late {
    async fn happen(self, service: &Service) -> String {
        tokio::time::sleep(self.delay).await;
        service.carry_out(self.deed)
    }
}
