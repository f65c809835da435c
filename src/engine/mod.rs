//! The workers, and the steps that the listeners ask for: bind, take up a deposit, decide, pay.
//!
//! Every step: read a snapshot, decide (pure), commit the intent, one outside effect, commit what came of it.

mod bind_policy;
mod binder;
mod budget;
mod buyer;
mod calls;
mod depth;
mod doubt;
mod following;
mod identity;
mod intake;
pub mod moving;
pub mod operator;
mod own_money;
mod payer;
mod play;
mod pool_account;
mod pool_error;
mod pool_keeper;
mod pool_loading;
mod pricer;
mod purchase;
mod reconciler;
mod runway;
mod scanner;
mod second_look;
mod seen;
pub mod shadow;
mod taking;
mod transfer_id;
mod trouble;
mod unasked;
mod vetter;
mod withdrawer;

pub use bind_policy::BindPolicy;
pub use binder::{BindError, BindExtras, BindOnce, BindRules, GivenAddress, bind, bind_with, unused};
pub use buyer::Buyer;
pub use intake::{BuyMethods, FoundDeposit, Intake, IntakeError, IntakeOutcome};
pub use payer::{Appeals, Payer, PayerSettings};
pub use play::Play;
pub use pool_account::PoolAccount;
pub use pool_error::{AccountError, PoolError};
pub use pool_keeper::{PoolFile, PoolKeeper, Reload, load_pool};
pub use pricer::{
    FreshPrices, PriceFile, PriceVenue, Pricer, PricerSettings, push_price, take_over_heard, take_over_jumps,
    take_over_set,
};
pub use purchase::{MarketSettings, PurchaseSettings, Purchaser, account_stock};
pub use reconciler::Reconciler;
pub use scanner::{BalanceChecker, PendingWatcher, Rescanner, Scanner, ScannerSettings};
pub use second_look::SecondLook;
pub use seen::seen_up_to;
pub use unasked::UnaskedWithdrawals;
pub use vetter::Vetter;
pub use withdrawer::{WithdrawSettings, Withdrawer};

impl From<crate::store::StoreError> for crate::task::StepError {
    fn from(error: crate::store::StoreError) -> Self {
        if error.is_fatal() { Self::fatal(error) } else { Self::transient(error) }
    }
}
