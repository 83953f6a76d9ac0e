//! What a listing of a user's devices shows of one device, if anything.
//!
//! It is judged once it is whole, with all its pages.

use std::fmt;

use reqwest::Url;

use crate::model::outcome::{Device, Listing, LookOutcome};
use crate::model::request::DeviceKey;
use crate::model::why_nothing::WhyNothing;

use super::device_match::{DeviceMatch, Differs, device, device_match};
use super::next_page::{Astray, Trail};
use super::{hint, wire};

mod count;

pub(super) use count::Count;

/// What a page of a listing told us.
#[derive(Debug)]
pub(super) enum Read {
    /// It was the last one; with how many devices count against the limit for the user.
    Whole(Listing, u64),
    /// There is another one to ask for.
    GoesOn(Pages),
}

/// The pages of a listing that were read so far, and where the next one is.
pub struct Pages {
    next: Url,
    seen: Seen,
}

/// What was seen on the pages so far.
#[derive(Default)]
struct Seen {
    trail: Trail,
    matches: Vec<(Option<String>, Device)>,
    count: Count,
}

/// Why a listing may not be believed.
///
/// An absence is evidence only in a listing that is whole, and in which every device that could
/// be the one that is looked for can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is no JSON in UTF-8 (RFC 8259, section 8.1), or has no `_embedded.devices`.
    NotAListing,
    /// `count` or `size` is greater than what is there.
    NotWhole,
    /// Its next page may not be asked for.
    Astray(Astray),
    /// It shows a device of another user.
    OtherUser,
    /// A device on it may be the one that is looked for, or not.
    Unclear,
}

impl Unreadable {
    /// What is wrong with the listing.
    pub(super) fn message(self) -> &'static str {
        match self {
            Unreadable::NotAListing => {
                "the listing of the user's devices is not in PingOne's format"
            }
            Unreadable::NotWhole => {
                "the listing of the user's devices shows fewer of them than it says there are"
            }
            Unreadable::Astray(Astray::Elsewhere) => {
                "the listing of the user's devices goes on at another address, which is not followed"
            }
            Unreadable::Astray(Astray::TooLong) => "the listing of the user's devices does not end",
            Unreadable::OtherUser => "the listing shows a device of another user",
            Unreadable::Unclear => {
                "the listing shows a device that may be this one: its phone, address or type is masked or missing"
            }
        }
    }

    /// What to do about it.
    pub(super) fn advice(self) -> &'static str {
        match self {
            Unreadable::Unclear => hint::UNCLEAR_LISTING,
            Unreadable::NotAListing
            | Unreadable::NotWhole
            | Unreadable::Astray(_)
            | Unreadable::OtherUser => {
                hint::of_look(&LookOutcome::Nothing(WhyNothing::NoInformation))
            }
        }
    }
}

impl Pages {
    /// Where the next page is: on the same path of the same host as the ones before.
    pub(super) fn next(&self) -> &Url {
        &self.next
    }
}

impl fmt::Debug for Pages {
    /// Addresses and devices are a user's: only how far the reading came is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("read", &self.seen.trail.pages())
            .finish_non_exhaustive()
    }
}

/// A page of devices, as it came.
pub(super) type Page = wire::Collection<wire::Devices>;

/// Reads the JSON of a page.
pub(super) fn page(body: &[u8]) -> Option<Page> {
    // As bytes, what is skipped of it would not be checked.
    let body = std::str::from_utf8(body).ok()?;
    serde_json::from_str(body).ok()
}

/// Reads a page from this address, which came in so many bytes; `before` is what the pages before
/// it told.
///
/// # Errors
///
/// The listing may not be believed, with all its pages.
pub(super) fn read(
    key: &DeviceKey,
    at: &Url,
    before: Option<Pages>,
    page: Page,
    bytes: usize,
) -> Result<Read, Unreadable> {
    let mut seen = before.map(|pages| pages.seen).unwrap_or_default();
    let next = seen.trail.next(at, bytes, page.links.as_ref());
    // What a page shows says more than where the listing leads to.
    seen.take(key, page)?;
    match next.map_err(Unreadable::Astray)? {
        None => {
            let paired = seen.count.paired();
            seen.judge().map(|listing| Read::Whole(listing, paired))
        }
        Some(next) => Ok(Read::GoesOn(Pages { next, seen })),
    }
}

impl Seen {
    /// Adds a page to what was seen.
    fn take(&mut self, key: &DeviceKey, page: Page) -> Result<(), Unreadable> {
        for shown in self.count.take(page)? {
            match device_match(key, &shown) {
                DeviceMatch::Same => {
                    let id = shown.id.as_ref().map(|id| id.to_lowercase());
                    self.matches.push((id, device(key, &shown)));
                }
                DeviceMatch::Other(Differs::User) => return Err(Unreadable::OtherUser),
                DeviceMatch::Unclear => return Err(Unreadable::Unclear),
                DeviceMatch::Other(Differs::Type | Differs::Address) => {}
            }
        }
        Ok(())
    }

    /// Judges the listing, all of whose pages were seen.
    fn judge(self) -> Result<Listing, Unreadable> {
        self.count.check_whole()?;
        let mut matches = self.matches.into_iter();
        let Some((id, first)) = matches.next() else {
            return Ok(Listing::Absent);
        };
        // What is listed twice under one ID is there once.
        let several = matches.any(|(other, _)| id.is_none() || other != id);
        Ok(if several {
            Listing::Several(first)
        } else {
            Listing::Present(first)
        })
    }
}

#[cfg(test)]
mod tests;
