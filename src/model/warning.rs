//! What a person may want to look at in a row that is not wrong.

use std::fmt;
use std::sync::Arc;

use super::country::Country;
use super::earlier_use::file_of;
use super::request::DeviceType;
use super::row::{Column, RowNumber};
use super::stable_words::stable_words;

stable_words! {
    /// A stable word for one kind of warning.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum WarningCode {
        /// The phone is a fixed line: WhatsApp must be registered on it, a text message may not arrive
        PhoneFixedLine = "phone_fixed_line" => "nothing, where WhatsApp is registered on it",
        /// The phone is toll-free, shared cost or the like
        PhoneTypeUnusual = "phone_type_unusual" => "ask the person whether it receives messages",
        /// The same phone stands with another user, of this wave or of an earlier one
        PhoneShared = "phone_shared" => "ask whose it is: whoever has the phone gets the passcodes of each of its users",
        /// An earlier row has this user's number with or without the `9` behind +54
        PhoneOtherForm = "phone_other_form" => "keep the form that the person uses",
        /// The phone is written with an unusual space, dash or mark, or as a spreadsheet keeps text; its digits are as they were
        SeparatorUnusual = "separator_unusual" => "nothing",
        /// The phone is of another country than the row's
        CountryDiffers = "country_differs" => "check the phone and the country",
        /// The email address mixes letters of several scripts and may look like another one
        EmailMixedScripts = "email_mixed_scripts" => "type the address again, letter by letter",
        /// A cell is a word that programs write where they have no value, such as `NULL`
        Placeholder = "placeholder" => "empty the cell, or fill it in",
        /// Online dry run: the notification policy lets no texts and calls go to the country of the phone, so no passcode comes
        CountryDenied = "country_denied" => "change the country limit of the notification policy, or leave the row out",
        /// Online dry run: the user's `mfaEnabled` is off, so no device is of use to them
        MfaOff = "mfa_off" => "run with `--mfa enable`, or switch MFA on for the user in PingOne",
        /// Online dry run: the user is disabled or locked, or their account is not ready, and cannot sign in
        UserDisabled = "user_disabled" => "enable the user in PingOne, or leave the row out",
        /// Online dry run: the user may sign in without MFA for now (`bypassMFAEnabled`)
        MfaBypassed = "mfa_bypassed" => "switch that off in PingOne where it is not meant",
    }
}

