//! People, what they are logged in with, what they have proposed to each other, and what was asked, for the golden
//! file.

use std::time::Duration;

use teller::store::{
    ActEntry, ActOutcome, Deed, FactorUsed, PersonEvent, ProposalEvent, Session, Store, WriteTx,
};
use teller::types::{Actor, DepositNo, Droplets, Hash32, Hidden, ProposalNo, Role, UnixTime};

fn name(name: &str) -> Actor {
    Actor::parse(name).unwrap()
}

fn act(store: &Store, event: PersonEvent) {
    store.write_blocking(move |tx| tx.record_act(name("anna"), event.clone())).unwrap();
}

pub(crate) fn fill(store: &Store) {
    let password = || Hidden::new("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA".to_owned());
    for (who, role) in [("anna", Role::Approve), ("berta", Role::Operate), ("carl", Role::View)] {
        act(store, PersonEvent::Added { name: name(who), role, password: password() });
    }
    let (key, recovery) =
        (Hidden::new("GEZDGNBVGY3TQOJQ".to_owned()), vec![Hash32([5; 32]), Hash32([6; 32])]);
    act(store, PersonEvent::SecondFactorSet { name: name("anna"), key, step: 7, recovery });
    for factor in [FactorUsed::Step(8), FactorUsed::Recovery(Hash32([5; 32]))] {
        act(store, PersonEvent::LoggedIn { name: name("anna"), factor });
    }
    act(store, PersonEvent::RoleSet { name: name("carl"), role: Role::Operate });
    act(store, PersonEvent::PasswordSet { name: name("carl"), password: password() });
    for (program, hash) in [("prices", 1), ("old", 2)] {
        let (paths, ends_at) = (vec!["/api/prices".to_owned()], UnixTime::new(2_000_000_000));
        let (name, hash, role) = (name(program), Hash32([hash; 32]), Role::Operate);
        act(store, PersonEvent::TokenMade { name, hash, role, paths, ends_at });
    }
    act(store, PersonEvent::TokenEnded { name: name("old"), hash: Hash32([2; 32]) });
    act(store, PersonEvent::Removed { name: name("carl") });
    act(store, PersonEvent::SecondFactorCleared { name: name("berta") });
    store.write_blocking(log_in).unwrap();
    store.write_blocking(propose).unwrap();
    store.write_blocking(note).unwrap();
}

fn log_in(tx: &mut WriteTx<'_>) -> Result<(), teller::store::StoreError> {
    let (now, ends_at) = (tx.now(), UnixTime::new(u64::MAX));
    let session =
        Session { person: name("berta"), from: "127.0.0.1".to_owned(), since: now, seen_at: now, ends_at };
    tx.put_session(Hash32([9; 32]), &session, Duration::from_secs(60))
}

fn propose(tx: &mut WriteTx<'_>) -> Result<(), teller::store::StoreError> {
    for n in 1..=3 {
        let (deed, coins) = (Deed::Pay(DepositNo::new(n)), Some(Droplets::new(1_000_000)));
        let (words, why, ends_at) = ("paid".to_owned(), "a friend".to_owned(), UnixTime::new(u64::MAX));
        tx.propose(deed, words, coins, name("berta"), why, ends_at)?;
    }
    let proposal = ProposalNo::new;
    tx.record_act(name("anna"), ProposalEvent::Confirmed { proposal: proposal(1) })?;
    let why = "no friend of mine".to_owned();
    tx.record_act(name("anna"), ProposalEvent::Declined { proposal: proposal(2), why })
}

fn note(tx: &mut WriteTx<'_>) -> Result<(), teller::store::StoreError> {
    let at = tx.now();
    let entry = ActEntry {
        at,
        last_at: at,
        times: 1,
        who: Some("anna".to_owned()),
        via: "session".to_owned(),
        from: "127.0.0.1".to_owned(),
        act: "POST /api/deposits/{no}/{act}".to_owned(),
        target: "/api/deposits/1/pay".to_owned(),
        why: Some("a friend".to_owned()),
        outcome: ActOutcome::Done,
        status: 200,
        words: None,
        moved: Some(Droplets::new(5_000_000)),
    };
    let no = tx.log_act(&entry)?;
    tx.log_again(no, 3, at)
}
