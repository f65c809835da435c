//! English: the API's language too, whose sentences are kept to the letter.

use super::pause::BuyerPause;
use super::purchase::{Awaited, BuyerWords, Confirmations, DepositWait, Label, LeftPayout, Since};
use super::refusal::{BadPayee, Refusal};
use super::span::{Span, Unit};
use super::tongue::Tongue;
use crate::live::{BooksDoubt, NodeTrouble, Pause};
use crate::skycoin::AddressError;

#[derive(Debug)]
pub(super) struct English;

impl Tongue for English {
    fn purchase(&self, words: BuyerWords) -> String {
        let text = match words {
            BuyerWords::NoDeposit { coin } => return format!("waiting for a deposit of {coin}"),
            BuyerWords::Seen { coin, payments: 1 } => {
                return format!("a payment of {coin} was seen, waiting to be in a block");
            }
            BuyerWords::Seen { coin: _, payments } => {
                return format!("{payments} payments seen, waiting to be in a block");
            }
            BuyerWords::SeenGone { coin } => {
                return format!(
                    "a payment that was seen is gone: it was replaced or dropped; waiting for a deposit of \
                     {coin}"
                );
            }
            BuyerWords::Left { payout, since: None } => left(payout),
            BuyerWords::Left { payout, since: Some(then) } => {
                return format!("{}; {}", left(payout), since(then));
            }
            BuyerWords::TooSmall => "the deposit is too small to be paid out",
            BuyerWords::Kept => {
                "too little to be paid out by itself: it is kept for you, and comes with your next deposit of this coin"
            }
            BuyerWords::RuledVoid => "the operator has decided that nothing is paid out for it",
            BuyerWords::Withdrawing => "the payout is being withdrawn by the operator",
            BuyerWords::TakenBack { is_signed: true } => return format!("not paid out yet: {TAKEN_BACK}"),
            BuyerWords::TakenBack { is_signed: false } => return format!("not paid out: {TAKEN_BACK}"),
            BuyerWords::Confirming(how_far) => return confirming(how_far),
            BuyerWords::Replaced => {
                "waiting for the deposit to be in a block again: the one it was in was replaced"
            }
            BuyerWords::Waiting(what) => awaited(what),
        };
        text.to_owned()
    }

    fn pause(&self, pause: BuyerPause) -> String {
        let text = match pause {
            BuyerPause::Wallet => "the operator has to look at the hot wallet first",
            BuyerPause::Pause(Pause::Node(trouble)) => return node(trouble),
            BuyerPause::Pause(Pause::Stuck { age }) => {
                return format!("the newest block of its node is {} old", self.span(age.into()));
            }
            BuyerPause::Pause(Pause::Unread { blocks: None }) => "its chain is still to be read",
            BuyerPause::Pause(Pause::Unread { blocks: Some(1) }) => {
                "one block of its chain is still to be read"
            }
            BuyerPause::Pause(Pause::Unread { blocks: Some(blocks) }) => return catching_up(blocks),
            BuyerPause::Pause(Pause::Books(BooksDoubt::ForeignSpend)) => {
                "the hot wallet was spent from by somebody else than this desk, and the operator has to \
                 look at it"
            }
            BuyerPause::Pause(Pause::Books(BooksDoubt::Looking)) => {
                "the desk is still making sure that it knows every payment from its hot wallet"
            }
            BuyerPause::Pause(Pause::SwitchedOff) => "the operator has switched it off for now",
            BuyerPause::Pause(Pause::NotVetted) => {
                "its node has not told yet whether the next addresses received coins before"
            }
        };
        text.to_owned()
    }

    fn refusal(&self, refusal: Refusal) -> String {
        let text = match refusal {
            Refusal::MissingPayee => "Please enter your Skycoin address.",
            Refusal::MissingCoin | Refusal::UnknownCoin => "Please choose what you want to pay with.",
            Refusal::CoinOff(coin) => {
                return format!("{coin} is not taken here. Please choose another coin.");
            }
            Refusal::BadPayee(why) => return bad_payee(why),
            Refusal::Shadow => {
                "This desk only looks on beside another one, which gives out the addresses: ask there."
            }
            Refusal::BindingOff => {
                "No new addresses are given out at the moment. The ones given out before are good as ever."
            }
            Refusal::OurAddress => {
                "This is an address of this service. Please enter an address of your own wallet."
            }
            Refusal::Paused(coin, why) => {
                let why = self.pause(why);
                return format!(
                    "No address for {coin} can be given out at the moment: {why}. Please choose another \
                     coin, or come back later. The ones given out before are good as ever."
                );
            }
            Refusal::LimitReached => {
                "This Skycoin address has as many deposit addresses as it can have. Please use one of \
                 them: each can be used again and again."
            }
            Refusal::PoolEmpty(coin) => {
                return format!(
                    "There is no deposit address for {coin} left at the moment. Please choose another \
                     coin, or come back later."
                );
            }
            Refusal::BudgetSpent(_) => {
                "No more new deposit addresses are given out at the moment. Addresses that you have keep \
                 working. Please try again later."
            }
            Refusal::ForeignForm => "The form came from another site's page. Please fill in the one below.",
            Refusal::BadPage => "These purchases are not there. Please ask for the newest ones below.",
            Refusal::Overloaded => "Too many people are asking at once. Please try again in a moment.",
            Refusal::Webhook(_) | Refusal::Internal => {
                "Something went wrong on our side. Please try again later."
            }
        };
        text.to_owned()
    }

    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::Waiting => "Waiting",
            Label::Received => "Received",
            Label::Buying => "Buying",
            Label::ToBeSent => "To be sent",
            Label::Sent => "Sent",
            Label::Done => "Done",
            Label::Checked => "Being checked",
            Label::NotPaid => "Not paid",
        }
    }

    fn wait(&self, wait: DepositWait) -> String {
        match wait.confirmations {
            0 => "as soon as it is in a block".to_owned(),
            1 => "after 1 confirmation".to_owned(),
            more => format!("after {more} confirmations"),
        }
    }

    fn span(&self, span: Span) -> String {
        let unit = match span.unit {
            Unit::Seconds => "seconds",
            Unit::Minutes => "minutes",
            Unit::Hours => "hours",
            Unit::Days => "days",
        };
        format!("{} {unit}", span.count)
    }

    fn between(&self) -> [&'static str; 2] {
        [", ", " or "]
    }

    fn full_stop(&self) -> char {
        '.'
    }
}

