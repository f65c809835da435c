//! Chinese, in simplified characters. Nothing in it changes with a number.

use super::pause::BuyerPause;
use super::purchase::{Awaited, BuyerWords, Confirmations, DepositWait, Label, LeftPayout, Since};
use super::refusal::{BadPayee, Refusal};
use super::span::{Span, Unit};
use super::tongue::Tongue;
use crate::live::{BooksDoubt, NodeTrouble, Pause};
use crate::skycoin::AddressError;

#[derive(Debug)]
pub(super) struct Chinese;

impl Tongue for Chinese {
    fn purchase(&self, words: BuyerWords) -> String {
        let text = match words {
            BuyerWords::NoDeposit { coin } => return format!("等待 {coin} 充值到账"),
            BuyerWords::Seen { coin, payments: 1 } => return format!("已看到一笔 {coin} 付款，等待写入区块"),
            BuyerWords::Seen { coin: _, payments } => {
                return format!("已看到 {payments} 笔付款，等待写入区块");
            }
            BuyerWords::SeenGone { coin } => {
                return format!("之前看到的一笔付款已消失：它已被替换或丢弃；等待 {coin} 充值到账");
            }
            BuyerWords::Left { payout, since: None } => left(payout),
            BuyerWords::Left { payout, since: Some(then) } => {
                return format!("{}；{}", left(payout), since(then));
            }
            BuyerWords::TooSmall => "充值金额太小，无法出款",
            BuyerWords::Kept => "金额太小，无法单独出款：已为您保留，将随您此币种的下一笔充值一起支付",
            BuyerWords::RuledVoid => "运营方决定不为这笔充值出款",
            BuyerWords::Withdrawing => "运营方正在撤回这笔出款",
            BuyerWords::TakenBack { is_signed: true } => return format!("尚未出款：{TAKEN_BACK}"),
            BuyerWords::TakenBack { is_signed: false } => return format!("未出款：{TAKEN_BACK}"),
            BuyerWords::Confirming(how_far) => return confirming(how_far),
            BuyerWords::Replaced => "等待充值重新写入区块：原来所在的区块已被替换",
            BuyerWords::Waiting(what) => awaited(what),
        };
        text.to_owned()
    }

    fn pause(&self, pause: BuyerPause) -> String {
        let text = match pause {
            BuyerPause::Wallet => "运营方需要先检查热钱包",
            BuyerPause::Pause(Pause::Node(trouble)) => return node(trouble),
            BuyerPause::Pause(Pause::Stuck { age }) => {
                return format!("其节点的最新区块产生于 {}前", self.span(age.into()));
            }
            BuyerPause::Pause(Pause::Unread { blocks: None }) => "其区块链尚待读取",
            BuyerPause::Pause(Pause::Unread { blocks: Some(1) }) => "其区块链还有一个区块尚待读取",
            BuyerPause::Pause(Pause::Unread { blocks: Some(blocks) }) => return catching_up(blocks),
            BuyerPause::Pause(Pause::Books(BooksDoubt::ForeignSpend)) => {
                "热钱包被本服务以外的人动用过，需要运营方检查"
            }
            BuyerPause::Pause(Pause::Books(BooksDoubt::Looking)) => "本服务仍在核对热钱包的每一笔支出",
            BuyerPause::Pause(Pause::SwitchedOff) => "运营方暂时停止接受该币种",
            BuyerPause::Pause(Pause::NotVetted) => "其节点尚未告知接下来要发放的地址以前是否收到过币",
        };
        text.to_owned()
    }

    fn refusal(&self, refusal: Refusal) -> String {
        let text = match refusal {
            Refusal::MissingPayee => "请输入您的 Skycoin 地址。",
            Refusal::MissingCoin | Refusal::UnknownCoin => "请选择您要用来支付的币种。",
            Refusal::CoinOff(coin) => return format!("这里不接受 {coin}。请选择其他币种。"),
            Refusal::BadPayee(why) => return bad_payee(why),
            Refusal::Shadow => "本服务仅旁观另一服务的运行，地址由那个服务发放：请到那里领取。",
            Refusal::BindingOff => "目前不发放新地址。之前发放的地址仍然有效。",
            Refusal::OurAddress => "这是本服务的地址。请输入您自己钱包的地址。",
            Refusal::Paused(coin, why) => {
                let why = self.pause(why);
                return format!(
                    "目前无法发放 {coin} 地址：{why}。请选择其他币种，或稍后再来。之前发放的地址仍然有效。"
                );
            }
            Refusal::LimitReached => {
                "此 Skycoin 地址的充值地址数量已达上限。请使用其中之一：每个地址都可以反复使用。"
            }
            Refusal::PoolEmpty(coin) => {
                return format!("目前没有剩余的 {coin} 充值地址。请选择其他币种，或稍后再来。");
            }
            Refusal::BudgetSpent(_) => "目前不再发放新的充值地址。您已有的地址仍可使用。请稍后再试。",
            Refusal::ForeignForm => "该表单来自其他网站的页面。请填写下方的表单。",
            Refusal::BadPage => "没有找到这些购买记录。请在下方查询最新的记录。",
            Refusal::Overloaded => "目前访问的人太多。请稍后再试。",
            Refusal::Webhook(_) | Refusal::Internal => "我们这边出了问题。请稍后再试。",
        };
        text.to_owned()
    }

    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::Waiting => "等待中",
            Label::Received => "已收到",
            Label::Buying => "购买中",
            Label::ToBeSent => "待发送",
            Label::Sent => "已发送",
            Label::Done => "已完成",
            Label::Checked => "核实中",
            Label::NotPaid => "未出款",
        }
    }

    fn wait(&self, wait: DepositWait) -> String {
        match wait.confirmations {
            0 => "写入区块后立即生效".to_owned(),
            more => format!("{more} 次确认后"),
        }
    }

    fn span(&self, span: Span) -> String {
        let unit = match span.unit {
            Unit::Seconds => "秒",
            Unit::Minutes => "分钟",
            Unit::Hours => "小时",
            Unit::Days => "天",
        };
        format!("{} {unit}", span.count)
    }

    fn between(&self) -> [&'static str; 2] {
        ["、", " 或 "]
    }

    fn full_stop(&self) -> char {
        '。'
    }
}

