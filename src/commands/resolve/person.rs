//! Who gives a command, as the operating system has it.

use std::fs;

/// The users of this machine (passwd(5)).
const USERS: &str = "/etc/passwd";

/// The name of the user who gives the command; where this machine has none, the user's number.
pub(super) fn person() -> String {
    let user = rustix::process::getuid().as_raw();
    let users = fs::read_to_string(USERS).unwrap_or_default();
    name_of(user, &users)
}

fn name_of(user: u32, users: &str) -> String {
    let number = user.to_string();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, id) = (fields.next()?, fields.nth(1)?);
        (id == number && !name.is_empty()).then_some(name)
    });
    name.map_or_else(|| format!("user {user}"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_known_by_name_where_the_machine_has_one_and_else_by_number() {
        let users = "root:x:0:0:root:/root:/bin/sh\n\nodd\nada:x:1000:0::/:/bin/sh\nbob:x:1000:::\n:x:7::\n";
        for (user, name) in [
            (0, "root"),
            (1000, "ada"),
            (1001, "user 1001"),
            (7, "user 7"),
        ] {
            assert_eq!(name_of(user, users), name);
        }
        assert_eq!(name_of(5, ""), "user 5");
    }
}
