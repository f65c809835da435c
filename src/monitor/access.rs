//! Who may ask for what: every route of the listener with the rights that it wants, in one place. What does not stand
//! here is refused to everybody.

use actix_web::http::Method;

use crate::types::Role;

/// What a request wants of whoever sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// Nothing: the handler asks by itself.
    Open,
    /// Somebody who may do this.
    Of(Role),
    /// Nobody has it.
    Nobody,
}

const OPEN: Right = Right::Open;
const VIEW: Right = Right::Of(Role::View);
const OPERATE: Right = Right::Of(Role::Operate);
const APPROVE: Right = Right::Of(Role::Approve);

/// By the pattern of the path: what reading wants, and what any other method wants.
const RIGHTS: &[(&str, Right, Right)] = &[
    ("/api/accounting", VIEW, OPERATE),
    ("/api/accounting/days", VIEW, OPERATE),
    ("/api/accounting/strays", VIEW, OPERATE),
    ("/api/acts", VIEW, OPERATE),
    // With it goes what log-ins are checked with.
    ("/api/backup", APPROVE, APPROVE),
    ("/api/backups", VIEW, OPERATE),
    ("/api/backups/drill", VIEW, OPERATE),
    ("/api/breakers", VIEW, OPERATE),
    ("/api/breakers/{name}/{act}", VIEW, APPROVE),
    ("/api/chains", VIEW, OPERATE),
    ("/api/chains/{coin}/blind", VIEW, OPERATE),
    ("/api/chains/{coin}/look", VIEW, OPERATE),
    ("/api/chains/{coin}/passed-over", VIEW, OPERATE),
    ("/api/chains/{coin}/passed-over/{height}/{name}/{act}", VIEW, OPERATE),
    ("/api/chains/{coin}/rescan", VIEW, OPERATE),
    ("/api/deposit-addresses", VIEW, OPERATE),
    ("/api/deposit-addresses/reload", VIEW, OPERATE),
    ("/api/deposit-addresses/tainted", VIEW, OPERATE),
    ("/api/deposit-addresses/{address}/balance", VIEW, OPERATE),
    ("/api/deposit-addresses/{address}/{act}", VIEW, OPERATE),
    ("/api/deposits", VIEW, OPERATE),
    ("/api/deposits/errored", VIEW, OPERATE),
    ("/api/deposits/{no}", VIEW, OPERATE),
    ("/api/deposits/{no}/timeline", VIEW, OPERATE),
    ("/api/deposits/{no}/{act}", VIEW, OPERATE),
    ("/api/history", VIEW, OPERATE),
    ("/api/history/proof", VIEW, OPERATE),
    ("/api/changes", VIEW, OPERATE),
    ("/api/events", VIEW, OPERATE),
    ("/api/events/readers/{name}", VIEW, OPERATE),
    ("/api/events/readers/{name}/ack", VIEW, OPERATE),
    ("/api/events/receivers", VIEW, OPERATE),
    ("/api/events/receivers/{name}", VIEW, OPERATE),
    ("/api/events/receivers/{name}/{act}", VIEW, OPERATE),
    ("/api/events/webhooks", VIEW, OPERATE),
    ("/api/events/webhooks/{name}", VIEW, OPERATE),
    ("/api/events/webhooks/{name}/{act}", VIEW, OPERATE),
    ("/api/openapi.json", VIEW, OPERATE),
    ("/api/orders", VIEW, OPERATE),
    ("/api/orders/{no}/{act}", VIEW, OPERATE),
    ("/api/overview", VIEW, OPERATE),
    ("/api/own-money", VIEW, OPERATE),
    ("/api/people", APPROVE, APPROVE),
    ("/api/people/{name}", APPROVE, APPROVE),
    ("/api/people/{name}/{act}", APPROVE, APPROVE),
    ("/api/prices", VIEW, OPERATE),
    ("/api/prices/{code}/{act}", VIEW, OPERATE),
    ("/api/problems", VIEW, OPERATE),
    ("/api/profile", OPERATE, OPERATE),
    ("/api/proposals", VIEW, OPERATE),
    ("/api/proposals/{no}/{act}", VIEW, APPROVE),
    ("/api/reconciliation", VIEW, OPERATE),
    ("/api/reference", VIEW, OPERATE),
    ("/api/search", VIEW, OPERATE),
    ("/api/session", OPEN, OPEN),
    ("/api/session/password", VIEW, VIEW),
    ("/api/session/totp", VIEW, VIEW),
    ("/api/session/totp/confirm", VIEW, VIEW),
    ("/api/sessions", VIEW, VIEW),
    ("/api/sessions/{id}", VIEW, VIEW),
    ("/api/shadow", VIEW, OPERATE),
    ("/api/switches", VIEW, OPERATE),
    ("/api/switches/{name}/{act}", VIEW, OPERATE),
    ("/api/tokens", APPROVE, APPROVE),
    ("/api/tokens/{name}", APPROVE, APPROVE),
    ("/api/transactions", VIEW, OPERATE),
    ("/api/transactions/{no}/{act}", VIEW, OPERATE),
    ("/api/waiting", VIEW, OPERATE),
    ("/api/wallet", VIEW, OPERATE),
    ("/api/wallet/restored/clear", VIEW, OPERATE),
    ("/api/wallet/spends", VIEW, OPERATE),
    ("/api/wallet/spends/mine", VIEW, OPERATE),
    ("/api/wallet/spends/{txid}/{act}", VIEW, OPERATE),
    ("/api/withdrawals", VIEW, OPERATE),
    ("/api/withdrawals/{no}/{act}", VIEW, OPERATE),
    // Asked before anybody is asked who they are.
    ("/livez", OPEN, OPEN),
    ("/metrics", VIEW, OPERATE),
    ("/readyz", OPEN, OPEN),
];

