//! Which names go into one request, and what a request told of each.

use std::cell::Cell;
use std::sync::Arc;

use super::matching;
use crate::engine::questions::{Questions, ReadFault};
use crate::engine::users::users;
use crate::model::code;
use crate::model::names::{LookupFault, NameAnswer};
use crate::model::stop::StopReason;
use crate::model::user_name::UserName;
use crate::pingone::read::{ReadError, ReadFailure};
use crate::pingone::user_filter::UserFilter;

/// How many requests in a row may tell nothing: then it is not about the names.
const FAILED_IN_A_ROW: u32 = 12;

/// Puts names into filters, as many into each as it takes.
#[derive(Debug)]
pub(crate) struct Filters {
    /// Where users are asked for.
    address: String,
    open: Option<UserFilter>,
}

impl Filters {
    /// None yet, for users that are asked for at this address.
    pub(crate) fn new(address: String) -> Self {
        Self {
            address,
            open: None,
        }
    }

    /// Takes a name in; gives out the filter of those before, where that is full.
    pub(crate) fn take(&mut self, name: UserName) -> Option<UserFilter> {
        let name = match &mut self.open {
            Some(open) => open.take(name).err()?,
            None => name,
        };
        self.open.replace(UserFilter::new(&self.address, name))
    }

    /// Gives out the last filter.
    pub(crate) fn last(&mut self) -> Option<UserFilter> {
        self.open.take()
    }
}

/// How look-ups go: of all that are under way together.
#[derive(Debug, Default)]
pub(crate) struct Going {
    failed_in_a_row: Cell<u32>,
}

/// Asks for the users of a filter; gives what was told of each name.
///
/// What is refused together is asked for in halves: one name that PingOne cannot read, or that very
/// many users have, is not to cost the others their answers.
///
/// # Errors
///
/// Going on is pointless.
pub(crate) async fn look_up(
    questions: &Questions<'_>,
    filter: UserFilter,
    going: &Going,
) -> Result<Vec<(UserName, NameAnswer)>, StopReason> {
    let mut answers = Vec::with_capacity(filter.names().len());
    let mut open = vec![filter];
    while let Some(filter) = open.pop() {
        let error = match users(questions, &filter).await {
            Ok(found) => {
                going.failed_in_a_row.set(0);
                let told = filter.names().iter().map(|name| {
                    let answer = matching::answer(name, &found.users);
                    (name.clone(), answer)
                });
                answers.extend(told);
                continue;
            }
            Err(ReadFault::Stop(reason)) => return Err(reason),
            Err(ReadFault::Refused(error)) => error,
        };
        let failed = going.failed_in_a_row.get() + 1;
        going.failed_in_a_row.set(failed);
        if failed >= FAILED_IN_A_ROW {
            return Err(pointless(&error));
        }
        if let Some(halves) = filter.halves().filter(|_| is_of_this_filter(&error)) {
            open.extend(halves);
            continue;
        }
        let fault = Arc::new(fault(&error));
        let failed = |name: &UserName| (name.clone(), NameAnswer::Failed(Arc::clone(&fault)));
        answers.extend(filter.names().iter().map(failed));
    }
    Ok(answers)
}

/// Whether a request for fewer names may be answered.
fn is_of_this_filter(error: &ReadError) -> bool {
    let status = error.answer.http_status;
    error.failure == ReadFailure::Malformed
        && matches!(status, Some(200 | 400 | 413 | 414 | 422 | 431))
}

/// What is kept of a failure. What PingOne said may repeat a name, and is left out.
fn fault(error: &ReadError) -> LookupFault {
    let answer = &error.answer;
    let code = answer.code.as_deref().unwrap_or(code::UNEXPECTED_STATUS);
    let said = match answer.http_status {
        None => answer.message.clone().unwrap_or_default(),
        Some(200) => "PingOne's listing cannot be read whole".to_owned(),
        Some(status) => format!("PingOne answered with status {status}"),
    };
    let reference = answer.correlation_id.as_ref();
    let reference = reference.map(|id| format!(" (correlation ID {id})"));
    LookupFault {
        code: code.to_owned(),
        message: format!("{said}{}", reference.unwrap_or_default()),
    }
}

/// Why look-ups end where so many of them told nothing.
fn pointless(error: &ReadError) -> StopReason {
    let LookupFault { code, message } = fault(error);
    StopReason::Unavailable {
        what: format!(
            "{FAILED_IN_A_ROW} look-ups of users in a row failed (the last with {code}: {message})"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::Answer;
    use crate::model::user_name::NameKind;

    const USERS: &str = "https://api.pingone.eu/v1/environments/e/users";

    #[test]
    fn names_go_into_as_few_filters_as_they_fit_in_and_none_is_left_out() {
        let mut filters = Filters::new(USERS.to_owned());
        let names = (0..45).map(|number| UserName::new(NameKind::Username, &number.to_string()));
        let mut full: Vec<_> = names.filter_map(|name| filters.take(name)).collect();
        full.extend(filters.last());
        let sizes: Vec<_> = full.iter().map(|filter| filter.names().len()).collect();
        assert_eq!(sizes, [20, 20, 5]);
        let texts = full.iter().flat_map(UserFilter::names).map(UserName::text);
        assert!(texts.eq((0..45).map(|number| number.to_string())));
        assert!(filters.last().is_none());
    }

    #[test]
    fn a_failure_is_kept_without_what_pingone_said_of_the_names() {
        let error = |http_status, code: &str, failure| ReadError {
            failure,
            answer: Answer {
                http_status,
                code: Some(code.to_owned()),
                message: Some("said of ada".to_owned()),
                correlation_id: Some("c-1".to_owned()),
            },
        };
        let refused = error(
            Some(400),
            "INVALID_DATA/INVALID_FILTER",
            ReadFailure::Malformed,
        );
        let kept = fault(&refused);
        assert_eq!(kept.code, "INVALID_DATA/INVALID_FILTER");
        assert_eq!(
            kept.message,
            "PingOne answered with status 400 (correlation ID c-1)"
        );
        assert!(is_of_this_filter(&refused));
        let transient = ReadFailure::Transient { retry_after: None };
        assert!(!is_of_this_filter(&error(Some(503), "x", transient)));
        assert!(!is_of_this_filter(&error(
            Some(405),
            "x",
            ReadFailure::Malformed
        )));
    }
}
