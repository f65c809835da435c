//! Ids as Coinbase writes them: UUIDs, here with a number inside.

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdKind {
    Order,
    Asset,
    Fill,
    Withdrawal,
    User,
}

fn group(named: IdKind) -> &'static str {
    match named {
        IdKind::Order => "0a51de01",
        IdKind::Asset => "0a51de02",
        IdKind::Fill => "0a51de03",
        IdKind::Withdrawal => "0a51de04",
        IdKind::User => "0a51de05",
    }
}

pub(super) fn write(named: IdKind, number: u64) -> String {
    format!("{}-51e7-4000-8000-{number:012x}", group(named))
}

pub(super) fn read(named: IdKind, text: &str) -> Option<u64> {
    let number = text.strip_prefix(group(named))?.strip_prefix("-51e7-4000-8000-")?;
    if number.len() == 12 { u64::from_str_radix(number, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_read_the_ids_that_it_writes() {
        let id = write(IdKind::Order, 255);
        assert_eq!(id, "0a51de01-51e7-4000-8000-0000000000ff");
        assert_eq!((read(IdKind::Order, &id), read(IdKind::Fill, &id)), (Some(255), None));
    }
}
