//! Russian, with its three forms of a counted noun.

use super::pause::BuyerPause;
use super::purchase::{Awaited, BuyerWords, Confirmations, DepositWait, Label, LeftPayout, Since};
use super::refusal::{BadPayee, Refusal};
use super::span::{Span, Unit};
use super::tongue::Tongue;
use crate::live::{BooksDoubt, NodeTrouble, Pause};
use crate::skycoin::AddressError;

#[derive(Debug)]
pub(super) struct Russian;

impl Tongue for Russian {
    fn purchase(&self, words: BuyerWords) -> String {
        let text = match words {
            BuyerWords::NoDeposit { coin } => return format!("ожидается депозит в {coin}"),
            BuyerWords::Seen { coin, payments: 1 } => {
                return format!("замечен платёж в {coin}, ожидается его включение в блок");
            }
            BuyerWords::Seen { coin: _, payments } => return seen(payments),
            BuyerWords::SeenGone { coin } => {
                return format!(
                    "замеченный платёж исчез: его заменили или отбросили; ожидается депозит в {coin}"
                );
            }
            BuyerWords::Left { payout, since: None } => left(payout),
            BuyerWords::Left { payout, since: Some(then) } => {
                return format!("{}; {}", left(payout), since(then));
            }
            BuyerWords::TooSmall => "депозит слишком мал для выплаты",
            BuyerWords::Kept => {
                "слишком мало, чтобы выплатить отдельно: это сохранено за вами \
                 и придёт со следующим депозитом этой монеты"
            }
            BuyerWords::RuledVoid => "оператор решил, что по этому депозиту ничего не выплачивается",
            BuyerWords::Withdrawing => "оператор отзывает выплату",
            BuyerWords::TakenBack { is_signed: true } => return format!("ещё не выплачено: {TAKEN_BACK}"),
            BuyerWords::TakenBack { is_signed: false } => return format!("не выплачено: {TAKEN_BACK}"),
            BuyerWords::Confirming(how_far) => return confirming(how_far),
            BuyerWords::Replaced => "ожидается, что депозит снова попадёт в блок: прежний блок был заменён",
            BuyerWords::Waiting(what) => awaited(what),
        };
        text.to_owned()
    }

    fn pause(&self, pause: BuyerPause) -> String {
        let text = match pause {
            BuyerPause::Wallet => "сначала оператор должен проверить горячий кошелёк",
            BuyerPause::Pause(Pause::Node(trouble)) => return node(trouble),
            BuyerPause::Pause(Pause::Stuck { age }) => {
                return format!("новейший блок узла этой сети создан {} назад", self.span(age.into()));
            }
            BuyerPause::Pause(Pause::Unread { blocks: None }) => "цепочка этой сети ещё не прочитана",
            BuyerPause::Pause(Pause::Unread { blocks: Some(1) }) => {
                "осталось прочитать один блок цепочки этой сети"
            }
            BuyerPause::Pause(Pause::Unread { blocks: Some(blocks) }) => return catching_up(blocks),
            BuyerPause::Pause(Pause::Books(BooksDoubt::ForeignSpend)) => {
                "из горячего кошелька платил кто-то помимо этого сервиса, и оператор должен это проверить"
            }
            BuyerPause::Pause(Pause::Books(BooksDoubt::Looking)) => {
                "сервис ещё проверяет, все ли платежи из горячего кошелька ему известны"
            }
            BuyerPause::Pause(Pause::SwitchedOff) => "оператор временно отключил приём этой монеты",
            BuyerPause::Pause(Pause::NotVetted) => {
                "узел этой сети ещё не сообщил, получали ли монеты раньше адреса, которые будут выданы \
                 следующими"
            }
        };
        text.to_owned()
    }

