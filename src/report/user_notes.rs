//! What is said of users for whom a device is of no use, or not needed. Pure.

use super::notice::Notice;
use super::quantity::{count, counted};
use crate::model::mfa::MfaRule;
use crate::model::user_book::{UserCount, UserCounts};

/// What an online dry run says at its end.
pub(crate) fn of_dry_run(counts: &UserCounts, rule: MfaRule) -> Vec<Notice> {
    let mfa = match rule {
        MfaRule::Check => vec![would_need_it(counts)],
        MfaRule::Enable => vec![would_be_switched(counts), would_stay_off(counts)],
        MfaRule::Ignore => Vec::new(),
    };
    let others = [disabled(counts.disabled), bypassed(counts.bypassed)];
    mfa.into_iter().chain(others).flatten().collect()
}

/// What `verify` says at its end.
pub(crate) fn of_verify(counts: &UserCounts) -> Vec<Notice> {
    let hint = "switch it on in PingOne: `--mfa enable` does so only for users for whom a run creates a device";
    let mfa = mfa_off(counts.mfa_off).map(|notice| notice.hint(Some(hint)));
    let others = [disabled(counts.disabled), bypassed(counts.bypassed)];
    std::iter::once(mfa).chain(others).flatten().collect()
}

/// What a run with `--mfa check` says once the names in its wave are looked up; nothing where that told
/// of nobody who cannot use MFA.
pub(crate) fn of_look_ups(users: u64) -> Option<Notice> {
    let text = format!(
        "{} could not use MFA when their names were looked up (`mfaEnabled` is off), and so no device.",
        counted(users, "user")
    );
    let hint = "`--mfa enable` switches it on for them before their first device is created";
    let notice = Notice::warning(text).fact("mfa_off", users);
    (users > 0).then(|| notice.hint(Some(hint)))
}

/// Says that names were looked up once more, because the users are gone whose IDs were remembered.
pub(crate) fn asked_anew(names: u64, rows: u64) -> Notice {
    let came_of_it = match rows {
        0 => "PingOne names the same users".to_owned(),
        rows => format!("{} go on with what came of it", counted(rows, "row")),
    };
    let text = format!(
        "PingOne does not know the users any more whose IDs were remembered for {}: that was looked up again, and {came_of_it}.",
        counted(names, "name"),
    );
    let notice = Notice::info("names_asked_anew", text);
    notice.fact("names", names).fact("rows", rows)
}

/// With `--mfa check`: who cannot use MFA, and what mends it.
fn would_need_it(counts: &UserCounts) -> Option<Notice> {
    let hint = match (counts.to_switch, counts.mfa_off.users - counts.to_switch) {
        (0, _) => "nothing is created for them, so switch it on in PingOne".to_owned(),
        (_, 0) => {
            "`--mfa enable` switches it on for them before their first device is created".to_owned()
        }
        (some, _) => format!(
            "`--mfa enable` switches it on for the {} for whom a device is created; switch it on for the others \
             in PingOne",
            count(some)
        ),
    };
    let notice = mfa_off(counts.mfa_off)?;
    Some(notice.fact("to_switch", counts.to_switch).hint(Some(hint)))
}

/// With `--mfa enable`: for how many it is switched on.
fn would_be_switched(counts: &UserCounts) -> Option<Notice> {
    let users = counts.to_switch;
    let text = format!(
        "`--mfa enable` would switch MFA on for {}.",
        counted(users, "user")
    );
    (users > 0).then(|| Notice::info("mfa_to_switch", text).fact("users", users))
}

/// With `--mfa enable`: for whom it is not, since nothing is created for them.
fn would_stay_off(counts: &UserCounts) -> Option<Notice> {
    let users = counts.mfa_off.users - counts.to_switch;
    let verb = if users == 1 { "stays" } else { "stay" };
    let text = format!(
        "{} {verb} without MFA, because nothing is created for them.",
        counted(users, "user")
    );
    let notice = Notice::warning(text).fact("mfa_off", users);
    (users > 0).then(|| notice.hint(Some("switch it on for them in PingOne")))
}

fn mfa_off(count: UserCount) -> Option<Notice> {
    let said = "cannot use MFA (`mfaEnabled` is off), and so no device";
    users(count, said).map(|notice| notice.fact("mfa_off", count.users))
}

fn disabled(count: UserCount) -> Option<Notice> {
    let said = "cannot sign in: disabled, locked, or with an account that is not ready";
    let hint = "enable them in PingOne, or leave them out of the wave";
    let notice = users(count, said)?.fact("user_disabled", count.users);
    Some(notice.hint(Some(hint)))
}

