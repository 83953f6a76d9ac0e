//! How the values of single settings are read, where their types have no rules of their own.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::num::NonZeroU32;
use std::str::FromStr;

use clap_complete::Shell;
use encoding_rs::Encoding;
use tracing::level_filters::LevelFilter;

use super::Error;
use super::credential::check_credential;
use super::given::{Given, shortened};
use super::origin::Origin;
use crate::engine::MaxErrors;
use crate::model::dialect::encoding_of;
use crate::model::phone::E164;
use crate::model::row::Column;
use crate::model::secret::Secret;
use crate::model::shard::{NotAShard, Shard};
use crate::model::shared_phones::Sharing;
use crate::model::user_name::UserBy;
use crate::model::who::Who;
use crate::pingone::grant::Bearer;
use crate::report::cell::without_phones;
use crate::report::log_setup;
use crate::report::results_writer::Phones;
use crate::sandbox::Users;

/// A phone in international format, as strictly as that of a row.
pub(super) fn phone(given: &Given) -> Result<E164, Error> {
    let (phone, _) = E164::parse(given.text()?).map_err(|problem| {
        let name = &given.origin;
        let why = without_phones(&problem.message);
        Error::new(format!("the phone for {name} is none: {why}"))
    })?;
    Ok(phone)
}

/// Whom somebody asks about; what was typed may be a phone, so no error repeats it.
pub(super) fn who(given: &Given) -> Result<Who, Error> {
    let who = given.text()?.parse();
    who.map_err(|nobody| Error::new(format!("invalid value for {}: {nobody}", given.origin)))
}

/// How often a row is tried.
pub(super) fn attempts(given: &Given) -> Result<NonZeroU32, Error> {
    let number = given.number(1, 100)?;
    Ok(NonZeroU32::MIN.saturating_add(number - 1))
}

/// How many bad rows are too many: a number, or a share.
pub(super) fn max_errors(given: &Given) -> Result<MaxErrors, Error> {
    let Some(text) = given.text()?.strip_suffix('%') else {
        return given.at_least(1).map(MaxErrors::Rows);
    };
    percent(text.trim())
        .map(MaxErrors::Percent)
        .ok_or_else(|| given.wrong(&"expected a number such as `20`, or a share such as `5%`"))
}

/// A share such as `35%`, as a part of one.
pub(super) fn share(given: &Given) -> Result<f64, Error> {
    let text = given.text()?.strip_suffix('%');
    text.and_then(percent)
        .map(|percent| percent / 100.0)
        .ok_or_else(|| given.wrong(&"expected a share such as `35%`"))
}

fn percent(text: &str) -> Option<f64> {
    let percent = text.parse().ok();
    percent.filter(|percent| *percent > 0.0 && *percent <= 100.0)
}

/// An address of this machine, to connect from.
pub(super) fn source_address(given: &Given) -> Result<IpAddr, Error> {
    let address: IpAddr = given.parse()?;
    if address.is_unspecified() {
        let error = given.wrong(&"this stands for any address, and none is chosen");
        return Err(error.hint("leave it out, or name one that `ip address` lists"));
    }
    // Nothing is sent: a socket can be bound to an address of this machine alone.
    UdpSocket::bind((address, 0)).map_err(|error| {
        let error = given.wrong(&format_args!("it is no address of this machine ({error})"));
        error.hint("name one that `ip address` lists")
    })?;
    Ok(address)
}

/// Which shard is meant, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NamedShard {
    /// This one.
    Number(Shard),
    /// Of so many the one that the scheduler says.
    Auto(u32),
}

impl FromStr for NamedShard {
    type Err = NotAShard;

    fn from_str(text: &str) -> Result<Self, NotAShard> {
        match text.strip_prefix("auto/") {
            // As many as there are, the last one has this number too.
            Some(of) => {
                let last: Shard = format!("{of}/{of}").parse()?;
                Ok(Self::Auto(last.of()))
            }
            None => text.parse().map(Self::Number),
        }
    }
}

/// An encoding, by a label of the Encoding Standard.
pub(super) fn encoding(given: &Given) -> Result<&'static Encoding, Error> {
    encoding_of(given.text()?).ok_or_else(|| {
        given.wrong(&"expected a label of the Encoding Standard, such as `utf-8`, `utf-16le` or `windows-1252`")
    })
}

/// A sheet of a workbook, by its name or its number.
pub(super) fn sheet(given: &Given) -> Result<String, Error> {
    let text = given.text()?;
    // No spreadsheet lets a name have these.
    if text.is_empty() || text.contains(['[', ']', '*', '?', ':', '/', '\\']) {
        return Err(given.wrong(&"expected the name of a sheet, or its number from 1"));
    }
    Ok(text.to_owned())
}

