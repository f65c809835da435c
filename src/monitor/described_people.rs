//! The reference of what is about people: who operates the desk, how they are let in, and what they have done.

use super::access_tokens::{Made, Wanted};
use super::acts::reason_parameters;
use super::log::Acts;
use super::own_account::{Codes, Confirmation, EnrolmentReply, PasswordChange, Removal};
use super::people::{NewPassword, NewPerson, NewRole, PersonReply};
use super::session::{Credentials, SessionReply};
use super::{access_tokens, paging, people, proposals, session};
use crate::http::Code;
use crate::http::describe::{Operation, in_path, one_of, query, whole, words};

const JSON: [&str; 1] = ["application/json"];

/// Returns the operations of the chapter.
pub(super) fn described() -> Vec<Operation> {
    let all = [sessions(), own(), people(), tokens(), record()].into_iter().flatten();
    all.map(refusing).collect()
}

/// What can be refused anywhere here.
fn refusing(operation: Operation) -> Operation {
    operation
        .says(401, "Nobody is logged in, or what was given does not fit.")
        .says(403, "Whoever asks may not do this, or is no person.")
        .says(409, "What is there does not allow it.")
        .says(503, "Too many log in at once.")
}

fn sessions() -> Vec<Operation> {
    vec![
        Operation::get("/api/session", "session", "Who asks")
            .gives::<SessionReply>(200, "Who that is, and what they may do."),
        Operation::post("/api/session", "logIn", "Log in")
            .unkeyed()
            .sends::<Credentials>(
                &JSON,
                true,
                "Name and password, and a code where a second factor is set up.",
            )
            .gives::<SessionReply>(200, "Who that is. The session is a cookie.")
            .refuses(&[Code::InvalidParameter, Code::TooManyRequests]),
        Operation::delete("/api/session", "logOut", "Log out").says(200, "It has ended."),
        Operation::get("/api/sessions", "sessions", "One's own sessions")
            .gives::<session::List>(200, "The sessions."),
        Operation::delete("/api/sessions/{id}", "endSession", "End one of one's own sessions")
            .takes(in_path("id", "The session, as the list has it.", &words("0123456789abcdef")))
            .says(200, "It has ended.")
            .refuses(&[Code::NotFound]),
    ]
}

fn own() -> Vec<Operation> {
    let bad = [Code::InvalidParameter];
    vec![
        Operation::post("/api/session/password", "changePassword", "Change one's own password")
            .unkeyed()
            .sends::<PasswordChange>(&JSON, true, "The old and the new one.")
            .says(200, "It is changed, and all other sessions have ended.")
            .refuses(&bad),
        Operation::post("/api/session/totp", "newSecondFactor", "Make a second factor")
            .unkeyed()
            .gives::<EnrolmentReply>(200, "What the other device is to read. Nothing is kept yet.")
            .refuses(&bad),
        Operation::post("/api/session/totp/confirm", "confirmSecondFactor", "Keep a second factor")
            .unkeyed()
            .sends::<Confirmation>(&JSON, true, "What was made, and what the other device shows.")
            .gives::<Codes>(200, "Recovery codes, which are shown once.")
            .refuses(&bad),
        Operation::delete("/api/session/totp", "removeSecondFactor", "Remove one's own second factor")
            .sends::<Removal>(&JSON, true, "Password and code.")
            .says(200, "It is removed.")
            .refuses(&bad),
    ]
}

fn people() -> Vec<Operation> {
    let act = |path, name, summary| {
        Operation::post(path, name, summary)
            .unkeyed()
            .takes(in_path("name", "Who.", &words("anna")))
            .says(200, "What was done.")
            .refuses(&[Code::InvalidParameter, Code::NotFound])
    };
    vec![
        Operation::get("/api/people", "people", "Who operates the desk")
            .gives::<people::List>(200, "Everybody, with their roles."),
        Operation::post("/api/people", "addPerson", "Add a person")
            .unkeyed()
            .sends::<NewPerson>(&JSON, true, "Who, and what they may do.")
            .gives::<PersonReply>(201, "The person.")
            .refuses(&[Code::InvalidParameter]),
        Operation::delete("/api/people/{name}", "removePerson", "Remove a person")
            .takes(in_path("name", "Who.", &words("anna")))
            .says(200, "They are removed; their sessions and tokens have ended.")
            .refuses(&[Code::InvalidParameter, Code::NotFound]),
        act("/api/people/{name}/role", "changeRole", "Change what a person may do").sends::<NewRole>(
            &JSON,
            true,
            "The role.",
        ),
        act("/api/people/{name}/password", "setPassword", "Give a person another password")
            .sends::<NewPassword>(&JSON, true, "The password."),
        act("/api/people/{name}/totp-reset", "resetSecondFactor", "Remove a person's second factor"),
    ]
}

fn tokens() -> Vec<Operation> {
    vec![
        Operation::get("/api/tokens", "tokens", "Which programs may ask")
            .gives::<access_tokens::List>(200, "The tokens, without what is secret."),
        Operation::post("/api/tokens", "addToken", "Make a token for a program")
            .unkeyed()
            .sends::<Wanted>(&JSON, true, "For which program, and what it may do.")
            .gives::<Made>(201, "The token, which is shown once.")
            .refuses(&[Code::InvalidParameter]),
        Operation::delete("/api/tokens/{name}", "removeToken", "End a token")
            .takes(in_path("name", "What it is called.", &words("shop")))
            .says(200, "It has ended.")
            .refuses(&[Code::InvalidParameter, Code::NotFound]),
    ]
}

fn record() -> Vec<Operation> {
    let on_proposal = |path, name, summary| {
        Operation::post(path, name, summary)
            .takes(in_path("no", "The proposal's number.", &whole(0)))
            .takes_all(reason_parameters())
            .says(200, "What was done.")
            .refuses(&[Code::InvalidParameter, Code::NotFound, Code::UnknownEntry])
    };
    vec![
        Operation::get("/api/proposals", "proposals", "Acts that want a second person")
            .takes(query(
                "state",
                "Which of them; `waiting` where it is left out.",
                &one_of(&proposals::STATES),
            ))
            .takes_all(paging::cursor_parameters("3"))
            .gives::<proposals::List>(200, "The proposals.")
            .refuses(&[Code::InvalidParameter]),
        on_proposal("/api/proposals/{no}/confirm", "confirmProposal", "Confirm what another person proposes"),
        on_proposal("/api/proposals/{no}/decline", "declineProposal", "Decline what a person proposes"),
        Operation::get("/api/acts", "acts", "What was asked of this listener, by whom, and what came of it")
            .takes_all(paging::cursor_parameters("17"))
            .gives::<Acts>(200, "The acts, the newest first.")
            .refuses(&[Code::InvalidParameter]),
    ]
}
