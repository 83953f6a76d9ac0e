//! Plans of faults, written as in a file.

use super::rehearsal::user;

/// One fault.
pub(crate) fn fault(what: &str) -> String {
    format!("[[fault]]\n{what}\n")
}

/// The n-th fault strikes the first request of a kind about the n-th user, and no other.
pub(crate) fn each_user_once(on: &str, faults: &[&str]) -> String {
    (0..)
        .zip(faults)
        .map(|(n, what)| {
            let user = user(n);
            fault(&format!("on = '{on}'\nuser = '{user}'\nfirst = 1\n{what}"))
        })
        .collect()
}
