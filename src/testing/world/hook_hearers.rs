//! The webhooks of a world's purchases, outside of the desk, which outlive it: they often do not take what they are
//! told, or their word that they did is lost.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;

use super::World;
use super::judge::text;
use crate::clock::Clock;
use crate::engine::BindExtras;
use crate::outbox::{
    HookClient, HookClients, HookCourier, HookPort, HookSorter, Message, Pace, Refusal, concerned,
    hook_message, narrowed,
};
use crate::store::{History, Hooks, NewHook, Page, Snapshot, Store};
use crate::task::{Next, StepError};
use crate::testing::fuse::Fuse;
use crate::testing::step_end::{StepEnd, ended};
use crate::types::{BindingNo, Hidden, UnixTime};

const CLIENT: &str = "shop";
/// Times in a row that those who failed are tried before everybody goes on with something else.
const PATIENCE: usize = 5;

/// A message's id and its body.
type Told = (String, Vec<u8>);

/// All webhooks, by their URLs.
#[derive(Debug)]
pub(super) struct HookHearer {
    fuse: Fuse,
    heard: Mutex<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    by_url: BTreeMap<String, Vec<Told>>,
    /// The messages by their ids, also those of before a copy was put back.
    bodies: BTreeMap<String, Vec<u8>>,
    /// A message that had an id which another one had before.
    confused: Option<String>,
    given: usize,
    asked: usize,
    /// Whether a copy of the desk was put back: what was heard before is not heard again.
    is_late: bool,
}

/// What a running desk tells them with.
#[derive(Debug)]
pub(super) struct HookDesk {
    client: Arc<HookClient>,
    sorter: HookSorter,
    courier: HookCourier,
}

impl HookDesk {
    pub(super) fn new(hearer: &Arc<HookHearer>, store: &Store, clock: &Arc<dyn Clock>) -> HookDesk {
        let client = HookClient::new(CLIENT, Arc::clone(hearer) as Arc<dyn HookPort>);
        let clients = HookClients::new(vec![Arc::clone(&client)]);
        let sorter = HookSorter::new(store.clone(), clients, Arc::default(), Arc::clone(clock));
        let courier = HookCourier::new(Arc::clone(&client), store.clone(), Arc::clone(clock));
        HookDesk { client, sorter, courier }
    }
}

impl HookHearer {
    pub(super) fn new(fuse: &Fuse) -> Arc<HookHearer> {
        Arc::new(HookHearer { fuse: fuse.clone(), heard: Mutex::default() })
    }

    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of the desk was put back.
    pub(super) fn forget(&self) {
        let mut heard = self.heard();
        heard.by_url.clear();
        heard.is_late = true;
    }

    /// What a bind gives with it: a URL that no other has.
    pub(super) fn extras(&self) -> BindExtras {
        let mut heard = self.heard();
        heard.given = heard.given.saturating_add(1);
        let url = Hidden::new(format!("https://shop.example.com/{}", heard.given));
        let hook = NewHook { client: CLIENT.to_owned(), url, most: 1_000_000 };
        BindExtras { hook: Some(hook), once: None }
    }
}

#[async_trait]
impl HookPort for HookHearer {
    async fn tell(&self, url: &Hidden, message: &Message, _: UnixTime) -> Result<(), Refusal> {
        self.fuse.pass_or_die();
        let turn = {
            let mut heard = self.heard();
            heard.asked = heard.asked.saturating_add(1);
            heard.asked.checked_rem(7).unwrap_or_default()
        };
        if turn == 0 {
            return Err(Refusal::failed("it is away"));
        }
        {
            let (mut heard, id) = (self.heard(), message.id.clone());
            let before = heard.bodies.insert(id.clone(), message.body.clone());
            if before.is_some_and(|before| before != message.body) {
                heard.confused = Some(id.clone());
            }
            heard.by_url.entry(url.expose().to_owned()).or_default().push((id, message.body.clone()));
        }
        self.fuse.pass_or_die();
        if turn == 3 { Err(Refusal::failed("its word is lost")) } else { Ok(()) }
    }
}

