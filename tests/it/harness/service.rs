//! What each request comes to, by the plan and by what is true so far.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, mpsc};
use std::time::{Duration, Instant};

use super::device::Device;
use super::dice::Dice;
use super::faults::{Effect, Fate, Plan, Sight};
use super::http::Request;
use super::reply::{self, Reply};
use super::shape::{self, ENVIRONMENT, Wanted};
use super::tenant::{Asked, Desk};
use super::time::{now, stamp, wall};
use super::truth::{Made, Truth};
use super::wave::{Wave, Wish};

pub(crate) struct Service {
    plan: Mutex<Plan>,
    wishes: HashMap<Device, Wish>,
    pub(crate) address: SocketAddr,
    /// An address that nobody has a reason to connect to.
    pub(crate) trap: SocketAddr,
    truth: Mutex<Truth>,
    alarm: Mutex<Option<Alarm>>,
    tokens: Mutex<Tokens>,
    lists: Mutex<HashMap<u128, u64>>,
    desk: Desk,
}

#[derive(Default)]
struct Tokens {
    given: u64,
    shown: u64,
    valid: HashMap<String, Instant>,
    revoked: HashSet<String>,
}

/// Tells somebody when so many more create requests have come.
struct Alarm {
    left: u64,
    bell: mpsc::Sender<()>,
}

/// What a request comes to.
pub(crate) struct Handled {
    pub(crate) reply: Reply,
    /// The device that was asked for, if one was.
    pub(crate) device: Option<Device>,
    pub(crate) late: Option<Late>,
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

/// What a request is for.
pub(crate) enum Deed {
    /// To make a device with its phone in this spelling.
    Make(Device, String),
    /// To switch a user's MFA on.
    Switch(u128),
}

/// A deed that is done after its request was given up, or long after it came.
pub(crate) struct Late {
    pub(crate) deed: Deed,
    pub(crate) delay: Duration,
}

impl Service {
    pub(crate) fn new(plan: Plan, wave: &Wave, settle: Duration, own: [SocketAddr; 2]) -> Self {
        let mut truth = Truth::new(settle, wave.ways);
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
        let [address, trap] = own;
        Self {
            plan: Mutex::new(plan),
            wishes: wave.wishes.clone(),
            address,
            trap,
            truth: Mutex::new(truth),
            alarm: Mutex::default(),
            tokens: Mutex::default(),
            lists: Mutex::default(),
            desk: Desk::new(wave),
        }
    }

    pub(crate) fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().unwrap()
    }

    /// From now on, another plan.
    pub(crate) fn change_plan(&self, plan: Plan) {
        *self.plan.lock().unwrap() = plan;
    }

    /// Rings once so many more create requests have come.
    pub(crate) fn ring_after(&self, posts: u64) -> mpsc::Receiver<()> {
        let (bell, heard) = mpsc::channel();
        let left = posts.max(1);
        *self.alarm.lock().unwrap() = Some(Alarm { left, bell });
        heard
    }

    pub(crate) fn plan(&self) -> Plan {
        self.plan.lock().unwrap().clone()
    }

    /// Does what a request on some connection asks for, as far as the plan lets it.
    pub(crate) fn handle(&self, request: &Request, connection: u64) -> Handled {
        let host = self.address.to_string();
        let wanted = match shape::read(request, &host, &self.wishes) {
            Ok(wanted) => wanted,
            Err(why) => {
                // Not the target: it may hold what must not be shown.
                let what = format!("shape: {why} ({})", request.method);
                self.truth().complain(what);
                return reply::error(400).into();
            }
        };
        match wanted {
            Wanted::Token => self.token().into(),
            Wanted::List(user) => self.list(user, request, connection).into(),
            Wanted::Create(device) => self.create(device, request, connection),
            Wanted::OfTenant(asked) => self.of_tenant(&asked, request, connection),
        }
    }

    fn of_tenant(&self, asked: &Asked, request: &Request, connection: u64) -> Handled {
        let admitted = self.admits(request);
        let mut truth = self.truth();
        truth.request(asked.word(), connection);
        if !admitted {
            return reply::error(401).into();
        }
        let base = format!("http://{}/v1/environments/{ENVIRONMENT}", self.address);
        let at = (&*base, connection);
        self.desk.answer(asked, (&self.plan(), at), &mut truth)
    }