fn bypassed(count: UserCount) -> Option<Notice> {
    let said = "may sign in without MFA for now (`bypassMFAEnabled`)";
    let notice = users(count, said)?.fact("mfa_bypassed", count.users);
    Some(notice.hint(Some("switch that off in PingOne where it is not meant")))
}

/// A warning that so many users are something, with the line of one; nothing where there is none.
fn users(count: UserCount, said: &str) -> Option<Notice> {
    let UserCount { users, line } = count;
    let example = if users == 1 {
        format!("that of line {line}")
    } else {
        format!("such as that of line {line}")
    };
    let text = format!("{}, {example}, {said}.", counted(users, "user"));
    (users > 0).then(|| Notice::warning(text).fact("line", line))
}

/// Says that users could not be read.
pub(crate) fn unread(users: u64, why: &str, hint: &str) -> Notice {
    Notice::warning(format!(
        "{} could not be read, so it is not known whether they can use MFA: {why}.",
        counted(users, "user")
    ))
    .fact("unread", users)
    .hint(Some(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(counts: &UserCounts, rule: MfaRule) -> String {
        let notices = of_dry_run(counts, rule);
        notices
            .iter()
            .map(|notice| notice.text(Some(80), false))
            .collect()
    }

    const fn at(users: u64, line: u64) -> UserCount {
        UserCount { users, line }
    }

    #[test]
    fn who_cannot_use_mfa_is_counted_with_the_flag_that_mends_it() {
        let counts = |to_switch| UserCounts {
            mfa_off: at(1_200, 8),
            to_switch,
            ..UserCounts::default()
        };
        insta::assert_snapshot!(said(&counts(1_200), MfaRule::Check), @r"
        warning: 1,200 users, such as that of line 8, cannot use MFA (`mfaEnabled` is
          off), and so no device.
        hint: `--mfa enable` switches it on for them before their first device is
          created
        ");
        insta::assert_snapshot!(said(&counts(1_000), MfaRule::Check), @r"
        warning: 1,200 users, such as that of line 8, cannot use MFA (`mfaEnabled` is
          off), and so no device.
        hint: `--mfa enable` switches it on for the 1,000 for whom a device is created;
          switch it on for the others in PingOne
        ");
        insta::assert_snapshot!(said(&counts(0), MfaRule::Check), @r"
        warning: 1,200 users, such as that of line 8, cannot use MFA (`mfaEnabled` is
          off), and so no device.
        hint: nothing is created for them, so switch it on in PingOne
        ");
        insta::assert_snapshot!(said(&counts(1_000), MfaRule::Enable), @r"
        `--mfa enable` would switch MFA on for 1,000 users.
        warning: 200 users stay without MFA, because nothing is created for them.
        hint: switch it on for them in PingOne
        ");
        assert_eq!(said(&counts(1_000), MfaRule::Ignore), "");
        assert_eq!(said(&UserCounts::default(), MfaRule::Check), "");
    }

    #[test]
    fn behind_a_wave_nothing_but_pingone_switches_mfa_on() {
        let counts = UserCounts {
            mfa_off: at(1, 8),
            ..UserCounts::default()
        };
        let notices = of_verify(&counts);
        insta::assert_snapshot!(notices[0].text(Some(80), false), @r"
        warning: 1 user, that of line 8, cannot use MFA (`mfaEnabled` is off), and so no
          device.
        hint: switch it on in PingOne: `--mfa enable` does so only for users for whom a
          run creates a device
        ");
    }

    #[test]
    fn look_ups_that_told_of_nobody_who_cannot_use_mfa_are_no_news() {
        assert_eq!(of_look_ups(0), None);
        let said = of_look_ups(3).unwrap().text(Some(80), false);
        insta::assert_snapshot!(said, @r"
        warning: 3 users could not use MFA when their names were looked up (`mfaEnabled`
          is off), and so no device.
        hint: `--mfa enable` switches it on for them before their first device is
          created
        ");
    }

    #[test]
    fn who_cannot_sign_in_is_told_whatever_is_done_about_mfa() {
        let counts = UserCounts {
            disabled: at(1, 9),
            bypassed: at(2, 12),
            ..UserCounts::default()
        };
        insta::assert_snapshot!(said(&counts, MfaRule::Ignore), @r"
        warning: 1 user, that of line 9, cannot sign in: disabled, locked, or with an
          account that is not ready.
        hint: enable them in PingOne, or leave them out of the wave
        warning: 2 users, such as that of line 12, may sign in without MFA for now
          (`bypassMFAEnabled`).
        hint: switch that off in PingOne where it is not meant
        ");
    }
}
