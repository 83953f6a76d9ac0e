//! To which countries no passcodes go.

use std::cell::RefCell;

use tokio::sync::OnceCell;

use crate::commands::Invocation;
use crate::commands::advice::{denies, notification_policy};
use crate::engine::questions::{Questions, ReadFault};
use crate::model::country::Country;
use crate::model::request::{DeviceRequest, DeviceType};
use crate::model::stop::StopReason;
use crate::pingone::read::ReadError;
use crate::pingone::tenant::{NotificationPolicies, NotificationPolicy, Part};
use crate::report::notice::Notice;

/// The notification policies, read once where a row asks for texts or calls.
pub(super) struct Countries<'q, 'a> {
    questions: &'q Questions<'a>,
    policies: OnceCell<Vec<NotificationPolicy>>,
    refusal: RefCell<Option<ReadError>>,
}

impl<'q, 'a> Countries<'q, 'a> {
    /// Has read nothing yet.
    pub(super) fn new(questions: &'q Questions<'a>) -> Self {
        Self {
            questions,
            policies: OnceCell::new(),
            refusal: RefCell::new(None),
        }
    }

    /// The country of a row's phone, where no passcode goes there by the notification policy that its own
    /// policy names, or the default one.
    ///
    /// # Errors
    ///
    /// Nothing can be asked at all.
    pub(super) async fn denied(
        &self,
        request: &DeviceRequest,
        named: Option<&str>,
    ) -> Result<Option<Country>, StopReason> {
        let key = &request.key;
        let (DeviceType::Sms | DeviceType::Voice, Some(phone)) = (key.kind, key.address.phone())
        else {
            return Ok(None);
        };
        let policies = self.policies.get_or_try_init(|| self.read()).await?;
        let Some(policy) = notification_policy(policies, named) else {
            return Ok(None);
        };
        let country = phone.country();
        Ok(country.filter(|country| denies(policy, key.kind, *country)))
    }

    async fn read(&self) -> Result<Vec<NotificationPolicy>, StopReason> {
        let part = Part::NotificationPolicies;
        match self.questions.tenant::<NotificationPolicies>(part).await {
            Ok(shown) => {
                let embedded = shown.what.embedded;
                Ok(embedded.map(|it| it.policies).unwrap_or_default())
            }
            Err(ReadFault::Stop(reason)) => Err(reason),
            Err(ReadFault::Refused(error)) => {
                self.refusal.replace(Some(error));
                Ok(Vec::new())
            }
        }
    }

    /// Says that it is not known to which countries no passcodes go, where that is so.
    pub(super) fn say_unread(&self, invocation: &Invocation) {
        if let Some(error) = &*self.refusal.borrow() {
            let hint = error.hint();
            invocation.console.say(&Notice::warning(format!(
                "the notification policies cannot be read, so it is not known to which countries no texts and calls go; {hint}"
            )));
        }
    }
}
