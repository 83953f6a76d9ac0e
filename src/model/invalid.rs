//! What can be wrong with a row, in stable words.

use std::fmt;

use super::stable_words::stable_words;

stable_words! {
    /// A stable word for one way in which a row is wrong.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum InvalidCode {
        /// The record has more or fewer fields than the header
        FieldCount = "field_count",
        /// A quote stands inside an unquoted field, or text follows a closing quote
        QuoteMisplaced = "quote_misplaced",
        /// A quoted field does not close
        QuoteUnterminated = "quote_unterminated",
        /// The bytes of the row are not UTF-8
        NotUtf8 = "not_utf8",
        /// The row holds bytes that mean nothing in the encoding that the file has
        NotDecodable = "not_decodable",
        /// The header comes again between the rows
        HeaderAgain = "header_again",
        /// The line looks like a comment, a total or the start of another file
        NotARow = "not_a_row",
        /// The cell of a workbook holds a number of more digits than are kept
        NumberCell = "number_cell",
        /// The cell of a workbook holds a date
        DateCell = "date_cell",
        /// The cell of a workbook holds an error
        ErrorCell = "error_cell",
        /// The cell of a workbook holds a formula that was never worked out
        FormulaCell = "formula_cell",
        /// A field is longer than 64 KiB
        FieldTooLong = "field_too_long",
        /// The last line has no line end and may have been cut
        RowMayBeCut = "row_may_be_cut",
        /// The user ID, or the name in its place, is empty
        UserIdMissing = "user_id_missing",
        /// The user ID is not a UUID
        UserIdNotUuid = "user_id_not_uuid",
        /// The username, email address or external ID holds a control character or is too long
        UserNameNotValid = "user_name_not_valid",
        /// The type is none of `WHATSAPP`, `SMS`, `VOICE`, `EMAIL`
        TypeUnknown = "type_unknown",
        /// The phone is empty
        PhoneMissing = "phone_missing",
        /// The phone is a word for no value, such as `#N/A` or `NULL`
        NotAValue = "not_a_value",
        /// The phone has no leading `+`, so its country is not known
        PhoneMissingPlus = "phone_missing_plus",
        /// The phone begins with what is dialed for another country, such as `00` or `011`, in place of `+`
        PhoneInternationalPrefix = "phone_international_prefix",
        /// The phone has the `0` of calls at home behind its country code
        PhoneTrunkZero = "phone_trunk_zero",
        /// The phone has its country code twice
        PhoneCountryCodeTwice = "phone_country_code_twice",
        /// The phone holds a character that no phone number has
        PhoneCharacter = "phone_character",
        /// The phone holds letters, such as `O` for 0
        PhoneLetters = "phone_letters",
        /// The phone holds digits of another script
        PhoneDigitsOfOtherScript = "phone_digits_of_other_script",
        /// The phone holds a character that does not show
        PhoneInvisibleCharacter = "phone_invisible_character",
        /// The phone is a link, such as `tel:` or `wa.me/`
        PhoneUri = "phone_uri",
        /// The cell holds two phones
        PhoneSeveral = "phone_several",
        /// The phone has an extension
        PhoneExtension = "phone_extension",
        /// A workbook has stored the phone as a number, so a `+` and zeros in front may be gone
        PhoneNumberCell = "phone_number_cell",
        /// A spreadsheet turned the phone into a number such as `4.41E+11`
        PhoneScientificNotation = "phone_scientific_notation",
        /// The phone is of a plan that has changed, such as a Mexican mobile with `1` behind +52
        PhoneOldPlan = "phone_old_plan",
        /// The phone has too few digits
        PhoneTooShort = "phone_too_short",
        /// The phone has too many digits
        PhoneTooLong = "phone_too_long",
        /// No country has this calling code
        PhoneCountryCode = "phone_country_code",
        /// The phone holds digits that are not part of the international number, such as a trunk `8`
        PhoneExtraDigits = "phone_extra_digits",
        /// The phone may be one number, or a shorter one with a second number behind it
        PhoneAmbiguousEnd = "phone_ambiguous_end",
        /// The phone is no valid number of its country
        PhoneNotValid = "phone_not_valid",
        /// A premium-rate, short or emergency number
        PhoneNotAllowed = "phone_not_allowed",
        /// With `--shared-phones reject`: an earlier row has the phone with another user
        PhoneShared = "phone_shared",
        /// A phone where the policy or user belongs, or an ID where the phone belongs
        ColumnsSwapped = "columns_swapped",
        /// The country is no code of two letters (ISO 3166) of a country with phone numbers
        CountryUnknown = "country_unknown",
        /// The email address is empty
        EmailMissing = "email_missing",
        /// The email address is not well-formed, or holds a character that does not show
        EmailNotValid = "email_not_valid",
        /// The row names no policy, and there is no default
        PolicyMissing = "policy_missing",
        /// The policy ID is not a UUID
        PolicyIdNotUuid = "policy_id_not_uuid",
        /// The policy's name holds a character that does not show, is too long, or looks like an ID that was mistyped
        PolicyNameNotValid = "policy_name_not_valid",
        /// The status is neither `ACTIVE` nor `ACTIVATION_REQUIRED`
        StatusUnknown = "status_unknown",
        /// The nickname is longer than 100 characters
        NicknameTooLong = "nickname_too_long",
        /// The nickname holds a control character
        NicknameCharacter = "nickname_character",
        /// A locale or variant is given, but `ACTIVE` devices send no notification
        NotificationNotSent = "notification_not_sent",
        /// The locale or variant is not well-formed
        NotificationNotValid = "notification_not_valid",
    }
}

impl fmt::Display for InvalidCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The stable word.
    pub code: InvalidCode,
    /// What is wrong and what to do, as a fragment. Never the cell itself; a phone in it is one that
    /// may be meant, for files alone: logs hide it.
    pub message: String,
}

impl Problem {
    /// Pairs a code with its message.
    pub fn new(code: InvalidCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// Everything that is wrong with a row: at least one [`Problem`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    first: Problem,
    others: Vec<Problem>,
}

impl Invalid {
    /// Gathers problems; `None` where there are none.
    pub fn gather(problems: Vec<Problem>) -> Option<Self> {
        let mut problems = problems.into_iter();
        let first = problems.next()?;
        Some(Self {
            first,
            others: problems.collect(),
        })
    }

    /// The code of the first problem: the one that stands in the results.
    pub fn code(&self) -> InvalidCode {
        self.first.code
    }

    /// The codes of the other problems, each once.
    pub fn further_codes(&self) -> Vec<&'static str> {
        let mut codes = Vec::new();
        for other in &self.others {
            let code = other.code.as_str();
            if other.code != self.first.code && !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes
    }

    /// All problems in one line: the first one's message, then `code: message` for each other.
    pub fn message(&self) -> String {
        let mut message = self.first.message.clone();
        for other in &self.others {
            message.push_str("; ");
            message.push_str(other.code.as_str());
            message.push_str(": ");
            message.push_str(&other.message);
        }
        message
    }
}

impl From<Problem> for Invalid {
    fn from(first: Problem) -> Self {
        Self {
            first,
            others: Vec::new(),
        }
    }
}
