//! Requests that were done once, in the file of this schema.

use teller::store::{Answers, Before, KeptAnswer, OnceKey, Store, Tables};

use crate::support::payee;

fn key(store: &Store, name: &str) -> OnceKey {
    let secret = store.snapshot().desk_secret().unwrap();
    OnceKey::new(&secret, "client", name, b"request")
}

fn answer() -> KeptAnswer {
    KeptAnswer { status: 200, media_type: "text/plain".to_owned(), body: b"done\n".to_vec() }
}

/// One that was answered, and one that was done and not answered any more.
pub(crate) fn fill(store: &Store) {
    let answered = key(store, "answered");
    store.write_blocking(move |tx| tx.keep_answer(&answered, answer())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let done = store.once(Some(key(store, "done")));
    runtime.block_on(done.write(|tx| tx.bindings_count(&payee(1)).map(drop))).unwrap();
}

pub(crate) fn assert_is_filled(store: &Store) {
    let snapshot = store.snapshot();
    let at = snapshot.binding(teller::types::BindingNo::new(1)).unwrap().unwrap().bound_at;
    let known = |name| snapshot.done_before(&key(store, name), at).unwrap();
    assert_eq!(known("answered"), Before::Done(Some(answer())));
    assert_eq!((known("done"), known("other")), (Before::Done(None), Before::Never));
}
