//! From counts to alerts. What is counted, and over which time, is up to the watcher.

use super::{Cause, Kind, Target};
use kernel::client_address::ClientNetwork;
use kernel::ids::AccountId;

/// The count from which on something is no longer a person's doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub stuffing_identifiers: u32,
    pub network_identifiers: u32,
    pub identifier_networks: u32,
    pub reading_requests: u32,
    pub reading_records: u32,
    pub other_records: u32,
}

/// A rule that holds, with the count that it holds for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anomaly {
    pub cause: Cause,
    pub figure: u64,
}

fn at_least(limit: u32, count: u64, cause: impl FnOnce() -> Cause) -> Option<Anomaly> {
    (count >= u64::from(limit)).then(|| Anomaly {
        cause: cause(),
        figure: count,
    })
}

/// Identifiers of a lab on which attempts were refused.
pub fn stuffing(identifiers: u64, limits: &Limits) -> Option<Anomaly> {
    at_least(limits.stuffing_identifiers, identifiers, || Cause::Stuffing)
}

/// Identifiers on which attempts of one network were refused.
pub fn one_network(network: ClientNetwork, identifiers: u64, limits: &Limits) -> Option<Anomaly> {
    at_least(limits.network_identifiers, identifiers, || Cause::OneNetwork(network))
}

/// Networks whose attempts on one identifier were refused.
pub fn one_account(target: Target, networks: u64, limits: &Limits) -> Option<Anomaly> {
    at_least(limits.identifier_networks, networks, || Cause::OneAccount(target))
}

/// What one account was shown by the LIS.
pub fn reading(account: AccountId, requests: u64, records: u64, limits: &Limits) -> Option<Anomaly> {
    let by_records = at_least(limits.reading_records, records, || Cause::MassReading(account));
    by_records.or_else(|| at_least(limits.reading_requests, requests, || Cause::MassReading(account)))
}

/// How often one account requested a record that is not theirs.
pub fn other_records(account: AccountId, refused: u64, limits: &Limits) -> Option<Anomaly> {
    at_least(limits.other_records, refused, || Cause::OtherRecords(account))
}

/// Up to this many of one kind at one time are named one by one.
const NAMED: usize = 3;

/// Those worth an alert of their own. If there are very many, one that says how many: no one reads ten thousand mails.
pub fn worst(kind: Kind, found: Vec<Anomaly>) -> Vec<Anomaly> {
    if found.len() <= NAMED {
        return found;
    }
    vec![Anomaly {
        cause: Cause::Many(kind),
        figure: u64::try_from(found.len()).unwrap_or(u64::MAX),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        stuffing_identifiers: 100,
        network_identifiers: 20,
        identifier_networks: 10,
        reading_requests: 3_000,
        reading_records: 30,
        other_records: 5,
    };

    fn account(number: u8) -> AccountId {
        AccountId::from_bytes([number; 16])
    }

    #[test]
    fn r06_a_rule_holds_from_its_limit_on() {
        let network: kernel::client_address::ClientAddress = "192.0.2.7".parse().unwrap();
        let (network, target) = (network.network(), Target::Account(account(1)));
        type Rule<'a> = &'a dyn Fn(u64) -> Option<Anomaly>;
        let rules: [(Rule<'_>, u64, Kind); 6] = [
            (&|n| stuffing(n, &LIMITS), 100, Kind::Stuffing),
            (&|n| one_network(network, n, &LIMITS), 20, Kind::OneNetwork),
            (&|n| one_account(target, n, &LIMITS), 10, Kind::OneAccount),
            (&|n| reading(account(1), n, 0, &LIMITS), 3_000, Kind::MassReading),
            (&|n| reading(account(1), 1, n, &LIMITS), 30, Kind::MassReading),
            (&|n| other_records(account(1), n, &LIMITS), 5, Kind::OtherRecords),
        ];
        for (rule, limit, kind) in rules {
            assert_eq!(rule(0), None);
            assert_eq!(rule(limit - 1), None, "{kind:?}");
            let found = rule(limit).unwrap();
            assert_eq!((found.cause.kind(), found.figure), (kind, limit));
            assert_eq!(rule(limit * 9).unwrap().figure, limit * 9);
        }
    }

    #[test]
    fn a_botnet_is_one_alert_and_not_ten_thousand() {
        let found = |count: u8| {
            (0..count)
                .filter_map(|number| other_records(account(number), 9, &LIMITS))
                .collect::<Vec<_>>()
        };
        assert_eq!(worst(Kind::OtherRecords, found(3)).len(), 3);
        let many = worst(Kind::OtherRecords, found(200));
        assert_eq!(many.len(), 1);
        assert_eq!((many[0].cause.kind(), many[0].figure), (Kind::OtherRecords, 200));
        assert_eq!(many[0].cause.subject(), "many");
    }
}
