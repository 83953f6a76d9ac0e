//! A small PingOne with a plan of what goes wrong, and with a log of what is true.
//!
//! It shares no code with the program: neither its sandbox nor its idea of the
//! contract. It runs on a thread of its own and outlives the processes it judges.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::device::Device;
use super::dice::Dice;
use super::faults::{Effect, Fate, Plan, Sight};
use super::http::{Reader, Request};
use super::reply::{self, Reply};
use super::shape::{self, Wanted};
use super::time::{now, stamp, until, wall};
use super::truth::{Made, Truth};
use super::wave::{Wave, Wish};

/// How long anything is waited for that must come.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a client is kept waiting that is told nothing.
const SILENCE: Duration = Duration::from_secs(10);

pub(crate) struct Server {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    plan: Mutex<Plan>,
    wishes: HashMap<Device, Wish>,
    address: SocketAddr,
    /// A listener that nobody has a reason to connect to.
    trap: SocketAddr,
    truth: Mutex<Truth>,
    alarm: Mutex<Option<Alarm>>,
    tokens: Mutex<Tokens>,
    lists: Mutex<HashMap<u128, u64>>,
    connections: AtomicU64,
    requests: AtomicU64,
    /// Connections that are open, and requests that have yet to take effect.
    busy: AtomicU64,
    longest_nap: Mutex<Duration>,
}

#[derive(Default)]
struct Tokens {
    given: u64,
    valid: HashMap<String, Instant>,
    revoked: HashSet<String>,
}

/// Tells somebody when so many more create requests have come.
struct Alarm {
    left: u64,
    bell: mpsc::Sender<()>,
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
        let mut truth = Truth::new(settle);
        for (n, (device, spelled)) in wave.there_before.iter().enumerate() {
            let made = Made {
                id: Dice::of(plan.seed, &[0x1D, n as u64]).wide(),
                at: now(),
                created_at: "2024-11-21T11:20:18.259Z".into(),
                spelled: spelled.as_str().into(),
                before: true,
            };
            truth.make(*device, made);
        }
        let shared = Arc::new(Shared {
            plan: Mutex::new(plan),
            wishes: wave.wishes.clone(),
            address: listener.local_addr().unwrap(),
            trap: trap.local_addr().unwrap(),
            truth: Mutex::new(truth),
            alarm: Mutex::new(None),
            tokens: Mutex::default(),
            lists: Mutex::default(),
            connections: AtomicU64::new(0),
            requests: AtomicU64::new(0),
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
        self.shared.address
    }

    /// An address on this machine that no request has a reason to go to.
    pub(crate) fn trap(&self) -> SocketAddr {
        self.shared.trap
    }

    pub(crate) fn truth(&self) -> MutexGuard<'_, Truth> {
        self.shared.truth.lock().unwrap()
    }

    /// From now on, another plan.
    pub(crate) fn change_plan(&self, plan: Plan) {
        *self.shared.plan.lock().unwrap() = plan;
    }

    /// Rings once so many more create requests have come.
    pub(crate) fn ring_after(&self, posts: u64) -> mpsc::Receiver<()> {
        let (bell, heard) = mpsc::channel();
        let left = posts.max(1);
        *self.shared.alarm.lock().unwrap() = Some(Alarm { left, bell });
        heard
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
        shared.truth.lock().unwrap().complain(what);
    }
}

async fn accept(shared: &Arc<Shared>, listener: &TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let nth = shared.connections.fetch_add(1, Ordering::SeqCst);
        if shared.plan().is_slammed(nth) {
            shared.truth.lock().unwrap().count("slammed");
            continue;
        }
        stream.set_nodelay(true).unwrap();
        let busy = Busy::new(shared);
        tokio::spawn(converse(busy, stream));
    }
}

/// Answers the requests of one connection until it ends.
async fn converse(busy: Busy, mut stream: TcpStream) {
    let shared = &busy.0;
    let mut reader = Reader::new();
    loop {
        let request = match reader.request(&mut stream).await {
            Ok(Some(request)) => request,
            Ok(None) => return,
            Err(error) => {
                let what = format!("shape: a request that is no HTTP: {error}");
                return shared.truth.lock().unwrap().complain(what);
            }
        };
        if reader.has_more() {
            let what = "shape: two requests at once on one connection".to_owned();
            shared.truth.lock().unwrap().complain(what);
        }
        let Handled {
            reply,
            device,
            late,
        } = shared.handle(&request);
        match &reply {
            Reply::Slow(_) => tokio::time::sleep(shared.plan().zombie / 2).await,
            Reply::Nothing => reply::hold_back(&mut stream, SILENCE).await,
            Reply::Whole(_) | Reply::Part(_) | Reply::Cut | Reply::Reset => {}
        }
        if let Some(device) = device {
            shared.truth.lock().unwrap().post_ends(device);
        }
        let goes_on = reply::send(&mut stream, &reply).await;
        if let Some(late) = late {
            tokio::spawn(late.happen(Busy::new(shared)));
        }
        if !goes_on {
            return;
        }
    }
}

/// What a request comes to.
struct Handled {
    reply: Reply,
    /// The device that was asked for, if one was.
    device: Option<Device>,
    late: Option<Late>,
}

impl From<Reply> for Handled {
    fn from(reply: Reply) -> Self {
        let (device, late) = (None, None);
        Self {
            reply,
            device,
            late,
        }
    }
}

/// A device that is made after its request was given up.
struct Late {
    device: Device,
    spelled: String,
    delay: Duration,
}

impl Late {
    async fn happen(self, busy: Busy) {
        tokio::time::sleep(self.delay).await;
        busy.0.make(self.device, &self.spelled);
    }
}

