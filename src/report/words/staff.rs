//! What people of the desk are answered about themselves, each other, their programs and proposals.

use std::fmt::Display;

use crate::types::{Actor, Role};

/// Told where somebody has to be logged in.
pub const NOBODY: &str = "Unauthorized: nobody is logged in";
/// Told of a password that is not theirs.
pub const WRONG_PASSWORD: &str = "Forbidden: the password is wrong";
/// Told of a code that is not the one of the moment.
pub const WRONG_CODE: &str = "Forbidden: the code is wrong";
/// Told of a second factor that is to be confirmed with a secret of somebody's own.
pub const UNKNOWN_SECRET: &str = "Invalid secret: send the one that POST /api/session/totp has shown";
/// Told of a second factor that is to be confirmed with a code that does not fit.
pub const UNCONFIRMED: &str = "Invalid code: send the one that is shown now";
/// Told of a second factor beside the one that is there.
pub const HAS_FACTOR: &str = "you have a second factor: remove that first";
/// Told of an act that no page of the desk has sent.
pub const CSRF_WANTED: &str = "Forbidden: send X-Csrf-Token, as GET /api/session tells it";
/// Told of what is open to nobody, or not to this program.
pub const NOT_OPEN: &str = "Forbidden: this is not open to you";
/// Told where a password was changed.
pub const PASSWORD_CHANGED: &str = "the password is changed, your other sessions are ended";
/// Told where a second factor was removed.
pub const FACTOR_REMOVED: &str = "a password is enough to log in again";
/// Told where a session was ended.
pub const SESSION_ENDED: &str = "that session is ended";
/// Told who has logged out.
pub const LOGGED_OUT: &str = "logged out";
/// Told of paths that a program cannot be held to.
pub const NO_PATHS: &str = "Invalid paths: expected paths to read such as /api/prices or /metrics, or acts such as \
                            POST /api/chains/*/look, twenty at most";

/// Told to a program that wants to let somebody in, or to change who may do what.
pub const NO_PROGRAMS: &str = "Forbidden: programs change nothing of people, a person has to log in";

/// Returns what is told who would change their own log-in as if it were somebody else's.
pub fn your_own(instead: &str) -> String {
    format!(
        "Forbidden: this is for the log-ins of others; change your own with {instead}, which wants your password"
    )
}

/// Returns what is told who lacks a role.
pub fn lacks(role: Role) -> String {
    format!("Forbidden: this wants the role {role}")
}

/// Returns what is told who has to wait so many seconds.
pub fn too_many_attempts(seconds: u64) -> String {
    format!("Too many wrong log-ins, try again in {seconds} seconds")
}

/// Returns what is told where a program's token was ended.
pub fn token_ended(name: &Actor) -> String {
    format!("the token of {name} is ended")
}

/// Returns what is told where somebody was removed.
pub fn removed(name: &Actor) -> String {
    format!("{name} is removed, with their sessions and tokens")
}

/// Returns what is told where a proposal was declined.
pub fn declined(no: impl Display) -> String {
    format!("proposal {no} is declined, nothing was done")
}
