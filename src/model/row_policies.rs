//! Which policy each row of a file names.

use std::collections::HashMap;

use super::ids::PolicyId;
use super::row::RowNumber;

/// The policies of the rows of a file, in its order: a few bytes each time that they change.
#[derive(Debug, Default)]
pub(crate) struct RowPolicies {
    /// From which row on a policy holds, by its place in `policies`.
    changes: Vec<(u32, u32)>,
    policies: Vec<PolicyId>,
    places: HashMap<PolicyId, u32>,
}

impl RowPolicies {
    /// Notes the policy of a row; rows come in their order.
    pub(crate) fn note(&mut self, row: RowNumber, policy: PolicyId) {
        if self
            .changes
            .last()
            .is_some_and(|&(_, last)| self.policy(last) == policy)
        {
            return;
        }
        let place = *self.places.entry(policy).or_insert_with(|| {
            self.policies.push(policy);
            u32::try_from(self.policies.len() - 1).unwrap_or(u32::MAX)
        });
        let number = u32::try_from(row.0).unwrap_or(u32::MAX);
        self.changes.push((number, place));
    }

    /// The policy of a row that was noted.
    pub(crate) fn of(&self, row: RowNumber) -> Option<PolicyId> {
        let number = u32::try_from(row.0).unwrap_or(u32::MAX);
        let behind = self.changes.partition_point(|&(from, _)| from <= number);
        let &(_, place) = self.changes.get(behind.checked_sub(1)?)?;
        Some(self.policy(place))
    }

    fn policy(&self, place: u32) -> PolicyId {
        self.policies[place as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_has_the_policy_noted_for_it_and_only_changes_are_kept() {
        let policy = |number: u8| PolicyId::from_bytes([number; 16]);
        let mut rows = RowPolicies::default();
        assert_eq!(rows.of(RowNumber(1)), None);
        // Rows that are wrong are not noted.
        let named = [(2, 7), (3, 7), (5, 8), (6, 7), (9, 9), (10, 9)];
        for (row, number) in named {
            rows.note(RowNumber(row), policy(number));
        }
        for (row, number) in named {
            assert_eq!(rows.of(RowNumber(row)), Some(policy(number)), "row {row}");
        }
        assert_eq!(rows.of(RowNumber(1)), None);
        assert_eq!((rows.changes.len(), rows.policies.len()), (4, 3));
    }
}
