//! The table of rates that PingOne was found to refuse, which hold for a day.

use rusqlite::{Connection, Result, named_params};

use crate::model::pace_reading::Millirate;
use crate::model::rate_group::RateGroup;

/// How long a rate says anything of the next run.
const HOLDS_MS: i64 = 24 * 60 * 60 * 1000;

/// Writes what was found of the tenant that the ledger is bound to, over what was known before.
pub(super) fn write(
    connection: &Connection,
    found: &[(RateGroup, Millirate)],
    now_ms: i64,
) -> Result<()> {
    for (group, rate) in found {
        connection.execute(
            "INSERT OR REPLACE INTO paces (host, environment, rate_group, rate, found_at)
             SELECT api_host, environment, :group, :rate, :now FROM binding",
            named_params! {
                ":group": group.as_str(),
                ":rate": i64::try_from(rate.0).unwrap_or(i64::MAX),
                ":now": now_ms,
            },
        )?;
    }
    Ok(())
}

/// What was found in the last 24 hours of the tenant that the ledger is bound to.
pub(super) fn read(connection: &Connection, now_ms: i64) -> Result<Vec<(RateGroup, Millirate)>> {
    let sql = "SELECT rate_group, rate FROM paces
               JOIN binding ON host = api_host AND paces.environment = binding.environment
               WHERE found_at BETWEEN :since AND :now";
    let mut statement = connection.prepare(sql)?;
    let since = now_ms.saturating_sub(HOLDS_MS);
    let found = statement.query_map(named_params! {":since": since, ":now": now_ms}, |row| {
        let word: String = row.get("rate_group")?;
        let rate: i64 = row.get("rate")?;
        let rate = Millirate(u64::try_from(rate).unwrap_or_default());
        // A group that a later version knows is none of this one.
        let group = RateGroup::ALL.into_iter();
        Ok(group
            .map(|group| (group, rate))
            .find(|(group, _)| group.as_str() == word))
    })?;
    found.filter_map(Result::transpose).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::schema;

    #[test]
    fn a_rate_holds_for_a_day_for_the_tenant_that_it_was_found_of() {
        let connection = Connection::open_in_memory().unwrap();
        schema::migrate_to(&connection, schema::current_version());
        connection
            .execute(
                "INSERT INTO binding (one, api_host, environment)
                 VALUES (1, 'api.example', zeroblob(16))",
                [],
            )
            .unwrap();
        let creates = (RateGroup::Creates, Millirate(35_000));
        let (noted, hour) = (1_000 * HOLDS_MS, HOLDS_MS / 24);
        write(
            &connection,
            &[creates, (RateGroup::Lists, Millirate(9))],
            noted,
        )
        .unwrap();
        let later = [(RateGroup::Lists, Millirate(60_000))];
        write(&connection, &later, noted + hour).unwrap();
        let at = |hours: i64| read(&connection, noted + hours * hour).unwrap();
        assert_eq!(at(2), [creates, later[0]]);
        assert_eq!(at(25), later, "the first is older than a day");
        assert_eq!(at(26), []);
        assert_eq!(at(-1), [], "of a clock that was set back");
        connection
            .execute("UPDATE binding SET api_host = 'api.other'", [])
            .unwrap();
        assert_eq!(at(2), [], "of another host");
    }
}