/// Whether each event was heard in its order, none left out, and the same one in the same words.
fn check(expected: &[Told], heard: &[Told], is_late: bool, at_rest: bool) -> Result<(), String> {
    let mut before: Option<usize> = None;
    let mut furthest = 0;
    for (id, body) in heard {
        let at = expected.iter().position(|(other, _)| other == id);
        let at = at.ok_or_else(|| format!("{id} was told to a webhook that it does not concern"))?;
        if expected[at].1 != *body {
            return Err(format!("{id} was told in other words: {}", String::from_utf8_lossy(body)));
        }
        let is_next = match before {
            Some(before) => at <= before.saturating_add(1),
            None => at == 0 || is_late,
        };
        if !is_next {
            return Err(format!("{id} was told, and what came before it was left out"));
        }
        before = Some(at);
        furthest = furthest.max(at.saturating_add(1));
    }
    if at_rest && !is_late && furthest != expected.len() {
        return Err(format!("a webhook was told {furthest} events of {}", expected.len()));
    }
    Ok(())
}

impl World {
    /// Lets webhooks be told until each has heard all, or does not want to for now.
    pub(super) async fn tell_hooks(&mut self) -> StepEnd {
        let Some(hooks) = self.service.as_mut().and_then(|service| service.hooks.as_mut()) else {
            return StepEnd::Done(None);
        };
        let mut refused = 0;
        loop {
            let step = async {
                let sorted = hooks.sorter.step().await?;
                Ok(if sorted == Pace::Again { sorted } else { hooks.courier.step().await? })
            };
            let step = step.map(|step| match step {
                Ok(Pace::Again) => Ok(Next::Again),
                Ok(Pace::Idle) => Ok(Next::Wait(Duration::ZERO)),
                Ok(Pace::Wait(wait)) => Ok(Next::Wait(wait.max(Duration::from_secs(1)))),
                Err(crate::store::StoreError::Busy) => Err(StepError::transient("busy")),
                Err(error) if error.is_fatal() => Err(StepError::fatal(error)),
                Err(error) => Err(StepError::transient(error)),
            });
            match ended(AssertUnwindSafe(step).catch_unwind().await) {
                StepEnd::Done(Some(Next::Again)) => {}
                StepEnd::Done(Some(Next::Wait(wait))) if !wait.is_zero() && refused < PATIENCE => {
                    refused += 1;
                    hooks.client.resume();
                }
                StepEnd::Done(_) => return StepEnd::Done(None),
                end => return end,
            }
        }
    }

    /// See [`check`].
    pub(super) fn check_hooks(&self, snapshot: &Snapshot, at_rest: bool) -> Result<(), String> {
        if !self.settings.has_hooks {
            return Ok(());
        }
        let mut expected: BTreeMap<BindingNo, Vec<Told>> = BTreeMap::new();
        for event in snapshot.past_events(Page::ALL).map_err(text)? {
            for no in concerned(snapshot, &event).map_err(text)? {
                let told = narrowed(snapshot, &event, no).map_err(text)?;
                let told = told.ok_or("what concerns a binding is told")?;
                let Message { id, body, .. } = hook_message(&told, no);
                expected.entry(no).or_default().push((id, body));
            }
        }
        let heard = self.hook_hearer.heard();
        if let Some(id) = &heard.confused {
            return Err(format!("{id} tells of two events"));
        }
        for (no, expected) in expected {
            let hook = snapshot.hook(no).map_err(text)?;
            let hook = hook.ok_or_else(|| format!("binding {no} has lost its webhook"))?;
            let told = heard.by_url.get(hook.url.expose()).map_or(&[][..], |told| told);
            check(&expected, told, heard.is_late, at_rest)?;
        }
        Ok(())
    }
}
