//! PingOne itself: which devices there are, when requests take effect, and what listings show.

use fastrand::Rng;

use super::judge::{Listing, Told};
use super::people::People;
use super::says::{Answer, Reply, SPELLINGS, Shown, error, page};
use super::troubles::{self, OfCreate, OfLook, Shape, cut_off};
use super::weather::{Echo, Naming, Weather};
use crate::model::ids::{DeviceId, UserId};
use crate::model::request::DeviceRequest;

/// A time, in microseconds since 1970.
pub(super) type Time = i64;

/// A device that is there.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// Which of those that are wanted it is; none where it is another one.
    pub(super) wanted: Option<usize>,
    pub(super) ours: bool,
    pub(super) at: Time,
    /// How long a listing may not show it.
    lag: Time,
    pub(super) shown: Shown,
}

/// A create that arrived.
#[derive(Clone, Copy, Debug)]
struct Post {
    wanted: usize,
    /// Whether it is to take effect after it was given up.
    is_late: bool,
}

/// A listing that goes on.
#[derive(Clone, Debug)]
struct Open {
    listing: Listing,
    devices: Vec<String>,
    from: usize,
}

/// All that PingOne knows.
#[derive(Debug)]
pub(super) struct PingOne {
    pub(super) wanted: Vec<DeviceRequest>,
    pub(super) devices: Vec<Made>,
    pub(super) people: People,
    posts: Vec<Post>,
    /// Which posts take effect, and when.
    late: Vec<(Time, usize)>,
    open: Vec<Open>,
    tokens: u32,
}

pub(super) fn us(duration: std::time::Duration) -> Time {
    Time::try_from(duration.as_micros()).expect("it is short")
}

impl PingOne {
    pub(super) fn draw(
        rng: &mut Rng,
        weather: &Weather,
        wanted: Vec<DeviceRequest>,
        now: Time,
    ) -> Self {
        let people = People::draw(rng, weather, &wanted, now);
        let mut pingone = Self {
            wanted,
            devices: Vec::new(),
            people,
            posts: Vec::new(),
            late: Vec::new(),
            open: Vec::new(),
            tokens: 0,
        };
        for number in 0..pingone.wanted.len() {
            if rng.u8(..10) == 0 {
                // Somebody else's, old or of just now: nobody could tell it from ours, did it not show.
                let age = [1_000_000, 100_000_000, 86_400_000_000][rng.usize(..3)];
                pingone.add(weather, Some(number), false, now - age, 0);
            }
            for _ in 0..rng.u8(..3) {
                pingone.add(weather, None, false, now - 86_400_000_000, 0);
                let user = pingone.wanted[number].key.user;
                let other = pingone.devices.last_mut().expect("it was made");
                other.shown.user = user;
            }
        }
        pingone
    }

    /// From now on users exist.
    pub(super) fn calm_down(&mut self, now: Time) {
        self.people.calm_down(now);
    }

    fn add(
        &mut self,
        weather: &Weather,
        wanted: Option<usize>,
        ours: bool,
        at: Time,
        lag: Time,
    ) -> usize {
        let number = self.devices.len();
        let id = DeviceId::from_bytes((number as u128 + 0xd0_0000).to_be_bytes());
        let request = &self.wanted[wanted.unwrap_or_default()];
        let mut shown = Shown::new(request, id, at / 1000 + weather.remote_ahead_ms);
        if wanted.is_none() {
            shown.phone = format!("1512555{:04}", 9000 + number);
        }
        self.devices.push(Made {
            wanted,
            ours,
            at,
            lag,
            shown,
        });
        number
    }

    /// Brings into effect what was to take effect by now.
    pub(super) fn advance(&mut self, weather: &Weather, now: Time) {
        self.late.sort_unstable();
        while let Some(&(at, post)) = self.late.first().filter(|(at, _)| *at <= now) {
            self.late.remove(0);
            let wanted = self.posts[post].wanted;
            // What is refused then is refused in silence.
            self.make(weather, wanted, at, us(weather.lag)).ok();
        }
    }

