//! Who sends a request, and how they show it.

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpMessage, HttpRequest};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use super::MonitorState;
use super::access::is_reading;
use crate::engine::operator::PROGRAM;
use crate::http::is_direct;
use crate::people::hash_of;
use crate::store::{People, Person, Session, Sessions, StoreError};
use crate::types::{Actor, Hash32, Hidden, InvalidActor, Role};

/// The cookie that a session is known by.
pub(super) const COOKIE: &str = "teller_session";
/// What tokens of programs begin with, so that one is known where it is found.
pub(super) const TOKEN_PREFIX: &str = "tlr_";

/// Who sends a request.
#[derive(Debug, Clone)]
pub(super) enum Caller {
    /// Whoever is on this machine, while nobody may log in and no token is configured.
    Loopback,
    /// Whoever has the token of the configuration.
    Config,
    /// A program with a token of its own.
    Program { name: Actor, role: Role, paths: Vec<String> },
    /// A person who is logged in.
    Person(Box<LoggedIn>),
    /// Somebody who does not show who they are.
    Nobody,
}

/// A person who is logged in.
#[derive(Debug, Clone)]
pub(super) struct LoggedIn {
    pub(super) person: Person,
    pub(super) hash: Hash32,
    pub(super) session: Session,
    /// What each act by this session has to bear: a page of another site cannot know it.
    pub(super) csrf: Hidden,
}

/// Why nobody is known.
#[derive(Debug)]
pub(super) enum Unknown {
    /// What was shown is nothing that lets in.
    Wrong,
    /// Nothing was shown.
    Nothing,
    /// The request was sent by another site's page, or by a name that is not this machine's.
    Indirect,
    Store(StoreError),
}

impl From<StoreError> for Unknown {
    fn from(error: StoreError) -> Self {
        Unknown::Store(error)
    }
}

impl Caller {
    /// The caller of a request that the gate has let in.
    pub(super) fn of(request: &HttpRequest) -> Caller {
        request.extensions().get().cloned().unwrap_or(Caller::Nobody)
    }

    /// What they may do at most.
    pub(super) fn role(&self) -> Option<Role> {
        match self {
            Caller::Loopback | Caller::Config => Some(Role::Approve),
            Caller::Program { role, .. } => Some(*role),
            Caller::Person(logged_in) => Some(logged_in.person.role),
            Caller::Nobody => None,
        }
    }

    /// Whether a program's token is good for this request.
    pub(super) fn reaches(&self, path: &str, method: &Method) -> bool {
        let Caller::Program { paths, .. } = self else { return true };
        paths.is_empty() || paths.iter().any(|allowed| covers(allowed, path, method))
    }

    /// Whose act it is; `by` is the name that the request gives, which counts where nobody has logged in.
    pub(super) fn actor(&self, by: &str) -> Result<Actor, InvalidActor> {
        match self {
            Caller::Person(logged_in) => Ok(logged_in.person.name.clone()),
            Caller::Program { name, .. } => Actor::parse(&format!("{PROGRAM}{name}")),
            Caller::Config if by.is_empty() => Actor::parse("token"),
            Caller::Loopback | Caller::Config | Caller::Nobody => Actor::named(by),
        }
    }

    /// How they have shown who they are.
    pub(super) const fn via(&self) -> &'static str {
        match self {
            Caller::Loopback => "loopback",
            Caller::Config => "config",
            Caller::Program { .. } => "token",
            Caller::Person(_) => "session",
            Caller::Nobody => "nothing",
        }
    }
}

/// What a token's path begins with that allows one act, and no reading.
const POST: &str = "POST ";

/// Whether a token can be bounded to this: `/api/prices` and what stands below it are read, `POST /api/chains/*/look`
/// is done. A star stands for one part of a path.
pub(super) fn is_bound(allowed: &str) -> bool {
    let path = allowed.strip_prefix(POST).unwrap_or(allowed);
    let is_known = path.starts_with("/api/") || path == "/metrics" && path == allowed;
    is_known
        && allowed.len() < 200
        && path.split('/').skip(1).all(|part| !part.is_empty() && !part.contains(' '))
}

/// Whether a path that a token is bounded to allows a request.
fn covers(allowed: &str, path: &str, method: &Method) -> bool {
    let act = allowed.strip_prefix(POST);
    let mut parts = path.split('/');
    let begins = act
        .unwrap_or(allowed)
        .split('/')
        .all(|wanted| parts.next().is_some_and(|part| part == wanted || wanted == "*" && !part.is_empty()));
    match act {
        Some(_) => begins && parts.next().is_none() && *method == Method::POST,
        None => begins && is_reading(method),
    }
}

/// Finds out who sends a request.
pub(super) fn identify(state: &MonitorState, headers: &HeaderMap) -> Result<Caller, Unknown> {
    if let Some(given) = bearer(headers) {
        return by_token(state, given);
    }
    if let Some(secret) = cookie(headers) {
        return by_session(state, secret);
    }
    let is_loopback = state.token.is_none() && !state.store.snapshot().has_people()?;
    match is_loopback {
        true if is_direct(headers) => Ok(Caller::Loopback),
        true => Err(Unknown::Indirect),
        false if headers.contains_key(header::AUTHORIZATION) => Err(Unknown::Wrong),
        false => Err(Unknown::Nothing),
    }
}

