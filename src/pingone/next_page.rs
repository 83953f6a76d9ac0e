//! Where a listing goes on.
//!
//! PingOne documents no pages for what is listed here and may give some all the same: they are
//! followed on the same path of the same host, so far and no further.

use reqwest::Url;
use serde_json::{Map, Value};

/// The most pages of a listing that are read: a user has some fifty devices at the very most.
pub(super) const PAGES_MAX: usize = 20;
/// The most bytes of a listing that are read, all its pages together.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// The pages of a listing that were read so far.
#[derive(Clone, Default)]
pub(super) struct Trail {
    read: Vec<Url>,
    bytes: usize,
}

/// Why a listing is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Astray {
    /// The next page is at another address, or one that was read already.
    Elsewhere,
    /// It has more than [`PAGES_MAX`] pages or [`BYTES_MAX`] bytes.
    TooLong,
}

impl Astray {
    /// What is wrong with a listing that is not followed.
    pub(super) fn why(self) -> &'static str {
        match self {
            Astray::Elsewhere => "goes on at another address, which is not followed",
            Astray::TooLong => "does not end",
        }
    }
}

impl Trail {
    /// How many pages were read.
    pub(super) fn pages(&self) -> usize {
        self.read.len()
    }

    /// Notes a page from this address, which came in so many bytes; gives where the next one is,
    /// if there is one.
    ///
    /// # Errors
    ///
    /// The next page may not be read.
    pub(super) fn next(
        &mut self,
        at: &Url,
        bytes: usize,
        links: Option<&Map<String, Value>>,
    ) -> Result<Option<Url>, Astray> {
        self.read.push(at.clone());
        self.bytes += bytes;
        let next = links.and_then(|links| links.get("next"));
        let Some(next) = next.filter(|next| !next.is_null()) else {
            return Ok(None);
        };
        if self.read.len() >= PAGES_MAX || self.bytes > BYTES_MAX {
            return Err(Astray::TooLong);
        }
        let next = follow(at, next).ok_or(Astray::Elsewhere)?;
        if self.read.contains(&next) {
            return Err(Astray::Elsewhere);
        }
        Ok(Some(next))
    }
}

/// The address of the next page, where it may be read: with our token, nothing but the same
/// path of the same host is.
fn follow(at: &Url, next: &Value) -> Option<Url> {
    let mut next = at.join(next.get("href")?.as_str()?).ok()?;
    next.set_fragment(None);
    let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
    let same = next.scheme() == at.scheme()
        && next.host_str() == at.host_str()
        && next.port_or_known_default() == at.port_or_known_default()
        && next.username().is_empty()
        && next.password().is_none()
        && path(&next) == path(at);
    same.then_some(next)
}