    /// Does what a request was for; gives what is shown of it.
    pub(crate) fn carry_out(&self, deed: Deed) -> String {
        match deed {
            Deed::Make(device, spelled) => self.make(device, &spelled),
            Deed::Switch(user) => {
                self.truth().users.switch(user);
                String::new()
            }
        }
    }

    fn token(&self) -> Reply {
        let plan = self.plan();
        let mut tokens = self.tokens.lock().unwrap();
        tokens.given += 1;
        let nth = tokens.given;
        self.truth().count("token");
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
        tokens.shown += 1;
        if self.plan().is_revoked(tokens.shown) {
            let all = std::mem::take(&mut tokens.valid);
            tokens.revoked.extend(all.into_keys());
        }
        let authorization = request.header("authorization").unwrap_or_default();
        let token = authorization.strip_prefix("Bearer ").unwrap_or_default();
        let known = tokens.valid.get(token).copied();
        let mut truth = self.truth();
        if known.is_none() && !tokens.revoked.contains(token) {
            truth.complain("shape: a token that nobody gave out".to_owned());
        }
        let admitted = known.is_some_and(|until| until > now());
        if !admitted {
            truth.count("unauthorized");
        }
        admitted
    }

    fn list(&self, user: u128, request: &Request, connection: u64) -> Reply {
        let admitted = self.admits(request);
        let plan = self.plan();
        let mut lists = self.lists.lock().unwrap();
        let nth = lists.entry(user).or_default();
        *nth += 1;
        let mut truth = self.truth();
        truth.request("list", connection);
        if !admitted {
            return reply::error(401);
        }
        let sight = plan.list(user, *nth);
        if let Sight::Throttled { .. } = sight {
            truth.pause("list", connection, reply::PAUSE);
        }
        let devices = truth.listing(user, plan.staleness(user, *nth));
        let devices: Vec<String> = devices
            .into_iter()
            .map(|(device, made)| {
                shape::device_json(device, made.id, &made.created_at, &made.spelled)
            })
            .collect();
        let body = format!(
            r#"{{"_links":{{"self":{{"href":"http://{}{}"}}}},"_embedded":{{"devices":[{}]}}}}"#,
            self.address,
            request.target,
            devices.join(",")
        );
        reply::seen(sight, 200, &body)
    }

    fn create(&self, device: Device, request: &Request, connection: u64) -> Handled {
        let admitted = self.admits(request);
        let plan = self.plan();
        let name = "x-ping-external-transaction-id";
        let transaction = request.header(name).unwrap_or_default();
        let spelled = format!("+{}", device.digits);
        let mut truth = self.truth();
        truth.request("create", connection);
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
            truth.pause("create", connection, reply::PAUSE);
        }
        drop(truth);
        self.ring();
        let body = match fate.effect {
            Effect::AtOnce => self.make(device, &spelled),
            // What a gateway would have passed on, had it waited.
            Effect::Never | Effect::Late => shape::device_json(device, 0, "", &spelled),
        };
        let late = (fate.effect == Effect::Late).then(|| Late {
            deed: Deed::Make(device, spelled),
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

    /// What its clock shows.
    pub(crate) fn wall(&self) -> Duration {
        let ahead_s = self.plan().clock.unwrap_or(0);
        let off = Duration::from_secs(ahead_s.unsigned_abs());
        if ahead_s < 0 {
            wall().saturating_sub(off)
        } else {
            wall() + off
        }
    }

    /// Makes a device now, and gives it as it is shown.
    fn make(&self, device: Device, spelled: &str) -> String {
        let mut truth = self.truth();
        let seed = self.plan().seed;
        let nth = truth.devices(device).len() as u64;
        let user = u64::try_from(device.user & u128::from(u64::MAX)).unwrap();
        let kind = device
            .kind
            .bytes()
            .fold(0, |sum, byte| sum * 31 + u64::from(byte));
        let id = Dice::of(seed, &[0x1E, user, kind, device.digits, nth]).wide();
        let created_at = stamp(self.wall());
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
