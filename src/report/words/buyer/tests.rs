use std::collections::{BTreeMap, BTreeSet};
use std::iter::successors;
use std::time::Duration;

use super::*;
use crate::live::{BooksDoubt, NodeTrouble, Pause};
use crate::skycoin::AddressError;
use crate::types::{Coin, Height};

/// Numbers of every form that a counted noun has in any of the languages.
const COUNTS: [u64; 9] = [1, 2, 4, 5, 11, 12, 21, 22, 111];
/// What is called alike everywhere.
const NAMES: [&str; 4] = ["Skycoin", "SKY", "base58", "BTC"];
/// Words that no sentence in Spanish has.
const ENGLISH: [&str; 24] = [
    "the", "is", "are", "was", "of", "for", "waiting", "to", "be", "its", "node", "not", "at", "moment",
    "please", "address", "block", "deposit", "payout", "and", "after", "sent", "operator", "coins",
];

/// Returns all that follow one another from the first on. Whoever adds a variant is asked where it stands.
fn chain<T: Copy>(first: T, after: impl Fn(T) -> Option<T>) -> Vec<T> {
    successors(Some(first), |one| after(*one)).collect()
}

fn depths() -> Vec<Option<Confirmations>> {
    vec![None, Some(Confirmations { has: 3, needs: 17 })]
}

fn awaited() -> Vec<Awaited> {
    chain(Awaited::NodeRefusing, |one| {
        Some(match one {
            Awaited::NodeRefusing => Awaited::SendingOn,
            Awaited::SendingOn => Awaited::NewPayout,
            Awaited::NewPayout => Awaited::OtherPayout,
            Awaited::OtherPayout => Awaited::Checked,
            Awaited::Checked => Awaited::SecondNode,
            Awaited::SecondNode => Awaited::Network,
            Awaited::Network => Awaited::Sending,
            Awaited::Sending => Awaited::Processing,
            Awaited::Processing => Awaited::Coins,
            Awaited::Coins => Awaited::CoinHours,
            Awaited::CoinHours => Awaited::Precision,
            Awaited::Precision => Awaited::FinalAgain,
            Awaited::FinalAgain => Awaited::Price,
            Awaited::Price => Awaited::Payable,
            Awaited::Payable => Awaited::Inherited,
            Awaited::Inherited => Awaited::Resumed,
            Awaited::Resumed => Awaited::Bought,
            Awaited::Bought => Awaited::Order,
            Awaited::Order => Awaited::AnyExchange,
            Awaited::AnyExchange => Awaited::Exchange,
            Awaited::Exchange => Awaited::Buying,
            Awaited::Buying => return None,
        })
    })
}

fn left() -> Vec<BuyerWords> {
    let payouts = chain(LeftPayout::Paid, |one| match one {
        LeftPayout::Paid => Some(LeftPayout::Refused),
        LeftPayout::Refused => Some(LeftPayout::Confirming),
        LeftPayout::Confirming => None,
    });
    let since = chain(Some(Since::Confirming(None)), |one| match one {
        Some(Since::Confirming(_)) => Some(Some(Since::Known)),
        Some(Since::Known) => Some(Some(Since::TakenBack)),
        Some(Since::TakenBack) => Some(None),
        None => None,
    });
    let both = |payout| since.iter().map(move |since| BuyerWords::Left { payout, since: *since });
    payouts.into_iter().flat_map(both).collect()
}

