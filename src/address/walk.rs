//! Goes over the texts of an address file, with the line each stands on, without judging them.

use std::cell::Cell;
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::file_error::AddressFileError;
use crate::types::Coin;

/// Receives each address text with its line; an error ends the walk.
pub(super) type Visit<'a> = &'a mut dyn FnMut(u64, &str) -> Result<(), AddressFileError>;

/// Walks over all of `input`, which is the content of the file at `path`; the name decides the format.
pub(super) fn walk(
    path: &Path,
    coin: Coin,
    input: &mut impl Read,
    visit: Visit<'_>,
) -> Result<(), AddressFileError> {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        walk_json(path, coin, input, visit)
    } else {
        walk_text(path, input, visit)
    }
}

fn walk_text(path: &Path, input: &mut impl Read, visit: Visit<'_>) -> Result<(), AddressFileError> {
    let mut input = BufReader::with_capacity(1 << 18, input);
    let (mut line, mut number) = (String::new(), 0);
    loop {
        line.clear();
        let read = input.read_line(&mut line).map_err(|error| AddressFileError::io(path, error))?;
        if read == 0 {
            return Ok(());
        }
        number += 1;
        let text = line.trim();
        if !text.is_empty() && !text.starts_with('#') {
            visit(number, text)?;
        }
    }
}

fn walk_json(
    path: &Path,
    coin: Coin,
    input: &mut impl Read,
    visit: Visit<'_>,
) -> Result<(), AddressFileError> {
    let field = coin.facts().settings.addresses_key.to_owned();
    let line = Rc::new(Cell::new(1));
    let counting = LineCounter { input: BufReader::with_capacity(1 << 18, input), line: Rc::clone(&line) };
    let mut json = serde_json::Deserializer::from_reader(counting);
    let mut stopped = None;
    let list = List { line: &line, visit, stopped: &mut stopped };
    let read = json.deserialize_map(Document { field: &field, list }).and_then(|()| json.end());
    match (stopped, read) {
        (Some(error), _) => Err(error),
        (None, Err(error)) => {
            Err(AddressFileError::Json { path: path.to_owned(), field, why: error.to_string() })
        }
        (None, Ok(())) => Ok(()),
    }
}

/// The JSON document: an object of which one field counts and the others are passed over.
struct Document<'a> {
    field: &'a str,
    list: List<'a>,
}

/// The array of addresses inside it.
struct List<'a> {
    line: &'a Cell<u64>,
    visit: Visit<'a>,
    stopped: &'a mut Option<AddressFileError>,
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the field {:?}", self.field)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let mut list = Some(self.list);
        while let Some(key) = map.next_key::<String>()? {
            match list.take_if(|_| key == self.field) {
                Some(list) => map.next_value_seed(list)?,
                None if key == self.field => return Err(M::Error::duplicate_field("addresses")),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match list {
            None => Ok(()),
            Some(_) => Err(M::Error::custom(format!("the field {:?} is missing", self.field))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of addresses")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<(), S::Error> {
        while let Some(text) = seq.next_element::<String>()? {
            if let Err(error) = (self.visit)(self.line.get(), text.trim()) {
                *self.stopped = Some(error);
                return Err(S::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

/// Counts lines as the parser, which reads byte by byte, passes them: when it hands out a value, the count is
/// the line on which that value ends.
struct LineCounter<R> {
    input: R,
    line: Rc<Cell<u64>>,
}

impl<R: Read> Read for LineCounter<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(buffer)?;
        let lines = buffer[..read].iter().filter(|&&byte| byte == b'\n').map(|_| 1u64).sum::<u64>();
        self.line.set(self.line.get() + lines);
        Ok(read)
    }
}
