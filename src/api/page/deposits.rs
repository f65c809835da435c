//! Lines of a status as the pages show them: amounts, how far each is, what it waits for.

use super::moment::{iso, utc};
use super::offer::trimmed;
use crate::config::Explorer;
use crate::payout::PublicStatus;
use crate::report::StatusEntry;
use crate::report::page::{PageTexts, fill};
use crate::types::{Language, UnixTime};

/// A line.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) seq: u32,
    pub(super) status: &'static str,
    pub(super) coin: String,
    pub(super) message: String,
    /// When it changed, for people and for programs.
    pub(super) changed: String,
    pub(super) changed_iso: String,
    /// Whether it is a deposit; else it is an address that waits for one.
    pub(super) is_deposit: bool,
    pub(super) is_void: bool,
    /// Whether a person has to see whether it was paid, whatever its status says.
    is_checked: bool,
    /// How far it is; empty where nothing will be sent.
    pub(super) stages: Vec<Stage>,
    /// Blocks that it has and needs, while it waits for them.
    pub(super) confirmations: Option<Confirmations>,
    /// Told to whoever may see amounts.
    pub(super) deposit: Option<RowDeposit>,
    /// Payments that are in no block yet: amounts.
    pub(super) seen: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Stage {
    pub(super) name: &'static str,
    /// `done`, `now` or `next`.
    pub(super) state: &'static str,
}

#[derive(Debug)]
pub(super) struct Confirmations {
    pub(super) has: u64,
    pub(super) needs: u64,
    pub(super) words: String,
}

#[derive(Debug)]
pub(super) struct RowDeposit {
    pub(super) amount: String,
    pub(super) sky: String,
    pub(super) tx: TxLink,
    pub(super) payout: Option<TxLink>,
}

/// A transaction, with the page that shows it where one is configured.
#[derive(Debug)]
pub(super) struct TxLink {
    pub(super) txid: String,
    pub(super) href: Option<String>,
}

/// What lines are made with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Styles<'a> {
    pub(super) t: &'static PageTexts,
    pub(super) language: Language,
    pub(super) explorers: &'a [Explorer],
    /// The coin of the chain whose address it is.
    pub(super) chain: Option<&'a str>,
}

impl Styles<'_> {
    fn tx(&self, code: &str, txid: String) -> TxLink {
        let of = |code: &str| self.explorers.iter().find(|explorer| explorer.code == code);
        let explorer = of(code).or_else(|| self.chain.and_then(of));
        // What a node or a person in dummy mode called a transaction may be anything.
        let is_plain = txid.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let href = explorer.filter(|_| is_plain);
        let href = href.map(|explorer| format!("{}{txid}{}", explorer.before, explorer.after));
        TxLink { txid, href }
    }
}

impl Row {
    pub(super) fn new(entry: StatusEntry, styles: Styles<'_>) -> Self {
        let t = styles.t;
        let changed = UnixTime::new(entry.updated_at);
        let waits = entry.status == "waiting_deposit" && entry.is_deposit;
        let blocks = entry.deposit.as_ref().and_then(|deposit| {
            Some((deposit.confirmations?, deposit.confirmations_required?)).filter(|(_, needs)| *needs > 0)
        });
        let confirmations = blocks.filter(|_| waits).map(|(has, needs)| {
            let has = has.min(needs);
            let numbers = [("has", &*has.to_string()), ("needs", &*needs.to_string())];
            Confirmations { has, needs, words: fill(t.confirmations, &numbers) }
        });
        let coin = entry.coin_type.clone();
        Row {
            seq: entry.seq,
            status: entry.status,
            message: entry.words.sentence(styles.language),
            changed: utc(changed),
            changed_iso: iso(changed),
            is_deposit: entry.is_deposit,
            is_void: entry.is_void,
            is_checked: entry.is_checked,
            stages: stages(&entry, t),
            confirmations,
            seen: entry.seen.iter().map(|seen| format!("{} {coin}", trimmed(&seen.amount))).collect(),
            deposit: entry.deposit.map(|deposit| RowDeposit {
                amount: trimmed(&deposit.amount),
                sky: trimmed(&deposit.sky_amount),
                tx: styles.tx(&coin, deposit.txid),
                payout: deposit.payout_txid.map(|txid| styles.tx("SKY", txid)),
            }),
            coin,
        }
    }

