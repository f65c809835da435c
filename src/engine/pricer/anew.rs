//! Prices of the configuration, read anew while the service runs.

use std::fmt::Debug;
use std::sync::Arc;

use super::{Pricer, PricerSettings};
use crate::live::{Live, PriceList};
use crate::store::PriceEvent;
use crate::task::{StepError, aside};
use crate::types::Actor;

/// Whose act it is that what is written down has changed.
const BY: &str = "configuration";

/// What is configured of prices, and what asks their sources.
#[derive(Debug)]
pub struct FreshPrices {
    /// What prices are worked out of.
    pub list: PriceList,
    /// What the pricer is told.
    pub settings: PricerSettings,
}

/// The configuration's file.
pub trait PriceFile: Send + Sync + Debug {
    /// Returns whether somebody wants it read anew, once for each time.
    fn take_request(&self) -> bool;

    /// Reads it, and checks it as a start would.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, in words.
    fn read(&self) -> Result<FreshPrices, String>;
}

impl Pricer {
    /// Takes over what the file says where somebody wants that. What is wrong with it changes nothing.
    pub(super) async fn read_anew(&mut self) -> Result<(), StepError> {
        let Some(file) = self.file.clone().filter(|file| file.take_request()) else { return Ok(()) };
        let read = aside(move || file.read(), || "the desk is stopping".to_owned()).await;
        let told = match read {
            Ok(fresh) => self.take_over(fresh).await?,
            Err(words) => Err(words),
        };
        match &told {
            Ok(0) => tracing::info!("the configuration's prices are as they were"),
            Ok(count) => tracing::warn!(changes = count, "the configuration's prices were read anew"),
            Err(why) => tracing::error!(%why, "the configuration cannot be taken over, the old prices go on"),
        }
        self.live.set_config_trouble(told.err());
        Ok(())
    }

    /// Commits each change, and only then lets it count; answers how many there were.
    async fn take_over(&mut self, fresh: FreshPrices) -> Result<Result<usize, String>, StepError> {
        let FreshPrices { list, settings } = fresh;
        let changes = match self.prices().list().changes(&list) {
            Ok(changes) => changes,
            Err(why) => return Ok(Err(why)),
        };
        let count = changes.len();
        let by = Actor::named(BY).map_err(StepError::fatal)?;
        let write = self.store.write(move |tx| {
            for (code, what) in changes.clone() {
                tx.record_act(by.clone(), PriceEvent::Configured { code, what })?;
            }
            Ok(())
        });
        write.await?;
        self.settings = settings;
        self.forget_sources();
        self.prices().take_over(list, self.clock.now());
        Ok(Ok(count))
    }

    /// Returns it with a file that is read anew when somebody wants that; `live` hears how that went.
    #[must_use]
    pub fn reading(self, file: Arc<dyn PriceFile>, live: Arc<Live>) -> Pricer {
        Pricer { file: Some(file), live, ..self }
    }
}
