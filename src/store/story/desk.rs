//! What happened to the desk as a whole and to those who are told of events, in words and fields.

use tracing::Level;

use crate::store::events::{ProblemEvent, ReceiverEvent};
use crate::store::telling::Telling;
use crate::types::{Coin, DepositNo};

pub(super) fn told_of_problem(event: &ProblemEvent) -> Telling {
    let (what, code, coin) = match event {
        ProblemEvent::Opened { code, coin } => ("problem opened", code, coin),
        ProblemEvent::Closed { code, coin } => ("problem over", code, coin),
    };
    Telling { what, coin: coin.map(Coin::code), ..Telling::default() }.because(code)
}

pub(super) fn told_of_receiver(event: &ReceiverEvent) -> Telling {
    let (receiver, why) = (event.receiver(), event.why());
    let (what, why) = match event {
        ReceiverEvent::Paused { .. } => ("receiver of events paused", format!("{receiver}: {why}")),
        ReceiverEvent::Resumed { .. } => ("receiver of events resumed", format!("{receiver}: {why}")),
        ReceiverEvent::Rewound { after, .. } => {
            ("receiver of events sent back", format!("{receiver}, behind event {after}: {why}"))
        }
        ReceiverEvent::HooksResumed { .. } => ("webhooks of a client resumed", format!("{receiver}: {why}")),
        ReceiverEvent::Stopped { .. } => ("receiver of events wants no more", format!("{receiver}: {why}")),
    };
    Telling { what, ..Telling::default() }.because(&why)
}

pub(super) const fn level_of_receiver(_: &ReceiverEvent) -> Level {
    Level::WARN
}

pub(super) fn confirming(no: DepositNo, confirmations: u64, required: u64) -> Telling {
    let told = Telling { what: "deposit confirming", deposit: Some(no.get()), ..Telling::default() };
    told.because(&format!("{confirmations} of {required} confirmations"))
}