fn purchases() -> Vec<BuyerWords> {
    let coin = Coin::BTC;
    let kinds = chain(BuyerWords::NoDeposit { coin }, |one| {
        Some(match one {
            BuyerWords::NoDeposit { .. } => BuyerWords::Seen { coin, payments: 7 },
            BuyerWords::Seen { .. } => BuyerWords::SeenGone { coin },
            BuyerWords::SeenGone { .. } => BuyerWords::Left { payout: LeftPayout::Paid, since: None },
            BuyerWords::Left { .. } => BuyerWords::TooSmall,
            BuyerWords::TooSmall => BuyerWords::Kept,
            BuyerWords::Kept => BuyerWords::RuledVoid,
            BuyerWords::RuledVoid => BuyerWords::Withdrawing,
            BuyerWords::Withdrawing => BuyerWords::TakenBack { is_signed: true },
            BuyerWords::TakenBack { is_signed: true } => BuyerWords::TakenBack { is_signed: false },
            BuyerWords::TakenBack { is_signed: false } => BuyerWords::Confirming(None),
            BuyerWords::Confirming(_) => BuyerWords::Replaced,
            BuyerWords::Replaced => BuyerWords::Waiting(Awaited::Sending),
            BuyerWords::Waiting(_) => return None,
        })
    });
    let seen = COUNTS.map(|count| BuyerWords::Seen { coin, payments: count });
    let waiting = awaited().into_iter().map(BuyerWords::Waiting);
    let confirming = depths().into_iter().map(BuyerWords::Confirming);
    kinds.into_iter().chain(seen).chain(left()).chain(waiting).chain(confirming).collect()
}

fn nodes() -> Vec<NodeTrouble> {
    let (tip, below) = (Height::new(81), Height::new(82));
    chain(NodeTrouble::NotYetReached, |one| {
        Some(match one {
            NodeTrouble::NotYetReached => NodeTrouble::Unreachable,
            NodeTrouble::Unreachable => NodeTrouble::Unauthorized,
            NodeTrouble::Unauthorized => NodeTrouble::Forbidden,
            NodeTrouble::Forbidden => NodeTrouble::RateLimited,
            NodeTrouble::RateLimited => NodeTrouble::Starting,
            NodeTrouble::Starting => NodeTrouble::Syncing,
            NodeTrouble::Syncing => NodeTrouble::Behind { tip },
            NodeTrouble::Behind { .. } => NodeTrouble::Shorter { tip },
            NodeTrouble::Shorter { .. } => NodeTrouble::WrongNetwork,
            NodeTrouble::WrongNetwork => NodeTrouble::Nonsense,
            NodeTrouble::Nonsense => NodeTrouble::Pruned,
            NodeTrouble::Pruned => NodeTrouble::ForkedTooDeep { below },
            NodeTrouble::ForkedTooDeep { .. } => return None,
        })
    })
}

fn pauses() -> Vec<BuyerPause> {
    let stuck = |seconds| Pause::Stuck { age: Duration::from_secs(seconds) };
    let kinds = chain(Pause::Node(NodeTrouble::Starting), |one| {
        Some(match one {
            Pause::Node(_) => stuck(5),
            Pause::Stuck { .. } => Pause::Unread { blocks: None },
            Pause::Unread { .. } => Pause::Books(BooksDoubt::ForeignSpend),
            Pause::Books(BooksDoubt::ForeignSpend) => Pause::Books(BooksDoubt::Looking),
            Pause::Books(BooksDoubt::Looking) => Pause::NotVetted,
            Pause::NotVetted => Pause::SwitchedOff,
            Pause::SwitchedOff => return None,
        })
    });
    let counted = COUNTS.into_iter().flat_map(|count| {
        let ages = [count, count * 60, count * 3_600, count * 86_400].map(stuck);
        ages.into_iter().chain([Pause::Unread { blocks: Some(count) }])
    });
    let nodes = nodes().into_iter().map(Pause::Node);
    let all = kinds.into_iter().chain(counted).chain(nodes).map(BuyerPause::Pause);
    all.chain([BuyerPause::Wallet]).collect()
}

fn bad_payees() -> Vec<Refusal> {
    let all = chain(BadPayee::Null, |one| {
        Some(BadPayee::Malformed(match one {
            BadPayee::Null => AddressError::Character,
            BadPayee::Malformed(AddressError::Character) => AddressError::Text,
            BadPayee::Malformed(AddressError::Text) => AddressError::Length,
            BadPayee::Malformed(AddressError::Length) => AddressError::Version,
            BadPayee::Malformed(AddressError::Version) => AddressError::Checksum,
            BadPayee::Malformed(AddressError::Checksum) => return None,
        }))
    });
    all.into_iter().map(Refusal::BadPayee).collect()
}