    fn refusal(&self, refusal: Refusal) -> String {
        let text = match refusal {
            Refusal::MissingPayee => "Введите, пожалуйста, свой адрес Skycoin.",
            Refusal::MissingCoin | Refusal::UnknownCoin => "Выберите, пожалуйста, чем вы хотите заплатить.",
            Refusal::CoinOff(coin) => {
                return format!("{coin} здесь не принимается. Выберите, пожалуйста, другую монету.");
            }
            Refusal::BadPayee(why) => return bad_payee(why),
            Refusal::Shadow => {
                "Этот сервис только наблюдает за другим; адреса выдаёт тот: обратитесь к нему."
            }
            Refusal::BindingOff => "Сейчас новые адреса не выдаются. Выданные раньше действуют по-прежнему.",
            Refusal::OurAddress => "Это адрес самого сервиса. Введите, пожалуйста, адрес своего кошелька.",
            Refusal::Paused(coin, why) => {
                let why = self.pause(why);
                return format!(
                    "Сейчас адрес для {coin} выдать нельзя: {why}. Выберите, пожалуйста, другую монету или \
                     зайдите позже. Выданные раньше адреса действуют по-прежнему."
                );
            }
            Refusal::LimitReached => {
                "У этого адреса Skycoin уже столько адресов для депозита, сколько может быть. \
                 Воспользуйтесь, пожалуйста, одним из них: каждый годится много раз."
            }
            Refusal::PoolEmpty(coin) => {
                return format!(
                    "Сейчас не осталось адресов для депозита в {coin}. Выберите, пожалуйста, другую монету \
                     или зайдите позже."
                );
            }
            Refusal::BudgetSpent(_) => {
                "Сейчас новые адреса для депозита больше не выдаются. Адреса, которые у вас есть, \
                 продолжают работать. Попробуйте, пожалуйста, позже."
            }
            Refusal::ForeignForm => {
                "Форма пришла со страницы другого сайта. Заполните, пожалуйста, форму ниже."
            }
            Refusal::BadPage => "Таких покупок здесь нет. Запросите, пожалуйста, самые новые ниже.",
            Refusal::Overloaded => "Слишком много запросов одновременно. Попробуйте, пожалуйста, чуть позже.",
            Refusal::Webhook(_) | Refusal::Internal => {
                "У нас что-то пошло не так. Попробуйте, пожалуйста, позже."
            }
        };
        text.to_owned()
    }

    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::Waiting => "Ожидание",
            Label::Received => "Получено",
            Label::Buying => "Покупка",
            Label::ToBeSent => "К отправке",
            Label::Sent => "Отправлено",
            Label::Done => "Готово",
            Label::Checked => "Проверяется",
            Label::NotPaid => "Не выплачено",
        }
    }

    fn wait(&self, wait: DepositWait) -> String {
        match wait.confirmations {
            0 => "как только попадёт в блок".to_owned(),
            more => format!("после {more} {}", form(more, "подтверждения", "подтверждений", "подтверждений")),
        }
    }

    fn span(&self, span: Span) -> String {
        let count = span.count;
        let unit = match span.unit {
            Unit::Seconds => form(count, "секунду", "секунды", "секунд"),
            Unit::Minutes => form(count, "минуту", "минуты", "минут"),
            Unit::Hours => form(count, "час", "часа", "часов"),
            Unit::Days => form(count, "день", "дня", "дней"),
        };
        format!("{count} {unit}")
    }

    fn between(&self) -> [&'static str; 2] {
        [", ", " или "]
    }

    fn full_stop(&self) -> char {
        '.'
    }
}

const TAKEN_BACK: &str = "блок с депозитом был заменён, и оператор должен это проверить";
const REFUSED: &str = "ожидается узел Skycoin, который отклоняет выплату; оператор должен это проверить";

fn left(payout: LeftPayout) -> &'static str {
    match payout {
        LeftPayout::Paid => "выплачено",
        LeftPayout::Refused => REFUSED,
        LeftPayout::Confirming => "ожидается подтверждение выплаты",
    }
}

fn since(since: Since) -> String {
    match since {
        Since::Confirming(how_far) => confirming(how_far),
        Since::Known => "блок с депозитом был заменён, и оператор об этом знает".to_owned(),
        Since::TakenBack => TAKEN_BACK.to_owned(),
    }
}

fn confirming(how_far: Option<Confirmations>) -> String {
    match how_far {
        Some(Confirmations { has, needs }) => format!("ожидаются подтверждения депозита: {has} из {needs}"),
        None => "ожидаются подтверждения депозита".to_owned(),
    }
}

