//! What has to be said in each language. Whoever adds a sentence is asked for it in all of them.

use super::pause::BuyerPause;
use super::purchase::{BuyerWords, DepositWait, Label};
use super::refusal::Refusal;
use super::span::Span;

/// A language. Where nothing else is said, what it tells begins with a small letter and has no full stop.
pub(super) trait Tongue {
    /// What a purchase waits for.
    fn purchase(&self, words: BuyerWords) -> String;

    /// Why no address of a coin is given out, as the part of a sentence that tells the reason.
    fn pause(&self, pause: BuyerPause) -> String;

    /// What somebody who is refused can do now, in whole sentences.
    fn refusal(&self, refusal: Refusal) -> String;

    /// Where a purchase stands, in one or two words, the first with a capital letter.
    fn label(&self, label: Label) -> &'static str;

    /// When a deposit counts.
    fn wait(&self, wait: DepositWait) -> String;

    /// A duration.
    fn span(&self, span: Span) -> String;

    /// What stands between names that one can choose among, and what stands between the last two of them.
    fn between(&self) -> [&'static str; 2];

    /// What ends a sentence.
    fn full_stop(&self) -> char;
}