fn refusals() -> Vec<Refusal> {
    let coin = Coin::BTC;
    let kinds = chain(Refusal::MissingPayee, |one| {
        Some(match one {
            Refusal::MissingPayee => Refusal::MissingCoin,
            Refusal::MissingCoin => Refusal::UnknownCoin,
            Refusal::UnknownCoin => Refusal::CoinOff(coin),
            Refusal::CoinOff(_) => Refusal::BadPayee(BadPayee::Null),
            Refusal::BadPayee(_) => Refusal::BindingOff,
            Refusal::BindingOff => Refusal::Shadow,
            Refusal::Shadow => Refusal::OurAddress,
            Refusal::OurAddress => Refusal::Paused(coin, BuyerPause::Wallet),
            Refusal::Paused(..) => Refusal::LimitReached,
            Refusal::LimitReached => Refusal::PoolEmpty(coin),
            Refusal::PoolEmpty(_) => Refusal::BudgetSpent(Duration::ZERO),
            Refusal::BudgetSpent(_) => Refusal::ForeignForm,
            Refusal::ForeignForm => Refusal::BadPage,
            Refusal::BadPage => Refusal::Webhook(WebhookTrouble::NoUrl),
            Refusal::Webhook(_) => Refusal::Overloaded,
            Refusal::Overloaded => Refusal::Internal,
            Refusal::Internal => return None,
        })
    });
    kinds.into_iter().chain(bad_payees()).collect()
}

fn labels() -> Vec<Label> {
    chain(Label::Waiting, |one| {
        Some(match one {
            Label::Waiting => Label::Received,
            Label::Received => Label::Buying,
            Label::Buying => Label::ToBeSent,
            Label::ToBeSent => Label::Sent,
            Label::Sent => Label::Done,
            Label::Done => Label::Checked,
            Label::Checked => Label::NotPaid,
            Label::NotPaid => return None,
        })
    })
}

/// Everything that can be said, in one language; in the same order in each.
fn all(language: Language) -> Vec<String> {
    let waits = [0].into_iter().chain(COUNTS).map(|confirmations| DepositWait { confirmations });
    let mut texts: Vec<String> = purchases().iter().map(|words| words.text(language)).collect();
    texts.extend(pauses().iter().map(|pause| pause.text(language)));
    texts.extend(refusals().iter().map(|refusal| refusal.page(language)));
    texts.extend(labels().into_iter().map(|label| label.text(language).to_owned()));
    texts.extend(waits.map(|wait| wait.text(language)));
    texts.extend(COUNTS.map(|count| span(Duration::from_secs(count), language)));
    texts
}

/// The words of a text, numbers included.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii() && c.is_alphabetic();
    text.split(move |c| !is_part(c)).filter(|word| !word.is_empty())
}

/// The numbers and names that a text tells.
fn told(text: &str) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    let is_number = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
    for word in words(text).filter(|word| is_number(word) || *word == "BTC") {
        *told.entry(word.to_owned()).or_default() += 1;
    }
    told
}

#[test]
fn should_say_everything_in_every_language() {
    let english = all(Language::English);
    assert!(english.len() > 150, "{}", english.len());
    let sizes: BTreeSet<usize> = Language::ALL.map(|language| all(language).len()).into();
    assert_eq!(sizes.len(), 1);
    for language in Language::ALL {
        for text in all(language) {
            assert!(!text.is_empty() && text == text.trim(), "{language:?}: {text:?}");
            assert!(!text.contains(['{', '}', '\n']) && !text.contains("  "), "{language:?}: {text:?}");
        }
    }
}

#[test]
fn should_leave_no_english_in_another_language() {
    let english: BTreeSet<String> = all(Language::English).into_iter().collect();
    for language in Language::ALL.into_iter().filter(|language| *language != Language::English) {
        for text in all(language) {
            assert!(!english.contains(&text), "{language:?}: {text}");
            let latin = |word: &&str| word.bytes().any(|byte| byte.is_ascii_alphabetic());
            for word in words(&text).filter(latin).filter(|word| !NAMES.contains(word)) {
                let is_english = ENGLISH.iter().any(|known| known.eq_ignore_ascii_case(word));
                assert!(language == Language::Spanish && !is_english, "{language:?}: {word:?} in {text}");
            }
        }
    }
}

