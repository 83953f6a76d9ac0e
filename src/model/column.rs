//! What a column of a wave may mean.

/// A column that means something to wavepair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// The user's PingOne ID.
    UserId,
    /// The user's ID in another system, instead of PingOne's.
    ExternalId,
    /// The user's username, instead of the ID.
    Username,
    /// The user's email address, instead of the ID.
    Email,
    /// The phone of the device.
    Phone,
    /// The ID of the device authentication policy.
    PolicyId,
    /// The name of the policy, instead of its ID.
    Policy,
    /// The kind of device.
    Type,
    /// The address of an `EMAIL` device.
    EmailAddress,
    /// The status that the device gets.
    Status,
    /// The device's nickname.
    Nickname,
    /// The country of a national number.
    Country,
    /// The language of the pairing notification.
    Locale,
    /// The variant of the pairing notification.
    Variant,
}

impl Column {
    /// Every column, in the order in which the documentation lists them.
    pub const ALL: [Column; 14] = [
        Column::UserId,
        Column::ExternalId,
        Column::Username,
        Column::Email,
        Column::Phone,
        Column::PolicyId,
        Column::Policy,
        Column::Type,
        Column::EmailAddress,
        Column::Status,
        Column::Nickname,
        Column::Country,
        Column::Locale,
        Column::Variant,
    ];

    /// The name as the documentation writes it.
    pub fn name(self) -> &'static str {
        match self {
            Column::UserId => "user_id",
            Column::ExternalId => "external_id",
            Column::Username => "username",
            Column::Email => "email",
            Column::Phone => "phone",
            Column::PolicyId => "policy_id",
            Column::Policy => "policy",
            Column::Type => "type",
            Column::EmailAddress => "email_address",
            Column::Status => "status",
            Column::Nickname => "nickname",
            Column::Country => "country",
            Column::Locale => "locale",
            Column::Variant => "variant",
        }
    }
}
