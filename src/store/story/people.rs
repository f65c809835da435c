//! What people have done to each other's rights, and proposed to each other, in words.

use crate::store::events::{PersonEvent, ProposalEvent};
use crate::store::telling::Telling;
use crate::types::Actor;

fn because(what: &'static str, why: String) -> Telling {
    Telling { what, why: Some(why), ..Telling::default() }
}

pub(super) fn told_of_person(event: &PersonEvent) -> Telling {
    let named = |what, name: &Actor| because(what, name.to_string());
    match event {
        PersonEvent::Added { name, role, .. } => {
            because("person may log in from here on", format!("{name}, who may {role}"))
        }
        PersonEvent::PasswordSet { name, .. } => named("person has another password", name),
        PersonEvent::RoleSet { name, role } => because("person has another role", format!("{name}: {role}")),
        PersonEvent::Removed { name } => named("person removed", name),
        PersonEvent::SecondFactorSet { name, .. } => named("person has a second factor", name),
        PersonEvent::SecondFactorCleared { name } => named("person has no second factor any more", name),
        PersonEvent::LoggedIn { name, .. } => named("person logged in", name),
        PersonEvent::TokenMade { name, role, ends_at, .. } => {
            because("token made for a program", format!("{name}, which may {role} until {}", ends_at.get()))
        }
        PersonEvent::TokenEnded { name, .. } => named("token of a program ended", name),
    }
}

pub(super) fn told_of_proposal(event: &ProposalEvent) -> Telling {
    match event {
        ProposalEvent::Made { proposal, deed, words, why, .. } => {
            let told = format!("proposal {proposal}: {} {}, {words}: {why}", deed.name(), deed.target());
            because("act proposed to a second person", told)
        }
        ProposalEvent::Confirmed { proposal } => {
            because("proposal confirmed by a second person", format!("proposal {proposal}"))
        }
        ProposalEvent::Declined { proposal, why } => {
            because("proposal declined", format!("proposal {proposal}: {why}"))
        }
        ProposalEvent::Expired { proposal } => because("proposal expired", format!("proposal {proposal}")),
    }
}
