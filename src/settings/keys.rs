//! The keys of a settings file: every setting that one may give.

use std::borrow::Cow;

use super::setting::About;
use super::table::{CLIENT_ID, HOME, LOG_LEVEL, SECRET_COMMAND, options};

/// Settings that have a key, and no option.
const ALONE: [About; 4] = [
    HOME.about,
    CLIENT_ID.about,
    SECRET_COMMAND.about,
    LOG_LEVEL.about,
];

/// Every setting that a settings file may give, as often as it is listed, with its key.
pub fn keyed() -> impl Iterator<Item = (Cow<'static, str>, &'static About)> {
    let all = options().chain(&ALONE);
    all.filter_map(|about| Some((about.key()?, about)))
}