impl WarningCode {
    /// The codes of a row's warnings, each once, in the order of the documentation.
    pub(crate) fn of(warnings: &[Warning]) -> Vec<Self> {
        let mut codes: Vec<_> = warnings.iter().map(Warning::code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// Something about a row that is unusual and hinders nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The phone is a fixed line, and the device is of this type.
    FixedLine(DeviceType),
    /// The phone is toll-free, shared cost or the like.
    UnusualLine,
    /// The phone was written with more than digits and plain separators round it or in it.
    UnusualSeparator,
    /// The phone has another calling code than the country that the row names.
    CountryDiffers(Country),
    /// An earlier row has the phone with another user.
    SharedPhone {
        /// The line of the first one.
        line: u64,
        /// Whether this is the first row that shares it.
        is_new: bool,
    },
    /// Another user has the phone from an earlier wave.
    PhoneOfEarlierWave {
        /// The wave, as the ledger has it.
        wave: Arc<str>,
    },
    /// The email address has letters of several scripts in one part.
    MixedScripts,
    /// The cell of this column is a word that programs write where they have no value.
    Placeholder(Column),
    /// An earlier row asks for the same user's other form of this number.
    OtherForm {
        /// Which row.
        row: RowNumber,
    },
    /// No texts and calls go to this country.
    CountryDenied(Country),
    /// The user cannot use MFA, and so no device.
    MfaOff,
    /// The user cannot sign in at all.
    UserDisabled,
    /// The user may leave MFA out for now.
    MfaBypassed,
}

impl Warning {
    /// The stable word for it.
    pub fn code(&self) -> WarningCode {
        match self {
            Warning::FixedLine(_) => WarningCode::PhoneFixedLine,
            Warning::UnusualLine => WarningCode::PhoneTypeUnusual,
            Warning::UnusualSeparator => WarningCode::SeparatorUnusual,
            Warning::CountryDiffers(_) => WarningCode::CountryDiffers,
            Warning::SharedPhone { .. } | Warning::PhoneOfEarlierWave { .. } => {
                WarningCode::PhoneShared
            }
            Warning::MixedScripts => WarningCode::EmailMixedScripts,
            Warning::Placeholder(_) => WarningCode::Placeholder,
            Warning::OtherForm { .. } => WarningCode::PhoneOtherForm,
            Warning::CountryDenied(_) => WarningCode::CountryDenied,
            Warning::MfaOff => WarningCode::MfaOff,
            Warning::UserDisabled => WarningCode::UserDisabled,
            Warning::MfaBypassed => WarningCode::MfaBypassed,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::FixedLine(DeviceType::WhatsApp) => {
                f.write_str("a fixed line; WhatsApp must be registered on it")
            }
            Warning::FixedLine(_) => f.write_str("a fixed line; it may not receive text messages"),
            Warning::UnusualLine => {
                f.write_str("an unusual kind of number: toll-free, shared cost or the like")
            }
            Warning::UnusualSeparator => f.write_str(
                "the phone was written with an unusual space, dash, mark or quotation; its digits \
                 are as they were",
            ),
            Warning::CountryDiffers(country) => write!(
                f,
                "the phone is of another country than {country}, which the row names; it is taken \
                 as it is written"
            ),
            Warning::SharedPhone { line, .. } => write!(
                f,
                "line {line} has the same phone with another user; whoever has it gets the \
                 passcodes of both"
            ),
            Warning::PhoneOfEarlierWave { wave } => write!(
                f,
                "another user has the same phone from an earlier wave, {}; whoever has it gets the \
                 passcodes of both",
                file_of(wave)
            ),
            Warning::MixedScripts => f.write_str(
                "the email address mixes letters of several scripts and may look like another one",
            ),
            Warning::Placeholder(column) => write!(
                f,
                "the {} is a word that programs write where they have no value",
                column.name()
            ),
            Warning::OtherForm { row } => write!(
                f,
                "row {row} has this user's number with or without the 9 behind +54; they may be \
                 one mobile"
            ),
            Warning::CountryDenied(country) => write!(
                f,
                "the notification policy lets no texts and calls go to {country}: the device is \
                 paired, and no passcode comes"
            ),
            Warning::MfaOff => f.write_str(
                "the user's `mfaEnabled` is off: no device is of use to them until it is switched \
                 on",
            ),
            Warning::UserDisabled => f.write_str(
                "the user is disabled or locked, or their account is not ready, and cannot sign in",
            ),
            Warning::MfaBypassed => f.write_str(
                "the user may sign in without MFA for now (`bypassMFAEnabled`): no device is asked \
                 for",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_a_row_stand_once_and_in_one_order() {
        let other_form = Warning::OtherForm { row: RowNumber(1) };
        let mut warnings = vec![
            Warning::Placeholder(Column::Nickname),
            other_form,
            Warning::Placeholder(Column::Locale),
            Warning::FixedLine(DeviceType::Sms),
        ];
        let codes = [
            WarningCode::PhoneFixedLine,
            WarningCode::PhoneOtherForm,
            WarningCode::Placeholder,
        ];
        assert_eq!(WarningCode::of(&warnings), codes);
        warnings.reverse();
        assert_eq!(WarningCode::of(&warnings), codes);
        assert_eq!(WarningCode::of(&[]), []);
    }

    #[test]
    fn every_code_is_one_word_with_a_meaning_and_stands_once() {
        for (at, code) in WarningCode::ALL.iter().enumerate() {
            let word = code.as_str();
            let is_word = |b: u8| b.is_ascii_lowercase() || b == b'_';
            assert!(word.bytes().all(is_word), "{word}");
            assert!(!code.meaning().is_empty(), "{word}");
            let earlier = &WarningCode::ALL[..at];
            assert!(earlier.iter().all(|other| other.as_str() != word), "{word}");
        }
    }
}
