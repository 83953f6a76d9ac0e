//! What a plan comes to: how many rows are expected to end how, and what is to be created.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::expectation::Expectation;
use crate::model::request::DeviceRequest;

/// How many rows are expected to end how, and of which kinds the devices are that are to be created.
///
/// Each total is a sum over the rows of the plan; none names a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Totals {
    create: u64,
    existing: u64,
    settle: u64,
    nothing: u64,
    create_by_policy: BTreeMap<String, u64>,
    create_by_type: BTreeMap<String, u64>,
    /// By calling codes; a device with an email address has none.
    create_by_country: BTreeMap<String, u64>,
}

impl Totals {
    /// Counts a row; `request` is what it asks for, where it is well-formed.
    pub(crate) fn add(&mut self, expect: Expectation, request: Option<&DeviceRequest>) {
        *match expect {
            Expectation::Create => &mut self.create,
            Expectation::Existing => &mut self.existing,
            Expectation::Settle => &mut self.settle,
            Expectation::Nothing => &mut self.nothing,
        } += 1;
        let Some(request) = request.filter(|_| expect == Expectation::Create) else {
            return;
        };
        let count = |counts: &mut BTreeMap<String, u64>, name: String| {
            *counts.entry(name).or_default() += 1;
        };
        count(&mut self.create_by_policy, request.policy.to_string());
        let kind = request.key.kind.as_str().to_owned();
        count(&mut self.create_by_type, kind);
        if let Some(phone) = request.key.address.phone() {
            let country = format!("+{}", phone.calling_code());
            count(&mut self.create_by_country, country);
        }
    }

    /// How many rows are expected to end like that.
    pub(crate) fn of(&self, expect: Expectation) -> u64 {
        match expect {
            Expectation::Create => self.create,
            Expectation::Existing => self.existing,
            Expectation::Settle => self.settle,
            Expectation::Nothing => self.nothing,
        }
    }

    /// What is to be created, by policy, by type and by country: each with what people call it.
    pub(crate) fn created(&self) -> [(&'static str, &BTreeMap<String, u64>); 3] {
        [
            ("policy", &self.create_by_policy),
            ("type", &self.create_by_type),
            ("country", &self.create_by_country),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;

    #[test]
    fn only_what_is_created_is_counted_by_policy_type_and_country() {
        let mut totals = Totals::default();
        let request = samples::request(1);
        totals.add(Expectation::Create, Some(&request));
        totals.add(Expectation::Create, Some(&request));
        totals.add(Expectation::Existing, Some(&request));
        totals.add(Expectation::Nothing, None);
        let found = Expectation::ALL.map(|expect| totals.of(expect));
        assert_eq!(found, [2, 1, 0, 1]);
        for (what, counts) in totals.created() {
            let counts: Vec<_> = counts.values().collect();
            assert_eq!(counts, [&2], "by {what}");
        }
    }
}