fn awaited(what: Awaited) -> &'static str {
    match what {
        Awaited::NodeRefusing => REFUSED,
        Awaited::SendingOn => "ожидается оператор, который пока отключил отправку",
        Awaited::NewPayout => "ожидается новая выплата: прежняя транзакция отзывается",
        Awaited::OtherPayout => {
            "ожидается оператор, который должен проверить другую выплату в той же транзакции"
        }
        Awaited::Checked => {
            "ожидается оператор, который должен кое-что проверить, прежде чем выплаты продолжатся"
        }
        Awaited::SecondNode => "ожидается, что блок депозита подтвердит второй узел",
        Awaited::Network => "ожидается, что сеть Skycoin примет выплату",
        Awaited::Sending => "ожидается отправка",
        Awaited::Processing => "ожидается обработка",
        Awaited::Coins => "ожидается пополнение кошелька сервиса",
        Awaited::CoinHours => "ожидается, что в кошельке сервиса появятся коин-часы",
        Awaited::Precision => "ожидается оператор: сеть не принимает такие малые суммы",
        Awaited::FinalAgain => "ожидается, что депозит снова станет окончательным",
        Awaited::Price => "ожидается цена: сейчас у сервиса нет такой, которую он мог бы обещать",
        Awaited::Payable => "ожидается оператор: депозит стоит больше, чем можно выплатить",
        Awaited::Inherited => {
            "ожидается оператор: он должен проверить, не была ли выплата сделана до переезда сервиса"
        }
        Awaited::Resumed => "ожидается оператор, который хочет купить монеты за него позже",
        Awaited::Bought => "монеты за этот депозит покупаются",
        Awaited::Order => "ожидается оператор, который должен проверить ордер на покупку монет",
        Awaited::AnyExchange => "ожидается оператор: сейчас монеты купить нельзя",
        Awaited::Exchange => "ожидается биржа: сейчас на ней нельзя купить монеты",
        Awaited::Buying => "ожидается покупка монет, вместе с другими депозитами, если этот слишком мал",
    }
}

fn node(trouble: NodeTrouble) -> String {
    let text = match trouble {
        NodeTrouble::NotYetReached => "узел этой сети ещё не ответил",
        NodeTrouble::Unreachable => "узел этой сети не отвечает",
        NodeTrouble::Unauthorized => "узел этой сети не принимает учётные данные",
        NodeTrouble::Forbidden => "узел этой сети запрещает нужный запрос",
        NodeTrouble::RateLimited => "узел этой сети пока не принимает запросы",
        NodeTrouble::Starting => "узел этой сети запускается",
        NodeTrouble::Syncing => "узел этой сети догоняет остальную сеть",
        NodeTrouble::Behind { tip } => {
            return format!("узел этой сети откатился к блоку {tip}");
        }
        NodeTrouble::Shorter { tip } => {
            return format!(
                "узел этой сети показывает другую, более лёгкую или короткую цепочку до блока {tip}"
            );
        }
        NodeTrouble::WrongNetwork => "узел относится к другой сети",
        NodeTrouble::Nonsense => "узел этой сети отвечает бессмыслицу",
        NodeTrouble::Pruned => "узел этой сети удалил нужные блоки",
        NodeTrouble::ForkedTooDeep { below } => {
            return format!("узел этой сети следует другой цепочке, которая отделилась ниже блока {below}");
        }
    };
    text.to_owned()
}

fn catching_up(blocks: u64) -> String {
    let words = form(blocks, "блок", "блока", "блоков");
    format!("идёт чтение цепочки, осталось прочитать {blocks} {words}")
}

fn bad_payee(why: BadPayee) -> String {
    let why = match why {
        BadPayee::Malformed(AddressError::Character) => "недопустимый символ base58",
        BadPayee::Malformed(AddressError::Text) => "недопустимая строка base58",
        BadPayee::Malformed(AddressError::Length) => "неверная длина адреса",
        BadPayee::Malformed(AddressError::Version) => "неверная версия",
        BadPayee::Malformed(AddressError::Checksum) => "неверная контрольная сумма",
        BadPayee::Null => "это нулевой адрес, отправленное на него теряется",
    };
    format!(
        "Это не адрес Skycoin ({why}). Скопируйте его, пожалуйста, из своего кошелька ещё раз, от первого \
         символа до последнего."
    )
}

fn seen(payments: u64) -> String {
    let verb = form(payments, "замечен", "замечены", "замечено");
    let noun = form(payments, "платёж", "платежа", "платежей");
    format!("{verb} {payments} {noun}, ожидается включение в блок")
}

/// Returns the form of a word that goes with a number: of 1 and 21, of 2 to 4 and 22 to 24, of all others. 11 to 14 are
/// others.
fn form<'a>(count: u64, one: &'a str, few: &'a str, many: &'a str) -> &'a str {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        (0 | 5.., _) => many,
    }
}
