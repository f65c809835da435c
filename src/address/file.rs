//! Address files: JSON (`{"btc_addresses": [...]}`) or text (one address a line, `#` comments).
//!
//! Invariant: a file is accepted whole or refused whole, with every problem named by its line.
//! Memory while reading: sixteen bytes an address, for finding duplicates.

use std::collections::HashSet;
use std::fs::File;
use std::hash::BuildHasher;
use std::io::Read;
use std::path::Path;

use bitcoin::hashes::{Hash, HashEngine, sha256};
use foldhash::fast::RandomState;

use super::file_error::{AddressFileError, FileProblem};
use super::walk::walk;
use super::{AddressError, DepositAddress, Network};

/// Problems that are told one by one before the rest is only counted.
const MAX_PROBLEMS: usize = 20;
/// Addresses that are verified in one go: enough to keep all cores busy, little to hold in memory.
const BATCH: usize = 1 << 16;
/// No address of any coin is longer; of a longer text only the beginning is kept, to be shown.
const MAX_ADDRESS_TEXT: usize = 128;

/// What a file that was accepted holds.
#[derive(Debug, Clone)]
pub struct AddressFile {
    /// SHA-256 of the file: tells whether it changed.
    pub digest: [u8; 32],
    /// How many addresses it holds.
    pub count: u64,
}

/// Reads a whole address file in file order and hands its addresses on in batches. The batches that were handed
/// on before a problem was found must be thrown away by the caller when this answers an error.
pub fn read_address_file(
    path: &Path,
    network: Network,
    mut sink: impl FnMut(&[DepositAddress]) -> Result<(), String>,
) -> Result<AddressFile, AddressFileError> {
    let io = |source| AddressFileError::io(path, source);
    let mut input = Digesting::new(File::open(path).map_err(io)?);
    let mut reader = Verifier::new(path, network, &mut sink);
    walk(path, network.coin(), &mut input, &mut |line, text| reader.take(line, text))?;
    let count = reader.finish()?;
    Ok(AddressFile { digest: input.digest(), count })
}

/// The digest that [`read_address_file`] would answer, without looking at the addresses.
pub fn address_file_digest(path: &Path) -> Result<[u8; 32], AddressFileError> {
    let io = |source| AddressFileError::io(path, source);
    let mut input = Digesting::new(File::open(path).map_err(io)?);
    std::io::copy(&mut input, &mut std::io::sink()).map_err(io)?;
    Ok(input.digest())
}

/// Verifies what the walk brings, in batches.
struct Verifier<'a> {
    path: &'a Path,
    network: Network,
    sink: &'a mut dyn FnMut(&[DepositAddress]) -> Result<(), String>,
    batch: Vec<(u64, String)>,
    /// Hash of each address with its line.
    seen: Vec<(u64, u64)>,
    hasher: RandomState,
    problems: Vec<FileProblem>,
    total_problems: usize,
}

impl<'a> Verifier<'a> {
    fn new(
        path: &'a Path,
        network: Network,
        sink: &'a mut dyn FnMut(&[DepositAddress]) -> Result<(), String>,
    ) -> Self {
        let (batch, seen, problems) = (Vec::new(), Vec::new(), Vec::new());
        let hasher = RandomState::default();
        Verifier { path, network, sink, batch, seen, hasher, problems, total_problems: 0 }
    }

    fn take(&mut self, line: u64, text: &str) -> Result<(), AddressFileError> {
        let end = text.char_indices().nth(MAX_ADDRESS_TEXT).map_or(text.len(), |(index, _)| index);
        self.batch.push((line, text[..end].to_owned()));
        if self.batch.len() < BATCH { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), AddressFileError> {
        let batch = std::mem::take(&mut self.batch);
        let mut good = Vec::with_capacity(batch.len());
        for ((line, text), parsed) in batch.iter().zip(parse_all(&batch, self.network)) {
            match parsed {
                Ok(address) => {
                    self.seen.push((self.hasher.hash_one(address.key().as_bytes()), *line));
                    good.push(address);
                }
                Err(error) => self.problem(FileProblem::Bad { line: *line, text: text.clone(), error }),
            }
        }
        let stopped = |why| AddressFileError::Stopped { path: self.path.to_owned(), why };
        (self.sink)(&good).map_err(stopped)
    }

    fn problem(&mut self, problem: FileProblem) {
        self.total_problems += 1;
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }

    fn finish(mut self) -> Result<u64, AddressFileError> {
        self.flush()?;
        let count = u64::try_from(self.seen.len()).unwrap_or(u64::MAX);
        self.find_duplicates()?;
        let path = self.path.to_owned();
        if !self.problems.is_empty() {
            self.problems.sort_by_key(FileProblem::line);
            let (problems, total) = (self.problems, self.total_problems);
            return Err(AddressFileError::Problems { path, problems, total });
        }
        if count == 0 { Err(AddressFileError::Empty { path }) } else { Ok(count) }
    }

    /// Equal hashes are only suspects; the file is walked once more to compare the suspects themselves.
    fn find_duplicates(&mut self) -> Result<(), AddressFileError> {
        let mut seen = std::mem::take(&mut self.seen);
        seen.sort_unstable();
        let twins = seen.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        let suspects: HashSet<u64> = twins.flat_map(|pair| [pair[0].1, pair[1].1]).collect();
        if suspects.is_empty() {
            return Ok(());
        }
        let (network, path) = (self.network, self.path);
        let mut input = File::open(path).map_err(|error| AddressFileError::io(path, error))?;
        let mut known = HashSet::new();
        walk(path, network.coin(), &mut input, &mut |line, text| {
            let is_twin = suspects.contains(&line)
                && DepositAddress::parse(network, text).is_ok_and(|address| !known.insert(address.key()));
            if is_twin {
                self.problem(FileProblem::Duplicate { line, text: text.to_owned() });
            }
            Ok(())
        })
    }
}

/// Verifies a batch on all cores, in order.
fn parse_all(batch: &[(u64, String)], network: Network) -> Vec<Result<DepositAddress, AddressError>> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = batch.len().div_ceil(cores).max(1);
    let parse = |part: &[(u64, String)]| -> Vec<_> {
        part.iter().map(|(_, text)| DepositAddress::parse(network, text)).collect()
    };
    std::thread::scope(|scope| {
        let parts: Vec<_> = batch.chunks(share).map(|part| scope.spawn(move || parse(part))).collect();
        parts.into_iter().flat_map(|part| part.join().expect("BUG: parsing never panics")).collect()
    })
}

/// Hashes what is read through it.
struct Digesting {
    file: File,
    engine: sha256::HashEngine,
}

impl Digesting {
    fn new(file: File) -> Self {
        Digesting { file, engine: sha256::Hash::engine() }
    }

    fn digest(self) -> [u8; 32] {
        sha256::Hash::from_engine(self.engine).to_byte_array()
    }
}

impl Read for Digesting {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.engine.input(&buffer[..read]);
        Ok(read)
    }
}
