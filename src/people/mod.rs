//! How a person shows who they are: passwords, second factors, secrets that stand for a log-in, and what a guess costs.
//!
//! Nothing here is stored or sent; the store keeps what is hashed, and the admin listener asks.

mod password;
mod second_factor;
mod secret;
mod throttle;

pub use password::{PasswordError, hash_password, verify_nobody, verify_password};
pub use second_factor::{Enrolment, RECOVERY_CODES, check_code, recovery_code_hash, recovery_codes};
pub use secret::{hash_of, new_secret};
pub use throttle::{Attempt, Throttle};

/// Why nothing could be made of chance or hashed: the system's own trouble.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Trouble(String);
