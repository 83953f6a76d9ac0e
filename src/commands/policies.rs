//! The policies of an environment, as far as a wave names them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::engine::questions::{Questions, ReadFault};
use crate::lookup;
use crate::model::ids::PolicyId;
use crate::model::names::PolicyAnswer;
use crate::model::policy_ref::PolicyRef;
use crate::model::stop::StopReason;
use crate::pingone::wire::Policy;

/// What PingOne said of policies: those that it listed, and those that were asked for by their IDs.
#[derive(Debug, Default)]
pub(super) struct Policies(HashMap<PolicyId, Option<Policy>>);

impl Policies {
    /// Takes what PingOne listed; a policy without a readable ID is none.
    pub(super) fn new(listed: Vec<Policy>) -> Self {
        Self(
            listed
                .into_iter()
                .filter_map(|policy| Some((policy.id.parse().ok()?, Some(policy))))
                .collect(),
        )
    }

    /// The environment's default policy.
    pub(super) fn default_policy(&self) -> Option<&Policy> {
        self.0.values().flatten().find(|policy| policy.default)
    }

    /// Whether none was listed, so that nothing is known of any.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something holds for any that is known.
    pub(super) fn any(&self, holds: impl Fn(&Policy) -> bool) -> bool {
        self.0.values().flatten().any(holds)
    }

    /// The policy of an ID, where there is one. One that was not listed is asked for, once.
    ///
    /// # Errors
    ///
    /// Nothing can be asked at all.
    pub(super) async fn find(
        &mut self,
        id: PolicyId,
        questions: &Questions<'_>,
    ) -> Result<Option<&Policy>, StopReason> {
        if let Entry::Vacant(unheard_of) = self.0.entry(id) {
            let found = match questions.policy(id).await {
                Ok(policy) => Some(policy),
                Err(ReadFault::Stop(reason)) => return Err(reason),
                // The listing does not name it, and nothing else says that it is there.
                Err(ReadFault::Refused(_)) => None,
            };
            unheard_of.insert(found);
        }
        Ok(self.0.get(&id).and_then(Option::as_ref))
    }
}

/// The ID of the policy that is meant.
///
/// # Errors
///
/// Why it is no single one of those that are listed.
pub(super) fn id_of(named: &PolicyRef, listed: &[Policy]) -> Result<PolicyId, String> {
    match lookup::policies::answer(named, listed) {
        (PolicyAnswer::One(id), _) => Ok(id),
        (PolicyAnswer::None | PolicyAnswer::Several(_), _) => Err(format!(
            "`{named}` is no single policy of this environment; name one of the policies above"
        )),
    }
}