const TAKEN_BACK: &str = "the block of the deposit was replaced, and the operator has to look at it";
const REFUSED: &str =
    "waiting for the Skycoin node, which refuses the payout; the operator has to look at it";

fn left(payout: LeftPayout) -> &'static str {
    match payout {
        LeftPayout::Paid => "paid",
        LeftPayout::Refused => REFUSED,
        LeftPayout::Confirming => "waiting for the payout to be confirmed",
    }
}

fn since(since: Since) -> String {
    match since {
        Since::Confirming(how_far) => confirming(how_far),
        Since::Known => "the block of the deposit was replaced, and the operator knows".to_owned(),
        Since::TakenBack => TAKEN_BACK.to_owned(),
    }
}

fn confirming(how_far: Option<Confirmations>) -> String {
    match how_far {
        Some(Confirmations { has, needs }) => {
            format!("waiting for confirmations of the deposit: {has} of {needs}")
        }
        None => "waiting for confirmations of the deposit".to_owned(),
    }
}

fn awaited(what: Awaited) -> &'static str {
    match what {
        Awaited::NodeRefusing => REFUSED,
        Awaited::SendingOn => "waiting for the operator, who has switched sending off for now",
        Awaited::NewPayout => "waiting for the payout to be made anew: its transaction is being withdrawn",
        Awaited::OtherPayout => {
            "waiting for the operator, who has to look at another payout in the same transaction"
        }
        Awaited::Checked => "waiting for the operator, who has to look at something before payouts go on",
        Awaited::SecondNode => "waiting for a second node to have the block of the deposit as well",
        Awaited::Network => "waiting for the Skycoin network to take the payout",
        Awaited::Sending => "waiting to be sent",
        Awaited::Processing => "waiting to be processed",
        Awaited::Coins => "waiting for the desk's wallet to be refilled",
        Awaited::CoinHours => "waiting for the desk's wallet to have coin hours",
        Awaited::Precision => "waiting for the operator: the network takes no amount as small as this one",
        Awaited::FinalAgain => "waiting for the deposit to be final again",
        Awaited::Price => "waiting for a price: the desk has none at the moment that it could promise",
        Awaited::Payable => "waiting for the operator: it is worth more than can be paid",
        Awaited::Inherited => {
            "waiting for the operator, who has to see whether it was paid before the desk was moved"
        }
        Awaited::Resumed => "waiting for the operator, who wants its coins to be bought later",
        Awaited::Bought => "its coins are being bought",
        Awaited::Order => {
            "waiting for the operator, who has to look at the order that its coins are bought with"
        }
        Awaited::AnyExchange => "waiting for the operator: its coins cannot be bought now",
        Awaited::Exchange => "waiting for the exchange, where its coins cannot be bought now",
        Awaited::Buying => {
            "waiting for its coins to be bought, with other deposits where it is too small by itself"
        }
    }
}

fn node(trouble: NodeTrouble) -> String {
    let text = match trouble {
        NodeTrouble::NotYetReached => "its node has not answered yet",
        NodeTrouble::Unreachable => "its node does not answer",
        NodeTrouble::Unauthorized => "its node refuses the credentials",
        NodeTrouble::Forbidden => "its node forbids a request that is needed",
        NodeTrouble::RateLimited => "its node takes no more requests for now",
        NodeTrouble::Starting => "its node is starting",
        NodeTrouble::Syncing => "its node is catching up with the network",
        NodeTrouble::Behind { tip } => {
            return format!("its node has fallen back to block {tip}");
        }
        NodeTrouble::Shorter { tip } => {
            return format!("its node shows another, lighter or shorter chain up to block {tip}");
        }
        NodeTrouble::WrongNetwork => "its node is of another network",
        NodeTrouble::Nonsense => "its node answers nonsense",
        NodeTrouble::Pruned => "its node has pruned blocks that are needed",
        NodeTrouble::ForkedTooDeep { below } => {
            return format!("its node follows another chain from below block {below} on");
        }
    };
    text.to_owned()
}

/// Health tells it too.
pub(in crate::report) fn catching_up(blocks: u64) -> String {
    format!("catching up, {blocks} blocks are still to be read")
}

fn bad_payee(why: BadPayee) -> String {
    let why = match why {
        BadPayee::Malformed(AddressError::Character) => "invalid base58 character",
        BadPayee::Malformed(AddressError::Text) => "invalid base58 string",
        BadPayee::Malformed(AddressError::Length) => "invalid address length",
        BadPayee::Malformed(AddressError::Version) => "invalid version",
        BadPayee::Malformed(AddressError::Checksum) => "invalid checksum",
        BadPayee::Null => "it is the null address, what is sent there is lost",
    };
    format!(
        "That is not a Skycoin address ({why}). Please copy it from your wallet once more, from the first \
         letter to the last."
    )
}
