//! What is said of users who may be told of a new device. Pure.

use tracing::Level;

use super::notice::Notice;
use super::quantity::counted;
use crate::model::told_book::ToldUsers;

/// Says how many users a policy may have told of their new device.
///
/// Shown with `-q` too where there may be any: a message cannot be taken back.
pub(crate) fn of_new_devices(told: ToldUsers) -> Notice {
    let ToldUsers { users, not_known } = told;
    let said = |level, text: &str| {
        let notice = Notice::new("told_of_new_device", level, text).fact("users", users);
        notice.fact("not_known", not_known)
    };
    if users == 0 && not_known == 0 {
        let text = "Nobody is told of a new device: no user has one already, and none gets two.";
        return said(Level::INFO, text);
    }
    let known = (users > 0).then(|| {
        format!(
            "PingOne may tell {} of a new device (`newDeviceNotification`): they have one already, or get two.",
            counted(users, "user")
        )
    });
    let unknown = (not_known > 0).then(|| {
        format!(
            "Of {} it is not known whether PingOne tells them (`newDeviceNotification`): the device report \
             shows no device of theirs, and does not tell of every type.",
            counted(not_known, "user")
        )
    });
    // PingOne documents only that the policy has this member.
    let open = "Whether it does so for a device that is created as `ACTIVE` is not documented.";
    let texts: Vec<_> = known.into_iter().chain(unknown).collect();
    let text = format!("{} {open}", texts.join(" "));
    let hint = "tell them before, or set `newDeviceNotification` to NONE for the time of the wave";
    said(Level::WARN, &text).hint(Some(hint)).even_if_quiet()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(users: u64, not_known: u64) -> String {
        let notice = of_new_devices(ToldUsers { users, not_known });
        notice.text(Some(80), false)
    }

    #[test]
    fn users_who_may_be_told_are_counted_and_what_is_not_known_is_said() {
        insta::assert_snapshot!(said(1_200, 0), @r"
        warning: PingOne may tell 1,200 users of a new device (`newDeviceNotification`):
          they have one already, or get two. Whether it does so for a device that is
          created as `ACTIVE` is not documented.
        hint: tell them before, or set `newDeviceNotification` to NONE for the time of
          the wave
        ");
        insta::assert_snapshot!(said(1, 30), @r"
        warning: PingOne may tell 1 user of a new device (`newDeviceNotification`): they
          have one already, or get two. Of 30 users it is not known whether PingOne
          tells them (`newDeviceNotification`): the device report shows no device of
          theirs, and does not tell of every type. Whether it does so for a device that
          is created as `ACTIVE` is not documented.
        hint: tell them before, or set `newDeviceNotification` to NONE for the time of
          the wave
        ");
        assert_eq!(
            said(0, 0),
            "Nobody is told of a new device: no user has one already, and none gets two.\n"
        );
    }
}
