//! What a job has done, in words: told once it is committed, or shown to whoever wants to know what would be done.

use tracing::Level;

use super::telling::Telling;
use super::tx::WriteTx;

/// What a job has done, until it is committed.
#[derive(Debug)]
pub(super) struct Story {
    span: tracing::Span,
    /// None where nobody would read it.
    lines: Option<Vec<(Level, Telling)>>,
    /// Whether it has what the log hears of elsewhere too.
    is_whole: bool,
}

impl Story {
    /// Begins one for whoever asks now: the lines carry the request or the step that they are for.
    pub(super) fn begin() -> Story {
        let is_read = tracing::enabled!(target: "teller::story", Level::INFO);
        Story { span: tracing::Span::current(), lines: is_read.then(Vec::new), is_whole: false }
    }

    /// Begins one that leaves nothing out, for whoever wants to know what would be done.
    pub(super) fn of_all() -> Story {
        Story { span: tracing::Span::none(), lines: Some(Vec::new()), is_whole: true }
    }

    /// What it has, in words.
    pub(super) fn lines(self) -> impl Iterator<Item = Telling> {
        self.lines.into_iter().flatten().map(|(_, told)| told)
    }

    /// Takes over what the transaction has recorded in this run.
    pub(super) fn take(&mut self, tx: &mut WriteTx<'_>) {
        if self.lines.is_some() {
            self.lines = Some(tx.end_story());
        }
    }

    /// Prepares the transaction for a run of the job.
    pub(super) fn start(&self, tx: &mut WriteTx<'_>) {
        tx.begin_story(self.lines.is_some(), self.is_whole);
    }

    /// Tells it: it is durable now.
    pub(super) fn tell(self) {
        let Some(lines) = self.lines else { return };
        self.span.in_scope(|| lines.iter().for_each(|(level, told)| say(*level, told)));
    }
}

macro_rules! say {
    ($level:ident, $told:expr) => {{
        let Telling { what, binding, deposit, transaction, txid, pays, coin, token, tx, .. } = $told;
        let Telling { order, withdrawal, address, payee, amount, quote, block, why, by, .. } = $told;
        let text = |text: &Option<String>| text.clone().map(tracing::field::display);
        tracing::$level!(
            target: "teller::story", binding, deposit, order, withdrawal, transaction, txid = text(txid),
            pays = text(pays),
            coin, token = text(token), tx = text(tx), address = text(address), payee = text(payee),
            amount = text(amount), quote = text(quote), block = text(block), why = text(why), by = text(by), "{what}"
        );
    }};
}

fn say(level: Level, told: &Telling) {
    if level == Level::WARN { say!(warn, told) } else { say!(info, told) }
}
