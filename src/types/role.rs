//! What an operator may do.

use std::fmt;

use minicbor::{Decode, Encode};

/// What an operator may do; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Role {
    /// Sees everything, and does nothing.
    #[n(0)]
    View,
    /// Decides what the desk cannot decide by itself.
    #[n(1)]
    Operate,
    /// Confirms what others propose, and says who may do what.
    #[n(2)]
    Approve,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Role; 3] = [Role::View, Role::Operate, Role::Approve];

    /// Returns its name, as the API has it.
    pub const fn name(self) -> &'static str {
        match self {
            Role::View => "view",
            Role::Operate => "operate",
            Role::Approve => "approve",
        }
    }

    /// Returns the role of this name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Returns whether whoever has this role may do what that role may.
    pub fn includes(self, other: Role) -> bool {
        self >= other
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_include_what_is_less() {
        for (role, included) in [(Role::View, 1), (Role::Operate, 2), (Role::Approve, 3)] {
            assert_eq!(Role::ALL.into_iter().filter(|other| role.includes(*other)).count(), included);
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
        assert_eq!(Role::from_name("admin"), None);
    }
}