impl Shared {
    fn plan(&self) -> Plan {
        self.plan.lock().unwrap().clone()
    }

    fn handle(&self, request: &Request) -> Handled {
        let host = self.address.to_string();
        let wanted = match shape::read(request, &host, &self.wishes) {
            Ok(wanted) => wanted,
            Err(why) => {
                // Not the target: it may hold what must not be shown.
                let what = format!("shape: {why} ({})", request.method);
                self.truth.lock().unwrap().complain(what);
                return reply::error(400).into();
            }
        };
        match wanted {
            Wanted::Token => self.token().into(),
            Wanted::List(user) => self.list(user, request).into(),
            Wanted::Create(device) => self.create(device, request),
        }
    }

    fn token(&self) -> Reply {
        let plan = self.plan();
        let mut tokens = self.tokens.lock().unwrap();
        tokens.given += 1;
        let nth = tokens.given;
        self.truth.lock().unwrap().count("token");
        let text = format!(
            "{}{:032x}",
            shape::TOKEN,
            Dice::of(plan.seed, &[0x70, nth]).wide()
        );
        tokens.valid.insert(text.clone(), now() + plan.token_life);
        let life = plan.token_life.as_secs();
        let body =
            format!(r#"{{"access_token":"{text}","token_type":"Bearer","expires_in":{life}}}"#);
        reply::seen(plan.token(nth), 200, &body)
    }

    /// Whether the bearer is let in.
    fn admits(&self, request: &Request) -> bool {
        let mut tokens = self.tokens.lock().unwrap();
        let nth = self.requests.fetch_add(1, Ordering::SeqCst);
        if self.plan().is_revoked(nth) {
            let all = std::mem::take(&mut tokens.valid);
            tokens.revoked.extend(all.into_keys());
        }
        let authorization = request.header("authorization").unwrap_or_default();
        let token = authorization.strip_prefix("Bearer ").unwrap_or_default();
        let known = tokens.valid.get(token).copied();
        let mut truth = self.truth.lock().unwrap();
        if known.is_none() && !tokens.revoked.contains(token) {
            truth.complain("shape: a token that nobody gave out".to_owned());
        }
        let admitted = known.is_some_and(|until| until > now());
        if !admitted {
            truth.count("unauthorized");
        }
        admitted
    }

    fn list(&self, user: u128, request: &Request) -> Reply {
        let admitted = self.admits(request);
        let plan = self.plan();
        let mut lists = self.lists.lock().unwrap();
        let nth = lists.entry(user).or_default();
        *nth += 1;
        let mut truth = self.truth.lock().unwrap();
        truth.request("list");
        if !admitted {
            return reply::error(401);
        }
        let sight = plan.list(user, *nth);
        if let Sight::Throttled { .. } = sight {
            truth.pause(reply::PAUSE);
        }
        let devices = truth.listing(user, plan.staleness(user, *nth));
        let devices: Vec<String> = devices
            .into_iter()
            .map(|(device, made)| {
                shape::device_json(device, made.id, &made.created_at, &made.spelled)
            })
            .collect();
        let body = format!(r#"{{"_embedded":{{"devices":[{}]}}}}"#, devices.join(","));
        reply::seen(sight, 200, &body)
    }

    fn create(&self, device: Device, request: &Request) -> Handled {
        let admitted = self.admits(request);
        let plan = self.plan();
        let name = "x-ping-external-transaction-id";
        let transaction = request.header(name).unwrap_or_default();
        let spelled = format!("+{}", device.digits);
        let mut truth = self.truth.lock().unwrap();
        truth.request("create");
        let nth = truth.posts_for(device);
        let fate = match plan.redirect {
            _ if !admitted => Fate {
                effect: Effect::Never,
                sight: Sight::Error(401),
            },
            Some(_) => Fate {
                effect: Effect::Never,
                sight: Sight::Documented,
            },
            None => plan.create(device, nth),
        };
        truth.post(device, transaction, fate);
        if let Sight::Throttled { .. } = fate.sight {
            truth.pause(reply::PAUSE);
        }
        drop(truth);
        self.ring();
        let body = match fate.effect {
            Effect::AtOnce => self.make(device, &spelled),
            // What a gateway would have passed on, had it waited.
            Effect::Never | Effect::Late => shape::device_json(device, 0, "", &spelled),
        };
        let late = (fate.effect == Effect::Late).then(|| Late {
            device,
            spelled,
            delay: plan.lateness(device, nth),
        });
        let reply = match plan.redirect {
            Some(status) if admitted => reply::redirect(status, self.trap),
            _ => reply::seen(fate.sight, 201, &body),
        };
        let device = Some(device);
        Handled {
            reply,
            device,
            late,
        }
    }

    /// Makes a device now, and gives it as it is shown.
    fn make(&self, device: Device, spelled: &str) -> String {
        let mut truth = self.truth.lock().unwrap();
        let seed = self.plan().seed;
        let nth = truth.devices(device).len() as u64;
        let user = u64::try_from(device.user & u128::from(u64::MAX)).unwrap();
        let id = Dice::of(seed, &[0x1E, user, device.digits, nth]).wide();
        let created_at = stamp(wall());
        let shown = shape::device_json(device, id, &created_at, spelled);
        let made = Made {
            id,
            at: now(),
            created_at: created_at.into(),
            spelled: spelled.into(),
            before: false,
        };
        truth.make(device, made);
        shown
    }

    fn ring(&self) {
        let mut alarm = self.alarm.lock().unwrap();
        if let Some(set) = alarm.as_mut() {
            set.left -= 1;
            if set.left == 0 {
                // Whoever waited may have gone.
                set.bell.send(()).ok();
                *alarm = None;
            }
        }
    }
}
