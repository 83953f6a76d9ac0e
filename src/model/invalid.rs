//! What can be wrong with a row, in stable words.

use std::fmt;

use super::stable_words::stable_words;

stable_words! {
    /// A stable word for one way in which a row is wrong.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum InvalidCode {
        /// The record has more or fewer fields than the header
        FieldCount = "field_count" => "look for a missing or unquoted separator in this line, and correct it in the file that the wave comes from",
        /// A quote stands inside an unquoted field, or text follows a closing quote
        QuoteMisplaced = "quote_misplaced" => "quote the whole field, and write a quote inside it twice",
        /// A quoted field does not close
        QuoteUnterminated = "quote_unterminated" => "close the quote in this line, or take it out",
        /// The bytes of the row are not UTF-8
        NotUtf8 = "not_utf8" => "save the file as UTF-8, or name its encoding with `--encoding`",
        /// The row holds bytes that mean nothing in the encoding that the file has
        NotDecodable = "not_decodable" => "name the encoding that the file really has with `--encoding`",
        /// The header comes again between the rows
        HeaderAgain = "header_again" => "take the line out; see that no file was put together twice",
        /// The line looks like a comment, a total or the start of another file
        NotARow = "not_a_row" => "take the line out",
        /// The cell of a workbook holds a number of more digits than are kept
        NumberCell = "number_cell" => "format the cell as text and type it again",
        /// The cell of a workbook holds a date
        DateCell = "date_cell" => "format the cell as text and type it again",
        /// The cell of a workbook holds an error
        ErrorCell = "error_cell" => "mend what the cell is worked out from, or type the value",
        /// The cell of a workbook holds a formula that was never worked out
        FormulaCell = "formula_cell" => "open the workbook, let it work the formulas out, and save it",
        /// A field is longer than 64 KiB
        FieldTooLong = "field_too_long" => "look for an open quote above this line, and shorten the field",
        /// The last line has no line end and may have been cut
        RowMayBeCut = "row_may_be_cut" => "export the file again, and see that it is whole",
        /// The user ID, or the name in its place, is empty
        UserIdMissing = "user_id_missing" => "fill in whose device it is",
        /// The user ID is not a UUID
        UserIdNotUuid = "user_id_not_uuid" => "copy the ID from PingOne, or name the user by `username`, `email` or `external_id`",
        /// The username, email address or external ID holds a control character or is too long
        UserNameNotValid = "user_name_not_valid" => "type the name again, without marks that do not show",
        /// The type is none of `WHATSAPP`, `SMS`, `VOICE`, `EMAIL`
        TypeUnknown = "type_unknown" => "write one of the four words, or leave the cell empty",
        /// The phone is empty
        PhoneMissing = "phone_missing" => "ask the person for the phone",
        /// The phone is a word for no value, such as `#N/A` or `NULL`
        NotAValue = "not_a_value" => "ask the person for the phone",
        /// The phone has no leading `+`, so its country is not known
        PhoneMissingPlus = "phone_missing_plus" => "write `+` and the country code in front, or name the country in the column `country`",
        /// The phone begins with what is dialed for another country, such as `00` or `011`, in place of `+`
        PhoneInternationalPrefix = "phone_international_prefix" => "write `+` in its place",
        /// The phone has the `0` of calls at home behind its country code
        PhoneTrunkZero = "phone_trunk_zero" => "take the `0` out",
        /// The phone has its country code twice
        PhoneCountryCodeTwice = "phone_country_code_twice" => "take one of them out",
        /// The phone holds a character that no phone number has
        PhoneCharacter = "phone_character" => "take the character out",
        /// The phone holds letters, such as `O` for 0
        PhoneLetters = "phone_letters" => "ask for the digits; type the letter O as the digit 0 only where that is certain",
        /// The phone holds digits of another script
        PhoneDigitsOfOtherScript = "phone_digits_of_other_script" => "type the digits 0 to 9",
        /// The phone holds a character that does not show
        PhoneInvisibleCharacter = "phone_invisible_character" => "type the phone again by hand",
        /// The phone is a link, such as `tel:` or `wa.me/`
        PhoneUri = "phone_uri" => "write the phone alone",
        /// The cell holds two phones
        PhoneSeveral = "phone_several" => "keep the one that receives the passcodes",
        /// The phone has an extension
        PhoneExtension = "phone_extension" => "take a phone without an extension",
        /// A workbook has stored the phone as a number, so a `+` and zeros in front may be gone
        PhoneNumberCell = "phone_number_cell" => "format the column as text and type the phone again, with its `+`",
        /// A spreadsheet turned the phone into a number such as `4.41E+11`
        PhoneScientificNotation = "phone_scientific_notation" => "export again with the column formatted as text: the digits are lost",
        /// The phone is of a plan that has changed, such as a Mexican mobile with `1` behind +52
        PhoneOldPlan = "phone_old_plan" => "write the form that the message names, if it is the person's",
        /// The phone has too few digits
        PhoneTooShort = "phone_too_short" => "ask the person for the whole phone",
        /// The phone has too many digits
        PhoneTooLong = "phone_too_long" => "ask the person which digits are too many",
        /// No country has this calling code
        PhoneCountryCode = "phone_country_code" => "check the digits behind the `+`",
        /// The phone holds digits that are not part of the international number, such as a trunk `8`
        PhoneExtraDigits = "phone_extra_digits" => "take the digits out that the message names",
        /// The phone may be one number, or a shorter one with a second number behind it
        PhoneAmbiguousEnd = "phone_ambiguous_end" => "write one number, in groups of three digits or more",
        /// The phone is no valid number of its country
        PhoneNotValid = "phone_not_valid" => "ask the person; a digit may be wrong",
        /// A premium-rate, short or emergency number
        PhoneNotAllowed = "phone_not_allowed" => "ask the person for another phone",
        /// With `--shared-phones reject`: an earlier row, or an earlier wave, has the phone with another user
        PhoneShared = "phone_shared" => "ask which of the users has the phone; name numbers that are shared on purpose with `--shared-phones-file`",
        /// A phone where the policy or user belongs, or an ID where the phone belongs
        ColumnsSwapped = "columns_swapped" => "put the cells in their columns, or name the columns with `--column`",
        /// The country is no code of two letters (ISO 3166) of a country with phone numbers
        CountryUnknown = "country_unknown" => "write the code, such as `GB`",
        /// The email address is empty
        EmailMissing = "email_missing" => "fill in the address",
        /// The email address is not well-formed, or holds a character that does not show
        EmailNotValid = "email_not_valid" => "type the address again",
        /// The row names no policy, and there is no default
        PolicyMissing = "policy_missing" => "fill in the policy, or name one for all with `--policy`",
        /// The policy ID is not a UUID
        PolicyIdNotUuid = "policy_id_not_uuid" => "copy the ID from PingOne (`wavepair doctor` lists them), or name the policy in the column `policy`",
        /// The policy's name holds a character that does not show, is too long, or looks like an ID that was mistyped
        PolicyNameNotValid = "policy_name_not_valid" => "copy the name from PingOne (`wavepair doctor` lists them)",
        /// The status is neither `ACTIVE` nor `ACTIVATION_REQUIRED`
        StatusUnknown = "status_unknown" => "write one of the two words, or leave the cell empty",
        /// The nickname is longer than 100 characters
        NicknameTooLong = "nickname_too_long" => "shorten it",
        /// The nickname holds a control character
        NicknameCharacter = "nickname_character" => "type it again",
        /// A locale or variant is given, but `ACTIVE` devices send no notification
        NotificationNotSent = "notification_not_sent" => "take `locale` and `variant` out, or write `ACTIVATION_REQUIRED`",
        /// The locale or variant is not well-formed
        NotificationNotValid = "notification_not_valid" => "write a locale such as `de-AT`, and a variant that PingOne has",
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