/// The words for how phones are written.
pub(super) const PHONES: [(&str, Phones); 3] = [
    ("full", Phones::Full),
    ("masked", Phones::Masked),
    ("none", Phones::None),
];

/// The words for what is done about phones of several users.
pub(super) const SHARING: [(&str, Sharing); 3] = [
    ("warn", Sharing::Warn),
    ("reject", Sharing::Reject),
    ("allow", Sharing::Allow),
];

/// The shells that can be told what to complete.
pub(super) const SHELLS: [(&str, Shell); 5] = [
    ("bash", Shell::Bash),
    ("zsh", Shell::Zsh),
    ("fish", Shell::Fish),
    ("elvish", Shell::Elvish),
    ("powershell", Shell::PowerShell),
];

/// How users are named, by the column that does it.
pub(super) fn user_by(given: &Given) -> Result<UserBy, Error> {
    given.one_of(&UserBy::ALL.map(|by| (by.column().name(), by)))
}

/// `COLUMN=HEADER`: a column, and the header that it has in the file.
pub(super) fn column(given: &Given) -> Result<(Column, String), Error> {
    column_in(given.text()?).ok_or_else(|| {
        let names: Vec<_> = Column::ALL.iter().map(|column| column.name()).collect();
        given.wrong(&format_args!(
            "expected COLUMN=HEADER, with a COLUMN of {}",
            names.join(", ")
        ))
    })
}

/// The same, of a text of any origin.
pub(super) fn column_in(text: &str) -> Option<(Column, String)> {
    let (name, header) = text.split_once('=')?;
    let mut columns = Column::ALL.into_iter();
    let column = columns.find(|column| column.name() == name.trim())?;
    Some((column, header.to_owned()))
}

/// The ID of a client.
pub(super) fn client_id(given: &Given) -> Result<String, Error> {
    let id = given.text()?;
    check_credential(id, &given.origin.to_string())?;
    Ok(id.to_owned())
}

/// A secret of a client.
pub(super) fn client_secret(given: &Given) -> Result<Secret, Error> {
    client_id(given).map(Secret::new)
}

/// An access token.
pub(super) fn token(given: &Given) -> Result<Bearer, Error> {
    Bearer::new(client_secret(given)?).ok_or_else(|| {
        Error::new(format!(
            "{} is no access token: it holds a blank, or is too long",
            given.origin
        ))
    })
}

/// The level that directives give our own log lines, where they do.
///
/// `RUST_LOG` is other programs' too, and what it says to them is theirs. A settings file is ours: what
/// stands there is a level or a filter.
pub(super) fn level(given: &Given) -> Result<Option<LevelFilter>, Error> {
    let text = given.text()?;
    if matches!(given.origin, Origin::File(_))
        && let Some(wrong) = log_setup::no_directive(text)
    {
        let wrong = shortened(wrong);
        return Err(given.wrong(&format_args!(
            "`{wrong}` is neither a level (off, error, warn, info, debug, trace) nor a filter such as \
             `wavepair=debug`"
        )));
    }
    match log_setup::unknown_level(text) {
        Some(level) => Err(Error::new(format!(
            "invalid value '{level}' for the level of wavepair in {}: expected off, error, warn, info, debug or trace",
            given.origin
        ))),
        None => Ok(log_setup::level_in(text)),
    }
}

/// Where a sandbox listens.
pub(super) fn loopback(given: &Given) -> Result<SocketAddr, Error> {
    let address: SocketAddr = given
        .text()?
        .parse()
        .map_err(|_| given.wrong(&"expected an address such as `127.0.0.1:8787`"))?;
    if !address.ip().is_loopback() {
        return Err(given.wrong(&"the sandbox serves loopback addresses only"));
    }
    Ok(address)
}

/// Which users a sandbox has.
pub(super) fn users(given: &Given) -> Result<Users, Error> {
    match given.text()? {
        "any" => Ok(Users::Any),
        number => number
            .parse()
            .map(Users::Exactly)
            .map_err(|_| given.wrong(&"expected `any` or a number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_errors_are_a_number_or_a_share() {
        let read = |value: &str| max_errors(&Given::typed("--max-errors", value));
        assert_eq!(read("20"), Ok(MaxErrors::Rows(20)));
        assert_eq!(read("2.5%"), Ok(MaxErrors::Percent(2.5)));
        for wrong in ["0", "0%", "101%", "-1", "x%", ""] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
