//! What happens to people who operate the desk, and to the tokens that they give to programs.

use minicbor::{Decode, Encode};

use crate::types::{Actor, Hash32, Hidden, Role, UnixTime};

/// A change of who may operate the desk. Each is somebody's act.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum PersonEvent {
    /// Somebody may log in from here on.
    #[n(0)]
    Added {
        /// Who.
        #[n(0)]
        name: Actor,
        /// What they may do.
        #[n(1)]
        role: Role,
        /// The hash of their password.
        #[n(2)]
        password: Hidden,
    },
    /// They have another password; whatever logged in with the one before is logged out.
    #[n(1)]
    PasswordSet {
        /// Whose.
        #[n(0)]
        name: Actor,
        /// Its hash.
        #[n(1)]
        password: Hidden,
    },
    /// They may do other things.
    #[n(2)]
    RoleSet {
        /// Who.
        #[n(0)]
        name: Actor,
        /// What they may do.
        #[n(1)]
        role: Role,
    },
    /// They are gone, with whatever they logged in with and the tokens that they made.
    #[n(3)]
    Removed {
        /// Who.
        #[n(0)]
        name: Actor,
    },
    /// They need a code beside their password from here on.
    #[n(4)]
    SecondFactorSet {
        /// Who.
        #[n(0)]
        name: Actor,
        /// The key of the codes.
        #[n(1)]
        key: Hidden,
        /// The step of the code that showed that they have it; it is not accepted again.
        #[n(2)]
        step: u64,
        /// Hashes of recovery codes, each good for once.
        #[n(3)]
        recovery: Vec<Hash32>,
    },
    /// A password is enough again.
    #[n(5)]
    SecondFactorCleared {
        /// For whom.
        #[n(0)]
        name: Actor,
    },
    /// They have logged in.
    #[n(6)]
    LoggedIn {
        /// Who.
        #[n(0)]
        name: Actor,
        /// With what beside the password.
        #[n(1)]
        factor: FactorUsed,
    },
    /// A program may ask from here on.
    #[n(7)]
    TokenMade {
        /// What the program is called.
        #[n(0)]
        name: Actor,
        /// The hash of the token.
        #[n(1)]
        hash: Hash32,
        /// What it may do at most.
        #[n(2)]
        role: Role,
        /// Where these are any: it may read what stands below them, and nothing else.
        #[n(3)]
        paths: Vec<String>,
        /// When it ends.
        #[n(4)]
        ends_at: UnixTime,
    },
    /// A token is good for nothing any more.
    #[n(8)]
    TokenEnded {
        /// What the program was called.
        #[n(0)]
        name: Actor,
        /// The hash of the token.
        #[n(1)]
        hash: Hash32,
    },
}

/// What somebody logged in with beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum FactorUsed {
    /// Nothing: they have no second factor.
    #[n(0)]
    None,
    /// The code of this step.
    #[n(1)]
    Step(#[n(0)] u64),
    /// The recovery code with this hash.
    #[n(2)]
    Recovery(#[n(0)] Hash32),
}