const TAKEN_BACK: &str = "充值所在的区块已被替换，需要运营方检查";
const REFUSED: &str = "正在等待 Skycoin 节点：该节点拒绝了这笔出款，需要运营方检查";

fn left(payout: LeftPayout) -> &'static str {
    match payout {
        LeftPayout::Paid => "已出款",
        LeftPayout::Refused => REFUSED,
        LeftPayout::Confirming => "等待出款得到确认",
    }
}

fn since(since: Since) -> String {
    match since {
        Since::Confirming(how_far) => confirming(how_far),
        Since::Known => "充值所在的区块已被替换，运营方已知晓".to_owned(),
        Since::TakenBack => TAKEN_BACK.to_owned(),
    }
}

fn confirming(how_far: Option<Confirmations>) -> String {
    match how_far {
        Some(Confirmations { has, needs }) => format!("等待充值确认：已有 {has} 次，需要 {needs} 次"),
        None => "等待充值确认".to_owned(),
    }
}

fn awaited(what: Awaited) -> &'static str {
    match what {
        Awaited::NodeRefusing => REFUSED,
        Awaited::SendingOn => "等待运营方：运营方已暂时关闭发送",
        Awaited::NewPayout => "等待重新出款：原来的交易正在撤回",
        Awaited::OtherPayout => "等待运营方检查同一交易中的另一笔出款",
        Awaited::Checked => "等待运营方核查后继续出款",
        Awaited::SecondNode => "等待第二个节点确认充值所在的区块",
        Awaited::Network => "等待 Skycoin 网络接收这笔出款",
        Awaited::Sending => "等待发送",
        Awaited::Processing => "等待处理",
        Awaited::Coins => "等待本服务的钱包补充资金",
        Awaited::CoinHours => "等待本服务的钱包获得币时",
        Awaited::Precision => "等待运营方：网络不接受这么小的金额",
        Awaited::FinalAgain => "等待充值再次得到最终确认",
        Awaited::Price => "等待报价：本服务目前没有可以承诺的价格",
        Awaited::Payable => "等待运营方：这笔充值的价值超出了可支付的上限",
        Awaited::Inherited => "等待运营方确认：服务迁移之前是否已经支付",
        Awaited::Resumed => "等待运营方：运营方希望稍后再为它购买 SKY",
        Awaited::Bought => "正在为它购买 SKY",
        Awaited::Order => "等待运营方核查为它购买 SKY 的订单",
        Awaited::AnyExchange => "等待运营方：目前无法为它购买 SKY",
        Awaited::Exchange => "等待交易所：目前无法在那里为它购买 SKY",
        Awaited::Buying => "等待为它购买 SKY；如果金额太小，会与其他充值一起购买",
    }
}

fn node(trouble: NodeTrouble) -> String {
    let text = match trouble {
        NodeTrouble::NotYetReached => "其节点尚未应答",
        NodeTrouble::Unreachable => "其节点没有应答",
        NodeTrouble::Unauthorized => "其节点拒绝了访问凭据",
        NodeTrouble::Forbidden => "其节点禁止一项必要的请求",
        NodeTrouble::RateLimited => "其节点暂时不再接受请求",
        NodeTrouble::Starting => "其节点正在启动",
        NodeTrouble::Syncing => "其节点正在与网络同步",
        NodeTrouble::Behind { tip } => {
            return format!("其节点已退回到区块 {tip}");
        }
        NodeTrouble::Shorter { tip } => {
            return format!("其节点显示另一条较轻或较短的链，到区块 {tip} 为止");
        }
        NodeTrouble::WrongNetwork => "其节点属于另一个网络",
        NodeTrouble::Nonsense => "其节点的应答自相矛盾",
        NodeTrouble::Pruned => "其节点已删除所需的区块",
        NodeTrouble::ForkedTooDeep { below } => {
            return format!("其节点从区块 {below} 之前起就在另一条链上");
        }
    };
    text.to_owned()
}

fn catching_up(blocks: u64) -> String {
    format!("正在追赶，还有 {blocks} 个区块尚待读取")
}

fn bad_payee(why: BadPayee) -> String {
    let why = match why {
        BadPayee::Malformed(AddressError::Character) => "含有无效的 base58 字符",
        BadPayee::Malformed(AddressError::Text) => "不是有效的 base58 文本",
        BadPayee::Malformed(AddressError::Length) => "地址长度不正确",
        BadPayee::Malformed(AddressError::Version) => "版本不正确",
        BadPayee::Malformed(AddressError::Checksum) => "校验和不正确",
        BadPayee::Null => "这是空地址，发送到那里的币会丢失",
    };
    format!("这不是 Skycoin 地址（{why}）。请从您的钱包中重新复制，从第一个字符到最后一个字符。")
}