#[test]
fn should_tell_the_same_numbers_and_coins_in_every_language() {
    let english = all(Language::English);
    for language in Language::ALL {
        for (text, original) in all(language).iter().zip(&english) {
            assert_eq!(told(text), told(original), "{language:?}: {text} for {original}");
        }
    }
}

#[test]
fn should_say_different_things_differently_in_every_language() {
    let english = all(Language::English);
    for language in Language::ALL {
        let mut meanings: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (text, original) in all(language).into_iter().zip(&english) {
            meanings.entry(text).or_default().insert(original);
        }
        let vague: Vec<_> = meanings.iter().filter(|(_, originals)| originals.len() > 1).collect();
        assert!(vague.is_empty(), "{language:?}: {vague:?}");
    }
}

#[test]
fn should_count_in_russian() {
    let seen = |payments| BuyerWords::Seen { coin: Coin::BTC, payments }.text(Language::Russian);
    for (payments, text) in [
        (2, "замечены 2 платежа, ожидается включение в блок"),
        (5, "замечено 5 платежей, ожидается включение в блок"),
        (11, "замечено 11 платежей, ожидается включение в блок"),
        (21, "замечен 21 платёж, ожидается включение в блок"),
        (22, "замечены 22 платежа, ожидается включение в блок"),
        (100, "замечено 100 платежей, ожидается включение в блок"),
        (112, "замечено 112 платежей, ожидается включение в блок"),
        (121, "замечен 121 платёж, ожидается включение в блок"),
    ] {
        assert_eq!(seen(payments), text);
    }
    let days = |days: u64| span(Duration::from_secs(days * 86_400), Language::Russian);
    assert_eq!([3, 14, 21, 30].map(days), ["3 дня", "14 дней", "21 день", "30 дней"]);
    let wait = |confirmations| DepositWait { confirmations }.text(Language::Russian);
    assert_eq!(
        [1, 2, 21].map(wait),
        ["после 1 подтверждения", "после 2 подтверждений", "после 21 подтверждения"]
    );
}

#[test]
fn should_write_sentences() {
    for (language, sentence) in [
        (Language::English, "Waiting to be sent."),
        (Language::Chinese, "等待发送。"),
        (Language::Russian, "Ожидается отправка."),
        (Language::Spanish, "A la espera de enviarse."),
    ] {
        assert_eq!(BuyerWords::Waiting(Awaited::Sending).sentence(language), sentence);
    }
}

#[test]
fn should_name_what_one_can_choose_among() {
    let names = ["Bitcoin", "Ether", "Skycoin"];
    assert_eq!(alternatives(&[], Language::English), "");
    assert_eq!(alternatives(&names[..1], Language::Russian), "Bitcoin");
    assert_eq!(alternatives(&names[..2], Language::English), "Bitcoin or Ether");
    assert_eq!(alternatives(&names, Language::English), "Bitcoin, Ether or Skycoin");
    assert_eq!(alternatives(&names, Language::Chinese), "Bitcoin、Ether 或 Skycoin");
    assert_eq!(alternatives(&names, Language::Spanish), "Bitcoin, Ether o Skycoin");
}

#[test]
fn should_say_in_english_what_is_in_the_way() {
    for (pause, words) in [
        (Pause::Stuck { age: Duration::from_secs(3_601) }, "the newest block of its node is 60 minutes old"),
        (Pause::Node(NodeTrouble::Unreachable), "its node does not answer"),
        (
            Pause::Node(NodeTrouble::Shorter { tip: Height::new(8) }),
            "its node shows another, lighter or shorter chain up to block 8",
        ),
        (Pause::Unread { blocks: Some(40) }, "catching up, 40 blocks are still to be read"),
        (Pause::Unread { blocks: Some(1) }, "one block of its chain is still to be read"),
        (Pause::Unread { blocks: None }, "its chain is still to be read"),
    ] {
        assert_eq!(BuyerPause::from(pause).text(Language::English), words);
    }
}
