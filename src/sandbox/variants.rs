//! Questions that PingOne's documentation leaves open, answered otherwise than the sandbox does by itself.

use std::collections::BTreeSet;

/// Another answer to an open question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variant {
    /// Where identical devices are refused, the same number in another spelling is another device.
    DuplicatesBySpelling,
    /// A phone comes back as a plus and its digits, not as it was sent.
    PhoneE164,
    /// A create without a policy is made with the default policy.
    PolicyOptional,
    /// The nickname in the create of a WhatsApp device is passed over.
    NicknameIgnored,
    /// The nickname in the create of a WhatsApp device is refused with 400.
    NicknameRefused,
    /// A notification in the create of an `ACTIVE` device is refused with 400.
    NotificationRefused,
    /// Whatever holds a digit is taken for a phone.
    PhoneUnchecked,
    /// An unknown policy in a create is answered with 404.
    PolicyNotFound,
    /// A type that the policy does not allow is answered with 403.
    TypeForbidden,
    /// Nobody can use MFA until it is switched on.
    MfaOff,
    /// A create for a user who cannot use MFA is refused with 400.
    MfaOffRefused,
    /// A device is listed two seconds after it was made.
    ListingLate,
    /// The device report knows no type `WHATSAPP`.
    ReportWithoutWhatsapp,
    /// The device report is answered with 403.
    ReportForbidden,
    /// The entries of a device report are lists of values without names.
    ReportUnreadable,
    /// A device report writes phones as digits alone.
    ReportPhoneDigits,
    /// The pages of a device report come at most once in five seconds too.
    ReportPagesPaced,
    /// Every answer has `X-RateLimit-Limit` and `X-RateLimit-Remaining`.
    RateHeaders,
    /// Another environment is answered with 404, not 403.
    OtherEnvironment404,
    /// A device that is gone is deleted with 204, not 404.
    DeleteTwice204,
    /// An answer does not repeat `X-Ping-External-Transaction-ID`.
    TransactionNotEchoed,
    /// Policies have `pairingDisabled` for WhatsApp, and such a create is refused.
    PairingDisabled,
    /// No policy knows WhatsApp, as in older environments.
    WhatsappMissing,
    /// The policies tell users of a new device.
    NewDeviceNotification,
    /// The default notification policy lets no texts and calls go to the United Kingdom.
    CountriesDenied,
    /// A page of users holds ten at most, whatever was asked for.
    ShortPages,
    /// Loopback is on the allow list, so `--per-ip` does not hold for it.
    AddressAllowed,
    /// The bill of materials has no `PING_ONE_MFA`, and devices are answered with 403.
    NoMfaProduct,
    /// The client authenticates by the header alone.
    ClientAuthBasic,
    /// The client authenticates by the form alone.
    ClientAuthPost,
}

impl Variant {
    /// Every variant with its name.
    pub const ALL: [(&'static str, Self); 30] = [
        ("duplicates-by-spelling", Self::DuplicatesBySpelling),
        ("phone-e164", Self::PhoneE164),
        ("policy-optional", Self::PolicyOptional),
        ("nickname-ignored", Self::NicknameIgnored),
        ("nickname-refused", Self::NicknameRefused),
        ("notification-refused", Self::NotificationRefused),
        ("phone-unchecked", Self::PhoneUnchecked),
        ("policy-not-found", Self::PolicyNotFound),
        ("type-forbidden", Self::TypeForbidden),
        ("mfa-off", Self::MfaOff),
        ("mfa-off-refused", Self::MfaOffRefused),
        ("listing-late", Self::ListingLate),
        ("report-without-whatsapp", Self::ReportWithoutWhatsapp),
        ("report-forbidden", Self::ReportForbidden),
        ("report-unreadable", Self::ReportUnreadable),
        ("report-phone-digits", Self::ReportPhoneDigits),
        ("report-pages-paced", Self::ReportPagesPaced),
        ("rate-headers", Self::RateHeaders),
        ("other-environment-404", Self::OtherEnvironment404),
        ("delete-twice-204", Self::DeleteTwice204),
        ("transaction-not-echoed", Self::TransactionNotEchoed),
        ("pairing-disabled", Self::PairingDisabled),
        ("whatsapp-missing", Self::WhatsappMissing),
        ("new-device-notification", Self::NewDeviceNotification),
        ("countries-denied", Self::CountriesDenied),
        ("short-pages", Self::ShortPages),
        ("address-allowed", Self::AddressAllowed),
        ("no-mfa-product", Self::NoMfaProduct),
        ("client-auth-basic", Self::ClientAuthBasic),
        ("client-auth-post", Self::ClientAuthPost),
    ];
}

/// What a sandbox does otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variants(BTreeSet<Variant>);

impl Variants {
    /// Tells whether it does this otherwise.
    pub(super) fn has(&self, variant: Variant) -> bool {
        self.0.contains(&variant)
    }
}

impl FromIterator<Variant> for Variants {
    fn from_iter<I: IntoIterator<Item = Variant>>(variants: I) -> Self {
        Self(variants.into_iter().collect())
    }
}