/// Whether a request shows anything that could let it in.
pub(super) fn shows_something(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) || cookie(headers).is_some()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = given.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The secret of a session. Two of them are none: a browser has one, and the other was planted.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lists = headers.get_all(header::COOKIE).filter_map(|list| list.to_str().ok());
    let pairs = lists.flat_map(|list| list.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut own = pairs.filter(|(name, _)| *name == COOKIE).map(|(_, secret)| secret);
    let first = own.next()?;
    if own.next().is_none() { Some(first) } else { Some("") }
}

fn by_token(state: &MonitorState, given: &str) -> Result<Caller, Unknown> {
    let is_config =
        |token: &secrecy::SecretString| bool::from(given.as_bytes().ct_eq(token.expose_secret().as_bytes()));
    if state.token.as_ref().is_some_and(is_config) {
        return Ok(Caller::Config);
    }
    // A token is looked up by its hash: what is found so was known before.
    let snapshot = state.store.snapshot();
    let known = if given.starts_with(TOKEN_PREFIX) { snapshot.access_token(hash_of(given))? } else { None };
    let token = known.filter(|token| state.clock.now() < token.ends_at).ok_or(Unknown::Wrong)?;
    // It may never do more than who made it may now.
    let maker = snapshot.person(&token.made_by)?;
    let role = maker.map_or(token.role, |maker| maker.role.min(token.role));
    Ok(Caller::Program { name: token.name, role, paths: token.paths })
}

fn by_session(state: &MonitorState, secret: &str) -> Result<Caller, Unknown> {
    let (snapshot, hash) = (state.store.snapshot(), hash_of(secret));
    let session = snapshot.session(hash)?.ok_or(Unknown::Wrong)?;
    if session.is_over(state.clock.now(), state.logins.idle) {
        return Err(Unknown::Wrong);
    }
    let person = snapshot.person(&session.person)?.ok_or(Unknown::Wrong)?;
    Ok(Caller::Person(Box::new(LoggedIn { person, hash, session, csrf: csrf_of(secret) })))
}

/// What each act by a session has to bear: whoever has the cookie can tell it, and a page that has it sent cannot.
pub(super) fn csrf_of(secret: &str) -> Hidden {
    Hidden::new(hash_of(&format!("csrf {secret}")).to_string())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn should_take_the_cookie_and_no_second_one() {
        let of = |lists: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append(header::COOKIE, HeaderValue::from_static(list));
            }
            cookie(&headers).map(str::to_owned)
        };
        assert_eq!(of(&["a=b; teller_session=xyz"]), Some("xyz".to_owned()));
        assert_eq!(of(&["teller_session=xyz; teller_session=abc"]), Some(String::new()));
        assert_eq!(of(&["teller_session=xyz", "teller_session=abc"]), Some(String::new()));
        assert_eq!((of(&["xteller_session=xyz"]), of(&[])), (None, None));
    }

    #[test]
    fn should_know_what_a_token_can_be_bounded_to() {
        for good in [
            "/api/prices",
            "/api/chains/*/blind",
            "/metrics",
            "POST /api/chains/*/look",
            "POST /api/prices/BTC/push",
        ] {
            assert!(is_bound(good), "{good}");
        }
        for bad in [
            "",
            "/",
            "/api",
            "/api/",
            "/api/x/",
            "/api//x",
            "/livez",
            "/metrics/x",
            "POST /metrics",
            "GET /api/x",
            "post /api/x",
            "/api/a b",
        ] {
            assert!(!is_bound(bad), "{bad}");
        }
    }

    #[test]
    fn should_let_a_token_with_paths_read_these_and_nothing_else() {
        let name = Actor::parse("prices").unwrap();
        let program = |paths: &[&str]| Caller::Program {
            name: name.clone(),
            role: Role::Operate,
            paths: paths.iter().map(|&path| path.to_owned()).collect(),
        };
        let some = program(&["/api/prices", "/api/wallet"]);
        for (path, method, reaches) in [
            ("/api/prices", Method::GET, true),
            ("/api/prices/BTC/push", Method::GET, true),
            ("/api/prices/BTC/push", Method::POST, false),
            ("/api/pricesx", Method::GET, false),
            ("/api/deposits", Method::GET, false),
        ] {
            assert_eq!(some.reaches(path, &method), reaches, "{method} {path}");
        }
        let look = program(&["POST /api/chains/*/look", "/metrics"]);
        for (path, method, reaches) in [
            ("/api/chains/btc/look", Method::POST, true),
            ("/api/chains/btc/look", Method::GET, false),
            ("/api/chains/btc/rescan", Method::POST, false),
            ("/api/chains/btc/look/on", Method::POST, false),
            ("/api/chains//look", Method::POST, false),
            ("/api/chains", Method::GET, false),
            ("/metrics", Method::GET, true),
            ("/metrics", Method::POST, false),
            ("/metricsx", Method::GET, false),
        ] {
            assert_eq!(look.reaches(path, &method), reaches, "{method} {path}");
        }
        assert!(program(&[]).reaches("/api/prices/BTC/push", &Method::POST));
        assert_eq!(some.actor("anna").unwrap().as_str(), "program prices");
    }
}
