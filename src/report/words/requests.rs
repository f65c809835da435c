//! What is answered to requests that cannot be taken: each text once, whichever listener says it. Those of the API are
//! part of its contract, to the letter.

use std::fmt::Display;

/// Told by the page, the admin listener and the dummy listener of a method that they do not take.
pub const METHOD_NOT_ALLOWED: &str = "Method Not Allowed";
/// Told by the API of a method that it does not take.
pub const INVALID_METHOD: &str = "Invalid request method";
/// Told to a client that has asked too often.
pub const TOO_MANY: &str = "You have reached maximum request limit.";
/// Told of a path at which nothing is.
pub const NOT_FOUND: &str = "404 page not found";
/// Told where the fault is ours.
pub const INTERNAL: &str = "Internal Server Error";
/// Told of a body that is not JSON by its header.
pub const INVALID_CONTENT_TYPE: &str = "Invalid content type";
/// Told of a body that is packed.
pub const PACKED_BODY: &str = "Invalid content encoding: send the body as it is";
/// Told where nobody can be sent on to.
pub const INVALID_HOST: &str = "Invalid Host: expected a name or an address, with a port or without";
/// Told by the listeners of this machine to what another site's page sends.
pub const INDIRECT: &str = "Forbidden: call this listener by its address, and not from another site's page";
/// Told where the token is missing, or wrong.
pub const UNAUTHORIZED: &str = "Unauthorized: send Authorization: Bearer <token>";
/// Told of a list that is asked for by a status that there is not.
pub const INVALID_STATUS: &str = "Invalid status";
/// Told where one profile is under way.
pub const PROFILE_TAKEN: &str = "a profile is being taken already";
/// Told in place of a rate, in the list of what can be paid with.
pub const NO_PRICE: &str = "there is no price at the moment that could be promised: deposits wait for one";

/// Told of a token that no client of the public listener has.
pub const UNKNOWN_CLIENT: &str = "Unauthorized: the token belongs to no client of this desk";
/// Told where as many watch a purchase as can be borne.
pub const TOO_MANY_WATCH: &str = "Too many watch at the moment; ask now and then";
/// Told of an act of the other side that there is not.
pub const NO_PLAY: &str = "Invalid act: deposit, confirm, fork, shortage or refill";
/// Told of an act that is to be shown first, and cannot be.
pub const NOT_SHOWN: &str = "Invalid dry_run: this cannot be shown without being done";
/// Told of a wish to be shown an act first that stands where nobody reads it.
pub const DRY_RUN_UNREAD: &str = "Invalid dry_run: it stands where it is not read, and nothing was done; send \
                                  dry_run=1 as a parameter of the query";
/// Told of an act whose query cannot be read as a whole.
pub const UNREADABLE_QUERY: &str = "Invalid query: a part of it cannot be read, and nothing was done; write % as \
                                    %25, ; as %3B and texts in UTF-8";
/// Told of a pushed price that is to be shown first.
pub const PUSH_NOT_SHOWN: &str = "Invalid dry_run: what is pushed cannot be tried";
/// Told of a wish to be shown an act that is neither yes nor no.
pub const NO_DRY_RUN: &str = "Invalid dry_run: expected 1, or nothing";
/// Told of a body that has to be JSON and does not say so.
pub const JSON_WANTED: &str = "Unsupported media type: send Content-Type: application/json";
/// Told of a range that does not come out even.
pub const NO_MULTIPLE: &str = "Invalid each: hours is no multiple of it";

/// Told of a `since` that is no head of a history.
pub const NO_HEAD: &str = "Invalid since: expected the number of an event, a colon and 64 hexadecimal digits";

/// Returns what is told of JSON that cannot be used; `place` is where. The parser's own words would repeat what was
/// sent, which may be a password.
pub fn json_amiss(place: impl Display) -> String {
    format!("Invalid JSON, or a field is missing or unknown: {place}")
}

/// Returns what is told of a search for nothing, or for more than so many characters.
pub fn no_search(longest: usize) -> String {
    invalid(
        "q",
        format_args!("expected a number, an address or a transaction, of at most {longest} characters"),
    )
}

/// Returns what is told of a value that is none of what is expected, or for another reason.
pub fn invalid(name: &str, why: impl Display) -> String {
    format!("Invalid {name}: {why}")
}

/// Returns what is told of a value that has to be a number.
pub fn no_number(name: &str) -> String {
    invalid(name, "expected a whole number")
}

/// Returns what is told of a value that has to be the height of a block.
pub fn no_height(name: &str) -> String {
    invalid(name, "expected a block height")
}

/// Returns what is told of the last block that something is about.
pub fn no_last_height(name: &str) -> String {
    invalid(name, "expected the height of a block")
}

/// Returns what is told of a place in the history of events that is none.
pub fn no_place(name: &str) -> String {
    invalid(name, "expected the number of an event, or its number, a colon and its hash")
}

/// Returns what is told of an event that this history does not have; it ends with the event `newest`.
pub fn history_differs(name: &str, newest: u64) -> String {
    format!(
        "{name}: that event is none of this history, which ends with event {newest}: a copy of the database was put \
         back. Read again from an event that both have, or from 0, and leave out what has the same hash"
    )
}

/// Returns what is told of an end of a range of blocks; `last` is the last that was followed.
pub fn no_end(name: &str, last: impl Display, got: &str) -> String {
    invalid(name, format_args!("expected a block height, as in ?from=100&to={last}, got {got:?}"))
}

/// Returns what is told of a range of blocks that is none; `last` is the last that was followed.
pub fn no_range(last: impl Display) -> String {
    invalid("range", format_args!("expected from ≤ to ≤ {last} (the last block that was followed)"))
}

/// Returns what is told of a number that has to be 1 to `most`.
pub fn out_of_range(name: &str, most: impl Display) -> String {
    invalid(name, format_args!("expected 1 to {most}"))
}

/// Returns what is told of a name that has to be one of these.
pub fn none_of(name: &str, names: &[&str]) -> String {
    invalid(name, format_args!("expected one of {}", names.join(", ")))
}

/// Returns what is told of the place in a list that is none.
pub fn no_cursor() -> String {
    invalid("after", "expected what the page before told as next")
}

/// Returns what is told of a kind of waiting that there is not.
pub fn no_waiting() -> String {
    invalid("code", "expected one that /api/waiting lists for deposits or transactions")
}

/// Returns what is told of deposits that are not named by their numbers.
pub fn no_deposits() -> String {
    invalid("deposits", "expected numbers of deposits, as in ?deposits=3,4")
}

/// Returns what is told of the rest of a spend.
pub fn no_rest() -> String {
    invalid("rest", "expected mine, or nothing")
}

/// Returns what is told of a payee that is nobody.
pub fn null_payee() -> String {
    invalid("skyaddr", "it is the null address")
}

/// Returns what is told where an act lacks its reason, or who it is that acts.
pub fn no_order(why: impl Display) -> String {
    format!("Invalid {why}, as in ?why=double+spent&by=anna")
}

/// Returns what is told of a body that is no JSON; the reason is the parser's.
pub fn no_json(why: impl Display) -> String {
    invalid("json request body", why)
}

/// Returns what is told of a body that cannot be read.
pub fn no_body(why: impl Display) -> String {
    invalid("request body", why)
}

/// Returns what is told of a body that is longer than so many bytes.
pub fn body_too_large(most: usize) -> String {
    format!("Request body too large, at most {most} bytes")
}

/// Returns what is told of a body that took longer than so many seconds.
pub fn body_late(seconds: u64) -> String {
    format!("The request body did not come within {seconds} seconds")
}