/// Routes whose acts can be shown without being done. Elsewhere a request that wants that is refused: what does not
/// know of it would do it.
const SHOWN_FIRST: &[&str] = &[
    "/api/breakers/{name}/{act}",
    "/api/chains/{coin}/blind",
    "/api/chains/{coin}/passed-over/{height}/{name}/{act}",
    "/api/chains/{coin}/rescan",
    "/api/deposit-addresses/{address}/{act}",
    "/api/deposits/{no}/{act}",
    "/api/orders/{no}/{act}",
    "/api/prices/{code}/{act}",
    "/api/switches/{name}/{act}",
    "/api/transactions/{no}/{act}",
    "/api/wallet/restored/clear",
    "/api/wallet/spends/mine",
    "/api/wallet/spends/{txid}/{act}",
    "/api/withdrawals/{no}/{act}",
];

/// Whether what a route does can be shown without being done.
pub(super) fn can_be_shown(pattern: Option<&str>) -> bool {
    pattern.is_some_and(|pattern| SHOWN_FIRST.contains(&pattern))
}

/// Whether what a path of the reference does, which names its act, can be shown without being done.
pub(super) fn is_shown_first(path: &str) -> bool {
    let is_it = |pattern: &&str| {
        let (one, other) = (path.split('/'), pattern.split('/'));
        one.clone().count() == other.clone().count()
            && one.zip(other).all(|(part, pattern)| part == pattern || pattern == "{act}")
    };
    SHOWN_FIRST.iter().any(is_it)
}

/// Routes whose acts a desk does that only looks on beside the original: who may look, how far readers of events are,
/// and which blocks are read. All others decide what becomes of money, or who is told.
const IN_A_SHADOW: &[&str] = &[
    "/api/chains/{coin}/blind",
    "/api/chains/{coin}/passed-over/{height}/{name}/{act}",
    "/api/chains/{coin}/rescan",
    "/api/events/readers/{name}",
    "/api/events/readers/{name}/ack",
    "/api/people",
    "/api/people/{name}",
    "/api/people/{name}/{act}",
    "/api/session",
    "/api/session/password",
    "/api/session/totp",
    "/api/session/totp/confirm",
    "/api/sessions/{id}",
    "/api/tokens",
    "/api/tokens/{name}",
];

/// Whether a desk that only looks on does what a route does. What has no route is told to be none.
pub(super) fn can_shadow(pattern: Option<&str>) -> bool {
    pattern.is_none_or(|pattern| IN_A_SHADOW.contains(&pattern))
}

/// Whether a method changes nothing.
pub(super) fn is_reading(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Whether something may be done by this method. Every route answers others with what it takes.
pub(super) fn is_acting(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::DELETE)
}

/// Returns what a request wants; `pattern` is its route's, none where there is no such route.
pub(super) fn right_of(pattern: Option<&str>, method: &Method) -> Right {
    // Whoever may see things is told that there is nothing.
    let Some(pattern) = pattern else { return VIEW };
    let known = RIGHTS.iter().find(|(known, _, _)| *known == pattern);
    known.map_or(Right::Nobody, |(_, reads, acts)| if is_reading(method) { *reads } else { *acts })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The routes as they stand in the code that registers them.
    fn registered() -> BTreeSet<&'static str> {
        let routes = include_str!("mod.rs").split("web::resource(\"").skip(1);
        routes.map(|rest| rest.split('"').next().unwrap()).collect()
    }

    #[test]
    fn should_say_of_every_route_who_may_ask() {
        let listed: BTreeSet<&str> = RIGHTS.iter().map(|(pattern, _, _)| *pattern).collect();
        assert_eq!(listed.len(), RIGHTS.len(), "a route stands twice");
        assert_eq!(listed, registered());
    }

    #[test]
    fn should_refuse_to_everybody_what_is_not_listed() {
        assert_eq!(right_of(Some("/api/forgotten"), &Method::GET), Right::Nobody);
        assert_eq!(right_of(None, &Method::POST), VIEW);
    }

    #[test]
    fn should_let_nobody_act_who_may_only_look() {
        for (pattern, reads, acts) in RIGHTS {
            assert_ne!(*reads, Right::Nobody, "{pattern}");
            let is_own = pattern.starts_with("/api/session") || ["/livez", "/readyz"].contains(pattern);
            assert!(is_own || matches!(acts, Right::Of(Role::Operate | Role::Approve)), "{pattern}");
        }
        assert_eq!(right_of(Some("/api/deposits/{no}/{act}"), &Method::HEAD), VIEW);
        assert_eq!(right_of(Some("/api/deposits/{no}/{act}"), &Method::PUT), OPERATE);
    }
}