    /// Whether amounts and transactions are left out of it.
    pub(super) fn is_brief(&self) -> bool {
        self.is_deposit && self.deposit.is_none()
    }

    /// Whether it stays as it is.
    pub(super) fn is_settled(&self) -> bool {
        self.status == "done" && !self.is_checked
    }
}

/// How far a deposit is. What is sent comes out of what was bought, where it is bought.
fn stages(entry: &StatusEntry, t: &PageTexts) -> Vec<Stage> {
    let is_seen = !entry.seen.is_empty() && !entry.is_deposit;
    if entry.is_void || (!entry.is_deposit && !is_seen) {
        return Vec::new();
    }
    let mut names = vec![t.stage_seen, t.stage_confirmed];
    if entry.is_upstream {
        names.push(t.stage_bought);
    }
    names.extend([t.stage_sent, t.stage_done]);
    let sent = names.len().saturating_sub(2);
    let now = match entry.standing {
        // Nobody knows yet whether it was sent.
        _ if entry.is_checked => sent,
        PublicStatus::WaitingDeposit if is_seen => 0,
        PublicStatus::WaitingDeposit => 1,
        PublicStatus::WaitingPassthrough | PublicStatus::WaitingPassthroughOrderComplete => 2,
        PublicStatus::WaitingDecide | PublicStatus::WaitingSend => sent,
        PublicStatus::WaitingConfirm => sent.saturating_add(1),
        PublicStatus::Done => names.len(),
    };
    let state = |at: usize| match at.cmp(&now) {
        std::cmp::Ordering::Less => "done",
        std::cmp::Ordering::Equal => "now",
        std::cmp::Ordering::Greater => "next",
    };
    names.into_iter().enumerate().map(|(at, name)| Stage { name, state: state(at) }).collect()
}

pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if words.ends_with(['.', '。']) { "" } else { "." };
    first + letters.as_str() + end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Awaited, BuyerWords, Label};
    use crate::types::Language;

    fn entry(standing: PublicStatus) -> StatusEntry {
        StatusEntry {
            seq: 1,
            updated_at: 0,
            status: standing.name(),
            coin_type: "BTC".to_owned(),
            message: String::new(),
            words: BuyerWords::Waiting(Awaited::Processing),
            standing,
            is_deposit: true,
            is_void: false,
            is_checked: false,
            is_upstream: false,
            deposit: None,
            seen: Vec::new(),
        }
    }

    fn states(entry: &StatusEntry) -> String {
        let stages = stages(entry, PageTexts::of(Language::English));
        stages.iter().map(|stage| &stage.state[..1]).collect()
    }

    #[test]
    fn should_show_how_far_it_is() {
        for (standing, direct, upstream) in [
            (PublicStatus::WaitingDeposit, "dnnn", "dnnnn"),
            (PublicStatus::WaitingDecide, "ddnn", "dddnn"),
            (PublicStatus::WaitingPassthrough, "ddnn", "ddnnn"),
            (PublicStatus::WaitingSend, "ddnn", "dddnn"),
            (PublicStatus::WaitingConfirm, "dddn", "ddddn"),
            (PublicStatus::Done, "dddd", "ddddd"),
        ] {
            assert_eq!(states(&entry(standing)), direct, "{standing:?}");
            assert_eq!(
                states(&StatusEntry { is_upstream: true, ..entry(standing) }),
                upstream,
                "{standing:?}"
            );
        }
        let unclear = StatusEntry { is_checked: true, ..entry(PublicStatus::Done) };
        assert_eq!(states(&unclear), "ddnn");
        let styles = Styles {
            t: PageTexts::of(Language::English),
            language: Language::English,
            explorers: &[],
            chain: None,
        };
        assert_eq!(unclear.label(), Label::Checked);
        assert!(!Row::new(unclear, styles).is_settled());
        assert_eq!(states(&StatusEntry { is_void: true, ..entry(PublicStatus::Done) }), "");
    }

    #[test]
    fn should_write_sentences() {
        assert_eq!(sentence("waiting to be sent"), "Waiting to be sent.");
        assert_eq!(sentence("ожидает отправки"), "Ожидает отправки.");
    }
}