    /// Makes a device, unless it is refused.
    fn make(
        &mut self,
        weather: &Weather,
        wanted: usize,
        at: Time,
        lag: Time,
    ) -> Result<usize, Answer> {
        let user = self.wanted[wanted].key.user;
        if at < self.people.since(user) {
            let body = error("NOT_FOUND", "NOT_FOUND");
            return Err(Answer::new(404, body, Told::Refused));
        }
        if weather.unique && self.of(wanted).next().is_some() {
            let body = error("INVALID_DATA", "UNIQUENESS_VIOLATION");
            return Err(Answer::new(400, body, Told::Refused));
        }
        let held = self.devices.iter().filter(|made| made.shown.user == user);
        let of_wave = held.filter(|made| made.wanted.is_some()).count();
        if weather.limit.is_some_and(|limit| of_wave >= limit) {
            let body = error("REQUEST_FAILED", "LIMIT_EXCEEDED");
            return Err(Answer::new(400, body, Told::Refused));
        }
        Ok(self.add(weather, Some(wanted), true, at, lag))
    }

    /// The devices like the one that is wanted.
    pub(super) fn of(&self, wanted: usize) -> impl Iterator<Item = &Made> {
        let all = self.devices.iter();
        all.filter(move |made| made.wanted == Some(wanted))
    }

    /// Whether a request for it may still take effect.
    pub(super) fn owes(&self, wanted: usize) -> bool {
        let in_flight = self.posts.iter().filter(|post| post.is_late);
        let late = self.late.iter().map(|(_, post)| &self.posts[*post]);
        in_flight.chain(late).any(|post| post.wanted == wanted)
    }

    /// Takes a create; gives its number and what is said to it. Where the answer is not to come to
    /// whom it is for, it takes effect at once or never, and shows then.
    pub(super) fn create(
        &mut self,
        rng: &mut Rng,
        weather: &Weather,
        (wanted, now): (usize, Time),
        is_stolen: bool,
    ) -> (usize, Reply) {
        let post = self.posts.len();
        self.posts.push(Post {
            wanted,
            is_late: false,
        });
        let lag = if is_stolen { 0 } else { us(weather.lag) };
        let date_ms = weather
            .dates
            .then_some(now / 1000 + weather.remote_ahead_ms);
        let reply = match troubles::of_create(rng, weather, date_ms) {
            OfCreate::Refused(answer) => Reply::Answer(answer),
            OfCreate::Lost(reply) => {
                match rng.u8(..4) {
                    0 => {}
                    1 | 2 if !is_stolen => self.posts[post].is_late = true,
                    _ => drop(self.make(weather, wanted, now, lag)),
                }
                reply
            }
            OfCreate::Honest => self.served(rng, weather, (wanted, now, lag), Shape::With201),
            OfCreate::Served(shape) => self.served(rng, weather, (wanted, now, lag), shape),
        };
        (post, reply)
    }

