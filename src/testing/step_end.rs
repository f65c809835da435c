//! How a step of a simulated desk ended, its simulated death included.

use super::fuse::Died;
use crate::task::{Next, StepError};

/// How an action ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepEnd {
    /// It went through; a worker says whether it wants to go on at once.
    Done(Option<Next>),
    /// It was refused, in words.
    Refused(String),
    /// The desk died in it. Whether it happened is unknown.
    Died,
}

/// A simulated death is no news; every other panic is told as always.
pub(super) fn quiet_deaths() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !info.payload().is::<Died>() {
                told(info);
            }
        }));
    });
}

pub(super) fn ended(result: Result<Result<Next, StepError>, Box<dyn std::any::Any + Send>>) -> StepEnd {
    match result {
        Ok(Ok(next)) => StepEnd::Done(Some(next)),
        Ok(Err(error)) if error.is_transient => StepEnd::Refused(error.message),
        Ok(Err(_)) => StepEnd::Died,
        Err(panic) if panic.is::<Died>() => StepEnd::Died,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
