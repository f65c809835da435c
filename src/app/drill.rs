//! What a copy would do if it were started now.

use std::path::Path;
use std::sync::Arc;

use super::StartError;
use super::chains::{Readers, skycoin_rest};
use super::keyless::{Keyless, Spectator};
use super::look::{Look, refused};
use super::money;
use crate::chain::ChainSource;
use crate::config::Config;
use crate::rail::{Signer, SkyNode};
use crate::store::Store;

/// What came of it.
#[derive(Debug)]
pub struct DrillReport {
    /// The copy, brought up to now.
    pub store: Store,
    /// What could not be looked at, and why: the rest is not the whole.
    pub gaps: Vec<String>,
}

/// Brings the database in this file, which nobody else has or keeps, up to what the nodes of the
/// configuration tell now. `tell` hears how far it is.
///
/// # Errors
///
/// Where the database or the hot wallet cannot be opened, or the configuration is of dummy mode, which has no chains.
pub async fn drill(config: &Config, file: &Path, tell: &dyn Fn(&str)) -> Result<DrillReport, StartError> {
    if let Some(refused) = refused(config) {
        return Err(refused);
    }
    let wallet = money::load_wallet(config).await?;
    let node = Spectator(SkyNode::new(skycoin_rest(&config.rail.node)?, &wallet.addresses()));
    let readers = Readers::new(config)?;
    let mut look = Look::open(config, file, tell).await?;
    look.look_ahead(&wallet.addresses())?;
    for reader in &readers.bitcoin_like {
        follow(&mut look, reader).await;
    }
    if let Some(reader) = &readers.eth {
        follow(&mut look, reader).await;
    }
    if let Some(reader) = &readers.sky {
        follow(&mut look, reader).await;
    }
    look.decide().await;
    look.wallet(node, Keyless { addresses: wallet.addresses(), change: wallet.change_address() }).await;
    Ok(DrillReport { store: look.store, gaps: look.gaps })
}

async fn follow<S: ChainSource + 'static>(look: &mut Look<'_>, reader: &Arc<S>) {
    look.follow(reader).await;
    look.vet(reader).await;
}