    fn served(
        &mut self,
        rng: &mut Rng,
        weather: &Weather,
        (wanted, now, lag): (usize, Time, Time),
        shape: Shape,
    ) -> Reply {
        let number = match self.make(weather, wanted, now, lag) {
            Ok(number) => number,
            Err(refused) => return Reply::Answer(refused),
        };
        let mut shown = self.devices[number].shown.clone();
        if shape == Shape::OfAnotherUser {
            shown.user = UserId::from_bytes([0xee; 16]);
        }
        let is_sure = weather.twice == 0.0 || weather.echo == Echo::Always;
        let named = !is_sure || weather.naming != Naming::Nothing || shape == Shape::OfAnotherUser;
        let json = shown.json(Self::spelling(rng, weather), named);
        let mut answer = match shape {
            Shape::With201 | Shape::CutOff => Answer::new(201, json, Told::Made),
            Shape::With200 => Answer::new(200, json, Told::Made),
            Shape::OfAnotherUser => Answer::new(201, json, Told::Unknown),
            Shape::WithoutId => Answer::new(201, r#"{"type":"WHATSAPP"}"#.to_owned(), Told::Made),
            Shape::NotJson => Answer::new(201, "<html>".to_owned(), Told::Made),
        };
        if shape == Shape::CutOff {
            cut_off(&mut answer, rng);
        }
        Reply::Answer(answer)
    }

    fn spelling(rng: &mut Rng, weather: &Weather) -> u8 {
        if weather.odd_spellings {
            rng.u8(..SPELLINGS)
        } else {
            0
        }
    }

    /// Takes note that nobody waits for the answer to a create any more.
    pub(super) fn given_up(&mut self, rng: &mut Rng, weather: &Weather, post: usize, now: Time) {
        if std::mem::take(&mut self.posts[post].is_late) {
            let after = rng.i64(0..=us(weather.latest));
            self.late.push((now + after, post));
        }
    }

    /// Lists the devices of a user, or goes on with a listing.
    pub(super) fn list(
        &mut self,
        rng: &mut Rng,
        weather: &Weather,
        (user, now): (UserId, Time),
        further: Option<usize>,
    ) -> Reply {
        let date_ms = weather
            .dates
            .then_some(now / 1000 + weather.remote_ahead_ms);
        let trouble = troubles::of_look(rng, weather, date_ms);
        if let OfLook::Told(reply) = trouble {
            return reply;
        }
        let mut open = match further {
            Some(number) => self.open[number].clone(),
            None => match self.begin_listing(rng, weather, user, now) {
                Ok(open) => open,
                Err(answer) => return Reply::Answer(answer),
            },
        };
        let size = weather.page.min(open.devices.len() - open.from);
        let mut devices = open.devices[open.from..open.from + size].to_vec();
        let count = open.devices.len() + usize::from(matches!(trouble, OfLook::NotWhole));
        open.from += size;
        let goes_on = open.from < open.devices.len();
        let further = goes_on.then(|| format!("?cursor={}", self.open.len()));
        let next = match trouble {
            OfLook::Astray => Some("http://127.0.0.2/elsewhere".to_owned()),
            OfLook::Honest
            | OfLook::Told(_)
            | OfLook::Masked
            | OfLook::CutOff
            | OfLook::NotWhole => further,
        };
        let mut told = if goes_on {
            Told::Nothing
        } else {
            Told::Listing(open.listing.clone())
        };
        if let OfLook::Masked = trouble {
            devices = vec![r#"{"id":"x","type":"WHATSAPP","phone":"+1*********"}"#.to_owned()];
        }
        let named = (weather.naming == Naming::Link).then_some(user);
        self.open.push(open);
        if !matches!(trouble, OfLook::Honest) {
            told = Told::Nothing;
        }
        let body = page(&devices, (count, size), named, next.as_deref());
        let mut answer = Answer::new(200, body, told);
        if let OfLook::CutOff = trouble {
            cut_off(&mut answer, rng);
        }
        Reply::Answer(answer)
    }

    /// What a listing shows that begins now.
    fn begin_listing(
        &mut self,
        rng: &mut Rng,
        weather: &Weather,
        user: UserId,
        now: Time,
    ) -> Result<Open, Answer> {
        // New for each listing: what one showed may be gone from the next.
        let old = match rng.u8(..3) {
            0 => 0.0,
            1 => 1.0,
            _ => rng.f64(),
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "days"
        )]
        let shows_by = |lag: Time| now - (lag as f64 * old) as Time;
        let asked = now;
        if shows_by(us(weather.lag)) < self.people.since(user) {
            let listing = Listing {
                user,
                shows: Vec::new(),
                asked,
            };
            let body = error("NOT_FOUND", "NOT_FOUND");
            return Err(Answer::new(404, body, Told::Listing(listing)));
        }
        let visible = self.devices.iter().filter(|made| made.shown.user == user);
        let visible: Vec<&Made> = visible
            .filter(|made| made.at <= shows_by(made.lag))
            .collect();
        let named = weather.naming == Naming::Devices;
        let mut devices = Vec::new();
        for made in &visible {
            devices.push(made.shown.json(Self::spelling(rng, weather), named));
        }
        let shows = visible.iter().filter_map(|made| made.wanted).collect();
        let listing = Listing { user, shows, asked };
        Ok(Open {
            listing,
            devices,
            from: 0,
        })
    }

    /// Says whether a user can use MFA, once that was switched on where it `switches`.
    pub(super) fn mfa(
        &mut self,
        rng: &mut Rng,
        weather: &Weather,
        (user, now): (UserId, Time),
        switches: bool,
    ) -> Reply {
        let date_ms = weather
            .dates
            .then_some(now / 1000 + weather.remote_ahead_ms);
        let trouble = troubles::of_look(rng, weather, date_ms);
        self.people
            .mfa(rng, weather, (user, now), switches, trouble)
    }

    /// Says who may ask.
    pub(super) fn token(&mut self, rng: &mut Rng, weather: &Weather) -> Reply {
        self.tokens += 1;
        troubles::of_token(rng, weather, self.tokens)
    }
}
